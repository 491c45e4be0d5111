"""Prints how long the keyword scorer takes for 100,000 answers of 500 characters, on one core.

Run: python benchmarks/keywords_speed.py [ANSWERS]
"""

from __future__ import annotations

import random
import sys
import time

from snellen.case import Case, Expectation, ImageRef
from snellen.response import Response
from snellen.scorers.keywords import keywords
from snellen.scorers.registry import get_scorer

KOREAN = [
    "이 사진에는 고양이 두 마리가 소파 위에 나란히 앉아 있습니다.",
    "빨간색 자동차는 보이지 않지만 길가에 자전거가 세 대 세워져 있습니다.",
    "왼쪽 건물의 창문은 12개이고 오른쪽 건물의 창문은 9개입니다.",
    '표지판에는 "STOP"이라고 적혀 있으며 글자는 흰색입니다.',
    "두 이미지의 가장 큰 차이는 하늘의 색과 파사드의 재료입니다.",
    "사람이 있는지는 확실하지 않으나 멀리 산책로가 보입니다.",
    "영수증의 합계 금액은 23,450원이고 날짜는 2024년 3월 5일입니다.",
    "전체적으로 밝고 따뜻한 분위기이며 자연광이 창을 통해 들어옵니다.",
    "배경에는 나무와 건물이 흐릿하게 보이고 하늘은 맑습니다.",
    "테이블 위에는 커피잔과 책이 놓여 있고 꽃병은 없습니다.",
    "오른쪽 아래에는 작은 글씨로 촬영 날짜가 표시되어 있습니다.",
    "사람들은 우산을 쓰지 않고 횡단보도를 건너고 있습니다.",
    "막대그래프에서 가장 높은 값은 4월의 87.5점입니다.",
    "첫 번째 사진은 실내에서, 두 번째 사진은 야외에서 찍은 것으로 보입니다.",
]
ENGLISH = [
    "The image shows two cats sitting next to each other on a gray sofa.",
    "There is no red car, but three bicycles are parked along the road.",
    "The sign in the center says STOP in white letters on a red background.",
    "I cannot tell whether there are any people behind the window.",
    "The total on the receipt is $23.45 and the date is March 5, 2024.",
    "A wooden boardwalk leads through a green meadow under a blue sky.",
    "The overall mood is bright and warm, with natural light from the left.",
    "In the background there are trees and buildings that are out of focus.",
    "On the table you can see a coffee cup and a book, but no flowers.",
    "The highest bar belongs to April and reaches a value of 87.5 points.",
    "The first picture was taken indoors, while the second shows a street.",
    "Most of the people are not carrying umbrellas although it is raining.",
]
EXPECTATIONS = {
    "words": Expectation(all=(("고양이", "cat"), ("산책로", "boardwalk"), ("지하철", "subway"))),
    "words and a count": Expectation(all=(("고양이", "cat"), ("자전거", "bicycle"), ("3",))),
    "words and a forbidden one": Expectation(all=(("소파", "sofa"), ("표지판", "sign")), none=(("자동차", "car"),)),
}
LENGTH = 500


def answers(count: int, sentences: list[str]) -> list[str]:
    rng = random.Random(1)
    made = []
    for _ in range(count):
        text = ""
        while len(text) < LENGTH:
            text += rng.choice(sentences) + " "
        made.append(text[:LENGTH])
    return made


def time_scorer(name: str, case: Case, responses: list[Response], *, language: str) -> None:
    """Prints how long the scorer of this name takes for all of them."""
    scorer = get_scorer(name)
    start = time.process_time()
    scores = [scorer(case, response) for response in responses]
    seconds = time.process_time() - start
    read = sum(score.value is not None for score in scores)
    print(f"{name}, {language}: {len(responses):,} answers in {seconds:.2f} s ({read:,} could be read)")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    image = ImageRef(data=b"", name="image 1")
    for language, sentences in (("Korean", KOREAN), ("English", ENGLISH)):
        responses = [Response(text=text) for text in answers(count, sentences)]
        for name, expect in EXPECTATIONS.items():
            case = Case(id="speed", prompt="?", images=(image,), expect=expect)
            start = time.process_time()
            passed = sum(keywords(case, response).passed for response in responses)
            seconds = time.process_time() - start
            print(f"{language}, 3 {name}: {count:,} answers in {seconds:.2f} s ({passed:,} passed)")


if __name__ == "__main__":
    main()
