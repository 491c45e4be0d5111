"""What to do about a server's error is said in the words of the API that was asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snellen.models.spec import ModelSpec
from snellen.models.verdicts import said_of, verdict_of

CHAT = ModelSpec(key="m", name="x", params={"max_tokens": 3})
RESPONSES = replace(CHAT, api="responses")
PLACE = "[tool.snellen.models.m]"


def hint_of(spec: ModelSpec, message: str, **error: str) -> str:
    return verdict_of(400, said_of({"error": {"message": message, **error}}), spec=spec).hint


@pytest.mark.parametrize(
    ("spec", "path"), [(CHAT, "/chat/completions"), (RESPONSES, "/responses")], ids=["chat", "responses"]
)
def test_an_unknown_model_names_the_path_that_is_added_to_the_address(spec: ModelSpec, path: str) -> None:
    assert hint_of(spec, "The model `x` does not exist", code="model_not_found") == (
        f"Check the model's name, 'x', and base_url, which ends before {path}."
    )


@pytest.mark.parametrize(
    ("spec", "param", "hint"),
    [
        (
            CHAT,
            "max_tokens",
            f"Write max_completion_tokens instead of max_tokens in params of {PLACE}, or of the eval.",
        ),
        (
            RESPONSES,
            "max_tokens",
            f"Write max_output_tokens instead of max_tokens in params of {PLACE}, or of the eval.",
        ),
        (
            RESPONSES,
            "max_completion_tokens",
            f"Write max_output_tokens instead of max_completion_tokens in params of {PLACE}, or of the eval.",
        ),
        (
            RESPONSES,
            "store",
            f"store = false is sent unless you say otherwise: write as_written = true in params of {PLACE}.",
        ),
        (
            replace(RESPONSES, params={"store": True}),
            "store",
            f"This model does not take it: remove store from params of {PLACE} and of the eval, or give it another "
            "value.",
        ),
    ],
)
def test_a_refused_parameter_is_called_what_the_api_calls_it(spec: ModelSpec, param: str, hint: str) -> None:
    assert hint_of(spec, f"Unsupported parameter: '{param}'", param=param) == hint
