"""Messages lists written for the OpenAI API, unfolded into a prompt, its pictures and a system message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from snellen.datasets.findings import Findings, kind_of, quoted

__all__ = ["unfold_messages"]

_MARKER = re.compile(r"<image [0-9]+>")
_TAKEN = ("prompt", "images", "image", "system")
_SYSTEM_ROLES = ("system", "developer")
_TEXT_TYPES = ("text", "input_text")
_IMAGE_TYPES = ("image_url", "input_image")


@dataclass(slots=True)
class _Content:
    """The parts of one message: texts and picture parts, in order."""

    parts: list[str | Mapping[str, object]] = field(default_factory=list)

    @property
    def images(self) -> list[Mapping[str, object]]:
        return [part for part in self.parts if not isinstance(part, str)]

    @property
    def text(self) -> str:
        return "\n".join(part for part in self.parts if isinstance(part, str))

    @property
    def prompt(self) -> str:
        """The text, with `<image n>` where pictures stand unless all of them follow it."""
        kinds = [isinstance(part, str) for part in self.parts]
        if kinds == sorted(kinds, reverse=True):
            return self.text
        out: list[str] = []
        number = 0
        after_text = False
        for part in self.parts:
            if isinstance(part, str):
                out.append(f"\n{part}" if after_text else part)
            else:
                number += 1
                out.append(f"<image {number}>")
            after_text = isinstance(part, str)
        return "".join(out)


def unfold_messages(row: Mapping[str, object], findings: Findings) -> dict[str, object]:
    """The row with `prompt`, `images` and `system` in place of `messages`; problems go to `findings`."""
    out = {key: value for key, value in row.items() if key != "messages"}
    both = [key for key in _TAKEN if row.get(key) is not None]
    if both:
        findings.add(f"the case has 'messages' and also {' and '.join(map(repr, both))}", at=both[0], hint="Keep one.")
    system, user = _split(row["messages"], findings)
    if system is not None:
        out["system"] = _content(system, findings).text
    if user is not None:
        content = _content(user, findings)
        if any(_MARKER.search(part) for part in content.parts if isinstance(part, str)):
            message = "a text of 'messages' holds an <image n> marker, but its pictures stand in places of their own"
            findings.add(message, at="messages", hint="Write 'prompt' and 'images' instead, with the markers.")
        out["prompt"] = content.prompt
        out["images"] = content.images
    return out


def _split(messages: object, findings: Findings) -> tuple[Mapping[str, object] | None, Mapping[str, object] | None]:
    """The system message and the user message, each None when it is not there or cannot be used."""
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        findings.add(f"'messages' is {kind_of(messages)}; it is a list of messages", at="messages")
        return None, None
    turns = [turn for turn in messages if isinstance(turn, Mapping)]
    roles = [str(turn.get("role")) for turn in turns]
    has_system = bool(roles) and roles[0] in _SYSTEM_ROLES
    if len(turns) != len(messages) or roles[has_system:] != ["user"]:
        shown = ", ".join(roles) or "no message"
        findings.add(
            f"'messages' has the roles {shown}; a case asks once: one user message, a system message before it at most",
            at="messages",
            hint="Put what was said before into the user's text, or make a case of each question.",
        )
        return None, None
    return turns[0] if has_system else None, turns[-1]


def _content(message: Mapping[str, object], findings: Findings) -> _Content:
    value = message.get("content")
    if isinstance(value, str):
        return _Content([value])
    content = _Content()
    if not isinstance(value, list | tuple):
        findings.add(f"the content of a message is {kind_of(value)}; it is a text or a list of parts", at="messages")
        return content
    for part in value:
        kind = part.get("type") if isinstance(part, Mapping) else None
        text = part.get("text") if kind in _TEXT_TYPES else None
        if isinstance(text, str):
            content.parts.append(text)
        elif kind in _IMAGE_TYPES and message.get("role") == "user":
            content.parts.append(part)
        else:
            shown = f"of type {quoted(str(kind))}" if isinstance(part, Mapping) else f"that is {kind_of(part)}"
            findings.add(f"a message has a part {shown}; cases are made of text and image_url parts", at="messages")
    return content
