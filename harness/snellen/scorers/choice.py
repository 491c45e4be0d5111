r"""Multiple choice: which option a response chooses.

Read are labels ("B", "(B)", "B. text", "Answer: B", 정답은 ②, 나, "option 2", \boxed{B}) and, where none is claimed,
the texts of the options ("it is Paris"). What is said counts in this order: what the whole answer is, or stands in a
box; what is said to be the answer; what is put before the others, or is all that a conclusion speaks of, or stands in
a sentence that takes the question up, or is thought possible; the only option named and not denied. Where claims of
one rank differ, a conclusion or correction at the end stands over what was said before ("so B", "wait, it is B"). What
is denied, doubted ("it is hard to call A the answer") or only conceded ("many would pick A, but") is not chosen.
Thoughts (<think>) are not read, and of <answer> only what is in it.

No letter is read out of words: not the article "A", the pronoun "I" ("I'm sorry"), initials, vitamins. When nothing is
chosen, or two options are and nothing settles it ("A or B"), or a letter stands with the text of another option, the
response is unscored. Published parsers differ there: those of MMMU guess at random, MathVista's takes the option with
the nearest spelling, and several read "I'm sorry" as option I.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from snellen._text import shorten
from snellen.case import Case
from snellen.errors import InputError
from snellen.response import Response
from snellen.score import Evidence, EvidenceKind, Score
from snellen.scorers.choice_claims import Choice, Claim
from snellen.scorers.choice_options import Options, options_of
from snellen.scorers.choice_reader import read_choice
from snellen.scorers.claims import Part, answer_part
from snellen.scorers.expected import answer_texts, needs_text
from snellen.scorers.registered import scorer

__all__ = ["choice"]

_NAME = "choice"
_LINE_WIDTH, _QUOTE_WIDTH, _NOTE_WIDTH, _MOST_SHOWN = 200, 40, 100, 6
_LABEL = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")


def _check(case: Case, /, *, answer: object = None, letters: str = "", multiple: bool = False) -> str:
    if said := needs_text(case, answer=answer):
        return said
    answers = answer_texts(case, answer)
    try:
        options = options_of(case.choices, letters, answers)
    except InputError as error:
        return str(error)
    if not options.labels:
        return f"it has no choices, and its answer {answers[0]!r} is no letter. Write choices: {{A: cat, B: dog}}"
    if len({*options.names}) < len(options.labels) or not all(map(_LABEL.fullmatch, options.names)):
        return f"its choices {', '.join(options.labels)} cannot be told apart; right are labels such as A, B, C"
    wrong = [one for one in answers if not _right(options, (one,), multiple=multiple)]
    if not wrong:
        return ""
    hint = "" if multiple else _several(options, wrong[0])
    return f"its answer {wrong[0]!r} is none of its options {', '.join(options.labels)}{hint}"


def _several(options: Options, answer: str) -> str:
    together = _right(options, (answer,), multiple=True)
    return "; for several that must be chosen together set multiple: true" if together else ""


def _inline(text: str) -> Mapping[str, object]:
    """A letter or an option's text; with bars between several of which each is right."""
    answers = [part.strip() for part in text.split("|") if part.strip()]
    if not answers:
        raise InputError("it names no option; right is such as: choice: B")
    return {"answer": answers[0] if len(answers) == 1 else answers}


@scorer(_NAME, version="1", check=_check, inline=_inline)
def choice(
    case: Case, response: Response, /, *, answer: object = None, letters: str = "", multiple: bool = False
) -> Score:
    """1 when the response chooses the right option, 0 when another; unscored when it chooses none, or several.

    Args:
        case: With its choices and its answer.
        response: To be judged; of a longer one the last 100,000 characters are read.
        answer: The right option by letter, number or text, over the case's own. A letter stands over a text that is
            spelt alike. Of several each is right; with `multiple`, they are right together.
        letters: What can be chosen where the case has no choices: "ABCD", "A-D", "1-5". Default: the series of the
            answer from its beginning, five long, or ten, or whole, as far as the answer needs it: for B, A to E.
        multiple: Several options may be chosen, and right is exactly the set of the answers.
    """
    options, right = _prepared(tuple(case.choices.items()), letters, answer_texts(case, answer), multiple=multiple)
    part = answer_part(response.text)
    read = read_choice(options, part.passage, prompt=case.prompt, multiple=multiple)
    if not read.options:
        return _unscored(options, part, read)
    passed = read.options == right if multiple else read.options <= right
    chosen = _named(options, read.options)
    said = f"chose {chosen} ({_quote(response.text, part, read.claims[-1])!r}), "
    kind: EvidenceKind = "found" if passed else "note"
    evidence = _evidence(options, part, read.claims, kind) + _evidence(options, part, read.denied, "negated")
    if passed:
        said += "which is right"
    else:
        wanted = _named(options, right, " and " if multiple else " or ")
        said += f"right is {wanted}"
        evidence.append(Evidence(kind="missing", keyword=wanted))
    return Score(
        scorer=_NAME,
        value=float(passed),
        passed=passed,
        explanation=shorten(said, _LINE_WIDTH),
        evidence=tuple(evidence),
        extracted=chosen,
    )


@functools.lru_cache(maxsize=8192)
def _prepared(
    choices: tuple[tuple[str, str], ...], letters: str, answers: tuple[str, ...], *, multiple: bool
) -> tuple[Options, frozenset[int]]:
    options = options_of(dict(choices), letters, answers)
    return options, _right(options, answers, multiple=multiple)


def _right(options: Options, answers: tuple[str, ...], *, multiple: bool) -> frozenset[int]:
    """The options that are right; empty when an answer is no option."""
    found = [options.resolve(one) or (options.together(one) if multiple else frozenset()) for one in answers]
    return frozenset().union(*found) if all(found) else frozenset()


def _named(options: Options, chosen: Iterable[int], joint: str = ", ") -> str:
    return joint.join([options.labels[index] for index in sorted(chosen)])


def _quote(text: str, part: Part, claim: Claim) -> str:
    """What stands where the option is named, with the text behind it."""
    start, end = part.span(claim.start, claim.end)
    line = text[start : end + _QUOTE_WIDTH + 1].split("\n", 1)[0]
    return shorten(line if line.strip() else text[start:end], _QUOTE_WIDTH)


def _evidence(options: Options, part: Part, claims: tuple[Claim, ...], kind: EvidenceKind) -> list[Evidence]:
    if not claims:
        return []
    return [
        Evidence(
            kind=kind,
            keyword=_named(options, claim.options),
            span=part.span(claim.start, claim.end),
            note=shorten(claim.why, _NOTE_WIDTH),
        )
        for claim in claims[-_MOST_SHOWN:]
    ]


def _unscored(options: Options, part: Part, read: Choice) -> Score:
    evidence = [*_evidence(options, part, read.claims, "ambiguous"), *_evidence(options, part, read.denied, "negated")]
    said = shorten(_why(options, part, read), _LINE_WIDTH)
    return Score(scorer=_NAME, value=None, passed=False, explanation=said, evidence=tuple(evidence))


def _why(options: Options, part: Part, read: Choice) -> str:
    """Why nothing can be told, in a line."""
    if part.is_unfinished:
        return "its thoughts were cut off before it answered"
    if read.claims and (clash := read.claims[-1].clash) is not None:
        chosen = _named(options, read.claims[-1].options)
        text = shorten(options.written[clash], _QUOTE_WIDTH)
        return f"says {chosen}, but with the text of {options.labels[clash]}: {text!r}"
    if read.claims:
        named = sorted({option for claim in read.claims for option in claim.options})
        return f"says {_named(options, named, ' and ')}, and nothing settles which"
    if read.denied:
        named = sorted({option for claim in read.denied for option in claim.options})
        return f"denies {_named(options, named)} and chooses none"
    return f"chooses none of {_named(options, range(len(options.labels)))}"
