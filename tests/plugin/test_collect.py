"""What pytest collects, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalkit import make_project

_PYTHON_EVAL = """
import snellen

@snellen.cases("../datasets/shapes")
def eval_names_the_colour(case, response):
    assert "red" in response.text
"""


def _ids(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_yaml_and_python_evals_give_an_item_for_each_case_and_model(pytester: pytest.Pytester) -> None:
    make_project(pytester.path)
    (pytester.path / "evals" / "eval_colours.py").write_text(_PYTHON_EVAL)
    result = pytester.runpytest("--co", "-q", "evals", "--eval-model", "fake", "--eval-model", "other")
    assert _ids(result) == [
        "evals/eval_colours.py::eval_names_the_colour[c0-fake]",
        "evals/eval_colours.py::eval_names_the_colour[c0-other]",
        "evals/eval_colours.py::eval_names_the_colour[c1-fake]",
        "evals/eval_colours.py::eval_names_the_colour[c1-other]",
        "evals/shapes.eval.yaml::shapes[c0-fake]",
        "evals/shapes.eval.yaml::shapes[c0-other]",
        "evals/shapes.eval.yaml::shapes[c1-fake]",
        "evals/shapes.eval.yaml::shapes[c1-other]",
    ]


def test_prompt_variants_and_repeats_are_items_of_their_own(pytester: pytest.Pytester) -> None:
    make_project(pytester.path, cases=1)
    text = 'dataset: ../datasets/shapes\nrepeats: 2\nprompts: {plain: "{{ prompt }}", terse: "{{ prompt }} Briefly."}\n'
    (pytester.path / "evals" / "shapes.eval.yaml").write_text(text)
    result = pytester.runpytest("--co", "-q", "evals")
    names = ["c0-plain-fake", "c0-plain-fake-r1", "c0-terse-fake", "c0-terse-fake-r1"]
    assert _ids(result) == [f"evals/shapes.eval.yaml::shapes[{name}]" for name in names]


def test_ids_are_readable_in_korean(pytester: pytest.Pytester) -> None:
    make_project(pytester.path, cases=1)
    cases = pytester.path / "datasets" / "shapes" / "cases.jsonl"
    cases.write_text(cases.read_text().replace('"c0"', '"빨간-사각형"'), encoding="utf-8")
    (pytester.path / "evals" / "eval_colours.py").write_text(_PYTHON_EVAL)
    result = pytester.runpytest("--co", "-q", "evals")
    assert "evals/eval_colours.py::eval_names_the_colour[빨간-사각형-fake]" in _ids(result)


@pytest.mark.parametrize(
    ("chosen", "names"),
    [(["-k", "c1"], ["c1"]), (["-k", "dark"], ["c1"]), (["-k", "not c1"], ["c0"])],
    ids=["by-id", "by-tag", "negated"],
)
def test_k_selects_by_case_and_by_tag(pytester: pytest.Pytester, chosen: list[str], names: list[str]) -> None:
    make_project(pytester.path)
    cases = pytester.path / "datasets" / "shapes" / "cases.jsonl"
    first, second = cases.read_text().splitlines()
    cases.write_text(f'{first}\n{second[:-1]}, "tags": ["dark"]}}\n')
    result = pytester.runpytest("--co", "-q", "evals", *chosen)
    assert _ids(result) == [f"evals/shapes.eval.yaml::shapes[{name}-fake]" for name in names]


def test_a_script_that_is_named_like_an_eval_is_never_imported(pytester: pytest.Pytester) -> None:
    (pytester.path / "eval_imagenet.py").write_text("raise SystemExit('a script ran')\n")
    (pytester.path / "test_ordinary.py").write_text("def test_it(): pass\n")
    result = pytester.runpytest()
    result.assert_outcomes(passed=1)


def test_an_ordinary_suite_loads_nothing_but_the_hooks(pytester: pytest.Pytester) -> None:
    test = """
        import sys

        def test_it():
            loaded = sorted(name for name in sys.modules if name.startswith("snellen."))
            assert loaded == ["snellen.plugin", "snellen.plugin.hooks"]
            assert "openai" not in sys.modules
    """
    pytester.makepyfile(test)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)


def test_the_names_case_and_response_stay_free_in_ordinary_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(response): pass")
    result = pytester.runpytest()
    result.stdout.fnmatch_lines(["*fixture 'response' not found*"])


def test_all_bad_rows_are_a_collection_error_that_names_them(pytester: pytest.Pytester) -> None:
    make_project(pytester.path)
    cases = pytester.path / "datasets" / "shapes" / "cases.jsonl"
    cases.write_text('{"id": "a", "promt": "x", "images": ["images/0.png"]}\n{"id": "b", "prompt": "x"}\n')
    result = pytester.runpytest("evals")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cases.jsonl:1*'a'*promt*Did you mean 'prompt'?*", "*cases.jsonl:2*'b'*no image*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_unknown_model_setting_is_a_usage_error(pytester: pytest.Pytester) -> None:
    root = make_project(pytester.path)
    text = (root / "pyproject.toml").read_text().replace("base_url", "base_ulr")
    (root / "pyproject.toml").write_text(text)
    result = pytester.runpytest("evals")
    result.stdout.fnmatch_lines(["*base_ulr*", "*Did you mean 'base_url'?*"])


def test_a_function_may_also_be_parametrized(pytester: pytest.Pytester) -> None:
    make_project(pytester.path, cases=1)
    text = "import pytest\n" + _PYTHON_EVAL.replace("@snellen", "@pytest.mark.parametrize('limit', [1, 2])\n@snellen")
    (pytester.path / "evals" / "eval_colours.py").write_text(text.replace("response)", "response, limit)"))
    result = pytester.runpytest("--co", "-q", "evals/eval_colours.py")
    assert [line.split("::")[1] for line in _ids(result)] == [
        "eval_names_the_colour[c0-fake-1]",
        "eval_names_the_colour[c0-fake-2]",
    ]


def test_modules_of_one_name_in_two_folders_are_both_collected(pytester: pytest.Pytester, tmp_path: Path) -> None:
    root = make_project(pytester.path, cases=1)
    for folder in ("a", "b"):
        (root / "evals" / folder).mkdir()
        text = _PYTHON_EVAL.replace("../datasets", "../../datasets")
        (root / "evals" / folder / "eval_colours.py").write_text(text)
    result = pytester.runpytest("--co", "-q", "evals", "--import-mode=importlib")
    assert len([line for line in _ids(result) if "eval_colours" in line]) == 2


def test_an_item_can_be_selected_by_the_id_it_is_shown_with(pytester: pytest.Pytester) -> None:
    make_project(pytester.path)
    (pytester.path / "evals" / "eval_colours.py").write_text(_PYTHON_EVAL)
    chosen = ["evals/eval_colours.py::eval_names_the_colour[c1-fake]", "evals/shapes.eval.yaml::shapes[c0-fake]"]
    assert _ids(pytester.runpytest("--co", "-q", *chosen)) == chosen


def test_m_selects_by_the_marks_of_a_function(pytester: pytest.Pytester) -> None:
    make_project(pytester.path, cases=1)
    marked = _PYTHON_EVAL.replace("@snellen", "@pytest.mark.slow\n@snellen").replace(
        "import snellen", "import pytest, snellen"
    )
    (pytester.path / "evals" / "eval_colours.py").write_text(marked)
    result = pytester.runpytest("--co", "-q", "evals", "-m", "slow", "-W", "ignore::pytest.PytestUnknownMarkWarning")
    assert _ids(result) == ["evals/eval_colours.py::eval_names_the_colour[c0-fake]"]


def test_a_file_that_only_asks_is_an_eval_though_it_imports_nothing(pytester: pytest.Pytester) -> None:
    (pytester.path / "eval_free.py").write_text("def eval_free(ask): pass\n")
    assert _ids(pytester.runpytest("--co", "-q")) == ["eval_free.py::eval_free"]
