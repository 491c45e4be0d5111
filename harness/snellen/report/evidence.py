"""What scorers looked at, for a reader: the answer cut into marked pieces, and each check in words."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from snellen.report.words import in_dollars, in_seconds, public_text, visible
from snellen.score import Evidence, EvidenceKind, Score, ScorerCall
from snellen.trial import Outcome, outcome_of

__all__ = ["Call", "Check", "Kind", "Piece", "Verdict", "pieces_of", "verdict_of"]

Kind = EvidenceKind | Literal["wrong", "near"]
"""As of evidence, with what only the verdict tells: wrong stands there in place of what is right; near is worth a part
of it."""

# Where marks overlap, the one that weighs more for the verdict is shown.
_WEIGHT: dict[Kind, int] = {
    "forbidden": 8,
    "wrong": 7,
    "negated": 6,
    "ambiguous": 5,
    "near": 4,
    "found": 3,
    "absent": 2,
    "note": 1,
    "missing": 0,
}
_WORDS: Mapping[Kind, str] = {
    "found": "found",
    "near": "near",
    "missing": "missing",
    "wrong": "wrong",
    "negated": "denied",
    "ambiguous": "cannot tell",
    "forbidden": "must not be mentioned",
    "absent": "rightly not mentioned",
    "note": "note",
}
# Scorers that read one answer, compare field by field, or ask, say the same things in words of their own.
_READS: Mapping[Kind, str] = {
    "found": "right",
    "missing": "expected",
    "wrong": "read",
    "note": "read",
    "forbidden": "must not be",
    "absent": "rightly not",
}
_NEARS: Mapping[Kind, str] = {"found": "near enough", "missing": "not near enough"}
_FIELDS: Mapping[Kind, str] = {"found": "right", "forbidden": "not asked for"}
_PLACES: Mapping[Kind, str] = {"missing": "not found"}
_EDITS: Mapping[Kind, str] = {"note": "differs from"}
_OWN_WORDS: Mapping[str, Mapping[Kind, str]] = {
    **dict.fromkeys(("choice", "count", "exact", "number", "relaxed", "vqa", "yesno"), _READS),
    **dict.fromkeys(("anls", "fuzzy", "similarity"), _NEARS),
    **dict.fromkeys(("fields", "anls*"), _FIELDS),
    **dict.fromkeys(("boxes", "points"), _PLACES),
    **dict.fromkeys(("cer", "wer"), _EDITS),
    "json": {"forbidden": "must not be there"},
    "judge": {"found": "met", "missing": "not met", "note": "when"},
    "language": {"wrong": "not in"},
    "refusal": {"forbidden": "must not be there", "absent": "rightly not there"},
}

_LISTED = "keywords"  # its explanation lists what was found and missing, as its checks do
_GRADED = "anls*"  # its fields are worth a share each
_READ_WHOLE = frozenset({"anls*", "fields", "json", "length"})  # what they read stands in the answer or the explanation
_MOST_EXTRACTED = 200
_MOST_INDENTED = 20_000
_FINGERPRINT_CHARS = 10


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer.

    Attributes:
        text: Ready to be shown.
        kind: Why it is marked, None for plain text.
    """

    text: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a scorer looked at.

    Attributes:
        kind: What it means for the verdict.
        words: The kind as a reader is told it.
        keyword: The expectation as written ("고양이|cat"); may be empty.
        note: Why, empty when the kind says it all.
    """

    kind: Kind
    words: str
    keyword: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to a model.

    Attributes:
        who: Who was asked, how long it took, what it cost.
        said: What came back, or why nothing did; empty for numbers.
        is_failed: Whether nothing came back.
    """

    who: str
    said: str
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One scorer's judgement.

    Attributes:
        scorer: Its name.
        outcome: Whether it passed.
        value: `0.67`, or `unscored`.
        explanation: One line; empty where the checks say it all.
        checks: What it looked at; one that was found several times is listed once. Those of parts are theirs.
        extracted: What was read as the answer, None where nothing was, or where it would only say again what is shown.
        setting: `version 2, options 1f3a9c00`: two verdicts of one setting may be compared.
        calls: What models were asked in order to judge.
        parts: The verdicts of which this one is made.
    """

    scorer: str
    outcome: Outcome
    value: str
    explanation: str
    checks: tuple[Check, ...]
    extracted: str | None = None
    setting: str = ""
    calls: tuple[Call, ...] = ()
    parts: tuple[Verdict, ...] = ()


def pieces_of(text: str, scores: Iterable[Score]) -> tuple[Piece, ...]:
    """`text` cut where marks begin and end; the pieces joined are the text. Spans count code points of `text`."""
    marks = [
        (start, end, _kind(evidence, score))
        for score in _alone(scores)
        for evidence in score.evidence
        if evidence.span is not None
        for start, end in [_inside(evidence.span, len(text))]
        if start < end
    ]
    if not marks:
        return (Piece(visible(text)),) if text else ()
    return tuple(Piece(visible(text[start:end]), kind) for start, end, kind in _merged(_cut(marks, len(text))))


def _alone(scores: Iterable[Score]) -> Iterator[Score]:
    """The scores, and in place of those that are made of others these."""
    for score in scores:
        if score.parts:
            yield from _alone(score.parts)
        else:
            yield score


def _kind(evidence: Evidence, score: Score) -> Kind:
    """What a piece of evidence means for the verdict: what stands in place of the right thing is wrong."""
    if evidence.span is None:
        return evidence.kind
    if evidence.kind == "missing":
        return "wrong"
    if evidence.kind == "note" and not score.passed and not score.is_unscored:
        return "wrong"
    return "near" if evidence.kind == "found" and evidence.note and score.scorer == _GRADED else evidence.kind


def _inside(span: tuple[int, int], length: int) -> tuple[int, int]:
    return max(0, span[0]), min(length, span[1])


def _cut(marks: Sequence[tuple[int, int, Kind]], length: int) -> Iterator[tuple[int, int, Kind | None]]:
    edges = sorted({0, length} | {edge for start, end, _ in marks for edge in (start, end)})
    waiting = sorted(marks, reverse=True)
    open_marks: list[tuple[int, Kind]] = []
    for start, end in itertools.pairwise(edges):
        while waiting and waiting[-1][0] <= start:
            _, mark_end, kind = waiting.pop()
            open_marks.append((mark_end, kind))
        open_marks = [(mark_end, kind) for mark_end, kind in open_marks if mark_end > start]
        yield start, end, max(open_marks, key=lambda mark: _WEIGHT[mark[1]])[1] if open_marks else None


def _merged(cuts: Iterable[tuple[int, int, Kind | None]]) -> Iterator[tuple[int, int, Kind | None]]:
    """Neighbours of one kind as one."""
    current: tuple[int, int, Kind | None] | None = None
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
        outcome=outcome_of((score,)),
        value="unscored" if score.value is None else f"{score.value:.2f}".rstrip("0").rstrip("."),
        explanation="" if says_it_all else visible(score.explanation),
        checks=() if score.parts else tuple(dict.fromkeys(_check(evidence, score) for evidence in score.evidence)),
        extracted=_extracted(score),
        setting=visible(f"version {score.version}{options}") if score.version else "",
        calls=() if any(part.calls for part in score.parts) else tuple(map(_call, score.calls)),
        parts=tuple(map(verdict_of, score.parts)),
    )


def _extracted(score: Score) -> str | None:
    if score.extracted is None or score.parts or score.scorer.removeprefix("not-") in _READ_WHOLE:
        return None
    return visible(score.extracted[:_MOST_EXTRACTED])


def _call(call: ScorerCall) -> Call:
    facts = [call.served_model or call.model]
    facts += [f"{in_seconds(call.latency_s)}"] if call.latency_s else []
    facts += [in_dollars(call.cost_usd)] if call.cost_usd is not None else []
    facts += ["recorded"] if call.recorded else []
    facts += [f"fingerprint {call.fingerprint[:_FINGERPRINT_CHARS]}"] if call.fingerprint else []
    said = public_text(call.failure) if call.failure else visible(_indented(call.text))
    return Call(who=visible(", ".join(facts)), said=said, is_failed=bool(call.failure))


def _indented(text: str) -> str:
    """JSON as people read it; any other text, and a very long one, as it is."""
    if len(text) > _MOST_INDENTED or not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _check(evidence: Evidence, score: Score) -> Check:
    kind = _kind(evidence, score)
    own = _OWN_WORDS.get(score.scorer.removeprefix("not-"), {})
    return Check(
        kind=kind,
        words=own.get(kind, _WORDS[kind]),
        keyword=visible(evidence.keyword),
        note=visible(evidence.note),
    )
