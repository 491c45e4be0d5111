"""Which Chromium the browser tests drive, and how it is started."""

import os
import shutil

import pytest
from playwright.sync_api import Playwright

__all__ = ["ARGS", "find_chromium"]

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(playwright: Playwright) -> str:
    """The browser to drive; fails loudly, because a skipped browser test proves nothing."""
    wanted = os.environ.get("CHROMIUM")
    candidates = [wanted] if wanted else [*_NAMES, playwright.chromium.executable_path]
    for candidate in candidates:
        path = shutil.which(candidate)
        if path:
            return path
    pytest.fail(f"no Chromium among {', '.join(candidates)}. Run tests/browser/ensure_chromium.sh", pytrace=False)
