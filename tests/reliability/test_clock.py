"""Clocks that jump: no duration is negative, no wait is beyond the cap, and what came last is last."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faultkit import FaultServer
from reliability.lab import Naps, make_lab, run_here
from snellen import _clock
from snellen.runs.store import RunStore

_NOW = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
_JUMPS = {
    "an hour ahead": [0, 3600],
    "an hour back": [0, -3600],
    "ten years back": [0, -3650 * 86400],
    "to and fro": [0, 3600, -3600],
    "past 2038": [(datetime(2038, 1, 19, 3, 14, 6, tzinfo=UTC) - _NOW).total_seconds() + more for more in (0, 2)],
    "a leap second": [(datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC) - _NOW).total_seconds()],
    "summer time": [(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC) - _NOW).total_seconds() + more for more in (0, 1)],
}


def jumping(offsets: list[float]) -> type[datetime]:
    """A clock on the wall that is somewhere else each time it is looked at."""
    ticks: Iterator[float] = itertools.cycle(offsets)

    class Wall(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return _NOW + timedelta(seconds=next(ticks))

    return Wall


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns"])
@pytest.mark.parametrize("offsets", _JUMPS.values(), ids=_JUMPS)
def test_a_clock_that_jumps_changes_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offsets: list[float], zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setattr(_clock, "datetime", jumping(offsets))
    naps = Naps()
    script = {"c3": ("429 retry-after date", "right"), "c4": ("500", "right")}
    with FaultServer(script) as server:
        root = make_lab(tmp_path, server.base_url, cases=8)
        runs = [run_here(root, mode=mode, naps=naps).run for mode in ("missing", "missing", "live")]
    assert [[trial.outcome for trial in run.trials] for run in runs[1:]] == [["passed"] * 8] * 2
    assert [trial.outcome for trial in runs[0].trials].count("error") <= 1  # a date far ahead is not waited for
    assert all(run.facts.duration_s >= 0 for run in runs)
    assert all(trial.response.latency_s >= 0 for run in runs for trial in run.trials if trial.response)
    assert all(0 <= nap <= 60 + 8 for nap in naps.taken)
    assert RunStore(root / ".snellen" / "runs.db").ids() == [run.facts.id for run in reversed(runs)]


@pytest.mark.parametrize("ahead_s", [-315_360_000, -3600, 0, 50, 3600, 315_360_000])
def test_a_retry_after_date_is_never_waited_for_beyond_the_cap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead_s: int
) -> None:
    """The server's clock is right, ours is not."""
    wall: Callable[..., datetime] = lambda *_: datetime.now(UTC) - timedelta(seconds=ahead_s)  # noqa: E731
    monkeypatch.setattr(_clock, "datetime", type("Wall", (), {"now": staticmethod(wall)}))
    naps = Naps()
    with FaultServer({"c0": ("429 retry-after date", "right")}) as server:
        result = run_here(make_lab(tmp_path, server.base_url, cases=2), naps=naps)
    assert all(0 <= nap <= 60 + 8 for nap in naps.taken)
    assert result.exit_code == (3 if ahead_s > 60 else 0)
