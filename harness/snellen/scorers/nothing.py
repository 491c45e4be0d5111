"""Whether a text says that there is nothing of what a question counts: "no cats", "none", 고양이가 없습니다."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from snellen.scorers.answered import Answered
from snellen.scorers.counted import Counted, counts_other, singular, what_is_counted
from snellen.scorers.figures import Figure
from snellen.scorers.fold import fold

__all__ = ["with_none"]

_READ_CHARS = 2_000  # of a response that says there are none; a longer one says more than that
# "No" is a count only with what it counts behind it: "no cats", never "no, ..." or "no doubt".
_NOT_COUNTED = "doubt|matter|one|way|longer|wonder|other|more|idea|need|problem|further|additional"
_PHRASE = "[a-z]{2,}(?: [a-z]{2,}){0,2}"
# What must not stand before a word is looked for behind it: so they are searched several times faster.
_NONE = re.compile(
    rf"no (?<![a-z]no )(?!(?:{_NOT_COUNTED})(?![a-z]))(?P<noun>{_PHRASE})|"
    r"none(?<![a-z]none)(?![a-z])|zero(?<![a-z]zero)(?![a-z])|"
    r"not (?<![a-z]not )(?:(?:see|find|detect|spot|have|contain|show|depict) )?any "
    rf"(?P<thing>{_PHRASE})|n't (?:(?:see|find|detect|spot|have|contain|show|depict) )?any (?P<other>{_PHRASE})|"
    r"없(?:습니다|어요|다|음|네요|는|고|으며)|"
    r"도\s(?:[가-힣]{1,6}\s)?(?:안\s?보|안\s?나|보이지 않)"
)
_MISSING = re.compile(r"(?P<word>[가-힣]{0,8}?)(?:이|가|은|는|도)?\s?(?:하나도 |전혀 )?\Z")
_MISSING_WIDTH = 16  # characters before 없다 that may be what is missing
_NONE_WORDS = ("no", "zero", "n't", "없", "안", "보이지")  # without any of these nothing says that there are none
_CANNOT = re.compile(
    r"(?<![a-z])(?:can(?:not|'t)|unable|could(?: not|n't)|sorry|not (?:sure|clear|possible)|unclear|"
    r"impossible)(?![a-z])|"
    r"[을를 ]수(?:가|는)?\s?없|모르|어렵|죄송"
)
# A number told like this stands, whatever else is said to be missing.
_STATED = frozenset({"said to be the answer", "in a box", "behind ####", "tagged as the answer", "said in bold"})
# What may be missing in place of what is counted, by any name.
_ANYTHING = frozenset(
    ("", "such", "thing", "object", "item", "element", "instance", "하나", "것", "아무것", "전혀", "개", "마리", "명")
)
_PLAIN = frozenset(
    ("visible", "such", "actual", "real", "clear", "apparent", "obvious", "shown", "depicted", "pictured", "listed")
)
_LATIN, _HANGUL = re.compile("[a-z]"), re.compile("[가-힣]")


def with_none(found: Answered, prompt: str) -> Answered:
    """What was read of an answer to how many, with "none" read as 0.

    What is not there must be what the question names, in the same script, where it names anything. Beside a number it
    must be named, and the number be of something else: "no dogs, 3 cats" is an answer to how many dogs there are.

    Args:
        found: What was read of the text.
        prompt: The question.
    """
    if found.how in _STATED or not any(word in found.folded.text for word in _NONE_WORDS):
        return found
    counted = what_is_counted(prompt)
    free = [one for one in found.figures if not one.aside]
    alone = not free and not any(one.aside == "a bound" for one in found.figures)
    zero = _zero(found.folded.text, counted, fold(prompt[-_READ_CHARS:]).text, alone=alone)
    if zero is None:
        return found
    if found.figure is None or (free and all(counts_other(found.folded.text, one, counted) for one in free)):
        return replace(found, figure=zero, how="says that there are none")
    return replace(found, figure=None, how="says that there are none, and a number")


def _zero(text: str, counted: Counted, asked: str, *, alone: bool) -> Figure | None:
    if len(text) > _READ_CHARS:
        return None
    for match in _NONE.finditer(text):
        start, end = match.span()
        noun = next((one for one in match.groups() if one), "")
        if text[start] == "없":
            missing = _MISSING.search(text, max(0, start - _MISSING_WIDTH), start)
            start, noun = (missing.start(), missing["word"]) if missing else (start, "")
        if _names(noun, counted, asked) or (alone and (not counted.noun or _may_be_it(noun, asked))):
            if _CANNOT.search(text):
                return None
            return Figure(value=Decimal(0), bare=Decimal(0), start=start, end=end, unit_end=end)
    return None


def _names(noun: str, counted: Counted, asked: str) -> bool:
    """Whether a noun is what the question counts, or where it counts nothing by name, is in the question."""
    if not counted.noun:
        return len(noun) > 0 and noun.split(" ", maxsplit=1)[0].removesuffix("s") in asked
    if counted.counter:
        return noun.removesuffix("들").endswith(counted.noun)
    words = [singular(word) for word in noun.split(" ")]
    if counted.noun not in words:
        return False
    before = noun.split(" ")[: words.index(counted.noun)]
    return all(word in asked or word in _PLAIN for word in before)  # no red cats: others perhaps


def _may_be_it(noun: str, asked: str) -> bool:
    """Whether a noun that the question does not hold may be what it counts: of another script, or any thing."""
    script = _LATIN if _LATIN.match(noun) else _HANGUL
    return noun.split(" ", maxsplit=1)[0].removesuffix("s") in _ANYTHING or not script.search(asked)
