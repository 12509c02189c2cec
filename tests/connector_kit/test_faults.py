"""The fault-injecting server does what it is told."""

import asyncio
import contextlib

import httpx2
import pytest

from connector_kit.testing.faults import HTML, Fault, FaultServer, fault_cases

pytestmark = pytest.mark.anyio


async def raw(server: FaultServer, request: bytes) -> bytes:
    """What plain TCP gets back until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rsplit(":", 1)[1]))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


GET = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_queued_answers_come_in_order_before_the_default() -> None:
    async with FaultServer(Fault(204)) as server, httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        server.queue("/a", Fault.json({"n": 1}, 201), Fault.html(502))
        server.queue("*", Fault(418))
        assert server.pending() == 3
        statuses = [(await client.get(path)).status_code for path in ("/a", "/a", "/a", "/b")]
        assert statuses == [201, 502, 418, 204]
        assert server.pending() == 0
        assert server.connections == 1


async def test_requests_are_recorded_as_they_arrived() -> None:
    async with FaultServer() as server, httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        await client.post("/a%20b?q=1&q=%C3%A4", json={"k": "v"}, headers={"X-Kit": "1"})
        [request] = server.requests
    assert (request.method, request.path, request.target) == ("POST", "/a b", "/a%20b?q=1&q=%C3%A4")
    assert request.query == (("q", "1"), ("q", "ä"))
    assert request.headers["x-kit"] == "1"
    assert request.json() == {"k": "v"}


async def test_two_requests_sent_at_once_are_both_answered() -> None:
    async with FaultServer(Fault(200, b"one")) as server:
        server.queue("/last", Fault(200, b"two", close=True))
        answer = await raw(server, GET + GET.replace(b"/x", b"/last"))
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        assert answer.endswith(b"two")
        assert b"Connection: close" in answer


async def test_connections_are_dropped_where_they_should_be() -> None:
    async with FaultServer(Fault(200, b"0123456789")) as server:
        server.queue("*", Fault().dropped("accept"))
        # What the client had sent was never read: its kernel may say so with a reset.
        with contextlib.suppress(ConnectionResetError):
            assert await raw(server, GET) == b""
        assert server.requests == []
        server.queue("/x", Fault().dropped("before_answer"), Fault(200, b"0123456789").dropped("mid_body"))
        assert await raw(server, GET) == b""
        answer = await raw(server, GET)
        assert b"Content-Length: 10" in answer
        assert answer.endswith(b"01234")
        server.queue("/x", Fault().dropped("reset"))
        with pytest.raises(ConnectionResetError):
            await raw(server, GET)
        server.queue("/x", Fault(raw=b"garbage"))
        assert await raw(server, GET) == b"garbage"
        assert len(server.requests) == 4


async def test_an_accept_drop_meets_a_kept_connection_at_its_next_request() -> None:
    async with FaultServer() as server, httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
        await client.get("/x")
        server.queue("*", Fault().dropped("accept"))
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get("/x")


async def test_a_client_that_leaves_early_is_counted() -> None:
    async with (
        FaultServer(Fault.large().slow_headers(30)) as server,
        httpx2.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/x", timeout=0.05)
        await server.wait_for_disconnects()
        server.default = Fault.json("x" * 100).slow_body(0.02)
        with pytest.raises(httpx2.ReadTimeout):
            async with client.stream("GET", "/x") as response:
                assert response.status_code == 200
                raise httpx2.ReadTimeout("left on purpose")
        await server.wait_for_disconnects(2)
        with pytest.raises(TimeoutError):
            await server.wait_for_requests(99, timeout=0.01)


async def test_a_head_request_gets_no_body_and_an_unknown_status_is_sent() -> None:
    async with (
        FaultServer(Fault(599, b"body")) as server,
        httpx2.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        response = await client.head("/x")
        assert (response.status_code, response.content) == (599, b"")
        assert (await client.get("/x")).content == b"body"


def test_the_catalogue_of_faults_names_each_once() -> None:
    cases = fault_cases({"errors": {"f": "bad"}})
    names = [case.name for case in cases]
    assert len(set(names)) == len(names) >= 20
    assert cases[0].answer.body == b'{"errors": {"f": "bad"}}'
    assert b"explanation of 400" in fault_cases()[0].answer.body
    assert HTML in [case.answer.body for case in cases]
