-- A run store as Snellen wrote it while its version was 1.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE runs (id TEXT PRIMARY KEY, facts BLOB NOT NULL, skipped BLOB NOT NULL) STRICT;
CREATE TABLE cases (run TEXT NOT NULL, eval TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, eval, id)) STRICT, WITHOUT ROWID;
CREATE TABLE trials (run TEXT NOT NULL, place INTEGER NOT NULL, eval TEXT NOT NULL, "case" TEXT NOT NULL, outcome TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (run, place)) STRICT, WITHOUT ROWID;
INSERT INTO runs VALUES ('20261121-090000-000001', CAST('{"id":"20261121-090000-000001","title":"t","started_at":"2026-11-21T09:00:00Z","duration_s":0.5,"mode":"recorded","versions":{},"model_notes":{}}' AS BLOB), CAST('[]' AS BLOB));
INSERT INTO runs VALUES ('20261122-170500-a1b2c3', CAST('{"id":"20261122-170500-a1b2c3","title":"t","started_at":"2026-11-22T17:05:00Z","duration_s":1.5,"mode":"live","versions":{"snellen":"0.1.0"},"model_notes":{}}' AS BLOB), CAST('[{"eval":"e","case_id":"c9","model":"m","reason":"needs the network"}]' AS BLOB));
INSERT INTO cases VALUES ('20261122-170500-a1b2c3', 'e', 'c0', CAST('{"id":"c0","prompt":"무슨 색?","images":[{"path":null,"url":null,"data":{"$base64":"cGl4ZWxz"},"name":"image 1 (inline)","title":"","detail":null}],"expect":{"all":[],"any":[],"none":[],"regex":[]},"system":null,"tags":[],"group":null,"metadata":{},"live":false,"source":null}' AS BLOB));
INSERT INTO trials VALUES ('20261122-170500-a1b2c3', 0, 'e', 'c0', 'passed', CAST('{"eval":"e","variant":"","model":"m","repeat":0,"prompt":"무슨 색?","fingerprint":"","outcome":"passed","response":{"text":"red","stop":"stop","served_model":"","usage":{"input_tokens":812,"output_tokens":45,"cached_tokens":null,"reasoning_tokens":null,"image_tokens":null},"latency_s":1.24,"request_id":"","recorded":false,"recorded_at":"","body":{"$base64":"eyJ4IjogIv8ifQ=="}},"scores":[],"failure":null,"attempts":[],"images":[],"cost_usd":0.25}' AS BLOB));
INSERT INTO trials VALUES ('20261122-170500-a1b2c3', 1, 'e', 'c0', 'error', CAST('{"eval":"e","variant":"","model":"n","repeat":0,"prompt":"무슨 색?","fingerprint":"","outcome":"error","response":null,"scores":[],"failure":{"kind":"timeout","message":"no answer within 60 s","detail":""},"attempts":[],"images":[],"cost_usd":null}' AS BLOB));
PRAGMA user_version = 1;
COMMIT;
