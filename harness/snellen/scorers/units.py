"""Units behind and before numbers: what they measure, and how many of the family's base unit one of them is.

A unit of the same family is converted (3.5 kg is 3,500 g), one of another family is another thing: 3.5 km is no 3.5 kg.
Currencies are a family each: nobody converts them without a date. "in" is an inch only when it is glued to its number
("5in", "5-in"), for "5 in the box" is more frequent; degrees without a scale count as any temperature.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from snellen.scorers.fold import fold
from snellen.scorers.numerals_korean import counter_ends

__all__ = ["CURRENCIES", "PERCENT", "Unit", "convert", "currency_before", "is_same_family", "unit_at", "unit_named"]


class Unit(NamedTuple):
    """A unit.

    Attributes:
        name: As it is shown ("kg").
        family: What it measures ("mass"); a currency and an unknown unit are families of their own.
        factor: How many base units of the family one of it is.
        offset: What its zero is in base units; of temperatures only.
    """

    name: str
    family: str
    factor: Decimal = Decimal(1)
    offset: Decimal = Decimal(0)


# Family, name, factor, and what people write, folded. The factors are exact: SI, and the international yard and pound.
_TABLE = """
length  mm 0.001  mm millimeter millimeters millimetre millimetres 밀리미터 밀리
length  cm 0.01   cm centimeter centimeters centimetre centimetres 센티미터 센티 센치
length  m  1      m meter meters metre metres 미터
length  km 1000   km kms kilometer kilometers kilometre kilometres 킬로미터
length  in 0.0254 inch inches 인치
length  ft 0.3048 ft foot feet 피트
length  yd 0.9144 yd yard yards 야드
length  mi 1609.344 mi mile miles 마일
mass    mg 0.001  mg milligram milligrams 밀리그램
mass    g  1      g gram grams 그램
mass    kg 1000   kg kgs kilo kilos kilogram kilograms 킬로그램 킬로
mass    t  1000000 ton tons tonne tonnes 톤
mass    lb 453.59237 lb lbs pound-mass 파운드
mass    oz 28.349523125 oz ounce ounces 온스
volume  ml 0.001  ml milliliter milliliters millilitre millilitres cc cm3 cm^3 밀리리터
volume  cl 0.01   cl centiliter centiliters
volume  l  1      l liter liters litre litres 리터
volume  m³ 1000   m3 m^3 세제곱미터
area    cm² 0.0001 cm2 cm^2 제곱센티미터
area    m² 1      m2 m^2 제곱미터
area    km² 1000000 km2 km^2 제곱킬로미터
area    ha 10000  ha hectare hectares 헥타르
time    ms 0.001  ms millisecond milliseconds 밀리초
time    s  1      s sec secs second seconds 초
time    min 60    min mins minute minutes 분
time    h  3600   h hr hrs hour hours 시간
time    d  86400  day days 일간
speed   km/h 1    km/h kmh kph
speed   m/s 3.6   m/s
speed   mph 1.609344 mph
percent % 1       % percent per-cent pct 퍼센트 프로 %p 퍼센트포인트
percent % 1       percentage-point percentage-points percent-point percent-points
angle   ° 1       ° degree degrees deg 도
USD     USD 1     usd dollar dollars us$ 달러 불
KRW     KRW 1     krw won 원
EUR     EUR 1     eur euro euros € 유로
JPY     JPY 1     jpy yen ¥ 엔
GBP     GBP 1     gbp £
CNY     CNY 1     cny rmb yuan 위안
""".strip().splitlines()

_UNITS: dict[str, Unit] = {}
for _line in _TABLE:
    _family, _name, _factor, *_aliases = _line.split()
    for _alias in _aliases:
        _UNITS[_alias.replace("-", " ")] = Unit(_name, _family, Decimal(_factor))

# In ninths of a kelvin every scale is exact.
_UNITS |= dict.fromkeys(
    ("°c", "celsius", "degrees celsius", "degree celsius", "섭씨"), Unit("°C", "temperature", Decimal(9))
)
_UNITS |= dict.fromkeys(
    ("°f", "fahrenheit", "degrees fahrenheit", "degree fahrenheit", "화씨"),
    Unit("°F", "temperature", Decimal(5), Decimal(-160)),
)
_UNITS |= dict.fromkeys(("kelvin", "kelvins"), Unit("K", "temperature", Decimal(9), Decimal("-2458.35")))

CURRENCIES = frozenset({"USD", "KRW", "EUR", "JPY", "GBP", "CNY"})
"""The families that are money."""

PERCENT = _UNITS["%"]
_GLUED = {"in": _UNITS["inch"], "t": _UNITS["ton"], "c": _UNITS["°c"], "f": _UNITS["°f"], "k": _UNITS["kelvin"]}
_SIGNS = {"us$": _UNITS["usd"], "$": _UNITS["usd"], "₩": _UNITS["won"], "€": _UNITS["eur"], "¥": _UNITS["jpy"]}
_SIGNS |= {"£": _UNITS["gbp"], "krw": _UNITS["won"], "usd": _UNITS["usd"], "eur": _UNITS["eur"], "gbp": _UNITS["gbp"]}
_SIGNS |= {"\\$": _UNITS["usd"], "jpy": _UNITS["jpy"], "cny": _UNITS["cny"]}
_SINO_ONLY = frozenset({"도", "분", "초"})
_POWERS = {"square ": "^2", "sq ": "^2", "sq. ": "^2", "cubic ": "^3"}

_LONGEST = 24  # characters of the longest name, with "square" before it
# What may stand between a number and its unit: space, a hyphen, the end of bold or mathematics, the head of \text{ m}.
_BETWEEN = re.compile(r"(?:\*\*|`|\\[,;: ]|\\\)|\\(?:mathrm|text|textbf|rm|mbox)\s?\{|[ ~{}$-]|\\(?=[%$])){0,6}")
_LATIN = re.compile(
    r"(?:(square |sq\.? |cubic )?"
    r"(°\s?[cf]|[a-zµ]{1,12}(?: (?:celsius|fahrenheit|points?(?![a-z])))?(?:\^?\{?[23]\}?|/[a-z]{1,2})?|%p|[%°€£¥]))"
    r"(?![a-z0-9])"
)
_HANGUL = re.compile("|".join(sorted((one for one in _UNITS if one >= "가"), key=len, reverse=True)))
_RATE = re.compile(r"\s?(?:/\s?[a-z가-힣]|per\s|당(?![가-힣]))")
_SIGN_BEFORE = re.compile("(us\\$|\\\\?\\$|[₩€¥£]|(?<![a-z])(?:krw|usd|eur|gbp|jpy|cny))\\s?$")
_SIGN_WIDTH = 6
_SIGN_ENDS = frozenset("$₩€¥£wdrpy")  # the last characters of the signs


def unit_named(name: str) -> Unit:
    """The unit that people call `name`; an unknown one is a family of its own."""
    folded = fold(name.replace("²", "^2").replace("³", "^3")).text.strip().rstrip(".")
    known = _UNITS.get(folded) or _GLUED.get(folded) or _SIGNS.get(folded)
    return known or Unit(name.strip(), f"?{folded}")


def unit_at(text: str, end: int, wanted: Unit | None = None) -> tuple[Unit, int] | None:
    """The unit behind a number that ends at `end`, and where it ends; None when none that we know is there.

    Args:
        text: Folded text.
        end: Of the number.
        wanted: A unit that is asked for, which may be one that the table does not hold.
    """
    between = _BETWEEN.match(text, end)
    start = between.end() if between else end
    if wanted is not None and wanted.family.startswith("?") and text.startswith(wanted.family[1:], start):
        return wanted, start + len(wanted.family) - 1
    hangul = _HANGUL.match(text, start)
    if hangul and counter_ends(text, hangul.end()) and _counts_so(text[end - 1 : end], hangul.group()):
        return _unless_rate(text, _UNITS[hangul.group()], hangul.end())
    latin = _LATIN.match(text, start, start + _LONGEST)
    if latin is None:
        return None
    name = re.sub(r"[{}]", "", latin[2]).replace("° ", "°")
    if latin[1]:
        name = f"{_shorter(name)}{_POWERS[latin[1]]}"
    glued = _GLUED.get(name) if text[end:start].strip(" ") == text[end:start] else None
    unit = _UNITS.get(name) or glued
    if unit is None and " " in name:  # "meters celsius" is nobody's unit; the first word may be one
        unit = _UNITS.get(name.split(" ")[0])
    return _unless_rate(text, unit, latin.end()) if unit else None


def _counts_so(last: str, unit: str) -> bool:
    """Whether what ends in `last` counts this: 하나도 is "even one", 세 분 are people; 3도 and 삼 분 are units."""
    return unit not in _SINO_ONLY or last.isdigit() or last in "영일이삼사오육칠팔구십백천만"


def _shorter(name: str) -> str:
    unit = _UNITS.get(name)
    return unit.name if unit else name


def _unless_rate(text: str, unit: Unit, end: int) -> tuple[Unit, int] | None:
    """A unit by itself; "5 km per hour" and "5 $/kg" measure something else, which the table does not hold."""
    return None if _RATE.match(text, end) else (unit, end)


def currency_before(text: str, start: int) -> tuple[Unit, int] | None:
    """The currency whose sign stands before a number that begins at `start`, and where the sign begins."""
    if text[max(0, start - 3) : start].rstrip()[-1:] not in _SIGN_ENDS:
        return None
    found = _SIGN_BEFORE.search(text, max(0, start - _SIGN_WIDTH), start)
    return (_SIGNS[found[1]], found.start()) if found else None


def is_same_family(one: Unit, other: Unit) -> bool:
    """Whether both measure the same; degrees without a scale go with any temperature."""
    return one.family == other.family or {one.family, other.family} == {"angle", "temperature"}


def convert(value: Decimal, unit: Unit, wanted: Unit) -> Decimal:
    """`value` of `unit` in units of `wanted`, of the same family."""
    if unit == wanted or unit.family != wanted.family:
        return value
    return (value * unit.factor + unit.offset - wanted.offset) / wanted.factor
