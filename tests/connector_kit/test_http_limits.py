"""Rate limit and circuit breaker, through the client."""

from dataclasses import replace

import anyio
import pytest

from connector_kit.errors import RateLimited, ServiceError, Unavailable
from connector_kit.http import HttpClient, HttpPolicy
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.faults import QUICK, Fault, FaultServer

pytestmark = pytest.mark.anyio

ONCE = replace(QUICK, retries=0, breaker_failures=5, breaker_pause=30)


async def test_a_burst_goes_out_and_then_the_pace_holds() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        policy = HttpPolicy(requests_per_minute=60, burst=2)
        client = HttpClient(server.url, service="Jira", policy=policy, sleep=clock.sleep, clock=clock)
        for _ in range(4):
            await client.request("GET", "/x")
        await client.aclose()
    assert clock.waits == [pytest.approx(1), pytest.approx(1)]


async def test_a_wait_beyond_the_time_of_the_call_is_told_at_once_and_costs_nothing() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        policy = HttpPolicy(requests_per_minute=1, burst=1)
        client = HttpClient(server.url, service="Jira", policy=policy, sleep=clock.sleep, clock=clock)
        await client.request("GET", "/x")
        for _ in range(3):
            with pytest.raises(RateLimited, match=r"not sent\. Try again in 60 s\.") as raised:
                await client.request("POST", "/x")
            assert raised.value.retry_after == pytest.approx(60)
        clock.advance(60)
        await client.request("GET", "/x")
        await client.aclose()
    assert clock.waits == []
    assert len(server.requests) == 2


async def test_a_lane_has_a_budget_of_its_own() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Slack", lanes={"post": 1}, sleep=clock.sleep, clock=clock)
        await client.request("POST", "/post", lane="post")
        with pytest.raises(RateLimited):
            await client.request("POST", "/post", lane="post")
        await client.request("GET", "/list")
        await client.aclose()
    assert [request.path for request in server.requests] == ["/post", "/list"]


async def test_a_caller_who_gives_up_waiting_gives_its_turn_back() -> None:
    async with FaultServer() as server:
        policy = HttpPolicy(requests_per_minute=6, burst=1)
        client = HttpClient(server.url, service="Jira", policy=policy)
        await client.request("GET", "/x")
        for _ in range(10):
            with anyio.move_on_after(0.001):
                await client.request("GET", "/x")
        # Ten turns of ten seconds each would be far beyond the time of a call.
        with anyio.move_on_after(0.01) as scope:
            await client.request("GET", "/x")
        await client.aclose()
    assert scope.cancelled_caught


async def test_a_retry_that_gets_no_turn_tells_why_the_first_try_failed() -> None:
    clock = FakeClock()
    async with FaultServer(Fault(500)) as server:
        policy = HttpPolicy(requests_per_minute=1, burst=1)
        client = HttpClient(server.url, service="Jira", policy=policy, sleep=clock.sleep, clock=clock)
        with pytest.raises(Unavailable, match="answered 500"):
            await client.request("GET", "/x")
        await client.aclose()


async def opened(server: FaultServer, clock: FakeClock, fault: Fault) -> HttpClient:
    client = HttpClient(server.url, service="Jira", policy=ONCE, sleep=clock.sleep, clock=clock)
    server.queue("/x", *[fault] * 5)
    for _ in range(5):
        with pytest.raises(ServiceError):
            await client.request("GET", "/x")
    return client


@pytest.mark.parametrize("fault", [Fault(500), Fault(503), Fault().dropped("before_answer")])
async def test_after_five_failures_nothing_is_sent_and_the_error_says_until_when(fault: Fault) -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = await opened(server, clock, fault)
        clock.advance(10)
        with pytest.raises(
            Unavailable, match=r"failed 5 times in a row.*not sent\. It is tried again in 20 s\."
        ) as raised:
            await client.request("POST", "/x")
        assert raised.value.retry_after == pytest.approx(20)
        assert len(server.requests) == 5
        await client.aclose()


@pytest.mark.parametrize("status", [400, 401, 404, 429])
async def test_answers_about_the_request_do_not_open_the_circuit(status: int) -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = await opened(server, clock, Fault(status))
        await client.request("GET", "/x")
        await client.aclose()


async def test_a_large_answer_does_not_open_the_circuit() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = await opened(server, clock, Fault.large(9 * 1024 * 1024))
        await client.request("GET", "/x")
        await client.aclose()


async def test_half_open_lets_exactly_one_of_ten_callers_probe() -> None:
    clock = FakeClock()
    told: list[str] = []
    async with FaultServer(Fault.json({}).slow_headers(0.1)) as server:
        client = await opened(server, clock, Fault(500))
        clock.advance(31)

        async def call() -> None:
            try:
                await client.request("GET", "/x")
            except Unavailable:
                told.append("refused")
            else:
                told.append("answered")

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(call)
        assert sorted(told) == ["answered"] + ["refused"] * 9
        assert len(server.requests) == 6
        await client.request("GET", "/x")
        await client.aclose()


async def test_a_probe_that_is_cancelled_makes_room_for_the_next() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = await opened(server, clock, Fault(500))
        clock.advance(31)
        server.queue("/x", Fault().slow_headers(30))
        with anyio.move_on_after(0.05):
            await client.request("GET", "/x")
        await client.request("GET", "/x")
        await client.aclose()


async def test_a_call_that_hits_its_deadline_counts_as_a_failure() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = HttpClient(
            server.url,
            service="Jira",
            policy=replace(ONCE, total_timeout=0.05, breaker_failures=1),
            sleep=clock.sleep,
            clock=clock,
        )
        server.queue("/x", Fault().slow_headers(30))
        with pytest.raises(ServiceError):
            await client.request("GET", "/x")
        with pytest.raises(Unavailable, match="paused"):
            await client.request("GET", "/x")
        await client.aclose()


async def test_a_circuit_that_opens_while_a_call_waits_for_its_turn_stops_it() -> None:
    clock = FakeClock()
    async with FaultServer() as server:
        client = HttpClient(
            server.url,
            service="Jira",
            policy=replace(ONCE, requests_per_minute=60, burst=1, total_timeout=40, breaker_failures=1),
            clock=clock,
            sleep=clock.sleep,
        )
        server.queue("/x", Fault(500).slow_headers(0.05))

        async def first() -> None:
            with pytest.raises(ServiceError):
                await client.request("GET", "/x")

        released = anyio.Event()

        async def sleep(seconds: float) -> None:
            await released.wait()

        async def second() -> None:
            with pytest.raises(Unavailable, match="paused"):
                await client.request("GET", "/x")

        client._sleep = sleep  # pyright: ignore[reportPrivateUsage] - a turn that takes as long as the test says
        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await server.wait_for_requests(1)
            group.start_soon(second)
            await anyio.sleep(0.15)
            released.set()
        assert len(server.requests) == 1
        await client.aclose()


async def test_a_hundred_reads_at_once_share_the_time_of_one() -> None:
    async with FaultServer(Fault.json({}).slow_headers(0.1)) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, read_timeout=5, total_timeout=10))
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(client.request, "GET", "/x")
        await client.aclose()
        assert server.connections == 100
