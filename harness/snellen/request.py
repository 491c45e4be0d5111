"""What is asked of a model, before any picture is encoded: the value that fingerprints and wire bodies are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from snellen.case import Detail, ImageRef

__all__ = ["ANSWERING", "API_PATHS", "Api", "ImagePart", "Message", "Part", "Request", "TextPart"]

Api = Literal["chat", "responses", "embeddings"]
"""Chat Completions, which nearly every server speaks; OpenAI's Responses; or embeddings, which make numbers of a text
and answer nothing."""

ANSWERING: tuple[Api, ...] = ("chat", "responses")
"""The APIs of which an answer can be had."""

API_PATHS: Mapping[Api, str] = MappingProxyType(
    {"chat": "/chat/completions", "responses": "/responses", "embeddings": "/embeddings"}
)
"""Where a request of each API is posted, behind the base URL."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of text of a message."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePart:
    """A picture of a message.

    Attributes:
        ref: Where the pixels are.
        identity: `sha256:<hex>` of the source bytes for a picture sent inline, else the URL.
        transform: What is done to the source before it is sent ("resize:1024"), empty when it goes out as it is
            or is only brought into an accepted format by the fixed rules of `images.encode`.
        detail: The API's `detail`; None leaves it out.
    """

    ref: ImageRef
    identity: str
    transform: str = ""
    detail: Detail | None = None

    @property
    def is_inline(self) -> bool:
        """True when the picture's bytes travel in the request."""
        return self.identity.startswith("sha256:")


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation."""

    role: Literal["system", "user"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One asking, as far as it decides the answer.

    Attributes:
        api: Which endpoint.
        model: The name as sent.
        messages: In order.
        params: The parameters that are actually sent, under the names the endpoint takes.
        repeat: 0-based index of the repetition, so that repeats are asked apart.
    """

    api: Api = "chat"
    model: str
    messages: tuple[Message, ...]
    params: dict[str, object] = field(default_factory=dict)
    repeat: int = 0

    @property
    def images(self) -> tuple[ImagePart, ...]:
        """All pictures, in the order the model sees them."""
        return tuple(part for message in self.messages for part in message.parts if isinstance(part, ImagePart))

    @property
    def prompt(self) -> str:
        """The user's text as sent, with `<image n>` where a picture stands."""
        out: list[str] = []
        number = 0
        for message in self.messages:
            for part in message.parts:
                if isinstance(part, ImagePart):
                    number += 1
                    out.append(f"<image {number}>")
                elif message.role == "user":
                    out.append(part.text)
        return "\n".join(out)

    def canonical(self) -> dict[str, object]:
        """What decides the answer, as plain JSON values; the fingerprint is its digest."""
        return {
            "api": self.api,
            "model": self.model,
            "messages": [
                {"role": message.role, "content": [_canonical_part(part, self.api) for part in message.parts]}
                for message in self.messages
            ],
            "params": self.params,
            "repeat": self.repeat,
        }


def _canonical_part(part: Part, api: Api) -> dict[str, object]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    out: dict[str, object] = {"type": "image", "image": part.identity}
    if part.transform:
        out["transform"] = part.transform
    # Responses wants a detail with every picture, and documents `auto` as what leaving it out means: one question.
    if part.detail is not None and (api, part.detail) != ("responses", "auto"):
        out["detail"] = part.detail
    return out
