"""Nothing that a model, a server or a dataset says can steer the terminal it is shown on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clikit import Cli
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

# Clears the screen, writes the clipboard, makes a link, rings, overwrites the line, deletes, C1, turns text around.
_ESCAPES = "\x1b[2J\x1b]52;c;eA==\x07\x1b]8;;http://x\x1b\\link\rover\x08\x7f\x9b31m\u202eevil\u2066\u200f\u2028"
_MARKUP = "[red]bold[/red] [/x] [link=http://x]y[/link] {0} %s"
_EVIL = f"seen {_ESCAPES} {_MARKUP} end"
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def assert_harmless(printed: str) -> None:
    found = _STEERS.search(printed)
    assert found is None, f"{found[0]!r} in {printed[max(0, found.start() - 80) : found.end() + 20]!r}"


def with_rows(root: Path, *rows: dict[str, object]) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (root / "datasets/shapes/cases.jsonl").write_text(text, encoding="utf-8")


def row(**fields: object) -> dict[str, object]:
    return {"id": "a", "images": "images/0.png", "prompt": "What?", "expect": ["green"], **fields}


ANSWERS = {
    "answer": FakeReply(body=chat_reply(_EVIL)),
    "served-model": FakeReply(body=chat_reply("blue", model=_EVIL)),
    "finish-reason": FakeReply(body=chat_reply("blue", finish_reason=_EVIL)),
    "refusal": FakeReply(body=chat_reply(None, refusal=_EVIL)),
    "error-400": FakeReply(status=400, body={"error": {"message": _EVIL, "code": _EVIL, "type": _EVIL}}),
    "error-401": FakeReply(status=401, body={"error": {"message": _EVIL}}),
    "error-404-as-html": FakeReply(status=404, body=f"<html>{_EVIL}"),
    "error-in-a-200": FakeReply(body={"error": {"message": _EVIL}}),
    "no-choices": FakeReply(body={"choices": _EVIL}),
}


def by_name(request: FakeRequest) -> FakeReply:
    """The reply that the prompt names."""
    return next(
        reply for name, reply in ANSWERS.items() if f"<{name}>" in request.json["messages"][0]["content"][0]["text"]
    )


def run_pytest(*flags: str) -> str:
    """What pytest prints in a process of its own: the capture of this one must not be what makes it harmless."""
    command = [sys.executable, "-m", "pytest", "evals", *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # ours
    assert "INTERNALERROR" not in done.stdout
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_server_says(project, snellen: Cli, name: str) -> None:
    with FakeEndpoint(answer=by_name) as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        with_rows(root, row(prompt=f"<{name}>"))
        calls = [("run", "evals", "--responses", "missing"), ("run", "evals"), ("recordings", "show")]
        for call in calls:
            said = snellen(*call)
            assert_harmless(said.out + said.err)
        assert len(endpoint.requests) == 1


_OWN_ASSERTIONS = """
import pytest
import snellen

@snellen.cases("../datasets/shapes", tags="judged")
def eval_message(case, response):
    assert len(response.text) < 3, response.text

@snellen.cases("../datasets/shapes", tags="judged")
def eval_comparison(case, response):
    assert response.text == "one line"

@snellen.cases("../datasets/shapes", tags="judged")
def eval_fault(case, response):
    raise ValueError(response.text)

@snellen.cases("../datasets/shapes", tags="judged")
def eval_pytest_fail(case, response):
    pytest.fail(response.text)
"""

_OWN_PRINT = """
@snellen.cases("../datasets/shapes", tags="judged")
def eval_print(case, response):
    print(response.text)
    assert not response.text
"""


def test_what_a_server_says_in_pytest(project) -> None:
    """A wrong key would end the run; it is said in the same place as other errors."""
    with FakeEndpoint(answer=by_name) as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        with_rows(root, *(row(id=name, prompt=f"<{name}>") for name in ANSWERS if name != "error-401"))
        printed = run_pytest("-vv", "-rA", "-l", "--eval-responses=live", "--color=no")
    assert_harmless(printed)
    assert "4 failed, 4 errors" in printed


def test_what_a_server_says_in_assertions_of_the_user(project, snellen: Cli) -> None:
    with FakeEndpoint(_EVIL) as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        with_rows(root, {**row(tags=["judged"]), "expect": ["end"]})
        (root / "evals/shapes.eval.yaml").unlink()
        (root / "evals/eval_own.py").write_text(_OWN_ASSERTIONS)
        said = snellen("run", "evals", "--responses", "missing")
        (root / "evals/eval_own.py").write_text(_OWN_ASSERTIONS + _OWN_PRINT)
        printed = run_pytest("-vv", "-rA", "--color=no")
        short = run_pytest("--tb=line", "--color=no")
    assert_harmless(said.out + said.err)
    assert_harmless(printed)
    assert_harmless(short)
    assert "5 failed" in printed


def test_markup_is_shown_as_it_is(project, snellen: Cli) -> None:
    with FakeEndpoint(_MARKUP) as endpoint:
        project(url=endpoint.base_url, cases=1)
        snellen("run", "evals", "--responses", "missing")
    assert _MARKUP in snellen("recordings", "show").out


ROWS = {
    "case-id": row(id=f"a{_EVIL}"),
    "prompt": row(prompt=_EVIL),
    "system": row(system=_EVIL),
    "tag": row(tags=[_EVIL]),
    "picture-name": row(images=f"images/{_EVIL}.png"),
    "picture-address": row(images=f"http://127.0.0.1:9/{_EVIL}.png"),
    "picture-title": row(titles=[_EVIL]),
    "unknown-key": {**row(), f"expct{_EVIL}": 1},
    "near-miss": {**row(), "expcet\x1b[2J": 1},
    "expectation": row(expect=[_EVIL]),
    "regex": row(expect={"regex": f"({_EVIL}"}),
    "group": row(group=_EVIL),
    "detail": row(detail=_EVIL),
    "template-in-metadata": row(metadata={"x": _EVIL}),
    "markup": row(id=_MARKUP, prompt=_MARKUP),
}


@pytest.mark.parametrize("evil", ROWS.values(), ids=ROWS)
def test_what_a_dataset_says(project, snellen: Cli, evil) -> None:
    with FakeEndpoint(_MARKUP) as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        with_rows(root, evil, row(id="other"))
        calls = [
            ("datasets", "check", "datasets/shapes"),
            ("run", "evals"),
            ("run", "evals", "--responses", "missing"),
            ("recordings", "prune", "evals", "--dry-run"),
        ]
        for call in calls:
            said = snellen(*call)
            assert_harmless(said.out + said.err)


def test_what_a_dataset_says_in_pytest(project, snellen: Cli) -> None:
    """All bad rows in one collection error, then all good ones as items."""
    with FakeEndpoint(_MARKUP) as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        rows = {name: {**one, "id": f"{one['id']}-{name}"} for name, one in ROWS.items()}
        with_rows(root, *rows.values())
        bad = run_pytest("-vv", "-rA", "--eval-responses=live", "--color=no")
        refused = {name for number, name in enumerate(rows, 1) if f"cases.jsonl:{number}:" in bad}
        with_rows(root, *(one for name, one in rows.items() if name not in refused))
        good = run_pytest("-vv", "-rA", "-l", "--eval-responses=live", "--color=no")
        listed = run_pytest("--co", "-q")
    for printed in (bad, good, listed):
        assert_harmless(printed)
    assert (len(refused) > 3, "1 error" in bad, f"{len(rows) - len(refused)} failed" in good) == (True, True, True)


def test_what_the_configuration_says(project, snellen: Cli) -> None:
    root = project(cases=1)
    evil = json.dumps(_EVIL)
    table = f"[tool.snellen]\ndefault_models = [{evil}]\n[tool.snellen.models.{evil}]\nname = {evil}\n"
    for more in (f"note = {evil}\n", f"{evil} = 1\n", f"base_url = {evil}\n", f"params = {{ {evil} = {evil} }}\n"):
        (root / "pyproject.toml").write_text(table + more, encoding="utf-8")
        for call in (("models",), ("run", "evals"), ("run", "evals", "--responses", _EVIL)):
            said = snellen(*call)
            assert_harmless(said.out + said.err)


def test_what_a_dataset_is_called(project, snellen: Cli) -> None:
    with FakeEndpoint() as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        card = {"name": _EVIL, "description": _EVIL, "licence": _EVIL, "source": _EVIL}
        (root / "datasets/shapes/dataset.yaml").write_text(json.dumps(card))
        for call in (("datasets", "check", "datasets/shapes"), ("run", "evals", "--responses", "missing")):
            said = snellen(*call)
            assert_harmless(said.out + said.err)


@pytest.mark.parametrize("name", ["evil\x1b[2J.eval.yaml", "eval_evil\x1b[2J.py"])
def test_what_an_eval_file_is_called(project, snellen: Cli, name: str) -> None:
    with FakeEndpoint() as endpoint:
        root = project(url=endpoint.base_url, cases=1)
        (root / "evals/shapes.eval.yaml").unlink()
        text = "dataset: ../datasets/shapes\n"
        if name.endswith(".py"):
            text = "import snellen\n@snellen.cases('../datasets/shapes')\ndef eval_it(case, response): ...\n"
        (root / "evals" / name).write_text(text)
        for call in (("run", "evals"), ("run", "evals", "--responses", "missing"), ("recordings", "show")):
            said = snellen(*call)
            assert_harmless(said.out + said.err)


@pytest.mark.parametrize("call", [("run",), ("report",), ("init",), ("datasets", "check"), ("recordings", "show")])
def test_what_is_given_as_an_argument(project, snellen: Cli, call) -> None:
    project(cases=1)
    said = snellen(*call, "evil\x1b[2J")
    assert_harmless(said.out + said.err)
