"""`snellen batch`."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from snellen._clock import iso_now
from snellen._text import and_more, plural, printable, shorten
from snellen.analysis.estimate import Estimate, ModelEstimate, estimate
from snellen.errors import ConfigError, ModelError, Problem
from snellen.models.prices import BATCH_FACTOR
from snellen.report.words import in_bytes, in_dollars
from snellen.runner.batch import Submitted, asked_at, cancel, check_models, look, submit
from snellen.runner.batch_collect import Collected, collect, lost_of
from snellen.runner.batch_state import Batches, Part, Submission, Tally
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings

__all__ = ["cancel_command", "collect_command", "status_command", "submit_command"]

_MAX_LISTED = 20
_NO_RESPONSE = 3
_USAGE = 2
_MODES = ("missing", "refresh")


def submit_command(
    paths: list[Path], *, models: tuple[str, ...], responses: str, max_cost_usd: float | None, dry_run: bool
) -> int:
    """Leaves what is to be asked with the models' servers; 3 when some cases cannot be asked."""
    if responses not in _MODES:
        hint = "missing leaves out what is recorded, refresh asks it too and replaces it."
        raise ConfigError(Problem(f"--responses {responses!r} is none of {', '.join(_MODES)}", hint=hint))
    settings = load_settings(paths[0], environ=os.environ, mode=responses, models=models)
    evals = load_evals(paths, settings)
    check_models(evals, settings, is_dry=dry_run)
    expected = estimate(evals, settings)
    _check_cost(expected, max_cost_usd)
    try:
        done = submit(
            evals,
            settings,
            is_dry=dry_run,
            on_written=lambda done: _print_written(done, expected),
            on_step=lambda submission, part: _say(f"  {part.name}: {_STEPS.get(part.step, part.step)}"),
        )
    except ModelError as error:
        return _failed(error, "What was sent is known. The same command goes on from here.")
    _print_next(done, dry_run=dry_run)
    return _NO_RESPONSE if done.written.problems else 0


_STEPS = {"uploading": "uploading", "uploaded": "uploaded", "creating": "creating the batch", "created": "submitted"}


def _check_cost(expected: Estimate, max_cost_usd: float | None) -> None:
    """Raises ConfigError when the most it may cost at batch price is more than was allowed, or not known."""
    if max_cost_usd is None:
        return
    unknown = [model.spec.key for model in expected.models if model.most_usd_unknown]
    if unknown:
        hint = "Set price and max_tokens for it, or leave --max-cost out. See: snellen estimate PATH"
        raise ConfigError(Problem(f"nobody knows what {', '.join(unknown)} may cost at most", hint=hint))
    most = sum(model.most_usd for model in expected.models) * BATCH_FACTOR
    if most > max_cost_usd:
        message = f"this may cost up to {in_dollars(most)} at batch price; --max-cost allows {in_dollars(max_cost_usd)}"
        raise ConfigError(Problem(message, hint="Nothing was sent."))


def _print_written(done: Submitted, expected: Estimate) -> None:
    written = done.written
    for problem in written.problems[:_MAX_LISTED]:
        sys.stderr.write(f"cannot be asked: {printable(problem)}\n")
    for line in and_more(len(written.problems) - _MAX_LISTED):
        sys.stderr.write(f"{line}\n")
    for submission in done.left:
        _say(f"batch {submission.id} of {', '.join(submission.evals)} was broken off before all of it was sent.")
        _say(f"  To go on, submit those evals; to drop it: snellen batch cancel {submission.id}")
    for submission in done.continued:
        _say(f"going on with batch {submission.id}, which was broken off")
    counts = [
        (written.recorded, "recorded already"),
        (written.repeated, "the same as others"),
        (written.pytest_only, "that only pytest can ask"),
        (written.waiting, f"in batches already ({', '.join(one.id for one in done.uncollected)})"),
    ]
    for count, what in counts:
        if count:
            _say(f"{plural(count, 'trial')} {what}")
    if written.submission is not None:
        _say(f"batch {written.submission.id} in {_shown(written.submission.folder)}")
        for line in _model_lines(written.submission.parts, expected):
            _say(line)


def _model_lines(parts: list[Part], expected: Estimate) -> Iterator[str]:
    estimates = {model.spec.key: model for model in expected.models}
    for key in dict.fromkeys(part.model for part in parts):
        own = [part for part in parts if part.model == key]
        lines, size = sum(part.lines for part in own), sum(part.size_bytes for part in own)
        yield (
            f"  {key} at {own[0].host}: {plural(lines, 'question')}, {in_bytes(size)} in "
            f"{plural(len(own), 'file')}; {_cost(estimates[key], lines)}"
        )


def _cost(found: ModelEstimate, lines: int) -> str:
    others = f" for all {found.calls:,} that are not recorded" if found.calls != lines else ""
    if found.input_usd_unknown:
        return "cost unknown: snellen estimate says why"
    least = in_dollars(found.input_usd * BATCH_FACTOR)
    if found.most_usd_unknown:
        return f"about {least} for input at batch price, output not limited{others}"
    return (
        f"about {least} for input at batch price, up to {in_dollars(found.most_usd * BATCH_FACTOR)} with output{others}"
    )


def _print_next(done: Submitted, *, dry_run: bool) -> None:
    submission = done.written.submission
    if submission is not None and dry_run:
        _say(f"Nothing was sent. To remove the files: snellen batch cancel {submission.id}")
    elif submission is not None or done.continued:
        _say("Answers come within 24 hours. Then: snellen batch status --wait; snellen batch collect")
    elif done.uncollected:
        _say(
            "Nothing new to ask. What is in batches is asked again only once they are collected: snellen batch collect"
        )
    else:
        _say("Nothing to ask.")


def status_command(
    name: str | None, *, wait: bool, interval_s: float, sleep: Callable[[float], object] = time.sleep
) -> int:
    """Prints how batches stand; with `wait`, again and again until all have ended."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    batches = Batches(settings.state)
    chosen = batches.all() if name is None else [batches.find(name)]
    shown: dict[str, str] = {}
    while True:
        try:
            look(chosen, settings)
        except ModelError as error:
            if not (wait and error.retryable):
                return _failed(error, "")
            sys.stderr.write(f"snellen: {printable(str(error))}\n")
        for submission in chosen:
            text = "\n".join(_status_lines(submission))
            if shown.get(submission.id) != text:
                shown[submission.id] = text
                _say(text)
        if not wait or not any(_is_pending(part) for submission in chosen for part in submission.parts):
            break
        sleep(interval_s)
    if not chosen:
        _say("No batch was submitted: snellen batch submit PATH")
    return 0


def _is_pending(part: Part) -> bool:
    return part.step == "created" and part.remote is not None and not part.remote.has_ended


def _status_lines(submission: Submission) -> Iterator[str]:
    note = ", a dry run that is never sent" if submission.is_dry else ""
    yield f"{submission.id}  {', '.join(submission.evals)}, {_age(submission.created_at)}{note}"
    for part in submission.parts:
        yield f"  {part.name}: {_standing(part)}"
        yield from _problem_lines(submission, part)
    if not submission.is_sent:
        yield "  It was broken off before all of it was sent: the same snellen batch submit goes on with it."


def _standing(part: Part) -> str:
    if part.remote is None:
        return f"{part.step}, {plural(part.lines, 'question')}"
    if part.tally is not None:
        return f"collected; {_tally(part.tally)}"
    remote = part.remote
    counted = f"{remote.completed:,} of {remote.total or part.lines:,} answered"
    failed = f", {remote.failed:,} failed" if remote.failed else ""
    given_up = "given up; " if part.step == "dropped" else ""
    return f"{given_up}{remote.state}, {counted}{failed} ({printable(remote.id)} at {part.host})"


def _problem_lines(submission: Submission, part: Part) -> Iterator[str]:
    problems = part.remote.problems if part.remote else ()
    for problem in problems[:_MAX_LISTED]:
        asked = asked_at(submission, part, problem.line) if problem.line else None
        where = f"line {problem.line}{f', {asked.label}' if asked else ''}: " if problem.line else ""
        code = f"{problem.code}: " if problem.code else ""
        yield f"    {where}{code}{problem.message}"
    for line in and_more(len(problems) - _MAX_LISTED):
        yield f"    {line}"


def _age(created_at: str) -> str:
    seconds = (datetime.fromisoformat(iso_now()) - datetime.fromisoformat(created_at)).total_seconds()
    hours, minutes = divmod(max(0, int(seconds)) // 60, 60)
    return f"{hours} h {minutes} min old" if hours else f"{minutes} min old"


def collect_command(name: str | None) -> int:
    """Puts answers into the recordings; 3 when some questions have none."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    try:
        done = collect(settings, name=name, on_part=_print_collected)
    except ModelError as error:
        return _failed(error, "")
    if not done:
        _say("Nothing to collect.")
        return 0
    unanswered = sum(one.part.tally.unanswered for one in done if one.part.tally)
    is_whole = not unanswered and all(one.part.step == "collected" for one in done)
    evals = sorted({name for one in done for name in one.submission.evals})
    if any(one.part.step == "collected" for one in done):
        _say(f"To score what is recorded: snellen run PATH, for {', '.join(evals)}.")
    if unanswered:
        _say(f"To ask the {plural(unanswered, 'question')} without a response again: snellen batch submit PATH")
    return 0 if is_whole else _NO_RESPONSE


def _print_collected(one: Collected) -> None:
    where = f"{one.submission.id} {one.part.name}"
    if one.error is not None:
        sys.stderr.write(f"{where}: {printable(str(one.error))}\n")
        return
    if one.part.tally is None or one.part.remote is None or not one.part.remote.has_ended:
        _say(f"{where}: {_standing(one.part)}; nothing to collect yet")
        return
    _say(f"{where}: {one.part.remote.state}; {_tally(one.part.tally)}")
    for line in _problem_lines(one.submission, one.part):
        _say(line)
    _print_lost(one)


def _print_lost(one: Collected) -> None:
    total = one.part.tally.unanswered if one.part.tally else 0
    for lost in itertools.islice(lost_of(one.submission, one.part), _MAX_LISTED):
        _say(f"  no response: {lost.label}  {shorten(lost.reason, 300)}")
    for line in and_more(total - _MAX_LISTED, then=f" in {_shown(one.submission.lost_file(one.part))}"):
        _say(f"  {line}")


def _tally(tally: Tally) -> str:
    counts = [
        (tally.known, "recorded before"),
        (tally.failed, "failed"),
        (tally.expired, "expired"),
        (tally.absent, "not answered"),
        (tally.twice, "that came twice"),
        (tally.unknown, "to nothing that was asked"),
        (tally.damaged, "that cannot be read"),
    ]
    others = "".join(f", {count:,} {what}" for count, what in counts if count)
    return f"{plural(tally.recorded, 'answer')} recorded{others}"


def cancel_command(name: str, *, forget: bool) -> int:
    """Cancels a batch."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    try:
        submission = cancel(name, settings, forget=forget)
    except ModelError as error:
        return _failed(error, "")
    if not submission.folder.exists():
        _say(f"{submission.id}: nothing of it was sent; removed")
        return 0
    for line in _status_lines(submission):
        _say(line)
    if any(part.step == "created" for part in submission.parts):
        _say("What was answered can be collected, once it has ended: snellen batch collect")
    return 0


def _failed(error: ModelError, more: str) -> int:
    lines: Iterable[str] = filter(None, (f"snellen: {error}", f"  {more}" if more else ""))
    sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
    return _USAGE if error.kind == "auth" else error.exit_code


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _say(text: str) -> None:
    print(printable(text))
