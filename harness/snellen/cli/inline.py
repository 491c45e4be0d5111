"""Pictures inside of a terminal, where it can show them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Literal

__all__ = ["Protocol", "drawn", "protocol_of"]

Protocol = Literal["kitty", "iterm"]

_SIDE_PX = 480
_CHUNK = 4096  # the longest payload of one escape sequence that kitty's protocol allows


def protocol_of(environ: Mapping[str, str], *, is_terminal: bool) -> Protocol | None:
    """How this terminal takes pictures; None when it does not, or nobody can tell."""
    if not is_terminal or environ.get("TMUX") or environ.get("TERM", "").startswith(("screen", "tmux")):
        return None  # a multiplexer would print what it does not understand
    if environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm"):
        return "iterm"
    is_kitty = environ.get("KITTY_WINDOW_ID") or environ.get("TERM") in ("xterm-kitty", "xterm-ghostty")
    return "kitty" if is_kitty or environ.get("TERM_PROGRAM") == "ghostty" else None


def drawn(data: bytes, *, name: str, protocol: Protocol) -> str:
    """The escape sequences that show a picture, no side longer than 480 pixels.

    Raises:
        ImageError: The picture cannot be decoded in full.
    """
    from snellen.images.decode import decode_image

    image = decode_image(data, name=name, draft_side_px=2 * _SIDE_PX).image
    image.thumbnail((_SIDE_PX, _SIDE_PX))
    out = io.BytesIO()
    image.save(out, "PNG")
    payload = base64.b64encode(out.getvalue()).decode("ascii")
    if protocol == "iterm":
        return f"\x1b]1337;File=inline=1;size={len(out.getvalue())}:{payload}\a\n"
    chunks = [payload[start : start + _CHUNK] for start in range(0, len(payload), _CHUNK)]
    keys = ["a=T,f=100,q=2,"] + [""] * (len(chunks) - 1)  # q=2: no answer, which the shell would take for typing
    more = [1] * (len(chunks) - 1) + [0]
    sequences = zip(keys, more, chunks, strict=True)
    return "".join(f"\x1b_G{key}m={is_more};{chunk}\x1b\\" for key, is_more, chunk in sequences) + "\n"
