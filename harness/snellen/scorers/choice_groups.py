"""Which labels are said together ("A and B", "A. cat or B. dog"), which are a list, and where an option's text ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from snellen.scorers.choice_mentions import Mention
from snellen.scorers.choice_options import Options

__all__ = ["after_label", "groups_of", "lists_of", "own_end"]

_BEFORE_TEXT = " \n\t*_\"'(\\[$:,-–—"
_ARTICLE = re.compile(r"(?:an?|the)\s")  # options' texts are known without theirs
_JOINT = re.compile(
    r"[\s*_\"')\]}$]*(?:번|(?:the\s)?[a-z]{3,12}\s(?:image|picture|photo|photograph|one|option|point|box)(?![a-z]))?\s*"
    r"(?:,\s*(?:and|or|&|그리고|및|또는)?|and|n?or|&|/|\+|와|과|도|이?랑|및|또는|혹은|이?나|하고|그리고)\s*"
    r"(?:both\s|either\s)?(?:(?:the\s)?(?:option|choice|point|image|picture|box|answer|letter)s?\s|보기|선택지)?"
    r"[\s*_\"'(\[{$]*"
)


def own_end(options: Options, text: str, mention: Mention) -> int:
    """Where the option's own text behind its label ends; where the label ends when it is not there."""
    own = options.texts[mention.option]
    start = mention.body
    while own and start < len(text):
        if text.startswith(own, start):
            return start + len(own)
        if text[start] not in _BEFORE_TEXT:
            article = _ARTICLE.match(text, start)
            return article.end() + len(own) if article and text.startswith(own, article.end()) else mention.body
        start += 1
    return mention.body


def after_label(text: str, start: int) -> int:
    """Where the text behind a label begins."""
    while (
        start < len(text)
        and text[start] in _BEFORE_TEXT
        and not (text[start] == "-" and text[start + 1 : start + 2].isdigit())
    ):
        start += 1
    return start


def groups_of(
    options: Options, text: str, mentions: Iterator[Mention], is_apart: Callable[[int], bool] | None = None
) -> Iterator[tuple[list[Mention], int]]:
    """Mentions that are said together ("A and B", "A. cat or B. dog") as one group, all others as groups of one.

    Args:
        options: What can be chosen.
        text: Folded text.
        mentions: From the last to the first.
        is_apart: Whether the mention before the one at a place surely is in another sentence.

    Yields:
        From the last to the first, each with the end of the mention before it, 0 for none in its sentence.
    """
    group: list[Mention] = []
    for mention in mentions:
        if group:
            end = own_end(options, text, mention)
            if not _JOINT.fullmatch(text, end if end > mention.body else mention.end, group[0].start):
                yield group, mention.end
                group = []
        group.insert(0, mention)
        if is_apart is not None and is_apart(mention.start):
            yield group, 0
            group = []
    if group:
        yield group, 0


def lists_of(text: str, mentions: list[Mention]) -> dict[int, int]:
    """For each mention that labels an item of a list, by its start: how many items the list has.

    The items of a list follow on. One that is alone on its line while those before are not, or stands behind a colon,
    begins anew. Numbers that are no labels are a list within a line too: "(1) look, (2) think".
    """
    runs: list[list[Mention]] = []
    for mention in mentions:
        if not mention.is_item:
            if runs and mention.is_alias and _follows_inline(text, runs[-1][-1], mention):
                runs[-1].append(mention)
        elif runs and runs[-1][-1].ends_line >= mention.ends_line and _follows(text, runs[-1][-1], mention):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return {mention.start: len(run) for run in runs for mention in run}


def _follows(text: str, last: Mention, mention: Mention) -> bool:
    if mention.option == last.option + 1:
        return text[mention.edge - 1 : mention.edge] != ":" or text.rfind(":", last.end, mention.edge) < 0
    return mention.option > last.option and text.count("\n", last.end, mention.start) == 1


def _follows_inline(text: str, last: Mention, mention: Mention) -> bool:
    if mention.option != last.option + 1 or mention.point_end is None or last.point_end is None:
        return False
    return text[mention.end : mention.point_end] == text[last.end : last.point_end]
