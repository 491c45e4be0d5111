"""The APIs behind one face: where a request is posted, what its body is, and what the reply says."""

from __future__ import annotations

from snellen.models.body import DataUrls
from snellen.models.chat import chat_body, parse_chat
from snellen.models.embeddings import embeddings_body, parse_embeddings
from snellen.models.responses_api import parse_responses, responses_body
from snellen.request import API_PATHS, Api, Request
from snellen.response import Response

__all__ = ["parse_reply", "path_of", "request_body"]

_BODIES = {"chat": chat_body, "responses": responses_body, "embeddings": embeddings_body}
_PARSERS = {"chat": parse_chat, "responses": parse_responses, "embeddings": parse_embeddings}


def path_of(api: Api) -> str:
    """Where a request of this API is posted, behind the base URL."""
    return API_PATHS[api]


def request_body(request: Request, data_urls: DataUrls) -> bytes:
    """The JSON that asks `request`, in the form of its API.

    Args:
        request: What is asked.
        data_urls: Of the pictures that are sent inline, by their (identity, transform).

    Raises:
        InputError: A text cannot be written as UTF-8.
    """
    return _BODIES[request.api](request, data_urls)


def parse_reply(
    api: Api,
    body: bytes,
    *,
    latency_s: float,
    request_id: str = "",
    recorded: bool = False,
    recorded_at: str = "",
) -> Response:
    """What a reply says, just arrived or recorded.

    Args:
        api: Of the request that it answers.
        body: As it arrived, of a reply with status 200.
        latency_s: Of the call.
        request_id: From the reply's headers; without one the reply's own `id` is taken.
        recorded: Whether it is replayed.
        recorded_at: When it was asked.

    Raises:
        ModelError: It is no answer (kind bad_reply); the message names the place that is wrong.
    """
    return _PARSERS[api](body, latency_s=latency_s, request_id=request_id, recorded=recorded, recorded_at=recorded_at)
