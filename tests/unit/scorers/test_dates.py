from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.scorers.dates import read_date

JANUARY_2 = datetime.date(2024, 1, 2)

# (text, id): all of them are 2 January 2024
SAME_DAY = [
    ("2024-01-02", "iso"),
    ("2024-1-2", "iso-short"),
    ("2024.01.02", "points"),
    ("2024. 1. 2.", "korean-points"),
    ("2024/01/02", "slashes"),
    ("20240102", "digits"),
    ("2024년 1월 2일", "korean"),
    ("2024년1월2일", "korean-without-spaces"),
    ("24년 1월 2일", "korean-short-year"),
    ("2024년 1월 2일 (화)", "korean-weekday"),
    ("2024년 1월 2일 화요일 오후 3시", "korean-time"),
    ("2024-01-02(화) 14:30", "weekday-in-brackets"),
    ("2024-01-02 (Tue)", "english-weekday-in-brackets"),
    ("Jan 2, 2024 (Tuesday)", "english-weekday-behind"),
    ("2 January 2024, Tue", "english-weekday-behind-a-comma"),
    ("2024-01-02 (Tue) 14:30", "english-weekday-and-time"),
    ("Jan 2, 2024", "month-first"),
    ("January 2nd, 2024", "month-in-full"),
    ("Jan. 2 2024", "month-with-point"),
    ("2 Jan 2024", "day-first"),
    ("2nd of January 2024", "day-of-month"),
    ("02-Jan-24", "short-year"),
    ("02JAN2024", "run-together"),
    ("Tuesday, January 2, 2024", "weekday"),
    ("2024 Jan 2", "year-first"),
    ("2024-01-02T10:15:00Z", "iso-with-time"),
    ("2024-01-02 10:15", "with-time"),
    ("２０２４．０１．０２", "full-width"),
]


@pytest.mark.parametrize("text", [row[0] for row in SAME_DAY], ids=[row[1] for row in SAME_DAY])
def test_a_day_is_read_from_what_people_write(text):
    assert read_date(text).date == JANUARY_2


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("01/02/2024", "mdy", JANUARY_2),
        ("02/01/2024", "dmy", JANUARY_2),
        ("24.01.02", "ymd", JANUARY_2),
        ("02.01.24", "dmy", JANUARY_2),
        ("13/02/2024", None, datetime.date(2024, 2, 13)),
        ("02/13/2024", None, datetime.date(2024, 2, 13)),
        ("99-12-31", None, datetime.date(2099, 12, 31)),
        ("2024-01-02", "dmy", JANUARY_2),
        ("02/02/2024", None, datetime.date(2024, 2, 2)),
    ],
)
def test_an_order_or_the_calendar_decides_between_day_and_month(text, order, day):
    assert read_date(text, order=order).date == day


@pytest.mark.parametrize("text", ["01/02/2024", "24.01.02", "01-02-03"])
def test_what_can_be_two_days_is_none_without_an_order(text):
    found = read_date(text)

    assert found.date is None
    assert "can be two different days" in found.problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2024-02-30", "there is no such day"),
        ("2024-13-01", "there is no such day"),
        ("31 Apr 2024", "there is no such day"),
        ("13/02/2024 and more", "it is no date"),
        ("0000-00-00", "there is no such day"),
        ("yesterday", "it is no date"),
        ("", "it is no date"),
        ("12.50", "it is no date"),
        ("1" * 100_000, "it is too long for a date"),
    ],
)
def test_what_is_no_day_is_told(text, problem):
    assert read_date(text) == (None, problem)


@given(st.text(max_size=100), st.sampled_from([None, "ymd", "dmy", "mdy"]))
def test_any_text_is_read_alike_in_every_unicode_form(text, order):
    found = {read_date(unicodedata.normalize(form, text), order=order).date for form in ("NFC", "NFD", "NFKC", "NFKD")}

    assert len(found) == 1


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_day_is_read_back(day):
    assert read_date(day.isoformat()).date == day
    assert read_date(f"{day.day} {day:%B} {day.year}").date == day
    assert read_date(f"{day.year}년 {day.month}월 {day.day}일").date == day
