"""Prints how long `number` and `count` take for 100,000 answers of 500 characters, on one core.

Run: python benchmarks/number_speed.py [ANSWERS]
"""

from __future__ import annotations

import sys

from keywords_speed import ENGLISH, KOREAN, answers, time_scorer

from snellen.case import Case
from snellen.response import Response

PROMPTS = {"English": "How many cats are there in the picture?", "Korean": "이 사진에는 고양이가 몇 마리 있나요?"}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for language, sentences in (("English", ENGLISH), ("Korean", KOREAN)):
        responses = [Response(text=text) for text in answers(count, sentences)]
        case = Case(id="speed", prompt=PROMPTS[language], images=(), answer=2)
        for name in ("number", "count"):
            time_scorer(name, case, responses, language=language)


if __name__ == "__main__":
    main()
