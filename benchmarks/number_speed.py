"""Prints how long `number` and `count` take for 100,000 answers of 500 characters, on one core.

Run: python benchmarks/number_speed.py [ANSWERS]
"""

from __future__ import annotations

import sys
import time

from keywords_speed import ENGLISH, KOREAN, answers

from snellen.case import Case
from snellen.response import Response
from snellen.scorers.registry import get_scorer

PROMPTS = {"English": "How many cats are there in the picture?", "Korean": "이 사진에는 고양이가 몇 마리 있나요?"}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for language, sentences in (("English", ENGLISH), ("Korean", KOREAN)):
        responses = [Response(text=text) for text in answers(count, sentences)]
        case = Case(id="speed", prompt=PROMPTS[language], images=(), answer=2)
        for name in ("number", "count"):
            scorer = get_scorer(name)
            start = time.process_time()
            scores = [scorer(case, response) for response in responses]
            seconds = time.process_time() - start
            read = sum(score.value is not None for score in scores)
            print(f"{name}, {language}: {count:,} answers in {seconds:.2f} s ({read:,} could be read)")


if __name__ == "__main__":
    main()
