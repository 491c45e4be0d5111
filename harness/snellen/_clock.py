"""Time, in one place so that tests can hold it."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

__all__ = ["elapsed_since", "iso_now", "monotonic", "run_id", "today"]


def monotonic() -> float:
    """Seconds that never go backwards, for durations."""
    return time.monotonic()


def elapsed_since(start: float) -> float:
    """Seconds since a `monotonic()` reading."""
    return time.monotonic() - start


def iso_now() -> str:
    """Now as ISO 8601 UTC to the second: `2026-11-22T17:05:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The day in UTC as ISO 8601: `2026-11-22`; the same on a desk in Seoul and in CI."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def run_id() -> str:
    """A new run's id: sorts by time, and two runs of one second still differ."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
