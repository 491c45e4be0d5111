"""How English says that an option is the answer, or is not: what stands before its name, and what behind it."""

from __future__ import annotations

import re

__all__ = [
    "AFTER",
    "BEFORE",
    "CONCLUDES",
    "DENIED_AFTER",
    "DENIED_BEFORE",
    "DENIED_TEXT",
    "FOREIGN",
    "NOUNS",
    "PLURAL",
    "praise",
]

# Every pattern of BEFORE is searched in the sentence up to the option, and ends there.
_FILLER = (
    r"(?:\s*(?:most likely|more likely|as follows|likely|probably|clearly|definitely|certainly|indeed|therefore|thus|still|also|"
    r"simply|just|the|an?|actually|approximately|only|now|then|maybe|perhaps|instead|option|choice|letter|number|answer|"
    r"either|both|probable|towards|to be|labell?ed|as|one|that|it|it's)(?![a-z])[,:]?){0,4}[\s*_\"']*\Z"
)
_BE = (
    r"(?:(?<![a-z])(?:is|are|was|were|be|being|remains?|becomes?)(?![a-z])|(?<=[a-z])'s(?![a-z])|[:=]|->|→|⇒|=>|"
    r"\\(?:to|rightarrow|implies)(?![a-z]))"
)
_ANSWER_NOUN = (
    r"(?:answers?|options?|choices?|solutions?|selections?|conclusions?|verdict|pick|correct(?:ly)?|response|guess)"
)
_SOUGHT = (
    r"(?:best|most|closest|nearest|match(?:es|ed|ing)?|correspond(?:s|ing)?|likely|equivalent|result|identical|similar|"
    r"satisf(?:y|ies|ying)|fits?|right)"
)

BEFORE: tuple[tuple[re.Pattern[str], bool], ...] = (
    # "Answer: B", "### Answer" and B on the next line, {"answer": "B"}, "the correct answer B"
    (re.compile(r"(?<![a-z])(?:answer|choice|option|selection|prediction)[\s*_\"']*[:=]\s*\Z"), True),
    (re.compile(r"(?:^|(?<![a-z])(?:correct|right|final|best|my))[\s#*_\"'>-]*answer[\s*_\"'#]*\Z"), True),
    # "the answer is B", "the correct option, given the table, would be B"
    (re.compile(rf"(?<![a-z]){_ANSWER_NOUN}(?![a-z]).{{0,160}}?{_BE}{_FILLER}", re.DOTALL), True),
    # "I would choose B", "leaning towards B"
    (
        re.compile(
            r"(?<![a-z])(?:choos(?:e|es|ing)|chose|chosen|select(?:s|ed|ing)?|pick(?:s|ed|ing)?|go(?:ing)? (?:with|for)|"
            r"opt(?:ing|ed)? for|lean(?:ing)?(?: more| slightly)? towards?|settle (?:on|for)|prefer(?:ence (?:for|towards?))?|"
            r"votes? for|point(?:s|ing)? to|indicates|suggests|answer(?:ed)? with|leav(?:es|ing)(?: us with| only)?|"
            r"i(?:'d| would| will|'ll)? (?:say|guess|think|believe)(?: that)?|leads? (?:us )?to|confirm(?:s|ing)?)"
            rf"(?![a-z])[:]?{_FILLER}"
        ),
        True,
    ),
    # "so B", "therefore, it must be B", "wait, actually B"
    (
        re.compile(
            r"(?:^|[\s,;—-])(?:so|therefore|thus|hence|finally|in conclusion|wait|actually|correction|sorry|no|but|rather|"
            r"instead)[\s,:.…—-]*(?:(?:it|that|this)(?:'s| is| must be| would be| should be| has to be)?)?"
            rf"{_FILLER}"
        ),
        True,
    ),
    # "the best match is B", "the closest to it would be B"
    (re.compile(rf"(?<![a-z]){_SOUGHT}(?![a-z]).{{0,160}}?{_BE}{_FILLER}", re.DOTALL), False),
    # "corresponds to B", "closest to B", "best represented by B"
    (
        re.compile(
            r"(?<![a-z])(?:match(?:es|ing|ed)?(?: most| best)?(?: closely| exactly)?(?: with| to)?|"
            r"correspond(?:s|ing)?(?: best| most closely)? (?:to|with)|clos(?:e|er|est) to|nearest to|"
            r"align(?:s|ed|ing)?(?: most| best)?(?: closely)? (?:with|to)|consistent with|agrees? with|most similar to|"
            rf"(?:best|correctly) (?:shown|represented|described|depicted|given|illustrated) (?:in|by|as)|is found (?:in|at))(?![a-z])[:]?{_FILLER}"
        ),
        False,
    ),
)
"""What says before an option that it is the answer, and whether it says so in as many words."""

PLURAL = re.compile(
    r"(?:options|choices|answers|candidates|possibilities)(?:\s(?:are|given|provided|above|below|listed|is|here))*[\s:=]*\Z"
)
"""What only announces the options."""

# The words that name what an option is, when it stands behind them: "the answer is point B".
NOUNS = frozenset(
    "option choice letter alternative answer point image picture photo photograph box shape diagram graph candidate statement "
    "solution pattern region area object item number line curve position location panel map chart sample piece block "
    "tile cube column row group road path arrow circle label scenario design project bulb player city country answers "
    "choices options images pictures points boxes".split()
)

# A letter behind one of these names something else.
FOREIGN = frozenset(
    "vitamin vitamins fig figure figures table tables hepatitis appendix section chapter exhibit professor grade building gate terminal "
    "drive channel plan phase page route highway angle vertex segment triangle side variable doctor sir president team "
    "node protein influenza plate level category type class blood hemoglobin immunoglobulin coenzyme".split()
)

_BEING = r"(?:is|are|was|would be|will be|might be|may be|could be|seems(?: to be)?|appears to be|must be|should be|has to be|looks|being)"
_ADVERBS = r"(?:\s(?:the|a|an|our|my|clearly|therefore|thus|indeed|probably|likely|also|definitely|only|likely|still|actually))*"
AFTER: tuple[tuple[re.Pattern[str], bool], ...] = (
    (
        re.compile(
            rf"[^!?\n]{{0,140}}?(?<![a-z]){_BEING}{_ADVERBS}(?:\s(?:most|best|more|closest|only))?(?:\s[a-z]+)?\s"
            r"(?:correct|right|answer|option|choice|solution|selection)(?![a-z])"
        ),
        True,
    ),
    (
        re.compile(
            rf"[^!?\n]{{0,140}}?(?<![a-z]){_BEING}{_ADVERBS}\s"
            r"(?:correct|right|accurate|true|best|closest|nearest|appropriate|suitable|most (?!of)[a-z]+|more likely)(?![a-z])"
        ),
        False,
    ),
    (
        re.compile(
            r"[\s*_\"')\]]*(?:(?:best|most closely|most accurately|correctly|clearly|also|better|perfectly|exactly)\s)?"
            r"(?:matches|fits|corresponds|aligns|satisfies|completes|suits)(?![a-z])"
        ),
        False,
    ),
)
"""What says behind an option that it is the answer, and whether it says so in as many words."""

DENIED_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:not|n't|never|neither|nor|except(?: for)?|rather than|instead of|eliminat(?:e|es|ed|ing)|"
    r"exclud(?:e|es|ed|ing)|rul(?:e|es|ed|ing) out|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|unlike|than|versus|vs\.?|"
    r"cannot be|discard(?:s|ed|ing)?|compared (?:to|with)|(?:none|neither|any|either) of(?:\s[a-z]+){0,4})|n't(?: be)?)"
    r"(?![a-z])(?:\s(?:necessarily|the|an?|be|option|options|choice|choices|answer|answers|letter|both|either|just|only|"
    r"that of|point|image|picture|box|first|second|third|fourth|images))*[\s*_\"':(]*\Z"
)
DENIED_AFTER = re.compile(
    r"[\s*_\"')\],]*(?:[a-z]+\s){0,4}?(?:(?:is|are|was|were|would|could|can|cannot|should|must|may|might|does|do|did|will)\s?"
    r"(?:also|clearly|both|therefore|probably|likely|all|just|simply|obviously)?\s?(?:not|n't)|cannot|"
    r"(?:is|are|was|were|seems?|looks?|appears?|would be)(?: to be)?(?:\s(?:also|clearly|both|therefore|obviously|simply|just|all|"
    r"completely|the|an?|partially|probably|likely))*\s(?:incorrect|wrong|false|out|unlikely|less likely|ruled out|eliminated|excluded|"
    r"irrelevant|invalid|impossible|inaccurate|off|untrue|not)|fails?(?: to)?|(?:doesn|isn|aren|wasn|don|can|won|couldn)'t|contradicts?)(?![a-z])|"
    r"[\s*_\"')\]]*[✗✘❌×]|[\s*_\"')\]]*(?:[:=]|->|—|-|\()[\s*_\"']*(?:incorrect|wrong|false|no|not|x)(?![a-z])"
)
"""Directly behind an option: what denies it."""
DENIED_TEXT = re.compile(
    r"[^!?\n]{0,200}?(?<![a-z])(?:is|are|was|were|would be|seems)(?:\s(?:also|clearly|therefore|obviously|simply|definitely))?\s?(?:"
    r"(?:not|n't)(?:\s(?:the|a|an|likely|necessarily))*\s(?:correct|right|answer|option|choice|solution|best|accurate|true|valid|match|most)|"
    r"incorrect|wrong|false|ruled out|eliminated)(?![a-z])"
)
"""Anywhere in the sentence behind an option: what denies it in as many words."""

CONCLUDES = re.compile(
    r"(?<![a-z])(?:so|therefore|thus|hence|consequently|final|finally|conclusion|concluding|overall|actually|wait|"
    r"correction|sorry|on reflection|upon reflection|instead|in summary|to summarize|ultimately|based on (?:this|these|the|my|all)|"
    r"given (?:this|these)|considering (?:this|these|all)|if i (?:must|had to|were to|have to)|in short)(?![a-z])"
)
"""A sentence that draws a conclusion or corrects itself."""

_PRAISED = (
    r"[\s*_\"')\],]*(?:the\s[a-z]+\s[a-z]+\s)?(?:(?:,|which|that|on|in|at|\()[^.!?\n]{0,140}?[,)]\s)?"
    r"(?:(?:is|are|was|appears?|seems?|looks?|has|provides|shows|shares|to be|also|does|would be|be|represents|contains|"
    r"features|the|an?|slightly|much|significantly|clearly|still|indeed|definitely|style|likely|that is|as)\s){0,6}"
    r"(?:more(?!\sthan|\slikely to be a bit)\s[a-z]+|most\s[a-z]+|better|best|closer|closest|nearer|nearest"
)


def praise(sought: str) -> re.Pattern[str]:
    """What puts an option before the others: "B is closer", with the comparatives that the question asks for."""
    return re.compile(f"{_PRAISED}{f'|{sought}' if sought else ''})(?![a-z])")
