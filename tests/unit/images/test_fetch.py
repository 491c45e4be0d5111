"""A remote picture is fetched from the judged address only, within its bounds; no packet here leaves the machine.

Connections are socket pairs whose other end a thread plays, except where a real server on 127.0.0.1 is wanted.
"""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus_images import bytes_of, drawing
from snellen.errors import ImageError
from snellen.images.fetch import Address, FetchPolicy, connect_to, fetch_image

PICTURE = bytes_of(drawing(), "PNG")
PUBLIC = "93.184.216.34"
ANY = FetchPolicy(allow_hosts=("*",))
Script = Callable[[socket.socket], None]


def resolve(host: str, port: int) -> list[str]:
    """Every name is public, but for those that say they are not."""
    assert port
    return ["127.0.0.1"] if host.startswith("inside") else [PUBLIC]


def reply(status: int = 200, body: bytes = PICTURE, **headers: str) -> Script:
    """Plays a server that answers with this."""
    fields = {"Content-Type": "image/png", "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in fields.items() if value
    )
    return lambda link: link.sendall(head.encode("latin-1") + b"\r\n" + body)


class Net:
    """Opens socket pairs instead of connections, and keeps what was asked for."""

    def __init__(self, *scripts: Script) -> None:
        self.opened: list[Address] = []
        self.requests: list[bytes] = []
        self._scripts = list(scripts)
        self._threads: list[threading.Thread] = []

    def __call__(self, address: Address, timeout_s: float) -> socket.socket:
        assert 0 < timeout_s <= 30
        near, far = socket.socketpair()
        near.settimeout(timeout_s)
        script = self._scripts[min(len(self.opened), len(self._scripts) - 1)]
        self.opened.append(address)
        thread = threading.Thread(target=self._serve, args=(far, script))
        thread.start()
        self._threads.append(thread)
        return near

    def _serve(self, link: socket.socket, script: Script) -> None:
        with link:
            try:
                self.requests.append(link.recv(65_536))
                script(link)
            except OSError:
                pass  # the client hung up, as it may

    def end(self) -> None:
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive()


@pytest.fixture
def net() -> Iterator[Callable[..., Net]]:
    nets: list[Net] = []

    def make(*scripts: Script) -> Net:
        nets.append(Net(*scripts))
        return nets[-1]

    yield make
    for each in nets:
        each.end()


def test_the_request_is_plain_and_goes_to_the_judged_address(
    net: Callable[..., Net], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://user:secret@127.0.0.1:9")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    wire = net(reply())
    assert fetch_image("http://example.org/a.png?q=1", policy=ANY, resolve=resolve, connect=wire) == PICTURE
    assert [(address.ip, address.port, address.host) for address in wire.opened] == [(PUBLIC, 80, "example.org")]
    assert wire.requests == [
        b"GET /a.png?q=1 HTTP/1.1\r\nHost: example.org\r\nAccept: image/*\r\nAccept-Encoding: identity\r\n"
        b"User-Agent: snellen\r\nConnection: close\r\n\r\n"
    ]


def test_a_refused_url_opens_nothing(net: Callable[..., Net]) -> None:
    wire = net(reply())
    for url, policy in (
        ("http://inside.example/", ANY),
        ("http://127.0.0.1/", ANY),
        ("http://example.org/", FetchPolicy()),
        ("file:///etc/passwd", ANY),
    ):
        with pytest.raises(ImageError):
            fetch_image(url, policy=policy, resolve=resolve, connect=wire)
    assert wire.opened == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_judged_again(net: Callable[..., Net], status: int) -> None:
    wire = net(reply(status, b"", Location="https://two.example/b.png"), reply())
    assert fetch_image("http://one.example/a.png", policy=ANY, resolve=resolve, connect=wire) == PICTURE
    assert [address.url for address in wire.opened] == ["http://one.example/a.png", "https://two.example/b.png"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        *("http://127.0.0.1/", "http://inside.example/", "//169.254.169.254/", "http://[::1]/", "http://2130706433/"),
        *("file:///etc/passwd", "ftp://example.org/", "http://user@example.org/", "http://[::1", "http://a b/"),
    ],
)
def test_a_redirect_to_a_forbidden_address_opens_nothing_there(
    net: Callable[..., Net], status: int, target: str
) -> None:
    wire = net(reply(status, b"", Location=target))
    with pytest.raises(ImageError, match="it leads"):
        fetch_image("http://one.example/a.png", policy=ANY, resolve=resolve, connect=wire)
    assert len(wire.opened) == 1


def test_a_redirect_to_a_host_that_is_not_listed_is_refused(net: Callable[..., Net]) -> None:
    wire = net(reply(302, b"", Location="http://two.example/"))
    with pytest.raises(ImageError) as caught:
        fetch_image(
            "http://one.example/", policy=FetchPolicy(allow_hosts=("one.example",)), resolve=resolve, connect=wire
        )
    assert "'http://one.example/' is not fetched: it leads on: " in str(caught.value)
    assert "its host 'two.example' is not allowed" in str(caught.value)


def test_https_never_leads_to_http(net: Callable[..., Net]) -> None:
    wire = net(reply(302, b"", Location="http://example.org/"))
    with pytest.raises(ImageError, match="it leads from https to http"):
        fetch_image("https://example.org/", policy=ANY, resolve=resolve, connect=wire)


def test_a_redirect_loop_ends_after_five(net: Callable[..., Net]) -> None:
    wire = net(reply(302, b"", Location="/again"))
    with pytest.raises(ImageError, match="it leads on more than 5 times"):
        fetch_image("http://example.org/", policy=ANY, resolve=resolve, connect=wire)
    assert len(wire.opened) == 6


def test_a_name_that_changes_its_address_is_asked_once_and_the_judged_address_is_used(net: Callable[..., Net]) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    wire = net(reply())
    fetch_image("http://rebind.example/", policy=ANY, resolve=lambda _host, _port: next(answers), connect=wire)
    assert [address.ip for address in wire.opened] == [PUBLIC]
    assert next(answers) == ["127.0.0.1"]


def drip(link: socket.socket) -> None:
    """A byte now and then, for ever: no single wait is long."""
    link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.02):
        link.sendall(b"x")


def drip_head(link: socket.socket) -> None:
    pause = threading.Event()
    while not pause.wait(0.02):
        link.sendall(b"H")


def silence(link: socket.socket) -> None:
    link.recv(1)  # returns when the client hangs up


def endless(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        link.sendall(bytes(1 << 20))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (drip, "it did not come in time"),
        (drip_head, "it did not come in time"),
        (silence, "it did not come in time"),
        (endless, "it is over 20 MB"),
        (reply(Content_Length=str(1 << 30)), "it is over 20 MB"),
        (reply(Content_Length=str(len(PICTURE) + 5)), "the connection ended 5 bytes early"),
        (reply(404, b"no"), "the server said HTTP 404"),
        (reply(204, b""), "the server said HTTP 204"),
        (reply(302, b"", Location=""), "HTTP 302 leads nowhere"),
        (reply(body=gzip.compress(bytes(1 << 20)), Content_Encoding="gzip"), "the body is packed as 'gzip'"),
        (reply(body=b"<!doctype html><p>hello"), "is a web page"),
        (reply(body=b""), "is empty (0 bytes)"),
        (reply(body=PICTURE[:-30]), "is damaged"),
        (lambda link: link.sendall(b"SSH-2.0-OpenSSH\r\n"), "the server could not be read"),
        (lambda link: link.sendall(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500), "the server could not be read"),
        (lambda _link: None, "the server could not be read"),
    ],
    ids=[
        *(
            "drips-its-body",
            "drips-its-head",
            "silent",
            "endless",
            "states-1-gb",
            "short",
            "404",
            "204",
            "leads-nowhere",
        ),
        *("gzip-bomb", "html", "empty", "truncated", "no-http", "500-headers", "hangs-up"),
    ],
)
def test_a_bad_server_is_an_image_error(net: Callable[..., Net], script: Script, reason: str) -> None:
    deadline_s = 0.3 if "in time" in reason else 20.0
    with pytest.raises(ImageError) as caught:
        fetch_image("http://example.org/a.png", policy=ANY, resolve=resolve, connect=net(script), deadline_s=deadline_s)
    assert "picture 'http://example.org/a.png'" in str(caught.value)
    assert reason in str(caught.value)


def test_the_stated_content_type_decides_nothing(net: Callable[..., Net]) -> None:
    wire = net(reply(Content_Type="text/html"))
    assert fetch_image("http://example.org/", policy=ANY, resolve=resolve, connect=wire) == PICTURE


def test_a_connection_that_fails_is_an_image_error() -> None:
    def connect(_address: Address, _timeout_s: float) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(ImageError, match="Connection refused"):
        fetch_image("http://example.org/", policy=ANY, resolve=resolve, connect=connect)


def test_a_pinned_url_is_read_from_its_file_without_any_permission(tmp_path: Path) -> None:
    def never(*_: object) -> socket.socket:
        raise AssertionError("the network was wanted")

    path = tmp_path / "a.png"
    path.write_bytes(PICTURE)
    policy = FetchPolicy(pinned={"https://example.org/a.png": path})
    assert fetch_image("https://example.org/a.png", policy=policy, connect=never) == PICTURE
    path.write_bytes(b"<html>")
    with pytest.raises(ImageError, match=r"picture 'https://example\.org/a\.png' is a web page"):
        fetch_image("https://example.org/a.png", policy=policy, connect=never)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


def test_a_server_on_this_machine_is_reached_only_when_allowed(listener: socket.socket) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/a.png"
    with pytest.raises(ImageError, match="is a loopback address"):
        fetch_image(url, policy=ANY)
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):  # nobody is waiting to be let in
        listener.accept()
    listener.settimeout(5)

    def serve() -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65_536)
            reply()(link)

    server = threading.Thread(target=serve)
    server.start()
    assert fetch_image(url, policy=FetchPolicy(allow_hosts=("127.0.0.1",), allow_private=True)) == PICTURE
    server.join(timeout=5)


def test_a_server_that_speaks_no_tls_is_refused_for_https(listener: socket.socket) -> None:
    def serve() -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65_536)
            reply()(link)

    server = threading.Thread(target=serve)
    server.start()
    url = f"https://127.0.0.1:{listener.getsockname()[1]}/a.png"
    with pytest.raises(ImageError, match="the server could not be read"):
        fetch_image(url, policy=FetchPolicy(allow_hosts=("*",), allow_private=True), connect=connect_to)
    server.join(timeout=5)
