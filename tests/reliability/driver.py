"""The `snellen` command in a process that kills itself: `python driver.py POINT COUNT run evals ...`.

It dies with SIGKILL at the COUNT-th time it comes past the point, so that nothing can be tidied up. The points are
where bytes go out to the operating system, and a few public functions between.
"""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["POINTS"]

Hit = Callable[[], None]


class _Fuse:
    def __init__(self, count: int) -> None:
        self._left = count

    def __call__(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner: Any, name: str, hit: Hit, *, when: Callable[..., bool] = lambda *_, **__: True, after: bool) -> None:
    """Comes past the point before or after each call of `owner.name` for which `when` holds."""
    function = getattr(owner, name)

    @functools.wraps(function)
    def wrapped(*given: Any, **named: Any) -> Any:
        is_it = when(*given, **named)
        if is_it and not after:
            hit()
        result = function(*given, **named)
        if is_it and after:
            hit()
        return result

    setattr(owner, name, wrapped)


def _of_journal(descriptor: int, *_: object) -> bool:
    return str(Path(f"/proc/self/fd/{descriptor}").readlink()).endswith(".jsonl.journal")


def _to(suffix: str) -> Callable[..., bool]:
    return lambda _, target: str(target).endswith(suffix)


def _after_ledger(hit: Hit) -> None:
    from snellen.runner.journal import Journal

    _wrap(Journal, "sent", hit, after=True)


def _after_reply(hit: Hit) -> None:
    from snellen.models.client import ModelClient

    ask = ModelClient.ask

    async def asked(*given: Any, **named: Any) -> Any:
        result = await ask(*given, **named)
        hit()
        return result

    ModelClient.ask = asked  # type: ignore[method-assign]


def _half_of_a_line(hit: Hit) -> None:
    write = os.write

    def torn(descriptor: int, data: bytes) -> int:
        if not _of_journal(descriptor):
            return write(descriptor, data)
        middle = len(data) // 2
        write(descriptor, data[:middle])
        hit()
        return middle + write(descriptor, data[middle:])

    os.write = torn  # type: ignore[assignment]


def _before_score(hit: Hit) -> None:
    from snellen.runner import judge

    _wrap(judge, "judge_with", hit, after=False)


def _at_commit(hit: Hit, *, after: bool) -> None:
    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> Any:
            is_commit = sql.strip().upper().startswith("COMMIT")
            if is_commit and not after:
                hit()
            result = super().execute(sql, *given)
            if is_commit and after:
                hit()
            return result

    sqlite3.connect = functools.partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]


POINTS: dict[str, tuple[Callable[[Hit], None], int]] = {
    "sent is in the ledger": (_after_ledger, 60),
    "the reply was read": (_after_reply, 60),
    "half of a line is written": (_half_of_a_line, 8),
    "a line is written": (lambda hit: _wrap(os, "write", hit, when=_of_journal, after=True), 8),
    "a line is on disk": (lambda hit: _wrap(os, "fsync", hit, when=_of_journal, after=True), 8),
    "a response is scored": (_before_score, 60),
    "the run store commits": (lambda hit: _at_commit(hit, after=False), 2),
    "the run store has committed": (lambda hit: _at_commit(hit, after=True), 2),
    "recordings are folded": (lambda hit: _wrap(os, "replace", hit, when=_to(".jsonl"), after=False), 1),
    "recordings were folded": (lambda hit: _wrap(os, "replace", hit, when=_to(".jsonl"), after=True), 1),
    "the report moves to its place": (lambda hit: _wrap(os, "replace", hit, when=_to(".html"), after=False), 1),
    "the report is in its place": (lambda hit: _wrap(os, "replace", hit, when=_to(".html"), after=True), 1),
}
"""What arms each point, and how often a run of sixty cases, eight at once, surely comes past it."""


def _main() -> None:
    point, count, *arguments = sys.argv[1:]
    POINTS[point][0](_Fuse(int(count)))
    sys.argv = ["snellen", *arguments]
    from snellen.cli.main import main

    main()


if __name__ == "__main__":
    _main()
