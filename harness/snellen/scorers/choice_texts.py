r"""What an answer says of its options by their texts: "it is Paris", 고양이입니다, \\boxed{24}."""

from __future__ import annotations

import re

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_asides import aside_of
from snellen.scorers.choice_claims import Claim, Force
from snellen.scorers.choice_mentions import opening_of
from snellen.scorers.choice_options import Options, bare
from snellen.scorers.fold import fold
from snellen.scorers.matcher import Passage

__all__ = ["boxed_claims", "text_claims"]

_MOST = 200  # places that are read closely
_ENDS = " \t\r\n*_\"'.,;:!?()[]{}$\\"
_BOXED = re.compile(r"\\[df]?boxed\{\s*(?:\\text[a-z]*\s*\{)?((?:[^{}]|\{[^{}]*\}){1,200})\}")
_WORD = re.compile(r"[^\W\d_]{2,}")  # a number in a conclusion may be one of many
_ASKED_WORD = re.compile("[a-z]{4,}|[가-힣]{2,}")
_ANY_ENGLISH = (
    "what which where when many much does have this that these those with there here from follo optio choic answe "
    "quest image pictu photo shown about"
)
_ANY_KOREAN = "사진 그림 이미 무엇 어느 어떤 다음 보기 정답 있나 있습 입니 인가 무슨"
_ANY_QUESTION = frozenset([*_ANY_ENGLISH.split(), *_ANY_KOREAN.split()])
_QUESTION = re.compile(r"[^.?!\n]+\?(?=[^?]*\Z)")
_ENOUGH = 2  # words of the question that a sentence must take up, and half of all
_JOINT = re.compile(
    r"[\s*_\"')\]]*(?:,?\s(?:and|n?or)\s|\s?[&/]\s?|이?나\s|와\s|과\s|이?랑\s|하고\s|\s(?:및|또는|혹은)\s)"
    r"(?:either\s|also\s)?(?:(?:it\sis|it's|the|an?|in|at|on)\s)*[*_\"'(]*"
)
_BEHIND = re.compile(r"[\s*_\"')\]}$\\]*(?:\((?:option|choice)?\s*[a-z]\))?[\s*_\"')\]}$\\]*(?:[.!\n]|\Z)")


def boxed_claims(options: Options, text: str) -> tuple[list[Claim], bool]:
    r"""The options whose text stands in a box (\boxed{24}), and whether the last box holds something else."""
    found: list[Claim] = []
    is_other = False
    for match in _BOXED.finditer(text) if "boxed{" in text else ():
        said = " ".join(match[1].replace("^\\circ", "°").replace("\\%", "%").split()).strip("$ ")
        same = sorted(options.resolve_text(said))
        is_other = not same and options.label(bare(said)) is None
        if same:
            found.append(
                Claim(Force.FINAL, frozenset(same[:1]), match.start(), match.end(), "in a box", concludes=True)
            )
    return found, is_other


def text_claims(options: Options, passage: Passage, prompt: str = "") -> list[Claim]:
    """What is said of each option whose text is said; the longest text counts where one holds another.

    Args:
        options: What can be chosen.
        passage: The answer.
        prompt: The question; a sentence that takes it up ("The camera is moving to the right") answers it.
    """
    text = passage.text
    whole = _whole(options, text)
    if whole is not None:
        return [Claim(Force.FINAL, whole, 0, len(text), "its text is the answer")]
    places = _places(options, passage)[:_MOST]
    asked = _asked_words(options, prompt) if places else ()
    found: list[list[Claim]] = []
    for index, (start, end, option) in enumerate(places):
        low = places[index - 1][1] if index else 0
        limit = places[index + 1][0] if index + 1 < len(places) else len(text)
        claim = _claim(passage, option, (low, start, end, limit), asked, options.restated[option])
        if not index or not _JOINT.fullmatch(text, low, start):
            found.append([])
        if claim is not None:
            found[-1].append(claim)
    return [claim for run in found for claim in _joined(run)]


def _joined(run: list[Claim]) -> list[Claim]:
    """What is said of texts that are named together: what claims one of them claims them all ("a cat or a dog")."""
    held = [claim for claim in run if claim.force > Force.DENIED]
    strongest = max(held, key=lambda claim: claim.force, default=None)
    if strongest is None or strongest.force == Force.NAMED or len(held) == 1:
        return run
    chosen = frozenset().union(*[claim.options for claim in held])
    together = strongest._replace(options=chosen, start=held[0].start, end=held[-1].end)
    return [together, *[claim for claim in run if claim.force == Force.DENIED]]


def _whole(options: Options, text: str) -> frozenset[int] | None:
    """The options whose text is all that the answer says."""
    if not text.strip() or len(text) > 4 * max(map(len, options.texts), default=0) + 64:
        return None
    said = " ".join(text.strip(_ENDS).split())
    same = {index for index, other in enumerate(options.texts) if other and other.strip(_ENDS) == said}
    return frozenset(same) or None


def _places(options: Options, passage: Passage) -> list[tuple[int, int, int]]:
    """Start, end and option of each text in the answer, without those within a longer one."""
    found = [
        (start, end, index)
        for index, matcher in enumerate(options.matchers)
        if matcher is not None
        for start, end in matcher.places(passage)
    ]
    found.sort(key=lambda place: (place[0], -place[1], passage.text[place[0] : place[1]] != options.texts[place[2]]))
    kept: list[tuple[int, int, int]] = []
    for start, end, index in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, index))
    return kept


def _asked_words(options: Options, prompt: str) -> tuple[str, ...]:
    """The words of a question that a sentence can take up: none of the options', none that every question has."""
    question = _QUESTION.search(fold(prompt).text)
    folded = question.group() if question else ""
    for text in options.texts:
        folded = folded.replace(text, " ") if text else folded
    words = {_stem(word) for word in _ASKED_WORD.findall(folded)}
    return tuple(sorted(words - _ANY_QUESTION))


def _stem(word: str) -> str:
    return word[:5] if word.isascii() else word[:2]


def _claim(
    passage: Passage,
    option: int,
    place: tuple[int, int, int, int],
    asked: tuple[str, ...],
    restated: re.Pattern[str],
) -> Claim | None:
    """What is said of one text; `place`: where the one before ends, its own start and end, where the next begins."""
    low, start, end, limit = place
    text, chosen = passage.text, frozenset({option})
    edge = opening_of(text, start)
    head = cues.head_of(text, edge)
    reading = passage.read(start, end)
    said = cues.denied(head, head, text, end, limit, directly=True)
    if said or reading.verdict == "negated":
        return Claim(Force.DENIED, chosen, start, end, reading.note or f"denied by {said!r}")
    if reading.verdict == "ambiguous":
        return None
    if restated.search(head):
        return Claim(Force.NAMED, chosen, start, end, "only what its label stands for")
    concludes = cues.concludes(head)
    cue = cues.said_before(head, takes_nouns=False, matches=False) or cues.said_after(text, end, limit)
    cue = cue or cues.exceeds(text, end)
    if cue and (aside := aside_of(head, text, end, limit)):
        force = Force.DENIED if aside.is_taken_back else Force.NAMED
        return Claim(force, chosen, start, end, f"only conceded: {aside.words!r}")
    if cue:
        force = Force.STATED if cue.weight else Force.FAVOURED
        return Claim(force, chosen, start, end, f"said to be the answer: {cue.words!r}", concludes)
    is_sole = low <= edge - len(head) and (limit == len(text) or not cues.goes_on(text, end, limit))
    why = _favour(text, (edge, start, end), head, asked, is_sole=is_sole, concludes=concludes)
    return Claim(Force.FAVOURED if why else Force.NAMED, chosen, start, end, why or "its text is said", concludes)


def _favour(
    text: str, place: tuple[int, int, int], head: str, asked: tuple[str, ...], *, is_sole: bool, concludes: bool
) -> str:
    """Why a text stands out among others that are named; empty when it does not."""
    edge, start, end = place
    if cues.is_predicate(head) and _BEHIND.match(text, end):
        return "what the sentence comes to"
    if not is_sole:
        return ""
    if concludes and _WORD.search(text, start, end):
        return "what the conclusion speaks of"
    sentence = head + text[edge : end + len(cues.tail_of(text, end))]
    taken = sum(word in sentence for word in asked)
    return "takes the question up" if taken >= _ENOUGH and 2 * taken >= len(asked) else ""
