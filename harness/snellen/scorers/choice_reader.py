"""Which option an answer chooses, told by what it says of each, never by chance."""

from __future__ import annotations

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_claims import Choice, Claim, Force, decide
from snellen.scorers.choice_labels import label_claims
from snellen.scorers.choice_options import Options
from snellen.scorers.choice_texts import boxed_claims, text_claims
from snellen.scorers.matcher import Passage
from snellen.scorers.yesno_reader import read_yesno

__all__ = ["read_choice"]

_PROMPT_CHARS = 2_000  # of the question's end that are searched for what it asks


def read_choice(options: Options, passage: Passage, *, prompt: str = "", multiple: bool = False) -> Choice:
    """The option that an answer chooses; with `multiple`, the set of options.

    Args:
        options: What can be chosen.
        passage: The answer, without what it only thought aloud.
        prompt: The question.
        multiple: Several may be chosen together.
    """
    if alone := options.alone(passage.text):
        index, start, end = alone
        chosen = frozenset({index})
        return Choice(chosen, (Claim(Force.FINAL, chosen, start, end, "the whole answer", concludes=True),))
    if multiple and (listed := options.together(passage.text)):
        return Choice(listed, (Claim(Force.FINAL, listed, 0, len(passage.text), "the whole answer", concludes=True),))
    sought = cues.sought_in(prompt[-_PROMPT_CHARS:])
    boxed, is_other = boxed_claims(options, passage.text)
    claims = label_claims(options, passage, sought=sought, multiple=multiple) + boxed
    if _force(claims) < Force.STATED:
        aliases = label_claims(options, passage, sought=sought, aliases=True)
        claims += [claim for claim in aliases if claim.force >= Force.STATED]
    if _force(claims) < Force.STATED:
        texts = (
            text_claims(options, passage, prompt[-_PROMPT_CHARS:])
            if options.yes is None
            else _yes_or_no(options.yes, passage)
        )
        claims += [claim for claim in texts if claim.force != Force.NAMED or not is_other]
    if _force(claims) < Force.STATED:
        given_up = cues.gives_up(passage.text)
        claims = [claim for claim in claims if claim.start >= given_up or claim.force == Force.DENIED]
    return decide(claims, multiple=multiple)


def _yes_or_no(yes: int, passage: Passage) -> list[Claim]:
    """What is said of two options that are yes and no."""
    claims = read_yesno(passage).claims
    return [claim._replace(options=frozenset(yes if one else 1 - yes for one in claim.options)) for claim in claims]


def _force(claims: list[Claim]) -> Force:
    return max([claim.force for claim in claims]) if claims else Force.DENIED
