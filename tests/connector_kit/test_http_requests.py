"""What goes over the wire when all is well, and what is refused before anything is sent."""

import gzip
from dataclasses import replace

import anyio
import httpx2
import pytest

from connector_kit.errors import BadAnswer, InvalidInput, NotConfigured, ServiceError
from connector_kit.http import Exchange, HttpClient, HttpPolicy, Reply
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio

AUTH = httpx2.BasicAuth("me@example.com", "s3cret-token")


async def test_a_read_carries_its_query_headers_and_credentials() -> None:
    async with FaultServer(Fault.json({"key": "A-1"}, headers={"X-ARequestId": "r-1"})) as server:
        client = HttpClient(server.url, service="Jira", auth=AUTH, headers={"X-Kit": "1"})
        reply = await client.request("get", "/issue/A 1", params={"fields": ["a", "b"]}, headers={"X-More": "2"})
        await client.aclose()
        request = server.requests[0]
    assert reply.json() == {"key": "A-1"}
    assert (reply.status, reply.method, reply.path, reply.request_id) == (200, "GET", "/issue/A 1", "r-1")
    assert (request.method, request.path, request.query) == ("GET", "/issue/A 1", (("fields", "a"), ("fields", "b")))
    assert request.headers["authorization"].startswith("Basic ")
    assert (request.headers["x-kit"], request.headers["x-more"]) == ("1", "2")
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == "mcp-integration-suite"


async def test_a_write_carries_json_or_bytes() -> None:
    async with FaultServer(Fault.json({}, 201)) as server:
        client = HttpClient(server.url, service="Jira")
        await client.request("POST", "/issue", json={"summary": "Grüße"})
        await client.request("POST", "/file", content=b"\x00\x01", headers={"Content-Type": "image/png"})
        await client.aclose()
        first, second = server.requests
    assert first.json() == {"summary": "Grüße"}
    assert first.headers["content-type"] == "application/json"
    assert (second.body, second.headers["content-type"]) == (b"\x00\x01", "image/png")


async def test_connections_are_kept_and_can_be_opened_again() -> None:
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira")
        assert client.base_url == server.url
        for _ in range(3):
            await client.request("GET", "/x")
        assert server.connections == 1
        await client.aclose()
        await client.aclose()
        await client.request("GET", "/x")
        await client.aclose()
        assert server.connections == 2


async def test_a_connection_that_the_service_closed_is_replaced_unnoticed() -> None:
    async with FaultServer(Fault(hang_up=True)) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, retries=0))
        for _ in range(3):
            await client.request("POST", "/x")
            await anyio.sleep(0.02)
        await client.aclose()
        assert server.connections == 3


async def test_cookies_of_the_service_are_not_kept() -> None:
    async with FaultServer(Fault.json({}, headers={"Set-Cookie": "session=1; Path=/"})) as server:
        client = HttpClient(server.url, service="Jira")
        await client.request("GET", "/x")
        await client.request("GET", "/x")
        await client.aclose()
        assert all("cookie" not in request.headers for request in server.requests)


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "https://evil.example/x"},
        {"path": "/a/../b"},
        {"path": "/x", "params": {"q": "\ud800"}},
        {"path": "/x", "json": {"t": "\udfff"}},
        {"path": "/x", "headers": {"X-A": "1\r\nX-B: 2"}},
    ],
)
async def test_nothing_is_sent_of_a_request_that_cannot_be_said(arguments: dict[str, str]) -> None:
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", auth=AUTH)
        with pytest.raises(InvalidInput):
            await client.request("POST", **arguments)  # pyright: ignore[reportArgumentType] - one table of many kinds
        assert server.connections == 0


async def test_a_programming_mistake_is_no_service_error() -> None:
    client = HttpClient("https://example.com", service="Jira")
    with pytest.raises(ValueError, match="one body"):
        await client.request("POST", "/x", json={}, content=b"")
    with pytest.raises(ValueError, match="lane"):
        await client.request("GET", "/x", lane="unknown")
    with pytest.raises(ValueError, match="50 seconds"):
        HttpPolicy(total_timeout=50)


async def test_an_unusable_address_is_told_at_once() -> None:
    with pytest.raises(NotConfigured):
        HttpClient("http://example.com", service="Jira")


async def test_a_large_answer_is_not_read_to_its_end() -> None:
    quick = replace(QUICK, max_body=100_000)
    async with FaultServer(Fault.large()) as server:
        client = HttpClient(server.url, service="Jira", policy=quick)
        with pytest.raises(BadAnswer, match=r"more than 0\.0954 MiB. Ask for less"):
            await client.request("GET", "/x")
        await server.wait_for_disconnects()
        await client.aclose()
        assert len(server.requests) == 1


async def test_a_small_answer_that_unpacks_to_a_large_one_is_refused_too() -> None:
    bomb = Fault(200, gzip.compress(b"x" * 5_000_000), {"Content-Encoding": "gzip"})
    async with FaultServer(bomb) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, max_body=1_000_000))
        with pytest.raises(BadAnswer, match="MiB"):
            await client.request("GET", "/x")
        await client.aclose()


async def test_a_large_error_is_cut_and_still_explained() -> None:
    async with FaultServer(replace(Fault.large(200_000), status=404)) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, max_body=1000))
        with pytest.raises(ServiceError) as raised:
            await client.request("GET", "/x")
        await client.aclose()
    assert raised.value.kind == "not_found"


async def test_data_that_cannot_be_unpacked_is_a_bad_answer() -> None:
    fault = Fault(200, b"not gzip at all", {"Content-Encoding": "gzip"})
    async with FaultServer(fault) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(BadAnswer, match="unpacked"):
            await client.request("GET", "/x")
        server.queue("/x", replace(fault, status=403))
        with pytest.raises(ServiceError) as raised:
            await client.request("GET", "/x")
        await client.aclose()
    assert raised.value.kind == "not_permitted"


async def test_the_head_of_a_large_answer_can_be_asked_for() -> None:
    async with FaultServer(Fault.large()) as server:
        client = HttpClient(server.url, service="Jira")
        assert (await client.request("HEAD", "/x")).content == b""
        await client.aclose()


async def test_an_observer_sees_each_exchange_without_credentials() -> None:
    seen: list[Exchange] = []
    async with FaultServer(Fault.json({"ok": 1}, headers={"x-request-id": "r-2"})) as server:
        client = HttpClient(server.url, service="Jira", auth=AUTH, policy=QUICK, on_exchange=seen.append)
        server.queue("/x", Fault(503), Fault().dropped("before_answer"), Fault(200, b"abc").dropped("mid_body"))
        await client.request("PUT", "/x", params={"q": "1"}, json={"a": 1}, headers={"X-Api-Key": "k3y"})
        await client.aclose()
    assert [(one.status, one.error) for one in seen] == [
        (503, ""),
        (None, "RemoteProtocolError"),
        (200, "RemoteProtocolError"),
        (200, ""),
    ]
    last = seen[-1]
    assert (last.method, last.url, last.request_body, last.response_body) == ("PUT", "/x?q=1", b'{"a":1}', b'{"ok": 1}')
    assert last.request_id == "r-2"
    assert last.request_headers["content-type"] == "application/json"
    for one in seen:
        assert "s3cret" not in repr(one)
        assert not {"authorization", "x-api-key"} & {name.lower() for name in one.request_headers}


async def test_the_servers_own_explanation_of_an_error_is_used() -> None:
    def explain(reply: Reply) -> ServiceError:
        return ServiceError(f"custom words for {reply.status}", status=reply.status)

    async with FaultServer(Fault.json({}, 429, {"Retry-After": "40"})) as server:
        client = HttpClient(server.url, service="Jira", explain=explain)
        with pytest.raises(ServiceError, match="custom words for 429") as raised:
            await client.request("GET", "/x")
        await client.aclose()
    assert raised.value.retry_after == 40
