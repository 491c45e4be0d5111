"""What a prompt asks about, by the common words of English and Korean questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from snellen.offline.colours import COLOURS, Colour
from snellen.offline.observe import Side
from snellen.offline.outlines import Kind
from snellen.offline.reader import Line, rows_of
from snellen.offline.shapes import Look

__all__ = ["Question", "Topic", "lines_asked_for", "understand"]

Topic = Literal["everything", "count", "colour", "text", "place", "chart", "difference"]

_DESCRIBE = r"descri|caption|explain|tell me about|설명|묘사"
_CONTENT = r"what is (in|shown)|what's in|what are in|do you see|can you see|무엇이 ?있|뭐가 ?있|뭐 ?있|보이는|보이나"
_TOPICS: dict[Topic, str] = {
    "count": r"\bhow many|\bnumber of|\bcount|몇 ?(개|가지|군데|명|마리)|개수|갯수|수는|세어|세 ?주",
    "colour": r"colou?r|무슨 색|어떤 색|색깔|색상|색[은이을]",
    "text": r"\b(read|texts?|says?|said|written|writing|words?|letters?|titled?|total|sum|prices?|cost|spell)\b"
    r"|\bhow much|transcri|\bocr\b|글자|글씨|텍스트|읽|적[혀힌]|쓰여|쓰인|씌|써|문구|단어"
    r"|합계|총액|총합|가격|금액|얼마|제목",
    "place": r"\b(where|left|right|above|below|under|top|bottom|upper|lower|position|located|next to|order)\b"
    r"|어디|왼쪽|오른쪽|왼편|오른편|위쪽|위에|아래|가운데|위치|좌측|우측|상단|하단|순서",
    "chart": r"\b(bars?|charts?|graphs?|tallest|highest|lowest|shortest)\b|막대|그래프|차트|도표|가장|제일",
    "difference": r"differ|compar|chang|\bsame\b|차이|다른|다릅|다르|비교|바뀐|바뀌|달라|변한|변화|같[은나]",
}

_KINDS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (r"\bcircles?\b|\bdots?\b|동그라미|(?<![가-힣])원(?=[은이을과의]?(?:\s|$|[?.,]))|원형", ("circle",)),
    (r"\bellipses?\b|\bovals?\b|타원", ("ellipse",)),
    (r"\bsquares?\b|정사각형", ("square",)),
    (r"\brectang\w+|직사각형", ("rectangle", "square")),
    (r"(?<![정직])사각형|네모", ("rectangle", "square", "diamond")),
    (r"\bdiamonds?\b|\brhomb\w+|마름모", ("diamond",)),
    (r"\btriang\w+|삼각형|세모", ("triangle",)),
    (r"\bstars?\b|(?<![가-힣])별(?=[은이을과의]?(?:\s|$|[?.,]|모양))", ("star",)),
    (r"\bcross(es)?\b|\bplus(es)?\b|십자", ("cross",)),
    (r"\brings?\b|고리", ("ring",)),
    (r"\bpentagons?\b|오각형", ("pentagon",)),
    (r"\bhexagons?\b|육각형", ("hexagon",)),
    (r"\boctagons?\b|팔각형", ("octagon",)),
)

_SIDES: dict[Side, str] = {
    "left": r"\bleft(most)?\b|왼쪽|왼편|좌측",
    "right": r"\bright(most)?\b|오른쪽|오른편|우측",
    "top": r"\b(above|top|upper)\b|위쪽|위에|윗|상단",
    "bottom": r"\b(below|bottom|under|lower|beneath)\b|아래|밑|하단",
}
_RELATION = (
    r"\b(left|right) of\b|\bto the (left|right)\b|\b(above|below|under|beneath)\b|보다|의 ?(왼|오른|위|아래|밑)"
    r"|\bfrom (the )?(left|right|top|bottom)\b|에서부터|쪽부터"
)
_IS_THERE = r"\b(is|are) there\b|\bdo(es)? .*\b(contain|have|show)|있나요|있습니까|있는지|있어\?|있니"
_NUMBER_ONLY = r"\bnumbers? only|\bonly (a |the |one )?number|\bjust (a |the )?number|digits only|숫자만"
_ONLY = (
    _NUMBER_ONLY + r"|\b(text|words?|letters?) only|\bonly (the )?(text|words?|letters?)|nothing else|글자만|텍스트만"
)

# A prompt's words that a line may hold by chance; the names of things are what we look for.
_COMMON = frozenset(
    """
    all and answer are can does for from give has have how image much many number only out photo picture please price
    read say says see sign text that the there this what where which who why with word words write written you your
    """.split()  # noqa: SIM905  # as a list it would take 45 lines
)
_ALSO: dict[str, str] = {"합계": "total", "총액": "total", "총합": "total", "총계": "total", "소계": "subtotal"}
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a prompt asks about.

    Attributes:
        topics: What it names; none when it names nothing we know.
        kinds: The shapes it names, none for any.
        colours: The colours it names, none for any.
        sides: The sides of the picture, or of a thing in it, that it names.
        is_relation: The sides are those of another thing ("left of the star") or a direction ("from the top").
        is_there: It asks whether something is there at all.
        wants_number: It wants a number and nothing else.
        wants_bare: It wants the text without a sentence around it.
        words: Of the prompt, as they may stand in a picture, in small letters.
    """

    topics: frozenset[Topic]
    kinds: frozenset[Kind]
    colours: frozenset[Colour]
    sides: frozenset[Side]
    is_relation: bool
    is_there: bool
    wants_number: bool
    wants_bare: bool
    words: frozenset[str]

    def asks(self, topic: Topic) -> bool:
        """True when the answer should speak of `topic`."""
        return topic in self.topics

    @property
    def names_shapes(self) -> bool:
        """True when it names a shape or a colour, so that other shapes are not asked for."""
        return bool(self.kinds or self.colours)

    @property
    def part(self) -> frozenset[Side]:
        """The part that alone is asked about: a half by one side, a corner by two; empty for the whole picture."""
        is_both = {"left", "right"} <= self.sides or {"top", "bottom"} <= self.sides
        return frozenset() if is_both or self.is_relation else self.sides

    def matches(self, look: Look) -> bool:
        """True when `look` is among what is asked for; everything is when nothing is named."""
        return (not self.kinds or look.kind in self.kinds) and (not self.colours or look.colour in self.colours)


def understand(prompt: str) -> Question:
    """What `prompt` asks about."""
    text = prompt.casefold()
    kinds = frozenset(kind for pattern, named in _KINDS if re.search(pattern, text) for kind in named)
    colours = frozenset(_named_colours(text))
    return Question(
        topics=_topics(text, names_shapes=bool(kinds or colours)),
        kinds=kinds,
        colours=colours,
        sides=frozenset(side for side, pattern in _SIDES.items() if re.search(pattern, text)),
        is_relation=bool(re.search(_RELATION, text)),
        is_there=bool(kinds or colours) and bool(re.search(_IS_THERE, text)) and not _named_topics(text),
        wants_number=bool(re.search(_NUMBER_ONLY, text)),
        wants_bare=bool(re.search(_ONLY, text)),
        words=_words(text),
    )


def _named_topics(text: str) -> set[Topic]:
    return {topic for topic, pattern in _TOPICS.items() if re.search(pattern, text)}


def _topics(text: str, *, names_shapes: bool) -> frozenset[Topic]:
    """The topics; "what is in it" asks for everything only where nothing more definite is asked."""
    topics = _named_topics(text)
    if re.search(_DESCRIBE, text) or (re.search(_CONTENT, text) and topics <= {"difference"} and not names_shapes):
        topics.add("everything")
    return frozenset(topics or ({"count"} if names_shapes else ()))


def lines_asked_for(question: Question, lines: Sequence[Line]) -> list[str]:
    """The rows of text that hold a word of the question (the row "TOTAL 9.50" for "What is the total?"), or none."""
    rows = [" ".join(line.text for line in row) for row in rows_of(list(lines))]
    return [row for row in rows if question.words & frozenset(_WORD.findall(row.casefold()))]


def _words(text: str) -> frozenset[str]:
    translated = {english for korean, english in _ALSO.items() if korean in text}
    return frozenset(word for word in _WORD.findall(text) if word not in _COMMON) | translated


def _named_colours(text: str) -> Iterable[Colour]:
    """The colours of the text; "blue" means light and dark blue too, "light blue" only itself."""
    names = sorted(
        ((name, colour) for colour in COLOURS for name in (colour.english, colour.korean, *colour.asked)),
        key=lambda pair: (-len(pair[0]), pair[0]),
    )
    for name, colour in names:
        pattern = rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)
        text, found = re.subn(pattern, " ", text)
        if found:
            yield from _family(colour, is_family_name=" " not in colour.english and name == colour.english)


def _family(colour: Colour, *, is_family_name: bool) -> Iterable[Colour]:
    yield colour
    if is_family_name:
        yield from (other for other in COLOURS if other.english.endswith(f" {colour.english}"))
