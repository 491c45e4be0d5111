"""One recorded response, and the line of a recordings file that holds it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from snellen.errors import Problem, RecordingDamagedError, RecordingError

__all__ = ["Entry", "Stored", "damaged", "fields_of", "parse_line", "shown", "to_line"]

_BOM = b"\xef\xbb\xbf"

# What every line must have, and of which type; fields that a later version may add are read over.
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "fingerprint": str,
    "case": str,
    "variant": str,
    "repeat": int,
    "request": dict,
    "served_model": str,
    "latency_s": (int, float),
    "recorded_at": str,
    "request_id": str,
}
_FINGERPRINT = re.compile("[0-9a-f]{64}")

# Lines that say what happened to the file, and what helps.
_TELLTALES = {
    b"<<<<<<<": "a merge left its markers: keep the entries of both sides in any order and delete the marker lines",
    b"=======": "a merge left its markers: keep the entries of both sides in any order and delete the marker lines",
    b">>>>>>>": "a merge left its markers: keep the entries of both sides in any order and delete the marker lines",
    b"version https://git-lfs": "this is a Git LFS pointer, not the file: run `git lfs pull`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A response kept under the fingerprint of its request.

    Attributes:
        fingerprint: Hex SHA-256 of the request's canonical form.
        case: Id of the case that asked first; "" when an application asked through its own client.
        variant: Name of the prompt variant, "" for the case's own prompt.
        repeat: 0-based.
        request: The canonical form, for people and for explaining a miss; treat as read-only.
        body: The response body. One that is JSON comes back from disk without its white space.
        served_model: What the server said answered; empty when it did not say.
        latency_s: From sending to the last byte, in seconds.
        recorded_at: ISO 8601 UTC.
        request_id: The server's id for the call; empty when it gave none.
        via: How it was asked when not at once: "batch", whose `latency_s` is 0 and no time of anything.
        of_scorer: A scorer asked it in order to judge an answer; it is no answer to a case.
        scrubbed: Something secret was taken out of `request`, so that it no longer has this fingerprint.
    """

    fingerprint: str
    case: str = ""
    variant: str = ""
    repeat: int = 0
    request: dict[str, object]
    body: bytes = field(repr=False)
    served_model: str = ""
    latency_s: float = 0.0
    recorded_at: str = ""
    request_id: str = ""
    via: str = ""
    of_scorer: bool = False
    scrubbed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An entry and where it lies.

    Attributes:
        file: The recordings file or journal.
        number: 1-based line.
        entry: What the line says.
    """

    file: Path
    number: int
    entry: Entry


def to_line(entry: Entry) -> bytes:
    """The entry as one line of UTF-8 JSON with its newline: same entry, same bytes.

    A body that is JSON is embedded as a value, so that it diffs and reads well; an event stream, or JSON with half a
    surrogate pair in it, is kept as a string.

    Raises:
        RecordingError: The body is not UTF-8, so it is no answer.
    """
    try:
        response: dict[str, object] = {"response": orjson.loads(entry.body)}
    except orjson.JSONDecodeError:
        response = {"response_text": _text_of(entry)}
    line = {
        "fingerprint": entry.fingerprint,
        "case": entry.case,
        "variant": entry.variant,
        "repeat": entry.repeat,
        "request": orjson.Fragment(orjson.dumps(entry.request, option=orjson.OPT_SORT_KEYS)),
        **response,
        "served_model": entry.served_model,
        "latency_s": round(entry.latency_s, 4),
        "recorded_at": entry.recorded_at,
        "request_id": entry.request_id,
        **({"via": entry.via} if entry.via else {}),
        **({"of_scorer": True} if entry.of_scorer else {}),
        **({"scrubbed": True} if entry.scrubbed else {}),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _text_of(entry: Entry) -> str:
    try:
        return entry.body.decode()
    except UnicodeDecodeError as error:
        raise RecordingError(
            f"the response for case {entry.case!r} is not UTF-8 and cannot be recorded: {error}"
        ) from error


def parse_line(line: bytes, *, file: Path, number: int) -> Entry:
    """The entry that a line holds. A byte order mark and a carriage return around it do no harm.

    Args:
        line: With or without its newline.
        file: Where it comes from, for the error.
        number: 1-based.

    Raises:
        RecordingDamagedError: It is no entry; the message names file, line, what was found and what to do.
    """
    fields = fields_of(line, file=file, number=number)
    text = fields.get("response_text")
    body = text.encode() if isinstance(text, str) else orjson.dumps(fields["response"])
    known = {name: fields[name] for name in _FIELDS}
    via = fields.get("via")
    known["via"] = via if isinstance(via, str) else ""
    marks = {name: fields.get(name) is True for name in ("of_scorer", "scrubbed")}
    return Entry(**known, **marks, body=body)  # type: ignore[arg-type]  # checked by fields_of


def fields_of(line: bytes, *, file: Path, number: int) -> dict[str, object]:
    """The line as JSON, checked to be an entry; cheaper than the entry when only some of it is wanted.

    Raises:
        RecordingDamagedError: As `parse_line`.
    """
    try:
        fields = orjson.loads(line.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise damaged(
            f"is not a recorded entry: no JSON at column {error.colno}", line=line, file=file, number=number
        ) from error
    if not isinstance(fields, dict):
        raise damaged("is not a recorded entry: it is JSON, but no object", line=line, file=file, number=number)
    wrong = [name for name, kind in _FIELDS.items() if not isinstance(fields.get(name), kind)]
    if not _FINGERPRINT.fullmatch(str(fields.get("fingerprint"))):
        wrong.insert(0, "fingerprint")
    if "response" not in fields and not isinstance(fields.get("response_text"), str):
        wrong.append("response")
    if wrong:
        what = f"is not a whole entry: {', '.join(dict.fromkeys(wrong))} missing or of the wrong kind"
        raise damaged(what, line=line, file=file, number=number)
    return fields


def damaged(what: str, *, line: bytes, file: Path, number: int) -> RecordingDamagedError:
    """The error for a line that cannot be used: where, what was found, what to do."""
    start = line.strip().removeprefix(_BOM)
    telltale = next((hint for mark, hint in _TELLTALES.items() if start.startswith(mark)), "")
    found = start[:40].decode("utf-8", "replace")
    hint = telltale or (
        f"Restore the file (git checkout -- {shown(file)}), or delete line {number} and record again in mode 'missing'"
    )
    problem = Problem(
        f"this line {what}; it begins {found!r}",
        file=str(shown(file)),
        line=number,
        hint=f"Nothing was changed. {hint[0].upper()}{hint[1:]}.",
    )
    return RecordingDamagedError(str(problem))


def shown(path: Path) -> Path:
    """The path as people see it: from the current folder where it lies below."""
    with contextlib.suppress(ValueError, OSError):
        return path.relative_to(Path.cwd())
    return path
