"""What scorers looked at, for a reader: the answer cut into marked pieces, and each check in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from snellen.report.words import in_dollars, in_seconds, public_text, visible
from snellen.score import Evidence, EvidenceKind, Score, ScorerCall

__all__ = ["Check", "Piece", "Verdict", "pieces_of", "verdict_of"]

# Where marks overlap, the one that weighs more for the verdict is shown.
_WEIGHT: dict[EvidenceKind, int] = {
    "forbidden": 6,
    "negated": 5,
    "ambiguous": 4,
    "found": 3,
    "absent": 2,
    "note": 1,
    "missing": 0,
}
_WORDS: dict[EvidenceKind, str] = {
    "found": "found",
    "missing": "missing",
    "negated": "denied",
    "ambiguous": "cannot tell",
    "forbidden": "must not be mentioned",
    "absent": "rightly not mentioned",
    "note": "note",
}

_LISTED = "keywords"  # its explanation lists what was found and missing, as its checks do
_MOST_EXTRACTED = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer.

    Attributes:
        text: Ready to be shown.
        kind: Why it is marked, None for plain text.
    """

    text: str
    kind: EvidenceKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a scorer looked at.

    Attributes:
        kind: What it means for the verdict.
        words: The kind as a reader is told it.
        keyword: The expectation as written ("고양이|cat"); may be empty.
        note: Why, empty when the kind says it all.
    """

    kind: EvidenceKind
    words: str
    keyword: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One scorer's judgement.

    Attributes:
        scorer: Its name.
        value: `0.67`, or `unscored`.
        explanation: One line; empty where the checks say it all.
        checks: What it looked at; one that was found several times is listed once.
        extracted: What was read as the answer, None where nothing was, or the scorer reads none.
        setting: `version 2, options 1f3a9c00`: two verdicts of one setting may be compared.
        calls: What models were asked in order to judge: who answered, and what, each.
    """

    scorer: str
    value: str
    explanation: str
    checks: tuple[Check, ...]
    extracted: str | None = None
    setting: str = ""
    calls: tuple[tuple[str, str], ...] = ()


def pieces_of(text: str, scores: Iterable[Score]) -> tuple[Piece, ...]:
    """`text` cut where marks begin and end; the pieces joined are the text. Spans count code points of `text`."""
    marks = [
        (start, end, evidence.kind)
        for score in scores
        for evidence in score.evidence
        if evidence.span is not None
        for start, end in [_inside(evidence.span, len(text))]
        if start < end
    ]
    if not marks:
        return (Piece(visible(text)),) if text else ()
    return tuple(Piece(visible(text[start:end]), kind) for start, end, kind in _merged(_cut(marks, len(text))))


def _inside(span: tuple[int, int], length: int) -> tuple[int, int]:
    return max(0, span[0]), min(length, span[1])


def _cut(marks: Sequence[tuple[int, int, EvidenceKind]], length: int) -> Iterator[tuple[int, int, EvidenceKind | None]]:
    edges = sorted({0, length} | {edge for start, end, _ in marks for edge in (start, end)})
    waiting = sorted(marks, reverse=True)
    open_marks: list[tuple[int, EvidenceKind]] = []
    for start, end in itertools.pairwise(edges):
        while waiting and waiting[-1][0] <= start:
            _, mark_end, kind = waiting.pop()
            open_marks.append((mark_end, kind))
        open_marks = [(mark_end, kind) for mark_end, kind in open_marks if mark_end > start]
        yield start, end, max(open_marks, key=lambda mark: _WEIGHT[mark[1]])[1] if open_marks else None


def _merged(
    cuts: Iterable[tuple[int, int, EvidenceKind | None]],
) -> Iterator[tuple[int, int, EvidenceKind | None]]:
    """Neighbours of one kind as one."""
    current: tuple[int, int, EvidenceKind | None] | None = None
    for start, end, kind in cuts:
        if current is not None and current[2] == kind:
            current = (current[0], end, kind)
            continue
        if current is not None:
            yield current
        current = (start, end, kind)
    if current is not None:
        yield current


def verdict_of(score: Score) -> Verdict:
    """A score in words; of keywords, an explanation that only repeats what was found and missing is left out."""
    says_it_all = score.scorer == _LISTED and any(evidence.kind != "note" for evidence in score.evidence)
    options = f", options {score.options}" if score.options else ""
    return Verdict(
        scorer=visible(score.scorer),
        value="unscored" if score.value is None else f"{score.value:.2f}".rstrip("0").rstrip("."),
        explanation="" if says_it_all else visible(score.explanation),
        checks=tuple(dict.fromkeys(_check(evidence) for evidence in score.evidence)),
        extracted=None if score.extracted is None else visible(score.extracted[:_MOST_EXTRACTED]),
        setting=visible(f"version {score.version}{options}") if score.version else "",
        calls=tuple(_call(call) for call in score.calls),
    )


def _call(call: ScorerCall) -> tuple[str, str]:
    who = call.served_model or call.model
    facts = [f"{in_seconds(call.latency_s)}"] if call.latency_s else []
    facts += [in_dollars(call.cost_usd)] if call.cost_usd is not None else []
    facts += ["recorded"] if call.recorded else []
    said = public_text(call.failure) if call.failure else visible(call.text)
    return visible(", ".join([who, *facts])), said


def _check(evidence: Evidence) -> Check:
    return Check(
        kind=evidence.kind,
        words=_WORDS[evidence.kind],
        keyword=visible(evidence.keyword),
        note=visible(evidence.note),
    )
