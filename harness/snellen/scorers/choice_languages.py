"""How other languages say that an option is the answer: Chinese, Japanese, and the words for "answer" in some more."""

from __future__ import annotations

import re

__all__ = ["AFTER", "BEFORE"]

_ANSWER = (
    r"答案|正解|答え|回答|正答|réponse|respuesta|antwort|resposta|risposta|ответ|odpowiedź|antwoord|jawaban|đáp án|"
    r"câu trả lời|คำตอบ|الإجابة|उत्तर"
)
BEFORE: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(rf"(?:{_ANSWER}).{{0,24}}?(?:是|为|為|は|:|\s(?:est|es|ist|é|è|is|adalah|là|to|هي|है)|—|-)\s*\Z"), 2),
    (re.compile(r"(?:选择?|選擇?|选项|選項|選択肢)(?:は|:|是)?\s*\Z"), 1),
)
"""What says before an option that it is the answer, and with what weight; as in `choice_english`."""

AFTER: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"[\s*_\"')\]]*[项項]?(?:(?:是|为)(?:正确|正確|答案|最)|正确|正確|が(?:正解|正し|答え))"), 2),
    (re.compile(r"[\s*_\"')\]]*(?:です|である|だと思|を選)"), 1),
)
