"""Where pictures stand in the report: each with its caption, and once in the file wherever it is shown again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from snellen.case import ImageRef
from snellen.report.pictures import Picture, Pictures
from snellen.report.words import in_bytes, public_name, public_url, visible
from snellen.trial import Trial

__all__ = ["Place", "Shot", "Shots"]

Place = tuple[str, str]
"""Anchor and id of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One place where a picture stands.

    Attributes:
        number: 1-based, as in `<image 1>`.
        title: The caption its author gave, may be empty.
        name: What people call it, without anybody's folders.
        detail: Its size in pixels and bytes, and what is unusual about it.
        picture: The picture; None where there is only a reason.
        is_first: Whether this is where the file holds it; other places refer to this one.
        first_case: Where the file holds it.
        url: Where it can be seen, empty for none; only for a picture that is an address.
        is_address: Whether the case gives it by address.
        problem: Why it is not shown, empty when it is.
    """

    number: int
    title: str
    name: str
    detail: str
    picture: Picture | None
    is_first: bool
    first_case: Place
    url: str
    is_address: bool
    problem: str


class Shots:
    """Makes the shots of one case after another, and remembers where each picture stood first."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._first: dict[str, Place] = {}

    def of(self, trials: Sequence[Trial], place: Place) -> tuple[Shot, ...]:
        """The pictures of the case that all of `trials` asked about; `place` is where it stands in the page."""
        return tuple(
            self._shot(ref, number=number, place=place, trials=trials)
            for number, ref in enumerate(trials[0].case.images, 1)
        )

    def _shot(self, ref: ImageRef, *, number: int, place: Place, trials: Sequence[Trial]) -> Shot:
        picture = self._pictures.find(ref)
        name, url, problem = public_name(ref.name), "", ""
        if ref.url is not None:
            name, leads_there = public_url(ref.url)
            url = name if leads_there else ""
            problem = "" if picture else "an address on the web; reports fetch nothing"
        elif picture is None:
            problem = self._pictures.problem(ref)
        is_first = picture is not None and picture.sha256 not in self._first
        first = place if picture is None else self._first.setdefault(picture.sha256, place)
        return Shot(
            number=number,
            title=visible(ref.title),
            name=name,
            detail="" if picture is None else _detail(picture, trials, is_copy=ref.url is not None),
            picture=picture,
            is_first=is_first,
            first_case=first,
            url=url,
            is_address=ref.url is not None,
            problem=problem,
        )


def _detail(picture: Picture, trials: Sequence[Trial], *, is_copy: bool) -> str:
    said = [f"{picture.width_px:,} × {picture.height_px:,} px, {in_bytes(picture.size_bytes)}", *picture.notes]
    if is_copy:
        said.append("shown from the project's pinned copy")
    elif _is_changed(picture, trials):
        said.append("the file has changed since it was asked about")
    return visible("; ".join(said))


def _is_changed(picture: Picture, trials: Sequence[Trial]) -> bool:
    """Whether a model was sent pictures, but not this one: the file holds something else than it did then."""
    sent = [{image.identity for image in trial.images if image.identity.startswith("sha256:")} for trial in trials]
    return any(identities and f"sha256:{picture.sha256}" not in identities for identities in sent)
