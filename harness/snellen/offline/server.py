"""The offline models over HTTP on this machine, for any OpenAI client."""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from snellen.errors import ConfigError
from snellen.offline.app import create_app

__all__ = ["serve"]


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    pinned: Mapping[str, bytes | Path] | None = None,
) -> None:
    """Serves until interrupted, and says where.

    Args:
        host: A loopback address; this server asks for no key and must not be reachable from elsewhere.
        port: 0 takes a free one.
        pinned: As for `create_app`.

    Raises:
        ConfigError: `host` is not of this machine, the port is taken, or `snellen[offline]` is not installed.
    """
    if not _is_loopback(host):
        raise ConfigError(f"the offline model asks for no key, so it listens on this machine only; {host!r} is not it")
    app = create_app(pinned=pinned)
    if importlib.util.find_spec("uvicorn") is None:
        raise ConfigError(
            "serving the offline model needs uvicorn, not installed here.\n  pip install 'snellen[offline]'"
        )
    import uvicorn

    with _bind(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(
            f"The offline models listen at http://{shown}:{listening.getsockname()[1]}/v1 (Ctrl+C ends it)\n"
        )
        sys.stdout.flush()
        settings = uvicorn.Config(app, interface="asgi3", lifespan="off", log_level="warning", access_log=False)
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has shut down in order by then
            uvicorn.Server(settings).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(f"cannot listen on {host} port {port}: {why}.\n  --port 0 takes a free one") from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
