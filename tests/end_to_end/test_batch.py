"""`snellen batch` from evals to recordings, against a Batch API over HTTP."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from batchkit import BatchServer, case_of, fates
from clikit import entries, finish, outcomes, start
from snellen.cli.batch import status_command, submit_command
from snellen.runner.batch_state import Batches
from snellen.testing import FakeReply


def set_model(root: Path, text: str) -> None:
    file = root / "pyproject.toml"
    file.write_text(file.read_text().replace('name = "fake-vlm"\n', f'name = "fake-vlm"\n{text}\n'))


def add_model(root: Path, key: str, server: BatchServer, *, name: str, more: str = "") -> None:
    file = root / "pyproject.toml"
    table = f'[tool.snellen.models.{key}]\nname = "{name}"\nbase_url = "{server.base_url}"\n{more}\n'
    file.write_text(file.read_text() + table)


def recorded(root: Path) -> list[str]:
    return sorted(entry.case for entry in entries(root))


def test_the_whole_way_from_submit_to_a_replay_that_asks_nothing(project, snellen) -> None:
    with BatchServer(states=("validating", "in_progress", "finalizing", "completed")) as server:
        root = project(url=server.base_url, cases=3)
        submitted = snellen("batch", "submit", "evals")
        assert (submitted.code, submitted.err) == (0, "")
        assert "fake at 127.0.0.1" in submitted.out
        assert "3 questions" in submitted.out
        assert server.requests == ["POST /v1/files", "POST /v1/batches"]
        early = snellen("batch", "collect")
        assert (early.code, recorded(root)) == (3, [])
        assert "nothing to collect yet" in early.out
        waited = snellen("batch", "status", "--wait", "--interval", "0")
        assert waited.code == 0
        assert [word in waited.out for word in ("in_progress", "finalizing", "completed")] == [False, True, True]
        collected = snellen("batch", "collect")
        assert (collected.code, collected.err) == (0, "")
        assert "completed; 3 answers recorded" in collected.out
        asked = len(server.requests)
        replayed = snellen("run", "evals")
        assert replayed.code == 0
        assert set(outcomes(root).values()) == {"passed"}
        assert len(server.requests) == asked
        assert server.paid() == ["c0", "c1", "c2"]
        assert sorted(path.name for path in (root / "evals/recordings/shapes").iterdir()) == ["fake.jsonl"]


def test_a_batch_answer_is_recorded_under_the_same_fingerprint_and_says_how_it_came(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=1)
        snellen("batch", "submit", "evals")
        snellen("batch", "collect")
        [entry] = entries(root)
        [line] = server.lines("batch-0")
    assert entry.fingerprint == line["custom_id"]
    assert (entry.via, entry.latency_s, entry.recorded_at) == ("batch", 0.0, "2026-01-01T00:00:00Z")
    assert entry.served_model == "fake-model-2026-01-01"


def test_the_body_of_a_line_is_that_of_a_live_request(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        lines = {case_of(line): line for line in server.lines("batch-0")}
        raw = server.files["file-0"][1]
        assert {line["url"] for line in lines.values()} == {"/v1/chat/completions"}
        snellen("run", "evals", "--responses", "live")
        live = [request.body for request in server.endpoint.requests if request.path == "/v1/chat/completions"]
    assert len(live) == 2
    assert all(body in raw for body in live)
    assert root.is_dir()


def test_collecting_twice_is_harmless(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=3)
        snellen("batch", "submit", "evals")
        snellen("batch", "collect")
        file = root / "evals/recordings/shapes/fake.jsonl"
        before = file.read_bytes()
        again = snellen("batch", "collect")
        assert (again.code, again.out) == (0, "Nothing to collect.\n")
        named = snellen("batch", "collect", "latest")
        assert named.code == 0
        assert "0 answers recorded, 3 recorded before" in named.out
        assert file.read_bytes() == before


def test_what_expired_is_named_and_only_that_is_submitted_again(project, snellen) -> None:
    with BatchServer(states=("expired",), fate=fates(c1="expire", c3="expire")) as server:
        root = project(url=server.base_url, cases=5)
        snellen("batch", "submit", "evals")
        collected = snellen("batch", "collect")
        assert collected.code == 3
        assert "expired; 3 answers recorded, 2 expired" in collected.out
        assert "no response: shapes[c1-fake]  This request could not be executed in time." in collected.out
        server.fate, server.states = fates(), ("completed",)
        again = snellen("batch", "submit", "evals")
        assert "2 questions" in again.out
        assert sorted(map(case_of, server.lines("batch-1"))) == ["c1", "c3"]
        assert snellen("batch", "collect").code == 0
        assert recorded(root) == ["c0", "c1", "c2", "c3", "c4"]
        assert server.paid() == ["c0", "c1", "c2", "c3", "c4"]


def test_lines_without_an_answer_are_counted_named_and_never_recorded(project, snellen) -> None:
    strange = json.dumps({"custom_id": "nobody", "response": {"status_code": 200, "body": {}}, "error": None})
    fate = fates(c0="refuse", c1="fail", c2="no answer", c3="twice", c4="silence")
    with BatchServer(fate=fate, extra=(strange, '{"custom_id": "cut of', "")) as server:
        root = project(url=server.base_url, cases=6)
        snellen("batch", "submit", "evals")
        collected = snellen("batch", "collect")
    assert collected.code == 3
    assert recorded(root) == ["c3", "c5"]
    assert (
        "completed; 2 answers recorded, 3 failed, 1 not answered, 1 that came twice, "
        "1 to nothing that was asked, 1 that cannot be read\n"
    ) in collected.out
    named = [line for line in collected.out.splitlines() if "no response" in line]
    assert named[:2] == [
        "  no response: shapes[c0-fake]  HTTP 400: Invalid image.",
        "  no response: shapes[c1-fake]  Something broke.",
    ]
    assert "choices is empty" in named[2]
    assert named[3] == "  no response: shapes[c4-fake]  the batch ended without a word of it"


@pytest.mark.parametrize("state", ["completed", "expired", "cancelled"])
def test_both_file_ids_may_be_null(project, snellen, state: str) -> None:
    with BatchServer(states=(state,), has_files=False) as server:
        root = project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        collected = snellen("batch", "collect")
    assert (collected.code, recorded(root)) == (3, [])
    assert f"{state}; 0 answers recorded, 2 " in collected.out


def test_questions_that_are_in_a_batch_are_not_submitted_again(project, snellen) -> None:
    with BatchServer() as server:
        project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        again = snellen("batch", "submit", "evals")
        assert again.code == 0
        assert "2 trials in batches already" in again.out
        assert "Nothing new to ask" in again.out
        assert (len(server.batches), server.paid()) == (1, ["c0", "c1"])


def test_a_question_that_two_evals_ask_is_submitted_once_and_replays_for_both(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        (root / "evals/twin.eval.yaml").write_text("dataset: ../datasets/shapes\n")
        submitted = snellen("batch", "submit", "evals")
        assert "2 trials the same as others" in submitted.out
        assert snellen("batch", "collect").code == 0
        assert snellen("run", "evals").code == 0
        assert server.paid() == ["c0", "c1"]


def test_two_models_make_two_files(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        add_model(root, "other", server, name="other-vlm")
        submitted = snellen("batch", "submit", "evals", "-m", "fake", "-m", "other")
        assert submitted.code == 0
        names = [{line["body"]["model"] for line in server.lines(batch)} for batch in server.batches]
        assert names == [{"fake-vlm"}, {"other-vlm"}]
        assert snellen("batch", "collect").code == 0
        assert snellen("run", "evals", "-m", "fake", "-m", "other").code == 0


def test_a_model_of_the_responses_api_is_asked_there(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        add_model(root, "modern", server, name="modern-vlm", more='api = "responses"')
        assert snellen("batch", "submit", "evals", "-m", "modern").code == 0
        assert server.batches["batch-0"]["endpoint"] == "/v1/responses"
        assert {line["url"] for line in server.lines("batch-0")} == {"/v1/responses"}
        assert snellen("batch", "collect").code == 0
        assert snellen("run", "evals", "-m", "modern").code == 0
        assert set(outcomes(root).values()) == {"passed"}


def test_refresh_submits_what_is_recorded_and_replaces_it(project, snellen) -> None:
    with BatchServer(text="It is blue.") as server:
        root = project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        snellen("batch", "collect")
        assert snellen("run", "evals").code == 1
        server.text = "It is red."
        assert "2 trials recorded already" in snellen("batch", "submit", "evals").out
        snellen("batch", "submit", "evals", "--responses", "refresh")
        named = snellen("batch", "collect")
        assert named.code == 0
        assert "2 answers recorded" in named.out
        assert snellen("run", "evals").code == 0
        assert len(entries(root)) == 2


def test_a_refused_input_file_names_line_and_case_and_its_questions_are_free_again(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        add_model(root, "odd", server, name="no-such-model")
        snellen("batch", "submit", "evals", "-m", "odd")
        said = snellen("batch", "status")
        assert "failed, 0 of 2 answered" in said.out
        assert "line 2, shapes[c1-odd]: model_not_found: The provided model is not supported" in said.out
        collected = snellen("batch", "collect")
        assert (collected.code, recorded(root)) == (3, [])
        assert "the batch was refused, so it was not asked: The provided model" in collected.out
        assert "2 questions" in snellen("batch", "submit", "evals", "-m", "odd").out


def test_a_bad_picture_is_named_and_nothing_is_sent_for_it(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=3)
        (root / "datasets/shapes/images/1.png").write_bytes(b"\x89PNG\r\n\x1a\nand then nothing")
        submitted = snellen("batch", "submit", "evals")
        assert submitted.code == 3
        assert "cannot be asked: " in submitted.err
        assert "1.png" in submitted.err
        assert sorted(map(case_of, server.lines("batch-0"))) == ["c0", "c2"]


def test_a_dry_run_writes_files_and_sends_nothing(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        said = snellen("batch", "submit", "evals", "--dry-run")
        assert (said.code, server.requests) == (0, [])
        [file] = (root / ".snellen/batches").glob("*/fake.1.jsonl")
        assert sorted(case_of(json.loads(line)) for line in file.read_text().splitlines()) == ["c0", "c1"]
        assert "a dry run" in snellen("batch", "list").out
        assert "2 questions" in snellen("batch", "submit", "evals").out
        assert len(server.batches) == 1
        [dry] = [one for one in Batches(root / ".snellen").all() if one.is_dry]
        assert "removed" in snellen("batch", "cancel", dry.id).out
        assert not dry.folder.exists()


@pytest.mark.parametrize(
    ("limit", "code", "sent"), [("0.99", 2, []), ("1.00", 0, ["c0", "c1"])], ids=["too dear", "just enough"]
)
def test_max_cost_is_of_the_batch_price(project, snellen, limit: str, code: int, sent: list[str]) -> None:
    """Twice a thousand tokens at a dollar each thousand are two dollars, and one by batch."""
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        table = "params = { max_tokens = 1000 }\nprice = { input = 0.0, output = 1000.0 }"
        add_model(root, "gpt", server, name="gpt-5.4-mini", more=table)
        said = snellen("batch", "submit", "evals", "-m", "gpt", "--max-cost", limit)
        assert said.code == code
        assert "up to $1.0000" in said.out + said.err
        assert server.paid() == sent
        assert (root / ".snellen/batches").exists() == bool(sent)


def test_max_cost_of_an_unknown_price_sends_nothing(project, snellen) -> None:
    with BatchServer() as server:
        project(url=server.base_url, cases=2)
        said = snellen("batch", "submit", "evals", "--max-cost", "1000")
        assert (said.code, server.requests) == (2, [])
        assert "nobody knows what fake may cost at most" in said.err


def test_a_dry_run_needs_no_key(project, snellen) -> None:
    project(cases=1)
    dry = snellen("batch", "submit", "evals", "-m", "gpt-5.4-mini", "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    said = snellen("batch", "submit", "evals", "-m", "gpt-5.4-mini")
    assert said.code == 2
    assert "OPENAI_API_KEY is not set" in said.err


def test_waiting_outlasts_a_server_that_is_down_for_a_while(project, capsys: pytest.CaptureFixture[str]) -> None:
    with BatchServer(states=("in_progress", "completed")) as server:
        root = project(url=server.base_url, cases=1)
        set_model(root, "retries = 0")
        submit_command([root / "evals"], models=(), responses="missing", max_cost_usd=None, dry_run=False)
        server.error = FakeReply(status=503)
        waits: list[float] = []

        def comes_back(seconds: float) -> None:
            waits.append(seconds)
            server.error = None

        assert status_command(None, wait=True, interval_s=7, sleep=comes_back) == 0
        said = capsys.readouterr()
    assert waits == [7]
    assert "HTTP 503" in said.err
    assert "completed, 1 of 1 answered" in said.out


def test_two_submits_at_once_pay_once(project) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=3)
        results = [finish(process) for process in [start("batch", "submit", "evals", cwd=root) for _ in range(2)]]
        assert [(result.code, result.err) for result in results] == [(0, ""), (0, "")]
        assert (len(server.batches), server.paid()) == (1, ["c0", "c1", "c2"])


def test_an_offline_model_has_no_batch_api(project, snellen) -> None:
    project(cases=1)
    said = snellen("batch", "submit", "evals", "-m", "offline-describer")
    assert said.code == 2
    assert "'offline-describer' runs on this machine and has no Batch API" in said.err


def test_a_server_without_a_batch_api_says_so(project, snellen) -> None:
    with BatchServer() as server:
        project(url=f"{server.base_url}/elsewhere", cases=1)
        said = snellen("batch", "submit", "evals")
        assert said.code == 2
        assert "no Batch API" in said.err


def test_a_wrong_key_is_exit_code_2_and_the_same_command_goes_on_later(project, snellen) -> None:
    with BatchServer(error=FakeReply(status=401, body={"error": {"message": "Incorrect API key"}})) as server:
        project(url=server.base_url, cases=2)
        said = snellen("batch", "submit", "evals")
        assert said.code == 2
        assert "Incorrect API key" in said.err
        server.error = None
        assert "going on with batch" in snellen("batch", "submit", "evals").out
        assert (len(server.batches), server.paid()) == (1, ["c0", "c1"])


def test_files_that_the_server_removed_are_told_of_and_can_be_given_up(project, snellen) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        server.gone.add("file-1")
        said = snellen("batch", "collect")
        assert (said.code, recorded(root)) == (3, [])
        assert "servers keep the files of a batch for 30 days" in said.err
        assert "Nothing new to ask" in snellen("batch", "submit", "evals").out
        assert snellen("batch", "cancel", "latest", "--forget").code == 0
        assert "2 questions" in snellen("batch", "submit", "evals").out


def test_a_cancelled_batch_gives_what_was_answered(project, snellen) -> None:
    with BatchServer(states=("in_progress", "finalizing", "completed"), fate=fates(c1="silence")) as server:
        root = project(url=server.base_url, cases=2)
        snellen("batch", "submit", "evals")
        cancelled = snellen("batch", "cancel", "latest")
        assert cancelled.code == 0
        assert "cancelling" in cancelled.out
        said = snellen("batch", "collect")
        assert (said.code, recorded(root)) == (3, ["c0"])
        assert "the batch was cancelled before the server came to it" in said.out


@pytest.mark.parametrize("deed", ["upload", "create"])
def test_a_connection_that_breaks_after_the_deed_does_it_no_second_time(project, snellen, deed: str) -> None:
    with BatchServer(drops=[deed]) as server:
        project(url=server.base_url, cases=2)
        assert snellen("batch", "submit", "evals").code == 0
        inputs = [name for name, _ in server.files.values() if name.startswith("snellen-")]
        assert (len(inputs), len(server.batches), server.paid()) == (1, 1, ["c0", "c1"])


@pytest.mark.parametrize("deed", ["upload", "create"])
def test_a_process_killed_between_the_deed_and_its_record_does_it_no_second_time(project, deed: str) -> None:
    path = {"upload": "/v1/files", "create": "/v1/batches"}[deed]
    with BatchServer(hangs=[deed]) as server:
        root = project(url=server.base_url, cases=2)
        process = start("batch", "submit", "evals", cwd=root)
        deadline = time.monotonic() + 30
        while not any(request.path == path for request in server.endpoint.requests) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
        assert finish(process).code == -signal.SIGKILL
        again = finish(start("batch", "submit", "evals", cwd=root))
        assert (again.code, again.err) == (0, "")
        assert "going on with batch" in again.out
        assert (server.requests.count(f"POST {path}"), len(server.batches)) == (1, 1)
        assert server.paid() == ["c0", "c1"]
        collected = finish(start("batch", "collect", cwd=root))
        assert collected.code == 0
        assert recorded(root) == ["c0", "c1"]
