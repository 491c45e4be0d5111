"""Figures, their units, and the amounts they are compared with."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.errors import InputError
from snellen.scorers.amounts import Leeway, judge_figure, parse_amount, parse_tolerance, shown
from snellen.scorers.figures import find_figures, reading_form
from snellen.scorers.units import convert, unit_named

# Text, and what is read: value and unit of each figure.
TABLE = [
    ("There are 3 cats.", [("3", "")]),
    ("1,300원", [("1300", "KRW")]),
    ("3만 5천원", [("35000", "KRW")]),
    ("1억 2천만 원", [("120000000", "KRW")]),
    ("정답은 3만입니다", [("30000", "")]),
    ("3만", [("30000", "")]),
    ("3만 보인다", [("3", "")]),
    ("이십삼", [("23", "")]),
    ("세 개", [("3", "")]),
    ("하나도", [("1", "")]),
    ("세 분", [("3", "")]),
    ("3분", [("3", "min")]),
    ("twenty-one", [("21", "")]),
    ("2.5 million", [("2500000", "")]),
    ("5 trillion", [("5000000000000", "")]),
    ("16.599M", [("16599000", "")]),
    ("5m", [("5", "m")]),
    ("$1.5m", [("1500000", "USD")]),
    ("12k", [("12000", "")]),
    ("5kN and 5gal", [("5", ""), ("5", "")]),
    ("two dozen eggs", [("24", "")]),
    ("3/4", [("0.75", "")]),
    ("-3/4", [("-0.75", "")]),
    ("2 1/2 cups", [("2.5", "")]),
    ("2½", [("2.5", "")]),
    ("½", [("0.5", "")]),
    ("\\frac{3}{4}", [("0.75", "")]),
    ("$\\dfrac{3}{4}$", [("0.75", "")]),
    ("4분의 1", [("0.25", "")]),
    ("three quarters", [("0.75", "")]),
    ("the third", []),
    ("1/0", []),
    ("1.2e-3", [("0.0012", "")]),
    ("1.2 × 10^5", [("120000", "")]),
    ("1.2 × 10⁻⁵", [("0.000012", "")]),
    ("7.15 \\times 10^{-4} \\mathrm{N}", [("0.000715", "")]),
    ("10⁵", [("100000", "")]),
    ("1e999999999", []),
    ("10{,}000", [("10000", "")]),
    ("-5", [("-5", "")]),
    ("−5", [("-5", "")]),
    ("-$5", [("-5", "USD")]),
    ("$-5", [("-5", "USD")]),
    ("minus five", [("-5", "")]),
    ("영하 5도", [("-5", "°")]),
    ("10-8", []),
    ("$3$", [("3", "")]),
    ("$0.4 \\mathrm{~kg}$", [("0.4", "kg")]),
    ("KRW1,300", [("1300", "KRW")]),
    ("5%", [("5", "%")]),
    ("5 percentage points", [("5", "%")]),
    ("5%p", [("5", "%")]),
    ("10 points", [("10", "")]),
    ("20 °C", [("20", "°C")]),
    ("5 cm²", [("5", "cm²")]),
    ("5 square meters", [("5", "m²")]),
    ("**16** kg", [("16", "kg")]),
    ("5 km per hour", [("5", "")]),
    ("5 km/h", [("5", "km/h")]),
    ("5 in total", [("5", "")]),
    ("5-in screen", [("5", "in")]),
    ("1 h 30 min", [("1.5", "h")]),
    ("1시간 30분", [("1.5", "h")]),
    ("1 h 90 min", [("1", "h"), ("90", "min")]),
    ("５.５ ㎏", [("5.5", "kg")]),
    ("x² = 4", [("4", "")]),
    ("3rd", [("3", "")]),
    ("A4, F-150, 12:30, 2024-03-05, 1.2.3", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_figures_of_a_text(text, expected):
    found = [(one.value, one.unit.name if one.unit else "") for one in find_figures(reading_form(text))]
    assert found == [(Decimal(value), unit) for value, unit in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234,5", ["1234.5"]), ("1 234,5", ["1234.5"]), ("3,5", ["3.5"]), ("12.345", ["12345"]), ("3.5", [])],
)
def test_with_a_decimal_comma_points_group_thousands(text, expected):
    found = find_figures(reading_form(text), decimal="comma")
    assert [one.value for one in found] == [Decimal(value) for value in expected]


def test_a_figure_of_100_000_digits_keeps_every_digit():
    (figure,) = find_figures(reading_form("7" * 100_000))
    assert figure.value == Decimal("7" * 100_000)
    assert shown(figure.value) == "7.7777777777777777778E+99999"


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [
        ("3.5", "kg", "g", "3500"),
        ("90", "min", "h", "1.5"),
        ("1", "in", "cm", "2.54"),
        ("1", "lb", "g", "453.59237"),
        ("1", "mi", "km", "1.609344"),
        ("212", "°F", "°C", "100"),
        ("-40", "°C", "°F", "-40"),
        ("0", "°C", "kelvin", "273.15"),
        ("36", "km/h", "m/s", "10"),
        ("250", "cc", "l", "0.25"),
        ("2", "킬로미터", "m", "2000"),
    ],
)
def test_units_of_one_family_are_converted_exactly(value, unit, other, expected):
    """Definitions: SI brochure, 9th edition; international yard and pound agreement of 1959."""
    assert convert(Decimal(value), unit_named(unit), unit_named(other)) == Decimal(expected)


# What is right, what was read, the leeway, and whether it is right, with the note.
COMPARED = [
    ("42", "42", {}, True, ""),
    ("42", "42.0", {}, True, ""),
    ("42", "41", {}, False, ""),
    ("42", "41", {"tolerance": 1}, True, ""),
    ("42", "40.9", {"tolerance": 1}, False, ""),
    ("0.3", "0.1", {"tolerance": 0.2}, True, ""),
    ("100", "105", {"relative": 0.05}, True, ""),
    ("100", "105.01", {"relative": 0.05}, False, ""),
    ("-100", "-95", {"relative": 0.05}, True, ""),
    ("0", "0.01", {"relative": 0.05}, False, ""),
    ("100", "103", {"relative": 0.01, "tolerance": 3}, True, ""),
    ("3.14", "3.14159", {"places": 2}, True, ""),
    ("3.14", "3.145", {"places": 2}, False, ""),
    ("10..20", "10", {}, True, ""),
    ("10..20", "20.5", {}, False, ""),
    ("10..20", "20.5", {"tolerance": 0.5}, True, ""),
    ("3.5 kg", "3500 g", {}, True, "3.5 kg"),
    ("3.5 kg", "3.5 km", {}, False, "in km, not in kg"),
    ("3.5 kg", "3.5", {}, True, ""),
    ("3.5 kg", "3.5", {"unit_required": True}, False, "without its unit, kg"),
    ("3.5 kg", "3450 g", {"tolerance": 0.05}, True, "3.45 kg"),
    ("$5", "5달러", {}, True, ""),
    ("$5", "5원", {}, False, "in KRW, not in USD"),
    ("25°C", "25도", {}, True, ""),
    ("25°C", "77°F", {}, True, "25 °C"),
    ("50%", "50", {}, True, ""),
    ("50%", "0.5", {}, True, "taken as 50%"),
    ("0.5", "50%", {}, True, "taken as 0.5"),
    ("50", "50%", {}, True, ""),
    ("50%", "50%", {}, True, ""),
    ("50%", "0.5%", {}, False, ""),
    ("50%", "50 kg", {}, False, "in kg, not in %"),
    ("1/3", "0.333", {}, False, ""),
    ("1/3", "0.333", {"places": 3}, True, ""),
]


@pytest.mark.parametrize(
    ("right", "text", "leeway", "is_right", "note"), COMPARED, ids=[f"{r[1]}-for-{r[0]}-{r[2]}" for r in COMPARED]
)
def test_a_figure_is_compared_with_an_amount(right, text, leeway, is_right, note):
    (figure,) = find_figures(reading_form(text))
    verdict = judge_figure(figure, parse_amount(right), Leeway(**leeway))
    assert (verdict.is_right, verdict.note) == (is_right, note)


@pytest.mark.parametrize(
    "value",
    ["abc", "", "3 4", "1,2,3", "3 kg and a half of it 4", "20..10", True, None, [3], float("nan"), float("inf")],
)
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(InputError):
        parse_amount(value)


def test_an_amount_with_a_comma_names_the_option_that_reads_it():
    with pytest.raises(InputError, match="decimal: comma"):
        parse_amount("1,23")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", ("42", {})),
        ("42 ±1", ("42", {"tolerance": 1.0})),
        ("42 +- 1", ("42", {"tolerance": 1.0})),
        ("42 +/- 0.5", ("42", {"tolerance": 0.5})),
        ("42±5%", ("42", {"relative": 0.05})),
        ("3.5 kg ±0.1", ("3.5 kg", {"tolerance": 0.1})),
        ("3.5 kg ±100 g", ("3.5 kg", {"tolerance": 0.1})),
    ],
)
def test_a_tolerance_is_written_behind_a_number(text, expected):
    assert parse_tolerance(text) == expected


@pytest.mark.parametrize("text", ["42 ±", "42 ±x", "5 kg ±1 m", "42 ±1 kg"])
def test_a_tolerance_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError):
        parse_tolerance(text)


@given(st.integers(-(10**40), 10**40))
@settings(deadline=None)
def test_digits_are_read_as_they_are_written(number):
    (figure,) = find_figures(reading_form(f"{number:,}"))
    assert figure.value == number


@given(st.text(max_size=60), st.sampled_from(["point", "comma"]))
@settings(max_examples=300, deadline=None)
def test_any_text_has_figures_in_its_order_that_do_not_overlap(text, decimal):
    folded = reading_form(unicodedata.normalize("NFC", text))
    found = find_figures(folded, decimal=decimal)
    places = [place for one in found for place in (one.start, one.end)]
    assert places == sorted(places)
    assert all(0 <= one.start < one.end <= len(folded.text) for one in found)
