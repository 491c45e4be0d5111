"""From evals to jobs, and from a job to the request it asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snellen._files import digest
from snellen._keys import KeySet, key_of
from snellen.case import Case, ImageRef, ScorerSpec
from snellen.datasets.template import case_fields, render
from snellen.errors import ConfigError, InputError, Problem, SnellenError
from snellen.images.digest import DigestCache, identity_of
from snellen.images.fit import transform_of
from snellen.models.params import sent_params
from snellen.models.spec import ModelSpec
from snellen.recordings.fingerprint import fingerprint
from snellen.request import ImagePart, Message, Part, Request, TextPart
from snellen.response import Response
from snellen.runner.evals import Eval
from snellen.runner.settings import Settings
from snellen.scorers.asking import asks, questions_of
from snellen.scorers.registry import case_problem, default_scorers
from snellen.trial import Trial, label_of

__all__ = [
    "AskedModel",
    "Job",
    "Question",
    "Survey",
    "asked_models",
    "picture_part",
    "plan",
    "plan_key",
    "prepare",
    "scorers_of",
    "survey",
]

AskedModel = tuple[str, str]
"""A model that a scorer asks, as it names it, and the kind of answer it wants: "chat" or "embeddings"."""

_MAX_PROBLEMS = 50  # nobody reads on
_ANY_RESPONSE = Response(text="any")  # whom a scorer asks does not hang on what came back
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
        stored: An earlier trial whose response is judged again, so that nothing is asked of the model; None asks.
    """

    eval: Eval
    case: Case
    variant: str
    model: ModelSpec
    repeat: int
    place: int = 0
    stored: Trial | None = None

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
        is_of_scorer: A scorer asks it in order to judge; the job's model is then the one that it asks.
    """

    job: Job
    request: Request
    canonical: dict[str, object]
    fingerprint: str
    is_of_scorer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a plan amounts to, gone over once before anything is asked.

    Attributes:
        jobs: How many there are, without those that only pytest can do.
        for_pytest: Jobs whose function takes a fixture that only pytest has.
        models: Whom they ask, in the plan's order.
        places: Eval and model of each recordings file they may write.
        asked: Models that scorers ask, each with the eval whose recordings hold what it says.
    """

    jobs: int
    for_pytest: int
    models: tuple[ModelSpec, ...]
    places: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, AskedModel], ...] = ()


def plan_key(evals: Iterable[Eval], settings: Settings, *, by: str = "run") -> str:
    """What is the same for the same plan, by whatever name it is called: which evals, of which models, in which mode.

    Cases, prompts and parameters are not part of it: each question has its fingerprint.
    """
    named = sorted([one.name, str(one.file), *settings.models_for(one.models)] for one in evals)
    return digest(json.dumps([by, settings.mode, settings.shard, named]).encode())


def survey(jobs: Iterable[Job]) -> Survey:
    """Goes over all jobs, so that whatever is wrong with a row is known before the first one is asked.

    Raises:
        InputError: As `plan`; or a scorer of an eval cannot judge a case.
    """
    models: dict[str, ModelSpec] = {}
    places: dict[tuple[str, str], None] = {}
    asked: dict[tuple[str, AskedModel], None] = {}
    problems: list[Problem] = []
    last: Case | None = None
    count = for_pytest = 0
    for job in jobs:
        if job.case is not last and len(problems) < _MAX_PROBLEMS:
            last = job.case
            found = list(_unjudgeable(job))
            problems += found
            asked.update(((job.eval.recordings, one), None) for one in (() if found else asked_models(job)))
        models.setdefault(job.model.key, job.model)
        if job.eval.fixture:
            for_pytest += 1
            continue
        count += 1
        places[job.eval.recordings, job.model.key] = None
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Survey(
        jobs=count,
        for_pytest=for_pytest,
        models=tuple(models.values()),
        places=tuple(places),
        asked=tuple(asked),
    )


def _unjudgeable(job: Job) -> Iterator[Problem]:
    """What the eval's scorers cannot judge of a case; a case's own scorers were checked when it was read."""
    for spec in job.eval.scorers or ():
        if said := case_problem(spec, job.case):
            source = job.case.source
            file = source.file if source else job.eval.file.name
            message = f"scorer {spec.name!r} of eval {job.eval.name!r} cannot judge this case: {said}"
            yield Problem(message, file, source.line if source else None, job.case.id)


def scorers_of(job: Job) -> tuple[ScorerSpec, ...]:
    """The scorers that judge this job: those of its eval, else those that the case's expectation needs."""
    return default_scorers(job.case) if job.eval.scorers is None else job.eval.scorers


def asked_models(job: Job) -> Iterator[AskedModel]:
    """The models that scorers ask in order to judge this job; none for nearly all jobs.

    Raises:
        InputError: A scorer cannot say what it asks.
    """
    for spec in scorers_of(job):
        if asks(spec):
            yield from _asked_by(spec, job)


def _asked_by(spec: ScorerSpec, job: Job) -> Iterator[AskedModel]:
    try:
        for question in questions_of(spec, job.case, _ANY_RESPONSE):
            yield question.model, question.api
    except SnellenError:
        raise
    except Exception as error:
        message = f"scorer {spec.name!r} cannot say what it asks: {type(error).__name__}: {error}"
        raise InputError(Problem(message, file=job.eval.file.name, case_id=job.case.id)) from error


def plan(evals: Iterable[Eval], settings: Settings) -> Iterator[Job]:
    """All jobs of these evals: case by case, so that a reader sees models side by side from the first line on.

    With a shard in the settings only every so manieth case is planned; places are those of the whole plan.

    Raises:
        InputError: Cases cannot be read, or an id is used twice in an eval.
        ConfigError: No model is named, or one that cannot be used or answers nothing.
    """
    number, shards = settings.shard or (1, 1)
    place = cases = 0
    for one in evals:
        models = [_answering(settings.model(key)) for key in settings.models_for(one.models)]
        axes = [(variant, model, n) for variant in one.variants for model in models for n in range(one.repeats)]
        for case in _distinct(one):
            if cases % shards == number - 1:
                for at, (variant, model, repeat) in enumerate(axes, place):
                    yield Job(eval=one, case=case, variant=variant, model=model, repeat=repeat, place=at)
            cases += 1
            place += len(axes)


def _answering(spec: ModelSpec) -> ModelSpec:
    """The model, when it answers questions."""
    if spec.api == "embeddings":
        message = f'model {spec.key!r} has api = "embeddings": it makes numbers of a text and answers no question'
        raise ConfigError(Problem(message, hint=f"It is for scorers: similarity: {{ model: {spec.key} }}"))
    return spec


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
    return [picture_part(ref, model=job.model, cache=cache, pinned=pinned) for ref in job.case.images]


def picture_part(ref: ImageRef, *, model: ModelSpec, cache: DigestCache, pinned: Mapping[str, Path]) -> ImagePart:
    """A picture as this model is shown it.

    Raises:
        InputError: It vanished.
    """
    rules = model.images
    identity = identity_of(ref, cache=cache, rules=rules, pinned=pinned)
    is_sent_inline = ref.url is None or rules.inline_urls
    transform = transform_of(rules) if is_sent_inline else ""
    return ImagePart(ref=ref, identity=identity, transform=transform, detail=ref.detail)


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
