from __future__ import annotations

from pathlib import Path

import pytest

from corpus_text import SAMPLES, Sample, write_sample
from snellen.case import Case
from snellen.datasets.dataset import validate
from snellen.datasets.open import open_dataset
from snellen.errors import InputError, Problem


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_each_sample_gives_its_problems_and_its_good_cases(sample: Sample, tmp_path: Path) -> None:
    dataset = open_dataset(write_sample(sample, tmp_path / "sample"))
    entries = list(dataset.entries())
    problems = [entry for entry in entries if isinstance(entry, Problem)]
    assert [(problem.line, problem.case_id) for problem in problems] == [
        (expected.line, expected.case_id) for expected in sample.problems
    ]
    for problem, expected in zip(problems, sample.problems, strict=True):
        assert expected.part in problem.message
        assert problem.file == str(tmp_path / "sample" / sample.name)
        assert str(problem).isprintable() or str(problem) == f"{str(problem).splitlines()[0]}\n  {problem.hint}"
    assert tuple(entry.id for entry in entries if isinstance(entry, Case)) == sample.good
    assert validate(dataset) == problems


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.problems], ids=lambda sample: sample.id)
def test_cases_of_a_bad_sample_raise_all_its_problems_at_once(sample: Sample, tmp_path: Path) -> None:
    dataset = open_dataset(write_sample(sample, tmp_path / "sample"))
    with pytest.raises(InputError) as caught:
        list(dataset.cases())
    assert list(caught.value.problems) == validate(dataset)


def test_the_corpus_is_as_large_as_the_plan_says() -> None:
    kinds = [sample.id.split("-")[0] for sample in SAMPLES]
    assert kinds.count("path") >= 20
    assert kinds.count("yaml") >= 20
    assert kinds.count("jsonl") + kinds.count("csv") >= 30
    assert len({sample.id for sample in SAMPLES}) == len(SAMPLES)
