"""The session's processes: what a worker of xdist tells the controller, and each one's share of the limits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

import pytest

from snellen._clock import elapsed_since, monotonic
from snellen.runner.budget import Budget, ErrorLimit, Limits
from snellen.runner.engine import Result
from snellen.runner.plan import Job
from snellen.runs.codec import trial_from_json, trial_to_json
from snellen.trial import Skipped

__all__ = ["Node", "Spent", "Worker", "await_nodes", "limits_share", "packed", "unpacked"]


@dataclass(frozen=True, slots=True)
class Worker:
    """Which worker of xdist this process is.

    Attributes:
        name: As xdist calls it.
        number: 0-based.
        count: How many there are.
    """

    name: str
    number: int
    count: int

    @classmethod
    def of(cls, config: pytest.Config) -> Worker | None:
        """The worker whose session this is, None when the session has no workers or is their controller."""
        given: Mapping[str, object] | None = getattr(config, "workerinput", None)
        if given is None:
            return None
        name, count = str(given["workerid"]), int(str(given["workercount"]))
        digits = name.removeprefix("gw")
        return cls(name, int(digits) % count if digits.isdecimal() else 0, count)

    def rotated(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs from another one on in each worker, so that they do not all begin with the same question."""
        start = len(jobs) * self.number // self.count
        return [*jobs[start:], *jobs[:start]]


@dataclass(frozen=True, slots=True)
class Spent:
    """What was sent and spent, by one process or by all.

    Attributes:
        calls: Requests sent.
        answered: Questions that got a response.
        usd: What they cost, as far as it is known.
        unknown: Responses whose cost is not known.
    """

    calls: int = 0
    answered: int = 0
    usd: float = 0.0
    unknown: int = 0

    @classmethod
    def of(cls, budget: Budget) -> Spent:
        """What a budget has counted so far."""
        return cls(budget.calls, budget.answered, budget.spent_usd, budget.unknown_costs)

    @classmethod
    def total(cls, parts: Iterable[Spent]) -> Spent:
        """The sum of several."""
        known = list(parts)
        return cls(
            sum(one.calls for one in known),
            sum(one.answered for one in known),
            sum(one.usd for one in known),
            sum(one.unknown for one in known),
        )

    @property
    def known_usd(self) -> float | None:
        """The cost, None when that of some response is not known."""
        return None if self.unknown else round(self.usd, 10)


def limits_share(limits: Limits, worker: Worker) -> Limits:
    """The part of the limits that one worker may use; all parts together are the whole, so it is never overrun."""
    calls, errors = limits.max_calls, limits.max_errors
    return replace(
        limits,
        max_cost_usd=None if limits.max_cost_usd is None else limits.max_cost_usd / worker.count,
        max_calls=None if calls is None else _share(calls, worker),
        max_errors=errors if errors is None or errors.count is None else ErrorLimit(count=_share(errors.count, worker)),
    )


def packed(place: int, result: Result, *, worker: Worker, spent: Spent) -> dict[str, object]:
    """A result as xdist can carry it, with what its worker has spent so far: a worker that crashes tells no more."""
    if isinstance(result, Skipped):
        kind, text = "skipped", json.dumps(asdict(result))
    else:
        kind, text = "trial", trial_to_json(result).decode("utf-8")
    return {"place": place, "kind": kind, "text": text, "worker": worker.name, "spent": asdict(spent)}


def unpacked(payload: Mapping[str, object]) -> tuple[int, Result, str, Spent]:
    """Place and result, the worker's name, and what it has spent so far."""
    place, text, spent = payload["place"], str(payload["text"]), payload["spent"]
    assert isinstance(place, int) and isinstance(spent, dict)  # noqa: S101, PT018  # as `packed` has made it
    skipped = payload["kind"] == "skipped"
    result: Result = Skipped(**json.loads(text)) if skipped else trial_from_json(text.encode("utf-8"))
    return place, result, str(payload["worker"]), Spent(**spent)


class Channel(Protocol):
    """What we use of xdist's connection to a worker."""

    def isclosed(self) -> bool: ...

    def waitclose(self, timeout: float | None = None) -> None: ...


class Node(Protocol):
    """What we use of xdist's view of a worker."""

    channel: Channel

    def shutdown(self) -> None:
        """Has it end after the item it is at."""


def await_nodes(nodes: Iterable[Node], *, timeout_s: float) -> None:
    """Waits until all workers have ended: an interrupted session's workers receive what is in flight meanwhile."""
    begun = monotonic()
    for node in nodes:
        channel = getattr(node, "channel", None)
        if channel is None or channel.isclosed():
            continue
        node.shutdown()
        try:
            channel.waitclose(max(0.0, timeout_s - elapsed_since(begun)))
        except (OSError, EOFError):  # a timeout is one of them
            continue
        except Exception:  # noqa: BLE001, S112  # a worker's own error, which xdist reports
            continue


def _share(total: int, worker: Worker) -> int:
    return total // worker.count + (worker.number < total % worker.count)
