"""What is wrong with a model's table, in words a person can act on."""

from __future__ import annotations

import pytest

from snellen.models.table import table_name, table_problems

PLACE = "[tool.snellen.models.gpt]"
ADDRESS = "an address such as http://127.0.0.1:8000/v1, without user name and password"
COUNT = "a whole number of at least"
SECONDS = "a number of seconds above 0"
PRICE = "USD per million tokens, such as { input = 2.5, cached = 0.25, output = 15 }; cached may be left out"
USD = "a number of USD of at least 0"
ENV = "the name of an environment variable in capitals, not the key itself"
HEADERS = 'a table of header = environment variable, such as { X-Gateway-Key = "GATEWAY_KEY" }'
FORMATS = (
    "a list of image/gif, image/jpeg, image/png, image/webp that holds image/jpeg or image/png, "
    "to which others are converted for formats"
)


def found_in(entry: object, **environ: str) -> list[str]:
    return [message for message, _ in table_problems("gpt", {"gpt": entry}, environ=environ)]


@pytest.mark.parametrize(
    ("name", "value", "shown", "right"),
    [
        ("name", "", "''", 'the name to send, such as "gpt-5.1"'),
        ("name", 5.1, "5.1", 'the name to send, such as "gpt-5.1"'),
        ("api", "respones", "'respones'", '"chat", "responses" or "embeddings"'),
        (
            "server",
            "olama",
            "'olama'",
            "one of none, anthropic, azure, cloudflare, gemini, llama.cpp, lm-studio, ollama, openrouter, vllm",
        ),
        ("base_url", 8000, "something else", ADDRESS),
        ("base_url", "127.0.0.1:8000/v1", "something else", ADDRESS),
        ("base_url", "ftp://host/v1", "something else", ADDRESS),
        ("base_url", "http://host:port/v1", "something else", ADDRESS),
        ("base_url", "http://user:password@host/v1", "something else", ADDRESS),
        (
            "base_url",
            "http://h/v1/chat/completions",
            "something else",
            "the address before /chat/completions, which is added to it",
        ),
        (
            "base_url",
            "http://h/v1/responses/",
            "something else",
            "the address before /responses, which is added to it",
        ),
        (
            "base_url",
            "http://h/v1/embeddings",
            "something else",
            "the address before /embeddings, which is added to it",
        ),
        ("api_key_env", "sk-proj-abc", "something else", ENV),
        ("api_key_env", "hf_abcDEF", "something else", ENV),
        ("api_key_env", "", "something else", ENV),
        ("headers_env", "X-Key", "something else", HEADERS),
        ("headers_env", {"X-Key": "literal value"}, "something else", HEADERS),
        ("headers_env", {"X Key": "GATEWAY_KEY"}, "something else", HEADERS),
        ("params", 300, "300", "a table, such as { max_tokens = 300 }"),
        ("concurrency", 0, "0", f"{COUNT} 1"),
        ("concurrency", 2.5, "2.5", f"{COUNT} 1"),
        ("concurrency", True, "True", f"{COUNT} 1"),
        ("retries", -1, "-1", f"{COUNT} 0"),
        ("timeout_s", 0, "0", SECONDS),
        ("timeout_s", float("inf"), "inf", SECONDS),
        ("timeout_s", "2m", "'2m'", SECONDS),
        ("max_retry_after_s", float("nan"), "nan", SECONDS),
        ("note", 1, "1", "a text"),
        ("price", 2.5, "2.5", PRICE),
        ("price", {"input": 2.5}, "{'input': 2.5}", PRICE),
        ("price", {"input": -1, "output": 15}, "{'input': -1, 'output': 15}", f"{USD} for input"),
        ("price", {"input": 1, "output": "15"}, "{'input': 1, 'output': '15'}", f"{USD} for output"),
        (
            "price",
            {"input": 1, "output": float("nan"), "cached": True},
            "{'input': 1, 'output': nan, 'cached': True}",
            f"{USD} for cached; {USD} for output",
        ),
        ("images", "png", "'png'", "a table of max_side_px, formats and inline_urls"),
        ("images", {"max_side_px": 0}, "{'max_side_px': 0}", f"{COUNT} 1 for max_side_px"),
        ("images", {"inline_urls": "yes"}, "{'inline_urls': 'yes'}", "true or false for inline_urls"),
        ("images", {"formats": ["image/webp"]}, "{'formats': ['image/webp']}", FORMATS),
        ("images", {"formats": ["png"]}, "{'formats': ['png']}", FORMATS),
    ],
)
def test_a_wrong_value_is_shown_with_what_is_right(name: str, value: object, shown: str, right: str) -> None:
    assert found_in({name: value}) == [f"{PLACE} {name} is {shown}; right is {right}"]


@pytest.mark.parametrize("name", ["api_key", "api-key", "apikey", "API_KEY", "token"])
def test_a_key_written_in_the_file_is_refused_and_never_shown(name: str) -> None:
    problems = table_problems("gpt", {"gpt": {name: "sk-proj-abcdef"}}, environ={})
    assert problems == [
        (
            f"{PLACE} holds {name}: a key written in a file gets committed and shared",
            'Put the key into an environment variable and write its name: api_key_env = "OPENAI_API_KEY". '
            "If the file was shared already, revoke that key.",
        )
    ]


PRICED = {"input": 1, "output": 2, "cache": 0.1}


def test_a_near_miss_is_answered_with_what_was_meant() -> None:
    problems = table_problems("gpt", {"gpt": {"concurency": 4, "images": {"max_side": 1}, "price": PRICED}}, environ={})
    assert problems == [
        (f"{PLACE} has no setting 'concurency'", "Did you mean 'concurrency'?"),
        (f"{PLACE} images has no setting 'max_side'", "Did you mean 'max_side_px'?"),
        (f"{PLACE} price has no setting 'cache'", "Did you mean 'cached'?"),
    ]


def test_what_resembles_nothing_is_answered_with_all_there_is() -> None:
    (problem,) = table_problems("gpt", {"gpt": {"zzz": 4}}, environ={})
    assert problem[1] == (
        "Known: api, api_key_env, base_url, concurrency, headers_env, images, max_retry_after_s, name, note, params, "
        "price, requests_per_minute, retries, server, timeout_s, tokens_per_minute, trial_timeout_s."
    )


def test_params_that_cannot_be_sent_are_found_when_the_table_is_read() -> None:
    assert found_in({"params": {"stream": True}}) == [f"{PLACE} params may not hold stream: responses are read whole"]


def test_a_text_instead_of_a_table_is_refused() -> None:
    assert table_problems("gpt", {"gpt": "gpt-5.1"}, environ={}) == [
        ("the model 'gpt' is no table but of type str", f'Write {PLACE} and below it name = "..."')
    ]


def test_a_table_whose_dotted_name_is_not_quoted_is_not_ignored_in_silence() -> None:
    """TOML reads [tool.snellen.models.gpt-5.1] as {"gpt-5": {"1": ...}}."""
    assert table_problems("gpt-5.1", {"gpt-5": {"1": {"concurrency": 4}}}, environ={}) == [
        (
            "[tool.snellen.models.gpt-5.1] is not the table of model 'gpt-5.1'",
            'A name with a dot is quoted: [tool.snellen.models."gpt-5.1"]',
        )
    ]


def test_an_address_of_the_environment_is_checked_when_it_is_used() -> None:
    wrong = "http://user:password@host/v1"
    assert found_in({}, OPENAI_BASE_URL=wrong) == [
        f"OPENAI_BASE_URL in the environment cannot be used; right is {ADDRESS}"
    ]
    assert found_in({"base_url": "http://h/v1"}, OPENAI_BASE_URL=wrong) == []


def test_a_table_is_named_as_it_is_written() -> None:
    assert [table_name("gpt"), table_name("gpt-5.1")] == [PLACE, '[tool.snellen.models."gpt-5.1"]']


@pytest.mark.parametrize("server", ["none", "vllm", "llama.cpp"])
@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_api_and_a_server_are_chosen_by_name(api: str, server: str) -> None:
    assert table_problems("gpt", {"gpt": {"api": api, "server": server}}, environ={}) == []


def test_parameters_are_those_of_the_api() -> None:
    of_responses = {"gpt": {"api": "responses", "params": {"seed": 1}}}
    (problem,) = table_problems("gpt", of_responses, environ={})
    assert problem[0].startswith(f"{PLACE} params has seed, which the Responses API does not know")
    assert table_problems("gpt", {"gpt": {"api": "chat", "params": {"seed": 1}}}, environ={}) == []
