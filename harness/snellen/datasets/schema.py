"""The JSON Schema of a case, for editors to complete and check what people write."""

from __future__ import annotations

from typing import get_args

from snellen.case import Detail
from snellen.datasets.keys import FOREIGN_KEYS
from snellen.scorers.registry import NAMES

__all__ = ["case_schema"]

_TEXT = {"type": ["string", "number"]}
_SOME_TEXT = {"type": ["string", "number"], "minLength": 1}
_TEXTS = {"anyOf": [_SOME_TEXT, {"type": "array", "items": _SOME_TEXT}, {"type": "null"}]}
_DETAIL = {"enum": [*get_args(Detail), None], "description": "How closely the API looks at the picture."}


def case_schema() -> dict[str, object]:
    """The schema of one row: a line of cases.jsonl, or an item of cases.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Snellen case",
        "description": "Pictures, a prompt and what a right answer must contain. Further keys are metadata.",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {**_SOME_TEXT, "maxLength": 200, "description": "A short name, unique in the dataset and stable."},
            "prompt": {
                **_SOME_TEXT,
                "description": "What the model is asked, literal. <image 1> marks where a picture goes.",
            },
            "images": {**_images(), "description": "Paths relative to this file, http(s) addresses or data URIs."},
            "image": {**_image(), "description": "One picture; the same as images."},
            "expect": _expectation(),
            "answer": {
                "type": ["string", "number", "boolean", "array", "object", "null"],
                "description": "What is right; of a list, each entry is. Its kind decides how it is judged.",
            },
            "choices": {
                "anyOf": [
                    {"type": "object", "additionalProperties": _TEXT, "minProperties": 2},
                    {"type": "array", "items": _TEXT, "minItems": 2},
                    {"type": "null"},
                ],
                "description": "Option texts by letter, or a list of them, which gets the letters from A on.",
            },
            "known_failing": {
                "type": ["object", "null"],
                "properties": {"reason": {"type": "string", "minLength": 1}, "until": {"type": "string"}},
                "required": ["reason", "until"],
                "additionalProperties": False,
                "description": "That it fails, why, and the last day (2027-03-31) on which that is borne.",
            },
            "flaky": {
                "type": ["boolean", "string", "null"],
                "description": "Answered now so and now so; true, or why.",
            },
            "system": {"type": ["string", "null"], "description": "A system message."},
            "tags": {**_TEXTS, "description": "Labels for selection and slices."},
            "group": {**_TEXT, "description": "Cases that share a picture or a source."},
            "live": {"type": ["boolean", "string"], "description": "Needs the network; skipped without a recording."},
            "titles": {**_TEXTS, "description": "A caption for each image."},
            "detail": _DETAIL,
            "messages": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": {"type": "object", "required": ["role", "content"]},
                "description": "An OpenAI messages list: a user message, a system message before it at most.",
            },
            "metadata": {"type": "object", "description": "Fields of your own, for templates and reports."},
        },
        "propertyNames": {"not": {"enum": sorted(FOREIGN_KEYS)}},
        # `messages` holds prompt and pictures itself; a card may hold the prompt for all cases.
        "anyOf": [{"required": ["images"]}, {"required": ["image"]}, {"required": ["messages"]}],
    }


def _image() -> dict[str, object]:
    place = {"type": "string", "minLength": 1}
    item = {
        "type": "object",
        "properties": {"path": place, "url": place, "data": place, "title": {"type": "string"}, "detail": _DETAIL},
        "additionalProperties": False,
        "oneOf": [{"required": ["path"]}, {"required": ["url"]}, {"required": ["data"]}],
    }
    part = {
        "type": "object",
        "properties": {
            "type": {"enum": ["image_url", "input_image"]},
            "image_url": {"anyOf": [place, {"type": "object", "required": ["url"]}]},
            "detail": _DETAIL,
        },
        "required": ["type", "image_url"],
        "additionalProperties": False,
    }
    return {"anyOf": [place, item, part]}


def _images() -> dict[str, object]:
    return {"anyOf": [*_as_list(_image()["anyOf"]), {"type": "array", "items": _image(), "minItems": 1}]}


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _expectation() -> dict[str, object]:
    scorer: dict[str, object] = {"type": "object", "minProperties": 1, "maxProperties": 1}
    words = {"anyOf": [_SOME_TEXT, {"type": "array", "items": {"anyOf": [_SOME_TEXT, scorer]}}, {"type": "null"}]}
    combined: dict[str, object] = {"type": "object", "required": ["scorers"]}
    groups = {
        "type": "object",
        "properties": {
            "all": {"anyOf": [*words["anyOf"], combined], "description": "Every one must be mentioned."},
            "any": {"anyOf": [*_TEXTS["anyOf"], combined], "description": "At least one must be mentioned."},
            "none": {**_TEXTS, "description": "None may be mentioned; 'no dog' is not a mention."},
            "regex": {**_TEXTS, "description": "Every pattern must be found."},
            "scorers": {
                "type": ["array", "string", "object"],
                "description": "Further scorers that must pass: 'number: 42 ±1', or {number: {tolerance: 1}}.",
            },
        },
        "propertyNames": {
            "enum": ["all", "any", "none", "regex", "scorers", *NAMES, *(f"not-{name}" for name in NAMES)]
        },
    }
    return {
        "anyOf": [*words["anyOf"], groups],
        "description": "What a right answer must contain: all of a list; 'a|b' are synonyms; 'number: 42' is a scorer.",
    }
