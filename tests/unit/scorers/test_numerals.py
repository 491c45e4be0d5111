"""Numbers in running text: their values, and what is no number of its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.scorers.fold import fold
from snellen.scorers.numerals import find_numbers, number_of_keyword, numbers_of_value

NUMBERS = [
    ("3 cats and 12 dogs", ["3", "12"]),
    ("1,300 and 2,428,000", ["1300", "2428000"]),
    ("2.428 or 3.50 or 4.0", ["2.428", "3.5", "4"]),
    ("1,300.75", ["1300.75"]),
    ("-3 and .5", ["-3", "0.5"]),
    ("03 and 007", ["03", "007"]),
    ("$4.50, 50%, 5kg, #7, (8)", ["4.5", "50", "5", "7", "8"]),
    ("12:30, 2024-03-05, 1.2.3, 3/4, 3-5, 2~3, 010-1234-5678", []),
    ("1,30 and 12,3456", []),
    ("A4, B52s, 3D, 1st, 2nd, F-150, COVID-19, img_3, v2", []),
    ("3번째, 제3의, 3분의 1", []),
    ("three, twenty-one, Ninety nine", ["3", "21", "99"]),
    ("one hundred and five, two thousand three hundred", ["105", "2300"]),
    ("one two three", ["1", "2", "3"]),
    ("five and three", ["5", "3"]),
    ("1.5 million, 2 hundred, three thousand", ["1500000", "200", "3000"]),
    ("third, twenty-first, two-thirds, one half", []),
    ("the one, one of them, no one, one-way, one another", []),
    ("One moment. One second, please. One thing is clear.", []),
    ("one second, one minute, one thing", ["1", "1", "1"]),
    ("하나씩 세어 보면, 하나하나 보면", []),
    ("하나씩 있습니다", ["1"]),
    ("often, stone, tent, weight", []),
    ("한 개, 두 명, 세 마리, 네 권", ["1", "2", "3", "4"]),
    ("한개 두명 세마리 네권", ["1", "2", "3", "4"]),
    ("하나, 둘이, 셋은, 넷", ["1", "2", "3", "4"]),
    ("다섯 명, 여섯, 일곱 개, 여덟이, 아홉", ["5", "6", "7", "8", "9"]),
    ("열 개, 열두 명, 스무 살, 스물세 살, 쉰 명, 아흔아홉 개", ["10", "12", "20", "23", "50", "99"]),
    ("석 달, 넉 장, 서 말, 너 되", ["3", "4", "3"]),
    ("두세 명, 서너 개, 대여섯 마리, 한두 번", []),
    ("두 번째, 셋째, 세 번째로", []),
    ("둘러싼, 세계, 세대, 네모, 한국, 두부, 열차, 서 있는, 하나님", []),
    ("두 이미지와 세 사람", ["2", "3"]),
    ("네 고양이는, 한 남자가", []),
    ("이십삼, 백이십, 삼백육십오일, 이천이십사년", ["23", "120", "365", "2024"]),
    ("삼층, 이층, 오 개월, 십 원, 백 명, 천 원, 만 원", ["3", "2", "5", "10", "100", "1000", "10000"]),
    ("이 사진, 일하는, 사이, 구이, 천장, 만일, 오이, 천사, 이만", []),
    ("3만 5천 원, 1만5천원, 3천 명, 1억 2천3백만 원", ["35000", "15000", "3000", "123000000"]),
    ("3만 보인다, 3조가", ["3", "3"]),
    ("3만 명", ["30000"]),
    ("중에서 하나, 셋 중 하나", ["3"]),
    ("1. cat\n2. dog", []),
    ("1. cat", ["1"]),
]


@pytest.mark.parametrize(("text", "values"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_numbers_have_the_values_that_people_read(text, values):
    assert [number.value for number in find_numbers(fold(text).text)] == values


@pytest.mark.parametrize(("text", "values"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_looking_for_one_value_finds_what_reading_all_finds(text, values):
    folded = fold(text).text
    everything = find_numbers(folded)
    for value in {*values, "1", "2", "3", "5", "12", "100", "1000"}:
        wanted = [number for number in everything if number.value == value]
        assert list(numbers_of_value(folded, value)) == wanted, value
        assert list(numbers_of_value(folded, value, [number.start for number in wanted])) == wanted, value


def test_of_numbers_near_given_places_those_far_away_are_left_out():
    text = f"고양이 두 마리, {'그리고 ' * 30}개 두 마리"
    assert [number.start for number in numbers_of_value(text, "2")] == [4, text.rfind("두")]
    assert [number.start for number in numbers_of_value(text, "2", [3])] == [4]
    assert list(numbers_of_value(text, "2", [])) == []


def test_a_korean_number_knows_where_its_counter_ends():
    (number,) = find_numbers("의자 열두 개가")
    assert ("의자 열두 개가"[number.start : number.end], number.unit_end) == ("열두", 7)


KEYWORDS = [
    ("3", "3"),
    ("세", "3"),
    ("세 개", "3"),
    ("3 cats", "3"),
    ("iphone 15", "15"),
    ("$4.50", "4.5"),
    ("12:30", None),
    ("2 dogs and 3 cats", None),
    ("a4", None),
    ("고양이", None),
    ("7-eleven", None),
    ("세계", None),
]


@pytest.mark.parametrize(("keyword", "value"), KEYWORDS, ids=[row[0] for row in KEYWORDS])
def test_a_keyword_is_a_number_when_it_holds_exactly_one(keyword, value):
    number = number_of_keyword(keyword)
    assert (number and number.value) == value


def test_a_hundred_thousand_digits_are_one_number():
    digits = "7" * 100_000
    assert [number.value for number in find_numbers(f"a {digits} b")] == [digits]
    assert [number.start for number in numbers_of_value(f"a {digits} b", "7")] == []


@given(st.integers(0, 999_999))
@settings(max_examples=200, deadline=None)
def test_every_integer_is_found_with_and_without_its_commas(value):
    assert [number.value for number in find_numbers(f"총 {value}개, {value:,}개")] == [str(value)] * 2
