"""Every fault becomes the right error, and no write is sent twice unless it certainly never ran."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import anyio
import pytest

from connector_kit.errors import InvalidInput, OutcomeUnknown, ServiceError, TimedOut, Unavailable
from connector_kit.http import HttpClient
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.faults import QUICK, Fault, FaultCase, FaultServer, fault_cases
from connector_kit.trace import CallTrace, current_trace

pytestmark = pytest.mark.anyio

FIELD_ERRORS: dict[str, object] = {"errorMessages": [], "errors": {"summary": "is required"}}
CASES = fault_cases(FIELD_ERRORS)
IDS = [case.name for case in CASES]


async def fails(server: FaultServer, method: str) -> ServiceError:
    client = HttpClient(server.url, service="Jira", policy=QUICK, sleep=FakeClock().sleep)
    try:
        with pytest.raises(ServiceError) as raised:
            (await client.request(method, "/issue")).json()
    finally:
        await client.aclose()
    return raised.value


@pytest.mark.parametrize("case", CASES, ids=IDS)
async def test_a_read_that_meets_a_fault_says_so(case: FaultCase) -> None:
    async with FaultServer(case.answer) as server:
        error = await fails(server, "GET")
    assert error.kind == case.read_kind
    assert len(server.requests) == (4 if case.repeated else 1)
    assert len(str(error)) > 30


@pytest.mark.parametrize("case", CASES, ids=IDS)
async def test_a_write_that_meets_a_fault_is_sent_once(case: FaultCase) -> None:
    async with FaultServer(case.answer) as server:
        error = await fails(server, "POST")
    assert error.kind == case.write_kind
    assert len(server.requests) == (4 if case.write_repeated else 1)
    if error.kind == "outcome_unknown":
        assert "before repeating" in str(error)


@pytest.mark.parametrize("case", [case for case in CASES if case.repeated], ids=lambda case: case.name)
async def test_a_read_survives_a_fault_that_passes(case: FaultCase) -> None:
    async with FaultServer(Fault.json({"ok": True})) as server:
        server.queue("/issue", case.answer)
        client = HttpClient(server.url, service="Jira", policy=QUICK)
        assert (await client.request("POST", "/issue", repeatable=True)).json() == {"ok": True}
        await client.aclose()


async def test_field_errors_of_a_400_are_named() -> None:
    async with FaultServer(CASES[0].answer) as server:
        error = await fails(server, "POST")
    assert isinstance(error, InvalidInput)
    assert error.fields == {"summary": "is required"}


async def test_a_refused_connection_is_repeated_for_any_method_and_says_nothing_was_sent() -> None:
    async with FaultServer() as server:
        url = server.url
    clock = FakeClock()
    client = HttpClient(url, service="Jira", policy=QUICK, sleep=clock.sleep)
    with pytest.raises(Unavailable, match=r"no connection to 127\.0\.0\.1\. Nothing was sent"):
        await client.request("POST", "/x")
    await client.aclose()
    assert len(clock.waits) == 3


async def test_a_host_that_does_not_exist_is_told_as_such() -> None:
    client = HttpClient("https://no-such-host.invalid", service="Jira", policy=replace(QUICK, retries=0))
    with pytest.raises(Unavailable, match="Nothing was sent"):
        await client.request("GET", "/x")
    await client.aclose()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_dropped_right_after_accept_leaves_doubt_for_a_write(method: str) -> None:
    async with FaultServer(Fault().dropped("accept")) as server:
        error = await fails(server, method)
    assert error.kind == ("unavailable" if method == "GET" else "outcome_unknown")
    assert server.connections == (4 if method == "GET" else 1)


async def test_a_write_whose_answer_breaks_off_was_accepted() -> None:
    async with FaultServer(Fault.json({"key": "A-1"}, 201).dropped("mid_body")) as server:
        error = await fails(server, "POST")
    assert isinstance(error, OutcomeUnknown)
    assert "It was accepted (201)." in str(error)
    assert error.status == 201


async def test_a_refusal_whose_explanation_breaks_off_is_still_a_refusal() -> None:
    async with FaultServer(Fault.json({"message": "x" * 100}, 403).dropped("mid_body")) as server:
        error = await fails(server, "POST")
    assert error.kind == "not_permitted"
    assert len(server.requests) == 1


async def test_a_refusal_whose_explanation_drips_on_is_told_at_the_deadline() -> None:
    quick = replace(QUICK, total_timeout=0.3)
    async with FaultServer(Fault.json({"message": "x" * 100}, 409).slow_body(0.02)) as server:
        client = HttpClient(server.url, service="Jira", policy=quick)
        with pytest.raises(ServiceError) as raised:
            await client.request("POST", "/x")
        await client.aclose()
    assert raised.value.kind == "conflict"


async def test_an_idempotent_write_is_repeated_and_its_failure_says_that_this_is_safe() -> None:
    async with FaultServer(Fault(502)) as server:
        error = await fails(server, "PUT")
        assert len(server.requests) == 4
        assert "repeating it is safe" in str(error)
        server.default = Fault().dropped("before_answer")
        assert "repeating it is safe" in str(await fails(server, "DELETE"))


async def test_a_delete_that_finds_nothing_after_an_unclear_try_says_that_it_may_have_worked() -> None:
    for unclear in (Fault(500), Fault().dropped("before_answer")):
        async with FaultServer(Fault(404)) as server:
            server.queue("*", unclear)
            error = await fails(server, "DELETE")
        assert error.kind == "not_found"
        assert "earlier try" in str(error)


async def test_garbage_instead_of_http_is_a_broken_connection() -> None:
    async with FaultServer(Fault(raw=b"SSH-2.0-OpenSSH\r\n\r\n")) as server:
        assert isinstance(await fails(server, "GET"), Unavailable)
        assert isinstance(await fails(server, "POST"), OutcomeUnknown)


async def test_a_call_that_gets_no_time_to_be_sent_is_told_so() -> None:
    async def oversleep(_: float) -> None:
        await anyio.sleep_forever()

    policy = replace(QUICK, total_timeout=0.5, requests_per_minute=200, burst=1)
    async with FaultServer() as server:
        client = HttpClient(server.url, service="Jira", policy=policy, sleep=oversleep)
        await client.request("GET", "/x")
        with pytest.raises(TimedOut, match="was not sent to Jira: the time for this call is used up"):
            await client.request("POST", "/x")
        await client.aclose()


async def test_a_retry_that_gets_no_time_to_be_sent_tells_why_the_first_try_failed() -> None:
    async def oversleep(_: float) -> None:
        await anyio.sleep_forever()

    async with FaultServer(Fault().dropped("before_answer")) as server:
        client = HttpClient(server.url, service="Jira", policy=replace(QUICK, total_timeout=1.0), sleep=oversleep)
        with pytest.raises(Unavailable, match="the connection broke"):
            await client.request("GET", "/x")
        await client.aclose()


@contextmanager
def tool_call(seconds: float) -> Generator[None]:
    """Inside of a tool call that has so many seconds left."""
    token = current_trace.set(CallTrace(deadline=time.monotonic() + seconds))
    try:
        yield
    finally:
        current_trace.reset(token)


async def test_a_tool_call_whose_time_is_up_sends_nothing_more() -> None:
    async with FaultServer() as server:
        for left in (-1, 0, QUICK.total_timeout / 100):
            with tool_call(left):
                error = await fails(server, "POST")
            assert isinstance(error, TimedOut)
            assert "was not sent" in str(error)
        assert server.requests == []


async def test_the_last_request_of_a_tool_call_ends_with_it_and_accuses_nobody() -> None:
    policy = replace(QUICK, total_timeout=2, read_timeout=30, connect_timeout=0.1, breaker_failures=1)
    async with FaultServer() as server:
        server.queue("/slow", Fault(header_delay=60))
        client = HttpClient(server.url, service="Jira", policy=policy)
        with tool_call(0.5), pytest.raises(OutcomeUnknown):
            await client.request("POST", "/slow")
        assert (await client.request("GET", "/x")).status == 200
        await client.aclose()
