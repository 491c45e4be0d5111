"""Limits that an answer must keep: its length, how long it took, and what it cost."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal

from snellen._text import plural
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.fold import compose
from snellen.scorers.registered import scorer

__all__ = ["cost", "latency", "length"]

Unit = Literal["characters", "words", "lines"]

_PER = 1_000_000
_BATCH_FACTOR = 0.5  # what a batch costs of what the same questions cost at once, at OpenAI
_DECIMALS = 10

# Han, kana, Thai, Lao, Burmese and Khmer put no space between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# Characters that are seen as one each, whatever stands beside them; other texts are cut into graphemes, which is slow.
_PLAIN = re.compile(
    "[\t\n\x20-\x7e\xa0-\u02ff\u2010-\u2027\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}")  # seen as one; a long row of them takes regex's \\X its square
_LETTER = re.compile(r"[^\W\d_]")
_ALNUM = re.compile(r"[^\W_]")

_UNITS: Mapping[str, Unit] = {
    **dict.fromkeys(("characters", "character", "chars", "char", "자", "글자"), "characters"),
    **dict.fromkeys(("words", "word", "어절", "단어"), "words"),
    **dict.fromkeys(("lines", "line", "줄"), "lines"),
}
_RANGE = re.compile(r"(?:(<=|>=|≤|≥|=|<|>)\s*)?([0-9][0-9,]*)(?:\s*(?:-|–|~|to|\.\.)\s*([0-9][0-9,]*))?\s*(\S*)")
_SECONDS = re.compile(r"(?:(?:<=|≤)\s*)?([0-9]+(?:\.[0-9]+)?)\s*(ms|s|sec|seconds?|초|min|minutes?|분)?")
_IN_SECONDS = {"ms": 0.001, "min": 60.0, "minute": 60.0, "minutes": 60.0, "분": 60.0}


def _check_length(
    case: Case, /, *, at_least: int | None = None, at_most: int | None = None, unit: Unit = "characters"
) -> str:
    if at_least is None and at_most is None:
        return "length has no limit. Write at_most or at_least, such as length: <= 400 characters"
    low, high = at_least or 0, at_most
    if low < 0 or (high is not None and high < low):
        return f"no answer has at least {at_least} and at most {at_most} {unit}"
    return ""


def _inline_length(text: str) -> Mapping[str, object]:
    found = _RANGE.fullmatch(text.strip())
    unit = _UNITS.get(found[4] or "characters") if found else None
    if found is None or unit is None or bool(found[1]) == bool(found[3]):
        raise InputError("right is a limit and a unit, such as <= 400 characters, 10-50 words or >= 2 lines")
    first = int(found[2].replace(",", ""))
    if found[3]:
        return {"at_least": first, "at_most": int(found[3].replace(",", "")), "unit": unit}
    bounds = {"<=": (None, first), "<": (None, first - 1), ">=": (first, None), ">": (first + 1, None)}
    bounds |= {"≤": bounds["<="], "≥": bounds[">="]}
    at_least, at_most = bounds.get(found[1], (first, first))
    return {"at_least": at_least, "at_most": at_most, "unit": unit}


@scorer("length", version="1", check=_check_length, inline=_inline_length)
def length(
    case: Case,
    response: Response,
    /,
    *,
    at_least: int | None = None,
    at_most: int | None = None,
    unit: Unit = "characters",
) -> Score:
    """1 when the response is as long as it may be, and 0 when not.

    Args:
        case: Not looked at.
        response: To be judged; white space at its ends does not count.
        at_least: The fewest, None for no such limit.
        at_most: The most, None for no such limit.
        unit: `characters` as people see them (a Hangul syllable, an emoji or a letter with its accents is one; ㎏ is
            two), spaces between words counted; `words` between white space, those without a letter or digit left out:
            for Korean that is 어절, not morphemes; `lines` that are not blank. An answer that is mostly in a script
            without spaces between words (Chinese, Japanese, Thai) is unscored in words.
    """
    text = compose(response.text).text.strip()
    if unit == "words" and _is_unspaced(text):
        why = "it is in a script without spaces between words; count its characters"
        return Score(scorer="length", value=None, passed=False, explanation=why)
    if at_least is None and at_most is None:
        return Score(scorer="length", value=None, passed=False, explanation=_check_length(case))
    count = _count(text, unit)
    is_short, is_long = at_least is not None and count < at_least, at_most is not None and count > at_most
    right = f"; at least {at_least:,}" if is_short else f"; at most {at_most:,}" if is_long else ""
    passed = not (is_short or is_long)
    said = plural(count, unit.removesuffix("s")) + right
    return Score(scorer="length", value=float(passed), passed=passed, explanation=said, extracted=str(count))


def _count(text: str, unit: Unit) -> int:
    if unit == "words":
        return sum(_ALNUM.search(word) is not None for word in text.split())
    if unit == "lines":
        return sum(1 for line in text.splitlines() if line.strip())
    if _PLAIN.fullmatch(text):
        return len(text)
    import regex

    return sum(1 for _ in regex.finditer(r"\X", _FLAG.sub("x", text)))


def _is_unspaced(text: str) -> bool:
    unspaced = sum(1 for _ in _UNSPACED.finditer(text))
    return unspaced > 0 and unspaced * 2 > sum(1 for _ in _LETTER.finditer(text))


def _check_latency(case: Case, /, *, at_most: float | None = None) -> str:
    if at_most is None or not 0 < at_most < math.inf:
        return f"at_most is {at_most}; right is a number of seconds above 0, such as latency: <= 4 s"
    return ""


def _inline_latency(text: str) -> Mapping[str, object]:
    found = _SECONDS.fullmatch(text.strip())
    if found is None:
        raise InputError("right is a limit in seconds or milliseconds, such as <= 4 s or <= 800 ms")
    return {"at_most": float(found[1]) * _IN_SECONDS.get(found[2] or "s", 1.0)}


@scorer("latency", version="1", check=_check_latency, inline=_inline_latency)
def latency(case: Case, response: Response, /, *, at_most: float | None = None) -> Score:
    """1 when the response came in time, and 0 when not; unscored when that was not measured, as by batch.

    A recorded response has the latency of its asking, not of its replay.

    Args:
        case: Not looked at.
        response: To be judged.
        at_most: Seconds from sending the request to the last byte, of the attempt that was answered.
    """
    took = response.latency_s
    if at_most is None or not 0 < took < math.inf:
        why = _check_latency(case, at_most=at_most) or "how long it took was not measured"
        return Score(scorer="latency", value=None, passed=False, explanation=why)
    passed = took <= at_most
    said = f"took {took:.2f} s" + ("" if passed else f"; at most {at_most:g} s")
    return Score(scorer="latency", value=float(passed), passed=passed, explanation=said)


def _check_cost(
    case: Case,
    /,
    *,
    at_most: float | None = None,
    input_usd: float | None = None,
    output_usd: float | None = None,
    cached_usd: float | None = None,
) -> str:
    if at_most is None or not 0 <= at_most < math.inf:
        return f"at_most is {at_most}; right is a number of US dollars for one answer, such as 0.002"
    if input_usd is None or output_usd is None:
        return "cost needs the price: input_usd and output_usd, in US dollars for a million tokens"
    if any(not 0 <= price < math.inf for price in (input_usd, output_usd, cached_usd or 0.0)):
        return f"a price is negative: input_usd {input_usd}, output_usd {output_usd}, cached_usd {cached_usd}"
    return ""


def _inline_cost(text: str) -> Mapping[str, object]:
    raise InputError(
        "cost is written with options, for it needs the price: "
        "{cost: {at_most: 0.002, input_usd: 2.5, output_usd: 10}}; for a whole run use the gate cost <= 0.50"
    )


@scorer("cost", version="1", check=_check_cost, inline=_inline_cost)
def cost(
    case: Case,
    response: Response,
    /,
    *,
    at_most: float | None = None,
    input_usd: float | None = None,
    output_usd: float | None = None,
    cached_usd: float | None = None,
) -> Score:
    """1 when the response cost no more than it may, and 0 when it did; unscored when the server counted no tokens.

    The price is stated, for a scorer sees the response alone and not which model gave it. An answer that came by batch
    costs half.

    Args:
        case: Not looked at.
        response: To be judged.
        at_most: US dollars for this one answer.
        input_usd: US dollars for a million input tokens.
        output_usd: US dollars for a million output tokens, reasoning included.
        cached_usd: US dollars for a million input tokens that were read from a cache; None for the price of others.
    """
    usage = response.usage
    tokens_in, tokens_out = usage.input_tokens, usage.output_tokens
    if at_most is None or input_usd is None or output_usd is None or tokens_in is None or tokens_out is None:
        why = _check_cost(case, at_most=at_most, input_usd=input_usd, output_usd=output_usd)
        why = why or "the server did not say how many tokens it took"
        return Score(scorer="cost", value=None, passed=False, explanation=why)
    cached = min(usage.cached_tokens or 0, tokens_in)
    fresh_usd = (tokens_in - cached) * input_usd
    cached_price = input_usd if cached_usd is None else cached_usd
    factor = _BATCH_FACTOR if response.via == "batch" else 1.0
    usd = round((fresh_usd + cached * cached_price + tokens_out * output_usd) * factor / _PER, _DECIMALS)
    passed = usd <= at_most
    said = f"cost ${usd:.6f}" + ("" if passed else f"; at most ${at_most:g}")
    return Score(scorer="cost", value=float(passed), passed=passed, explanation=said)
