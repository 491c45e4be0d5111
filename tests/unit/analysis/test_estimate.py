"""What a run will ask and cost, worked out by hand beside each number."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

import snellen
from snellen._text import about_tokens
from snellen.analysis.estimate import Estimate, ModelEstimate, estimate
from snellen.runner.load import load_evals
from snellen.runner.settings import load_settings
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest

MODELS = """
[tool.snellen]
default_models = ["gpt"]
[tool.snellen.pinned]
"https://example.org/pinned.png" = "pinned.png"
[tool.snellen.models.gpt]
name = "gpt-4o"
params = { max_tokens = 50 }
price = { input = 10, output = 100 }
[tool.snellen.models.small]
name = "gpt-4o"
images = { max_side_px = 512, inline_urls = true }
price = { input = 10, output = 100 }
[tool.snellen.models.astra]
name = "gpt-6-astra"
[tool.snellen.models.strange]
name = "qwen3-vl"
price = { input = 10, output = 100 }
"""
FOUR_ASCII = "abcd"
BY_ADDRESS = "given by address, and nothing was fetched, so the size is not known"


def png(width_px: int, height_px: int) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width_px, height_px)).save(out, "PNG")
    return out.getvalue()


def project(root: Path, *rows: dict[str, object], prompts: str = "") -> None:
    (root / "pyproject.toml").write_text(MODELS)
    (root / "pinned.png").write_bytes(png(1024, 1024))
    (root / "square.png").write_bytes(png(1024, 1024))
    (root / "small.png").write_bytes(png(512, 512))
    lines = [json.dumps({"id": f"c{number}", "prompt": FOUR_ASCII, **row}) for number, row in enumerate(rows)]
    (root / "cases.jsonl").write_text("\n".join(lines))
    (root / "one.eval.yaml").write_text(f"cases: cases.jsonl\n{prompts}")


def estimated(root: Path, *models: str, mode: str = "missing") -> Estimate:
    settings = load_settings(root, environ={}, mode=mode, models=models)
    return estimate(load_evals([root / "one.eval.yaml"], settings), settings)


def only(found: Estimate) -> ModelEstimate:
    assert found.problems == ()
    (model,) = found.models
    return model


def test_a_model_in_full(tmp_path: Path) -> None:
    project(tmp_path, {"image": "square.png"}, {"image": "small.png", "prompt": "두 개"})
    found = only(estimated(tmp_path))
    assert found == ModelEstimate(
        spec=found.spec,
        calls=2,
        pictures=2,
        image_tokens=765 + 255,
        text_tokens=1 + (2 + 1),
        output_tokens=100,
        input_usd=pytest.approx((766 + 258) * 10 / 1e6),
        most_usd=pytest.approx(((766 + 258) * 10 + 100 * 100) / 1e6),
    )


def test_a_picture_counts_in_the_size_it_is_sent_in(tmp_path: Path) -> None:
    project(tmp_path, {"image": "square.png"}, {"image": "https://example.org/pinned.png", "prompt": "else"})
    assert only(estimated(tmp_path, "small")).image_tokens == 255 + 255


def test_detail_counts(tmp_path: Path) -> None:
    project(tmp_path, {"image": {"path": "square.png", "detail": "low"}})
    assert only(estimated(tmp_path)).image_tokens == 85


def test_a_picture_by_address_is_unknown_unless_there_is_a_local_copy(tmp_path: Path) -> None:
    project(tmp_path, {"image": "https://example.org/far.png"}, {"image": "https://example.org/pinned.png"})
    found = only(estimated(tmp_path))
    assert (found.image_tokens, found.image_tokens_unknown, found.notes) == (765, 1, {BY_ADDRESS: 1})
    assert (found.input_usd_unknown, found.input_usd) == (1, pytest.approx(766 * 10 / 1e6))


def test_a_model_without_a_rule_has_no_image_tokens_and_no_cost(tmp_path: Path) -> None:
    project(tmp_path, {"images": ["square.png", "small.png"]})
    found = only(estimated(tmp_path, "strange"))
    assert (found.image_tokens_unknown, found.notes) == (2, {"no rule is known for 'qwen3-vl'": 2})
    assert (found.input_usd_unknown, found.most_usd_unknown, found.output_unlimited) == (1, 1, 1)


def test_a_picture_that_will_be_refused_is_said_before_it_is_sent(tmp_path: Path) -> None:
    project(tmp_path, {"image": "huge.png"})
    (tmp_path / "huge.png").write_bytes(png(9000, 6000))
    assert only(estimated(tmp_path, "astra")).notes == {
        "will be refused: huge.png, detail original: 53,016 patches, more than the 30,000 that are taken": 1
    }


@pytest.mark.parametrize(
    ("mode", "calls", "repeated"), [("recorded", 0, 0), ("missing", 1, 1), ("refresh", 1, 1), ("live", 2, 0)]
)
def test_what_is_asked_alike_is_asked_once_where_answers_are_recorded(
    tmp_path: Path, mode: str, calls: int, repeated: int
) -> None:
    project(tmp_path, {"image": "square.png"}, {"image": "square.png"})
    found = only(estimated(tmp_path, mode=mode))
    assert (found.calls, found.repeated, found.recorded) == (calls, repeated, 0)


def test_a_case_that_cannot_be_asked_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    project(tmp_path, {"image": "square.png"}, {"image": "small.png"})
    (tmp_path / "small.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = estimated(tmp_path)
    assert [model.calls for model in found.models] == [1]
    assert len(found.problems) == 1
    assert "small.png" in found.problems[0]


def test_models_and_variants_multiply(tmp_path: Path) -> None:
    project(tmp_path, {"image": "small.png"}, prompts='prompts: {a: "{{ prompt }}", b: "{{ prompt }}efgh"}\n')
    found = estimated(tmp_path, "gpt", "astra")
    assert [(model.spec.key, model.calls, model.text_tokens) for model in found.models] == [
        ("gpt", 2, 1 + 2),
        ("astra", 2, 1 + 2),
    ]


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("고양이", 3), ("고양이 2마리", 5 + 1)]
)
def test_text_is_about(text: str, tokens: int) -> None:
    assert about_tokens(text) == tokens


# What scorers ask.

JUDGES = """
[tool.snellen.models.local]
name = "qwen3-vl"
base_url = "{url}"
[tool.snellen.models.checker]
name = "gpt-4o"
base_url = "{url}"
params = {{ max_tokens = 50 }}
price = {{ input = 10, output = 100 }}
[tool.snellen.models.embed]
name = "text-embedding-3-small"
base_url = "{url}"
api = "embeddings"
price = {{ input = 10, output = 0 }}
"""
_JUDGE = "scorers: [{judge: {model: checker, criteria: It is short.}}]\n"


def judged(root: Path, scorers: str, *, url: str = "http://127.0.0.1:9/v1", rows: int = 2) -> None:
    project(root, *({"image": "small.png", "answer": "red", "prompt": f"{n}?"} for n in range(rows)), prompts=scorers)
    (root / "pyproject.toml").write_text(MODELS + JUDGES.format(url=url))


def asked(found: Estimate) -> list[tuple[str, int, int, int, int]]:
    """Of each model that scorers ask: calls, recorded, repeated, and open."""
    return [
        (one.known.spec.key, one.known.calls, one.known.recorded, one.known.repeated, one.open) for one in found.judges
    ]


@pytest.mark.parametrize(
    ("scorers", "expected"),
    [
        ("scorers: [exact]\n", []),
        (_JUDGE, [("checker", 0, 0, 0, 2)]),
        ("scorers: [{judge: {model: checker, compare: true}}]\n", [("checker", 0, 0, 0, 4)]),
        ("scorers: [{similarity: {model: embed}}]\n", [("embed", 0, 0, 0, 4)]),
        (
            'scorers: [{any: {scorers: ["judge: checker: It is red.", "similarity: embed"]}}]\n',
            [("checker", 0, 0, 0, 2), ("embed", 0, 0, 0, 4)],
        ),
    ],
    ids=["none", "one-each", "both-orders", "two-texts", "combined"],
)
def test_what_scorers_ask_of_answers_that_are_not_there_is_counted_and_not_priced(
    tmp_path: Path, scorers: str, expected: list[object]
) -> None:
    judged(tmp_path, scorers)
    found = estimated(tmp_path, "local")
    assert asked(found) == expected
    assert [(one.known.input_usd, one.known.text_tokens) for one in found.judges] == [(0.0, 0)] * len(expected)
    assert [model.spec.key for model in found.models] == ["local"]


def _by_model(request: FakeRequest) -> FakeReply | str:
    if request.path.endswith("/embeddings"):
        vector = {"data": [{"embedding": [0.6, 0.8]}], "model": "e", "usage": {"prompt_tokens": 3}}
        return FakeReply(body=vector)
    return '{"c1": {"reason": "so", "met": true}}' if "gpt-4o" in request.body.decode() else "It is red."


def test_what_scorers_ask_of_recorded_answers_is_known_and_priced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two cases ask different questions: the judge is asked about each, though both were answered alike."""
    monkeypatch.chdir(tmp_path)
    with FakeEndpoint(answer=_by_model) as endpoint:
        judged(tmp_path, "scorers: [exact]\n", url=endpoint.base_url)
        snellen.run(tmp_path / "one.eval.yaml", models="local", responses="missing")
        (tmp_path / "one.eval.yaml").write_text(f"cases: cases.jsonl\n{_JUDGE}")
        (checker,) = estimated(tmp_path, "local").judges
        known = checker.known
        assert (known.calls, known.pictures, known.output_tokens, checker.open) == (2, 0, 100, 0)
        assert known.input_usd == pytest.approx(known.text_tokens * 10 / 1e6)
        assert known.most_usd == pytest.approx((known.text_tokens * 10 + 100 * 100) / 1e6)
        snellen.run(tmp_path / "one.eval.yaml", models="local", responses="missing")
        assert asked(estimated(tmp_path, "local")) == [("checker", 0, 2, 0, 0)]
        assert asked(estimated(tmp_path, "local", mode="refresh")) == [("checker", 0, 0, 0, 2)]
        assert asked(estimated(tmp_path, "local", mode="recorded")) == []


def test_a_text_that_many_answers_are_compared_with_is_asked_about_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two cases, one answer, one right answer: two texts, each of which the second case only finds again."""
    monkeypatch.chdir(tmp_path)
    with FakeEndpoint(answer=_by_model) as endpoint:
        judged(tmp_path, "scorers: [exact]\n", url=endpoint.base_url)
        snellen.run(tmp_path / "one.eval.yaml", models="local", responses="missing")
        (tmp_path / "one.eval.yaml").write_text("cases: cases.jsonl\nscorers: [{similarity: {model: embed}}]\n")
        found = estimated(tmp_path, "local")
        assert asked(found) == [("embed", 2, 0, 2, 0)]
        (embed,) = found.judges
        assert (embed.known.output_unlimited, embed.known.most_usd) == (0, embed.known.input_usd)


def test_a_model_that_cannot_judge_is_told_though_nothing_is_asked_of_it_yet(tmp_path: Path) -> None:
    judged(tmp_path, "scorers: [{judge: {model: embed, criteria: It is short.}}]\n")
    (problem,) = estimated(tmp_path, "local").problems
    assert "a scorer asks model 'embed' for an answer, and it makes embeddings" in problem
