"""OpenAI's Responses API as bytes: the body of a request, and what the body of a reply says."""

from __future__ import annotations

from snellen.models.body import DataUrls, to_json, url_of
from snellen.models.reply import Json, clean, fail, kind_of, object_of, read, said, texts_of, token_count
from snellen.request import Message, Part, Request, TextPart
from snellen.response import Response, StopReason, Usage

__all__ = ["parse_responses", "responses_body"]

_NO_ANSWER = ("cancelled", "failed", "in_progress", "queued")
_INCOMPLETE: dict[object, StopReason] = {"max_output_tokens": "length", "content_filter": "content_filter"}
_CALLS = ("custom_tool_call", "function_call")


def responses_body(request: Request, data_urls: DataUrls) -> bytes:
    """The JSON that asks `request`.

    System text goes out as an input item with the role `system`, and not as `instructions`: both put the same message
    before the model, but items are the conversation as Chat Completions has it too, in its own order, so that one
    question keeps one form in both APIs and what `instructions` does to chained responses never comes up.

    Args:
        request: What is asked.
        data_urls: Of the pictures that are sent inline.

    Raises:
        InputError: A text cannot be written as UTF-8.
    """
    items = [_item(message, data_urls) for message in request.messages]
    return to_json({"model": request.model, "input": items, **request.params})


def _item(message: Message, data_urls: DataUrls) -> Json:
    match message.parts:
        case (TextPart(text),):
            return {"role": message.role, "content": text}
        case parts:
            return {"role": message.role, "content": [_part(part, data_urls) for part in parts]}


def _part(part: Part, data_urls: DataUrls) -> Json:
    if isinstance(part, TextPart):
        return {"type": "input_text", "text": part.text}
    # Its default is always said: servers that check requests by the client's own types (vLLM, seen 2026-09: issue
    # 57241) refuse a picture without a detail.
    return {"type": "input_image", "image_url": url_of(part, data_urls), "detail": part.detail or "auto"}


def parse_responses(
    body: bytes,
    *,
    latency_s: float,
    request_id: str = "",
    recorded: bool = False,
    recorded_at: str = "",
) -> Response:
    """What a reply says: the text of all its messages joined, without reasoning.

    Args:
        body: As it arrived, of a reply with status 200.
        latency_s: Of the call.
        request_id: From the reply's headers; without one the reply's own `id` is taken.
        recorded: Whether it is replayed.
        recorded_at: When it was asked.

    Raises:
        ModelError: It is no response, or none yet (kind bad_reply); the message names the place that is wrong.
    """
    reply = read(body, right="a response", sign="status")
    _check_status(reply, body)
    output = _output(reply, body)
    text, refusal = _answer(output, body)
    return Response(
        text=clean(refusal or text),
        stop="refusal" if refusal else _stop(reply, output),
        served_model=clean(reply.get("model")),
        usage=_usage(reply.get("usage")),
        latency_s=latency_s,
        request_id=request_id or clean(reply.get("id")),
        recorded=recorded,
        recorded_at=recorded_at,
        body=body,
    )


def _check_status(reply: Json, body: bytes) -> None:
    status, error = reply.get("status"), reply.get("error")
    if status in _NO_ANSWER:
        why = f": {said(error)}" if error else ""
        hint = "" if status in ("cancelled", "failed") else "It was asked in the background; responses are read whole."
        fail(f"status is {status!r}{why}; right is 'completed' or 'incomplete'", body, hint=hint)


def _output(reply: Json, body: bytes) -> list[Json]:
    output = reply.get("output")
    if not isinstance(output, list):
        is_chat = isinstance(reply.get("choices"), list)
        hint = 'This is a chat completion: the server wants api = "chat".' if is_chat else ""
        fail(f"output is {kind_of(output)}; right is a list", body, hint=hint)
    for index, item in enumerate(output):
        if not isinstance(item, dict):
            fail(f"output[{index}] is {kind_of(item)}; right is an object", body)
    if not output and reply.get("status") != "incomplete":  # cut off while it thought, it may have said nothing
        fail("output is empty", body)
    return output


def _stop(reply: Json, output: list[Json]) -> StopReason:
    """Why it stopped, unless it carries a refusal."""
    status = reply.get("status")
    if status == "incomplete":
        reason = object_of(reply.get("incomplete_details")).get("reason")
        return _INCOMPLETE.get(reason, "unknown") if isinstance(reason, str) else "unknown"
    if status != "completed":
        return "unknown"
    kinds = [item.get("type") for item in output]
    only_calls = "message" not in kinds and any(kind in _CALLS for kind in kinds)
    return "tool_calls" if only_calls else "stop"


def _answer(output: list[Json], body: bytes) -> tuple[str, str]:
    """What its messages say, and what they refuse with."""
    texts, refusals = [], []
    for index, item in enumerate(output):
        if item.get("type") == "message":
            place, content = f"output[{index}].content", item.get("content")
            texts.append(texts_of(content, body, place=place, kind="output_text"))
            if isinstance(content, list):
                refusals += [part.get("refusal") for part in content if part.get("type") == "refusal"]
    return "".join(texts), "".join(refusal for refusal in refusals if isinstance(refusal, str))


def _usage(usage: object) -> Usage:
    total = object_of(usage)
    inputs, outputs = object_of(total.get("input_tokens_details")), object_of(total.get("output_tokens_details"))
    return Usage(
        input_tokens=token_count(total.get("input_tokens")),
        output_tokens=token_count(total.get("output_tokens")),
        cached_tokens=token_count(inputs.get("cached_tokens")),
        reasoning_tokens=token_count(outputs.get("reasoning_tokens")),
        image_tokens=token_count(inputs.get("image_tokens")),
    )
