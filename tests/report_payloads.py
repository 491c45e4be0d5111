"""Texts that have broken out of pages: the report's test shows that each of them stays text."""

_RUN = "window.__xss=1;alert(1)"

MARKUP = [
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"<!--<script>{_RUN}</script>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<SCRIPT/x>{_RUN}</SCRIPT >",
    f"<scr\nipt>{_RUN}</scr\nipt>",
    f"<svg/onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f'<svg><a xlink:href="javascript:{_RUN}"><text y=9>x</text></a></svg>',
    f"<math><mtext><img src=x onerror={_RUN}></mtext></math>",
    f'<math href="javascript:{_RUN}">x</math>',
    f'<iframe srcdoc="<script>parent.{_RUN}</script>"></iframe>',
    f'<iframe src="javascript:parent.{_RUN}"></iframe>',
    f"<img src=x onerror={_RUN}>",
    f"<img src=x onerror={_RUN}//",
    f"<image src=x onerror={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f"<audio src=x onerror={_RUN}>",
    f"<details open ontoggle={_RUN}>x</details>",
    f"<input autofocus onfocus={_RUN}>",
    f"<body onload={_RUN}>",
    f"<marquee onstart={_RUN}>x</marquee>",
    f'<object data="javascript:{_RUN}"></object>',
    f'<embed src="javascript:{_RUN}">',
    f'<form action="javascript:{_RUN}"><button>x</button></form>',
    f'<meta http-equiv="refresh" content="0;url=javascript:{_RUN}">',
    '<base href="https://example.invalid/">',
    '<link rel="stylesheet" href="https://example.invalid/x.css">',
    "<style>body{display:none}</style>",
    f"<template><script>{_RUN}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={_RUN}>">',
]
BREAKERS = [
    f'" autofocus onfocus="{_RUN}',
    f"' autofocus onfocus='{_RUN}",
    f"` autofocus onfocus=`{_RUN}",
    f" onmouseover={_RUN} x=",
    f'"><script>{_RUN}</script>',
    f"'><img src=x onerror={_RUN}>",
    f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</template></noscript><script>{_RUN}</script>",
]
ADDRESSES = [
    f"javascript:{_RUN}",
    f"java\tscript:{_RUN}",
    f"\x01javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}",
    f"vbscript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"&#106;avascript:{_RUN}",
    f"[link](javascript:{_RUN})",
    "![image](https://example.invalid/x.png)",
    f"<javascript:{_RUN}>",
]
OTHERS = [
    "{{ 7 * 7 }} {% raw %} ${7*7} <%= 7 %> #{7}",
    "&lt;b&gt; &amp;amp; &#x3c;",
    f'a{{}}";{_RUN};//',
    f"\u2028{_RUN}\u2029",
    "lone \ud800 surrogate \udfff",
    "nul \x00 escape \x1b[2J bell \x07",
    "bidi \u202egnp.exe\u2066",
    "zero\u200bwidth \ufeff joiner \u200d",
    "background:url(https://example.invalid/x) expression(alert(1))",
]
PAYLOADS = [*MARKUP, *BREAKERS, *ADDRESSES, *OTHERS]

# Names that mean something to a script or a document; they stand alone in a field.
NAMES = ["__proto__", "constructor", "toString", "body", "snl-data", "document", "location", "innerHTML"]

# What somebody could put behind the "#" of a link to a report.
FRAGMENTS = [f"#<img src=x onerror={_RUN}>", f"#javascript:{_RUN}", "#snl-data", "#__proto__", "#%00%ff", "#snl-box"]
