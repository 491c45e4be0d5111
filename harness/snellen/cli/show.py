"""`snellen show`: a kept run, or what was asked and answered in one of its cases."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from snellen._clock import today
from snellen._files import digest
from snellen._text import nearest, plural, printable, shorten
from snellen.analysis.summarize import summarize_rows
from snellen.analysis.totals import Summary
from snellen.analysis.verdict import tally_marks
from snellen.case import Expectation, ImageRef
from snellen.cli.inline import Protocol, drawn, protocol_of
from snellen.cli.listing import flaky_lines, wrong_lines
from snellen.cli.request import request_of
from snellen.errors import ImageError, InputError, Problem
from snellen.images.digest import read_picture
from snellen.report.metrics import metric_lines
from snellen.report.terminal import gate_lines, mark_lines, summary_table
from snellen.report.words import at_clock, in_dollars, in_seconds
from snellen.runner.settings import Settings, load_settings
from snellen.runs.codec import dump
from snellen.runs.store import RunStore
from snellen.trial import RunFacts, Trial

__all__ = ["Choice", "show_command"]

_MAX_LISTED = 20
_WRONG = ("failed", "unscored", "error")
_URL_WIDTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which trials of a case are shown; None takes all."""

    model: str | None = None
    variant: str | None = None
    repeat: int | None = None

    def takes(self, trial: Trial) -> bool:
        """Whether the trial is among them."""
        wanted = (self.model, self.variant, self.repeat)
        return all(
            want in (None, own) for want, own in zip(wanted, (trial.model, trial.variant, trial.repeat), strict=True)
        )


def show_command(name: str, case: str | None, *, choice: Choice, as_json: bool, with_images: bool) -> int:
    """Shows a run, or the trials of one of its cases."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    store = RunStore(settings.state / "runs.db")
    name = store.facts(name).id  # `latest` may mean another run in a moment
    if case is None:
        (_run_as_json if as_json else _print_run)(store, name)
        return 0
    trials = [trial for _, trial in store.trials(name, case=case) if choice.takes(trial)]
    if not trials:
        raise _no_trial(store, name, case)
    if as_json:
        print(f"[{','.join(dump(trial).decode() for trial in trials)}]")
        return 0
    protocol = protocol_of(os.environ, is_terminal=with_images and sys.stdout.isatty())
    facts = store.facts(name)
    for trial in trials:
        _print_trial(trial, facts=facts, settings=settings, protocol=protocol)
    return 0


def _no_trial(store: RunStore, name: str, case: str) -> InputError:
    known = dict.fromkeys(row.case for row in store.rows(name))
    if case in known:
        return InputError(
            f"run {store.facts(name).id} has case {case!r}, but no trial of it with this model, variant, repeat"
        )
    meant = nearest(case, known)
    hint = (
        f"Did you mean {meant!r}?" if meant else f"It has {plural(len(known), 'case')}: {', '.join(islice(known, 5))}"
    )
    return InputError(Problem(f"run {store.facts(name).id} has no trial of a case {case!r}", hint=hint))


def _run_as_json(store: RunStore, name: str) -> None:
    wrong = [{**row._asdict(), "recorded": bool(row.recorded)} for row in store.rows(name) if row.outcome != "passed"]
    value = {"facts": store.facts(name), "summary": _summary(store, name), "not_passed": wrong}
    print(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode())


def _summary(store: RunStore, name: str) -> Summary:
    return summarize_rows(store.rows(name), skipped=store.skipped(name))


def _print_run(store: RunStore, name: str) -> None:
    for word, value in _facts(store.facts(name)):
        _say(f"{word:<10} {value}")
    summary = _summary(store, name)
    print(f"\n{summary_table(summary, color=sys.stdout.isatty())}")
    facts = store.facts(name)
    marks = tally_marks(store.rows(name), today=today())
    for line in (*metric_lines(facts.metrics), *mark_lines(marks), *gate_lines(facts.gates)):
        print(line)
    lines = list(wrong_lines(store, name, elsewhere="--json shows all of them"))
    for line in ["", *lines] if lines else []:
        print(line)
    for line in flaky_lines(summary):
        print(line)


def _facts(facts: RunFacts) -> Iterator[tuple[str, str]]:
    dirty = {True: " with changes", False: "", None: ""}[facts.git_dirty]
    pairs = (
        ("run", facts.id),
        ("title", facts.title),
        ("started", at_clock(facts.started_at)),
        ("took", in_seconds(facts.duration_s)),
        ("state", f"{facts.state}: {facts.stopped_because}" if facts.stopped_because else facts.state),
        ("mode", facts.mode),
        ("shard", facts.shard),
        ("made of", ", ".join(facts.parent)),
        ("command", shlex.join(facts.command)),
        ("in", facts.cwd),
        ("commit", f"{facts.git_commit}{dirty}" if facts.git_commit else ""),
        ("calls", f"{facts.calls:,}" if facts.calls else ""),
        ("spent", in_dollars(facts.spent_usd) if facts.calls and facts.spent_usd is not None else ""),
        ("versions", ", ".join(f"{name} {version}" for name, version in facts.versions.items())),
    )
    yield from ((word, value) for word, value in pairs if value)
    for key, served in facts.served_models.items():
        yield "served", f"{key}: {', '.join(served)}"
    for key, about in facts.models.items():
        yield "model", f"{key}: {orjson.dumps(about, default=str).decode()}"


def _print_trial(trial: Trial, *, facts: RunFacts, settings: Settings, protocol: Protocol | None) -> None:
    _say(f"{trial.outcome.upper()}  {trial.eval}[{trial.label}]")
    if trial.case.system:
        _block("system", trial.case.system)
    _block("prompt", trial.prompt)
    for number, ref in enumerate(trial.case.images):
        _print_picture(number, ref, trial=trial, protocol=protocol)
    for word, text in _expected(trial.case.expect):
        _block(word, text)
    if trial.failure is not None:
        _block("error", f"{trial.failure.kind}: {trial.failure.message}")
        _block("detail", trial.failure.detail)
    _print_answer(trial)
    for number, attempt in enumerate(trial.attempts, 1):
        status = "no reply" if attempt.status is None else f"HTTP {attempt.status}"
        kind = f", {attempt.kind}" if attempt.kind else ""
        _block("attempt", f"{number}: {status}{kind}, then {in_seconds(attempt.wait_s)} of waiting")
    _block("fingerprint", trial.fingerprint)
    how, request = request_of(trial, facts=facts, recordings=settings.recordings)
    _block("request", f"{how}\n{orjson.dumps(request, default=str, option=orjson.OPT_INDENT_2).decode()}")
    if trial.response is not None and trial.response.body:
        _block("body", trial.response.body.decode("utf-8", "backslashreplace"))
    print()


def _print_answer(trial: Trial) -> None:
    response = trial.response
    if response is None:
        return
    _block("answer", response.text or "(empty)")
    for score in trial.scores:
        value = "unscored" if score.value is None else f"{score.value:.2f}"
        verdict = "right" if score.passed else "not judged" if score.is_unscored else "wrong"
        lines = [f"{score.scorer} {value}, {verdict}. {score.explanation}".strip()]
        for each in score.evidence:
            place = "" if each.span is None else f" at {each.span[0]}-{each.span[1]}"
            lines.append(f"{each.kind} {each.keyword}{place}{f': {each.note}' if each.note else ''}")
        _block("score", "\n".join(lines))
    usage = response.usage
    counts = [
        f"{count:,} {name.replace('_tokens', '')}"
        for name in ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "image_tokens")
        if (count := getattr(usage, name)) is not None
    ]
    _block("tokens", ", ".join(counts))
    _block("cost", "" if trial.cost_usd is None else in_dollars(trial.cost_usd))
    when = f", recorded {at_clock(response.recorded_at)}" if response.recorded else ""
    how = f"by {response.via}" if response.via else f"in {in_seconds(response.latency_s)}"
    _block("came", f"{how} from {response.served_model or 'an unnamed model'}{when}")
    _block("stop", response.stop)
    _block("call", response.request_id)


def _print_picture(number: int, ref: ImageRef, *, trial: Trial, protocol: Protocol | None) -> None:
    sent = trial.images[number] if number < len(trial.images) else None
    name = shorten(str(ref.path) if ref.path is not None else ref.url or ref.name, _URL_WIDTH)
    lines = [f"{number + 1}: {name}{f' ({ref.title})' if ref.title else ''}"]
    if sent is not None:
        how = [part for part in (sent.transform, *sent.notes) if part] or ["as it is"]
        lines.append(f"{shorten(sent.identity, _URL_WIDTH)}, sent {', '.join(how)}")
    data: bytes | None = ref.data
    if ref.path is not None:
        try:
            data = read_picture(ref.path, name=ref.name)
        except ImageError as error:
            lines.append(error.problems[0].message)
    if data is not None and sent is not None and sent.identity.startswith("sha256:"):
        lines.extend(
            [] if sent.identity == f"sha256:{digest(data)}" else ["the file has changed since it was asked about"]
        )
    _block("picture", "\n".join(lines))
    if protocol is not None and data is not None:
        try:
            sys.stdout.write(drawn(data, name=ref.name, protocol=protocol))
        except ImageError as error:
            _block("", error.problems[0].message)


def _expected(expect: Expectation) -> Iterator[tuple[str, str]]:
    groups = (("all of", expect.all), ("any of", expect.any), ("none of", expect.none))
    for word, own in groups:
        for group in own:
            yield word, " | ".join(group)
    for pattern in expect.regex:
        yield "pattern", pattern


def _block(word: str, text: str) -> None:
    if text:
        lines = printable(text).splitlines() or [""]
        print("\n".join(f"  {word if number == 0 else '':<11} {line}".rstrip() for number, line in enumerate(lines)))


def _say(text: str) -> None:
    print(printable(text))
