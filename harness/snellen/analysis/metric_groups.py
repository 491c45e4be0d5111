"""Right only when all of a group is right: MME's pairs, circular evaluation, HallusionBench's figures and pairs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from snellen._text import plural
from snellen.analysis.metric_base import Estimate, Rule, answered, by_key, cluster_of, ratio
from snellen.trial import Trial

__all__ = ["AACC", "ACC_PLUS", "CIRCULAR", "FACC", "HALLUSION_KEYS", "MME", "QACC"]

HALLUSION_KEYS = ("category", "subcategory", "set_id", "figure_id", "question_id")
"""Fields of a case's metadata, named as in HallusionBench.json, that say to which figure and pair it belongs."""

_SUBTASK = "subtask"
_PERCENT = 100.0


def acc_plus(trials: Sequence[Trial]) -> Estimate:
    """Share of groups whose cases are all right: MME's two questions about a picture, one answered yes and one no.

    A group is what `group` of its cases says. One with an error in it is left out, and said.

    Source:
        Fu et al. (2023), MME: A Comprehensive Evaluation Benchmark for Multimodal Large Language Models,
        arXiv:2306.13394, section 2.2.
    """
    return _all_right(trials, _group, what="group")


def circular(trials: Sequence[Trial]) -> Estimate:
    """Share of questions that are right in every order of their options, each order a case of the same `group`.

    Source:
        Liu et al. (2023), MMBench: Is Your Multi-modal Model an All-around Player?, arXiv:2307.06281, section 4.1.
    """
    return _all_right(trials, _group, what="group")


def mme(trials: Sequence[Trial]) -> Estimate:
    """Accuracy plus acc+, in points of a hundred each; summed over subtasks where cases say theirs.

    200 at most for one subtask. A case's subtask is `subtask` of its metadata; MME's perception score is the sum of
    ten of them, 2000 at most.

    Source:
        Fu et al. (2023), arXiv:2306.13394, section 2.2.
    """
    value, notes = 0.0, dict.fromkeys([""])
    pulls: list[float] = []
    clusters: list[Hashable] = []
    groups = 0
    subtasks = list(by_key(trials, lambda trial: [str(trial.case.metadata.get(_SUBTASK, ""))]))
    for own in subtasks:
        for part in (_questions(own), acc_plus(own)):
            if part.value is None:
                return part
            value += _PERCENT * part.value
            pulls += [_PERCENT * pull for pull in part.pulls]
            clusters += part.clusters
            notes[part.note] = None
            groups += part.n if part.unit == "groups" else 0
    if not subtasks:
        return Estimate(value=None, n=0, unit="groups", note="no response")
    top = f"of {2 * int(_PERCENT) * len(subtasks)}"
    if len(subtasks) > 1:
        top += f", the sum of {len(subtasks)} subtasks"
    return Estimate(
        value=value,
        pulls=pulls,
        clusters=clusters,
        n=groups,
        unit="groups",
        unscored=_unscored(trials),
        note="; ".join([top, *filter(None, notes)]),
    )


def aacc(trials: Sequence[Trial]) -> Estimate:
    """HallusionBench's accuracy over all questions.

    A response that cannot be read is right where there was no picture to answer from: category VS, figure 0.

    Source:
        Guan et al. (2024), HallusionBench, arXiv:2310.14566, section 4; tianyi-lab/HallusionBench utils.py at
        744007c, `assign_correctness` and `get_eval_all`.
    """
    if missing := _missing_keys(trials):
        return missing
    return _questions(trials, is_right=_is_right_there, clusters=_figure_key)


def facc(trials: Sequence[Trial]) -> Estimate:
    """Share of figures all of whose questions are right; category VS, figure 0 is no figure and is left out.

    Source:
        As `aacc`, `get_eval_fig`.
    """
    if missing := _missing_keys(trials):
        return missing
    shown = [trial for trial in trials if not _is_without_figure(trial)]
    return _all_right(shown, lambda trial: [_figure_key(trial)], what="figure", is_right=_is_right_there)


def qacc(trials: Sequence[Trial]) -> Estimate:
    """Share of questions that are right on every figure they are asked about, and without one.

    Source:
        As `aacc`, `get_eval_pair_all`.
    """
    if missing := _missing_keys(trials):
        return missing
    return _all_right(
        trials,
        lambda trial: [tuple(_key(trial, name) for name in HALLUSION_KEYS if name != "figure_id")],
        what="question pair",
        is_right=_is_right_there,
    )


ACC_PLUS = Rule(estimate=acc_plus, about="share of groups whose cases are all right")
CIRCULAR = Rule(estimate=circular, about="share of questions that are right in every order of their options")
MME = Rule(estimate=mme, about="accuracy plus acc+, up to 200 points a subtask", scale="points")
AACC = Rule(estimate=aacc, about="HallusionBench's accuracy over all questions")
FACC = Rule(estimate=facc, about="share of HallusionBench's figures with every question right")
QACC = Rule(estimate=qacc, about="share of HallusionBench's questions right on every figure")


def _group(trial: Trial) -> Iterable[Hashable]:
    return () if trial.case.group is None else ((trial.eval, trial.case.group),)


def _is_passed(trial: Trial) -> bool:
    return trial.outcome == "passed"


def _questions(
    trials: Sequence[Trial],
    *,
    is_right: Callable[[Trial], bool] = _is_passed,
    clusters: Callable[[Trial], Hashable] = cluster_of,
) -> Estimate:
    responses = answered(trials)
    cases = list(by_key(responses, lambda trial: [(trial.eval, trial.case.id)]))
    rows = [(float(sum(map(is_right, own))), float(len(own)), clusters(own[0])) for own in cases]
    return ratio(
        rows,
        n=len(cases),
        unit="cases",
        is_share=True,
        unscored=_unscored(trials),
        note=_left(trials, is_right) if cases else "no response",
    )


def _left(trials: Sequence[Trial], is_right: Callable[[Trial], bool]) -> str:
    forgiven = sum(trial.outcome == "unscored" and is_right(trial) for trial in trials)
    return f"{forgiven} that could not be read count as right, without a picture" if forgiven else ""


def _all_right(
    trials: Sequence[Trial],
    key: Callable[[Trial], Iterable[Hashable]],
    *,
    what: str,
    is_right: Callable[[Trial], bool] = _is_passed,
) -> Estimate:
    """The share of groups that are right as a whole, each repeat of a group for itself, then averaged."""
    rows, small, broken = [], 0, 0
    for own in by_key(trials, key):
        cases = {(trial.eval, trial.case.id) for trial in own}
        repeats = list(by_key(own, lambda trial: [trial.repeat]))
        whole = [repeat for repeat in repeats if len(answered(repeat)) == len(cases)]
        broken += len(repeats) - len(whole)
        small += len(cases) == 1
        if whole:
            right = sum(all(map(is_right, repeat)) for repeat in whole)
            rows.append((float(right), float(len(whole)), _cluster(own[0], key)))
    bare = sum(1 for trial in answered(trials) if not list(key(trial)))
    many = f"{what}s"
    notes = [
        f"left out: {plural(broken, what)} with an error" if broken else "",
        f"{plural(small, what)} of one case only" if small else "",
        f"left out: {plural(bare, 'response')} without a {what}" if bare else "",
    ]
    return ratio(
        rows,
        n=len(rows),
        unit=many,
        is_share=True,
        unscored=_unscored(trials),
        note="; ".join(filter(None, notes)) if rows else f"no {what} to count",
    )


def _cluster(trial: Trial, key: Callable[[Trial], Iterable[Hashable]]) -> Hashable:
    """The group's own name, as `cluster_of` gives it to each of its cases."""
    return cluster_of(trial) if key is _group else next(iter(key(trial)))


def _unscored(trials: Iterable[Trial]) -> int:
    return sum(trial.outcome == "unscored" for trial in trials)


def _key(trial: Trial, name: str) -> str:
    return str(trial.case.metadata.get(name, ""))


def _figure_key(trial: Trial) -> Hashable:
    return tuple(_key(trial, name) for name in HALLUSION_KEYS if name != "question_id")


def _is_without_figure(trial: Trial) -> bool:
    return (_key(trial, "category"), _key(trial, "figure_id")) == ("VS", "0")


def _is_right_there(trial: Trial) -> bool:
    return trial.outcome == "passed" or (trial.outcome == "unscored" and _is_without_figure(trial))


def _missing_keys(trials: Sequence[Trial]) -> Estimate | None:
    """What to say when a case does not tell its figure; None when all do."""
    for trial in trials:
        missing = [name for name in HALLUSION_KEYS if name not in trial.case.metadata]
        if missing:
            said = f"case {trial.case.id!r} has no {', '.join(missing)} in its metadata"
            return Estimate(value=None, n=0, unit="cases", note=said)
    return None
