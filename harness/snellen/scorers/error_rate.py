"""Error rates of text that was read off a picture: by character (CER) and by word (WER).

The rate is the smallest number of insertions, deletions and substitutions that make the response of the reference,
divided by the reference's length. It exceeds 1 when the response is much longer than the reference.

What counts as an error: case, punctuation and spaces between words, unless an option says otherwise. What never does:
Unicode forms, full and half width, typographic quotes and dashes, invisible characters, and how much white space or
which line break stands between two words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from snellen._text import normalized, plural, shorten
from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import fold
from snellen.scorers.inline import bounded
from snellen.scorers.registered import scorer

__all__ = ["cer", "wer"]

_AT_MOST = 0.1
_MOST_WORK = 10_000_000_000  # pairs of characters: about 5 s, measured; 5 million against 2,000
_MOST_SHOWN_WORK = 25_000_000  # pairs of characters for which the edits are worked out, not their number alone
_MOST_EDITS, _SHOWN_CHARS = 8, 40
_MARK = re.compile(r"[^\w\s]|_")
_SYLLABLES = re.compile("[\uac00-\ud7a3]+")

Unit = Literal["syllable", "jamo"]


class _How(NamedTuple):
    by_words: bool
    ignore_case: bool = False
    ignore_punctuation: bool = False
    ignore_spaces: bool = False
    unit: Unit = "syllable"


class _Distance(NamedTuple):
    """How far a response is from one reference.

    Attributes:
        reference: As it was written.
        parts: Its characters or words.
        edits: The smallest number of them.
    """

    reference: str
    parts: Sequence[str]
    edits: int

    @property
    def rate(self) -> float:
        return self.edits / len(self.parts)


def _check(
    case: Case,
    /,
    *,
    answer: object = None,
    at_most: float = _AT_MOST,
    ignore_punctuation: bool = False,
    **_: object,
) -> str:
    if not 0 <= at_most < float("inf"):
        return f"at_most is {at_most}; right is a rate from 0 on, such as 0.1 for one error in ten"
    if said := needs_text(case, answer=answer):
        return said
    how = _How(by_words=False, ignore_punctuation=ignore_punctuation)
    empty = [text for text in answer_texts(case, answer) if not _parts(text, how)]
    return f"its answer {empty[0]!r} has no characters to count errors by" if empty else ""


def _inline(text: str) -> Mapping[str, object]:
    return bounded(text, "<=", "at_most")


@scorer("cer", version="1", check=_check, inline=_inline)
def cer(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    at_most: float = _AT_MOST,
    ignore_case: bool = False,
    ignore_punctuation: bool = False,
    ignore_spaces: bool = False,
    unit: Unit = "syllable",
) -> Score:
    """1 minus the character error rate, not below 0; it passes when the rate is at most `at_most`.

    Unscored when response and reference are so long that comparing them would take more than a few seconds (a response
    of 5 million characters and a reference of 2,000 still are compared).

    Args:
        case: With its answer.
        response: To be judged.
        answer: The reference, or several of which the nearest counts, over the case's own.
        at_most: The rate that passes; 0.1 is one error in ten characters.
        ignore_case: Case is no error.
        ignore_punctuation: Marks are taken away on both sides, and so is the decimal point: 3.5 is 35.
        ignore_spaces: All white space is taken away on both sides, as is usual for Korean, Chinese and Japanese.
        unit: A character is a code point of the NFKC form, so that a Hangul `syllable` is one; `jamo` takes Hangul
            apart, and 각 for 가 is one error in two instead of one in one.

    Source:
        Morris, Maier and Green (2004), From WER and RIL to MER and WIL, Interspeech; the distance is RapidFuzz's.
    """
    how = _How(False, ignore_case, ignore_punctuation, ignore_spaces, unit)
    return _score("cer", case, response, answer, at_most, how)


@scorer("wer", version="1", check=_check, inline=_inline)
def wer(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    at_most: float = _AT_MOST,
    ignore_case: bool = False,
    ignore_punctuation: bool = False,
) -> Score:
    """1 minus the word error rate, not below 0; it passes when the rate is at most `at_most`.

    A word is what stands between white space; for Korean that is 어절, so that a wrong space is two errors or more. For
    scripts without spaces use `cer`. Otherwise as `cer`, which tells the options and the source.
    """
    how = _How(True, ignore_case, ignore_punctuation)
    return _score("wer", case, response, answer, at_most, how)


def _score(name: str, case: Case, response: Response, answer: object, at_most: float, how: _How) -> Score:
    references = {one: parts for one in answer_texts(case, answer) if (parts := _parts(one, how))}
    said = _parts(response.text, how)
    length = sum(map(len, references.values()))
    if not references or length * len(said) > _MOST_WORK:
        why = needs_text(case, answer=answer) or "its answer is empty; there is nothing to count errors by"
        if references:
            why = f"a response of {len(said):,} and a reference of {length:,} parts are too long to be compared"
        return Score(scorer=name, value=None, passed=False, explanation=why)
    distance = min((_distance(one, parts, said) for one, parts in references.items()), key=lambda one: one.rate)
    passed = distance.rate <= at_most
    counted = plural(len(distance.parts), "word" if how.by_words else "jamo" if how.unit == "jamo" else "character")
    why = f"{name.upper()} {distance.rate:.4f}: {plural(distance.edits, 'edit')} in {counted}"
    return Score(
        scorer=name,
        value=max(0.0, 1.0 - distance.rate),
        passed=passed,
        explanation=why if passed else f"{why}; at most {at_most:g}",
        evidence=tuple(_evidence(distance, said, how)),
    )


def _parts(text: str, how: _How) -> Sequence[str]:
    folded = fold(text, ignore_case=how.ignore_case).text
    if how.ignore_punctuation:
        folded = _MARK.sub(_without_mark, folded)
    words = folded.split()
    if how.by_words:
        return words
    joined = ("" if how.ignore_spaces else " ").join(words)
    return _SYLLABLES.sub(_taken_apart, joined) if how.unit == "jamo" else joined


def _without_mark(match: re.Match[str]) -> str:
    return "" if unicodedata.category(match.group()).startswith("P") else match.group()


def _taken_apart(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFD", match.group())


def _distance(reference: str, parts: Sequence[str], said: Sequence[str]) -> _Distance:
    from rapidfuzz.distance import Levenshtein

    return _Distance(reference, parts, Levenshtein.distance(parts, said))


def _evidence(distance: _Distance, said: Sequence[str], how: _How) -> Iterator[Evidence]:
    """The edits, neighbours taken together: what stands in the reference and what was said instead."""
    if not distance.edits or len(distance.parts) * len(said) > _MOST_SHOWN_WORK:
        return
    from rapidfuzz.distance import Levenshtein

    edits = [one for one in Levenshtein.opcodes(distance.parts, said) if one.tag != "equal"]
    for edit in edits[:_MOST_EDITS]:
        wanted = _shown(distance.parts[edit.src_start : edit.src_end], how)
        given = _shown(said[edit.dest_start : edit.dest_end], how)
        note = {"insert": f"{given!r} too much", "delete": f"{wanted!r} left out"}.get(
            edit.tag, f"{given!r} for {wanted!r}"
        )
        yield Evidence(kind="note", keyword=distance.reference, note=note)
    if len(edits) > _MOST_EDITS:
        yield Evidence(kind="note", keyword=distance.reference, note=f"and {len(edits) - _MOST_EDITS} more")


def _shown(parts: Sequence[str], how: _How) -> str:
    text = (" " if how.by_words else "").join(parts)
    return text if not text.strip() else shorten(normalized("NFC", text), _SHOWN_CHARS)
