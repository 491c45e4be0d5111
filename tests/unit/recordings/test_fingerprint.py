"""Same question, same fingerprint; a changed letter, pixel or parameter, another one."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import subprocess
import sys

import pytest

from snellen.case import ImageRef
from snellen.errors import InputError
from snellen.recordings.fingerprint import canonical_of_wire, fingerprint
from snellen.request import ImagePart, Message, Request, TextPart

PIXELS = bytes(range(256)) * 8
IDENTITY = "sha256:" + hashlib.sha256(PIXELS).hexdigest()
DATA_URI = "data:image/png;base64," + base64.b64encode(PIXELS).decode()


def wire(**body: object) -> dict[str, object]:
    return canonical_of_wire(json.dumps({"model": "gpt-x", **body}).encode())


def user(*parts: dict[str, object]) -> list[dict[str, object]]:
    return [{"role": "user", "content": list(parts)}]


TEXT = {"type": "text", "text": "이 사진에 대해 설명해줘"}
PICTURE = {"type": "image_url", "image_url": {"url": DATA_URI}}


def test_the_fingerprint_is_a_known_value():
    """Recordings are committed for years: a change of this value makes every one of them miss."""
    canonical = {"api": "chat", "model": "gpt-x", "messages": [], "params": {"temperature": 0.5}, "repeat": 0}
    text = '{"api":"chat","messages":[],"model":"gpt-x","params":{"temperature":0.5},"repeat":0}'
    assert fingerprint(canonical) == hashlib.sha256(text.encode()).hexdigest()
    assert fingerprint(canonical) == "958c6e7fc6012006a797be9b457f40ea8e24e5cc2912709754e068c5ee2f0e51"


def run(code: str, hash_seed: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(  # noqa: S603  # our own program
        command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": hash_seed}
    )
    return done.stdout.strip()


def test_the_fingerprint_is_the_same_in_another_process():
    code = (
        "from snellen.recordings.fingerprint import fingerprint;"
        "print(fingerprint({'b': {'y': '고양이', 'x': 1.0}, 'a': [True, None, 2.5]}))"
    )
    out = {run(code, seed) for seed in ("1", "2")}
    assert out == {fingerprint({"a": [True, None, 2.5], "b": {"x": 1, "y": "고양이"}})}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="key order"),
        pytest.param({"t": 0.0}, {"t": 0}, id="0.0 is 0"),
        pytest.param({"t": -0.0}, {"t": 0}, id="-0.0 is 0"),
        pytest.param({"t": [300.0, {"n": 1.0}]}, {"t": [300, {"n": 1}]}, id="nested whole numbers"),
        pytest.param({"stop": ("a", "b")}, {"stop": ["a", "b"]}, id="tuple is list"),
    ],
)
def test_what_is_the_same_question_has_the_same_fingerprint(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"prompt": "What is the totaI?"}, id="one letter"),
        pytest.param({"prompt": "What is the total? "}, id="a space"),
        pytest.param({"prompt": "What is the total?".replace("a", "á")}, id="an accent"),
        pytest.param({"images": ("other.png",)}, id="a picture"),
        pytest.param({"images": ("receipt.png", "receipt.png")}, id="a picture more"),
        pytest.param({"images": ("https://example.org/receipt.png",)}, id="a URL instead of bytes"),
        pytest.param({"model": "gpt-y"}, id="model"),
        pytest.param({"system": "Be brief."}, id="system message"),
        pytest.param({"repeat": 1}, id="repeat"),
        pytest.param({"detail": "low"}, id="detail"),
        pytest.param({"transform": "resize:1024"}, id="transform"),
        pytest.param({"temperature": 0}, id="a parameter more"),
        pytest.param({"max_tokens": 301}, id="a parameter's value"),
        pytest.param({"max_tokens": True}, id="true is not 1"),
    ],
)
def test_what_decides_the_answer_changes_the_fingerprint(make_request, change):
    assert fingerprint(make_request(**{"max_tokens": 300, **change})) != fingerprint(make_request(max_tokens=300))
    assert fingerprint(make_request(max_tokens=1)) != fingerprint(make_request(max_tokens=True))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(math.nan, "request.params.top_p is nan; JSON has no such number", id="nan"),
        pytest.param(-math.inf, "request.params.top_p is -inf; JSON has no such number", id="infinity"),
        pytest.param({1, 2}, "request.params.top_p holds {1, 2}, which no JSON request can carry", id="a set"),
        pytest.param("\ud83d", "this request cannot be sent as JSON", id="half a surrogate pair"),
        pytest.param(10**30, "this request cannot be sent as JSON", id="a number of 30 digits"),
        pytest.param({1: "a"}, "this request cannot be sent as JSON", id="a key that is no text"),
    ],
)
def test_what_json_cannot_carry_is_refused(make_request, value, said):
    with pytest.raises(InputError) as caught:
        fingerprint(make_request(top_p=value))
    assert said in str(caught.value)


def test_a_request_nested_without_end_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(InputError, match="cannot be sent as JSON"):
        fingerprint({"params": endless})


def test_our_request_and_an_application_s_body_agree():
    picture = ImagePart(ref=ImageRef(data=PIXELS, name="x"), identity=IDENTITY, detail="low")
    ours = Request(
        model="gpt-x",
        messages=(Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("뭐가 보여?"), picture))),
        params={"max_tokens": 300, "temperature": 0.0},
    )
    theirs = {
        "temperature": 0,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "content": [
                    {"type": "text", "text": "뭐가 보여?"},
                    {"image_url": {"detail": "low", "url": DATA_URI}, "type": "image_url"},
                ],
                "role": "user",
            },
        ],
        "max_tokens": 300,
        "stream": False,
    }
    assert fingerprint(wire(**theirs)) == fingerprint(ours.canonical())
    assert wire(**theirs) == ours.canonical()


@pytest.mark.parametrize(
    "image_url",
    [
        pytest.param({"url": DATA_URI}, id="object"),
        pytest.param(DATA_URI, id="the shorthand of 2023"),
        pytest.param({"url": DATA_URI, "detail": None}, id="detail null"),
        pytest.param({"url": DATA_URI.replace("image/png", "image/jpeg")}, id="another media type"),
        pytest.param({"url": DATA_URI.replace("data:image/png;base64", "DATA:image/png;BASE64")}, id="upper case"),
        pytest.param({"url": "data:image/png;base64," + base64.encodebytes(PIXELS).decode()}, id="wrapped lines"),
        pytest.param({"url": "data:," + "".join(f"%{byte:02x}" for byte in PIXELS)}, id="percent-encoded"),
    ],
)
def test_a_picture_counts_by_its_bytes_however_it_is_wrapped(image_url):
    sent = wire(messages=user(TEXT, {"type": "image_url", "image_url": image_url}))
    assert sent == wire(messages=user(TEXT, PICTURE))
    assert sent["messages"] == [{"role": "user", "content": [TEXT, {"type": "image", "image": IDENTITY}]}]


def test_a_picture_by_address_stays_its_address():
    url = "https://example.org/a.png?size=2"
    sent = wire(messages=user({"type": "image_url", "image_url": url}))
    assert sent["messages"] == [{"role": "user", "content": [{"type": "image", "image": url}]}]


def test_a_data_uri_that_is_not_base64_still_has_an_identity_and_keeps_no_payload():
    one, two = (wire(messages=user({"type": "image_url", "image_url": f"data:image/png;base64,?{x}"})) for x in "ab")
    assert fingerprint(one) != fingerprint(two)
    assert "?a" not in json.dumps(one)


def test_streaming_is_another_question_than_not_streaming():
    plain, streamed = wire(messages=user(TEXT)), wire(messages=user(TEXT), stream=True)
    assert streamed["params"] == {"stream": True}
    assert fingerprint(plain) != fingerprint(streamed)
    assert fingerprint(plain) == fingerprint(wire(messages=user(TEXT), stream=False))


def test_a_conversation_with_tools_and_files_keeps_all_that_decides_and_no_file():
    audio = base64.b64encode(b"sound" * 1000).decode()
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "t1"}], "name": "bot"},
        {"role": "tool", "tool_call_id": "t1", "content": "42"},
        *user({"type": "input_audio", "input_audio": {"data": audio, "format": "wav"}}),
    ]
    sent = wire(messages=messages)
    assert sent["messages"] == [
        {"role": "assistant", "content": [], "tool_calls": [{"id": "t1"}], "name": "bot"},
        {"role": "tool", "tool_call_id": "t1", "content": [{"type": "text", "text": "42"}]},
        {
            "role": "user",
            "content": [
                {
                    "type": "input_audio",
                    "input_audio": {"data": f"sha256:{hashlib.sha256(audio.encode()).hexdigest()}", "format": "wav"},
                }
            ],
        },
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"{", "is not JSON", id="cut off"),
        pytest.param(b"[]", "needs a `model` and a list of `messages`", id="a list"),
        pytest.param(b'{"model":"m"}', "needs a `model` and a list of `messages`", id="no messages"),
        pytest.param(b'{"messages":[]}', "needs a `model` and a list of `messages`", id="no model"),
        pytest.param(b'{"model":"m","messages":["hi"]}', "a message is an object", id="a text as message"),
        pytest.param(
            b'{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}',
            "a picture without an address",
            id="a picture without an address",
        ),
    ],
)
def test_a_body_that_is_no_chat_request_is_refused(body, said):
    with pytest.raises(InputError) as caught:
        canonical_of_wire(body)
    assert said in str(caught.value)


def asked(api: str = "chat") -> Request:
    picture = ImagePart(ref=ImageRef(data=PIXELS, name="x"), identity=IDENTITY, transform="resize:512", detail="auto")
    address = ImagePart(ref=ImageRef(url="https://example.org/a.png", name="a"), identity="https://example.org/a.png")
    messages = (
        Message("system", (TextPart("Be brief."),)),
        Message("user", (TextPart("뭐가 보여?"), picture, address)),
    )
    return Request(api=api, model="gpt-x", messages=messages, params={"temperature": 0.5}, repeat=1)  # type: ignore[arg-type]


def test_the_fingerprints_of_requests_are_known_values():
    """A second API must not move a single recording of the first."""
    assert fingerprint(asked().canonical()) == "d463e59f7a2b67c6d32bbe9b02442ee54f28f5be4d1864dca61fe3f4c811c704"
    assert (
        fingerprint(asked("responses").canonical())
        == "a3ac1388877514a4f8a385e0ebc9bd985a5c40df8f471a88b79382253a789562"
    )


def test_the_same_question_of_another_api_is_another_question():
    one, other = (
        Request(api=api, model="m", messages=(Message("user", (TextPart("?"),)),)).canonical()  # type: ignore[arg-type]
        for api in ("chat", "responses")
    )
    assert one | {"api": "responses"} == other
    assert fingerprint(one) != fingerprint(other)


def responses_wire(**body: object) -> dict[str, object]:
    return canonical_of_wire(json.dumps({"model": "gpt-x", **body}).encode(), api="responses")


INPUT_TEXT = {"type": "input_text", "text": TEXT["text"]}
INPUT_IMAGE = {"type": "input_image", "image_url": DATA_URI, "detail": "auto"}


def test_our_request_and_an_application_s_body_agree_for_responses_too():
    picture = ImagePart(ref=ImageRef(data=PIXELS, name="x"), identity=IDENTITY, detail="low")
    plain = ImagePart(ref=ImageRef(data=PIXELS, name="x"), identity=IDENTITY)
    ours = Request(
        api="responses",
        model="gpt-x",
        messages=(
            Message("system", (TextPart("Be brief."),)),
            Message("user", (TextPart("뭐가 보여?"), picture, plain)),
        ),
        params={"store": False, "max_output_tokens": 300},
    )
    theirs = responses_wire(
        input=[
            {"role": "system", "content": "Be brief.", "type": "message"},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "뭐가 보여?"},
                    {"type": "input_image", "image_url": DATA_URI, "detail": "low"},
                    INPUT_IMAGE,
                ],
            },
        ],
        max_output_tokens=300,
        store=False,
        stream=False,
    )
    assert theirs == ours.canonical()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("이 사진에 대해 설명해줘", id="a text"),
        pytest.param([{"role": "user", "content": TEXT["text"]}], id="a message"),
        pytest.param([{"type": "message", "role": "user", "content": [INPUT_TEXT]}], id="a message of parts"),
    ],
)
def test_an_input_counts_by_what_it_says(sent):
    assert responses_wire(input=sent) == {
        "api": "responses",
        "model": "gpt-x",
        "messages": [{"role": "user", "content": [TEXT]}],
        "params": {},
        "repeat": 0,
    }


@pytest.mark.parametrize(
    ("part", "canonical"),
    [
        pytest.param(INPUT_IMAGE, {"type": "image", "image": IDENTITY}, id="auto is the default"),
        pytest.param(
            {"type": "input_image", "image_url": DATA_URI}, {"type": "image", "image": IDENTITY}, id="no detail"
        ),
        pytest.param(INPUT_IMAGE | {"file_id": None}, {"type": "image", "image": IDENTITY}, id="file_id null"),
        pytest.param(
            INPUT_IMAGE | {"detail": "high"}, {"type": "image", "image": IDENTITY, "detail": "high"}, id="detail"
        ),
        pytest.param(
            {"type": "input_image", "image_url": "https://example.org/a.png", "detail": "auto"},
            {"type": "image", "image": "https://example.org/a.png"},
            id="an address",
        ),
        pytest.param(
            {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            id="an uploaded picture",
        ),
        pytest.param(
            {"type": "input_file", "file_data": "x" * 1001},
            {"type": "input_file", "file_data": "sha256:" + hashlib.sha256(b"x" * 1001).hexdigest()},
            id="a file",
        ),
        pytest.param({"type": "output_text", "text": "42"}, {"type": "text", "text": "42"}, id="an earlier answer"),
        pytest.param("odd", "odd", id="a text where a part should be"),
    ],
)
def test_a_part_of_an_input_counts_by_what_it_is(part, canonical):
    sent = responses_wire(input=[{"role": "user", "content": [part]}])
    assert sent["messages"] == [{"role": "user", "content": [canonical]}]


def test_a_chained_conversation_with_tools_keeps_all_that_decides_and_no_file():
    output = {"type": "function_call_output", "call_id": "c1", "output": "y" * 1001}
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"}
    sent = responses_wire(
        input=[thought, output], instructions="Be brief.", previous_response_id="resp_1", store=True, stream=True
    )
    digest = "sha256:" + hashlib.sha256(b"y" * 1001).hexdigest()
    assert sent["messages"] == [thought, output | {"output": digest}]
    assert sent["params"] == {
        "instructions": "Be brief.",
        "previous_response_id": "resp_1",
        "store": True,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"{", "is not JSON", id="cut off"),
        pytest.param(b"[]", "needs a `model` and as `input` a text or a list", id="a list"),
        pytest.param(b'{"model":"m"}', "needs a `model` and as `input` a text or a list", id="no input"),
        pytest.param(b'{"model":"m","messages":[]}', "is no Responses request", id="a chat request"),
        pytest.param(b'{"input":"hi"}', "is no Responses request", id="no model"),
        pytest.param(b'{"model":"m","input":{}}', "is no Responses request", id="an object"),
        pytest.param(b'{"model":"m","input":["hi"]}', "an item is an object", id="a text as item"),
    ],
)
def test_a_body_that_is_no_responses_request_is_refused(body, said):
    with pytest.raises(InputError) as caught:
        canonical_of_wire(body, api="responses")
    assert said in str(caught.value)
