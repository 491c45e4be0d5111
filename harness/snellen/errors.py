"""What Snellen raises on purpose: one tree, with the facts as attributes and the text for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ConfigError",
    "ErrorKind",
    "ImageError",
    "InputError",
    "ModelError",
    "Problem",
    "RecordingDamagedError",
    "RecordingError",
    "RecordingMissError",
    "SnellenError",
    "StorageError",
]

ErrorKind = Literal[
    "auth",
    "bad_input",
    "bad_reply",
    "internal",
    "io",
    "network",
    "not_asked",
    "not_recorded",
    "rate_limited",
    "server_error",
    "timeout",
]
"""Why there is no response. `internal` is a fault of a scorer or of Snellen, kept so that one case cannot end a run."""


class SnellenError(Exception):
    """Root of everything raised on purpose.

    Attributes:
        exit_code: What `snellen` exits with when this error ends it.
    """

    exit_code: int = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with something a person wrote.

    Attributes:
        message: What was found and what would have been right.
        file: The file as the user named it, or None when it came from Python.
        line: 1-based, None when no line can be named.
        case_id: The case it belongs to, None when it has none yet.
        hint: What to do next, a sentence.
    """

    message: str
    file: str | None = None
    line: int | None = None
    case_id: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = self.file or ""
        if where and self.line is not None:
            where += f":{self.line}"
        parts = [where] if where else []
        if self.case_id is not None:
            parts.append(f"case {self.case_id!r}")
        text = ": ".join([*parts, self.message])
        return f"{text}\n  {self.hint}" if self.hint else text


class InputError(SnellenError):
    """Something a person wrote cannot be used; nothing was sent.

    Attributes:
        problems: All that is wrong, in file order; never empty.
    """

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class ConfigError(InputError):
    """A setting, flag or pyproject entry cannot be used."""


class ImageError(InputError):
    """A picture cannot be used: missing, unreadable, too large, outside the dataset, or of a kind nobody accepts."""


class ModelError(SnellenError):
    """A model gave no response.

    Attributes:
        kind: The error's kind, as shown in reports.
        status: HTTP status, None when none arrived.
        code: The server's own error code (such as `insufficient_quota`), None when it named none.
        retry_after_s: What the server asked us to wait, in seconds; None when it asked nothing.
        retryable: Whether asking the same again may succeed.
        fatal: Whether no other request of this model can succeed either (wrong key, no quota).
        body: The start of what came back, for the run's log; never shown unescaped.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        kind: ErrorKind,
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        retryable: bool = False,
        fatal: bool = False,
        body: str = "",
    ) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.retryable = retryable
        self.fatal = fatal
        self.body = body


class RecordingError(SnellenError):
    """A recording cannot be read or written."""


class RecordingMissError(RecordingError):
    """No recorded response has this request's fingerprint.

    Attributes:
        fingerprint: Of the request that was looked for.
        differences: What the nearest entry has otherwise, a sentence each; empty when nothing is near.
    """

    exit_code = 3

    def __init__(self, message: str, *, fingerprint: str, differences: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fingerprint = fingerprint
        self.differences = differences


class RecordingDamagedError(RecordingError):
    """A recordings file holds a line that is not an entry; it is never recorded over."""


class StorageError(SnellenError):
    """A file of ours cannot be written or read: disk full, read-only, no permission, too many open files."""

    exit_code = 74
