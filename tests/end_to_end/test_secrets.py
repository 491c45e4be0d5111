"""No secret that a run knows is in anything it writes or prints, whatever the server does with it.

Every value below is a canary: it is put where people keep secrets, the server gives all of them back in answers and in
errors, and then every byte under the project is looked through for them, also in disguise.
"""

from __future__ import annotations

import base64
import html
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from clikit import Cli, finish, start
from snellen.runs.codec import dump
from snellen.runs.store import RunStore
from snellen.testing import FakeEndpoint, FakeReply, FakeRequest, chat_reply

# Where people keep them: variable, value.
_ENVIRON = {
    "OPENAI_API_KEY": "sk-proj-c4n4ryOPENAI0000000000000001",
    "OPENAI_ORG_ID": "org-c4n4ryORGANIZATION02",
    "OPENAI_PROJECT_ID": "proj_c4n4ryPROJECT000003",
    "ANTHROPIC_API_KEY": "sk-ant-c4n4ryANTHROPIC0000000004",
    "AWS_ACCESS_KEY_ID": "AKIAC4N4RYAWSID00005",
    "AWS_SECRET_ACCESS_KEY": "c4n4ry/AWS+SECRET/0000000000000000000006",
    "AWS_SESSION_TOKEN": "c4n4rySESSION//TOKEN++00000000000007==",
    "HF_TOKEN": "hf_c4n4ryHUGGINGFACE0000000000008",
    "AZURE_OPENAI_API_KEY": "c4n4ryazure000000000000000000009",
    "DB_PASSWORD": r"c4n4ry(pass)+[w0rd]{10}$^.*|\d?",
    "GATEWAY": 'c4n4ry gateway "quoted" 11 <&>\'',
    "SESSION_COOKIE": "sid=c4n4ryCOOKIE000000012; theme=dark",
    "HTTPS_PROXY": "http://proxy-user:c4n4ry-proxy-pass-13@127.0.0.1:9",
}
_IN_ADDRESS = "c4n4ryBASEURL0000000014"
_IN_DOTENV = "c4n4ryDOTENV00000000015"
_CANARIES = {
    **_ENVIRON,
    "HTTPS_PROXY": "c4n4ry-proxy-pass-13",
    "base_url": _IN_ADDRESS,
    ".env": _IN_DOTENV,
}
_WRITTEN_BY_THE_USER = ("pyproject.toml", ".env")


def disguises(secret: str) -> Iterator[bytes]:
    """The secret as it is, and every way in which a log or a server may write it."""
    raw = secret.encode()
    yield from (raw, raw[::-1], quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode())
    yield from (raw.hex().encode(), raw.hex().upper().encode(), html.escape(secret).encode())
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        whole = encoded[-(-before * 4 // 3) : (before + len(raw)) * 4 // 3]  # what only the secret decides
        yield from (whole, whole.replace(b"+", b"-").replace(b"/", b"_"))


def leaks(root: Path) -> list[str]:
    """Files under the project that hold a canary, and which."""
    written = {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    store = RunStore(root / ".snellen" / "runs.db")
    # A text may lie across two pages of the file, so runs are looked through as they are read, too.
    written |= {f"run {name}": dump(store.load(name)) for name in store.ids()}
    return [
        f"{name}: {canary} as {form!r}"
        for name, data in written.items()
        if name not in _WRITTEN_BY_THE_USER
        for canary, secret in _CANARIES.items()
        for form in disguises(secret)
        if form in data
    ]


@pytest.fixture
def home(project, monkeypatch: pytest.MonkeyPatch):
    """Makes a project that has all canaries around it."""
    for name, value in _ENVIRON.items():
        monkeypatch.setenv(name, value)

    def make(endpoint: FakeEndpoint, **given: object) -> Path:
        root = project(url=f"{endpoint.base_url}?key={_IN_ADDRESS}", **given)
        (root / ".env").write_text(f"SECRET={_IN_DOTENV}\n")
        pyproject = root / "pyproject.toml"
        more = 'headers_env = { X-Gateway = "GATEWAY", Cookie = "SESSION_COOKIE" }\nretries = 0\ntimeout_s = 1\nname ='
        far = '[tool.snellen.models.far]\nbase_url = "https://far.invalid/v1"\nretries = 0\n'
        pyproject.write_text(pyproject.read_text().replace("name =", more, 1) + far)
        text = '@snellen.cases("../datasets/shapes")\ndef eval_it(case, response):\n    words = response.text.split()\n'
        body = f"import snellen\n\n{text}    assert len(words) == 0\n"
        (root / "evals/eval_locals.py").write_text(body)
        return root

    return make


def mirrored(request: FakeRequest) -> str:
    """All that the request brought, all that the server knows besides, and some of it in disguise."""
    brought = "\n".join([request.path, *request.headers.values()])
    known = "\n".join(value for name, value in _CANARIES.items() if name != ".env")
    hidden = b"\n".join(
        form for name in ("OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY") for form in disguises(_ENVIRON[name])
    )
    return f"red\n{brought}\n{known}\n{hidden.decode()}"


def answer(request: FakeRequest) -> FakeReply:
    reply = chat_reply(mirrored(request), model=_ENVIRON["OPENAI_API_KEY"])
    return FakeReply(body=reply, headers={"x-request-id": _ENVIRON["OPENAI_API_KEY"]})


def failing(status: int):
    """A server that tells in its error what it was sent."""
    return lambda request: FakeReply(status=status, body={"error": {"message": mirrored(request), "code": _IN_ADDRESS}})


SERVERS = {
    "answer": answer,
    "refusal": lambda request: FakeReply(body=chat_reply(None, refusal=mirrored(request))),
    "400": failing(400),
    "401": failing(401),
    "429": failing(429),
    "500": failing(500),
    "500-as-html": lambda request: FakeReply(status=500, body=f"<html>{mirrored(request)}"),
    "200-as-html": lambda request: FakeReply(body=f"<html>{mirrored(request)}"),
    "200-with-an-error": lambda request: FakeReply(body={"error": {"message": mirrored(request)}}),
    "redirect": lambda request: FakeReply(status=307, headers={"location": f"http://127.0.0.1:9{request.path}"}),
    "timeout": lambda request: FakeReply(body=chat_reply(mirrored(request)), delay_s=3),
    "cut": lambda request: FakeReply(body=chat_reply(mirrored(request)), hang_up="midway"),
}


def test_the_looking_finds_every_disguise(tmp_path: Path) -> None:
    """The proof that the tests below can fail."""
    texts = [*disguises(_ENVIRON["AWS_SECRET_ACCESS_KEY"])]
    texts += [
        base64.b64encode(b"x" * before + _ENVIRON["AWS_SECRET_ACCESS_KEY"].encode() + b"y") for before in range(3)
    ]
    for text in texts:
        (tmp_path / "log").write_bytes(b"before " + text + b" after")
        assert {leak.partition(" as ")[0] for leak in leaks(tmp_path)} == {"log: AWS_SECRET_ACCESS_KEY"}


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_run_keeps_every_secret(home, snellen: Cli, server) -> None:
    with FakeEndpoint(answer=server) as endpoint:
        root = home(endpoint)
        result = snellen("run", "evals", "--responses", "missing", "--report", "reports/r.html")
        assert endpoint.requests[0].headers["authorization"] == f"Bearer {_ENVIRON['OPENAI_API_KEY']}"
        assert endpoint.requests[0].headers["x-gateway"] == _ENVIRON["GATEWAY"]
        assert _IN_ADDRESS in endpoint.requests[0].path
    (root / "printed").write_text(result.out + result.err)
    assert leaks(root) == []


@pytest.mark.parametrize("server", ["answer", "401", "500", "timeout"])
def test_pytest_with_locals_keeps_every_secret(home, server: str) -> None:
    with FakeEndpoint(answer=SERVERS[server]) as endpoint:
        root = home(endpoint)
        flags = ("-l", "-vv", "--tb=long", "--junitxml=junit.xml", "--eval-report=r.html", "--eval-responses=missing")
        command = [sys.executable, "-m", "pytest", "evals", *flags]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        assert endpoint.requests
    (root / "printed").write_text(done.stdout + done.stderr)
    became = "2 failed, 2 passed" if server == "answer" else "4 errors"
    assert (done.returncode, became in done.stdout, "INTERNALERROR" in done.stdout) == (1, True, False)
    assert leaks(root) == []


def test_a_killed_run_keeps_every_secret(home) -> None:
    def slow(request: FakeRequest) -> FakeReply:
        reply = answer(request)
        return reply if len(endpoint.requests) == 1 else FakeReply(body=reply.body, delay_s=30)

    with FakeEndpoint(answer=slow) as endpoint:
        root = home(endpoint, cases=3)
        (root / "evals/eval_locals.py").unlink()
        process = start("run", "evals", "--responses", "missing", "--concurrency", "1", cwd=root)
        deadline = time.monotonic() + 30
        while len(endpoint.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        result = finish(process)
    (root / "printed").write_text(result.out + result.err)
    assert (root / "evals/recordings/shapes/fake.jsonl.journal").stat().st_size > 0
    assert leaks(root) == []


def test_what_lists_and_explains_keeps_every_secret(home, snellen: Cli) -> None:
    with FakeEndpoint(answer=answer) as endpoint:
        root = home(endpoint)
        snellen("run", "evals", "--responses", "missing")
    cases = root / "datasets/shapes/cases.jsonl"
    cases.write_text(cases.read_text().replace("What", "Which"))
    calls = [
        ("models",),
        ("recordings", "show"),
        ("run", "evals"),
        ("recordings", "prune", "evals", "--dry-run"),
        ("datasets", "check", "datasets/shapes"),
        ("report", "latest"),
        ("run", "evals", "--responses", "live", "-m", "far"),  # by a proxy that is not there
    ]
    printed = "".join(str(snellen(*call)) for call in calls)
    (root / "printed").write_text(printed)
    assert "far at far.invalid could not be reached" in printed
    assert leaks(root) == []


def test_a_key_that_is_written_into_the_configuration_is_refused_and_not_repeated(home, snellen: Cli) -> None:
    with FakeEndpoint() as endpoint:
        root = home(endpoint)
        pyproject = root / "pyproject.toml"
        pyproject.write_text(pyproject.read_text().replace("name =", f'api_key = "{_IN_DOTENV}"\nname =', 1))
        result = snellen("run", "evals", "--responses", "live")
        assert (result.code, endpoint.requests) == (2, [])
    assert "holds api_key: a key written in a file gets committed and shared" in result.err
    (root / "printed").write_text(result.out + result.err)
    assert leaks(root) == []


def test_scrubbed_recordings_still_replay(home, snellen: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken out changes no fingerprint, and who replays needs none of the secrets."""
    with FakeEndpoint(answer=answer) as endpoint:
        root = home(endpoint)
        (root / "evals/eval_locals.py").unlink()
        assert snellen("run", "evals", "--responses", "missing").code == 0
    for name in _ENVIRON:
        monkeypatch.delenv(name)
    assert snellen("run", "evals").code == 0


def test_only_the_user_may_read_what_a_run_keeps(home, snellen: Cli) -> None:
    with FakeEndpoint(answer=answer) as endpoint:
        before = os.umask(0)
        try:
            root = home(endpoint)
            snellen("run", "evals", "--responses", "missing")
        finally:
            os.umask(before)
    modes = {
        str(path.relative_to(root)): stat.S_IMODE(path.stat().st_mode)
        for path in [root / ".snellen", *(root / ".snellen").iterdir()]
    }
    kept = (".gitignore", "asking.lock", "digests.db", "runs.db")
    folders = dict.fromkeys((".snellen", ".snellen/journals"), 0o700)
    assert modes == {**folders, **{f".snellen/{name}": 0o600 for name in kept}}
