"""Sides that hold several models or prompt variants are compared one by one, and an average is never passed off."""

from __future__ import annotations

import pytest

from comparekit import rows, side
from snellen.analysis.compare import compare, rank
from snellen.analysis.comparison_words import headline, part_sentence
from snellen.errors import InputError
from snellen.stats.families import holm

SAME = "1" * 12
LOST = "0" * 8 + "1" * 4


def models(**signs: str) -> list:
    return [one for name, own in signs.items() for one in rows(own, model=name)]


def variants(**signs: str) -> list:
    return [one for name, own in signs.items() for one in rows(own, variant=name)]


def test_the_same_several_models_are_compared_one_by_one() -> None:
    """Together they lost 8 of 36; that one of them lost 8 of 12 is what a reader must see."""
    found = compare(models(a=SAME, b=SAME, c=SAME), models(a=SAME, b=LOST, c=SAME))
    assert [(part.name, part.model, part.variant, part.verdict) for part in found.parts] == [
        ("a", "a", None, "cannot_tell"),
        ("b", "b", None, "worse"),
        ("c", "c", None, "cannot_tell"),
    ]
    own = compare(rows(SAME, model="b"), rows(LOST, model="b"))
    assert found.parts[1].comparison.accuracy == own.accuracy
    assert found.verdict == "worse"
    assert (found.accuracy.n, found.accuracy.lost) == (36, 8)


def test_the_p_of_parts_are_adjusted_for_their_number() -> None:
    """Six that all broke are worse by themselves (p = 0.031), but not among three models."""
    six = "0" * 6 + "1" * 6
    found = compare(models(a=SAME, b=SAME, c=SAME), models(a=SAME, b=six, c=SAME))
    assert [part.p_holm for part in found.parts] == holm([1.0, 0.03125, 1.0])
    assert (found.parts[1].comparison.verdict, found.parts[1].verdict) == ("worse", "cannot_tell")
    assert part_sentence(found.parts[1], found) == (
        "b: Cannot tell whether B is worse than A: it is by itself, but among 3 such comparisons its p is 0.094."
    )


VERDICTS = {
    "any that is worse": ({"a": "0" * 40 + "1" * 260, "b": "1" * 300}, "worse"),
    "else any that cannot be told": ({"a": "0" + "1" * 9, "b": "1" * 300}, "cannot_tell"),
    "else any that is no worse": ({"a": "1" * 300, "b": "1" * 300}, "no_worse"),
}


@pytest.mark.parametrize(("after", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_of_all_is_the_worst_of_them(after: dict[str, str], verdict: str) -> None:
    assert compare(models(**{name: "1" * len(own) for name, own in after.items()}), models(**after)).verdict == verdict


def test_two_models_of_several_variants_are_compared_variant_by_variant() -> None:
    before, after = variants(plain=SAME, terse=SAME), variants(plain=SAME, terse=LOST)
    found = compare(side(before, "gpt"), side([one._replace(model="qwen") for one in after], "qwen"))
    assert [part_sentence(part, found) for part in found.parts] == [
        "plain: qwen gave the same 12 answers as gpt, to the letter: nothing changed.",
        "terse: qwen is worse than gpt.",
    ]


def test_several_models_of_several_variants_are_parted_by_both_unless_one_is_named() -> None:
    both = [one._replace(model=name) for name in ("a", "b") for one in variants(plain=SAME, terse=SAME)]
    assert [part.name for part in compare(both, both).parts] == ["a, plain", "a, terse", "b, plain", "b, terse"]
    by_model = compare(both, both, by="model")
    assert [part.name for part in by_model.parts] == ["a", "b"]
    assert "The prompt variants plain, terse are taken together: every answer counts alike." in (
        by_model.parts[0].comparison.notes
    )
    assert [part.name for part in compare(both, both, by="variant").parts] == ["plain", "terse"]


def test_by_what_the_sides_hold_one_of_is_by_what_they_hold_several_of() -> None:
    """No flag of a script makes an average of models."""
    found = compare(models(a=SAME, b=SAME), models(a=SAME, b=LOST), by="variant")
    assert [part.name for part in found.parts] == ["a", "b"]


def test_what_is_left_out_is_not_counted_beside_what_is_taken_together() -> None:
    before = [one._replace(variant=name) for name in ("plain", "terse") for one in models(a=SAME, b=SAME)]
    found = compare(before, [*before, *(one._replace(model="new") for one in before[:12])], by="variant")
    assert (found.after.models, found.after.totals.passed, found.only_after.count) == (("a", "b"), 48, 12)
    assert "Left out, as not all sides have it: model new of B (12 trials)." in found.notes


def test_each_part_has_its_slices() -> None:
    tagged = [one._replace(tags=("ocr",)) for one in models(a=SAME, b=SAME)]
    found = compare(tagged, tagged, by="tag")
    assert found.slices == ()
    assert [[one.name for one in part.comparison.slices] for part in found.parts] == [["ocr"], ["ocr"]]


def test_a_model_that_one_side_has_not_is_left_out_and_it_is_said_how_to_compare_it() -> None:
    """It is in no figure, not even in the counts beside them."""
    before = side(models(a=SAME), "run 1", kind="run", run="1")
    after = side(models(a=SAME, b=LOST), "run 2", kind="run", run="2")
    found = compare(before, after)
    assert (found.parts, found.accuracy.n, found.after.totals.passed, found.only_after.count) == ((), 12, 12, 12)
    assert found.notes == (
        "Left out, as not all sides have it: model b of run 2 (12 trials). To compare it, name it: run 2,model:b",
    )


def test_models_that_both_have_are_compared_and_others_left_out() -> None:
    found = compare(models(a=SAME, b=SAME, old=SAME), models(b=SAME, a=SAME, new=SAME, newer=SAME))
    assert [part.name for part in found.parts] == ["a", "b"]
    assert found.notes == (
        "Left out, as not all sides have it: model old of A (12 trials).",
        "Left out, as not all sides have them: models new, newer of B (24 trials).",
    )


def test_where_no_model_is_on_both_sides_it_is_said_what_to_write() -> None:
    before = side(models(old=SAME), "baseline main", kind="baseline")
    after = side(models(new=SAME, newer=SAME), "run 2", kind="run")
    with pytest.raises(InputError) as caught:
        compare(before, after)
    assert str(caught.value).splitlines()[-1] == (
        "  run 2 has the models 'new', 'newer': name one, as run 2,model:new."
    )


def test_a_loss_that_is_sure_of_all_together_alone_is_said() -> None:
    """Four cases broke in each of three models, others in each. By hand: t(29) = 2.045, standard error 3.033 points."""
    lost = {name: "1" * at + "0" * 4 + "1" * (26 - at) for name, at in (("a", 0), ("b", 4), ("c", 8))}
    found = compare(models(a="1" * 30, b="1" * 30, c="1" * 30), models(**lost))
    assert ({part.verdict for part in found.parts}, found.verdict) == ({"cannot_tell"}, "cannot_tell")
    assert found.notes == (
        "Together the second side is worse by 13.3 points (-19.5 to -7.1), though that can be told of none by itself.",
    )


def test_one_model_each_is_compared_whatever_the_names() -> None:
    found = compare(rows(SAME, model="gpt-5"), rows(LOST, model="gpt-5.1"))
    assert (found.parts, headline(found)) == ((), "B is worse than A.")


def test_rankings_are_parted_likewise() -> None:
    sides = [side(models(a=SAME, b=own), name) for name, own in (("x", SAME), ("y", LOST), ("z", SAME))]
    found = rank(*sides)
    assert [(part.name, part.model, part.ranking.n) for part in found.parts] == [("a", "a", 12), ("b", "b", 12)]
    assert [one.side.label for one in found.parts[1].ranking.ranks] == ["x", "z", "y"]
    assert found.n == 24
