"""What every test may rely on: no network beyond loopback, no key in the environment, nobody's project around it."""

from __future__ import annotations

import os
import sys

import pytest

pytest_plugins = ["pytester"]

_LOOPBACK = ("127.", "::1", "localhost")


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """Raises when anything in this process connects or looks up a name beyond loopback."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is a Unix socket
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and not host.startswith(_LOOPBACK):
        raise AssertionError(f"a test tried to reach {host}; the network is closed")


sys.addaudithook(_refuse_the_network)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, address or mode from the machine the tests run on."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "SNELLEN_", "AZURE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
