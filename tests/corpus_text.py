"""Files that people and programs get wrong, made by script: paths, YAML, JSON Lines and CSV, each with its verdict.

A sample is a dataset folder. What must come of it is written beside it: the ids of the cases that are read all the
same, and for each problem its line, its case and the part of the message that a reader acts on.
"""

from __future__ import annotations

import gzip
import os
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PNG", "SAMPLES", "Expected", "Sample", "write_sample"]


@dataclass(frozen=True)
class Expected:
    """One problem: where it stands and what its message says."""

    line: int | None
    case_id: str | None
    part: str


@dataclass(frozen=True)
class Sample:
    """One file of cases.

    Attributes:
        id: What is odd about it.
        name: cases.yaml, cases.jsonl or cases.csv.
        data: Its bytes, or what writes it.
        good: Ids of the cases that are read, in order.
        problems: In file order.
        prepare: Puts further files beside it.
    """

    id: str
    name: str
    data: bytes | Callable[[Path], object]
    good: tuple[str, ...] = ()
    problems: tuple[Expected, ...] = ()
    prepare: Callable[[Path], object] | None = None


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\x00\xff" * 2))
    + _chunk(b"IEND", b"")
)
"""Two by two grey pixels."""


def write_sample(sample: Sample, folder: Path) -> Path:
    """Makes the sample's dataset in `folder`, which it gives back."""
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.png").write_bytes(PNG)
    (folder / "dataset.yaml").write_text("name: sample\n", encoding="utf-8")
    file = folder / sample.name
    if callable(sample.data):
        sample.data(file)
    else:
        file.write_bytes(sample.data)
    if sample.prepare is not None:
        sample.prepare(folder)
    return folder


# --- paths: one case names the path on line 1, a good one follows on line 2 ---------------------------------------


def _path(name: str, path: str, part: str | None, *, prepare: Callable[[Path], object] | None = None) -> Sample:
    import json

    bad = json.dumps({"id": "odd", "prompt": "?", "images": [path]})
    good = '{"id": "next", "prompt": "?", "images": ["images/a.png"]}'
    data = f"{bad}\n{good}\n".encode()
    if part is None:
        return Sample(f"path-{name}", "cases.jsonl", data, ("odd", "next"), prepare=prepare)
    return Sample(f"path-{name}", "cases.jsonl", data, ("next",), (Expected(1, "odd", part),), prepare)


def _outside(folder: Path) -> Path:
    outside = folder.parent / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "secret.png").write_bytes(PNG)
    return outside


def _link(name: str, target: str) -> Callable[[Path], object]:
    return lambda folder: (_outside(folder), (folder / "images" / name).symlink_to(target))


def _picture(name: str, data: bytes = PNG) -> Callable[[Path], object]:
    return lambda folder: (folder / "images" / name).write_bytes(data)


_KOREAN = "각도.png"
_NFC = unicodedata.normalize("NFC", _KOREAN)
_NFD = unicodedata.normalize("NFD", _KOREAN)

_PATHS = (
    _path("parent", "../outside/secret.png", "leads out of", prepare=_outside),
    _path("parent-after-child", "images/../../outside/secret.png", "leads out of", prepare=_outside),
    _path("parent-and-back", "images/../images/a.png", None),
    _path("absolute", "/etc/hostname", "is an absolute path"),
    _path("proc", "/proc/self/environ", "is an absolute path"),
    _path("device", "/dev/zero", "is an absolute path"),
    _path("home", "~/secret.png", "begins with '~', which is not expanded"),
    _path("unc", "\\\\server\\share\\a.png", "one Windows machine or share"),
    _path("unc-slashes", "//server/share/a.png", "one Windows machine or share"),
    _path("drive", "C:\\Users\\me\\a.png", "one Windows machine or share"),
    _path("backslash", "images\\a.png", "there is no file 'images\\\\a.png'"),
    _path("link-outside", "images/out.png", "leads out of", prepare=_link("out.png", "../../outside/secret.png")),
    _path("link-folder-outside", "images/o/secret.png", "leads out of", prepare=_link("o", "../../outside")),
    _path("link-device", "images/zero.png", "leads out of", prepare=_link("zero.png", "/dev/zero")),
    _path("link-proc", "images/env.png", "leads out of", prepare=_link("env.png", "/proc/self/environ")),
    _path("link-inside", "images/in.png", None, prepare=_link("in.png", "a.png")),
    _path("link-dangling", "images/gone.png", "there is no file 'images/gone.png'", prepare=_link("gone.png", "b.png")),
    _path("link-loop", "images/loop.png", "cannot be opened", prepare=_link("loop.png", "loop.png")),
    _path("folder", "images", "'images' is a folder"),
    _path("folder-slash", "images/", "'images/' is a folder"),
    _path("dot", ".", "'.' is a folder"),
    _path("fifo", "images/pipe.png", "is a pipe, socket or device", prepare=lambda f: os.mkfifo(f / "images/pipe.png")),
    _path("nul", "images/a.png\0.txt", "holds the control character '\\x00'"),
    _path("newline", "images/a\n.png", "holds the control character '\\n'"),
    _path("escape", "images/\x1b[2Ja.png", "holds the control character '\\x1b'"),
    _path("empty", "", "the path of a picture is empty"),
    _path("long-name", f"images/{'a' * 300}.png", "cannot be opened: File name too long"),
    _path("long-path", "a/" * 3000 + "a.png", "there is no file 'a/a/a/"),
    _path("zero-bytes", "images/empty.png", "is empty (0 bytes)", prepare=_picture("empty.png", b"")),
    _path("missing", "images/b.png", "there is no file 'images/b.png'"),
    _path("missing-folder", "pictures/a.png", "there is no file 'pictures/a.png'"),
    _path("file-as-folder", "images/a.png/b.png", "there is no file 'images/a.png/b.png'"),
    _path("case", "images/A.PNG", "there is no file 'images/A.PNG'"),
    _path("nfd-names-nfc", f"images/{_NFD}", None, prepare=_picture(_NFC)),
    _path("nfc-names-nfd", f"images/{_NFC}", None, prepare=_picture(_NFD)),
    _path("right-to-left", "images/\u202egnp.exe", "there is no file 'images/\\u202egnp.exe'"),
    _path("windows-reserved", "images/con.png", None, prepare=_picture("con.png")),
    _path("variable", "$HOME/a.png", "there is no file '$HOME/a.png'"),
    _path("file-address", "file:///etc/hostname", "only http and https addresses can"),
    _path("bucket-address", "s3://bucket/a.png", "only http and https addresses can"),
    _path("password-address", "https://me:hunter2@example.org/a.png", "carries a user name or password"),
    _path("no-host", "https:///a.png", "is not a web address"),
    _path("data-uri-cut", "data:image/png;base64,iVBORw0K!", "data URI"),
)


# --- YAML ---------------------------------------------------------------------------------------------------------

_A = "- {id: a, prompt: '?', images: images/a.png}\n"
_B = "- {id: b, prompt: '?', images: images/a.png}\n"


def _yaml(name: str, text: str | bytes, good: str = "", *problems: tuple[int | None, str | None, str]) -> Sample:
    data = text.encode() if isinstance(text, str) else text
    return Sample(f"yaml-{name}", "cases.yaml", data, tuple(good.split()), tuple(Expected(*p) for p in problems))


def _laughs() -> str:
    lines = ["- id: a", "  prompt: '?'", "  images: images/a.png", "  l0: &l0 [lol, lol]"]
    lines += [f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines)


_YAML = (
    _yaml("plain", _A + _B, "a b"),
    _yaml("billion-laughs", _laughs(), "", (9, None, "aliases repeat more than 100,000 values")),
    _yaml("deep-flow", "[" * 5000, "", (1, None, "the value is nested more than 64 deep")),
    _yaml("deep-metadata", f"{_A}- {{id: b, m: {'[' * 70}{']' * 70}}}", "", (2, None, "nested more than 64 deep")),
    _yaml(
        "tag-that-runs",
        f"- id: x\n  prompt: !!python/object/apply:os.system ['true']\n  images: images/a.png\n{_B}",
        "b",
        (2, "x", "the tag '!!python/object/apply:os.system' is not allowed"),
        (2, "x", "'prompt' is a list; it must be text"),
    ),
    _yaml(
        "tag-of-python", _A + "- !!python/tuple [1]\n", "a", (2, None, "the tag '!!python/tuple'"), (2, None, "a list")
    ),
    _yaml(
        "tag-env", "- {id: a, prompt: !ENV HOME, images: images/a.png}", "", (1, "a", "the tag '!ENV' is not allowed")
    ),
    _yaml("variables-stay-text", "- {id: a, prompt: '${HOME} $HOME', images: images/a.png}", "a"),
    _yaml("merge-self", "- &a\n  id: a\n  <<: *a\n", "", (3, None, "*a stands inside the value it names")),
    _yaml("alias-self", "- &a [*a]\n", "", (1, None, "*a stands inside the value it names")),
    _yaml("alias-unknown", "- id: a\n  prompt: *what\n", "", (2, None, "*what names an anchor that is not there")),
    _yaml("merge", "- &a {id: a, prompt: '?', images: images/a.png}\n- {<<: *a, id: b}\n", "a b"),
    _yaml("merge-list", "- {id: a, prompt: '?', images: images/a.png, <<: [1]}\n" + _B, "b", (1, "a", "<< takes in")),
    _yaml(
        "repeated-key",
        f"- id: x\n  prompt: one\n  images: images/a.png\n  prompt: two\n{_B}",
        "b",
        (4, "x", "the key 'prompt' is there twice; it is on line 2 already"),
    ),
    _yaml(
        "two-cases-on-a-line",
        "[{id: x, id: y, prompt: '?', images: images/a.png}, {id: b, prompt: '?', images: images/a.png}]",
        "b",
        (1, "x", "the key 'id' is there twice"),
    ),
    _yaml("words-that-yaml-1.1-changes", "- {id: no, prompt: on, images: images/a.png, expect: [1_0, 12:30:45]}", "no"),
    _yaml("nul", _A + "- id: \0\n", "", (2, None, "the line holds a NUL character")),
    _yaml("nul-escaped", _A + '- {id: b, prompt: "a\\0b", images: images/a.png}', "a", (2, "b", "NUL character")),
    _yaml("control-character", _A + "- id: \x07\n", "", (2, None, "the control character '\\x07'")),
    _yaml("surrogate-escaped", _A + '- {id: b, prompt: "\\ud800"}', "", (2, None, "invalid Unicode character escape")),
    _yaml("tab", "- id: a\n\tprompt: '?'\n", "", (2, None, "a tab indents this line")),
    _yaml("second-document", _A + "---\n" + _B, "", (2, None, "a second document begins here")),
    _yaml("document-marks", "%YAML 1.1\n---\n" + _A + "...\n", "a"),
    _yaml("byte-order-mark", b"\xef\xbb\xbf" + _A.encode(), "a"),
    _yaml("crlf", _A.replace("\n", "\r\n") + _B, "a b"),
    _yaml("latin-1", (_A + "- id: caf\xe9\n").encode("latin-1"), "", (2, None, "byte 0xe9 is not UTF-8 text")),
    _yaml("utf-16", _A.encode("utf-16"), "", (None, None, "is UTF-16 text")),
    _yaml("utf-16-without-mark", _A.encode("utf-16-le"), "", (None, None, "is UTF-16 text")),
    _yaml(
        "nan", "- {id: a, prompt: '?', images: images/a.png, score: .nan}\n" + _B, "b", (1, "a", ".nan is not a number")
    ),
    _yaml(
        "inf",
        "- {id: a, prompt: '?', images: images/a.png, expect: -.INF}\n" + _B,
        "b",
        (1, "a", "-.INF is not a number"),
    ),
    _yaml("nan-as-text", "- {id: a, prompt: '?', images: images/a.png, expect: ['.nan', NaN]}\n", "a"),
    _yaml("mapping", "id: a\nprompt: '?'\n", "", (1, None, "holds a mapping where a list of cases should be")),
    _yaml("text", "hello", "", (1, None, "holds 'hello' where a list of cases should be")),
    _yaml("text-among-cases", _A + "- hello\n" + _B, "a b", (2, None, "a case is a mapping of keys; this is 'hello'")),
    _yaml("colon-in-text", "- id: a\n  prompt: Read: this: now\n", "", (2, None, "is not YAML: mapping values")),
    _yaml("open-quote", _A + "- id: 'b\n  prompt: x\n", "", (2, None, "the quote that opens here never closes")),
    _yaml("at-sign", "- id: a\n  prompt: @home\n", "", (2, None, "is not YAML: found character")),
    _yaml("list-as-key", "- ? [a]\n  : b\n", "", (1, None, "a key must be text")),
    _yaml("empty", "", "", (1, None, "holds nothing where a list of cases should be")),
    _yaml("comment-only", "# nothing yet\n", "", (1, None, "holds nothing where a list of cases should be")),
    _yaml("empty-list", "[]", "", (None, None, "holds no cases")),
    Sample(
        "yaml-50-mb",
        "cases.yaml",
        lambda file: (file.touch(), os.truncate(file, 50_000_000)),
        (),
        (Expected(None, None, "is larger than 16,777,216 bytes"),),
    ),
)


# --- JSON Lines ---------------------------------------------------------------------------------------------------

_JA = '{"id": "a", "prompt": "?", "images": ["images/a.png"]}\n'
_JB = '{"id": "b", "prompt": "?", "images": ["images/a.png"]}\n'


def _more(fields: str, case_id: str = "x") -> str:
    return f'{{"id": "{case_id}", "prompt": "?", "images": ["images/a.png"], {fields}}}\n'


def _jsonl(name: str, text: str | bytes, good: str = "", *problems: tuple[int | None, str | None, str]) -> Sample:
    data = text.encode() if isinstance(text, str) else text
    return Sample(f"jsonl-{name}", "cases.jsonl", data, tuple(good.split()), tuple(Expected(*p) for p in problems))


_JSONL = (
    _jsonl("plain", _JA + _JB, "a b"),
    _jsonl("bad-first-line", "{oops\n" + _JA + _JB, "a b", (1, None, "the line is not JSON")),
    _jsonl("bad-middle-line", _JA + "{oops\n" + _JB, "a b", (2, None, "the line is not JSON")),
    _jsonl("bad-last-line", _JA + _JB + '{"id": "c"', "a b", (3, None, "the line is not JSON: unexpected end of data")),
    _jsonl("no-final-newline", _JA + _JB.strip(), "a b"),
    _jsonl("crlf", (_JA + _JB).replace("\n", "\r\n"), "a b"),
    _jsonl("blank-lines", f"\n{_JA}\n  \n{_JB}\n\n", "a b"),
    _jsonl("byte-order-mark", b"\xef\xbb\xbf" + _JA.encode(), "a"),
    _jsonl("nan", _more('"score": NaN') + _JB, "b", (1, None, "NaN and Infinity are not JSON")),
    _jsonl("infinity", _more('"score": Infinity') + _JB, "b", (1, None, "NaN and Infinity are not JSON")),
    _jsonl("minus-infinity", _more('"score": -Infinity') + _JB, "b", (1, None, "NaN and Infinity are not JSON")),
    _jsonl("1e999", _more('"score": 1e999') + _JB, "b", (1, None, "number is infinity")),
    _jsonl("4301-digits", _more(f'"n": {"1" * 4301}') + _JB, "b", (1, None, "number is infinity")),
    _jsonl("30-digits-expected", _more(f'"expect": {"1" * 30}') + _JB, "b", (1, "x", "expect is the number 1.1")),
    _jsonl("depth-100000", "[" * 100_000 + "\n" + _JB, "b", (1, None, "depth limit exceeded")),
    _jsonl("depth-70", _more(f'"m": {"[" * 70}{"]" * 70}') + _JB, "b", (1, None, "nested more than 64 deep")),
    _jsonl("repeated-key", _more('"id": "y"') + _JB, "b", (1, "y", "the key 'id' is there twice")),
    _jsonl("repeated-key-spaced", _more('"n" :1,"n" :1') + _JB, "b", (1, "x", "the key 'n' is there twice")),
    _jsonl("repeated-key-inside", _more('"m": {"k": 1, "k": 2}') + _JB, "b", (1, "x", "the key 'k' is there twice")),
    _jsonl("colons-in-text", _more('"note": "a \\":\\" b", "m": {"k": ["\\":"]}', "a") + _JB, "a b"),
    _jsonl("repeated-ids", _JA + _JB + _JA, "a b", (3, "a", "the id is taken: line 1 has it too")),
    _jsonl("nul", b'{"id": "x", "prompt": "a\0b"}\n' + _JB.encode(), "b", (1, None, "a NUL character at column 25")),
    _jsonl("nul-escaped", _JA.replace("?", "a\\u0000b") + _JB, "b", (1, "a", "'prompt' holds a NUL character")),
    _jsonl("lone-surrogate", _JA.replace("?", "\\ud800") + _JB, "b", (1, None, "no low surrogate in string")),
    _jsonl("surrogate-pair", _JA.replace("?", "\\ud83d\\ude00") + _JB, "a b"),
    _jsonl(
        "latin-1",
        _JA.replace("?", "caf\xe9").encode("latin-1") + _JB.encode(),
        "b",
        (1, None, "byte 0xe9 is not UTF-8"),
    ),
    _jsonl("long-line", b"x" * 17_000_000 + b"\n" + _JB.encode(), "b", (1, None, "longer than 16,777,216 bytes")),
    _jsonl("gzip", gzip.compress(_JA.encode()), "", (None, None, "is compressed with gzip")),
    _jsonl("gzip-bomb", gzip.compress(bytes(10_000_000)), "", (None, None, "is compressed with gzip")),
    _jsonl("utf-16", _JA.encode("utf-16"), "", (None, None, "is UTF-16 text")),
    _jsonl("utf-16-without-mark", _JA.encode("utf-16-be"), "", (None, None, "is UTF-16 text")),
    _jsonl("empty", b"", "", (None, None, "holds no cases")),
    _jsonl("only-blank-lines", b"\n\n", "", (None, None, "holds no cases")),
    _jsonl("json-array", f"[\n{_JA.strip()},\n{_JB}]\n", "", (1, None, "is a JSON array, not JSON Lines")),
    _jsonl("list-on-a-line", "[1, 2]\n" + _JB, "b", (1, None, "the line holds a list; a case is an object")),
    _jsonl("python-dict", "{'id': 'a'}\n" + _JB, "b", (1, None, "the line is not JSON")),
    _jsonl("python-true", _more('"live": True') + _JB, "b", (1, None, "the line is not JSON")),
    _jsonl("trailing-comma", '{"id": "a",}\n' + _JB, "b", (1, None, "trailing comma is not allowed")),
    _jsonl(
        "all-bad-lines-at-once",
        "1\n{oops\n" + _JB + "null\n",
        "b",
        (1, None, "1"),
        (2, None, "JSON"),
        (4, None, "null"),
    ),
)


# --- CSV ----------------------------------------------------------------------------------------------------------

_HEAD = "id,images,prompt,expect\n"
_CA = "a,images/a.png,?,x\n"
_CB = "b,images/a.png,?,x\n"


def _csv(name: str, text: str | bytes, good: str = "", *problems: tuple[int | None, str | None, str]) -> Sample:
    data = text.encode() if isinstance(text, str) else text
    return Sample(f"csv-{name}", "cases.csv", data, tuple(good.split()), tuple(Expected(*p) for p in problems))


_CSV = (
    _csv("plain", _HEAD + _CA + _CB, "a b"),
    _csv("crlf", (_HEAD + _CA + _CB).replace("\n", "\r\n"), "a b"),
    _csv("byte-order-mark", b"\xef\xbb\xbf" + (_HEAD + _CA).encode(), "a"),
    _csv("no-final-newline", _HEAD + _CA + _CB.strip(), "a b"),
    _csv("blank-rows", f"{_HEAD}\n{_CA},,,\n{_CB}", "a b"),
    _csv("empty", "", "", (None, None, "is empty")),
    _csv("only-header", _HEAD, "", (None, None, "holds no cases")),
    _csv("no-header", _CA + _CB, "", (1, None, "the header has no column 'id': 'a,images/a.png,?,x'")),
    _csv("repeated-column", "id,images,prompt,prompt\n" + _CA, "", (1, None, "the column 'prompt' is there twice")),
    _csv("unnamed-column", "id,images,prompt,\n" + _CA, "", (1, None, "column 4 has no name")),
    _csv("unnamed-columns", "id,images,,\n" + _CA, "", (1, None, "several columns have no name")),
    _csv("misspelt-column", "id,images,promt,expcet\n" + _CA, "", (1, None, "'promt'"), (1, None, "'expcet'")),
    _csv("two-columns-for-all", "id,images,prompt,expect,expect_all\n", "", (1, None, "'expect' and 'expect_all'")),
    _csv(
        "cell-too-many",
        f"{_HEAD}a,images/a.png,one, two,x\n{_CB}",
        "b",
        (2, "a", "has 5 cells, and the header 4 columns"),
    ),
    _csv("cell-too-few", f"{_HEAD}a,images/a.png,?\n{_CB}", "b", (2, "a", "has 3 cells, and the header 4 columns")),
    _csv(
        "nul",
        f"{_HEAD}a,images/a.png,a\0b,x\n{_CB}",
        "b",
        (2, "a", "a NUL character"),
        (2, "a", "'prompt' holds a NUL"),
    ),
    _csv("large-cell", f"{_HEAD}a,images/a.png,{'x' * 200_000},x\n{_CB}", "a b"),
    _csv(
        "latin-1",
        f"{_HEAD}a,images/a.png,caf\xe9,x\n{_CB}".encode("latin-1"),
        "b",
        (2, "a", "byte 0xe9 is not UTF-8 text"),
    ),
    _csv(
        "line-breaks-in-cells",
        f'{_HEAD}a,images/a.png,"one\ntwo",x\nc,images/c.png,?,x\n{_CB}',
        "a b",
        (4, "c", "no file"),
    ),
    _csv("open-quote", f'{_HEAD}{_CA}b,images/a.png,"oops,x\nc,images/a.png,?,x\n', "a", (3, None, "never ends")),
    _csv("text-after-quote", f'{_HEAD}a,images/a.png,"one" two,x\n{_CB}', "b", (2, None, "the row is not CSV")),
    _csv("semicolons", _HEAD.replace(",", ";") + _CA.replace(",", ";"), "", (1, None, "the header has no column 'id'")),
    _csv("tabs", _HEAD.replace(",", "\t") + _CA.replace(",", "\t"), "", (1, None, "the header has no column 'id'")),
    _csv("repeated-ids", _HEAD + _CA + _CB + _CA, "a b", (4, "a", "the id is taken: line 2 has it too")),
    _csv("group-columns", "id,images,prompt,expect_any,expect.none\na,images/a.png,?,x;y,z\n", "a"),
    _csv("several-images", f"{_HEAD}a,images/a.png;images/a.png,?,x\n", "a"),
    _csv("workbook", b"PK\x03\x04" + bytes(100), "", (None, None, "a zip archive or an Excel workbook")),
    _csv("utf-16", (_HEAD + _CA).encode("utf-16"), "", (None, None, "is UTF-16 text")),
)

SAMPLES: tuple[Sample, ...] = (*_PATHS, *_YAML, *_JSONL, *_CSV)
"""All of them."""
