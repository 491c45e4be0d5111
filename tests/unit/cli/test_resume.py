"""`snellen resume` runs the command that began a run again, and says which."""

from __future__ import annotations

from clikit import Cli, kept_run
from evalkit import answering


def test_a_run_that_was_stopped_is_gone_on_with_by_its_own_command(project, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=3)
        assert snellen("run", "evals", "--responses", "live", "--fresh", "--max-calls", "2").code == 3
        stopped = kept_run(root).facts
        result = snellen("resume", stopped.id[:15])
        assert len(endpoint.requests) == 3
    assert result.code == 0
    assert result.err == (f"going on with run {stopped.id}: snellen run evals --responses live --fresh --max-calls 2\n")
    assert (kept_run(root).facts.id, kept_run(root).facts.state) == (stopped.id, "finished")


def test_where_nothing_can_be_gone_on_with_that_is_said(project, snellen: Cli) -> None:
    project()
    result = snellen("resume")
    assert (result.code, result.err.splitlines()[0]) == (2, "snellen: no run can be gone on with")
