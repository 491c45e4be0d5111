"""Settings: what wins over what, and what is said about those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from snellen.errors import ConfigError, InputError
from snellen.runner.load import load_evals
from snellen.runner.plan import plan
from snellen.runner.settings import Settings, find_root, load_settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "evals").mkdir()
    return tmp_path


def configure(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(f"[tool.snellen]\n{text}\n", encoding="utf-8")


# flag, environment, pyproject -> what is used
MODES = {
    "nobody-says": (None, None, None, "recorded"),
    "pyproject": (None, None, "missing", "missing"),
    "environment-over-pyproject": (None, "live", "missing", "live"),
    "flag-over-environment": ("refresh", "live", "missing", "refresh"),
    "flag-over-pyproject": ("recorded", None, "missing", "recorded"),
    "an-empty-variable-says-nothing": (None, "", "missing", "missing"),
}


@pytest.mark.parametrize(("flag", "variable", "written", "used"), MODES.values(), ids=MODES)
def test_mode(root: Path, flag: str | None, variable: str | None, written: str | None, used: str) -> None:
    configure(root, f'responses = "{written}"' if written else "")
    environ = {} if variable is None else {"SNELLEN_RESPONSES": variable}
    assert load_settings(root, environ=environ, mode=flag).mode == used


# flag, environment, eval file, pyproject -> what is asked
MODELS = {
    "pyproject": ((), "", "", '["d"]', ["d"]),
    "eval-over-pyproject": ((), "", "models: [c]", '["d"]', ["c"]),
    "environment-over-eval": ((), "b", "models: [c]", '["d"]', ["b"]),
    "flag-over-environment": (("a",), "b", "models: [c]", '["d"]', ["a"]),
    "several-of-each": (("a", "a2"), "b,b2", "models: [c, c2]", '["d", "d2"]', ["a", "a2"]),
    "a-list-in-the-environment": ((), " b , b2,", "", '["d"]', ["b", "b2"]),
    "named-twice-is-asked-once": (("a", "b", "a"), "", "", "[]", ["a", "b"]),
}


@pytest.mark.parametrize(("flag", "variable", "in_eval", "written", "asked"), MODELS.values(), ids=MODELS)
def test_models(root: Path, flag: tuple[str, ...], variable: str, in_eval: str, written: str, asked: list[str]) -> None:
    configure(root, f"default_models = {written}")
    case = "{id: a, prompt: p, images: http://127.0.0.1:9/x.png}"
    (root / "evals/x.eval.yaml").write_text(f"cases: [{case}]\n{in_eval}\n")
    settings = load_settings(root, environ={"SNELLEN_MODELS": variable}, models=flag)
    jobs = plan(load_evals([root / "evals"], settings), settings)
    assert [job.model.key for job in jobs] == asked


def test_no_model_at_all_says_where_to_name_one(root: Path) -> None:
    with pytest.raises(ConfigError, match="no model was named\n  Name one: --model NAME"):
        load_settings(root, environ={}).models_for(())


def test_a_project_without_pyproject_has_settings(root: Path) -> None:
    (root / "evals" / "deep").mkdir()
    settings = load_settings(root / "evals/deep", environ={})
    assert (settings.root, settings.config_file) == (root / "evals/deep", "")


def test_the_root_is_the_nearest_folder_with_a_pyproject(root: Path) -> None:
    configure(root, "")
    (root / "evals/deep").mkdir()
    (root / "evals/x.eval.yaml").touch()
    starts = [root, root / "evals/deep", root / "evals/x.eval.yaml", root / "not/there"]
    assert [find_root(start) for start in starts] == [root] * 4


def test_recordings_and_state_lie_in_the_project(root: Path) -> None:
    configure(root, "")
    settings = load_settings(root, environ={})
    assert (settings.recordings, settings.state) == (root / "evals/recordings", root / ".snellen")
    configure(root, 'recordings = "tapes"')
    assert load_settings(root, environ={}).recordings == root / "tapes"


def test_a_project_without_an_evals_folder_keeps_recordings_in_its_own(tmp_path: Path) -> None:
    configure(tmp_path, "")
    assert load_settings(tmp_path, environ={}).recordings == tmp_path / "recordings"


def test_pinned_addresses_are_files_of_the_project(root: Path) -> None:
    (root / "a.png").touch()
    configure(root, '[tool.snellen.pinned]\n"https://example.org/a.png" = "a.png"')
    assert load_settings(root, environ={}).pinned == {"https://example.org/a.png": root / "a.png"}


WRONG = {
    "mode": (
        'responses = "record"',
        "pyproject.toml: responses 'record' is none of recorded, missing, refresh, live\n  Did you mean 'recorded'?",
    ),
    "mode-that-is-no-text": ("responses = [1]", "pyproject.toml: responses [1] is none of recorded, missing"),
    "unknown-setting": ("respones = 1", "has no setting 'respones'\n  Did you mean 'responses'?"),
    "far-setting": ("colour = 1", "has no setting 'colour'\n  Known: default_models, fetch_hosts, gates, models, "),
    "gates": (
        'gates = "accuracy >= 0.9"',
        "gates is 'accuracy >= 0.9'; right is a list of gates\n  Such as: gates = [",
    ),
    "scorers": ('scorers = "mine.py"', "scorers is 'mine.py'; right is a list of Python files\n  Such as: scorers = ["),
    "scorers-of-numbers": ("scorers = [1]", "scorers is [1]; right is a list of Python files"),
    "a-scorer-that-is-not-there": ('scorers = ["mine.py"]', "scorers: there is no Python file 'mine.py'"),
    "a-scorer-of-another-kind": ('scorers = ["pyproject.toml"]', "scorers: there is no Python file 'pyproject.toml'"),
    "a-scorer-from-elsewhere": ('scorers = ["../mine.py"]', "scorers: path '../mine.py' leaves "),
    "default-models": ('default_models = "gpt"', "default_models is 'gpt'; right is a list of names"),
    "default-models-of-numbers": ("default_models = [1]", "default_models is [1]; right is a list of names"),
    "fetch-hosts": ("fetch_hosts = true", "fetch_hosts is True; right is a list of names"),
    "models": (
        'models = ["gpt"]',
        "[tool.snellen.models] holds a table for each model\n"
        "  The models a run uses by default are named in default_models.",
    ),
    "recordings": ("recordings = 1", "recordings is 1; right is a folder's name"),
    "pinned": ("pinned = 1", "[tool.snellen.pinned] is a table of address = file"),
    "pinned-outside": ('pinned = {"https://x" = "../a.png"}', "'https://x': path '../a.png' leaves "),
    "pinned-nothing": ('pinned = {"https://x" = "b.png"}', "'https://x': there is no file b.png"),
    "not-toml": ("= 1", "pyproject.toml: is not TOML: "),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_setting_that_cannot_be_used(root: Path, text: str, said: str) -> None:
    configure(root, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(root, environ={})
    assert said in str(caught.value)
    assert str(caught.value).startswith("pyproject.toml: ")


def test_all_that_is_wrong_is_said_at_once(root: Path) -> None:
    configure(root, 'respones = 1\ndefault_models = 1\nrecordings = 1\npinned = {"https://x" = "b.png"}')
    with pytest.raises(ConfigError) as caught:
        load_settings(root, environ={"SNELLEN_RESPONSES": "x"}, concurrency=0)
    assert [problem.message.split(";")[0] for problem in caught.value.problems] == [
        "[tool.snellen] has no setting 'respones'",
        "default_models is 1",
        "recordings is 1",
        "SNELLEN_RESPONSES 'x' is none of recorded, missing, refresh, live",
        "concurrency 0 is not a positive number",
        "[tool.snellen.pinned] 'https://x': there is no file b.png",
    ]


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\nsnellen = 1"], ids=["tool", "snellen"])
def test_tables_that_are_none(root: Path, text: str) -> None:
    (root / "pyproject.toml").write_text(text)
    if "snellen" in text:
        with pytest.raises(ConfigError, match=r"pyproject.toml: \[tool.snellen\] is not a table"):
            load_settings(root, environ={})
    else:
        assert load_settings(root, environ={}).mode == "recorded"


def test_the_environment_is_never_shown(root: Path) -> None:
    assert "k3y" not in repr(load_settings(root, environ={"OPENAI_API_KEY": "k3y" * 5}))


def test_a_model_table_that_cannot_be_used_is_said_when_the_model_is(root: Path) -> None:
    configure(root, "[tool.snellen.models.gpt]\nbase_ulr = 1")
    settings = load_settings(root, environ={})
    assert settings.model("other").name == "other"
    with pytest.raises(InputError, match="base_ulr"):
        settings.model("gpt")


@pytest.mark.parametrize(("name", "meant"), [("faek", "fake"), ("offline-descriver", "offline-describer")])
def test_a_slip_in_a_models_name_is_refused_before_it_goes_elsewhere(tmp_path: Path, name: str, meant: str) -> None:
    table = {"fake": {"base_url": "http://127.0.0.1:9/v1"}}
    settings = Settings(root=tmp_path, recordings=tmp_path / "r", state=tmp_path / "s", model_table=table)
    with pytest.raises(ConfigError, match=f"model '{name}' is not configured\n  Did you mean '{meant}'"):
        settings.model(name)


def test_names_of_versions_are_no_slips_of_each_other(tmp_path: Path) -> None:
    table = {"gpt-5.1": {}, "gpt-4o": {}}
    settings = Settings(root=tmp_path, recordings=tmp_path / "r", state=tmp_path / "s", model_table=table)
    assert [settings.model(name).name for name in ("gpt-5.2", "gpt-4", "llava")] == ["gpt-5.2", "gpt-4", "llava"]


def test_models_of_one_flag_may_be_separated_by_commas(tmp_path: Path) -> None:
    assert load_settings(tmp_path, environ={}, models=("a, b", "c")).models == ("a", "b", "c")


def test_gates_and_scorers_of_the_project(root: Path) -> None:
    (root / "mine.py").write_text("")
    configure(root, 'gates = ["errors == 0", { no_broken = "main" }]\nscorers = ["mine.py"]')
    settings = load_settings(root, environ={})
    assert settings.gates == ("errors == 0", {"no_broken": "main"})
    assert (settings.scorers, settings.more_gates) == ((root / "mine.py",), ())
