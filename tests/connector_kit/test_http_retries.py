"""How long a client waits before it tries again, through the client itself."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anyio
import httpx2
import pytest

from connector_kit.errors import RateLimited, ServiceError, TimedOut, Unavailable
from connector_kit.http import HttpClient, HttpPolicy, Reply
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio


async def waits(*answers: Fault, method: str = "GET", policy: HttpPolicy | None = None) -> list[float]:
    """The waits before the request ended, well or not."""
    clock = FakeClock()
    async with FaultServer() as server:
        server.queue("/x", *answers)
        client = HttpClient(server.url, service="Jira", policy=policy or HttpPolicy(), sleep=clock.sleep, clock=clock)
        try:
            await client.request(method, "/x")
        except ServiceError:
            clock.waits.append(-1)
        await client.aclose()
    return clock.waits


async def test_a_read_is_tried_four_times_about_one_two_and_four_seconds_apart() -> None:
    first, second, third, end = await waits(*[Fault(503)] * 4)
    assert 0.75 <= first <= 1.25
    assert 1.5 <= second <= 2.5
    assert 3 <= third <= 5
    assert end == -1


async def test_the_wait_that_the_service_asks_for_is_kept() -> None:
    [seconds] = await waits(Fault(429, headers={"Retry-After": "7"}), method="POST")
    assert 7 <= seconds <= 8
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    [seconds] = await waits(Fault(503, headers={"Retry-After": date}), method="POST")
    assert 8 <= seconds <= 11
    reset = (datetime.now(UTC) + timedelta(seconds=10)).isoformat()
    [seconds] = await waits(Fault(429, headers={"X-RateLimit-Reset": reset}))
    assert 8 <= seconds <= 11


async def test_a_wait_that_is_too_long_is_told_at_once() -> None:
    assert await waits(Fault(429, headers={"Retry-After": "31"})) == [-1]
    quota = {"RateLimit-Reason": "jira-quota-global-based", "X-RateLimit-Reset": "20"}
    assert await waits(Fault(429, headers=quota)) == [-1]


async def test_waits_end_when_the_time_of_the_call_is_used_up() -> None:
    slow = Fault(429, headers={"Retry-After": "25"})
    assert len(await waits(slow, slow)) == 2


async def test_a_long_wait_tells_the_caller_when_to_come_back() -> None:
    async with FaultServer(Fault(429, headers={"Retry-After": "120"})) as server:
        client = HttpClient(server.url, service="Jira")
        with pytest.raises(RateLimited, match="Try again in 120 s") as raised:
            await client.request("GET", "/x")
        await client.aclose()
    assert raised.value.retry_after == 120
    assert len(server.requests) == 1


async def test_a_caller_may_forbid_repeating_what_its_method_allows() -> None:
    async with FaultServer(Fault(500)) as server:
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        with pytest.raises(ServiceError) as raised:
            await client.request("PUT", "/x", repeatable=False)
        await client.aclose()
    assert raised.value.kind == "outcome_unknown"
    assert len(server.requests) == 1


async def test_a_slow_dripping_body_ends_at_the_total_deadline() -> None:
    quick = replace(QUICK, total_timeout=0.3)
    async with FaultServer(Fault.json("x" * 500).slow_body(0.02)) as server:
        client = HttpClient(server.url, service="Jira", policy=quick)
        with pytest.raises(TimedOut, match=r"within 0\.3 s"):
            await client.request("GET", "/x")
        await server.wait_for_disconnects()
        with pytest.raises(ServiceError, match="It was accepted"):
            await client.request("POST", "/x")
        with pytest.raises(TimedOut, match="repeating it is safe"):
            await client.request("PUT", "/x")
        await client.aclose()


class Raises(httpx2.AsyncBaseTransport):
    """A way to the service that is broken in a given manner."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.sent = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert request.method in ("GET", "POST")
        self.sent += 1
        raise self.error


@pytest.mark.parametrize(
    ("error", "kind", "tries", "said"),
    [
        (httpx2.ConnectTimeout("t"), "unavailable", 4, "did not accept the connection in time"),
        (httpx2.PoolTimeout("t"), "unavailable", 4, "too many calls are under way"),
        (httpx2.ProxyError("407"), "unavailable", 1, "the proxy refused the connection"),
        (httpx2.WriteTimeout("t"), "outcome_unknown", 1, "stayed silent"),
        (httpx2.WriteError("t"), "outcome_unknown", 1, "the connection broke"),
    ],
)
async def test_the_way_to_the_service_may_be_broken_in_many_ways(
    error: Exception, kind: str, tries: int, said: str
) -> None:
    transport = Raises(error)
    client = HttpClient("https://x.invalid", service="Jira", policy=QUICK, transport=transport)
    with pytest.raises(ServiceError, match=said) as raised:
        await client.request("POST", "/x")
    assert (raised.value.kind, transport.sent) == (kind, tries)


async def test_a_certificate_that_is_not_trusted_is_told_at_once() -> None:
    error = httpx2.ConnectError("tls")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed certificate")
    transport = Raises(error)
    client = HttpClient("https://x.invalid", service="Jira", policy=QUICK, transport=transport)
    with pytest.raises(Unavailable, match=r"certificate of x\.invalid is not trusted.*SSL_CERT_FILE"):
        await client.request("GET", "/x")
    assert transport.sent == 1


async def test_an_error_of_our_own_code_is_not_taken_for_one_of_the_service() -> None:
    client = HttpClient("https://x.invalid", service="Jira", policy=QUICK, transport=Raises(KeyError("bug")))
    for _ in range(6):
        with pytest.raises(KeyError):
            await client.request("GET", "/x")


async def test_cancelling_a_call_closes_its_connection_and_spares_the_next() -> None:
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, read_timeout=10, total_timeout=20))
        server.queue("/x", Fault.json({}).slow_headers(30), Fault.json("x" * 1000).slow_body(0.05))
        for requests in (1, 2):
            async with anyio.create_task_group() as group:
                group.start_soon(client.request, "GET", "/x")
                await server.wait_for_requests(requests)
                await anyio.sleep(0.1)
                group.cancel_scope.cancel()
            await server.wait_for_disconnects(requests)
        assert isinstance(await client.request("GET", "/x"), Reply)
        await client.aclose()


async def test_an_asyncio_cancellation_works_as_well() -> None:
    async with FaultServer(Fault().slow_headers(30)) as server:
        client = HttpClient(server.url, service="Jira")
        task = asyncio.create_task(client.request("GET", "/x"))
        await server.wait_for_requests(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.wait_for_disconnects()
        await client.aclose()
