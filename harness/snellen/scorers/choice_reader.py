"""Which option an answer chooses, told by what it says of each, never by chance."""

from __future__ import annotations

from snellen.scorers import choice_cues as cues
from snellen.scorers.choice_claims import Choice, Claim, Force, decide
from snellen.scorers.choice_labels import label_claims
from snellen.scorers.choice_options import Options
from snellen.scorers.choice_texts import boxed_claims, text_claims
from snellen.scorers.matcher import Passage

__all__ = ["read_choice"]


def read_choice(options: Options, passage: Passage, *, prompt: str = "", multiple: bool = False) -> Choice:
    """The option that an answer chooses; with `multiple`, the set of options.

    Args:
        options: What can be chosen.
        passage: The answer, without what it only thought aloud.
        prompt: The question.
        multiple: Several may be chosen together.
    """
    sought = cues.sought_in(prompt[-2000:])
    claims = label_claims(options, passage.folded, sought=sought) + boxed_claims(options, passage.text)
    if _force(claims) < Force.STATED and options.alias_pattern:
        aliases = label_claims(options, passage.folded, sought=sought, aliases=True)
        claims += [claim for claim in aliases if claim.force >= Force.STATED]
    if _force(claims) < Force.STATED:
        claims += text_claims(options, passage)
    return decide(claims, multiple=multiple)


def _force(claims: list[Claim]) -> Force:
    return max((claim.force for claim in claims), default=Force.DENIED)
