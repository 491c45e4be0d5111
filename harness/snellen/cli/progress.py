"""How far a run is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from snellen._clock import monotonic
from snellen.runner.engine import Result
from snellen.trial import Trial

__all__ = ["Progress", "progress"]

_LOG_EVERY_S = 10.0


class Progress(Protocol):
    """Where a run reports how far it is."""

    def start(self, total: int, /) -> None:
        """There are `total` jobs."""

    def advance(self, result: Result, /) -> None:
        """One more is settled."""

    def say(self, sentence: str, /) -> None:
        """Something that people must know at once."""

    def end(self) -> None:
        """Nothing more will come; what is printed from now on stands alone."""


@contextmanager
def progress() -> Iterator[Progress]:
    """What shows progress on stderr: a bar on a terminal, else plain lines every ten seconds."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with RichProgress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)


class _Counts:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._total = 0

    def start(self, total: int, /) -> None:
        self._total = total

    def advance(self, result: Result, /) -> None:
        self._counts[result.outcome if isinstance(result, Trial) else "skipped"] += 1

    @property
    def _done(self) -> int:
        return self._counts.total()

    @property
    def _said(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self._counts.items()))


class _Lines(_Counts):
    def __init__(self) -> None:
        super().__init__()
        self._last = monotonic()

    def advance(self, result: Result, /) -> None:
        super().advance(result)
        if monotonic() - self._last >= _LOG_EVERY_S:
            self._last = monotonic()
            sys.stderr.write(f"{self._done:,} of {self._total:,}: {self._said}\n")

    def say(self, sentence: str, /) -> None:
        sys.stderr.write(f"{sentence}\n")

    def end(self) -> None:
        pass


class _Bar(_Counts):
    def __init__(self, bar: object) -> None:
        super().__init__()
        from rich.progress import Progress as RichProgress

        assert isinstance(bar, RichProgress)  # noqa: S101  # typed here so that rich loads only on a terminal
        self._bar = bar
        self._task = bar.add_task("", total=None)

    def start(self, total: int, /) -> None:
        super().start(total)
        self._bar.update(self._task, total=total)

    def advance(self, result: Result, /) -> None:
        super().advance(result)
        self._bar.update(self._task, advance=1, description=self._said)

    def say(self, sentence: str, /) -> None:
        self._bar.console.print(sentence, markup=False, highlight=False)

    def end(self) -> None:
        self._bar.stop()
