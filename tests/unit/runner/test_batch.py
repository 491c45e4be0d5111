"""Submissions and their states: what is written, sent once, gone on with after a kill, and collected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from batchkit import BatchServer, case_of, fates
from evalkit import make_project
from snellen._clock import iso_now
from snellen.errors import ConfigError, InputError, StorageError
from snellen.recordings.entry import Entry
from snellen.recordings.file import RecordingStore
from snellen.runner.batch import cancel, submit
from snellen.runner.batch_collect import collect, lost_of
from snellen.runner.batch_state import Batches, Part, Submission, Tally
from snellen.runner.batch_write import Limits
from snellen.runner.evals import Eval
from snellen.runner.load import load_evals
from snellen.runner.settings import Settings, load_settings

STEPS = ("uploading", "uploaded", "creating", "created")

Planned = Callable[..., tuple[list[Eval], Settings]]


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    """The evals and settings of a project of `cases` cases whose model is at `url`."""

    def make(url: str, *, cases: int = 2, mode: str = "missing") -> tuple[list[Eval], Settings]:
        if not (tmp_path / "evals").exists():
            make_project(tmp_path, url=url, cases=cases)
        settings = load_settings(tmp_path, environ={}, mode=mode)
        return load_evals([tmp_path / "evals"], settings), settings

    return make


def recorded(settings: Settings) -> list[str]:
    return sorted(stored.entry.case for stored in RecordingStore(settings.recordings).entries())


def killer(step: str) -> Callable[[Submission, Part], None]:
    def kill(submission: Submission, part: Part) -> None:
        if part.step == step:
            raise KilledError

    return kill


@pytest.mark.parametrize("step", STEPS)
def test_a_submission_killed_after_any_step_is_gone_on_with_and_sent_once(planned: Planned, step: str) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=3)
        with pytest.raises(KilledError):
            submit(evals, settings, on_step=killer(step))
        done = submit(evals, settings)
        assert len(done.continued) == (step != "created")
        assert done.written.submission is None
        assert (server.requests.count("POST /v1/files"), server.requests.count("POST /v1/batches")) == (1, 1)
        assert server.paid() == ["c0", "c1", "c2"]
        collect(settings)
        assert recorded(settings) == ["c0", "c1", "c2"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("part", ["fake.1", "fake.2", "fake.3"])
def test_each_part_of_a_submission_can_be_where_it_is_killed(planned: Planned, step: str, part: str) -> None:
    def kill(submission: Submission, now: Part) -> None:
        if (now.name, now.step) == (part, step):
            raise KilledError

    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=3)
        with pytest.raises(KilledError):
            submit(evals, settings, limits=Limits(lines=1), on_step=kill)
        submit(evals, settings)
        assert (len(server.batches), server.paid()) == (3, ["c0", "c1", "c2"])


def test_a_kill_while_the_files_are_written_leaves_nothing_behind(planned: Planned, monkeypatch) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        half = Submission(folder=settings.state / "batches/20260101-000000-aaaaaa", parts=[])
        half.save()
        (half.folder / "fake.1.jsonl").write_bytes(b'{"custom_id": "cut o')
        (settings.state / "batches/20260101-000000-bbbbbb").mkdir()
        submit(evals, settings)
        assert [one.id for one in Batches(settings.state).all()] == [
            path.name for path in (settings.state / "batches").iterdir() if path.is_dir()
        ]
        assert server.paid() == ["c0", "c1"]


@pytest.mark.parametrize("at_kill", [0, 1, 2])
def test_a_collection_that_is_killed_is_done_again_and_loses_nothing(planned: Planned, monkeypatch, at_kill) -> None:
    append_all = RecordingStore.append_all

    def killed(self: RecordingStore, entries: Iterable[tuple[Entry, str, str]]) -> None:
        append_all(self, list(entries)[:at_kill])
        raise KilledError

    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=3)
        submit(evals, settings)
        with monkeypatch.context() as patched:
            patched.setattr(RecordingStore, "append_all", killed)
            with pytest.raises(KilledError):
                collect(settings)
        assert len(recorded(settings)) == at_kill
        [done] = collect(settings)
        assert done.part.tally == Tally(recorded=3 - at_kill, known=at_kill)
        assert recorded(settings) == ["c0", "c1", "c2"]


def test_a_full_disk_while_collecting_loses_no_answer(planned: Planned, monkeypatch) -> None:
    def full(self: RecordingStore, entries: Iterable[tuple[Entry, str, str]]) -> None:
        raise StorageError("cannot write: No space left on device")

    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        submit(evals, settings)
        with monkeypatch.context() as patched:
            patched.setattr(RecordingStore, "append_all", full)
            with pytest.raises(StorageError):
                collect(settings)
        server.gone.update(server.files)  # what was downloaded is here
        [done] = collect(settings)
        assert (done.part.tally, recorded(settings)) == (Tally(recorded=2), ["c0", "c1"])


@pytest.mark.parametrize(
    ("cases", "lines", "sizes"), [(5, 2, [2, 2, 1]), (4, 2, [2, 2]), (3, 1, [1, 1, 1]), (3, 50, [3])]
)
def test_files_are_split_by_lines(planned: Planned, cases: int, lines: int, sizes: list[int]) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=cases)
        submit(evals, settings, limits=Limits(lines=lines))
        assert [len(server.lines(batch)) for batch in server.batches] == sizes
        [submission] = Batches(settings.state).all()
        assert [part.lines for part in submission.parts] == sizes
        collect(settings)
        assert recorded(settings) == [f"c{number}" for number in range(cases)]


def test_files_are_split_by_bytes_and_none_is_larger(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=6)
        submit(evals, settings, limits=Limits(size_bytes=1_000))
        sizes = [len(content) for name, content in server.files.values() if name.startswith("snellen-")]
        assert len(sizes) > 1
        assert max(sizes) <= 1_000
        assert server.paid() == [f"c{number}" for number in range(6)]


def test_a_request_that_fits_no_file_is_named_and_not_sent(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=2)
        done = submit(evals, settings, limits=Limits(size_bytes=100))
        assert len(done.written.problems) == 2
        assert "case 'c0': its request has 0.0 MB" in done.written.problems[0]
        assert (server.requests, Batches(settings.state).all()) == ([], [])


def test_a_submission_of_other_evals_is_not_gone_on_with_but_its_questions_wait(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=2)
        (settings.root / "evals/twin.eval.yaml").write_text("dataset: ../datasets/shapes\nrepeats: 2\n")
        both = load_evals([settings.root / "evals"], settings)
        with pytest.raises(KilledError):
            submit(both, settings, on_step=killer("uploading"))
        done = submit(evals, settings)
        assert ([len(done.continued), len(done.left)], done.written.waiting) == ([0, 1], 2)
        assert server.batches == {}
        submit(both, settings)
        assert server.paid() == ["c0", "c0", "c1", "c1"]


def test_a_broken_off_submission_can_be_dropped(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        with pytest.raises(KilledError):
            submit(evals, settings, on_step=killer("uploaded"))
        cancel("latest", settings)
        assert Batches(settings.state).all() == []
        submit(evals, settings)
        assert server.paid() == ["c0", "c1"]


def test_cancelling_finds_a_batch_that_was_created_and_not_written_down(planned: Planned) -> None:
    with BatchServer(states=("in_progress", "completed"), drops=["create"]) as server:
        evals, settings = planned(server.base_url)
        file = settings.root / "pyproject.toml"
        file.write_text(file.read_text().replace('name = "fake-vlm"', 'name = "fake-vlm"\nretries = 0'))
        evals, settings = planned(server.base_url)
        with pytest.raises(Exception, match="closed the connection"):
            submit(evals, settings)
        submission = cancel("latest", settings)
        assert [part.remote and part.remote.state for part in submission.parts] == ["completed"]
        collect(settings)
        assert recorded(settings) == ["c0", "c1"]


def test_an_answer_does_not_replace_what_was_recorded_meanwhile(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=1)
        submit(evals, settings)
        [line] = server.lines("batch-0")
        [submission] = Batches(settings.state).all()
        asked = json.loads(submission.questions_file(submission.parts[0]).read_bytes())
        entry = Entry(
            fingerprint=line["custom_id"], case="c0", request=asked["request"], body=b"{}", recorded_at=iso_now()
        )
        store = RecordingStore(settings.recordings)
        store.append(entry, eval="shapes", model="fake")
        [done] = collect(settings)
        assert done.part.tally == Tally(known=1)
        found = RecordingStore(settings.recordings).find(entry.fingerprint, eval="shapes", model="fake")
        assert found is not None
        assert found.body == b"{}"


def test_collecting_needs_neither_evals_nor_pictures(planned: Planned) -> None:
    import shutil

    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        submit(evals, settings)
        shutil.rmtree(settings.root / "datasets")
        (settings.root / "evals/shapes.eval.yaml").unlink()
        collect(settings)
        assert recorded(settings) == ["c0", "c1"]


def test_an_answer_beats_an_error_of_the_same_line(planned: Planned) -> None:
    with BatchServer(fate=fates(c0="fail")) as server:
        evals, settings = planned(server.base_url, cases=1)
        submit(evals, settings)
        [line] = server.lines("batch-0")
        good = {"status_code": 200, "request_id": "r", "body": server._body(line)}
        server.files["file-9"] = (
            "o",
            json.dumps({"custom_id": line["custom_id"], "response": good, "error": None}).encode(),
        )
        server.batches["batch-0"]["output_file_id"] = "file-9"
        [done] = collect(settings)
        assert done.part.tally == Tally(recorded=1, twice=1)


def test_what_has_no_response_is_kept_by_name(planned: Planned) -> None:
    with BatchServer(fate=fates(c1="refuse", c0="silence")) as server:
        evals, settings = planned(server.base_url, cases=3)
        submit(evals, settings)
        [done] = collect(settings)
        assert [(lost.label, lost.why, lost.reason) for lost in lost_of(done.submission, done.part)] == [
            ("shapes[c0-fake]", "absent", "the batch ended without a word of it"),
            ("shapes[c1-fake]", "failed", "HTTP 400: Invalid image."),
        ]


def test_the_input_file_is_removed_once_collected_and_the_answers_stay(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        submit(evals, settings)
        [done] = collect(settings)
        names = sorted(path.name for path in done.submission.folder.iterdir())
        assert names == [
            "fake.1.answers.jsonl",
            "fake.1.questions.jsonl",
            "fake.1.unanswered.jsonl",
            "state.json",
        ]


def test_a_picture_that_is_given_by_address_is_sent_as_its_address(planned: Planned) -> None:
    url = "https://example.org/a.png"
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=1)
        row = {"id": "far", "images": [url], "prompt": "What colour is number 7?", "expect": ["red"]}
        (settings.root / "datasets/shapes/cases.jsonl").write_text(json.dumps(row) + "\n")
        submit(evals, settings)
        [line] = server.lines("batch-0")
        assert line["body"]["messages"][0]["content"][1] == {"type": "image_url", "image_url": {"url": url}}
        collect(settings)
        assert recorded(settings) == ["far"]


def test_a_model_that_asks_elsewhere_now_is_told_apart(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        submit(evals, settings)
        file = settings.root / "pyproject.toml"
        file.write_text(file.read_text().replace(server.base_url, "http://127.0.0.1:9/v1"))
        moved = load_settings(settings.root, environ={}, mode="missing")
        with pytest.raises(ConfigError, match=r"now asks 127\.0\.0\.1:9"):
            collect(moved)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1}', '{"version": 9}', '{"version": 1, "parts": [{}]}'])
def test_a_damaged_state_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "batches/20260101-000000-aaaaaa"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text(text)
    with pytest.raises(InputError, match=r"state\.json"):
        Batches(tmp_path).all()


def test_a_state_comes_back_as_it_was(planned: Planned) -> None:
    with BatchServer(fate=fates(c1="fail")) as server:
        evals, settings = planned(server.base_url)
        submit(evals, settings)
        [done] = collect(settings)
        assert Batches(settings.state).all() == [done.submission]


@pytest.mark.parametrize("name", ["nothing", ""])
def test_a_name_that_means_no_batch_or_several_is_an_error(planned: Planned, name: str) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url)
        for mode in ("missing", "refresh"):
            submit(evals, planned(server.base_url, mode=mode)[1])
            collect(settings)
        with pytest.raises(InputError, match="there is no batch" if name else "2 batches have an id"):
            Batches(settings.state).find(name)


def test_lines_are_matched_by_their_id_in_whatever_order_they_come(planned: Planned) -> None:
    with BatchServer() as server:
        evals, settings = planned(server.base_url, cases=12)
        submit(evals, settings)
        sent = [case_of(line) for line in server.lines("batch-0")]
        by_id = {line["custom_id"]: case_of(line) for line in server.lines("batch-0")}
        came = [by_id[json.loads(line)["custom_id"]] for line in server.files["file-1"][1].splitlines()]
        assert came != sent
        collect(settings)
        entries = [stored.entry for stored in RecordingStore(settings.recordings).entries()]
        assert {entry.fingerprint: entry.case for entry in entries} == by_id
