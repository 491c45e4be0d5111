"""Disks that are full or cannot be written: seen before anything is paid for, or at the first write that fails."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clikit import Finished, finish, start
from faultkit import FaultServer
from reliability.lab import KEY, kept_cases, make_lab, run_here
from reliability.scale import IS_SOAK, figure

_CASES, _IN_FLIGHT = 60, 8
_KB = 1024
_CAN_MOUNT = (
    os.geteuid() == 0
    and subprocess.run(["/usr/bin/env", "unshare", "-m", "true"], check=False, capture_output=True).returncode == 0
)
_PLACES = {
    "recordings": "evals/recordings",
    "state": ".snellen",
    "report": "reports",
    "project": "",
}
_SIZES_KB = (64, 128, 256, 512, 1024, 2048, 4096, 8192) if IS_SOAK else (32, 64)


def command(*, mode: str = "missing") -> tuple[str, ...]:
    return ("run", "evals", "--responses", mode, "--concurrency", str(_IN_FLIGHT), "--report", "reports/report.html")


def run_it(root: Path, *, before_exec: Callable[[], object] | None = None, before: tuple[str, ...] = ()) -> Finished:
    environ = {"OPENAI_API_KEY": KEY, "PYTHONDONTWRITEBYTECODE": "1"}
    return finish(start(*command(), cwd=root, environ=environ, before_exec=before_exec, before=before))


@contextlib.contextmanager
def small_disk(folder: Path, size_kb: int) -> Iterator[None]:
    """A file system of this size at `folder`, in the memory; taken away in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["/usr/bin/env", "mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)  # noqa: S603
    try:
        yield
    finally:
        subprocess.run(["/usr/bin/env", "umount", "-l", str(folder)], check=True, capture_output=True)  # noqa: S603


def grow(folder: Path) -> None:
    subprocess.run(  # noqa: S603
        ["/usr/bin/env", "mount", "-o", "remount,size=64m", str(folder)], check=True, capture_output=True
    )


def check_a_full_disk(root: Path, server: FaultServer, result: Finished) -> set[str]:
    """What holds after a run that the disk may have stopped; gives the cases that are on disk."""
    kept = kept_cases(root)
    assert "Traceback" not in result.out + result.err, result.err
    assert len(set(server.asked()) - kept) <= _IN_FLIGHT
    if result.code:
        assert result.code == 74, result.err
        assert "bytes free" in result.err or "full" in result.err, result.err
    return kept


if _CAN_MOUNT:

    @pytest.mark.parametrize("size_kb", _SIZES_KB)
    @pytest.mark.parametrize("place", _PLACES)
    def test_a_full_disk_stops_the_run_and_loses_nothing_that_was_kept(
        tmp_path: Path, place: str, size_kb: int
    ) -> None:
        root = tmp_path / "project"
        with FaultServer() as server:
            root.mkdir()
            if place == "project":
                with small_disk(root, size_kb + 2048):  # the pictures and an empty digest cache have to fit
                    make_lab(root, server.base_url, cases=_CASES)
                    fill(root, left_kb=size_kb)
                    check_stop_and_go_on(root, root, server, place=place, size_kb=size_kb)
                return
            make_lab(root, server.base_url, cases=_CASES)
            with small_disk(root / _PLACES[place], size_kb):
                check_stop_and_go_on(root, root / _PLACES[place], server, place=place, size_kb=size_kb)


def fill(folder: Path, *, left_kb: int) -> None:
    free = os.statvfs(folder)
    (folder / "filler").write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - left_kb * _KB))


def check_stop_and_go_on(root: Path, disk: Path, server: FaultServer, *, place: str, size_kb: int) -> None:
    report = root / "reports" / "report.html"
    report.parent.mkdir(exist_ok=True)
    report.write_text("the old report")
    result = run_it(root)
    kept = check_a_full_disk(root, server, result)
    if result.code:
        assert report.read_text() == "the old report"
    before = server.asked()
    figure("full disk", place=place, kb=size_kb, code=result.code, asked=before.total(), kept=len(kept))
    grow(disk)
    assert run_here(root, mode="missing").exit_code == 0
    assert not kept & set(server.asked() - before)
    assert kept_cases(root) == {f"c{number}" for number in range(_CASES)}


def limited(kind: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (most, most))


@pytest.mark.parametrize("size", [2_000, 20_000, 60_000] if IS_SOAK else [20_000])
def test_a_limit_on_files_is_like_a_full_disk(tmp_path: Path, size: int) -> None:
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        result = run_it(root, before_exec=limited(resource.RLIMIT_FSIZE, size))
        kept = check_a_full_disk(root, server, result)
        before = server.asked()
        assert result.code == 74  # the larger ones are full only when all are asked and the run store is written
        assert run_here(root, mode="missing").exit_code == 0
        assert not kept & set(server.asked() - before)


def test_too_few_open_files_lose_nothing_that_was_kept(tmp_path: Path) -> None:
    with FaultServer(delay_s=lambda _: 0.05) as server:
        root = make_lab(tmp_path, server.base_url, cases=_CASES)
        result = run_it(root, before_exec=limited(resource.RLIMIT_NOFILE, 18))
        assert "Traceback" not in result.out + result.err, result.err
        assert result.code in (0, 3, 74)
        kept, before = kept_cases(root), server.asked()
        assert run_here(root, mode="missing").exit_code == 0
        assert not kept & set(server.asked() - before)


@pytest.mark.parametrize("place", ["evals/recordings", ".snellen", "evals/recordings/shapes"])
def test_a_file_in_the_place_of_a_folder_is_seen_before_anything_is_sent(tmp_path: Path, place: str) -> None:
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url)
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text("in the way")
        result = run_it(root)
    assert (result.code, len(server.ledger), "Traceback" in result.err) == (74, 0, False), result.err
    assert place.rpartition("/")[2] in result.err


def test_folders_that_are_forbidden_are_seen_before_anything_is_sent(tmp_path: Path) -> None:
    """Root may write everywhere, so it becomes nobody first."""
    with FaultServer() as server:
        root = make_lab(tmp_path, server.base_url)
        for folder in (root, *root.parents[:3]):
            folder.chmod(0o755)
        (root / "evals" / "recordings").mkdir()
        (root / "evals" / "recordings").chmod(0o555)
        nobody = ("/usr/bin/env", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        result = run_it(root, before=nobody if os.geteuid() == 0 else ())
    assert (result.code, len(server.ledger), "Traceback" in result.err) == (74, 0, False), result.err


if _CAN_MOUNT:

    @pytest.mark.parametrize("place", ["evals/recordings", ".snellen", ""])
    def test_a_read_only_disk_is_seen_before_anything_is_sent(tmp_path: Path, place: str) -> None:
        with FaultServer() as server:
            root = make_lab(tmp_path / "project", server.base_url)
            folder = root / place
            folder.mkdir(parents=True, exist_ok=True)
            for step in (("--bind", str(folder), str(folder)), ("-o", "remount,ro,bind", str(folder))):
                subprocess.run(["/usr/bin/env", "mount", *step], check=True, capture_output=True)  # noqa: S603
            try:
                result = run_it(root)
            finally:
                subprocess.run(  # noqa: S603
                    ["/usr/bin/env", "umount", "-l", str(folder)], check=True, capture_output=True
                )
        assert (result.code, len(server.ledger), "Traceback" in result.err) == (74, 0, False), result.err
