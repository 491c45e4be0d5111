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
    lines = [line for line in result.out.splitlines() if not line.startswith(" ")]
    assert [line.partition(":")[0] for line in lines] == [
        "fake (default)",
        "keyed",
        "offline-describer",
        "offline-reader",
    ]
    assert lines[0] == "fake (default): sends 'fake-vlm' to 127.0.0.1:9, 8 at a time; ready"
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
    assert snellen("models", "gpt-5.1").out == "gpt-5.1: sends 'gpt-5.1' to api.openai.com, 8 at a time; ready\n"


def test_outside_of_any_project_the_built_in_ones_are_there(tmp_path, snellen: Cli, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [line.partition(":")[0] for line in snellen("models").out.splitlines()] == [
        "offline-describer",
        "offline-reader",
    ]
