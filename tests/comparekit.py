"""Rows of trials in one line each, for tests of comparisons: "1" passed, "0" failed, "u" unscored, "e" error."""

from __future__ import annotations

from snellen.analysis.sides import Side
from snellen.runs.rows import TrialRow, text_digest

OUTCOMES = {"1": "passed", "0": "failed", "u": "unscored", "e": "error"}


def row(case, sign="1", **fields):
    """One row; its digest is that of its outcome, so that equal outcomes are equal answers."""
    outcome = OUTCOMES[sign]
    is_error = outcome == "error"
    own = {
        "place": 0,
        "eval": "e",
        "case": case,
        "variant": "",
        "model": "m",
        "repeat": 0,
        "outcome": outcome,
        "failure": "timeout" if is_error else None,
        "latency_s": None if is_error else 1.0,
        "recorded": False,
        "input_tokens": None,
        "output_tokens": None,
        "cost_usd": None,
        "score": {"1": 1.0, "0": 0.0, "u": 0.0, "e": None}[sign],
        "digest": "" if is_error else text_digest(outcome),
    }
    return TrialRow(**(own | fields))


def rows(signs, *, groups=(), **fields):
    """A row a sign, for cases c0, c1 and so on; `groups` names the group of each."""
    return [
        row(f"c{n}", sign, place=n, **({"group": groups[n]} if groups else {}), **fields)
        for n, sign in enumerate(signs)
    ]


def repeats(*signs, **fields):
    """A case for each text, a repeat for each of its signs."""
    return [
        row(f"c{n}", sign, repeat=repeat, place=n * 100 + repeat, **fields)
        for n, own in enumerate(signs)
        for repeat, sign in enumerate(own)
    ]


def graded(*scores, groups=(), **fields):
    """A row a score; 1.0 is passed."""
    return [
        row(
            f"c{n}",
            "1" if score == 1.0 else "0",
            place=n,
            score=score,
            **({"group": groups[n]} if groups else {}),
            **fields,
        )
        for n, score in enumerate(scores)
    ]


def side(found, name="A", **fields):
    return Side(**({"name": name, "label": name, "kind": "trials", "rows": found} | fields))
