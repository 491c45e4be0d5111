"""Scorers that ask models, in the engine: asked like any question, and what a missing reply means for a trial."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

import snellen
from evalkit import make_project
from snellen.case import ScorerSpec
from snellen.errors import ConfigError, InputError
from snellen.recordings.file import RecordingStore
from snellen.runner.budget import Limits
from snellen.runner.engine import Engine
from snellen.runner.load import load_evals
from snellen.runner.plan import Job, plan, survey
from snellen.runner.rejudge import rejudge, stored_job
from snellen.runner.settings import Settings, load_settings
from snellen.runner.wanted import wanted_by
from snellen.scorers.registered import OWN, scorer
from snellen.scorers.registry import find
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply
from snellen.trial import Trial

pytestmark = pytest.mark.asyncio

MODELS = """
[tool.snellen.models.judge]
name = "judge-1"
base_url = "{url}"
retries = 0
price = {{ input = 1, output = 10 }}
[tool.snellen.models.embed]
name = "embed-1"
api = "embeddings"
base_url = "{url}"
"""
JUDGE = "judge: {model: judge, criteria: [names the colour]}"
SIMILAR = "similarity: {model: embed, answer: red}"
MET = '{"c1": {"reason": "It says red.", "met": true}}'
VECTOR = {"data": [{"embedding": [0.6, 0.8]}], "model": "embed-1-0125", "usage": {"prompt_tokens": 3}}


class World:
    """An endpoint with an answering model, a judge and an embeddings model, and a project that asks them."""

    def __init__(self, root: Path, judge: object = MET) -> None:
        self.root = root
        self.judge = judge
        self.endpoint = FakeEndpoint(answer=self._answer)

    def __enter__(self) -> World:
        self.endpoint.__enter__()
        return self

    def __exit__(self, *error) -> None:
        self.endpoint.__exit__(*error)

    def _answer(self, request: FakeRequest) -> FakeReply | str:
        if request.path.endswith("/embeddings"):
            return FakeReply(body=VECTOR)
        if request.json["model"] == "judge-1":
            return self.judge(request) if callable(self.judge) else self.judge
        return "It is red."

    def asked(self, model: str) -> list[FakeRequest]:
        return [request for request in self.endpoint.requests if request.json["model"] == model]

    def prepare(self, *scorers: str, cases: int = 3, models: str = MODELS, **more: object) -> None:
        if not (self.root / "evals").exists():
            make_project(self.root, url=self.endpoint.base_url, cases=cases)
            project = self.root / "pyproject.toml"
            project.write_text(project.read_text() + models.format(url=self.endpoint.base_url))
            lines = ["dataset: ../datasets/shapes", "scorers:", *(f"  - {one}" for one in scorers or (JUDGE,))]
            lines += [f"{key}: {value}" for key, value in more.items()]
            (self.root / "evals/shapes.eval.yaml").write_text("\n".join(lines) + "\n")

    def settings(self, mode: str = "missing", *, environ: dict[str, str] | None = None, **changes) -> Settings:
        return replace(load_settings(self.root, environ=environ or {}, mode=mode), **changes)


def jobs_of(settings: Settings) -> list[Job]:
    return list(plan(load_evals([settings.root / "evals"], settings), settings))


async def settle(settings: Settings, jobs: list[Job] | None = None) -> tuple[Engine, list[Trial]]:
    """The engine and its trials in the order of the jobs; begun, closed and ended."""
    jobs = jobs_of(settings) if jobs is None else jobs
    engine = Engine(settings)
    engine.begin(survey(jobs), plan_key="k", header={})
    found = {id(job): trial async for job, trial in engine.stream(jobs)}
    await engine.aclose()
    engine.end(finished=True)
    return engine, [found[id(job)] for job in jobs]


def calls_of(trials: list[Trial]) -> list[object]:
    return [call for trial in trials for score in trial.scores for call in score.calls]


def recorded(settings: Settings, model: str) -> list[str]:
    """Cases of the recordings file of this model."""
    store = RecordingStore(settings.recordings)
    file = store.file(eval="shapes", model=model)
    return [stored.entry.case for stored in store.entries() if stored.file == file]


# mode -> questions to the judge when nothing is recorded, and when everything is
MODES = {"missing": (3, 0), "refresh": (3, 3), "live": (3, 3)}


@pytest.mark.parametrize(("mode", "expected"), MODES.items(), ids=MODES)
async def test_a_judge_is_asked_as_the_mode_says(tmp_path, mode: str, expected: tuple[int, int]) -> None:
    with World(tmp_path) as world:
        world.prepare()
        _, trials = await settle(world.settings(mode))
        first = len(world.asked("judge-1"))
        await settle(world.settings("missing"))
        before = len(world.asked("judge-1"))
        await settle(world.settings(mode))
        assert (first, len(world.asked("judge-1")) - before) == expected
    assert [trial.outcome for trial in trials] == ["passed"] * 3
    assert [score.explanation for trial in trials for score in trial.scores] == ["1 of 1 criterion met"] * 3


async def test_a_replay_asks_nobody_and_judges_the_same(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(JUDGE, SIMILAR)
        _, first = await settle(world.settings())
    engine, second = await settle(world.settings("recorded"))  # the endpoint is closed
    assert engine.budget.calls == 0
    scores = [[replace(score, calls=()) for score in trial.scores] for trial in (*first, *second)]
    assert scores[:3] == scores[3:]
    assert {trial.outcome for trial in second} == {"passed"}
    assert {call.recorded for call in calls_of(second)} == {True}


async def test_what_a_judge_said_is_recorded_beside_the_answers(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare()
        await settle(world.settings())
        settings = world.settings()
    assert (recorded(settings, "fake"), recorded(settings, "judge")) == (["c0", "c1", "c2"], ["c0", "c1", "c2"])


async def test_a_call_says_who_judged_what_it_said_and_what_it_cost(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=1)
        engine, (trial,) = await settle(world.settings())
    (call,) = trial.scores[0].calls
    assert (call.model, call.served_model, call.text) == ("judge", "fake-model-2026-01-01", MET)
    assert (call.recorded, call.failure, len(call.fingerprint)) == (False, "", 64)
    assert call.cost_usd == pytest.approx((100 * 1 + 10 * 10) / 1e6)
    assert trial.cost_usd is None  # the answer's own, of a model without a price
    assert engine.budget.spent_usd == pytest.approx(call.cost_usd)


async def test_the_same_question_of_a_judge_is_asked_once(tmp_path) -> None:
    """Four repeats that got one answer put one question."""
    with World(tmp_path) as world:
        world.prepare(cases=2, repeats=4)
        _, trials = await settle(world.settings("live"))
        assert (len(world.asked("fake-vlm")), len(world.asked("judge-1"))) == (8, 2)
    assert [trial.outcome for trial in trials] == ["passed"] * 8


async def test_an_answer_that_many_responses_are_compared_with_is_asked_about_once(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(SIMILAR, cases=5)
        _, trials = await settle(world.settings())
        sent = sorted(request.json["input"] for request in world.asked("embed-1"))
    assert sent == [["It is red."], ["red"]]
    assert {(trial.outcome, trial.scores[0].value) for trial in trials} == {("passed", 1.0)}
    assert [call.text for call in trials[0].scores[0].calls] == ["2 numbers"] * 2


async def test_a_combination_gives_each_of_its_parts_its_own_replies(tmp_path) -> None:
    parts = f"[keywords, {{{JUDGE}}}, {{not-similarity: {{model: embed, answer: blue, at_least: 1.0}}}}]"
    with World(tmp_path) as world:
        world.prepare(f"any: {{scorers: {parts}}}", f"all: {{scorers: {parts}}}", cases=2)
        engine, first = await settle(world.settings())
        assert (len(world.asked("judge-1")), len(world.asked("embed-1"))) == (2, 2)
    _, second = await settle(world.settings("recorded"))
    for trial in (*first, *second):  # all texts have the same numbers, so that nothing is unlike "blue"
        assert [(score.scorer, score.passed) for score in trial.scores] == [("any", True), ("all", False)]
        assert [[call.model for call in score.calls] for score in trial.scores] == [["judge", "embed", "embed"]] * 2
    assert engine.budget.calls == 2 + 2 + 2


async def test_a_combination_of_scorers_that_ask_nothing_is_judged_at_once(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("all: {scorers: [keywords]}", cases=1)
        engine, (trial,) = await settle(world.settings())
    assert (trial.outcome, trial.scores[0].calls, engine.budget.calls) == ("passed", (), 1)


# What is missing leaves a response unscored.


async def test_a_reply_that_is_not_recorded_is_named_with_the_command_that_records_it(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with World(tmp_path) as world:
        world.prepare("keywords", cases=1)
        await settle(world.settings())
        eval_file = tmp_path / "evals/shapes.eval.yaml"
        eval_file.write_text(eval_file.read_text().replace("keywords", JUDGE))
    _, (trial,) = await settle(world.settings("recorded"))
    assert (trial.outcome, trial.failure, trial.response.text) == ("unscored", None, "It is red.")
    assert trial.scores[0].explanation == (
        "no verdict of judge: evals/recordings/shapes/judge.jsonl holds no reply to what it would be asked: it never "
        "was, or the answer, the scorer's options or its version are others by now. "
        "Record it: snellen run evals/shapes.eval.yaml --model fake --responses missing"
    )


FAILING = {
    "500": (FakeReply(status=500), "no verdict of judge: "),
    "hang-up": (FakeReply(hang_up="before"), "no verdict of judge: "),
    "web-page": (FakeReply(body="<html>login</html>"), "no verdict of judge: "),
    "bad-key": (FakeReply(status=401, body={"error": {"message": "bad key"}}), "no verdict of judge: "),
    "too-long": (FakeReply(status=400, body={"error": {"message": "too long"}}), "no verdict of judge: "),
    "refusal": (
        FakeReply(body=chat_reply(None, refusal="I will not.")),
        "no verdict in the reply of judge: it refused: I will not.",
    ),
    "no-json": ("It is fine.", "no verdict in the reply of judge: it holds no JSON object: 'It is fine.'"),
    "cut-off": (
        FakeReply(body=chat_reply('{"c1": {"rea', finish_reason="length")),
        "no verdict in the reply of judge: it was cut off",
    ),
}


@pytest.mark.parametrize(("judge", "said"), FAILING.values(), ids=FAILING)
async def test_a_judge_that_fails_says_nothing_of_the_answer(tmp_path, judge: object, said: str) -> None:
    with World(tmp_path, judge) as world:
        world.prepare("keywords", JUDGE, cases=2)
        _, trials = await settle(world.settings())
    assert [trial.outcome for trial in trials] == ["unscored"] * 2
    for trial in trials:
        assert trial.failure is None
        assert [score.value for score in trial.scores] == [1.0, None]
        assert trial.scores[1].explanation.startswith(said)


async def test_a_failure_of_a_judge_is_never_recorded_and_asked_again(tmp_path) -> None:
    with World(tmp_path, FakeReply(status=500)) as world:
        world.prepare(cases=2)
        _, trials = await settle(world.settings())
        assert recorded(world.settings(), "judge") == []
        world.judge = MET
        answers = len(world.asked("fake-vlm"))
        _, again = await settle(world.settings())
        assert len(world.asked("fake-vlm")) == answers
    assert [trial.outcome for trial in trials] == ["unscored"] * 2
    assert [trial.outcome for trial in again] == ["passed"] * 2


async def test_a_picture_that_vanished_is_a_failure_of_the_judging_alone(tmp_path) -> None:
    """The answer is replayed without a picture being read; its digest was cached, and the judge is to see it."""
    with World(tmp_path) as world:
        world.prepare("judge: {model: judge, criteria: names it, images: true}", cases=1)
        settings = world.settings("live")
        jobs = jobs_of(settings)
        _, (trial,) = await settle(settings, jobs)
        (tmp_path / "datasets/shapes/images/0.png").unlink()
        kept = [stored_job(trial, jobs[0].eval)]
        _, (again,) = await settle(world.settings("recorded"), kept)
    assert (again.outcome, again.failure) == ("unscored", None)
    assert "0.png" in again.scores[0].explanation


async def test_a_scorer_that_cannot_say_what_it_asks_is_told_before_anything_is_asked(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(OWN, "broken", find("keywords"))  # is forgotten again after the test

    def ask(case, response, /):
        raise KeyError("gone")

    @scorer("broken", questions=ask)
    def broken(case, response, /, *, replies=None):
        return True

    with World(tmp_path) as world:
        world.prepare("broken")
        with pytest.raises(InputError, match="scorer 'broken' cannot say what it asks: KeyError: 'gone'"):
            survey(jobs_of(world.settings()))


async def test_a_scorer_that_breaks_on_one_answer_is_an_error_of_its_case(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(OWN, "picky", find("keywords"))

    def ask(case, response, /):
        if response.text == "It is red.":
            raise KeyError("gone")
        return ()

    @scorer("picky", questions=ask)
    def picky(case, response, /, *, replies=None):
        return True

    with World(tmp_path) as world:
        world.prepare("picky", "keywords", cases=2)
        _, trials = await settle(world.settings())
    assert [(trial.outcome, trial.failure.kind) for trial in trials] == [("error", "internal")] * 2
    place = f"tests/unit/runner/test_judging.py:{ask.__code__.co_firstlineno + 2}"
    assert trials[0].failure.message == f"scorer 'picky' broke at {place}: KeyError: 'gone'"
    assert [(score.scorer, score.value) for score in trials[0].scores] == [("keywords", 1.0), ("picky", None)]


# Money, keys and limits.


async def test_a_run_that_a_limit_ends_at_a_judge_exits_as_incomplete(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("keywords", JUDGE, cases=2)
        await asyncio.to_thread(snellen.run, tmp_path / "evals", responses="missing", max_calls=2)
        result = await asyncio.to_thread(snellen.run, tmp_path / "evals", responses="missing", max_calls=1)
    assert sorted(trial.outcome for trial in result.run.trials) == ["passed", "unscored"]
    assert (result.facts.state, result.exit_code) == ("stopped", 3)


async def test_a_limit_of_calls_counts_those_of_judges(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("keywords", JUDGE, cases=4)
        settings = world.settings(limits=Limits(max_calls=5), concurrency=1)
        engine, trials = await settle(settings)
        assert (len(world.endpoint.requests), engine.budget.calls) == (5, 5)
        outcomes = [trial.outcome for trial in trials]
        assert "failed" not in outcomes
        unscored = [trial for trial in trials if trial.outcome == "unscored"]
        assert unscored
        for trial in unscored:
            assert trial.scores[0].passed
            assert trial.scores[1].explanation == "no verdict of judge: not asked: --max-calls 5 is reached"
        _, again = await settle(world.settings())
    assert [trial.outcome for trial in again] == ["passed"] * 4
    assert len(world.endpoint.requests) == 8


async def test_a_limit_of_cost_counts_what_judges_cost(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=6)
        project = tmp_path / "pyproject.toml"
        priced = project.read_text().replace('"fake-vlm"', '"fake-vlm"\nprice = { input = 0, output = 0 }')
        project.write_text(priced)
        engine, trials = await settle(world.settings(limits=Limits(max_cost_usd=0.0005)))
    assert engine.budget.spent_usd == pytest.approx(0.0004)  # two verdicts; a third might have overrun it
    assert [trial.outcome for trial in trials].count("passed") == 2
    assert engine.stop_reason.startswith("--max-cost 0.0005 USD is reached")


async def test_cost_cannot_be_limited_where_that_of_a_judge_is_not_known(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(SIMILAR)
        with pytest.raises(ConfigError, match=r"there is no price for model 'embed' \(embed-1\), which a scorer asks"):
            await settle(world.settings(limits=Limits(max_cost_usd=1)))
        assert world.endpoint.requests == []


KEYED = MODELS.replace('name = "judge-1"', 'name = "judge-1"\napi_key_env = "JUDGE_KEY"')


@pytest.mark.parametrize("mode", ["missing", "refresh", "live"])
async def test_a_judge_without_a_key_is_told_before_an_answer_is_paid_for(tmp_path, mode: str) -> None:
    with World(tmp_path) as world:
        world.prepare(models=KEYED)
        with pytest.raises(ConfigError, match="JUDGE_KEY is not set"):
            await settle(world.settings(mode))
        assert world.endpoint.requests == []


async def test_a_replay_needs_no_key_of_a_judge(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(models=KEYED)
        await settle(world.settings(environ={"JUDGE_KEY": "sk-judge-0123456789abcdef"}))
        for mode in ("recorded", "missing"):
            _, trials = await settle(world.settings(mode))
            assert [trial.outcome for trial in trials] == ["passed"] * 3


async def test_a_judges_key_is_written_nowhere(tmp_path) -> None:
    key = "sk-judge-0123456789abcdef"

    def tells_on_us(request: FakeRequest) -> str:
        assert request.headers["authorization"] == f"Bearer {key}"
        return json.dumps({"c1": {"reason": f"You sent {key}.", "met": True}})

    with World(tmp_path, tells_on_us) as world:
        world.prepare(models=KEYED)
        _, trials = await settle(world.settings(environ={"JUDGE_KEY": key}))
    assert [trial.outcome for trial in trials] == ["passed"] * 3
    assert key not in repr(trials)
    assert "You sent [secret]." in repr(trials)
    assert [file for file in tmp_path.rglob("*") if file.is_file() and key.encode() in file.read_bytes()] == []


# How it is asked.


async def test_a_judge_sees_the_pictures_when_it_is_to(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("judge: {model: judge, criteria: names it, images: true}", cases=1)
        await settle(world.settings())
        ((judge,), (answer,)) = world.asked("judge-1"), world.asked("fake-vlm")
    seen, shown = (
        [part["image_url"] for part in request.json["messages"][-1]["content"] if part["type"] == "image_url"]
        for request in (judge, answer)
    )
    assert seen == shown
    assert len(seen) == 1


async def test_a_pair_is_asked_about_in_both_orders(tmp_path) -> None:
    def prefers_red(request: FakeRequest) -> str:
        text = request.json["messages"][-1]["content"]
        is_first = text.index("It is red.") < text.index("It is blue.")
        return json.dumps({"reason": "red", "better": "1" if is_first else "2"})

    with World(tmp_path, prefers_red) as world:
        world.prepare("judge: {model: judge, compare: true, answer: It is blue.}", cases=2)
        _, trials = await settle(world.settings())
        assert len(world.asked("judge-1")) == 4
        assert [trial.outcome for trial in trials] == ["passed"] * 2
        world.judge = '{"reason": "the first, always", "better": "1"}'
        _, trials = await settle(world.settings("refresh"))
    assert [trial.outcome for trial in trials] == ["unscored"] * 2
    assert trials[0].scores[0].explanation == "the judge changed its mind with the order"


SCHEMA = {
    "type": "object",
    "properties": {
        "c1": {
            "type": "object",
            "properties": {"reason": {"type": "string"}, "met": {"type": "boolean"}},
            "required": ["reason", "met"],
            "additionalProperties": False,
        }
    },
    "required": ["c1"],
    "additionalProperties": False,
}
CHAT_FORM = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": True}}
TEXT_FORM = {"type": "json_schema", "name": "verdict", "schema": SCHEMA, "strict": True}
# what stands in the judge's table -> what is sent beside the model and the messages
FORMS = {
    "chat": ("", {"temperature": 0, "response_format": CHAT_FORM}),
    "responses": ('api = "responses"', {"store": False, "temperature": 0, "text": {"format": TEXT_FORM}}),
    "own-params-win": (
        'params = { temperature = 1, response_format = { type = "text" }, max_tokens = 9 }',
        {"temperature": 1, "response_format": {"type": "text"}, "max_tokens": 9},
    ),
    "own-text-settings-stay": (
        'api = "responses"\nparams = { text = { verbosity = "low" } }',
        {"store": False, "temperature": 0, "text": {"format": TEXT_FORM, "verbosity": "low"}},
    ),
    "as-written": (
        "params = { as_written = true, max_tokens = 9 }",
        {"max_tokens": 9, "response_format": CHAT_FORM},
    ),
}


@pytest.mark.parametrize(("table", "sent"), FORMS.values(), ids=FORMS)
async def test_the_form_of_a_verdict_is_asked_for_as_the_judges_api_has_it(tmp_path, table: str, sent) -> None:
    models = MODELS.replace("retries = 0", f"retries = 0\n{table.replace('{', '{{').replace('}', '}}')}")
    with World(tmp_path) as world:
        world.prepare(cases=1, models=models)
        _, (trial,) = await settle(world.settings())
        (request,) = world.asked("judge-1")
    beside = {key: value for key, value in request.json.items() if key not in ("model", "messages", "input")}
    assert beside == sent
    assert trial.outcome == "passed"


async def test_a_reasoning_model_judges_at_its_own_temperature(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=1, models=MODELS.replace("judge-1", "gpt-5.1"))
        await settle(world.settings())
        (request,) = world.asked("gpt-5.1")
    assert "temperature" not in request.json


async def test_params_of_the_eval_are_not_those_of_its_judge(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=1, params="{ seed: 7 }")
        await settle(world.settings())
        ((answer,), (judge,)) = world.asked("fake-vlm"), world.asked("judge-1")
    assert (answer.json.get("seed"), judge.json.get("seed")) == (7, None)


WRONG = {
    "numbers-of-a-judge": (
        "similarity: {model: judge, answer: red}",
        "a scorer asks model 'judge' for embeddings, and it answers questions (api = \"chat\")",
    ),
    "a-verdict-of-embeddings": (
        "judge: {model: embed, criteria: a}",
        "a scorer asks model 'embed' for an answer, and it makes embeddings (api = \"embeddings\")",
    ),
    "a-slip": ("judge: {model: jugde, criteria: a}", "model 'jugde' is not configured"),
}


@pytest.mark.parametrize("mode", ["recorded", "missing", "live"])
@pytest.mark.parametrize(("scorer_line", "said"), WRONG.values(), ids=WRONG)
async def test_a_model_that_cannot_judge_is_told_before_anything_is_asked(tmp_path, scorer_line, said, mode) -> None:
    with World(tmp_path) as world:
        world.prepare(scorer_line)
        with pytest.raises(ConfigError) as caught:
            await settle(world.settings(mode))
        assert world.endpoint.requests == []
    assert said in str(caught.value)


async def test_a_model_of_embeddings_answers_no_question(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(models=MODELS)
        with pytest.raises(ConfigError, match="it makes numbers of a text and answers no question"):
            jobs_of(world.settings(models=("embed",)))


async def test_a_name_that_is_not_configured_is_the_name_to_send_for_embeddings_too(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("similarity: {model: text-embedding-3-small, answer: red}", cases=1)
        _, (trial,) = await settle(world.settings(environ={"OPENAI_BASE_URL": world.endpoint.base_url}))
        sent = world.asked("text-embedding-3-small")
    assert trial.outcome == "passed"
    assert {request.path for request in sent} == {"/v1/embeddings"}


# Together with the rest of a run.


async def test_a_survey_knows_whom_scorers_ask_and_where_that_is_kept(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("keywords", JUDGE, SIMILAR)
        found = survey(jobs_of(world.settings()))
        assert found.asked == (("shapes", ("judge", "chat")), ("shapes", ("embed", "embeddings")))
        assert [spec.key for spec in found.models] == ["fake"]


async def test_a_survey_of_plain_scorers_finds_nobody_who_is_asked(make_jobs) -> None:
    _, jobs = make_jobs("http://127.0.0.1:9/v1")
    assert survey(jobs).asked == ()


async def test_what_judges_said_is_no_orphan(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(JUDGE, SIMILAR)
        await settle(world.settings())
    engine, _ = await settle(world.settings("recorded"))
    assert engine.orphan_notes() == ()
    settings = world.settings()
    store = RecordingStore(settings.recordings)
    wanted = wanted_by(jobs_of(settings), settings, store=store)
    stored = list(store.entries())
    assert len(stored) == 3 + 3 + 2
    assert all(one.entry.fingerprint in wanted.used for one in stored)
    assert wanted.places == engine.wanted.places == {("shapes", "fake")}
    assert wanted.judge_places == engine.wanted.judge_places == {("shapes", "judge"), ("shapes", "embed")}


async def test_what_a_judge_said_of_another_answer_is_an_orphan(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=1)
        await settle(world.settings())
        eval_file = tmp_path / "evals/shapes.eval.yaml"
        eval_file.write_text(eval_file.read_text().replace("names the colour", "says its name"))
        await settle(world.settings())
    engine, _ = await settle(world.settings("recorded"))
    assert engine.orphan_notes()[0].startswith("1 recording that nothing asked for: c0.")


async def test_a_replay_of_one_model_calls_no_verdict_on_another_an_orphan(tmp_path) -> None:
    with World(
        tmp_path, lambda request: MET if "c1: names" in request.body.decode() else "It is red, I think."
    ) as world:
        world.prepare(cases=1)
        await settle(world.settings())
        await settle(world.settings(models=("judge",)))  # its answers lie in the file of its verdicts
    assert recorded(world.settings(), "judge") == ["c0"] * 3
    for models in (("fake",), ("judge",), ("fake", "judge")):
        engine, _ = await settle(world.settings("recorded", models=models))
        assert engine.orphan_notes() == ()


async def test_a_model_that_judges_its_own_answers_does_not_wait_for_itself(tmp_path) -> None:
    def answer_or_verdict(request: FakeRequest) -> FakeReply:
        text = MET if "criteria" in request.body.decode() else "It is red."
        return FakeReply(body=chat_reply(text), delay_s=0.005)

    with World(tmp_path, answer_or_verdict) as world:
        world.prepare(cases=30)
        settings = world.settings("live", models=("judge",), concurrency=1)
        _, trials = await asyncio.wait_for(settle(settings), timeout=60)
    assert [trial.outcome for trial in trials] == ["passed"] * 30


async def test_answers_go_on_while_a_judge_is_slow(tmp_path) -> None:
    """All answers are there before the second verdict is asked for, though only one at a time may be asked of each."""

    def slow(request: FakeRequest) -> FakeReply:
        is_first = len(world.asked("judge-1")) == 1
        return FakeReply(body=chat_reply(MET), delay_s=1.0 if is_first else 0.0)

    with World(tmp_path, slow) as world:
        world.prepare(cases=4)
        await settle(world.settings("live", concurrency=1))
        kinds = [request.json["model"] for request in world.endpoint.requests]
    assert kinds.count("judge-1") == 4
    assert kinds[:5].count("fake-vlm") == 4


async def test_a_verdict_that_is_on_its_way_when_a_run_is_stopped_is_kept_and_counts(tmp_path) -> None:
    engine = None

    def stops_the_run(request: FakeRequest) -> FakeReply:
        loop.call_soon_threadsafe(engine.stop, "enough")
        return FakeReply(body=chat_reply(MET), delay_s=0.2)

    loop = asyncio.get_running_loop()
    with World(tmp_path, stops_the_run) as world:
        world.prepare("keywords", JUDGE, cases=5)
        settings = world.settings(concurrency=1)
        jobs = jobs_of(settings)
        engine = Engine(settings)
        trials = [trial async for _, trial in engine.stream(jobs)]
        await engine.aclose()
        engine.end(finished=False)
        assert len(world.asked("judge-1")) == 1
    assert recorded(settings, "judge") == [trial.case.id for trial in trials if trial.outcome == "passed"]
    assert len(trials) == 5
    for trial in trials:
        if trial.outcome == "unscored":
            assert trial.scores[1].explanation == "no verdict of judge: not asked: enough"


async def test_a_run_that_is_left_gives_no_half_judged_trials_and_the_next_one_goes_on(tmp_path) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def never(request: FakeRequest) -> FakeReply:
        loop.call_soon_threadsafe(begun.set)
        return FakeReply(body=chat_reply(MET), delay_s=30)

    with World(tmp_path, never) as world:
        world.prepare(cases=3)
        settings = world.settings(concurrency=1)
        engine = Engine(settings)
        got: list[Trial] = []

        async def read() -> None:
            async for _, trial in engine.stream(jobs_of(settings)):
                got.append(trial)

        reading = asyncio.create_task(read())
        await begun.wait()
        engine.stop("the run was interrupted", leave_rest=True)
        await asyncio.sleep(0.05)
        engine.give_up()
        await reading
        await engine.aclose()
        engine.end(finished=False)
        said = "no verdict of judge: no answer had come when the run was ended (the run was interrupted); it may have"
        assert [trial.scores[0].explanation[: len(said)] for trial in got] == [said]  # the one that was on its way
        world.judge = MET
        _, again = await settle(world.settings())
    assert [trial.outcome for trial in again] == ["passed"] * 3


# Stored responses, judged again.

WANTED = {"model": "judge", "criteria": ["names the colour"]}


async def test_a_stored_response_is_judged_again_without_asking_its_model(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("keywords", cases=2)
        _, trials = await settle(world.settings("live"))
        one = replace(jobs_of(world.settings())[0].eval, scorers=(ScorerSpec(name="judge", options=WANTED),))
        jobs = [stored_job(trial, one, place=7) for trial in trials]
        before = len(world.asked("fake-vlm"))
        _, judged = await settle(world.settings(), jobs)
        assert (len(world.asked("fake-vlm")) - before, len(world.asked("judge-1"))) == (0, 2)
    _, replayed = await settle(world.settings("recorded"), jobs)
    for trial, old in zip((*judged, *replayed), (*trials, *trials), strict=True):
        assert [score.scorer for score in trial.scores] == ["judge"]
        assert (trial.outcome, trial.response, trial.fingerprint) == ("passed", old.response, old.fingerprint)


async def test_judging_again_without_recordings_leaves_a_response_unscored(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare("keywords", cases=1)
        _, (trial,) = await settle(world.settings("live"))
    one = replace(jobs_of(world.settings())[0].eval, scorers=(ScorerSpec(name="judge", options=WANTED),))
    _, (again,) = await settle(world.settings("recorded"), [stored_job(trial, one)])
    assert (again.outcome, again.scores[0].value) == ("unscored", None)


async def test_a_trial_without_a_response_comes_back_as_it_is(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=1)
    settings = world.settings("recorded")
    jobs = jobs_of(settings)
    _, (trial,) = await settle(settings, jobs)
    assert trial.outcome == "error"
    _, (again,) = await settle(settings, [stored_job(trial, jobs[0].eval)])
    assert again is trial


async def test_stored_responses_are_judged_again_in_one_call(tmp_path) -> None:
    with World(tmp_path) as world:
        world.prepare(cases=3)
        settings = world.settings()
        _, trials = await settle(settings)
        one = jobs_of(settings)[0].eval
    jobs = [stored_job(trial, one, place=at) for at, trial in enumerate(trials)]
    found: list[tuple[int, str]] = []
    engine = Engine(world.settings("recorded"))
    await asyncio.to_thread(rejudge, jobs, engine=engine, on_trial=lambda job, t: found.append((job.place, t.outcome)))
    assert found == [(0, "passed"), (1, "passed"), (2, "passed")]
