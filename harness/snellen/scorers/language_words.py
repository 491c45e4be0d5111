"""Languages by their letters and small words: what a text is written in, told by rules a reader can check.

A word of Hangul speaks for Korean, kana and Han for Japanese or Chinese, Greek, Hebrew and Thai letters for their
languages. A Latin word speaks for the languages that use it as one of their small words (the, der, les, los); any other
Latin word that begins with a small letter speaks for some Latin language. What speaks for none: numbers, capitalised
words (names, products, letters of options), and a Latin word with a Korean particle or a kana right behind it (chip을).
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import NamedTuple

from snellen.scorers.fold import fold
from snellen.scorers.korean import HANGUL
from snellen.scorers.prose import own_words

__all__ = ["LATIN", "Profile", "profile_of"]


def _small(words: str) -> frozenset[str]:
    return frozenset(words.split())


LATIN = {
    "en": _small(
        "the a an is are was were be been being am of to in on at by for with from as and or but not no yes this that "
        "these those it its there here i you he she they we his her their your my our has have had do does did can "
        "could will would should may might which who what when where how if than then so into over under near"
    ),
    "de": _small(
        "der die das den dem des ein eine einen einem einer eines ist sind war waren sein wird werden wurde hat haben "
        "und oder aber nicht kein keine ja nein zu zum zur im in am an auf aus bei mit nach von vom vor für über unter "
        "es er sie ich wir ihr man sich auch noch nur wie was wer wo als dass wenn dieses diese dieser"
    ),
    "fr": _small(
        "le la les l un une des du de au aux est sont était étaient être a ont avait et ou mais ne pas non oui à en "
        "dans sur sous avec sans pour par chez ce cet cette ces il elle ils elles on je nous vous qui que qu quoi où "
        "se son sa ses leur leurs plus très y"
    ),
    "es": _small(
        "el la los las un una unos unas es son era eran ser está están fue ha han hay y o pero no sí si de del al a en "
        "con sin por para sobre entre este esta estos estas ese esa lo le les se su sus que qué quien donde como muy "
        "más también yo él ella"
    ),
}
"""The small words by which languages in Latin letters are told apart."""

_LATIN = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
_RUN = re.compile(
    f"(?P<latin>[{_LATIN}]+(?:['-][{_LATIN}]+)*)|(?P<ko>[{HANGUL}]+)|(?P<kana>[{_KANA}]+)|(?P<han>[{_HAN}]+)"
    "|(?P<el>[\u0370-\u03ff\u1f00-\u1fff]+)|(?P<he>[\u0590-\u05ff]+)|(?P<th>[\u0e00-\u0e7f]+)|(?P<other>[^\\W\\d_]+)"
)
_GLUED = re.compile(f"[{HANGUL}{_KANA}{_HAN}]")  # right behind a Latin word: its particle
_PARTS = re.compile("['-]")  # l'image, rendez-vous
# Characters to a word, about, in scripts without spaces.
_KANA_HAN_PER_WORD, _THAI_PER_WORD = 2, 4
# Below this share of kana a text is Chinese: Japanese sentences have half of it, names quoted in Chinese a syllable.
_LEAST_KANA = 0.1
# What Chinese cannot do without and Japanese does not write. Without one of these, a few Han characters are a name.
_CHINESE = re.compile(
    "[这這们們个吗嗎呢吧你您她它很没么麼说說谁誰哪还還给給让讓图图顯显红蓝绿车门]|是|的(?![確的中例])|了(?![解承])"
)
_HAN_OF_A_NAME = 12
_READ_CHARS = 100_000  # the language of a longer text shows in its beginning


class Profile(NamedTuple):
    """What speaks for which language in a text, counted in words.

    Attributes:
        words: By language; "latin" for all words in Latin letters, "han" for Han characters that may be Japanese or
            Chinese, "other" for any script that is not told apart.
        small: Small words by language, of those in Latin letters; a word that two languages use counts for both.
        names: Latin words that speak for no language.
        first: The first word of each kind, as start and end in the text as it arrived.
    """

    words: Counter[str]
    small: Counter[str]
    names: int
    first: dict[str, tuple[int, int]]

    def share(self, kind: str) -> float:
        """The part of all words that speaks for `kind`, 0 when none speaks for anything."""
        total = sum(self.words.values())
        return self.words[kind] / total if total else 0.0


def profile_of(text: str) -> Profile:
    """What speaks for which language in the first 100,000 characters of a text.

    Code, links, quotations and round brackets are left out, unless nothing else is there: who reads a foreign sign
    quotes it, and does not speak its language.
    """
    folded = fold(text, ignore_case=False)
    read = folded.text[:_READ_CHARS]
    profile = _read(own_words(read, asides=False))
    if not profile.words and not profile.names:
        profile = _read(read)
    return profile._replace(first={kind: folded.span(*span) for kind, span in profile.first.items()})


def _read(said: str) -> Profile:
    words, small, chars = Counter[str](), Counter[str](), Counter[str]()
    first: dict[str, tuple[int, int]] = {}
    names = 0
    for match in _RUN.finditer(said):
        kind = match.lastgroup or "other"
        if kind == "latin":
            languages = _languages_of(match.group())
            if not languages and _is_name(match.group(), said[match.end() : match.end() + 1]):
                names += 1
                continue
            for code in languages:
                small[code] += 1
        else:
            chars[kind] += match.end() - match.start()
        words[kind] += 1
        if kind not in first:
            first[kind] = match.span()
    profile = Profile(words, small, names, first)
    _settle_han(profile, chars, said)
    if chars["th"]:
        words["th"] = _words(chars["th"], _THAI_PER_WORD)
    return profile


@functools.lru_cache(maxsize=1 << 13)
def _languages_of(word: str) -> tuple[str, ...]:
    """The languages that use a word as one of their small ones."""
    if len(word) == 1 and word.isupper():
        return ()  # the letter of an option, not an article
    parts = {part.lower() for part in _PARTS.split(word)} | {word.lower()}
    return tuple(language for language, small in LATIN.items() if not small.isdisjoint(parts))


def _is_name(word: str, behind: str) -> bool:
    return not word.islower() or _GLUED.match(behind) is not None


def _settle_han(profile: Profile, chars: Counter[str], said: str) -> None:
    """Kana and Han become words of Japanese or Chinese; a few Han characters and nothing else stay open."""
    both = chars["kana"] + chars["han"]
    if not both:
        return
    if chars["kana"] >= _LEAST_KANA * both:
        kind = "ja"
    elif chars["han"] >= _HAN_OF_A_NAME or _CHINESE.search(said):
        kind = "zh"
    else:
        kind = "han"
    first = min(profile.first.pop(script) for script in ("kana", "han") if script in profile.first)
    del profile.words["kana"], profile.words["han"]
    profile.words[kind] = _words(both, _KANA_HAN_PER_WORD)
    profile.first[kind] = first


def _words(chars: int, per_word: int) -> int:
    return max(1, round(chars / per_word))
