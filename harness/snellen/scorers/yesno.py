"""Yes or no: which of the two a response says.

A yes or no counts where it stands for itself: as the whole answer, at its beginning, at the beginning of a sentence, or
where the text says what its answer is ("so, no", "the answer is yes", 정답은 예). The first stands, unless a conclusion
or correction takes it back ("Yes ... wait, no"). "No doubt", "no problem", 네 마리 (four) and 예를 들어 are no answers.
What is only conceded before a turn is not the answer: "Many would say yes, but no", 언뜻 보면 있는 것 같지만 없습니다.
To a question whether something is there, a statement about the thing answers: "There is no dog", 고양이는 없습니다.

When neither is said, or both and nothing settles it, or it is said that it cannot be told, the response is unscored.
POPE's own rule counts everything without "no" or "not" as yes, refusals and empty answers too: scores of models that
answer in such ways are higher there by those.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, EvidenceKind, Score
from snellen.scorers.choice_claims import Choice, Claim
from snellen.scorers.claims import Part, answer_part
from snellen.scorers.expected import answer_texts, answers_of, needs_answer
from snellen.scorers.fold import fold
from snellen.scorers.registered import scorer
from snellen.scorers.yesno_patterns import ANSWERS
from snellen.scorers.yesno_reader import read_yesno

__all__ = ["yesno"]

_NAME = "yesno"
_LINE_WIDTH, _NOTE_WIDTH, _MOST_SHOWN = 200, 100, 6
_WORDS = {True: "yes", False: "no"}


def _check(case: Case, /, *, answer: object = None) -> str:
    if said := needs_answer(case, answer=answer):
        return said
    given = answers_of(case, answer)
    wrong = [one for one, text in zip(given, answer_texts(case, answer), strict=False) if _meant(text) is None]
    if wrong or len(answer_texts(case, answer)) < len(given):
        odd = wrong[0] if wrong else next(one for one in given if not isinstance(one, str | bool | int | float))
        return f"its answer {odd!r} is neither yes nor no; right is yes, no, true, false, 예 or 아니오"
    if len({_meant(text) for text in answer_texts(case, answer)}) > 1:
        return "its answers are yes and no together; right is one of the two"
    return ""


def _inline(text: str) -> Mapping[str, object]:
    if _meant(text) is None:
        raise InputError(f"{text!r} is neither yes nor no; right is such as: yesno: no")
    return {"answer": text}


@scorer(_NAME, version="1", check=_check, inline=_inline)
def yesno(case: Case, response: Response, /, *, answer: object = None) -> Score:
    """1 when the response says what is right of yes and no, 0 when the other; unscored when neither, or both.

    Args:
        case: With its answer; its prompt tells whether a statement ("There is a dog") answers it.
        response: To be judged; of a longer one the last 100,000 characters are read.
        answer: yes or no, true or false, 예 or 아니오, over the case's own.

    Source:
        Li et al. (2023), Evaluating Object Hallucination in Large Vision-Language Models (POPE), arXiv 2305.10355;
        evaluate.py of AoiDragon/POPE reads the first sentence only and takes all else for yes.
    """
    part = answer_part(response.text)
    read = read_yesno(part.passage, case.prompt)
    wanted = next((found for text in answer_texts(case, answer) if (found := _meant(text)) is not None), None)
    if not read.options or wanted is None:
        return _unscored(part, read)
    said = 1 in read.options
    kind: EvidenceKind = "found" if said == wanted else "note"
    why = f"says {_WORDS[said]}, " + ("which is right" if said == wanted else f"right is {_WORDS[wanted]}")
    evidence = _evidence(part, read.claims, kind)
    if said != wanted:
        evidence += (Evidence(kind="missing", keyword=_WORDS[wanted]),)
    return Score(
        scorer=_NAME,
        value=float(said == wanted),
        passed=said == wanted,
        explanation=why,
        evidence=evidence,
        extracted=_WORDS[said],
    )


@functools.lru_cache(maxsize=256)
def _meant(answer: str) -> bool | None:
    return ANSWERS.get(fold(answer).text.strip().rstrip(".!"))


def _unscored(part: Part, read: Choice) -> Score:
    if part.is_unfinished:
        said = "its thoughts were cut off before it answered"
    elif read.claims:
        said = "says yes and no, and nothing settles which"
    else:
        said = "says neither yes nor no"
    evidence = _evidence(part, read.claims, "ambiguous")
    return Score(scorer=_NAME, value=None, passed=False, explanation=shorten(said, _LINE_WIDTH), evidence=evidence)


def _evidence(part: Part, claims: tuple[Claim, ...], kind: EvidenceKind) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            kind=kind,
            keyword=" and ".join(_WORDS[bool(option)] for option in sorted(claim.options, reverse=True)),
            span=part.span(claim.start, claim.end),
            note=shorten(claim.why, _NOTE_WIDTH),
        )
        for claim in claims[-_MOST_SHOWN:]
    )
