"""The command and a project to use it in."""

from __future__ import annotations

from clikit import project, snellen

__all__ = ["project", "snellen"]
