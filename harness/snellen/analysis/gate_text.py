"""Gates as people write them: `accuracy >= 0.9`, `no_worse_than main margin 2%`, or mappings of the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from snellen._text import nearest, shorten
from snellen.analysis.gate_quantities import LATENCY, MEASURES, confidence_of, per_cent, quantity_of, share_of
from snellen.analysis.gate_values import Gate, NoBroken, NoWorse, Op, Scope, Threshold, Unit
from snellen.analysis.gate_words import EXAMPLES, WrongGate, as_written, mapping_hint, measure_hint
from snellen.errors import InputError, Problem
from snellen.runs.baseline import check_name

__all__ = ["parse_gate"]

_SIGNS = {"≥": ">=", "≤": "<="}
_OPS: tuple[str, ...] = get_args(Op)
_CONDITION = re.compile(
    r"\s*(?P<measure>[^\s<>=!≥≤]+)\s*(?P<op>[<>=!≥≤]+)\s*(?P<value>[^\s,]+(?:\s+(?:%|ms|min|s|USD)(?![^\s,]))?)(?P<rest>.*)",
    re.DOTALL,
)
_TOKEN = re.compile(r'"(?P<double>[^"]*)"|\'(?P<single>[^\']*)\'|(?P<plain>[^\s,]+)|(?P<comma>,)')
_BASELINE_GATES = ("no_worse_than", "no_broken")
_MAPPING = re.compile(rf"\s*(?:\{{|(?:gate|{'|'.join(_BASELINE_GATES)})\s*:)")
_WORDS = ("tags", "model", "variant", "margin", "confidence", "missing")
_ALIASES = {"tag": "tags"}
_SHOWN = 80
_Options = dict[str, object]


def parse_gate(value: object) -> Gate:
    """The gate that a text or a mapping means.

    A text is a condition and, behind it, what it is about: `accuracy >= 90% tags critical,till model gpt`. A mapping
    says the same by keys: `{gate: accuracy >= 90%, tags: [critical, till], model: gpt}`, or
    `{no_worse_than: {baseline: main, margin: 2%}}`.

    Raises:
        InputError: It means nothing; says what would have been right.
    """
    shown = repr(shorten(value, _SHOWN)) if isinstance(value, str) else shorten(as_written(value), _SHOWN)
    try:
        return _parsed(value)
    except WrongGate as wrong:
        raise InputError(Problem(f"gate {shown} {wrong.said}", hint=wrong.hint or None)) from None
    except InputError as error:
        raise InputError(Problem(f"gate {shown}: {one.message}", hint=one.hint) for one in error.problems) from None


def _parsed(value: object) -> Gate:
    if isinstance(value, str):
        mapping = _mapping_of(value)
        return _of_text(value) if mapping is None else _parsed(mapping)
    if isinstance(value, Mapping):
        return _of_mapping({str(key): item for key, item in value.items()})
    raise WrongGate("is neither a text nor a mapping", EXAMPLES)


# Texts.


def _mapping_of(text: str) -> Mapping[object, object] | None:
    """The mapping that a text writes as an eval file does: `no_worse_than: {baseline: main}`; None for another text."""
    if not _MAPPING.match(text):
        return None
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return found if isinstance(found, Mapping) else None


def _of_text(text: str) -> Gate:
    head, *behind = text.split(maxsplit=1) or [""]
    if head in _BASELINE_GATES:
        return _of_baseline(head, _clauses("".join(behind), first="baseline"))
    found = _CONDITION.fullmatch(text)
    if found is None:
        meant = nearest(head, (*_BASELINE_GATES, *MEASURES))
        is_slip = meant is not None and meant != head
        raise WrongGate("is no condition", f"Did you mean {meant!r}? {EXAMPLES}" if is_slip else EXAMPLES)
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
            raise WrongGate(f"goes on with {token!r}", f"Did you mean {meant!r}? {known}" if meant else known)
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
        raise WrongGate(f"says {word} twice")
    if not given:
        raise WrongGate(f"says {word}, and not which")
    if word == "tags":
        options[word] = list(given)
    elif len(given) > 1:
        raise WrongGate(f"says {word} {' '.join(given)!r}", f"One word, or in quotes: {word} {' '.join(given)!r}.")
    else:
        options[word] = given[0]


# Mappings.


def _of_mapping(value: _Options) -> Gate:
    heads = [key for key in ("gate", *_BASELINE_GATES) if key in value]
    if len(heads) != 1:
        if len(value) == 1 and isinstance(given := next(iter(value.values())), str | int | float):
            key = next(iter(value))
            raise WrongGate("is a mapping", mapping_hint(key, given, _known(key)))
        raise WrongGate("has none or several of the keys gate, no_worse_than and no_broken", EXAMPLES)
    head = heads[0]
    options = _unaliased({key: item for key, item in value.items() if key != head})
    own = value[head]
    if head == "gate":
        found = _CONDITION.fullmatch(own) if isinstance(own, str) else None
        if found is None:
            raise WrongGate(f"has no condition: {as_written(own)}", EXAMPLES)
        further = _clauses(found["rest"])
        return _of_condition(found["measure"], found["op"], found["value"], _joined(options, further))
    if isinstance(own, Mapping):
        return _of_baseline(head, _joined(options, _unaliased({str(key): v for key, v in own.items()})))
    return _of_baseline(head, options if own is None else _joined(options, {"baseline": own}))


def _unaliased(options: _Options) -> _Options:
    found: _Options = {}
    for key, item in options.items():
        found = _joined(found, {_ALIASES.get(key, key): item})
    return found


def _joined(one: _Options, other: _Options) -> _Options:
    for key in one:
        if key in other:
            raise WrongGate(f"says {key} twice")
    return one | other


# Both.


def _of_condition(measure: str, op: str, number: str, options: _Options) -> Gate:
    sign = _SIGNS.get(op, op)
    if sign not in _OPS:
        raise WrongGate(f"compares by {op!r}", f"Right is {', '.join(_OPS[:-1])} or {_OPS[-1]}.")
    _check_measure(measure)
    value, unit = quantity_of(measure, number)
    _refuse_others(options, ("tags", "model", "variant", "confidence"))
    confidence = None
    if "confidence" in options:
        confidence = confidence_of(options["confidence"])
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
    clauses = _shown_scope(scope) + ([] if confidence is None else ["confidence", per_cent(confidence)])
    return Gate(text=" ".join([measure, sign, written, *clauses]), condition=condition, scope=scope)


def _of_baseline(kind: str, options: _Options) -> Gate:
    is_margin = kind == "no_worse_than"
    own = ("margin", "confidence") if is_margin else ()
    _refuse_others(options, ("baseline", "tags", "model", "variant", "missing", *own))
    name = options.get("baseline", "main")
    if not isinstance(name, str):
        raise WrongGate(f"names baseline {name!r}, which is no text")
    check_name(name)
    scope, ignores = _scope(options), _missing(options.get("missing", "fail"))
    condition: NoWorse | NoBroken
    words = [kind, _quoted(name)]
    if is_margin:
        margin = share_of("margin", options.get("margin", "2%"))
        confidence = confidence_of(options.get("confidence", "95%"))
        condition = NoWorse(baseline=name, margin=margin, confidence=confidence, ignores_missing=ignores)
        words += ["margin", per_cent(margin)]
        words += ["confidence", per_cent(confidence)] if "confidence" in options else []
    else:
        condition = NoBroken(baseline=name, ignores_missing=ignores)
    words += [*_shown_scope(scope), *(["missing", "ignore"] if ignores else [])]
    return Gate(text=" ".join(words), condition=condition, scope=scope)


def _check_measure(measure: str) -> None:
    if measure in MEASURES or LATENCY.fullmatch(measure):
        return
    from snellen.analysis.metrics import metric_problems

    if metric_problems(measure):
        raise WrongGate(f"measures {measure!r}, and nothing is called so", measure_hint(measure, _known(measure)))


def _known(measure: str) -> tuple[str, ...]:
    """All that can be measured; this one too, where it is a latency."""
    from snellen.analysis.metrics import metric_names

    own = (measure,) if LATENCY.fullmatch(measure) else ()
    return tuple(dict.fromkeys((*MEASURES, *metric_names(), *own)))


def _check_interval(measure: str, op: str, unit: Unit, confidence: float) -> None:
    if unit not in ("share", "number"):
        hint = "Shares and metrics have an interval: accuracy >= 90% confidence 95%."
        raise WrongGate(f"asks for confidence in {measure}, which is counted and not estimated", hint)
    if op == "==":
        raise WrongGate("asks for confidence in ==", "No interval is one number: use >= or <=.")


def _refuse_others(options: _Options, known: Sequence[str]) -> None:
    for key in options:
        if key not in known:
            meant = nearest(key, known)
            hint = f"Known: {', '.join(known)}."
            raise WrongGate(f"says {key!r}", f"Did you mean {meant!r}? {hint}" if meant else hint)


def _scope(options: _Options) -> Scope:
    tags = options.get("tags", [])
    tags = [tags] if isinstance(tags, str) else tags
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str | int) for tag in tags):
        raise WrongGate(f"has tags {as_written(tags)}", "Right is a tag or a list of tags.")
    if "tags" in options and not tags:
        raise WrongGate("names no tag", "Leave out `tags` for all cases.")
    model, variant = options.get("model", ""), options.get("variant")
    if not isinstance(model, str) or not isinstance(variant, str | None):
        raise WrongGate("names a model or a variant that is no text")
    return Scope(tags=tuple(dict.fromkeys(map(str, tags))), model=model, variant=variant)


def _missing(value: object) -> bool:
    if value not in ("ignore", "fail"):
        raise WrongGate(
            f"says missing {value!r}", "Right is ignore or fail: what becomes of cases that one side lacks."
        )
    return value == "ignore"


def _shown_scope(scope: Scope) -> list[str]:
    words = ["tags", ",".join(map(_quoted, scope.tags))] if scope.tags else []
    words += ["model", _quoted(scope.model)] if scope.model else []
    return words + ([] if scope.variant is None else ["variant", _quoted(scope.variant)])


def _quoted(text: str) -> str:
    is_plain = text and text not in (*_WORDS, *_ALIASES) and not re.search(r"[\s,\"']", text)
    if is_plain:
        return text
    if '"' in text and "'" in text:
        raise WrongGate(f"names {text!r}, which has both kinds of quotes", "A gate cannot name it.")
    return f'"{text}"' if '"' not in text else f"'{text}'"
