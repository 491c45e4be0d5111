"""How much a run may ask and spend: counted before anything is sent, so that a limit is never overrun."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from snellen.errors import ConfigError, Problem
from snellen.models.prices import price_of
from snellen.models.spec import ModelSpec

__all__ = ["Budget", "ErrorLimit", "Limits", "check_prices", "parse_error_limit"]

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%\Z")
_FEWEST_FOR_SHARE = 20  # the share of errors among fewer trials says nothing
_HEADROOM = 1.25  # the next answer may be longer than the longest so far


@dataclass(frozen=True, slots=True)
class ErrorLimit:
    """How many trials without a response a run bears.

    Attributes:
        count: So many, None for no limit by number.
        share: This share of the trials that were asked, 0 to 1; None for no limit by share.
    """

    count: int | None = None
    share: float | None = None

    def is_passed(self, errors: int, settled: int) -> bool:
        """True when `errors` of `settled` trials are too many."""
        if self.count is not None:
            return errors > self.count
        return self.share is not None and settled >= _FEWEST_FOR_SHARE and errors > self.share * settled

    def __str__(self) -> str:
        return f"{self.count:,}" if self.count is not None else f"{100 * (self.share or 0.0):g}%"


def parse_error_limit(text: str) -> ErrorLimit:
    """What `--max-errors` says: a number, or a share such as 5%.

    Raises:
        ConfigError: It says neither.
    """
    share = _SHARE.match(text.strip())
    if share is not None and float(share[1]) <= 100:  # noqa: PLR2004  # percent
        return ErrorLimit(share=float(share[1]) / 100)
    if text.strip().isdecimal():
        return ErrorLimit(count=int(text))
    raise ConfigError(Problem(f"--max-errors {text!r} is neither a number nor a share; right is 10 or 5%"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a run may not overrun; None is no limit.

    Attributes:
        max_cost_usd: Of all responses together.
        max_calls: Requests sent, repeated ones included.
        max_errors: Trials without a response.
    """

    max_cost_usd: float | None = None
    max_calls: int | None = None
    max_errors: ErrorLimit | None = None


class Budget:
    """What a run has sent, spent and failed so far, against its limits.

    Of cost, what is under way counts as much as the dearest answer of that model so far, and a quarter more.
    """

    def __init__(self, limits: Limits, *, on_spent: Callable[[str], None]) -> None:
        """Nothing is sent yet.

        Args:
            limits: Of the run.
            on_spent: Called once, with the reason, when a limit is reached.
        """
        self._limits = limits
        self._on_spent = on_spent
        self._reserved_usd = 0.0
        self._reservations = 0  # counted, because sums of fractions seldom come back to nothing
        self._dearest_usd: dict[str, float] = {}
        self._settled = asyncio.Event()
        self.calls = 0
        """Requests sent."""
        self.spent_usd = 0.0
        """Of responses with a known cost."""
        self.unknown_costs = 0
        """Responses whose cost is not known."""
        self.answered = 0
        """Questions that were asked and got a response."""
        self.errors = 0
        """Questions that were asked and got none."""

    async def admit(self, model: str, expected_usd: float | None) -> float | None:
        """Waits until the money for one more question is there and sets it aside; gives what must be given back.

        Args:
            model: Who is asked.
            expected_usd: What the first question of this model may cost; None when that is not known.

        Returns:
            None when nothing was set aside, because cost has no limit or the limit is reached.
        """
        most = self._limits.max_cost_usd
        if most is None:
            return None
        while True:
            known = self._dearest_usd.get(model)
            share = (expected_usd or 0.0) if known is None else known * _HEADROOM
            # What the first answer costs is a guess, and a poor one: that one goes alone, and then it is known.
            is_first = known is None and not self._reservations and self.spent_usd < most
            if is_first or self.spent_usd + self._reserved_usd + share <= most:
                self._reserved_usd += share
                self._reservations += 1
                return share
            if not self._reservations:
                self._on_spent(f"--max-cost {most:g} USD is reached: {self.spent_usd:.4g} USD are spent")
                return None
            self._settled.clear()
            await self._settled.wait()

    def may_send(self) -> bool:
        """Counts one more request; False, and the run ends, when that would be one too many."""
        most = self._limits.max_calls
        if most is not None and self.calls >= most:
            self._on_spent(f"--max-calls {most:,} is reached")
            return False
        self.calls += 1
        return True

    def give_back(self, reserved_usd: float | None) -> None:
        """Takes back what `admit` had set aside; the question is settled, one way or another."""
        if reserved_usd is not None:
            self._reservations -= 1
            self._reserved_usd = self._reserved_usd - reserved_usd if self._reservations else 0.0
            self._settled.set()

    def take(self, model: str, *, cost_usd: float | None, is_answered: bool) -> None:
        """Takes in how a question that was asked ended.

        Args:
            model: Who was asked.
            cost_usd: Of the response; None when there is none or its cost is not known.
            is_answered: Whether there is a response.
        """
        if is_answered:
            self.answered += 1
            self.unknown_costs += cost_usd is None
            self.spent_usd += cost_usd or 0.0
            self._dearest_usd[model] = max(self._dearest_usd.get(model, 0.0), cost_usd or 0.0)
            return
        self.errors += 1
        limit = self._limits.max_errors
        if limit is not None and limit.is_passed(self.errors, self.answered + self.errors):
            self._on_spent(f"--max-errors {limit} is passed: {self.errors:,} questions got no response")


def check_prices(limits: Limits, models: Iterable[ModelSpec], *, note: str = "") -> None:
    """Refuses a limit that could not be held.

    Args:
        limits: Of the run.
        models: All that may be asked.
        note: What the error says of each of them.

    Raises:
        ConfigError: Cost is limited, and that of a model is not known.
    """
    if limits.max_cost_usd is None:
        return
    unknown = [
        spec
        for spec in {spec.key: spec for spec in models}.values()
        if price_of(spec) is None and not spec.is_in_process
    ]
    if unknown:
        hint = "Give it one in pyproject.toml, in USD per million tokens: price = { input = 2.5, output = 15 }"
        what = "--max-cost cannot be held: there is no price for"
        raise ConfigError(Problem(f"{what} model {spec.key!r} ({spec.name}){note}", hint=hint) for spec in unknown)
