"""Answers as the programs of VQA compare them: punctuation, number words, articles and contractions.

Two programs, two normal forms. `vqaeval` is that of the VQA challenge; `textvqa` is that of MMF, which TextVQA's
figures are computed with: it parts 's from its word and takes away every comma and question mark first. Both are
followed to the letter, oddities included, for published figures hang on them. Only NFC comes before: decomposed Korean
is the same text here, and another one there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from snellen._text import normalized

__all__ = ["bare", "textvqa_form", "vqaeval_form"]

_MARKS = r';/[]"{}()=+\_-><@`,?!'
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
# As published. The look-behind for a digit is misspelt there (?!<=\d) and always true, so that "5." loses its point;
# and the flag re.UNICODE stands where a count is due, so that the first 32 points go and later ones stay.
_POINT = re.compile(r"\.(?!\d)")
_MOST_POINTS = 32
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
_NUMBERS: Mapping[str, str] = {"none": "0", **{word: str(n) for n, word in enumerate(_NUMBER_WORDS.split())}}
_ARTICLES = frozenset({"a", "an", "the"})
# A word that lacks one of these apostrophes gets it back: dont, couldnt've, couldn'tve.
_CONTRACTIONS = """
'ow's'at 'twas ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't
he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am might've mightn't mightn't've must've mustn't
needn't not've o'clock oughtn't shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've there're
there's they'd they'd've they'll they're they've wasn't we'd've we've weren't what'll what're what's what've when's
where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've
y'all y'all'd've y'all'll you'd you'd've you'll you're you've
"""
_APOSTROPHES: Mapping[str, str] = {
    **{
        word[:at] + word[at + 1 :]: word
        for word in _CONTRACTIONS.split()
        for at, char in enumerate(word)
        if char == "'"
    },
    "somebody'd": "somebodyd",  # the wrong way round in the published table
}


def bare(text: str) -> str:
    """`text` on one line without white space around it: the form in which identical answers are compared raw."""
    return normalized("NFC", text).replace("\n", " ").replace("\t", " ").strip()


def vqaeval_form(text: str) -> str:
    """`text` as vqaEval.py normalises it.

    Source:
        GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py, processPunctuation, processDigitArticle.
    """
    return _without_articles(_without_marks(bare(text)))


def textvqa_form(text: str) -> str:
    """`text` as MMF's EvalAIAnswerProcessor normalises it.

    Source:
        facebookresearch/mmf, processors.py, EvalAIAnswerProcessor; the same in LLaVA, llava/eval/m4c_evaluator.py.
    """
    lower = normalized("NFC", text).lower()
    return _without_articles(_without_marks(bare(lower.replace(",", "").replace("?", "").replace("'s", " 's"))))


def _without_marks(text: str) -> str:
    """Without marks that touch a space somewhere, or any if a number has a comma; others become spaces."""
    has_number = _COMMA_IN_NUMBER.search(text) is not None
    found = text
    for mark in _MARKS:
        goes = has_number or f"{mark} " in text or f" {mark}" in text
        found = found.replace(mark, "" if goes else " ")
    return _POINT.sub("", found, count=_MOST_POINTS)


def _without_articles(text: str) -> str:
    words = (_NUMBERS.get(word, word) for word in text.lower().split())
    return " ".join(_APOSTROPHES.get(word, word) for word in words if word not in _ARTICLES)
