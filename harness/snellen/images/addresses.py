"""Which addresses a picture may be fetched from: a verdict on a URL before any packet leaves.

A dataset is written by strangers and run on machines that can reach what strangers cannot: cloud metadata, printers,
admin pages. So a URL is fetched only when its host was allowed by name and every address that the name stands for is
a public one, and the connection then goes to the address that was judged, not to what the name means a moment later.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from snellen._text import printable, shorten
from snellen.errors import ImageError, Problem

__all__ = ["Address", "FetchPolicy", "Resolve", "refused", "resolve_name", "verdict"]

Resolve = Callable[[str, int], list[str]]
"""Host and port to the IP addresses the host stands for."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAMES_INSIDE = ("localhost", "local", "internal", "lan", "home.arpa", "intranet", "localdomain")
_LOOKS_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)  # a last label like this makes a host an IPv4
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f\\]")  # urlsplit drops some of them silently, and then judges another URL
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", re.IGNORECASE)
_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7")
)
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPolicy:
    """What may be fetched; nothing unless said.

    Attributes:
        allow_hosts: Host names, exactly or as `*.example.org` for all names below it; `*` is every public host.
        allow_private: Also loopback and private networks, for one's own machines; never link-local or metadata.
        pinned: Local copies to be read instead of a URL; they need no permission and no network.
    """

    allow_hosts: tuple[str, ...] = ()
    allow_private: bool = False
    pinned: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a connection may go, judged.

    Attributes:
        scheme: http or https.
        host: The name in ASCII, for TLS and the Host header.
        port: As given, or the scheme's own.
        ip: The one address to connect to.
        target: Path and query, percent-encoded.
        url: The whole URL in that form.
    """

    scheme: str
    host: str
    port: int
    ip: str
    target: str
    url: str


def refused(url: str, reason: str, *, hint: str | None = None) -> ImageError:
    """The error for a URL that is not fetched; credentials in it are not shown."""
    shown = re.sub(r"(?<=//)[^/@]*@", "...@", shorten(printable(url), 200))
    return ImageError(Problem(f"picture {shown!r} is not fetched: {reason}", hint=hint))


def resolve_name(host: str, port: int) -> list[str]:
    """The system's answer for a name."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def verdict(url: str, *, policy: FetchPolicy, resolve: Resolve = resolve_name) -> Address:
    """The address to connect to for `url`; the name is resolved here, once.

    Raises:
        ImageError: The URL is odd, its host is not allowed, or one of its addresses is not public.
    """
    parts, port = _split(url)
    host = _ascii_host(url, parts.hostname or "")
    literal = _literal(url, host)
    if literal is None:
        _refuse_name(url, host, policy)
    _refuse_unlisted(url, host, policy)
    ips = [literal] if literal is not None else _resolved(url, host, port, resolve)
    for ip in ips:
        _refuse_ip(url, ip, policy)
    shown_host = f"[{host}]" if ":" in host else host
    authority = shown_host if port == _DEFAULT_PORTS[parts.scheme] else f"{shown_host}:{port}"
    target = _target(parts)
    full = f"{parts.scheme}://{authority}{target}"
    return Address(scheme=parts.scheme, host=host, port=port, ip=str(ips[0]), target=target, url=full)


def _split(url: str) -> tuple[SplitResult, int]:
    if _NOT_IN_A_URL.search(url):
        raise refused(url, "it holds a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused(url, f"it is no URL ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise refused(url, f"its scheme is {parts.scheme!r}; only http and https are fetched")
    if "@" in parts.netloc:
        raise refused(url, "it carries a user name or password")
    if port == 0:
        raise refused(url, "port 0 is no port")
    return parts, port if port is not None else _DEFAULT_PORTS[parts.scheme]


def _ascii_host(url: str, host: str) -> str:
    """`host` as it goes over the wire: punycode, lower case, no trailing dot, IPv6 without its brackets."""
    if ":" in host:
        return host.lower()
    try:
        host = _punycode(host)
    except UnicodeError as error:
        raise refused(url, f"its host name is not valid ({error})") from error
    if not _HOST.fullmatch(host):
        raise refused(url, "it has no valid host name")
    return host


def _punycode(host: str) -> str:
    return host.encode("idna").decode("ascii").lower().removesuffix(".")


def _literal(url: str, host: str) -> _Ip | None:
    """The address that the host is written as; None when it is a name."""
    if ":" not in host and not _LOOKS_NUMERIC.fullmatch(host.rpartition(".")[2]):
        return None
    try:
        return ipaddress.ip_address(host.replace("%", " "))  # a zone is of this machine's making, no URL has one
    except ValueError as error:
        raise refused(url, f"{host!r} is an odd spelling of an IP address") from error


def _refuse_name(url: str, host: str, policy: FetchPolicy) -> None:
    inside = any(host == name or host.endswith(f".{name}") for name in _NAMES_INSIDE) or "." not in host
    if inside and (not policy.allow_private or host.endswith(".internal")):  # metadata.google.internal among others
        raise refused(url, f"{host!r} is a name inside a private network")


def _refuse_unlisted(url: str, host: str, policy: FetchPolicy) -> None:
    for pattern in policy.allow_hosts:
        try:
            name = _punycode(pattern)
        except UnicodeError as error:
            raise refused(url, f"the allowed host {pattern!r} is no host name ({error})") from error
        if name in {"*", host} or (name.startswith("*.") and host.endswith(name[1:])):
            return
    hint = f"Save the picture beside the cases and name the file, or allow {host!r} in the settings."
    raise refused(url, f"its host {host!r} is not allowed", hint=hint)


def _resolved(url: str, host: str, port: int, resolve: Resolve) -> list[_Ip]:
    try:
        ips = [ipaddress.ip_address(text) for text in resolve(host, port)]
    except (OSError, ValueError) as error:
        raise refused(url, f"{host!r} has no address ({error})") from error
    if not ips:
        raise refused(url, f"{host!r} has no address")
    return ips


def _refuse_ip(url: str, ip: _Ip, policy: FetchPolicy) -> None:
    for each in (*_embedded(ip), ip):
        kind = _not_public(each)
        may_be_private = policy.allow_private and each not in _METADATA and _is_private(each)
        if kind and not may_be_private:
            raise refused(url, f"{ip} is {kind} address")


def _embedded(ip: _Ip) -> list[_Ip]:
    """IPv4 addresses that an IPv6 address leads to: mapped, 6to4, Teredo, NAT64."""
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [each for each in found if each is not None]


def _is_private(ip: _Ip) -> bool:
    return any(ip.version == network.version and ip in network for network in _PRIVATE_NETWORKS)


def _not_public(ip: _Ip) -> str:
    """What kind of address it is when it is not a public host's, with its article; empty for a public one."""
    kinds = (
        (ip in _METADATA, "a cloud metadata"),
        (ip.is_unspecified, "an unspecified"),
        (ip.is_loopback, "a loopback"),
        (ip.is_link_local, "a link-local"),
        (ip.is_multicast, "a multicast"),
        (_is_private(ip), "a private"),
        (ip.is_reserved and not _leads_to_ipv4(ip), "a reserved"),
        (isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local, "a site-local"),
        (not ip.is_global and not _leads_to_ipv4(ip), "a non-public"),
    )
    return next((kind for holds, kind in kinds if holds), "")


def _leads_to_ipv4(ip: _Ip) -> bool:
    """True for an IPv6 form that is judged by the IPv4 address in it."""
    return isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped is not None or ip in _NAT64)


def _target(parts: SplitResult) -> str:
    kept = "/%:@!$&'()*+,;=~?-._"
    path = quote(parts.path or "/", safe=kept)
    return f"{path}?{quote(parts.query, safe=kept)}" if parts.query else path
