"""The report as one HTML file: rendering it, fitting the larger pictures into its budget, writing it."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import jinja2
import orjson
from markupsafe import Markup

from snellen._files import write_atomic
from snellen._text import plural
from snellen.analysis.summarize import summarize
from snellen.report.answers import Answer
from snellen.report.pictures import Pictures, gather, previews
from snellen.report.view import WORST_FIRST, CaseView, ReportView, build_view
from snellen.report.words import in_bytes
from snellen.trial import Run

__all__ = ["ReportFile", "json_island", "render_html", "templates", "write_report"]

_MEGABYTE = 1_000_000
_MAIL_LIMIT_MB = 25  # where common mail servers refuse an attachment
_NOTES_BYTES = 1_000  # the sentence on what was left out is written last, and has to fit as well
# What HTML's script parsing and old JavaScript trip over, inside JSON text: "<" alone opens every such door.
_ISLAND_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """A report that was written.

    Attributes:
        path: Where.
        size_bytes: How large.
        notes: What a sender should know: what was left out, what mail may refuse.
    """

    path: Path
    size_bytes: int
    notes: tuple[str, ...]


def write_report(
    run: Run,
    path: Path,
    *,
    title: str | None = None,
    embed_budget_mb: float = 20,
    pinned: Mapping[str, Path] = MappingProxyType({}),
) -> ReportFile:
    """Writes the report of `run` to `path` in one step; the same run and pictures give the same bytes.

    Args:
        run: What to report.
        path: The file to write; an older one is replaced whole.
        title: Heading, None takes the run's.
        embed_budget_mb: Up to which size larger versions of pictures are added, failed cases first. Every picture's
            thumbnail is in the file whatever the budget.
        pinned: Local copies of picture addresses; an address without one is shown as a link, never fetched.

    Raises:
        StorageError: It cannot be written; an older report is untouched.
    """
    if title is not None:
        run = replace(run, facts=replace(run.facts, title=title))
    pictures = gather((ref for trial in run.trials for ref in trial.case.images), pinned=pinned)
    view = build_view(run, summary=summarize(run), pictures=pictures)
    view = replace(view, notes=_missing_notes(view))
    page = render_html(view)
    view = _with_previews(
        view, pictures, room_bytes=int(embed_budget_mb * _MEGABYTE) - len(page), budget_mb=embed_budget_mb
    )
    if view.previews or view.notes:
        page = render_html(view)
    write_atomic(path, page)
    return ReportFile(path=path, size_bytes=len(page), notes=(*view.notes, *_size_notes(len(page))))


def render_html(view: ReportView) -> bytes:
    """The page for `view`, as UTF-8.

    The order in the file is the fastest of those measured: totals and cases, numbers for the filter, the one script,
    then the larger pictures as blocks that nobody parses until they are asked for.
    """
    style, script = _static("report.css"), _static("report.js")
    page = (
        templates()
        .get_template("report.html.j2")
        .render(
            view=view,
            anchors=_anchors(view),
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            island=Markup(json_island(_numbers(view))),  # noqa: S704  # escaped for just this place
            policy=_policy(style, script),
        )
    )
    return page.encode("utf-8")


def json_island(value: object) -> str:
    r"""`value` as JSON that may stand inside a script element: no `<`, so nothing in it can end or nest the element.

    Escaping only `</` is not enough: `<!--<script>` in the data would keep the parser from seeing the element's end.
    """
    return orjson.dumps(value).decode("utf-8").translate(_ISLAND_ESCAPES)


def _numbers(view: ReportView) -> dict[str, object]:
    """What the filter needs of each case, as indexes into the menus; no text of anybody's goes through the script."""
    tags = {tag: number for number, tag in enumerate(view.tags)}
    evals = {name: number for number, name in enumerate(view.evals)}
    return {
        "cases": [
            {
                "eval": evals[case.eval],
                "tags": [tags[tag] for tag in case.tags],
                "answers": [[answer.model_index, answer.outcome] for answer in _answers(case)],
            }
            for case in view.cases
        ]
    }


def _anchors(view: ReportView) -> dict[str, str]:
    """Where the cases stand, by the names that gates have for them: with their eval, or alone where that is enough."""
    count = Counter(case.id for case in view.cases)
    alone = {case.id: case.anchor for case in view.cases if count[case.id] == 1}
    return alone | {f"{case.eval}[{case.id}]": case.anchor for case in view.cases}


def _answers(case: CaseView) -> Iterable[Answer]:
    return (answer for prompt in case.prompts for answer in prompt.answers)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which nothing runs or loads but what is in this file."""
    return (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def _static(name: str) -> str:
    return files("snellen.report").joinpath("static", name).read_text("utf-8")


@cache
def templates() -> jinja2.Environment:
    """The room's templates: everything is escaped, and a name that is not there is an error."""

    def load(name: str) -> str:
        return files("snellen.report").joinpath("templates", name).read_text("utf-8")

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["base64"] = _base64
    environment.filters["data_uri"] = lambda data: Markup("data:image/webp;base64,") + _base64(data)
    return environment


def _base64(data: bytes) -> Markup:
    return Markup(base64.b64encode(data).decode("ascii"))  # noqa: S704  # an alphabet without markup


def _with_previews(view: ReportView, pictures: Pictures, *, room_bytes: int, budget_mb: float) -> ReportView:
    order = dict.fromkeys(
        shot.picture.sha256
        for case in sorted(view.cases, key=lambda case: WORST_FIRST.index(case.worst))
        for shot in case.shots
        if shot.picture is not None
    )
    wanted = [sha256 for sha256 in order if not pictures.distinct[sha256].is_shown_in_full]
    kept = tuple(previews(pictures, wanted, room_bytes=room_bytes - _NOTES_BYTES))
    notes = (*view.notes, *_budget_notes(left_out=len(wanted) - len(kept), pictures=len(order), budget_mb=budget_mb))
    return replace(view, previews=kept, notes=notes)


def _budget_notes(*, left_out: int, pictures: int, budget_mb: float) -> tuple[str, ...]:
    if not left_out:
        return ()
    are = "is" if left_out == 1 else "are"
    return (
        f"{left_out:,} of {plural(pictures, 'picture')} {are} in this file as a thumbnail only: "
        f"larger ones go in as long as the file stays under {budget_mb:g} MB, those of failed cases first.",
    )


def _missing_notes(view: ReportView) -> tuple[str, ...]:
    shots = [shot for case in view.cases for shot in case.shots if shot.picture is None]
    addresses = sum(1 for shot in shots if shot.is_address)
    broken = len(shots) - addresses
    notes = []
    if addresses:
        notes.append(f"{plural(addresses, 'picture')} stayed on the web: reports fetch nothing, the address is shown.")
    if broken:
        notes.append(f"{plural(broken, 'picture')} could not be embedded; the reason stands where it would be.")
    return tuple(notes)


def _size_notes(size_bytes: int) -> tuple[str, ...]:
    if size_bytes <= _MAIL_LIMIT_MB * _MEGABYTE:
        return ()
    return (f"The file has {in_bytes(size_bytes)}: many mail servers refuse more than {_MAIL_LIMIT_MB} MB.",)
