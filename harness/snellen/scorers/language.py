"""Whether a response is in the language that was asked for, told by its letters and small words.

No model and no word list is loaded. Korean, Japanese, Chinese, Greek, Hebrew and Thai are told by script; English,
German, French and Spanish by their small words. A Korean sentence full of English product names is Korean: names speak
for no language, and neither do numbers, code, links and what is quoted.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from snellen.case import Case
from snellen.response import Response
from snellen.score import Evidence, Score
from snellen.scorers.language_words import LATIN, Profile, profile_of
from snellen.scorers.registered import scorer

__all__ = ["language"]

_NAME = "language"
_AT_LEAST = 0.5
_PROMPT = "prompt"
_MARKER = re.compile(r"<image\s?[0-9]*>")  # where a picture goes
_NAMES = {
    "ko": "Korean",
    "en": "English",
    "ja": "Japanese",
    "zh": "Chinese",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "el": "Greek",
    "he": "Hebrew",
    "th": "Thai",
    "han": "Chinese or Japanese",
    "latin": "Latin letters",
    "other": "another script",
}
_KOREAN_NAMES = dict(
    zip(
        ("한국어", "영어", "일본어", "중국어", "독일어", "프랑스어", "스페인어", "그리스어", "히브리어", "태국어"),
        ("ko", "en", "ja", "zh", "de", "fr", "es", "el", "he", "th"),
        strict=True,
    )
)
_ASKED = tuple(name for name in _NAMES if name not in ("han", "latin", "other"))
_MAY_BE_HAN = ("ja", "zh", "ko")  # Korean writes names in Han characters, too
# In running text one word in three or four is small; a language with fewer is one that only shares some.
_LEAST_SMALL, _RUNNING_TEXT = 0.15, 8


def _check(case: Case, /, *, answer: str = _PROMPT, at_least: float = _AT_LEAST) -> str:
    if not 0 < at_least <= 1:
        return f"at_least is {at_least}; right is a share above 0 and up to 1, such as 0.5"
    if answer != _PROMPT and _code(answer) not in _ASKED:
        return f"language {answer!r} is not among those that can be told: {', '.join(_ASKED)}, or prompt"
    if answer == _PROMPT and not _language_of_prompt(case.prompt):
        return f"the language of its prompt cannot be told. Write which one is right, such as {_NAME}: en"
    return ""


@scorer(_NAME, version="1", check=_check)
def language(case: Case, response: Response, /, *, answer: str = _PROMPT, at_least: float = _AT_LEAST) -> Score:
    """The share of the response's words that are in the language; it passes from `at_least` on.

    Words that speak for no language are not counted: names and other capitalised Latin words, numbers, code, links,
    quotations and what stands in round brackets. A language in Latin letters must have more of its own small words
    (the, der, les, los) than any other of the four, or as many. Unscored where that cannot be told: no letters, names
    alone, Latin words without a small one, or a few Han characters that may be Japanese as well as Chinese. Only the
    first 100,000 characters are read.

    Args:
        case: Its prompt is looked at where `answer` says so, as it stands: a Korean prompt that asks for English asks
            in Korean.
        response: To be judged.
        answer: ko, en, ja, zh, de, fr, es, el, he or th; `prompt` for the language of the case's prompt. The case's
            answer is not looked at.
        at_least: The share that passes.
    """
    wanted = _language_of_prompt(case.prompt) if answer == _PROMPT else _code(answer)
    if wanted not in _ASKED:
        return Score(scorer=_NAME, value=None, passed=False, explanation=_check(case, answer=answer))
    profile = profile_of(response.text)
    share = profile.share("latin" if wanted in LATIN else wanted)
    why = _doubt(profile, wanted, share, at_least)
    if why:
        return Score(scorer=_NAME, value=None, passed=False, explanation=why)
    rival = _rival(profile, wanted)
    value = 0.0 if rival else share
    passed = value >= at_least
    return Score(
        scorer=_NAME,
        value=value,
        passed=passed,
        explanation=_explain(profile, wanted, rival, share, at_least),
        evidence=_evidence(profile, wanted, rival),
        extracted=wanted if passed else rival or _nearest(profile),
    )


def _code(answer: str) -> str:
    """`en` for `EN`, `en-US`, `English` and `영어`."""
    plain = unicodedata.normalize("NFC", answer).strip().lower().replace("_", "-")
    by_name = {name.lower(): code for code, name in _NAMES.items()} | _KOREAN_NAMES
    return by_name.get(plain, plain.split("-")[0])


@functools.lru_cache(maxsize=1024)
def _language_of_prompt(prompt: str) -> str:
    """The language that most of a prompt's words are in, "" when it cannot be told."""
    profile = profile_of(_MARKER.sub(" ", prompt))
    kind = _nearest(profile)
    if kind != "latin" or profile.share("latin") <= _AT_LEAST:
        return kind if kind in _ASKED and profile.share(kind) > _AT_LEAST else ""
    best = [code for code, count in profile.small.items() if count == max(profile.small.values())]
    return best[0] if len(best) == 1 else ""


def _nearest(profile: Profile) -> str:
    """The kind that most words speak for."""
    return max(profile.words, key=lambda kind: (profile.words[kind], kind), default="")


def _doubt(profile: Profile, wanted: str, share: float, at_least: float) -> str:
    """Why the language cannot be told, "" when it can."""
    if not profile.words:
        return "names in Latin letters alone tell no language" if profile.names else "it has no words to tell by"
    if wanted in _MAY_BE_HAN and profile.share("han") > 1 - at_least:
        return "a few Han characters may be Chinese, Japanese or a Korean name"
    if wanted not in LATIN or share < at_least:
        return ""
    latin, small = profile.words["latin"], profile.small
    if not small:
        return "it has none of the small words by which languages in Latin letters are told apart"
    few = latin >= _RUNNING_TEXT and small[wanted] < _LEAST_SMALL * latin
    if few and not _rival(profile, wanted):
        return f"it has too few small words for {_NAMES[wanted]}"
    return ""


def _rival(profile: Profile, wanted: str) -> str:
    """Of the languages in Latin letters, one that more small words speak for than for the wanted one; "" for none."""
    if wanted not in LATIN:
        return ""
    best = max(LATIN, key=lambda code: (profile.small[code], code))
    return best if profile.small[best] > profile.small[wanted] else ""


def _explain(profile: Profile, wanted: str, rival: str, share: float, at_least: float) -> str:
    total = sum(profile.words.values())
    if rival:
        return f"right is {_NAMES[wanted]}; its small words are {_NAMES[rival]}"
    counted = profile.words["latin" if wanted in LATIN else wanted]
    said = f"{counted} of {total} words are {_NAMES[wanted]}"
    if share >= at_least:
        return said
    most = _nearest(profile)
    return f"{said}, less than {at_least:g}; most are {_NAMES[most]}"


def _evidence(profile: Profile, wanted: str, rival: str) -> tuple[Evidence, ...]:
    """The first word of each other kind."""
    own = "latin" if wanted in LATIN else wanted
    others = sorted((span, kind) for kind, span in profile.first.items() if kind != own or rival)
    return tuple(
        Evidence(kind="note", keyword=wanted, span=span, note=_NAMES[rival if kind == "latin" and rival else kind])
        for span, kind in others
    )
