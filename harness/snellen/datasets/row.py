"""From one row to one case: every rule about what a case may say, for files and for Python alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from snellen._text import plural
from snellen.case import Case, Source
from snellen.datasets.answer import check_scorers, parse_answer, parse_choices, parse_mark
from snellen.datasets.expect import parse_expectation
from snellen.datasets.findings import Findings, kind_of, quoted, text_of
from snellen.datasets.keys import CASE_KEYS, renamed_from, report_unknown
from snellen.datasets.messages import unfold_messages
from snellen.datasets.paths import PictureFinder
from snellen.datasets.pictures import parse_images
from snellen.datasets.raw import RawRow
from snellen.datasets.template import case_fields, render
from snellen.errors import InputError

__all__ = ["Defaults", "RowParser", "parse_row", "parse_tags"]

_MAX_ID_CHARS = 200  # ids become pytest ids and headings
_MARKER = re.compile(r"<image ([0-9]+)>")
_MARKER_DIGITS = 9  # more are too many images by any count, and int() refuses to read thousands
_BOOLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a dataset's card says for every case that does not say it itself.

    Attributes:
        prompt_template: Rendered with the case's fields for cases without a prompt of their own.
        system: The system message of cases that have none.
        tags: Put before each case's own.
    """

    prompt_template: str | None = None
    system: str | None = None
    tags: tuple[str, ...] = ()


_NO_DEFAULTS = Defaults()


def parse_row(
    row: Mapping[str, object],
    *,
    source: Source | None = None,
    folder: Path,
    root: Path | None,
    defaults: Defaults = _NO_DEFAULTS,
    lines: Mapping[str, int] | None = None,
) -> Case:
    """The case that `row` describes. For many rows of one file, a `RowParser` remembers the folders it looked into.

    Args:
        row: Known keys and metadata, as a reader or a program gives them.
        source: Where it was written.
        folder: Where relative picture paths start.
        root: The folder pictures may not leave; None lets a program name any path.
        defaults: What the card says.
        lines: Lines of keys that stand elsewhere than the row's first line.

    Raises:
        InputError: With all problems of the row.
    """
    return RowParser(folder=folder, root=root, defaults=defaults).parse(RawRow(row, source, lines))


class RowParser:
    """Makes cases of the rows of one file.

    Args:
        folder: Where relative picture paths start.
        root: The folder pictures may not leave; None lets a program name any path.
        defaults: What the card says.
    """

    def __init__(self, *, folder: Path, root: Path | None, defaults: Defaults = _NO_DEFAULTS) -> None:
        self._finder = PictureFinder(folder, root)
        self._defaults = defaults

    def parse(self, raw: RawRow) -> Case:
        """The case that the row describes.

        Raises:
            InputError: With all problems of the row.
        """
        findings = Findings(raw.source, raw.lines)
        row = raw.fields
        case_id = findings.case_id = _parse_id(row.get("id"), findings)
        findings.adopt(raw.problems)
        if row.get("messages") is not None:
            row = unfold_messages(row, findings)
        slips, metadata = _parse_metadata(row, findings)
        case = Case(
            id=case_id or "",
            prompt=_parse_text(row, "prompt", findings) or "",
            images=parse_images(row, self._finder, findings),
            expect=parse_expectation(row.get("expect"), findings),
            answer=parse_answer(row.get("answer"), findings),
            choices=parse_choices(row.get("choices"), findings),
            system=(_parse_text(row, "system", findings) or None) if "system" in row else self._defaults.system,
            tags=self._tags(row.get("tags"), findings),
            group=_parse_text(row, "group", findings),
            metadata=metadata,
            live=_parse_live(row.get("live"), findings),
            mark=parse_mark(row, findings),
            source=raw.source,
        )
        if not findings.has("messages"):
            self._report_missing(row, slips, findings)
        if row.get("prompt") is not None:
            _check_prompt(case, findings)
        elif not findings.problems:
            case = self._with_card_prompt(case, findings)
        _check_markers(case, findings)
        if not findings.problems:
            check_scorers(case, findings)
        findings.raise_all()
        return case

    def _tags(self, value: object, findings: Findings) -> tuple[str, ...]:
        tags = parse_tags(value, findings)
        return tuple(dict.fromkeys((*self._defaults.tags, *tags))) if self._defaults.tags else tags

    def _report_missing(self, row: Mapping[str, object], slips: set[str], findings: Findings) -> None:
        for key, hint in _MISSING_HINTS.items():
            if key in slips or _is_given(row, key):
                continue
            if key == "prompt" and self._defaults.prompt_template is not None:
                continue
            other = renamed_from(key, row)
            rename = f"It has {other!r}: rename that key to {key!r}." if other else hint
            findings.add(f"the case has no {'image' if key == 'images' else key}", at=key, hint=rename)

    def _with_card_prompt(self, case: Case, findings: Findings) -> Case:
        fields = case_fields(case)
        del fields["prompt"]  # it is what is being made
        try:
            prompt = render(self._defaults.prompt_template or "", fields)
        except InputError as error:
            for problem in error.problems:
                findings.add(problem.message, hint=problem.hint)
            return case
        if not prompt.strip():
            findings.add("the card's prompt comes out empty for this case")
        return replace(case, prompt=prompt)


_MISSING_HINTS = {
    "id": "Write id: a short name, unique in this dataset. Recordings and baselines are found by it.",
    "images": "Write images: a path relative to this file, an http(s) address or a data URI; or a list of them.",
    "prompt": "Write prompt: what the model is asked about the picture.",
}


def _is_given(row: Mapping[str, object], key: str) -> bool:
    if key == "images":
        return any(row.get(name) not in (None, [], ()) for name in ("images", "image"))
    return row.get(key) is not None


def _parse_id(value: object, findings: Findings) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        findings.add(f"the id is {kind_of(value)}; it must be text", at="id", hint="Put it in quotes.")
        return None
    text = text_of(value, "the id", findings, at="id")
    if text is None:
        return None
    findings.case_id = text
    if not text.strip():
        findings.add("the id is empty", at="id", hint=_MISSING_HINTS["id"])
    elif text != text.strip():
        findings.add(f"the id {quoted(text)} begins or ends with a space", at="id", hint="Remove the space.")
    elif not text.isprintable():
        odd = next(char for char in text if not char.isprintable())
        name = unicodedata.name(odd, "a control character")
        findings.add(f"the id holds {odd!r} ({name}), which nobody can see", at="id", hint="Remove it.")
    elif len(text) > _MAX_ID_CHARS:
        findings.add(f"the id has {len(text)} characters; {_MAX_ID_CHARS} may be", at="id")
    return text


def _parse_text(row: Mapping[str, object], key: str, findings: Findings) -> str | None:
    value = row.get(key)
    return None if value is None else text_of(value, f"'{key}'", findings, at=key)


def _parse_live(value: object, findings: Findings) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    known = _BOOLS.get(str(value).strip().casefold())
    if known is None:
        findings.add(f"'live' is {kind_of(value)}; it is true or false", at="live")
    return bool(known)


def parse_tags(value: object, findings: Findings) -> tuple[str, ...]:
    """The tags that a text or a list of texts gives, each once."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    tags = [text_of(item, "a tag", findings, at="tags") for item in items]
    if any(tag is not None and not tag.strip() for tag in tags):
        findings.add("a tag is empty", at="tags")
    return tuple(dict.fromkeys(tag.strip() for tag in tags if tag))


def _parse_metadata(row: Mapping[str, object], findings: Findings) -> tuple[set[str], dict[str, object]]:
    """The known keys that were misspelt, and the fields that are the user's own."""
    out = {key: value for key, value in row.items() if key not in CASE_KEYS}
    for key in out:
        if not isinstance(key, str):
            findings.add(f"a key is {kind_of(key)}; keys are text")
            return set(), {}
    slips = report_unknown(out, findings) if out else set()
    own = row.get("metadata")
    if isinstance(own, Mapping):
        out.update(own)
    elif own is not None:
        findings.add(f"'metadata' is {kind_of(own)}; it is a mapping of your own fields", at="metadata")
    return slips, out


def _check_prompt(case: Case, findings: Findings) -> None:
    if not (case.prompt.strip() or findings.has("prompt") or findings.has("messages")):
        findings.add("the prompt is empty", at="prompt", hint=_MISSING_HINTS["prompt"])


def _check_markers(case: Case, findings: Findings) -> None:
    if "<image " not in case.prompt or findings.has("images") or findings.has("image"):
        return
    for marker in _MARKER.finditer(case.prompt):
        if not 1 <= int(marker[1][:_MARKER_DIGITS]) <= len(case.images):
            count = plural(len(case.images), "image")
            findings.add(f"the prompt names {quoted(marker[0])}, and the case has {count}", at="prompt")
