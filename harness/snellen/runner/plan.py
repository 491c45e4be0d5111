"""From evals to jobs, and from a job to the request it asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snellen._keys import KeySet, key_of
from snellen.case import Case
from snellen.datasets.template import case_fields, render
from snellen.errors import InputError, Problem
from snellen.images.digest import DigestCache, identity_of
from snellen.images.fit import transform_of
from snellen.models.params import sent_params
from snellen.models.spec import ModelSpec
from snellen.recordings.fingerprint import fingerprint
from snellen.request import ImagePart, Message, Part, Request, TextPart
from snellen.runner.evals import Eval
from snellen.runner.settings import Settings
from snellen.trial import label_of

__all__ = ["Job", "Question", "Survey", "plan", "prepare", "survey"]

_MARKER = re.compile(r"<image ([1-9]\d{0,3})>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One asking that is to be done: case x prompt variant x model x repeat of an eval.

    Attributes:
        eval: What it belongs to.
        case: The question.
        variant: The prompt variant's name, "" for the case's own prompt.
        model: Whom to ask.
        repeat: 0-based.
        place: 0-based position in the plan, the order of a report; the same in every shard of a run.
    """

    eval: Eval
    case: Case
    variant: str
    model: ModelSpec
    repeat: int
    place: int = 0

    @property
    def label(self) -> str:
        """What tells jobs of one eval apart, as pytest shows it in brackets."""
        return label_of(self.case.id, variant=self.variant, model=self.model.key, repeat=self.repeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A job with the request it asks; no picture is encoded yet.

    Attributes:
        job: Where it comes from.
        request: What is asked.
        canonical: The request as plain JSON values, what the fingerprint is of.
        fingerprint: Under which the response is recorded.
    """

    job: Job
    request: Request
    canonical: dict[str, object]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a plan amounts to, gone over once before anything is asked.

    Attributes:
        jobs: How many there are, without those that only pytest can do.
        for_pytest: Jobs whose function takes a fixture that only pytest has.
        models: Whom they ask, in the plan's order.
        places: Eval and model of each recordings file they may write.
    """

    jobs: int
    for_pytest: int
    models: tuple[ModelSpec, ...]
    places: tuple[tuple[str, str], ...]


def survey(jobs: Iterable[Job]) -> Survey:
    """Goes over all jobs, so that whatever is wrong with a row is known before the first one is asked.

    Raises:
        InputError: As `plan`.
    """
    models: dict[str, ModelSpec] = {}
    places: dict[tuple[str, str], None] = {}
    count = for_pytest = 0
    for job in jobs:
        models.setdefault(job.model.key, job.model)
        if job.eval.fixture:
            for_pytest += 1
            continue
        count += 1
        places[job.eval.recordings, job.model.key] = None
    return Survey(jobs=count, for_pytest=for_pytest, models=tuple(models.values()), places=tuple(places))


def plan(evals: Iterable[Eval], settings: Settings) -> Iterator[Job]:
    """All jobs of these evals: case by case, so that a reader sees models side by side from the first line on.

    With a shard in the settings only every so manieth case is planned; places are those of the whole plan.

    Raises:
        InputError: Cases cannot be read, an id is used twice in an eval, or no model is named.
    """
    number, shards = settings.shard or (1, 1)
    place = cases = 0
    for one in evals:
        models = [settings.model(key) for key in settings.models_for(one.models)]
        axes = [(variant, model, n) for variant in one.variants for model in models for n in range(one.repeats)]
        for case in _distinct(one):
            if cases % shards == number - 1:
                for at, (variant, model, repeat) in enumerate(axes, place):
                    yield Job(eval=one, case=case, variant=variant, model=model, repeat=repeat, place=at)
            cases += 1
            place += len(axes)


def _distinct(one: Eval) -> Iterator[Case]:
    seen = KeySet()
    for case in one.load():
        key = key_of(case.id)
        if key in seen:
            where = case.source.file if case.source else one.file.name
            raise InputError(Problem("this id is used twice in one eval", file=where, case_id=case.id))
        seen.add(key)
        yield case


def prepare(job: Job, *, cache: DigestCache, pinned: Mapping[str, Path]) -> Question:
    """The request of a job. Reads a picture's bytes only when its digest is not cached, and never a pixel.

    Args:
        job: What is to be asked.
        cache: Knows the digests of unchanged files.
        pinned: Local copies of picture addresses.

    Raises:
        InputError: The prompt's template fails, or a picture vanished.
    """
    request = Request(
        api=job.model.api,
        model=job.model.name,
        messages=_messages(job, _pictures(job, cache, pinned)),
        params=sent_params(job.model.name, {**job.model.params, **job.eval.params}, api=job.model.api),
        repeat=job.repeat,
    )
    canonical = request.canonical()
    return Question(job=job, request=request, canonical=canonical, fingerprint=fingerprint(canonical))


def _messages(job: Job, pictures: list[ImagePart]) -> tuple[Message, ...]:
    user = Message("user", tuple(_interleave(_prompt(job), pictures)))
    if job.case.system is None:
        return (user,)
    return (Message("system", (TextPart(job.case.system),)), user)


def _prompt(job: Job) -> str:
    template = job.eval.variants[job.variant]
    if template is None:
        return job.case.prompt
    where = Problem(f"prompt variant {job.variant!r}", file=job.eval.file.name, case_id=job.case.id)
    return render(template, case_fields(job.case), where=where)


def _pictures(job: Job, cache: DigestCache, pinned: Mapping[str, Path]) -> list[ImagePart]:
    rules = job.model.images
    parts = []
    for ref in job.case.images:
        identity = identity_of(ref, cache=cache, rules=rules, pinned=pinned)
        is_sent_inline = ref.url is None or rules.inline_urls
        transform = transform_of(rules) if is_sent_inline else ""
        parts.append(ImagePart(ref=ref, identity=identity, transform=transform, detail=ref.detail))
    return parts


def _interleave(prompt: str, pictures: list[ImagePart]) -> Iterator[Part]:
    """The prompt cut at its `<image n>` markers, the pictures in their places; unmarked ones follow the text."""
    placed: set[int] = set()
    start = 0
    for marker in _MARKER.finditer(prompt):
        number = int(marker[1])
        if number > len(pictures):
            continue  # the dataset room refused this for a case's own prompt; in a rendered value it is plain text
        if text := prompt[start : marker.start()].strip():
            yield TextPart(text)
        yield pictures[number - 1]
        placed.add(number)
        start = marker.end()
    if text := prompt[start:].strip():
        yield TextPart(text)
    yield from (picture for number, picture in enumerate(pictures, start=1) if number not in placed)
