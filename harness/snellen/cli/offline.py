"""`snellen offline`."""

from __future__ import annotations

import os
from pathlib import Path

from snellen.offline.server import serve
from snellen.runner.settings import load_settings

__all__ = ["serve_command"]


def serve_command(port: int) -> int:
    """Serves the offline models until interrupted; pictures that pyproject pins can be asked for by address."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    serve(port=port, pinned=settings.pinned)
    return 0
