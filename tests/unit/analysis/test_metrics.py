"""Group metrics equal what papers and their scripts publish, and say what they rest on."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from scipy.stats import sem, t

from snellen.analysis.metric_base import Metric
from snellen.analysis.metrics import about_metric, metric_names, metric_of, metric_problems
from snellen.case import Case, Expectation, ScorerSpec
from snellen.errors import InputError
from snellen.score import Score
from snellen.stats.means import mean_of
from snellen.stats.proportions import wilson
from snellen.trial import Outcome, Trial

_BESIDE = Path(__file__).parents[4] / "shared" / "conformance"  # beside the checkout
CONFORMANCE = Path(os.environ.get("SNELLEN_CONFORMANCE", _BESIDE))


def trial(  # one keyword a subject
    case: str,
    outcome: Outcome = "passed",
    *,
    value: float | None = None,
    scorer: str = "yesno",
    extracted: str | None = None,
    repeat: int = 0,
    **fields: object,
) -> Trial:
    """`value` defaults to what the outcome says."""
    own = {"passed": 1.0, "failed": 0.0}.get(outcome) if value is None else value
    scores = (
        ()
        if outcome == "error"
        else (Score(scorer=scorer, value=own, passed=outcome == "passed", extracted=extracted),)
    )
    asked = Case(id=case, prompt="?", images=(), **fields)  # type: ignore[arg-type]  # a test's own
    return Trial(eval="e", case=asked, model="m", repeat=repeat, prompt="?", outcome=outcome, scores=scores)


def yesno(case: str, *, due: str, said: str, **fields: object) -> Trial:
    """As the yesno scorer judges: "" says neither."""
    outcome: Outcome = "unscored" if not said else "passed" if said == due else "failed"
    return trial(case, outcome, extracted=said or None, answer=due, **fields)


def find(name: str, trials: Iterable[Trial]) -> Metric:
    return metric_of(name)(trials)


# Published numbers.


def pack(name: str) -> Iterator[dict[str, str]]:
    file = CONFORMANCE / f"{name}.jsonl"
    if not file.exists():
        pytest.skip(f"{file} is not here: real model answers with official verdicts are kept outside of the project")
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


POPE = {  # llava/eval/eval_pope.py on LLaVA-1.5-13B; the mean F1 is the 85.9 of LLaVA's MODEL_ZOO.md
    "random": (0.8801, 0.9744, 0.7880, 0.8714, 0.4168),
    "popular": (0.8743, 0.9525, 0.7880, 0.8625, 0.4137),
    "adversarial": (0.8550, 0.9099, 0.7880, 0.8446, 0.4330),
}


def test_pope_has_its_published_figures() -> None:
    """The verdicts are the official parser's, so that only the metrics are tested."""
    splits: dict[str, list[Trial]] = defaultdict(list)
    for row in pack("pope_llava15_13b"):
        splits[row["group"]].append(
            yesno(row["id"], due=row["answer"], said=row["official_pred"], tags=(row["group"],), group=row["image"])
        )
    names = ("accuracy", "precision", "recall", "f1", "yes-ratio")
    found = {split: tuple(round(find(name, own).value or 0, 4) for name in names) for split, own in splits.items()}
    assert found == POPE
    mean = find("f1:tag", [one for own in splits.values() for one in own])
    assert round((mean.value or 0) * 100, 2) == 85.95
    assert (mean.n, mean.formula, mean.note) == (8910, "t, clustered", "mean over 3 tags")
    assert mean.interval is not None
    # Second implementation: 5,000 resamples of the 500 pictures, whose quantiles are 0.8465 and 0.8720.
    assert (round(mean.interval.low, 3), round(mean.interval.high, 3)) == (0.847, 0.872)


def test_hallusionbench_has_the_figures_of_its_own_script() -> None:
    """The verdicts are those in the file, so that only the metrics are tested; unknown is what cannot be read."""
    trials = []
    for row in pack("hallusionbench_sample254"):
        front, set_id, figure_id, question_id = row["id"].rsplit("_", 3)
        category, subcategory = front.split("_", 1)
        fields = {"category": category, "subcategory": subcategory, "set_id": set_id, "figure_id": figure_id}
        said = row["official_pred"].casefold()
        said = said if said in ("yes", "no") else ""
        trials.append(yesno(row["id"], due=row["answer"], said=said, metadata=fields | {"question_id": question_id}))
    parts = find("hallusion", trials).parts
    found = {part.name: (round((part.value or 0) * 100, 4), part.n) for part in parts}
    assert found == {"aacc": (59.0551, 254), "facc": (18.8406, 69), "qacc": (29.0598, 117)}


# Yes and no.

BOTH_WAYS = [  # TP 2, FP 1, FN 1, TN 1
    yesno("a", due="yes", said="yes"),
    yesno("b", due="yes", said="yes"),
    yesno("c", due="no", said="yes"),
    yesno("d", due="yes", said="no"),
    yesno("e", due="no", said="no"),
]


@pytest.mark.parametrize(
    ("name", "value", "n", "unit"),
    [
        ("accuracy", 3 / 5, 5, "cases"),
        ("precision", 2 / 3, 3, "answers of yes"),
        ("recall", 2 / 3, 3, "cases of yes"),
        ("f1", 2 / 3, 5, "cases"),
        ("yes-ratio", 3 / 5, 5, "cases"),
    ],
)
def test_yes_is_what_is_looked_for(name: str, value: float, n: int, unit: str) -> None:
    found = find(name, BOTH_WAYS)
    assert (found.value, found.n, found.unit) == (pytest.approx(value), n, unit)


def test_what_says_neither_is_never_taken_as_yes() -> None:
    """POPE's script takes everything without a no as yes: an empty answer would be right here."""
    silent = [*BOTH_WAYS, yesno("f", due="yes", said=""), yesno("g", due="no", said="")]
    found = {name: find(name, silent) for name in ("accuracy", "precision", "recall", "f1", "yes-ratio")}
    assert {name: metric.value for name, metric in found.items()} == {
        "accuracy": pytest.approx(3 / 7),
        "precision": pytest.approx(2 / 3),
        "recall": pytest.approx(2 / 4),
        "f1": pytest.approx(4 / (3 + 4)),
        "yes-ratio": pytest.approx(3 / 7),
    }
    assert {metric.unscored for metric in found.values()} == {2}


@pytest.mark.parametrize("answer", ["yes", "Yes.", "예", True, ["yes"]], ids=str)
def test_a_missed_yes_is_known_however_the_case_says_it(answer: object) -> None:
    missed = trial("f", "unscored", answer=answer)
    assert find("recall", [*BOTH_WAYS, missed]).value == pytest.approx(2 / 4)


def test_a_scorers_own_answer_goes_before_the_cases() -> None:
    expect = Expectation(scorers=(ScorerSpec(name="yesno", options={"answer": "no"}),))
    silent = trial("f", "unscored", answer="yes", expect=expect)
    assert find("recall", [*BOTH_WAYS, silent]).value == pytest.approx(2 / 3)


def test_a_case_that_does_not_say_what_is_due_is_told() -> None:
    found = find("f1", [*BOTH_WAYS, trial("f", "unscored", answer="maybe")])
    assert (found.value, found.unscored) == (pytest.approx(2 / 3), 1)
    assert found.note == "1 response of neither, where the case's answer is neither yes nor no"


def test_recall_is_as_sure_as_its_questions_of_yes_however_many_of_no_stand_beside() -> None:
    due = [yesno(f"y{n}", due="yes", said="yes" if n < 9 else "no") for n in range(10)]
    others = [yesno(f"n{n}", due="no", said="no") for n in range(90)]
    found = find("recall", [*due, *others])
    assert (found.value, found.n, found.unit, found.interval) == (0.9, 10, "cases of yes", wilson(9, 10))


def test_precision_is_as_sure_as_its_answers_of_yes() -> None:
    said = [yesno(f"y{n}", due="yes" if n < 9 else "no", said="yes") for n in range(10)]
    others = [yesno(f"n{n}", due="yes", said="no") for n in range(90)]
    found = find("precision", [*said, *others])
    assert (found.value, found.n, found.interval) == (0.9, 10, wilson(9, 10))


def test_precision_without_a_yes_is_not_defined() -> None:
    found = find("precision", [yesno("a", due="yes", said="no")])
    assert (found.value, found.interval, found.n) == (None, None, 0)
    assert found.note == "no answers of yes: precision is not defined"


def test_f1_of_other_scorers_is_not_defined() -> None:
    assert find("f1", [trial("a", scorer="choice")]).note == "no response was judged by 'yesno'"


# Accuracy and score.


def test_accuracy_counts_unscored_as_wrong_and_errors_not_at_all() -> None:
    found = find("accuracy", [trial("a"), trial("b", "failed"), trial("c", "unscored"), trial("d", "error")])
    assert (found.value, found.n, found.unscored, found.errors) == (pytest.approx(1 / 3), 3, 1, 1)
    assert (found.interval, found.formula) == (wilson(1, 3), "Wilson")


def test_repeats_are_no_further_cases() -> None:
    repeats = [trial(case, outcome, repeat=n) for case, outcome in (("a", "passed"), ("b", "failed")) for n in range(5)]
    found = find("accuracy", repeats)
    assert (found.value, found.n, found.interval) == (0.5, 2, wilson(1, 2))


MILLER = [1, 1, 0, 0, 1, 0, 1, 1, 1, 0]  # clusters of two in order: FACTS of inspect_ai and statsmodels, SE 0.18708


def test_groups_widen_the_interval_by_the_clustered_standard_error() -> None:
    trials = [trial(str(n), "passed" if right else "failed", group=f"g{n // 2}") for n, right in enumerate(MILLER)]
    found = find("accuracy", trials)
    expected = mean_of(MILLER, clusters=[n // 2 for n in range(10)])
    assert round(expected.standard_error or 0, 5) == 0.18708
    assert found.formula == "t, clustered"
    assert found.interval is not None
    assert expected.interval is not None
    assert (found.interval.low, found.interval.high) == (
        pytest.approx(expected.interval.low),
        min(1.0, expected.interval.high),
    )


def test_the_score_is_graded_where_accuracy_is_not() -> None:
    trials = [trial("a", "failed", value=0.5), trial("b", value=1.0), trial("c", "unscored")]
    assert find("score", trials).value == pytest.approx(0.5)
    assert find("accuracy", trials).value == pytest.approx(1 / 3)


def test_all_right_is_not_taken_as_certain() -> None:
    grouped = [trial(str(n), group=f"g{n // 2}") for n in range(20)]
    assert find("accuracy", grouped).interval == wilson(10, 10)
    assert find("f1", [yesno(str(n), due="yes", said="yes") for n in range(10)]).interval == wilson(10, 10)


@pytest.mark.parametrize("name", ["accuracy", "score", "f1", "acc+", "mme", "macro", "pass@2", "mae", "aacc", "micro"])
def test_nothing_has_no_value(name: str) -> None:
    for trials in ([], [trial("a", "error")]):
        found = find(name, trials)
        assert (found.value, found.interval, found.n, found.errors) == (None, None, 0, len(trials))
        assert found.note


# Tags and groups.

TAGGED = [  # signs 1 of 1, animals 1 of 4
    trial("a", tags=("signs",)),
    trial("b", tags=("animals",)),
    *(trial(f"c{n}", "failed", tags=("animals",)) for n in range(3)),
]


def test_macro_counts_every_tag_the_same_and_micro_every_case() -> None:
    assert find("macro", TAGGED).value == pytest.approx((1 / 1 + 1 / 4) / 2)
    assert find("micro", TAGGED).value == pytest.approx(2 / 5)


def test_a_case_with_two_tags_counts_in_both_and_is_one_case() -> None:
    found = find("micro", [trial("a", tags=("signs", "night")), trial("b", "failed", tags=("signs",))])
    assert (found.value, found.n) == (pytest.approx(2 / 3), 2)
    assert find("macro", [trial("a", tags=("signs", "night"))]).n == 1


def test_what_has_no_tag_is_left_out_and_said() -> None:
    found = find("macro", [*TAGGED, trial("bare")])
    assert (found.value, found.note) == (
        pytest.approx(0.625),
        "mean over 2 tags; left out: 1 response without a tag; "
        "1 tag of one case or group only, whose spread is taken from the others",
    )
    assert find("macro", [trial("bare")]).note == "no case has a tag"


def test_any_metric_is_averaged_over_groups() -> None:
    """POPE's headline is the mean of three F1, BLINK's that of fourteen accuracies."""
    trials = [yesno("a", due="yes", said="yes", group="x"), yesno("b", due="no", said="yes", group="y")]
    assert find("f1:group", trials).value == pytest.approx((1 + 0) / 2)
    assert find("macro:group", trials).value == find("accuracy:group", trials).value == pytest.approx(0.5)


def reach(found: Metric) -> float:
    """Downwards, where no interval of these ends at 0."""
    assert found.interval is not None
    assert found.value is not None
    return found.value - found.interval.low


def test_the_macro_interval_is_that_of_a_stratified_sample() -> None:
    """By hand, Cochran (1977), equation 5.6: each stratum's variance over n - 1; t of n - L degrees of freedom."""
    trials = [trial(f"a{n}", "passed" if n < 30 else "failed", tags=("x",)) for n in range(40)]
    trials += [trial(f"b{n}", "passed" if n < 10 else "failed", tags=("y",)) for n in range(50)]
    error = (0.75 * 0.25 / 39 + 0.2 * 0.8 / 49) ** 0.5 / 2
    assert reach(find("macro", trials)) == pytest.approx(t.ppf(0.975, 88) * error)


def test_tags_of_one_case_each_are_a_sample_of_tags() -> None:
    trials = [trial(str(n), "passed" if n < 7 else "failed", tags=(f"t{n}",)) for n in range(10)]
    shares = [1.0] * 7 + [0.0] * 3
    assert reach(find("macro", trials)) == pytest.approx(t.ppf(0.975, 9) * sem(shares), rel=1e-9)


def test_two_lone_tags_that_agree_do_not_promise_certainty() -> None:
    many = [trial(f"m{n}", "passed" if n % 2 else "failed", tags=("many",)) for n in range(200)]
    lone = [trial("a", tags=("signs",)), trial("b", tags=("night",))]
    chance = (1 + 1 + 0.5 + 1) / (3 + 2)  # of one try at the mean of all three, never quite 1
    error = (2 * chance * (1 - chance) + 0.25 / 199) ** 0.5 / 3
    assert reach(find("macro", [*many, *lone])) == pytest.approx(t.ppf(0.975, 200) * error, rel=1e-9)


def test_groups_that_are_averaged_over_are_a_sample_of_groups() -> None:
    trials = [
        trial(f"{g}-{n}", "passed" if n < right else "failed", group=f"g{g}")
        for g, right in enumerate((4, 3, 1, 2, 4, 3))
        for n in range(4)
    ]
    shares = [1, 0.75, 0.25, 0.5, 1, 0.75]
    assert reach(find("macro:group", trials)) == pytest.approx(t.ppf(0.975, 5) * sem(shares), rel=1e-9)


# Groups that are right as a whole.

PAIRS = [
    trial("a1", group="a"),
    trial("a2", group="a"),
    trial("b1", group="b"),
    trial("b2", "failed", group="b"),
    trial("c1", "failed", group="c"),
    trial("c2", "unscored", group="c"),
    trial("d1", group="d"),
    trial("d2", group="d"),
]


@pytest.mark.parametrize("name", ["acc+", "circular"])
def test_a_group_is_right_when_all_of_its_cases_are(name: str) -> None:
    found = find(name, PAIRS)
    assert (found.value, found.n, found.unit, found.unscored) == (0.5, 4, "groups", 1)
    assert found.interval == wilson(2, 4)


def test_mme_is_accuracy_plus_acc_plus_in_points() -> None:
    found = find("mme", PAIRS)
    assert (found.value, found.note) == (pytest.approx(100 * 5 / 8 + 100 * 2 / 4), "of 200")
    scores = [100 + 100, 50, 0, 200]  # a group's share right plus 1 when all are, in points
    expected = mean_of(scores)
    assert found.interval is not None
    assert expected.interval is not None
    assert found.interval.low == max(0.0, expected.interval.low)
    assert found.interval.high == pytest.approx(expected.interval.high)


def test_mme_is_summed_over_subtasks() -> None:
    ocr = [trial(f"o{n}", group="o", metadata={"subtask": "OCR"}) for n in range(2)]
    color = [
        trial("k0", group="k", metadata={"subtask": "color"}),
        trial("k1", "failed", group="k", metadata={"subtask": "color"}),
    ]
    found = find("mme", [*ocr, *color])
    assert (found.value, found.note) == (pytest.approx(200 + 50), "of 400, the sum of 2 subtasks")


def test_a_group_with_an_error_is_left_out_and_said() -> None:
    found = find("acc+", [*PAIRS, trial("e1", group="e"), trial("e2", "error", group="e")])
    assert (found.value, found.n, found.errors, found.note) == (0.5, 4, 1, "left out: 1 group with an error")


def test_what_has_no_group_is_left_out_and_said() -> None:
    found = find("acc+", [*PAIRS, trial("alone"), trial("f1", group="f")])
    assert (found.value, found.n) == (pytest.approx(3 / 5), 5)
    assert found.note == "1 group of one case only; left out: 1 response without a group"


def test_each_repeat_of_a_group_is_right_or_not() -> None:
    """Half of group x, in its first repeat, and none of y: repeats sharpen a group's value and are no more groups."""
    repeats = [
        trial("x1", group="x"),
        trial("x2", group="x"),
        trial("x1", group="x", repeat=1),
        trial("x2", "failed", group="x", repeat=1),
        trial("y1", group="y"),
        trial("y2", "failed", group="y"),
        trial("y1", "failed", group="y", repeat=1),
        trial("y2", group="y", repeat=1),
    ]
    found = find("circular", repeats)
    assert (found.value, found.n) == (0.25, 2)


def test_hallusionbench_needs_to_know_the_figure() -> None:
    found = find("facc", [trial("a", metadata={"category": "VD"})])
    assert (found.value, found.note) == (
        None,
        "case 'a' has no subcategory, set_id, figure_id, question_id in its metadata",
    )


def hallusion(figure: int, question: int, outcome: Outcome, *, category: str = "VS") -> Trial:
    keys = {"category": category, "subcategory": "map", "set_id": 0, "figure_id": figure, "question_id": question}
    return trial(f"{category}-{figure}-{question}", outcome, metadata=keys)


def test_without_a_picture_it_is_right_not_to_know() -> None:
    """Only in category VS; where a picture was shown, what cannot be read is wrong."""
    trials = [
        hallusion(0, 0, "unscored"),
        hallusion(1, 0, "passed"),
        hallusion(0, 0, "unscored", category="VD"),
        hallusion(1, 0, "passed", category="VD"),
    ]
    found = {part.name: (part.value, part.n) for part in find("hallusion", trials).parts}
    assert found == {"aacc": (0.75, 4), "facc": (pytest.approx(2 / 3), 3), "qacc": (0.5, 2)}
    assert find("aacc", trials).note == "1 that could not be read count as right, without a picture"


# Repeats and numbers.


@pytest.mark.parametrize(  # Chen et al. (2021), equation 1, and tau-bench's complement
    ("n", "c", "k", "at", "hat"),
    [(10, 3, 1, 0.3, 0.3), (10, 3, 5, 0.916667, 0.0), (20, 10, 8, 0.999643, 0.000357), (8, 6, 4, 1.0, 0.214286)],
)
def test_pass_at_k_and_pass_hat_k_have_their_published_values(n: int, c: int, k: int, at: float, hat: float) -> None:
    trials = [trial("a", "passed" if number < c else "failed", repeat=number) for number in range(n)]
    assert find(f"pass@{k}", trials).value == pytest.approx(at, abs=5e-7)
    assert find(f"pass^{k}", trials).value == pytest.approx(hat, abs=5e-7)


def test_a_case_with_too_few_answers_is_left_out_and_said() -> None:
    trials = [trial("a", repeat=n) for n in range(3)] + [trial("b"), trial("b", "error", repeat=1)]
    found = find("pass^2", trials)
    assert (found.value, found.n, found.errors) == (1.0, 1, 1)
    assert found.note == "left out: 1 of 2 cases, with fewer than 2 responses"


COUNTS = [("a", "3", 3), ("b", "5", 3), ("c", "0", 4)]  # off by 0, 2 and 4


def count(case: str, read: str | None, right: object) -> Trial:
    return trial(case, "failed" if read else "unscored", scorer="count", extracted=read, answer=right)


def test_errors_of_counts_are_in_the_unit_of_the_answers() -> None:
    trials = [count(*row) for row in COUNTS]
    mae, rmse = find("mae", trials), find("rmse", trials)
    assert (mae.value, rmse.value) == (pytest.approx(2.0), pytest.approx((20 / 3) ** 0.5))
    assert (mae.is_better_high, mae.scale, mae.n) == (False, "number", 3)
    expected = mean_of([0.0, 2.0, 4.0]).interval
    assert expected is not None
    assert mae.interval is not None
    assert mae.interval.high == pytest.approx(expected.high)


def test_a_count_that_was_not_read_is_left_out_and_said() -> None:
    found = find("mae", [*(count(*row) for row in COUNTS), count("d", None, 3), count("e", "7", "seven")])
    assert (found.value, found.n, found.unscored) == (pytest.approx(2.0), 3, 2)
    assert found.note == "left out: 2 responses without a number that can be compared"


def test_the_nearest_of_several_right_numbers_counts() -> None:
    assert find("mae", [count("a", "7", [3, 8])]).value == 1.0


# Names.


def test_every_metric_is_listed_with_what_it_is() -> None:
    names = metric_names()
    assert [name for name in names if metric_problems(name)] == ["pass@K", "pass^K", "NAME:tag", "NAME:group"]
    assert all(names.values())


def test_an_unknown_metric_is_an_error_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        metric_of("F1 ")
    assert str(caught.value).startswith("there is no metric 'F1 '\n  Known: accuracy, score, precision,")
    assert str(caught.value).endswith("Did you mean 'f1'?")
    assert metric_problems("presision").endswith("Did you mean 'precision'?")
    assert metric_problems("f1") == ""


@pytest.mark.parametrize("name", ["pass@0", "pass@", "pass@99999", "f1:case", "macro:tag", "f1:tag:tag", "", "acc"])
def test_a_name_that_means_nothing_is_refused(name: str) -> None:
    assert metric_problems(name).startswith(f"there is no metric {name!r}. Known: ")


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("f1", "harmonic mean of precision and recall of yes"),
        ("pass@3", "chance that at least one of 3 answers passes"),
        ("f1:group", "mean over groups: harmonic mean of precision and recall of yes"),
        ("hallusion", "HallusionBench's aacc, facc and qacc together"),
        ("no-such", ""),
    ],
)
def test_every_metric_says_what_it_is(name: str, about: str) -> None:
    assert about_metric(name) == about
