"""Files of a project that register its own scorers."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from snellen.errors import InputError
from snellen.runner.modules import import_file, load_own_scorers
from snellen.scorers import registry
from snellen.scorers.registered import OWN

_SCORER = "import snellen\n\n\n@snellen.scorer\ndef {name}(case, response):\n    return True\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with two files of scorers; what they register is forgotten again."""
    before = dict(OWN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.snellen]\nscorers = ["one.py", "two.py"]\n', encoding="utf-8")
    yield tmp_path
    OWN.clear()
    OWN.update(before)


def _write(project: Path, **names: str) -> None:
    for file, name in names.items():
        (project / f"{file}.py").write_text(_SCORER.format(name=name), encoding="utf-8")


def test_the_scorers_of_all_files_are_registered_once(project: Path) -> None:
    _write(project, one="first_one", two="second_one")
    load_own_scorers(project, environ={})
    entries = [OWN["first-one"], OWN["second-one"]]
    load_own_scorers(project, environ={})
    assert [OWN["first-one"], OWN["second-one"]] == entries


def test_two_files_that_give_one_name_are_told_each_time(project: Path) -> None:
    _write(project, one="same_name", two="same_name")
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            load_own_scorers(project, environ={})
        assert str(caught.value) == (
            "two.py:4: scorer 'same-name' is in one.py already\n"
            "  Give one of the two another name: evals would be judged by whichever is loaded last."
        )
    assert OWN["same-name"].judge.__wrapped__.__code__.co_filename.endswith("one.py")


TWICE = """import snellen


@snellen.scorer
def brief(case, response):
    return True


@snellen.scorer("brief")
def short(case, response):
    return False
"""


def test_two_functions_of_one_file_that_have_one_name_are_told_each_time(project: Path) -> None:
    _write(project, two="second_one")
    (project / "one.py").write_text(TWICE, encoding="utf-8")
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            load_own_scorers(project, environ={})
        assert str(caught.value) == (
            "one.py:9: short (one.py:9) would take the place of brief (one.py:4): both are scorer 'brief'\n"
            '  Give one of the two another name: @snellen.scorer("my-brief"), or rename the function.'
        )


def test_two_functions_called_the_same_are_told_too(project: Path) -> None:
    same = TWICE.replace('("brief")\ndef short', "\ndef brief")
    _write(project, two="second_one")
    (project / "one.py").write_text(same, encoding="utf-8")
    with pytest.raises(InputError, match=r"one\.py:9: brief \(one\.py:9\) would take the place of brief \(one\.py:4\)"):
        load_own_scorers(project, environ={})


LATER = _SCORER.format(name="brief").replace("\n\n\n", "\n\nWORDS = 30\n\n\n")


@pytest.mark.parametrize("later", [_SCORER.format(name="brief"), LATER], ids=["as it was", "changed"])
def test_a_file_that_is_loaded_again_registers_its_scorers_anew(project: Path, later: str) -> None:
    _write(project, one="brief", two="second_one")
    module = import_file(project / "one.py")
    first = OWN["brief"]
    (project / "one.py").write_text(later, encoding="utf-8")
    import_file(project / "one.py")
    second = OWN["brief"]
    exec(compile(later, "cell", "exec"), vars(module))  # noqa: S102  # as a notebook runs a cell again
    exec(compile(later, "cell", "exec"), vars(module))  # noqa: S102
    third = OWN["brief"]
    assert len({id(one) for one in (first, second, third)}) == 3
    assert third.judge.__wrapped__.__code__.co_filename == "cell"


def test_importlib_may_reload_a_module_of_scorers(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "my_scorers.py").write_text(_SCORER.format(name="brief"), encoding="utf-8")
    monkeypatch.syspath_prepend(project)
    module = importlib.import_module("my_scorers")
    monkeypatch.setitem(sys.modules, "my_scorers", module)
    first = OWN["brief"]
    importlib.reload(module)
    assert OWN["brief"] is not first


def test_a_function_that_makes_scorers_may_be_called_again_once_its_module_is_loaded(project: Path) -> None:
    text = "import snellen\n\n\ndef make():\n    @snellen.scorer\n    def brief(case, response):\n        return True\n"
    (project / "one.py").write_text(text, encoding="utf-8")
    module = import_file(project / "one.py")
    module.make()
    first = OWN["brief"]
    module.make()
    assert OWN["brief"] is not first


def test_a_name_that_an_installed_package_offers_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        dist = None

    _write(project, one="theirs", two="second_one")
    monkeypatch.setattr(registry, "_offered", lambda: {"theirs": Point()})
    with pytest.raises(InputError, match=r"^one\.py:4: scorer 'theirs' is in an installed package already"):
        load_own_scorers(project, environ={})


def test_a_name_of_snellens_own_is_told_with_the_line(project: Path) -> None:
    _write(project, one="number", two="second_one")
    before = set(sys.modules)
    with pytest.raises(InputError) as caught:
        load_own_scorers(project, environ={})
    assert str(caught.value).startswith("one.py:4: number (one.py:4) would take the place of Snellen's own scorer")
    assert [name for name in set(sys.modules) - before if name.startswith("_snellen_evals_")] == []
