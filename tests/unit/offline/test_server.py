from __future__ import annotations

import base64
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import openai
import pytest

from snellen.errors import ConfigError
from snellen.offline.server import serve


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.org", ""])  # noqa: S104  # what must be refused
def test_only_this_machine_is_listened_to(host: str) -> None:
    with pytest.raises(ConfigError, match="this machine only"):
        serve(host)


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"cannot listen on 127\.0\.0\.1 port {port}: .*\n.*--port 0"):
            serve(port=port)


@pytest.fixture(scope="module")
def process() -> Iterator[subprocess.Popen[str]]:
    program = "from snellen.offline.server import serve; serve(port=0)"
    with subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-W", "error", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        yield started
        started.kill()


@pytest.mark.offline
def test_the_sync_client_is_answered_and_an_interrupt_ends_it_quietly(
    process: subprocess.Popen[str], sign: bytes
) -> None:
    assert process.stdout is not None
    announced = re.fullmatch(
        r"The offline models listen at (http://127\.0\.0\.1:\d+/v1) \(Ctrl\+C ends it\)\n", process.stdout.readline()
    )
    assert announced is not None
    url = "data:image/png;base64," + base64.b64encode(sign).decode()
    content = [{"type": "text", "text": "What does it say?"}, {"type": "image_url", "image_url": {"url": url}}]
    with openai.OpenAI(api_key="none", base_url=announced[1], max_retries=0) as client:
        models = [model.id for model in client.models.list()]
        reply = client.chat.completions.create(
            model="offline-describer",
            messages=[{"role": "user", "content": content}],  # type: ignore[list-item, misc]  # plain dicts
        )
    assert models == ["offline-describer", "offline-reader"]
    assert reply.choices[0].message.content == 'The text reads "STOP".'
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0
