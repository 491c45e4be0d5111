from __future__ import annotations

from pathlib import Path

import pytest

from corpus_text import PNG
from snellen.case import Case, Expectation, ImageRef, Source
from snellen.datasets.raw import RawRow
from snellen.datasets.row import Defaults, RowParser, parse_row
from snellen.errors import InputError, Problem

SOURCE = Source("cases.yaml", 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(PNG)
    return tmp_path


def _case(folder: Path, row: dict[str, object], defaults: Defaults | None = None) -> Case:
    base = {"id": "x", "prompt": "?", "images": "a.png"}
    return parse_row({**base, **row}, source=SOURCE, folder=folder, root=folder, defaults=defaults or Defaults())


def _problems(folder: Path, row: dict[str, object], defaults: Defaults | None = None) -> list[tuple[str, str | None]]:
    with pytest.raises(InputError) as caught:
        _case(folder, row, defaults)
    assert all((problem.file, problem.line) == ("cases.yaml", 3) for problem in caught.value.problems)
    return [(problem.message, problem.hint) for problem in caught.value.problems]


def test_a_full_row_becomes_the_case_it_describes(folder: Path) -> None:
    row = {
        "id": 7,
        "prompt": "두 그림의 차이는?",
        "images": ["a.png", "https://example.org/b.png"],
        "titles": ["before", "after"],
        "detail": "high",
        "expect": ["cat|고양이"],
        "system": "Be brief.",
        "tags": ["till", 3, "till"],
        "group": 12,
        "live": "yes",
        "max_tokens": 300,
        "metadata": {"title": "free"},
    }
    assert parse_row(row, source=SOURCE, folder=folder, root=folder) == Case(
        id="7",
        prompt="두 그림의 차이는?",
        images=(
            ImageRef(path=folder.resolve() / "a.png", name="a.png", title="before", detail="high"),
            ImageRef(url="https://example.org/b.png", name="https://example.org/b.png", title="after", detail="high"),
        ),
        expect=Expectation(all=(("cat", "고양이"),)),
        system="Be brief.",
        tags=("till", "3"),
        group="12",
        metadata={"max_tokens": 300, "title": "free"},
        live=True,
        source=SOURCE,
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{{env.X}}",
        "{{range.constructor('x')()}}",
        "{% include '/etc/passwd' %}",
        "{# comment #}",
        "{0.__class__}",
        "%(x)s",
        "$X",
        "${HOME}",
        "file:///etc/passwd",
        "`id`",
        "{% raw %}",
    ],
)
def test_texts_of_a_row_are_data_and_never_rendered(folder: Path, text: str) -> None:
    case = _case(folder, {"prompt": text, "system": text, "expect": [text], "tags": [text], "note": text})
    assert (case.prompt, case.system, case.tags, case.metadata) == (text, text, (text,), {"note": text})
    assert case.expect.all == ((text,),)
    from_card = _case(
        folder, {"prompt": None, "note": text}, Defaults(prompt_template="{{ note }} {{ metadata.note }}")
    )
    assert from_card.prompt == f"{text} {text}"


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        pytest.param({"id": None}, "the case has no id", "unique in this dataset", id="no-id"),
        pytest.param({"id": None, "qid": 3}, "the case has no id", "It has 'qid': rename that key to 'id'", id="qid"),
        pytest.param({"id": ""}, "the id is empty", "Write id", id="empty-id"),
        pytest.param({"id": " "}, "the id is empty", "Write id", id="blank-id"),
        pytest.param({"id": "a "}, "the id 'a ' begins or ends with a space", "Remove", id="id-with-space"),
        pytest.param({"id": "a\nb"}, r"the id holds '\n'", "Remove", id="id-with-newline"),
        pytest.param({"id": "a\x1b[2Jb"}, r"the id holds '\x1b'", "Remove", id="id-with-escape"),
        pytest.param({"id": "a\u202eb"}, "RIGHT-TO-LEFT OVERRIDE", "Remove", id="id-with-override"),
        pytest.param({"id": "a\0b"}, "the id holds a NUL character", None, id="id-with-nul"),
        pytest.param({"id": 1.5}, "the id is the number 1.5; it must be text", "quotes", id="float-id"),
        pytest.param({"id": True}, "the id is true; it must be text", "quotes", id="bool-id"),
        pytest.param({"id": ["a"]}, "the id is a list; it must be text", None, id="list-id"),
        pytest.param({"id": "a" * 201}, "the id has 201 characters; 200 may be", None, id="long-id"),
        pytest.param({"prompt": None}, "the case has no prompt", "Write prompt", id="no-prompt"),
        pytest.param({"prompt": None, "question": "?"}, "the case has no prompt", "It has 'question'", id="question"),
        pytest.param({"prompt": ""}, "the prompt is empty", "what the model is asked", id="empty-prompt"),
        pytest.param({"prompt": " \n"}, "the prompt is empty", "what the model is asked", id="blank-prompt"),
        pytest.param({"prompt": ["a"]}, "'prompt' is a list; it must be text", None, id="list-prompt"),
        pytest.param({"prompt": "a\ud800"}, "half of a surrogate pair", None, id="surrogate"),
        pytest.param(
            {"prompt": "<image 3>"}, "the prompt names '<image 3>', and the case has 1 image", None, id="marker"
        ),
        pytest.param({"prompt": "<image 0>"}, "the prompt names '<image 0>'", None, id="marker-zero"),
        pytest.param({"prompt": f"<image {'9' * 5000}>"}, "the prompt names '<image 999", None, id="marker-digits"),
        pytest.param({"images": None}, "the case has no image", "Write images", id="no-images"),
        pytest.param({"images": []}, "the case has no image", "Write images", id="empty-images"),
        pytest.param({"images": None, "url": "x"}, "the case has no image", "It has 'url'", id="url-key"),
        pytest.param({"image": "a.png"}, "the case has both 'image' and 'images'", "Keep 'images'", id="both"),
        pytest.param({"images": 3}, "a picture is the number 3", None, id="number-image"),
        pytest.param({"images": ["a.png", ["a.png"]]}, "image 2: a picture is a list", None, id="nested-image"),
        pytest.param({"titles": ["a", "b"]}, "'titles' has 2 entries for 1 image; each needs one", None, id="titles"),
        pytest.param({"detail": "hihg"}, "'detail' is 'hihg'; it may be auto, low, high, original", None, id="detail"),
        pytest.param({"live": "maybe"}, "'live' is 'maybe'; it is true or false", None, id="live"),
        pytest.param({"tags": [""]}, "a tag is empty", None, id="empty-tag"),
        pytest.param({"tags": [{}]}, "a tag is a mapping; it must be text", None, id="mapping-tag"),
        pytest.param({"group": []}, "'group' is a list; it must be text", None, id="list-group"),
        pytest.param({"system": {}}, "'system' is a mapping; it must be text", None, id="mapping-system"),
        pytest.param({"metadata": 3}, "'metadata' is the number 3", None, id="metadata"),
        pytest.param({"promt": "?"}, "unknown key 'promt'. Did you mean 'prompt'?", "Rename it", id="promt"),
        pytest.param({"expcet": "x"}, "unknown key 'expcet'. Did you mean 'expect'?", "Rename it", id="expcet"),
        pytest.param({"expected": "x"}, "unknown key 'expected'. Did you mean 'expect'?", "Rename it", id="expected"),
        pytest.param({"Prompt": "x"}, "unknown key 'Prompt'. Did you mean 'prompt'?", "Rename it", id="capital"),
        pytest.param(
            {"image_url": "x"}, "unknown key 'image_url'. Did you mean 'images'?", "Rename it", id="image_url"
        ),
        pytest.param({"tag": "x"}, "unknown key 'tag'. Did you mean 'tags'?", "under 'metadata'", id="tag"),
        pytest.param({"expect_any": "x"}, "Did you mean 'expect'?", "expect: {any: [...]}", id="expect_any"),
    ],
)
def test_a_row_that_cannot_be_asked_is_refused(
    folder: Path, row: dict[str, object], message: str, hint: str | None
) -> None:
    problems = _problems(folder, row)
    assert len(problems) == 1
    assert message in problems[0][0]
    assert (problems[0][1] is None) if hint is None else (hint in (problems[0][1] or ""))


@pytest.mark.parametrize(
    "key", ["image_id", "line", "aspect", "retail", "idx", "category", "question", "answer_key", "max_tokens", "source"]
)
def test_a_key_of_ones_own_is_metadata(folder: Path, key: str) -> None:
    assert _case(folder, {key: 1}).metadata == {key: 1}


def test_a_key_that_is_no_text_is_refused(folder: Path) -> None:
    row: dict[object, object] = {"id": "x", "prompt": "?", "images": "a.png", 3: "x"}
    with pytest.raises(InputError, match="case 'x': a key is the number 3; keys are text"):
        parse_row(row, folder=folder, root=folder)  # type: ignore[arg-type]  # what a program may well do


def test_a_misspelt_key_is_not_also_called_missing(folder: Path) -> None:
    row = {"prompt": None, "images": None, "promt": "?", "imges": ["a.png"]}
    assert [message for message, _ in _problems(folder, row)] == [
        "unknown key 'promt'. Did you mean 'prompt'?",
        "unknown key 'imges'. Did you mean 'images'?",
    ]


def test_all_problems_of_a_row_are_told_at_once_with_the_lines_of_their_keys(folder: Path) -> None:
    row = RawRow(
        {"id": "x", "prompt": "", "images": ["b.png", "../c.png"], "expect": {"regex": "("}, "promt": "a"},
        Source("cases.yaml", 10),
        {"id": 10, "prompt": 11, "images": 12, "expect": 14, "promt": 17},
        (Problem("the key 'id' is there twice", file="cases.yaml", line=13),),
    )
    with pytest.raises(InputError) as caught:
        RowParser(folder=folder, root=folder).parse(row)
    assert [(problem.line, problem.case_id) for problem in caught.value.problems] == [
        (11, "x"),
        (12, "x"),
        (12, "x"),
        (13, "x"),
        (14, "x"),
        (17, "x"),
    ]


def test_defaults_hold_where_the_row_is_silent(folder: Path) -> None:
    defaults = Defaults(prompt_template="What is on {{ note }}?", system="Be brief.", tags=("card",))
    case = _case(folder, {"prompt": None, "note": "it", "tags": "own"}, defaults)
    assert (case.prompt, case.system, case.tags) == ("What is on it?", "Be brief.", ("card", "own"))
    own = _case(folder, {"prompt": "Mine {{ note }}", "system": ""}, defaults)
    assert (own.prompt, own.system, own.tags) == ("Mine {{ note }}", None, ("card",))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{ nte }}",
            "the prompt template names 'nte', which the case does not have. It has: answer, choices, expect,",
        ),
        ("{% if false %}x{% endif %}", "the card's prompt comes out empty for this case"),
        ("{{ prompt }}", "the prompt template names 'prompt'"),
        ("<image 2> {{ note }}", "the prompt names '<image 2>', and the case has 1 image"),
    ],
)
def test_a_card_prompt_that_does_not_fit_the_case_is_refused(folder: Path, template: str, message: str) -> None:
    problems = _problems(folder, {"prompt": None, "note": "it"}, Defaults(prompt_template=template))
    assert [message in problem for problem, _ in problems] == [True]


def test_markers_that_name_pictures_are_kept_in_the_prompt(folder: Path) -> None:
    assert _case(folder, {"prompt": "Is <image 1> a cat? Also <image1> and <image n>."}).prompt == (
        "Is <image 1> a cat? Also <image1> and <image n>."
    )
