"""`snellen models` says who can be asked now, and what is missing otherwise."""

from __future__ import annotations

import pytest

from clikit import Cli

_TABLES = """
[tool.snellen.models.keyed]
name = "gpt-5.1"
api_key_env = "NO_SUCH_KEY"
concurrency = 3
"""


def test_the_models_of_a_project_come_first_and_then_the_built_in_ones(project, snellen: Cli) -> None:
    root = project()
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + _TABLES)
    result = snellen("models")
    lines = [line for line in result.out.splitlines() if not line.startswith("  ")]
    assert [line.partition(":")[0] for line in lines] == [
        "fake (default)",
        "keyed",
        "offline-describer",
        "offline-reader",
    ]
    assert lines[0] == "fake (default): sends 'fake-vlm' to 127.0.0.1:9, 16 at a time; ready"
    assert lines[1].startswith("keyed: sends 'gpt-5.1' to api.openai.com, 3 at a time; not ready: ")
    assert "NO_SUCH_KEY is not set" in lines[1]
    assert result.code == 0


@pytest.mark.parametrize(("name", "code"), [("fake", 0), ("keyed", 2), ("offline-reader", 0), ("gpt-5.1", 2)])
def test_a_model_that_is_named_and_cannot_be_asked_is_2(project, snellen: Cli, name: str, code: int) -> None:
    root = project()
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + _TABLES)
    result = snellen("models", name)
    assert (result.code, result.out.startswith(f"{name}")) == (code, True)


def test_a_key_makes_it_ready(project, snellen: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    project()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "x" * 30)
    assert snellen("models", "gpt-5.1").out == (
        "gpt-5.1: sends 'gpt-5.1' to api.openai.com, 16 at a time; ready\n  api     chat\n  price   unknown\n"
    )


def test_all_that_is_known_of_a_model_is_said(project, snellen: Cli) -> None:
    root = project()
    table = """
[tool.snellen.models.claude]
name = "claude-x"
api = "responses"
base_url = "https://api.anthropic.com/v1"
api_key_env = "SOME_KEY"
params = { temperature = 2 }
price = { input = 3, cached = 0.3, output = 15.5 }
requests_per_minute = 50
tokens_per_minute = 200_000.5
"""
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + table)
    assert snellen("models", "claude").out.partition("\n  api")[2].splitlines() == [
        "     responses",
        "  price   $3 input, $0.3 cached, $15.5 output per million tokens (yours)",
        "  limits  50 requests a minute, 200,000.5 tokens a minute",
        "  server  Anthropic, compatible endpoint (platform.claude.com/docs/en/api/openai-sdk, 2025)",
        "          System and developer messages are gathered and put first.",
        "          n must be 1.",
        "          The details of usage are empty.",
    ]


def test_what_a_server_ignores_of_the_parameters_is_said(project, snellen: Cli) -> None:
    root = project()
    table = """
[tool.snellen.models.llava]
base_url = "http://127.0.0.1:11434/v1"
params = { max_completion_tokens = 300 }
"""
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + table)
    assert snellen("models", "llava").out.splitlines() == [
        "llava: sends 'llava' to 127.0.0.1:11434, 16 at a time; ready",
        "  api     chat",
        "  price   unknown",
        "  server  Ollama (ollama/ollama, openai/openai.go; issue 18418, 2026-11-22)",
        "          takes pictures inline only; addresses need images = { inline_urls = true }",
        "          reads image/jpeg, image/png, image/webp",
        "          ignores detail",
        "          ollama ignores max_completion_tokens: answers are not limited; write max_tokens",
        "          Each part of a message becomes a message of its own, in order.",
        "          Without a temperature it takes 1.0, without a top_p 1.0.",
    ]


_BROKEN = """
[tool.snellen.models.broken]
concurency = 3
timeout_s = -1
[tool.snellen.models.twice]
name = "gpt-5.1"
params = { max_tokens = 3, max_completion_tokens = 4 }
"""


def test_tables_that_are_broken_are_named_with_all_their_problems_and_the_others_are_listed(project, snellen) -> None:
    root = project()
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + _BROKEN)
    result = snellen("models")
    assert result.code == 0
    assert result.err == ""
    lines = result.out.splitlines()
    assert lines[0].startswith("fake (default): sends ")
    assert lines[3:6] == [
        "broken: cannot be used: pyproject.toml: [tool.snellen.models.broken] timeout_s is -1; "
        "right is a number of seconds above 0",
        "pyproject.toml: [tool.snellen.models.broken] has no setting 'concurency'",
        "  Did you mean 'concurrency'?",
    ]
    assert lines[6].endswith(
        "not ready: params has both max_tokens and max_completion_tokens; gpt-5.1 takes max_completion_tokens"
    )
    assert lines[-2].startswith("offline-describer: ")


@pytest.mark.parametrize("name", ["broken", "twice", "brokn"])
def test_a_named_model_that_is_broken_is_2(project, snellen: Cli, name: str) -> None:
    root = project()
    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + _BROKEN)
    result = snellen("models", "fake", name)
    assert result.code == 2
    assert [line.partition(":")[0] for line in result.out.splitlines() if line.startswith((name, "fake"))] == [
        "fake (default)",
        name,
    ]


def test_outside_of_any_project_the_built_in_ones_are_there(tmp_path, snellen: Cli, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [line.partition(":")[0] for line in snellen("models").out.splitlines()] == [
        "offline-describer",
        "offline-reader",
    ]
