"""What makes the mention of an option a claim: how the words around it say that it is, or is not, the answer."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from snellen.scorers import choice_english as english
from snellen.scorers import choice_korean as korean
from snellen.scorers import choice_languages as languages
from snellen.scorers import choice_words as words

__all__ = [
    "Cue",
    "concludes",
    "denied",
    "exceeds",
    "gives_reason",
    "gives_up",
    "goes_on",
    "head_of",
    "is_asked",
    "is_copula",
    "is_foreign",
    "is_predicate",
    "is_word",
    "praised",
    "said_after",
    "said_before",
    "sets_against",
    "sought_in",
    "tail_of",
    "verdict",
]

_WINDOW = 240  # characters of a sentence that are looked at on either side
_SENTENCE = re.compile(r"[.!?。\n](?:(?<=\n)|(?=[\s*_\"')]|\Z))")
_LATIN = re.compile("[a-z]")
_BEHIND_STOP = frozenset(" \t\r*_\"')")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_LAST_NOUN = re.compile(
    r"(?:(?:^|(?<=[\s:]))(?:the|an?|our|my)\s)?(?:(?:first|second|third|fourth|fifth|last|labell?ed|correct)\s)?"
    r"(?<![a-z])([a-z]{3,14})[\s:]*\Z"
)
_CONDITION = re.compile(r"(?<![a-z])(?:not|no|nor|if|than|neither|none)(?![a-z])|n't")
# What follows "a" and "i" when they are no words: the rest of a sentence about the option.
_WORD_FOLLOWS = re.compile(
    r"[^\S\n]+(?!(?:is|are|was|because|since|as|which|and|or|but|not|rather|instead|over|for|with|in|on|at|would|due|based|by|given|from|seems|appears|"
    r"matches|fits|has|shows|represents)(?![a-z]))[a-z0-9]|\s?-\s?[a-z]"
)
_REASON = re.compile(
    r"\s*[,:—-]?\s*(?:because|since|as|due to|given that|이유|왜냐)(?![a-z])|"
    r"\s(?:with\s[a-z]+\s(?:confidence|certainty)(?![a-z])|\([^()\n]{1,80}\)[.\s]*(?:\n|\Z))"
)
_AGAINST = re.compile(r"\s(?:rather than|instead of|over|and not|not)(?![a-z])")
_COMPARATIVE = re.compile(r"(?<![a-z])(?:[a-z]{2,10}(?:er|est))(?![a-z])")
_NO_COMPARATIVES = (
    "other another whether answer number letter paper water under over after never ever her either neither corner "
    "rather together center order power computer river flower person however consider test best rest forest interest "
    "west nearest suggest latest manner layer player owner user driver worker teacher member character picture per "
    "remember matter former latter marker border tower finger ladder trailer container weather leather summer winter"
)


class Cue(NamedTuple):
    """Words that make a claim.

    Attributes:
        words: As they stand in the folded text; empty for none.
        weight: 2 when they name the answer ("the answer is"), 1 when they choose ("so", "I pick"), 0 when they only say
            that it fits ("matches").
    """

    words: str
    weight: int = 0

    def __bool__(self) -> bool:
        """Whether there are such words."""
        return bool(self.words)


_NONE = Cue("")
_OTHERS, _LATIN_ANSWERS = (*korean.BEFORE, *languages.BEFORE), languages.BEFORE[:1]
_NO_MATCHES, _BEHIND = english.BEFORE[:-1], (*korean.AFTER, *languages.AFTER)


def head_of(text: str, end: int, low: int = 0) -> str:
    """The sentence up to `end`, from `low` on."""
    start = end - _WINDOW if end - _WINDOW > low else low
    start = max(start, text.rfind("\n", start, end) + 1)
    for stop in ".!?。":
        place = text.rfind(stop, start, end)
        while place >= start:
            if place + 1 >= end or text[place + 1] in _BEHIND_STOP:
                start = place + 1
            place = text.rfind(stop, start, place)
    return text[start:end]


def tail_of(text: str, start: int, end: int | None = None) -> str:
    """The sentence from `start` on, up to `end` at the latest."""
    end = len(text) if end is None else end
    stop = min(end, start + _WINDOW)
    match = _SENTENCE.search(text, start, stop)
    return text[start : match.start() if match else stop]


def said_before(head: str, *, takes_nouns: bool, matches: bool = True) -> Cue:
    """What the words before a mention say for it.

    Args:
        head: The sentence up to the mention.
        takes_nouns: Any noun may stand between ("is hemisphere B"), not only what options are called.
        matches: "Closest to" and "corresponds to" count, which of other things than letters are said in passing.
    """
    if not head.strip():
        return _NONE
    if not words.may_claim(head):
        return _NONE if head.isascii() else _first(head, _OTHERS)
    if english.PLURAL.search(head):
        return _NONE
    patterns = english.BEFORE if matches else _NO_MATCHES
    if cue := _first(head, patterns) or _first(head, _LATIN_ANSWERS if head.isascii() else _OTHERS):
        return cue
    noun = _LAST_NOUN.search(head)
    if noun and (takes_nouns or noun[1] in english.NOUNS) and noun[1] not in english.FOREIGN:
        shorter = head[: noun.start()]
        return _first(shorter, patterns) if shorter.strip() else _NONE
    return _NONE


def _first(head: str, patterns: tuple[tuple[re.Pattern[str], int], ...]) -> Cue:
    for pattern, weight in patterns:
        if found := pattern.search(head):
            return Cue(found.group().strip(), weight)
    return _NONE


def said_after(text: str, start: int, end: int, *, directly: bool = False) -> Cue:
    """What the words behind a mention say for it; `directly` allows no others in between."""
    tail = tail_of(text, start, end)
    if not tail.strip():
        return _NONE
    if not tail.isascii():
        for pattern, weight in _BEHIND:
            if found := pattern.match(tail):
                return Cue(found.group().strip(), weight)
    if not words.may_praise(tail):
        return _NONE
    for pattern, weight in english.AFTER:
        found = pattern.match(tail)
        if found and not _CONDITION.search(found.group()) and not (directly and len(found.group()) > _DIRECTLY):
            return Cue(found.group().strip()[-_SHOWN:], weight)
    return _NONE


_DIRECTLY, _SHOWN = 32, 40


def exceeds(text: str, start: int) -> Cue:
    """What says behind a mention that it is better than another that is named in between: B가 A보다 더 적절."""
    found = None if text.isascii() else korean.EXCEEDS.match(text, start)
    return Cue(found.group().strip()[-_SHOWN:], 0) if found else _NONE


def denied(head: str, sentence: str, text: str, start: int, end: int, *, directly: bool) -> str:
    """The words around a mention that say that it is not the answer; empty when none do.

    Args:
        head: The sentence up to the mention, from the mention before it on.
        sentence: The sentence up to the mention.
        text: Folded text.
        start: Where what is said behind it begins.
        end: Where that ends at the latest.
        directly: What stands directly behind the mention is said of it; otherwise that is the text of the option.
    """
    found = english.DENIED_BEFORE.search(head) or english.DOUBTED.search(head) if words.may_deny(head) else None
    if found is None and " of" in sentence:
        found = english.NONE_OF.search(sentence)
    if found is None:
        tail = tail_of(text, start, end + 1)  # with a letter of what is named next, so that it is seen to go on
        if words.may_deny(tail):
            found = english.DENIED_TEXT.match(tail) or (english.DENIED_AFTER.match(tail) if directly else None)
        if found is None and not tail.isascii() and _HANGUL.search(tail):
            found = korean.DENIED_AFTER.match(tail)
    return found.group().strip()[-_SHOWN:] if found else ""


def verdict(text: str, start: int, *, has_text: bool) -> bool | None:
    """Whether an option is marked as right or wrong ("B. Berlin: correct", "✗"); None for neither.

    Args:
        text: Folded text.
        start: Where the option ends.
        has_text: The option's text stands before, so that "yes" and "no" are not its text.
    """
    found = english.VERDICT.match(text, start)
    if found is None or (not has_text and (found["right"] or found["wrong"]) in english.PLAIN_VERDICTS):
        return None
    return found["right"] is not None


def praised(text: str, start: int, end: int, sought: str) -> str:
    """The words behind a mention that put it before the others ("B is closer"); empty when none do."""
    found = _praise(sought).match(tail_of(text, start, end))
    return found.group().strip()[-_SHOWN:] if found else ""


@functools.lru_cache(maxsize=256)
def _praise(sought: str) -> re.Pattern[str]:
    return english.praise(sought)


@functools.lru_cache(maxsize=256)
def sought_in(prompt: str) -> str:
    """The comparatives that a question asks for, as alternatives of a pattern."""
    found = set(_COMPARATIVE.findall(prompt.lower())) - set(_NO_COMPARATIVES.split())
    return "|".join(sorted(map(re.escape, found), key=len, reverse=True))


def is_word(text: str, start: int) -> bool:
    """Whether what follows a bare "A" or "I" makes it an article or a pronoun."""
    return _WORD_FOLLOWS.match(text, start) is not None


def gives_reason(text: str, start: int) -> bool:
    """Whether a reason follows, or how sure it is: "B because ...", "B (90% confident)"."""
    return _REASON.match(text, start) is not None


def sets_against(text: str, start: int) -> bool:
    """Whether another option follows that it is preferred to: "B rather than C"."""
    return _AGAINST.match(text, start) is not None


def is_foreign(noun: str, text: str, left: int, right: int) -> bool:
    """Whether a letter names something else: "vitamin C", "f(B)", "A = 5"."""
    before, behind = text[max(0, left - 1) : left], text[right : right + 3].lstrip()[:1]
    is_formula = (before.isalnum() and before.isascii()) or behind in {"=", "+", "<", "^", "≈", "×"}
    return noun in english.FOREIGN or is_formula or korean.FOREIGN_BEHIND.match(text, right) is not None


def is_asked(text: str, start: int) -> bool:
    """Whether the sentence that goes on at `start` is a question."""
    found = _SENTENCE.search(text, start, start + _WINDOW)
    return found is not None and found.group() == "?"


def gives_up(text: str) -> int:
    """Where an answer last says that it cannot tell; 0 when it never does."""
    last = 0
    for match in english.GIVES_UP.finditer(text) if any(word in text for word in _UNABLE) else ():
        last = match.end()
    for match in korean.GIVES_UP.finditer(text) if not text.isascii() else ():
        last = max(last, match.end())
    return last


_UNABLE = ("can't", "cannot", "could", "able to", "possible to", "difficult to", "challenging to", "hard to")


def goes_on(text: str, start: int, end: int) -> bool:
    """Whether the sentence at `start` still goes on at `end`, and not with a comparison there."""
    tail = tail_of(text, start, end)
    return start + len(tail) >= end and english.THAN.search(tail) is None


_PREDICATE = re.compile(r"(?:(?<![a-z])(?:is|was|be)|[a-z]'s|:)[\s*_\"']*\Z")


def is_copula(text: str, start: int) -> bool:
    """Whether a Korean "is" stands here by itself: ② 입니다."""
    return korean.COPULA.match(text, start) is not None


def is_predicate(head: str) -> bool:
    """Whether a sentence up to here says that its subject is what follows: "the missing shape is"."""
    return _PREDICATE.search(head) is not None


def concludes(head: str) -> bool:
    """Whether a sentence draws a conclusion or corrects itself."""
    if _LATIN.search(head) and english.CONCLUDES.search(head):
        return True
    return not head.isascii() and korean.CONCLUDES.search(head) is not None
