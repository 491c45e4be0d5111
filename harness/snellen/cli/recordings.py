"""`snellen recordings`."""

from __future__ import annotations

import os
from pathlib import Path

from snellen._text import plural, printable, shorten
from snellen.errors import ModelError, RecordingError
from snellen.models.api import parse_reply
from snellen.recordings.entry import Entry, Stored
from snellen.recordings.file import RecordingStore
from snellen.request import API_PATHS, Api
from snellen.runner.load import load_evals
from snellen.runner.plan import plan
from snellen.runner.settings import load_settings
from snellen.runner.wanted import wanted_by

__all__ = ["prune_command", "show_command"]


def show_command(path: Path | None, *, case: str | None) -> int:
    """Lists recorded responses."""
    root = path or load_settings(Path.cwd(), environ=os.environ).recordings
    if not root.is_dir():
        raise RecordingError(
            f"there is no recordings folder {root}. Record responses: snellen run evals --responses missing"
        )
    count = 0
    for stored in RecordingStore(root).entries():
        if case is None or stored.entry.case == case:
            count += 1
            print(printable(f"{stored.file.relative_to(root)}:{stored.number}  {_line(stored.entry)}"))
    print(plural(count, "response"))
    return 0


def _line(entry: Entry) -> str:
    try:
        api: Api = next((api for api in API_PATHS if entry.request.get("api") == api), "chat")
        said = parse_reply(api, entry.body, latency_s=entry.latency_s).text
    except ModelError as error:
        said = str(error)
    who = f"{entry.case} {entry.variant}".strip()
    took = f"by {entry.via}" if entry.via else f"{entry.latency_s:.2f} s"
    return f"{who}  {entry.served_model}  {entry.recorded_at}  {took}  {shorten(said, 100)}"


def prune_command(paths: list[Path], *, models: tuple[str, ...], dry_run: bool) -> int:
    """Removes the recordings of these evals that nothing asks for."""
    settings = load_settings(paths[0], environ=os.environ, models=models)
    store = RecordingStore(settings.recordings)
    jobs = list(plan(load_evals(paths, settings), settings))
    # What another eval of the project replays from these files is wanted too.
    home = settings.root / "evals"
    others = plan(load_evals([home], settings), settings) if home.is_dir() else ()
    elsewhere = wanted_by(others, settings, store=store).used
    orphans = wanted_by(jobs, settings, store=store).orphans(store)
    unwanted = [stored for stored in orphans if stored.entry.fingerprint not in elsewhere]
    for stored in unwanted:
        print(printable(f"{_verb(dry_run=dry_run)} {_place(stored, settings.recordings)}  {_line(stored.entry)}"))
    if not dry_run:
        store.prune(unwanted)
    print(f"{plural(len(unwanted), 'recording')} {'would be ' if dry_run else ''}removed")
    return 0


def _verb(*, dry_run: bool) -> str:
    return "would remove" if dry_run else "removed"


def _place(stored: Stored, root: Path) -> str:
    return f"{stored.file.relative_to(root)}:{stored.number}"
