"""What a server says of its batches: replies as values, read as leniently as servers write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from snellen._text import printable, shorten
from snellen.errors import ModelError

__all__ = ["ENDED", "Json", "LineProblem", "RemoteBatch", "batch_of", "id_of", "object_of"]

Json = dict[str, Any]

ENDED: tuple[str, ...] = ("completed", "failed", "expired", "cancelled")
"""States that nothing follows."""

_SAID_WIDTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """Why the server refused an input file.

    Attributes:
        message: Its words, on one line.
        code: Its code, "" for none.
        line: 1-based, None when it named none.
    """

    message: str
    code: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteBatch:
    """What the server says of a batch.

    Attributes:
        id: The server's.
        state: Its word for where the batch stands: validating, in_progress, finalizing, cancelling, or one of `ENDED`.
        total: Requests in it, as counted by the server; 0 before it has counted.
        completed: Of those, answered.
        failed: Of those, failed.
        output_file: Id of the file of answers, "" when there is none.
        error_file: Id of the file of failures, "" when there is none.
        problems: Why the input file was refused.
    """

    id: str
    state: str
    total: int = 0
    completed: int = 0
    failed: int = 0
    output_file: str = ""
    error_file: str = ""
    problems: tuple[LineProblem, ...] = ()

    @property
    def has_ended(self) -> bool:
        """True when nothing more will come."""
        return self.state in ENDED


def object_of(content: bytes, what: str) -> Json:
    """The reply as a JSON object.

    Raises:
        ModelError: It is none.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        found = shorten(printable(content[:200].decode("utf-8", "replace")), 100)
        raise ModelError(f"the reply about {what} is no JSON object; it begins {found!r}", kind="bad_reply", status=200)
    return value


def id_of(value: Json, what: str) -> str:
    """The id that the server gave to `what`.

    Raises:
        ModelError: There is none.
    """
    found = value.get("id")
    if not isinstance(found, str) or not found:
        raise ModelError(
            f"the reply about {what} names no id: {shorten(str(value), 100)}", kind="bad_reply", status=200
        )
    return found


def batch_of(value: Json) -> RemoteBatch:
    """The batch that a reply tells of.

    Raises:
        ModelError: It has no id, so it is no batch.
    """
    counts = _dict(value.get("request_counts"))
    errors = _dict(value.get("errors")).get("data")
    return RemoteBatch(
        id=id_of(value, "the batch"),
        state=printable(str(value.get("status") or "unknown"))[:40],
        total=_count(counts.get("total")),
        completed=_count(counts.get("completed")),
        failed=_count(counts.get("failed")),
        output_file=_text(value.get("output_file_id")),
        error_file=_text(value.get("error_file_id")),
        problems=tuple(_problem(entry) for entry in errors if isinstance(entry, dict))
        if isinstance(errors, list)
        else (),
    )


def _problem(value: Json) -> LineProblem:
    line = value.get("line")
    return LineProblem(
        message=shorten(printable(_text(value.get("message")) or "no reason given"), _SAID_WIDTH),
        code=shorten(printable(_text(value.get("code"))), 60),
        line=line if isinstance(line, int) and line > 0 else None,
    )


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
