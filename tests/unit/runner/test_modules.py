"""Files of a project that register its own scorers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from snellen.errors import InputError
from snellen.runner.modules import load_own_scorers
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
