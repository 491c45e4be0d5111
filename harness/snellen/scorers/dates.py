"""Dates as people and documents write them, read as calendar days.

Read are 2024-01-02, 2024.1.2, 2024/01/02 and 20240102, also with a time behind them; 2024년 1월 2일; January 2nd, 2024,
2 Jan 2024 and 02-Jan-24. Of 01/02/2024 and 24.01.02 no rule can tell which day is meant unless one of the numbers rules
the others out, so they are read only when the order is given. Years of two digits are of this century.
"""

from __future__ import annotations

import datetime
import re
from typing import Literal, NamedTuple

from snellen.scorers.fold import fold

__all__ = ["Order", "ReadDate", "read_date"]

Order = Literal["ymd", "dmy", "mdy"]

_ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")
_MOST_CHARS, _MOST_RAW_CHARS = 80, 400  # composed; decomposed Hangul is up to three times as long
_CENTURY, _YEAR_DIGITS, _SHORT_YEAR_DIGITS, _MOST_DAY_DIGITS = 2000, 4, 2, 2
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<year>[0-9]{4}|'?[0-9]{2})"
_GAP = r"[\s,./-]*"
_DAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_WEEKDAY = rf"(?:{_DAY_NAME},?\s+)?"
_WEEKDAY_BEHIND = rf"\s*(?:\(?[월화수목금토일](?:요일)?\)?|\({_DAY_NAME}\)|,\s*{_DAY_NAME})?"
_TIME = r"(?:[t\s,]+(?:오전|오후|am|pm)?\s*[0-9]{1,2}(?::[0-9]{2}|시).*)?"
_WORDED = tuple(
    re.compile(_WEEKDAY + form + _WEEKDAY_BEHIND + _TIME)
    for form in (
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        rf"{_DAY}{_GAP}(?:of\s+)?{_MONTH}{_GAP}{_YEAR}",
        rf"(?P<year>[0-9]{{4}}){_GAP}{_MONTH}{_GAP}{_DAY}",
    )
)
_KOREAN = re.compile(
    r"(?P<year>[0-9]{4}|'?[0-9]{2})\s*년\s*(?P<month>[0-9]{1,2})\s*월\s*(?P<day>[0-9]{1,2})\s*일"
    + _WEEKDAY_BEHIND
    + _TIME
)
_PARTS = re.compile(r"'?([0-9]{1,4})(?:\s*([./-])\s*)([0-9]{1,2})\s*\2\s*([0-9]{1,4})\.?" + _WEEKDAY_BEHIND + _TIME)
_RUN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})" + _TIME)


class ReadDate(NamedTuple):
    """What was read.

    Attributes:
        date: The day; None when it is not one, or not one alone.
        problem: Why there is none, a clause for people.
    """

    date: datetime.date | None
    problem: str = ""


def read_date(text: str, *, order: Order | None = None) -> ReadDate:
    """The day that `text` names, when it names one and says nothing else but a time and a day of the week.

    Args:
        text: As it was written; over 80 characters it is no date.
        order: Of year, month and day in dates of digits alone that do not begin with a year of four; None reads what
            can be read in one way only.
    """
    folded = fold(text).text.strip() if len(text) <= _MOST_RAW_CHARS else ""
    if len(text) > _MOST_RAW_CHARS or len(folded) > _MOST_CHARS:
        return ReadDate(None, "it is too long for a date")
    for pattern in (_KOREAN, *_WORDED):
        if match := pattern.fullmatch(folded):
            return _one(_day(match["year"], _month(match["month"]), match["day"]))
    if match := _RUN.fullmatch(folded):
        return _one(_day(*match.groups()))
    match = _PARTS.fullmatch(folded)
    return _of_parts(match[1], match[3], match[4], order) if match else ReadDate(None, "it is no date")


def _of_parts(first: str, second: str, third: str, order: Order | None) -> ReadDate:
    orders = _ORDERS[:1] if len(first) == _YEAR_DIGITS else (order,) if order else _ORDERS
    days = {_in_order((first, second, third), one) for one in orders} - {None}
    if len(days) > 1:
        return ReadDate(None, "it can be two different days; say in which order, such as date: {order: dmy}")
    return _one(days.pop() if days else None)


def _in_order(parts: tuple[str, str, str], order: Order) -> datetime.date | None:
    of = dict(zip(order, parts, strict=True))
    fits = len(of["y"]) in (_YEAR_DIGITS, _SHORT_YEAR_DIGITS) and len(of["d"]) <= _MOST_DAY_DIGITS
    return _day(of["y"], of["m"], of["d"]) if fits else None


def _one(day: datetime.date | None) -> ReadDate:
    return ReadDate(day) if day else ReadDate(None, "there is no such day")


def _month(text: str) -> str:
    return text if text.isdigit() else str(_MONTHS.index(text[:3]) + 1)


def _day(year: str, month: str, day: str) -> datetime.date | None:
    digits = year.lstrip("'")
    number = int(digits) + (_CENTURY if len(digits) == _SHORT_YEAR_DIGITS else 0)
    try:
        return datetime.date(number, int(month), int(day))
    except ValueError:
        return None
