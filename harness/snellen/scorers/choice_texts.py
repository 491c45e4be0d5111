r"""What an answer says of its options by their texts: "it is Paris", 고양이입니다, \\boxed{24}."""

from __future__ import annotations

import bisect
import re

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_claims import Claim, Force
from snellen.scorers.choice_mentions import opening_of
from snellen.scorers.choice_options import Options, bare
from snellen.scorers.matcher import Passage

__all__ = ["boxed_claims", "text_claims"]

_MOST = 200  # places that are read closely
_ENDS = " \t\r\n*_\"'.,;:!?()[]{}$\\"
_BOXED = re.compile(r"\\[df]?boxed\{\s*(?:\\text[a-z]*\s*\{)?((?:[^{}]|\{[^{}]*\}){1,200})\}")
_WORD = re.compile(r"[^\W\d_]{2,}")  # a number in a conclusion may be one of many
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


def text_claims(options: Options, passage: Passage) -> list[Claim]:
    """What is said of each option whose text is said; the longest text counts where one holds another."""
    text = passage.text
    whole = _whole(options, text)
    if whole is not None:
        return [Claim(Force.FINAL, whole, 0, len(text), "its text is the answer")]
    places = _places(options, passage)
    starts = [start for start, _, _ in places]
    found: list[Claim] = []
    for start, end, index in places[:_MOST]:
        behind = bisect.bisect_right(starts, start)
        limit = starts[behind] if behind < len(starts) else len(text)
        claim = _claim(passage, index, start, end, limit)
        if claim is not None:
            found.append(claim)
    return found


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


def _claim(passage: Passage, index: int, start: int, end: int, limit: int) -> Claim | None:
    text, chosen = passage.text, frozenset({index})
    edge = opening_of(text, start)
    head = cues.head_of(text, edge)
    reading = passage.read(start, end)
    said = cues.denied(head, head, text, end, limit, directly=True)
    if said or reading.verdict == "negated":
        return Claim(Force.DENIED, chosen, start, end, reading.note or f"denied by {said!r}")
    if reading.verdict == "ambiguous":
        return None
    concludes = cues.concludes(head)
    is_sole = limit == len(text) or not cues.goes_on(text, end, limit)
    cue = cues.said_before(head, takes_nouns=False) or cues.said_after(text, end, limit)
    if cue:
        force = Force.STATED if cue.weight else Force.FAVOURED
        return Claim(force, chosen, start, end, f"said to be the answer: {cue.words!r}", concludes)
    if cues.is_predicate(head) and _BEHIND.match(text, end):
        return Claim(Force.FAVOURED, chosen, start, end, "what the sentence comes to", concludes)
    if concludes and is_sole and _WORD.search(text, start, end):
        return Claim(Force.FAVOURED, chosen, start, end, "what the conclusion speaks of", concludes)
    return Claim(Force.NAMED, chosen, start, end, "its text is said", concludes)
