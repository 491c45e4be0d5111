"""Replies too large to hold, certificates that cannot be trusted, and faults in any mixture."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultkit import BEHAVIOURS, FaultServer
from reliability.lab import KEY, make_lab, run_here
from reliability.scale import figure, scaled

_MB = 2**20
_MEASURED = """
import resource, sys
from pathlib import Path
from reliability.lab import run_here
run_here(Path(sys.argv[1]), mode="missing")  # everything that is loaded once is loaded
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = run_here(Path(sys.argv[1]), mode="live")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, result.exit_code)
"""


@pytest.mark.parametrize(("at_once", "most_mb"), [(1, 64), (8, 100)])  # eight times the limit of a reply are 64 MB
@pytest.mark.parametrize("behaviour", ["200 MB", "gzip bomb"])
def test_a_reply_of_200_mb_takes_a_bounded_part_of_it(
    tmp_path: Path, behaviour: str, at_once: int, most_mb: int
) -> None:
    with FaultServer({f"c{case}": ("right", behaviour) for case in range(at_once)}) as server:
        root = make_lab(tmp_path, server.base_url, cases=8)
        environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(  # noqa: S603  # ourselves
            [sys.executable, "-c", _MEASURED, str(root)], env=environ, capture_output=True, text=True, check=True
        )
    grown_kb, code = map(int, done.stdout.split())
    figure("memory", behaviour=behaviour, at_once=at_once, mb=grown_kb // 1024)
    assert (grown_kb * 1024 <= most_mb * _MB, code) == (True, 3), f"{grown_kb / 1024:.0f} MB"


def test_a_certificate_that_cannot_be_trusted_is_neither_accepted_nor_tried_again(tmp_path: Path) -> None:
    pem = tmp_path / "own.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(  # noqa: S603
        [*make, *subject, "-keyout", str(pem), "-out", str(tmp_path / "cert.pem")], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", pem)
    with FaultServer(tls=context) as server:
        result = run_here(make_lab(tmp_path / "project", server.base_url, cases=3))
    failures = [trial.failure for trial in result.run.trials]
    assert [failure and failure.kind for failure in failures] == ["network"] * 3
    assert all("no certificate that can be trusted" in (failure.message if failure else "") for failure in failures)
    assert [len(trial.attempts) for trial in result.run.trials] == [1, 1, 1]
    assert (result.exit_code, server.ledger) == (3, [])


_SLOW = ("hang", "drip", "200 MB", "gzip bomb")
_STEPS = st.sampled_from([name for name in BEHAVIOURS if name not in _SLOW])
_SCRIPTS = st.dictionaries(
    st.integers(0, 11).map(lambda number: f"c{number}"), st.lists(_STEPS, min_size=1, max_size=4).map(tuple)
)


@settings(
    max_examples=scaled(15, 500), deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)
@given(script=_SCRIPTS, concurrency=st.sampled_from([1, 3, 8]))
def test_any_mixture_of_faults_ends_with_one_state_for_each_case(
    script: dict[str, tuple[str, ...]], concurrency: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, FaultServer(script) as server:
        result = run_here(make_lab(Path(folder), server.base_url, cases=12), concurrency=concurrency)
        run = result.run
    trials = {trial.case.id: trial for trial in run.trials}
    assert len(run.trials) == len(trials) == 12
    assert {case: len(trial.attempts) for case, trial in trials.items() if trial.attempts} == dict(server.asked())
    assert all(count <= 4 for count in server.asked().values())
    assert all(trials[case].outcome == "passed" for case in server.asked() if case not in script)
    assert (result.exit_code == 0) == all(trial.outcome == "passed" for trial in trials.values())
    assert (server.strangers, KEY in repr(run)) == ([], False)
