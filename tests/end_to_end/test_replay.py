"""What makes a recorded case be asked again, and what does not: the fingerprint as a user meets it."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from clikit import Cli, missed, outcomes
from evalkit import answering
from snellen.testing import tiny_png

_LABELS = {"café-fake", "c0-fake", "c1-fake", "c2-fake", "pair-fake"}
_CASES = Path("datasets/shapes/cases.jsonl")


@pytest.fixture
def recorded(project, snellen: Cli) -> Path:
    """A project of five recorded cases whose endpoint is gone: a single picture each, an accent, and two pictures."""
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=3)
        folder = root / "datasets" / "shapes"
        for name, colour in (("left", "maroon"), ("right", "crimson")):
            (folder / "images" / f"{name}.png").write_bytes(tiny_png(colour, (9, 9)))
        rows = [
            {"id": "pair", "images": ["images/left.png", "images/right.png"], "prompt": "Both?", "expect": ["red"]},
            {"id": "café", "images": "images/0.png", "prompt": "What colour is the café?", "expect": ["red"]},
        ]
        with (root / _CASES).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        assert snellen("run", "evals", "--responses", "missing").code == 0
        assert len(endpoint.requests) == 5
    return root


def rows_of(root: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (root / _CASES).read_text(encoding="utf-8").splitlines()]


def write_rows(root: Path, rows: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (root / _CASES).write_text(text, encoding="utf-8")


def with_fields(case_id: str, **fields: object) -> Callable[[Path], None]:
    """A change of some fields of one case."""

    def change(root: Path) -> None:
        write_rows(root, [{**row, **fields} if row["id"] == case_id else row for row in rows_of(root)])

    return change


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one piece of text of one file."""

    def change(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def with_model(line: str) -> Callable[[Path], None]:
    return replaced("pyproject.toml", 'name = "fake-vlm"', f'name = "fake-vlm"\n{line}')


def with_eval(line: str) -> Callable[[Path], None]:
    return replaced("evals/shapes.eval.yaml", "dataset:", f"{line}\ndataset:")


def one_pixel(root: Path) -> None:
    file = root / "datasets/shapes/images/1.png"
    with Image.open(file) as picture:
        picture.putpixel((3, 4), (254, 0, 0))
        picture.save(file)


# (what is changed, the cases that miss by it, what the message says of it)
CHANGES: Mapping[str, tuple[Callable[[Path], None], set[str], str]] = {
    "one-pixel-of-a-picture": (one_pixel, {"c1-fake"}, "same prompt, picture 1 changed (sha256 "),
    "one-letter-of-a-prompt": (
        with_fields("c2", prompt="What color is number 2?"),
        {"c2-fake"},
        "same image, prompt differs: '…colour…' there, '…color…' here",
    ),
    "one-parameter-of-the-model": (
        with_model("params = { temperature = 0.2 }"),
        _LABELS,
        "same prompt, same image, temperature 0.2 only here",
    ),
    "one-parameter-of-the-eval": (
        with_eval("params: {max_tokens: 7}"),
        _LABELS,
        "same prompt, same image, max_tokens 7 only here",
    ),
    "the-name-that-is-sent": (
        replaced("pyproject.toml", "fake-vlm", "fake-vlm-2"),
        _LABELS,
        "same prompt, same image, model 'fake-vlm' there and 'fake-vlm-2' here",
    ),
    "the-size-pictures-are-sent-in": (
        with_model("images = { max_side_px = 4 }"),
        _LABELS,
        "same prompt, same image, picture 1: transform 'resize:4' only here",
    ),
    "a-system-message": (
        with_fields("c0", system="Be brief."),
        {"c0-fake"},
        "same prompt, same image, system message 'Be brief.' only here",
    ),
    "the-detail-of-a-picture": (
        with_fields("c0", detail="low"),
        {"c0-fake"},
        "same prompt, same image, picture 1: detail 'low' only here",
    ),
    "the-order-of-two-pictures": (
        with_fields("pair", images=["images/right.png", "images/left.png"]),
        {"pair-fake"},
        "same prompt, the pictures are in another order",
    ),
    "the-place-of-a-picture": (
        with_fields("c1", prompt="<image 1> What colour is number 1?"),
        {"c1-fake"},
        "same prompt, same image, texts, pictures or roles are arranged otherwise",
    ),
    "the-unicode-form-of-a-prompt": (
        with_fields("café", prompt=unicodedata.normalize("NFD", "What colour is the café?")),
        {"café-fake"},
        "prompt differs only in its Unicode form (NFC there, NFD here)",
    ),
    "a-second-repeat": (
        with_eval("repeats: 2"),
        {f"{label}-r1" for label in _LABELS},
        "same prompt, same image, repeat 0 there and 1 here",
    ),
    "a-second-prompt-variant": (
        with_eval('prompts: {plain: "{{ prompt }}", terse: "{{ prompt }} Briefly."}'),
        {label.replace("-fake", "-terse-fake") for label in _LABELS},
        "prompt differs: ",
    ),
}


@pytest.mark.parametrize(("change", "missing", "said"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_is_asked_makes_exactly_its_cases_miss(recorded, snellen, change, missing, said) -> None:
    change(recorded)
    result = snellen("run", "evals")
    found = missed(recorded)
    assert (result.code, set(found)) == (3, missing)
    one = found[next(label for label in sorted(missing) if "pair" not in label or len(missing) == 1)]
    assert said in one
    assert one.endswith("Record it: snellen run evals/shapes.eval.yaml --model fake --responses missing")
    assert said.partition("(sha256")[0] in result.out  # a reader of the terminal is told as well


def rename_eval(root: Path) -> None:
    (root / "evals/shapes.eval.yaml").rename(root / "evals/forms.eval.yaml")


def move_eval(root: Path) -> None:
    (root / "evals/deep/er").mkdir(parents=True)
    text = (root / "evals/shapes.eval.yaml").read_text().replace("../", "../../../")
    (root / "evals/deep/er/shapes.eval.yaml").write_text(text)
    (root / "evals/shapes.eval.yaml").unlink()


def write_as_python(root: Path) -> None:
    (root / "evals/shapes.eval.yaml").unlink()
    text = '@snellen.cases("../datasets/shapes")\ndef eval_any_name(case, response): ...\n'
    (root / "evals/eval_otherwise.py").write_text(f"import snellen\n\n{text}")


def reverse_rows(root: Path) -> None:
    write_rows(root, rows_of(root)[::-1])


def reverse_keys(root: Path) -> None:
    write_rows(root, [dict(reversed(row.items())) for row in rows_of(root)])


def write_as_yaml(root: Path) -> None:
    (root / "datasets/shapes/cases.yaml").write_text(json.dumps(rows_of(root), indent=1, ensure_ascii=False))
    (root / _CASES).unlink()


def move_dataset(root: Path) -> None:
    (root / "datasets/shapes").rename(root / "datasets/moved")
    replaced("evals/shapes.eval.yaml", "shapes", "moved")(root)


def rename_picture(root: Path) -> None:
    folder = root / "datasets/shapes/images"
    (folder / "1.png").rename(folder / "renamed.png")
    with_fields("c1", images="images/renamed.png")(root)


def rename_cases(root: Path) -> None:
    write_rows(root, [{**row, "id": f"renamed-{number}"} for number, row in enumerate(rows_of(root))])


def forget_digests(root: Path) -> None:
    shutil.rmtree(root / ".snellen")


UNCHANGING: Mapping[str, Callable[[Path], None]] = {
    "base-url": replaced("pyproject.toml", "http://127.0.0.1:", "https://elsewhere.example:"),
    "key": with_model('api_key_env = "ANOTHER_KEY"'),
    "headers": with_model('headers_env = { X-Gateway = "GATEWAY" }'),
    "limits": with_model("concurrency = 1\nretries = 0\ntimeout_s = 5"),
    "models-own-name": lambda root: (root / "pyproject.toml").write_text(
        (root / "pyproject.toml").read_text().replace('["fake"]', '["false"]').replace("models.fake", "models.false")
    ),
    "eval-file-renamed": rename_eval,
    "eval-file-moved": move_eval,
    "eval-written-in-python": write_as_python,
    "order-of-cases": reverse_rows,
    "order-of-keys": reverse_keys,
    "dataset-in-yaml": write_as_yaml,
    "dataset-moved": move_dataset,
    "picture-file-renamed": rename_picture,
    "cases-renamed": rename_cases,
    "expectation": with_fields("c1", expect={"any": ["red|crimson"], "none": ["blue"]}),
    "tags-and-metadata": with_fields("c1", tags=["dark"], group="g", metadata={"height_px": 9}, titles=["One"]),
    "digest-cache-gone": forget_digests,
}


@pytest.mark.parametrize("change", UNCHANGING.values(), ids=UNCHANGING)
def test_what_does_not_decide_the_answer_replays(recorded, snellen, change) -> None:
    change(recorded)
    result = snellen("run", "evals")
    assert (result.code, missed(recorded), sorted(outcomes(recorded).values())) == (0, {}, ["passed"] * 5)


def test_a_project_that_is_moved_replays(recorded, snellen, monkeypatch) -> None:
    elsewhere = recorded.rename(recorded.with_name("elsewhere"))
    monkeypatch.chdir(elsewhere)
    assert snellen("run", "evals").code == 0


def test_a_changed_case_replays_when_it_is_changed_back(recorded, snellen) -> None:
    before = (recorded / _CASES).read_bytes()
    with_fields("c2", prompt="What else?")(recorded)
    assert snellen("run", "evals").code == 3
    (recorded / _CASES).write_bytes(before)
    assert snellen("run", "evals").code == 0


def test_a_replay_changes_no_recording(recorded, snellen) -> None:
    files = sorted((recorded / "evals/recordings").rglob("*"))
    before = [(file, file.is_file() and file.read_bytes()) for file in files]
    assert snellen("run", "evals").code == 0
    files = sorted((recorded / "evals/recordings").rglob("*"))
    assert [(file, file.is_file() and file.read_bytes()) for file in files] == before


@pytest.mark.parametrize("mode", ["missing", "refresh"])
def test_one_question_of_two_evals_is_asked_once(project, snellen, mode) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url, cases=3)
        (root / "evals/again.eval.yaml").write_text("dataset: ../datasets/shapes\n")
        assert snellen("run", "evals", "--responses", mode).code == 0
        assert len(endpoint.requests) == 3
    assert snellen("run", "evals").code == 0
    (root / "evals/again.eval.yaml").unlink()
    assert snellen("run", "evals").code == 0


def test_recordings_that_nothing_asked_for_are_reported_after_a_complete_replay(recorded, snellen) -> None:
    write_rows(recorded, rows_of(recorded)[1:])
    result = snellen("run", "evals")
    assert result.code == 0
    assert "1 recording that nothing asked for: c0." in result.out
    assert "snellen recordings prune" in result.out
