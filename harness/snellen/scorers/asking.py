"""Scorers that ask models: what they ask, what they get back, and how both find their way through combinations.

Such a scorer is pure on both sides. Its `questions` say what it would ask of whom; whoever runs it asks, and hands the
replies to its judge function by the keyword `replies`, which is no option. So the same replies give the same score, and
a scorer neither knows a key nor opens a connection.

    def questions(case, response, /, *, model: str) -> tuple[ScorerQuestion, ...]: ...

    @snellen.scorer("polite", questions=questions)
    def polite(case, response, /, *, model: str, replies: tuple[ScorerReply, ...] | None = None): ...

`questions_of` and `judge_with` do this for one scorer by its name, whether it asks anything or not; `questions_of_all`
and `judge_all` for several, each of which gets the replies to its own questions. A scorer that is made of others offers
`questions_of_all` of them as its questions and calls `judge_all` with its replies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from snellen.case import Case, ScorerSpec
from snellen.errors import InputError
from snellen.request import Message
from snellen.response import Response, StopReason
from snellen.score import Score, ScorerCall
from snellen.scorers.options import checked_options
from snellen.scorers.registered import REPLIES, Registered
from snellen.scorers.registry import find

__all__ = [
    "Replies",
    "ScorerQuestion",
    "ScorerReply",
    "asks",
    "judge_all",
    "judge_with",
    "questions_of",
    "questions_of_all",
    "replies_by_scorer",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerQuestion:
    """One thing a scorer asks of a model.

    Attributes:
        model: The model's name in the configuration, or the name to send.
        api: "chat" for an answer, by whichever API the model has for that; "embeddings" for the numbers of a text.
        messages: What is asked. A picture of the case is an ImagePart without an identity: which bytes it has, and how
            it is fitted to the model, is found out by whoever asks.
        schema: JSON Schema of an answer that is to be JSON; None for free text. In the strict form that OpenAI wants:
            no further properties, all of them required.
        params: Parameters that are sent where the model's own settings say nothing else.
    """

    model: str
    api: Literal["chat", "embeddings"] = "chat"
    messages: tuple[Message, ...]
    schema: Mapping[str, object] | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerReply:
    """What a scorer's question led to.

    Attributes:
        text: The answer; empty when there is none.
        stop: Why the answer ended.
        vector: The numbers of the text, for a question of api "embeddings".
        call: What to show of it; its `failure` says why there is no answer.
    """

    text: str = ""
    stop: StopReason = "stop"
    vector: tuple[float, ...] | None = None
    call: ScorerCall


Replies = tuple[ScorerReply, ...] | None
"""One reply a question, in their order; None when nobody asked."""


def asks(spec: ScorerSpec) -> bool:
    """Whether this scorer may have something to ask; one that is made of others may.

    Raises:
        InputError: There is no such scorer.
    """
    return find(spec.name).questions is not None


def questions_of(spec: ScorerSpec, case: Case, response: Response) -> tuple[ScorerQuestion, ...]:
    """What this scorer asks in order to judge this response, in its order; empty for one that asks nothing.

    Args:
        spec: The scorer with its options.
        case: What was asked.
        response: What came back.

    Raises:
        InputError: There is no such scorer, or it does not take these options.
    """
    entry = find(spec.name)
    if entry.questions is None:
        return ()
    asked = entry.questions(case, response, **_options(entry, spec))
    return tuple(cast("Iterable[ScorerQuestion]", asked))


def questions_of_all(specs: Sequence[ScorerSpec], case: Case, response: Response) -> tuple[ScorerQuestion, ...]:
    """What these scorers ask, one after the other.

    Raises:
        InputError: As `questions_of`.
    """
    return tuple(question for spec in specs for question in questions_of(spec, case, response))


def judge_with(spec: ScorerSpec, case: Case, response: Response, replies: Replies = None) -> Score:
    """The scorer's verdict, with what it asked.

    Args:
        spec: The scorer with its options.
        case: What was asked.
        response: What came back.
        replies: To all that `questions_of` gives, in that order; None when nobody asked, which leaves a response
            unscored that cannot be judged without asking.

    Raises:
        InputError: There is no such scorer, or it does not take these options.
    """
    entry = find(spec.name)
    options = _options(entry, spec)
    if entry.questions is None:
        return entry.judge(case, response, **options)
    score = entry.judge(case, response, **{**options, REPLIES: replies})
    return replace(score, calls=tuple(reply.call for reply in replies)) if replies else score


def judge_all(
    specs: Sequence[ScorerSpec], case: Case, response: Response, replies: Replies = None
) -> tuple[Score, ...]:
    """The verdicts of several scorers, each with the replies to its own questions.

    Args:
        specs: The scorers with their options.
        case: What was asked.
        response: What came back.
        replies: To all that `questions_of_all` gives, in that order; None when nobody asked.

    Raises:
        InputError: As `judge_with`.
    """
    shares = replies_by_scorer(specs, case, response, replies)
    return tuple(judge_with(spec, case, response, own) for spec, own in zip(specs, shares, strict=True))


def replies_by_scorer(
    specs: Sequence[ScorerSpec], case: Case, response: Response, replies: Replies = None
) -> list[Replies]:
    """The replies to each scorer's own questions, in the order of the scorers.

    Args:
        specs: The scorers with their options.
        case: What was asked.
        response: What came back.
        replies: To all that `questions_of_all` gives, in that order; None when nobody asked.

    Raises:
        InputError: As `questions_of`.
    """
    if replies is None:
        return [None] * len(specs)
    shares: list[Replies] = []
    start = 0
    for spec in specs:
        end = start + len(questions_of(spec, case, response))
        shares.append(replies[start:end])
        start = end
    return shares


def _options(entry: Registered, spec: ScorerSpec) -> dict[str, object]:
    options, problems = checked_options(entry, spec.options)
    if problems:
        raise InputError("; ".join(problems))
    return options
