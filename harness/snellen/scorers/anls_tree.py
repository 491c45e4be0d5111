"""Two values with fields and lists, compared as ANLS* compares them.

Which items of two lists belong together is an assignment problem. Where several assignments are equally good and pair
items of different size, the reference's solver and SciPy's may settle for different ones.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from snellen.scorers.anls import normalised, similarity
from snellen.scorers.json_reader import MAX_DEPTH, JsonNode
from snellen.scorers.json_text import any_of

__all__ = [
    "Dict",
    "Leaf",
    "ListOf",
    "Match",
    "Nothing",
    "OneOf",
    "TooLargeError",
    "Tree",
    "assign",
    "compare",
    "said_of",
    "tree_of",
]

_MOST_STEPS = 1_000_000
_WORK_A_STEP = 50_000  # pairs of characters that take about as long as a step; the edit distance does 64 at once


class TooLargeError(Exception):
    """Two values are so large, or one so deep, that comparing them would take more than seconds."""


@dataclass(slots=True, eq=False)
class Leaf:
    """A text, number or word. `form` is what is compared."""

    value: object
    form: str
    node: JsonNode | None = None
    size: int = 1


@dataclass(slots=True, eq=False)
class Nothing:
    """null, or a field that is not there."""

    value: object = None
    node: JsonNode | None = None
    size: int = 1


@dataclass(slots=True, eq=False)
class ListOf:
    """Items in any order."""

    value: object
    items: Sequence[Tree]
    node: JsonNode | None = None
    size: int = 0


@dataclass(slots=True, eq=False)
class Dict:
    """Fields by name."""

    value: object
    items: Mapping[str, Tree]
    node: JsonNode | None = None
    size: int = 0


@dataclass(slots=True, eq=False)
class OneOf:
    """What is each right by itself."""

    value: object
    items: Sequence[Tree]
    size: int = 0


Tree: TypeAlias = Leaf | Nothing | ListOf | Dict | OneOf


@dataclass(slots=True, eq=False)
class Match:
    """How two trees compare.

    Attributes:
        values: Of the leaves that were compared.
        length: What their sum is divided by.
        chosen: The answer with the choices taken that the response is nearest to.
        wanted: None for what was not asked for.
        said: None for what is missing.
        parts: What it consists of, by key or index of the answer.
    """

    values: list[float]
    length: int
    chosen: object
    wanted: Tree | None
    said: Tree | None
    parts: list[tuple[str, Match]] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """The ANLS* of the two."""
        return sum(self.values) / self.length if self.length else 1.0


def tree_of(value: object, *, depth: int = 0) -> Tree:
    """An expected value as a tree; tuples and `{"any": [...]}` are choices.

    Raises:
        TooLargeError: It is nested too deep.
    """
    if depth > MAX_DEPTH:
        raise TooLargeError(f"it is nested deeper than {MAX_DEPTH} levels")
    if (options := any_of(value)) is not None:
        trees = [tree_of(one, depth=depth + 1) for one in options]
        return OneOf(value, trees, max(one.size for one in trees))
    if isinstance(value, Mapping):
        fields = {_key(key): tree_of(one, depth=depth + 1) for key, one in value.items()}
        return Dict({key: one.value for key, one in fields.items()}, fields, None, _size(fields.values()))
    if isinstance(value, list):
        items = [tree_of(one, depth=depth + 1) for one in value]
        return ListOf([one.value for one in items], items, None, _size(items))
    return Nothing() if value is None else Leaf(value, normalised(str(value)))


def said_of(node: JsonNode) -> Tree:
    """A value that was read as a tree; `{"any": ...}` is a field like any other here."""
    value = node.value
    if isinstance(value, dict):
        fields = {str(key): said_of(one) for key, one in node.items.items()}
        return Dict(value, fields, node, _size(fields.values()))
    if isinstance(value, list):
        items = [said_of(one) for one in node.items.values()]
        return ListOf(value, items, node, _size(items))
    return Nothing(None, node) if value is None else Leaf(value, normalised(str(value)), node)


def compare(wanted: Tree, said: Tree) -> Match:
    """How like what is wanted is what was said.

    Raises:
        TooLargeError: It would take more than a few seconds.
    """
    return _Comparison().of(wanted, said)


class _Comparison:
    def __init__(self) -> None:
        self.steps = _MOST_STEPS

    def of(self, wanted: Tree, said: Tree) -> Match:
        self._spend(1)
        match wanted:
            case OneOf():
                tried = [self.of(one, said) for one in wanted.items]
                return max(tried, key=lambda one: (one.mean, one.chosen == said.value))
            case ListOf() if isinstance(said, ListOf):
                return self._lists(wanted, said)
            case Dict() if isinstance(said, Dict):
                return self._dicts(wanted, said)
            case Leaf() if isinstance(said, Leaf):
                return Match([self._likeness(wanted.form, said.form)], 1, wanted.value, wanted, said)
            case Nothing() if said.value in (None, {}, [], ""):
                return Match([1.0], max(1, said.size), said.value, wanted, said)
            case _:
                return Match([0.0], max(wanted.size, said.size), wanted.value, wanted, said)

    def _spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise TooLargeError("the two are too large to be compared")

    def _likeness(self, wanted: str, said: str) -> float:
        self._spend(len(wanted) * min(len(said), 2 * len(wanted)) // _WORK_A_STEP)
        value = similarity(said, wanted)
        if value is None:
            raise TooLargeError("its texts are too long to be compared")
        return value

    def _dicts(self, wanted: Dict, said: Dict) -> Match:
        whole = Match([], 0, {}, wanted, said)
        chosen = {}
        for key in [*wanted.items, *(key for key in said.items if key not in wanted.items)]:
            asked, given = wanted.items.get(key), said.items.get(key)
            part = self.of(asked or Nothing(), given or Nothing())
            whole.length += part.length
            if asked is None and given is not None and given.value in (None, {}, [], ""):
                continue  # adds nothing to the sum and one to the length, as in the reference
            whole.values += part.values
            if given is not None or part.chosen not in (None, {}, [], ""):
                chosen[key] = part.chosen
            part.wanted, part.said = asked, given
            whole.parts.append((key, part))
        whole.chosen = chosen
        return whole

    def _lists(self, wanted: ListOf, said: ListOf) -> Match:
        rows, columns = len(wanted.items), len(said.items)
        self._spend(rows * columns)
        table = [[self.of(one, other) for other in said.items] for one in wanted.items]
        pairs = assign([[_weight(one) for one in row] for row in table])
        whole = Match([], 0, [], wanted, said)
        for row, column in pairs:
            part = table[row][column]
            whole.values += part.values
            whole.length += part.length
            whole.parts.append((str(row), part))
        left = sorted({*range(rows)} - {row for row, _ in pairs})
        surplus = sorted({*range(columns)} - {column for _, column in pairs})
        missing = [
            (str(row), Match([], wanted.items[row].size, wanted.items[row].value, wanted.items[row], None))
            for row in left
        ]
        extra = [("+", Match([], said.items[one].size, None, None, said.items[one])) for one in surplus]
        whole.parts += missing + extra
        whole.length += sum(part.length for _, part in missing + extra)
        chosen = [table[row][column].chosen for row, column in sorted(pairs, key=lambda pair: pair[1])]
        whole.chosen = chosen + [wanted.items[row].value for row in left]
        return whole


def _weight(match: Match) -> float:
    """How much two items belong together; of equals, those that are the same."""
    same = match.said is not None and match.said.value == match.chosen
    return math.nextafter(match.mean, math.inf) if same else match.mean


def assign(weights: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs of row and column that together weigh most."""
    if not weights or not weights[0]:
        return []
    if len(weights) == 1:
        return [(0, weights[0].index(max(weights[0])))]
    if len(weights[0]) == 1:
        column = [row[0] for row in weights]
        return [(column.index(max(column)), 0)]
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weights, maximize=True)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _size(trees: Iterable[Tree]) -> int:
    return sum(one.size for one in trees)


def _key(key: object) -> str:
    return unicodedata.normalize("NFC", str(key))
