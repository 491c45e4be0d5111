"""An export is the run: it comes back equal, and nothing else gets into a store."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from report_samples import every_state, png
from snellen._files import digest
from snellen.case import Case, ImageRef
from snellen.errors import InputError, StorageError
from snellen.response import Response
from snellen.runs.exchange import export_run, import_run
from snellen.runs.rows import text_digest
from snellen.runs.store import RunStore
from snellen.trial import Run, RunFacts, SentImage, Trial

KINDS = ("jsonl", "parquet")
each_kind = pytest.mark.parametrize("kind", KINDS)


def store_in(folder: Path) -> RunStore:
    return RunStore(folder / ".snellen" / "runs.db")


def small(folder: Path, *images: ImageRef, sent: str = "") -> Run:
    case = Case(id="c", prompt="p", images=images or (ImageRef(url="https://example.org/a.png", name="a"),))
    own = Trial(
        eval="e",
        case=case,
        model="m",
        prompt="p",
        outcome="passed",
        response=Response(text="fine", body=b"\xff{}"),
        images=(SentImage(identity=sent),) if sent else (),
    )
    facts = RunFacts(id="20261122-170500-a1b2c3", title="t", started_at="2026", duration_s=1.0, mode="live")
    return Run(facts=facts, trials=(own,))


def moved(run: Run, start: Path, there: Path, tmp_path: Path, *, kind: str = "jsonl") -> RunStore:
    """The run, exported in one project and imported in another."""
    file = tmp_path / f"run.{kind}"
    store_in(start).save(run)
    export_run(store_in(start), "latest", file, root=start)
    there.mkdir(exist_ok=True)
    assert import_run(store_in(there), file, root=there) == (run.facts.id, True)
    return store_in(there)


@each_kind
def test_a_run_with_everything_in_it_comes_back_equal(tmp_path: Path, kind: str) -> None:
    here = tmp_path / "here"
    run = every_state(here)
    facts = replace(run.facts, models={"m": {"name": "x", "params": {"max_tokens": 300}}}, command=("snellen", "run"))
    run = replace(run, facts=facts)
    file = tmp_path / f"out/run.{kind}"
    store_in(here).save(run)
    header = export_run(store_in(here), "latest", file, root=here)
    assert (header.facts, header.trials, header.skipped) == (facts, len(run.trials), len(run.skipped))
    other = RunStore(tmp_path / "other" / "runs.db")
    assert import_run(other, file, root=here) == (facts.id, True)
    assert other.load("latest") == run
    assert list(file.parent.iterdir()) == [file]


@each_kind
def test_the_same_run_again_changes_nothing_and_another_under_its_id_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"run.{kind}"
    store = store_in(tmp_path)
    run = every_state(tmp_path)
    store.save(run)
    export_run(store, "latest", file, root=tmp_path)
    assert import_run(store, file, root=tmp_path) == (run.facts.id, False)
    other = store_in(tmp_path / "other")
    other.save(replace(run, trials=run.trials[:-1]))
    with pytest.raises(InputError, match="the run store has another run under this id"):
        import_run(other, file, root=tmp_path)
    assert other.load("latest") == replace(run, trials=run.trials[:-1])


def test_jsonl_is_a_header_and_a_line_a_result_that_other_programs_read(tmp_path: Path) -> None:
    run = every_state(tmp_path)
    store_in(tmp_path).save(run)
    export_run(store_in(tmp_path), "latest", tmp_path / "run.jsonl", root=tmp_path)
    head, *lines = map(json.loads, (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines())
    assert {name: head[name] for name in ("format", "version", "trials", "skipped")} == {
        "format": "snellen run",
        "version": 1,
        "trials": len(run.trials),
        "skipped": 1,
    }
    assert [line["place"] for line in lines] == list(range(len(run.trials) + 1))
    assert lines[0]["trial"]["case"]["images"][0]["path"] == "images/stop.png"
    assert lines[0]["trial"]["response"]["text"] == "The sign says STOP 🛑 in white letters on a red plate."


def test_parquet_has_plain_columns_for_ones_own_analysis(tmp_path: Path) -> None:
    import pyarrow.parquet

    run = every_state(tmp_path)
    store_in(tmp_path).save(run)
    export_run(store_in(tmp_path), "latest", tmp_path / "run.parquet", root=tmp_path)
    table = pyarrow.parquet.read_table(tmp_path / "run.parquet")
    assert table.column("outcome").to_pylist() == [trial.outcome for trial in run.trials] + ["skipped"]
    first = table.drop_columns(["exact", "fingerprint", "scores"]).to_pylist()[0]
    assert first == {
        "place": 0,
        "eval": "first_look",
        "case": "stop-sign",
        "variant": "",
        "model": "gpt-5.1",
        "repeat": 0,
        "outcome": "passed",
        "failure": None,
        "latency_s": 1.24,
        "recorded": True,
        "input_tokens": 812,
        "output_tokens": 45,
        "cost_usd": None,
        "score": 1.0,
        "group": None,
        "mark": "",
        "mark_until": "",
        "digest": text_digest("The sign says STOP 🛑 in white letters on a red plate."),
        "judging_usd": None,
        "tags": ["signs", "ocr"],
        "prompt": "What does the sign say, and what colour is it?",
        "text": "The sign says STOP 🛑 in white letters on a red plate.",
        "stop": "stop",
        "served_model": "",
        "message": None,
    }


def test_without_pyarrow_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_in(tmp_path).save(small(tmp_path))
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError) as caught:
        export_run(store_in(tmp_path), "latest", tmp_path / "run.parquet", root=tmp_path)
    assert str(caught.value) == (
        "Parquet needs the package pyarrow, which is not installed\n"
        '  Install it: pip install "snellen[parquet]". Or take JSONL, which needs nothing.'
    )
    assert not (tmp_path / "run.parquet").exists()


def test_an_export_is_called_what_it_is(tmp_path: Path) -> None:
    store_in(tmp_path).save(small(tmp_path))
    with pytest.raises(InputError, match=r"an export is a \.jsonl or a \.parquet file, and '.*run\.csv' is neither"):
        export_run(store_in(tmp_path), "latest", tmp_path / "run.csv", root=tmp_path)


def test_an_export_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    store_in(tmp_path).save(small(tmp_path))
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError, match=r"cannot write .*run\.jsonl: .* bytes free"):
        export_run(store_in(tmp_path), "latest", tmp_path / "file" / "run.jsonl", root=tmp_path)
    assert (tmp_path / "file").read_text() == "mine"


# Pictures.


def test_a_picture_of_the_project_is_found_in_another_checkout_of_it(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for root in (here, there):
        root.mkdir()
        (root / "a.png").write_bytes(png("a"))
    store = moved(small(here, ImageRef(path=here / "a.png", name="a.png")), here, there, tmp_path)
    assert [image.path for image in store.load("latest").trials[0].case.images] == [there / "a.png"]


def outside(tmp_path: Path, *, sent: bytes) -> Path | None:
    """Where an imported run looks for a picture that its file names outside of the project."""
    private = tmp_path / "private.png"
    private.write_bytes(png("private"))
    run = small(tmp_path / "here", ImageRef(path=private, name="private.png"), sent=f"sha256:{digest(sent)}")
    store = moved(run, tmp_path / "here", tmp_path / "there", tmp_path)
    return store.load("latest").trials[0].case.images[0].path


def test_a_picture_outside_of_the_project_is_taken_when_it_is_the_one_that_was_sent(tmp_path: Path) -> None:
    assert outside(tmp_path, sent=png("private")) == tmp_path / "private.png"


def test_a_file_cannot_make_a_report_show_somebodys_private_picture(tmp_path: Path) -> None:
    path = outside(tmp_path, sent=png("another"))
    assert path is not None
    assert not path.exists()


@pytest.mark.parametrize("name", ["../private.png", "link/private.png"])
def test_a_relative_picture_cannot_leave_the_project(tmp_path: Path, name: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for root in (here, there):
        root.mkdir()
    (tmp_path / "private.png").write_bytes(png("private"))
    (there / "link").symlink_to(tmp_path)
    run = small(here, ImageRef(path=Path(name), name="x"))
    with pytest.raises(InputError, match="leaves"):
        moved(run, here, there, tmp_path)
    assert store_in(there).ids() == []


# Files that are none.


def cut_line(data: bytes) -> bytes:
    return data[:-20]


def cut_after_a_line(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[:-1])


def twice(data: bytes) -> bytes:
    return data + data.splitlines(keepends=True)[-1]


def of_a_newer_version(data: bytes) -> bytes:
    return data.replace(b'"version":1', b'"version":2', 1)


def change(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return changed


BROKEN = {
    "cut-inside-a-line": (cut_line, r"run.jsonl:2: this line is cut short; it begins '\{\"place\":0,"),
    "cut-between-lines": (cut_after_a_line, r"run.jsonl: holds 0 trials and 0 skipped cases; its header says 1 and 0"),
    "a-line-too-many": (twice, r"holds 2 trials"),
    "newer": (of_a_newer_version, r"run.jsonl:1: this export has version 2; this Snellen reads 1\n  Upgrade Snellen."),
    "empty": (lambda _: b"", r"run.jsonl:1: this is no export of a run; it begins ''"),
    "other-text": (lambda _: b"hello\n", r"run.jsonl:1: this is no export of a run; it begins 'hello'"),
    "binary": (lambda _: b"\x80\x04\x95pickle\n", r"run.jsonl:1: this is no export"),
    "a-list": (lambda _: b"[]\n", r"run.jsonl:1: this is no export"),
    "a-parquet-that-is-none": (lambda _: b"PAR1 and no more", r"run.jsonl: this is no Parquet export"),
    "an-outcome-there-is-not": (change(b'"passed"', b'"perfect"'), r"run.jsonl:2: this is no trial \(outcome: "),
    "a-place-before-the-first": (change(b'"place":0', b'"place":-1'), r"run.jsonl:2: .*place is no position"),
    "no-trial": (change(b'"trial":', b'"trail":'), r"run.jsonl:2: this is no trial \('skipped' is missing\)"),
    "bytes-that-are-none": (change(b'"$base64":"', b'"$base64":7,"x":"'), r"run.jsonl:2: this is no trial"),
    "a-picture-that-is-two": (change(b'"path":null', b'"path":"x"'), r"run.jsonl:2: .* has exactly one of path"),
    "an-id-that-is-a-path": (change(b'"id":"20261122', b'"id":"../20261122'), r"'\.\./20261122.*' is no id of a run"),
    "an-id-that-is-a-word": (change(b'"id":"20261122-170500-a1b2c3"', b'"id":"latest"'), r"'latest' is no id of a run"),
    "deep": (lambda data: data.splitlines(keepends=True)[0] + b"[" * 100_000 + b"\n", r"run.jsonl:2: this is no trial"),
}


@pytest.mark.parametrize(("spoil", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_whole_export_is_named_with_its_line_and_leaves_nothing(
    tmp_path: Path, spoil: Callable[[bytes], bytes], said: str
) -> None:
    file = tmp_path / "run.jsonl"
    store_in(tmp_path).save(small(tmp_path))
    export_run(store_in(tmp_path), "latest", file, root=tmp_path)
    file.write_bytes(spoil(file.read_bytes()))
    other = store_in(tmp_path / "other")
    with pytest.raises(InputError, match=said):
        import_run(other, file, root=tmp_path)
    assert other.ids() == []


@pytest.mark.parametrize("keep", [10, 500, -1])
def test_a_parquet_that_is_cut_short_leaves_nothing(tmp_path: Path, keep: int) -> None:
    file = tmp_path / "run.parquet"
    store_in(tmp_path).save(small(tmp_path))
    export_run(store_in(tmp_path), "latest", file, root=tmp_path)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(InputError, match="no Parquet export of a run that can be read"):
        import_run(store_in(tmp_path / "other"), file, root=tmp_path)


def test_a_parquet_of_another_program_is_no_export(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"a": [1]}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"a\.parquet: this is no export of a run"):
        import_run(store_in(tmp_path), tmp_path / "a.parquet", root=tmp_path)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*none\.jsonl: No such file"):
        import_run(store_in(tmp_path), tmp_path / "none.jsonl", root=tmp_path)
