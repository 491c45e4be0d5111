"""How far a run is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from snellen._clock import monotonic
from snellen._text import printable
from snellen.runner.engine import Result
from snellen.trial import Trial

__all__ = ["Progress", "progress", "said_of"]

_LOG_EVERY_S = 10.0


Waits = Callable[[], Mapping[str, float]]


class Progress(Protocol):
    """Where a run reports how far it is."""

    def start(self, total: int, waits: Waits = dict, /) -> None:
        """There are `total` jobs; `waits` says for how many seconds which model is not asked."""

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
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress
    from rich.table import Column
    from rich.text import Text

    class WaitColumn(ProgressColumn):
        """Who waits, and how long still; asked for anew whenever the bar is drawn."""

        def render(self, task: Task) -> Text:
            return Text(said_of(task.fields["waits"]()), style="yellow")

    waits = WaitColumn(table_column=Column(no_wrap=True))
    columns = (
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        waits,
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        yield _Bar(bar)


def said_of(waits: Mapping[str, float]) -> str:
    """`12 s for gpt-5.1`, for each model whose server wants to be left alone for a while."""
    said = ", ".join(f"{math.ceil(seconds)} s for {name}" for name, seconds in waits.items())
    return printable(f"waiting {said}") if said else ""


class _Counts:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._total = 0

    def start(self, total: int, waits: Waits = dict, /) -> None:
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
        self._task = bar.add_task("", total=None, waits=dict)

    def start(self, total: int, waits: Waits = dict, /) -> None:
        super().start(total, waits)
        self._bar.update(self._task, total=total, waits=waits)

    def advance(self, result: Result, /) -> None:
        super().advance(result)
        self._bar.update(self._task, advance=1, description=self._said)

    def say(self, sentence: str, /) -> None:
        self._bar.console.print(sentence, markup=False, highlight=False)

    def end(self) -> None:
        self._bar.stop()
