"""The part of a response that is its answer: what it only thought aloud is left out, and <answer> holds it alone."""

from __future__ import annotations

import re

from snellen.scorers.matcher import Passage

__all__ = ["READ_CHARS", "Part", "answer_part"]

READ_CHARS = 100_000
"""The end of a response that is read: answers stand there, and a response of megabytes must end somewhere."""

_STOP_WIDTH = 40
_TAG = re.compile(
    r"<(/?)(think(?:ing)?|thought|reasoning|reflection|scratchpad|answer|final_answer|choice)>|◁(/?)(think)▷"
)
_ANSWER = frozenset({"answer", "final_answer", "choice"})
# What ends a turn, where a server lets it through.
_STOP_TOKEN = re.compile(r"\s*(?:<\|[a-z_]{2,24}\|>|</s>|<eos>|<end_of_turn>)\s*\Z")


class Part:
    """A part of a response.

    Attributes:
        passage: Its text, ready to be searched.
        is_unfinished: Nothing is there but thoughts that were cut off.
    """

    __slots__ = ("_shift", "is_unfinished", "passage")

    def __init__(self, text: str, shift: int, *, is_unfinished: bool = False) -> None:
        """`text` begins `shift` characters into the response."""
        self.passage = Passage(text)
        self.is_unfinished = is_unfinished
        self._shift = shift

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Start and end in the response as it arrived of folded characters of the part."""
        first, last = self.passage.folded.span(start, end) if start < end else (0, 0)
        return first + self._shift, last + self._shift


def answer_part(response: str) -> Part:
    """What a response says once it has thought; all of it when it holds no such tags.

    Source:
        Tags as DeepSeek-R1, QwQ, Qwen3 and GLM-4.1V write them (<think>...</think>, <answer>...</answer>), and Kimi-VL
        (◁think▷). Templates that put the opening tag into the prompt leave only the closing one in the response.
    """
    shift = max(0, len(response) - READ_CHARS)
    part = Part(response[shift:], shift)
    text = part.passage.text
    start, end = _bounds(text) if "<" in text or "▷" in text else (0, len(text))
    if (start, end) == (0, len(text)):
        return part
    first, last = part.span(start, end)
    return Part(response[first:last], first, is_unfinished=start == end)


def _bounds(text: str) -> tuple[int, int]:
    """Where the answer begins and ends; an empty place for thoughts that were cut off."""
    start, end, opened = 0, len(text), None
    for match in _TAG.finditer(text):
        closes, name = bool(match[1] or match[3]), match[2] or match[4]
        if name in _ANSWER:
            if not closes:
                start, end, opened = match.end(), len(text), None
            elif start < match.start():
                end = match.start()
        elif closes:
            start, end, opened = match.end(), len(text), None
        elif opened is None:
            opened = match.start()
    if stop := _STOP_TOKEN.search(text, max(start, end - _STOP_WIDTH), end):
        end = stop.start()
    if opened is not None and opened >= start:
        end = min(end, opened) if text[start:opened].strip() else start
    return start, max(start, end)
