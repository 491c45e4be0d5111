"""A dataset's card: what it is, where it is from, and what holds for all of its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snellen._text import nearest
from snellen.case import Source
from snellen.datasets.findings import Findings, kind_of, quoted, text_of
from snellen.datasets.row import Defaults, parse_tags
from snellen.datasets.template import check_template
from snellen.datasets.yaml import YamlDocument, load_yaml
from snellen.errors import InputError, Problem

__all__ = ["CARD_NAME", "Card", "load_card"]

CARD_NAME = "dataset.yaml"
_TEXTS = ("name", "description", "licence", "source", "prompt", "system")
_KEYS = (*_TEXTS, "license", "tags")
_NEAR = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What `dataset.yaml` says; a dataset of one file has a card of its name alone.

    Attributes:
        name: What people call the dataset.
        description: For readers of reports; may be empty.
        licence: Of the pictures and cases, best as an SPDX name; empty when nobody said.
        source: Where the data is from; empty when nobody said.
        prompt: A template for cases that have no prompt of their own; None when there is none.
        system: The system message of cases that have none.
        tags: Put before each case's own.
        metadata: What else the card says (authors, citation, language); treat as read-only.
    """

    name: str
    description: str = ""
    licence: str = ""
    source: str = ""
    prompt: str | None = None
    system: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, object] = field(default_factory=dict)

    @property
    def defaults(self) -> Defaults:
        """What the card says for each case."""
        return Defaults(prompt_template=self.prompt, system=self.system, tags=self.tags)


def load_card(path: Path, *, name: str, default_name: str) -> Card:
    """The card in a file.

    Args:
        path: The file.
        name: How errors call it.
        default_name: The dataset's name when the card has none.

    Raises:
        InputError: With all problems of the card.
    """
    document = load_yaml(path, name=name)
    values = document.value()
    if not isinstance(values, Mapping | None):
        hint = "Write keys such as name, description, licence and source."
        raise InputError(
            Problem(f"a card is a mapping of keys; this is {kind_of(values)}", file=name, line=1, hint=hint)
        )
    values = values or {}
    findings = Findings(Source(name, 1), {key: document.line(key) for key in values})
    findings.adopt(document.problems)
    _report_unknown(values, findings)
    texts = {key: _text(values, key, findings) for key in (*_TEXTS, "license")}
    card = Card(
        name=texts["name"] or default_name,
        description=texts["description"] or "",
        licence=texts["licence"] or texts["license"] or "",
        source=texts["source"] or "",
        prompt=texts["prompt"],
        system=texts["system"],
        tags=parse_tags(values.get("tags"), findings),
        metadata={key: value for key, value in values.items() if key not in _KEYS},
    )
    _check_prompt(card, document, findings)
    findings.raise_all()
    return card


def _report_unknown(values: Mapping[str, object], findings: Findings) -> None:
    for key in values:
        near = None if key in _KEYS else nearest(key, _KEYS, cutoff=_NEAR)
        if near is not None:
            findings.add(f"unknown key {quoted(key)}. Did you mean {near!r}?", at=key)


def _text(values: Mapping[str, object], key: str, findings: Findings) -> str | None:
    value = values.get(key)
    return None if value is None else text_of(value, f"'{key}'", findings, at=key)


def _check_prompt(card: Card, document: YamlDocument, findings: Findings) -> None:
    if card.prompt is None:
        return
    if not card.prompt.strip():
        findings.add("the prompt is empty", at="prompt", hint="Take the key out if every case has a prompt of its own.")
    try:
        check_template(card.prompt, where=Problem("", file=document.file, line=document.line("prompt")))
    except InputError as error:
        findings.problems.extend(error.problems)
