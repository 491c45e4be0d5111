"""What becomes of an item: passed, failed, error, skipped; and what a person reads then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalkit import answering, make_project
from snellen.testing import FakeEndpoint, FakeReply, chat_reply

_LIVE = ("evals", "--eval-responses", "live")


@pytest.fixture
def home(pytester: pytest.Pytester) -> pytest.Pytester:
    return pytester


def _python_eval(root: Path, body: str, *, arguments: str = "case, response") -> None:
    (root / "evals" / "shapes.eval.yaml").unlink(missing_ok=True)
    text = f"import pytest\nimport snellen\n\n@snellen.cases('../datasets/shapes')\ndef eval_it({arguments}):\n"
    (root / "evals" / "eval_it.py").write_text(text + "".join(f"    {line}\n" for line in body.splitlines()))


def test_right_answers_pass_and_the_totals_are_printed(home: pytest.Pytester) -> None:
    with answering("It is red.") as endpoint:
        make_project(home.path, url=endpoint.base_url)
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*= snellen =*", "*model*passed*failed*unscored*error*", "*fake*2*0*0*0*100% (*n=2*"])


def test_a_wrong_answer_fails_with_all_a_reader_needs(home: pytest.Pytester) -> None:
    with answering("It is blue.") as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=1)
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*c0: failed*",
            "*prompt*What colour is number 0?*",
            "*image*images/0.png*",
            "*model*fake*",
            "*response live, stop: stop*",
            "*| It is blue.*",
            "*keywords: failed*",
            "*missing*red*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_short_summary_has_the_reason_and_nothing_else_of_it(
    home: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")  # pytest cuts no line then
    with answering("It is blue.") as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=1)
        wrong = home.runpytest(*_LIVE, "--junitxml=junit.xml")
        missing = home.runpytest("evals")
    summary = wrong.stdout.str().partition("short test summary info")[2]
    assert "FAILED evals/shapes.eval.yaml::shapes[c0-fake] - keywords: found 0 of 1; missing 'red'\n" in summary
    assert "What colour is number 0?" not in summary
    assert """<failure message="keywords: found 0 of 1; missing 'red'">""" in (home.path / "junit.xml").read_text()
    missing.stdout.fnmatch_lines(["ERROR *shapes[[]c0-fake[]] - *recordings/shapes/fake.jsonl holds nothing yet*"])
    assert "Record it" not in missing.stdout.str().partition("short test summary info")[2]


def test_no_response_is_an_error_and_not_a_failure(home: pytest.Pytester) -> None:
    with FakeEndpoint(FakeReply(status=400, body={"error": {"message": "no such image"}})) as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=1)
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no such image*"])


def test_a_replay_miss_is_an_error_that_says_how_to_record(home: pytest.Pytester) -> None:
    make_project(home.path, cases=1)
    result = home.runpytest("evals")
    result.assert_outcomes(errors=1)
    result.stdout.no_fnmatch_line("*site-packages*")
    result.stdout.fnmatch_lines(
        [
            "*recordings/shapes/fake.jsonl holds nothing yet*",
            "*Record it: pytest 'evals/shapes.eval.yaml::shapes[[]c0-fake]' --eval-model=fake *=missing*",
        ]
    )


def test_a_functions_own_assertion_is_shown_as_pytest_shows_it(home: pytest.Pytester) -> None:
    with answering("It is red.") as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=1)
        _python_eval(root, "words = response.text.split()\nassert len(words) < 3")
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert len(words) < 3*", "*assert 3 < 3*"])


def test_an_expectation_counts_even_when_the_function_says_nothing(home: pytest.Pytester) -> None:
    with answering("It is blue.") as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=1)
        _python_eval(root, '"""Nothing to add."""')
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)


def test_fixtures_of_the_project_reach_an_eval(home: pytest.Pytester) -> None:
    with answering("It is red.") as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=1)
        home.makeconftest("import pytest\n\n@pytest.fixture\ndef wanted():\n    return 'red'\n")
        _python_eval(root, "assert wanted in response.text\nassert case.id == 'c0'", arguments="wanted, case, response")
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(passed=1)


def test_ask_asks_freely_and_is_recorded(home: pytest.Pytester) -> None:
    text = """
def eval_asks(ask):  # snellen
    answer = ask("What is it?", images="../datasets/shapes/images/0.png", params={"max_tokens": 9})
    assert answer.text == "It is red."
"""
    with answering("It is red.") as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=1)
        (root / "evals" / "shapes.eval.yaml").unlink()
        (root / "evals" / "eval_ask.py").write_text(text)
        home.runpytest("evals", "--eval-responses", "missing").assert_outcomes(passed=1)
        assert [request.json["max_tokens"] for request in endpoint.requests] == [9]
    home.runpytest("evals").assert_outcomes(passed=1)


def test_what_is_recorded_once_replays_without_the_endpoint(home: pytest.Pytester) -> None:
    with answering() as endpoint:
        make_project(home.path, url=endpoint.base_url)
        home.runpytest("evals", "--eval-responses", "missing").assert_outcomes(passed=2)
        asked = len(endpoint.requests)
        home.runpytest("evals", "--eval-responses", "missing").assert_outcomes(passed=2)
        assert (asked, len(endpoint.requests)) == (2, 2)
    home.runpytest("evals").assert_outcomes(passed=2)


def test_only_what_is_selected_is_asked(home: pytest.Pytester) -> None:
    with answering() as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=5)
        home.runpytest(*_LIVE, "-k", "c3").assert_outcomes(passed=1, deselected=4)
        assert len(endpoint.requests) == 1


def test_last_failed_asks_only_what_failed(home: pytest.Pytester) -> None:
    def answer(request: object) -> str:
        return "It is blue." if "number 1" in request.body.decode() else "It is red."  # type: ignore[attr-defined]

    with FakeEndpoint(answer=answer) as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=3)
        home.runpytest(*_LIVE).assert_outcomes(passed=2, failed=1)
        home.runpytest(*_LIVE, "--lf").assert_outcomes(failed=1)
        assert len(endpoint.requests) == 4


def test_live_mode_without_a_key_is_refused_before_anything_is_sent(home: pytest.Pytester) -> None:
    make_project(home.path)
    result = home.runpytest(*_LIVE, "--eval-model", "gpt-5.1")
    result.stderr.fnmatch_lines(["*OPENAI_API_KEY is not set*", "*Nothing was sent*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_session_that_scored_nothing_is_not_green(home: pytest.Pytester) -> None:
    root = make_project(home.path, cases=1)
    row = {"id": "far", "images": "http://127.0.0.1:9/x.png", "prompt": "What?", "expect": ["a"], "live": True}
    (root / "datasets" / "shapes" / "cases.jsonl").write_text(json.dumps(row))
    result = home.runpytest("evals", "-rs")
    result.assert_outcomes(skipped=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*needs the network and has no recording*"])


def test_an_answer_without_any_expectation_is_unscored_and_fails(home: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=1)
        file = root / "datasets" / "shapes" / "cases.jsonl"
        file.write_text(file.read_text().replace(', "expect": ["red"]', ""))
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*c0: unscored*"])


def test_a_refusal_is_judged_and_named(home: pytest.Pytester) -> None:
    reply = chat_reply(None, refusal="I can't help with that.")
    with FakeEndpoint(FakeReply(body=reply)) as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=1)
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stop: refusal*", "*I can't help with that.*"])


def test_an_answer_cannot_steer_the_terminal(home: pytest.Pytester) -> None:
    with answering("red? no: \x1b[2J\x07\u202eblue [link=http://x]a[/link] [/x]") as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=1)
        file = home.path / "datasets" / "shapes" / "cases.jsonl"
        file.write_text(file.read_text().replace('"red"', '"green"'))
        result = home.runpytest(*_LIVE)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert r"\x1b[2J\x07\u202eblue [link=http://x]a[/link] [/x]" in text


def test_junitxml_holds_every_item_and_the_reason(home: pytest.Pytester) -> None:
    with answering("blue\x00\x1b") as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=2)
        home.runpytest(*_LIVE, "--junitxml", "out.xml")
    text = (home.path / "out.xml").read_text()
    assert text.count("<testcase") == 2
    assert "missing" in text


@pytest.mark.parametrize("extra", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_the_report_is_written_with_every_trial(home: pytest.Pytester, extra: tuple[str, ...]) -> None:
    with answering() as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=4)
        result = home.runpytest_subprocess(*_LIVE, "--eval-report", "reports/r.html", *extra)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*report: reports/r.html (*"])
    text = (home.path / "reports" / "r.html").read_text()
    assert all(f"What colour is number {number}?" in text for number in range(4))


def test_x_stops_at_the_first_failure_and_ends_cleanly(home: pytest.Pytester) -> None:
    with answering("It is blue.") as endpoint:
        make_project(home.path, url=endpoint.base_url, cases=30)
        result = home.runpytest(*_LIVE, "-x", "--eval-concurrency", "2")
    result.assert_outcomes(failed=1)


def test_recordings_that_nothing_asks_for_are_named_after_a_whole_replay(home: pytest.Pytester) -> None:
    with answering() as endpoint:
        root = make_project(home.path, url=endpoint.base_url, cases=3)
        home.runpytest("evals", "--eval-responses", "missing").assert_outcomes(passed=3)
    file = root / "datasets" / "shapes" / "cases.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:2]))
    whole = home.runpytest("evals")
    whole.assert_outcomes(passed=2)
    whole.stdout.fnmatch_lines(["*1 recording that nothing asked for: c2.*snellen recordings prune evals*"])
    home.runpytest("evals", "-k", "c0").stdout.no_fnmatch_line("*nothing asked for*")
