"""Any order of running, dying, editing and pruning: nothing that arrived is lost, nothing that changed is reused."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from faultkit import FaultServer
from reliability.lab import kept_entries, make_lab, run_here
from reliability.scale import scaled
from snellen.recordings.file import RecordingStore
from snellen.testing import tiny_png

_CASES = 4


class Crash(BaseException):
    """Stands for the end of the process: nobody catches it."""


class Project(RuleBasedStateMachine):
    """A project, and what must be on disk of it: the questions that were answered."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.server = FaultServer().__enter__()
        self.root = make_lab(Path(self.folder.name), self.server.base_url, cases=_CASES)
        self.rows = [json.loads(line) for line in self._file.read_text().splitlines()]
        self.colours = dict.fromkeys(range(_CASES), 0)

    @property
    def _file(self) -> Path:
        return self.root / "datasets/shapes/cases.jsonl"

    def _run(self, mode: str = "missing", crash_after: int | None = None) -> list[str]:
        """Runs, and gives the digests of what was asked."""
        from snellen.runner import judge

        before, score = len(self.server.ledger), judge.judge_with
        left = crash_after

        def dying(*given: object) -> object:
            nonlocal left
            if left is not None:
                left -= 1
                if left < 0:
                    raise Crash
            return score(*given)  # type: ignore[arg-type]  # whatever it is given

        judge.judge_with = dying  # type: ignore[assignment]
        try:
            result = run_here(self.root, mode=mode, concurrency=2)
            assert result.exit_code == 0
            assert [trial.case.id for trial in result.run.trials] == [row["id"] for row in self.rows]
            for trial, row in zip(result.run.trials, self.rows, strict=True):
                assert trial.prompt.partition("\n")[0] == row["prompt"]
        except Crash:
            pass
        finally:
            judge.judge_with = score
        return [line.digest for line in self.server.ledger[before:]]

    @rule()
    def run(self) -> None:
        known = self._known()
        asked = self._run()
        assert len(asked) == len(set(asked))
        assert self._known() >= known
        assert self._run() == []  # a complete run leaves nothing to ask

    @rule(mode=st.sampled_from(["refresh", "live"]))
    def run_anew(self, mode: str) -> None:
        known = self._known()
        self._run(mode)
        assert self._known() >= known

    @rule(after=st.integers(0, _CASES))
    def crash(self, after: int) -> None:
        known = self._known()
        self._run(crash_after=after)
        assert self._known() >= known

    @rule(number=st.integers(0, _CASES - 1), word=st.sampled_from(["colour", "tint", "shade"]))
    def change_prompt(self, number: int, word: str) -> None:
        self.rows[number]["prompt"] = f"What {word} is number {number}?"
        self._file.write_text("\n".join(map(json.dumps, self.rows)) + "\n")

    @rule(number=st.integers(0, _CASES - 1), size=st.integers(9, 12))
    def change_picture(self, number: int, size: int) -> None:
        """An input byte changed: what was answered to the old picture is no answer to this one."""
        (self.root / f"datasets/shapes/images/{number}.png").write_bytes(tiny_png("red", (size, 8 + number)))

    @rule()
    def prune(self) -> None:
        """Removes all that the cases as they are now do not ask for."""
        self._run()
        used = {trial.fingerprint for trial in run_here(self.root, mode="recorded").run.trials}
        store = RecordingStore(self.root / "evals/recordings")
        store.prune(store.orphans(used))
        assert self._run() == []

    @rule()
    def report(self) -> None:
        run_here(self.root, mode="missing").report(self.root / "reports/report.html")
        assert (self.root / "reports/report.html").stat().st_size > 1000

    @invariant()
    def nothing_is_damaged(self) -> None:
        assert all(entry.body for entry in kept_entries(self.root))

    def _known(self) -> set[str]:
        return {stored.entry.fingerprint for stored in RecordingStore(self.root / "evals/recordings").entries()}

    def teardown(self) -> None:
        if hasattr(self, "server"):
            self.server.__exit__(None, None, None)
            self.folder.cleanup()


Project.TestCase.settings = settings(
    max_examples=scaled(30, 5000),
    stateful_step_count=scaled(5, 12),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestProject = Project.TestCase
