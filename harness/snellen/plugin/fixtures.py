"""Fixtures of eval functions; they exist only in sessions that collected an eval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from snellen.case import Case
from snellen.datasets.python import make_case
from snellen.errors import InputError
from snellen.plugin.evals import eval_run
from snellen.plugin.failures import NoResponseError
from snellen.plugin.items import JudgedItem
from snellen.response import Response
from snellen.runner.evals import Eval, eval_name
from snellen.runner.plan import Job
from snellen.trial import Skipped, Trial

if TYPE_CHECKING:
    from snellen.datasets.python import ImageLike

__all__ = ["Ask", "ask", "case", "response"]

Ask = Callable[..., Response]


def _trial(request: pytest.FixtureRequest) -> Trial:
    result = request.node.result if isinstance(request.node, JudgedItem) else None
    if not isinstance(result, Trial):
        raise InputError("`case` and `response` belong to functions with @snellen.cases; `ask` asks freely")
    return result


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """The case that is being judged."""
    return _trial(request).case


@pytest.fixture
def response(request: pytest.FixtureRequest) -> Response:
    """What the model answered, live or recorded."""
    found = _trial(request).response
    assert found is not None  # noqa: S101  # an item without a response ended in setup
    return found


@pytest.fixture
def ask(request: pytest.FixtureRequest) -> Ask:
    """Asks freely: `ask(prompt, images=[...], model="gpt")`, live or from recordings like everything else.

    Paths of images are relative to the eval file. Without `model` the first model of the session is asked.
    """
    run = eval_run(request.config)
    file: Path = request.node.path

    def ask_now(
        prompt: str,
        *,
        images: ImageLike | Sequence[ImageLike],
        model: str | None = None,
        params: dict[str, object] | None = None,
    ) -> Response:
        name = eval_name(file, run.settings.root)
        asked = make_case(id=request.node.name, prompt=prompt, images=images, folder=file.parent)
        one = Eval(name=name, recordings=f"{name}.ask", file=file, load=lambda: [asked], params=params or {})
        spec = run.settings.model(model or run.settings.models_for(())[0])
        result = run.settle(Job(eval=one, case=asked, variant="", model=spec, repeat=0))
        if isinstance(result, Skipped):
            pytest.skip(result.reason)
        if result.response is None:
            assert result.failure is not None  # noqa: S101  # no response always has its reason
            raise NoResponseError(result.failure)
        return result.response

    return ask_now
