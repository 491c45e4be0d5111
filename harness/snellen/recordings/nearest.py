"""Why a request has no recording: the recorded request that is nearest to it, and the sentence that says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

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

Place = tuple[Path, str]
"""A recordings file and a fingerprint in it."""


class Neighbours:
    """Recorded requests by what they share with others: case, prompt, pictures."""

    def __init__(self, entries: Iterable[Stored], *, read: Callable[[Path, str], Entry | None]) -> None:
        """Reads all entries once and keeps where they lie.

        Args:
            entries: All that may be near.
            read: Gives the entry of a file with a fingerprint.
        """
        self._read = read
        self._by_case: dict[str, list[Place]] = defaultdict(list)
        self._by_prompt: dict[str, list[Place]] = defaultdict(list)
        self._by_image: dict[str, list[Place]] = defaultdict(list)
        for stored in entries:
            place = (base_of(stored.file), stored.entry.fingerprint)
            facts = facts_of(stored.entry.request)
            self._by_case[stored.entry.case].append(place)
            self._by_prompt[facts.prompt].append(place)
            for image in set(facts.images):
                self._by_image[image].append(place)

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
        group = next((places for places in self._groups(facts_of(request), case_id, file) if places), [])
        own_first = sorted(group, key=lambda place: (place[0] != file, place[0].parent != file.parent))
        found = [
            (place, entry)
            for place, key in own_first[:_MAX_CANDIDATES]
            if (entry := self._read(place, key)) is not None
        ]
        return min(found, key=lambda pair: _distance(pair[1].request, request), default=None)

    def _groups(self, facts: Facts, case_id: str, file: Path) -> Iterator[list[Place]]:
        same_case = self._by_case.get(case_id, []) if case_id else []
        same_prompt = self._by_prompt.get(facts.prompt, [])
        same_image = [place for image in facts.images for place in self._by_image.get(image, [])]
        related = {*same_prompt, *same_image}
        yield [place for place in same_case if place[0].parent == file.parent or place in related]
        yield [place for place in same_prompt if place in set(same_image)]
        yield same_prompt
        yield same_image
        yield self._by_prompt.get(self._alike(facts.prompt), [])

    def _alike(self, prompt: str) -> str:
        from rapidfuzz import fuzz, process

        prompts = list(self._by_prompt)[:_MAX_PROMPTS]
        found = process.extractOne(prompt, prompts, scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS_PERCENT)
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
