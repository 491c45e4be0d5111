"""Where Korean words begin and end: particles that fit the noun, and nothing else."""

from __future__ import annotations

import pytest

from snellen.scorers.korean import begins_word, doubt_of_short, ends_word, final_of, tail_end

TAILS = [
    ("고양이", "가 는 를 와 로 도 의 에게 에서는 까지도 만이 처럼 보다 밖에 라고 라는 들 들이 들은"),
    ("고양이", "입니다 입니다만 예요 에요 였다 였습니다 이며 인데요"),
    ("강", "이 은 을 과 으로 도 의 에 에서의 까지 만 이라고 이라는 입니다 이에요 이었다"),
    ("서울", "로 이 은 을 과 이라서 이었습니다"),
    ("사람", "들이 들은 들을 들과 들도 들에게 이라고는 으로부터"),
    ("주차", "되어 하는 된 할 했다 하고"),
]
NO_TAILS = [
    ("고양이", "과 이 을 은 집 풀 과의"),
    ("강", "가 는 를 와 로 아지 변 남"),
    ("지도", "자 자가"),
    ("인도", "네시아 양"),
    ("서울", "으로 가 역"),
]


@pytest.mark.parametrize(("noun", "tail"), [(noun, tail) for noun, tails in TAILS for tail in tails.split()])
def test_a_noun_ends_before_its_particles(noun, tail):
    assert ends_word(noun + tail, 0, len(noun))


@pytest.mark.parametrize(("noun", "tail"), [(noun, tail) for noun, tails in NO_TAILS for tail in tails.split()])
def test_a_noun_does_not_end_before_what_cannot_follow_it(noun, tail):
    assert not ends_word(noun + tail, 0, len(noun))


SHORT = [
    ("개가", True),
    ("개는", True),
    ("개 두 마리", True),
    ("개수", False),
    ("개를", True),
    ("차가", True),
    ("차이", False),
    ("차량", False),
    ("배경", False),
    ("말씀", False),
    ("눈이", True),
    ("눈에 띄는", False),
    ("눈에 확 띄는", False),
    ("눈에는", True),
    ("새로운", False),
    ("해변", False),
    ("해서", False),
    ("물론", False),
]


@pytest.mark.parametrize(("text", "ends"), SHORT, ids=[row[0] for row in SHORT])
def test_a_word_of_one_syllable_needs_a_particle_or_a_bound(text, ends):
    assert ends_word(text, 0, 1) is ends


BEGINNINGS = [
    ("고양이", 0, True),
    ("흰 고양이", 2, True),
    ("길고양이", 1, False),
    ("두마리의고양이", 4, True),
    ("빨간고양이", 2, True),
    ("(고양이", 1, True),
    ("a고양이", 1, True),
    ("사과나무", 2, False),
]


@pytest.mark.parametrize(("text", "start", "begins"), BEGINNINGS, ids=[row[0] for row in BEGINNINGS])
def test_a_word_begins_at_a_bound_or_behind_what_ends_a_word(text, start, begins):
    assert begins_word(text, start, short=False) is begins


@pytest.mark.parametrize(("text", "word"), [("길이 5m", "길이"), ("차도 있다", "차도"), ("새로 지은", "새로")])
def test_a_short_word_that_is_also_another_word_is_in_doubt(text, word):
    assert doubt_of_short(text, 0, 1) == f"{word!r} is also another word"


@pytest.mark.parametrize("text", ["새 한 마리", "새가 난다", "길을 걷는", "차가 있다", "해가 진다"])
def test_a_short_word_with_its_own_particle_is_in_no_doubt(text):
    assert doubt_of_short(text, 0, 1) == ""


@pytest.mark.parametrize(("char", "final"), [("가", ""), ("각", "ㄱ"), ("길", "ㄹ"), ("a", None), ("ㄱ", None)])
def test_the_final_of_a_syllable(char, final):
    assert final_of(char) == final


@pytest.mark.parametrize(("text", "end"), [("고양이에서는 놀", 6), ("고양이", 3), ("고양이.", 3), ("고양이집", None)])
def test_a_tail_ends_with_its_word(text, end):
    assert tail_end(text, 3) == end
