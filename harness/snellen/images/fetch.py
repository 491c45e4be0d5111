"""A remote picture's bytes, where a model cannot fetch for itself or a report wants to show it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from snellen._clock import elapsed_since, monotonic
from snellen.errors import ImageError
from snellen.images.addresses import Address, FetchPolicy, Resolve, refused, resolve_name, verdict
from snellen.images.digest import read_picture

__all__ = ["Address", "Connect", "FetchPolicy", "connect_to", "fetch_image", "verdict"]

Connect = Callable[[Address, float], socket.socket]
"""Opens a connection to exactly the judged address (TLS included), within so many seconds."""

_MAX_BYTES = 20 * 1024 * 1024
_MAX_REDIRECTS = 5
_DEADLINE_S = 30.0
_CHUNK_BYTES = 65536
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "snellen", "Connection": "close"}


def connect_to(address: Address, timeout_s: float) -> socket.socket:
    """A connection to the judged address; its name is used for the certificate only, never looked up again."""
    plain = socket.create_connection((address.ip, address.port), timeout=timeout_s)
    if address.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)
    except BaseException:
        plain.close()
        raise


def fetch_image(
    url: str,
    *,
    policy: FetchPolicy,
    resolve: Resolve = resolve_name,
    connect: Connect = connect_to,
    deadline_s: float = _DEADLINE_S,
) -> bytes:
    """The bytes of the picture at `url`, decoded once to be sure that it is one.

    Every hop is judged by `verdict`; no key, cookie or proxy setting is used.

    Args:
        url: http or https.
        policy: What may be fetched; a pinned URL is read from its file.
        resolve: Names to addresses.
        connect: Addresses to connections.
        deadline_s: For everything together.

    Raises:
        ImageError: It may not be fetched, did not come in time, is over 20 MB, or is no picture that is read.
    """
    pinned = policy.pinned.get(url)
    if pinned is not None:
        data = read_picture(pinned, name=str(pinned))
    else:
        data = _follow(url, policy=policy, resolve=resolve, connect=connect, deadline_s=deadline_s)
    from snellen.images.decode import check_image

    check_image(data, name=url)
    return data


def _follow(url: str, *, policy: FetchPolicy, resolve: Resolve, connect: Connect, deadline_s: float) -> bytes:
    start, here = monotonic(), url
    for _ in range(_MAX_REDIRECTS + 1):
        try:
            address = verdict(here, policy=policy, resolve=resolve)
        except ImageError as error:
            if here == url:
                raise
            raise refused(url, f"it leads on: {error.problems[0].message}") from error
        left_s = deadline_s - elapsed_since(start)
        body, location = _ask(address, connect, left_s)
        if location is None:
            return body
        here = _next(address, location)
    raise refused(url, f"it leads on more than {_MAX_REDIRECTS} times")


def _next(address: Address, location: str) -> str:
    try:
        there = urljoin(address.url, location)
    except ValueError as error:
        raise refused(address.url, f"it leads to {location!r}, which is no URL") from error
    if address.scheme == "https" and there.lower().startswith("http:"):
        raise refused(address.url, "it leads from https to http")
    return there


def _ask(address: Address, connect: Connect, left_s: float) -> tuple[bytes, str | None]:
    """The body, or where a redirect leads."""
    start = monotonic()
    if left_s <= 0:
        raise _too_late(address)
    try:
        with (
            contextlib.closing(connect(address, left_s)) as link,
            _cut_after(link, left_s - elapsed_since(start), address),
        ):
            return _exchange(address, link)
    except TimeoutError as error:
        raise _too_late(address) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise refused(address.url, f"the server could not be read ({error or type(error).__name__})") from error


@contextlib.contextmanager
def _cut_after(link: socket.socket, left_s: float, address: Address) -> Iterator[None]:
    """Ends the connection at the deadline, so that a server that drips a byte a second cannot hold us."""
    is_cut = threading.Event()

    def cut() -> None:
        is_cut.set()
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(left_s, 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if is_cut.is_set():  # whatever the half-read reply looked like, this is why
            raise _too_late(address) from error
        raise
    finally:
        timer.cancel()
    if is_cut.is_set():  # a body of no stated length looks complete when it is cut
        raise _too_late(address)


def _exchange(address: Address, link: socket.socket) -> tuple[bytes, str | None]:
    # http.client alone reads no environment, follows no redirect and keeps no cookie.
    connection = http.client.HTTPConnection(address.host, address.port)
    connection.auto_open = False  # it must never open a connection of its own
    connection.sock = link
    host = address.url.split("/", 3)[2]
    connection.request("GET", address.target, headers={"Host": host, **_HEADERS})
    with connection.getresponse() as response:
        if response.status in _REDIRECTS:
            location = response.headers.get("Location")
            if not location:
                raise refused(address.url, f"HTTP {response.status} leads nowhere")
            return b"", location
        if response.status != http.client.OK:
            raise refused(address.url, f"the server said HTTP {response.status}")
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in {"", "identity"}:  # what a small body inflates to has no bound
            raise refused(address.url, f"the body is packed as {coding!r} though it was asked for plain")
        return _body(address, response), None


def _body(address: Address, response: http.client.HTTPResponse) -> bytes:
    stated = response.length or 0
    body = bytearray()
    while len(body) <= _MAX_BYTES and stated <= _MAX_BYTES:
        chunk = response.read(_CHUNK_BYTES)
        if not chunk:
            break
        body += chunk
    else:
        raise refused(address.url, f"it is over {_MAX_BYTES // 1024 // 1024} MB")
    if response.length:
        raise refused(address.url, f"the connection ended {response.length:,} bytes early")
    return bytes(body)


def _too_late(address: Address) -> ImageError:
    return refused(address.url, "it did not come in time")
