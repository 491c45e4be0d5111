"""Prints how long `choice` and `yesno` take for 100,000 answers of 500 characters, on one core.

Run: python benchmarks/choice_speed.py [ANSWERS]
"""

from __future__ import annotations

import random
import sys

from keywords_speed import ENGLISH, KOREAN, LENGTH, time_scorer

from snellen.case import Case
from snellen.response import Response

CHOICES = {
    "English": {"A": "two cats", "B": "a red car", "C": "a boardwalk", "D": "a coffee cup"},
    "Korean": {"A": "고양이 두 마리", "B": "빨간색 자동차", "C": "산책로", "D": "커피잔"},
}
CONCLUSIONS = {
    "English": ["The answer is (B).", "So option C fits best.", "Answer: D", "A is wrong, therefore B.", ""],
    "Korean": ["정답은 (B)입니다.", "따라서 C번이 맞습니다.", "답: D", "A는 아니므로 B입니다.", ""],
}
OPENINGS = {"English": ["Yes, it is.", "No.", "There is none."], "Korean": ["네, 있습니다.", "아니요.", "없습니다."]}


def reasoned(count: int, language: str, sentences: list[str], *, conclude: bool) -> list[str]:
    """Answers that reason first and conclude, or that say yes or no first and explain."""
    rng = random.Random(1)
    made = []
    for _ in range(count):
        text = ""
        while len(text) < LENGTH - 40:
            text += rng.choice(sentences) + " "
        word = rng.choice(CONCLUSIONS[language] if conclude else OPENINGS[language])
        made.append(f"{text[: LENGTH - 40]}. {word}" if conclude else f"{word} {text[: LENGTH - 40]}")
    return made


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for language, sentences in (("English", ENGLISH), ("Korean", KOREAN)):
        choice = Case(id="speed", prompt="Which?", images=(), answer="B", choices=CHOICES[language])
        yesno = Case(id="speed", prompt="Is there a cat?", images=(), answer="yes")
        for name, case in (("choice", choice), ("yesno", yesno)):
            texts = reasoned(count, language, sentences, conclude=name == "choice")
            responses = [Response(text=text) for text in texts]
            time_scorer(name, case, responses, language=language)


if __name__ == "__main__":
    main()
