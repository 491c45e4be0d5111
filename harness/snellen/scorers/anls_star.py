"""ANLS*, ANLS for answers with fields and lists: what is extracted from receipts, forms and tables.

The answer decides how the response is read. A mapping asks for a JSON object, a list for a JSON array, in a fence or in
prose; a text or number is compared with the whole response, as `anls` does. Fields are compared by key: a missing field
counts as 0, and so does one that was not asked for. Lists are compared as sets: the pairs that are most alike belong
together, and what is left over on either side counts as 0. The value is the sum over all leaves, divided by how many
there are.

Where several answers are each right, write `{any: [12 March, 2024-03-12]}` (in Python a tuple will do). A list of texts
is such a choice too when the response holds no JSON array, as the reference has it for older benchmarks.

A field whose answer is null is right where the response has null, "", [], {} or no such field. The other way round it
is not: a field whose answer is "" is wrong when it is left out, and a null that was not asked for counts as 0. These
are the reference's rules.

Texts and keys are compared in NFC; for full-width letters and brackets the verdict depends on the Unicode form, as with
`anls`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice

from snellen._text import shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.anls import normalised
from snellen.scorers.anls_tree import (
    Dict,
    ListOf,
    Match,
    Nothing,
    OneOf,
    TooLargeError,
    Tree,
    compare,
    said_of,
    tree_of,
)
from snellen.scorers.expected import answer_of, needs_answer
from snellen.scorers.field_scorers import shown
from snellen.scorers.inline import bounded
from snellen.scorers.json_reader import JsonNode
from snellen.scorers.json_text import find_json
from snellen.scorers.registered import scorer

__all__ = ["anls_star"]

_NAME = "anls*"
_AT_LEAST = 0.5
_MOST_EVIDENCE = 40
_EXTRACTED_CHARS = 200


def _check(case: Case, /, *, answer: object = None, at_least: float = _AT_LEAST, **_: object) -> str:
    if not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.8"
    if said := needs_answer(case, answer=answer):
        return said
    try:
        tree_of(answer_of(case, answer))
    except TooLargeError as error:
        return f"its answer cannot be compared: {error}"
    return ""


def _inline(text: str) -> Mapping[str, object]:
    return bounded(text, ">=", "at_least")


@scorer(_NAME, version="1", check=_check, inline=_inline)
def anls_star(case: Case, response: Response, /, *, answer: object = None, at_least: float = _AT_LEAST) -> Score:
    """The share of fields and items that the response has right, a few misread letters forgiven, 0 to 1.

    A response without the JSON that the answer asks for is wrong, not unscored: to give it was the model's task.
    Unscored when response and answer are so large that comparing them would take more than a few seconds.

    Args:
        case: With its answer: a mapping of fields, a list of items, a text; nested as deep as the document is.
        response: To be judged.
        answer: What is right, over the case's own.
        at_least: The value that passes.

    Source:
        Peer et al. (2024), ANLS*, arXiv 2402.03848; anls-star 1.0.1 on PyPI.
    """
    expected = answer_of(case, answer)
    if expected is None:
        return Score(scorer=_NAME, value=None, passed=False, explanation=needs_answer(case, answer=answer))
    try:
        wanted = tree_of(expected)
        wanted, node, problem, notes = _read(wanted, response.text)
        match = compare(wanted, said_of(node))
    except TooLargeError as error:
        return Score(scorer=_NAME, value=None, passed=False, explanation=f"it cannot be judged: {error}")
    value = 0.0 if problem else min(1.0, match.mean)
    evidence = (*_lines(match, problem), *(Evidence(kind="note", keyword="", note=note) for note in notes))
    return Score(
        scorer=_NAME,
        value=value,
        passed=value >= at_least,
        explanation=problem or _explanation(match, value),
        evidence=evidence,
        extracted=None if problem else _extracted(node),
    )


def _read(wanted: Tree, text: str) -> tuple[Tree, JsonNode, str, tuple[str, ...]]:
    """What is wanted of this response, what it says, why it says nothing that can be compared, and notes."""
    whole = JsonNode(text, 0, len(text), {})
    options = wanted.items if isinstance(wanted, OneOf) else [wanted]
    kinds = {"object" if isinstance(one, Dict) else "array" for one in options if isinstance(one, Dict | ListOf)}
    if not kinds:
        return wanted, whole, "", ()
    found = find_json(text, kind="any" if len(kinds) > 1 else "object" if "object" in kinds else "array")
    if found.node is not None:
        return wanted, found.node, "", found.notes
    if isinstance(wanted, ListOf) and wanted.items and all(isinstance(one.value, str) for one in wanted.items):
        note = "the response holds no JSON array; one of the answers is enough"
        return OneOf(wanted.value, wanted.items, 1), whole, "", (note,)
    has_text = any(not isinstance(one, Dict | ListOf) for one in options)
    return wanted, whole, "" if has_text else found.problem, ()


def _explanation(match: Match, value: float) -> str:
    leaves = list(_leaves(match, ()))
    if len(leaves) == 1 and not leaves[0][0]:
        return f"{value:.3f} like {shown(match.chosen)}"
    wrong = [path for path, one in leaves if one.mean < 1 or one.wanted is None or one.said is None]
    names = shorten(", ".join(".".join(path) for path in wrong), _EXTRACTED_CHARS)
    return f"{value:.3f}; {len(leaves) - len(wrong)} of {len(leaves)} whole" + (f"; not {names}" if wrong else "")


def _lines(match: Match, problem: str) -> Iterator[Evidence]:
    if problem:
        yield Evidence(kind="missing", keyword="JSON", note=problem)
        return
    for path, one in islice(_leaves(match, ()), _MOST_EVIDENCE):
        yield _line(".".join(path), one)


def _line(path: str, match: Match) -> Evidence:
    node = getattr(match.said, "node", None)
    span = (node.start, node.end) if node is not None and node.end > node.start else None
    said = "" if match.said is None else shown(match.said.value)
    if match.wanted is None:
        return Evidence(kind="forbidden", keyword=path, span=span, note=f"{said} was not asked for")
    keyword = f"{path}: {shown(match.chosen)}" if path else shown(match.chosen)
    if match.said is None or isinstance(match.said, Nothing):
        is_right = bool(match.values) and match.mean == 1
        return Evidence(kind="found" if is_right else "missing", keyword=keyword, note="" if is_right else "not there")
    value = match.mean
    note = "" if value == 1 else f"{value:.3f} like it: {said}" if value else f"{said} stands there"
    return Evidence(kind="found" if value else "missing", keyword=keyword, span=span, note=note)


def _leaves(match: Match, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Match]]:
    """What was compared as a whole, with its path."""
    if not match.parts:
        yield path, match
    for key, part in match.parts:
        yield from _leaves(part, (*path, key))


def _extracted(node: JsonNode) -> str:
    if isinstance(node.value, str):
        return shorten(normalised(node.value), _EXTRACTED_CHARS)
    return shorten(json.dumps(node.value, ensure_ascii=False), _EXTRACTED_CHARS)
