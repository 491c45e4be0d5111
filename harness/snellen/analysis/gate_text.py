"""Gates as people write them: `accuracy >= 0.9`, `no_worse_than main margin 2%`, or mappings of the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from snellen._text import nearest, shorten
from snellen.analysis.gate_values import Gate, NoBroken, NoWorse, Op, Scope, Threshold, Unit
from snellen.errors import InputError, Problem
from snellen.runs.baseline import check_name

__all__ = ["MEASURES", "parse_gate"]

MEASURES = (
    "accuracy",
    "cost",
    "errors",
    "failed",
    "median_latency",
    "p95_latency",
    "passed",
    "score",
    "unscored",
)
"""What a gate can measure beside metrics; p95_latency stands for every p1_latency to p99_latency."""

_COUNTS = ("errors", "failed", "passed", "unscored")
_LATENCY = re.compile(r"(?:median|p[1-9]\d?)_latency")
_SIGNS = {"≥": ">=", "≤": "<="}
_OPS: tuple[str, ...] = get_args(Op)
_CONDITION = re.compile(
    r"\s*(?P<measure>[^\s<>=!≥≤]+)\s*(?P<op>[<>=!≥≤]+)\s*(?P<value>[^\s,]+(?:\s+(?:%|ms|min|s|USD)(?![^\s,]))?)(?P<rest>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?P<dollar>\$?)(?P<digits>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>%|ms|min|s|USD)?", re.IGNORECASE)
_PER_SECOND = {"ms": 1000.0, "s": 1.0, "min": 1 / 60}
_TOKEN = re.compile(r'"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<plain>[^\s,]+)|(?P<comma>,)')
_BASELINE_GATES = ("no_worse_than", "no_broken")
_WORDS = ("tags", "model", "variant", "margin", "confidence", "missing")
_ALIASES = {"tag": "tags"}
_EXAMPLES = "Such as: accuracy >= 0.9, errors == 0, unscored <= 2%, cost <= 0.50, p95_latency <= 4s, no_broken main."
_SHOWN = 80
_HALF, _WHOLE = 0.5, 1.0

_Options = dict[str, object]


def parse_gate(value: object) -> Gate:
    """The gate that a text or a mapping means.

    A text is a condition and, behind it, what it is about: `accuracy >= 90% tags critical,till model gpt`. A mapping
    says the same by keys: `{gate: accuracy >= 90%, tags: [critical, till], model: gpt}`, or
    `{no_worse_than: {baseline: main, margin: 2%}}`.

    Raises:
        InputError: It means nothing; says what would have been right.
    """
    shown = shorten(value if isinstance(value, str) else repr(value), _SHOWN)
    try:
        return _parsed(value)
    except _Wrong as wrong:
        raise InputError(Problem(f"gate {shown!r} {wrong.said}", hint=wrong.hint or None)) from None
    except InputError as error:
        raise InputError(Problem(f"gate {shown!r}: {one.message}", hint=one.hint) for one in error.problems) from None


def _parsed(value: object) -> Gate:
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, Mapping):
        return _of_mapping({str(key): item for key, item in value.items()})
    raise _Wrong("is neither a text nor a mapping", _EXAMPLES)


class _Wrong(Exception):  # noqa: N818  # never leaves this file
    """What is wrong, as the end of a sentence that begins with the gate."""

    def __init__(self, said: str, hint: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.hint = hint


# Texts.


def _of_text(text: str) -> Gate:
    head, *behind = text.split(maxsplit=1) or [""]
    if head in _BASELINE_GATES:
        return _of_baseline(head, _clauses("".join(behind), first="baseline"))
    found = _CONDITION.fullmatch(text)
    if found is None:
        meant = nearest(head, (*_BASELINE_GATES, *MEASURES))
        is_slip = meant is not None and meant != head
        raise _Wrong("is no condition", f"Did you mean {meant!r}? {_EXAMPLES}" if is_slip else _EXAMPLES)
    return _of_condition(found["measure"], found["op"], found["value"], _clauses(found["rest"]))


def _clauses(text: str, *, first: str = "") -> _Options:
    """What stands behind a condition, by its words; `first` is the name of what needs no word before it."""
    options: _Options = {}
    word, given = first, list[str]()
    for token, is_quoted in _tokens(text):
        key = _ALIASES.get(token, token)
        if key in _WORDS and not is_quoted:
            _close(options, word, given)
            word, given = key, []
        elif not word:
            meant = nearest(token, _WORDS)
            known = f"Known: {', '.join(_WORDS)}."
            raise _Wrong(f"goes on with {token!r}", f"Did you mean {meant!r}? {known}" if meant else known)
        else:
            given.append(token)
    _close(options, word, given)
    return options


def _tokens(text: str) -> Iterable[tuple[str, bool]]:
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "comma":
            yield found[found.lastgroup or ""], found.lastgroup != "plain"


def _close(options: _Options, word: str, given: Sequence[str]) -> None:
    if not word or (word == "baseline" and not given):
        return
    if word in options:
        raise _Wrong(f"says {word} twice")
    if not given:
        raise _Wrong(f"says {word}, and not which")
    if word == "tags":
        options[word] = list(given)
    elif len(given) > 1:
        raise _Wrong(f"says {word} {' '.join(given)!r}", f"One word, or in quotes: {word} {' '.join(given)!r}.")
    else:
        options[word] = given[0]


# Mappings.


def _of_mapping(value: _Options) -> Gate:
    heads = [key for key in ("gate", *_BASELINE_GATES) if key in value]
    if len(heads) != 1:
        if len(value) == 1 and isinstance(given := next(iter(value.values())), str | int | float):
            raise _Wrong("is a mapping", f"Write it as a text, in quotes: {' '.join([*value, str(given)])!r}.")
        raise _Wrong("has none or several of the keys gate, no_worse_than and no_broken", _EXAMPLES)
    head = heads[0]
    options = {_ALIASES.get(key, key): item for key, item in value.items() if key != head}
    own = value[head]
    if head == "gate":
        found = _CONDITION.fullmatch(own) if isinstance(own, str) else None
        if found is None:
            raise _Wrong(f"has no condition: {own!r}", _EXAMPLES)
        further = _clauses(found["rest"])
        return _of_condition(found["measure"], found["op"], found["value"], _joined(options, further))
    if isinstance(own, Mapping):
        return _of_baseline(head, _joined(options, {_ALIASES.get(str(key), str(key)): v for key, v in own.items()}))
    return _of_baseline(head, options if own is None else _joined(options, {"baseline": own}))


def _joined(one: _Options, other: _Options) -> _Options:
    for key in one:
        if key in other:
            raise _Wrong(f"says {key} twice")
    return one | other


# Both.


def _of_condition(measure: str, op: str, number: str, options: _Options) -> Gate:
    sign = _SIGNS.get(op, op)
    if sign not in _OPS:
        raise _Wrong(f"compares by {op!r}", f"Right is {', '.join(_OPS[:-1])} or {_OPS[-1]}.")
    _check_measure(measure)
    value, unit = _quantity(measure, number)
    _refuse_others(options, ("tags", "model", "variant", "confidence"))
    confidence = None
    if "confidence" in options:
        confidence = _confidence(options["confidence"])
        _check_interval(measure, sign, unit, confidence)
    scope = _scope(options)
    written = "".join(number.split())
    condition = Threshold(
        measure=measure,
        op=sign,  # type: ignore[arg-type]  # was looked up
        value=value,
        unit=unit,
        written=written,
        confidence=confidence,
    )
    clauses = _shown_scope(scope) + ([] if confidence is None else ["confidence", _percent(confidence)])
    return Gate(text=" ".join([measure, sign, written, *clauses]), condition=condition, scope=scope)


def _of_baseline(kind: str, options: _Options) -> Gate:
    is_margin = kind == "no_worse_than"
    own = ("margin", "confidence") if is_margin else ()
    _refuse_others(options, ("baseline", "tags", "model", "variant", "missing", *own))
    name = options.get("baseline", "main")
    if not isinstance(name, str):
        raise _Wrong(f"names baseline {name!r}, which is no text")
    check_name(name)
    scope, ignores = _scope(options), _missing(options.get("missing", "fail"))
    condition: NoWorse | NoBroken
    words = [kind, _quoted(name)]
    if is_margin:
        margin = _share("margin", options.get("margin", "2%"))
        confidence = _confidence(options.get("confidence", "95%"))
        condition = NoWorse(baseline=name, margin=margin, confidence=confidence, ignores_missing=ignores)
        words += ["margin", _percent(margin)]
        words += ["confidence", _percent(confidence)] if "confidence" in options else []
    else:
        condition = NoBroken(baseline=name, ignores_missing=ignores)
    words += [*_shown_scope(scope), *(["missing", "ignore"] if ignores else [])]
    return Gate(text=" ".join(words), condition=condition, scope=scope)


def _check_measure(measure: str) -> None:
    if measure in MEASURES or _LATENCY.fullmatch(measure):
        return
    from snellen.analysis.metrics import metric_names, metric_problems

    if not metric_problems(measure):
        return
    known = (*MEASURES, *(name for name in metric_names() if name not in MEASURES))
    meant = nearest(measure.casefold(), known)
    hint = f"Known: {', '.join(known)}."
    raise _Wrong(
        f"measures {measure!r}, and nothing is called so", f"Did you mean {meant!r}? {hint}" if meant else hint
    )


def _quantity(measure: str, text: str) -> tuple[float, Unit]:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise _Wrong(f"compares with {text!r}, which is no number from 0")
    number, unit = float(found["digits"]), "usd" if found["dollar"] else (found["unit"] or "").lower()
    if _LATENCY.fullmatch(measure):
        if unit not in _PER_SECOND:
            raise _Wrong("says no time", f"Right is {found['digits']}s, or 800ms.")
        return number / _PER_SECOND[unit], "s"
    if measure == "cost":
        if unit not in ("", "usd"):
            raise _Wrong(f"compares a cost with {text!r}", "A cost is in USD: cost <= 0.50.")
        return number, "usd"
    if unit not in ("", "%"):
        raise _Wrong(f"compares {measure} with {text!r}", "A share is 0.9 or 90%, a count is a whole number.")
    return (_in_whole(number / 100, text), "share") if unit else _plain(measure, number, text)


def _plain(measure: str, number: float, text: str) -> tuple[float, Unit]:
    """What a number without a unit means."""
    if measure in _COUNTS:
        if not number.is_integer():
            raise _Wrong(f"counts to {text}", f"A count is a whole number; a share is written {_percent(number)}.")
        return number, "count"
    return (_in_whole(number, text), "share") if measure in MEASURES or _is_share(measure) else (number, "number")


def _is_share(metric: str) -> bool:
    from snellen.analysis.metrics import metric_of

    return metric_of(metric)([]).scale == "share"


def _in_whole(share: float, text: str) -> float:
    if share > _WHOLE:
        hint = "" if text.endswith("%") else f"A share is 0 to 1, or per cent: {text}%."
        raise _Wrong(f"asks for {text} of all, which is more than all", hint)
    return share


def _check_interval(measure: str, op: str, unit: Unit, confidence: float) -> None:
    if unit not in ("share", "number"):
        hint = "Shares and metrics have an interval: accuracy >= 90% confidence 95%."
        raise _Wrong(f"asks for confidence in {measure}, which is counted and not estimated", hint)
    if op == "==":
        raise _Wrong("asks for confidence in ==", "No interval is one number: use >= or <=.")


def _refuse_others(options: _Options, known: Sequence[str]) -> None:
    for key in options:
        if key not in known:
            meant = nearest(key, known)
            hint = f"Known: {', '.join(known)}."
            raise _Wrong(f"says {key!r}", f"Did you mean {meant!r}? {hint}" if meant else hint)


def _scope(options: _Options) -> Scope:
    tags = options.get("tags", [])
    tags = [tags] if isinstance(tags, str) else tags
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str | int) for tag in tags):
        raise _Wrong(f"has tags {tags!r}", "Right is a tag or a list of tags.")
    if "tags" in options and not tags:
        raise _Wrong("names no tag", "Leave out `tags` for all cases.")
    model, variant = options.get("model", ""), options.get("variant")
    if not isinstance(model, str) or not isinstance(variant, str | None):
        raise _Wrong("names a model or a variant that is no text")
    return Scope(tags=tuple(dict.fromkeys(map(str, tags))), model=model, variant=variant)


def _missing(value: object) -> bool:
    if value not in ("ignore", "fail"):
        raise _Wrong(f"says missing {value!r}", "Right is ignore or fail: what becomes of cases that one side lacks.")
    return value == "ignore"


def _share(what: str, value: object) -> float:
    found = _NUMBER.fullmatch(str(value)) if not isinstance(value, bool) else None
    if found is None or found["dollar"] or found["unit"] not in (None, "%"):
        raise _Wrong(f"has {what} {value!r}", f"Right is a share, such as {what} 2%.")
    share = float(found["digits"]) / (100 if found["unit"] else 1)
    if not 0 <= share <= _WHOLE:
        hint = "" if found["unit"] else f"Did you mean {value}%?"
        raise _Wrong(f"has {what} {value!r}, which is more than all", hint)
    return share


def _confidence(value: object) -> float:
    share = _share("confidence", value)
    if not _HALF < share < _WHOLE:
        raise _Wrong(f"has confidence {value!r}", "Right is more than 50% and less than 100%, such as 95%.")
    return share


def _shown_scope(scope: Scope) -> list[str]:
    words = ["tags", ",".join(map(_quoted, scope.tags))] if scope.tags else []
    words += ["model", _quoted(scope.model)] if scope.model else []
    return words + ([] if scope.variant is None else ["variant", _quoted(scope.variant)])


def _quoted(text: str) -> str:
    is_plain = text and text not in (*_WORDS, *_ALIASES) and not re.search(r"[\s,\"']", text)
    if is_plain:
        return text
    if '"' in text and "'" in text:
        raise _Wrong(f"names {text!r}, which has both kinds of quotes", "A gate cannot name it.")
    return f'"{text}"' if '"' not in text else f"'{text}'"


def _percent(share: float) -> str:
    return f"{share * 100:.10g}%"
