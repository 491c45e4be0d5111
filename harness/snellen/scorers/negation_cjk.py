"""Chinese and Japanese denial, as far as a handful of forms goes: 没有X, X不存在, Xはいません, Xではない."""

from __future__ import annotations

import re

from snellen.scorers.mention import Place, Reading

__all__ = ["CJK_TRIGGER", "cjk_reading"]

CJK_TRIGGER = re.compile("[没沒無无不非未な缺ませ見分か否]")
"""A sentence without any of these denies nothing in Chinese or Japanese."""

_BREAK = re.compile("[，,；：。]|但|而是|只有|而有|却|ですが|ますが|けれど")
_ZH_UNKNOWN = re.compile("不知道|不确定|不確定|无法|無法|看不清|是否|有没有|有沒有|不清楚|可能没")
_ZH_EXEMPT = "不仅|不僅|不只|不光|不但|毫无疑问|毫無疑問|无疑|無疑|不少|不同|非常"
_ZH_BEFORE = re.compile(
    f"(?P<exempt>{_ZH_EXEMPT})|(?P<denial>没有|沒有|没|沒|不是|并非|並非|不存在|不包含|不包括|看不到|看不见|缺少|缺乏|无|無)"
)
_ZH_AFTER = re.compile("[^，,。；]{0,6}?(?:不存在|没有出现|沒有出現|未出现|未出現|不可见|不可見|看不到|看不见|不在)")
_JA_JOINED = "(?:[やと、も・]|または|あるいは)[^。、]{1,12}?"
_JA_AFTER = re.compile(
    f"(?:{_JA_JOINED}){{0,4}}(?:の姿)?(?:は|が|も|では|じゃ|など(?:は|が)?|らしき(?:もの|姿)(?:は|が))[^。、]{{0,14}}?"
    "(?P<denial>(?<!し)ない|ません|なく|なし|無し|おらず|見えず)|^なし"
)
_JA_EXEMPT = re.compile(
    "しか|だけで(?:は)?な|かもしれ|に違いな|間違いな|なければなら|なくはな|ないわけではな|ないことはな"
)
_JA_UNKNOWN = re.compile(
    "(?:わか|分か|判断でき|識別でき|はっきりし)(?:ら|り)?(?:ない|ません)|不明|かどうか|なのか|といえば|なら|ければ"
)


def cjk_reading(place: Place) -> Reading | None:
    """How the Chinese or Japanese around a keyword reads it; None when nothing there denies or doubts it."""
    return _chinese(place) or _japanese(place.after)


def _chinese(place: Place) -> Reading | None:
    clause = _BREAK.split(place.before)[-1]
    unknown = _ZH_UNKNOWN.search(clause)
    if unknown:
        return Reading("ambiguous", f"not known: {unknown.group()!r}")
    denials = [match for match in _ZH_BEFORE.finditer(clause) if match["denial"]]
    if denials:
        return Reading("negated", f"denied by {denials[-1]['denial']!r}")
    after = _ZH_AFTER.match(place.after)
    return Reading("negated", f"denied by {after.group()!r}") if after else None


def _japanese(after: str) -> Reading | None:
    clause = re.split("[。]|(?:ますが|ですが|けれど|いて、|あり、)", after)[0]
    unknown = _JA_UNKNOWN.search(clause)
    if unknown:
        return Reading("ambiguous", f"not known: {unknown.group()!r}")
    denial = _JA_AFTER.match(clause)
    if denial is None or _JA_EXEMPT.search(clause):
        return None
    return Reading("negated", f"denied by {denial.group()!r}")
