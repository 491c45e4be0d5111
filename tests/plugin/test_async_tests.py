"""Asynchronous tests beside evals: each has the loop that its own plugin gives it."""

from __future__ import annotations

import pytest

from evalkit import answering, make_project

_MIXED = """
import asyncio
import pytest
import snellen

@snellen.cases("../datasets/shapes")
def eval_it(case, response):
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()

def eval_asks(ask):
    assert ask("What is it?", images="../datasets/shapes/images/0.png").text == "It is red."

@pytest.mark.asyncio
async def eval_beside_it_with_pytest_asyncio():
    await asyncio.sleep(0)

@pytest.mark.asyncio
async def eval_asks_within_a_loop(ask):
    assert ask("What else is it?", images="../datasets/shapes/images/0.png").text == "It is red."

@pytest.mark.anyio
async def eval_beside_it_with_anyio():
    await asyncio.sleep(0)

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


@pytest.mark.parametrize("spread", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_a_module_may_mix_evals_and_asynchronous_tests(pytester: pytest.Pytester, spread: tuple[str, ...]) -> None:
    with answering() as endpoint:
        root = make_project(pytester.path, url=endpoint.base_url)
        (root / "evals" / "eval_mixed.py").write_text(_MIXED)
        missing = pytester.runpytest_subprocess("evals", "--eval-responses=missing", "-W", "error", *spread)
        missing.assert_outcomes(passed=8)
    pytester.runpytest_subprocess("evals", "-W", "error", *spread).assert_outcomes(passed=8)
