"""Korean words in running text: where a noun ends and its particles begin, told by rules a reader can check.

A noun is followed by particles (고양이+가), by the copula (고양이+입니다) or by 하다/되다 (주차+되어). Which form a
particle takes depends on the last sound of the noun: 이/은/을/과 after a consonant, 가/는/를/와 after a vowel. That is
what tells 차+가 (a car) from 차이 (a difference): 차 ends in a vowel, so 이 cannot be its particle. One-syllable nouns
get the particles proper and the plainest copula only; what is also another word (길이: road, or length) stays in doubt.
"""

from __future__ import annotations

import functools
import re
from typing import Literal

__all__ = ["HANGUL", "begins_word", "doubt_of_short", "ends_word", "final_of", "is_hangul", "tail_end", "tail_pattern"]

HANGUL = "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
_IS_HANGUL = re.compile(f"[{HANGUL}]")
_FIRST, _LAST = 0xAC00, 0xD7A3  # the syllables, in the order of their initials, vowels and finals
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

Sound = Literal["vowel", "rieul", "consonant", "any"]
"""What a word ends in, as far as particles care; `any` for Latin letters, digits and signs, which are read aloud."""

# Particles that do not change with the sound before them, then those that do.
_FIXED = (
    "에게서|에게|에서|에|께서|께|한테서|한테|의|도|만|까지|조차|마저|부터|보다|처럼|같이|만큼|마다|밖에|하고|"
    "뿐만|뿐|대로|쪽|씩|쯤|는커녕|은커녕|커녕"
)
_AFTER_CONSONANT = "은|이|을|과|이랑|이나마|이나|이든지|이든|이라도|이란"
_AFTER_VOWEL = "는|가|를|와|랑|나마|나|든지|든|라도|란"
_TOWARDS_CONSONANT, _TOWARDS_OTHER = "으로서|으로써|으로부터|으로", "로서|로써|로부터|로"
# A second and third particle, then perhaps the copula: 에서는, 까지도, 에서의, 뿐입니다.
_MORE = (
    "(?:까지|부터|밖에|만큼|보다|처럼|는|은|도|만|의|이|가|을|를|로|요){0,2}"
    "(?:입니[가-힣]{1,4}|이에요|예요|이었[가-힣]{1,5}|이며|이고|이다|인)?"
)
# The copula: 입니다만, 이었습니다, 이라고, 인데요; after a vowel its 이 may be dropped (고양이였다, 고양이라고). 자 may
# not: 지도자 is a leader, not a map.
_COPULA = (
    "입니[가-힣]{1,4}|입니|인데[가-힣]{0,2}|인지[가-힣]?|인가[가-힣]?|인|일까[가-힣]?|일지[가-힣]?|일|임[을은이도]?|"
    "이에요|예요|에요|이예요|이자"
)
_ENDINGS = (
    "었[가-힣]{1,5}|라기보다[가-힣]{0,2}|라고[가-힣]{0,2}|라는|라며|라서|라|다|며|고|면서|면|지만|지요|지|죠|네요|네|"
    "군요|구나|거나|어서|어요|야|던"
)
# Verbs made of a noun: 주차된, 운전하는, 사용했다.
_VERBAL = "(?:하|되|된|한|할|함|해|했|합|됩|될|돼|됐|시키|시킨|시켜|하고)[가-힣]{0,6}"
_END = f"(?![{HANGUL}])"

# What a writer who leaves spaces out puts right behind a noun or its particle.
_GLUED_AFTER = re.compile(
    "(?:있|없|보이|보입|보여|보인|안보|아니|아닌|아닙|앉|누워|누운|서있|나와|나타|그려|놓여|들어|달려|"
    "(?:한|두|세|네|다섯|여섯|여러)(?:마리|명|개|대|사람|송이|그루|권|장|켤레|척)|"
    "(?:위|아래|앞|뒤|옆|안|밖|속|밑|근처|주변|사이|가운데)(?:에|의|로|쪽|에서|에는|에도)|[0-9])"
)
# What such a writer puts right before one: 두마리의고양이, 앉아있는고양이, 하얀고양이.
_GLUED_BEFORE = re.compile(
    "(?:[가-힣](?:의|는|와|랑|에|에서|하고|이고|있고)|마리|[0-9](?:명|개|대|장)|"
    "빨간|파란|노란|하얀|까만|검은|흰|붉은|푸른|큰|작은|귀여운|예쁜|어린|젊은|늙은|[가-힣]색)$"
)
_UNSPACED = 11  # syllables that no word has with its particles
_GLUED_WIDTH = 6  # characters of the longest of these, with one more

_COLOUR = re.compile(
    "빨강|빨간|파랑|파란|노랑|노란|하양|하얀|검정|까만|검은|흰|초록|분홍|주황|보라|연두|자주|푸른|붉은|베이지|핑크|오렌지"
)
_COLOUR_TAIL = re.compile("색(?:깔|상)?")

# Counters that are nouns too: after a number 개 is "things", not "dog".
_COUNTER_NOUNS = "개대명장권번잔병줄벌점층쪽분초시년월일원주달살배회호채단칸종면통편곡판"
_COUNTED = re.compile(
    "(?:[0-9]|(?<![가-힣])(?:[한두세네석넉몇반]|여러|수십|수백|수천|(?:열|스물)[한두세네]|"
    "[가-힣]{0,2}(?:다섯|여섯|일곱|여덟|아홉|열|스무|서른)|[일이삼사오육칠팔구십백천몇수]{0,5}[십백천만]))\\s?$"
)
_COUNTED_WIDTH = 8
# Noun and particle, but usually another word: length, roadway, newly, even so, individual, and the like.
_OTHER_WORD = re.compile(
    "길이[는가의]?|차도|차로|새로|해도|개인[의이]?|말로|배로|대로|때로|주로|바로|서로|수도|수[가는]|등[이은을의]|이[는가를의에와로]|중[에의]"
)
_BARE_OTHER_WORDS = {"새": "'new'", "해": "a form of 하다", "이": "'this'", "온": "'all'", "한": "'one'"}
_BEFORE_A_NOUN = re.compile(f"\\s(?!(?:한|두|세|네|다섯|여섯|여러|몇)\\s?마리)[{HANGUL}]")
_IDIOMS = {
    "눈": re.compile("에\\s?(?:[가-힣]{1,3}\\s)?(?:띄|띈|띕|띌|들어오|들어온)|[을에]\\s?끄"),
    "말": re.compile("\\s?그대로"),
}


def is_hangul(char: str) -> bool:
    """True for a Hangul letter or syllable; False for the empty string."""
    return _IS_HANGUL.match(char) is not None


def final_of(char: str) -> str | None:
    """The consonant that a syllable ends in, "" when it ends in its vowel, None when `char` is no Hangul syllable."""
    code = ord(char)
    return _FINALS[(code - _FIRST) % len(_FINALS)] if _FIRST <= code <= _LAST else None


def _sound_of(char: str) -> Sound:
    final = final_of(char)
    if final is None:
        return "any"
    return "rieul" if final == "ㄹ" else "consonant" if final else "vowel"


@functools.lru_cache(maxsize=16)
def _tails(sound: Sound, *, short: bool) -> re.Pattern[str]:
    vowel, consonant = sound in {"vowel", "any"}, sound in {"consonant", "rieul", "any"}
    towards = [_TOWARDS_CONSONANT] * (sound in {"consonant", "any"}) + [_TOWARDS_OTHER] * (sound != "consonant")
    first = "|".join([_FIXED, *[_AFTER_CONSONANT] * consonant, *[_AFTER_VOWEL] * vowel, *towards])
    if short:
        copula = "입니[가-힣]{1,4}|이에요|예요|였[가-힣]{1,4}|인|"
        copula += "이다|이며|이고|이었[가-힣]{1,4}|이라[고는]" if consonant else "라[고는]"
    else:
        endings = f"이?(?:{_ENDINGS})|였[가-힣]{{1,5}}" if vowel else f"이(?:{_ENDINGS})"
        copula = f"{_COPULA}|{endings}|{_VERBAL}" + "|요" * vowel  # 고양이요: the short answer that stays polite
    plural = f"들(?:(?:{_FIXED}|{_AFTER_CONSONANT}|{_TOWARDS_OTHER}){_MORE}|{_COPULA}|이(?:{_ENDINGS}))?"
    return re.compile(f"(?:{plural}|(?:{first}){_MORE}|{copula}){_END}")


@functools.cache
def tail_pattern() -> re.Pattern[str]:
    """Any chain of particles or copula, whatever the sound before it, up to the end of the word."""
    return re.compile(
        f"(?:들)?(?:(?:{_FIXED}|{_AFTER_CONSONANT}|{_AFTER_VOWEL}|{_TOWARDS_CONSONANT}|{_TOWARDS_OTHER}){_MORE}"
        f"|{_COPULA}|이?(?:{_ENDINGS})|였[가-힣]{{1,5}})?{_END}"
    )


def tail_end(text: str, end: int, *, short: bool = False) -> int | None:
    """Where the particles or the copula of a word that ends at `end` are over; None when what follows is neither.

    Args:
        text: Folded text.
        end: End of the noun, larger than 0.
        short: The noun has one syllable.
    """
    if not is_hangul(text[end : end + 1]):
        return end
    match = _tails(_sound_of(text[end - 1]), short=short).match(text, end)
    return match.end() if match else None


def begins_word(text: str, start: int, *, short: bool) -> bool:
    """Whether a Hangul word may begin at `start`: 고양이 does not in 길고양이, but does in 두마리의고양이."""
    if start == 0:
        return True
    before = text[start - 1]
    if is_hangul(before):
        return not short and _GLUED_BEFORE.search(text, max(0, start - _GLUED_WIDTH), start) is not None
    return not (short and (before.isascii() and before.isalnum()))


def ends_word(text: str, start: int, end: int) -> bool:
    """Whether the Hangul word from `start` to `end` ends there: followed by a particle, the copula or no letter."""
    short = end - start == 1
    if tail_end(text, end, short=short) is not None:
        return not short or not _is_idiom(text, start, end)
    if short:
        return False
    colour = _COLOUR_TAIL.match(text, end) if _COLOUR.fullmatch(text, start, end) else None
    return (colour is not None and tail_end(text, colour.end()) is not None) or _ends_glued(text, end)


def _ends_glued(text: str, end: int) -> bool:
    if _GLUED_AFTER.match(text, end):
        return True
    particle = _GLUED_PARTICLES[_sound_of(text[end - 1])].match(text, end)
    if particle is None:
        return False
    return _GLUED_AFTER.match(text, particle.end()) is not None or _is_unspaced(text, end)


def _is_unspaced(text: str, position: int) -> bool:
    """Whether the Hangul around `position` is too long for a word: somebody left all spaces out."""
    start = end = position
    while start > 0 and end - start < _UNSPACED and is_hangul(text[start - 1]):
        start -= 1
    while end - start < _UNSPACED and is_hangul(text[end : end + 1]):
        end += 1
    return end - start >= _UNSPACED


_ANY_PARTICLE = "에는|에도|에|도|만|의|과|와|들이|들은|들"
_GLUED_PARTICLES: dict[Sound, re.Pattern[str]] = {
    "vowel": re.compile(f"{_ANY_PARTICLE}|가|는|를|로"),
    "rieul": re.compile(f"{_ANY_PARTICLE}|이|은|을|로"),
    "consonant": re.compile(f"{_ANY_PARTICLE}|이|은|을|으로"),
    "any": re.compile(f"{_ANY_PARTICLE}|이|가|은|는|을|를|로|으로"),
}


def _is_idiom(text: str, start: int, end: int) -> bool:
    word = text[start:end]
    if word in _COUNTER_NOUNS and _COUNTED.search(text, max(0, start - _COUNTED_WIDTH), start):
        return True
    idiom = _IDIOMS.get(word)
    return idiom is not None and idiom.match(text, end) is not None


def doubt_of_short(text: str, start: int, end: int) -> str:
    """Why a one-syllable word may be another word ("'길이' is also another word"); empty when it may not."""
    word = text[start:end]
    over = tail_end(text, end, short=True)
    if over is not None and over > end:
        whole = text[start:over]
        return f"{whole!r} is also another word" if _OTHER_WORD.fullmatch(whole) else ""
    if word in _BARE_OTHER_WORDS and _BEFORE_A_NOUN.match(text, end):
        return f"{word!r} before a noun is also {_BARE_OTHER_WORDS[word]}"
    return ""
