"""`snellen estimate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from snellen._text import and_more, plural, printable, shorten, some_of
from snellen.analysis.estimate import Estimate, JudgeEstimate, ModelEstimate, estimate
from snellen.models.prices import BATCH_FACTOR, price_of
from snellen.models.table import table_name
from snellen.report.words import in_dollars
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings

__all__ = ["estimate_command"]

_MAX_LISTED = 10
_MAX_BATCHES = 3
_REBATES = "api.openai.com"


def estimate_command(paths: list[Path], *, models: tuple[str, ...], responses: str) -> int:
    """Prints what a run would ask and cost; 2 when some cases cannot be asked."""
    settings = load_settings(paths[0], environ=os.environ, mode=responses, models=models)
    found = estimate(load_evals(paths, settings), settings)
    _complain(found.problems)
    for model in found.models:
        for line in _lines(model, found.batches):
            print(printable(line))
    for judge in found.judges:
        for line in _judge_lines(judge):
            print(printable(line))
    for line in _closing(found, settings.mode):
        print(line)
    return 2 if found.problems else 0


def _complain(problems: tuple[str, ...]) -> None:
    for problem in problems[:_MAX_LISTED]:
        said = "\n".join(printable(line) for line in problem.splitlines())
        sys.stderr.write(f"cannot be asked: {said}\n")
    for line in and_more(len(problems) - _MAX_LISTED):
        sys.stderr.write(f"{line}\n")


def _judge_lines(found: JudgeEstimate) -> Iterator[str]:
    """What scorers ask about recorded answers as for any model, and how much may come on top."""
    known, spec = found.known, found.known.spec
    because = "not priced: what they ask depends on answers that are not there yet"
    if known.calls or known.recorded:
        yield from _lines(known, (), why=", asked by scorers")
        if found.open:
            yield f"  and on top     up to {plural(found.open, 'question')} to {spec.key!r}, {because}"
    elif found.open:
        calls = plural(found.open, "call")
        yield f"{spec.key}, asked by scorers: up to {calls} of {spec.name!r} at {spec.host}, {because}"


def _lines(found: ModelEstimate, batches: tuple[str, ...], *, why: str = "") -> Iterator[str]:
    spec = found.spec
    recorded = f", {found.recorded:,} more recorded" if found.recorded else ""
    repeated = f", {found.repeated:,} more the same as others" if found.repeated else ""
    yield f"{spec.key}{why}: {plural(found.calls, 'call')} of {spec.name!r} at {spec.host}{recorded}{repeated}"
    if not found.calls:
        return
    yield f"  image tokens   {_image_tokens(found)}"
    notes = [f"{plural(count, 'picture')}: {shorten(note, 300)}" for note, count in found.notes.items()]
    for line in (*notes[:_MAX_LISTED], *and_more(len(notes) - _MAX_LISTED)):
        yield f"                 {line}"
    yield f"  text tokens    about {found.text_tokens:,}"
    yield f"  output tokens  {_output(found)}"
    yield f"  cost           {_cost(found)}"
    if (by_batch := _batch_cost(found)) and found.waiting < found.calls:
        yield f"  by batch       {by_batch}"
    if found.waiting:
        newest = batches[-_MAX_BATCHES:]
        named = some_of(newest, most=_MAX_BATCHES, more=len(batches) - len(newest))
        yield (
            f"  in batches     {found.waiting:,} of these, in {named}: "
            "collect them first (snellen batch collect), or a run asks and pays for them again"
        )


def _image_tokens(found: ModelEstimate) -> str:
    unknown = found.image_tokens_unknown
    if unknown and unknown == found.pictures:
        return f"unknown for {plural(found.pictures, 'picture')}"
    known = found.pictures - unknown
    more = f"; unknown for {unknown:,} more" if unknown else ""
    return f"about {found.image_tokens:,} for {plural(known, 'picture')}{more}"


def _output(found: ModelEstimate) -> str:
    if found.output_unlimited == found.calls:
        return "unknown: no max_tokens is set"
    limited = plural(found.calls - found.output_unlimited, "call")
    more = f"; unknown for {found.output_unlimited:,} more, without max_tokens" if found.output_unlimited else ""
    return f"at most {found.output_tokens:,} for {limited}{more}"


def _cost(found: ModelEstimate) -> str:
    if found.spec.is_in_process and found.spec.price is None:
        return "nothing: it runs on this machine"
    price = price_of(found.spec)
    if price is None:
        hint = f"under {table_name(found.spec.key)} write price = {{ input = ..., cached = ..., output = ... }}"
        return f"unknown: no price is known for {found.spec.name!r}; {hint}"
    source = f" (list price: {price.source})" if price.source else ""
    if found.input_usd_unknown == found.calls:
        return "unknown, as the image tokens are"
    return f"{_range(found)}{source}"


def _range(found: ModelEstimate, factor: float = 1.0) -> str:
    parts = [f"about {in_dollars(found.input_usd * factor)} for input"]
    if found.most_usd_unknown == found.input_usd_unknown:
        parts.append(f"up to {in_dollars(found.most_usd * factor)} with output")
    else:
        parts.append("output not limited")
    if found.input_usd_unknown:
        parts.append(f"and {plural(found.input_usd_unknown, 'call')} of unknown cost")
    return ", ".join(parts)


def _batch_cost(found: ModelEstimate) -> str:
    """What the same calls cost by the Batch API; empty where that is not known: the rebate is OpenAI's."""
    if found.spec.host != _REBATES or found.input_usd_unknown == found.calls:
        return ""
    return _range(found, BATCH_FACTOR)


def _closing(found: Estimate, mode: str) -> Iterator[str]:
    if found.pytest_only:
        yield f"{plural(found.pytest_only, 'trial')} that only pytest can ask, not counted here"
    if mode == "recorded":
        yield "Mode recorded: nothing is asked, and nothing is paid."
    elif any(model.calls for model in (*found.models, *(judge.known for judge in found.judges))):
        yield (
            "Nothing was sent. Image tokens follow the providers' published rules; text is counted as one token for "
            "4 ASCII characters and one for any other, such as a Korean syllable. The bill follows the server's count."
        )
