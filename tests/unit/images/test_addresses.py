"""No address that strangers must not reach through us gets a verdict, whatever it is dressed as."""

from __future__ import annotations

import pytest

from snellen.errors import ImageError
from snellen.images.addresses import Address, FetchPolicy, verdict

PUBLIC, OTHER_PUBLIC = "93.184.216.34", "2606:2800:220:1::1"
ANY = FetchPolicy(allow_hosts=("*",))
PRIVATE = FetchPolicy(allow_hosts=("*",), allow_private=True)
NAMES = {
    "example.org": [PUBLIC],
    "xn--2i0b46t.example": [PUBLIC],
    "both.example": [PUBLIC, OTHER_PUBLIC],
    "half.example": [PUBLIC, "10.0.0.1"],
    "inside.example": ["127.0.0.1"],
    "six.example": ["fd00::1"],
    "localhost": ["127.0.0.1"],
    "printer": ["192.168.1.9"],
    "metadata.google.internal": ["169.254.169.254"],
}


def resolve(host: str, port: int) -> list[str]:
    """Answers from the table above; nothing here asks the network."""
    assert port
    if host not in NAMES:
        raise OSError(-2, "Name or service not known")
    return NAMES[host]


REFUSED = [
    ("file:///etc/passwd", "its scheme is 'file'"),
    ("ftp://example.org/a.png", "its scheme is 'ftp'"),
    ("gopher://example.org:70/_x", "its scheme is 'gopher'"),
    ("data:image/png;base64,QUJD", "its scheme is 'data'"),
    ("jar:http://example.org/a.jar!/b.png", "its scheme is 'jar'"),
    ("javascript:alert(1)", "its scheme is 'javascript'"),
    ("//example.org/a.png", "its scheme is ''"),
    ("a.png", "its scheme is ''"),
    ("http://127.0.0.1/a.png", "127.0.0.1 is a loopback address"),
    ("http://127.8.9.10/", "is a loopback address"),
    ("http://127.1/", "'127.1' is an odd spelling of an IP address"),
    ("http://2130706433/", "'2130706433' is an odd spelling"),
    ("http://0x7f.1/", "'0x7f.1' is an odd spelling"),
    ("http://0x7f000001/", "is an odd spelling"),
    ("http://0177.0.0.1/", "'0177.0.0.1' is an odd spelling"),
    ("http://example.0x10/", "is an odd spelling"),
    ("http://１２７.０.０.１/", "127.0.0.1 is a loopback address"),
    ("http://127。0。0。1/", "127.0.0.1 is a loopback address"),
    ("http://127.0.0.1./", "127.0.0.1 is a loopback address"),
    ("http://[::1]/", "::1 is a loopback address"),
    ("http://[::]/", ":: is an unspecified address"),
    ("http://[::ffff:127.0.0.1]/", "is a loopback address"),
    ("http://[::ffff:10.0.0.1]/", "is a private address"),
    ("http://[64:ff9b::7f00:1]/", "is a loopback address"),
    ("http://[2002:7f00:1::]/", "is a loopback address"),
    ("http://[fe80::1%25eth0]/", "is an odd spelling"),
    ("http://[fe80::1]/", "is a link-local address"),
    ("http://[fec0::1]/", "is a site-local address"),
    ("http://[fd00::1]/", "is a private address"),
    ("http://[ff02::1]/", "is a multicast address"),
    ("http://[fd00:ec2::254]/", "is a cloud metadata address"),
    ("http://[1::2::3]/", "1::2::3"),
    ("http://0.0.0.0/", "is an unspecified address"),
    ("http://10.1.2.3/", "is a private address"),
    ("http://172.16.0.1/", "is a private address"),
    ("http://172.31.255.255/", "is a private address"),
    ("http://192.168.0.1/", "is a private address"),
    ("http://100.64.0.1/", "is a private address"),
    ("http://169.254.169.254/latest/meta-data/", "is a cloud metadata address"),
    ("http://169.254.1.1/", "is a link-local address"),
    ("http://168.63.129.16/", "is a cloud metadata address"),
    ("http://224.0.0.1/", "is a multicast address"),
    ("http://240.0.0.1/", "is a reserved address"),
    ("http://255.255.255.255/", "is a reserved address"),
    ("http://192.0.2.1/", "is a non-public address"),
    ("http://metadata.google.internal/", "is a name inside a private network"),
    ("http://localhost/", "is a name inside a private network"),
    ("http://localhost./", "is a name inside a private network"),
    ("http://LOCALHOST/", "is a name inside a private network"),
    ("http://a.localhost/", "is a name inside a private network"),
    ("http://printer/", "is a name inside a private network"),
    ("http://nas.local/", "is a name inside a private network"),
    ("http://user@example.org/", "it carries a user name or password"),
    ("http://user:secret@example.org/", "it carries a user name or password"),
    ("http://example.org@127.0.0.1/", "it carries a user name or password"),
    ("http://example.org\\@127.0.0.1/", "a backslash"),
    ("http://exa mple.org/", "it holds a space"),
    ("http://example.org\t/", "it holds a space"),
    ("http://example.org/\r\nHost: a", "it holds a space"),
    ("http://example.org:0/", "port 0 is no port"),
    ("http://example.org:99999/", "it is no URL"),
    ("http://[::1/", "it is no URL"),
    ("http:///a.png", "it has no valid host name"),
    ("http://", "it has no valid host name"),
    ("http://a..b/", "its host name is not valid"),
    ("http://%31%32%37.0.0.1/", "it has no valid host name"),
    ("http://half.example/", "10.0.0.1 is a private address"),
    ("http://inside.example/", "127.0.0.1 is a loopback address"),
    ("http://six.example/", "fd00::1 is a private address"),
    ("http://nowhere.example/", "'nowhere.example' has no address"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED, ids=[repr(url) for url, _ in REFUSED])
def test_refused(url: str, reason: str) -> None:
    with pytest.raises(ImageError) as caught:
        verdict(url, policy=ANY, resolve=resolve)
    text = str(caught.value)
    assert reason in text
    assert text.startswith("picture ")
    assert "secret" not in text


ALLOWED = [
    ("http://example.org", Address(scheme="http", host="example.org", port=80, ip=PUBLIC, target="/", url="http://example.org/")),
    (
        "https://EXAMPLE.org./a%20b.png?q=1#part",
        Address(
            scheme="https", host="example.org", port=443, ip=PUBLIC,
            target="/a%20b.png?q=1", url="https://example.org/a%20b.png?q=1",
        ),
    ),
    (
        "http://example.org:8080/그림.png?이름=값",
        Address(
            scheme="http", host="example.org", port=8080, ip=PUBLIC,
            target="/%EA%B7%B8%EB%A6%BC.png?%EC%9D%B4%EB%A6%84=%EA%B0%92",
            url="http://example.org:8080/%EA%B7%B8%EB%A6%BC.png?%EC%9D%B4%EB%A6%84=%EA%B0%92",
        ),
    ),
    ("http://그림.example/", Address(scheme="http", host="xn--2i0b46t.example", port=80, ip=PUBLIC, target="/", url="http://xn--2i0b46t.example/")),
    ("http://both.example/", Address(scheme="http", host="both.example", port=80, ip=PUBLIC, target="/", url="http://both.example/")),
    (f"http://{PUBLIC}/", Address(scheme="http", host=PUBLIC, port=80, ip=PUBLIC, target="/", url=f"http://{PUBLIC}/")),
    (
        f"http://[{OTHER_PUBLIC}]:81/",
        Address(scheme="http", host=OTHER_PUBLIC, port=81, ip=OTHER_PUBLIC, target="/", url=f"http://[{OTHER_PUBLIC}]:81/"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("url", "address"), ALLOWED, ids=[url for url, _ in ALLOWED])
def test_a_public_address_is_given_in_the_form_to_connect_with(url: str, address: Address) -> None:
    assert verdict(url, policy=ANY, resolve=resolve) == address


@pytest.mark.parametrize(
    ("pattern", "is_allowed"),
    [
        ("example.org", True),
        ("EXAMPLE.ORG", True),
        ("*", True),
        ("*.org", True),
        ("*.example.org", False),
        ("ample.org", False),
        ("*ample.org", False),
        ("example.org.evil.example", False),
        ("", False),
    ],
)
def test_only_a_listed_host_is_fetched_from(pattern: str, *, is_allowed: bool) -> None:
    policy = FetchPolicy(allow_hosts=(pattern,))
    if is_allowed:
        assert verdict("http://example.org/", policy=policy, resolve=resolve).ip == PUBLIC
    else:
        with pytest.raises(ImageError, match=r"its host 'example\.org' is not allowed"):
            verdict("http://example.org/", policy=policy, resolve=resolve)


def test_nothing_is_fetched_by_default_and_the_name_is_not_even_resolved() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host}:{port} was resolved")

    with pytest.raises(ImageError) as caught:
        verdict("https://example.org/a.png", policy=FetchPolicy(), resolve=never)
    assert str(caught.value) == (
        "picture 'https://example.org/a.png' is not fetched: its host 'example.org' is not allowed\n"
        "  Save the picture beside the cases and name the file, or allow 'example.org' in the settings."
    )


@pytest.mark.parametrize(
    ("url", "ip"),
    [
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://localhost:8000/", "127.0.0.1"),
        ("http://printer/", "192.168.1.9"),
        ("http://[::1]/", "::1"),
        ("http://six.example/", "fd00::1"),
        ("http://example.org/", PUBLIC),
    ],
)
def test_private_networks_are_reached_only_when_allowed(url: str, ip: str) -> None:
    assert verdict(url, policy=PRIVATE, resolve=resolve).ip == ip


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "http://metadata.google.internal/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://0.0.0.0/",
        "http://[fe80::1]/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://127.1/",
    ],
)
def test_metadata_and_the_like_are_refused_even_where_private_networks_are_allowed(url: str) -> None:
    with pytest.raises(ImageError):
        verdict(url, policy=PRIVATE, resolve=resolve)
