"""What an answer says of its options by their labels: "the answer is (B)", 정답은 ②, "C is wrong", "A. text"."""

from __future__ import annotations

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_asides import aside_of
from snellen.scorers.choice_claims import Claim, Force
from snellen.scorers.choice_english import NOUNS
from snellen.scorers.choice_groups import after_label, groups_of, lists_of, own_end
from snellen.scorers.choice_mentions import Mention, Mentions
from snellen.scorers.choice_options import SYLLABLES, Options
from snellen.scorers.choice_words import names_answer
from snellen.scorers.matcher import Passage

__all__ = ["label_claims"]

_ENDS = " \t*_\"'.,;:!?)]}$\\"
_NAMES_ANSWER = 2  # the weight of a cue that names the answer
_MOST_LEAD = 64  # characters that may be nothing but white space before a label that begins an answer
_MOST_TEXT = 4096  # characters behind a label that may be the text of an option


def label_claims(
    options: Options, passage: Passage, *, sought: str = "", aliases: bool = False, multiple: bool = False
) -> list[Claim]:
    """What is said of each option that is named by its label, or by its position with `aliases`.

    Args:
        options: What can be chosen.
        passage: The answer.
        sought: The comparatives that the question asks for, as a pattern.
        aliases: Read positions (2, 나) that are no labels, instead of labels; only what is stated of them is meant.
        multiple: Several options may be chosen, so that no claim makes those before it void.
    """
    text = passage.text
    mentions = Mentions(options, passage.folded, aliases=aliases)
    if not mentions:
        return []
    is_idle = aliases and "boxed{" not in text and not names_answer(text)
    if is_idle and mentions.are_passing():
        return []
    kept = None if options.hold_no_labels and not aliases else _meant(options, passage, mentions.all())
    lists: dict[int, int] | None = None
    found: list[Claim] = []
    last_line = text.rstrip().rfind("\n") + 1 or len(text)
    must_read_all = multiple or "boxed{" in text
    limit = len(text)
    backwards, is_apart = (mentions.backwards(), mentions.last_is_apart) if kept is None else (reversed(kept), None)
    behind: Mention | None = None
    for group, low in groups_of(options, text, backwards, is_apart):
        is_meant = not (_is_word(options, text, group) or _is_answer_sign(text, group, behind))
        behind = group[0]
        if not is_meant or (is_idle and _is_passing(text, group)):
            limit = group[0].left
            continue
        reading = _Reading(options, text, group, low, limit)
        limit = group[0].left
        if group[0].is_item:
            lists = lists_of(text, mentions.all() if kept is None else kept) if lists is None else lists
            reading.is_listed = lists.get(group[0].start, 1) > 1
        reading.sought, reading.last_line = sought, last_line
        claim = reading.claim()
        if claim is not None:
            found.append(claim)
            if not must_read_all and claim.force >= Force.STATED and claim.concludes and len(claim.options) == 1:
                break  # no claim before it can stand over it
    return found


def _meant(options: Options, passage: Passage, mentions: list[Mention]) -> list[Mention]:
    """The mentions that are not letters within the text of an option: "(A) B = 143", "sample A" as option B."""
    kept: list[Mention] = []
    end = 0
    for mention in mentions:
        if mention.start >= end:
            kept.append(mention)
            end = own_end(options, passage.text, mention)
    if not options.misleading or not kept:
        return kept
    places = [
        (place, index)
        for index in options.misleading
        if (matcher := options.matchers[index])
        for place in matcher.places(passage)
    ]
    return [one for one in kept if not any(_is_within(one, place, index) for place, index in places)]


def _is_within(mention: Mention, place: tuple[int, int], index: int) -> bool:
    start, end = place
    return start <= mention.start and mention.end <= end and mention.option != index


def _is_word(options: Options, text: str, group: list[Mention]) -> bool:
    """Whether a bare "A", "I" or number is a word of the sentence, with no text of the option behind it."""
    first = group[0]
    name = text[first.start : first.end]
    if len(group) > 1 or first.point_end is not None or not (name in {"a", "i"} or name.isdigit()) or first.is_marked:
        return False
    if first.is_upper and first.noun and first.edge < first.left and name != "i" and first.noun in NOUNS:
        return False
    return cues.is_word(text, first.right) and own_end(options, text, first) == first.body


def _is_answer_sign(text: str, group: list[Mention], behind: Mention | None) -> bool:
    """Whether this is the A of "Q: Which? A: (B)": nothing but another label stands behind it on its line."""
    first = group[0]
    if behind is None or len(group) > 1 or text[first.start : first.end] != "a" or first.point_end is None:
        return False
    is_alone = text[first.right : behind.left].strip(" *_") == ":" and behind.ends_line
    return is_alone and behind.option != first.option


def _is_passing(text: str, group: list[Mention]) -> bool:
    """Whether these are numbers of the sentence, which nothing but words that name the answer can make options."""
    first = group[0]
    return (
        len(group) == 1
        and text[first.start].isdigit()
        and not (first.is_marked or first.begins_line)
        and first.left > _MOST_LEAD
    )


class _Reading:
    """One mention, or several that are said together, with the words around."""

    def __init__(self, options: Options, text: str, group: list[Mention], low: int, limit: int) -> None:
        self._options, self._text, self._group, self._limit = options, text, group, limit
        self._first, self._last = group[0], group[-1]
        self.is_listed, self.sought, self.last_line = False, "", len(text)
        self._sentence = cues.head_of(text, self._first.edge)
        self._head = self._sentence[max(0, low - self._first.edge + len(self._sentence)) :]
        last = self._last
        behind = own_end(options, text, last)
        ended = behind == last.body and text[last.right : last.right + 1] == "." and not last.is_item
        self._behind = limit if ended else behind

    def claim(self) -> Claim | None:
        """What is said of them; None when they are not meant as options."""
        first, text = self._first, self._text
        if not first.is_item and cues.is_asked(text, self._last.right):
            return None
        if "boxed{" in text[first.edge : first.start]:
            return self._said(Force.FINAL, "in a box")
        marked = self._mark()
        if marked is not None:
            return self._said(Force.STATED if marked else Force.DENIED, f"marked as {'right' if marked else 'wrong'}")
        # What denies it stands on its own line; what says that it is the answer may stand on the line above.
        before = ("", "") if first.begins_line else (self._head, self._sentence)
        said = cues.denied(*before, text, self._behind, self._limit, directly=not first.is_item)
        if said:
            return self._said(Force.DENIED, f"denied by {said!r}")
        claim = self._stated() or self._item() or self._named()
        return claim if claim is None or first.is_item else self._conceded(claim)

    def _conceded(self, claim: Claim) -> Claim:
        """The claim, or what is left of it where others make it or it is taken back: "Many would pick A, but"."""
        aside = aside_of(self._head, self._text, self._last.right, self._limit)
        if not aside or (claim.force == Force.NAMED and not aside.is_taken_back):
            return claim
        force = Force.DENIED if aside.is_taken_back else Force.NAMED
        return claim._replace(force=force, why=f"only conceded: {aside.words!r}", concludes=False, clash=None)

    def _said(self, force: Force, why: str) -> Claim:
        start, end = self._first.left, self._last.right
        concludes = force == Force.FINAL or cues.concludes(self._sentence) or self._is_last_line()
        clash = self._clash() if force >= Force.STATED and len(self._group) == 1 else None
        chosen = frozenset(mention.option for mention in self._group)
        return Claim(force, chosen, start, end, why, concludes, clash)

    def _is_last_line(self) -> bool:
        """Whether it stands on the last of several lines."""
        return self._first.start >= self.last_line and not self.is_listed

    def _mark(self) -> bool | None:
        """Whether it is marked as right or wrong, as in "B. Berlin: correct"; None for neither.

        Yes, no, true and false may be the text of the option: they are marks behind its text only.
        """
        last = self._last
        if len(self._group) > 1 or not (last.is_item or last.is_called_option):
            return None
        end = own_end(self._options, self._text, last)
        return cues.verdict(self._text, end, has_text=end > last.body)

    def _stated(self) -> Claim | None:
        first = self._first
        is_sure = first.is_marked or first.is_upper
        if not (self.is_listed and first.begins_line):
            takes = self._options.speak_of_themselves or first.is_marked
            cue = cues.said_before(self._head, takes_nouns=takes)
            if cue and self._is_usable(cue) and (is_sure or self._ends_here()):
                is_plain = cue.weight or first.is_called_option or self._is_introduced()
                force = Force.STATED if is_plain else Force.FAVOURED
                return self._said(force, f"said to be the answer: {cue.words!r}")
        is_word = self._text[first.start] in SYLLABLES and not first.is_marked  # 둘 다 맞습니다
        if not is_sure or is_word or self._is_foreign():
            return None
        cue = cues.said_after(self._text, self._behind, self._limit, directly=self.is_listed)
        cue = cue or cues.exceeds(self._text, self._behind)
        if cue and self._is_usable(cue):
            return self._said(Force.STATED if cue.weight else Force.FAVOURED, f"said to be the answer: {cue.words!r}")
        return None

    def _is_usable(self, cue: cues.Cue) -> bool:
        """Numbers stand everywhere: only explicit words make one an option, others where no option holds one."""
        first = self._first
        if first.is_marked or not self._text[first.start].isdigit():
            return True
        may_be_amount = first.is_alias or self._options.hold_numbers
        return cue.weight >= (_NAMES_ANSWER if may_be_amount else 1) and self._ends_here()

    def _is_introduced(self) -> bool:
        """Whether it begins its line behind a colon."""
        return self._first.begins_line and self._head.endswith(":")

    def _ends_here(self) -> bool:
        last, text = self._last, self._text
        return (
            last.ends_line
            or last.point_end is not None
            or not text[last.right : last.right + 1].isascii()
            or cues.is_copula(text, last.right)
            or text[last.right : last.right + 1] in set(",.;!")
            or cues.sets_against(text, last.right)
        )

    def _item(self) -> Claim | None:
        """A label that stands as in a list, though no list is there: the answer itself, with the option's text."""
        first, text = self._first, self._text
        if self.is_listed:
            return self._said(Force.NAMED, "listed")
        if first.is_item:
            is_placed = not text[: first.edge].strip() or self._is_last_line() or self._is_introduced()
            return self._said(Force.STATED if is_placed else Force.FAVOURED, "stands as the answer")
        lead = text[: first.left].strip()
        if lead and lead == first.noun and first.is_called_option and first.ends_line:
            return self._said(Force.STATED, "stands as the answer")
        begins = not lead and (first.is_upper or first.is_marked)
        if begins and (
            text[self._last.right : self._last.right + 1] in {",", ";"} or cues.gives_reason(text, self._last.right)
        ):
            return self._said(Force.STATED, "begins the answer")
        alone = first.is_marked and first.ends_line and not self._sentence.strip()
        return self._said(Force.STATED, "stands alone") if alone else None

    def _named(self) -> Claim | None:
        first = self._first
        if first.is_alias or self._is_foreign() or not (first.is_marked or first.is_upper) or first.noun == "letter":
            return None
        if not (first.is_marked or self._options.speak_of_themselves or len(self._group) > 1):
            return None
        if said := cues.praised(self._text, self._behind, self._limit, self.sought):
            return self._said(Force.FAVOURED, f"put before the others: {said!r}")
        if cues.concludes(self._sentence) and self._is_sole():
            return self._said(Force.FAVOURED, "what the conclusion speaks of")
        if first.is_marked and cues.is_predicate(self._head) and self._ends_sentence():
            return self._said(Force.FAVOURED, "what the sentence comes to")
        return self._said(Force.NAMED, "named")

    def _is_sole(self) -> bool:
        """Whether no other option is named in the sentence, but for comparison."""
        text, limit = self._text, self._limit
        if len(self._group) > 1 or len(self._head) < len(self._sentence):
            return False
        return limit == len(text) or not cues.goes_on(text, self._last.right, limit)

    def _ends_sentence(self) -> bool:
        rest = self._text[self._behind : self._behind + 8].lstrip(" *_\"')]}$\\")
        return not rest or rest[0] in ".!\n" or self._behind == self._limit

    def _is_foreign(self) -> bool:
        """Whether the word before it makes it the name of something else, or it is a part of a formula."""
        first = self._first
        return not first.is_called_option and cues.is_foreign(first.noun, self._text, first.left, self._last.right)

    def _clash(self) -> int | None:
        """The option whose text, and not the own, stands behind the label."""
        mention, options, text = self._last, self._options, self._text
        start = after_label(text, mention.body)
        own = options.texts[mention.option]
        if own_end(options, text, mention) > mention.body or len(text) - start > _MOST_TEXT:
            return None
        behind = text[start:].split("\n", 1)[0].rstrip(_ENDS)
        for index, other in enumerate(options.texts):
            if other and other not in {own, options.names[index]} and behind == other.rstrip(_ENDS):
                return index
        return None
