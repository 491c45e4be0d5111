"""Phrases by which a response refuses, or says that it cannot tell, in English and Korean.

They are searched in folded text without quotations. Refusing is to decline to do what was asked, or to deny any ability
to do it ("I can't view images"); only the speaker can do so, who is `I` in English, and in Korean whoever ends the
sentence in a form that reports nobody else (없습니다, not 없다고). Not to find the answer in the picture is no refusal:
"I cannot determine the colour" says that it cannot be told, and so does "I can't give an exact number".
"""

from __future__ import annotations

import re

__all__ = ["DECLINES", "HINTS", "LIMITS", "NO_PICTURE", "REFUSES", "REPORTED", "REPORTS", "UNCERTAIN"]

# English: what is not done, by whom, and what it would have been.
_I = "i(?<![a-z]i)"  # looked for behind the letter, which is found several times faster
_NOT_ABLE = (
    rf"{_I}(?:'m| am)?(?: currently| really| just| simply| unfortunately| also| still|,? however,?)? ?"
    r"(?:can ?not|can't|cant|could not|couldn't|(?:am )?not (?:currently )?able to|(?:am )?unable to|incapable of|"
    r"not (?:allowed|permitted|authori[sz]ed|supposed|in a position|equipped|designed|trained|programmed) to|"
    r"(?:won't|will not) be able to|(?:don't|do not) have the (?:ability|capability|capacity) to|"
    r"lack the (?:ability|capability) to)"
)
_WILL_NOT = (
    rf"{_I}(?:(?:'ll| will)? ?(?:won't|not|must not|mustn't|shouldn't|should not|prefer not to)"
    r"|(?:'m| am) not (?:going|willing) to)"
)
_ADVERB = r"(?: (?:directly|really|actually|in good conscience|ethically|legally|morally|provide|offer|give)){0,2}"
_COMPLY = (
    r"(?:help(?!ed| but\b| [a-z]+ing\b)(?:ing)?|assist(?:ing|ance)?|comply(?:ing)?|fulfil+(?:ing)?|accommodat(?:e|ing)|"
    r"participat(?:e|ing)|engag(?:e|ing)|continu(?:e|ing) (?:with )?(?:this|that)|do (?:that|this|so)(?![a-z])|"
    r"(?:complet|process)(?:e|ing)? (?:this|that|your)|(?:view|fulfil+|support) (?:this|that|your) request)"
)
_WHO = (
    r"(?:identif(?:y|ying)|recogni[sz](?:e|ing)|nam(?:e|ing)|tell(?:ing)? you)(?: or [a-z]+(?: information about)?)?"
    r" (?:who|whose|the identit|the names? of|real|individuals|people|persons|someone|anyone|him\b|her\b|"
    r"(?:this|the|these) (?:person|people|man|woman|individual))"
)
_SEE_AT_ALL = (
    r"(?:view|see|access|open|process|analy[sz]e|interpret|read|look at|display)(?:ing)?(?: or [a-z]+)? "
    r"(?:any |the |this |your |specific |attached |uploaded |external ){0,3}"
    r"(?:images?|pictures?|photos?|visual content|files?|attachments?)"
    r"(?: (?:that )?you(?:'ve| have)? (?:mention|upload|attach|shar|sen|provid)[a-z]{1,3}"
    r"| directly| at all| at (?:this time|the moment))?(?=\s*(?:[.,;!]|$|(?:and|but|or|so|as|since|because) ))"
    r"(?!,? but (?:i can (?:still|answer)|based on|the answer))"
)
_HAND_OVER = (
    r"(?:provid(?:e|ing)|giv(?:e|ing)|offer(?:ing)?|shar(?:e|ing)|creat(?:e|ing)|generat(?:e|ing)|writ(?:e|ing)|"
    r"produc(?:e|ing)|answer(?:ing)?|respond(?:ing)?|comment(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|discuss(?:ing)?|"
    r"transcrib(?:e|ing)|solv(?:e|ing)|describ(?:e|ing)|mak(?:e|ing) (?:assumptions|judg|inferences))"
)
_REFUSES_ENGLISH = (
    rf"(?:{_NOT_ABLE}|{_WILL_NOT}){_ADVERB} (?:{_COMPLY}|{_WHO}|{_SEE_AT_ALL})",
    rf"{_I}(?:'m| am|'ve| have|'ll| will)? ?(?:must|have to|need to|going to)?(?: respectfully| politely)? ?"
    r"(?:decline|refuse)(?: to | this| that| your|[.,!]|$)",
    rf"{_I}(?:'m| am) not comfortable|{_I} (?:don't|do not) feel comfortable|{_I}(?:'d| would) (?:rather|prefer) not",
    rf"{_I}(?:'m| am) (?:prohibited|prevented|barred) from|(?:prohibit|prevent|forbid)s? me from",
    r"(?:against|violat(?:es?|ing)|due to|because of|per|under) (?:my|openai(?:'s)?) (?:[a-z]+ ){0,2}"
    r"(?:guidelines|polic(?:y|ies)|programming|principles|rules)",
    r"(?:violat(?:es?|ing)|against) (?:the )?(?:content|usage|use|safety) polic",
    r"(?:content|request|prompt|image) (?:may |might |would |could )?violates? our [a-z ]{0,12}polic",
    r"my (?:programming|guidelines|policies|instructions) (?:do not|don't|does not|doesn't) (?:allow|permit|let) me",
    rf"{_I}(?:'m| am) (?:designed|programmed|trained|instructed) (?:not to|to avoid|to decline|to refuse)",
    rf"(?:is|'s) something {_I} (?:can't|cannot|won't)|(?:isn't|is not|not) something {_I}(?: can|'m able| am able)",
    rf"as an? (?:ai|artificial intelligence|(?:large )?language model)[^.!?\n]{{0,60}}{_I} "
    r"(?:can't|cannot|am (?:not able|unable) to)(?! (?:determine|tell|see any|see the|read))(?![^.!?\n]{0,80}\bbut )",
    rf"{_I} (?:don't|do not) have (?:direct )?access to (?:the |any |this |your )?(?:images?|pictures?|photos?|files?)",
    rf"(?:sorry|apologi[sz]e|apologies)[,.;:]?(?: but)? {_I} (?:can't|cannot|won't)\s*(?:[.!]|$)",
    r"(?:^|[.!?,]\s{0,3})(?:but )?(?:can't|cannot|unable to) (?:help|assist|comply) with (?:that|this)",
    r"(?:text[- ](?:based|only) (?:ai|model|assistant)|language model)[^.!?\n]{0,24} "
    r"(?:can't|cannot|unable to) (?:see|view) (?:any |the )?(?:images|pictures|photos)",
)
_DECLINES_ENGLISH = (
    rf"(?:{_NOT_ABLE}|{_WILL_NOT}){_ADVERB} {_HAND_OVER}",
    rf"{_I} (?:don't|do not) (?:identify (?:real |people|individuals)|offer|provide|give out|assist)",
)

# Korean: the ending says it of the speaker and now; 없다고 and 없는 tell of somebody else.
_END = (
    r"(?:습니다|어요|네요|음(?![가-힣])|다(?![가-힣])|지만|으며|고(?=[\s,])|을\s?것|어(?=[\s.!,]|$)|어서|으니|"
    r"기\s?때문|는\s?점|다는\s?점(?:을|에|은)?\s?(?:양해|이해|죄송))"
)
_CANNOT = rf"\s?수(?:가|는|도)?\s?없{_END}"
_HARD = (
    r"\s?(?:힘들|힘듭|어렵|어려|곤란|불가능|불가)"
    r"(?:습니다|니다|합니다|해요|하며|워요|울|운\s?점|다(?![가-힣])|지만|들어요|들\s?것|하)?"
)
_TOO_HARD = rf"기(?:가|는|에는)?{_HARD}"
_GIVES = (
    r"(?:답변|답|대답|제공|알려|말씀|설명|안내|응답|처리|수행|식별|확인|작성|생성|공유|분석|들어|보여|만들어|번역)"
    r"(?:을|를|해|하여)?\s?"
)
_TO_YOU = rf"(?:드(?:릴|려\s?줄){_CANNOT}|드리지\s?(?:못|않)|드리{_TOO_HARD}|못\s?(?:해\s?)?드)"
_HELP = rf"(?:도와\s?|도움(?:을|이)?\s?)(?:{_TO_YOU}|(?:줄|될){_CANNOT}|주{_TOO_HARD}|되지\s?못)|도울{_CANNOT}"
_DOES = (
    r"(?:답변할|답할|대답할|응할|응답할|제공할|알려\s?줄|수행할|처리할|생성할|작성할|공유할|진행할|지원할|이행할|"
    r"따를|말할)"
)
_DO = r"(?:답변하|답하|대답하|제공하|응하|알려\s?주|수행하|처리하|말하|생성하|작성하|공유하)"
_IS_NOT_DONE = rf"(?:{_DOES}{_CANNOT}|{_DO}(?:{_TOO_HARD}|지\s?(?:못|않)(?:습|아|았|겠|을)))"
_REFUSES_KOREAN = (
    _HELP,
    r"(?:거절|거부|사양|사절)(?:하겠|할게|해야\s?(?:할|합|겠)|드립니다)",
    r"(?:저는|저희는|제가|(?:이|그|해당|위)\s?(?:요청|질문|지시)(?:은|는|을|를)?)\s?(?:거절|거부|사양)(?:합니다|해요)",
    r"(?:답변|대답|답|제공|도와|도움|언급|응답)[^.!?\n]{0,12}(?:하지|드리지|주지)\s?않겠",
    rf"(?:누구|신원|실존|실명|정체|연예인|유명인)[^.!?\n]{{0,24}}(?:식별|특정|인식|확인|알려|말씀)(?:해|하여)?\s?{_TO_YOU}",
    rf"(?:누구|신원|실존|인물|사람|개인|얼굴)(?:들|인지|을|를|의\s?신원을|\s?인물을){{0,2}}\s?(?:식별|인식)"
    rf"(?:할{_CANNOT}|하(?:지\s?(?:않|못)(?:습|아|았|겠)|{_TOO_HARD}))",
    rf"(?:정책|지침|가이드라인|규정|윤리|안전|개인\s?정보|사생활|저작권)[^.!?\n]{{0,50}}{_GIVES}{_TO_YOU}",
    rf"(?:정책|지침|가이드라인|규정|윤리|안전|개인\s?정보|사생활|저작권)[^.!?\n]{{0,50}}{_IS_NOT_DONE}",
    r"(?:요청|질문|내용|제|저의)(?:은|는)?\s[^.!?\n]{0,24}(?:정책|지침|가이드라인)(?:에|을|를)?\s?(?:위배|위반|어긋)",
    r"(?:^|[.!?,]\s{1,2})(?:답변|대답|응답)(?:을|은)?\s?(?:거부|거절)(?:합니다|해요)",
    r"^\s{0,4}(?:답변|대답|응답)\s?불가(?:합니다|함)?\s{0,2}(?:\.|$)",
    r"도와\s?드릴\s?수\s?있는\s?(?:내용|요청|부분|것)이\s?아닙",
    rf"(?:죄송|미안)[^.!?\n]{{0,16}}(?:그건|그것은|그 부분은|해당 요청은){_HARD}",
    rf"(?:죄송|미안)[^.!?\n]{{0,16}}(?:그건|그것은|그렇게는?|그 일은)\s?할{_CANNOT}",
    rf"(?:ai|인공지능|언어\s?모델)[^.!?\n]{{0,12}}(?:로서|이기\s?때문|이므로|이라서?|라서)[^.!?\n]{{0,60}}{_CANNOT}",
    rf"(?:이미지|사진|그림|파일)(?:를|을)\s?(?:직접\s?)?(?:보거나\s?)?"
    rf"(?:볼|열어?\s?볼|열|불러올|확인할|분석할|처리할|해석할|인식할){_CANNOT}",
)
_DECLINES_KOREAN = (
    rf"{_GIVES}{_TO_YOU}",
    rf"(?:답변|대답|응답)(?:이|은|는){_HARD}",
    r"(?:답변할|대답할|답할|도와\s?드릴)\s?수\s?없는\s?(?:질문|요청|내용)입니다",
    rf"(?:죄송|미안|송구|유감|양해|안타깝|요청|요구|부탁|질문|지시|명령|저는|저희는|제가|저로서는)[^.!?\n]{{0,60}}"
    rf"{_IS_NOT_DONE}",
)

# That no picture arrived, or that one is asked for; not a better one, nor another ("a clearer image of the sign").
_A_PICTURE = r"(?:images?|pictures?|photos?|screenshots?|files?|attachments?)"
_ASKED_TO = (
    r"(?:please|kindly|(?:could|can|would|will) you(?: please| kindly)?|you(?:'ll| will)? (?:need|have) to|"
    r"(?:if|once|when) you(?: can| could)?)"
)
_HERE = r"(?:your|this|our|the) (?:message|conversation|chat|prompt|question)"
_NO_PICTURE_ENGLISH = (
    rf"(?<![a-z]){_ASKED_TO} (?:re-?)?(?:upload|attach|provide|share|send|include)(?: me| us| it as)? "
    rf"(?:the|an?|your|that|any)(?: actual| original| relevant)? {_A_PICTURE}"
    r"(?! (?:of|from|with|in|taken|showing))(?![a-z])",
    r"(?<![a-z])(?:please|(?:could|can|would) you(?: please)?) (?:re-?)?(?:upload|attach) (?:it|one)(?![a-z])",
    rf"(?<![a-z])(?<!has )(?<!with )no {_A_PICTURE} (?:(?:was|were|is|are|has been|have been) (?:actually )?)?"
    rf"(?:attached|uploaded|provided|shared|received)(?: to| in| with)?(?: {_HERE})?\s*(?:[.,;!]|$)(?<=[^a-z])",
    r"(?:do not|don't|cannot|can't|did not|didn't) (?:see|find|have|receive|get)(?: that)? (?:an?|any|the|your) "
    rf"{_A_PICTURE} (?:attached|uploaded|provided|in {_HERE})",
    r"(?:have not|haven't|did not|didn't|forgot to) (?:yet )?(?:attach|upload|provid|shar|send|sent|includ)"
    rf"(?:e|ed|ing)? (?:an?|any|the|your) {_A_PICTURE}",
    rf"(?:the|your) {_A_PICTURE} (?:did not|didn't|has not|hasn't|was not|wasn't|failed to|may not have|might not have)"
    r"(?: been)? (?:upload|load|attach|come through|came through|go through|includ|provid)",
    rf"(?:doesn't|does not) (?:seem|appear) to be (?:an?|any) {_A_PICTURE} (?:attached|uploaded|provided|in {_HERE})",
    rf"(?:the|your) {_A_PICTURE} (?:seems?|appears?) to be missing(?! (?:an?|the|its|some))",
)
_ANY_PICTURE = r"(?:이미지|사진|그림|스크린샷|파일)"
_PICTURE_KOREAN = rf"(?<!선명한 )(?<!다른 )(?<!추가 )(?<!화질 )(?<!밝은 )(?<!큰 )(?<!좋은 ){_ANY_PICTURE}(?:\s?파일)?"
_SENT = r"(?:업로드|첨부|전송|제공|공유|전달|등록)"
_PLEASE = r"\s?(?:주(?:세요|십시오|시겠|시면|시기|실\s?(?:수|래)|길\s?바랍)|줘(?![가-힣])|바랍니다|부탁)(?!요?라[는고])"
_NO_PICTURE_KOREAN = (
    rf"{_PICTURE_KOREAN}(?:를|을|도)?\s?(?:(?:다시|먼저|함께|직접|한\s?번|여기에)\s?){{0,2}}"
    rf"(?:{_SENT}(?:해|하여|하시면|을|를)?|올려|보내){_PLEASE}",
    rf"다시\s?(?:한\s?번\s?)?(?:{_SENT}(?:해|하여)?|올려|보내){_PLEASE}",
    rf"(?<!서에 )(?<!서에는 ){_PICTURE_KOREAN}(?:가|이|는|은|도)?\s?(?:(?:아직|제대로|정상적으로|따로)\s?)?"
    rf"(?:{_SENT}(?:이|가)?\s?(?:되지|되어\s?있지|돼\s?있지)\s?않|{_SENT}(?:이|가)?\s?안\s?(?:되|됐|된|돼)|"
    r"올라오지\s?않|도착하지\s?않)",
    rf"{_SENT}(?:된|하신)\s?{_ANY_PICTURE}(?:가|이|는|은|도)?\s?(?:없|보이지\s?않|확인되지\s?않)",
    rf"{_ANY_PICTURE}(?:를|을)?\s?(?:전달\s?)?받지\s?못",
    rf"(?<![가-힣] ){_ANY_PICTURE}(?:가|이)\s?없(?:어서?|으므로|기\s?때문에|으니)\s[^.!?\n]{{0,20}}"
    rf"(?:답|알려|확인|도와|말씀)[^.!?\n]{{0,8}}(?:없|어렵)",
)

# That the picture, not the speaker, is the reason.
_LIMITS_ENGLISH = (
    r"definit|exact|precis|certain|accura|conclusive|reliabl|confiden|visib|legib|clear|blur|resolution|cropped|"
    r"from (?:this|the) (?:image|picture|photo|angle)|based (?:only |solely )?on|"
    r"without (?:the|any|an?|more|further|additional|specific|seeing|context|access)(?![a-z])|"
    r"(?:does|do|is|are)(?: not|n't) (?:contain|show|have|include|provide|in|there|mention|appear|depict)|"
    r"(?<![a-z])(?:so|therefore|thus|hence),? |"
    r"(?:because|since|as) (?:the (?:image|picture|photo|question|graph|chart|text|document)|there (?:is|are)|"
    r"i (?:do not|don't|can't|cannot) (?:see|have|find))|"
    r"(?:more|enough|additional|further|insufficient) (?:information|context|detail)"
)
_LIMITS_KOREAN = "정확|따라서|그러므로|흐려|흐릿|흐리|보이지|부족|만으로|해상도|확실|선명|가려|잘려|구체적|단정"

_TELL = (
    r"(?:determine|tell|see|say|make out|discern|ascertain|identify|read|know|confirm|verify|find|count|distinguish|"
    r"be sure|be certain|infer|conclude|locate|recogni[sz]e|estimate)"
)
# Each begins with a letter of its own, and not in a group: so they are searched several times faster.
_UNCERTAIN_ENGLISH = (
    rf"{_NOT_ABLE}(?: [a-z]+ly)? {_TELL}",
    *(
        rf"{unable}(?: be)? {_TELL}"
        for unable in ("cannot", "can't", "not possible to", "impossible to", "difficult to", "hard to", "unable to")
    ),
    rf"{_I}(?:'m| am) not (?:sure|certain)",
    rf"{_I} (?:do not|don't) know",
    r"it(?<![a-z]it)(?:'s| is) (?:unclear|uncertain)",
    rf"too (?<![a-z]too )[a-z]+(?: and [a-z]+)? to {_TELL}",
    *(rf"{few} (?:information|context|detail)" for few in ("not enough", "insufficient")),
)
_CAN = "알 판단할 확인할 파악할 읽을 구분할 구별할 특정할 식별할 볼 셀 추정할 단정할 결정할 판별할 알아볼"
_TO = "알 알아보 판단하 확인하 파악하 읽 구분하 특정하 식별하 단정하 추정하"
_UNCERTAIN_KOREAN = (
    *(rf"{can}\s?수(?:가|는|도)?\s?없" for can in _CAN.split()),
    *(f"{to}{_TOO_HARD}" for to in _TO.split()),
    r"보이지\s?않",
    r"확실하지\s?않",
    "불분명",
    "모르겠",
    "모릅니다",
)

REPORTS = re.compile(
    r"(?<!guidelines )(?<!policy )(?<!policies )(?<!programming )(?<!rules )(?<![a-z])"
    r"(?:says?|reads?|states?|asks?|tells?|said|saying|reading|asking|stating)"
    r"(?: that|:| (?:me|you|us|users|people|visitors))?(?: to)? ?(?:sorry[,.]? |please )?$"
)
"""What stands before a phrase that the response reports of a sign or of somebody; not of its own guidelines."""

REPORTED = re.compile(
    r"[가-힣]{0,4}?(?:라|다)(?:고|는)\s?(?:[가-힣]{1,6}\s)?"
    r"(?:적|쓰|쓴|써|표시|나와|나오|문구|메시지|내용|표지|안내|오류|에러|글|뜻|팝업|알림|경고|되어|말풍선)"
)
"""What stands behind one."""

HINTS = (
    *(
        "not",
        "n't",
        "cant",
        "unable",
        "incapable",
        "lack",
        "declin",
        "refus",
        "rather",
        "prefer",
        "prohibit",
        "prevent",
        "avoid",
    ),
    *("barred", "forbid", "guideline", "polic", "programming", "principle", "rules", "impossible", "difficult"),
    *(
        "hard to",
        "insufficient",
        "unclear",
        "uncertain",
        "too ",
        "모르",
        "모릅",
        "없",
        "어렵",
        "어려",
        "힘들",
        "힘듭",
        "곤란",
        "불가",
        "못",
        "않",
        "거절",
        "거부",
        "사양",
    ),
    *("사절", "위배", "위반", "어긋", "불분명", "아닙"),
    *("upload", "attach", "provide", "share", "send", "include", "receive", "missing", "fail"),
    *("업로드", "첨부", "전송", "제공", "공유", "전달", "등록", "올려", "올라오", "보내"),
)
"""Each phrase holds one of these; most answers hold none, and are not searched for phrases."""

REFUSES = re.compile("|".join((*_REFUSES_ENGLISH, *_REFUSES_KOREAN)), re.MULTILINE)
"""What refuses, in folded text."""

NO_PICTURE = re.compile("|".join((*_NO_PICTURE_ENGLISH, *_NO_PICTURE_KOREAN)), re.MULTILINE)
"""What says that no picture arrived, or asks for one."""

DECLINES = re.compile("|".join((*_DECLINES_ENGLISH, *_DECLINES_KOREAN)), re.MULTILINE)
"""What refuses unless its sentence tells of LIMITS: "I can't give an exact number" does not."""

LIMITS = re.compile(f"{_LIMITS_ENGLISH}|{_LIMITS_KOREAN}")
"""Why an answer cannot be read off the picture."""

UNCERTAIN = re.compile("|".join((*_UNCERTAIN_ENGLISH, *_UNCERTAIN_KOREAN)))
"""What says that the answer cannot be told, in folded text; where something refuses too, that decides."""
