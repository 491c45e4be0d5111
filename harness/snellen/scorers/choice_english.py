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
    "DOUBTED",
    "FOREIGN",
    "GIVES_UP",
    "NONE_OF",
    "NOUNS",
    "PLAIN_VERDICTS",
    "PLURAL",
    "THAN",
    "VERDICT",
    "praise",
]

_ADVERB = (
    r"(?:(?:most |more |very |almost )?(?:likely|probably|clearly|definitely|certainly|undoubtedly|obviously|surely)|"
    r"presumably|no doubt|without (?:a|any) doubt)"
)
_FILLER = (
    rf"(?:\s*(?:{_ADVERB}|as follows|of course|indeed|therefore|thus|"
    r"still|also|simply|just|the|an?|actually|approximately|only|now|then|maybe|perhaps|instead|option|choice|letter|"
    r"number|answer|either|both|probable|towards|to be|labell?ed|as|one|that|it|it's)(?![a-z])[,:]?){0,4}[\s*_\"']*\Z"
)
_BE = (
    r"(?:(?<![a-z])(?:is|are|was|were|be|being|remains?|becomes?)(?![a-z])|(?<=[a-z])'s(?![a-z])|[:=]|->|→|⇒|=>|"
    r"\\(?:to|rightarrow|implies)(?![a-z]))"
)
_ANSWERS = (
    r"(?:answers?|options?|choices?|solutions?|selections?|conclusions?|verdict|pick|correct(?:ly)?|response|guess)"
)
_SOUGHT = (
    r"(?:best|most|closest|nearest|match(?:es|ed|ing)?|correspond(?:s|ing)?|likely|equivalent|result|identical|similar|"
    r"satisf(?:y|ies|ying)|fits?|right)"
)
_CHOOSE = (
    r"choos(?:e|es|ing)|chose|chosen|select(?:s|ed|ing)?|pick(?:s|ed|ing)?|go(?:ing)? (?:with|for)|opt(?:ing|ed)? for|"
    r"lean(?:ing)?(?: more| slightly)? towards?|settle (?:on|for)|prefer(?:ence (?:for|towards?))?|votes? for|"
    r"points? to (?:option|choice|answer)|indicates|suggests|answer(?:ed)? with|leav(?:es|ing)(?: us with| only)?|"
    r"i(?:'d| would| will|'ll)? (?:say|guess|think|believe)(?: that)?|confirm(?:s|ing)?"
)
_CONCLUDE = (
    r"so|therefore|thus|hence|finally|in conclusion|wait|actually|correction|sorry|but(?! i)|rather|instead|"
    r"no(?=\s*[,.:…—-])"
)
_MATCH = (
    r"match(?:es|ing|ed)?(?: most| best)?(?: closely| exactly)?(?: with| to)?|"
    r"correspond(?:s|ing)?(?: best| most closely)? (?:to|with)|clos(?:e|er|est) to|nearest to|"
    r"align(?:s|ed|ing)?(?: most| best)?(?: closely)? (?:with|to)|consistent with|agrees? with|most similar to|"
    r"(?:best|correctly) (?:shown|represented|described|depicted|given|illustrated) (?:in|by|as)|is found (?:in|at)"
)
_MAY_BE = (
    r"(?:perhaps|maybe|possibly|(?:(?:it|that|this|which|answer)\s|(?<!.))(?:may|might|could)"
    r"(?: also| well| very well)? be)"
)
_PRONOUN = r"(?:it|that|this)(?:'s| is| was| must be| would be| should be| has to be| turn(?:s|ed) out to be)"

BEFORE: tuple[tuple[re.Pattern[str], int], ...] = (
    # "Answer: B", {"answer": "B"}; "### Answer" with B on the next line, "the correct answer B"
    (
        re.compile(
            r"(?<![a-z])(?:ans(?:wer)?|choice|option|selection|prediction|output|response|result|assistant)[\s*_\"']*[:=–—-]\s*\Z"
        ),
        2,
    ),
    (re.compile(r"(?:^|(?<![a-z])(?:correct|right|final|best|my))[\s#*_\"'>-]*answer[\s*_\"'#]*\Z"), 2),
    # "the answer is B", "the correct option, given the table, would be B"
    (re.compile(rf"(?<![a-z]){_ANSWERS}(?![a-z]).{{0,160}}?{_BE}{_FILLER}", re.DOTALL), 2),
    # "I would choose B", "leaning towards B"
    (re.compile(rf"(?<![a-z])(?:{_CHOOSE})(?![a-z]):?{_FILLER}"), 1),
    # "so B", "therefore, it must be B", "wait, actually B", "it's B"
    (re.compile(rf"(?:^|[\s,;—-])(?:{_CONCLUDE})(?![a-z])[\s,:.…—-]*(?:{_PRONOUN})?{_FILLER}"), 1),
    (re.compile(rf"(?:^|[\s,;—-]){_PRONOUN}{_FILLER}"), 1),
    # "Probably B", "no doubt it's B"; "perhaps B", "it might be B"
    (re.compile(rf"^[\s*_\"'(]*{_ADVERB}(?![a-z])[\s,:]*(?:{_PRONOUN})?{_FILLER}"), 1),
    (re.compile(rf"(?:^|[\s,;—-]){_MAY_BE}(?![a-z]){_FILLER}"), 0),
    # "the best match is B", "the closest to it would be B"; "corresponds to B", "best represented by B"
    (re.compile(rf"(?<![a-z]){_SOUGHT}(?![a-z]).{{0,160}}?{_BE}{_FILLER}", re.DOTALL), 0),
    (re.compile(rf"(?<![a-z])(?:{_MATCH})(?![a-z]):?{_FILLER}"), 0),
)
"""What says before an option that it is the answer, searched in the sentence up to it, and with what weight."""

PLURAL = re.compile(
    r"(?:options|choices|answers|candidates|possibilities)"
    r"(?:\s(?:are|given|provided|above|below|listed|is|here))*[\s:=]*\Z"
)
"""What only announces the options."""

_NOUNS = (
    "option choice letter alternative answer point image picture photo photograph box shape diagram graph candidate "
    "statement solution pattern region area object item number line curve position location panel map chart sample "
    "piece block tile cube column row group road path arrow circle label scenario design bulb player answers "
    "choices options images pictures points boxes"
)
NOUNS = frozenset(_NOUNS.split())
"""What options are called before their letter: "the answer is point B"."""

_FOREIGN = (
    "vitamin vitamins fig figure figures table tables hepatitis appendix section chapter exhibit professor grade "
    "building gate terminal drive channel plan phase page route highway angle vertex segment triangle side "
    "variable doctor sir president team node protein influenza plate level category type class blood "
    "hemoglobin immunoglobulin coenzyme"
)
FOREIGN = frozenset(_FOREIGN.split())
"""A letter behind one of these names something else."""

_BEING = (
    r"(?:is|are|was|would be|will be|might be|may be|could be|seems(?: to be)?|appears to be|must be|should be|"
    r"has to be|looks|being)"
)
_ADVERBS = (
    r"(?:\s(?:the|a|an|our|my|clearly|therefore|thus|indeed|probably|likely|also|definitely|only|still|actually))*"
)
AFTER: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            rf"[^!?\n]{{0,140}}?(?<![a-z]){_BEING}{_ADVERBS}(?:\s(?:most|best|more|closest|only))?(?:\s[a-z]+)?\s"
            r"(?:correct|right|answer|option|choice|solution|selection)(?![a-z])"
        ),
        2,
    ),
    (
        re.compile(
            rf"[^!?\n]{{0,140}}?(?<![a-z]){_BEING}{_ADVERBS}\s(?:correct|right|accurate|true|best|closest|nearest|"
            r"appropriate|suitable|most (?!of)[a-z]+|more likely)(?![a-z])"
        ),
        0,
    ),
    (re.compile(r"[\s*_\"')\]]*(?:is what|is the one that|is all that)?\s?(?:remains|is left)(?![a-z])"), 1),
    (
        re.compile(
            r"[\s*_\"')\]]*(?:(?:best|most closely|most accurately|correctly|clearly|also|better|perfectly|exactly)\s)?"
            r"(?:matches|fits|corresponds|aligns|satisfies|completes|suits)(?![a-z])"
        ),
        0,
    ),
    (
        re.compile(
            rf"[\s*_\"')\]]*(?:{_BEING}(?:\s(?:the|an?|much|slightly|clearly|far|still|probably|even))*\s"
            r"(?:better|more (?:accurate|appropriate|suitable|likely|plausible|fitting|precise|reasonable|"
            r"consistent|probable|convincing|sensible))|makes (?:more|better|the most) sense)(?![a-z])"
        ),
        0,
    ),
    (re.compile(r"[\s*_\"')\]]+it is(?=[\s.!*_]*\Z)"), 1),
)
"""What says behind an option that it is the answer, and with what weight."""

VERDICT = re.compile(
    r"[\s*_:()\[=>–—-]{0,8}(?:(?P<right>✓|✔|✅|☑|correct|yes|true|right|맞음|맞다|정답|o(?=[\s.]*(?:\n|\Z)))|"
    r"(?P<wrong>✗|✘|❌|×|incorrect|wrong|no|not correct|false|틀림|오답|아님|x(?=[\s.]*(?:\n|\Z))))(?=[\s.,;!)*\]:]|\Z)"
)
PLAIN_VERDICTS = frozenset({"yes", "no", "true", "false", "o", "x"})
"""What an option is marked with: "B. Berlin: correct", "(A) London ✗"."""

_DENIERS = (
    r"not|never|neither|nor|except(?: for)?|rather than|instead of|eliminat(?:e|es|ed|ing)|exclud(?:e|es|ed|ing)|"
    r"rul(?:e|es|ed|ing) out|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|unlike|than|versus|vs\.?|cannot be|"
    r"discard(?:s|ed|ing)?|compared (?:to|with)|without(?: seeing)?"
)
DENIED_BEFORE = re.compile(
    rf"(?:(?<![a-z])(?:{_DENIERS})|n't(?: be)?)(?![a-z])(?:\s(?:necessarily|the|an?|be|options?|choices?|answers?|"
    r"letter|both|either|just|only|that of|point|images?|picture|box|first|second|third|fourth))*[\s*_\"':(]*\Z"
)
_STANCE = (
    r"(?:think|believe|say|choose|pick|select|go (?:with|for)|call|conclude|claim|argue|answer|recommend|consider|"
    r"suggest|opt for|accept|name|declare)"
)
DOUBTED = re.compile(
    r"(?<![a-z])(?:(?:(?:do|does|did|would|could|will|should|may|might|must)\s?(?:not|n't)|cannot|can't|can not|"
    r"won't|never)"
    rf"\s(?:(?:really|actually|necessarily|personally|even|ever|fully|quite)\s)?{_STANCE}|hardly\s{_STANCE}|"
    r"not (?:convinced|persuaded|choosing|picking|going with)|"
    rf"(?<!not )(?:hard|difficult|tough|impossible|wrong|a mistake|a stretch|misleading|premature) to "
    rf"(?:see|imagine|justify|defend|{_STANCE})|"
    r"(?<!no )(?<!little )(?<!without )(?<!any )(?<!beyond )(?<!a )doubt(?:s|ed|ful)?|unlikely (?:to be|that)|"
    r"no (?:reason|way|basis|evidence|grounds) (?:to|that|for))(?![a-z])"
    r"(?:(?!(?<![a-z])(?:but|so|because|and|since|rather|instead|therefore|whether|if|than|other)(?![a-z]))[^.!?;,:\n]){0,80}"
    r"[\s*_\"'(]*\Z"
)
"""Before an option: that it is not thought to be the answer, as in "I don't think it is A"."""
NONE_OF = re.compile(
    r"(?<![a-z])(?:none|neither) of(?![a-z])(?!.*(?:\sbut|however|although|though)(?![a-z]))", re.DOTALL
)
DENIED_AFTER = re.compile(
    r"[\s*_\"')\]]*(?:[a-z]+\s){0,4}?(?:(?:is|are|was|were|would|could|can|should|must|may|might|does|do|did|will)\s?"
    r"(?:also|clearly|both|therefore|probably|likely|all|just|simply|obviously)?\s?(?:not|n't)|cannot|"
    r"(?:is|are|was|were|seems?|looks?|appears?|would be)(?: to be)?(?:\s(?:also|clearly|both|therefore|obviously|"
    r"simply|just|all|completely|the|an?|partially|probably|likely))*\s(?:incorrect|wrong|false|out|unlikely|"
    r"less likely|ruled out|eliminated|excluded|irrelevant|invalid|impossible|inaccurate|off|untrue|not)|"
    r"fails?(?: to)?|(?:doesn|isn|aren|wasn|don|can|won|couldn)'t|contradicts?)(?![a-z])|"
    r"[\s*_\"')\]]*[✗✘❌×]|[\s*_\"')\]]*(?:[:=]|->|—|-|\()[\s*_\"']*(?:incorrect|wrong|false|"
    r"not (?:correct|right|true|it|this|the answer)|(?:no|not|x)(?=[\s*_\"']*(?:[).,;!\n]|\Z)))(?![a-z])"
)
"""Directly behind an option: what denies it."""
DENIED_TEXT = re.compile(
    r"[^!?\n]{0,200}?(?<![a-z])(?:is|are|was|were|would be|seems)"
    r"(?:\s(?:also|clearly|therefore|obviously|simply|definitely))?\s?(?:(?:not|n't)(?:\s(?:the|a|an|likely|necessarily))*"
    r"\s(?:correct|right|answer|option|choice|solution|best|accurate|true|valid|match|most)|"
    r"incorrect|wrong|false|ruled out|eliminated)(?![a-z])"
)
"""Anywhere in the sentence behind an option: what denies it in as many words."""

CONCLUDES = re.compile(
    r"(?<![a-z])(?:so|therefore|thus|hence|consequently|final|finally|conclusion|concluding|overall|actually|wait|"
    r"correction|sorry|(?:up)?on reflection|instead|in summary|to summarize|ultimately|in short|"
    r"based on (?:this|these|the|my|all)|given (?:this|these)|considering (?:this|these|all)|"
    r"if i (?:must|had to|were to|have to))(?![a-z])"
)
"""A sentence that draws a conclusion or corrects itself."""
GIVES_UP = re.compile(
    r"(?:cannot|can't|could not|couldn't|unable to|(?:not |im)possible to|not able to|difficult to|challenging to|"
    r"hard to)"
    r"\s"
    r"(?:[a-z]+\s){0,2}(?:determine|tell|say|decide|choose|judge|ascertain|identify|conclude|answer)(?![a-z])"
)
"""That it cannot be told."""
THAN = re.compile(r"(?<![a-z])(?:than|compared (?:to|with)|unlike)(?![a-z])[^,]{0,40}\Z")

_PRAISED = (
    r"[\s*_\"')\],]*(?:the\s[a-z]+\s[a-z]+\s)?(?:(?:,|which|that|on|in|at|\()[^.!?\n]{0,140}?[,)]\s)?"
    r"(?:(?:is|are|was|appears?|seems?|looks?|has|provides|shows|shares|to be|also|does|would be|be|represents|"
    r"contains|features|the|an?|slightly|much|significantly|clearly|still|indeed|definitely|style|likely|that is|as)\s)"
    r"{0,6}(?:more(?!\sthan)\s[a-z]+|most\s[a-z]+|better|best|closer|closest|nearer|nearest"
)


def praise(sought: str) -> re.Pattern[str]:
    """What puts an option before the others: "B is closer", with the comparatives that the question asks for."""
    return re.compile(f"{_PRAISED}{f'|{sought}' if sought else ''})(?![a-z])")
