"""Digests are remembered for files that did not change, and for no others; a broken cache is only slower."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from snellen.case import ImageRef
from snellen.errors import ImageError
from snellen.images import digest as subject
from snellen.images.digest import DigestCache, identity_of, source_bytes
from snellen.images.fit import ImageRules

RULES = ImageRules()
LONG_AGO_S = 3_600


@pytest.fixture(autouse=True)
def old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour has passed since the files were written, so that they are trusted; a file's ctime cannot be set back."""
    monkeypatch.setattr(subject, "_now_ns", lambda: time.time_ns() + LONG_AGO_S * 1_000_000_000)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that are really read, in order."""
    names: list[str] = []
    real = subject.read_regular

    def read(path: Path, *, limit: int) -> bytes:
        names.append(path.name)
        return real(path, limit=limit)

    monkeypatch.setattr(subject, "read_regular", read)
    return names


def picture(folder: Path, data: bytes = b"pixels", name: str = "a.png") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("on_disk", [True, False], ids=["file", "memory"])
def test_an_unchanged_file_is_read_once(tmp_path: Path, reads: list[str], *, on_disk: bool) -> None:
    path = picture(tmp_path)
    cache = DigestCache(tmp_path / "cache" / "digests.db" if on_disk else None)
    assert [cache.digest_of(path, name="a") for _ in range(3)] == [sha256(b"pixels")] * 3
    assert reads == ["a.png"]
    cache.close()


def test_the_next_process_reads_nothing(tmp_path: Path, reads: list[str]) -> None:
    path = picture(tmp_path)
    with DigestCache(tmp_path / "digests.db") as cache:
        identity = f"sha256:{cache.digest_of(path, name='a')}"
        cache.mark_checked(identity)
    reads.clear()
    with DigestCache(tmp_path / "digests.db") as cache:
        assert cache.digest_of(path, name="a") == sha256(b"pixels")
        assert cache.is_checked(identity)
        assert not cache.is_checked("sha256:" + "0" * 64)
    assert reads == []


def test_what_is_not_flushed_is_only_in_memory(tmp_path: Path) -> None:
    with DigestCache(tmp_path / "digests.db") as first, DigestCache(tmp_path / "digests.db") as second:
        first.mark_checked("sha256:aa")
        assert first.is_checked("sha256:aa")
        assert not second.is_checked("sha256:aa")
        first.flush()
        assert second.is_checked("sha256:aa")


@pytest.mark.parametrize("change", ["size", "mtime", "content-with-old-mtime", "replaced"])
def test_a_changed_file_is_read_again(tmp_path: Path, change: str) -> None:
    path = picture(tmp_path)
    with DigestCache(tmp_path / "digests.db") as cache:
        cache.digest_of(path, name="a")
        before = path.stat()
        if change == "size":
            path.write_bytes(b"more pixels")
        elif change == "mtime":
            path.write_bytes(b"PIXELS")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        elif change == "content-with-old-mtime":
            time.sleep(0.02)  # a tick of the clock that stamps ctime
            path.write_bytes(b"PIXELS")
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        else:
            other = picture(tmp_path, b"PIXELS", "other.png")
            os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
            other.replace(path)
        assert cache.digest_of(path, name="a") == sha256(path.read_bytes()) != sha256(b"pixels")


def test_a_file_of_the_last_two_seconds_is_never_trusted(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(tmp_path)
    changed_ns = path.stat().st_mtime_ns
    cache = DigestCache(None)
    for age_s, is_read in ((0.0, True), (1.9, True), (-60.0, True), (2.1, True), (2.2, False)):  # the fourth is kept
        monkeypatch.setattr(subject, "_now_ns", lambda age_s=age_s: changed_ns + int(age_s * 1e9))
        reads.clear()
        cache.digest_of(path, name="a")
        assert bool(reads) is is_read, age_s


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache, real = picture(tmp_path), DigestCache(None), subject.read_regular

    def read(path: Path, *, limit: int) -> bytes:
        data = real(path, limit=limit)
        path.write_bytes(b"more pixels")
        return data

    monkeypatch.setattr(subject, "read_regular", read)
    cache.digest_of(path, name="a")
    cache.flush()
    assert cache._files == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"this is no database" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:5_000]),
        lambda path: path.write_bytes(path.read_bytes()[:4_096] + b"\xff" * 4_096 + path.read_bytes()[8_192:]),
        lambda path: path.write_bytes(b""),
    ],
    ids=["nonsense", "cut", "overwritten-page", "empty"],
)
def test_a_damaged_cache_is_begun_anew_silently(
    tmp_path: Path, damage: Callable[[Path], object], reads: list[str]
) -> None:
    path, file = picture(tmp_path), tmp_path / "digests.db"
    with DigestCache(file) as cache:
        cache.digest_of(path, name="a")
        cache.mark_checked("sha256:aa")
    damage(file)
    for _ in range(2):  # damage that shows only when a row is wanted is mended by the next process
        with DigestCache(file) as cache:
            assert cache.digest_of(path, name="a") == sha256(b"pixels")
            assert not cache.is_checked("sha256:bb")
    reads.clear()
    with DigestCache(file) as cache:
        assert cache.digest_of(path, name="a") == sha256(b"pixels")
    assert reads == []


def test_a_path_that_is_not_unicode_is_remembered_too(tmp_path: Path, reads: list[str]) -> None:
    path = picture(tmp_path, name="\udcff.png")
    for _ in range(2):
        with DigestCache(tmp_path / "digests.db") as cache:
            assert cache.digest_of(path, name="a") == sha256(b"pixels")
    assert len(reads) == 1


def test_a_locked_cache_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_LOCK_WAIT_S", 0.01)
    path, file = picture(tmp_path), tmp_path / "digests.db"
    with DigestCache(file):
        pass
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with DigestCache(file) as cache:
            assert cache.digest_of(path, name="a") == sha256(b"pixels")
            cache.mark_checked("sha256:aa")
            assert cache.is_checked("sha256:aa")
        other.execute("ROLLBACK")
    other.close()


def test_a_cache_that_cannot_be_created_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with DigestCache(tmp_path / "file" / "digests.db") as cache:
        assert cache.digest_of(picture(tmp_path), name="a") == sha256(b"pixels")


def test_two_processes_share_one_cache(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from snellen.images.digest import DigestCache\n"
        "with DigestCache(Path(sys.argv[1])) as cache:\n"
        "    for number in range(50):\n"
        "        cache.mark_checked(f'{sys.argv[2]}-{number}'); cache.flush()\n"
    )
    file = tmp_path / "digests.db"
    DigestCache(file).close()
    running = [subprocess.Popen([sys.executable, "-c", script, str(file), who]) for who in ("a", "b")]  # noqa: S603
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    with DigestCache(file) as cache:
        assert all(cache.is_checked(f"{who}-{number}") for who in ("a", "b") for number in range(50))


def test_threads_share_one_cache(tmp_path: Path) -> None:
    paths = [picture(tmp_path, bytes([number]), f"{number}.png") for number in range(40)]
    wrong: list[Path] = []
    with DigestCache(tmp_path / "digests.db") as cache:

        def work() -> None:
            for path in paths:
                if cache.digest_of(path, name="a") != sha256(path.read_bytes()):
                    wrong.append(path)
                cache.mark_checked(path.name)
                cache.flush()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_warm_reads_each_file_once_and_leaves_the_missing_for_later(tmp_path: Path, reads: list[str]) -> None:
    path, gone = picture(tmp_path), tmp_path / "gone.png"
    refs = [ImageRef(path=path, name="a"), ImageRef(path=path, name="b"), ImageRef(path=gone, name="gone")]
    cache = DigestCache(None)
    cache.warm([*refs, ImageRef(url="https://example.org/a.png", name="u"), ImageRef(data=b"x", name="d")])
    assert reads == ["a.png"]
    assert identity_of(refs[0], cache=cache, rules=RULES) == f"sha256:{sha256(b'pixels')}"
    assert reads == ["a.png"]
    with pytest.raises(ImageError, match="picture 'gone' cannot be read: No such file"):
        identity_of(refs[2], cache=cache, rules=RULES)


def test_identity_is_the_digest_of_the_source_or_the_url(tmp_path: Path) -> None:
    path, cache, url = picture(tmp_path), DigestCache(None), "https://example.org/a.png"
    inline = ImageRules(inline_urls=True)
    file, data, remote = ImageRef(path=path, name="a"), ImageRef(data=b"x", name="b"), ImageRef(url=url, name="c")
    assert identity_of(file, cache=cache, rules=inline) == f"sha256:{sha256(b'pixels')}"
    assert identity_of(data, cache=cache, rules=RULES) == f"sha256:{sha256(b'x')}"
    assert identity_of(remote, cache=cache, rules=RULES) == url
    assert identity_of(remote, cache=cache, rules=inline) == url
    assert identity_of(remote, cache=cache, rules=RULES, pinned={url: path}) == url
    assert identity_of(remote, cache=cache, rules=inline, pinned={url: path}) == f"sha256:{sha256(b'pixels')}"


def test_source_bytes_are_those_given(tmp_path: Path) -> None:
    assert source_bytes(ImageRef(path=picture(tmp_path), name="a")) == b"pixels"
    assert source_bytes(ImageRef(data=b"x", name="a")) == b"x"
    with pytest.raises(ImageError, match="picture 'a' is an address, and nothing was fetched from it"):
        source_bytes(ImageRef(url="https://example.org/a.png", name="a"))


def test_a_pipe_a_folder_a_device_and_a_giant_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    giant = tmp_path / "giant.png"
    with giant.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    expected = {
        tmp_path / "pipe.png": "is not a regular file",
        tmp_path: "cannot be read",
        Path("/dev/zero"): "is not a regular file",
        giant: "52,428,801 bytes; the limit is 52,428,800",
        tmp_path / ("x" * 300): "File name too long",
        Path("a\0b"): "null",
    }
    for path, part in expected.items():
        for ask in (source_bytes, lambda ref: identity_of(ref, cache=DigestCache(None), rules=RULES)):
            with pytest.raises(ImageError) as caught:
                ask(ImageRef(path=path, name="a.png"))
            assert "picture 'a.png'" in str(caught.value)
            assert part in str(caught.value)


def test_what_is_learnt_reaches_the_file_when_it_is_much(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_MAX_UNWRITTEN", 10)
    paths = [picture(tmp_path, bytes([number]), f"{number}.png") for number in range(25)]
    with DigestCache(tmp_path / "digests.db") as cache, DigestCache(tmp_path / "digests.db") as other:
        found = [cache.digest_of(path, name="a") for path in paths]
        assert [other.digest_of(path, name="a") for path in paths[:20]] == found[:20]
        assert len(reads) == 25
        assert [cache.digest_of(path, name="a") for path in paths] == found
        assert len(reads) == 25


def test_a_cache_that_nobody_asks_opens_no_file(tmp_path: Path) -> None:
    cache = DigestCache(tmp_path / "digests.db")
    assert not (tmp_path / "digests.db").exists()
    assert not cache.is_checked("sha256:0")
    assert (tmp_path / "digests.db").exists()
    cache.close()


def test_a_file_that_cannot_be_written_is_tried_less_and_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_MAX_UNWRITTEN", 4)
    monkeypatch.setattr(subject, "_LOCK_WAIT_S", 0.01)
    cache = DigestCache(tmp_path / "digests.db")
    assert not cache.is_checked("sha256:0")  # it is open before somebody locks it
    tries: list[int] = []
    flush = cache._flush
    monkeypatch.setattr(cache, "_flush", lambda: (tries.append(len(cache._checked)), flush()))
    with sqlite3.connect(tmp_path / "digests.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(40):
            cache.mark_checked(f"sha256:{number}")
        other.execute("ROLLBACK")
    other.close()
    assert tries == [4, 8, 16, 32]
    cache.close()
    with DigestCache(tmp_path / "digests.db") as cache:
        assert all(cache.is_checked(f"sha256:{number}") for number in range(40))
