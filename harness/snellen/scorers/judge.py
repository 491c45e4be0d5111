"""LLM as judge: another model says which criteria a response meets, or whether it is better than another answer.

A judge is asked criterion by criterion for true or false, with its reason first; a grade from 1 to 10 is not asked for,
because judges do not agree on what a 7 is. Two answers are compared twice, in both orders, and only a verdict that
both orders give counts. A judge that cannot be asked or read leaves the response unscored: it says nothing of it.

Source:
    Zheng et al. (2023), Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena, arXiv:2306.05685: judges prefer an
    answer for its place, its length and its author; GPT-4 kept to its verdict on 65 % of swapped pairs (table 2).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from snellen._text import plural, shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.request import Message
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.asking import Replies, ScorerQuestion, ScorerReply
from snellen.scorers.expected import answers_of, as_text
from snellen.scorers.judge_prompt import (
    MAX_CHARS,
    PROMPT_DIGEST,
    pair_messages,
    pair_schema,
    plain,
    rubric_messages,
    rubric_schema,
)
from snellen.scorers.judge_reply import Judged, UnreadableError, read_better, read_verdicts
from snellen.scorers.registered import scorer

__all__ = ["judge"]

_NAME = "judge"
_VERSION = f"1.{PROMPT_DIGEST}"
_MAX_CRITERIA = 50
_LABEL_WIDTH, _LINE_WIDTH = 60, 200
_BETTER = ("It answers the question correctly and completely.",)
_INLINE = "right is a model and a criterion, such as 'judge: gpt-judge: it names the total'"

Criteria = str | list[str] | dict[str, str]
Need = Literal["all", "any"] | float


@dataclass(frozen=True, slots=True)
class _Criterion:
    """One criterion: what people call it, and what the judge is told."""

    name: str
    text: str


def _criteria(given: Criteria) -> list[_Criterion]:
    if isinstance(given, dict):
        return [_Criterion(name, text) for name, text in given.items()]
    if isinstance(given, str):
        return [_Criterion(given, given)] if given else []
    return [_Criterion(text, text) for text in given]


def _check(case: Case, /, **options: object) -> str:
    return next(_complaints(case, **options), "")  # type: ignore[arg-type]  # checked against judge's signature


def _complaints(  # the scorer's own options
    case: Case,
    /,
    *,
    model: str,
    criteria: Criteria = "",
    answer: object = None,
    reference: bool = True,
    images: bool = False,
    need: Need = "all",
    compare: bool = False,
) -> Iterator[str]:
    del reference
    if not model.strip():
        yield "no model is named that judges. Write model: the name of a model in pyproject.toml, a dated one"
    listed = _criteria(criteria)
    if not listed and not compare:
        yield "there are no criteria. Write criteria: what a right answer does, each a sentence that is true or false"
    if len(listed) > _MAX_CRITERIA:
        yield f"there are {len(listed)} criteria; right is at most {_MAX_CRITERIA}"
    if any(not one.text.strip() for one in listed):
        yield "a criterion is empty"
    if isinstance(need, float | int) and not 0 < need <= 1:
        yield f"need is {need:g}; right is all, any, or the share of criteria that must be met, above 0 and up to 1"
    if images and not case.images:
        yield "images is true, and the case has no pictures"
    others = answers_of(case, answer)
    if compare and (len(others) != 1 or not _as_said(others[0]).strip()):
        found = "none" if not others else f"{len(others)}" if len(others) > 1 else "an empty one"
        yield f"compare needs one answer to compare with, and there is {found}. Write answer: the other answer"


def _inline(text: str) -> Mapping[str, object]:
    model, _, criterion = text.partition(": ")  # there may be a colon in the name of a model: qwen2.5vl:7b
    if not (model.strip() and criterion.strip()):
        raise InputError(_INLINE)
    return {"model": model.strip(), "criteria": [criterion.strip()]}


def _questions(  # noqa: PLR0913  # the scorer's own options
    case: Case,
    response: Response,
    /,
    *,
    model: str,
    criteria: Criteria = "",
    answer: object = None,
    reference: bool = True,
    images: bool = False,
    need: Need = "all",
    compare: bool = False,
) -> tuple[ScorerQuestion, ...]:
    """One question; for a comparison the same one in both orders."""
    del need
    others = [_as_said(one) for one in answers_of(case, answer)]
    if len(response.text) > MAX_CHARS or (compare and not others):
        return ()
    texts = [one.text for one in _criteria(criteria)]
    pictures = case.images if images else ()
    if not compare:
        references = others if reference else []
        told = rubric_messages(case, response.text, criteria=texts, references=references, pictures=pictures)
        return (_question(model, told, rubric_schema(len(texts))),)
    pairs = ((response.text, others[0]), (others[0], response.text))
    both = [pair_messages(case, *pair, criteria=texts or _BETTER, pictures=pictures) for pair in pairs]
    return tuple(_question(model, told, pair_schema()) for told in both)


def _question(model: str, messages: tuple[Message, ...], schema: Mapping[str, object]) -> ScorerQuestion:
    return ScorerQuestion(model=model, messages=messages, schema=schema, params={"temperature": 0})


def _as_said(answer: object) -> str:
    """An answer in words, whatever it is."""
    text = as_text(answer)
    return json.dumps(answer, ensure_ascii=False, default=str) if text is None else text


@scorer(_NAME, version=_VERSION, check=_check, inline=_inline, questions=_questions)
def judge(  # noqa: PLR0913  # one keyword a subject; all but the model have a default
    case: Case,
    response: Response,
    /,
    *,
    model: str,
    criteria: Criteria = "",
    answer: object = None,
    reference: bool = True,
    images: bool = False,
    need: Need = "all",
    compare: bool = False,
    replies: Replies = None,
) -> Score:
    """The share of the criteria that another model finds met.

    Unscored when the judge could not be asked, when its reply holds no verdict on each criterion, and when the
    response has more than 50,000 characters. Texts reach the judge in NFC; what only NFKC makes the same is not the
    same to it.

    Args:
        case: What was asked.
        response: To be judged.
        model: Who judges, by its name in the configuration. Pin a dated one of another family than the judged.
        criteria: Sentences that are true or false of the answer: one, a list, or by names that reports show.
        answer: What is right, over the case's own answer; for a comparison, the other answer.
        reference: Whether the judge sees what is right, where the case says so.
        images: Whether the judge sees the pictures.
        need: What passes: all criteria met, any of them, or at least this share.
        compare: Compares the response with `answer` instead: 1 when it is better in both orders, 0 when the other is,
            0.5 for a tie in both; unscored when the order decides. `criteria` then say what better means.
        replies: What the judge said; None when nobody asked.
    """
    del reference, images
    if len(response.text) > MAX_CHARS:
        length = f"{len(response.text):,} characters"
        return _unscored(f"a judge is shown at most {MAX_CHARS:,} characters, and the response has {length}")
    if not replies:
        return _unscored(f"{model} was not asked: this scorer needs a model, and none can be asked here")
    if failure := next((reply.call.failure for reply in replies if reply.call.failure), ""):
        return _unscored(f"no verdict of {model}: {failure}")
    try:
        if compare:
            return _compared(replies, need=need, other=_as_said(answers_of(case, answer)[0]))
        listed = _criteria(criteria)
        return _rubric(listed, read_verdicts(replies[0], len(listed)), need=need)
    except UnreadableError as error:
        return _unscored(f"no verdict in the reply of {model}: {error}")


def _rubric(criteria: Sequence[_Criterion], verdicts: Sequence[Judged], *, need: Need) -> Score:
    met = sum(verdict.met for verdict in verdicts)
    share = met / len(verdicts)
    evidence = tuple(
        Evidence(kind="found" if verdict.met else "missing", keyword=criterion.name, note=verdict.reason)
        for criterion, verdict in zip(criteria, verdicts, strict=True)
    )
    missing = [
        shorten(criterion.name, _LABEL_WIDTH)
        for criterion, verdict in zip(criteria, verdicts, strict=True)
        if not verdict.met
    ]
    said = f"{met} of {plural(len(verdicts), 'criterion', 'criteria')} met"
    explanation = shorten(f"{said}; not met: {', '.join(missing)}" if missing else said, _LINE_WIDTH)
    return Score(scorer=_NAME, value=share, passed=_passes(share, need), explanation=explanation, evidence=evidence)


def _compared(replies: tuple[ScorerReply, ...], *, need: Need, other: str) -> Score:
    (first, why), (second, why_swapped) = map(read_better, replies)
    value = {"1": 1.0, "2": 0.0, "tie": 0.5}[first]
    swapped = {"1": 0.0, "2": 1.0, "tie": 0.5}[second]
    evidence = tuple(
        Evidence(kind="note", keyword=f"the response stands {place}", note=f"{_said(found)}: {reason}".rstrip(": "))
        for place, found, reason in (("first", value, why), ("second", swapped, why_swapped))
    )
    if value != swapped:
        return _unscored("the judge changed its mind with the order", evidence)
    explanation = f"{_said(value)}, in both orders; the other: {shorten(plain(other), _LABEL_WIDTH)}"
    return Score(scorer=_NAME, value=value, passed=_passes(value, need), explanation=explanation, evidence=evidence)


def _said(value: float) -> str:
    return {1.0: "the response is better", 0.0: "the other answer is better", 0.5: "a tie"}[value]


def _passes(share: float, need: Need) -> bool:
    if need == "all":
        return share == 1.0
    return share > 0 if need == "any" else share >= float(need) - 1e-9  # 0.7 of ten is 7 of ten


def _unscored(explanation: str, evidence: tuple[Evidence, ...] = ()) -> Score:
    return Score(scorer=_NAME, value=None, passed=False, explanation=explanation, evidence=evidence)
