"""Korean denial: whether 없다, 아니다, 않다, 못, 말고, 빼고 and their like speak of a keyword.

Korean denies at the end of the clause, so the sentence is read from the keyword on. A denial speaks of the keyword when
no clause ends in between (있고, 있지만, 있으나) and no other noun is the one denied: in "고양이는 꼬리가 없다" the
tail is missing, not the cat. A list is denied as one (고양이나 개는 없다). 밖에 없다 says "only", 없지 않다 denies the
denial, 틀림없다 denies nothing. What is not known (알 수 없다, 볼 수 없다, 있는지), supposed (있다면), likened (처럼)
or a deed denied of somebody (차가 움직이지 않는다) stays ambiguous.
"""

from __future__ import annotations

import re

from snellen.scorers.korean import HANGUL, final_of, is_hangul, tail_pattern
from snellen.scorers.mention import Place, Reading, Verdict
from snellen.scorers.numerals_korean import COUNTER

__all__ = ["KOREAN_TRIGGER", "korean_reading"]

# Each begins with a letter of its own: so they are searched several times faster than with classes of letters.
KOREAN_TRIGGER = re.compile(
    "없|않|못|뿐|아[니닌닐닙님녜]|말고|빼|뺀|제외|대신|부재|결여|에서\\s빠|모르|모릅|몰라|불확실|불분명|불명확|불가|애매|모호|"
    "미상|어렵|어려|힘들|여부|는지|인지|일지|을지|다면|으면|이면|라면|0(?<![0-9.,]0)(?![0-9])|경우|안\\s?[보나찍있]|커녕|"
    "다른|다르|다릅|달리|처럼|보다|물론|외[에의]|로\\s?보[이였][지나으는]|같[지으은]"
)
"""A sentence without any of these denies nothing in Korean."""

# Between a noun and its particle: closing marks (**고양이**는), a gloss (고양이(cat)는), a count (고양이 두 마리는).
_CLOSING = re.compile("(?:[\"'*_`)\\]}>]|\\([^()\n]{1,40}\\))*")
_COUNTED = re.compile(f"\\s(?:[0-9]+|한|두|세|네|몇)\\s?(?:{COUNTER})(?=[\\s,은는이가을를도만의과와]|$)")
_GLUED_TAIL = re.compile(
    "(?:에는|에서|에|들이|들은|[은는이가을를도만])?(?=있|없|보이|보입|보여|안보|아니|아닌|아닙|말고|빼고|제외|대신)"
)

_JOINING = frozenset({"와", "과", "랑", "이랑", "하고", "나", "이나", "든", "이든", "든지", "이든지"})
_JOINT = re.compile("\\s*(?:[,/·&]|및|또는|혹은|그리고|내지|or\\b|and\\b)")
_EXAMPLE = re.compile("\\s(?:등(?:의|이|은|도|을)?|같은|따위의?)(?=\\s|$)")
_COMITATIVE = re.compile("\\s*(?:함께|같이|달리|비슷|유사|다르|다른|동일)")

# What cannot be found is not there; what cannot be read or told may be.
_CANNOT = "[가-힣]+(?<!찾을)(?<!찾아볼)(?<!발견할)(?<!만날)\\s?수(?:는|가|도|조차)?\\s?없"
_NOT_KNOWN = (
    f"{_CANNOT}|(?:알|알아보|확인하|식별하|구별하|구분하|판단하)지\\s?못|(?:확실|분명|명확|뚜렷)(?:하지|치)(?:는|가)?\\s?않|"
    "불확실|불분명|불명확|애매|모호|모르겠|모릅|모른|몰라|기(?:가|는|엔|에는|에)?\\s?(?:어렵|어려|힘들|힘듭)|미상|"
    "확인(?:이)?\\s?(?:불가|어렵|안)|판독\\s?불가"
)
_UNKNOWN = re.compile(_NOT_KNOWN)
# What it finds nothing without; each begins with a letter, so that they are searched several times faster.
_MAY_BE_UNKNOWN = re.compile(
    "수(?:는|가|도|조차)?\\s?없|지\\s?못|확실|분명|명확|뚜렷|애매|모호|모르겠|모릅|모른|몰라|미상|확인|판독|"
    "기(?:가|는|엔|에는|에)?\\s?(?:어렵|어려|힘들|힘듭)"
)
_SETTLED = re.compile("몇|얼마|어떤|무슨|누구|왜|어떻게|어디|언제|무엇|뭘|뭔|어느")
_WHETHER = re.compile("(?:있는지|없는지|보이는지|맞는지|아닌지|인지|일지|있을지|여부)(?=[\\s,도를는]|$)")
_IF = re.compile(
    "(?:있|보인|존재한|나타난|였|이었|이|없|아니)다면|있으면|보이면|이라면|라면|(?:있|보이|없)[을는]\\s?경우|[인일]\\s?경우"
)
_NEAR = 14  # characters between a keyword and the 있는지 or 있다면 that may still be about it
_NEAR_END = 2 * _NEAR  # where the longest of these ends that begins there

_NOT_A_DENIAL = (
    "(?:틀림|어김|끊임|끝|하염|관계|상관|빠짐|변함|다름|쉴\\s?새|막힘|스스럼|거침|꾸밈|의심의?\\s?여지(?:가|도)?|의심할\\s?여지(?:가|도)?|"
    "여지(?:가|도)?|말할\\s?것도|두말할\\s?나위(?:가|도)?|손색이?|무리가?|문제가?|이상이?|걱정이?)\\s?없|수밖에\\s?없|수없이|뿐만?\\s?아니|"
    "지\\s?않을\\s?수\\s?없|아닐\\s?수\\s?없|못지\\s?않|만만치\\s?않|적지\\s?않|많지\\s?않|심상치\\s?않|다름\\s?아닌|다름\\s?아니|아니나\\s?다를까|"
    "그치지\\s?않|말고도|아니요|아니오|못하지\\s?않|머지\\s?않|얼마\\s?안"
)
_DENIAL = re.compile(
    f"(?P<exempt>{_NOT_A_DENIAL}|{_NOT_KNOWN})|"
    "(?P<denial>없|않|(?:(?<![가-힣])|(?<=[이가은는도]))아[니닌닐닙님녜]|(?<=지)\\s?못|(?<=지[는도])\\s?못|(?<!\\S)못\\s|"
    "(?<![가-힣])안\\s?(?=보이|보입|보여|보인|보임|나오|나와|나온|나타|찍|있)|(?<=[\\s을를])뺀|부재(?!료|중)|결여|(?<=에서)\\s빠[져진졌])"
)
_MAY_DENY = re.compile("없|않|아[니닌닐닙님녜]|못|안|뺀|부재|결여|빠[져진졌]")
_DOUBLED = re.compile(
    "없지(?:는|도|만은)?\\s?않|없진\\s?않|(?:없|않|아닌)[는은던]?\\s?(?:것|건|게|바)(?:은|도|이)?\\s?아[니닙닌]|"
    "(?:(?:없|않)다|아니라)고(?:는|도|만은)?\\s?(?:할|볼|말할|단정할|장담할|부정할)\\s?수(?:는|가|도|만은)?\\s?없|(?:없|않)을\\s?리"
)
_HEDGED = re.compile(
    "(?:없|않|아니)을?\\s?수도|(?:없|않)을지|(?:없|않|아니|아닌)[는은]?지(?=\\s)|(?:없|않)을까|(?:없|않)나요|(?:없|않)습니까|"
    "(?:없|않)[을는]\\s?경우|(?:없|않|아니)(?:다면|으면|라면)|아니면|아닐까|아닌가|아닐\\s?수|아닐지|아닌지"
)
# A clause that ends before the denial. 지만 and 고 also end nouns (강아지만: only puppies; 창고: a store-room).
_CLAUSE_END = re.compile(
    "(?:(?<!강아)(?<!돼)(?<!반)(?<!송아)(?<!망아)(?<!먼)(?<!가)(?<!바)(?<!휴)(?<!편)(?<!잡)지만|으나|는데|은데|인데|[가-힣]며|"
    "(?<![창사광참재하냉보])고(?!\\s*(?:있|싶))|[아어여해]서|므로|니까|습니다|어요|아요|네요|예요|에요|입니다|"
    "(?<=[았었였했됐있없])다|[는은]\\s?반면에?|[는은]\\s한편)(?=[\\s,]|$)"
)
_ENDS_A_CLAUSE = re.compile("^이?(?:고|며|지만|면서)$|인데$|(?:습니다|입니다|예요|이에요)만?$|^이?다$")
_ONLY = re.compile("밖에(?:는)?\\s*(?:[가-힣]+\\s)?$")

_ARGUMENT = re.compile("(?P<noun>[가-힣a-z0-9\"'*_)(]*?)(?P<particle>이|가|은|는|도|을|를)(?=[\\s,]|$)")
_NOT_ARGUMENTS = re.compile(
    "(?:에|에서|로|서|[아어여해라]|정|보|온|속|포|각|태|철|지)도$|(?:에|에서|로|까지|부터)[는은]$|"
    "(?:있|없|하|되|보이|않|[가-힣]지|쓰|서|앉|웃|자|먹|달리|걷|타|나오|나타나|입|들|놓|두|오|가|찍히)는$|"
    "(?:작|많|같|높|낮|검|붉|젊|늙|앉|입|밝|좋|넓|깊|얕|짧|굵|가늘|수많|있|없|않|찍|놓|낡)은$|"
    f"^(?:많|같|높|깊|굳|가까|없|끊임없|틀림없)이$|(?:[0-9한두세네]|다섯|여러|단)\\s?(?:{COUNTER})[도이가은는]$|"
    "^(?:하나|전혀|아무데|어디)도$|^(?:모습|흔적|존재|그림자|형체|기색|것|거|수|리|개체|종류|형태|실물|무언가|자체|둘|셋|모두|현재|지금|"
    "여기|이곳|제|저|나|내|적어)(?:이|가|은|는|도|을|를)$"
)
_COUNT_WIDTH = 4  # characters before a counter that may be its numeral
# A word without a particle right before 없다 is what is missing (목줄 없이), unless it is an adverb or a place.
_BARE = re.compile("(?:^|\\s)([가-힣]+)\\s*$")
_NOT_BARE = re.compile(
    "(?:에|에서|로|도|는|은|히|게|이|가|을|를|만|서|고|지|의|와|과|나|한|된|던|인|진|린|운)$|"
    "^(?:전혀|아예|더|거의|모두|다|따로|별로|아무|현재|결코|절대|아직|이제|물론|또한|역시|전부|여기|거기|어디|위|안|속|밖|앞|뒤|옆|아래|"
    "모습|흔적|존재|수|리)$"
)
_PLACE_NOUN = re.compile("\\s?(?:위|아래|앞|뒤|옆|안|밖|속|밑|근처|주변|사이|가운데|쪽|곁)(?![가-힣]{4})")
_DESCRIBING = frozenset(
    {"을", "를", "이", "가", "로", "으로"}
)  # with a verb, they describe the next noun: 모자를 쓴 사람
_PLACED = re.compile("에|로|으로|부터|까지|보다")

_HANGUL_WORD = re.compile(f"[{HANGUL}]+")
_DEED = re.compile("(?P<verb>[가-힣]*(?:\\s(?=있지))?[가-힣]*)지(?:는|도|를|가)?\\s*$")
_BEING = re.compile(
    "^있$|보이|보여지|나타나|나오|드러나|등장하|존재하|포함|찍히|찍혀\\s?있|발견|관찰|확인되|감지|검출|식별되|띄|나와\\s?있|담겨|그려|"
    "되어\\s?있|돼\\s?있|들어\\s?있|적혀|쓰여|걸려|달려\\s?있|붙어|놓여|표시|^보$|^찾|갖|가지|쓰고|입고|착용|신고|들고|메고|매고|끼고|"
    "^쓰$|^입$|^신$|^들$|^담|사용|적용|허용|^하$|^되$|^이$|같$|^오$|내리"
)
# What one does somewhere: denied of a person, he may not be there at all.
_POSTURE = re.compile("앉|서\\s?있|누워|타고|지나|다니|놀|걷|건너|자고|머물|모여")
_GOES_ON = re.compile("(?:않고(?!\\s*있)|않은\\s*채|않으며|않았으며|않지만|않았지만)\\s*\\S")
_NOT_ONE = re.compile(f"(?:한|단\\s한|1)\\s?(?:{COUNTER})도\\s|하나도\\s|아무도\\s")

_BESIDES = re.compile("\\s?(?:이?외[에의]|말고|빼고|빼면|제외하|제외한)(?P<topic>는|도|고는|면)?")
_OF_THE_UNSEEN = re.compile("(?:보이|존재하|있)지(?:도|는)?\\s?않[은는]\\s$")

_ANY_DENIAL = re.compile("없|않|아무|못")
_NOT_ONLY = re.compile("[는은]\\s?물론(?:이고)?|(?:일\\s)?뿐만?(?:이?\\s?아니(?:라|고))?")
_NONE_COUNTED = re.compile(f"[\\s:*(]*0\\s?(?:{COUNTER})")
_INSTEAD = re.compile("\\s?대신")
_CANNOT_BE = re.compile("일?\\s?리(?:가|는|도)?\\s?없")
_WITH = re.compile("[와과]는?$")
_DIFFERS = re.compile("\\s*(?:다른|다르|다릅|달리)")
_LOOKS = re.compile("\\s*(?:보이|보입|보여|보인)")
# "It seems to be one, but is another": what it really is follows.
_BUT_REALLY = (
    "(?:지만|으나|나(?=[\\s,])|는데|은데)(?=[^.!?\n]{0,40}?(?:사실|실제|실은|자세히\\s?보|(?<=[가-힣])(?<!보)입니다|[이예]에요|예요|였습니다|"
    "(?<!보)이다(?![가-힣])|아니|아닙))"
)
_ONLY_SEEMS = re.compile(
    f"(?:처럼|같이|으?로)\\s?(?:보이|보였){_BUT_REALLY}|"
    f"(?:이|가)?(?:\\s[가-힣]{{1,4}})?\\s?[있인는은한]{{1,2}}\\s?(?:것|듯)(?:처럼|같이|이|만)?\\s?(?:보이|보였|같|하){_BUT_REALLY}"
)
_LIKENED = re.compile("\\s*보이는\\s(?:[가-힣]+\\s)?[가-힣]+[은는](?=\\s)")
# "The word 'dog' is not there": the name of a text, whose denial is the keyword's.
_NAMED = re.compile("이?라(?:는|고\\s?하는|고)|이?란")
_TEXT_NAMES = re.compile(
    "(?:글자|글씨|글|단어|낱말|문구|문자|말|텍스트|표시|표지판|간판|이름|표현|제목|로고|라벨|내용|항목|문장|메뉴|버튼|상표)(?:들?)"
    "(?:이|가|은|는|도|을|를)"
)
_NOBODY = frozenset({"아무도", "누구도"})
_PERSON = re.compile(
    "(?:사람|남자|여자|남성|여성|아이|어린이|아동|아기|학생|손님|고객|직원|관객|승객|선수|인물|행인|보행자|운전자|노인|어른|"
    "소년|소녀|경찰|경찰관|군인|친구|가족|인원|인간|아저씨|아주머니|할머니|할아버지|관광객|방문객|작업자|참가자)들?"
)


def korean_reading(place: Place) -> Reading | None:
    """How the Korean behind a keyword reads it; None when nothing there denies or doubts it."""
    if _OF_THE_UNSEEN.search(place.before):
        return Reading("ambiguous", "said of something that is not there")
    if _NONE_COUNTED.match(place.after):
        return Reading("negated", "none is counted")
    tail, rest = _tail(place.after)
    if tail[:1] in {"은", "는", "이", "가"} and _PERSON.fullmatch(place.text, place.start, place.end):
        rest = _without_nobody(rest)
    return _compared(tail, rest) or _set_apart(rest) or _unknown(tail, rest) or _denied(tail, rest)


def _without_nobody(rest: str) -> str:
    """What follows people without "nobody": 사람은 아무도 없다 denies the people, as 사람은 없다 does."""
    first, _, behind = rest.lstrip().partition(" ")
    return f" {behind}" if first in _NOBODY else rest


def _tail(after: str) -> tuple[str, str]:
    """The particles of the keyword, and what follows them in the sentence."""
    closing = _CLOSING.match(after)
    position = closing.end() if closing else 0
    counted = _COUNTED.match(after, position)
    if counted:
        position = counted.end()
    match = tail_pattern().match(after, position)
    if match is None or (match.end() == position and is_hangul(after[position : position + 1])):
        match = _GLUED_TAIL.match(after, position)
    return (match.group(), after[match.end() :]) if match else ("", after[position:])


def _compared(tail: str, rest: str) -> Reading | None:
    """What the noun is only compared with: not only, let alone, rather than, unlike, in the manner of."""
    behind = tail + rest
    not_only = _NOT_ONLY.match(behind)
    if not_only:  # "고양이뿐 아니라 개도 있다", but "고양이는 물론 개도 없다"
        return _denied("도", behind[not_only.end() :]) or Reading("mentioned")
    if "커녕" in tail or "라기보다" in tail or _INSTEAD.match(rest):
        return Reading("negated", "named only to say what is not")
    if _CANNOT_BE.match(behind):
        return Reading("negated", "denied by '리 없'")
    if _WITH.match(tail) and _DIFFERS.match(rest):
        return Reading("ambiguous", "something else is compared with it")
    seems = "only seems to be there" if _ONLY_SEEMS.match(behind) else ""
    if seems or (tail == "처럼" and (not _LOOKS.match(rest) or _LIKENED.match(rest))):
        return Reading("ambiguous", seems or "only likened to it")
    return None


def _set_apart(rest: str) -> Reading | None:
    """Except, besides, nothing but."""
    besides = _BESIDES.match(rest)
    if besides is None:
        return None
    word, topic = besides.group().strip(), besides["topic"]
    if "외에" in word or "외의" in word or topic == "도":
        return Reading("mentioned")
    if topic and _ANY_DENIAL.search(rest, besides.end()):
        return Reading("mentioned")  # "고양이 말고는 아무것도 없다": only the cat
    verdict: Verdict = "ambiguous" if topic in {"면", "고는"} or word == "빼면" else "negated"
    return Reading(verdict, f"set apart: {word!r}")


def _unknown(tail: str, rest: str) -> Reading | None:
    if _WHETHER.search(tail):
        return Reading("ambiguous", f"not known: {tail!r}")
    behind = tail + rest
    for pattern, why in ((_WHETHER, "not known"), (_IF, "only supposed")):
        match = pattern.search(behind, 0, _NEAR_END)
        if match and match.start() < _NEAR and not _SETTLED.search(behind, 0, match.start()):
            return Reading("ambiguous", f"{why}: {match.group().strip()!r}")
    match = _UNKNOWN.search(rest) if _MAY_BE_UNKNOWN.search(rest) else None
    if match is None:
        return None
    gap = rest[: match.start()]
    if _CLAUSE_END.search(gap) or _SETTLED.search(gap) or tail.startswith("의"):
        return None
    if _other_argument(gap, deed=True) and not _joins(tail, rest) and not _WHETHER.search(gap):
        return None
    return Reading("ambiguous", f"not known: {match.group().strip()!r}")


def _denied(tail: str, rest: str) -> Reading | None:
    for match in _DENIAL.finditer(rest) if _MAY_DENY.search(rest) else ():
        if match["exempt"]:
            continue
        gap = rest[: match.start()]
        if _CLAUSE_END.search(gap) or _ENDS_A_CLAUSE.search(tail) or tail.startswith("밖에") or _ONLY.search(gap):
            return None
        if _DOUBLED.match(rest, match.start()):
            return None
        hedge = _HEDGED.match(rest, match.start())
        return Reading("ambiguous", f"perhaps not: {hedge.group()!r}") if hedge else _what_is_denied(tail, rest, gap)
    return None


def _what_is_denied(tail: str, rest: str, gap: str) -> Reading | None:
    """Whether the denial that follows `gap` is about the keyword, about something else (None), or cannot be told."""
    denial = _word_at(rest, len(gap))
    verb = _DEED.search(gap) if denial.startswith(("않", "못")) else None
    before = gap[: verb.start()] if verb else gap
    other = _other_argument(before, deed=verb is not None) or (_bare_noun(before) if denial.startswith("없") else "")
    negated, unclear = Reading("negated", f"denied by {denial!r}"), Reading("ambiguous", f"may be denied by {denial!r}")
    is_name = bool(other) and _NAMED.fullmatch(tail) is not None and _TEXT_NAMES.fullmatch(other) is not None
    if _joins(tail, rest) or (tail == "도" and other.endswith("도")) or is_name:
        return unclear if _COMITATIVE.match(rest) else negated
    describes = _describes(tail, before)
    if other or describes:
        return unclear if describes or _belongs(tail, before, other) else None
    if verb and tail in {"로", "으로", "로는", "으로는"} and "보이" in verb["verb"]:
        return negated
    if _PLACED.match(tail):
        return None if before.strip() and not tail.startswith("보다") else unclear
    if verb is None or _BEING.search(verb["verb"].strip()) or _NOT_ONE.search(before):
        return negated
    return _deed_denied(tail, rest[len(gap) :], verb["verb"])


def _deed_denied(tail: str, denial: str, verb: str) -> Reading | None:
    """What a denied deed says of its doer: 고양이는 움직이지 않는다 has a cat, 사람이 앉아 있지 않다 perhaps nobody."""
    if _GOES_ON.match(denial) or (tail.startswith(("는", "은")) and not _POSTURE.search(verb)):
        return None
    return Reading("ambiguous", f"a deed is denied: '{verb.strip()}지 {_word_at(denial, 0)}'")


def _word_at(text: str, start: int) -> str:
    word = _HANGUL_WORD.match(text, start)
    return word.group() if word else text[start : start + 1]


def _belongs(tail: str, before: str, other: str) -> bool:
    """Whether the keyword is part of what is denied: 고양이 사료가 없다, 헬멧을 쓴 사람은 없다."""
    start = before.find(other)
    if not tail:
        return not before[:start].strip() and not _PLACE_NOUN.match(before)
    said = before[:start].rstrip()
    return tail in _DESCRIBING and bool(said) and final_of(said[-1]) in {"ㄴ", "ㄹ"}


def _describes(tail: str, before: str) -> bool:
    """Whether the keyword and its verb describe a noun: "모자를 쓴 남자와 쓰지 않은 여자", where one wears it."""
    words = before.split()
    return tail in {"을", "를"} and bool(words) and final_of(words[0][-1]) == "ㄴ"


def _joins(tail: str, rest: str) -> bool:
    """Whether the keyword is one of a list whose end is still to come."""
    if tail:
        return tail in _JOINING
    return _JOINT.match(rest) is not None or _EXAMPLE.match(rest) is not None


def _bare_noun(gap: str) -> str:
    match = _BARE.search(gap)
    return match.group(1) if match and not _NOT_BARE.search(match.group(1)) else ""


def _other_argument(gap: str, *, deed: bool) -> str:
    """Another noun in `gap` that the denial is about, with its particle; empty when there is none."""
    for match in _ARGUMENT.finditer(gap):
        noun, particle = match["noun"], match["particle"]
        word = noun + particle
        if not noun or (particle in "을를" and not deed) or not _fits(noun[-1], particle):
            continue
        counted = gap[max(0, match.start() - _COUNT_WIDTH) : match.end()]
        if not (_NOT_ARGUMENTS.search(word) or _NOT_ARGUMENTS.search(counted)):
            return word
    return ""


def _fits(char: str, particle: str) -> bool:
    """Whether the particle has the form that follows this syllable: 이 after a consonant, 가 after a vowel."""
    final = final_of(char)
    return final is None or particle == "도" or (final != "") == (particle in "이은을")
