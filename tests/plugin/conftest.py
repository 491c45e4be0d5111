"""The pytest that tests run runs in this process, once and again."""

from __future__ import annotations

import anyio._backends._asyncio  # noqa: F401  # as below
import httpcore2  # noqa: F401  # its errors are told by their classes, which must be the same ones in every test
import openai  # noqa: F401  # pytester forgets what a run imported; C extensions and their classes must outlive it
import pytest

import snellen.datasets.yaml
import snellen.plugin.collect
import snellen.plugin.fixtures
import snellen.report.html
import snellen.session  # noqa: F401  # as above
from evalkit import ASYNCIO, make_project, two_wrong
from snellen.testing import FakeEndpoint


@pytest.fixture(autouse=True)
def _settled_asyncio(pytester: pytest.Pytester) -> None:
    """pytest-asyncio, one of our test tools, warns in every run that does not say this."""
    pytester.makepyprojecttoml(ASYNCIO)


@pytest.fixture
def home(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of eight cases whose answers are recorded; two are wrong."""
    with FakeEndpoint(answer=two_wrong) as endpoint:
        make_project(pytester.path, url=endpoint.base_url, cases=8)
        pytester.runpytest("evals", "--eval-responses=missing").assert_outcomes(passed=6, failed=2)
    return pytester
