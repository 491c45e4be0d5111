"""What differs between a recorded request and the one that is asked now, in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from snellen._text import plural

__all__ = ["Facts", "differences", "facts_of", "likenesses"]

_DIGEST_CHARS = 8
_MAX_VALUE_CHARS = 60
_MAX_CONTEXT_CHARS = 20  # a language without spaces, or one huge word, has no near word boundary
_INLINE = "sha256:"


@dataclass(slots=True)
class Facts:
    """A request taken apart into what people call by name.

    Attributes:
        system: Text of the system messages.
        prompt: Text of the user messages.
        pictures: The picture parts, in the order the model sees them.
        layout: Role and kind of every part, which tells where pictures stand between texts.
        others: Anything else in messages, as JSON: answers of an assistant, tool results, files.
    """

    system: str = ""
    prompt: str = ""
    pictures: list[Mapping[str, object]] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def images(self) -> list[str]:
        """The pictures' identities."""
        return [str(picture.get("image")) for picture in self.pictures]


def facts_of(request: Mapping[str, object]) -> Facts:
    """The facts of a request in canonical form."""
    facts = Facts()
    texts: dict[str, list[str]] = {"system": [], "user": []}
    for message in _objects(request.get("messages")):
        role = str(message.get("role"))
        for part in _objects(message.get("content")):
            kind = str(part.get("type"))
            facts.layout.append(f"{role} {kind}")
            spoken = texts.get("system" if role == "developer" else role)
            if kind == "image":
                facts.pictures.append(part)
            elif kind == "text" and spoken is not None:
                spoken.append(str(part.get("text")))
            else:
                facts.others.append(_json([role, part]))
        if rest := {key: value for key, value in message.items() if key not in ("role", "content")}:
            facts.others.append(_json([role, rest]))
    facts.system, facts.prompt = "\n".join(texts["system"]), "\n".join(texts["user"])
    return facts


def _objects(value: object) -> list[dict[str, object]]:
    """The items of a list; what is no object is one of unknown type, for an application may send anything."""
    items = value if isinstance(value, list) else []
    return [item if isinstance(item, dict) else {"value": item} for item in items]


def likenesses(theirs: Mapping[str, object], ours: Mapping[str, object]) -> tuple[str, ...]:
    """What two requests have in common: `same prompt`, `same image`."""
    there, here = facts_of(theirs), facts_of(ours)
    same = ["same prompt"] if there.prompt == here.prompt else []
    if here.pictures and there.images == here.images:
        same.append("same image" if len(here.pictures) == 1 else "same images")
    return tuple(same)


def differences(theirs: Mapping[str, object], ours: Mapping[str, object]) -> tuple[str, ...]:
    """How a recorded request differs from the one that is asked now, a phrase each; empty when it does not.

    Args:
        theirs: What was recorded ("there"), in canonical form.
        ours: What is asked ("here"), in canonical form.
    """
    there, here = facts_of(theirs), facts_of(ours)
    found = [
        *_value("api", theirs.get("api"), ours.get("api")),
        *_value("model", theirs.get("model"), ours.get("model")),
        *_pictures(there, here),
        *_text("prompt", there.prompt, here.prompt),
        *_text("system message", there.system, here.system),
        *_params(theirs.get("params"), ours.get("params")),
        *_value("repeat", theirs.get("repeat"), ours.get("repeat")),
    ]
    if there.others != here.others:
        found.append("another message, tool or file of the conversation differs")
    if not found and there.layout != here.layout:
        found.append("texts, pictures or roles are arranged otherwise")
    return tuple(found)


def _params(theirs: object, ours: object) -> list[str]:
    there, here = (params if isinstance(params, dict) else {} for params in (theirs, ours))
    return [phrase for name in sorted({*there, *here}) for phrase in _value(name, there.get(name), here.get(name))]


def _value(name: str, theirs: object, ours: object) -> list[str]:
    if theirs == ours and isinstance(theirs, bool) == isinstance(ours, bool):
        return []
    if theirs is None:
        return [f"{name} {_shown(ours)} only here"]
    if ours is None:
        return [f"{name} {_shown(theirs)} only there"]
    return [f"{name} {_shown(theirs)} there and {_shown(ours)} here"]


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else _json(value)
    return text if len(text) <= _MAX_VALUE_CHARS else f"{text[: _MAX_VALUE_CHARS - 1]}…"


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _pictures(there: Facts, here: Facts) -> list[str]:
    if len(there.pictures) != len(here.pictures):
        return [f"{plural(len(there.pictures), 'picture')} there and {len(here.pictures):,} here"]
    if there.images != here.images and sorted(there.images) == sorted(here.images):
        return ["the pictures are in another order"]
    pairs = zip(there.pictures, here.pictures, strict=True)
    return [phrase for number, (one, two) in enumerate(pairs, 1) for phrase in _picture(number, one, two)]


def _picture(number: int, theirs: Mapping[str, object], ours: Mapping[str, object]) -> list[str]:
    one, two = str(theirs.get("image")), str(ours.get("image"))
    found = []
    if one != two and one.startswith(_INLINE) and two.startswith(_INLINE):
        found.append(f"picture {number} changed (sha256 {_digest(one)}… there, {_digest(two)}… here)")
    elif one != two:
        found.append(f"picture {number} is {_address(one)} there and {_address(two)} here")
    for name in sorted({*theirs, *ours} - {"type", "image"}):
        found += [f"picture {number}: {phrase}" for phrase in _value(name, theirs.get(name), ours.get(name))]
    return found


def _digest(identity: str) -> str:
    return identity.removeprefix(_INLINE)[:_DIGEST_CHARS]


def _address(identity: str) -> str:
    return f"sent inline (sha256 {_digest(identity)}…)" if identity.startswith(_INLINE) else repr(identity)


def _text(name: str, theirs: str, ours: str) -> list[str]:
    if theirs == ours:
        return []
    if not theirs or not ours:
        return _value(name, theirs or None, ours or None)
    if unicodedata.normalize("NFC", theirs) == unicodedata.normalize("NFC", ours):
        forms = [
            next((form for form in ("NFC", "NFD") if unicodedata.is_normalized(form, text)), "mixed")
            for text in (theirs, ours)
        ]
        return [f"{name} differs only in its Unicode form ({forms[0]} there, {forms[1]} here)"]
    one, two = _changed_part(theirs, ours)
    what = f"{name} differs only in white space" if theirs.split() == ours.split() else f"{name} differs"
    return [f"{what}: {one!r} there, {two!r} here"]


def _changed_part(one: str, two: str) -> tuple[str, str]:
    """The words of both texts that differ, with … where the rest is left out."""
    start = _common(one, two)
    tail = min(_common(one[::-1], two[::-1]), len(one) - start, len(two) - start)
    is_word_cut = any(not text[: len(text) - tail][-1:].isspace() for text in (one, two))
    if is_word_cut:
        tail -= _to_word_end(one[len(one) - tail :])
    start = _word_start(one, start)
    if start in (len(one) - tail, len(two) - tail):
        start = _word_start(one, max(0, start - 1))  # a word was added or removed: its neighbour shows where
    return _excerpt(one, start, tail), _excerpt(two, start, tail)


def _common(one: str, two: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _word_start(text: str, at: int) -> int:
    first = max(0, at - _MAX_CONTEXT_CHARS)
    while at > first and not text[at - 1].isspace():
        at -= 1
    return at


def _to_word_end(rest: str) -> int:
    near = rest[:_MAX_CONTEXT_CHARS]
    return next((at for at, character in enumerate(near) if character.isspace()), len(near))


def _excerpt(text: str, start: int, tail: int) -> str:
    part = text[start : len(text) - tail]
    if len(part) > _MAX_VALUE_CHARS:
        part = f"{part[: _MAX_VALUE_CHARS // 2]}…{part[-(_MAX_VALUE_CHARS // 2) :]}"
    return f"{'…' if start else ''}{part}{'…' if tail else ''}"
