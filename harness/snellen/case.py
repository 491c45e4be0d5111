"""The question: images, a prompt and what a right answer must contain, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = ["Case", "Detail", "Expectation", "ImageRef", "Mark", "MarkKind", "ScorerSpec", "Source"]

Detail = Literal["auto", "low", "high", "original"]
MarkKind = Literal["known_failing", "flaky"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a case was written.

    Attributes:
        file: As the user named it.
        line: 1-based line of the case's first key, None when the format has no lines.
    """

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """One picture of a case, by name; holding it reads no pixel. Exactly one of `path`, `url`, `data` is set.

    Attributes:
        path: A local file, absolute, already known to lie inside the folder it may come from.
        url: An http(s) address, sent as it is unless the model wants pictures inline.
        data: The picture's bytes (a data URI, bytes or a PIL image), exactly as given.
        name: What people call it: the path or URL as written, or "image 1 (inline)".
        title: A caption for reports; empty when the user gave none.
        detail: The API's `detail`, None leaves it out of the request.
    """

    path: Path | None = None
    url: str | None = None
    data: bytes | None = field(default=None, repr=False)
    name: str
    title: str = ""
    detail: Detail | None = None

    def __post_init__(self) -> None:
        given = sum(value is not None for value in (self.path, self.url, self.data))
        if given != 1:
            raise ValueError(f"an ImageRef has exactly one of path, url and data; {self.name!r} has {given}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSpec:
    """A scorer and its options, as a case's `expect` or an eval's `scorers` names it: `number: 42 ±1`.

    Attributes:
        name: The scorer's registered name.
        options: By name, as JSON has values; `answer` is what this scorer expects, over the case's own answer.
    """

    name: str
    options: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{self.name}({shown})" if shown else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """That a case is known to fail, or to be answered now so and now so. It is asked, judged and shown like any other.

    Attributes:
        kind: known_failing or flaky.
        reason: Why, for people.
        until: ISO date of the last day on which the mark holds; empty when it never ends.
    """

    kind: MarkKind
    reason: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a right answer must contain. A group is a tuple of synonyms, of which one is enough.

    Attributes:
        all: Groups that must each be mentioned.
        any: Groups of which at least one must be mentioned.
        none: Groups that must not be mentioned; a negated mention ("no dog") is not a mention.
        regex: Patterns that must each be found, with the meaning of Python's `re`.
        scorers: Further scorers that must each pass, such as `number: 42 ±1`.
    """

    all: tuple[tuple[str, ...], ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    none: tuple[tuple[str, ...], ...] = ()
    regex: tuple[str, ...] = ()
    scorers: tuple[ScorerSpec, ...] = ()

    @property
    def has_keywords(self) -> bool:
        """True when there is something for the keyword scorer to judge."""
        return bool(self.all or self.any or self.none or self.regex)

    @property
    def is_empty(self) -> bool:
        """True when nothing is expected, so that nothing can be judged."""
        return not (self.has_keywords or self.scorers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with its pictures and its expectation.

    Attributes:
        id: Stable and unique in its dataset; part of pytest ids.
        prompt: The user's text, literal. `<image 1>` marks where a picture goes; unmarked pictures follow the text.
        images: At least one.
        expect: What a right answer must contain.
        answer: The right answer, as JSON has values: a text, a number, a mapping of fields; a list holds several that
            are each right, unless the scorer says otherwise. None when there is none.
        choices: What can be chosen, option text by letter ("A"), in order; empty for an open question.
        system: A system message, None sends none.
        tags: Labels for selection and slices.
        group: Cases that share a picture or a source, for clustered errors; None stands alone.
        metadata: Further fields of the row, for templates and reports; treat as read-only.
        live: Needs the network to be asked at all; skipped with that reason when it has no recording.
        mark: That it is known to fail, or flaky; None for neither.
        source: Where it was written, None for cases made in Python.
    """

    id: str
    prompt: str
    images: tuple[ImageRef, ...]
    expect: Expectation = Expectation()
    answer: object = None
    choices: Mapping[str, str] = field(default_factory=dict)
    system: str | None = None
    tags: tuple[str, ...] = ()
    group: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    live: bool = False
    mark: Mark | None = None
    source: Source | None = None
