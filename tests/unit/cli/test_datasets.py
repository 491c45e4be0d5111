"""`snellen datasets check` reads every row, decodes every picture, and sends nothing."""

from __future__ import annotations

from pathlib import Path

from clikit import Cli

_FIRST_LOOK = Path(__file__).parents[3] / "datasets/first_look"


def test_the_bundled_dataset_is_good(snellen: Cli) -> None:
    result = snellen("datasets", "check", _FIRST_LOOK)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[-1].startswith("first_look: 37 good cases, ")
    assert ", 0 problems, " in result.out


def test_every_problem_is_named_on_stderr(project, snellen: Cli) -> None:
    root = project(cases=3)
    cases = root / "datasets/shapes/cases.jsonl"
    first, second, third = cases.read_text().splitlines()
    cases.write_text("\n".join([first, second.replace('"prompt"', '"promt"'), third]))
    picture = root / "datasets/shapes/images/2.png"
    picture.write_bytes(picture.read_bytes()[:50])
    result = snellen("datasets", "check", "datasets/shapes")
    assert result.code == 2
    assert "cases.jsonl:2: case 'c1': " in result.err
    assert "cases.jsonl:3: case 'c2': " in result.err
    assert result.out.startswith("shapes: 1 good case, ")
    assert "2 problems" in result.out


def test_an_expectation_that_surprises_is_noted_and_no_problem(project, snellen: Cli) -> None:
    root = project(cases=1)
    cases = root / "datasets/shapes/cases.jsonl"
    cases.write_text(cases.read_text().replace('["red"]', '{"all": ["red"], "none": ["red"]}'))
    result = snellen("datasets", "check", "datasets/shapes")
    assert result.code == 0
    assert "note: datasets/shapes/cases.jsonl:1: case 'c0': " in result.out


def test_a_dataset_that_is_not_there(project, snellen: Cli) -> None:
    project()
    result = snellen("datasets", "check", "datasets/shaeps")
    assert (result.code, "datasets/shaeps" in result.err) == (2, True)
