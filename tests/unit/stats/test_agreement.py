"""Cohen's kappa."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snellen.stats.agreement import cohens_kappa


def judged(table: list[list[int]]) -> tuple[list[str], list[str]]:
    """Labels of two judges that give the table: rows are the first one's, columns the other's."""
    cells = [(str(row), str(column), n) for row, line in enumerate(table) for column, n in enumerate(line)]
    return [a for a, _, n in cells for _ in range(n)], [b for _, b, n in cells for _ in range(n)]


PUBLISHED = [
    pytest.param([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.676, id="fleiss-levin-paik-2003-table-18.1"),
    pytest.param([[20, 5], [10, 15]], 0.4, id="wikipedia-grant-proposals"),
    pytest.param([[45, 15], [25, 15]], 0.1304, id="same-agreement-like-margins"),
    pytest.param([[25, 35], [5, 35]], 0.2593, id="same-agreement-unlike-margins"),
]


@pytest.mark.parametrize(("table", "kappa"), PUBLISHED)
def test_kappa_as_published(table, kappa):
    assert cohens_kappa(*judged(table)) == pytest.approx(kappa, abs=5e-4 if kappa == 0.676 else 5e-5)


def test_kappa_as_in_the_documentation_of_scikit_learn():
    """sklearn.metrics.cohen_kappa_score(["negative", "positive", ...]), 0.6875."""
    y1 = ["negative", "positive", "negative", "neutral", "positive"]
    y2 = ["negative", "positive", "negative", "neutral", "negative"]
    assert cohens_kappa(y1, y2) == pytest.approx(0.6875)


@pytest.mark.parametrize(
    ("a", "b", "kappa"),
    [
        (["yes", "no"], ["yes", "no"], 1.0),
        (["yes", "no"], ["no", "yes"], -1.0),
        (["yes", "no", "yes", "no"], ["yes", "yes", "no", "no"], 0.0),
        (["yes", "yes"], ["no", "no"], 0.0),
        (["yes", "yes"], ["yes", "yes"], None),
        (["yes"], ["yes"], None),
    ],
    ids=["full", "opposite", "luck", "never-the-same-label", "one-label-only", "one-item"],
)
def test_kappa_at_its_ends(a, b, kappa):
    assert cohens_kappa(a, b) == kappa


@pytest.mark.parametrize(("a", "b"), [([], []), (["yes"], []), (["yes"], ["no", "no"])], ids=["empty", "one", "uneven"])
def test_no_kappa_is_made_up(a, b):
    with pytest.raises(ValueError, match="as many labels from both judges, and at least one"):
        cohens_kappa(a, b)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30))
def test_kappa_does_not_care_who_is_first(items: list[tuple[str, str]]):
    first, second = [a for a, _ in items], [b for _, b in items]
    kappa = cohens_kappa(first, second)
    assert kappa == cohens_kappa(second, first)
    assert kappa is None or -1 <= kappa <= 1
