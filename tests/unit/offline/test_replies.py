from __future__ import annotations

import json

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.model import Model

from snellen.offline.protocol import ApiError, Asked
from snellen.offline.replies import Reply, cut_to, error_body, image_tokens, models_body, reply_body, reply_events

ASKED = Asked(
    id="chatcmpl-1",
    model="offline-reader",
    prompt="Read it.",
    texts=("Read it.",),
    images=(),
    most_tokens=None,
    streams=False,
    wants_usage=True,
)
REPLY = Reply(text="It says STOP.", is_cut=False, image_tokens=6, created=1_700_000_000, fingerprint="fp_1")


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        pytest.param("STOP", 1, "STOP", id="four-letters-are-one"),
        pytest.param("STOPS", 1, "STOP", id="five-are-two"),
        pytest.param("a b c", 2, "a b", id="space-belongs-to-what-follows"),
        pytest.param("3.25", 2, "3.", id="a-point-is-one"),
        pytest.param("빨간색입니다", 1, "빨간색입", id="hangul"),
        pytest.param("a\n\nb", 2, "a\n\nb", id="line-ends"),
    ],
)
def test_tokens_are_four_letters_or_a_sign(text: str, most: int, kept: str) -> None:
    assert cut_to(text, most) == (kept, kept != text)


def test_without_a_limit_nothing_is_cut() -> None:
    assert cut_to("a" * 1000, None) == ("a" * 1000, False)


@pytest.mark.parametrize(("size", "tokens"), [((32, 32), 1), ((33, 32), 2), ((800, 600), 475), ((1, 1), 1)])
def test_a_picture_counts_its_patches(size: tuple[int, int], tokens: int) -> None:
    assert image_tokens(*size) == tokens


def test_a_reply_is_a_whole_chat_completion() -> None:
    completion = ChatCompletion.model_validate(json.loads(reply_body(ASKED, REPLY)), strict=True)
    (choice,) = completion.choices
    assert (completion.id, completion.object, completion.created) == ("chatcmpl-1", "chat.completion", 1_700_000_000)
    assert (completion.model, completion.system_fingerprint) == ("offline-reader", "fp_1")
    assert (choice.message.content, choice.finish_reason) == ("It says STOP.", "stop")
    usage = completion.usage
    assert usage is not None
    # "Read| it|." and 6 patches; "It| says| STOP|."
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (9, 4, 13)
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.image_tokens == 6


def test_a_cut_reply_says_length() -> None:
    cut = Reply(text="It", is_cut=True, image_tokens=0, created=0, fingerprint="")
    assert json.loads(reply_body(ASKED, cut))["choices"][0]["finish_reason"] == "length"


def test_events_add_up_to_the_reply_and_end() -> None:
    *events, end = list(reply_events(ASKED, REPLY))
    chunks = [ChatCompletionChunk.model_validate(json.loads(event.removeprefix(b"data: "))) for event in events]
    assert end == b"data: [DONE]\n\n"
    assert all(event.endswith(b"\n\n") for event in events)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "It says STOP."
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * 5 + ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 13


def test_an_error_is_an_error_object() -> None:
    error = ApiError("No.", status=404, code="model_not_found", param="model")
    assert json.loads(error_body(error)) == {
        "error": {"message": "No.", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    }


def test_models_are_listed() -> None:
    listing = json.loads(models_body())
    assert [Model.model_validate(model).id for model in listing["data"]] == ["offline-describer", "offline-reader"]
