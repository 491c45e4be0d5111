"""Money from end to end: what `snellen estimate` says before, and what the run says after."""

from __future__ import annotations

from pathlib import Path

from batchkit import BatchServer
from clikit import Cli, MakeProject, kept_run, project, snellen
from evalkit import answering

__all__ = ["project", "snellen"]

PRICE = "price = { input = 10, output = 100 }\nparams = { max_tokens = 20 }\n"
CLOSING = (
    "Nothing was sent. Image tokens follow the providers' published rules; text is counted as one token for "
    "4 ASCII characters and one for any other, such as a Korean syllable. The bill follows the server's count.\n"
)


def priced(root: Path, text: str = PRICE, *, name: str = "fake-vlm") -> None:
    """Writes the price right below the model's table."""
    file = root / "pyproject.toml"
    table = "[tool.snellen.models.fake]\n"
    file.write_text(file.read_text().replace(table, table + text).replace("fake-vlm", name))


def test_an_estimate_says_calls_tokens_and_cost_and_sends_nothing(project: MakeProject, snellen: Cli) -> None:
    priced(project(), name="gpt-4o")
    result = snellen("estimate", "evals")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "fake: 2 calls of 'gpt-4o' at 127.0.0.1:9\n"
        "  image tokens   about 510 for 2 pictures\n"
        "  text tokens    about 12\n"
        "  output tokens  at most 40 for 2 calls\n"
        "  cost           about $0.0052 for input, up to $0.0092 with output\n" + CLOSING
    )


def test_what_is_not_known_stays_unknown_and_says_what_to_do(project: MakeProject, snellen: Cli) -> None:
    project()
    assert snellen("estimate", "evals").out == (
        "fake: 2 calls of 'fake-vlm' at 127.0.0.1:9\n"
        "  image tokens   unknown for 2 pictures\n"
        "                 2 pictures: no rule is known for 'fake-vlm'\n"
        "  text tokens    about 12\n"
        "  output tokens  unknown: no max_tokens is set\n"
        "  cost           unknown: no price is known for 'fake-vlm'; "
        "under [tool.snellen.models.fake] write price = { input = ..., cached = ..., output = ... }\n" + CLOSING
    )


def test_a_list_price_names_its_source(project: MakeProject, snellen: Cli) -> None:
    priced(project(), "", name="gpt-6-astra")
    assert (
        "  cost           about $0.0002 for input, output not limited (list price: OpenAI's pricing page, 2026-10-05)\n"
    ) in snellen("estimate", "evals").out


def test_a_model_on_this_machine_costs_nothing(project: MakeProject, snellen: Cli) -> None:
    project()
    assert "  cost           nothing: it runs on this machine\n" in (
        snellen("estimate", "evals", "--model", "offline-reader").out
    )


def test_what_only_pytest_asks_is_not_counted_and_said(project: MakeProject, snellen: Cli) -> None:
    root = project()
    (root / "evals" / "shapes.eval.yaml").unlink()
    (root / "evals" / "eval_more.py").write_text(
        'import snellen\n\n@snellen.cases("../datasets/shapes")\ndef eval_more(case, response, tmp_path): ...\n'
    )
    assert snellen("estimate", "evals").out == "2 trials that only pytest can ask, not counted here\n"


def test_a_picture_that_cannot_be_read_is_named_with_2(project: MakeProject, snellen: Cli) -> None:
    root = project()
    (root / "datasets" / "shapes" / "images" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = snellen("estimate", "evals")
    assert result.code == 2
    assert result.err.startswith("cannot be asked: picture 'images/1.png' is damaged: ")
    assert result.out.startswith("fake: 1 call of ")


def test_a_run_costs_what_its_usage_says_and_a_replay_says_the_same(project: MakeProject, snellen: Cli) -> None:
    """100 tokens in and 10 out, twice, at 10 and 100 USD per million."""
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        priced(root)
        asked = snellen("run", "evals", "--responses", "missing")
    replayed = snellen("run", "evals")
    for result in (asked, replayed):
        heading, row = result.out.splitlines()[:2]
        assert (heading.split()[-1], row.split()[-1]) == ("cost", "$0.0040")
    assert [trial.cost_usd for trial in kept_run(root).trials] == [0.002, 0.002]
    assert snellen("estimate", "evals").out.splitlines()[0] == (
        "fake: 0 calls of 'fake-vlm' at " + endpoint.base_url.split("/")[2] + ", 2 more recorded"
    )
    assert snellen("estimate", "evals", "--responses", "live").out.startswith("fake: 2 calls of ")
    assert snellen("estimate", "evals", "--responses", "recorded").out.endswith(
        "\nMode recorded: nothing is asked, and nothing is paid.\n"
    )


def test_without_a_price_a_run_says_nothing_of_cost(project: MakeProject, snellen: Cli) -> None:
    with answering() as endpoint:
        project(url=endpoint.base_url)
        out = snellen("run", "evals", "--responses", "missing").out
    assert "cost" not in out
    assert "$" not in out


def test_a_report_shows_cost_only_where_it_is_known(project: MakeProject, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        snellen("run", "evals", "--responses", "missing", "--report", "without.html")
    priced(root, "price = { input = 10, output = 100 }\n")
    snellen("run", "evals", "--report", "with.html")
    heading = '<th scope="col" class="n">Cost</th>'
    without, with_cost = ((root / name).read_text() for name in ("without.html", "with.html"))
    assert (without.count(heading), without.count("$0.00")) == (0, 0)
    assert with_cost.count(heading) == 1
    assert with_cost.count('<td class="n">$0.0040</td>') == 1
    assert "100 + 10 tokens" in with_cost
    assert "$0.0020" in with_cost


def test_what_is_known_in_part_says_of_how_much(project: MakeProject, snellen: Cli) -> None:
    root = project(cases=1)
    priced(root, "price = { input = 10, output = 100 }\n", name="gpt-4o")
    case = '{id: far, image: "https://example.org/a.png", prompt: "What?"}'
    (root / "evals" / "far.eval.yaml").write_text(f"cases: [{case}, {case.replace('far', 'again')}]\n")
    (root / "evals" / "brief.eval.yaml").write_text("dataset: ../datasets/shapes\nparams: {max_tokens: 5}\n")
    assert snellen("estimate", "evals").out == (
        "fake: 3 calls of 'gpt-4o' at 127.0.0.1:9, 1 more the same as others\n"
        "  image tokens   about 510 for 2 pictures; unknown for 1 more\n"
        "                 1 picture: given by address, and nothing was fetched, so the size is not known\n"
        "  text tokens    about 14\n"
        "  output tokens  at most 5 for 1 call; unknown for 2 more, without max_tokens\n"
        "  cost           about $0.0052 for input, output not limited, and 1 call of unknown cost\n" + CLOSING
    )


_JUDGED = """
[tool.snellen.models.checker]
name = "gpt-5.4-mini"
base_url = "{url}"
params = {{ max_tokens = 50 }}
price = {{ input = 10, output = 100 }}
"""
_BY_JUDGE = 'dataset: ../datasets/shapes\nscorers: ["judge: checker: It names a colour."]\n'


def test_an_estimate_says_what_scorers_will_ask_and_what_is_not_known_of_it(project: MakeProject, snellen: Cli) -> None:
    with answering() as endpoint:
        root = project(url=endpoint.base_url)
        with (root / "pyproject.toml").open("a") as file:
            file.write(_JUDGED.format(url=endpoint.base_url))
        host = endpoint.base_url.split("/")[2]
        snellen("run", "evals", "--responses", "missing")
        (root / "evals" / "shapes.eval.yaml").write_text(_BY_JUDGE)
        (known, text, *rest) = snellen("estimate", "evals").out.partition("checker")[2].splitlines()[0::2]
        assert known == f", asked by scorers: 2 calls of 'gpt-5.4-mini' at {host}"
        assert text.startswith("  text tokens    about ")
        assert rest[0].startswith("  cost           about $0.0")
        lines = snellen("estimate", "evals", "--responses", "live").out.splitlines()
        case = '{id: new, image: ../datasets/shapes/images/0.png, prompt: "New?", expect: ["judge: checker: It is."]}'
        (root / "evals" / "new.eval.yaml").write_text(f"cases: [{case}]\n")
        both = snellen("estimate", "evals").out.splitlines()
    because = "not priced: what they ask depends on answers that are not there yet"
    assert f"checker, asked by scorers: up to 2 calls of 'gpt-5.4-mini' at {host}, {because}" in lines
    assert f"  and on top     up to 1 question to 'checker', {because}" in both


def test_an_answer_that_came_by_batch_costs_half_and_has_no_latency(project: MakeProject, snellen: Cli) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url)
        priced(root)
        snellen("batch", "submit", "evals")
        snellen("batch", "collect")
        heading, row = snellen("run", "evals", "--report", "r.html").out.splitlines()[:2]
    assert (heading.split()[-2:], row.split()[-1]) == (["latency", "cost"], "$0.0020")
    assert " s " not in row.partition(")")[2]
    assert [(one.cost_usd, one.response.via) for one in kept_run(root).trials if one.response] == [(0.001, "batch")] * 2
    assert (root / "r.html").read_text().count("<span>by batch</span>") == 2


def test_an_estimate_says_what_waits_in_a_batch(project: MakeProject, snellen: Cli) -> None:
    with BatchServer() as server:
        root = project(url=server.base_url)
        snellen("batch", "submit", "evals")
        (batch,) = (path.name for path in (root / ".snellen/batches").iterdir() if path.is_dir())
        said = snellen("estimate", "evals").out
        assert (
            f"  in batches     2 of these, in {batch}: collect them first (snellen batch collect), "
            "or a run asks and pays for them again\n"
        ) in said
        snellen("batch", "collect")
        assert "in batches" not in snellen("estimate", "evals").out


def test_an_estimate_gives_the_price_by_batch_where_there_is_one(project: MakeProject, snellen: Cli) -> None:
    root = project()
    priced(root, name="gpt-4o")
    assert "by batch" not in snellen("estimate", "evals").out
    file = root / "pyproject.toml"
    file.write_text(file.read_text().replace("http://127.0.0.1:9/v1", "https://api.openai.com/v1"))
    assert "  by batch       about $0.0026 for input, up to $0.0046 with output\n" in snellen("estimate", "evals").out
