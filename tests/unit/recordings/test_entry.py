"""An entry is one readable line, and a line that is none is named."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snellen.errors import RecordingDamagedError, RecordingError
from snellen.recordings.entry import parse_line, to_line

LINE = (
    b'{"fingerprint":"%b","case":"r-001","variant":"","repeat":0,"request":{"model":"m","params":{"n":1}},'
    b'"response":{"choices":[]},"served_model":"","latency_s":0.5,"recorded_at":"2026-11-22T17:05:00Z","request_id":""}\n'
) % (b"a" * 64)
FILE = Path("evals/recordings/ocr/qwen.jsonl")


def test_the_line_of_an_entry_is_a_known_one(make_entry, make_request):
    """People review these lines in pull requests, and git compares them: same entry, same bytes."""
    entry = make_entry(
        make_request("합계는?", temperature=0.0),
        case="r-001",
        text="이만 삼천 원",
        variant="terse",
        latency_s=0.123456,
        request_id="req_1",
    )
    sha = make_request()["messages"][0]["content"][1]["image"]
    assert to_line(entry).decode() == (
        f'{{"fingerprint":"{entry.fingerprint}","case":"r-001","variant":"terse","repeat":0,'
        '"request":{"api":"chat","messages":[{"content":[{"text":"합계는?","type":"text"},'
        f'{{"image":"{sha}","type":"image"}}],"role":"user"}}],"model":"gpt-x","params":{{"temperature":0.0}},"repeat":0}},'
        '"response":{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-x-2026","choices":[{"index":0,'
        '"finish_reason":"stop","message":{"role":"assistant","content":"이만 삼천 원","refusal":null}}]},'
        '"served_model":"gpt-x-2026","latency_s":0.1235,"recorded_at":"2026-11-22T17:05:00Z","request_id":"req_1"}\n'
    )


def test_the_order_of_a_request_s_keys_does_not_change_the_line(make_entry, make_request):
    request = make_request(a=1, b=2)
    turned = {key: request[key] for key in reversed(request)}
    assert to_line(make_entry(request)) == to_line(make_entry(turned))


BODIES = [
    pytest.param(b'{"choices":[]}', b'{"choices":[]}', id="JSON"),
    pytest.param(
        b'{\n  "a" : "\\uace0\\u0000"\n}', '{"a":"고\\u0000"}'.encode(), id="pretty JSON with escapes and NUL"
    ),
    pytest.param(b'{"a":"\\ud83d"}', b'{"a":"\\ud83d"}', id="half a surrogate pair"),
    pytest.param(b'data: {"a":1}\r\n\r\ndata: [DONE]\n\n', None, id="event stream"),
    pytest.param("\u2028 <script>\x1b[2J".encode(), None, id="text that steers"),
    pytest.param(b"", None, id="empty"),
    pytest.param(b'"a text"', None, id="JSON that is a text"),
    pytest.param(b"null", None, id="JSON null"),
]


@pytest.mark.parametrize(("body", "comes_back"), BODIES)
def test_an_entry_survives_the_disk(make_entry, body, comes_back):
    entry = make_entry(body=body, latency_s=1.5, repeat=2, scrubbed=True)
    line = to_line(entry)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    back = parse_line(line, file=FILE, number=1)
    assert back == dataclasses.replace(entry, body=body if comes_back is None else comes_back)
    assert to_line(back) == line


@pytest.mark.parametrize("wrap", [b"\xef\xbb\xbf%b", b"%b\r\n", b"  %b  "], ids=["BOM", "CRLF", "spaces"])
def test_what_editors_do_around_a_line_does_no_harm(make_entry, wrap):
    entry = make_entry()
    assert parse_line(wrap % to_line(entry).strip(), file=FILE, number=1) == entry


def test_fields_of_a_later_version_are_read_over(make_entry):
    entry = make_entry()
    line = json.dumps({**json.loads(to_line(entry)), "cost_usd": 0.01}).encode()
    assert parse_line(line, file=FILE, number=1) == entry


def test_a_body_that_is_not_utf_8_is_no_answer(make_entry):
    with pytest.raises(RecordingError, match="case 'r-001' is not UTF-8"):
        to_line(make_entry(body=b"\xff\xfe{"))


def without(name: str) -> object:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(without("fingerprint"), "fingerprint missing or of the wrong kind", id="no fingerprint"),
        pytest.param(lambda f: f | {"fingerprint": "abc"}, "fingerprint missing or of the wrong kind", id="short"),
        pytest.param(lambda f: f | {"fingerprint": "G" * 64}, "fingerprint missing or of the wrong kind", id="not hex"),
        pytest.param(without("response"), "response missing or of the wrong kind", id="no response"),
        pytest.param(lambda f: f | {"repeat": "0"}, "repeat missing or of the wrong kind", id="repeat is a text"),
        pytest.param(lambda f: f | {"request": []}, "request missing or of the wrong kind", id="request is a list"),
        pytest.param(
            lambda f: {"fingerprint": f["fingerprint"]},
            "case, variant, repeat, request, served_model",
            id="nearly empty",
        ),
        pytest.param(lambda f: [f], "it is JSON, but no object", id="a list"),
    ],
)
def test_a_line_with_a_wrong_field_names_it(make_entry, change, said):
    line = json.dumps(change(json.loads(to_line(make_entry())))).encode()
    with pytest.raises(RecordingDamagedError) as caught:
        parse_line(line, file=FILE, number=7)
    assert str(caught.value).startswith(f"{FILE}:7: this line is not ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(b'{"fingerprint":"ab', 'it begins \'{"fingerprint":"ab\'', id="cut off"),
        pytest.param(b"\x00\x00\x00", "it begins '\\x00\\x00\\x00'", id="zeros of a crashed disk"),
        pytest.param(b"\xff\xfe", "it begins '\ufffd\ufffd'", id="not UTF-8"),
        pytest.param(b"<<<<<<< HEAD", "A merge left its markers: keep the entries of both sides", id="merge, ours"),
        pytest.param(b"=======", "A merge left its markers", id="merge, middle"),
        pytest.param(b">>>>>>> main", "A merge left its markers", id="merge, theirs"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1", "run `git lfs pull`", id="Git LFS"),
    ],
)
def test_a_line_that_is_no_entry_says_what_to_do(line, said):
    with pytest.raises(RecordingDamagedError) as caught:
        parse_line(line, file=FILE, number=3)
    message = str(caught.value)
    assert message.startswith(f"{FILE}:3: this line is not a recorded entry: ")
    assert said in message


def test_the_whole_message_for_a_damaged_line():
    with pytest.raises(RecordingDamagedError) as caught:
        parse_line(b"oops", file=Path.cwd() / FILE, number=3)
    assert str(caught.value) == (
        "evals/recordings/ocr/qwen.jsonl:3: this line is not a recorded entry: "
        "no JSON at column 1; it begins 'oops'\n"
        "  Nothing was changed. Restore the file (git checkout -- evals/recordings/ocr/qwen.jsonl), "
        "or delete line 3 and record again in mode 'missing'."
    )


@settings(max_examples=300, deadline=None)
@given(line=st.binary(max_size=80))
@example(line=b"[" * 100_000)
@example(line=b'{"fingerprint":NaN}')
@example(line=b'{"a":' * 2_000)
def test_no_line_whatever_is_in_it_gives_another_error(line):
    with pytest.raises(RecordingDamagedError):
        parse_line(line, file=FILE, number=1)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_flipped_byte_is_an_entry_still_or_damage(at, byte):
    line = bytearray(LINE)
    line[at % len(line)] = byte
    with contextlib.suppress(RecordingDamagedError):
        assert to_line(parse_line(bytes(line), file=FILE, number=1))
