from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from snellen.offline.protocol import ApiError
from snellen.offline.sources import load


class _Pictures(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012  # a new class is made for every server

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/a.png":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"picture")
        elif self.path == "/large":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the client hangs up at its limit
                self.wfile.write(b"x" * (21 * 2**20))
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/a.png")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    handler = type("Pictures", (_Pictures,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{listening.server_port}", handler.asked
        listening.shutdown()
        thread.join()


def _load(url: str, **pinned: bytes | Path) -> bytes:
    return asyncio.run(load(url, {f"https://example.org/{name}": image for name, image in pinned.items()}))


def test_a_data_uri_is_its_bytes() -> None:
    assert _load("data:image/png;base64,aGVsbG8=") == b"hello"


def test_a_data_uri_may_carry_parameters() -> None:
    assert _load("DATA:image/png;name=a;base64,aGVsbG8=") == b"hello"


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("data:image/png;base64,%%%", "invalid_base64_image"),
        ("data:image/png,hello", "invalid_base64_image"),
        ("data:image/png;base64", "invalid_base64_image"),
        ("data:image/png;base64,aGVsbG8", "invalid_base64_image"),
        ("data:image/png;base64,한글", "invalid_base64_image"),
        ("data:image/png;base64,", "empty_image_file"),
    ],
    ids=["signs", "not-base64", "no-comma", "no-padding", "hangul", "empty"],
)
def test_a_broken_data_uri_is_refused(uri: str, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        _load(uri)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_a_pinned_address_is_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(b"from a file")
    assert _load("https://example.org/a", a=b"from memory") == b"from memory"
    assert _load("https://example.org/b", b=tmp_path / "b.png") == b"from a file"


def test_a_pinned_file_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(ApiError, match=r"gone\.png") as caught:
        _load("https://example.org/a", a=tmp_path / "gone.png")
    assert caught.value.code == "failed_to_download_image"


def test_this_machine_is_asked_over_http(server: tuple[str, list[str]]) -> None:
    address, asked = server
    assert _load(f"http://{address}/a.png") == b"picture"
    assert _load(f"http://{address.replace('127.0.0.1', 'localhost')}/a.png") == b"picture"
    assert asked == ["/a.png", "/a.png"]


@pytest.mark.parametrize(
    ("path", "why"), [("/none", "answered 404"), ("/moved", "answered 302"), ("/large", "more than 20,971,520 bytes")]
)
def test_what_cannot_be_had_is_said(server: tuple[str, list[str]], path: str, why: str) -> None:
    address, asked = server
    with pytest.raises(ApiError, match=why) as caught:
        _load(f"http://{address}{path}")
    assert (caught.value.status, caught.value.code, asked) == (400, "failed_to_download_image", [path])


FORBIDDEN = [
    "https://example.org/a.png",
    "http://example.org/a.png",
    "https://127.0.0.1/a.png",
    "file:///etc/passwd",
    "ftp://127.0.0.1/a.png",
    "gopher://127.0.0.1/",
    "jar:http://127.0.0.1!/a",
    "//127.0.0.1/a.png",
    "/etc/passwd",
    "a.png",
    "",
    "http://",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00::1]/",
    "http://[fe80::1%25eth0]/",
    "http://metadata.google.internal/",
    "http://localhost./",
    "http://127.0.0.1./",
    "http://localhost.example.org/",
    "http://user@127.0.0.1/",
    "http://user:word@127.0.0.1/",
    "http://127.0.0.1@example.org/",
    "http://127.0.0.1:99999/",
    "http://[::1/",
    "http://１２７.0.0.1/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_nothing_but_this_machine_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx2

    def opened(*args: object, **kwargs: object) -> None:
        raise AssertionError("a client was made")

    monkeypatch.setattr(httpx2, "AsyncClient", opened)
    with pytest.raises(ApiError) as caught:
        _load(url)
    assert (caught.value.status, caught.value.code) == (400, "failed_to_download_image")


def test_a_hostile_address_cannot_steer_a_terminal() -> None:
    with pytest.raises(ApiError) as caught:
        _load("http://example.org/\x1b[2J" + "a" * 1000)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500
