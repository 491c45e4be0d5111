r"""Figures in running text: each number that may be an answer, with its exact value and its unit.

`numerals` tells plain numbers from codes, dates and ranges. Here those are joined by what keywords have no use for:
fractions (3/4, 2½, \frac{3}{4}, 3분의 2), powers of ten (1.2e-3, 1.2 × 10^5), suffixes (16.6M, 12k), currencies
(-$5, ₩1,300), words with a sign (minus five, 영하 5도), dozens, ordinals, and amounts in two units (1 h 30 min).

Values are decimals, so that 100,000 digits are read in no time and nothing is rounded before it is compared. Texts are
read in the folded form, with one difference: superscripts and vulgar fractions are set apart before NFKC takes them
away (10⁵ would be 105, 2½ would be 21/2). A text that arrives in NFKC has lost its superscripts for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Context, Decimal, DecimalException, localcontext
from typing import Literal

from snellen.scorers.fold import Folded, fold, remembered
from snellen.scorers.numerals import find_numbers
from snellen.scorers.units import Unit, convert, currency_before, unit_at

__all__ = ["ARITHMETIC", "DecimalSign", "Figure", "find_figures", "reading_form", "to_decimal"]

DecimalSign = Literal["point", "comma"]
"""What stands before the decimals; the other one groups thousands."""

ARITHMETIC = Context(prec=60, Emax=999_999, Emin=-999_999, traps=[])
"""Nothing is raised in it: an overflow is an infinity, which equals nothing."""

_MAX_EXPONENT = 9_999
_MOST_FIGURES = 5_000  # of one text; an answer does not come after so many numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number in a folded text.

    Attributes:
        value: Exactly as written, scale words and suffixes included ("1.5 million" is 1500000), its unit apart.
        bare: Without the scale word or suffix ("1.5 million" is 1.5); the value where there is none.
        unit: What it is of; None where no unit that we know is said.
        start: With sign and currency.
        end: Of the numeral.
        unit_end: Of its unit or Korean counter; `end` where it has none.
        aside: Why it is no answer by itself: "an ordinal", "a bound"; empty for a plain number.
    """

    value: Decimal
    bare: Decimal
    unit: Unit | None = None
    start: int
    end: int
    unit_end: int
    aside: str = ""


_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_VULGAR_PARTS = frozenset(
    ["14", "12", "34", "17", "19", "110", "13", "23", "15", "25", "35", "45", "16", "56", "18", "38", "58", "78"]
)  # over and under
_SLASH = "\ue001"  # private: the slash of what was or is a fraction, which is none of a date
_LOST = re.compile(f"[{''.join(_SUPERSCRIPTS)}{_VULGAR}⁄]")

_NUM = r"(?:[0-9]{1,3}(?:(?:,|'|\{,\}|\\[,!]|,\\!)[0-9]{3})++(?![0-9])|[0-9]++)(?:\.[0-9]++)?+|(?<![0-9])\.[0-9]++"
_FREE = r"(?<![0-9a-z_])(?<![0-9][.,:/-])"  # not the rest of something longer
_EXPONENT = (
    r"e[+-]?[0-9]{1,7}(?![a-z0-9])|\s?(?:×|x|\*|·|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?\{?\s?"
    r"(?:[+-]|\^[+-])?\^?[0-9](?:\^?[0-9]){0,6}\}?"
)
_SCIENTIFIC = re.compile(rf"{_FREE}({_NUM})({_EXPONENT})")
_POWER = re.compile(rf"{_FREE}10\^\{{?([+-]?[0-9]{{1,6}})\}}?(?!\s?[a-z])")
_FRACTION = re.compile(
    rf"{_FREE}(?:([0-9]{{1,9}})\s)?\\[dt]?frac\s?\{{\s?([0-9]{{1,18}})\s?\}}\s?\{{\s?([0-9]{{1,18}})\s?\}}|"
    rf"(?<![0-9.,:/a-z_{_SLASH}])(?<![0-9a-z]-)(?:([0-9]{{1,3}})\s?)?(?<![0-9])([0-9]{{1,18}})"
    rf"\s?[/{_SLASH}]\s?([0-9]{{1,18}})(?![0-9.,/:]{{0,4}}[0-9])|"
    rf"(?<![0-9])([0-9]{{1,4}})분의\s?([0-9]{{1,4}})(?![0-9])"
)
_GLUED_FRACTION = re.compile(rf"(?<![0-9.,])([0-9]{{1,9}})([0-9]){_SLASH}([0-9]{{1,2}})(?![0-9])")
_SUFFIXED = re.compile(rf"{_FREE}({_NUM})(k|m|mn|mm|bn|b|t|tn)(?![a-z0-9])")
_SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "t": 10**12, "tn": 10**12}
_TIED_THOUSANDS = re.compile(rf"{_FREE}[0-9]{{1,3}}(?:(?:'|\{{,\}}|\\[,!]|,\\!)[0-9]{{3}})++(?![0-9])(?:\.[0-9]++)?+")
_WITH_CODE = re.compile(rf"(?<![a-z0-9])(?:krw|usd|eur|gbp|jpy|cny)({_NUM})(?![0-9a-z])")
_WITH_UNIT = re.compile(rf"{_FREE}({_NUM})(?=[a-z°µμ])")
_SYMBOL = re.compile("[kmgtµμn]?(?:n|a|pa|hz|w|wh|v|j|ev|cal|ω|mol|bar|gal|db|rpm|fps|b)(?![a-z0-9])")
_DOZENS = re.compile(r"(?<![a-z])(half a |a |one |two |three |four |five |[0-9]{1,3} )?dozen(?![a-z])")
_DOZEN_COUNTS: dict[str, Decimal | int] = {
    "half a": Decimal("0.5"),
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
_WORD_FRACTION = re.compile(
    r"(?<![a-z])(a|one|two|three|four|five|seven)[\s-](halves|half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)(?![a-z])"
)
_WORDS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7}
_PARTS = {"hal": 2, "thi": 3, "qua": 4, "fou": 4, "fif": 5, "six": 6, "eig": 8, "ten": 10}
_ORDINAL = re.compile(
    r"(?<![0-9a-z.,])([0-9]{1,6})(?:st|nd|rd|th|\s?번째|\s?째)(?![a-z])|(첫|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?번째"
)
# What the patterns above find nothing without: most texts hold none of it, and are not searched for more.
_DIGIT_AND_LETTER = re.compile("[0-9][a-z°µμ]")
_CODES = ("krw", "usd", "eur", "gbp", "jpy", "cny")
_PART_WORDS = ("halves", "half", "third", "quarter", "fourth", "fifth", "sixth", "eighth", "tenth")
_ORDINAL_WORDS = dict(
    zip(("첫", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"), range(1, 11), strict=True)
)
_KOREAN_SCALE = re.compile("(만)(?=\\s*(?:[.!?,)*\n]|$)|입니|이다|이에요|이며|이고|예요)")
_SCALED = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)\s?(?:thousand|million|billion|hundred|[천만억조])$")
_TRILLION = re.compile(r"\s?trillion(?![a-z])")

_EXPONENT_SIGNS = ("^", "_", "^{", "_{")
_MINUS = re.compile(r"(?:(?<![a-z])(?:minus|negative)|마이너스|영하)\s?$")
_SIGNED = re.compile(r"(?:^|[\s(\[{=:,*$~≈\"'|])([+-])$")
_SIGNS_END, _MINUS_END = frozenset("+-"), frozenset("se스하")  # the last characters of the two above
_JOINED = re.compile(r"\s?(?:and\s)?")
_COMPOSED = frozenset({"length", "mass", "time", "volume"})
_COMMA_SWAP = re.compile("(?<=[0-9])[.,](?=[0-9])")
_COMMA_SPACES = re.compile("(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])")


def reading_form(text: str) -> Folded:
    """`text` folded for reading figures, with the way back to the text as it arrived."""
    if text.isascii() or not _LOST.search(text):
        return fold(text)
    return Folded(text, fold(_keep(text)).text, _reading_letter)


def _keep(text: str) -> str:
    return _LOST.sub(_kept, text)


def _kept(match: re.Match[str]) -> str:
    char = match.group()
    if char in _SUPERSCRIPTS:
        return f"^{_SUPERSCRIPTS[char]}"
    return _SLASH if char == "⁄" else fold(char).text.replace("/", _SLASH)


@remembered
def _reading_letter(letter: str) -> str:
    return fold(_keep(letter)).text


def to_decimal(text: str, exponent: int = 0) -> Decimal | None:
    """The exact value of plain digits, times ten to a power; None for what is none or is beyond all reason."""
    try:
        value = Decimal(text)
    except (DecimalException, ValueError):
        return None
    if not value.is_finite() or abs(exponent) > _MAX_EXPONENT or (value and abs(value.adjusted()) > 10**6):
        return None
    return value.scaleb(exponent, ARITHMETIC) if exponent else value


def find_figures(folded: Folded, *, decimal: DecimalSign = "point", wanted: Unit | None = None) -> list[Figure]:
    """The figures of a text, in its order, the first 5,000.

    Args:
        folded: In the reading form.
        decimal: Which sign stands before the decimals.
        wanted: A unit that is looked for besides those everybody knows.
    """
    text = _with_points(folded.text) if decimal == "comma" else folded.text
    with localcontext(ARITHMETIC):
        special = _without_overlaps(_special(folded, text))
        figures = sorted([*special, *_plain(text, special)], key=lambda one: one.start)[:_MOST_FIGURES]
        return _joined(text, [_dressed(text, figure, wanted) for figure in figures])


def _with_points(text: str) -> str:
    """The text with points for decimals and commas for thousands; every character keeps its place."""
    text = _COMMA_SPACES.sub(lambda match: match.group().replace(" ", "."), text)
    return _COMMA_SWAP.sub(lambda match: "," if match.group() == "." else ".", text)


def _plain(text: str, special: list[Figure]) -> Iterator[Figure]:
    taken = [(one.start, one.end) for one in special]
    position = 0
    for number in find_numbers(text):
        while position < len(taken) and taken[position][1] <= number.start:
            position += 1
        if position < len(taken) and taken[position][0] < number.end:
            continue
        value = to_decimal(number.value)
        before, behind = text[max(0, number.start - 2) : number.start], text[number.end : number.end + 1]
        if value is None or before.endswith(_EXPONENT_SIGNS) or _SLASH in (before[-1:], behind):
            continue
        end, unit_end = number.end, number.unit_end
        is_digits = text[end - 1].isdigit()
        scaled = None if is_digits else _SCALED.fullmatch(text, number.start, end)
        bare = to_decimal(scaled[1].replace(",", "")) if scaled else None
        if is_digits and (korean := _KOREAN_SCALE.match(text, end)):
            bare, value, end = value, value * 10**4, korean.end(1)
        elif trillion := _TRILLION.match(text, end):
            bare, value, end = value, value * 10**12, trillion.end()
        yield Figure(
            value=value, bare=value if bare is None else bare, start=number.start, end=end, unit_end=max(end, unit_end)
        )


def _special(folded: Folded, text: str) -> Iterator[Figure]:
    """The forms that are no plain numbers, those that say most first."""
    has_letters = _DIGIT_AND_LETTER.search(text) is not None
    if has_letters or "^" in text or "**" in text:
        yield from _scientific(text)
    yield from _fractions(text)
    for match in _ORDINAL.finditer(text) if has_letters or "째" in text else ():
        value = Decimal(match[1] or _ORDINAL_WORDS[match[2]])
        yield _figure(match, value, aside="an ordinal")
    if has_letters:
        yield from _suffixed(folded, text)
    for match in _TIED_THOUSANDS.finditer(text) if "'" in text or "\\" in text or "{" in text else ():
        yield from _figures_of(match, re.sub(r"[^0-9.]", "", match.group()))
    for match in _WITH_CODE.finditer(text) if any(code in text for code in _CODES) else ():
        yield from _figures_of(match, re.sub(r"[^0-9.]", "", match[1]), start=match.start(1))
    for match in _WITH_UNIT.finditer(text) if has_letters else ():
        if unit_at(text, match.end()) or _SYMBOL.match(text, match.end()):
            yield from _figures_of(match, match[1].replace(",", ""))
    for match in _DOZENS.finditer(text) if "dozen" in text else ():
        count = (match[1] or "a").strip()
        yield _figure(match, 12 * Decimal(_DOZEN_COUNTS.get(count, count if count.isdigit() else 1)))


def _scientific(text: str) -> Iterator[Figure]:
    for match in _SCIENTIFIC.finditer(text):
        power = re.sub(r"^(?:e|.*?10\s?(?:\^|\*\*))|[\s{}^]", "", match[2])
        value = to_decimal(re.sub(r"[^0-9.]", "", match[1]), int(power))
        if value is not None:
            yield _figure(match, value)
    for match in _POWER.finditer(text):
        value = to_decimal("1", int(match[1]))
        if value is not None:
            yield _figure(match, value)


def _fractions(text: str) -> Iterator[Figure]:
    for match in _GLUED_FRACTION.finditer(text) if _SLASH in text else ():
        if match[2] + match[3] in _VULGAR_PARTS:
            yield _figure(match, int(match[1]) + Decimal(match[2]) / Decimal(match[3]))
    for match in _FRACTION.finditer(text) if any(sign in text for sign in ("/", _SLASH, "frac", "분의")) else ():
        groups = [group or "" for group in match.groups()]
        whole = groups[0] or groups[3] or "0"
        over, under = (groups[1] or groups[4] or groups[7]), (groups[2] or groups[5] or groups[6])
        if int(under):
            yield _figure(match, int(whole) + Decimal(over) / Decimal(under))
    for match in _WORD_FRACTION.finditer(text) if any(word in text for word in _PART_WORDS) else ():
        if match[1] != "a" or match[2] == "half":  # "a third" is also what follows the second
            yield _figure(match, Decimal(_WORDS[match[1]]) / _PARTS[match[2][:3]])


def _suffixed(folded: Folded, text: str) -> Iterator[Figure]:
    """16.6M and 12k; m is a million only as a capital or behind a currency, for it is a metre otherwise."""
    for match in _SUFFIXED.finditer(text):
        suffix = match[2]
        written = folded.original[slice(*folded.span(match.start(2), match.end(2)))]
        is_money = currency_before(text, match.start()) is not None
        if suffix == "mm" or (suffix in {"m", "t", "b"} and not (is_money or written.isupper())):
            continue
        bare = to_decimal(re.sub(r"[^0-9.]", "", match[1]))
        if bare is not None:
            yield replace(_figure(match, bare * _SUFFIXES[suffix]), bare=bare)


def _figures_of(match: re.Match[str], digits: str, start: int | None = None) -> Iterator[Figure]:
    value = to_decimal(digits)
    if value is not None:
        end = match.end()
        yield replace(_figure(match, value), start=match.start() if start is None else start, end=end, unit_end=end)


def _figure(match: re.Match[str], value: Decimal, aside: str = "") -> Figure:
    end = match.end()
    return Figure(value=value, bare=value, start=match.start(), end=end, unit_end=end, aside=aside)


def _without_overlaps(figures: Iterator[Figure]) -> list[Figure]:
    """Of figures that share characters the first, in the order of the text."""
    kept: dict[int, Figure] = {}
    taken: set[int] = set()
    for figure in figures:
        places = range(figure.start, figure.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept[figure.start] = figure
    return [kept[start] for start in sorted(kept)]


def _dressed(text: str, figure: Figure, wanted: Unit | None) -> Figure:
    """The figure with its sign, currency and unit."""
    start, value, bare = figure.start, figure.value, figure.bare
    unit: Unit | None = None
    currency = currency_before(text, start)
    if currency and not (text[currency[1]] == "$" and text[figure.end : figure.end + 1] == "$"):  # $3$ is mathematics
        unit, start = currency
    before = text[max(0, start - 3) : start].rstrip()[-1:]
    sign = _SIGNED.search(text, max(0, start - 2), start) if before in _SIGNS_END else None
    minus = _MINUS.search(text, max(0, start - 10), start) if before in _MINUS_END else None
    if (sign and sign[1] == "-") or minus:
        value, bare = -value, -bare
    behind = unit_at(text, figure.end, wanted)
    unit_end = max(figure.unit_end, behind[1]) if behind else figure.unit_end
    if behind and (unit is None or text[start] == "$"):  # "$0.4 \\mathrm{kg}$" is no money
        unit = behind[0]
    start = sign.start(1) if sign else minus.start() if minus else start
    if (unit, start, unit_end) == (None, figure.start, figure.unit_end):
        return figure
    return replace(figure, value=value, bare=bare, unit=unit, start=start, unit_end=unit_end)


def _joined(text: str, figures: list[Figure]) -> list[Figure]:
    """The figures with amounts in two units made one: 1 h 30 min is 1.5 h."""
    found: list[Figure] = []
    for figure in figures:
        before = found[-1] if found else None
        if before and _JOINED.fullmatch(text, before.unit_end, figure.start) and (part := _part_of(before, figure)):
            value = before.value + part
            found[-1] = replace(before, value=value, bare=value, end=figure.end, unit_end=figure.unit_end)
        else:
            found.append(figure)
    return found


def _part_of(first: Figure, second: Figure) -> Decimal | None:
    """The second in units of the first when it is the smaller part of one amount: 30 min behind 1 h, never 90 min."""
    one, other = first.unit, second.unit
    if one is None or other is None or one.family != other.family or one.family not in _COMPOSED:
        return None
    part = convert(second.value, other, one)
    return part if other.factor < one.factor and 0 <= part < 1 else None
