"""What an answer only concedes: what others would choose, what it thought at first, what it merely seems.

"Many would pick A, but", "I first thought it was A", A라고 생각했지만. Such words stand where claims stand and are
none, or weaker ones: what is taken back behind them is no claim, and the rest gives way to whatever else is said.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["NO_ASIDE", "Aside", "aside_of"]

_REACH = 200  # characters behind a mention in which it may be taken back

# The rest of a clause up to the mention.
_REST = (
    r"(?:(?!(?<![a-z])(?:but|so|because|and|since|instead|therefore|however|then)(?![a-z]))[^.!?;,:\n]){0,80}"
    r"[\s*_\"'(]*\Z"
)
_THINK = (
    r"(?:think|say|guess|assume|believe|choose|pick|select|answer|argue|expect|suppose|go (?:for|with)|opt for|"
    r"be tempted|claim|take)s?"
)
_OTHERS = (
    r"(?:many|most|some|several|people|others|students|everyone|someone|anyone|one|you|they|readers|a lot)"
    r"(?:\s(?:of (?:us|them|people)|people|students|others|readers|users|observers|respondents))?"
    r"(?:\s(?:may|might|would|could|will|can|often|usually|commonly|typically|frequently|easily|initially|first|"
    r"mistakenly|wrongly|incorrectly|simply|tend to|(?:be|are) (?:tempted|inclined) to))*"
)
_SELF = (
    r"(?:i|we)(?:'d|'ve|'m)?"
    r"(?:\s(?:had|have|am|was|were|first|initially|originally|almost|nearly|would have|at first))*"
)
_THOUGHT = (
    r"(?:thought|assumed|believed|guessed|suspected|supposed|expected|figured|inclined|tempted|leaned|leaning|"
    r"going to (?:say|pick|choose|answer|select))"
)
_SAID_BY_OTHERS = re.compile(
    rf"(?<![a-z])(?:{_OTHERS}\s{_THINK}|{_SELF}\s{_THOUGHT}|"
    rf"(?:easy|tempting|natural|common|understandable) to {_THINK}|"
    r"(?:initially|originally|(?:at|on) first(?: glance| sight| look)?),?|"
    r"(?:first|initial|original) (?:thought|guess|instinct|impression|reaction|idea|choice)|"
    rf"(?:obvious|tempting|common|intuitive|popular|usual|naive|apparent) (?:answer|choice|option|guess|pick)"
    rf")(?![a-z]){_REST}"
)
# What is only supposed, or looked at before anything is said of it.
_SUPPOSED = re.compile(
    r"(?<![a-z])(?:(?:if|suppose|supposing|assuming|unless|whether)(?: that)?"
    r"(?: (?:the|correct|right|answer|option|choice|it|we|choose|pick|is|was|were|be|had been))+|"
    r"(?:consider(?:ing)?|examin(?:e|ing)|evaluat(?:e|ing)|analy[sz](?:e|ing)|look(?:ing)? at|start(?:ing)? with)"
    r"(?: (?:the|option|choice|answer|image|picture))*)[\s*_\"'(]*\Z"
)
_SUPPOSED_KO = re.compile(r"[\s*_\"')\]]*(?:번)?(?:이?라면|이?었다면|였다면|일\s?경우|이?라고\s?(?:가정|치|하면))")
_LATIN = re.compile("[a-z]")
_MODAL = r"(?:may|might|could|can)"
_SEEMS = re.compile(
    rf"(?<![a-z])(?:looks?|looked|seems?|seemed|appears?|appeared|sounds?|{_MODAL}(?: also| well)? be)(?![a-z]){_REST}"
)
_ALTHOUGH = re.compile(rf"(?:(?<![a-z])(?:although|though|even if)|\A[\s*_\"'(]*whil(?:e|st))(?![a-z]){_REST}")
_BUT = re.compile(
    r"(?<![a-z])(?:but|however|yet|though|although|nevertheless|nonetheless|in fact|in reality|actually|wrong(?:ly)?|"
    rf"incorrect(?:ly)?|mistake[n]?)(?![a-z])(?!,? (?:it|that|this) {_MODAL}(?: also| just as)?(?: well)? be)"
)
_BUT_HERE = re.compile(r"(?<![a-z])but[\s*_\"'(]*\Z")
_POSSIBLE_BEHIND = re.compile(
    rf"[\s*_\"')\]]*(?:{_MODAL}(?: also| well)? (?:be|seem|look|appear|work)|(?:seems|looks|appears|sounds)(?![a-z])|"
    r"(?:is|was)(?: also| very| quite| equally| certainly)* "
    r"(?:possible|plausible|tempting|close|similar|reasonable)(?![a-z])|"
    r"(?:is|was)(?: also| certainly| clearly)? an? (?!better|best|correct|right)[a-z]+ "
    r"(?:answer|option|choice|guess|candidate|possibility))"
)

_TURN = r"(?:지만|으나|는데|은데|(?<=[하되이])나(?=[\s,])|다가)"
_BY_OTHERS_KO = re.compile(
    r"흔히|보통|많은\s?(?:사람|학생|분|이)|대부분|대개|사람들|일반적으로|누구나|자칫|언뜻|얼핏|처음에?(?:는|엔)?|첫눈에|종종"
)
_CHOSEN_KO = re.compile(
    rf"[^.!?\n]{{0,24}}?(?:고르|고릅|골랐|골라|선택|답하|답했|답합|생각|말하|말하지|여기|여겼|꼽|떠올|택하|택했)[가-힣\s]{{0,12}}?(?:{_TURN}|[.!](?=\s))"
)
_THOUGHT_KO = re.compile(
    r"[^.!?\n]{0,24}?(?:(?:생각했|생각하였|여겼|착각했|예상했|추측했|추정했|짐작했|오해했|믿었|알았|의심했)"
    rf"[가-힣]{{0,3}}{_TURN}|[가-힣]기(?:가)?\s?(?:쉽|쉬)[가-힣]{{0,3}}{_TURN}|는\s?(?:경우|사람|분|학생)[가-힣\s]{{0,8}}{_TURN})"
)
_SEEMS_KO = re.compile(
    r"[^.!?\n]{0,16}?(?:보이|보였|것\s?같|것처럼|수(?:도|는)?\s?있|가능|그럴\s?듯|비슷|유사|같았|같지만|맞지만|골랐|선택했|답했|판단했)"
    rf"[가-힣\s]{{0,8}}?{_TURN}"
)
_MIGHT_KO = re.compile(r"[^.!?\n]{0,16}?수도\s?있")
_BUT_KO = re.compile(r"지만|으나|는데|하지만|그러나|그런데|그렇지만|실제로|사실은?|오답|틀[렸렷린려]")


class Aside(NamedTuple):
    """How a mention is conceded.

    Attributes:
        words: What says so; empty when nothing does, and the mention is the answer's own.
        is_taken_back: It is no claim at all; otherwise it is a weak one.
    """

    words: str
    is_taken_back: bool = False

    def __bool__(self) -> bool:
        """Whether it is conceded."""
        return bool(self.words)


NO_ASIDE = Aside("")


def aside_of(head: str, text: str, start: int, end: int) -> Aside:
    """How the words around a mention concede it.

    Args:
        head: The sentence up to the mention, from the mention before it on.
        text: Folded text.
        start: Where what is said behind it begins.
        end: Where that ends at the latest: at the next mention.
    """
    behind = text[start : min(end, start + _REACH)]
    if not behind.isascii() and (found := _korean(head, behind)):
        return found
    if _LATIN.search(head):
        if supposed := _SUPPOSED.search(head):
            return Aside(_shown(supposed), is_taken_back=True)
        if by_others := _SAID_BY_OTHERS.search(head):
            return Aside(_shown(by_others), _BUT.search(behind) is not None)
        if although := _ALTHOUGH.search(head) or (_BUT_HERE.search(head) and _POSSIBLE_BEHIND.match(behind)):
            return Aside(_shown(although))
    if end == len(text) or not _BUT.search(behind):
        return NO_ASIDE  # there is nothing that it could give way to
    seems = _SEEMS.search(head) or _POSSIBLE_BEHIND.match(behind)
    return Aside(_shown(seems)) if seems else NO_ASIDE


def _korean(head: str, behind: str) -> Aside:
    if found := _THOUGHT_KO.match(behind) or _SUPPOSED_KO.match(behind):
        return Aside(_shown(found), is_taken_back=True)
    if _BY_OTHERS_KO.search(head) and (found := _CHOSEN_KO.match(behind)) and _BUT_KO.search(behind):
        return Aside(_shown(found), is_taken_back=True)
    found = _SEEMS_KO.match(behind) or _MIGHT_KO.match(behind)
    return Aside(_shown(found)) if found else NO_ASIDE


_SHOWN = 40


def _shown(found: re.Match[str]) -> str:
    return found.group().strip()[-_SHOWN:]
