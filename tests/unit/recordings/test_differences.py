"""What changed is said in words: which picture, which letters, which parameter."""

from __future__ import annotations

import unicodedata

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.errors import InputError
from snellen.recordings.differences import differences, facts_of, likenesses
from snellen.recordings.fingerprint import canonical_of_wire, fingerprint

BASE: dict[str, object] = {"images": ("a.png", "b.png"), "temperature": 0, "max_tokens": 300}


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        pytest.param({}, {"temperature": 0.2}, "temperature 0 there and 0.2 here", id="a parameter's value"),
        pytest.param({"temperature": None}, {}, "temperature 0 only here", id="a parameter only here"),
        pytest.param({"seed": 1}, {}, "seed 1 only there", id="a parameter only there"),
        pytest.param({"stop": ["a"]}, {"stop": ["a", "b"]}, 'stop ["a"] there and ["a","b"] here', id="a list"),
        pytest.param({"n": 1}, {"n": True}, "n 1 there and true here", id="true is not 1"),
        pytest.param({"effort": "low"}, {"effort": "high"}, "effort 'low' there and 'high' here", id="a text"),
        pytest.param({"user": "x" * 99}, {}, f"user '{'x' * 58}… only there", id="a long text is cut"),
        pytest.param({"model": "a"}, {"model": "b"}, "model 'a' there and 'b' here", id="model"),
        pytest.param({"repeat": 2}, {}, "repeat 2 there and 0 here", id="repeat"),
        pytest.param(
            {"images": ("a.png", "old.png")},
            {},
            "picture 2 changed (sha256 53829cb9… there, 5f59d8e8… here)",
            id="the bytes of a picture",
        ),
        pytest.param({"images": ("a.png",)}, {}, "1 picture there and 2 here", id="number of pictures"),
        pytest.param({"images": ()}, {}, "0 pictures there and 2 here", id="no picture"),
        pytest.param({"images": ("b.png", "a.png")}, {}, "the pictures are in another order", id="order of pictures"),
        pytest.param(
            {"images": ("http://h/1", "b.png")},
            {"images": ("http://h/2", "b.png")},
            "picture 1 is 'http://h/1' there and 'http://h/2' here",
            id="another address",
        ),
        pytest.param(
            {"images": ("http://h/1", "b.png")},
            {},
            "picture 1 is 'http://h/1' there and sent inline (sha256 7f071235…) here",
            id="address and bytes",
        ),
        pytest.param(
            {"images": ("a.png",), "detail": "low"},
            {"images": ("a.png",), "detail": "high"},
            "picture 1: detail 'low' there and 'high' here",
            id="detail",
        ),
        pytest.param(
            {"images": ("a.png",)},
            {"images": ("a.png",), "transform": "resize:1024"},
            "picture 1: transform 'resize:1024' only here",
            id="transform",
        ),
        pytest.param({"system": "Be brief."}, {}, "system message 'Be brief.' only there", id="system message"),
        pytest.param(
            {"system": "Be brief."},
            {"system": "Be kind."},
            "system message differs: '…brief.' there, '…kind.' here",
            id="another system message",
        ),
    ],
)
def test_each_change_is_said(make_request, there, here, said):
    def request(change: dict[str, object]) -> dict[str, object]:
        return make_request(**{key: value for key, value in {**BASE, **change}.items() if value is not None})

    assert differences(request(there), request(here)) == (said,)


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        pytest.param("a red car", "a rod car", "differs: '…red…' there, '…rod…' here", id="a letter"),
        pytest.param("red car", "rod car", "differs: 'red…' there, 'rod…' here", id="at the start"),
        pytest.param("a red car", "a red cat", "differs: '…car' there, '…cat' here", id="at the end"),
        pytest.param("a cat sat", "a big cat sat", "differs: 'a …' there, 'a big …' here", id="a word more"),
        pytest.param("a big cat sat", "a cat sat", "differs: 'a big …' there, 'a …' here", id="a word less"),
        pytest.param("a cat", "a cat!", "differs: '…cat' there, '…cat!' here", id="a sign more"),
        pytest.param("aaa", "aaaa", "differs: 'aaa' there, 'aaaa' here", id="what could be anywhere"),
        pytest.param("이 그림은 뭐야?", "이 사진은 뭐야?", "differs: '…그림은…' there, '…사진은…' here", id="Korean"),
        pytest.param("a  b", "a b", "differs only in white space: 'a  …' there, 'a …' here", id="a space"),
        pytest.param("a b\n", "a b", "differs only in white space: '…b\\n' there, '…b' here", id="a newline"),
        pytest.param(
            "가" * 100 + "나" + "다" * 100,
            "가" * 100 + "너" + "다" * 100,
            f"differs: '…{'가' * 20}나{'다' * 20}…' there, '…{'가' * 20}너{'다' * 20}…' here",
            id="no space near",
        ),
        pytest.param(
            "x" + "y" * 200, "z" * 3, f"differs: '{'x' + 'y' * 29}…{'y' * 30}' there, 'zzz' here", id="all of it"
        ),
        pytest.param(
            "고양이?",
            unicodedata.normalize("NFD", "고양이?"),
            "differs only in its Unicode form (NFC there, NFD here)",
            id="Unicode form",
        ),
        pytest.param("", "hi", "'hi' only here", id="no prompt there"),
        pytest.param("a \x1b[2Jb", "a b", "differs: '…\\x1b[2Jb' there, '…b' here", id="what steers a terminal"),
        pytest.param("a \u202eb", "a b", "differs: '…\\u202eb' there, '…b' here", id="what turns a line"),
    ],
)
def test_of_a_prompt_only_the_changed_part_is_shown(make_request, there, here, said):
    assert differences(make_request(there), make_request(here)) == (f"prompt {said}",)


def test_several_changes_are_all_said(make_request):
    there = make_request("a red car", images=("a.png",), model="m1", temperature=0)
    here = make_request("a rod car", images=("b.png",), model="m2", max_tokens=5)
    assert differences(there, here) == (
        "model 'm1' there and 'm2' here",
        "picture 1 changed (sha256 7f071235… there, 5f59d8e8… here)",
        "prompt differs: '…red…' there, '…rod…' here",
        "max_tokens 5 only here",
        "temperature 0 only there",
    )


def test_equal_requests_differ_in_nothing(make_request):
    assert differences(make_request(temperature=0.0), make_request(temperature=0)) == ()


def test_pictures_between_other_words_are_said(make_request):
    there, here = make_request("a"), make_request("a")
    here["messages"][0]["content"].reverse()
    assert differences(there, here) == ("texts, pictures or roles are arranged otherwise",)


@pytest.mark.parametrize(
    ("there", "here"),
    [
        pytest.param({"role": "assistant", "content": "yes"}, {"role": "assistant", "content": "no"}, id="an answer"),
        pytest.param({"role": "user", "content": "a", "name": "x"}, {"role": "user", "content": "a"}, id="a name"),
        pytest.param({"role": "tool", "content": []}, {"role": "tool", "content": "1"}, id="a tool's result"),
    ],
)
def test_the_rest_of_a_conversation_counts_too(there, here):
    requests = [canonical_of_wire(b'{"model":"m","messages":[%b]}' % repr(message).replace("'", '"').encode())
                for message in (there, here)]  # fmt: skip
    assert differences(*requests) == ("another message, tool or file of the conversation differs",)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param({"temperature": 1}, ("same prompt", "same images"), id="both"),
        pytest.param({"prompt": "x"}, ("same images",), id="images"),
        pytest.param({"images": ("a.png", "c.png")}, ("same prompt",), id="prompt"),
        pytest.param({"prompt": "x", "images": ()}, (), id="nothing"),
    ],
)
def test_what_is_the_same_is_said_too(make_request, change, same):
    assert likenesses(make_request(**{**BASE, **change}), make_request(**BASE)) == same


def test_one_picture_is_the_same_image(make_request):
    assert likenesses(make_request("a"), make_request("b")) == ("same image",)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PART = JSON | st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "file"])}, optional={"text": JSON, "image_url": JSON}
)
MESSAGE = JSON | st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "system"]), "content": st.lists(PART, max_size=3) | JSON}
)
BODY = st.fixed_dictionaries({"model": st.just("m"), "messages": st.lists(MESSAGE, max_size=3)}, optional={"n": JSON})


@settings(max_examples=150, deadline=None)
@given(one=BODY, two=BODY)
def test_whatever_an_application_sends_can_be_compared(one, two):
    """An odd message is the endpoint's to refuse; explaining its miss must not crash."""
    try:
        there, here = (canonical_of_wire(orjson.dumps(body)) for body in (one, two))
    except InputError:
        return
    assert differences(there, there) == ()
    if fingerprint(there) != fingerprint(here):
        assert differences(there, here) != () or facts_of(there) == facts_of(here)
