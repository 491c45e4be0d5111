"""The request behind a kept trial, as far as it is known."""

from __future__ import annotations

import re
from pathlib import Path

from snellen.errors import InputError, RecordingError
from snellen.recordings.file import RecordingStore
from snellen.recordings.fingerprint import fingerprint
from snellen.request import ImagePart, Message, Part, Request, TextPart
from snellen.trial import RunFacts, Trial

__all__ = ["request_of"]

_MARK = re.compile(r"\n?<image ([1-9]\d{0,3})>\n?")


def request_of(trial: Trial, *, facts: RunFacts, recordings: Path) -> tuple[str, dict[str, object]]:
    """How the request is known, and the request in canonical form.

    It is read from the recordings where it was recorded. Otherwise it is put together from what the run says of its
    model and the trial; its digest then tells whether that is exactly what was asked.
    """
    recorded = _recorded(trial, recordings)
    if recorded is not None:
        return "as it was recorded", recorded
    rebuilt = _rebuilt(trial, facts).canonical()
    try:
        is_exact = fingerprint(rebuilt) == trial.fingerprint
    except InputError:
        is_exact = False
    return ("as it was asked" if is_exact else "as far as the run store knows it"), rebuilt


def _recorded(trial: Trial, recordings: Path) -> dict[str, object] | None:
    if not trial.fingerprint or not recordings.is_dir():
        return None
    try:
        entry = RecordingStore(recordings).find(trial.fingerprint, eval=trial.eval, model=trial.model)
    except (RecordingError, InputError):
        return None
    return None if entry is None else dict(entry.request)


def _rebuilt(trial: Trial, facts: RunFacts) -> Request:
    about = facts.models.get(trial.model, {})
    params = about.get("params")
    user = Message("user", tuple(_parts(trial)))
    system = [Message("system", (TextPart(trial.case.system),))] if trial.case.system else []
    return Request(
        model=str(about.get("name", trial.model)),
        messages=(*system, user),
        params=dict(params) if isinstance(params, dict) else {},
        repeat=trial.repeat,
    )


def _parts(trial: Trial) -> list[Part]:
    parts: list[Part] = []
    for index, piece in enumerate(_MARK.split(trial.prompt)):
        number = int(piece) - 1 if index % 2 else -1
        if 0 <= number < min(len(trial.case.images), len(trial.images)):
            ref, sent = trial.case.images[number], trial.images[number]
            parts.append(ImagePart(ref=ref, identity=sent.identity, transform=sent.transform, detail=ref.detail))
        elif piece and not index % 2:
            parts.append(TextPart(piece))
    return parts
