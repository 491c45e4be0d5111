"""What is right: a number, a range or an amount with a unit, as people write them, and whether a figure is that.

Nothing is rounded before it is compared, unless decimals are asked for. A unit of the same family is converted, one of
another family is wrong. A percentage against a bare number is compared as both are written first, and then with one
hundredth of it: 50% is 50, and is 0.5.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

from snellen.errors import InputError
from snellen.scorers.expected import as_text
from snellen.scorers.figures import ARITHMETIC, DecimalSign, Figure, find_figures, reading_form, to_decimal
from snellen.scorers.units import PERCENT, Unit, convert, is_same_family, unit_named

__all__ = ["Amount", "Leeway", "Verdict", "judge_figure", "parse_amount", "parse_tolerance", "shown", "shown_figure"]

_RANGE = re.compile(r"(.*?[0-9].*?)\s*\.\.+\s*(.*)", re.DOTALL)
_TOLERANCE = re.compile(r"(.*?)\s*(?:±|\+/-|\+-)\s*([0-9.,]+(?:e-?[0-9]+)?)\s*(.*)", re.DOTALL)
_SIGN = re.compile(r"±|\+/-|\+-")
_MOST_DIGITS = 400  # of an expected number; a longer one is a mistake
_MOST_SHOWN = 40
_PLAIN_EXPONENTS = range(-12, 25)  # beyond, 1.2E+30 is easier to read


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What is right.

    Attributes:
        low: The least value that is right, without tolerance.
        high: The greatest; `low` when it is no range.
        unit: Of both; None where none is expected.
        text: As it was written.
    """

    low: Decimal
    high: Decimal
    unit: Unit | None
    text: str


class Leeway(NamedTuple):
    """How far from right is still right; where both are given the wider one counts.

    Attributes:
        tolerance: In the unit of the amount.
        relative: As a share of the right value.
        places: Decimals that both are rounded to (half up) before they are compared; None compares them as written.
        unit_required: Whether a number without its unit is wrong.
    """

    tolerance: float = 0.0
    relative: float = 0.0
    places: int | None = None
    unit_required: bool = False


class Verdict(NamedTuple):
    """Whether a figure is right.

    Attributes:
        is_right: So or not.
        note: What was done to compare it, or what stood against it; empty where it speaks for itself.
        off: How far it is from the nearest right value, in the amount's unit; None when it cannot be said.
    """

    is_right: bool
    note: str = ""
    off: Decimal | None = None


def parse_amount(value: object, *, decimal: DecimalSign = "point", unit: str | None = None) -> Amount:
    """What a case's answer says is right: 42, "1,300원", "3.5 kg", "42%", "10..20".

    Args:
        value: A number or a text that holds one, or two with ".." between them.
        decimal: What stands before decimals in a text.
        unit: What it is in where the text does not say.

    Raises:
        InputError: It holds no number, or more than that.
    """
    text = as_text(value) if not isinstance(value, bool) else None
    if text is None or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError(f"{value!r} is no number; right is 42, '3.5 kg' or '10..20'")
    decimal = decimal if isinstance(value, str) else "point"
    parts = _RANGE.fullmatch(text)
    figures = [_only_figure(part, text, decimal) for part in (parts.groups() if parts else (text,))]
    low, high = figures[0], figures[-1]
    of = high.unit or low.unit or (unit_named(unit) if unit else None)
    if low.unit and of and low.unit.family != of.family:
        raise InputError(f"{text!r} goes from {low.unit.name} to {of.name}, which measure different things")
    if unit and of and not is_same_family(of, unit_named(unit)):
        raise InputError(f"{text!r} is in {of.name}, and the unit is to be {unit!r}")
    low_value = convert(low.value, low.unit, of) if low.unit and of else low.value
    if low_value > high.value:
        raise InputError(f"{text!r} goes from the greater to the smaller number")
    return Amount(low=low_value, high=high.value, unit=of, text=text.strip())


def _only_figure(part: str, text: str, decimal: DecimalSign) -> Figure:
    folded = reading_form(part)
    figures = find_figures(folded, decimal=decimal) if len(part) <= _MOST_DIGITS else []
    if not figures and len(part) <= _MOST_DIGITS and (plain := to_decimal(part.strip())) is not None:
        figures = [Figure(value=plain, bare=plain, start=0, end=len(folded.text), unit_end=len(folded.text))]
    if len(figures) != 1:
        found = f"{len(figures)} numbers" if figures else "no number"
        hint = (
            ""
            if decimal == "comma" or "," not in part
            else ". Where a comma stands before decimals, say decimal: comma"
        )
        raise InputError(
            f"{text!r} holds {found}; right is one, such as 42, '3.5 kg', or a range such as '10..20'{hint}"
        )
    (figure,) = figures
    before = folded.text[: figure.start].strip()
    behind = folded.text[max(figure.end, figure.unit_end) :].strip()
    if re.search("[0-9]", before + behind) or len(before) > _MOST_SHOWN or len(behind) > _MOST_SHOWN:
        raise InputError(f"{text!r} is more than a number with its unit; right is 42, '3.5 kg' or '10..20'")
    return figure


def parse_tolerance(text: str) -> tuple[str, dict[str, object]]:
    """What stands before "±", and the options that what stands behind it means: "42 ±1", "42 +- 5%", "3 kg ±100 g".

    Raises:
        InputError: What stands behind it is no number, or is in another unit.
    """
    found = _TOLERANCE.fullmatch(text)
    if found is None and _SIGN.search(text):
        raise InputError(f"{text!r} names no tolerance that can be read; right is 42 ±1 or 42 ±5%")
    if found is None:
        return text.strip(), {}
    rest, digits, unit = found[1].strip(), found[2].replace(",", ""), found[3].strip()
    value = to_decimal(digits)
    if value is None:
        raise InputError(f"{found[2]!r} is no tolerance; right is ±1 or ±5%")
    if unit in {"%", "％"}:
        return rest, {"relative": float(value / 100)}
    if unit:
        amount = parse_amount(rest)
        of = unit_named(unit)
        if amount.unit is None or amount.unit.family != of.family:
            raise InputError(f"the tolerance is in {unit!r} and the number {rest!r} is not")
        with localcontext(ARITHMETIC):
            value = value * of.factor / amount.unit.factor
    return rest, {"tolerance": float(value)}


def judge_figure(figure: Figure, amount: Amount, leeway: Leeway) -> Verdict:
    """Whether a figure is this amount."""
    with localcontext(ARITHMETIC):
        wanted, given = amount.unit, figure.unit
        if wanted is not None and given is None and leeway.unit_required:
            return Verdict(False, f"without its unit, {wanted.name}")
        if wanted is not None and given is not None and not is_same_family(wanted, given):
            return Verdict(False, f"in {given.name}, not in {wanted.name}")
        value = convert(figure.value, given, wanted) if wanted and given else figure.value
        verdict = _compare(value, amount, leeway)
        percent = [one == PERCENT for one in (wanted, given)]
        if verdict.is_right or percent in ([True, True], [False, False]) or (wanted and given):
            converted = wanted and given and wanted != given and wanted.family == given.family
            return verdict._replace(note=f"{shown(value)} {wanted.name}" if converted and wanted else "")
        scaled = value * 100 if percent[0] else value / 100
        again = _compare(scaled, amount, leeway)
        return (
            again._replace(note=f"taken as {shown(scaled)}{'%' if percent[0] else ''}") if again.is_right else verdict
        )


def _compare(value: Decimal, amount: Amount, leeway: Leeway) -> Verdict:
    low, high = amount.low, amount.high
    if leeway.places is not None:
        value, low, high = (_rounded(one, leeway.places) for one in (value, low, high))
    off = value - low if value < low else value - high if value > high else Decimal(0)
    if off == 0 or not off.is_finite():
        return Verdict(low <= value <= high, off=off if off.is_finite() else None)
    slack = max(_exact(leeway.tolerance), _exact(leeway.relative) * abs(low if off < 0 else high))
    return Verdict(abs(off) <= slack, off=off)


def _exact(value: float) -> Decimal:
    return Decimal(repr(value))


def _rounded(value: Decimal, places: int) -> Decimal:
    if value.adjusted() + places > ARITHMETIC.prec - 2:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def shown(value: Decimal) -> str:
    """A value as people write it, shortened when it is very long."""
    if value and value.adjusted() not in _PLAIN_EXPONENTS:
        with localcontext(ARITHMETIC) as context:
            context.prec = _MOST_SHOWN // 2
            return f"{(+value).normalize():E}"
    text = f"{value:f}"
    if len(text) > _MOST_SHOWN:
        text = f"{text[: _MOST_SHOWN - 1]}…"
    return text.rstrip("0").rstrip(".") if "." in text and not text.endswith("…") else text


def shown_figure(figure: Figure) -> str:
    """A figure as it was read: "42", "3.5 kg", "50%"."""
    value = shown(figure.value)
    if figure.unit is None:
        return value
    return f"{value}%" if figure.unit == PERCENT else f"{value} {figure.unit.name}"
