"""What came back from a model: text, why it stopped, usage and provenance, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Response", "StopReason", "Usage"]

StopReason = Literal["stop", "length", "content_filter", "refusal", "tool_calls", "unknown"]
"""refusal: the message carried one; length: cut off; content_filter: filtered. All are judged like any answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the server counted them; None where it said nothing, never 0 for unknown.

    Attributes:
        input_tokens: All input, pictures included.
        output_tokens: All output, reasoning included.
        cached_tokens: The part of the input that was read from a cache.
        reasoning_tokens: The part of the output that was reasoning.
        image_tokens: The part of the input that was pictures.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    image_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, live or recorded.

    Attributes:
        text: The answer; the refusal's own words when `stop` is "refusal"; may be empty.
        stop: Why the model stopped.
        served_model: What the server says answered, such as a dated snapshot; empty when it did not say.
        usage: Token counts.
        latency_s: From sending the request to the last byte, in seconds, of the attempt that succeeded; 0.0 when it
            was not measured, as of an answer that came by batch.
        request_id: The server's id for the call; empty when it gave none.
        recorded: Whether this was replayed rather than asked now.
        recorded_at: ISO 8601 UTC of the asking; empty for a live response that is not kept.
        body: The response body exactly as it arrived.
        via: How it was asked when not at once: "batch" for an answer that came by the Batch API, at its price.
    """

    text: str
    stop: StopReason = "stop"
    served_model: str = ""
    usage: Usage = Usage()
    latency_s: float = 0.0
    request_id: str = ""
    recorded: bool = False
    recorded_at: str = ""
    body: bytes = field(default=b"", repr=False)
    via: str = ""
