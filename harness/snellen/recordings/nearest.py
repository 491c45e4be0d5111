"""Why a request has no recording: the recorded request that is nearest to it, and the sentence that says so."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from snellen._keys import KeyMap, key_of
from snellen._text import plural, shorten
from snellen.errors import RecordingMissError
from snellen.recordings.differences import Facts, differences, facts_of, likenesses
from snellen.recordings.entry import Entry, Stored, shown
from snellen.recordings.index import base_of

__all__ = ["Neighbours", "explain_miss"]

# Comparing is quick, but a suite whose every case misses compares for each of them.
_MAX_CANDIDATES = 20
_MAX_PROMPTS = 5_000

# Below this share of equal letters two prompts are two questions.
_MIN_LIKENESS_PERCENT = 60

_MAX_PROMPT_CHARS = 60

_DIGEST_BYTES = 32


class _Groups:
    """Numbers of entries by a text they share, some 35 bytes each. Two texts may share a key: it is a hint, no more."""

    def __init__(self) -> None:
        self._last = KeyMap()
        self._numbers = array("I")
        self._before = array("I")  # the link before this one of the same text plus one, 0 for the first

    def add(self, text: str, number: int) -> bool:
        """Takes an entry in; true when it is the first with this text."""
        key = key_of(text)
        before = self._last.get(key)
        self._last[key] = len(self._numbers)
        self._numbers.append(number)
        self._before.append(0 if before is None else before + 1)
        return before is None

    def of(self, text: str) -> list[int]:
        """The entries with this text, in the order of adding."""
        last = self._last.get(key_of(text))
        link = 0 if last is None else last + 1
        found: list[int] = []
        while link:
            found.append(self._numbers[link - 1])
            link = self._before[link - 1]
        return found[::-1]


class Neighbours:
    """Recorded requests by what they share with others: case, prompt, pictures. Some 150 bytes each."""

    def __init__(self, entries: Iterable[Stored], *, read: Callable[[Path, str], Entry | None]) -> None:
        """Reads all entries once and keeps where they lie.

        Args:
            entries: All that may be near.
            read: Gives the entry of a file with a fingerprint.
        """
        self._read = read
        self._files: dict[Path, int] = {}
        self._file_numbers = array("I")
        self._digests = bytearray()
        self._by_case, self._by_prompt, self._by_image = _Groups(), _Groups(), _Groups()
        self._prompts: list[str] = []
        for number, stored in enumerate(entries):
            self._add(number, stored)

    def _add(self, number: int, stored: Stored) -> None:
        self._file_numbers.append(self._files.setdefault(base_of(stored.file), len(self._files)))
        self._digests += bytes.fromhex(stored.entry.fingerprint)
        facts = facts_of(stored.entry.request)
        self._by_case.add(stored.entry.case, number)
        if self._by_prompt.add(facts.prompt, number) and len(self._prompts) < _MAX_PROMPTS:
            self._prompts.append(facts.prompt)
        for image in set(facts.images):
            self._by_image.add(image, number)

    def nearest(self, request: Mapping[str, object], *, case_id: str, file: Path) -> tuple[Path, Entry] | None:
        """The file and entry with the fewest differences among those that share the most telling thing.

        The case tells most, in the same eval or asked with the same prompt or picture; then the prompt with the
        pictures, the prompt, a picture, and last a prompt that reads much alike. Of entries with equally many
        differences the one whose prompt reads most alike is nearer.

        Args:
            request: In canonical form.
            case_id: Of the case that asks, "" for none.
            file: Where it was looked for first.
        """
        files = list(self._files)
        far = [(path != file, path.parent != file.parent) for path in files]
        group = next((numbers for numbers in self._groups(facts_of(request), case_id, far) if numbers), [])
        own_first = heapq.nsmallest(_MAX_CANDIDATES, group, key=lambda number: far[self._file_numbers[number]])
        found = [
            (path, entry)
            for number in own_first
            if (entry := self._read(path := files[self._file_numbers[number]], self._fingerprint(number))) is not None
        ]
        return min(found, key=lambda pair: _distance(pair[1].request, request), default=None)

    def _fingerprint(self, number: int) -> str:
        return self._digests[number * _DIGEST_BYTES : (number + 1) * _DIGEST_BYTES].hex()

    def _groups(self, facts: Facts, case_id: str, far: list[tuple[bool, bool]]) -> Iterator[list[int]]:
        same_case = self._by_case.of(case_id) if case_id else []
        same_prompt = self._by_prompt.of(facts.prompt)
        same_image = list(dict.fromkeys(number for image in facts.images for number in self._by_image.of(image)))
        pictured = set(same_image)
        related = pictured.union(same_prompt) if same_case else set()
        yield [number for number in same_case if not far[self._file_numbers[number]][1] or number in related]
        yield [number for number in same_prompt if number in pictured]
        yield same_prompt
        yield same_image
        yield self._by_prompt.of(self._alike(facts.prompt))

    def _alike(self, prompt: str) -> str:
        from rapidfuzz import fuzz, process

        found = process.extractOne(prompt, self._prompts, scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS_PERCENT)
        return found[0] if found else ""


def _distance(there: Mapping[str, object], here: Mapping[str, object]) -> tuple[int, float]:
    from rapidfuzz import fuzz

    return len(differences(there, here)), -fuzz.ratio(facts_of(there).prompt, facts_of(here).prompt)


def explain_miss(
    request: Mapping[str, object],
    neighbours: Neighbours,
    *,
    fingerprint: str,
    case_id: str,
    file: Path,
    count: int,
    command: str,
) -> RecordingMissError:
    """The error that says what was looked for, what is nearest, what differs, and how to record it.

    Args:
        request: In canonical form, free of secrets.
        neighbours: What was recorded.
        fingerprint: Of the request.
        case_id: Of the case that asks, "" for an application's own call.
        file: Where it was looked for first.
        count: Entries in that file.
        command: What records it.
    """
    whose = f"case {case_id!r}" if case_id else f"the prompt {shorten(facts_of(request).prompt, _MAX_PROMPT_CHARS)!r}"
    if count:
        entries = plural(count, "entry", "entries")
        lines = [f"{shown(file)} holds no response for {whose} ({entries}, none with this fingerprint)."]
    else:
        lines = [f"{shown(file)} holds nothing yet, and no other recording answers {whose}."]
    found: tuple[str, ...] = ()
    nearest = neighbours.nearest(request, case_id=case_id, file=file)
    if nearest is not None:
        place, entry = nearest
        found = differences(entry.request, request) or (_hidden_difference(entry),)
        name = repr(entry.case) if entry.case else f"recorded {entry.recorded_at}"
        where = "" if place == file else f" in {shown(place)}"
        lines.append(f"Nearest entry: {', '.join([name + where, *likenesses(entry.request, request), *found])}.")
    elif count:
        lines.append("No entry is near it: none has its case id, its prompt or its picture.")
    lines.append(f"Record it: {command}")
    return RecordingMissError("\n".join(lines), fingerprint=fingerprint, differences=found)


def _hidden_difference(entry: Entry) -> str:
    if entry.scrubbed:
        return "a secret part differs that was not written down, such as a signature in a picture's address"
    return "the request is built otherwise"
