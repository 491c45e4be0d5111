"""Whether a text says yes or no, and where."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_claims import Choice, Claim, Force, decide
from snellen.scorers.choice_mentions import opening_of
from snellen.scorers.matcher import Passage
from snellen.scorers.yesno_asides import remainders
from snellen.scorers.yesno_patterns import BOTH, WITHHELD, tokens_of
from snellen.scorers.yesno_questions import taken_up

__all__ = ["read_yesno"]

_MOST = 500  # words that are read closely
_STOPS = ".!?\n。"
_AFTER_NO = re.compile(
    r"\s+(?:there|it|the|this|that|these|those|they|he|she|i|we|you|its|both|all|a|an|in|on|at|according|based|not|sorry|"
    r"as|from|because|since|only|neither)(?![a-z])|[\s*_\"')\]}]*(?:[,.!:;)—–…-]|\n|\Z)|\s*[가-힣(]"
)
_LETTER = re.compile(r"[\s*_\"'(\[]{0,4}([yn])[\s*_\"')\].]{0,4}")
_SELF = re.compile(r"[\s*_\"')\]}]*(?:[,.!:;)—–…]|-\s|\n|\Z)")
_YES, _NO = frozenset({1}), frozenset({0})
# What follows "but" is no longer in doubt: "some would say no, but the answer is yes".
_DOUBTED = re.compile(
    r"(?<![a-z])(?:if|whether|(?<!i'd )(?<!i would )say|said|says|question|either)(?![a-z])"
    r"(?:(?![\s,;](?:but|however)(?![a-z]))[^.!?\n])*\Z"
)


def read_yesno(passage: Passage, prompt: str = "") -> Choice:
    """What a text answers to a question: option 1 is yes, option 0 is no.

    Args:
        passage: The answer.
        prompt: The question, for answers that take it up ("It is", "There is no dog").
    """
    text = passage.text
    if (letter := _LETTER.fullmatch(text)) is not None:
        return decide([Claim(Force.FINAL, _YES if letter[1] == "y" else _NO, *letter.span(1), "the whole answer")])
    claims: list[Claim] = []
    for rest in remainders(text, prompt):
        claims = _said(rest) or list(taken_up(passage if rest == text else Passage(rest), prompt))
        if claims:
            break
    if max((claim.force for claim in claims), default=Force.DENIED) < Force.STATED:
        given_up = cues.gives_up(text)
        claims = [claim for claim in claims if claim.start >= given_up]
    return decide(claims)


def _said(text: str) -> list[Claim]:
    """What a text claims by the words yes and no."""
    both = [match.span() for match in itertools.islice(BOTH.finditer(text), _MOST)]
    claims = [Claim(Force.FAVOURED, _YES | _NO, *span, "both words together") for span in both]
    for match in itertools.islice(tokens_of(text), _MOST):
        if not any(start <= match.start() < end for start, end in both):
            claims += _claims(text, match)
    return claims


def _claims(text: str, match: re.Match[str]) -> Iterator[Claim]:
    """What one of the words says where it stands; nothing when it only is a part of the sentence."""
    start, end = match.span()
    kind = match.lastgroup or ""
    chosen = _YES if kind.endswith(("yes", "true")) else _NO
    edge = opening_of(text, start)
    before = text[:edge].rstrip()[-1:] if edge else ""
    stands = _SELF.match(text, end) is not None
    if (chosen == _NO and WITHHELD.match(text, end)) or cues.is_asked(text, end):
        return
    head = cues.head_of(text, edge)
    if "boxed{" in text[edge:start] or (not before and stands and not text[end:].strip(" \n\t*_\"'.,;:!?()[]{}$\\")):
        yield Claim(Force.FINAL, chosen, start, end, "the whole answer", concludes=True)
    elif not before and (stands or _follows(text, end, kind)):
        yield Claim(Force.STATED, chosen, start, end, "begins the answer")
    elif not _DOUBTED.search(head) and (cue := cues.said_before(head, takes_nouns=False)) and cue.weight:
        if stands or kind not in {"no", "false"} or _AFTER_NO.match(text, end):
            yield Claim(Force.STATED, chosen, start, end, f"said to be the answer: {cue.words!r}", _concludes(head))
    elif before in _STOPS and (stands or (kind in {"yes", "no"} and _AFTER_NO.match(text, end))):
        yield Claim(Force.STATED, chosen, start, end, "begins a sentence", _concludes(head))
    elif before in {",", ":", ";", "—", "-"} and stands and not kind.endswith(("true", "false")):
        yield Claim(Force.FAVOURED, chosen, start, end, "said in passing", _concludes(head))


def _follows(text: str, end: int, kind: str) -> bool:
    """Whether what follows a word at the beginning lets it be an answer: "No there is not", "No cars are visible"."""
    if kind.endswith(("true", "false")):
        return False
    return text[end : end + 1] in {" ", "\n", ""} or not text[end : end + 1].isascii()


def _concludes(head: str) -> bool:
    return cues.concludes(head)
