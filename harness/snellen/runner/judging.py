"""Scorers that ask models: whom they ask, the requests that makes, and the score once every reply is there or missing.

What a scorer asks is a question like any other: fingerprinted, recorded beside the eval's answers under the model that
was asked, within the budget and the limits of that model, asked once however many want to know. What is different is
what a missing reply means: the response is there, so it is unscored, with the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from snellen.case import ScorerSpec
from snellen.errors import ConfigError, InputError, Problem
from snellen.images.digest import DigestCache
from snellen.models.embeddings import vector_of
from snellen.models.params import AS_WRITTEN, sent_params, takes_temperature
from snellen.models.prices import cost_usd, price_of
from snellen.models.spec import BUILT_INS, ModelSpec, check_ready
from snellen.models.table import table_name
from snellen.recordings.entry import shown
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint
from snellen.request import ImagePart, Message, Part, Request
from snellen.runner.answer import Answer
from snellen.runner.budget import check_prices
from snellen.runner.judge import failure_of, scorer_broke, with_scores
from snellen.runner.plan import AskedModel, Job, Question, asked_models, picture_part, scorers_of
from snellen.runner.settings import Settings
from snellen.score import ScorerCall
from snellen.scorers.asking import ScorerQuestion, ScorerReply, asks, questions_of
from snellen.trial import Failure, Trial

__all__ = ["Judges", "Judging", "unrecorded"]

_SCHEMA_NAME = "verdict"


@dataclass(slots=True, kw_only=True)
class Judging:
    """The scoring of one response, until all that its scorers ask is settled.

    Attributes:
        job: What it is about.
        trial: With the response, not scored yet.
        specs: The scorers.
        asked: What they ask, in their order.
        questions: The same as it is put to the models; None where it cannot be put.
        answers: What came of each; None while it is open.
    """

    job: Job
    trial: Trial
    specs: Sequence[ScorerSpec]
    asked: tuple[ScorerQuestion, ...]
    questions: list[Question | None] = field(default_factory=list)
    answers: list[Answer | None] = field(default_factory=list)

    def open(self) -> Iterator[tuple[int, Question]]:
        """The questions that nothing came of yet, with their places."""
        for at, question in enumerate(self.questions):
            if question is not None and self.answers[at] is None:
                yield at, question

    @property
    def is_settled(self) -> bool:
        """Whether something came of every question."""
        return None not in self.answers


class Judges:
    """The models that scorers of a run ask."""

    def __init__(self, settings: Settings, *, cache: DigestCache) -> None:
        """Resolves nothing yet.

        Args:
            settings: Of the run.
            cache: Knows the digests of unchanged pictures.
        """
        self._settings = settings
        self._cache = cache
        self._specs: dict[AskedModel, ModelSpec] = {}
        self._ready: set[AskedModel] = set()

    def spec(self, asked: AskedModel) -> ModelSpec:
        """The model that a scorer asks.

        Raises:
            ConfigError: It cannot be used, or not for what the scorer wants of it.
        """
        if asked not in self._specs:
            self._specs[asked] = self._resolved(*asked)
        return self._specs[asked]

    def check(self, asked: Iterable[AskedModel]) -> tuple[ModelSpec, ...]:
        """The models, once it is sure that they can be used for what is asked of them.

        Raises:
            ConfigError: One cannot; or cost is limited, and that of one is not known.
        """
        specs = tuple(map(self.spec, dict.fromkeys(asked)))
        for spec in specs:
            sent_params(spec.name, spec.params, api=spec.api)
        if self._settings.mode != "recorded":
            check_prices(self._settings.limits, specs, note=", which a scorer asks")
        return specs

    def check_ready(self, asked: Iterable[AskedModel]) -> None:
        """Nothing, when these models can be asked now.

        Raises:
            ConfigError: A key or a package is missing; no answer is paid for that could then not be judged.
        """
        for one in asked:
            if one not in self._ready:
                check_ready(self.spec(one), self._settings.environ)
                self._ready.add(one)

    def check_ready_for(self, job: Job) -> None:
        """As `check_ready`, of the models that are asked to judge this job."""
        self.check_ready(asked_models(job))

    def judging(self, job: Job, trial: Trial) -> Judging | Trial:
        """The judging of a response, or the scored trial at once when its scorers ask nothing.

        Args:
            job: What it is about.
            trial: With a response.

        Raises:
            InputError: A scorer does not take its options.
            ConfigError: A model that is asked cannot be used.
        """
        specs = scorers_of(job)
        if not any(map(asks, specs)):
            return with_scores(trial, specs)
        assert trial.response is not None  # noqa: S101  # a trial without one is not judged
        asked: tuple[ScorerQuestion, ...] = ()
        for spec in specs:
            try:
                asked += questions_of(spec, job.case, trial.response)
            except InputError:
                raise
            except Exception as error:  # noqa: BLE001  # one scorer's fault must not end a run of thousands
                return scorer_broke(trial, specs, spec, error)
        judging = Judging(job=job, trial=trial, specs=specs, asked=asked)
        for one in asked:
            question = self._question(one, job)
            judging.questions.append(question if isinstance(question, Question) else None)
            judging.answers.append(question if isinstance(question, Answer) else None)
        return judging

    def judged(self, judging: Judging) -> Trial:
        """The scored trial; what is still open counts as not asked."""
        settled = zip(judging.asked, judging.questions, judging.answers, strict=True)
        return with_scores(judging.trial, judging.specs, tuple(itertools.starmap(_reply, settled)))

    def _resolved(self, key: str, kind: str) -> ModelSpec:
        spec = self._settings.model(key)
        wants_numbers = kind == "embeddings"
        if wants_numbers and key not in self._settings.model_table and key not in BUILT_INS:
            return replace(spec, api="embeddings")  # simply the name to send: what for, the scorer says
        if wants_numbers != (spec.api == "embeddings"):
            wanted = "embeddings, and it answers questions" if wants_numbers else "an answer, and it makes embeddings"
            hint = f'Under {table_name(key)} write api = "embeddings", or name a model that has it.'
            message = f'a scorer asks model {key!r} for {wanted} (api = "{spec.api}")'
            raise ConfigError(Problem(message, hint=hint if wants_numbers else "Name a model that answers questions."))
        return spec

    def _question(self, asked: ScorerQuestion, job: Job) -> Question | Answer:
        """The question as it is put to the model; a failure when it cannot be put."""
        spec = self.spec((asked.model, asked.api))
        try:
            request = Request(
                api=spec.api,
                model=spec.name,
                messages=tuple(self._message(message, spec) for message in asked.messages),
                params=_params(asked, spec),
            )
            canonical = request.canonical()
            # Two variants or repeats that got one answer put one question: whoever is first, the same is written down.
            own = replace(job, model=spec, variant="", repeat=0)
            return Question(
                job=own, request=request, canonical=canonical, fingerprint=fingerprint(canonical), is_of_scorer=True
            )
        except InputError as error:
            return Answer(failure=failure_of(error))

    def _message(self, message: Message, spec: ModelSpec) -> Message:
        def placed(part: Part) -> Part:
            if not isinstance(part, ImagePart):
                return part
            found = picture_part(part.ref, model=spec, cache=self._cache, pinned=self._settings.pinned)
            return replace(found, detail=part.detail)

        return Message(message.role, tuple(map(placed, message.parts)))


def _reply(asked: ScorerQuestion, question: Question | None, answer: Answer | None) -> ScorerReply:
    response = None if answer is None else answer.response
    call = ScorerCall(model=asked.model, fingerprint="" if question is None else question.fingerprint)
    if question is None or response is None:
        return ScorerReply(call=replace(call, failure=_why(answer)))
    call = replace(
        call,
        served_model=response.served_model,
        text=response.text,
        recorded=response.recorded,
        latency_s=response.latency_s,
        cost_usd=cost_usd(response.usage, price_of(question.job.model), via=response.via),
    )
    vector = vector_of(response.body) if question.request.api == "embeddings" else None
    return ScorerReply(text=response.text, stop=response.stop, vector=vector, call=call)


def _why(answer: Answer | None) -> str:
    """Why there is no answer, on one line."""
    failure = None if answer is None else answer.failure
    return " ".join(failure.message.split()) if failure is not None else "not asked"


def _params(asked: ScorerQuestion, spec: ModelSpec) -> dict[str, object]:
    """What is sent with a scorer's question: what the scorer wants, and over it what the model's own table says."""
    is_as_written = bool(spec.params.get(AS_WRITTEN))
    wanted = {} if is_as_written else dict(asked.params)
    if not takes_temperature(spec.name):
        wanted.pop("temperature", None)
    form = {} if asked.schema is None else _form(asked.schema, spec)
    return sent_params(spec.name, {**wanted, **form, **_without(spec.params, form)}, api=spec.api)


def _form(schema: Mapping[str, object], spec: ModelSpec) -> dict[str, object]:
    """How this model's API is told the form of an answer; a form that the model's own table names stays.

    Source:
        openai 3.54, types/shared_params/response_format_json_schema.py and
        types/responses/response_format_text_json_schema_config_param.py, which is flat.
    """
    named = {"name": _SCHEMA_NAME, "schema": dict(schema), "strict": True}
    if spec.api == "responses":
        own = spec.params.get("text")
        form: dict[str, object] = {"format": {"type": "json_schema", **named}}
        return {"text": {**form, **own} if isinstance(own, Mapping) else form}
    own_format = spec.params.get("response_format")
    return {"response_format": own_format or {"type": "json_schema", "json_schema": named}}


def _without(params: Mapping[str, object], names: Iterable[str]) -> dict[str, object]:
    return {name: value for name, value in params.items() if name not in names}


def unrecorded(question: Question, store: RecordingStore, *, command: str) -> Answer:
    """What comes of a scorer's question that nothing was recorded for and that may not be asked.

    Args:
        question: Of a scorer.
        store: Where it was looked for.
        command: What records it.
    """
    file = store.file(eval=question.job.eval.recordings, model=question.job.model.key)
    message = (
        f"{shown(file)} holds no reply to what it would be asked: it never was, or the answer, the scorer's options or "
        f"its version are others by now. Record it: {command}"
    )
    return Answer(failure=Failure(kind="not_recorded", message=message))
