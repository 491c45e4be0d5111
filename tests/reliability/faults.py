"""The table of faults: what the server does with one case of many, and what the run must make of it."""

from __future__ import annotations

from dataclasses import dataclass

from snellen.errors import ErrorKind
from snellen.response import StopReason
from snellen.trial import Outcome

__all__ = ["FAULTS", "RETRIES", "TIMEOUT_S", "Fault"]

RETRIES = 3
TIMEOUT_S = 0.75
"""Only for servers that never finish; every other test allows more than any machine needs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row.

    Attributes:
        script: What the server does with the attempts of the case; the last step again and again.
        requests: How often the case is asked.
        outcome: Of its trial.
        kind: Why it has no response, None when it has one.
        stop: Why its response ended, None when it has none.
        code: Exit code of a run whose other cases are right.
        waits: At least these seconds are waited between the attempts.
        ends_run: Nothing more is asked of the model.
        may_be_billed: Attempts that were perhaps paid for although no answer came.
    """

    script: tuple[str, ...]
    requests: int
    outcome: Outcome
    kind: ErrorKind | None = None
    stop: StopReason | None = None
    code: int = 3
    waits: tuple[float, ...] = ()
    ends_run: bool = False
    may_be_billed: int = 0

    @property
    def is_slow(self) -> bool:
        """Only the run's own deadline ends it."""
        return self.script[0] in ("hang", "drip")


_ALL = 1 + RETRIES

# fmt: off
FAULTS = {
    # the server is busy: asked again after what it says, and counted once
    "429 Retry-After 2": Fault(("429 retry-after 2", "right"), 2, "passed", stop="stop", code=0, waits=(2.0,)),
    "429 Retry-After 120": Fault(("429 retry-after 120", "right"), 1, "error", "rate_limited"),
    "429 Retry-After date": Fault(("429 retry-after date", "right"), 2, "passed", stop="stop", code=0, waits=(1.0,)),
    "429 Retry-After -5": Fault(("429 retry-after -5", "right"), 2, "passed", stop="stop", code=0, waits=(0.0,)),
    "429 Retry-After soon": Fault(("429 retry-after soon", "right"), 2, "passed", stop="stop", code=0, waits=(0.3,)),
    "429 always": Fault(("429",), _ALL, "error", "rate_limited", waits=(0.3, 0.7, 1.5)),
    # nothing else can succeed either: the run stops
    "no credit": Fault(("insufficient_quota",), 1, "error", "rate_limited", ends_run=True),
    "401": Fault(("401",), 1, "error", "auth", code=2, ends_run=True),
    # the server fails
    "500": Fault(("500",), _ALL, "error", "server_error"),
    "503": Fault(("503",), _ALL, "error", "server_error"),
    "503 html": Fault(("503 html",), _ALL, "error", "server_error"),
    "500 and then well": Fault(("500", "right"), 2, "passed", stop="stop", code=0),
    # the request is wrong: the same way again
    "413": Fault(("413",), 1, "error", "bad_input"),
    "400": Fault(("400",), 1, "error", "bad_input"),
    # the connection breaks: perhaps paid for
    "reset": Fault(("reset",), _ALL, "error", "network", may_be_billed=_ALL),
    "close": Fault(("close",), _ALL, "error", "network", may_be_billed=_ALL),
    "short body": Fault(("short body",), 2, "error", "network", may_be_billed=2),
    "reset and then well": Fault(("reset", "right"), 2, "passed", stop="stop", code=0, may_be_billed=1),
    # the reply is no answer: paid for, and not asked again
    "cut JSON": Fault(("cut JSON",), 1, "error", "bad_reply"),
    "empty": Fault(("empty",), 1, "error", "bad_reply"),
    "html": Fault(("html",), 1, "error", "bad_reply"),
    "invalid UTF-8": Fault(("invalid UTF-8",), 1, "error", "bad_reply"),
    "wrong schema": Fault(("wrong schema",), 1, "error", "bad_reply"),
    "no choices": Fault(("no choices",), 1, "error", "bad_reply"),
    "200 MB": Fault(("200 MB",), 1, "error", "bad_reply"),
    "gzip bomb": Fault(("gzip bomb",), 1, "error", "bad_reply"),
    "redirect home": Fault(("redirect home",), 1, "error", "bad_reply"),
    "redirect away": Fault(("redirect away",), 1, "error", "bad_reply"),
    # the reply is an answer, though not a good one: judged, with its reason
    "null content": Fault(("null content",), 1, "failed", stop="stop", code=1),
    "refusal": Fault(("refusal",), 1, "failed", stop="refusal", code=1),
    "content_filter": Fault(("content_filter",), 1, "failed", stop="content_filter", code=1),
    "length": Fault(("length",), 1, "passed", stop="length", code=0),
    "surrogate and NUL": Fault(("surrogate and NUL",), 1, "passed", stop="stop", code=0),
    "wrong": Fault(("wrong",), 1, "failed", stop="stop", code=1),
    # the reply never ends
    "hang": Fault(("hang",), 2, "error", "timeout", may_be_billed=2),
    "drip": Fault(("drip",), 2, "error", "timeout", may_be_billed=2),
}
# fmt: on
