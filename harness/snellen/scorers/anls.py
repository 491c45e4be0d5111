"""ANLS, the score of ST-VQA, DocVQA and InfographicVQA: a similarity that forgives a few misread letters.

A response is as good as the nearest answer: 1 minus the edit distance over the longer length, and 0 when that is below
one half. The benchmark's figure is the mean over its questions.

At one half exactly paper and programs part. The paper scores 0 there ("ab" for "abcd"); the programs that computed the
leaderboards, and all that were copied from them, keep 0.5. `style: code`, the default, is what those figures are;
`style: paper` is the formula as printed.

Two differences to those programs. Several of them take the distance of trimmed texts and divide by the length of the
untrimmed ones, so that white space around a wrong answer raises its score; here both are measured on the normalised
text. And texts are compared in NFC: Korean that arrives decomposed is the same text here and scores 0 there. NFKC would
change lengths, and with them published values, so that compatibility forms (full-width letters, ﬁ) stay different.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Literal

from snellen._text import shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.inline import bounded
from snellen.scorers.registered import scorer

__all__ = ["Style", "anls", "normalised", "similarity", "thresholds_problem"]

Style = Literal["code", "paper"]

_NAME = "anls"
_THRESHOLD = 0.5
_MOST_WORK = 10_000_000_000  # pairs of characters: 5 million against 2,000, about 3 s
_SHOWN_CHARS, _EXTRACTED_CHARS = 60, 200


def thresholds_problem(threshold: float, at_least: float | None) -> str:
    """What is wrong with these two, "" when they can be used."""
    if not 0 <= threshold <= 1:
        return f"threshold is {threshold}; right is a share from 0 to 1, 0.5 in every benchmark"
    if at_least is not None and not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.8"
    return ""


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    threshold: float = _THRESHOLD,
    at_least: float | None = None,
    **_: object,
) -> str:
    return thresholds_problem(threshold, at_least) or needs_text(case, answer=answer)


def _inline(text: str) -> Mapping[str, object]:
    return bounded(text, ">=", "at_least")


@scorer(_NAME, version="1", check=_check, inline=_inline)
def anls(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    threshold: float = _THRESHOLD,
    style: Style = "code",
    at_least: float | None = None,
) -> Score:
    """How similar the response is to the nearest answer, 0 to 1, with 0 for what is less than half alike.

    Unscored when response and answer are so long that comparing them would take more than a few seconds, which needs a
    threshold near 0 or an answer of several thousand characters.

    Args:
        case: With its answer.
        response: To be judged. Lower-cased, with single spaces, as the answers are; nothing else is taken away: a
            sentence around the answer counts as error.
        answer: A text or number, or several of which the nearest counts, over the case's own.
        threshold: The similarity below which a response is worth nothing.
        style: Whether that similarity itself is worth something: `code` yes, `paper` no.
        at_least: The value that passes; default: any that is above 0.

    Source:
        Biten et al. (2019), Scene Text Visual Question Answering, ICCV, arXiv 1905.13648, section 5.1 (NL < τ).
        Code: anls-star 1.0.1, anls_star.py, ANLSLeaf (kept from one half on, normalised length).
    """
    answers = answer_texts(case, answer)
    if not answers:
        return Score(scorer=_NAME, value=None, passed=False, explanation=needs_text(case, answer=answer))
    said = normalised(response.text)
    values = [similarity(said, normalised(one), threshold=threshold, style=style) for one in answers]
    if None in values:
        why = f"a response of {len(said):,} characters and its answer are too long to be compared"
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    value = max(one for one in values if one is not None)
    nearest = answers[values.index(value)]
    passed = value > 0 if at_least is None else value >= at_least
    shown = shorten(nearest, _SHOWN_CHARS)
    if value > 0:
        why = f"{value:.3f} like {shown!r}" + ("" if passed else f", less than {at_least:g}")
    else:
        right = shorten(" or ".join(dict.fromkeys(answers)), _SHOWN_CHARS)
        why = f"not {threshold:g} like {right!r}" if threshold else f"not like {right!r} at all"
    evidence = Evidence(kind="found" if passed else "missing", keyword=nearest, note=f"ANLS {value:.3f}")
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=why,
        evidence=(evidence,),
        extracted=shorten(said, _EXTRACTED_CHARS),
    )


def normalised(text: str) -> str:
    """`text` as ANLS compares it: NFC, lower case, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def similarity(said: str, wanted: str, *, threshold: float = _THRESHOLD, style: Style = "code") -> float | None:
    """1 minus the edit distance over the longer length, 0 below the threshold; None for texts too long to compare.

    Args:
        said: Normalised.
        wanted: Normalised.
        threshold: Where it is cut.
        style: `code` keeps the threshold itself, `paper` cuts it too.
    """
    longest = max(len(said), len(wanted))
    if longest == 0:
        return 1.0
    best = 1 - (longest - min(len(said), len(wanted))) / longest
    if best < threshold:
        return 0.0
    if len(said) * len(wanted) > _MOST_WORK:
        return None
    from rapidfuzz.distance import Levenshtein

    value = 1 - Levenshtein.distance(said, wanted) / longest
    is_kept = value >= threshold if style == "code" else value > threshold
    return value if is_kept else 0.0
