"""The Batch API's wire: what goes out once, what comes back piece by piece, and what a server says of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchkit import BatchServer
from snellen.errors import ConfigError, ModelError
from snellen.models.batch import BatchClient
from snellen.models.batch_reply import LineProblem, RemoteBatch
from snellen.models.prices import Price, cost_usd
from snellen.models.spec import ModelSpec
from snellen.response import Usage
from snellen.testing import FakeEndpoint, FakeReply

LINE = b'{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","q":"number 0"}}\n'
PATH = "/v1/chat/completions"


def test_an_answer_that_came_by_batch_costs_half() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_tokens=500_000)
    price = Price(input=2.0, output=10.0, cached=1.0)
    assert (cost_usd(usage, price), cost_usd(usage, price, via="batch")) == (2.5, 1.25)
    assert cost_usd(usage, None, via="batch") is None


async def at_once(seconds: float) -> None:
    """Waits for nothing."""


def client_of(url: str, *, retries: int = 3, key: str = "") -> BatchClient:
    spec = ModelSpec(key="m", name="m", base_url=url, retries=retries)
    return BatchClient(spec, environ={"OPENAI_API_KEY": key} if key else {}, sleep=at_once)


@pytest.fixture
def requests_file(tmp_path: Path) -> Path:
    file = tmp_path / "in.jsonl"
    file.write_bytes(LINE)
    return file


def said(status: int, message: str = "no") -> FakeReply:
    return FakeReply(status=status, body={"error": {"message": message}})


def test_an_upload_arrives_byte_for_byte_under_its_name(requests_file: Path) -> None:
    with BatchServer() as server, client_of(server.base_url) as client:
        assert client.upload(requests_file, name="snellen-1.jsonl") == "file-0"
        assert server.files == {"file-0": ("snellen-1.jsonl", LINE)}


def test_requests_carry_the_key_and_the_further_headers_of_the_model(requests_file: Path) -> None:
    spec = ModelSpec(key="m", name="m", base_url="", api_key_env="K", headers_env={"api-key": "K"})
    with BatchServer() as server:
        spec = ModelSpec(key="m", name="m", base_url=server.base_url, api_key_env="K", headers_env={"api-key": "K"})
        with BatchClient(spec, environ={"K": "sk-0123456789"}) as client:
            client.upload(requests_file, name="x.jsonl")
        headers = server.endpoint.requests[0].headers
    assert (headers["authorization"], headers["api-key"]) == ("Bearer sk-0123456789", "sk-0123456789")


@pytest.mark.parametrize("earlier", [0, 1, 2, 5])
def test_an_upload_that_may_be_there_is_looked_for_on_every_page(requests_file: Path, earlier: int) -> None:
    with BatchServer(page=2) as server, client_of(server.base_url) as client:
        first = client.upload(requests_file, name="mine.jsonl")
        for number in range(earlier):
            client.upload(requests_file, name=f"{number}.jsonl")
        assert client.upload(requests_file, name="mine.jsonl", may_be_there=True) == first
        assert len(server.files) == 1 + earlier


def test_an_upload_that_is_not_there_is_made(requests_file: Path) -> None:
    with BatchServer() as server, client_of(server.base_url) as client:
        assert client.upload(requests_file, name="mine.jsonl", may_be_there=True) == "file-0"


def test_a_server_that_lists_no_files_gets_the_upload_again(requests_file: Path) -> None:
    with BatchServer(lists_files=False) as server, client_of(server.base_url) as client:
        assert client.upload(requests_file, name="mine.jsonl", may_be_there=True) == "file-0"


@pytest.mark.parametrize("earlier", [0, 1, 2, 5])
def test_a_batch_that_may_be_there_is_found_by_its_mark_on_every_page(requests_file: Path, earlier: int) -> None:
    with BatchServer(page=2) as server, client_of(server.base_url) as client:
        file_id = client.upload(requests_file, name="x")
        first = client.create(file_id, endpoint=PATH, mark="mine")
        for number in range(earlier):
            client.create(file_id, endpoint=PATH, mark=f"other {number}")
        assert client.create(file_id, endpoint=PATH, mark="mine", may_be_there=True).id == first.id
        assert client.find("nobody's") is None
        assert len(server.batches) == 1 + earlier


def test_a_batch_whose_creation_was_not_confirmed_is_found_and_not_created_again(requests_file: Path) -> None:
    with BatchServer(drops=["create"]) as server, client_of(server.base_url) as client:
        file_id = client.upload(requests_file, name="x")
        assert client.create(file_id, endpoint=PATH, mark="mine").id == "batch-0"
        assert server.requests[-2:] == ["POST /v1/batches", "GET /v1/batches"]
        assert server.ledger == ["a"]


def test_a_clear_refusal_is_tried_again_without_a_search() -> None:
    created = FakeReply(body={"id": "b", "status": "validating"})
    with FakeEndpoint(said(429), created) as endpoint, client_of(endpoint.base_url) as client:
        assert client.create("f", endpoint=PATH, mark="m") == RemoteBatch(id="b", state="validating")
        assert [request.method for request in endpoint.requests] == ["POST", "POST"]


def test_a_batch_that_cannot_be_looked_up_is_not_created_a_second_time() -> None:
    with FakeEndpoint(FakeReply(hang_up="before"), said(404)) as endpoint, client_of(endpoint.base_url) as client:
        with pytest.raises(ModelError):
            client.create("f", endpoint=PATH, mark="m")
        assert [request.method for request in endpoint.requests] == ["POST", "GET"]


def test_what_a_server_says_of_a_batch_is_read_whole() -> None:
    body = {
        "id": "b1",
        "status": "failed",
        "request_counts": {"total": 5, "completed": 3, "failed": 2},
        "output_file_id": "f1",
        "error_file_id": None,
        "errors": {"data": [{"code": "c", "line": 7, "message": "m\u202e", "param": None}, {"line": None}, "?"]},
    }
    with FakeEndpoint(FakeReply(body=body)) as endpoint, client_of(endpoint.base_url) as client:
        found = client.retrieve("b1")
    problems = (LineProblem(message="m\\u202e", code="c", line=7), LineProblem(message="no reason given"))
    assert found == RemoteBatch(
        id="b1", state="failed", total=5, completed=3, failed=2, output_file="f1", error_file="", problems=problems
    )
    assert found.has_ended


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b"{}", b'{"id": 3}'])
def test_a_reply_that_is_no_batch_is_an_error(body: bytes) -> None:
    raised = pytest.raises(ModelError)
    with FakeEndpoint(FakeReply(body=body)) as endpoint, client_of(endpoint.base_url) as client, raised as caught:
        client.retrieve("b")
    assert caught.value.kind == "bad_reply"


def test_a_download_may_be_larger_than_any_reply(tmp_path: Path) -> None:
    body = b"0123456789abcdef" * 2**20  # 16 MB
    with FakeEndpoint(FakeReply(body=body)) as endpoint, client_of(endpoint.base_url) as client:
        client.download("f", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == body
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_download_that_breaks_off_is_begun_anew(tmp_path: Path) -> None:
    whole = b"line\n" * 1000
    replies = (FakeReply(body=whole, hang_up="midway"), FakeReply(body=whole))
    with FakeEndpoint(*replies) as endpoint, client_of(endpoint.base_url) as client:
        client.download("f", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == whole


def test_a_download_that_never_ends_well_leaves_nothing(tmp_path: Path) -> None:
    reply = FakeReply(body=b"line\n" * 1000, hang_up="midway")
    with FakeEndpoint(reply) as endpoint, client_of(endpoint.base_url, retries=1) as client:
        with pytest.raises(ModelError) as caught:
            client.download("f", tmp_path / "out.jsonl")
        assert len(endpoint.requests) == 2
    assert (caught.value.kind, list(tmp_path.iterdir())) == ("network", [])


def test_a_file_that_is_gone_has_status_404(tmp_path: Path) -> None:
    raised = pytest.raises(ModelError)
    with (
        FakeEndpoint(said(404, "No such File object")) as endpoint,
        client_of(endpoint.base_url) as client,
        raised as caught,
    ):
        client.download("f", tmp_path / "out.jsonl")
    assert caught.value.status == 404


def test_a_redirected_download_is_not_followed(tmp_path: Path) -> None:
    reply = FakeReply(status=302, headers={"location": "http://127.0.0.1:9/elsewhere"})
    raised = pytest.raises(ModelError, match=r"a redirect to 127\.0\.0\.1:9")
    with FakeEndpoint(reply) as endpoint, client_of(endpoint.base_url) as client, raised:
        client.download("f", tmp_path / "out.jsonl")


def test_a_key_that_a_server_repeats_is_in_no_error_and_in_no_answer() -> None:
    key = "sk-abcdefghijklmnop"
    with FakeEndpoint(said(400, f"your key {key} is odd")) as endpoint, client_of(endpoint.base_url, key=key) as client:
        with pytest.raises(ModelError) as caught:
            client.retrieve("b")
        assert key not in str(caught.value) + caught.value.body
        assert client.redacted(f"say {key}".encode()) == b"say [secret]"


def test_a_server_without_files_has_no_batch_api(requests_file: Path) -> None:
    raised = pytest.raises(ConfigError, match="no Batch API")
    with FakeEndpoint(said(404)) as endpoint, client_of(endpoint.base_url) as client, raised:
        client.upload(requests_file, name="x")


def test_a_model_in_this_process_has_no_batch_api() -> None:
    with pytest.raises(ConfigError, match="has no Batch API"):
        BatchClient(ModelSpec(key="offline-reader", name="offline-reader"), environ={})


def test_a_missing_key_is_said_before_anything_is_sent() -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY is not set"):
        BatchClient(ModelSpec(key="gpt", name="gpt"), environ={})
