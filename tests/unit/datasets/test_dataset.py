from __future__ import annotations

import pickle
import tracemalloc
from pathlib import Path

import pytest

from corpus_text import PNG
from snellen.case import Case, Source
from snellen.datasets.card import Card
from snellen.datasets.dataset import Dataset, TakenIds, parse_rows, validate
from snellen.datasets.open import open_dataset
from snellen.datasets.raw import RawRow
from snellen.datasets.row import RowParser
from snellen.errors import InputError, Problem


def _row(case_id: str) -> str:
    return f'{{"id": "{case_id}", "prompt": "?", "images": "a.png"}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(PNG)
    return tmp_path


def _dataset(folder: Path, text: str, name: str = "x.jsonl") -> Dataset:
    (folder / name).write_text(text, encoding="utf-8")
    return open_dataset(folder / name)


def test_cases_can_be_read_again_and_keep_their_order(folder: Path) -> None:
    dataset = _dataset(folder, _row("b") + _row("a"))
    assert [case.id for case in dataset.cases()] == ["b", "a"]
    assert list(dataset.cases()) == list(dataset.cases())
    assert validate(dataset) == []


def test_a_dataset_travels_between_processes(folder: Path) -> None:
    dataset = _dataset(folder, _row("a"))
    copy = pickle.loads(pickle.dumps(dataset))  # noqa: S301  # our own bytes
    assert list(copy.cases()) == list(dataset.cases())


def test_all_formats_give_the_same_cases(folder: Path) -> None:
    texts = {
        "x.jsonl": '{"id": "a", "prompt": "?", "images": ["a.png"], "expect": ["3", "x|y"], "tags": ["t"]}\n',
        "x.yaml": "- {id: a, prompt: '?', images: a.png, expect: [3, x|y], tags: t}\n",
        "x.csv": "id,images,prompt,expect,tags\na,a.png,?,3;x|y,t\n",
    }
    cases = [next(_dataset(folder, text, name).cases()) for name, text in texts.items()]
    facts = {(case.id, case.prompt, case.images, case.expect, case.tags, case.system, case.live) for case in cases}
    assert len(facts) == 1


def test_cases_end_at_the_first_problem_and_the_error_tells_all(folder: Path) -> None:
    dataset = _dataset(folder, _row("a") + "oops\n" + _row("b") + _row("a") + '{"id": "c"}\n')
    iterator = dataset.cases()
    assert next(iterator).id == "a"
    with pytest.raises(InputError) as caught:
        next(iterator)
    assert [(problem.line, problem.case_id) for problem in caught.value.problems] == [
        (2, None),
        (4, "a"),
        (5, "c"),
        (5, "c"),
    ]


def test_an_error_shows_fifty_problems_and_counts_the_rest(folder: Path) -> None:
    dataset = _dataset(folder, "oops\n" * 60)
    with pytest.raises(InputError) as caught:
        list(dataset.cases())
    assert [problem.line for problem in caught.value.problems[:50]] == list(range(1, 51))
    assert caught.value.problems[50:] == (Problem("and 10 problems more", file=str(folder / "x.jsonl")),)
    assert len(validate(dataset)) == 60


def test_ids_that_look_the_same_are_the_same(folder: Path) -> None:
    (problem,) = validate(_dataset(folder, _row("각") + _row("\u1100\u1161\u11a8")))
    assert (problem.line, problem.message) == (2, "the id is taken: line 1 has it too")


def test_ids_are_unique_over_all_files_of_a_dataset(folder: Path) -> None:
    for name in ("one.jsonl", "two.jsonl"):
        (folder / name).write_text(_row("a"))
    files = (folder / "one.jsonl", folder / "two.jsonl")
    (problem,) = validate(Dataset(name="x", card=Card(name="x"), root=folder, files=files))
    assert (problem.file, problem.message) == (str(files[1]), f"the id is taken: {files[0]}:1 has it too")


def test_cases_inside_a_larger_yaml_file_are_read_by_their_keys(folder: Path) -> None:
    (folder / "x.eval.yaml").write_text("models: [gpt]\ncases:\n  - {id: a, prompt: '?', images: a.png}\n")
    dataset = Dataset(name="x", card=Card(name="x"), root=folder, files=(folder / "x.eval.yaml",), at=("cases",))
    assert [(case.id, case.source and case.source.line) for case in dataset.cases()] == [("a", 3)]


def test_rows_made_by_a_program_are_told_apart_too(folder: Path) -> None:
    row = RawRow({"id": "a", "prompt": "?", "images": "a.png"})
    first, second = parse_rows([row, row], RowParser(folder=folder, root=folder))
    assert isinstance(first, Case)
    assert isinstance(second, Problem)
    assert (second.file, second.case_id, second.message) == (None, "a", "the id is taken: another case has it too")


def test_a_repeated_id_is_told_even_when_the_rows_are_bad(folder: Path) -> None:
    bad = _row("a").replace('"?"', '""')
    problems = validate(_dataset(folder, bad + bad + _row("a")))
    assert [(problem.line, problem.message) for problem in problems] == [
        (1, "the prompt is empty"),
        (2, "the prompt is empty"),
        (2, "the id is taken: line 1 has it too"),
        (3, "the id is taken: line 1 has it too"),
    ]


def test_memory_grows_by_ids_only(folder: Path) -> None:
    dataset = _dataset(folder, "".join(_row(f"case-{n}") for n in range(5_000)))
    sum(1 for _ in dataset.cases())
    tracemalloc.start()
    try:
        assert sum(1 for _ in dataset.cases()) == 5_000
        assert tracemalloc.get_traced_memory()[1] < 5_000 * 50 + 1_500_000  # the buffer of the file is 1 MB
    finally:
        tracemalloc.stop()


def test_ids_are_taken_once_and_the_first_holder_is_named_in_whatever_file_it_stands() -> None:
    taken = TakenIds()
    sources = [Source(f"part-{part}.jsonl", line) for part in range(3) for line in (1, 2**40 - 1)]
    assert [taken.take(f"id-{source}", source) for source in sources] == [(True, None)] * 6
    assert [taken.take(f"id-{source}", Source("other.csv", 7)) for source in sources] == [
        (False, source) for source in sources
    ]
    assert taken.take("from Python", None) == (True, None)
    assert taken.take("from Python", Source("other.csv", 8)) == (False, None)
    assert taken.take("without a line", Source("x")) == (True, None)
    assert taken.take("without a line", None) == (False, Source("x"))
    assert len(taken) == 8
