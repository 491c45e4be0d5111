"""How many requests one model takes at once, learned from the share of them that it refuses."""

from __future__ import annotations

import math

__all__ = ["Window"]

_SMALLEST_ROUND = 4  # replies; fewer say little about a share
_HEARD = 0.9  # share of a round's requests that are waited for before it is judged
_MOST_SHRINK = 0.5
_UNDO = 0.99  # a size that was fine a round ago is gone back to, but for this
_STEP = 0.03  # near the size that was refused, growth is by this share of the size, and by 1 at most
_NEAR = 1.1  # beyond this multiple of the refused size the server has changed, and growth is by 1
_SAFE = 0.98  # of the refused size; up to there growth needs no caution
_TO_KNEE = 0.25  # share of the way back up to there that one round of growth makes
_LONGEST_HOLD = 32  # rounds without growth after growing was refused again and again
_HOLD_GROWTH = 4
_SMOOTHING = 0.05  # share of a new duration in the mean
_SLOWEST_PER_S = 1.0  # requests a second; a server that takes fewer says so by Retry-After


class Window:
    """The number of requests that may be in flight, between 1 and what the user asked for.

    It is judged by rounds. A round is as many requests as fit into the window, all sent after the last judgement, so
    that their replies tell of the size as it is now. The share of them that was refused is taken off the size; a round
    without refusals adds about one. A server's true rate is thus met in a round or two, and left by little afterwards.

    A size below 1 is one request in flight with time in between. After a refusal requests also go out one by one,
    spread over the time that one takes, because a server that counts in short intervals refuses what comes in a heap.
    """

    def __init__(self, most: int) -> None:
        """Starts at `most`, because the user asked for that."""
        self._most = most
        self._size = float(most)
        self._is_spread = False
        self._typical_s = 0.0  # mean duration of a request that succeeded, 0.0 until one has
        self._good: float | None = None  # the size of the last round, if nothing of that was refused
        self._knee = math.inf  # the size that was refused last
        self._hold = 1  # rounds to wait before growing
        self._calm = 0  # rounds without refusal since the size changed
        self._round = 0
        self._begin_round()

    @property
    def limit(self) -> int:
        """Requests in flight at most, now."""
        return min(self._most, max(1, math.ceil(self._size)))

    @property
    def spacing_s(self) -> float:
        """Seconds from one request's start to the next; 0.0 when they may start together."""
        return self._typical_s / self._size if self._is_spread else 0.0

    def sent(self, *, has_waited: bool) -> int:
        """The number of the round that a request which starts now counts for, 0 for none.

        Args:
            has_waited: Whether it could have started earlier in a larger window: only then is growing of any use.
        """
        if self._sent >= self._in_round():
            return 0
        self._sent += 1
        self._is_pressed |= has_waited
        return self._round

    def answered(self, in_round: int) -> bool:
        """Notes that a request is over, however it ended; True when that ended a round of which all was refused."""
        is_full = self._sent >= self._in_round()
        self._heard += in_round == self._round
        self._passed += is_full and in_round != self._round
        is_heard = self._heard >= _HEARD * self._sent
        if not is_full or not (is_heard or self._passed >= self._sent):
            return False
        is_shut = is_heard and self._refused >= self._heard
        self._judge(is_shut=is_shut)
        self._begin_round()
        return is_shut

    def succeeded(self, duration_s: float) -> None:
        """Notes how long a request took that succeeded."""
        known = self._typical_s
        self._typical_s = known + _SMOOTHING * (duration_s - known) if known else duration_s

    def refused(self, in_round: int) -> None:
        """Notes that a request came too soon. Where the size before was fine, that is enough to go back to it."""
        if in_round != self._round:
            return
        self._refused += 1
        if self._good is not None:
            self._judge(is_shut=False)
            self._begin_round()

    def failed(self) -> None:
        """Notes a failure that tells nothing of the right size, but is no reason to grow."""
        self._is_troubled = True

    def _begin_round(self) -> None:
        self._round += 1
        self._sent = self._heard = self._refused = 0
        self._passed = 0  # later requests that ended before those of the round: refusals are quicker than answers
        self._is_pressed = self._is_troubled = False

    def _in_round(self) -> int:
        return max(self.limit, _SMALLEST_ROUND)

    def _judge(self, *, is_shut: bool) -> None:
        if self._refused:
            # A server that takes nothing at all tells of an outage or a quota, and not of a size that is too large.
            knee = self._knee if is_shut and self._knee < math.inf else self._size
            self._shrink(self._refused / self._sent)
            self._knee = knee
            return
        self._good = self._size
        self._calm += 1
        if self._is_pressed and not self._is_troubled:
            self._grow()

    def _shrink(self, share: float) -> None:
        # A bucket that holds one request refuses every second one as soon as they come a little too fast, so that the
        # share says too much when the size before was fine.
        floor = 0.0
        if self._good is not None:
            floor = min(self._good * _UNDO, self._size)
            self._hold = min(self._hold * _HOLD_GROWTH, _LONGEST_HOLD)
        smallest = min(1.0, self._typical_s * _SLOWEST_PER_S or 1.0)
        self._size = max(self._size * (1 - min(share, _MOST_SHRINK)), floor, smallest)
        self._is_spread, self._good, self._calm = True, None, 0

    def _grow(self) -> None:
        safe = self._knee * _SAFE
        if self._size < safe:
            self._size = min(safe, self._size + max(self._step(), (safe - self._size) * _TO_KNEE))
        elif self._calm >= self._hold:
            if self._size >= self._knee:
                self._hold = max(1, self._hold // 2)  # it was refused once and is not any more
            self._size += self._step()
            self._calm = 0
        if self._size >= self._most:
            self._size, self._is_spread, self._knee = float(self._most), False, math.inf

    def _step(self) -> float:
        return 1.0 if self._size > _NEAR * self._knee else min(1.0, _STEP * self._size)
