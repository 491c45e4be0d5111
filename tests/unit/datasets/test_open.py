from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus_text import PNG
from snellen.datasets.card import Card
from snellen.datasets.dataset import Dataset
from snellen.datasets.open import open_dataset
from snellen.errors import InputError, Problem

ROW = '{"id": "a", "prompt": "?", "images": "images/a.png"}\n'
CARD = """\
name: Receipts
description: Tills of three shops.
licence: CC-BY-4.0
source: https://example.org
prompt: What is {{ what }}?
system: Be brief.
tags: [till]
authors: [A, B]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "receipts" / "images").mkdir(parents=True)
    (tmp_path / "receipts" / "images" / "a.png").write_bytes(PNG)
    (tmp_path / "receipts" / "dataset.yaml").write_text("name: Receipts\n")
    (tmp_path / "receipts" / "cases.jsonl").write_text(ROW)
    return Path("receipts")


def _refusal(path: Path) -> Problem:
    with pytest.raises(InputError) as caught:
        open_dataset(path)
    (problem,) = caught.value.problems
    return problem


def test_a_folder_with_a_card_and_cases_is_a_dataset(folder: Path) -> None:
    (folder / "dataset.yaml").write_text(CARD)
    (folder / "cases.jsonl").write_text('{"id": "a", "images": "images/a.png", "what": "this"}\n')
    dataset = open_dataset(folder)
    assert dataset == Dataset(
        name="Receipts",
        card=Card(
            name="Receipts",
            description="Tills of three shops.",
            licence="CC-BY-4.0",
            source="https://example.org",
            prompt="What is {{ what }}?",
            system="Be brief.",
            tags=("till",),
            metadata={"authors": ["A", "B"]},
        ),
        root=folder,
        files=(folder / "cases.jsonl",),
        is_folder=True,
    )
    (case,) = dataset.cases()
    assert (case.prompt, case.system, case.tags, str(case.source)) == (
        "What is this?",
        "Be brief.",
        ("till",),
        "receipts/cases.jsonl:1",
    )


@pytest.mark.parametrize("name", ["dataset.yaml", "cases.jsonl"])
def test_a_file_of_a_dataset_folder_means_the_dataset(folder: Path, name: str) -> None:
    assert open_dataset(folder / name) == open_dataset(folder)


def test_a_single_file_is_a_dataset_of_its_name(folder: Path) -> None:
    (folder / "more.jsonl").write_text(ROW)
    dataset = open_dataset(folder / "more.jsonl")
    assert (dataset.name, dataset.card, dataset.is_folder) == ("more", Card(name="more"), False)
    assert [case.id for case in dataset.cases()] == ["a"]


def test_cases_without_a_card_take_the_name_of_their_folder(folder: Path) -> None:
    (folder / "dataset.yaml").unlink()
    assert open_dataset(folder / "cases.jsonl").name == "receipts"


def test_a_card_may_leave_the_name_to_the_folder_and_spell_licence_either_way(folder: Path) -> None:
    (folder / "dataset.yaml").write_text("license: MIT\n")
    assert open_dataset(folder).card == Card(name="receipts", licence="MIT")
    (folder / "dataset.yaml").write_text("")
    assert open_dataset(folder).card == Card(name="receipts")


def test_a_wider_root_lets_pictures_be_shared(folder: Path) -> None:
    Path("shared.png").write_bytes(PNG)
    (folder / "cases.jsonl").write_text(ROW.replace("images/a.png", "../shared.png"))
    assert [case.id for case in open_dataset(folder, root=Path()).cases()] == ["a"]
    with pytest.raises(InputError, match="leads out of the folder receipts"):
        list(open_dataset(folder).cases())


def test_what_is_no_dataset_is_told_with_what_would_be_one(folder: Path) -> None:
    assert _refusal(Path("reciepts")) == Problem(
        "there is no such file or folder", file="reciepts", hint="Did you mean receipts?"
    )
    assert _refusal(Path("no/where")) == Problem(
        "there is no such file or folder", file="no/where", hint="The folder no is not there either."
    )
    assert _refusal(folder / "images") == Problem(
        "is no dataset: it holds no dataset.yaml",
        file="receipts/images",
        hint="A card needs one line at least, such as: name: Receipts",
    )
    (folder / "cases.yml").write_text("[]")
    assert _refusal(folder) == Problem(
        "holds cases.jsonl and cases.yml; a dataset has one file of cases", file="receipts", hint="Remove all but one."
    )


def test_a_card_under_another_name_is_pointed_out(folder: Path) -> None:
    (folder / "dataset.yaml").rename(folder / "dataset.yml")
    assert _refusal(folder).hint == "Rename dataset.yml to dataset.yaml."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("cases.json", "Write one object a line and name it .jsonl."),
        ("cases.ndjson", "Name it .jsonl; the format is the same."),
        ("cases.jsonl.gz", "Unpack it first: gunzip."),
        ("cases.tsv", "Save it as CSV, with commas."),
        ("cases.xlsx", "Save the sheet as CSV (UTF-8)."),
        ("cases.parquet", "Save the table as JSONL or CSV."),
        ("cases.txt", None),
    ],
)
def test_cases_in_a_format_nobody_reads_are_told_what_to_become(folder: Path, name: str, hint: str | None) -> None:
    (folder / "cases.jsonl").rename(folder / name)
    expected = Problem(
        "cannot be read as cases: Snellen reads .csv, .jsonl, .yaml, .yml", file=f"receipts/{name}", hint=hint
    )
    assert _refusal(folder) == expected
    assert _refusal(folder / name) == expected


def test_a_folder_without_cases_says_what_to_write(folder: Path) -> None:
    (folder / "cases.jsonl").unlink()
    assert _refusal(folder) == Problem(
        "holds no file of cases",
        file="receipts",
        hint="Write cases.yaml, cases.jsonl or cases.csv beside dataset.yaml.",
    )


@pytest.mark.parametrize("name", ["dataset.yaml", "cases.jsonl"])
def test_a_dataset_file_behind_a_link_that_leads_out_is_refused(folder: Path, name: str) -> None:
    (folder / name).rename(Path("elsewhere"))
    (folder / name).symlink_to(Path.cwd() / "elsewhere")
    assert f"path {name!r} leaves receipts" in _refusal(folder).message


@pytest.mark.parametrize(
    ("card", "line", "message"),
    [
        ("- a\n", 1, "a card is a mapping of keys; this is a list"),
        ("name: [a]\n", 1, "'name' is a list; it must be text"),
        ("name: x\ndescripton: y\n", 2, "unknown key 'descripton'. Did you mean 'description'?"),
        ("name: x\nprompt: ''\n", 2, "the prompt is empty"),
        ("name: x\nprompt: '{{ 2 ** 9 }}'\n", 2, "a prompt template cannot use **"),
        ("name: x\nname: y\n", 2, "the key 'name' is there twice; it is on line 1 already"),
        ("name: x\ntags: [a, '']\n", 2, "a tag is empty"),
        ("name: 'x\n", 1, "is not YAML: the quote that opens here never closes"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_on_opening(folder: Path, card: str, line: int, message: str) -> None:
    (folder / "dataset.yaml").write_text(card)
    problem = _refusal(folder)
    assert (problem.file, problem.line, problem.message) == ("receipts/dataset.yaml", line, message)


def test_all_problems_of_a_card_are_told_at_once(folder: Path) -> None:
    (folder / "dataset.yaml").write_text("nam: x\nsystem: {}\nprompt: '{% set a = 1 %}'\n")
    with pytest.raises(InputError) as caught:
        open_dataset(folder)
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3]


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.csv", "cases.yaml"])
def test_a_pipe_in_place_of_cases_does_not_hang(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match=f"{name}: is not a regular file"):
        list(open_dataset(tmp_path / name).cases())
