"""How people say yes and no, in English and Korean, and what only looks like it."""

from __future__ import annotations

import re

__all__ = ["ANSWERS", "BOTH", "ELLIPSES", "QUESTIONS", "TOKEN", "WITHHELD"]

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
    r"certainly|indeed)(?!\s?not)|(?P<false>false|incorrect|(?:absolutely|definitely|certainly|of course)\snot|"
    r"not (?:true|correct|really|at all|exactly)))(?![a-z'])"
)
_KOREAN = (
    rf"(?<![가-힣])(?:(?P<ko_yes>(?:네|예|넵|응)(?=[\s,.!~:*_\"')\]]|입니다|이에요|\Z)(?!\s?(?:{_COUNTED}))|"
    r"맞(?:습니다|아요|음|다(?![가-힣]))|그렇(?:습니다|다(?![가-힣]))|그래요)|"
    r"(?P<ko_no>아니(?:요|오|에요|예요|다(?![가-힣])|야)|아닙니다|아뇨|그렇지\s?않|틀(?:립니다|렸습니다|려요|렸어요)))"
)
_CJK = "(?P<cjk_yes>はい|是的)|(?P<cjk_no>いいえ|不是|没有)"
TOKEN = re.compile(f"{_ENGLISH}|{_KOREAN}|{_CJK}")
"""Words that are an answer where they stand for themselves."""

BOTH = re.compile(
    r"(?<![a-z])(?:yes\s?(?:/|or|and|&)\s?no|no\s?(?:/|or|and|&)\s?yes)(?![a-z])|"
    r"(?:네|예)\s?(?:/|,|또는|혹은|나|와)?\s?아니[요오]"
)
"""Both words in one breath: the question's own wording, or an answer that is none."""

WITHHELD = re.compile(
    r"[\s,.:;!*-]*(?:but\s)?(?:i|we)(?:'m| am| are)?\s"
    r"(?:cannot|can't|could not|couldn't|unable to|not able to|do not|don't|not)"
    r"\s(?:[a-z]+ly\s)?(?:determine|tell|say|know|identify|answer|provide|confirm|help|process|assist|verify|sure|certain)"
)
"""Behind a "no" that answers nothing: "No, I cannot tell"."""

# "It is." and "There aren't any." as whole answers.
_ABOUT = r"(?:it|there|they|he|she|that|this|these|those|you|we)"
_DOES = r"(?:is|are|was|were|does|do|did|has|have|can|could|will|would)"
ELLIPSES: tuple[tuple[re.Pattern[str], bool], ...] = (
    (re.compile(rf"[\s*_\"'(]*{_ABOUT}\s{_DOES}(?:\s(?:one|some|indeed))?[\s.!*_\"')]*"), True),
    (
        re.compile(
            rf"[\s*_\"'(]*{_ABOUT}\s(?:{_DOES}\s?(?:not|n't)|cannot|can't|won't)(?:\s(?:any|one|so))?[\s.!*_\"')]*|"
            rf"[\s*_\"'(]*there\s(?:is|are)\s(?:none|nothing|no one)[\s.!*_\"')]*|[\s*_\"'(]*none[\s.!*_\"')]*"
        ),
        False,
    ),
    (re.compile(r"[\s*_\"'(]*(?:있|보[이여입]|존재)[가-힣]*[\s.!*_\"')]*(?<!지)"), True),
    (re.compile(r"[\s*_\"'(]*(?:없|안\s?보|보이지\s?않|존재하지\s?않)[가-힣]*[\s.!*_\"')]*"), False),
)
"""Whole answers that take the question up with its verb, and what they mean."""

_WHERE = r"(?:\s(?:in|on|at|near|visible|present|shown|here|anywhere|there|depicted|among|within)(?![a-z]).*)?"
QUESTIONS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:^|[.!?:\n]\s*)(?:is|are)\sthere\s(?:an?|any|the|some|one)?\s?(?P<thing>[^?.,\n]{{2,60}}?){_WHERE}\s*\?"
    ),
    re.compile(
        r"(?:^|[.!?:\n]\s*)(?:(?:이\s?)?(?:사진|이미지|그림|화면)?(?:\s?속)?(?:에는|에서|에)?\s)?"
        r"(?P<thing>[가-힣a-z][가-힣a-z ]{0,20}?)"
        r"(?:이|가)\s(?:있|보이|존재)(?:나요|습니까|어요|을까요|니|는가|하나요|합니까|하는가)[^?]{0,10}\?"
    ),
)
"""Questions whether something is there, which a statement about it answers."""
