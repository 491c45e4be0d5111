"""How people say yes and no, in English and Korean, and what only looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["ANSWERS", "BOTH", "TOKEN", "WITHHELD", "tokens_of"]

_YES = "yes yeah yep yup y true correct 1 네 예 넵 넹 응 그렇다 맞다 있다 참 o はい 是"
_NO = "no nope n false incorrect 0 아니오 아니요 아뇨 아니 아니다 틀리다 없다 거짓 x いいえ 否 不是"
ANSWERS = {**dict.fromkeys(_YES.split(), True), **dict.fromkeys(_NO.split(), False)}
"""Answers as a case may spell them, folded."""

_COUNTED = (
    "마리|개|명|대|사람|장|권|송이|그루|가지|잔|병|줄|층|곳|번|시|살|글자|칸|쌍|켤레|척|채|단계|종류|자리|발|다리|면|변"
)
# No answer is "no doubt", "no. 5", "네 마리" (four of them), 예를 들어 (for example).
_NO_IDIOM = (
    r"\s(?:doubt|problem|question|worries|wonder|idea|matter|need|longer|other|one|more|less|fewer|sooner|such|means|"
    r"way|big deal|single|clear|particular|definitive|specific)(?![a-z])|\.\s?[0-9]|-"
)
_ENGLISH = (
    rf"(?<![a-z'-])(?:(?P<yes>yes|yeah|yep|yup)|(?P<no>nope|no(?!{_NO_IDIOM}))|(?P<true>true|correct|absolutely|definitely|"
    r"certainly|indeed)(?!\s?not)|"
    r"(?P<false>false|incorrect|(?:absolutely|definitely|certainly|of course|probably|likely)\snot|"
    r"not (?:true|correct|really|at all|exactly|likely|that i can (?:see|tell))))(?![a-z'])"
)
# ㅇㅇ, ㅇㅋ and ㄴㄴ, as they are folded.
_JAMO_YES, _JAMO_NO = "\u110b\u110b|\u110b\u110f", "\u1102\u1102"
_SPEAKS = r"(?=[\s,.!~:*_\"')\]]|\Z)"
_DENIES = r"(?=[,.!~*_\"')\]]|\s?\Z|\s(?:없|안\s|아니|못\s|그렇지))"
_ALONE = r"(?=[\s.!~*_\"')\]]*\Z)"
_SEEMS = r"\s?(?:것|거)\s?같(?:습니다|아요?|네요|은데요?|음)"
_KOREAN = (
    rf"(?<![가-힣])(?:(?P<ko_yes>(?:네|예|넵|응)(?:{_SPEAKS}|입니다|이에요)(?!\s?(?:{_COUNTED}))|"
    rf"(?:네네|넹|넴|웅|엉|응응|{_JAMO_YES}|그럼요){_SPEAKS}|(?:그럼|물론|당연){_ALONE}|물론(?=,)|"
    r"물론(?:이죠|이지요?|입니다|이에요)|당연(?:하죠|하지요?|합니다|해요)|"
    rf"맞(?:습니다|아요?(?![가-힣])|네요|죠|지요|음|다(?![가-힣])|는{_SEEMS})|그런{_SEEMS}|"
    r"그렇(?:습니다|네요|죠|지요|다(?![가-힣]))|그래요)|"
    rf"(?P<ko_no>(?:(?:전혀|절대로?|결코)\s)?(?:아니(?:요|오|에요|예요|다(?![가-힣])|야|{_DENIES})|아닙니다|"
    rf"아닌(?:데요?(?![가-힣])|{_SEEMS})|아님{_SPEAKS})|아뇨|(?:{_JAMO_NO}|노노|전혀요){_SPEAKS}|전혀{_ALONE}|"
    r"그렇지\s?않|틀(?:립니다|렸습니다|려요|렸어요)))"
)
_CJK = "(?P<cjk_yes>はい|是的)|(?P<cjk_no>いいえ|不是|没有)"
TOKEN = re.compile(f"{_ENGLISH}|{_KOREAN}|{_CJK}")
"""Words that are an answer where they stand for themselves."""

# How each of these begins: a pattern of letters alone is looked for many times faster than one that looks behind first.
_BEGINS_LATIN = "yes yea yep yup no tru cor abs def cer ind inc fal pro lik of\\scou"
_BEGINS_HANGUL = f"네예넵응넹넴웅엉그물당맞아틀전절결노{_JAMO_YES[0]}{_JAMO_NO[0]}"
_BEGINS = re.compile(
    "|".join(
        (
            *(f"{word}(?<![a-z'-]{word})" for word in _BEGINS_LATIN.split()),
            *(f"{letter}(?<![가-힣]{letter})" for letter in _BEGINS_HANGUL),
            *"は是い不没",
        )
    )
)


def tokens_of(text: str) -> Iterator[re.Match[str]]:
    """What TOKEN finds in a folded text, from the first to the last."""
    end = 0
    for begin in _BEGINS.finditer(text):
        found = TOKEN.match(text, begin.start()) if begin.start() >= end else None
        if found:
            end = found.end()
            yield found


BOTH = re.compile(
    r"yes(?<![a-z]yes)\s?(?:/|or|and|&)\s?no(?![a-z])|no(?<![a-z]no)\s?(?:/|or|and|&)\s?yes(?![a-z])|"
    r"네\s?(?:/|,|또는|혹은|나|와)?\s?아니[요오]|예\s?(?:/|,|또는|혹은|나|와)?\s?아니[요오]"
)
"""Both words in one breath: the question's own wording, or an answer that is none."""

WITHHELD = re.compile(
    r"[\s,.:;!*-]*(?:but\s)?(?:i|we)(?:'m| am| are)?\s"
    r"(?:cannot|can't|could not|couldn't|unable to|not able to|do not|don't|not)"
    r"\s(?:[a-z]+ly\s)?(?:determine|tell|say|know|identify|answer|provide|confirm|help|process|assist|verify|sure|certain)"
)
"""Behind a "no" that answers nothing: "No, I cannot tell"."""
