"""How near a response's meaning is to a right answer's: the cosine of the numbers that an embeddings model gives both.

Each text is asked about by itself and recorded like any response, so that an answer with which many responses are
compared is paid for once. What a cosine says depends on the model: 0.8 is near for one and far for another, so
`at_least` is to be set on examples of one's own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.request import Message, TextPart
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.asking import Replies, ScorerQuestion
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.judge_prompt import MAX_CHARS, plain
from snellen.scorers.registered import scorer

__all__ = ["cosine", "similarity"]

_NAME = "similarity"
_DECIMALS = 6  # of a cosine; servers give the same text other numbers in the seventh
_LABEL_WIDTH = 60
_INLINE = re.compile(r"(?P<model>\S+)(?:\s+(?:≥|>=)\s*(?P<least>[0-9.]+%?))?(?::\s+(?P<answer>.+))?", re.DOTALL)
_PERCENT = 100


def _check(case: Case, /, *, model: str, answer: object = None, at_least: float = 0.8) -> str:
    if not model.strip():
        return 'no model is named. Write model: the name of a model with api = "embeddings" in pyproject.toml'
    if not 0 < at_least <= 1:
        return f"at_least is {at_least:g}; right is a cosine above 0 and up to 1"
    if said := needs_text(case, answer=answer):
        return said
    return "" if all(text.strip() for text in answer_texts(case, answer)) else "its answer is an empty text"


def _inline(text: str) -> Mapping[str, object]:
    found = _INLINE.fullmatch(text.strip())
    least = None if found is None else _share(found["least"])
    if found is None or least is None or not found["model"].rstrip(":"):
        raise InputError("right is a model, such as 'similarity: embed', 'similarity: embed >= 0.85: a red car'")
    options: dict[str, object] = {"model": found["model"].rstrip(":")}
    if found["least"]:
        options["at_least"] = least
    if found["answer"]:
        options["answer"] = found["answer"].strip()
    return options


def _share(text: str | None) -> float | None:
    """A share as written, 0.85 or 85%; 0.0 where nothing is written, None where it is no number."""
    if text is None:
        return 0.0
    try:
        return float(text[:-1]) / _PERCENT if text.endswith("%") else float(text)
    except ValueError:
        return None


def _texts(case: Case, response: Response, answer: object) -> dict[str, None]:
    """The texts that are compared, each once: the response's first."""
    return dict.fromkeys(map(plain, (response.text, *answer_texts(case, answer))))


def _questions(
    case: Case, response: Response, /, *, model: str, answer: object = None, at_least: float = 0.8
) -> tuple[ScorerQuestion, ...]:
    """One a text: a response with nothing in it, or too long to be sent, needs none."""
    del at_least
    if _unfit(response):
        return ()
    return tuple(
        ScorerQuestion(model=model, api="embeddings", messages=(Message("user", (TextPart(text),)),))
        for text in _texts(case, response, answer)
    )


@scorer(_NAME, version="1", check=_check, inline=_inline, questions=_questions)
def similarity(
    case: Case,
    response: Response,
    /,
    *,
    model: str,
    answer: object = None,
    at_least: float = 0.8,
    replies: Replies = None,
) -> Score:
    """The cosine of a response and the nearest of the right answers, 0 where it is below that.

    A response without a word is as far as can be, and nobody is asked. Unscored when the model could not be asked,
    when what it gave cannot be compared, and when the response has more than 50,000 characters. Texts are compared in
    NFC; what only NFKC makes the same may differ.

    Args:
        case: With what is right.
        response: To be judged.
        model: Whose numbers are compared, by its name in the configuration.
        answer: What is right, over the case's own answer; of a list, one is enough.
        at_least: The cosine from which on a response passes.
        replies: What the model gave; None when nobody asked.
    """
    if unfit := _unfit(response):
        return unfit
    if not replies:
        return _unscored(f"{model} was not asked: this scorer needs a model, and none can be asked here")
    if failure := next((reply.call.failure for reply in replies if reply.call.failure), ""):
        return _unscored(f"no numbers of {model}: {failure}")
    vectors = {text: reply.vector or () for text, reply in zip(_texts(case, response, answer), replies, strict=True)}
    said = vectors[plain(response.text)]
    found = [(text, cosine(said, vectors[plain(text)])) for text in answer_texts(case, answer)]
    return _score(found, at_least)


def _score(found: Sequence[tuple[str, float | str]], at_least: float) -> Score:
    if problems := [value for _, value in found if isinstance(value, str)]:
        return _unscored(problems[0])
    values = [(text, value) for text, value in found if isinstance(value, float)]
    if not values:
        return _unscored("there is no answer to compare with")
    nearest, best = max(values, key=lambda pair: pair[1])
    sign = "≥" if best >= at_least else "<"
    evidence = tuple(
        Evidence(kind="found" if value >= at_least else "missing", keyword=text, note=f"similarity {value:g}")
        for text, value in values
    )
    explanation = f"similarity {best:g} {sign} {at_least:g} to {shorten(nearest, _LABEL_WIDTH)!r}"
    return Score(scorer=_NAME, value=best, passed=best >= at_least, explanation=explanation, evidence=evidence)


def _unfit(response: Response) -> Score | None:
    """The score of a response that nobody need be asked about."""
    if len(response.text) > MAX_CHARS:
        length = f"{len(response.text):,} characters"
        return _unscored(f"at most {MAX_CHARS:,} characters are compared, and the response has {length}")
    if not response.text.strip():
        return Score(scorer=_NAME, value=0.0, passed=False, explanation="the response is empty")
    return None


def cosine(one: Sequence[float], other: Sequence[float]) -> float | str:
    """The cosine of two vectors, 0 where it is below that; or why there is none, a clause."""
    if len(one) != len(other):
        return f"the model gave {len(one):,} numbers for one text and {len(other):,} for the other"
    lengths = [math.hypot(*vector) for vector in (one, other)]
    if not all(map(math.isfinite, lengths)):
        return "the model gave numbers that are not finite"
    if not all(lengths):
        return "the model gave nothing but zeros"
    product = math.fsum(a / lengths[0] * (b / lengths[1]) for a, b in zip(one, other, strict=True))
    return round(min(max(product, 0.0), 1.0), _DECIMALS)


def _unscored(explanation: str) -> Score:
    return Score(scorer=_NAME, value=None, passed=False, explanation=explanation)
