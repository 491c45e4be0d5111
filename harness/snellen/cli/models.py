"""`snellen models`."""

from __future__ import annotations

import os
from pathlib import Path

from snellen._text import printable
from snellen.errors import ConfigError
from snellen.models.spec import BUILT_INS, ModelSpec, check_ready
from snellen.runner.settings import Settings, load_settings

__all__ = ["models_command"]


def models_command(names: tuple[str, ...]) -> int:
    """Lists models; 2 when one that was named cannot be asked now."""
    settings = load_settings(Path.cwd(), environ=os.environ)
    keys = names or tuple(dict.fromkeys((*settings.default_models, *settings.model_table, *BUILT_INS)))
    states = [(spec := settings.model(key), _state(spec, settings)) for key in keys]
    for spec, state in states:
        default = " (default)" if spec.key in settings.default_models else ""
        print(
            printable(f"{spec.key}{default}: sends {spec.name!r} to {spec.host}, {spec.concurrency} at a time; {state}")
        )
    return 2 if names and any(state != "ready" for _, state in states) else 0


def _state(spec: ModelSpec, settings: Settings) -> str:
    try:
        check_ready(spec, settings.environ)
    except ConfigError as error:
        return f"not ready: {error}"
    return "ready"
