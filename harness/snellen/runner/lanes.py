"""How many questions of one model are held at once: those under way, and those that wait to be asked again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator

__all__ = ["Room"]

_AHEAD = 8  # questions whose pictures are encoded while all requests that may be are in flight
_AWAY_FACTOR = 4  # so many times as many may wait to be asked again before no further one is begun


class Room:
    """Room for the questions of one model.

    A question that waits to be asked again, because the server wants it to, leaves its place to another. So a few slow
    ones do not hold up the rest, and what is held in memory has a limit all the same.
    """

    def __init__(self, most: int) -> None:
        """Empty.

        Args:
            most: Requests in flight at most; a few more questions are prepared meanwhile.
        """
        self._most = most + min(most, _AHEAD)
        self._most_held = self._most * _AWAY_FACTOR
        self._busy = 0
        self._away = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> None:
        """Waits for a place and takes it."""
        while self._is_full():
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                self._wake()  # whoever woke us meant this place for somebody
                raise
        self._busy += 1

    def leave(self) -> None:
        """Gives the place back."""
        self._busy -= 1
        self._wake()

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Leaves the place to others for a while; on coming back there may be one too many for a moment."""
        self._busy -= 1
        self._away += 1
        self._wake()
        try:
            yield
        finally:
            self._away -= 1
            self._busy += 1

    def _is_full(self) -> bool:
        return self._busy >= self._most or self._busy + self._away >= self._most_held

    def _wake(self) -> None:
        while self._waiting and not self._is_full():
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
