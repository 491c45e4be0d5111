"""No secret in what we say, in whatever form it comes back."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest

from snellen.models.redact import Redactor, secrets_of
from snellen.models.spec import ModelSpec

KEY = "sk-proj-Q3b/9+x_7.(a|b)*$&<kéy>\"'Zz"
FORMS = {
    "raw": KEY,
    "json": json.dumps(KEY),
    "json-with-escaped-slash": json.dumps(KEY).replace("/", "\\/"),
    "html": html.escape(KEY),
    "url": quote(KEY, safe=""),
    "url-path": quote(KEY),
    "url-form": quote_plus(KEY),
    "hex": KEY.encode().hex(),
    "hex-capitals": KEY.encode().hex().upper(),
    "backwards": KEY[::-1],
    "repr": repr(KEY),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64-shifted-by-1": base64.b64encode(b"x" + KEY.encode()).decode(),
    "base64-shifted-by-2": base64.b64encode(b"xy" + KEY.encode() + b"z").decode(),
    "base64-urlsafe": base64.urlsafe_b64encode(b"x" + KEY.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_blotted_out_in_every_form(form: str) -> None:
    said = Redactor([KEY]).text(f"before {form} after")
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert "[secret]" in said
    # Base64 keeps at most two characters at each end that the secret decides only in part.
    assert len(said.replace("[secret]", "")) <= len("before  after") + 8


def test_the_longest_secret_goes_first_so_that_none_leaves_its_tail() -> None:
    assert Redactor(["abcdefgh", "abcdefgh12345678"]).text("abcdefgh12345678") == "[secret]"


def test_short_values_are_words_and_stay() -> None:
    assert Redactor(["EMPTY", "ollama"]).text("EMPTY ollama") == "EMPTY ollama"


def test_a_text_without_secrets_is_unchanged() -> None:
    assert Redactor([KEY]).text("두 그림의 차이") == "두 그림의 차이"


def test_an_answer_loses_a_real_key_and_keeps_a_word_that_serves_as_one() -> None:
    """LM Studio's documentation says api_key="lm-studio", and a picture may show its name."""
    redactor = Redactor(["lm-studio", "sk-0123456789abcdef"])
    assert redactor.answer(b'{"text": "lm-studio"}') == b'{"text": "lm-studio"}'
    assert redactor.answer(b'{"text": "sk-0123456789abcdef"}') == b'{"text": "[secret]"}'


def test_a_redactor_does_not_show_what_it_hides() -> None:
    assert KEY not in repr(Redactor([KEY]))


def test_every_value_that_may_come_back_is_known() -> None:
    spec = ModelSpec(
        key="gw",
        name="m",
        base_url="https://gw.example/v1?api-version=2024-10-21&key=query-secret",
        api_key_env="MY_GATEWAY",
        headers_env={"X-Team": "TEAM_HEADER"},
    )
    environ = {
        "MY_GATEWAY": " key-of-gateway\n",
        "TEAM_HEADER": "header-of-team",
        "OPENAI_API_KEY": "sk-canary-openai",
        "ANTHROPIC_API_KEY": "sk-canary-anthropic",
        "AWS_ACCESS_KEY_ID": "canary-aws-id",
        "AWS_SECRET_ACCESS_KEY": "canary-aws-secret",
        "AWS_SESSION_TOKEN": "canary-aws-token",
        "HF_TOKEN": "hf_canary",
        "OPENAI_ORG_ID": "org-canary",
        "OPENAI_PROJECT_ID": "proj-canary",
        "OPENAI_CUSTOM_HEADERS": "X-One: canary-one\nX-Two: canary-two",
        "https_proxy": "http://user:p%40ss-canary@proxy.example:3128",
        "DB_PASSWORD": "(canary|.*)$",
        "SESSION_COOKIE": "canary-cookie",
        "PATH": "/usr/bin:/usr/local/bin",
        "GOOGLE_CLOUD_PROJECT": "my-vision-project",
        "SHORT_KEY": "EMPTY",
    }
    assert set(secrets_of(spec, environ)) == {
        "user:p%40ss-canary", "canary-aws-secret", "sk-canary-anthropic", "canary-aws-token", "sk-canary-openai",
        "header-of-team", "key-of-gateway", "canary-aws-id", "canary-cookie", "p@ss-canary", "(canary|.*)$",
        "query-secret", "proj-canary", "canary-one", "canary-two", "org-canary", "hf_canary",
    }  # fmt: skip
