from __future__ import annotations

import json
from typing import Any

import pytest

from snellen.offline.protocol import ApiError, parse

PART = "messages[0].content[0]"
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}}
USER = {"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}


def _body(**changes: Any) -> bytes:
    request = {"model": "offline-reader", "messages": [USER], **changes}
    return json.dumps({key: value for key, value in request.items() if value is not ...}).encode()


def test_a_request_is_read_whole() -> None:
    system = {"role": "system", "content": "Be brief."}
    asked = parse(_body(messages=[system, USER], max_tokens=9, temperature=0, seed=1))
    assert (asked.model, asked.prompt, asked.texts) == (
        "offline-reader",
        "What is this?",
        ("Be brief.", "What is this?"),
    )
    assert asked.images == ("data:image/png;base64,AA==",)
    assert (asked.most_tokens, asked.streams, asked.wants_usage) == (9, False, False)


def test_the_same_bytes_have_the_same_id() -> None:
    assert parse(_body()).id == parse(_body()).id != parse(_body(seed=1)).id


def test_the_shorthand_of_old_material_is_taken() -> None:
    old = {"role": "user", "content": [{"type": "image_url", "image_url": "http://127.0.0.1/a.png"}]}
    assert parse(_body(messages=[old])).images == ("http://127.0.0.1/a.png",)


def test_a_plain_string_is_a_prompt() -> None:
    assert parse(_body(messages=[{"role": "user", "content": "Hi"}])).prompt == "Hi"


def test_the_last_user_message_is_the_prompt_and_earlier_pictures_stay() -> None:
    answer = {"role": "assistant", "content": None}
    asked = parse(_body(messages=[USER, answer, {"role": "user", "content": "And now?"}]))
    assert (asked.prompt, len(asked.images)) == ("And now?", 1)


def test_the_smaller_of_two_limits_holds() -> None:
    assert parse(_body(max_tokens=9, max_completion_tokens=5)).most_tokens == 5


def test_streaming_and_its_usage_are_read() -> None:
    asked = parse(_body(stream=True, stream_options={"include_usage": True}))
    assert (asked.streams, asked.wants_usage) == (True, True)


def _content(part: object) -> bytes:
    return _body(messages=[{"role": "user", "content": [part]}])


WRONG = [
    pytest.param(b"{", 400, None, None, id="no-json"),
    pytest.param(b"[]", 400, "invalid_type", None, id="no-object"),
    pytest.param(_body(model=...), 400, "missing_required_parameter", "model", id="no-model"),
    pytest.param(_body(model=7), 400, "invalid_type", "model", id="model-a-number"),
    pytest.param(_body(model="gpt-4o"), 404, "model_not_found", "model", id="other-model"),
    pytest.param(_body(messages=...), 400, "missing_required_parameter", "messages", id="no-messages"),
    pytest.param(_body(messages=[]), 400, "empty_array", "messages", id="empty-messages"),
    pytest.param(_body(messages="hi"), 400, "invalid_type", "messages", id="messages-a-string"),
    pytest.param(_body(messages=["hi"]), 400, "invalid_type", "messages[0]", id="message-a-string"),
    pytest.param(_body(messages=[{"role": "me"}]), 400, "invalid_value", "messages[0].role", id="role"),
    pytest.param(_body(messages=[{"role": "user"}]), 400, "invalid_type", "messages[0].content", id="no-content"),
    pytest.param(_content("hi"), 400, "invalid_type", PART, id="part-a-string"),
    pytest.param(_content({"type": "video"}), 400, "invalid_value", f"{PART}.type", id="part-type"),
    pytest.param(_content({"type": "text"}), 400, "invalid_type", f"{PART}.text", id="no-text"),
    pytest.param(_content({"type": "image_url"}), 400, "invalid_type", f"{PART}.image_url", id="no-image"),
    pytest.param(
        _content({"type": "image_url", "image_url": {}}),
        400,
        "invalid_type",
        f"{PART}.image_url.url",
        id="no-url",
    ),
    pytest.param(_body(messages=[{"role": "user", "content": [IMAGE] * 51}]), 400, None, "messages", id="51-images"),
    pytest.param(_body(max_tokens=0), 400, "integer_below_min_value", "max_tokens", id="no-tokens"),
    pytest.param(_body(max_tokens="9"), 400, "invalid_type", "max_tokens", id="tokens-a-string"),
    pytest.param(_body(max_tokens=True), 400, "invalid_type", "max_tokens", id="tokens-true"),
    pytest.param(_body(n=2), 400, "unsupported_parameter", "n", id="two-answers"),
    pytest.param(_body(tools=[{}]), 400, "unsupported_parameter", "tools", id="tools"),
    pytest.param(_body(response_format={"type": "json"}), 400, "unsupported_parameter", "response_format", id="json"),
]


@pytest.mark.parametrize(("body", "status", "code", "param"), WRONG)
def test_what_is_wrong_is_named_as_openai_names_it(
    body: bytes, status: int, code: str | None, param: str | None
) -> None:
    with pytest.raises(ApiError) as caught:
        parse(body)
    assert (caught.value.status, caught.value.code, caught.value.param) == (status, code, param)


def test_a_wrong_type_says_what_was_expected() -> None:
    with pytest.raises(ApiError, match=r"^Invalid type for 'messages': expected an array of objects, but got a string"):
        parse(_body(messages="hi"))


INPUT_IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"}
INPUT_PART = "input[0].content[0]"


def _responses(**changes: Any) -> bytes:
    return _body(**{"messages": ..., "input": "What is this?", **changes})


def _input(*parts: object) -> bytes:
    return _responses(input=[{"role": "user", "content": list(parts)}])


def test_a_request_of_the_responses_api_is_read_whole() -> None:
    system = {"role": "developer", "content": "Be brief."}
    user = {"role": "user", "content": [{"type": "input_text", "text": "What is this?"}, INPUT_IMAGE]}
    body = _responses(input=[system, user], instructions="In English.", max_output_tokens=9, store=False)
    asked = parse(body, api="responses")
    assert (asked.api, asked.model, asked.prompt) == ("responses", "offline-reader", "What is this?")
    assert asked.texts == ("In English.", "Be brief.", "What is this?")
    assert asked.images == ("data:image/png;base64,AA==",)
    assert (asked.most_tokens, asked.streams) == (9, False)
    assert asked.id.startswith("resp_")


def test_an_input_may_be_a_plain_string() -> None:
    assert parse(_responses(), api="responses").prompt == "What is this?"


def test_an_earlier_answer_is_no_prompt() -> None:
    answer = {"role": "assistant", "content": [{"type": "output_text", "text": "A cat."}]}
    asked = parse(_responses(input=[{"role": "user", "content": "Hi"}, answer]), api="responses")
    assert (asked.prompt, asked.texts) == ("Hi", ("Hi", "A cat."))


WRONG_RESPONSES = [
    pytest.param(_responses(model="gpt-4o"), 404, "model_not_found", "model", id="other-model"),
    pytest.param(_responses(input=...), 400, "missing_required_parameter", "input", id="no-input"),
    pytest.param(_responses(input=[]), 400, "empty_array", "input", id="empty-input"),
    pytest.param(_responses(input=7), 400, "invalid_type", "input", id="input-a-number"),
    pytest.param(_responses(input=["hi"]), 400, "invalid_type", "input[0]", id="item-a-string"),
    pytest.param(_responses(input=[{"role": "me"}]), 400, "invalid_value", "input[0].role", id="role"),
    pytest.param(_input({"type": "text", "text": "Hi"}), 400, "invalid_value", f"{INPUT_PART}.type", id="chat-part"),
    pytest.param(_input({"type": "input_text"}), 400, "invalid_type", f"{INPUT_PART}.text", id="no-text"),
    pytest.param(
        _input({"type": "input_image", "image_url": {"url": "x"}}),
        400,
        "invalid_type",
        f"{INPUT_PART}.image_url",
        id="chat-picture",
    ),
    pytest.param(_input(*[INPUT_IMAGE] * 51), 400, None, "input", id="51-images"),
    pytest.param(_responses(max_output_tokens=0), 400, "integer_below_min_value", "max_output_tokens", id="no-tokens"),
    pytest.param(_responses(stream=True), 400, "unsupported_parameter", "stream", id="stream"),
    pytest.param(_responses(background=True), 400, "unsupported_parameter", "background", id="background"),
    pytest.param(
        _responses(previous_response_id="resp_1"), 400, "unsupported_parameter", "previous_response_id", id="chained"
    ),
    pytest.param(_responses(tools=[{}]), 400, "unsupported_parameter", "tools", id="tools"),
    pytest.param(
        _responses(text={"format": {"type": "json_schema"}}), 400, "unsupported_parameter", "text.format", id="json"
    ),
]


@pytest.mark.parametrize(("body", "status", "code", "param"), WRONG_RESPONSES)
def test_what_is_wrong_with_a_request_of_the_responses_api_is_named_too(
    body: bytes, status: int, code: str | None, param: str | None
) -> None:
    with pytest.raises(ApiError) as caught:
        parse(body, api="responses")
    assert (caught.value.status, caught.value.code, caught.value.param) == (status, code, param)
