"""What compatible servers do otherwise: recognised, refused or told, and never done to a request in silence."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from snellen.case import Detail, ImageRef
from snellen.errors import InputError
from snellen.images.fit import ImageRules
from snellen.models.quirks import (
    Quirks,
    check_request,
    quirk_notes,
    quirks_of,
    rules_for,
    server_names,
    server_of,
)
from snellen.models.spec import ModelSpec
from snellen.request import Api, ImagePart, Message, Request, TextPart

URL = "https://example.org/a.png"
ALL = ("image/jpeg", "image/png", "image/webp", "image/gif")
SERVERS = (
    "anthropic", "azure", "cloudflare", "gemini", "llama.cpp", "lm-studio", "ollama", "openrouter", "vllm",
)  # fmt: skip


def spec(server: str = "", **more: object) -> ModelSpec:
    return ModelSpec(key="mine", name="m", server=server, **{"base_url": "http://h/v1", **more})  # type: ignore[arg-type]


def by_address(url: str = URL, detail: Detail | None = None) -> ImagePart:
    return ImagePart(ref=ImageRef(url=url, name=url), identity=url, detail=detail)


def inline(detail: Detail | None = None) -> ImagePart:
    return ImagePart(ref=ImageRef(data=b"x", name="a.webp"), identity="sha256:ab", detail=detail)


def request(*pictures: ImagePart, api: Api = "chat", **params: object) -> Request:
    return Request(api=api, model="m", messages=(Message("user", (TextPart("?"), *pictures)),), params=params)


def complaint(asked: Request, model: ModelSpec) -> str:
    try:
        check_request(asked, model)
    except InputError as error:
        return str(error)
    return ""


def test_the_table_has_these_rows_each_with_its_source_and_date() -> None:
    assert server_names() == ("none", *SERVERS)
    for server in SERVERS:
        row = quirks_of(spec(server))
        assert row is not None
        assert row.name
        assert row.source
        assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", row.dated)
        formats = set(ALL if row.formats is None else row.formats)
        assert {"image/jpeg", "image/png"} <= formats <= set(ALL)  # everything else can be converted to these two


@pytest.mark.parametrize(
    ("base_url", "server"),
    [
        ("https://api.anthropic.com/v1", "anthropic"),
        ("https://API.Anthropic.com/v1", "anthropic"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gemini"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://my-team.openai.azure.com/openai/v1?api-version=preview", "azure"),
        ("https://api.cloudflare.com/client/v4/accounts/x/ai/v1", "cloudflare"),
        ("http://localhost:11434/v1", "ollama"),
        ("http://192.168.0.9:11434/v1", "ollama"),
        ("http://127.0.0.1:1234/v1", "lm-studio"),
        ("http://127.0.0.1:8000/v1", ""),
        ("http://127.0.0.1:8080/v1", ""),
        ("https://api.anthropic.com.example.org/v1", ""),
        ("https://openai.azure.com/v1", ""),
        ("https://notopenrouter.ai/v1", ""),
        ("https://api.openai.com/v1", ""),
        (None, ""),
    ],
)
def test_a_server_is_known_by_its_address_and_nothing_else_is_guessed(base_url: str | None, server: str) -> None:
    assert server_of(spec(base_url=base_url)) == server


def test_a_server_that_is_named_wins_over_its_address_and_none_switches_all_off() -> None:
    ollama = spec(base_url="http://localhost:11434/v1")
    assert server_of(replace(ollama, server="vllm")) == "vllm"
    off = replace(ollama, server="none")
    assert (server_of(off), quirks_of(off), rules_for(off)) == ("", None, off.images)
    assert complaint(request(by_address()), off) == ""
    assert quirk_notes(request(inline("low"), max_completion_tokens=9), off) == ()


def test_a_model_in_this_process_has_no_quirks() -> None:
    assert server_of(ModelSpec(key="offline-reader", name="offline-reader")) == ""


ADVICE = (
    "\n  Set images = { inline_urls = true } in the model's table, so that pictures are fetched here and sent inline. "
    'Where your server does otherwise, switch this off with server = "none". Nothing was sent.'
)
INLINE_ONLY = {
    "cloudflare": "Cloudflare Workers AI",
    "gemini": "Gemini, compatible endpoint",
    "lm-studio": "LM Studio",
    "ollama": "Ollama",
}


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("server", SERVERS)
def test_an_address_is_refused_for_servers_that_take_pictures_inline_only(server: str, api: Api) -> None:
    said = complaint(request(by_address(), api=api), spec(server))
    name = INLINE_ONLY.get(server)
    what = f"model 'mine': {name} takes pictures inline only, and {URL!r} would be sent as an address"
    assert said == (what + ADVICE if name else "")


@pytest.mark.parametrize("server", SERVERS)
def test_what_is_sent_inline_is_taken_by_every_server(server: str) -> None:
    fetched = spec(server, images=ImageRules(inline_urls=True))
    assert complaint(request(by_address(), by_address(f"{URL}.webp"), inline()), fetched) == ""
    assert complaint(request(inline(), inline()), spec(server)) == ""


@pytest.mark.parametrize(
    ("server", "url", "media_type"),
    [
        ("llama.cpp", "https://example.org/a.webp", "image/webp"),
        ("llama.cpp", "https://example.org/a.WEBP?size=2", "image/webp"),
        ("llama.cpp", "https://example.org/a.avif", "image/avif"),
        ("vllm", "https://example.org/a.avif", ""),
        ("llama.cpp", "https://example.org/a.gif", ""),
        ("llama.cpp", "https://example.org/picture", ""),
        ("llama.cpp", "https://example.org/?file=a.webp", ""),
        ("vllm", "https://example.org/a.webp", ""),
    ],
)
def test_an_address_of_a_format_the_server_does_not_read_is_refused(server: str, url: str, media_type: str) -> None:
    name = {"llama.cpp": "llama.cpp server", "vllm": "vLLM"}[server]
    what = f"model 'mine': {name} does not read {media_type}, and {url!r} would be sent as an address"
    assert complaint(request(by_address(url)), spec(server)) == (what + ADVICE if media_type else "")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (50, ""),
        (
            51,
            "model 'mine': Azure OpenAI takes at most 50 pictures a request; here are 51\n  Ask about fewer at once. "
            'Where your server does otherwise, switch this off with server = "none". Nothing was sent.',
        ),
    ],
)
def test_more_pictures_than_a_server_takes_are_refused(count: int, said: str) -> None:
    assert complaint(request(*[inline()] * count), spec("azure")) == said


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        check_request(request(by_address(), inline(), by_address()), spec("ollama"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("server", "formats"),
    [
        ("llama.cpp", ("image/jpeg", "image/png", "image/gif")),
        ("lm-studio", ("image/jpeg", "image/png", "image/gif")),
        ("ollama", ("image/jpeg", "image/png", "image/webp")),
        *((server, ALL) for server in SERVERS if server not in ("llama.cpp", "lm-studio", "ollama")),
    ],
)
def test_pictures_are_converted_to_what_the_server_reads(server: str, formats: tuple[str, ...]) -> None:
    rules = ImageRules(max_side_px=512, inline_urls=True)
    assert rules_for(spec(server, images=rules)) == replace(rules, formats=formats)


def test_the_users_own_formats_are_narrowed_and_never_widened() -> None:
    rules = ImageRules(formats=("image/webp", "image/png"))
    assert rules_for(spec("llama.cpp", images=rules)).formats == ("image/png",)


NO_DETAIL = "ollama ignores detail: pictures are seen as they would be without it"
SILENT = ("cloudflare", "gemini", "llama.cpp", "openrouter", "vllm")
SHRINKS = (
    "lm-studio makes pictures with a side over 2,048 px smaller without a word, and refuses those of more than "
    "26,214,400 pixels: images = { max_side_px = 2048 } does it where you can see it"
)


@pytest.mark.parametrize(
    ("server", "asked", "notes"),
    [
        ("anthropic", request(seed=1), ["anthropic ignores seed: the answers are not seeded"]),
        (
            "anthropic",
            request(response_format={"type": "json_object"}, temperature=0.5, logprobs=True),
            [
                "anthropic ignores response_format: the form of an answer is not enforced",
                "anthropic ignores logprobs: none come back",
            ],
        ),
        (
            "anthropic",
            request(frequency_penalty=1, presence_penalty=1, reasoning_effort="low", metadata={}),
            [
                "anthropic ignores frequency_penalty: answers repeat themselves as they would without it",
                "anthropic ignores presence_penalty: answers repeat themselves as they would without it",
                "anthropic ignores reasoning_effort: the model reasons as it would without it",
                "anthropic ignores metadata: nothing is kept of it",
            ],
        ),
        ("anthropic", request(temperature=1.5), ["anthropic caps temperature at 1: 1.5 is taken as 1"]),
        ("anthropic", request(temperature=1), []),
        ("anthropic", request(max_tokens=9), []),
        ("ollama", request(max_tokens=9, seed=1), []),
        (
            "ollama",
            request(inline(), max_completion_tokens=9),
            ["ollama ignores max_completion_tokens: answers are not limited; write max_tokens"],
        ),
        ("ollama", request(inline("low")), [NO_DETAIL]),
        ("ollama", request(inline("low"), api="responses"), [NO_DETAIL]),
        ("anthropic", request(api="responses", seed=1), []),
        (
            "azure",
            request(),
            ["azure is sent no max_tokens: old vision deployments then cut an answer off after 16 tokens"],
        ),
        ("azure", request(max_tokens=9), []),
        ("azure", request(max_completion_tokens=9), []),
        ("lm-studio", request(inline()), [SHRINKS]),
        ("lm-studio", request(), []),
        *((server, request(inline("high"), seed=1, temperature=2), []) for server in SILENT),
    ],
)  # fmt: skip
def test_what_a_server_ignores_is_said(server: str, asked: Request, notes: list[str]) -> None:
    assert list(quirk_notes(asked, spec(server))) == notes


@pytest.mark.parametrize(("max_side_px", "is_told"), [(2048, False), (2049, True)])
def test_pictures_that_are_sent_small_enough_need_no_note(max_side_px: int, is_told: bool) -> None:
    small = spec("lm-studio", images=ImageRules(max_side_px=max_side_px))
    assert quirk_notes(request(inline()), small) == ((SHRINKS,) if is_told else ())


def test_a_request_is_never_changed() -> None:
    asked = request(inline("low"), by_address(), seed=1, temperature=2)
    before = asked.canonical()
    for server in SERVERS:
        complaint(asked, spec(server))
        quirk_notes(asked, spec(server))
    assert asked.canonical() == before


def test_a_row_says_only_what_it_says() -> None:
    """What nobody read of a server is unknown, not a default of ours."""
    assert Quirks(name="n", source="s", dated="2026") == Quirks(
        name="n", source="s", dated="2026", formats=None, most_images=None, most_pixels=None, shrinks_over_px=None
    )
