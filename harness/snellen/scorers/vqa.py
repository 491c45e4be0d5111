"""VQA accuracy: how many of ten people gave the answer that the response gives.

Each person's answer is left out in turn; a response that at least three of the others gave is right, one that fewer
gave is right in part. So 0, 1, 2, 3 and 4 or more of ten give 0, 0.3, 0.6, 0.9 and 1. (A third for each person, which
is often printed as the formula, is an approximation of this.)

`style` is the program whose figures are to be met. `textvqa`, the default, normalises response and answers always, as
MMF's evaluator for TextVQA and most harnesses do. `vqaeval` is the program of the VQA challenge, which leaves both as
they are when all ten people agree: "Off" against ten times "off" is wrong there. Use it for figures beside those of the
VQA challenge.

Both count people by their place in the list. A port that compares plain texts instead leaves out all equal answers at
once, and scores 0 where all ten agree.

With fewer than four answers no response could be right under this formula; such a case is refused before it is asked.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Literal

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.registered import scorer
from snellen.scorers.vqa_text import bare, textvqa_form, vqaeval_form

__all__ = ["Style", "vqa", "vqa_accuracy"]

Style = Literal["textvqa", "vqaeval"]

_NAME = "vqa"
_AGREEING = 3
_FEWEST = _AGREEING + 1
_AT_LEAST = 0.5
_SHOWN_CHARS, _EXTRACTED_CHARS, _SHOWN = 60, 200, 3


def _check(case: Case, /, *, answer: object = None, at_least: float = _AT_LEAST, **_: object) -> str:
    if not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.6 for two people of ten"
    return needs_text(case, answer=answer) or _too_few(answer_texts(case, answer))


def _too_few(answers: tuple[str, ...]) -> str:
    if len(answers) >= _FEWEST:
        return ""
    count = "one answer" if len(answers) == 1 else f"{len(answers)} answers"
    hint = "Give the answers of all people, ten as a rule; for one right answer use exact or anls"
    return f"it has {count}, and VQA accuracy asks for three that agree when one is left out. {hint}"


def _inline(text: str) -> Mapping[str, object]:
    answers = [part.strip() for part in text.split("|")]
    if not all(answers):
        raise InputError(
            "it lists nothing; right is the people's answers with | between, such as: red | red | dark red"
        )
    return {"answer": answers}


@scorer(_NAME, version="1", check=_check, inline=_inline)
def vqa(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    style: Style = "textvqa",
    at_least: float = _AT_LEAST,
) -> Score:
    """The share of people who are right with the response, the VQA accuracy; it passes from `at_least` on.

    Args:
        case: Its answer lists what each person said, repetitions included; ten as a rule, four at the least.
        response: To be judged: a word or phrase. A sentence around the answer makes it another answer.
        answer: That list, over the case's own.
        style: The program whose normalisation is used; see above.
        at_least: What passes; 0.5 is two people of ten. The benchmark's figure is the mean of the values.

    Source:
        Antol et al. (2015), VQA, ICCV, arXiv 1505.00468; GT-Vision-Lab/VQA, vqaEval.py (with vqaeval).
        Singh et al. (2019), TextVQA, CVPR; LLaVA, llava/eval/m4c_evaluator.py, TextVQAAccuracyEvaluator (with textvqa).
    """
    answers = answer_texts(case, answer)
    if why := _too_few(answers):
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    forms, said = _forms(answers, style), response.text
    said = _form(said, style) if _is_normalised(answers, style) else bare(said)
    value = vqa_accuracy(said, forms)
    passed = value >= at_least
    count = forms.count(said)
    seen = shorten(said, _SHOWN_CHARS)
    why = f"{seen!r}, as {count} of {len(forms)} people said"
    if not count:
        common = sorted(dict.fromkeys(answers), key=answers.count, reverse=True)[:_SHOWN]
        why = f"{seen!r}, as none of {len(forms)} people said; they said {shorten(', '.join(common), _SHOWN_CHARS)}"
    keyword = answers[forms.index(said)] if count else max(answers, key=answers.count)
    note = f"{count} of {len(forms)} people"
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=why,
        evidence=(Evidence(kind="found" if count else "missing", keyword=keyword, note=note),),
        extracted=shorten(said, _EXTRACTED_CHARS),
    )


def vqa_accuracy(said: str, answers: tuple[str, ...]) -> float:
    """The mean, over each person left out, of a third of how many others said the same, at most 1; all normalised."""
    same = answers.count(said)
    return sum(min(1.0, (same - (one == said)) / _AGREEING) for one in answers) / len(answers)


def _is_normalised(answers: tuple[str, ...], style: Style) -> bool:
    return style == "textvqa" or len(set(map(bare, answers))) > 1


def _form(text: str, style: Style) -> str:
    return textvqa_form(text) if style == "textvqa" else vqaeval_form(text)


@functools.lru_cache(maxsize=4096)
def _forms(answers: tuple[str, ...], style: Style) -> tuple[str, ...]:
    if not _is_normalised(answers, style):
        return tuple(map(bare, answers))
    return tuple(_form(one, style) for one in answers)
