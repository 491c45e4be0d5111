"""What a run will ask and cost, before anything is sent: calls, tokens and money by model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from snellen._text import about_tokens
from snellen.errors import InputError, ModelError
from snellen.images.decode import inspect_image
from snellen.images.digest import DigestCache, read_picture, source_bytes
from snellen.images.fit import fit_size
from snellen.images.tokens import ImageTokens, image_tokens
from snellen.models.prices import cost_usd, price_of
from snellen.models.spec import ModelSpec
from snellen.recordings.file import RecordingStore
from snellen.request import ImagePart, Request, TextPart
from snellen.response import Usage
from snellen.runner.answer import replayed
from snellen.runner.batch_state import pending_in_batches
from snellen.runner.evals import Eval
from snellen.runner.judge import unjudged
from snellen.runner.judging import Judges, Judging
from snellen.runner.plan import AskedModel, Job, Question, asked_models, plan, prepare
from snellen.runner.settings import Settings

__all__ = ["Estimate", "JudgeEstimate", "ModelEstimate", "estimate"]

_MAX_OUTPUT = ("max_completion_tokens", "max_output_tokens", "max_tokens")


@dataclass(slots=True, kw_only=True)
class ModelEstimate:
    """What one model will be asked. Sums hold what is known; what is not is counted beside them.

    Attributes:
        spec: The model.
        calls: Requests that will be sent.
        recorded: Trials that are replayed, for nothing.
        waiting: Those of the calls whose question waits in a batch that is not collected.
        repeated: Trials that ask what another of them asks, so that they are answered by its recording.
        pictures: Pictures in those requests.
        image_tokens: Of the pictures whose size and rule are known.
        image_tokens_unknown: Pictures without a number.
        text_tokens: About.
        output_tokens: At most, of the calls that set a limit.
        output_unlimited: Calls that set none.
        input_usd: For the input of the calls with a known price and known pictures.
        input_usd_unknown: Calls without that.
        most_usd: As `input_usd`, with as much output as the limits allow.
        most_usd_unknown: Calls without that, because of the input or because their output has no limit.
        notes: Why something is not known or will fail, with how many pictures are concerned.
    """

    spec: ModelSpec
    calls: int = 0
    recorded: int = 0
    waiting: int = 0
    repeated: int = 0
    pictures: int = 0
    image_tokens: int = 0
    image_tokens_unknown: int = 0
    text_tokens: int = 0
    output_tokens: int = 0
    output_unlimited: int = 0
    input_usd: float = 0.0
    input_usd_unknown: int = 0
    most_usd: float = 0.0
    most_usd_unknown: int = 0
    notes: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class JudgeEstimate:
    """What scorers will ask of one model.

    Attributes:
        known: What they will ask about answers that are recorded; its trials are questions here.
        open: How many questions there may be, at most, about answers that are not there yet: their text, and so their
            price, is not known before.
    """

    known: ModelEstimate
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run will ask.

    Attributes:
        models: One a model, in the order of the plan.
        problems: Why some cases cannot be asked at all, a message each.
        pytest_only: Trials that only pytest asks, because their function takes a fixture.
        batches: Ids of the batches that are not collected.
        judges: One a model that scorers ask, likewise.
    """

    models: tuple[ModelEstimate, ...]
    problems: tuple[str, ...]
    pytest_only: int
    batches: tuple[str, ...] = ()
    judges: tuple[JudgeEstimate, ...] = ()


def estimate(evals: Iterable[Eval], settings: Settings) -> Estimate:
    """What a run of these evals in the mode of `settings` asks; reads headers of pictures, and sends nothing.

    Raises:
        SnellenError: The evals cannot be planned, or recordings are damaged.
    """
    with DigestCache(settings.state / "digests.db") as cache:
        return _Estimator(settings, cache).take(plan(evals, settings))


class _Estimator:
    """Goes over the jobs once and holds sums, sizes of pictures by their identity, and fingerprints."""

    def __init__(self, settings: Settings, cache: DigestCache) -> None:
        self._settings = settings
        self._cache = cache
        self._store = RecordingStore(settings.recordings)
        self._pending = pending_in_batches(settings)
        self._sizes: dict[str, tuple[int, int]] = {}
        self._counted: set[str] = set()
        self._models: dict[str, ModelEstimate] = {}
        self._asking = Judges(settings, cache=cache)
        self._judges: dict[AskedModel, JudgeEstimate] = {}
        self._problems: dict[str, None] = {}

    def take(self, jobs: Iterable[Job]) -> Estimate:
        """The sums over these jobs."""
        pytest_only = 0
        for job in jobs:
            if job.eval.fixture:
                pytest_only += 1
                continue
            found = self._models.setdefault(job.model.key, ModelEstimate(spec=job.model))
            try:
                self._take(found, prepare(job, cache=self._cache, pinned=self._settings.pinned))
            except InputError as error:  # a run has an error trial for it, and asks the others
                self._problems[str(error)] = None
        return Estimate(
            models=tuple(self._models.values()),
            problems=tuple(self._problems),
            pytest_only=pytest_only,
            batches=self._pending.batches,
            judges=tuple(self._judges.values()),
        )

    def _take(self, found: ModelEstimate, question: Question) -> None:
        """Adds a job's question and what its scorers will ask."""
        self._add(found, question)
        asked = [] if self._settings.mode == "recorded" else list(asked_models(question.job))
        if not asked:
            return
        for one in asked:  # a model that cannot be used for this is told also where nothing is asked of it
            self._judges.setdefault(one, JudgeEstimate(known=ModelEstimate(spec=self._asking.spec(one))))
        judging = self._judging(question)
        if judging is None:
            for one in asked:
                self._judges[one].open += 1
            return
        for scorers_question, own in zip(judging.asked, judging.questions, strict=True):
            if own is not None:
                self._add(self._judges[scorers_question.model, scorers_question.api].known, own)

    def _judging(self, question: Question) -> Judging | None:
        """What scorers ask about the recorded answer; None where there is none that holds in this mode."""
        job = question.job
        stored = self._store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key)
        if stored is None or self._settings.mode != "missing":
            return None
        try:
            response = replayed(question, stored).response
        except ModelError:  # a run says what is wrong with it
            return None
        judging = None if response is None else self._asking.judging(job, unjudged(question, response))
        return judging if isinstance(judging, Judging) else None

    def _add(self, found: ModelEstimate, question: Question) -> None:
        mode = self._settings.mode
        if mode in ("recorded", "missing") and self._is_recorded(question):
            found.recorded += 1
        elif mode != "live" and question.fingerprint in self._counted:
            found.repeated += 1
        elif mode != "recorded":
            sizes = [self._size(part, question.job.model) for part in question.request.images]
            self._counted.add(question.fingerprint)
            found.waiting += question.fingerprint in self._pending
            _add_call(found, question.request, sizes)

    def _is_recorded(self, question: Question) -> bool:
        job = question.job
        return self._store.find(question.fingerprint, eval=job.eval.recordings, model=job.model.key) is not None

    def _size(self, part: ImagePart, model: ModelSpec) -> tuple[int, int] | None:
        """Width and height as sent; None for an address, from which nothing is fetched."""
        ref = part.ref
        if ref.url is not None and ref.url not in self._settings.pinned:
            return None
        key = ref.url or part.identity
        if key not in self._sizes:
            pinned = self._settings.pinned.get(ref.url or "")
            data = source_bytes(ref) if pinned is None else read_picture(pinned, name=ref.name)
            facts = inspect_image(data, name=ref.name)
            self._sizes[key] = facts.width_px, facts.height_px
        size = self._sizes[key]
        is_sent_inline = ref.url is None or model.images.inline_urls
        return fit_size(*size, model.images) if is_sent_inline else size


def _add_call(found: ModelEstimate, request: Request, sizes: list[tuple[int, int] | None]) -> None:
    pictures = [_tokens(request.model, part, size) for part, size in zip(request.images, sizes, strict=True)]
    text = sum(
        about_tokens(part.text) for message in request.messages for part in message.parts if isinstance(part, TextPart)
    )
    known = [picture.tokens for picture in pictures if picture.tokens is not None]
    found.calls += 1
    found.pictures += len(pictures)
    found.image_tokens += sum(known)
    found.image_tokens_unknown += len(pictures) - len(known)
    found.text_tokens += text
    for picture in pictures:
        if picture.tokens is None:
            found.notes[picture.rule] = found.notes.get(picture.rule, 0) + 1
    limit = _max_output(request)
    if limit is None:
        found.output_unlimited += 1
    else:
        found.output_tokens += limit
    _add_cost(found, sum(known) + text if len(known) == len(pictures) else None, limit)


def _add_cost(found: ModelEstimate, input_tokens: int | None, limit: int | None) -> None:
    """Adds what one call costs; call by call, because a very long one is dearer."""
    price = price_of(found.spec)
    least = cost_usd(Usage(input_tokens=input_tokens, output_tokens=0), price)
    most = cost_usd(Usage(input_tokens=input_tokens, output_tokens=limit), price)
    found.input_usd += least or 0.0
    found.input_usd_unknown += least is None
    found.most_usd += most or 0.0
    found.most_usd_unknown += most is None


def _tokens(model: str, part: ImagePart, size: tuple[int, int] | None) -> ImageTokens:
    if size is None:
        return ImageTokens(tokens=None, rule="given by address, and nothing was fetched, so the size is not known")
    width, height = size
    found = image_tokens(model, width_px=width, height_px=height, detail=part.detail)
    if found.is_rejected:
        return ImageTokens(tokens=None, is_rejected=True, rule=f"will be refused: {part.ref.name}, {found.rule}")
    return found


def _max_output(request: Request) -> int | None:
    if request.api == "embeddings":
        return 0
    limits = [value for name in _MAX_OUTPUT if isinstance(value := request.params.get(name), int)]
    return min(limits, default=None)
