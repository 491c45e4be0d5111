"""One-liners that are nearly ones."""

from __future__ import annotations

import pytest

from snellen.errors import InputError
from snellen.scorers.registered import scorer
from snellen.scorers.slips import meant_inline
from snellen.scorers.spec import parse_scorer

MEANT = {
    # letters
    "nubmer: 42": "number: 42",
    "numbr: 42": "number: 42",
    "numbber: 42": "number: 42",
    "munber: 42": None,  # two slips
    "kontains: dog": "contains: dog",
    "keyword: 고양이|cat": "keywords: 고양이|cat",
    "choise: B": "choice: B",
    "regexp: \\d+": "regex: \\d+",
    "contains-al: a, b": "contains-all: a, b",
    # case, spaces, signs
    "Number: 42": "number: 42",
    "NUMBER : 42": "number: 42",
    "number:42": "number: 42",
    "number：42": "number: 42",
    " Choice:B": "choice: B",
    "contains_all: a, b": "contains-all: a, b",
    "Not contains: dog": "not-contains: dog",
    "not_contains: dog": "not-contains: dog",
    "not-kontains: dog": "not-contains: dog",
    "length:30": "length: 30",
    # names that other tools have
    "icontains: dog": "contains: dog",
    "not-icontains: dog": "not-contains: dog",
    "llm-rubric: it is polite": "judge: it is polite",
    "equals: 5": "exact: 5",
    "Equals: 5": None,
    # keywords
    "Total: 42": None,
    "total: 42": None,
    "10:30": None,
    "비고: 없음": None,
    "합계：12,300원": None,
    "Date: 2024-01-02": None,
    "Name: Kim": None,
    "Price: $3.50": None,
    "Point: 3": None,
    "Points: 120": None,
    "Court: 7": None,
    "Length: 30 cm": None,
    "Cost: $5": None,
    "Number: A-113": None,
    "Country: Korea": None,
    "country: Korea": None,
    "account: 1234": None,
    "Host: example.org": None,
    "host: example.org": None,
    "post: 3": None,
    "blue: 3": None,
    "ratio 3:4": None,
    "https://example.org": None,
    "json://x": None,
    "a cat: a dog": None,
    "C:\\temp": None,
    "number": None,
    "": None,
    ":": None,
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_slips_are_told_from_keywords_with_a_colon(text, meant):
    assert meant_inline(text) == meant


@pytest.mark.usefixtures("own_scorers")
def test_a_short_form_that_breaks_is_none_that_anybody_meant():
    def inline(text):
        return {"words": int(text)}

    @scorer("brief", inline=inline)
    def brief(case, response, *, words: int = 30):
        return True

    assert meant_inline("Brief: a summary") is None
    assert meant_inline("Brief: 20") == "brief: 20"
    with pytest.raises(
        InputError, match=r"'brief: a summary' cannot be used: what reads its short form broke at tests/"
    ):
        parse_scorer("brief: a summary")


@pytest.mark.usefixtures("own_scorers")
def test_names_of_a_projects_own_scorers_are_looked_through_too():
    @scorer
    def brief(case, response, *, answer: object = None):
        return True

    assert meant_inline("breif: 3") == "brief: 3"
    assert meant_inline("Brief: 3") == "brief: 3"
