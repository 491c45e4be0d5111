"""What an answer says of its options, and which of them that chooses."""

from __future__ import annotations

import operator
from enum import IntEnum
from typing import NamedTuple

__all__ = ["Choice", "Claim", "Force", "decide"]


class Force(IntEnum):
    """How strongly an answer claims an option; a claim gives way to any stronger one."""

    DENIED = 0
    NAMED = 1  # mentioned, and not denied
    FAVOURED = 2  # put before the others ("B is closer"), or all that a conclusion speaks of
    STATED = 3  # said to be the answer
    FINAL = 4  # the whole answer, or the place it was told to put its answer in


class Claim(NamedTuple):
    """What an answer says of one option, or of several together.

    Attributes:
        force: How strongly.
        options: Their indices.
        start: Where they are named, in the folded text.
        end: Where that ends.
        why: What makes it a claim, in a few words.
        concludes: It is said as a conclusion or a correction, and stands over what was said before.
        clash: The option whose text stands beside the label of another; None for none.
    """

    force: Force
    options: frozenset[int]
    start: int
    end: int
    why: str
    concludes: bool = False
    clash: int | None = None


class Choice(NamedTuple):
    """What was read.

    Attributes:
        options: The indices of what is chosen; empty when nothing is, or when it cannot be told.
        claims: What decided; all that contradict each other where it cannot be told.
        denied: What was denied, for the evidence.
    """

    options: frozenset[int]
    claims: tuple[Claim, ...] = ()
    denied: tuple[Claim, ...] = ()


_place_of = operator.attrgetter("start", "end")


def decide(claims: list[Claim], *, multiple: bool = False) -> Choice:
    """What the claims of an answer choose together.

    The strongest claims decide. When they differ, the last stands if it is a conclusion or a correction ("so", "wait",
    따라서), else nothing is chosen.

    Args:
        claims: In any order.
        multiple: Several options may be chosen together.
    """
    ordered = sorted(claims, key=_place_of) if len(claims) > 1 else claims
    denied = tuple(claim for claim in ordered if claim.force == Force.DENIED)
    held = [claim for claim in ordered if claim.force > Force.DENIED]
    if not held:
        return Choice(frozenset(), (), denied)
    force = max([claim.force for claim in held])
    top = [claim for claim in held if claim.force == force]
    if len(top) == 1 and len(top[0].options) == 1:
        return Choice(top[0].options if top[0].clash is None else frozenset(), tuple(top), denied)
    if len({claim.options for claim in top}) > 1:
        top = _settled(top, multiple=multiple)
    chosen = frozenset(option for claim in top for option in claim.options)
    unclear = (len(chosen) > 1 and not multiple) or top[-1].clash is not None
    return Choice(frozenset() if unclear else chosen, tuple(top), denied)


def _settled(top: list[Claim], *, multiple: bool) -> list[Claim]:
    """The last claim where it stands over those before: it concludes, or it picks from what they left open."""
    last = top[-1]
    picks = not multiple and all(last.options < claim.options or last.options == claim.options for claim in top)
    return [last] if picks or (last.force >= Force.STATED and last.concludes) else top
