"""The bundled recordings are what the offline models say: asked again, they give the same answers word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from clikit import Cli, entries, kept_run


@pytest.mark.offline
def test_the_bundled_recordings_are_the_offline_models_own_words(bundled: Path, snellen: Cli) -> None:
    snellen("run", "evals")
    recorded = {(trial.eval, trial.label): trial.response.text for trial in kept_run(bundled).trials if trial.response}
    before = {file: file.read_bytes() for file in (bundled / "evals/recordings").rglob("*.jsonl")}
    snellen("run", "evals", "--responses", "live")
    live = kept_run(bundled)
    assert [trial.label for trial in live.trials if trial.outcome == "error"] == []
    assert {(trial.eval, trial.label): trial.response.text for trial in live.trials if trial.response} == recorded
    assert len(recorded) >= len({entry.fingerprint for entry in entries(bundled)})
    assert {file: file.read_bytes() for file in (bundled / "evals/recordings").rglob("*.jsonl")} == before
