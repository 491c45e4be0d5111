"""The keys of a row, and which of them was probably meant by another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from snellen._text import nearest
from snellen.datasets.findings import Findings, quoted

__all__ = ["CASE_KEYS", "FOREIGN_KEYS", "meant_key", "renamed_from", "report_unknown"]

CASE_KEYS = frozenset(
    {
        "answer",
        "choices",
        "detail",
        "expect",
        "flaky",
        "group",
        "id",
        "image",
        "images",
        "known_failing",
        "live",
        "messages",
        "metadata",
        "prompt",
        "system",
        "tags",
        "titles",
    }
)

# What other tools call our keys. As metadata they would be read by nobody, and the case would silently expect nothing.
FOREIGN_KEYS = {
    "all": "expect",
    "answers": "answer",
    "any": "expect",
    "expect_all": "expect",
    "expect_any": "expect",
    "expect_none": "expect",
    "expect_regex": "expect",
    "expect_scorers": "expect",
    "expectation": "expect",
    "expectations": "expect",
    "expected": "expect",
    "image_path": "images",
    "image_paths": "images",
    "image_url": "images",
    "image_urls": "images",
    "img": "images",
    "imgs": "images",
    "none": "expect",
    "regex": "expect",
    "scorer": "expect",
    "scorers": "expect",
    "system_prompt": "system",
}

# Looked for only when a key that a case must have is missing; all of them are fine as metadata.
_RENAMES = {
    "id": ("case_id", "question_id", "qid", "name", "key", "index", "idx", "uid", "custom_id"),
    "prompt": ("question", "query", "text", "instruction", "input", "problem"),
    "images": ("picture", "pictures", "file", "files", "path", "url", "photo", "file_name", "filename"),
}

_NEAR = 0.82  # difflib's ratio: "expcet" has 0.83 of "expect"; "image_id", "line" and "aspect" stay metadata


@lru_cache(maxsize=4096)
def meant_key(key: str) -> str | None:
    """The known key that `key` is a slip of ("promt", "Images", "image_url"), None when it is metadata."""
    folded = key.strip().casefold()
    if folded in CASE_KEYS:
        return folded
    if folded in FOREIGN_KEYS:
        return FOREIGN_KEYS[folded]
    # A slip of the pen leaves the first letter alone: "retail" is not "detail".
    return nearest(folded, (known for known in CASE_KEYS if known[0] == folded[:1]), cutoff=_NEAR)


def report_unknown(keys: Iterable[str], findings: Findings) -> set[str]:
    """The known keys that were meant by other names; each of them is a finding."""
    out: set[str] = set()
    for key in keys:
        meant = meant_key(key)
        if meant is not None:
            out.add(meant)
            findings.add(f"unknown key {quoted(key)}. Did you mean '{meant}'?", at=key, hint=_escape_hint(key, meant))
    return out


def _escape_hint(key: str, meant: str) -> str:
    group = key.strip().casefold().removeprefix("expect_")
    if group in ("all", "any", "none", "regex", "scorers"):
        return f"Write it as a group: expect: {{{group}: [...]}}. (Columns named expect_{group} are for CSV.)"
    return f"Rename it to '{meant}'; a field of your own with this name goes under 'metadata' (in CSV: metadata.{key})."


def renamed_from(key: str, row: Mapping[str, object]) -> str | None:
    """The key of `row` that probably holds what belongs under the missing `key`."""
    return next((other for other in _RENAMES[key] if other in row), None)
