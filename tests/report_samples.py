"""Runs for the report's tests: one that has every state a report can show, and parts to make others from."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from snellen.case import Case, Expectation, ImageRef, Source
from snellen.response import Response, Usage
from snellen.score import Evidence, Score
from snellen.trial import Attempt, Failure, Run, RunFacts, SentImage, Skipped, Trial

MODELS = ("gpt-5.1", "offline-describer")
FACTS = RunFacts(
    id="20261122-170500-a1b2c3",
    title="First look: 간판과 영수증",
    started_at="2026-11-22T17:05:00Z",
    duration_s=12.4,
    mode="recorded",
    versions={"snellen": "0.1.0", "python": "3.11.2", "pillow": "13.0.0"},
    model_notes={"offline-describer": "offline model: real responses of offline-describer, no network"},
)


def png(text, *, colour="#3b6ea5", size=(320, 240)):
    """A picture with a plate and a word on it."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rounded_rectangle((width // 8, height // 4, width * 7 // 8, height * 3 // 4), 12, fill="white")
    draw.text((width // 2, height // 2), text, fill="black", anchor="mm", font_size=height // 6)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def picture(folder: Path, name: str, *, title="", **look):
    """A picture file in `folder`, and the reference a dataset would make of it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(path.stem, **look))
    return ImageRef(path=path, name=name, title=title)


def inline(text="inline", *, name="image 1 (inline)", **fields):
    return ImageRef(data=png(text, size=(64, 48)), name=name, **fields)


def response(text, **fields):
    usage = Usage(input_tokens=812, output_tokens=45)
    defaults = {"latency_s": 1.24, "usage": usage, "recorded": True, "recorded_at": "2026-11-20T09:30:00Z"}
    return Response(text=text, **(defaults | fields))


def trial(case, outcome="passed", *, text="A white plate.", model=MODELS[0], evidence=(), **fields):
    """A trial with a keyword score made of `evidence`; an error has a failure and no response."""
    value = {"passed": 1.0, "failed": 0.5, "unscored": None}.get(outcome, 0.0)
    score = Score(scorer="keywords", value=value, passed=outcome == "passed", evidence=tuple(evidence))
    own = {"failure": Failure(kind="timeout", message="no answer within 60 s")}
    if outcome != "error":
        own = {"response": response(text), "scores": (score,)}
    defaults = {"eval": "first_look", "prompt": case.prompt, "fingerprint": "9f3ac21b04" + "0" * 54}
    return Trial(case=case, outcome=outcome, model=model, **(defaults | own | fields))


def found(text, word, *, kind="found", note=""):
    """Evidence whose span is where `word` stands in `text`, in code points."""
    start = text.index(word)
    return Evidence(kind=kind, keyword=word, span=(start, start + len(word)), note=note)


def run(*trials, skipped=(), facts=FACTS):
    return Run(facts=facts, trials=tuple(trials), skipped=tuple(skipped))


def every_state(folder: Path) -> Run:
    """A run with each outcome, evidence kind, stop reason and kind of picture, in Korean and English."""
    return run(
        *_sign(folder),
        *_receipt(folder),
        *_facades(folder),
        *_pets(folder),
        *_troubles(folder),
        skipped=[
            Skipped(eval="first_look", case_id="boardwalk", model=MODELS[1], reason="needs the network, no recording")
        ],
    )


def _sign(folder):
    case = Case(
        id="stop-sign",
        prompt="What does the sign say, and what colour is it?",
        images=(picture(folder, "images/stop.png", colour="#b3261e"),),
        expect=Expectation(all=(("STOP", "정지"), ("red",)), regex=(r"\bsign\b",)),
        tags=("signs", "ocr"),
        metadata={"country": "KR", "size_cm": [60, 60]},
        source=Source("datasets/first_look/cases.yaml", 12),
    )
    right, wrong = "The sign says STOP 🛑 in white letters on a red plate.", "A plate that reads SHOP."
    evidence = [found(right, "sign", note=r"pattern \bsign\b"), found(right, "STOP"), found(right, "red")]
    missing = [Evidence(kind="missing", keyword="STOP|정지"), Evidence(kind="missing", keyword="red")]
    yield trial(case, text=right, evidence=evidence)
    yield trial(case, "failed", text=wrong, model=MODELS[1], evidence=missing)


def _receipt(folder):
    case = Case(
        id="영수증-합계",
        prompt="이 영수증의 합계는 얼마인가요?\n숫자로 답해 주세요.",
        images=(picture(folder, "images/영수증.png", colour="#6b6f3a", size=(480, 900)),),
        expect=Expectation(all=(("12,300", "12300"),), none=(("할인",),)),
        system="간결하게 답하세요.",
        tags=("영수증", "ocr"),
    )
    text = "합계는 12,300원입니다. 할인은 없고, 부가세는 포함되어 있어요."
    evidence = [found(text, "12,300"), found(text, "할인", kind="absent", note="negated: 없고")]
    yield trial(case, text=text, evidence=evidence, variant="plain")
    cut = "영수증에 보이는 것은 다음과 같습니다.\n" + "\n".join(
        f"{row}. 품목 {row}: {row * 900:,}원" for row in range(1, 40)
    )
    yield trial(
        case,
        "failed",
        model=MODELS[1],
        variant="plain",
        evidence=[Evidence(kind="missing", keyword="12,300|12300")],
        response=response(cut, stop="length", served_model="offline-describer-2026-11"),
    )
    yield trial(case, text="12,300", evidence=[found("12,300", "12,300")], variant="terse", prompt="합계를 숫자로만.")
    yield trial(case, "unscored", text="", model=MODELS[1], variant="terse", prompt="합계를 숫자로만.")


def _facades(folder):
    case = Case(
        id="facades",
        prompt="이 이미지에는 무엇이 있나요? 두 이미지 사이에 어떤 차이가 있나요? 파사드 관점에서 알려주세요.",
        images=(
            picture(folder, "images/before.png", title="수리 전 파사드", colour="#8a6d3b"),
            picture(folder, "images/after.png", title="수리 후 파사드", colour="#3b8a6d"),
        ),
        expect=Expectation(any=(("간판", "sign"), ("창문", "window"))),
        tags=("compare",),
    )
    text = "첫 번째 건물에는 창문이 네 개 있고, 두 번째 건물의 간판은 아마 새것일 수도 있습니다."
    evidence = [found(text, "창문"), found(text, "간판", kind="ambiguous", note="a guess, not a claim")]
    sent = (SentImage(identity="https://example.org/b.png", transform="resize:1024", notes=("converted to PNG",)),)
    yield trial(case, text=text, evidence=evidence)
    yield trial(
        case,
        "error",
        model=MODELS[1],
        images=sent,
        failure=Failure(kind="rate_limited", message="429 after 3 attempts: slow down", detail="secret traceback"),
        attempts=(Attempt(status=429, kind="rate_limited"),) * 2 + (Attempt(status=503, kind="server_error"),),
    )


def _pets(folder):
    again = picture(folder, "images/stop.png", colour="#b3261e", title="The sign again")
    case = Case(
        id="no-pets",
        prompt="Which animals are in the picture?",
        images=(again,),
        expect=Expectation(all=(("cat",),), none=(("dog",),)),
        tags=("negation",),
    )
    text = "There is no cat in it, but a dog."
    evidence = [
        found(text, "cat", kind="negated", note="denied by “no”"),
        found(text, "dog", kind="forbidden"),
        Evidence(kind="note", keyword="", note="two rules applied"),
    ]
    yield trial(case, "failed", text=text, evidence=evidence)
    refusal = response("I cannot help with that.", stop="refusal", recorded=False, recorded_at="", latency_s=0.31)
    yield trial(case, "failed", model=MODELS[1], response=refusal)


def _troubles(folder):
    gone = picture(folder, "images/gone.png")
    gone.path.unlink()
    web = ImageRef(url="https://example.org/path/boardwalk.jpg", name="https://example.org/path/boardwalk.jpg")
    broken = ImageRef(data=b"\x89PNG\r\n\x1a\nnot really", name="image 3 (inline)")
    case = Case(id="troubles", prompt="What is there?", images=(gone, web, broken, inline(name="image 4 (inline)")))
    yield trial(case, "unscored", text="A boardwalk.")
    filtered = response("", stop="content_filter", usage=Usage())
    yield trial(case, "unscored", model=MODELS[1], response=filtered)
