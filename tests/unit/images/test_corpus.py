"""Every picture of the corpus meets the fate its entry says, and random damage never meets anything else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corpus_images
from corpus_images import CorpusFile
from snellen.errors import ImageError
from snellen.images.decode import check_image, decode_image, inspect_image
from snellen.images.encode import encode_image
from snellen.images.fit import ImageRules
from snellen.images.thumbnail import thumbnail


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[CorpusFile]]:
    folder = tmp_path_factory.mktemp("corpus")
    return folder, corpus_images.make(folder)


def test_corpus_holds_what_reliability_asks_for(corpus: tuple[Path, list[CorpusFile]]) -> None:
    _, files = corpus
    assert len(files) >= 60
    assert len({file.name for file in files}) == len(files)


def test_making_the_corpus_twice_gives_the_same_bytes(corpus: tuple[Path, list[CorpusFile]], tmp_path: Path) -> None:
    folder, files = corpus
    assert corpus_images.make(tmp_path) == files
    changed = [file.name for file in files if (tmp_path / file.name).read_bytes() != (folder / file.name).read_bytes()]
    assert changed == []


def test_refused_pictures_raise_an_image_error_that_names_them(corpus: tuple[Path, list[CorpusFile]]) -> None:
    folder, files = corpus
    wrong = []
    for file in files:
        if file.expected == "refused":
            data = (folder / file.name).read_bytes()
            for ask in (check_image, decode_image):
                with pytest.raises(ImageError) as caught:
                    ask(data, name=file.name)
                text = str(caught.value)
                if file.message_part not in text or repr(file.name) not in text or "\n  " not in text:
                    wrong.append((file.name, text))
            with pytest.raises(ImageError):
                encode_image(data, name=file.name, rules=ImageRules())
    assert wrong == []


def test_accepted_pictures_can_be_sent_and_say_what_was_done(corpus: tuple[Path, list[CorpusFile]]) -> None:
    folder, files = corpus
    rules = ImageRules()
    wrong = []
    for file in files:
        if file.expected == "ok":
            data = (folder / file.name).read_bytes()
            facts = inspect_image(data, name=file.name)
            assert check_image(data, name=file.name) == facts
            sent = encode_image(data, name=file.name, rules=rules)
            again = inspect_image(sent.data, name="")
            assert sent.media_type in rules.formats
            assert (again.media_type, again.frames, again.notes) == (sent.media_type, 1, ()), file.name
            assert (
                (sent.width_px, sent.height_px)
                == (facts.width_px, facts.height_px)
                == (again.width_px, again.height_px)
            )
            said = "; ".join([*facts.notes, *sent.notes])
            if file.notes_part not in said:
                wrong.append((file.name, said))
    assert wrong == []


def test_sent_bytes_hold_no_metadata(corpus: tuple[Path, list[CorpusFile]]) -> None:
    folder, _ = corpus
    for name in ("gps.jpg", "gps.png", "gps.webp", "polyglot.jpg"):
        data = (folder / name).read_bytes()
        assert b"secret garden" in data or b"<script>" in data
        sent = encode_image(data, name=name, rules=ImageRules()).data
        small = thumbnail(data, name=name, side_px=16)
        for left in (sent, small):
            assert not any(word in left for word in (b"secret garden", b"Exif", b"EXIF", b"eXIf", b"<script>")), name


_SEEDS = [
    corpus_images.bytes_of(corpus_images.drawing(mode), kind)
    for kind, mode in (
        *(("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("GIF", "P"), ("WEBP", "RGB")),
        *(("TIFF", "RGB"), ("BMP", "RGB"), ("ICO", "RGBA"), ("AVIF", "RGB")),
    )
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.sampled_from(_SEEDS), number=st.integers(0, 2**32), edits=st.integers(1, 12), cut=st.booleans())
def test_mutated_pictures_raise_nothing_but_image_errors(*, seed: bytes, number: int, edits: int, cut: bool) -> None:
    chance = random.Random(number)  # noqa: S311  # no secret
    data = bytearray(seed)
    for _ in range(edits):
        near_the_header = chance.randrange(min(len(data), 96))
        data[chance.choice([near_the_header, chance.randrange(len(data))])] = chance.randrange(256)
    _only_image_errors(bytes(data[: chance.randrange(len(data))] if cut else data))


@settings(max_examples=200, deadline=None)
@given(
    start=st.sampled_from(
        [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"BM", b"RIFF\x20\0\0\0WEBP"]
    ),
    rest=st.binary(max_size=200),
)
def test_random_bytes_raise_nothing_but_image_errors(start: bytes, rest: bytes) -> None:
    _only_image_errors(start + rest)


def _only_image_errors(data: bytes) -> None:
    try:
        facts = inspect_image(data, name="fuzz")
        if facts.width_px * facts.height_px < 4_000_000:
            encode_image(data, name="fuzz", rules=ImageRules(max_side_px=32))
            thumbnail(data, name="fuzz", side_px=16)
    except ImageError:
        pass
