"""What a question of yes or no asks for, and what a text without the words yes and no says to it.

Two kinds of questions can be answered by a statement: whether something is there ("Is there a dog?", 개가 있나요?), and
in Korean whether something is of a kind (빨간색인가요?). What is denied, doubted or only supposed is told by the rules
of `keywords`. Where a statement is about something else, nothing is claimed.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator

from snellen.scorers.choice_claims import Claim, Force
from snellen.scorers.fold import fold
from snellen.scorers.keywords import find_group
from snellen.scorers.matcher import Passage

__all__ = ["taken_up"]

_ELLIPSIS_CHARS, _PROMPT_CHARS = 60, 2_000
_MOST, _HEAD_CHARS = 100, 80  # statements that are read, and what is looked at before each
_PARTICLE = re.compile("(?:에서|에는|에|은|는|이|가|의)$")
_FILLERS = frozenset(
    (
        "이",
        "그",
        "저",
        "이건",
        "이것은",
        "그건",
        "그것은",
        "저건",
        "해당",
        "제",
        "생각에는",
        "정말",
        "실제로",
        "사실",
        "아마",
        "아마도",
        "분명히",
    )
)
_OPEN, _CLOSE = r"[\s*_\"'(]*", r"[\s.!~*_\"')]*"
_YES, _NO = frozenset({1}), frozenset({0})

# "It is." and "There aren't any." as whole answers, to any question.
_ABOUT = r"(?:it|there|they|he|she|that|this|these|those|you|we)"
_DOES = r"(?:is|are|was|were|does|do|did|has|have|can|could|will|would)"
_SEEMS = r"(?:\s?(?:것|거)\s?(?:같|입|이|예|에)[가-힣]*|\s?듯[가-힣]*)?"
_SURELY = r"(?:(?:아마도?|분명히?|확실히|어|응)[\s,]+)?"
_IS_THERE = rf"(?:있|보[이여입]|존재)[가-힣]*{_SEEMS}{_CLOSE}(?<!지)"
_IS_NOT_THERE = rf"(?:없|안\s?보|보이지\s?(?:는\s?)?않|존재하지\s?않)[가-힣]*(?:\s?보[이여입][가-힣]*)?{_SEEMS}{_CLOSE}"
_ELLIPSES: tuple[tuple[re.Pattern[str], bool], ...] = (
    (re.compile(rf"{_OPEN}{_ABOUT}\s{_DOES}(?:\s(?:one|some|indeed))?{_CLOSE}"), True),
    (
        re.compile(
            rf"{_OPEN}{_ABOUT}\s(?:{_DOES}\s?(?:not|n't)|cannot|can't|won't)(?:\s(?:any|one|so))?{_CLOSE}|"
            rf"{_OPEN}there(?:\s(?:is|are)|'s)\s(?:none|nothing|no one|nobody)(?:\s(?:there|at all))?{_CLOSE}|"
            rf"{_OPEN}none(?:\sat all)?{_CLOSE}"
        ),
        False,
    ),
    (re.compile(f"{_OPEN}{_SURELY}{_IS_THERE}"), True),
    (re.compile(rf"{_OPEN}{_SURELY}(?:(?:전혀|아예)\s)?{_IS_NOT_THERE}"), False),
)
# The same to a question whether something is there: nobody, not one of them, two of them.
_COUNTED = "(?:명|분|마리|개|대|사람|장|권|송이|그루|채|척|켤레|자루|점|곳|군데)"
_NOT_ONE = rf"(?:아무도|아무것도|누구도|하나도|(?:단\s?)?한\s?{_COUNTED}도)"
_SOME = rf"(?:(?:[0-9]{{1,4}}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|여러)\s?{_COUNTED}(?:이|가|은|는)?|하나|둘|많이)"
_WHOLE: tuple[tuple[re.Pattern[str], bool], ...] = (
    (re.compile(rf"{_OPEN}{_SOME}\s?{_IS_THERE}"), True),
    (re.compile(rf"{_OPEN}{_NOT_ONE}\s?{_IS_NOT_THERE}"), False),
    (
        re.compile(rf"{_OPEN}(?:nobody|no one|nothing|not (?:a single )?one|not any)(?:\sat all|\sthere)?{_CLOSE}"),
        False,
    ),
)

# 없습니다 is a yes to "is it empty?" and to "is there none?".
_ASKED_IN_THE_NEGATIVE = re.compile(
    r"(?:없|않)(?:나요|습니까|어요|니|냐|는가요?|은가요?|을까요?)\s?\?|비어\s?있[^.]{0,5}\?|비었"
)

_PICTURE = r"(?:image|picture|photo(?:graph)?|scene|frame|shot)"
_WHERE = r"(?:\s(?:in|on|at|near|visible|present|shown|here|anywhere|there|depicted|among|within)(?![a-z]).*)?"
_THING = r"(?:an?\s|any\s|the\s|some\s|one\s)?(?P<thing>[^?.,\n]{2,60}?)"
_QUESTIONS: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?:^|[.!?:\n]\s*)(?:is|are)\sthere\s{_THING}{_WHERE}\s*\?"),
    re.compile(rf"(?:^|[.!?:\n]\s*)(?:do|can)\syou\ssee\s{_THING}{_WHERE}\s*\?"),
    re.compile(
        rf"(?:^|[.!?:\n]\s*)does\s(?:the|this)\s{_PICTURE}\s(?:contain|show|have|include|depict)\s{_THING}{_WHERE}\s*\?"
    ),
    re.compile(
        r"(?:^|[.!?:\n]\s*)(?:(?:이\s?)?(?:사진|이미지|그림|화면)?(?:\s?속)?(?:에는|에서|에)?\s)?"
        r"(?P<thing>[가-힣a-z][가-힣a-z ]{0,20}?)"
        r"(?:이|가)\s(?:있|보이|보여|존재)(?:나요|습니까|어요|을까요|니|냐|는가|하나요|합니까|하는가|요)[^?]{0,10}\?"
    ),
)
"""Questions whether something is there."""

_KIND = re.compile(
    r"(?P<kind>[가-힣a-z0-9]{1,20}?)(?:이|가)?\s?(?:맞(?:나요|습니까|아요|는가요|죠|지요)|인가요?|입니까|이에요|예요|일까요?)\s?\?"
)
"""Questions whether something is of a kind: 빨간색인가요?"""

_OTHER_FORMS = {
    **dict.fromkeys(("person", "people"), ("person", "people", "someone", "somebody")),
    **dict.fromkeys(("anyone", "anybody", "someone", "somebody"), ("person", "someone", "somebody", "people")),
    "man": ("man", "men"),
    "woman": ("woman", "women"),
    "child": ("child", "children"),
    "mouse": ("mouse", "mice"),
    "men": ("men", "man"),
    "women": ("women", "woman"),
    "children": ("children", "child"),
    "feet": ("feet", "foot"),
    **dict.fromkeys(("bus", "buses"), ("bus", "buses")),
}
_PEOPLE = re.compile(
    r"(?:^|\s)(?:person|people|anyone|anybody|someone|somebody|man|men|woman|women|child|children|kids?|boys?|girls?|"
    r"humans?|human beings?|pedestrians?|players?|students?|adults?|passengers?)$"
)
# "Nobody is in the picture": people are asked for, and the place is the picture or one that the question names.
_NOBODY = re.compile(
    r"(?<![a-z])(?:there(?:\s(?:is|are)|'s)\s(?:no one|no-one|nobody)|there\s(?:isn't|is not)\sany(?:one|body)|"
    r"(?:no one|no-one|nobody)\s(?:is|was|can be|appears(?: to be)?)(?=\s(?:there|here|in|visible|present|seen|shown|"
    r"pictured|depicted|inside|around))|"
    r"(?:i|we)\s(?:can\s)?(?:see|find|spot)\s(?:no one|no-one|nobody)|"
    r"(?:i|we)\s(?:don't|do not|can't|cannot)\s(?:see|find|spot)\sany(?:one|body))"
    r"(?:\s(?:there|here|visible|present|seen|shown|pictured|depicted|inside|around|at all))?"
    r"(?:\s(?:in|on|at)\s(?:the|this|that)\s(?P<place>[a-z]+))?(?=\s*(?:[.,;!]|\Z))"
)


def taken_up(passage: Passage, prompt: str) -> Iterator[Claim]:
    """What a text says to a question: "It isn't.", "There is no dog in the picture.", "Nobody is there.".

    Args:
        passage: The answer, which holds neither yes nor no.
        prompt: The question.
    """
    text = passage.text
    thing = _asked_for(prompt)
    if len(text.strip()) <= _ELLIPSIS_CHARS and not _ASKED_IN_THE_NEGATIVE.search(fold(prompt[-_PROMPT_CHARS:]).text):
        for pattern, is_yes in (*_ELLIPSES, *_WHOLE) if thing else _ELLIPSES:
            if text.strip() and pattern.fullmatch(text):
                yield _claim(0, len(text), "takes the question up", is_yes=is_yes)
                return
    if thing:
        yield from _of_the_thing(passage, thing, fold(prompt[-_PROMPT_CHARS:]).text)
    elif kind := _asked_kind(prompt):
        yield from _of_the_kind(text, kind, fold(prompt[-_PROMPT_CHARS:]).text)


def _claim(start: int, end: int, why: str, *, is_yes: bool, force: Force = Force.STATED) -> Claim:
    return Claim(force, _YES if is_yes else _NO, start, end, why)


def _of_the_thing(passage: Passage, thing: str, prompt: str) -> Iterator[Claim]:
    text = passage.text
    nobody = _NOBODY.search(text) if _PEOPLE.search(thing) else None
    if nobody and (nobody["place"] is None or nobody["place"] in prompt or re.fullmatch(_PICTURE, nobody["place"])):
        yield _claim(*nobody.span(), f"says that {thing!r} is not there", is_yes=False, force=Force.NAMED)
        return
    finding = find_group(_OTHER_FORMS.get(thing, (thing,)), passage.folded.original)
    if finding.verdict not in {"mentioned", "negated"}:
        return
    place = text.find(thing)
    start, end = (place, place + len(thing)) if place >= 0 else (0, len(text))
    is_yes = finding.verdict == "mentioned"
    why = f"says that {thing!r} is {'' if is_yes else 'not '}there"
    yield _claim(start, end, why, is_yes=is_yes, force=Force.NAMED)


def _of_the_kind(text: str, kind: str, prompt: str) -> Iterator[Claim]:
    """What a sentence says of the kind, alone or of what the question names: 빨간색이 맞아요, 이 차는 빨간색이다."""
    affirms, denies = _statements(kind)
    for pattern, is_yes in ((affirms, True), (denies, False)):
        for match in itertools.islice(pattern.finditer(text), _MOST):
            if all(
                _PARTICLE.sub("", word) in prompt or word in _FILLERS for word in _words_before(text, match.start())
            ):
                yield _claim(*match.span(), f"says that it is {'' if is_yes else 'not '}{kind!r}", is_yes=is_yes)


def _words_before(text: str, end: int) -> list[str]:
    """The words of a sentence up to `end`."""
    head = text[max(0, end - _HEAD_CHARS) : end]
    return re.split(r"[.!?\n]", head)[-1].replace(",", " ").split()


@functools.lru_cache(maxsize=256)
def _statements(kind: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    head = rf"(?<![가-힣a-z0-9]){re.escape(kind)}[\"'*_]*"
    ends = r"(?=[\s*_\"')]*(?:[.!,~\n]|\Z))"
    affirms = (
        rf"{head}(?:(?:이|가|은|는)?\s?맞(?:습니다|아요?|네요|다|음|죠|지요|는\s?(?:것|거)\s?같(?:습니다|아요?|네요))|"
        rf"(?:이네요|네요|입니다|이에요|예요|이다|임|인\s?(?:것|거)\s?같(?:습니다|아요?|네요))){ends}"
    )
    denies = (
        rf"{head}(?:이|가|은|는|도)?\s?(?:아닙니다|아니(?:에요|예요|다|며|고|라(?!고)|네요|지만)|아닌\s?(?:것|거)\s?같|"
        r"아닌데요|맞지\s?않|안\s?맞)"
    )
    return re.compile(affirms), re.compile(denies)


def _asked_for(prompt: str) -> str:
    """The thing that a question asks whether it is there; empty when it asks something else."""
    folded = fold(prompt[-_PROMPT_CHARS:]).text
    for pattern in _QUESTIONS:
        if found := pattern.search(folded):
            return found["thing"].strip()
    return ""


def _asked_kind(prompt: str) -> str:
    """The kind that a Korean question asks whether something is of it; empty when it asks something else."""
    found = _KIND.search(fold(prompt[-_PROMPT_CHARS:]).text)
    return found["kind"] if found else ""
