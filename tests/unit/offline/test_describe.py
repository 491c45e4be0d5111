"""What the describer says of pictures whose content is known: whole answers, to be read aloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from snellen.offline import describe
from snellen.offline.describe import answer
from snellen.offline.pictures import Pixels, decode
from snellen.offline.protocol import ModelName

pytestmark = pytest.mark.offline


@pytest.fixture(autouse=True)
def _each_picture_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading costs a third of a second and the same pixels give the same measurements."""
    monkeypatch.setattr(describe, "observe", _observe)
    monkeypatch.setattr(describe, "read_lines", _read)


def _once(measure: Callable[[Pixels], object]) -> Callable[[Pixels], object]:
    known: dict[bytes, object] = {}

    def once(pixels: Pixels) -> object:
        key = pixels.tobytes()
        if key not in known:
            known[key] = measure(pixels)
        return known[key]

    return once


_observe, _read = _once(describe.observe), _once(describe.read_lines)


def _ask(prompt: str, *pictures: bytes, model: ModelName = "offline-describer") -> str:
    return answer(model, prompt, [decode(picture)[0] for picture in pictures])


def test_a_sign_is_described(sign: bytes) -> None:
    assert _ask("Describe this picture.", sign) == (
        "The background is light blue, with green along the bottom. "
        "There is a red octagon in the middle and a grey rectangle at the bottom. "
        'The text reads "STOP".'
    )


def test_a_korean_prompt_is_answered_in_korean(sign: bytes) -> None:
    assert _ask("이 사진에 대해 설명해줘", sign) == (
        "배경은 하늘색이고, 아래쪽은 초록색입니다. "
        "가운데에 빨간색 팔각형, 아래쪽에 회색 직사각형이 있습니다. "
        '"STOP"이라고 적혀 있습니다.'
    )


ALL_SHAPES = "There are 9 shapes in all: 5 red circles, 2 blue squares, 1 yellow star and 1 green triangle."
SHAPES = [
    (
        "How many shapes are there?",
        ALL_SHAPES,
    ),
    ("How many red circles are there?", "There are 5 red circles."),
    ("How many red circles are there? Answer with the number only.", "5"),
    ("빨간 원은 몇 개인가요?", "빨간색 원 5개가 있습니다."),
    ("빨간 원은 몇 개인가요? 숫자만 답하세요.", "5"),
    ("How many purple circles are there?", "I found none of those."),
    ("What colour is the star?", "There is 1 yellow star."),
    ("별은 무슨 색인가요?", "노란색 별 1개가 있습니다."),
    ("Where is the triangle?", "There is a green triangle at the bottom."),
    ("별은 어디에 있나요?", "왼쪽 아래에 노란색 별이 있습니다."),
    ("What is on the right?", "On the right: 2 blue squares, a red circle and a green triangle."),
    ("오른쪽에는 무엇이 있나요?", "오른쪽에 파란색 정사각형 2개, 빨간색 원, 초록색 삼각형이 있습니다."),
    ("How many circles are on the left?", "There are 4 red circles."),
    ("What is to the left of the star?", "On the left: a red circle."),
    ("Is the star left of the triangle?", "From left to right: a yellow star, a green triangle."),
    ("Is there a red circle?", "Yes. There are 5 red circles."),
    ("보라색 별이 있나요?", "아니요. 말씀하신 도형은 찾지 못했습니다."),
    (
        "What colours do you see?",
        f"The background is white. {ALL_SHAPES}",
    ),
    ("What does it say?", "I could not read any text in this image."),
]


@pytest.mark.parametrize(("prompt", "said"), SHAPES, ids=[prompt for prompt, _ in SHAPES])
def test_shapes_are_spoken_of_as_asked(prompt: str, said: str, shapes: bytes) -> None:
    assert _ask(prompt, shapes) == said


RECEIPT = [
    ("What is the total?", 'The text reads "TOTAL 8.37".'),
    ("What is the total? Answer with the number only.", "8.37"),
    ("합계가 얼마인가요?", '"TOTAL 8.37"이라고 적혀 있습니다.'),
    ("합계가 얼마인가요? 숫자만 답하세요.", "8.37"),
    ("How much is the bagel?", 'The text reads "Bagel 3.25".'),
    ("What is written at the top? Text only.", "Latte 4.50\nBagel 3.25\nSubtotal 7.75"),
    ("Read the receipt.", "The text reads:\nLatte 4.50\nBagel 3.25\nSubtotal 7.75\nTax 0.62\nTOTAL 8.37"),
]


@pytest.mark.parametrize("model", ["offline-reader", "offline-describer"])
@pytest.mark.parametrize(("prompt", "said"), RECEIPT, ids=[prompt for prompt, _ in RECEIPT])
def test_a_receipt_is_read_as_asked(prompt: str, said: str, model: ModelName, receipt: bytes) -> None:
    assert _ask(prompt, receipt, model=model) == said


def test_the_reader_says_nothing_of_shapes(sign: bytes, shapes: bytes) -> None:
    assert _ask("Describe this.", sign, model="offline-reader") == 'The text reads "STOP".'
    assert _ask("설명해줘", shapes, model="offline-reader") == "이 이미지에서 읽을 수 있는 글자를 찾지 못했습니다."


def test_a_bar_chart_is_read(chart: bytes) -> None:
    assert _ask("Which day had the most visitors?", chart) == (
        "The background is white. "
        'This looks like a bar chart titled "Visitors per day" with 4 bars: Mon 120, Tue 200, Wed 340 and Thu 80. '
        "The tallest bar is Wed and the shortest is Thu."
    )
    assert _ask("가장 높은 막대는?", chart) == (
        '막대가 4개인 막대그래프로 보입니다. 제목은 "Visitors per day"입니다. '
        "막대는 왼쪽부터 Mon 120, Tue 200, Wed 340, Thu 80입니다. "
        '가장 높은 막대는 "Wed"이고, 가장 낮은 막대는 "Thu"입니다.'
    )


def test_two_facades_are_compared(facades: tuple[bytes, bytes]) -> None:
    assert _ask("What is different?", *facades) == (
        "There are 3 differences between image 1 and image 2.\n"
        "- At the top: image 1 shows a red triangle, image 2 shows a green triangle.\n"
        "- On the right: image 1 shows a blue rectangle, image 2 shows only beige.\n"
        '- At the bottom: image 1 shows the text "BAKERY", image 2 shows the text "BOOKS".'
    )


def test_two_facades_are_described_and_compared_in_korean(facades: tuple[bytes, bytes]) -> None:
    prompt = "이 이미지에는 무엇이 있나요? 두 이미지 사이에 어떤 차이가 있나요? 파사드 관점에서 알려주세요."
    first, second, differences = _ask(prompt, *facades).split("\n\n")
    assert first == (
        "이미지 1: 배경은 하늘색입니다. 도형은 모두 10개로, "
        "파란색 직사각형 8개, 빨간색 삼각형 1개, 베이지색 직사각형 1개가 있습니다. "
        '"BAKERY"라고 적혀 있습니다.'
    )
    assert second.startswith("이미지 2: 배경은 하늘색입니다. 도형은 모두 9개로, 파란색 직사각형 7개, ")
    assert differences == (
        "이미지 1과 이미지 2 사이에는 다른 곳이 3군데 있습니다.\n"
        "- 위쪽: 이미지 1에는 빨간색 삼각형이 있고, 이미지 2에는 초록색 삼각형이 있습니다.\n"
        "- 오른쪽: 이미지 1에는 파란색 직사각형이 있고, 이미지 2에는 베이지색 바탕만 있습니다.\n"
        '- 아래쪽: 이미지 1에는 "BAKERY"라는 글자가 있고, 이미지 2에는 "BOOKS"라는 글자가 있습니다.'
    )


def test_each_of_several_pictures_is_answered_under_its_number(sign: bytes, receipt: bytes) -> None:
    assert _ask("Read the text only.", sign, receipt) == (
        "Image 1: STOP\n\nImage 2: Latte 4.50\nBagel 3.25\nSubtotal 7.75\nTax 0.62\nTOTAL 8.37"
    )


def test_pictures_that_cannot_be_compared_are_described(sign: bytes, receipt: bytes) -> None:
    said = _ask("차이는?", sign, receipt)
    assert said.startswith("이미지 1: 배경은 하늘색이고")
    assert said.endswith("이미지 1과 이미지 2는 가로세로 비율이 달라서, 위치별로 비교하지 못했습니다.")


def test_a_photograph_is_told_by_its_colours(photograph: bytes) -> None:
    assert _ask("Describe this photo.", photograph) == (
        "The picture is mostly blue at the top, green and light blue in the middle and green at the bottom."
    )
    assert _ask("How many people are there?", photograph) == "I found no plain shapes to count in this image."


def test_writing_it_cannot_read_is_admitted(unreadable: bytes) -> None:
    assert _ask("Describe this.", unreadable) == "The background is white. There is writing that I cannot read."
    assert _ask("뭐라고 적혀 있나요?", unreadable) == "읽을 수 없는 글자가 있습니다."


def test_without_a_picture_it_says_so() -> None:
    assert _ask("Describe this.") == "There is no image in your message, and I can only speak about images."
    assert _ask("설명해줘") == "메시지에 이미지가 없습니다. 저는 이미지에 대해서만 답할 수 있습니다."
