"""How Korean says that an option is the answer, or is not: what stands before its name, and what behind it."""

from __future__ import annotations

import re

__all__ = ["AFTER", "BEFORE", "CONCLUDES", "COPULA", "DENIED_AFTER", "EXCEEDS", "FOREIGN_BEHIND", "GIVES_UP"]

_END = (
    r"\s*(?:다음과\s?같(?:습니다|다|아요)|바로\s|아마도?\s|역시\s|다음\s|보기\s?|선택지\s?|선지\s?|"
    r"[:：=→\"'*_\])]|\s)*\Z"
)
_ANSWER = r"(?:정답지?|해답|답안|답변|(?<![가-힣])답|선택|결론|답지)"
_FITTING = r"(?:옳|맞|알맞|적절|적합|올바르|정확|가까|일치하|해당하|유사하|비슷)(?![가-힣]{0,2}지만)[가-힣]*\s?"
BEFORE: tuple[tuple[re.Pattern[str], int], ...] = (
    # 정답은 B, 답: B; 가장 적절한 것은 B
    (re.compile(rf"{_ANSWER}(?:은|는|이|으로는|으로)?{_END}"), 2),
    (re.compile(rf"{_FITTING}(?:[가-힣]{{1,4}})(?:은|는|이)?{_END}"), 2),
    # A가 아니라 B; 따라서 B; A와 B는 오답이므로 C
    (re.compile(rf"(?<![가-힣])(?:이|가)?\s?아니(?:라|고|요|며)[\s,]*{_END}"), 1),
    (re.compile(rf"(?:^|[\s,.])(?:따라서|그러므로|그래서|결론적으로|결국|즉|그러면|고로)[\s,]*{_END}"), 1),
    (re.compile(rf"(?:^|[\s,.])(?:아마도?|확실히|분명히?|틀림없이|의심할\s여지\s?없이)[\s,]*{_END}"), 1),
    (re.compile(rf"(?:므로|니까|기\s?때문에)[\s,]*{_END}"), 1),
    (re.compile(rf"(?:것|건|곳|쪽|사람|음식|요리|나라|동물|물체|그림|사진|이름|도형|색)(?:은|는){_END}"), 0),
)
"""What says before an option that it is the answer, searched in the sentence up to it, and with what weight."""

FOREIGN_BEHIND = re.compile(
    r"등급|급(?!하)|타입|팀|학점|코스|구역|호선|플랜|(?:동|반|형|관|석|조|열)(?=[\s에의은는이가을를으로]|\Z)"
)
"""A letter right before one of these names something else: B급, A동, O형."""

_MORE = r"더욱|훨씬|보다|조금|좀|더"
_GOOD = r"(?:적절|적합|낫|나은|나아|가깝|가까|정확|알맞|맞|어울|타당|유력|그럴듯|일치|부합|옳|좋)"
_MARKS = r"[\s*_\"')\]]*"
AFTER: tuple[tuple[re.Pattern[str], int], ...] = (
    # B가 정답, B가 맞습니다, B를 고르겠습니다
    (
        re.compile(
            rf"{_MARKS}(?:번)?(?:이|가|을|를|로|으로|은|는)?\s*"
            r"(?:(?:가장|제일|확실히|바로|올바른|옳은|맞는|적절한|정확한|유일한)\s?)*(?:정답|답(?=[이입으임\s.]|\Z)|맞(?!지(?!만))|옳(?!지)|"
            r"적절(?!하지)|알맞(?!지)|적합(?!하지)|올바(?!르지)|선택하|선택합|선택(?=[\s.]|\Z)|고르|고릅|골랐|택하|"
            r"(?:고를|선택할|택할)\s?수밖에)"
        ),
        2,
    ),
    # C 말고는 고를 수 없습니다, C 외에는 정답이 없습니다
    (re.compile(rf"{_MARKS}(?:번)?\s?(?:말고는|이?외에는|밖에는?)\s[^.!?\n]{{0,24}}?없"), 2),
    # B입니다, B라고 생각합니다, B로 보입니다
    (
        re.compile(
            rf"{_MARKS}(?:번)?\s?(?:입니다|이다(?![가-힣])|이에요|예요|에요|이며|임(?![가-힣])|이네요|네요|이겠|겠|(?:이었|였)(?:습니다|다|어요|네요|음)|[일인]\s?(?:것|거|듯)|"
            r"다(?=[\s.!]|\Z)|요(?=[\s.!]|\Z)|이죠|죠|이지(?!\s?않)|같(?!지))|"
            rf"{_MARKS}(?:번)?(?:이?라고|(?:으)?로)\s?(?:생각|판단|봅|볼|할|추정|답|여겨|보이|보입|하겠|할게)|{_MARKS}(?:번)?(?:을|를)\s?(?:선택|고르|고릅|골)"
        ),
        1,
    ),
    (re.compile(rf"{_MARKS}(?:번)?(?:이|가|만)?\s?남"), 1),
    (re.compile(rf"{_MARKS}(?:번)?일\s?(?:수도?\s?있|지도\s?모)"), 0),
    (re.compile(rf"{_MARKS}(?:번)?(?:이|가|은|는)?\s*(?:가장|제일)\s"), 0),
    (re.compile(rf"{_MARKS}(?:번)?\s?(?:쪽)?(?:이|가|은|는|에|와|과)?\s*(?:(?:{_MORE})\s?)+{_GOOD}"), 0),
    (re.compile(rf"{_MARKS}(?:번)?\s?(?:쪽)?(?:이|가|은|는)\s?(?:낫|나은|나아|나을)"), 0),
    (re.compile(rf"{_MARKS}(?:번)?일\s?(?:가능성|확률)이\s?(?:(?:{_MORE}|가장|제일|매우)\s?)*(?:높|크|큽|큰)"), 0),
)
"""What says behind an option that it is the answer, and with what weight."""

_WRONG = (
    r"틀[려렸린립림]|오답|제외|부적절|거리가\s?[멀멉먼머있]|해당(?:하지|되지)\s?않|(?:맞|옳|적절하|알맞|일치하)지\s?않"
)
_JUDGED = (
    r"(?:(?:선택|생각|말|단정|판단|답|확신|간주|결론\s?내)(?:하|할)|(?:(?<=고)|(?<=고는)|(?<=로)|(?<=로는)|(?<![가-힣]))(?:하|할|보|볼|되|될)|"
    r"고르|고를|택하|택할|뽑|여기|여길)"
)
_NEGATED = (
    rf"{_JUDGED}(?:기(?:는|가|도|에는|엔|에)?\s?(?:어렵|어려|힘들|힘드|힘듭|곤란|무리|애매)|\s?수(?:는|가|도)?\s?없|"
    r"지(?:는|도)?\s?(?:않(?!을\s?(?:수|이유))|못|마[세십시라]|말)|(?:면|서는)\s?안)"
)
_OTHER_CLAUSE = (
    r"지만|으나|므로|는데|니까|[며서][\s,]|(?<![라다자냐])고[\s,]|나머지|다른|아니라고|(?:말고|외에|밖에)(?:는|도)?\s"
)
# The words between an option and the verb, in one clause.
_CLAUSE = rf"{_MARKS}(?:번)?(?:(?!{_OTHER_CLAUSE})[^.!?,\n]){{0,24}}?"
DENIED_AFTER = re.compile(
    rf"{_MARKS}(?:번)?(?:은|는|이|가|도|을|를)?\s?(?:(?:절대|결코|정답이|답이|정답은|맞는\s?것이|옳은\s?것이|아마|확실히|명백히|분명히|모두|둘\s?다|전부)\s?)*"
    rf"(?:아니(?!라고\s?{_NEGATED})|아닌|아닙|아님|배제|소거|정답이\s?될\s?수\s?없|빼고|잘못|탈락|말고(?!는|\s?다른)|{_WRONG})|"
    rf"{_MARKS}(?:번)?(?:은|는|이|가)[^.!?\n]{{0,60}}?(?:아니므로|아닙니다|아니다|아니에요|{_WRONG})|"
    # A보다 B; A를 선택하지 않겠습니다, A라고 하기는 어렵습니다, A가 될 수 없습니다
    rf"{_MARKS}(?:번)?보다(?:는|도)?(?![가-힣])|{_CLAUSE}{_NEGATED}"
)
EXCEEDS = re.compile(
    rf"{_MARKS}(?:번)?(?:쪽)?(?:이|가|은|는)\s[^.!?,\n]{{1,24}}?보다(?:는)?\s(?:(?:{_MORE})\s?)*{_GOOD}"
)
"""Behind an option: that it is better than another, which is named in between (B가 A보다 더 적절)."""
COPULA = re.compile(r"\s(?:입니다|이다|이에요|예요|에요|임)(?![가-힣])")
CONCLUDES = re.compile(
    r"따라서|그러므로|그래서|결론|최종|결국|∴|즉|다시\s?(?:보|생각|확인)|아니(?=[,\s.…]*$)|정정|고로|종합하"
)
GIVES_UP = re.compile(r"(?:알|판단할|확인할|답할|고를|선택할|결정할)\s?수(?:는|가)?\s?없")
