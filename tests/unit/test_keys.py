"""KeySet and KeyMap are what set and dict are, in a fraction of their memory."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen._keys import KeyMap, KeySet, key_of, key_of_fingerprint

LARGEST = 2**64 - 1

# Few different ones, so that they come again; and many that want the same slot of a table of any size.
KEYS = st.one_of(
    st.integers(0, 40),
    st.integers(0, LARGEST),
    st.integers(0, 400).map(lambda number: number * 16 * 25 * 37 * 55),
    st.sampled_from([0, 1, LARGEST - 1, LARGEST]),
)


@given(st.lists(KEYS, max_size=300), st.lists(KEYS, max_size=50))
def test_a_key_set_is_a_set(keys: list[int], others: list[int]) -> None:
    ours, theirs = KeySet(), set()
    for key in keys:
        assert ours.add(key) is (key not in theirs)
        theirs.add(key)
        assert key in ours
        assert len(ours) == len(theirs)
    assert sorted(ours) == sorted(theirs)
    assert [key in ours for key in others] == [key in theirs for key in others]


@given(st.lists(st.tuples(KEYS, st.integers(0, LARGEST), st.booleans()), max_size=300), st.lists(KEYS, max_size=50))
def test_a_key_map_is_a_dict(steps: list[tuple[int, int, bool]], others: list[int]) -> None:
    ours, theirs = KeyMap(), {}
    for key, value, is_set in steps:
        if is_set:
            ours[key] = theirs[key] = value
        else:
            assert ours.setdefault(key, value) == theirs.setdefault(key, value)
        assert ours.get(key) == theirs[key]
        assert len(ours) == len(theirs)
    assert list(ours.items()) == list(theirs.items())
    assert list(ours) == list(theirs)
    assert [ours.get(key) for key in others] == [theirs.get(key) for key in others]
    assert [key in ours for key in others] == [key in theirs for key in others]


@pytest.mark.parametrize("wrong", [-1, LARGEST + 1], ids=["negative", "65 bits"])
def test_what_is_no_key_or_number_is_refused_and_changes_nothing(wrong: int) -> None:
    keys, numbers = KeySet(), KeyMap()
    numbers[1] = 2
    with pytest.raises(OverflowError):
        keys.add(wrong)
    with pytest.raises(OverflowError):
        numbers[wrong] = 3
    with pytest.raises(OverflowError):
        numbers[3] = wrong
    with pytest.raises(OverflowError):
        numbers[1] = wrong
    assert (len(keys), list(numbers.items())) == (0, [(1, 2)])
    assert (wrong in keys, wrong in numbers, numbers.get(3)) == (False, False, None)


@pytest.mark.parametrize(("kind", "most"), [(KeySet, 20), (KeyMap, 28)], ids=["set", "map"])
def test_an_entry_takes_few_bytes(kind: type, most: int) -> None:
    tracemalloc.start()
    try:
        table = kind()
        for number in range(50_000):
            key = key_of(f"case-{number}")
            table.add(key) if kind is KeySet else table.setdefault(key, number)
        assert tracemalloc.get_traced_memory()[0] < 50_000 * most
    finally:
        tracemalloc.stop()
    assert len(table) == 50_000


def test_the_key_of_a_text_is_that_of_its_utf_8() -> None:
    assert key_of("각") == key_of("각".encode())
    assert key_of("\udcff") == key_of(b"\xed\xb3\xbf")
    assert len({key_of(text) for text in ("", "a", "b", "0" * 64, "0" * 63 + "1")}) == 5
    assert all(0 <= key_of(str(number)) <= LARGEST for number in range(100))


def test_the_key_of_a_fingerprint_is_its_beginning() -> None:
    assert key_of_fingerprint("00000000000000ff" + "a" * 48) == 255
