"""A run in which every scorer has judged, so that a report can be tried with evidence as scorers make it."""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

from report_samples import FACTS, MODELS, picture, response, run
from snellen.case import Case, Mark
from snellen.score import ScorerCall
from snellen.scorers.asking import ScorerReply, judge_with, questions_of
from snellen.scorers.spec import parse_scorer
from snellen.trial import Failure, GateResult, MetricResult, Run, Trial, outcome_of

RECEIPT = {"shop": "Blue Cup", "date": "2024-01-02", "total": 12.5, "paid": True, "items": ["coffee", "cake"]}
SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}}, "required": ["total", "shop"]}
CRITERIA = {"names the total": "It names 23.45 as the total.", "no-guess": "It claims nothing that cannot be seen."}

# case, then prompt, answer of the case, scorers, and what each model said.
TEXTS = {
    "number": ("How much is it?", "42", ["number: 42 ±1"], ("It costs 41.5 dollars.", "I count 7 and then 39.")),
    "number-korean": (
        "얼마인가요?",
        None,
        ["number: 12300원"],
        ("합계는 만 이천삼백 원입니다.", "합계는 12,800원입니다."),
    ),
    "count": ("How many cats?", 3, ["count: 3"], ("There are three cats.", "There are five cats.")),
    "yesno": ("Is there a dog?", "no", ["yesno"], ("No, there is no dog.", "Yes, a dog sits there.")),
    "exact": ("Which city?", ["Seoul", "서울"], ["exact"], ("서울", "Busan, I think")),
    "regex": ("Which day?", None, [{"regex": r"\d{4}-\d\d"}], ("It is 2024-01 or so.", "January")),
    "contains": (
        "Describe it.",
        None,
        ["contains-all: red, sign", "not-contains: dog"],
        ("A red sign.", "A dog, red."),
    ),
    "contains-any": ("Describe it.", None, ["contains-any: cat, 고양이"], ("고양이", "개")),
    "refusal": ("Who is it?", None, ["refusal"], ("I cannot help with that.", "It is Kim.")),
    "not-number": ("How much?", None, ["not-number: 13"], ("It is 12.", "It is 13.")),
    "fuzzy": ("Which city?", None, ["fuzzy: Seoul >= 0.8"], ("Seoull", "Pyongyang")),
    "anls": ("Which day?", None, ["anls: 12 March 2024"], ("12 March 2O24", "no idea")),
    "anls-star": ("Read it.", RECEIPT, ["anls*"], (json.dumps(RECEIPT), json.dumps(RECEIPT | {"shop": "Blue Cap"}))),
    "vqa": ("Which colour?", None, ["vqa: red | red | red | dark red"], ("red", "blue")),
    "relaxed": ("Which value?", None, ["relaxed: 42"], ("43", "50")),
    "error-rate": (
        "Read it.",
        None,
        ["cer: 서울역 1번 출구", "wer: Seoul station exit 1"],
        ("서울역 1번 출구", "서을역 1번"),
    ),
    "chrf": ("Describe it.", None, [{"chrf": {"answer": "a cat sits", "at_least": 0.5}}], ("a cat sits", "nothing")),
    "bleu": ("Describe it.", None, ["bleu: a cat sits on the red mat"], ("a cat sits on the red mat", "nothing")),
    "fields": (
        "Read the receipt.",
        RECEIPT,
        [{"fields": {"scorers": {"date": "date"}, "extra": "wrong"}}],
        (
            json.dumps(RECEIPT),
            json.dumps(RECEIPT | {"shop": "Blue Cap", "paid": False, "tip": 3, "items": ["coffee"]}, indent=1),
        ),
    ),
    "json": (
        "Answer in JSON.",
        None,
        [{"json": {"answer": SCHEMA}}],
        ('{"total": 3, "shop": "x"}', '```json\n{"total": "three"}\n```'),
    ),
    "ceilings": (
        "Answer briefly.",
        None,
        ["length: <= 12 characters", "latency: <= 1 s", {"cost": {"at_most": 1, "input_usd": 1, "output_usd": 2}}],
        ("Short.", "Far too long for what was asked."),
    ),
    "language": (
        "한국어로 답하세요.",
        None,
        ["language: ko", "not-refusal"],
        ("정지 표지판입니다.", "I am sorry, I cannot help with that."),
    ),
    "all": (
        "Describe it.",
        None,
        [{"all": ["contains: cat", "number: 3", "length: <= 40 characters"]}],
        ("3 cats, or a cat and two more.", "5 cats"),
    ),
    "any-weighted": (
        "Describe it.",
        None,
        [
            {"any": ["contains: 고양이", "contains: cat"]},
            {"weighted": {"scorers": ["contains: cat", "contains: dog"], "weights": [3, 1], "at_least": 0.7}},
        ],
        ("a cat", "a dog"),
    ),
    "unscored": ("How many?", None, ["number: 3", "contains: cat"], ("cat, or maybe 3 or 4", "no cat that I can see")),
    "marked-failing": ("How many stars?", None, ["number: 4"], ("4 stars", "3 stars")),
    "marked-flaky": ("How many stars?", None, ["number: 4"], ("4", "3")),
    "normalised": (
        "무엇이 보이나요?",
        None,
        ["keywords: 고양이", "contains: cafe", "not-contains: שלום"],
        (
            "🐈\u200d⬛ "
            + unicodedata.normalize("NFD", "검은 고양이가")
            + " ＣＡＦＥ 앞에 있습니다. 👩\u200d👩\u200d👧",
            "\u200fשלום\u200f 🐕 " + unicodedata.normalize("NFD", "강아지") + " café",
        ),
    ),
    "long": (
        "Read all of it.",
        None,
        ["contains: row 60", "not-contains: row 61"],
        tuple("\n".join(f"row {at}: {at * 900:,}원" for at in range(rows)) for rows in (61, 80)),
    ),
}
CHOICES = ("B, for the sign is red.", "정답은 ③입니다.")
BOXES = ('{"bbox_2d": [42, 62, 278, 178], "label": "plate"}', "[42, 62, 160, 178] and [500, 20, 600, 60]")
TALL = ("(240, 450) 여기입니다.", "(470, 20), (100, 880)")
JUDGED = (
    {"c1": {"reason": "It says 23.45.", "met": True}, "c2": {"reason": "보이는 것만 말합니다.", "met": True}},
    {"c1": {"reason": "It says 32.45.", "met": False}, "c2": {"reason": "It only reads.", "met": True}},
)


def every_scorer(folder: Path) -> Run:
    """A run in which each scorer passes and fails, with gates, metrics and marks."""
    plate = picture(folder, "images/plate.png", colour="#3b6ea5")
    tall = picture(folder, "images/tall.png", colour="#6b6f3a", size=(480, 900), title="영수증")
    trials = [own for name, row in TEXTS.items() for own in _texts(name, row, plate)]
    choices = {"A": "blue", "B": "red", "C": "green"}
    trials += _asked(_case("choice", plate, "Which colour?", answer="B", choices=choices), ["choice"], CHOICES)
    trials += _asked(_case("boxes", plate, "Where is the plate?", answer=[40, 60, 280, 180]), ["boxes"], BOXES)
    trials += _asked(_case("points", tall, "어디에 있나요?"), [{"points": {"answer": [60, 225, 420, 675]}}], TALL)
    near = {"points": {"answer": [[240, 450], [100, 870]], "radius": 30, "many": True}}
    trials += _asked(_case("points-many", tall, "Point at both."), [near], TALL)
    trials += _judged(plate)
    failure = Failure(kind="timeout", message="no answer within 60 s")
    broken = _case("error", plate, "?")
    trials.append(Trial(eval="scores", case=broken, model=MODELS[0], prompt="?", outcome="error", failure=failure))
    return run(*trials, facts=replace(FACTS, title="Every scorer: 모든 채점기", gates=GATES, metrics=METRICS))


def _texts(name, row, plate):
    prompt, answer, scorers, said = row
    mark = {
        "marked-failing": Mark(kind="known_failing", reason="takes 4 for 3", until="2027-03-31"),
        "marked-flaky": Mark(kind="flaky", reason="a blurred picture"),
    }.get(name)
    return _asked(_case(name, plate, prompt, answer=answer, mark=mark), scorers, said)


def _case(name, ref, prompt, **fields):
    return Case(id=name, prompt=prompt, images=(ref,), **fields)


def _asked(case, scorers, said):
    specs = tuple(map(parse_scorer, scorers))
    case = replace(case, expect=replace(case.expect, scorers=specs))
    for model, text in zip(MODELS, said, strict=True):
        scores = tuple(judge_with(spec, case, response(text)) for spec in specs)
        yield _trial(case, model, text, scores)


def _judged(plate):
    case = _case("judge", plate, "What is the total?", answer="23.45")
    rubric = parse_scorer({"judge": {"model": "gpt-judge", "criteria": CRITERIA}})
    pair = parse_scorer({"judge": {"model": "gpt-judge", "compare": True}})
    near = parse_scorer("similarity: embed >= 0.8")
    case = replace(case, expect=replace(case.expect, scorers=(rubric, pair, near)))
    better = [{"better": "1", "reason": "It is right."}, {"better": "2", "reason": "두 번째가 맞습니다."}]
    for model, text, verdict, side, vector in zip(
        MODELS,
        ("It is 23.45.", "It is 32.45."),
        JUDGED,
        (better, better[:1] * 2),
        ((3.0, 4.0), (0.0, 1.0)),
        strict=True,
    ):
        own = response(text)
        count = len(questions_of(near, case, own))
        replies = [
            judge_with(rubric, case, own, (_said(verdict),)),
            judge_with(pair, case, own, tuple(map(_said, side))),
            judge_with(near, case, own, tuple(_numbers(one) for one in ([vector, (1.0, 0.0)] * count)[:count])),
        ]
        yield _trial(case, model, text, tuple(replies))


def _said(value):
    text = json.dumps(value, ensure_ascii=False)
    call = ScorerCall(model="gpt-judge", served_model="gpt-judge-2026-11", text=text, latency_s=1.5, cost_usd=0.0012)
    return ScorerReply(text=text, call=call)


def _numbers(vector):
    return ScorerReply(vector=vector, call=ScorerCall(model="embed", recorded=True))


def _trial(case, model, text, scores):
    return Trial(
        eval="scores",
        case=case,
        model=model,
        prompt=case.prompt,
        outcome=outcome_of(scores),
        response=response(text),
        scores=scores,
    )


GATES = (
    GateResult(
        text="errors == 0",
        eval="scores",
        model=MODELS[0],
        state="failed",
        because="1 of 32 trials",
        cases=("scores[error]",),
    ),
    GateResult(
        text="accuracy >= 50%", eval="scores", model=MODELS[0], state="held", because="90.3 % of 31 cases, 75.1-96.7 %"
    ),
    GateResult(text="no_broken main", state="skipped", because="this is shard 2/8", notes=("merge the shards",)),
)
METRICS = (
    MetricResult(
        name="accuracy",
        about="passed out of responses",
        eval="scores",
        model=MODELS[0],
        value=0.9,
        low=0.75,
        high=0.97,
        formula="Wilson",
        n=31,
    ),
    MetricResult(name="mae", eval="scores", model=MODELS[1], value=None, n=0, note="no response with a number"),
)
