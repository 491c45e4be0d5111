"""A gate as an item of pytest, and what a session knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from snellen.analysis.gates import Gate, parse_gate
from snellen.runner.plan import Job

__all__ = ["GateFailedError", "GateItem", "Kind", "Spec", "kind_of", "takes"]

Kind = tuple[str, tuple[str, ...], str, str]
"""Eval, tags, model and variant of a case: all that a gate chooses by."""


class GateFailedError(AssertionError):
    """A gate does not hold."""


class Checks(Protocol):
    """What decides a gate."""

    def check(self, gate: Gate) -> None:
        """Fails the gate's item when it does not hold, skips it when it can say nothing."""


class GateItem(pytest.Item):
    """One gate."""

    def __init__(self, *, gate: Gate, gates: Checks, **kwargs: Any) -> None:  # pytest's own constructor arguments
        super().__init__(**kwargs)
        self.gate = gate
        self._gates = gates

    def runtest(self) -> None:
        """Fails when the gate does not hold."""
        self._gates.check(self.gate)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        """What was measured; anything else as pytest shows it."""
        if isinstance(excinfo.value, GateFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **kwargs)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file that the gate stands in."""
        return self.path, 0, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A gate that takes part in a session, as a worker of xdist tells the controller.

    Attributes:
        id: Of its item; empty when that is not selected.
        gate: The condition.
        planned: How many cases it is about.
        left_out: How many of them do not take part.
        undecidable: Why it can say nothing of what takes part, a clause; else empty.
    """

    id: str
    gate: Gate
    planned: int
    left_out: int
    undecidable: str = ""

    @property
    def is_open(self) -> bool:
        """Whether all that it is about takes part."""
        return not (self.left_out or self.undecidable)

    def packed(self) -> dict[str, object]:
        """As plain values."""
        scope = self.gate.scope
        return {
            "id": self.id,
            "text": self.gate.text,
            "eval": scope.eval,
            "planned": self.planned,
            "left_out": self.left_out,
            "undecidable": self.undecidable,
        }

    @classmethod
    def unpacked(cls, value: Mapping[str, Any]) -> Spec:
        """Of plain values."""
        gate = parse_gate(value["text"])
        gate = replace(gate, scope=replace(gate.scope, eval=value["eval"]))
        counts = {name: value[name] for name in ("planned", "left_out", "undecidable")}
        return cls(id=value["id"], gate=gate, **counts)


def kind_of(job: Job) -> Kind:
    """What gates choose this case by."""
    return job.eval.name, job.case.tags, job.model.key, job.variant


def takes(gate: Gate, kind: Kind) -> bool:
    """Whether a gate is about such a case."""
    name, tags, model, variant = kind
    return gate.scope.takes(eval=name, tags=tags, model=model, variant=variant)
