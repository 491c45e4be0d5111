"""The table of conformance in docs/scoring.md: `make conformance` writes it anew."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conformance.packs import PACKS, Pack, documented, figures, folder, judge_pack, said

BEGIN, END = "<!-- conformance: made by `make conformance` -->", "<!-- conformance: end -->"
_DOCS = Path(__file__).parents[2] / "docs" / "scoring.md"


def table() -> Iterator[str]:
    """Markdown, a line for each pack."""
    yield "| Answers of | n | figure | published | their code | ours | unscored | differences by kind |"
    yield "|---|---|---|---|---|---|---|---|"
    for pack in PACKS:
        yield "| " + " | ".join(_cells(pack)) + " |"


def _cells(pack: Pack) -> Iterator[str]:
    judged = judge_pack(pack.label)
    theirs, ours, _ = figures(pack)
    yield pack.label
    yield f"{len(judged):,}"
    yield pack.figure_is
    yield "none" if pack.published is None else f"{pack.published:.2f}"
    yield f"{theirs:.2f}"
    yield f"{ours:.2f}"
    yield str(sum(one.ours is None for one in judged))
    listed = documented(pack.name)
    kinds = Counter(listed[str(one.row["id"])].kind for one in judged if one.differs and str(one.row["id"]) in listed)
    yield "; ".join(f"{kind} {count}" for kind, count in kinds.most_common()) or "none"


def write() -> None:
    """Puts the table into the docs."""
    text = _DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    lines = "\n".join(table())
    _DOCS.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}", encoding="utf-8")
    print(lines)


def unlisted() -> None:
    """Prints the differences that are on no list, as a list would hold them."""
    for pack in PACKS:
        for one in judge_pack(pack.label):
            if one.differs and str(one.row["id"]) not in documented(pack.name):
                print(
                    pack.name, one.row["id"], said(one), f"{one.theirs:.4g}", repr(one.row["response"])[:160], sep="\t"
                )


if __name__ == "__main__":
    if not folder().is_dir():
        sys.exit(f"the packs of real answers are not there: {folder()}; SNELLEN_CONFORMANCE names them")
    unlisted() if "--unlisted" in sys.argv else write()
