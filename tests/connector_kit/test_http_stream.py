"""Downloads in pieces."""

from dataclasses import replace

import anyio
import pytest

from connector_kit.errors import BadAnswer, InvalidInput, NotFound, ServiceError, TimedOut, Unavailable
from connector_kit.http import HttpClient
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio


async def read(client: HttpClient, path: str = "/file") -> bytes:
    async with client.stream("GET", path) as reply:
        return b"".join([chunk async for chunk in reply.iter_bytes()])


async def test_a_file_larger_than_any_answer_comes_in_pieces() -> None:
    async with FaultServer(replace(Fault.large(10 * 1024 * 1024), headers={"x-request-id": "r"})) as server:
        client = HttpClient(server.url, service="Jira")
        async with client.stream("GET", "/file", params={"a": 1}) as reply:
            assert (reply.status, reply.request_id, reply.method, reply.path) == (200, "r", "GET", "/file")
            sizes = [len(chunk) async for chunk in reply.iter_bytes()]
        await client.aclose()
    assert sum(sizes) == 10 * 1024 * 1024
    assert max(sizes) < 1024 * 1024


async def test_a_stream_is_retried_until_it_begins() -> None:
    async with FaultServer(Fault(200, b"content")) as server:
        server.queue("/file", Fault(503), Fault().dropped("before_answer"))
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        assert await read(client) == b"content"
        await client.aclose()
        assert len(server.requests) == 3


async def test_a_stream_of_something_missing_is_an_error() -> None:
    async with FaultServer(Fault.json({"message": "No such file"}, 404)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(NotFound, match="No such file"):
            await read(client)
        with pytest.raises(InvalidInput):
            client.stream("GET", "//elsewhere")
        await client.aclose()


async def test_a_stream_follows_a_redirect_to_the_store_of_files() -> None:
    async with FaultServer() as home, FaultServer(Fault(200, b"content")) as store:
        home.queue("/file", Fault.redirect(store.url + "/signed"))
        client = HttpClient(home.url, service="Jira", policy=QUICK)
        assert await read(client) == b"content"
        await client.aclose()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(200, b"x" * 1000).dropped("mid_body"), Unavailable),
        (Fault(200, b"x" * 1000).slow_body(0.3), TimedOut),
        (Fault(200, b"x" * 1000).slow_body(0.02), TimedOut),
        (Fault(200, b"not gzip", {"Content-Encoding": "gzip"}), BadAnswer),
    ],
)
async def test_a_download_that_fails_half_way_says_so(fault: Fault, kind: type[ServiceError]) -> None:
    async with FaultServer(fault) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, total_timeout=0.5))
        with pytest.raises(kind):
            await read(client)
        await client.aclose()
        assert len(server.requests) == 1


async def test_leaving_a_download_early_closes_its_connection() -> None:
    async with FaultServer(Fault(200, b"x" * 1000).slow_body(0.01)) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, total_timeout=20))
        async with client.stream("GET", "/file") as reply:
            async for _ in reply.iter_bytes():
                break
        await server.wait_for_disconnects(1)
        async with anyio.create_task_group() as group:
            group.start_soon(read, client)
            await server.wait_for_requests(2)
            await anyio.sleep(0.1)
            group.cancel_scope.cancel()
        await server.wait_for_disconnects(2)
        await client.aclose()
