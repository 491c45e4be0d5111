"""Each scorer's short form by example: what stands behind its name in one-liners of YAML, CSV and command lines."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SHORT_FORMS"]

SHORT_FORMS: Mapping[str, str] = {
    "anls": "anls: 12 March",
    "anls*": "anls*: 12 March",
    "bleu": "bleu: a cat sits",
    "boxes": "boxes: 10, 20, 30, 40",
    "cer": "cer: 서울역",
    "choice": "choice: B",
    "chrf": "chrf: a cat sits",
    "contains": "contains: Seoul",
    "contains-all": "contains-all: a, b",
    "contains-any": "contains-any: a, b",
    "count": "count: 3 ±1",
    "exact": "exact: Seoul",
    "fields": 'fields: {"total": 5}',
    "fuzzy": "fuzzy: Seoul >= 0.9",
    "json": "json: bare",
    "judge": "judge: gpt-5.4-mini: it names the total",
    "keywords": "keywords: cat|고양이",
    "language": "language: ko",
    "latency": "latency: <= 4 s",
    "length": "length: <= 400 characters",
    "number": "number: 42 ±1",
    "points": "points: 50, 60 ±10",
    "refusal": "not-refusal",
    "regex": r"regex: \d{4}-\d\d",
    "relaxed": "relaxed: 42",
    "similarity": "similarity: embed >= 0.85: a red car",
    "vqa": "vqa: red | red | red | dark red",
    "wer": "wer: Seoul station",
    "yesno": "yesno: yes",
}
"""The same as in the table of docs/scoring.md; `cost` and the combinations have none."""
