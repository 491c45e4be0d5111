"""Data URIs are read strictly, with an error a person can act on."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.errors import ImageError
from snellen.images.data_uri import data_uri_of, parse_data_uri


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data:image/png;base64,QUJD", b"ABC"),
        ("data:image/jpg;base64,QUJD", b"ABC"),
        ("data:;base64,QUJD", b"ABC"),
        ("DATA:IMAGE/PNG;BASE64,QUJD", b"ABC"),
        ("data:application/octet-stream;base64,QUJD", b"ABC"),
        ("data:image/png;name=a.png;base64,QUJD", b"ABC"),
        ("data:image/png;base64,QUI=", b"AB"),
        ("data:image/png;base64,QUI", b"AB"),
        ("data:image/png;base64,QQ==", b"A"),
        ("data:image/png;base64,QQ", b"A"),
        ("data:image/png;base64,QU\n  JD\n", b"ABC"),
    ],
)
def test_accepted(text: str, expected: bytes) -> None:
    assert parse_data_uri(text) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data:image/png,QUJD", "is not base64"),
        ("data:image/png;utf8,<svg/>", "is not base64"),
        ("data:text/html;base64,QUJD", "is said to be 'text/html', not a picture"),
        ("data:image/png;base64,", "holds no bytes"),
        ("data:image/png;base64,====", "holds no bytes"),
        ("data:image/png;base64,QUJDQ", "is cut off or padded wrongly (5 base64 characters)"),
        ("data:image/png;base64,QQ=", "is cut off or padded wrongly (3 base64 characters)"),
        ("data:image/png;base64,QUJD=", "is cut off or padded wrongly (5 base64 characters)"),
        ("data:image/png;base64,Q=JD", "has '=' in its base64"),
        ("data:image/png;base64,QU-D", "has '-' in its base64, the alphabet for URLs; a data URI takes + and /"),
        ("data:image/png;base64,QU%2B", "has '%' in its base64, percent-encoded; write it plainly"),
        ("data:image/png;base64,QU한D", "has '한' in its base64"),
        ("data:image/png;base64", "has no head that ends with a comma"),
        ("https://example.org/a.png", "has no head that ends with a comma"),
        ("", "has no head that ends with a comma"),
    ],
)
def test_refused(text: str, found: str) -> None:
    with pytest.raises(ImageError) as caught:
        parse_data_uri(text)
    assert found in str(caught.value)
    assert "Write it as data:image/png;base64," in str(caught.value)


def test_over_20_mb_is_refused_before_it_is_decoded_and_not_echoed() -> None:
    with pytest.raises(ImageError) as caught:
        parse_data_uri("data:image/png;base64," + "A" * (28 * 1024 * 1024))
    assert "holds over 20 MB" in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.binary(min_size=1, max_size=300))
def test_what_is_written_is_read_back(data: bytes) -> None:
    text = data_uri_of(data, "image/png")
    assert text == "data:image/png;base64," + base64.b64encode(data).decode()
    assert parse_data_uri(text) == parse_data_uri(text.rstrip("=")) == data


@given(st.text(max_size=60))
def test_any_text_is_bytes_or_an_image_error(tail: str) -> None:
    for text in (tail, f"data:{tail}", f"data:image/png;base64,{tail}"):
        with contextlib.suppress(ImageError):
            assert parse_data_uri(text)
