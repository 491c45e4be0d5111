"""Eval files: what they give, and every kind of mistake in them, all of them at once and with their lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from snellen.case import ScorerSpec
from snellen.errors import InputError
from snellen.runner.load import eval_files, load_eval_file, load_evals, written_at
from snellen.runner.modules import load_scorers
from snellen.runner.settings import Settings
from snellen.testing import tiny_png


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "evals").mkdir()
    monkeypatch.chdir(tmp_path / "evals")  # messages name files as seen from here
    folder = tmp_path / "datasets/shapes"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(tiny_png())
    rows = [{"id": name, "images": "a.png", "prompt": f"{name}?", "tags": [name * 2]} for name in ("a", "b", "c")]
    (folder / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "dataset.yaml").write_text("name: shapes\n")
    return Settings(root=tmp_path, recordings=tmp_path / "evals/recordings", state=tmp_path / ".snellen")


def write(settings: Settings, text: str, name: str = "x.eval.yaml") -> Path:
    file = settings.root / "evals" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def said_of(settings: Settings, text: str, name: str = "x.eval.yaml") -> list[str]:
    """What is wrong with an eval file, a line each."""
    file = write(settings, text, name)
    with pytest.raises(InputError) as caught:
        [list(one.load()) for one in load_eval_file(file, settings)]
    return [str(problem) for problem in caught.value.problems]


# YAML.


def test_a_yaml_eval_with_everything(settings: Settings) -> None:
    text = """
dataset: ../datasets/shapes
only: [a, c]
tags: aa
prompts:
  plain: "{{ prompt }}"
  terse: "{{ prompt }} Briefly."
models: [gpt, 4]
scorers: keywords
repeats: 3
params: {max_tokens: 300}
"""
    (one,) = load_eval_file(write(settings, text), settings)
    assert (one.name, one.recordings, one.file) == ("x", "x", settings.root / "evals/x.eval.yaml")
    assert [case.id for case in one.load()] == ["a"]
    assert one.variants == {"plain": "{{ prompt }}", "terse": "{{ prompt }} Briefly."}
    assert (one.models, one.scorers, one.repeats, one.params) == (
        ("gpt", "4"),
        (ScorerSpec(name="keywords"),),
        3,
        {"max_tokens": 300},
    )
    assert one.body is None


def test_a_yaml_eval_with_nothing_but_its_dataset(settings: Settings) -> None:
    (one,) = load_eval_file(write(settings, "dataset: ../datasets/shapes"), settings)
    assert [case.id for case in one.load()] == ["a", "b", "c"]
    assert (one.variants, one.models, one.scorers, one.repeats, one.params) == ({"": None}, (), None, 1, {})


@pytest.mark.parametrize("key", ["cases", "dataset"])
def test_cases_may_also_be_a_file(settings: Settings, key: str) -> None:
    (one,) = load_eval_file(write(settings, f"{key}: ../datasets/shapes/cases.jsonl"), settings)
    assert [case.id for case in one.load()] == ["a", "b", "c"]


def test_cases_may_stand_in_the_eval(settings: Settings) -> None:
    text = "cases:\n- {id: q, prompt: Q?, images: ../datasets/shapes/a.png, expect: red}\n"
    (one,) = load_eval_file(write(settings, text), settings)
    (case,) = one.load()
    assert (case.id, case.prompt, case.expect.all, str(case.source)) == ("q", "Q?", (("red",),), "x.eval.yaml:2")


def test_cases_are_read_anew_each_time(settings: Settings) -> None:
    (one,) = load_eval_file(write(settings, "dataset: ../datasets/shapes\nonly: b"), settings)
    assert [case.id for case in one.load()] == [case.id for case in one.load()] == ["b"]


INLINE = "cases:\n- {id: q, prompt: Q?, images: ../datasets/shapes/a.png}\n"
DATASET = "dataset: ../datasets/shapes\n"
MISTAKES = {
    "unknown-key": (
        DATASET + "promts: {}",
        "x.eval.yaml:2: unknown key 'promts'\n  Did you mean 'prompts'?",
    ),
    "far-key": (
        DATASET + "colour: red",
        "x.eval.yaml:2: unknown key 'colour'\n"
        "  Known: cases, dataset, gates, metrics, models, only, params, prompts, repeats, scorers, tags.",
    ),
    "no-source": ("repeats: 2", "x.eval.yaml:1: has neither `dataset` nor `cases`"),
    "two-sources": (DATASET + INLINE, "x.eval.yaml:1: has both `dataset` and `cases`"),
    "source-of-another-kind": ("dataset: {a: 1}", "x.eval.yaml:1: names no file or folder, but {'a': 1}"),
    "not-a-mapping": (
        "- a\n- b",
        "x.eval.yaml:1: an eval file is a mapping of keys\n"
        "  It begins with `dataset: ../datasets/NAME` or `cases:` and a list.",
    ),
    "empty": ("", "x.eval.yaml:1: an eval file is a mapping of keys\n"),
    "prompts": (DATASET + "prompts: [a]", "x.eval.yaml:2: `prompts` is a mapping of name to template\n  Such as: "),
    "prompt-of-another-kind": (DATASET + "prompts: {a: [1]}", "x.eval.yaml:2: `prompts` is a mapping of name to tem"),
    "prompt-that-is-no-template": (
        DATASET + 'prompts: {a: "{{ prompt"}',
        "x.eval.yaml:2: prompt variant 'a': the prompt template '{{ prompt' is",
    ),
    "models": (DATASET + "models: {a: 1}", "x.eval.yaml:2: `models` is a name or a list of names, not {'a': 1}"),
    "only": (DATASET + "only: [[a]]", "x.eval.yaml:2: `only` is a name or a list of names, not [['a']]"),
    "tags": (DATASET + "tags: 1.5", "x.eval.yaml:2: `tags` is a name or a list of names, not 1.5"),
    "scorer": (
        DATASET + "scorers: [keyword]",
        "x.eval.yaml:2: scorer 'keyword' is not registered. Did you mean 'keywords'? ",
    ),
    "no-scorers": (
        DATASET + "scorers: []",
        "x.eval.yaml:2: `scorers` is empty\n  Leave it out for what each case expects; or name a scorer, such as ",
    ),
    "repeats": (DATASET + "repeats: 0", "x.eval.yaml:2: `repeats` is 0; right is a whole number from 1 to 10,000"),
    "repeats-of-another-kind": (DATASET + "repeats: yes", "x.eval.yaml:2: `repeats` is 'yes'; right is "),
    "too-many-repeats": (DATASET + "repeats: 10001", "x.eval.yaml:2: `repeats` is 10001; right is "),
    "params": (DATASET + "params: 300", "x.eval.yaml:2: `params` is a mapping, such as params: {max_tokens: 300}"),
    "param-that-is-ours": (DATASET + "params: {model: gpt}", "x.eval.yaml:2: "),
    "only-of-no-case": (DATASET + "only: aa", "x.eval.yaml: only='aa', but no case has that id\n  Did you mean 'a'?"),
    "tags-of-no-case": (DATASET + "tags: [x, y]", "x.eval.yaml: no case has a tag of x, y"),
    "no-such-dataset": ("dataset: ../datasets/shaeps", "shaeps"),
    "no-cases": ("cases: []", "x.eval.yaml: there is no case"),
    "inline-row": ("cases:\n- {id: q, promt: Q?}", "x.eval.yaml:2: case 'q': "),
    "twice-the-same-key": (DATASET + DATASET, "x.eval.yaml:2: "),
    "not-yaml": ("dataset: [", "x.eval.yaml:"),
    "unsafe-tag": ("dataset: !!python/object/apply:os.system [x]", "x.eval.yaml:1: "),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_yaml_eval(settings: Settings, text: str, said: str) -> None:
    problems = said_of(settings, text)
    assert said in problems[0]


def test_all_mistakes_of_a_file_are_said_in_the_order_of_its_lines(settings: Settings) -> None:
    text = """cases:
- {id: q, prompt: Q?, images: ../datasets/shapes/a.png}
- {id: r, promt: R?, images: ../datasets/shapes/a.png}
- {id: s, prompt: S?, images: ../datasets/shapes/b.png}
repeats: many
prompts: {a: "{{ prompt"}
scorers: [exct]
params: [a]
models: {a: b}
colour: red
"""
    lines = [problem.partition(" ")[0] for problem in said_of(settings, text)]
    assert lines == [f"x.eval.yaml:{line}:" for line in (3, 4, 5, 6, 7, 8, 9, 10)]


def test_mistakes_of_several_files_are_said_together(settings: Settings) -> None:
    write(settings, "repeats: 0", "x.eval.yaml")
    write(settings, "import snellen\nraise RuntimeError('no luck')\n", "eval_y.py")
    with pytest.raises(InputError) as caught:
        load_evals([settings.root / "evals"], settings)
    files = [problem.file for problem in caught.value.problems]
    assert files == ["eval_y.py", "x.eval.yaml", "x.eval.yaml"]


# Python.

PYTHON = "import snellen\n\n@snellen.cases('../datasets/shapes', only='b', repeats=2)\ndef eval_it(case, response):\n"


@pytest.mark.parametrize(
    ("body", "says_something"),
    [
        ("    ...", False),
        ("    pass", False),
        ('    """What it is for."""', False),
        ("    assert response.text", True),
        ('    """Why."""\n    assert response.text', True),
        ("    case.id", True),
    ],
)
def test_a_body_counts_when_it_says_something(settings: Settings, body: str, says_something: bool) -> None:
    (one,) = load_eval_file(write(settings, PYTHON + body, "eval_signs.py"), settings)
    assert (one.name, one.recordings, one.repeats, one.body is not None) == ("signs.it", "signs", 2, says_something)
    assert [case.id for case in one.load()] == ["b"]


def test_a_python_file_gives_an_eval_for_each_declared_function_in_its_order(settings: Settings) -> None:
    text = PYTHON + "    ...\n\n@snellen.cases([])\ndef eval_a(case, response): ...\n\ndef eval_free(ask): ...\n"
    found = load_eval_file(write(settings, text, "eval_signs.py"), settings)
    assert [one.name for one in found] == ["signs.it", "signs.a"]


def test_files_of_one_name_in_two_folders_are_two_evals(settings: Settings) -> None:
    text = "dataset: ../../datasets/shapes"
    names = ["a/x.eval.yaml", "b/x.eval.yaml", "../checks/x.eval.yaml"]
    found = [load_eval_file(write(settings, text, name).resolve(), settings)[0].name for name in names]
    assert found == ["a/x", "b/x", "checks/x"]


def test_the_name_of_a_file_need_not_be_unicode(settings: Settings) -> None:
    (one,) = load_eval_file(write(settings, DATASET, "s\udcff.eval.yaml"), settings)
    assert one.name == "s\ufffd"


PYTHON_MISTAKES = {
    "syntax": ("import snellen\ndef (:\n", "eval_x.py:2: SyntaxError: "),
    "at-import": ("import snellen\n\n1 / 0\n", "eval_x.py:3: ZeroDivisionError: division by zero"),
    "no-such-module": ("import snellen\nimport nowhere_at_all\n", "eval_x.py:2: ModuleNotFoundError: "),
    "async": (
        "import snellen\n\n@snellen.cases([])\nasync def eval_it(case, response): ...\n",
        "eval_x.py::eval_it: an eval function is not async\n  Write def: the response is there.",
    ),
    "name": (
        "import snellen\n\n@snellen.cases([])\ndef evaluate_it(case, response): ...\n",
        "eval_x.py:3: evaluate_it has @snellen.cases and would never run\n  Rename it: eval_evaluate_it.",
    ),
    "repeats": ("import snellen\n\n@snellen.cases([], repeats=0)\ndef eval_it(case, response): ...\n", "repeats is 0"),
    "scorer": (
        "import snellen\n\n@snellen.cases([], scorers='keyword')\ndef eval_it(case, response): ...\n",
        "eval_x.py:3: scorer 'keyword' is not registered",
    ),
    "prompt": (
        "import snellen\n\n@snellen.cases([], prompts={'a': '{{ x'})\ndef eval_it(case, response): ...\n",
        "eval_x.py::eval_it: prompt variant 'a'",
    ),
    "row": (
        "import snellen\n\n@snellen.cases({'id': 'q', 'promt': 'x'})\ndef eval_it(case, response): ...\n",
        "eval_x.py: case 'q': ",
    ),
    "nothing": ("import snellen\n\n@snellen.cases([])\ndef eval_it(case, response): ...\n", "there is no case"),
}


@pytest.mark.parametrize(("text", "said"), PYTHON_MISTAKES.values(), ids=PYTHON_MISTAKES)
def test_a_mistake_in_a_python_eval(settings: Settings, text: str, said: str) -> None:
    assert said in said_of(settings, text, "eval_x.py")[0]


@pytest.mark.parametrize(("arguments", "fixture"), [("case, response", ""), ("response, case", ""), ("response", "")])
def test_a_function_takes_case_and_response_by_name(settings: Settings, arguments: str, fixture: str) -> None:
    text = f"import snellen\n\n@snellen.cases('../datasets/shapes')\ndef eval_it({arguments}): assert response == 7\n"
    (one,) = load_eval_file(write(settings, text, "eval_x.py"), settings)
    assert (one.fixture, one.body is None) == (fixture, False)
    assert one.body is not None
    one.body(None, 7)
    with pytest.raises(AssertionError):
        one.body(None, 8)


def test_a_further_fixture_is_left_to_pytest(settings: Settings) -> None:
    text = "import snellen\n\n@snellen.cases('../datasets/shapes')\ndef eval_it(case, response, tmp_path): assert 0\n"
    (one,) = load_eval_file(write(settings, text, "eval_x.py"), settings)
    assert one.fixture == "tmp_path"


# Finding files.


def test_eval_files_of_a_folder_are_found_in_order_and_others_are_left(settings: Settings) -> None:
    wanted = ["a/z.eval.yml", "eval_b.py", "x.eval.yaml"]
    others = ["eval_other.py", ".hidden/x.eval.yaml", "__pycache__/eval_b.py", "cases.yaml", "b_eval.py", "README.md"]
    for name in wanted:
        write(settings, "# snellen", name)
    for name in others:
        write(settings, "" if name == "eval_other.py" else "# snellen", name)
    folder = settings.root / "evals"
    assert eval_files([folder]) == [folder / name for name in wanted]
    assert eval_files([folder / "x.eval.yaml", folder]) == [folder / name for name in ("x.eval.yaml", *wanted[:2])]


def test_one_file_that_is_named_in_two_ways_is_one_file(settings: Settings) -> None:
    file = write(settings, DATASET)
    assert eval_files([file, file.parent / ".." / "evals" / "x.eval.yaml", file.parent]) == [file]


def test_two_evals_of_one_name_are_refused(settings: Settings) -> None:
    write(settings, DATASET, "signs.it.eval.yaml")
    write(settings, PYTHON + "    ...", "eval_signs.py")
    with pytest.raises(InputError) as caught:
        load_evals([settings.root / "evals"], settings)
    assert str(caught.value) == (
        "signs.it.eval.yaml: makes an eval 'signs.it', and so does eval_signs.py\n"
        "  Rename one of them: a report tells evals apart by their names."
    )


NO_FILES = {
    "nothing-there": ("measures", "measures does not exist\n  Give a file or folder: snellen run evals"),
    "empty-folder": ("evals", "evals holds no eval\n  Evals are files named eval_*.py or *.eval.yaml."),
    "other-file": (
        "datasets/shapes/a.png",
        "a.png is no eval file\n  Evals are files named eval_*.py that use snellen, or *.eval.yaml.",
    ),
}


@pytest.mark.parametrize(("name", "said"), NO_FILES.values(), ids=NO_FILES)
def test_a_path_without_evals(settings: Settings, name: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        eval_files([settings.root / name])
    assert str(caught.value).endswith(said)


# Gates and metrics, which are read where runs are looked at.


def test_gates_are_kept_as_written_and_found_again(settings: Settings) -> None:
    text = DATASET + "gates:\n  - accuracy >= 90%\n  - no_broken: {tags: [till]}\nmetrics: f1\n"
    (one,) = load_eval_file(write(settings, text), settings)
    assert one.gates == ("accuracy >= 90%", {"no_broken": {"tags": ["till"]}})
    assert one.metrics == ("f1",)
    assert [line for _, line in (written_at(one, "gates", 1), written_at(one, "metrics", 0))] == [4, 5]
    (lone,) = load_eval_file(write(settings, DATASET + "gates: accuracy >= 90%\n"), settings)
    assert lone.gates == ("accuracy >= 90%",)
    assert written_at(lone, "gates", 0)[1] == 2


def test_gates_of_a_function_are_found_by_its_name(settings: Settings) -> None:
    text = "import snellen\n\n@snellen.cases([], gates='errors == 0')\ndef eval_it(case, response): ...\n"
    (one,) = load_eval_file(write(settings, text, "eval_x.py"), settings)
    file, line = written_at(one, "gates", 0)
    assert one.gates == ("errors == 0",)
    assert (file.endswith("eval_x.py::eval_it"), line) == (True, None)


def test_the_projects_own_scorers_are_imported_once_before_evals_name_them(settings: Settings) -> None:
    file = settings.root / "mine.py"
    file.write_text("import snellen\n\n@snellen.scorer\ndef mine_alone(case, response):\n    return True\n")
    own = replace(settings, scorers=(file,))
    (one,) = load_evals([write(settings, DATASET + "scorers: mine-alone\n")], own)
    assert one.scorers == (ScorerSpec(name="mine-alone"),)
    file.write_text("raise RuntimeError('imported twice')")
    load_scorers(own)


def test_a_scorer_file_that_cannot_be_imported_is_told_each_time(settings: Settings) -> None:
    file = settings.root / "broken.py"
    file.write_text("\n1 / 0\n")
    for _ in range(2):
        with pytest.raises(InputError, match=r"broken\.py:2: ZeroDivisionError"):
            load_scorers(replace(settings, scorers=(file,)))
