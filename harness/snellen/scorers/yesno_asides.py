"""What an answer of yes or no only concedes: "Many would say yes, but", 언뜻 보면 있는 것 같지만.

What others would say, what was thought at first and what it looked like before a turn ("but", "however", 지만) is not
what the answer says; what stands behind the turn is. Only a concession of what the question asks is one: behind "It
looks like a wolf, but it isn't" nothing is said about a dog.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from snellen.scorers.fold import fold
from snellen.scorers.yesno_patterns import TOKEN

__all__ = ["remainders"]

_MOST, _REACH, _PROMPT_CHARS = 50, 200, 2_000  # turns that are looked at, what is looked at before each, of a prompt
_SIGNS = (
    "but",
    "however",
    "yet",
    "fact",
    "reality",
    "actual",
    "closer",
    "answer",
    "while",
    "whilst",
    "though",
    "even if",
)

_THINK = (
    r"(?:think|say|guess|assume|believe|choose|pick|select|answer|argue|expect|suppose|conclude|go (?:for|with)|"
    r"be tempted|claim|(?<=may )see|(?<=might )see|(?<=would )see)s?"
)
_OTHERS = (
    r"(?:many|most|some|several|people|others|students|everyone|someone|anyone|one|you|they|readers|a lot)"
    r"(?:\s(?:of (?:us|them|people)|people|students|others|readers|viewers|observers))?"
    r"(?:\s(?:may|might|would|could|will|can|often|usually|commonly|typically|easily|initially|at first|first|"
    r"mistakenly|wrongly|simply|tend to|(?:be|are) (?:tempted|inclined) to))*"
)
_SELF = (
    r"(?:i|we)(?:'d|'ve)?(?:\s(?:had|have|first|initially|originally|almost|nearly|at first|was|were))*\s"
    r"(?:thought|said|answered|assumed|believed|guessed|suspected|supposed|expected|inclined to|tempted to|"
    r"going to (?:say|pick|choose|answer))"
)
_FIRST = (
    r"(?:(?:at|on) first(?: glance| sight| look)?|at a glance|initially|originally|on the surface|superficially)"
    r"(?![a-z])"
)
_BY_OTHERS = re.compile(
    rf"(?<![a-z])(?:{_OTHERS}\s{_THINK}|{_SELF}|{_FIRST}|"
    rf"(?:easy|tempting|natural|common|understandable) to {_THINK}|"
    r"(?:first|initial|original) (?:thought|guess|instinct|impression|reaction|idea|answer|response)|"
    r"(?:quick|casual|first|initial) (?:glance|look)|(?:may|might|could|would) suggest|"
    r"(?:obvious|tempting|common|intuitive|popular|usual|naive|apparent|immediate) (?:answer|guess|response)"
    r")(?![a-z])"
)
_SEEMS = re.compile(
    r"(?<![a-z])(?:(?:may|might|could|can) (?:look|seem|appear)|(?:look|seem|appear)(?:s|ed)?|looking|"
    r"resembl(?:es?|ed|ing))(?![a-z])"
)
_TURN = re.compile(
    r"[\s,;.!—-]*(?<![a-z])(?:(?:but|however|yet|nevertheless|nonetheless)(?![a-z])[\s,:]*)?"
    r"(?:(?:in (?:fact|reality|truth)|(?:actually|really)|(?:up)?on (?:a )?(?:closer|second|careful)"
    r" (?:inspection|look|examination|glance|thought))(?![a-z])[\s,:]*)?"
)
# What must not stand before a word is looked for behind it: so they are searched many times faster.
_TURN_WORD = re.compile(
    r"(?:but(?<![a-z]but)|however(?<![a-z]however)|yet(?<![a-z]yet)|nevertheless|nonetheless|"
    r"in (?<![a-z]in )(?:fact|reality|truth)|actually|upon (?:a )?(?:closer|second|careful)|"
    r"on (?<![a-z]on )(?:a )?(?:closer|second|careful)|"
    r"the (?<![a-z]the )(?:correct|right|real|true|actual) answer)(?![a-z])"
)
_WHILE = re.compile(
    r"(?:while(?<![a-z]while)|whilst(?<![a-z]whilst)|although|though(?<![a-z]though)|even (?<![a-z]even )(?:if|though))"
    r"\s[^.!?;,\n]{1,120},\s*"
)
_GOES_ON = re.compile(r"(?<![a-z])(?:but|so|because|therefore|however|then)(?![a-z])")
_CLAUSE = re.compile(r"[.!?\n;:,—]")
_SENTENCE = re.compile(r"[.!?\n]")

_BY_OTHERS_KO = re.compile(
    r"언뜻|얼핏|처음에?(?:는|엔)?|첫눈에|(?:흔히|보통|많은\s?(?:사람|학생|분|이)|대부분|대개|사람들|일반적으로|누구나|자칫)"
    r"[^.!?\n]*?(?:생각|답|말|보|같|여기|고르|착각|하겠|할)|"
    r"(?:생각했|생각하였|여겼|착각했|오해했|믿었|예상했|추측했|알았)|[가-힣]기(?:가|는)?\s?쉽|고\s?싶|"
    r"라고\s?(?:할|볼|답할|말할|생각할)\s?수(?:도|는)?\s?있|라고\s?(?:생각|답|말)"
)
_SEEMS_KO = re.compile(r"같(?=지만|으나|은데)|보이(?=지만|나|는데)|듯|수(?:도|는)?\s?있")
_AFTER_STOP = r"(?=\s(?:하지만|그러나|그런데|그렇지만|실제로|사실|자세히))"
_TURN_KO = re.compile(
    "|".join(
        (
            *(rf"{ending}(?<=[가-힣]{ending})(?=[\s,])" for ending in ("지만", "으나", "는데", "은데", "다가")),
            *(rf"\{stop}{_AFTER_STOP}" for stop in ".,"),
        )
    )
)
_BEHIND_TURN_KO = re.compile(
    r"[\s,]*(?:(?:하지만|그러나|그런데|그렇지만)[\s,]*)?(?:(?:사실은?|실제로는?|자세히\s?보(?:면|니))[\s,]*)?"
)
# A word that answers whatever it stood against.
_SAYS_IT_KO = re.compile(r"(?:네|예|아니[요오]|아뇨)[\s\"'*]*(?:[,.!]|\Z)")
_NAMED_KO = re.compile(r"([가-힣a-z]+?)(?:이|가|은|는)\s(?!것|거|듯|줄)(?:[가-힣]+\s)?(?:있|없|보이|존재)")
_TAKEN_UP_KO = re.compile(r"있|없|맞|그렇|그런|아니|아닌|(?<![가-힣])[네예](?![가-힣]*\s?(?:개|마리|명|대)(?![가-힣]))")
_TAKEN_UP = re.compile(r"(?<![a-z])so(?![a-z])|(?<![a-z])(?:is|are|does|do|has|there)[\s,]*\Z")
_WORD = re.compile("[a-z]{3,}|[가-힣]+")
_PARTICLE = re.compile("(?:에서|에는|처럼|으로|라고|이라고|에|은|는|이|가|의|를|을|로|도)$")
_NOT_ASKED = frozenset(
    (
        *("the", "and", "are", "there", "does", "this", "that", "can", "you", "see", "any", "one", "shown"),
        *("image", "picture", "photo", "photograph", "scene"),
        *("이", "이미지", "사진", "그림", "화면", "속", "것", "수"),
    )
)


class _Conceded(NamedTuple):
    start: int
    end: int
    only_seems: bool


def remainders(text: str, prompt: str) -> list[str]:
    """`text` without what it concedes, in the order in which the readings are to be tried.

    Where something only seemed so, the text with that stands last: "It looks like a dog, but it is blurred" concedes
    nothing that its rest could put right.

    Args:
        text: Folded text.
        prompt: The question.

    Returns:
        Texts of the same length, line ends in place of what is left out; only the text itself when nothing is conceded.
    """
    spans = [*_english(text, prompt), *_korean(text, prompt)]
    if not spans:
        return [text]
    found = [_without(text, spans)]
    if any(span.only_seems for span in spans):
        found.append(_without(text, [span for span in spans if not span.only_seems]))
    return found


def _without(text: str, spans: list[_Conceded]) -> str:
    for start, end, _ in spans:
        mark = "." if text[:start].strip() else "\n"  # what stood before is a sentence of its own
        text = text[:start] + mark.ljust(end - start, "\n") + text[end:]
    return text


def _english(text: str, prompt: str) -> Iterator[_Conceded]:
    last = 0
    for match in itertools.islice(_TURN_WORD.finditer(text), _MOST):
        if match.start() < last:
            continue
        stop = len(text[: match.start()].rstrip(" \n,;.!—-"))
        found = _conceding(text, stop, low=last)
        if found and _is_about(text[found[0] : stop], prompt):
            start = found[0]
            corrects = TOKEN.search(
                text, _after_last(_SENTENCE, text, 0, start), start
            )  # "Yes, it seems, but actually no"
            turn = None if corrects or match.group().endswith("answer") else _TURN.match(text, stop)
            last = turn.end() if turn else match.start()
            yield _Conceded(found[0], last, found[1])
    for match in itertools.islice(_WHILE.finditer(text), _MOST):
        clause = match.group()
        by_others = _BY_OTHERS.search(clause) is not None
        if (by_others or _SEEMS.search(clause)) and _is_about(clause, prompt):
            yield _Conceded(match.start(), match.end(), not by_others)


def _conceding(text: str, stop: int, *, low: int) -> tuple[int, bool] | None:
    """Where the concession that ends at `stop` begins, and whether something only seemed so; None for none."""
    low = max(low, stop - _REACH, _after_last(_SENTENCE, text, low, stop))
    said = list(_BY_OTHERS.finditer(text, low, stop)) or list(_SEEMS.finditer(text, low, stop))
    if not said or _GOES_ON.search(text, said[0].end(), stop):
        return None
    place = said[0].start()
    start = _after_last(_CLAUSE, text, low, place)
    token = TOKEN.search(text, start, place)
    is_at_first = re.match(_FIRST, text[place:stop]) is not None
    if token and not (is_at_first and not text[token.end() : place].strip(" \"'*_")):
        start = place
    return start, _BY_OTHERS.match(text, place) is None


def _after_last(pattern: re.Pattern[str], text: str, low: int, end: int) -> int:
    start = low
    for match in pattern.finditer(text, low, end):
        start = match.end()
    return start


def _korean(text: str, prompt: str) -> Iterator[_Conceded]:
    if text.isascii():
        return
    last = 0
    for match in itertools.islice(_TURN_KO.finditer(text), _MOST):
        low = _after_last(_SENTENCE, text, max(last, match.start() - _REACH), match.start())
        others = _BY_OTHERS_KO.search(text, low, match.start())
        found = others or _SEEMS_KO.search(text, low, match.end())
        if found is None:
            continue
        start = _after_last(_CLAUSE, text, low, found.start())
        end = _BEHIND_TURN_KO.match(text, match.end()).end()  # type: ignore[union-attr]  # it matches nothing, too
        if _SAYS_IT_KO.match(text, end) or _is_about(text[start : match.start()], prompt):
            last = end
            yield _Conceded(start, last, others is None)


def _is_about(clause: str, prompt: str) -> bool:
    """Whether a clause concedes what the question asks."""
    asked = _words_of(prompt)
    stems = {_PARTICLE.sub("", word) for word in _WORD.findall(clause)} - _NOT_ASKED
    if any(word == stem or _is_longer(word, stem) or _is_longer(stem, word) for word in asked for stem in stems):
        return True
    if clause.isascii():
        return TOKEN.search(clause) is not None or _TAKEN_UP.search(clause) is not None
    return _NAMED_KO.search(clause) is None and (_TAKEN_UP_KO.search(clause) or TOKEN.search(clause)) is not None


def _is_longer(word: str, stem: str) -> bool:
    """Whether a word is another with an ending: 빨간색인가요 of 빨간색."""
    return len(stem) > 1 and word.startswith(stem)


@functools.lru_cache(maxsize=256)
def _words_of(prompt: str) -> frozenset[str]:
    words = set(_WORD.findall(fold(prompt[-_PROMPT_CHARS:]).text))
    return frozenset(words | {_PARTICLE.sub("", word) for word in words}) - _NOT_ASKED
