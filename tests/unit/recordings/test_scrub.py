"""Nothing secret is written, in no disguise, and nothing else is touched."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import quote, quote_plus

import orjson
import pytest

from snellen.recordings.entry import to_line
from snellen.recordings.fingerprint import fingerprint
from snellen.recordings.scrub import scrub, scrub_answer, scrub_entry, secrets_of_call

CANARIES = {
    "OPENAI_API_KEY": "sk-proj-Canary0OpenAI-1234567890abcdef",
    "ANTHROPIC_API_KEY": "sk-ant-Canary1-abcdefghij0123456789",
    "AWS_ACCESS_KEY_ID": "AKIACANARY2EXAMPLE77",
    "AWS_SECRET_ACCESS_KEY": "Canary3/wJalrXUtnFEMI+K7MDENG/bPxRfiCY",
    "AWS_SESSION_TOKEN": "Canary4//////////wEaCXVzLWVhc3QtMSJHMEUC==",
    "HF_TOKEN": "hf_Canary5abcdefghijklmnopqrstuv",
    "AZURE_OPENAI_API_KEY": "canary6f00dbeefcafe0123456789abcd",
    "proxy password": "p@ss:w0rd/canary7",
    "query key": "canary8-query-key",
    "custom header": "Canary nine with spaces 9",
    "cookie": "session=canary10cookie",
    "organization": "org-canary11ABCDEF",
    "password with regex characters": "c(a+n)a*r[y12].^$|\\?{}",
    "password with quotes and Korean": 'ca"nary\\13 비밀번호 & more',
}


def disguises(secret: str) -> dict[str, str]:
    raw = secret.encode()
    forms = {
        "raw": secret,
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "URL": quote(secret, safe=""),
        "form": quote_plus(secret),
        "url in lower case": quote(secret, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
        "JSON": json.dumps(secret)[1:-1],
        "JSON in UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    for offset in range(3):
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            forms[f"{name} at {offset}"] = encode(b"user:"[:offset] + raw + b"@tail").decode()
    return forms


@pytest.mark.parametrize("name", CANARIES)
def test_a_known_secret_is_taken_out_in_every_disguise(name):
    secret = CANARIES[name]
    for disguise, form in disguises(secret).items():
        for clean in (scrub, scrub_answer):
            text = str(clean(f"before {form} after", CANARIES.values()))
            assert "[redacted]" in text, disguise
            assert text.startswith("before "), disguise
            assert text.endswith(" after"), disguise
            assert form not in text


def test_no_canary_is_in_any_byte_of_a_recorded_line(make_entry, make_request):
    """The worst case: a server that echoes everything it was sent, in the answer and in its ids."""
    echo = " ".join(form for secret in CANARIES.values() for form in disguises(secret).values())
    request = make_request(
        f"say {echo}", system=echo, images=(f"https://example.org/a.png?x={quote(CANARIES['query key'])}",),
        user=echo, metadata={"nested": [echo]},
    )  # fmt: skip
    body = orjson.dumps({"model": echo, "choices": [{"message": {"content": echo}}], echo: 1})
    entry = make_entry(request, case=echo, variant=echo, body=body, served_model=echo, request_id=echo)
    stream = make_entry(request, body=b"data: " + body + b"\n\ndata: [DONE]\n\n")
    for one in (entry, stream):
        line = to_line(scrub_entry(one, CANARIES.values()))
        views = [
            line.decode(),
            repr(orjson.loads(line)),
            line.decode().encode("latin-1", "replace").decode("unicode_escape"),
        ]
        for name, secret in CANARIES.items():
            for disguise, form in disguises(secret).items():
                own = form[4:-12] if "base64" in disguise else form  # without what the neighbours decide
                assert not [view for view in views if own in view], (name, disguise)


def test_what_was_taken_out_does_not_change_the_fingerprint(make_entry, make_request):
    request = make_request(images=("https://example.org/a.png?sig=abcdefghijkl",), user=CANARIES["OPENAI_API_KEY"])
    clean = scrub_entry(make_entry(request))
    assert clean.fingerprint == fingerprint(request)
    assert clean.scrubbed
    assert clean.request["params"] == {"user": "[redacted]"}
    assert clean.request["messages"][0]["content"][1]["image"] == "https://example.org/a.png?sig=[redacted]"


def test_an_entry_without_secrets_is_left_as_it_is(make_entry):
    entry = make_entry(text="sk-yline, hf_, Bearer of news; see https://example.org/?id=12&page=3")
    assert scrub_entry(entry, CANARIES.values()) == entry


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        pytest.param("key sk-abcdefghij0123456789xyz.", "key [redacted].", id="OpenAI"),
        pytest.param("sk-proj-a_B-c1234567890123456", "[redacted]", id="OpenAI project"),
        pytest.param("(sk-ant-api03-abcdefghijklmnop)", "([redacted])", id="Anthropic"),
        pytest.param("hf_abcdefghijklmnopqrstuvwxyz", "[redacted]", id="Hugging Face"),
        pytest.param("AIzaSyA-1234567890abcdefghijklmnopqrstuv", "[redacted]", id="Google"),
        pytest.param("AKIAIOSFODNN7EXAMPLE", "[redacted]", id="AWS"),
        pytest.param("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[redacted]", id="GitHub"),
        pytest.param("the task-force-of-the-north-1234567890", "the task-force-of-the-north-1234567890", id="a word"),
        pytest.param("sk-learn-compatible-estimators", "sk-learn-compatible-estimators", id="no digit"),
        pytest.param("sk-123", "sk-123", id="too short"),
    ],
)
def test_a_key_is_known_by_its_shape(text, clean):
    assert scrub(text) == clean
    assert scrub_answer(text) == clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        pytest.param("Authorization: Bearer abc.def-0123456789", "Authorization: Bearer [redacted]", id="bearer"),
        pytest.param("https://u:secret@h.org/p", "https://[redacted]@h.org/p", id="user and password"),
        pytest.param("https://h.org/?Key=abc&page=2#top", "https://h.org/?Key=[redacted]&page=2#top", id="key"),
        pytest.param("https://h.org/?a=1&api-key=x", "https://h.org/?a=1&api-key=[redacted]", id="api-key"),
        pytest.param(
            "https://b.s3.amazonaws.com/a.png?X-Amz-Credential=A%2F1&X-Amz-Date=2026&X-Amz-Signature=f00",
            "https://b.s3.amazonaws.com/a.png?X-Amz-Credential=[redacted]&X-Amz-Date=2026&X-Amz-Signature=[redacted]",
            id="S3",
        ),
        pytest.param(
            "https://x.blob.core/a?sp=r&sig=a%3D", "https://x.blob.core/a?sp=r&sig=[redacted]", id="Azure SAS"
        ),
        pytest.param("https://h.org/a@2x.png", "https://h.org/a@2x.png", id="an @ in a path"),
        pytest.param("https://h.org/?mail=a@b.org", "https://h.org/?mail=a@b.org", id="an @ in a query"),
        pytest.param("what is key=5; token=6?", "what is key=5; token=6?", id="no address"),
    ],
)
def test_what_is_sent_loses_the_secrets_of_its_addresses_and_an_answer_keeps_what_was_read(text, clean):
    assert scrub(text) == clean
    assert scrub_answer(text) == text


def test_an_answer_that_repeats_the_signature_of_its_picture_loses_it(make_entry, make_request):
    request = make_request(images=("https://example.org/a.png?sig=s3cr3t-s1gnature",))
    entry = scrub_entry(make_entry(request, text="You sent a.png?sig=s3cr3t-s1gnature, and ?sig=else"))
    assert (
        orjson.loads(entry.body)["choices"][0]["message"]["content"] == "You sent a.png?sig=[redacted], and ?sig=else"
    )


def test_fields_named_like_secrets_lose_their_value():
    params = {"api_key": "x", "Authorization": "y", "max_tokens": 5, "schema": {"token": {"type": "string"}}}
    clean = {
        "api_key": "[redacted]",
        "Authorization": "[redacted]",
        "max_tokens": 5,
        "schema": {"token": {"type": "string"}},
    }
    assert scrub(params) == clean


def test_short_values_are_words_and_stay():
    assert scrub_answer("gpt-4 said none", ["gpt-4", "none", ""]) == "gpt-4 said none"


def test_a_picture_becomes_its_digest():
    uri = "data:image/png;base64," + base64.b64encode(b"pixels" * 20).decode()
    digest = hashlib.sha256(b"pixels" * 20).hexdigest()
    text, clean = (f"here: {picture} and data:image/png;base64,AAAA" for picture in (uri, f"sha256:{digest}"))
    assert scrub_answer(text) == clean
    assert scrub(text) == clean


def test_what_a_call_authenticates_itself_with_is_found():
    headers = [
        ("Authorization", "Bearer abc.def.012345"),
        ("api-key", "azure-key"),
        ("Cookie", "session=cookie-value; theme=dark"),
        ("OpenAI-Organization", "org-0123456789abcdef"),
        ("X-Title", "Receipts of 2026"),
        ("User-Agent", "OpenAI/Python-3.54.0-long-and-random"),
        ("x-stainless-os", "Linux-0123456789-abcdef"),
    ]
    found = secrets_of_call(headers, "https://me:pass-word@h.org/v1?key=query-key&api-version=2026-01-01")
    assert {"abc.def.012345", "azure-key", "cookie-value", "org-0123456789abcdef", "pass-word", "query-key"} <= found
    assert not {"Receipts of 2026", "2026-01-01", "OpenAI/Python-3.54.0-long-and-random"} & found
    assert not any("Linux" in value for value in found)
