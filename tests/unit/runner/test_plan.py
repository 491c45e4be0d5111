"""Which jobs evals make, and which request a job asks."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest

from snellen.case import Case, ImageRef, Source
from snellen.errors import ConfigError, InputError
from snellen.images.digest import DigestCache
from snellen.images.fit import ImageRules
from snellen.models.spec import ModelSpec
from snellen.request import Message, Part, TextPart
from snellen.runner.evals import Eval
from snellen.runner.plan import Job, plan, prepare
from snellen.runner.settings import Settings

_SETTINGS = Settings(root=Path("/p"), recordings=Path("/p/r"), state=Path("/p/s"), default_models=("m",))


def case(case_id: str = "c", prompt: str = "What?", pictures: int = 1, **fields) -> Case:
    refs = tuple(ImageRef(data=bytes([number]), name=f"image {number}") for number in range(1, pictures + 1))
    return Case(id=case_id, prompt=prompt, images=refs, **fields)


def eval_of(*cases: Case, **fields) -> Eval:
    return Eval(name="e", recordings="e", file=Path("e.eval.yaml"), load=lambda: cases, **fields)


def job_of(asked: Case, *, variant: str = "", model: ModelSpec | None = None, **fields) -> Job:
    spec = model or ModelSpec(key="m", name="m-1")
    return Job(eval=eval_of(asked, **fields), case=asked, variant=variant, model=spec, repeat=0)


def parts_of(job: Job) -> list[str]:
    """The user's message as text, `[n]` for picture n."""
    message = prepare(job, cache=DigestCache(None), pinned={}).request.messages[-1]
    return [part.text if isinstance(part, TextPart) else f"[{part.ref.name[-1]}]" for part in message.parts]


def test_jobs_come_case_by_case_so_that_models_stand_side_by_side() -> None:
    one = eval_of(
        case("a"), case("b"), variants={"p": "{{ prompt }}", "q": "{{ prompt }}!"}, models=("m", "n"), repeats=2
    )
    labels = [job.label for job in plan([one], _SETTINGS)]
    assert labels[:8] == ["a-p-m", "a-p-m-r1", "a-p-n", "a-p-n-r1", "a-q-m", "a-q-m-r1", "a-q-n", "a-q-n-r1"]
    assert (len(labels), labels[8]) == (16, "b-p-m")


def test_an_id_that_is_used_twice_is_refused() -> None:
    twice = eval_of(case("a"), case("a", source=Source("cases.yaml", 7)))
    with pytest.raises(InputError, match=r"^cases.yaml: case 'a': this id is used twice in one eval$"):
        list(plan([twice], _SETTINGS))


def test_one_id_in_two_evals_is_fine() -> None:
    assert len(list(plan([eval_of(case()), eval_of(case())], _SETTINGS))) == 2


def test_no_model_is_refused() -> None:
    with pytest.raises(ConfigError, match="no model was named"):
        list(plan([eval_of(case())], Settings(root=Path(), recordings=Path(), state=Path())))


# prompt, pictures -> what the model reads
LAYOUTS = {
    "pictures-follow-the-text": ("What?", 2, ["What?", "[1]", "[2]"]),
    "markers-interleave": ("In <image 1> and <image 2>?", 2, ["In", "[1]", "and", "[2]", "?"]),
    "other-order": ("<image 2> before <image 1>", 2, ["[2]", "before", "[1]"]),
    "one-marked-the-other-follows": ("See <image 2>.", 2, ["See", "[2]", ".", "[1]"]),
    "a-picture-named-twice-is-sent-twice": ("<image 1> and <image 1>", 1, ["[1]", "and", "[1]"]),
    "a-marker-of-no-picture-is-text": ("<image 3> and <image 0>", 1, ["<image 3> and <image 0>", "[1]"]),
    "marker-alone": ("<image 1>", 1, ["[1]"]),
    "korean": ("<image 1>과 <image 2>의 차이는?", 2, ["[1]", "과", "[2]", "의 차이는?"]),
}


@pytest.mark.parametrize(("prompt", "pictures", "parts"), LAYOUTS.values(), ids=LAYOUTS)
def test_layout(prompt: str, pictures: int, parts: list[str]) -> None:
    assert parts_of(job_of(case(prompt=prompt, pictures=pictures))) == parts


def test_a_variant_is_rendered_over_the_cases_fields() -> None:
    asked = case(prompt="어떤 색?", metadata={"unit": "cm"})
    job = job_of(asked, variant="v", variants={"v": "{{ prompt }} ({{ unit }})"})
    assert parts_of(job) == ["어떤 색? (cm)", "[1]"]


# What a dataset says is data: it is never rendered.
TEMPLATES_IN_DATA = [
    "{{ 7*7 }}",
    "{{ config }}",
    "{% include 'x' %}",
    "{0.__class__}",
    "%(x)s",
    "$X",
    "{{",
    "{#",
    "${7*7}",
]


@pytest.mark.parametrize("value", TEMPLATES_IN_DATA)
def test_a_value_is_never_a_template(value: str) -> None:
    assert parts_of(job_of(case(prompt=value))) == [value, "[1]"]
    asked = case(prompt=value, metadata={"field": value})
    job = job_of(asked, variant="v", variants={"v": "{{ prompt }}|{{ field }}"})
    assert parts_of(job) == [f"{value}|{value}", "[1]"]


def test_a_variant_that_names_an_unknown_field_is_an_error_of_its_case() -> None:
    job = job_of(case(), variant="v", variants={"v": "{{ promt }}"})
    with pytest.raises(InputError, match=r"e.eval.yaml: case 'c': prompt variant 'v'.*promt"):
        prepare(job, cache=DigestCache(None), pinned={})


def test_a_system_message_comes_first() -> None:
    request = prepare(job_of(case(system="Be brief.")), cache=DigestCache(None), pinned={}).request
    assert request.messages[0] == Message("system", (TextPart("Be brief."),))
    assert [message.role for message in request.messages] == ["system", "user"]


def test_params_of_the_eval_win_over_those_of_the_model() -> None:
    model = ModelSpec(key="m", name="gpt-4o", params=MappingProxyType({"temperature": 0, "seed": 7}))
    request = prepare(
        job_of(case(), model=model, params={"temperature": 1}), cache=DigestCache(None), pinned={}
    ).request
    assert request.params == {"temperature": 1, "seed": 7}


def picture_part(ref: ImageRef, rules: ImageRules, pinned: dict[str, Path]) -> Part:
    asked = Case(id="c", prompt="?", images=(ref,))
    job = job_of(asked, model=ModelSpec(key="m", name="m", images=rules))
    return prepare(job, cache=DigestCache(None), pinned=pinned).request.images[0]


URL = ImageRef(url="https://example.org/a.png", name="a.png")
RESIZED = ImageRules(max_side_px=64)
INLINED = ImageRules(max_side_px=64, inline_urls=True)
DIGEST = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of b"x"


@pytest.mark.parametrize(
    ("ref", "rules", "identity", "transform"),
    [
        (ImageRef(data=b"x", name="x"), ImageRules(), DIGEST, ""),
        (ImageRef(data=b"x", name="x"), RESIZED, DIGEST, "resize:64"),
        (URL, ImageRules(), "https://example.org/a.png", ""),
        (URL, RESIZED, "https://example.org/a.png", ""),
        (URL, INLINED, DIGEST, "resize:64"),
    ],
    ids=["bytes", "bytes-resized", "address", "an-address-is-not-resized-by-us", "address-inlined"],
)
def test_what_stands_for_a_picture(tmp_path: Path, ref, rules, identity: str, transform: str) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    part = picture_part(ref, rules, {"https://example.org/a.png": tmp_path / "a.png"})
    assert (part.identity, part.transform) == (identity, transform)
