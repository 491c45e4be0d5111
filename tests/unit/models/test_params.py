"""What is sent beside the model and the messages."""

from __future__ import annotations

from datetime import date

import pytest

from snellen.errors import ConfigError
from snellen.models.params import sent_params, takes_temperature
from snellen.request import Api


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("gpt-5", "max_completion_tokens"),
        ("gpt-5.1", "max_completion_tokens"),
        ("gpt-5-mini-2025-08-07", "max_completion_tokens"),
        ("gpt-6-astra", "max_completion_tokens"),
        ("gpt-6.1-sol", "max_completion_tokens"),
        ("o1", "max_completion_tokens"),
        ("o3-pro", "max_completion_tokens"),
        ("o4-mini", "max_completion_tokens"),
        ("openai/gpt-6-luna", "max_completion_tokens"),
        ("ft:o4-mini:org::id", "max_completion_tokens"),
        ("gpt-4o", "max_tokens"),
        ("gpt-4.1-mini", "max_tokens"),
        ("gpt-oss-20b", "max_tokens"),
        ("openai/gpt-oss-120b", "max_tokens"),
        ("gpt-50", "max_tokens"),
        ("o3d-vision", "max_tokens"),
        ("olmo-2", "max_tokens"),
        ("Qwen/Qwen3-VL-8B-Instruct", "max_tokens"),
        ("llava-gpt-5-distill", "max_tokens"),
        ("offline-describer", "max_tokens"),
    ],
)
def test_max_tokens_goes_out_under_the_name_the_model_takes(model: str, takes: str) -> None:
    assert sent_params(model, {"max_tokens": 300, "seed": 1}) == {takes: 300, "seed": 1}


def test_as_written_sends_the_users_own_names_and_is_not_sent_itself() -> None:
    """The escape hatch: a server of one's own may call its model gpt-5 and know max_tokens alone."""
    assert sent_params("gpt-5", {"as_written": True, "max_tokens": 300}) == {"max_tokens": 300}


def test_as_written_false_changes_nothing() -> None:
    assert sent_params("gpt-5", {"as_written": False, "max_tokens": 300}) == {"max_completion_tokens": 300}


def test_params_are_sent_as_they_are_otherwise() -> None:
    params = {
        "temperature": 0,
        "n": 1,
        "reasoning_effort": "low",
        "response_format": {"type": "json_object"},
        "stop": None,
    }
    assert sent_params("gpt-4o", params) == params


def test_the_users_params_are_not_changed() -> None:
    params: dict[str, object] = {"max_tokens": 300}
    sent_params("gpt-5", params)
    assert params == {"max_tokens": 300}


def test_both_names_of_one_parameter_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        sent_params("gpt-5", {"max_tokens": 300, "max_completion_tokens": 200})
    assert (
        str(caught.value) == "params has both max_tokens and max_completion_tokens; gpt-5 takes max_completion_tokens"
    )


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"model": "x"}, "params may not hold model: the name that is sent is `name`, beside params"),
        (
            {"messages": []},
            "params may not hold messages: the messages are made of the case: its system text, prompt and images",
        ),
        ({"stream": True}, "params may not hold stream: responses are read whole"),
        ({"extra_body": {}}, "params may not hold extra_body: its keys are written directly among the parameters"),
        ({"n": 2}, "params has n = 2: one response is read; `repeats` of an eval asks several times"),
        ({"as_written": "yes"}, "params has as_written = 'yes'; right is true or false"),
        ({"temperature": float("nan")}, "params.temperature is nan, which JSON cannot say"),
        ({"temperature": float("-inf")}, "params.temperature is -inf, which JSON cannot say"),
        ({"stop": ["a", {"b": float("inf")}]}, "params.stop is inf, which JSON cannot say"),
        ({"seed": 2**63}, "params.seed is an integer of more than 64 bits"),
        ({"since": date(2026, 1, 1)}, "params.since is a date, which JSON cannot say"),
        ({"x": {1: "a"}}, "params.x is a dict, which JSON cannot say"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_sent_is_refused_with_the_reason(params: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        sent_params("gpt-4o", params)
    assert str(caught.value) == message


def test_a_parameter_that_is_nested_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(ConfigError, match="nested more than 20 deep"):
        sent_params("gpt-4o", {"stop": endless})


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens", "max_output_tokens"])
@pytest.mark.parametrize("model", ["gpt-5.1", "gpt-4o", "qwen3-vl"])
def test_responses_takes_every_models_limit_as_max_output_tokens(model: str, name: str) -> None:
    assert sent_params(model, {name: 300}, api="responses") == {"store": False, "max_output_tokens": 300}


def test_nothing_stays_on_a_server_of_responses_unless_it_is_asked_to() -> None:
    assert sent_params("gpt-5.1", {}, api="responses") == {"store": False}
    assert sent_params("gpt-5.1", {"store": True}, api="responses") == {"store": True}
    assert sent_params("gpt-5.1", {"as_written": True, "seed": 1}, api="responses") == {"seed": 1}
    assert sent_params("gpt-5.1", {}) == {}


def test_both_names_of_the_limit_are_refused_for_responses_too() -> None:
    with pytest.raises(ConfigError) as caught:
        sent_params("gpt-4o", {"max_tokens": 1, "max_output_tokens": 2}, api="responses")
    assert str(caught.value) == "params has both max_tokens and max_output_tokens; gpt-4o takes max_output_tokens"


SCHEMA = {"name": "total", "schema": {"type": "object"}, "strict": True}
FLAT = {"format": {"type": "json_schema", **SCHEMA}}
TEXT_FORM = 'text = { format = { type = "json_schema", name, schema, strict } }'


@pytest.mark.parametrize(
    ("api", "params", "message"),
    [
        (
            "responses",
            {"seed": 1},
            "params has seed, which the Responses API does not know: there is nothing in its place, so answers are not "
            "seeded; `repeats` of an eval shows their spread",
        ),
        (
            "responses",
            {"response_format": {"type": "json_schema", "json_schema": SCHEMA}},
            "params has response_format, which the Responses API does not know: the form of an answer is "
            f"{TEXT_FORM}, without a json_schema inside",
        ),
        (
            "responses",
            {"text": {"format": {"type": "json_schema", "json_schema": SCHEMA}}},
            "params.text has a json_schema inside its format, as Chat Completions does; right is " + TEXT_FORM,
        ),
        (
            "responses",
            {"reasoning_effort": "low"},
            'params has reasoning_effort, which the Responses API does not know: write reasoning = { effort = "low" }',
        ),
        (
            "responses",
            {"stop": ["x"]},
            "params has stop, which the Responses API does not know: there is nothing in its place",
        ),
        (
            "responses",
            {"input": "x"},
            "params may not hold input: the input is made of the case: its system text, prompt and images",
        ),
        ("responses", {"background": True}, "params may not hold background: responses are waited for"),
        (
            "chat",
            {"text": FLAT},
            "params has text, which Chat Completions does not know: the form of an answer is "
            'response_format = { type = "json_schema", json_schema = { name, schema, strict } }',
        ),
        (
            "chat",
            {"max_output_tokens": 9},
            "params has max_output_tokens, which Chat Completions does not know: write max_tokens",
        ),
    ],
    ids=lambda value: (
        ",".join(value) if isinstance(value, dict) else value if isinstance(value, str) and len(value) < 10 else ""
    ),
)
def test_a_parameter_of_the_other_api_is_refused_with_the_right_form(
    api: Api, params: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        sent_params("gpt-4o", params, api=api)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("api", "params"),
    [
        ("responses", {"text": FLAT, "reasoning": {"effort": "low"}, "temperature": 0, "store": True}),
        ("responses", {"text": "odd", "store": True}),
        ("chat", {"response_format": {"type": "json_schema", "json_schema": SCHEMA}, "seed": 1}),
        ("chat", {"response_format": {"type": "json_schema", "schema": {}}}),
        ("chat", {"reasoning": {"effort": "low"}}),
    ],
    ids=["text-format", "text-odd", "response-format", "llama-cpp", "openrouter"],
)
def test_what_each_api_takes_is_sent_as_it_is(api: Api, params: dict[str, object]) -> None:
    assert sent_params("gpt-4o", params, api=api) == params


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        sent_params("gpt-4o", {"stream": True, "n": 3, "top_p": float("nan")})
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"max_tokens": 9},
            "params has max_tokens, which the embeddings API does not know: there is no output to limit",
        ),
        ({"input": ["x"]}, "params may not hold input: the input is the text that is compared"),
    ],
    ids=["foreign", "reserved"],
)
def test_embeddings_have_parameters_of_their_own(params: dict[str, object], message: str) -> None:
    assert sent_params("e", {"dimensions": 256}, api="embeddings") == {"dimensions": 256}
    with pytest.raises(ConfigError) as caught:
        sent_params("e", params, api="embeddings")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("gpt-4o-2024-08-06", True),
        ("gpt-4.1", True),
        ("qwen2.5vl:7b", True),
        ("gpt-oss-20b", True),
        ("gpt-5.1", False),
        ("openai/gpt-6-luna", False),
        ("o3", False),
        ("ft:o4-mini:us", False),
    ],
)
def test_reasoning_models_take_no_temperature(model: str, takes: bool) -> None:
    assert takes_temperature(model) is takes
