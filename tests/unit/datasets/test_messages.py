from __future__ import annotations

from pathlib import Path

import pytest

from snellen.datasets.findings import Findings
from snellen.datasets.messages import unfold_messages
from snellen.datasets.row import parse_row
from snellen.errors import InputError

A = {"type": "image_url", "image_url": "https://example.org/a.jpg"}
B = {"type": "image_url", "image_url": {"url": "https://example.org/b.jpg", "detail": "low"}}


def _text(text: str) -> dict[str, object]:
    return {"type": "text", "text": text}


def _user(*parts: object) -> dict[str, object]:
    return {"role": "user", "content": list(parts)}


def test_a_messages_list_written_for_the_api_becomes_a_case(tmp_path: Path) -> None:
    row = {
        "id": "m",
        "messages": [
            {"role": "system", "content": "Answer in Korean."},
            _user(_text("이 이미지에는 무엇이 있나요? 두 이미지 사이에 어떤 차이가 있나요?"), A, B),
        ],
        "max_tokens": 300,
        "model": "gpt-4-vision-preview",
    }
    case = parse_row(row, folder=tmp_path, root=tmp_path)
    assert (case.prompt, case.system) == (
        "이 이미지에는 무엇이 있나요? 두 이미지 사이에 어떤 차이가 있나요?",
        "Answer in Korean.",
    )
    assert [(image.url, image.detail) for image in case.images] == [
        ("https://example.org/a.jpg", None),
        ("https://example.org/b.jpg", "low"),
    ]
    assert case.metadata == {"max_tokens": 300, "model": "gpt-4-vision-preview"}


@pytest.mark.parametrize(
    ("parts", "prompt"),
    [
        pytest.param([_text("a"), A, B], "a", id="pictures-after-the-text"),
        pytest.param([_text("a"), _text("b"), A], "a\nb", id="two-texts"),
        pytest.param([A, _text("a")], "<image 1>a", id="picture-first"),
        pytest.param([_text("a"), A, _text("b"), B], "a<image 1>b<image 2>", id="interleaved"),
        pytest.param([A, B, _text("a"), _text("b")], "<image 1><image 2>a\nb", id="pictures-first"),
        pytest.param([{"type": "input_text", "text": "a"}, A], "a", id="responses-text"),
    ],
)
def test_pictures_keep_their_places(parts: list[object], prompt: str) -> None:
    findings = Findings()
    row = unfold_messages({"messages": [_user(*parts)]}, findings)
    assert (row["prompt"], row["images"]) == (prompt, [part for part in parts if part in (A, B)])
    assert findings.problems == []


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        pytest.param("hello", "'messages' is 'hello'; it is a list of messages", id="text"),
        pytest.param([], "'messages' has the roles no message; a case asks once", id="empty"),
        pytest.param([3], "a case asks once", id="number"),
        pytest.param(
            [_user(_text("a"), A), {"role": "assistant", "content": "b"}, _user(_text("c"))],
            "'messages' has the roles user, assistant, user; a case asks once",
            id="several-turns",
        ),
        pytest.param([{"role": "system", "content": "a"}], "'messages' has the roles system", id="no-user"),
        pytest.param(
            [{"role": "user"}], "the content of a message is null; it is a text or a list of parts", id="no-content"
        ),
        pytest.param([_user(A, {"type": "input_audio"})], "a message has a part of type 'input_audio'", id="audio"),
        pytest.param([_user(A, "text")], "a message has a part that is 'text'", id="bare-text"),
        pytest.param([_user(_text("<image 1>"), A)], "holds an <image n> marker", id="marker"),
        pytest.param(
            [{"role": "system", "content": [A]}, _user(_text("a"), A)],
            "a message has a part of type 'image_url'",
            id="system-picture",
        ),
        pytest.param([_user(_text("a"))], "the case has no image", id="no-picture"),
        pytest.param([_user(A)], "the prompt is empty", id="no-text"),
    ],
)
def test_what_is_no_single_question_is_refused(tmp_path: Path, messages: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_row({"id": "m", "messages": messages}, folder=tmp_path, root=tmp_path)
    assert [message in problem.message for problem in caught.value.problems] == [True]


def test_messages_and_a_prompt_are_one_too_many() -> None:
    findings = Findings()
    unfold_messages({"messages": [_user(_text("a"), A)], "prompt": "b", "system": "c"}, findings)
    assert [problem.message for problem in findings.problems] == [
        "the case has 'messages' and also 'prompt' and 'system'"
    ]
