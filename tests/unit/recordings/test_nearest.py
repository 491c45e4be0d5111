"""A miss names the nearest entry, what differs there, and how to record it."""

from __future__ import annotations

from pathlib import Path

import pytest

from snellen.errors import RecordingDamagedError
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint

HERE = {"eval": "ocr", "model": "qwen-vl"}
COMMAND = "pytest evals -k receipt-07 --eval-responses=missing"


@pytest.fixture
def store(tmp_path, monkeypatch) -> RecordingStore:
    monkeypatch.chdir(tmp_path)
    return RecordingStore(Path("evals/recordings"))


def miss(store: RecordingStore, request: dict[str, object], *, case_id: str = "receipt-07"):
    return store.miss(request, fingerprint=fingerprint(request), case_id=case_id, **HERE, command=COMMAND)


def test_the_message_as_people_read_it(store, make_entry, make_request):
    for number in range(118):
        entry = make_entry(make_request(images=(f"{number}.png",), temperature=0.0), case=f"receipt-{number:02}")
        store.append(entry, **HERE)
    error = miss(store, make_request(images=("7.png",), temperature=0.2))
    assert str(error) == (
        "evals/recordings/ocr/qwen-vl.jsonl holds no response for case 'receipt-07' "
        "(118 entries, none with this fingerprint).\n"
        "Nearest entry: 'receipt-07', same prompt, same image, temperature 0.0 there and 0.2 here.\n"
        "Record it: pytest evals -k receipt-07 --eval-responses=missing"
    )
    assert error.differences == ("temperature 0.0 there and 0.2 here",)
    assert error.fingerprint == fingerprint(make_request(images=("7.png",), temperature=0.2))
    assert error.exit_code == 3


def test_an_absolute_root_is_shown_as_people_know_it(store, make_request):
    error = miss(RecordingStore(Path.cwd() / "evals/recordings"), make_request())
    assert str(error).startswith("evals/recordings/ocr/qwen-vl.jsonl holds nothing yet")


def test_nothing_recorded_at_all(store, make_request):
    error = miss(store, make_request())
    assert str(error) == (
        "evals/recordings/ocr/qwen-vl.jsonl holds nothing yet, and no other recording answers case 'receipt-07'.\n"
        f"Record it: {COMMAND}"
    )
    assert error.differences == ()


def test_nothing_near(store, make_entry, make_request):
    store.append(make_entry(make_request("Describe the sky", images=("sky.png",)), case="sky"), **HERE)
    error = miss(store, make_request("합계는 얼마입니까?", images=("receipt.png",)))
    assert str(error).splitlines()[1] == "No entry is near it: none has its case id, its prompt or its picture."
    assert error.differences == ()


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        pytest.param(
            [("receipt-07", HERE, {"prompt": "Tell me the sum"}), ("other", HERE, {"seed": 1})],
            "'receipt-07', same image, prompt differs: 'Tell me the sum' there, 'What is the total?' here",
            id="the same case wins over a nearer request",
        ),
        pytest.param(
            [("receipt-07", HERE, {"prompt": "Sum?", "images": ("b.png",)}), ("other", HERE, {"seed": 1})],
            "'receipt-07', picture 1 changed (sha256 5f59d8e8… there, fcee4725… here), "
            "prompt differs: 'Sum?' there, 'What is the total?' here",
            id="the same case wins even when all of it changed",
        ),
        pytest.param(
            [("receipt-07", {"eval": "ocr", "model": "a"}, {"seed": 1}), ("receipt-07", HERE, {"seed": 2})],
            "'receipt-07', same prompt, same image, seed 2 only there",
            id="of equally near ones that of the own file",
        ),
        pytest.param(
            [("both", HERE, {"seed": 1, "n": 2}), ("prompt", HERE, {"images": ("z.png",)})],
            "'both', same prompt, same image, n 2 only there, seed 1 only there",
            id="the same prompt and picture wins over the same prompt",
        ),
        pytest.param(
            [("receipt-07", HERE, {"seed": 1, "n": 2}), ("receipt-07", HERE, {"seed": 1})],
            "'receipt-07', same prompt, same image, seed 1 only there",
            id="of the same case the fewest differences",
        ),
        pytest.param(
            [("receipt-07", {"eval": "ocr", "model": "other"}, {"model": "other"})],
            "'receipt-07' in evals/recordings/ocr/other.jsonl, same prompt, same image, "
            "model 'other' there and 'gpt-x' here",
            id="the same case of another model",
        ),
        pytest.param(
            [("receipt-07", {"eval": "old", "model": "qwen-vl"}, {"seed": 1})],
            "'receipt-07' in evals/recordings/old/qwen-vl.jsonl, same prompt, same image, seed 1 only there",
            id="the same case of another eval that shares its picture",
        ),
        pytest.param(
            [
                ("receipt-07", {"eval": "old", "model": "m"}, {"prompt": "Other", "images": ("o.png",)}),
                ("x", HERE, {"seed": 1}),
            ],
            "'x', same prompt, same image, seed 1 only there",
            id="not a case of another eval that only has the id",
        ),
        pytest.param(
            [("picture", HERE, {"prompt": "Count the cats"}), ("prompt", HERE, {"images": ("z.png",)})],
            "'prompt', same prompt, picture 1 changed (sha256 69c1774f… there, fcee4725… here)",
            id="the same prompt wins over the same picture",
        ),
        pytest.param(
            [("picture", HERE, {"prompt": "Count the cats"})],
            "'picture', same image, prompt differs: 'Count the cats' there, 'What is the total?' here",
            id="the same picture",
        ),
        pytest.param(
            [("alike", HERE, {"prompt": "What is the totaI?", "images": ("z.png",)})],
            "'alike', picture 1 changed (sha256 69c1774f… there, fcee4725… here), "
            "prompt differs: '…totaI?' there, '…total?' here",
            id="a prompt that reads much alike",
        ),
    ],
)
def test_the_nearest_entry_is_named(store, make_entry, make_request, entries, said):
    for case, place, change in entries:
        store.append(make_entry(make_request(**change), case=case), **place)
    assert str(miss(store, make_request())).splitlines()[1] == f"Nearest entry: {said}."


def test_an_application_s_own_call_is_known_by_its_prompt(store, make_entry, make_request):
    store.append(make_entry(make_request(seed=1), case=""), **HERE)
    error = miss(store, make_request("What is the total?"), case_id="")
    assert str(error).splitlines()[:2] == [
        "evals/recordings/ocr/qwen-vl.jsonl holds no response for the prompt 'What is the total?' "
        "(1 entry, none with this fingerprint).",
        "Nearest entry: recorded 2026-11-22T17:05:00Z, same prompt, same image, seed 1 only there.",
    ]


def test_a_signature_that_changed_is_named_and_not_shown(store, make_entry, make_request):
    url = "https://example.org/a.png?sig={}"
    store.append(make_entry(make_request(images=(url.format("first-signature"),)), case="receipt-07"), **HERE)
    error = miss(store, make_request(images=(url.format("second-signature"),)))
    assert "signature in a picture's address" in error.differences[0]
    assert "first-s" not in str(error)
    assert "second-s" not in str(error)


def test_a_near_entry_whose_request_was_changed_by_hand_is_damage(store, make_entry, make_request):
    """A model renamed by search and replace would otherwise be told that nothing differs."""
    store.append(make_entry(make_request(model="gpt-x"), case="receipt-07"), **HERE)
    store.fold()
    file = store.file(**HERE)
    file.write_bytes(file.read_bytes().replace(b'"model":"gpt-x","params"', b'"model":"gpt-y","params"'))
    with pytest.raises(RecordingDamagedError, match="it was changed by hand"):
        miss(store, make_request(model="gpt-y"))


def test_a_miss_costs_no_comparison_with_everything(store, make_entry, make_request, monkeypatch):
    """1,000 cases that all miss must not make a million comparisons."""
    for number in range(60):
        store.append(make_entry(make_request("same prompt", images=(f"{number}.png",)), case=f"c{number}"), **HERE)
    compared: list[object] = []

    def counted(theirs: object, ours: object) -> tuple[str, ...]:
        compared.append(theirs)
        return ("x",)

    monkeypatch.setattr("snellen.recordings.nearest.differences", counted)
    miss(store, make_request("same prompt", images=("new.png",)), case_id="new")
    assert len(compared) == 21


def test_among_many_that_share_a_prompt_the_one_with_the_same_picture_is_nearest(store, make_entry, make_request):
    """A dataset whose card asks all pictures the same question."""
    entries = [make_entry(make_request(images=(f"{n}.png",)), case=f"c{n:03}") for n in range(200)]
    store.append_all([(entry, "ocr", f"m{number % 3}") for number, entry in enumerate(entries)])
    asked = make_request(images=("150.png",), temperature=1)
    error = store.miss(asked, fingerprint="0" * 64, case_id="new", eval="ocr", model="gpt-x", command="x")
    assert f"Nearest entry: 'c150' in {store.file(eval='ocr', model='m0')}, " in str(error)
