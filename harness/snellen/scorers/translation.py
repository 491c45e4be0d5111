"""Texts that may be worded in many ways: chrF and BLEU of one response, computed by sacreBLEU.

Both are measures of whole test sets that are taken here sentence by sentence. A mean of sentence scores is not the
corpus score that papers report, and what passes is a convention; publish the mean, with the signature that the
explanation carries. For Korean use chrF, or BLEU with tokenize="char" or "ko-mecab": the default, 13a, takes 어절 with
all their particles for words.

Compared are the NFKC forms, so that a decomposed Korean text is not another text; of texts in NFC without compatibility
characters (㎏, ①, full-width letters) the scores are sacreBLEU's to the last digit.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from snellen.case import Case
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.fold import compose
from snellen.scorers.inline import bounded
from snellen.scorers.registered import scorer

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric

__all__ = ["bleu", "chrf"]

_CHRF_AT_LEAST = 0.5
"""Half of the character n-grams agree: the same statement in other words mostly has 0.4 to 0.6, another one 0.2."""

_BLEU_AT_LEAST = 0.3
"""From 30 on BLEU is "understandable to good" in the table of Google's Cloud Translation, Evaluate models."""

_PERCENT = 100
_MOST_CHARS = 200_000  # of a response; n-grams of a longer one would take seconds and gigabytes
_MECAB = {"ko-mecab": ("mecab_ko", "ko"), "ja-mecab": ("MeCab", "ja")}  # module, extra of sacrebleu

Tokenizer = Literal["13a", "intl", "char", "zh", "none", "ko-mecab", "ja-mecab"]


def _check(case: Case, /, *, answer: object = None, at_least: float = _CHRF_AT_LEAST, **_: object) -> str:
    if not 0 <= at_least <= 1:
        return f"at_least is {at_least}; right is a share from 0 to 1, such as 0.5 for a score of 50"
    if said := needs_text(case, answer=answer):
        return said
    empty = [text for text in answer_texts(case, answer) if not text.strip()]
    return f"its answer {empty[0]!r} is empty; there is nothing to compare with" if empty else ""


def _check_chrf(case: Case, /, *, word_order: int = 0, **options: object) -> str:
    if word_order < 0:
        return f"word_order is {word_order}; right is 0 for chrF or 2 for chrF++"
    return _check(case, **options)  # type: ignore[arg-type]  # the types were checked against the scorer's own


def _check_bleu(case: Case, /, *, tokenize: Tokenizer = "13a", **options: object) -> str:
    return _lacking(tokenize) or _check(case, **options)  # type: ignore[arg-type]  # as above


def _inline(text: str) -> Mapping[str, object]:
    return bounded(text, ">=", "at_least")


@scorer("chrf", version="1", check=_check_chrf, inline=_inline)
def chrf(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    word_order: int = 0,
    ignore_case: bool = False,
    at_least: float = _CHRF_AT_LEAST,
) -> Score:
    """The chrF / 100 of the response against the reference, or the best of several; it passes from `at_least` on.

    Unscored when the response has more than 200,000 characters.

    Args:
        case: With its answer.
        response: To be judged.
        answer: The reference, or several, over the case's own.
        word_order: Words taken into account beside characters: 0 for chrF, 2 for chrF++.
        ignore_case: Both sides in lower case.
        at_least: The value that passes.

    Source:
        Popović (2015), chrF, WMT; sacrebleu.metrics.CHRF with its defaults (six characters, beta 2, no smoothing).
    """
    references = _references(case, answer)
    if why := _unscorable(case, answer, references, response):
        return Score(scorer="chrf", value=None, passed=False, explanation=why)
    from sacrebleu.metrics.chrf import CHRF

    metric = CHRF(word_order=word_order, lowercase=ignore_case)
    return _score("chrf", f"chrF2{'+' * word_order}", metric, references, response, at_least)


@scorer("bleu", version="1", check=_check_bleu, inline=_inline)
def bleu(
    case: Case,
    response: Response,
    /,
    *,
    answer: object = None,
    tokenize: Tokenizer = "13a",
    ignore_case: bool = False,
    at_least: float = _BLEU_AT_LEAST,
) -> Score:
    """Sentence BLEU / 100 of the response against the reference or references; it passes from `at_least` on.

    With exponential smoothing and effective order, as sacreBLEU advises for single sentences. Unscored when the
    response has more than 200,000 characters.

    Args:
        case: With its answer.
        response: To be judged.
        answer: The reference, or several, over the case's own.
        tokenize: What makes words, by sacreBLEU's names. `ko-mecab` and `ja-mecab` need `pip install sacrebleu[ko]` and
            `sacrebleu[ja]`; its tokenizers that download a model are left out.
        ignore_case: Both sides in lower case.
        at_least: The value that passes.

    Source:
        Papineni et al. (2002), BLEU, ACL; Post (2018), A Call for Clarity in Reporting BLEU Scores, WMT;
        sacrebleu.metrics.BLEU.
    """
    references = _references(case, answer)
    if why := _unscorable(case, answer, references, response) or _lacking(tokenize):
        return Score(scorer="bleu", value=None, passed=False, explanation=why)
    from sacrebleu.metrics.bleu import BLEU

    metric = BLEU(tokenize=tokenize, lowercase=ignore_case, effective_order=True)
    return _score("bleu", "BLEU", metric, references, response, at_least)


def _references(case: Case, answer: object) -> list[str]:
    return [composed for one in answer_texts(case, answer) if (composed := compose(one).text).strip()]


def _unscorable(case: Case, answer: object, references: list[str], response: Response) -> str:
    if not references:
        return needs_text(case, answer=answer) or "its answer is empty; there is nothing to compare with"
    if (length := len(compose(response.text).text)) > _MOST_CHARS:
        return f"a response of {length:,} characters is too long; compared are at most {_MOST_CHARS:,}"
    return ""


@functools.cache
def _lacking(tokenize: Tokenizer) -> str:
    """Why this tokenizer cannot be used here, "" when it can."""
    module, extra = _MECAB.get(tokenize, ("sacrebleu", ""))
    if importlib.util.find_spec(module) is not None:
        return ""
    return f"tokenize={tokenize} needs a package that is not installed: pip install 'sacrebleu[{extra}]'"


def _score(name: str, shown: str, metric: Metric, references: list[str], response: Response, at_least: float) -> Score:
    found = metric.sentence_score(compose(response.text).text, references).score
    value = min(1.0, max(0.0, found / _PERCENT))  # BLEU of equal texts is 100.00000000000004
    passed = value >= at_least
    bound = f"{'at least' if passed else 'less than'} {at_least * _PERCENT:g}"
    why = f"{shown} {found:.2f}, {bound}; {metric.get_signature()}"
    return Score(scorer=name, value=value, passed=passed, explanation=why)
