"""The language scorer: what counts for which language, what counts for none, and what cannot be told."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snellen.case import Case, ScorerSpec
from snellen.response import Response
from snellen.score import Score
from snellen.scorers.language import language
from snellen.scorers.registry import case_problem
from snellen.scorers.spec import parse_scorer


def case_of(prompt: str = "What is this?") -> Case:
    return Case(id="c", prompt=prompt, images=())


def judge(text: str, answer: str = "prompt", *, prompt: str = "What is this?", **options: object) -> Score:
    return language(case_of(prompt), Response(text=text), answer=answer, **options)


TABLE = [
    # Korean, and what does not make it another language
    ("고양이 두 마리가 창가에 앉아 있습니다.", "ko", True, "a sentence"),
    ("네", "ko", True, "one syllable"),
    ("ㅋㅋㅋ", "ko", True, "letters alone"),
    ("iPhone 15 Pro Max는 Apple A17 Pro chip을 탑재하고 USB-C port를 지원합니다.", "ko", True, "product names"),
    ("Samsung Galaxy S24 Ultra입니다.", "ko", True, "a name and the copula"),
    ("정답: B", "ko", True, "an option letter"),
    ("GPU는 NVIDIA RTX 4090, CPU는 AMD Ryzen 9 7950X입니다.", "ko", True, "more names than words"),
    ("고양이(cat)와 강아지(dog)가 보입니다.", "ko", True, "glosses in brackets"),
    ('표지판에는 "Please do not feed the animals in this park"라고 적혀 있습니다.', "ko", True, "quoted English"),
    ("간판에는 ‘OPEN the door and come in’이라고 쓰여 있어요.", "ko", True, "quoted English, curly"),
    ("다음 코드를 실행하세요.\n```python\nfor item in items:\n    print(item)\n```", "ko", True, "code"),
    ("자세한 내용은 https://example.org/the/long/way/to/nowhere 를 보세요.", "ko", True, "a link"),
    ("대한민국(大韓民國)의 수도는 서울입니다.", "ko", True, "hanja in brackets"),
    ("合計는 3,000원입니다.", "ko", True, "one word in hanja"),
    ("가격은 1,234,567원이고 VAT는 10%입니다.", "ko", True, "numbers"),
    ("This is a cat sitting on a chair.", "ko", False, "English"),
    ("The sign says 출입금지, which means that no entry is allowed.", "ko", False, "English with a Korean word"),
    ('The sign says "관계자 외 출입금지, 무단 침입 시 처벌됩니다".', "ko", False, "English that quotes Korean"),
    ("red car", "ko", False, "English words"),
    ("猫が二匹います。", "ko", False, "Japanese"),
    ("这是一只猫。", "ko", False, "Chinese"),
    ("Apple iPhone 15 Pro", "ko", None, "a name alone"),
    ("B", "ko", None, "a letter"),
    ("42", "ko", None, "a number"),
    ("", "ko", None, "nothing"),
    ("大韓民國", "ko", None, "hanja alone"),
    # English
    ("This is a cat sitting on a chair.", "en", True, "a sentence"),
    ("There are three red cars in the picture.", "en", True, "another sentence"),
    ("No.", "en", True, "no"),
    ("Yes", "en", True, "yes"),
    ("It's a dog", "en", True, "a contraction"),
    ("NO ENTRY FOR THE PUBLIC", "en", True, "capitals"),
    ("The sign says 출입금지, which means that no entry is allowed.", "en", True, "with a Korean word"),
    ("The dish is crème brûlée from the café.", "en", True, "accents"),
    ("고양이 두 마리가 있습니다.", "en", False, "Korean"),
    ("iPhone은 Apple의 제품입니다.", "en", False, "Korean with names"),
    ("Die Katze sitzt auf dem Stuhl und schläft.", "en", False, "German"),
    ("Le chat est assis sur la chaise.", "en", False, "French"),
    ("El gato está sentado en la silla.", "en", False, "Spanish"),
    ("Кошка сидит на стуле.", "en", False, "Russian"),
    ("القطة على الكرسي", "en", False, "Arabic"),
    ("red car", "en", None, "no small word"),
    ("Coca-Cola", "en", None, "a name"),
    ("!!! 3.50", "en", None, "signs"),
    # other languages in Latin letters
    ("Die Katze sitzt auf dem Stuhl.", "de", True, "German"),
    ("Der Preis beträgt 3 Euro und ist nicht verhandelbar.", "de", True, "German prices"),
    ("The cat sits on the chair.", "de", False, "English for German"),
    ("Le chat est assis sur la chaise.", "fr", True, "French"),
    ("Il y a deux chiens dans l'image.", "fr", True, "French with an elision"),
    ("El gato está en la silla.", "fr", False, "Spanish for French"),
    ("Hay dos perros en la foto.", "es", True, "Spanish"),
    ("Le chat est sur la table.", "es", False, "French for Spanish"),
    # scripts
    ("猫が二匹います。", "ja", True, "Japanese"),
    ("iPhone15はAppleの製品です。", "ja", True, "Japanese with names"),
    ("カメラ", "ja", True, "katakana"),
    ("这是一只猫。", "ja", False, "Chinese for Japanese"),
    ("고양이입니다.", "ja", False, "Korean for Japanese"),
    ("東京都", "ja", None, "a few Han characters"),
    ("这是一只坐在椅子上的猫。", "zh", True, "Chinese"),
    ("圖片顯示一隻貓坐在椅子上休息睡覺", "zh", True, "traditional Chinese"),
    ("猫が二匹います。", "zh", False, "Japanese for Chinese"),
    ("北京", "zh", None, "a name in Han"),
    ("Η γάτα είναι στην καρέκλα.", "el", True, "Greek"),
    ("החתול יושב על הכיסא", "he", True, "Hebrew"),
    ("แมวนั่งอยู่บนเก้าอี้", "th", True, "Thai"),
    ("The cat is on the chair.", "th", False, "English for Thai"),
]


@pytest.mark.parametrize(
    ("text", "answer", "verdict"), [row[:3] for row in TABLE], ids=[f"{r[1]} {r[3]}" for r in TABLE]
)
def test_a_response_is_in_the_language_that_its_own_words_speak_for(text, answer, verdict):
    score = judge(text, answer)
    assert (None if score.is_unscored else score.passed, score.explanation != "") == (verdict, True)


PROMPTS = [
    ("이 사진에 무엇이 있나요?", "고양이입니다.", True),
    ("이 사진에 무엇이 있나요?", "There is a cat.", False),
    ("<image 1> 이것은?", "고양이", True),
    ("What is in this picture?", "There is a cat.", True),
    ("What is in this picture?", "고양이입니다.", False),
    ("この写真には何がありますか。", "猫です。", True),
    ("图片里有什么？这是什么动物？", "这是一只猫。", True),
    ("Was ist auf dem Bild zu sehen?", "Eine Katze auf einem Stuhl.", True),
    ("이 사진 속 동물은? A. cat B. dog", "강아지", True),
]


@pytest.mark.parametrize(("prompt", "text", "passed"), PROMPTS, ids=[f"{row[0]!a}-{row[2]}" for row in PROMPTS])
def test_the_language_of_the_prompt_is_asked_for_unless_another_is(prompt, text, passed):
    assert judge(text, prompt=prompt).passed is passed
    assert case_problem(ScorerSpec(name="language"), case_of(prompt)) == ""


def test_the_value_is_the_share_of_words_and_at_least_moves_what_passes():
    text = "고양이가 cats and dogs"
    score = judge(text, "ko")
    assert (score.value, score.passed, score.extracted) == (0.25, False, "latin")
    assert score.explanation == "1 of 4 words are Korean, less than 0.5; most are Latin letters"
    assert judge(text, "ko", at_least=0.25).passed is True


def test_the_first_foreign_words_are_pointed_at_in_the_text_as_it_arrived():
    text = unicodedata.normalize("NFD", "고양이와 猫が nice")
    score = judge(text, "ko")
    assert [(one.note, text[slice(*one.span)]) for one in score.evidence] == [
        ("Japanese", unicodedata.normalize("NFD", "猫")),
        ("Latin letters", "nice"),
    ]


def test_another_language_in_latin_letters_is_named():
    score = judge("Die Katze sitzt auf dem Stuhl.", "en")
    assert (score.value, score.extracted, score.evidence[0].note) == (0.0, "de", "German")
    assert score.explanation == "right is English; its small words are German"


def test_running_text_with_few_small_words_of_the_language_cannot_be_told():
    text = "kissa istuu tuolilla ja katsoo ikkunasta ulos is kun sataa lunta"
    assert judge(text, "en").explanation == "it has too few small words for English"


@pytest.mark.parametrize("name", ["EN", "en-US", "en_GB", "English", "english ", "영어"])
def test_a_language_may_be_written_in_several_ways(name):
    assert judge("This is a cat.", name).passed is True
    assert case_problem(ScorerSpec(name="language", options={"answer": name}), case_of()) == ""


def test_the_mini_language_names_the_language():
    assert parse_scorer("language: ko") == ScorerSpec(name="language", options={"answer": "ko"})


PROBLEMS = [
    ({"answer": "klingon"}, "What is this?", "language 'klingon' is not among those that can be told: ko, en, ja"),
    ({}, "42", "the language of its prompt cannot be told. Write which one is right, such as language: en"),
    ({"at_least": 0.0}, "What is this?", "at_least is 0.0; right is a share above 0 and up to 1"),
    ({"at_least": 50}, "What is this?", "at_least is 50.0; right is a share above 0 and up to 1"),
]


@pytest.mark.parametrize(("options", "prompt", "said"), PROBLEMS, ids=[str(row[0]) + row[1] for row in PROBLEMS])
def test_what_cannot_be_told_is_said_before_anything_is_asked(options, prompt, said):
    assert case_problem(ScorerSpec(name="language", options=options), case_of(prompt)).startswith(said)


def test_a_language_that_cannot_be_told_leaves_the_response_unscored():
    assert judge("A cat.", "klingon").value is None
    assert judge("A cat.", prompt="42").value is None


@settings(deadline=None, max_examples=200)
@given(
    st.text(st.one_of(st.characters(), st.sampled_from("가나다 the a은 猫がé'\"(`")), max_size=60),
    st.sampled_from(["ko", "en", "ja", "zh", "fr", "prompt"]),
)
def test_any_text_ends_in_a_value_or_unscored_whatever_its_unicode_form(text, answer):
    score = judge(text, answer)
    assert score.value is None or 0 <= score.value <= 1
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        other = judge(unicodedata.normalize(form, text), answer)
        assert (other.value, other.passed) == (score.value, score.passed)


@pytest.mark.parametrize(
    "text", ["가" * 5_000_000, "a " * 500_000, '"' * 500_000, "가a" * 500_000, "\ud800", "\0", "("]
)
def test_hostile_texts_end(text):
    assert judge(text, "ko").scorer == "language"
