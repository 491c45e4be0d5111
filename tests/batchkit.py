"""A Batch API over real HTTP on loopback, which checks input files as OpenAI does and knows what it was paid for."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

__all__ = ["BatchServer", "Fate", "case_of", "fates"]

Fate = Literal["answer", "expire", "refuse", "fail", "no answer", "twice", "silence"]
"""What becomes of a line. refuse: HTTP 400 in the error file; fail: an error without a response; no answer: a 200 that
holds none; twice: two answers; silence: no line at all."""

Json = dict[str, Any]
_FINAL = ("completed", "failed", "expired", "cancelled")
_CREATED = 1767225600


def case_of(line: Json) -> str:
    """The case of `evalkit.make_project` that a line asks."""
    found = re.search(r"number (\d+)", json.dumps(line["body"]))
    assert found, line
    return f"c{found[1]}"


def fates(**by_case: Fate) -> Callable[[Json], Fate]:
    """The fate of each line by its case; all others are answered."""
    return lambda line: by_case.get(case_of(line), "answer")


@dataclass
class BatchServer:
    """`with BatchServer() as server`, and `server.base_url` is what a model asks.

    Attributes:
        states: What a batch goes through, a step each time it is looked at; the last one is where it ends.
        fate: What becomes of each line.
        extra: Further lines of output files, as they are.
        has_files: False gives null for both files, whatever happened.
        lists_files: False answers 404 to GET /v1/files.
        page: How many entries a list gives at once.
        drops: Connections that are cut when the deed is done but not told, each once: "upload", "create".
        hangs: Likewise, but the connection stays open without a word.
        gone: Ids that are not found any more.
        error: Answers everything with this.
        ledger: The custom_id of every line that was paid for, in order.
    """

    states: tuple[str, ...] = ("completed",)
    fate: Callable[[Json], Fate] = field(default=lambda _: "answer")
    text: str = "It is red."
    extra: tuple[str, ...] = ()
    has_files: bool = True
    lists_files: bool = True
    page: int = 2
    drops: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    error: FakeReply | None = None
    ledger: list[str] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    batches: dict[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.endpoint = FakeEndpoint(answer=self._answer)

    def __enter__(self) -> BatchServer:
        self.endpoint.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.endpoint.__exit__(*error)

    @property
    def base_url(self) -> str:
        return self.endpoint.base_url

    @property
    def requests(self) -> list[str]:
        """What was asked of it, such as `POST /v1/batches`; ids are left out."""
        return [
            f"{request.method} {re.sub('/(file|batch)-[^/?]+', '/ID', request.path).partition('?')[0]}"
            for request in self.endpoint.requests
        ]

    def lines(self, batch_id: str) -> list[Json]:
        """The lines of a batch's input file."""
        return [json.loads(line) for line in self.files[self.batches[batch_id]["input_file_id"]][1].splitlines()]

    def paid(self) -> list[str]:
        """The cases that were paid for, in order of their names."""
        by_id = {line["custom_id"]: case_of(line) for batch in self.batches for line in self.lines(batch)}
        return sorted(by_id[custom_id] for custom_id in self.ledger)

    def _answer(self, request: FakeRequest) -> FakeReply:  # noqa: PLR0911  # a return a route
        if self.error is not None:
            return self.error
        path = urlsplit(request.path).path.removeprefix("/v1/")
        if any(f"/{gone}" in request.path for gone in self.gone):
            return _said(404, "No such thing")
        match request.method, path.split("/"):
            case "POST", ["files"]:
                return self._done("upload", self._upload(request))
            case "GET", ["files"] if self.lists_files:
                return FakeReply(body=self._page(request, [self._file(name) for name in self.files]))
            case "GET", ["files", file_id, "content"]:
                return FakeReply(body=self.files[file_id][1], headers={"content-type": "application/octet-stream"})
            case "POST", ["batches"]:
                return self._done("create", self._create(request.json))
            case "GET", ["batches"]:
                return FakeReply(body=self._page(request, list(self.batches.values())))
            case "GET", ["batches", batch_id]:
                return FakeReply(body=self._step(self.batches[batch_id]))
            case "POST", ["batches", batch_id, "cancel"]:
                return FakeReply(body=self._cancel(self.batches[batch_id]))
        return _said(404, f"Invalid URL ({request.method} {request.path})")

    def _done(self, deed: str, reply: FakeReply) -> FakeReply:
        if deed in self.hangs:
            self.hangs.remove(deed)
            return FakeReply(body=reply.body, delay_s=60)
        if deed in self.drops:
            self.drops.remove(deed)
            return FakeReply(hang_up="before")
        return reply

    def _page(self, request: FakeRequest, entries: list[Json]) -> Json:
        """Newest first, as OpenAI does."""
        entries = entries[::-1]
        after = parse_qs(urlsplit(request.path).query).get("after", [""])[0]
        start = next((number + 1 for number, entry in enumerate(entries) if entry["id"] == after), 0)
        page = entries[start : start + self.page]
        return {"object": "list", "data": page, "has_more": start + self.page < len(entries)}

    def _upload(self, request: FakeRequest) -> FakeReply:
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        fields: dict[str, tuple[str, bytes]] = {}
        for piece in request.body.split(b"--" + boundary)[1:-1]:
            head, _, content = piece[2:-2].partition(b"\r\n\r\n")
            name, file = (re.search(rf'{what}="([^"]*)"', head.decode()) for what in ("\\bname", "filename"))
            assert name
            fields[name[1]] = (file[1] if file else "", content)
        assert fields["purpose"][1] == b"batch"
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = fields["file"]
        return FakeReply(body=self._file(file_id))

    def _file(self, file_id: str) -> Json:
        name, content = self.files[file_id]
        return {"id": file_id, "object": "file", "filename": name, "bytes": len(content), "purpose": "batch"}

    def _create(self, asked: Json) -> FakeReply:
        assert asked["completion_window"] == "24h"
        batch_id = f"batch-{len(self.batches)}"
        batch = {
            "id": batch_id,
            "object": "batch",
            "endpoint": asked["endpoint"],
            "input_file_id": asked["input_file_id"],
            "metadata": asked.get("metadata"),
            "status": self.states[0],
            "errors": None,
            "output_file_id": None,
            "error_file_id": None,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }
        self.batches[batch_id] = batch
        problems = list(_problems(self.lines(batch_id), asked["endpoint"]))
        if problems:
            batch |= {"status": "failed", "errors": {"object": "list", "data": problems}}
        elif batch["status"] in _FINAL:
            self._end(batch)
        return FakeReply(body=batch)

    def _step(self, batch: Json) -> Json:
        if batch["status"] == "cancelling":
            batch["status"] = "cancelled"
            self._end(batch)
        elif batch["status"] not in _FINAL:
            batch["status"] = self.states[self.states.index(batch["status"]) + 1]
            if batch["status"] in _FINAL:
                self._end(batch)
        return batch

    def _cancel(self, batch: Json) -> Json:
        batch["status"] = "cancelling"
        return batch

    def _end(self, batch: Json) -> None:
        lines = self.lines(batch["id"])
        answers, errors = [], []
        for line in lines:
            fate = self.fate(line)
            answers += self._answers(line, fate)
            errors += _errors(line, fate)
        shuffle = random.Random(len(lines)).shuffle  # noqa: S311  # any order but the one that was sent
        shuffle(answers)
        shuffle(errors)
        batch["request_counts"] = {"total": len(lines), "completed": len(answers), "failed": len(errors)}
        if self.has_files:
            batch["output_file_id"] = self._keep([*map(json.dumps, answers), *self.extra])
            batch["error_file_id"] = self._keep(map(json.dumps, errors))

    def _answers(self, line: Json, fate: Fate) -> list[Json]:
        if fate not in ("answer", "twice", "no answer"):
            return []
        self.ledger.append(line["custom_id"])
        body = self._body(line) if fate != "no answer" else {"id": "x", "choices": []}
        response = {"status_code": 200, "request_id": f"req-{len(self.ledger)}", "body": body}
        said = {"id": f"batch_req_{time.monotonic_ns()}", "custom_id": line["custom_id"], "error": None}
        return [{**said, "response": response}] * (2 if fate == "twice" else 1)

    def _body(self, line: Json) -> Json:
        if line["url"] == "/v1/responses":
            part = {"type": "output_text", "text": self.text, "annotations": []}
            message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [part]}
            usage = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
            reply = {"id": "resp_1", "object": "response", "created_at": _CREATED, "status": "completed"}
            return {**reply, "model": line["body"]["model"], "output": [message], "usage": usage}
        return chat_reply(self.text)

    def _keep(self, lines: Iterable[str]) -> str | None:
        content = "".join(f"{line}\n" for line in lines)
        if not content:
            return None
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = ("output.jsonl", content.encode())
        return file_id


def _said(status: int, message: str) -> FakeReply:
    return FakeReply(status=status, body={"error": {"message": message, "type": "invalid_request_error"}})


def _problems(lines: list[Json], endpoint: str) -> Iterator[Json]:
    """What OpenAI's validation refuses."""
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line["custom_id"] in seen:
            yield _problem("duplicate_custom_id", number, "The custom_id is a duplicate.", "custom_id")
        if line["url"] != endpoint:
            yield _problem("mismatched_endpoint", number, "The URL is not that of the batch.", "url")
        if line["body"]["model"] != lines[0]["body"]["model"]:
            yield _problem("mismatched_model", number, "The model differs from the first line's.", "body.model")
        if line["body"]["model"] == "no-such-model":
            yield _problem("model_not_found", number, "The provided model is not supported by the Batch API.", "model")
        assert len(line["custom_id"]) <= 64
        assert line["method"] == "POST"
        seen.add(line["custom_id"])


def _problem(code: str, line: int, message: str, param: str) -> Json:
    return {"code": code, "line": line, "message": message, "param": param}


def _errors(line: Json, fate: Fate) -> list[Json]:
    said = {"id": "batch_req_e", "custom_id": line["custom_id"]}
    match fate:
        case "expire":
            error = {"code": "batch_expired", "message": "This request could not be executed in time."}
            return [{**said, "response": None, "error": error}]
        case "refuse":
            body = {"error": {"message": "Invalid image.", "type": "invalid_request_error", "code": "invalid_image"}}
            return [{**said, "response": {"status_code": 400, "request_id": "r", "body": body}, "error": None}]
        case "fail":
            return [{**said, "response": None, "error": {"code": "server_error", "message": "Something broke."}}]
        case _:
            return []
