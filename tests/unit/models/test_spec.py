"""From a name to a model: tables in pyproject, built-ins, and plain names."""

from __future__ import annotations

import importlib.util
from types import MappingProxyType

import pytest

from snellen.errors import ConfigError
from snellen.images.fit import ImageRules
from snellen.models.prices import Price
from snellen.models.spec import ModelSpec, check_ready, resolve_model

NOTHING: MappingProxyType[str, str] = MappingProxyType({})


def resolve(key: str, table: dict[str, object] | None = None, **environ: str) -> ModelSpec:
    return resolve_model(key, table or {}, environ=environ, where="pyproject.toml")


def test_a_name_that_is_not_configured_is_the_name_to_send() -> None:
    assert resolve("gpt-5.1") == ModelSpec(key="gpt-5.1", name="gpt-5.1")


def test_a_name_that_is_not_configured_is_asked_at_the_base_url_of_the_environment() -> None:
    spec = resolve("llava", OPENAI_BASE_URL=" http://127.0.0.1:8000/v1 ")
    assert spec == ModelSpec(key="llava", name="llava", base_url="http://127.0.0.1:8000/v1")


def test_an_empty_base_url_in_the_environment_is_none() -> None:
    assert resolve("gpt-5.1", OPENAI_BASE_URL="").base_url is None


def test_every_setting_of_a_table_arrives() -> None:
    table = {
        "name": "gpt-5.1",
        "api": "chat",
        "base_url": "https://gateway.example/v1",
        "api_key_env": "GATEWAY_KEY",
        "headers_env": {"X-Team": "TEAM_TOKEN"},
        "params": {"max_tokens": 300},
        "concurrency": 64,
        "requests_per_minute": 500,
        "tokens_per_minute": 200_000,
        "timeout_s": 30,
        "trial_timeout_s": 90,
        "retries": 0,
        "max_retry_after_s": 10.5,
        "images": {"max_side_px": 1024, "formats": ["image/png"], "inline_urls": True},
        "price": {"input": 2, "cached": 0.2, "output": 10.5},
        "note": "our gateway",
    }
    assert resolve("gpt", {"gpt": table}) == ModelSpec(
        key="gpt",
        name="gpt-5.1",
        base_url="https://gateway.example/v1",
        api_key_env="GATEWAY_KEY",
        headers_env={"X-Team": "TEAM_TOKEN"},
        params={"max_tokens": 300},
        concurrency=64,
        requests_per_minute=500,
        tokens_per_minute=200_000,
        timeout_s=30,
        trial_timeout_s=90,
        retries=0,
        max_retry_after_s=10.5,
        images=ImageRules(max_side_px=1024, formats=("image/png",), inline_urls=True),
        price=Price(input=2, cached=0.2, output=10.5),
        note="our gateway",
    )


def test_a_model_is_asked_sixteen_at_a_time_unless_its_table_says_otherwise() -> None:
    assert resolve("gpt-5.1").concurrency == 16


def test_a_table_without_a_name_sends_its_key() -> None:
    assert resolve("gpt-4o", {"gpt-4o": {"concurrency": 2}}) == ModelSpec(key="gpt-4o", name="gpt-4o", concurrency=2)


def test_a_table_without_an_address_follows_the_environment_and_one_with_an_address_does_not() -> None:
    table: dict[str, object] = {"a": {}, "b": {"base_url": "http://b.example/v1"}}
    address = "http://127.0.0.1:1/v1"
    assert resolve("a", table, OPENAI_BASE_URL=address).base_url == address
    assert resolve("b", table, OPENAI_BASE_URL=address).base_url == "http://b.example/v1"


@pytest.mark.parametrize("name", ["offline-reader", "offline-describer"])
def test_a_built_in_runs_in_this_process_and_says_so(name: str) -> None:
    note = "offline model: runs on this machine, no network, no key"
    spec = resolve(name)
    assert spec == ModelSpec(key=name, name=name, concurrency=2, retries=0, note=note)
    assert (spec.is_in_process, spec.host) == (True, "this machine")


def test_a_built_in_is_asked_over_http_when_the_environment_gives_an_address() -> None:
    """So `snellen offline serve` is asked under the names it serves."""
    spec = resolve("offline-describer", OPENAI_BASE_URL="http://127.0.0.1:8765/v1")
    assert spec == ModelSpec(key="offline-describer", name="offline-describer", base_url="http://127.0.0.1:8765/v1")
    assert (spec.is_in_process, spec.host) == (False, "127.0.0.1:8765")


def test_a_configured_built_in_keeps_its_own_settings() -> None:
    spec = resolve("small", {"small": {"name": "offline-reader", "concurrency": 1, "note": "mine"}})
    assert (spec.is_in_process, spec.concurrency, spec.note) == (True, 1, "mine")


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        (None, "api.openai.com"),
        ("https://user:password@gateway.example:8443/v1?key=sekret", "gateway.example:8443"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
    ],
)
def test_a_host_shows_neither_credentials_nor_path_nor_query(base_url: str | None, host: str) -> None:
    assert ModelSpec(key="m", name="m", base_url=base_url).host == host


def test_a_spec_does_not_show_its_address() -> None:
    assert "sekret" not in repr(ModelSpec(key="m", name="m", base_url="http://h/v1?key=sekret"))


def test_problems_of_a_table_name_the_file_and_come_all_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        resolve("gpt", {"gpt": {"nmae": "gpt-5.1", "concurrency": 0, "retries": True}})
    assert str(caught.value) == (
        "pyproject.toml: [tool.snellen.models.gpt] concurrency is 0; right is a whole number of at least 1\n"
        "pyproject.toml: [tool.snellen.models.gpt] retries is True; right is a whole number of at least 0\n"
        "pyproject.toml: [tool.snellen.models.gpt] has no setting 'nmae'\n"
        "  Did you mean 'name'?"
    )


def test_without_a_key_and_an_address_a_live_request_is_refused_with_what_to_set() -> None:
    with pytest.raises(ConfigError) as caught:
        check_ready(ModelSpec(key="gpt", name="gpt-5.1"), NOTHING)
    assert str(caught.value) == (
        "model 'gpt' cannot be asked: OPENAI_API_KEY is not set and no base_url is given\n"
        "  Set OPENAI_API_KEY to your key, or OPENAI_BASE_URL to ask a server of your own. Nothing was sent. "
        "Without a key: --responses recorded replays, and --model offline-describer runs on this machine."
    )


def test_a_key_of_blanks_is_no_key() -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        check_ready(ModelSpec(key="gpt", name="gpt-5.1"), {"OPENAI_API_KEY": " \n"})


@pytest.mark.parametrize(
    ("spec", "environ"),
    [
        (ModelSpec(key="gpt", name="gpt-5.1"), {"OPENAI_API_KEY": "sk-1"}),
        (ModelSpec(key="gpt", name="gpt-5.1"), {"OPENAI_API_KEY": " sk-1\n"}),
        (ModelSpec(key="local", name="llava", base_url="http://127.0.0.1:8000/v1"), {}),
    ],
    ids=["key", "key-with-blanks-around-it", "address-of-a-server-that-needs-no-key"],
)
def test_a_key_or_an_address_is_enough(spec: ModelSpec, environ: dict[str, str]) -> None:
    check_ready(spec, environ)


def test_a_key_variable_that_was_named_must_be_set_even_with_an_address() -> None:
    spec = ModelSpec(key="or", name="m", base_url="https://openrouter.ai/api/v1", api_key_env="OPENROUTER_API_KEY")
    with pytest.raises(ConfigError) as caught:
        check_ready(spec, {"OPENAI_API_KEY": "sk-1"})
    assert caught.value.problems[0].message == "model 'or' cannot be asked: OPENROUTER_API_KEY is not set"


@pytest.mark.parametrize(
    "key", ["sk-\nX-Evil: 1", "sk-“quoted”", "sk-\u200b1"], ids=["newline", "quotes", "zero-width"]
)
def test_a_key_that_no_header_can_hold_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_ready(ModelSpec(key="gpt", name="gpt-5.1"), {"OPENAI_API_KEY": key})
    assert str(caught.value) == (
        "model 'gpt' cannot be asked: OPENAI_API_KEY holds a character that no header may hold\n  Copy its value again."
    )


def test_a_header_whose_variable_is_not_set_is_named() -> None:
    spec = ModelSpec(key="gw", name="m", base_url="http://gw/v1", headers_env={"X-Team": "TEAM_TOKEN"})
    with pytest.raises(ConfigError, match="TEAM_TOKEN, the value of header X-Team, is not set"):
        check_ready(spec, NOTHING)


def test_a_built_in_whose_packages_are_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "rapidocr" else object())
    with pytest.raises(ConfigError) as caught:
        check_ready(ModelSpec(key="offline-reader", name="offline-reader"), NOTHING)
    assert str(caught.value) == (
        "model 'offline-reader' cannot be asked: rapidocr is not installed\n"
        '  Install the offline models: pip install "snellen[offline]"'
    )
