"""Gates as people write them: what each form means, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.analysis.gate_quantities import share_of_flag
from snellen.analysis.gate_text import parse_gate
from snellen.analysis.gate_values import Gate, NoBroken, NoWorse, Scope, Threshold
from snellen.errors import InputError

ACCURACY = "accuracy >= 0.9"

MEANT: dict[str, tuple[object, str, object]] = {
    # as written, as `--gate` says it, the condition
    "share": ("accuracy >= 0.9", "accuracy >= 0.9", ("accuracy", ">=", 0.9, "share")),
    "per-cent": ("accuracy >= 90%", "accuracy >= 90%", ("accuracy", ">=", 0.9, "share")),
    "no-spaces": ("accuracy>=90%", "accuracy >= 90%", ("accuracy", ">=", 0.9, "share")),
    "spaces": ("  accuracy   ≥  90 % ", "accuracy >= 90%", ("accuracy", ">=", 0.9, "share")),
    "count": ("errors == 0", "errors == 0", ("errors", "==", 0.0, "count")),
    "share-of-outcomes": ("unscored <= 2%", "unscored <= 2%", ("unscored", "<=", 0.02, "share")),
    "failed": ("failed < 3", "failed < 3", ("failed", "<", 3.0, "count")),
    "passed": ("passed > 10", "passed > 10", ("passed", ">", 10.0, "count")),
    "cost": ("cost <= 0.50", "cost <= 0.50", ("cost", "<=", 0.5, "usd")),
    "cost-in-dollars": ("cost <= $0.50", "cost <= $0.50", ("cost", "<=", 0.5, "usd")),
    "cost-in-usd": ("cost <= 2 USD", "cost <= 2USD", ("cost", "<=", 2.0, "usd")),
    "seconds": ("p95_latency <= 4s", "p95_latency <= 4s", ("p95_latency", "<=", 4.0, "s")),
    "milliseconds": ("median_latency <= 800 ms", "median_latency <= 800ms", ("median_latency", "<=", 0.8, "s")),
    "minutes": ("p50_latency <= 2min", "p50_latency <= 2min", ("p50_latency", "<=", 120.0, "s")),
    "score": ("score >= .8", "score >= .8", ("score", ">=", 0.8, "share")),
    "metric": ("f1 >= 0.8", "f1 >= 0.8", ("f1", ">=", 0.8, "share")),
    "metric-with-a-sign": ("acc+ >= 50%", "acc+ >= 50%", ("acc+", ">=", 0.5, "share")),
    "metric-of-repeats": ("pass^3 >= 0.5", "pass^3 >= 0.5", ("pass^3", ">=", 0.5, "share")),
    "metric-in-points": ("mme >= 120", "mme >= 120", ("mme", ">=", 120.0, "number")),
}


MAPPINGS = {
    "no_worse_than: {baseline: main, margin: 2%, confidence: 95%}": "no_worse_than main margin 2% confidence 95%",
    "no_worse_than: main": "no_worse_than main",
    "no_broken: {tags: [critical]}": "no_broken tags critical",
    "{gate: accuracy >= 90%, tags: [critical, till]}": "accuracy >= 90% tags critical,till",
    "gate: errors == 0": "errors == 0",
}


@pytest.mark.parametrize(("written", "plain"), MAPPINGS.items(), ids=MAPPINGS)
def test_a_flag_may_be_what_an_eval_file_holds(written, plain):
    assert parse_gate(written) == parse_gate(plain)


@pytest.mark.parametrize("written", ["{", "no_worse_than: {baseline: [", "{a: 2024-99-99}", "{" * 2_000])
def test_a_flag_that_is_no_mapping_is_refused_as_a_text(written):
    with pytest.raises(InputError, match="gate"):
        parse_gate(written)


@pytest.mark.parametrize(("written", "text", "condition"), MEANT.values(), ids=MEANT)
def test_a_threshold(written: str, text: str, condition: tuple[str, str, float, str]) -> None:
    gate = parse_gate(written)
    found = gate.condition
    assert isinstance(found, Threshold)
    assert (found.measure, found.op, found.value, found.unit) == condition
    assert gate.text == text


SAME: dict[str, tuple[list[object], Scope, float | None]] = {
    "tags": (
        [
            "accuracy >= 0.9 tags critical,till",
            "accuracy >= 0.9, tags critical, till",
            {"gate": "accuracy >= 0.9", "tags": ["critical", "till"]},
            {"gate": "accuracy >= 0.9 tags critical,till"},
        ],
        Scope(tags=("critical", "till")),
        None,
    ),
    "all-clauses": (
        [
            "accuracy >= 0.9 tag critical model gpt-5.1 variant terse confidence 95%",
            "accuracy >= 0.9 confidence 0.95 variant terse model gpt-5.1 tags critical",
            {"gate": ACCURACY, "tag": "critical", "model": "gpt-5.1", "variant": "terse", "confidence": 0.95},
            {"gate": ACCURACY, "tags": "critical", "model": "gpt-5.1", "variant": "terse", "confidence": "95%"},
        ],
        Scope(tags=("critical",), model="gpt-5.1", variant="terse"),
        0.95,
    ),
    "quoted": (
        [
            "accuracy >= 0.9 tags \"very hard\" model 'a,b'",
            {"gate": ACCURACY, "tags": ["very hard"], "model": "a,b"},
        ],
        Scope(tags=("very hard",), model="a,b"),
        None,
    ),
    "a-tag-that-is-a-word-of-ours": (
        ['accuracy >= 0.9 tags "model"', {"gate": "accuracy >= 0.9", "tags": ["model"]}],
        Scope(tags=("model",)),
        None,
    ),
    "the-cases-own-prompt": (
        ['accuracy >= 0.9 variant ""', {"gate": "accuracy >= 0.9", "variant": ""}],
        Scope(variant=""),
        None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("forms", "scope", "confidence"), SAME.values(), ids=SAME)
def test_texts_and_mappings_of_one_meaning_are_one_gate(
    forms: list[object], scope: Scope, confidence: float | None
) -> None:
    gates = {parse_gate(form) for form in forms}
    assert len(gates) == 1
    (gate,) = gates
    assert gate.scope == scope
    assert isinstance(gate.condition, Threshold)
    assert gate.condition.confidence == confidence


BASELINES: dict[str, tuple[list[object], NoWorse | NoBroken, str]] = {
    "plain": (
        ["no_worse_than", "no_worse_than main", {"no_worse_than": "main"}, {"no_worse_than": None}],
        NoWorse(),
        "no_worse_than main margin 2%",
    ),
    "whole": (
        [
            "no_worse_than prod margin 2.5% confidence 99% missing ignore",
            {"no_worse_than": {"baseline": "prod", "margin": 0.025, "confidence": "99%", "missing": "ignore"}},
            {"no_worse_than": "prod", "margin": "2.5%", "confidence": 0.99, "missing": "ignore"},
        ],
        NoWorse(baseline="prod", margin=0.025, confidence=0.99, ignores_missing=True),
        "no_worse_than prod margin 2.5% confidence 99% missing ignore",
    ),
    "broken": (
        ["no_broken", {"no_broken": None}, {"no_broken": {"baseline": "main"}}],
        NoBroken(),
        "no_broken main",
    ),
}


@pytest.mark.parametrize(("forms", "condition", "text"), BASELINES.values(), ids=BASELINES)
def test_a_gate_on_a_baseline(forms: list[object], condition: NoWorse | NoBroken, text: str) -> None:
    assert {parse_gate(form) for form in forms} == {Gate(text=text, condition=condition)}


def test_tags_of_a_baseline_gate_stand_inside_or_beside() -> None:
    expected = Gate(text="no_broken main tags critical", condition=NoBroken(), scope=Scope(tags=("critical",)))
    forms = [
        "no_broken tags critical",
        {"no_broken": {"tags": ["critical"]}},
        {"no_broken": "main", "tags": "critical"},
    ]
    assert {parse_gate(form) for form in forms} == {expected}


WRONG: dict[str, tuple[object, str]] = {
    "nothing": ("", "gate '' is no condition\n  Such as: accuracy >= 0.9"),
    "no-condition": ("accuracy", "gate 'accuracy' is no condition\n  Such as:"),
    "a-slip": ("accurracy >= 0.9", "measures 'accurracy', and nothing is called so\n  Did you mean 'accuracy'?"),
    "error-for-errors": ("error == 0", "Did you mean 'errors'?"),
    "a-slip-in-a-baseline-gate": ("no_worsethan main", "is no condition\n  Did you mean 'no_worse_than'?"),
    "arrow": ("accuracy => 0.9", "compares by '=>'\n  Right is >=, <=, ==, > or <."),
    "assignment": ("errors = 0", "compares by '='"),
    "not-equal": ("errors != 1", "compares by '!='"),
    "no-number": ("accuracy >= high", "compares with 'high', which is no number from 0\n  Right is a number: accuracy"),
    "no-count": ("errors == none", "which is no number from 0\n  Right is a whole number or a share: errors <= 3, or"),
    "no-cost": ("cost <= cheap", "which is no number from 0\n  Right is USD: cost <= 0.50."),
    "no-seconds": ("p99_latency <= fast", "which is no number from 0\n  Right is a time: p99_latency <= 4s, or 800ms."),
    "short-for-accuracy": ("acc >= 0.9", "measures 'acc', and nothing is called so\n  Did you mean 'accuracy'?"),
    "short-for-a-latency": ("p99 <= 4s", "Did you mean 'p99_latency'? Known: accuracy,"),
    "a-latency-of-no-share": ("latency <= 4s", "Did you mean 'p95_latency'?"),
    "all-latencies-are-told": ("x >= 1", "median_latency, p95_latency (p1 to p99), passed,"),
    "negative": ("errors <= -1", "compares with '-1', which is no number from 0"),
    "per-cent-forgotten": ("accuracy >= 90", "asks for 90 of all, which is more than all\n  A share is 0 to 1"),
    "per-cent-is-offered": ("accuracy >= 90", "or per cent: 90%."),
    "more-than-all-by-little": ("accuracy >= 1.5", "A share is 0 to 1, such as 0.9, or per cent, such as 90%."),
    "metric-in-per-cent-forgotten": ("f1 >= 80", "asks for 80 of all, which is more than all"),
    "more-than-all": ("errors <= 101%", "asks for 101% of all, which is more than all"),
    "half-an-error": ("errors <= 0.5", "counts to 0.5\n  A count is a whole number; a share is written 50%."),
    "no-time": ("p95_latency <= 4", "says no time\n  Right is 4s, or 800ms."),
    "a-share-of-cost": ("cost <= 2%", "compares a cost with '2%'\n  A cost is in USD: cost <= 0.50."),
    "seconds-of-accuracy": ("accuracy >= 4s", "compares accuracy with '4s'"),
    "clause-slip": ("accuracy >= 0.9 tgs critical", "goes on with 'tgs'\n  Did you mean 'tags'?"),
    "clause-without-value": ("accuracy >= 0.9 tags", "says tags, and not which"),
    "clause-twice": ("accuracy >= 0.9 model a model b", "says model twice"),
    "two-models": ("accuracy >= 0.9 model a b", "says model 'a b'\n  One word, or in quotes"),
    "margin-of-a-threshold": ("accuracy >= 0.9 margin 2%", "says 'margin'"),
    "confidence-of-a-count": ("errors == 0 confidence 95%", "asks for confidence in errors, which is counted"),
    "confidence-of-cost": ("cost <= 1 confidence 95%", "asks for confidence in cost, which is counted"),
    "confidence-of-equality": ("accuracy == 1 confidence 95%", "asks for confidence in =="),
    "confidence-as-95": ("accuracy >= 0.9 confidence 95", "which is more than all\n  Did you mean 95%?"),
    "confidence-of-all": ("accuracy >= 0.9 confidence 100%", "Right is more than 50% and less than 100%"),
    "a-number": (5, "gate 5 is neither a text nor a mapping"),
    "nothing-at-all": (None, "gate null is neither a text nor a mapping"),
    "yaml-colon": ({"accuracy": ">= 0.9"}, "gate {accuracy: '>= 0.9'} is a mapping\n  Write it as a text"),
    "yaml-colon-is-mended": ({"accuracy": ">= 0.9"}, "in quotes: 'accuracy >= 0.9'."),
    "yaml-number": ({"accuracy": 0.9}, "gate {accuracy: 0.9} is a mapping\n  Did you mean 'accuracy >= 0.9'?"),
    "yaml-number-of-a-short-name": ({"acc": "90%"}, "is a mapping\n  Did you mean 'accuracy >= 90%'?"),
    "yaml-number-of-errors": ({"errors": 0}, "Did you mean 'errors <= 0'?"),
    "yaml-number-of-seconds": ({"p99_latency": 4}, "Did you mean 'p99_latency <= 4s'?"),
    "as-written": ({"gate": "f1 >= 2", "tags": ["a", "b c"]}, "gate {gate: f1 >= 2, tags: [a, b c]} asks for 2 of all"),
    "tag-and-tags": ({"gate": ACCURACY, "tag": "a", "tags": ["b"]}, "says tags twice"),
    "tag-and-tags-inside": ({"no_broken": {"tag": "a", "tags": "b"}}, "says tags twice"),
    "two-heads": ({"gate": "accuracy >= 0.9", "no_broken": "main"}, "has none or several of the keys"),
    "key-slip": ({"gate": "accuracy >= 0.9", "tagz": "a"}, "says 'tagz'\n  Did you mean 'tags'?"),
    "margin-slip": ({"no_worse_than": {"marign": "2%"}}, "says 'marign'\n  Did you mean 'margin'?"),
    "margin-as-2": ({"no_worse_than": {"margin": 2}}, "has margin 2, which is more than all\n  Did you mean 2%?"),
    "a-margin-that-is-no-share": ({"no_worse_than": {"margin": "wide"}}, "has margin 'wide'"),
    "a-margin-that-is-true": ({"no_worse_than": {"margin": True}}, "has margin True"),
    "missing-what": ("no_broken main missing maybe", "says missing 'maybe'\n  Right is ignore or fail"),
    "a-name-that-leaves-the-folder": ("no_worse_than ../x", "'../x' is no name for a baseline"),
    "a-baseline-that-is-no-text": ({"no_broken": 5}, "names baseline 5, which is no text"),
    "no-tags": ({"gate": "accuracy >= 0.9", "tags": []}, "names no tag"),
    "tags-that-are-no-list": ({"gate": "accuracy >= 0.9", "tags": {"a": 1}}, "has tags {a: 1}"),
    "a-tag-that-no-text-can-name": ({"gate": ACCURACY, "tags": ["a'\""]}, "which has both kinds of quotes"),
    "a-gate-that-is-no-text": ({"gate": 5}, "has no condition: 5"),
}  # fmt: skip


@pytest.mark.parametrize(("written", "said"), WRONG.values(), ids=WRONG)
def test_what_means_nothing_is_told_with_what_would_be_right(written: object, said: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_gate(written)
    assert said in str(raised.value)


MARGINS = {"2%": 0.02, "0.02": 0.02, "0": 0.0, "100%": 1.0}
NO_MARGINS = {
    "3x": "--margin '3x' is no share\n  Right is a share, such as --margin 2%.",
    "-1%": "--margin '-1%' is no share\n  Right is a share, such as --margin 2%.",
    "2": "--margin '2' is more than all\n  Did you mean 2%?",
    "200%": "--margin '200%' is more than all",
}


@pytest.mark.parametrize(("text", "share"), MARGINS.items())
def test_a_margin_of_a_flag_is_written_as_in_a_gate(text: str, share: float) -> None:
    assert share_of_flag("--margin", text) == share


@pytest.mark.parametrize(("text", "said"), NO_MARGINS.items())
def test_a_margin_of_a_flag_that_is_no_share_is_told(text: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        share_of_flag("--margin", text)
    assert str(raised.value) == said


_NAMES = st.text(st.sampled_from("ab 한-_.,'m"), min_size=1, max_size=8)


@given(tags=st.lists(_NAMES, max_size=3), model=st.one_of(st.just(""), _NAMES), variant=st.one_of(st.none(), _NAMES))
def test_a_gates_text_means_the_gate(tags: list[str], model: str, variant: str | None) -> None:
    written: dict[str, object] = {"gate": "accuracy >= 90%", "model": model, "variant": variant}
    gate = parse_gate(written | ({"tags": tags} if tags else {}))
    assert parse_gate(gate.text) == gate


@given(st.text())
def test_any_text_is_a_gate_or_an_input_error(text: str) -> None:
    try:
        gate = parse_gate(text)
    except InputError:
        return
    assert parse_gate(gate.text) == gate


EXACT = {
    # op, threshold, measured, holds
    "nine-of-ten": (">=", 0.9, 9 / 10, True),
    "27-of-30": (">=", 0.9, 27 / 30, True),
    "sum-of-floats": ("<=", 0.3, 0.1 + 0.2, True),
    "strictly-less": ("<", 0.3, 0.1 + 0.2, False),
    "strictly-more": (">", 0.9, 9 / 10, False),
    "one-in-a-million-less": (">=", 0.9, 0.899999, False),
    "equal": ("==", 0.0, 0.0, True),
    "large-counts": ("==", 1_000_000.0, 1_000_001.0, False),
}


@pytest.mark.parametrize(("op", "threshold", "measured", "holds"), EXACT.values(), ids=EXACT)
def test_figures_are_compared_as_they_are_and_not_as_they_are_shown(
    op: str, threshold: float, measured: float, holds: bool
) -> None:
    gate = Threshold(measure="accuracy", op=op, value=threshold, unit="share", written="")  # type: ignore[arg-type]
    assert gate.takes(measured) is holds
