"""Which words an answer must hold before the patterns of `choice_english` can find anything: for speed alone.

Most sentences describe the picture. To look for twenty patterns in each took longer than all the rest; to split it into
words and find none of these takes a tenth of that. A pattern that is added there must have its words here.
"""

from __future__ import annotations

import re

__all__ = ["may_claim", "may_deny", "may_praise", "names_answer"]

_WORDS = re.compile("[a-z]+")
_SIGNS = re.compile("[✗✘❌×]")
_DENYING_WORDS = (
    "never neither nor except rather instead eliminate eliminates eliminated eliminating exclude excludes "
    "excluded excluding rule rules ruled ruling reject rejects rejected rejecting dismiss dismisses "
    "dismissed dismissing unlike than versus vs discard discards discarded discarding compared without "
    "hardly hard difficult tough impossible wrong mistake stretch misleading premature doubt doubts "
    "doubted doubtful unlikely no incorrect false out less irrelevant invalid inaccurate off untrue fail "
    "fails contradict contradicts x"
)
_CLAIMING_WORDS = (
    "ans answer answers option options choice choices selection selections prediction solution solutions "
    "conclusion conclusions verdict pick picks picked picking correct correctly response guess choose "
    "chooses choosing chose chosen select selects selected selecting go going opt opting opted lean "
    "leaning settle prefer preference vote votes point points indicates suggests answered leaves leaving "
    "say think believe confirm confirms confirming so therefore thus hence finally wait actually "
    "correction sorry but rather instead no it that this best most closest nearest match matches matched "
    "matching correspond corresponds corresponding likely equivalent result identical similar satisfy "
    "satisfies satisfying fit fits right close closer align aligns aligned aligning consistent agree "
    "agrees found probably clearly definitely certainly undoubtedly obviously surely presumably doubt perhaps "
    "maybe possibly output assistant may might could respuesta antwort resposta risposta antwoord jawaban"
)
_PRAISING_WORDS = (
    "correct right answer option choice solution selection accurate true best closest nearest appropriate "
    "suitable most more remains left matches fits corresponds aligns satisfies completes suits better "
    "sense it"
)
_DENYING, _CLAIMING = frozenset(_DENYING_WORDS.split()), frozenset(_CLAIMING_WORDS.split())
_PRAISING = frozenset(_PRAISING_WORDS.split())
_NAMING = (
    *("ans", "choice", "option", "selection", "prediction", "solution", "conclusion", "verdict", "pick", "correct"),
    *(
        "response",
        "guess",
        "right",
        "output",
        "result",
        "assistant",
        "답",
        "선택",
        "결론",
        "옳",
        "맞",
        "적절",
        "적합",
        "올바",
        "정확",
        "가까",
        "일치하",
    ),
    *(
        "해당하",
        "유사",
        "비슷",
        "고르",
        "고릅",
        "골랐",
        "택하",
        "말고",
        "외에는",
        "밖에",
        "正",
        "答",
        "是",
        "为",
        "réponse",
        "respuesta",
        "antwo",
    ),
    *("resposta", "risposta", "ответ", "odpowiedź", "jawaban", "đáp án", "câu trả", "คำตอบ", "الإجابة", "उत्तर"),
)


def may_deny(text: str) -> bool:
    """Whether a part of a sentence may deny an option in English, or with a sign."""
    if "not" in text or "n't" in text or not _DENYING.isdisjoint(_WORDS.findall(text)):
        return True
    return not text.isascii() and _SIGNS.search(text) is not None


def may_claim(text: str) -> bool:
    """Whether the words before an option may claim it in English."""
    return not _CLAIMING.isdisjoint(_WORDS.findall(text))


def may_praise(text: str) -> bool:
    """Whether the words behind an option may claim it in English."""
    return not _PRAISING.isdisjoint(_WORDS.findall(text))


def names_answer(text: str) -> bool:
    """Whether an answer may say of anything, in as many words, that it is the answer: a cue of weight 2."""
    return any(word in text for word in _NAMING)  # a list, as that is faster here
