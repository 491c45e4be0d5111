"""Korean numerals in running text: native (세 마리, 열두, 스무 개) and Sino-Korean (이십삼, 백이십, 삼층)."""

from __future__ import annotations

import re

from snellen.scorers.korean import is_hangul, tail_end

__all__ = ["COUNTER", "counter_ends", "korean_forms", "korean_numbers"]

# Longest first, so that 개월 is not read as 개.
_SAFE_COUNTERS = (
    "켤레|마리|송이|그루|그릇|종류|가지|군데|사람|개월|개국|인분|시간|바퀴|개|명|권|잔|병|장|채|쌍|척|살|시|군데"
)
_MORE_COUNTERS = (
    "킬로그램|킬로미터|밀리미터|센티미터|페이지|퍼센트|번지|자루|봉지|박스|상자|묶음|조각|단계|학년|차례|달러|유로|미터|"
    "킬로|센티|그램|리터|칸|줄|층|쪽|면|점|등|위|호|회|번|분|초|년|월|일|주|달|배|벌|통|컵|알|팀|조|인|원|엔|도|톤|대|필|종|곳|"
    "글자|단어|문장|방향|차선|차로|건|편|곡|판|짝|입|석|자|대"
)
COUNTER = f"{_SAFE_COUNTERS}|{_MORE_COUNTERS}"
"""What is said behind a number to tell what is counted, as alternatives of a pattern."""

_TENS = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_ONES = {"하나": 1, "둘": 2, "셋": 3, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}
_ONES |= {"한": 1, "두": 2, "세": 3, "네": 4, "석": 3, "넉": 4, "서": 3, "너": 4}
# Forms that cannot stand without a counter; 석/넉 and 서/너 go with a few old ones only.
_NEEDS_COUNTER = frozenset({"한", "두", "세", "네", "열", "스무", "쉰"})
_OLD_COUNTERS = {"석": "잔|장|대|달|줄|자", "넉": "잔|장|대|달|줄|자", "서": "돈|말|발|푼", "너": "돈|말|발|푼"}

_tens, _ones = "|".join(_TENS), "|".join(_ONES)
_NATIVE = re.compile(f"({_tens})\\s?({_ones})|({_tens})|({_ones})")
# Whole forms, as their first syllables alone are everywhere: 다, 서, 하.
_NATIVE_BEGIN = re.compile(
    "|".join(
        (
            *_TENS,
            *(form for form in _ONES if form not in _OLD_COUNTERS),
            *(f"{form}(?=\\s?(?:{counters}))" for form, counters in _OLD_COUNTERS.items()),
        )
    )
)
_OLD_COUNTER = {form: re.compile(f"\\s?(?:{counters})") for form, counters in _OLD_COUNTERS.items()}
_ANY_COUNTER = re.compile(f"\\s?(?:{COUNTER})")
_SPACED_COUNTER = re.compile(f"\\s(?:{COUNTER})|(?:{_SAFE_COUNTERS})")
_GLUED_LEFT = re.compile("마리|송이|그루|사람|명")
_ORDINAL = re.compile("\\s?(?:번째|째)")
_NOUN_FOLLOWS = re.compile("\\s(?!(?:한|두|세|네|서너|너)\\s)[가-힣]")
_ONE_BY_ONE = re.compile("씩\\s(?:세|살펴|확인|보|차례)|\\s?하나\\s")  # 하나씩 세어 보면
_ONE_OF_THEM = re.compile("(?:중|중에|중에서|중의|가운데)\\s?$")
_NUMERAL_BEFORE = frozenset("한두세네서너댓대섯곱덟백천만")  # 두세 마리, 대여섯 마리: two or three, five or six

_DIGIT = "일이삼사오육륙칠팔구"
_DIGITS = dict(zip("영공일이삼사오육칠팔구", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)) | {"륙": 6}
_SINO_ONES = "공일이삼사오육칠팔구"
_SECTION = f"(?:[{_DIGIT}]?천\\s?)?(?:[{_DIGIT}]?백\\s?)?(?:[{_DIGIT}]?십\\s?)?[{_DIGIT}]?"
# Its first syllable, with what must not stand before it looked for behind it: so it is searched several times faster.
_SINO_BEGIN = re.compile(f"[{_DIGIT}십백천만억](?<![가-힣0-9].)")
_SINO = re.compile(f"(?:{_SECTION}억\\s?)?(?:{_SECTION}만\\s?)?{_SECTION}")
# One Sino-Korean syllable is nearly always something else (이 this, 일 work, 만 only); these counters settle it.
_SINO_ONE_DIGIT = re.compile("층|인분|학년|퍼센트|센티|킬로|미터|\\s?개월")
_SINO_ONE_UNIT = re.compile("\\s?(?:명|개(?!월)|원|마리|달러|킬로|미터)")
_SURE_LENGTH = 3
_OF_AMOUNTS = re.compile("씩|쯤|짜리|정도|가량|이상|이하|있|없")
_LONGEST_NATIVE, _LONGEST_SINO = 8, 40  # characters of the longest numerals that anybody writes


def korean_forms(value: int) -> list[str]:
    """The ends of all native and Sino-Korean numerals for a number from 1 to 99, as patterns."""
    tens, ones = value - value % 10, value % 10
    native = [form for form, amount in (_ONES if ones else _TENS).items() if amount == (ones or tens)]
    return [*(form + _what_follows(form) for form in native), _SINO_ONES[ones] if ones else "십"]


def _what_follows(form: str) -> str:
    """What must stand behind a form that is more often another syllable, such as 세 in 세워진."""
    if form in _OLD_COUNTERS:
        return f"(?=\\s?(?:{_OLD_COUNTERS[form]}))"
    return f"(?=\\s|{_SAFE_COUNTERS})" if form in _NEEDS_COUNTER and form in _ONES else ""


def korean_numbers(text: str, start: int, end: int, value: str | None) -> list[tuple[int, int, int, int]]:
    """Value, start, end and end of the counter of each number in Korean words that begins between `start` and `end`.

    With a `value`, other numbers may be left out.
    """
    return [*_native_numbers(text, start, end, value), *_sino_numbers(text, start, end)]


def counter_ends(text: str, end: int) -> bool:
    """Whether a counter ends there: followed by a particle, no letter, or what is said of amounts (세 개쯤)."""
    return tail_end(text, end) is not None or _OF_AMOUNTS.match(text, end) is not None


def _native_numbers(text: str, first: int, last: int, wanted: str | None) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    position, limit = first, last + _LONGEST_NATIVE
    while (begin := _NATIVE_BEGIN.search(text, position, limit)) and begin.start() <= last:
        match = _NATIVE.match(text, begin.start(), limit)
        position = match.end() if match else begin.end()
        if match is None:
            continue
        start, end = match.span()
        tens, ones, ten, one = match.groups()
        form = ones or ten or one
        value = _TENS.get(tens or ten, 0) + _ONES.get(ones or one, 0)
        if wanted is not None and str(value) != wanted:
            continue
        if not _native_begins(text, start, end):
            continue
        unit_end = _native_unit_end(text, end, form, compound=tens is not None)
        if unit_end is None or _ORDINAL.match(text, end):
            continue
        if form == "하나" and _ONE_BY_ONE.match(text, end):
            continue
        if form == "하나" and _ONE_OF_THEM.search(text, max(0, start - 4), start):
            continue
        found.append((value, start, end, unit_end))
    return found


def _native_begins(text: str, start: int, end: int) -> bool:
    if start == 0 or not (is_hangul(text[start - 1]) or text[start - 1].isdigit()):
        return True
    return text[start - 1] not in _NUMERAL_BEFORE and _GLUED_LEFT.match(text, end) is not None


def _native_unit_end(text: str, end: int, last: str, *, compound: bool) -> int | None:
    """Where the counter of a native numeral ends, `end` if it needs none, None if it is no numeral here."""
    if last in _OLD_COUNTERS:
        old = _OLD_COUNTER[last].match(text, end)
        return old.end() if old and tail_end(text, old.end()) is not None else None
    bare = last in _NEEDS_COUNTER
    counter = (_SPACED_COUNTER if bare and not compound and last != "스무" else _ANY_COUNTER).match(text, end)
    if counter and counter_ends(text, counter.end()):
        return counter.end()
    if not bare:
        return end if tail_end(text, end) is not None else None
    return end if last in {"두", "세"} and _NOUN_FOLLOWS.match(text, end) else None


def _sino_numbers(text: str, first: int, last: int) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    position, limit = first, last + _LONGEST_SINO
    while (begin := _SINO_BEGIN.search(text, position, limit)) and begin.start() <= last:
        start = begin.start()
        match = _SINO.match(text, start, limit)
        position = match.end() if match else start + 1
        if match is None:
            continue
        end = start + len(match.group().rstrip())
        unit_end = _sino_unit_end(text, start, end)
        if unit_end is not None:
            found.append((_sino_value(text[start:end]), start, end, unit_end))
    return found


def _sino_unit_end(text: str, start: int, end: int) -> int | None:
    """Where the counter of a Sino-Korean numeral ends, `end` if it needs none, None if it is no numeral here."""
    numeral = text[start:end]
    if _ORDINAL.match(text, end):
        return None
    if len(numeral) == 1:
        rule = _SINO_ONE_DIGIT if numeral in _DIGIT else _SINO_ONE_UNIT
        counter = rule.match(text, end)
        return counter.end() if counter and counter_ends(text, counter.end()) else None
    counter = _ANY_COUNTER.match(text, end)
    if counter and counter_ends(text, counter.end()):
        return counter.end()
    is_sure = "십" in numeral or len(numeral) >= _SURE_LENGTH
    return end if is_sure and tail_end(text, end) is not None else None


def _sino_value(numeral: str) -> int:
    total = section = digit = 0
    for char in numeral.replace(" ", ""):
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "십백천":
            section, digit = section + (digit or 1) * {"십": 10, "백": 100, "천": 1000}[char], 0
        elif char in "만억":
            total, section, digit = total + (section + digit or 1) * {"만": 10**4, "억": 10**8}[char], 0, 0
    return total + section + digit
