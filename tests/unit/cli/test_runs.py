"""`snellen runs`, `show`, `export`, `import` and `merge` are what people do with runs that are kept."""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from clikit import Cli
from evalkit import answering
from report_samples import every_state
from snellen.cli.inline import Protocol, drawn, protocol_of
from snellen.response import Response
from snellen.runs.store import RunStore
from snellen.testing import tiny_png
from snellen.trial import Run, Trial

KITTY = {"TERM": "xterm-kitty"}


@pytest.fixture
def kept(project, tmp_path: Path) -> Path:
    """A project that keeps a run with every state there is."""
    root: Path = project()
    RunStore(root / ".snellen/runs.db").save(every_state(root))
    return root


def store(root: Path) -> RunStore:
    return RunStore(root / ".snellen/runs.db")


# runs


def test_runs_is_a_line_a_run_the_newest_first(kept: Path, snellen: Cli) -> None:
    run = store(kept).load("latest")
    priced = tuple(replace(trial, cost_usd=0.25) for trial in run.trials[:2])
    facts = replace(run.facts, id="20261123-090000-000001", title="second\x1b[2J", state="stopped", shard="1/2")
    store(kept).save(Run(facts=facts, trials=priced))
    first, second = snellen("runs").out.splitlines()
    assert first == (
        "20261123-090000-000001  2026-11-22 17:05 UTC  second\\x1b[2J  stopped, shard 1/2  recorded  "
        "1 passed, 1 failed  50% right  $0.5000"
    )
    assert second.startswith(
        "20261122-170500-a1b2c3  2026-11-22 17:05 UTC  First look: 간판과 영수증  finished  recorded"
    )
    assert snellen("runs", "--limit", "1").out.splitlines()[1] == "… and 1 older; --limit 2 shows all"


def test_runs_for_other_programs(kept: Path, snellen: Cli) -> None:
    (info,) = json.loads(snellen("runs", "--json").out)
    assert (info["facts"]["id"], info["skipped"], info["cost_usd"]) == ("20261122-170500-a1b2c3", 1, None)


def test_a_project_without_runs_says_how_to_make_one(project, snellen: Cli) -> None:
    root = project()
    assert snellen("runs").out == "No run is kept yet. Make one: snellen run evals\n"
    assert snellen("runs", "--json").out == "[]\n"
    assert not (root / ".snellen").exists()


# show


def test_show_is_the_run_its_numbers_and_what_did_not_pass(kept: Path, snellen: Cli) -> None:
    result = snellen("show")
    lines = result.out.splitlines()
    assert result.code == 0
    assert lines[:6] == [
        "run        20261122-170500-a1b2c3",
        "title      First look: 간판과 영수증",
        "started    2026-11-22 17:05 UTC",
        "took       12.4 s",
        "state      finished",
        "mode       recorded",
    ]
    run = store(kept).load("latest")
    wrong = [line.split()[0].lower() for line in lines if re.match(r"(FAILED|UNSCORED|ERROR) ", line)]
    assert wrong == [trial.outcome for trial in run.trials if trial.outcome != "passed"]


def test_show_names_cases_whose_repeats_disagree(kept: Path, snellen: Cli) -> None:
    run = store(kept).load("latest")
    again = replace(run.trials[0], repeat=1, outcome="failed")
    store(kept).save(Run(facts=replace(run.facts, id="20270101"), trials=(run.trials[0], again)))
    line = "FLAKY    first_look[stop-sign-gpt-5.1]  right 1 times of 2 (9%-91%)"
    assert snellen("show").out.splitlines()[-1] == line


def test_show_of_a_case_is_all_that_is_known_of_each_trial(kept: Path, snellen: Cli) -> None:
    result = snellen("show", "latest", "stop-sign", "--model", "gpt-5.1")
    picture = kept / "images/stop.png"
    assert result.out.splitlines()[:19] == [
        "PASSED  first_look[stop-sign-gpt-5.1]",
        "  prompt      What does the sign say, and what colour is it?",
        f"  picture     1: {picture}",
        "  all of      STOP | 정지",
        "  all of      red",
        r"  pattern     \bsign\b",
        "  answer      The sign says STOP 🛑 in white letters on a red plate.",
        "  score       keywords 1.00, right.",
        r"              found sign at 4-8: pattern \bsign\b",
        "              found STOP at 14-18",
        "              found red at 43-46",
        "  tokens      812 input, 45 output",
        "  came        in 1.24 s from an unnamed model, recorded 2026-11-20 09:30 UTC",
        "  stop        stop",
        f"  fingerprint 9f3ac21b04{'0' * 54}",
        "  request     as far as the run store knows it",
        "              {",
        '                "api": "chat",',
        '                "model": "gpt-5.1",',
    ]


def test_show_tells_an_error_with_its_attempts(kept: Path, snellen: Cli) -> None:
    said = snellen("show", "latest", "facades", "-m", "offline-describer").out
    assert "  error       rate_limited: 429 after 3 attempts: slow down\n" in said
    assert "  attempt     3: HTTP 503, server_error, then 0 ms of waiting\n" in said
    assert "https://example.org/b.png, sent resize:1024, converted to PNG" in said


def test_the_request_of_a_live_run_is_put_together_and_proven_by_its_fingerprint(project, snellen: Cli) -> None:
    with answering() as endpoint:
        project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "live")
    (trial,) = json.loads(snellen("show", "latest", "c0", "--json").out)
    said = snellen("show", "latest", "c0").out
    assert trial["fingerprint"] in said
    assert "  request     as it was asked\n" in said
    assert '"text": "What colour is number 0?"' in said


def test_the_request_of_a_recorded_run_is_read_from_its_recording(project, snellen: Cli) -> None:
    with answering() as endpoint:
        project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing")
    assert "  request     as it was recorded\n" in snellen("show", "latest", "c0").out


def test_show_for_other_programs(kept: Path, snellen: Cli) -> None:
    value = json.loads(snellen("show", "--json").out)
    assert value["facts"]["id"] == "20261122-170500-a1b2c3"
    assert {row["outcome"] for row in value["not_passed"]} == {"failed", "unscored", "error"}
    trials = json.loads(snellen("show", "latest", "영수증-합계", "--variant", "terse", "--json").out)
    assert [trial["model"] for trial in trials] == ["gpt-5.1", "offline-describer"]


NOT_THERE = {
    "near": (("stop-sgin",), "has no trial of a case 'stop-sgin'\n  Did you mean 'stop-sign'?"),
    "far": (("zzz",), "has no trial of a case 'zzz'\n  It has 5 cases: stop-sign, "),
    "model": (("stop-sign", "-m", "x"), "has case 'stop-sign', but no trial of it with this model"),
    "repeat": (("stop-sign", "--repeat", "1"), "has case 'stop-sign', but no trial of it with this model"),
}


@pytest.mark.parametrize(("arguments", "said"), NOT_THERE.values(), ids=NOT_THERE)
def test_a_case_that_is_not_there_is_an_error_that_helps(
    kept: Path, snellen: Cli, arguments: tuple[str, ...], said: str
) -> None:
    result = snellen("show", "latest", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def hostile(trial: Trial) -> Trial:
    evil = "\x1b]52;c;ZXZpbA==\a\u202eevil"
    return replace(
        trial, response=Response(text=evil, body=evil.encode(), served_model=evil), prompt=evil, model="m\x1b"
    )


def test_what_a_model_says_cannot_steer_the_terminal(kept: Path, snellen: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store(kept).load("latest")
    store(kept).save(Run(facts=replace(run.facts, id="20270101", title="\x1b[2J"), trials=(hostile(run.trials[0]),)))
    for arguments in (("show",), ("show", "latest", "stop-sign"), ("runs",)):
        said = snellen(*arguments).out
        assert "\x1b" not in said
        assert "\u202e" not in said


# Pictures in the terminal.

TERMINALS = {
    "kitty": ({"TERM": "xterm-kitty"}, "kitty"),
    "kitty-by-window": ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "kitty"),
    "ghostty": ({"TERM_PROGRAM": "ghostty"}, "kitty"),
    "iterm": ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "iterm"),
    "wezterm": ({"TERM_PROGRAM": "WezTerm"}, "iterm"),
    "plain": ({"TERM": "xterm-256color"}, None),
    "nothing": ({}, None),
    "tmux-in-kitty": ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, None),
    "tmux-in-iterm": ({"TMUX": "/tmp/tmux", "TERM_PROGRAM": "iTerm.app"}, None),
}


@pytest.mark.parametrize(("environ", "protocol"), TERMINALS.values(), ids=TERMINALS)
def test_only_terminals_that_are_known_to_show_pictures_get_them(
    environ: dict[str, str], protocol: Protocol | None
) -> None:
    assert protocol_of(environ, is_terminal=True) == protocol
    assert protocol_of(environ, is_terminal=False) is None


def test_a_picture_for_kitty_comes_in_chunks_that_make_one_small_png() -> None:
    import io

    from PIL import Image

    noise = Image.effect_noise((900, 600), 90)
    out = io.BytesIO()
    noise.save(out, "PNG")
    said = drawn(out.getvalue(), name="noise", protocol="kitty")
    chunks = re.findall("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\", said)
    assert [keys for keys, _ in chunks] == ["a=T,f=100,q=2,m=1"] + ["m=1"] * (len(chunks) - 2) + ["m=0"]
    assert max(len(data) for _, data in chunks) == 4096
    shown = Image.open(io.BytesIO(base64.b64decode("".join(data for _, data in chunks))))
    assert (shown.format, shown.size) == ("PNG", (480, 320))


def test_a_picture_for_iterm_is_one_sequence() -> None:
    said = drawn(tiny_png(), name="x", protocol="iterm")
    found = re.fullmatch("\x1b]1337;File=inline=1;size=(\\d+):([^\a]+)\a\n", said)
    assert found is not None
    assert len(base64.b64decode(found[2])) == int(found[1])


@pytest.mark.parametrize(
    ("is_terminal", "flags", "is_drawn"),
    [(True, (), True), (True, ("--no-image",), False), (False, (), False)],
    ids=["terminal", "switched-off", "pipe"],
)
def test_pictures_are_drawn_on_a_terminal_that_can_and_nowhere_else(
    kept: Path,
    snellen: Cli,
    monkeypatch: pytest.MonkeyPatch,
    is_terminal: bool,
    flags: tuple[str, ...],
    is_drawn: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm-kitty")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    assert ("\x1b_G" in snellen("show", "latest", "stop-sign", *flags).out) is is_drawn


# Exchange.


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_run_goes_from_one_project_to_another_and_is_reported_there(kept: Path, snellen: Cli, kind: str) -> None:
    run = store(kept).load("latest")
    file = f"out/run.{kind}"
    result = snellen("export", "latest", "-o", file)
    many = f"{len(run.trials)} trials"
    assert result.out == f"{file}: run {run.facts.id}, {many}, 1 skipped case, without pictures\n"
    assert snellen("import", file).out == f"{file}: run {run.facts.id} was kept already, with the same content\n"
    (kept / ".snellen/runs.db").unlink()
    (kept / "images/stop.png").unlink()
    assert snellen("import", file).out == f"{file}: run {run.facts.id} is kept now\n"
    assert store(kept).load("latest") == run
    report = snellen("report", "latest", "-o", "r.html")
    assert (report.code, "could not be embedded" in report.out) == (0, True)


def test_a_file_that_is_no_export_is_an_error_with_its_line(kept: Path, snellen: Cli) -> None:
    (kept / "x.jsonl").write_text("hello\n")
    result = snellen("import", "x.jsonl")
    assert (result.code, result.err) == (
        2,
        "snellen: x.jsonl:1: this is no export of a run; it begins 'hello'\n"
        "  Right is a file that `snellen export` wrote.\n",
    )


def test_shards_are_merged_by_name_and_by_file(kept: Path, snellen: Cli) -> None:
    run = store(kept).load("latest")
    for number in (1, 2):
        facts = replace(run.facts, id=f"s{number}", shard=f"{number}/2")
        own = [(place, trial) for place, trial in enumerate(run.trials) if place % 2 == number - 1]
        store(kept).add(facts, lambda _, own=own: own)
    snellen("export", "s1", "-o", "one.jsonl")
    assert snellen("merge", "s2").err.startswith("snellen: 1 of 2 shards missing: 1/2\n")
    result = snellen("merge", "s2", "one.jsonl", "--title", "both")
    merged = store(kept).load("latest")
    assert result.out.splitlines()[-1] == f"run: {merged.facts.id}, made of 2 shards: s1, s2"
    assert (merged.trials, merged.facts.title, merged.facts.parent) == (run.trials, "both", ("s1", "s2"))
