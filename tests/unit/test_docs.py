"""What strangers read is true: snippets load, commands parse, links lead somewhere, tables of mentions hold."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
import yaml

import snellen
from snellen.analysis.metric_groups import HALLUSION_KEYS
from snellen.analysis.metrics import metric_names
from snellen.cli.main import app
from snellen.datasets.dataset import READERS, validate
from snellen.datasets.open import open_dataset
from snellen.plugin.failures import explain
from snellen.runner.load import load_evals
from snellen.runner.plan import plan
from snellen.runner.settings import load_settings
from snellen.runs.parquet import _schema
from snellen.scorers.judge import judge
from snellen.scorers.keywords import find_group
from snellen.scorers.registered import REPLIES
from snellen.scorers.registry import NAMES, option_problems
from snellen.scorers.short_forms import SHORT_FORMS
from snellen.scorers.spec import parse_scorer
from snellen.testing import FakeEndpoint, FakeReply, chat_reply, tiny_png

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "reports" / "README.md"])
TABLE = ROOT / "tests" / "unit" / "scorers" / "keyword_table.tsv"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# A file: its name in backticks on a line of its own, right above the block.
_FILE = re.compile(r"^`([^`\n]+)`\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\| `(.+?)` \| (.+?) \| (mentioned|negated|ambiguous|missing) \|", re.MULTILINE)
_PICTURE = re.compile(r"\.(?:png|jpe?g)$")


class Mention(NamedTuple):
    """A row of a table of mentions."""

    keyword: str
    text: str
    verdict: str


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of every fenced block."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def mentions(page: Path) -> list[Mention]:
    """The rows of a page's tables of mentions; Markdown wants a bar inside a table escaped."""
    rows = _ROW.findall(page.read_text(encoding="utf-8"))
    return [Mention(keyword.replace(r"\|", "|"), text, verdict) for keyword, text, verdict in rows]


def write_files(page: Path, root: Path) -> list[Path]:
    """The files of a page below `root`, with a tiny picture wherever one of them names a local picture."""
    written = []
    for name, text in _FILE.findall(page.read_text(encoding="utf-8")):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        written.append(file)
        for word in re.split(r"[\s\"'\[\],;{}()]+", text):
            if _PICTURE.search(word) and "://" not in word:
                picture = (file.parent / word).resolve()
                picture.parent.mkdir(parents=True, exist_ok=True)
                picture.write_bytes(tiny_png())
    return written


def check_syntax(language: str, text: str) -> None:
    """Raises when a block is not what its language says."""
    match language:
        case "python":
            ast.parse(text)
        case "yaml":
            yaml.safe_load(text)
        case "toml":
            tomllib.loads(text)
        case "json":
            for line in text.splitlines():
                json.loads(line)
        case "sh":
            shlex.split(text, comments=True)
        case "csv" | "text":
            pass  # read below, or printed by a command
        case _:
            raise AssertionError(f"a block of language {language!r}, which nothing here checks")


@each_page
def test_every_block_is_what_its_language_says(page: Path) -> None:
    for language, text in blocks(page):
        check_syntax(language, text)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if _FILE.search(page.read_text(encoding="utf-8"))],
    ids=lambda page: page.name,
)
def test_the_files_of_a_page_make_a_project_that_loads(page: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    pytestconfig.addinivalue_line("markers", "slow: an eval in the docs uses it, and unknown markers are errors here")
    files = write_files(page, tmp_path)
    if page.name == "pytest.md":  # it is about evals; its dataset is described in cases.md
        row = '{"id": "stop-sign", "image": "images/stop-sign.png", "prompt": "?", "expect": "STOP", "tags": "sign"}\n'
        (tmp_path / "datasets/signs/cases.jsonl").write_text(row)
        (tmp_path / "datasets/signs/dataset.yaml").write_text("name: signs\n")
    (tmp_path / "pyproject.toml").touch()
    settings = load_settings(tmp_path, environ={}, models=("some-model",))
    for file in files:
        if file.suffix in READERS and file.stem == "cases":
            assert validate(open_dataset(file)) == []
    if (tmp_path / "evals").is_dir():
        asked = {job.eval.file for job in plan(load_evals([tmp_path / "evals"], settings), settings)}
        assert asked == {file.resolve() for file in files if _is_eval(file)}


def _is_eval(file: Path) -> bool:
    is_named_so = file.name.startswith("eval_") or file.name.endswith(".eval.yaml")
    return file.parent.name == "evals" and is_named_so


@each_page
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    links = [link.partition("#")[0] for link in _LINK.findall(text) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "README.ko.md", "docs/keywords.md"])
def test_the_tables_of_mentions_are_true(page: str) -> None:
    rows = mentions(ROOT / page)
    assert len(rows) == (ROOT / page).read_text(encoding="utf-8").count("\n| `"), "a row is not understood"
    judged = [row._replace(verdict=find_group(tuple(row.keyword.split("|")), row.text).verdict) for row in rows]
    assert judged == rows


def test_a_substring_test_gets_four_of_the_five_wrong() -> None:
    rows = mentions(ROOT / "README.md")
    assert [(row.keyword in row.text) == (row.verdict == "mentioned") for row in rows].count(False) == 4


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_the_readme_counts_the_keyword_table(page: str) -> None:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    korean = [line for line in lines if re.search("[가-힣]", "".join(line.split("\t")[1:3]))]
    row = next(line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if "keyword_table.tsv" in line)
    sentences, of_them_korean = (int(number) for number in re.findall(r"\d+", row.partition("[")[0]))
    assert len(lines) > sentences
    assert len(korean) > of_them_korean


def test_the_readmes_have_the_same_headings_and_blocks() -> None:
    english, korean = ROOT / "README.md", ROOT / "README.ko.md"
    assert blocks(korean) == blocks(english)
    levels = [
        [len(level) for level in re.findall("^(#+) ", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)]
        for page in (english, korean)
    ]
    assert levels[0] == levels[1]
    links = [sorted(_LINK.findall(page.read_text(encoding="utf-8"))) for page in (english, korean)]
    assert [link for link in links[0] if "README" not in link] == [link for link in links[1] if "README" not in link]


def test_the_failure_in_the_readme_is_what_is_printed(tmp_path: Path) -> None:
    write_files(ROOT / "README.md", tmp_path)
    for other in ("facades", "quiz"):
        (tmp_path / "evals" / f"{other}.eval.yaml").unlink()
    (tmp_path / "evals" / "home.eval.yaml").write_text("dataset: ../datasets/home/cases.yaml\n")
    said = FakeReply(
        body=chat_reply("소파 위에 강아지가 한 마리 앉아 있습니다. 쿠션은 보이지 않습니다.", model="qwen3-vl")
    )
    with FakeEndpoint(said) as endpoint:
        table = f'[tool.snellen.models.local]\nname = "qwen3-vl"\nbase_url = "{endpoint.base_url}"\n'
        (tmp_path / "pyproject.toml").write_text(table)
        snellen.run(tmp_path / "evals", models="local", responses="missing")
    (trial,) = snellen.run(tmp_path / "evals", models="local").run.trials
    shown = next(text for language, text in blocks(ROOT / "README.md") if "sofa: failed" in text)
    assert _timeless(explain(trial)) == _timeless(shown.partition("\n")[2].rstrip("\n"))


def _timeless(text: str) -> str:
    return re.sub(r"recorded \S+Z", "recorded TIME", text)


def commands(page: Path) -> Iterator[list[str]]:
    """The words of every command line in the page's shell blocks."""
    for language, text in blocks(page):
        if language == "sh":
            for line in text.splitlines():
                yield from (shlex.split(part, comments=True) for part in line.split("&&"))


@each_page
def test_every_command_is_understood(page: Path, pytestconfig: pytest.Config) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for words in commands(page):
        match words:
            case ["snellen", *arguments]:
                _parse(arguments)
            case ["make", target]:
                assert target in targets
            case ["pytest", *arguments]:
                flags = [word.partition("=")[0] for word in arguments if word.startswith("--eval-")]
                assert [flag for flag in flags if not hasattr(pytestconfig.option, flag[2:].replace("-", "_"))] == []


def _parse(arguments: list[str]) -> None:
    """Raises when `snellen` does not know a subcommand or a flag."""
    command, name = typer.main.get_command(app), "snellen"
    while isinstance(command, typer.core.TyperGroup):
        context = command.make_context(name, list(arguments))
        name, command, arguments = command.resolve_command(context, arguments)
    command.make_context(name, list(arguments))


_SCORER = re.compile(r"^\| `([a-z*-]+)` \| (?:`(.+?)`)? ?\| ", re.MULTILINE)


def test_the_table_of_scorers_names_all_of_them_and_its_short_forms_are_taken() -> None:
    text = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8").partition("## Scorers of your own")[0]
    rows = {name: short.replace(r"\|", "|") for name, short in _SCORER.findall(text)}
    assert set(rows) == set(NAMES)
    assert {name: short for name, short in rows.items() if short} == SHORT_FORMS
    for name, short in rows.items():
        if short:
            spec = parse_scorer(short)
            assert spec.name.removeprefix("not-") == name
            assert option_problems(spec) == []


def _section(page: str, heading: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.split(r"^## ", text.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]


def _first_column(text: str) -> list[str]:
    """The names in backticks of the first column of a section's table."""
    return [name for row in re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE) for name in re.findall(r"`(.+?)`", row)]


def test_the_table_of_metrics_names_all_of_them() -> None:
    section = _section("scoring.md", "Group metrics")
    assert sorted(_first_column(section)) == sorted(metric_names())
    assert [key for key in (*HALLUSION_KEYS, "subtask") if f"`{key}`" not in section] == []


def test_the_table_of_a_judges_options_has_all_of_them_with_their_defaults() -> None:
    section = _section("scoring.md", "A model as judge")
    rows = dict(re.findall(r"^\| `(\w+)` \| .+ \|(?: `(\w+)`| the case's|) \|$", section, re.MULTILINE))
    given = {
        name: one.default for name, one in inspect.signature(judge).parameters.items() if one.kind == one.KEYWORD_ONLY
    }
    assert list(rows) == [name for name in given if name != REPLIES]
    told = {name: default for name, default in rows.items() if default}
    assert told == {name: str(given[name]).lower() for name in ("reference", "images", "need", "compare")}
    for short in re.findall(r"`((?:judge|similarity): .+?)`", section):
        assert option_problems(parse_scorer(short)) == []


def test_the_columns_of_an_export_are_described_by_their_names() -> None:
    text = (ROOT / "docs" / "runs.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text.partition("- **Parquet**")[2].partition("\n\n")[0]))
    assert named >= {"score", "group", "tags", "mark", "mark_until", "digest", "judging_usd"}
    pytest.importorskip("pyarrow")
    import pyarrow

    columns = set(_schema(pyarrow).names)
    assert named - columns <= {"known_failing", "flaky"}
