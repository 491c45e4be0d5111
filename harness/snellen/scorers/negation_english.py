"""English denial: whether "no", "not", "without" and their like reach a keyword, and where that cannot be told.

A denial reaches forward to the end of its clause. It ends at "but", "while", a dash, at a comma that begins something
new ("no dog, a cat"), at a place ("no vase on the table": the table is there) and never begins in phrases that only
look like one ("not only", "no doubt", "nothing but"). Behind the keyword it is looked for at the verb: "the cat is not
visible". What is asked, supposed or not known ("cannot tell whether") stays ambiguous.
"""

from __future__ import annotations

import re
from typing import Literal

from snellen.scorers.mention import Place, Reading

__all__ = ["ENGLISH_TRIGGER", "english_reading"]

ENGLISH_TRIGGER = re.compile(
    r"no|n't|never|neither|without|lack|absen|free|instead|rather|than|except|exclud|unlike|devoid|missing|omit|fail|"
    r"cant|dont|isnt|unclear|uncertain|unsure|hard|difficult|unable|impossible|if|unless|whether|invisible|unseen|"
    r"minus|zero|false|n/a|0(?<![0-9.,]0)(?![0-9])|x(?<![a-z]x)(?![a-z])|-l|-s|-t|any|apart|aside|❌|✗|✘|×|"
    r"but (?:it|this|that|they|is|are|was|were|actually|really|in fact|turns)"
)
"""A sentence without any of these denies nothing in English."""

_CLOSED = re.compile(r"\([^()]*\)")
_BREAK = re.compile(
    r"(?:^|[\s,])(?:but|however|although|though|while|whereas|because|and (?:there|it|they|this|that|instead)|"
    r"(?<=[,—] )(?:there|it|they|yet|only|just|instead|rather|so))(?![a-z])|—|:\s|\s-\s|,\s*yet(?![a-z])"
)
_UNSURE = re.compile(
    r"(?:can't|cannot|could not|couldn't|unable to|hard to|difficult to|impossible to|not possible to|no way to|"
    r"not easy to)\s(?:[a-z]+\s){0,2}?"
    r"(?:tell|say|determine|know|confirm|verify|identify|be sure|be certain|make out|discern)(?![a-z])|"
    r"(?:not|n't)\s(?:(?:very|entirely|quite|completely|fully|at all|immediately)\s)?"
    r"(?:sure|certain|clear|obvious|necessarily)|unclear|uncertain|unsure|(?:not|n't|dont) know|"
    r"(?<![a-z])whether(?![a-z])"
)
_WHAT_ABOUT_IT = re.compile(r"(?<![a-z])(?:what|why|how|where|when|who|which|whose)(?![a-z])|whether the\s$")
_SUPPOSED = re.compile(r"(?<!as )(?<!even )(?<![a-z])(?:if|unless)\s[^,]*$")

_EXEMPT = (
    r"(?:(?<![a-z])not|n't) (?:only|just|merely|simply|solely)(?![a-z])|"
    r"(?<![a-z])not (?:to mention|far|un(?:like|common|usual))(?![a-z])|"
    r"(?<![a-z])no (?:doubt|question|wonder|matter|mistake|problem|other than|(?:more|less|[a-z]+er) than)(?![a-z])|"
    r"(?<![a-z])no(?=[,.!:])|no\.\s?[0-9]|(?<![a-z])(?:nothing|none|no one) (?:but|other than|except)|"
    r"(?:not|n't|never) (?:[a-z]+ ){0,3}without|(?:n't|cannot) help but|non-?stop"
)
_DENIAL = re.compile(
    rf"(?P<exempt>{_EXEMPT})|(?P<denial>(?<![a-z])(?:no|not|never|neither|nor|none|without|nothing|nobody|cannot|lacks?|"
    r"lacked|lacking|lack of|devoid of|absence of|free (?:of|from)|instead of|rather than|unlike|other than|apart from|"
    r"aside from|except(?: for)?|excluding|excludes?|omits?|fails? to|failed to|minus|zero|"
    r"dont|doesnt|isnt|arent|wasnt|cant|didnt)(?![a-z])|n't(?![a-z])|(?<![a-z])non-$|(?<![a-z0-9.,])0(?=\s*$)|"
    r"(?<!the )(?<!a )missing(?=\s(?:an?|the|its|his|her|their|any|some|one|two)\s))"
)
_EXCEPTIVE = frozenset({"other than", "apart from", "aside from", "except", "except for", "excluding"})
_VERBAL = frozenset({"not", "n't", "cannot", "never", "dont", "doesnt", "cant", "didnt"})
_NOTHING = frozenset({"nothing", "nobody", "none"})

_DETERMINERS = (
    r"(?:an?|the|this|that|these|those|there|it|its|he|she|they|we|i|you|his|her|their|one|two|three|four|five|six|some|"
    r"several|many|only|just|both|each|another|instead|rather|[0-9]+)(?![a-z])"
)
_BEGINS_ANEW = re.compile(rf"\s*(?:and\s+)?{_DETERMINERS}")
_AND_ANEW = re.compile(rf"(?<![a-z])and\s+(?:{_DETERMINERS}|is |are |was |were |has |have |can )")
_AND = re.compile(r"(?<![a-z])and(?![a-z])")
# "No dogs are visible and cats are asleep": a verb before "and" ends the clause.
_CLAUSE_AND = re.compile(r"(?<![a-z])(?:is|are|was|were)\s.*(?<![a-z])and\s")
_OR = re.compile(r"(?<![a-z])n?or(?![a-z])")
_NEAR_OR = re.compile(r"(?:[\s,]+(?!but|while|and )[a-z'-]+){0,5}[\s,]+n?or(?![a-z])")
_VERB = re.compile(r"\s+(?:is|are|was|were|has|have|can|will|appears?|seems?|sits?|stands?|[a-z]+ing)(?![a-z])")

_COMPARED = re.compile(r"(?<![a-z])(?:as|than)\s+(?:an?|the|its)\s(?:[a-z]+\s)?$")
_OF_THEM = re.compile(r"\s*of\s(?:the|these|those)\s(?:[a-z]+\s)?$")
_IN_PLACE = re.compile(
    r"(?<![a-z])(?:on|in|at|near|by|beside|behind|under|underneath|above|over|below|inside|outside|around|along|across|"
    r"against|through|from|onto|into|next to|between|among|during|besides)(?![a-z])"
)
_ATTACHED = re.compile(
    r"(?<![a-z])(?:with|(?<!is )(?<!are )(?:wearing|holding|carrying|having)|that|who|which|whose)(?![a-z])"
)
_SAYING = re.compile(r"(?:think|believe|say|suggest|evidence|sign|indication|mean|appear|seem|true|case)s?\s*$")
_PARTIAL = re.compile(r"\s*(?:all|every|many|much|always|entirely|completely|fully|quite|exactly|very)(?![a-z])")
# "does not match the jacket": a deed is denied, the jacket is there; "does not show the jacket" denies the jacket.
_DEED = re.compile(
    r"\s*(?:[a-z]+ly\s|be\s|been\s|seem to\s|appear to\s|have\s(?=[a-z]+ed\s))*([a-z]+)\s"
    r"(?:.*\s)?(?:the|this|that|these|those|its|his|her|their)\s"
)
_SHOWING = re.compile(
    r"(?:an?|the|this|that|any|in|on|at|it|there|see|have|has|contain|show|includ|find|featur|depict|wear|hold|carry|"
    r"display|notic|observ|detect|spot|possess|believe|think|say|be|is|are|visible|present)[a-z]*$"
)
_MODAL = re.compile(r"(?:may|might|could)\s$")
_FAR = 10  # words between a denial and what it may still deny

# Behind the keyword: the rest of a list it is in, a place, then the denied verb.
_JOINT = r"(?:\s*(?:,|and(?![a-z])|n?or(?![a-z])|/|&))+\s*"
_LIST = rf"(?:{_JOINT}(?:(?:an?|the|any|other)\s+)?[a-z-]+(?:\s(?!is|are|was|were|not)[a-z-]+)?){{0,3}}"
_WHERE = r"(?:\s+(?:in|on|of|at|from)\s+(?:the|this|that|either|any)\s+[a-z-]+)?"
_SUBJECT = rf"[\"'*_)\]]*{_LIST}{_WHERE}\s+"
_BEING = r"visible|present|seen|shown|found|depicted|included|pictured|located|featured|there|here"
_BEING_LAST = re.compile(rf"(?:{_BEING})\s*$")
_NOT_THERE = re.compile(
    rf"{_SUBJECT}(?:(?:is|are|was|were|does|do|did|has|have|had|can|could|will|be)\s?(?:not|n't)|cannot|never)\s+"
    rf"(?:[a-z]+ly\s+|be\s+|been\s+|any\s?where\s+|even\s+)*(?:{_BEING}|appear|exist|evident|noticeable|detected|"
    r"part of|available|apparent|displayed|contained|observed|in (?:the|this|either|any)|to be seen|anywhere)"
)
# "The dog is missing its collar": the dog is there.
_WHAT_IS_MISSING = (
    r"\s(?:an?|the|its|his|her|their|any|some|one|two|three|four|several|most|all|both|many|parts?|pieces?|[0-9]+)"
    r"\s[a-z]"
)
_ABSENT = re.compile(
    rf"{_SUBJECT}(?:is|are|was|were|seems?|appears?|has been|have been)\s(?:to be\s|[a-z]+ly\s|also\s|both\s|all\s)*"
    rf"(?:(?:missing|lacking)(?![a-z])(?!{_WHAT_IS_MISSING})|"
    r"(?:absent|nowhere|invisible|gone|unseen|excluded|omitted|non-?existent)(?![a-z]))"
)
_LABEL = re.compile(
    r"[\"'*_)\]]*\s*(?:[:=|]|->?|—|\()[\s\"'*_]*"
    r"(?:(?:no|none|false|0|n/a|zero|absent|missing|x)(?=[\"'*_]*\s*(?:$|[.,;|)\n]))|"
    rf"not (?:{_BEING}|detected|applicable|available|in )|[❌✗✘×])|-free(?![a-z])|-less(?![a-z])"
)
# "It looks like a dog, but it is a wolf."
_SEEMS = re.compile(r"(?<![a-z])(?:look|seem|appear)(?:s|ed)?\s(?:like|to be|as (?:if|though))(?![a-z])[^,]*$")
_BUT_REALLY = re.compile(
    r"[^,]{0,40},?\sbut\s(?:(?:it|this|that|they)(?:\s|(?='))|)(?:actually\s|really\s|in fact\s)?"
    r"(?:is|are|was|were|'s|'re|turns out to be)\s(?:(?:actually|really|in fact|just|only)\s)*(?:an?|the)\s"
)
_LIKENESS = re.compile(r"-(?:like|shaped|themed|style|looking)(?![a-z])|,? if any(?![a-z])| or not(?![a-z])")


def english_reading(place: Place) -> Reading | None:
    """How the English around a keyword reads it; None when nothing there denies or doubts it."""
    clause = _clause(place.before)
    unsure = _last(_UNSURE, clause)
    if unsure:
        known = _last(_WHAT_ABOUT_IT, clause[unsure.start() :])
        if known is None:
            return Reading("ambiguous", f"not known: {unsure.group()!r}")
        clause = clause[unsure.start() + known.end() :]  # "unclear what the dog is looking at": the dog is there
    if _SUPPOSED.search(clause):
        return Reading("ambiguous", "only supposed: 'if'")
    if _SEEMS.search(clause) and _BUT_REALLY.match(place.after):
        return Reading("ambiguous", "only seems to be there")
    return _denied_before(clause, place.after) or _denied_after(place.after)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007  # the last one counts
        pass
    return found


def _clause(before: str) -> str:
    """The last clause of `before`, asides in brackets left out."""
    text = _CLOSED.sub(" ", before) if ")" in before else before
    start = 0
    for match in _BREAK.finditer(text):
        start = match.end()
    return text[start:]


def _denied_before(clause: str, after: str) -> Reading | None:
    denials = [match for match in _DENIAL.finditer(clause) if match["denial"]]
    if not denials:
        return None
    last = denials[-1]
    word, between = last["denial"], clause[last.end() :]
    if word in _EXCEPTIVE and (len(denials) > 1 or not clause[: last.start()].strip()):
        return None  # "no animal other than a cat", "Apart from the cat, ...": the cat is there
    verdict = _reach(word, between, after)
    if verdict == "negated" and _MODAL.search(clause, 0, last.start()):
        return Reading("ambiguous", f"perhaps not: {word!r}")
    if verdict is None:
        return None
    return Reading(verdict, f"denied by {word!r}" if verdict == "negated" else f"may be denied by {word!r}")


def _reach(word: str, between: str, after: str) -> Literal["negated", "ambiguous"] | None:
    """Whether a denial still holds after the words `between`; None when it does not."""
    if "," in between or _AND.search(between):
        ended = _list_ends(word, between, after)
        if ended != "negated":
            return ended
    if _COMPARED.search(between) or (word == "none" and _OF_THEM.match(between)):
        return None
    where = _IN_PLACE.search(between)
    if where and (word in _NOTHING or between[: where.start()].strip()):
        return _reach_place(word, between[: where.start()])
    if word in _VERBAL and (deed := _DEED.match(between)) and not _SHOWING.match(deed.group(1)):
        return "ambiguous"
    attached = _ATTACHED.search(between)
    if attached and (head := between[: attached.start()].strip()) and not _SAYING.search(head):
        return "ambiguous"
    return "ambiguous" if _PARTIAL.match(between) or len(between.split()) > _FAR else "negated"


def _reach_place(word: str, head: str) -> Literal["ambiguous"] | None:
    """A place after what is denied is there: "no vase on the table"; only "not sitting on the table" may deny it."""
    if word not in _VERBAL or _BEING_LAST.search(head) or _BEGINS_ANEW.match(head) or " any " in head:
        return None
    return "ambiguous"


def _list_ends(word: str, between: str, after: str) -> Literal["negated", "ambiguous"] | None:
    """Whether commas and "and" after a denial only list what is denied ("negated"), or begin something new (None)."""
    if "," in between and not (_OR.search(between) or _NEAR_OR.match(after)):
        last = between.rpartition(",")[2]
        return None if last.strip() or _VERB.match(after) else "ambiguous"
    if _AND_ANEW.search(between):
        return "ambiguous" if word in _VERBAL else None
    return None if _CLAUSE_AND.search(between) else "negated"


def _denied_after(after: str) -> Reading | None:
    match = _NOT_THERE.match(after) or _ABSENT.match(after) or _LABEL.match(after)
    if match:
        return Reading("negated", f"denied by {match.group().strip()!r}")
    likeness = _LIKENESS.match(after)
    return Reading("ambiguous", f"only {likeness.group().strip(', -')!r}") if likeness else None
