"""Reads over a bad line: repeated where that helps, ended in time, stopped at Snowflake, told as what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import anyio
import pytest

from connector_kit.errors import InvalidInput, NotPermitted, RateLimited, ServiceError, TimedOut, Unavailable
from connector_kit.testing.faults import Fault
from snowflake_mcp.client.catalog import Catalog
from snowflake_mcp.client.queries import Queries
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.models import Result, Running

from ..scripted import Scripted
from .asking import asked
from .unreliable import DROPPED, NONSENSE, READ, RESET, connected, read, sent

pytestmark = pytest.mark.anyio

PASSING = {
    "503": Fault(503),
    "500": Fault(500),
    "504": Fault(504),
    "429": Fault(429, headers={"Retry-After": "0"}),
    "dropped": DROPPED,
    "reset": RESET,
}


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account with one small and one large table."""
    async with Scripted() as running:
        running.answer("FROM t", ["NAME"], [("x",)])
        running.answer("FROM large", [("N", "NUMBER")], [(n,) for n in range(60)], first_rows=10, chunk_rows=25)
        yield running


@pytest.mark.parametrize("name", PASSING)
@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_passing_fault_is_not_noticed(account: Scripted, name: str, carried_out: bool) -> None:
    async with connected(account) as engine:
        account.fault("query", PASSING[name], carried_out=carried_out)
        assert (await read(engine)).rows == [("x",)]
    assert len(sent(account, READ)) == 1
    assert len(account.logins) == 1


@pytest.mark.parametrize("name", NONSENSE)
async def test_what_is_no_answer_of_snowflake_is_asked_for_again(account: Scripted, name: str) -> None:
    async with connected(account) as engine:
        account.fault("query", NONSENSE[name], carried_out=True)
        assert (await read(engine)).rows == [("x",)]
        account.fault("result", NONSENSE[name])
        answer = await asked(engine, READ, context=engine.context(), wait=10)
        assert isinstance(answer, Result)
        assert answer.rows == [("x",)]


@pytest.mark.parametrize("name", NONSENSE)
async def test_what_never_is_an_answer_is_told_as_trouble_on_the_way(account: Scripted, name: str) -> None:
    async with connected(account, timeout=5) as engine:
        await read(engine)
        account.fault("query", *[NONSENSE[name]] * 200)
        with pytest.raises(ServiceError) as caught:
            await read(engine)
    assert caught.value.kind in {"unavailable", "timed_out"}
    assert "<html" not in str(caught.value)


@pytest.mark.parametrize("fault", [Fault(503), DROPPED, Fault().slow_headers(30)])
async def test_a_fault_that_stays_ends_with_the_call(account: Scripted, fault: Fault) -> None:
    async with connected(account, timeout=4) as engine:
        await read(engine)
        account.fault("query", *[fault] * 200)
        with pytest.raises(ServiceError) as caught:
            await read(engine)
    assert caught.value.kind in {"unavailable", "timed_out"}


async def test_being_asked_too_often_is_told(account: Scripted) -> None:
    async with connected(account) as engine:
        await read(engine)
        account.fault("query", *[Fault(429)] * 200)
        with pytest.raises(RateLimited, match="too often"):
            await read(engine)


async def test_a_read_whose_time_is_up_is_stopped_at_snowflake(account: Scripted) -> None:
    account.answer("FROM endless", ["N"], hangs=True)
    async with connected(account, timeout=3.5) as engine:
        with pytest.raises(TimedOut, match="the statement was stopped"):
            await read(engine, "SELECT n FROM endless")
        await account.until(lambda: account.aborts)
        assert [statement.sql for statement in account.aborts] == ["SELECT n FROM endless"]
        assert (await read(engine)).rows == [("x",)]


async def test_a_read_whose_call_is_cancelled_is_stopped_at_snowflake(account: Scripted) -> None:
    account.answer("FROM endless", ["N"], hangs=True)
    async with connected(account) as engine:
        call = asyncio.create_task(read(engine, "SELECT n FROM endless"))
        await account.until(lambda: account.statements)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await account.until(lambda: account.aborts)


async def test_a_query_whose_call_is_cancelled_is_stopped_at_snowflake(account: Scripted) -> None:
    account.answer("FROM endless", ["N"], hangs=True)
    async with connected(account) as engine:
        queries = Queries(engine, Catalog(engine))
        call = asyncio.create_task(queries.run("SELECT n FROM endless", context=engine.context(), rows=9))
        await account.until(lambda: any(request.path.endswith("/result") for request in account.server.requests))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert [statement.sql for statement in account.aborts] == ["SELECT n FROM endless"]


async def test_a_query_whose_call_is_given_up_is_stopped_at_snowflake(account: Scripted) -> None:
    account.answer("FROM endless", ["N"], hangs=True)
    async with connected(account) as engine:
        queries = Queries(engine, Catalog(engine))
        async with anyio.create_task_group() as group:
            group.start_soon(partial(queries.run, "SELECT n FROM endless", context=engine.context(), rows=9))
            await account.until(lambda: any(request.path.endswith("/result") for request in account.server.requests))
            group.cancel_scope.cancel()
        await account.until(lambda: account.aborts)


async def test_a_query_goes_on_when_the_wait_is_over(account: Scripted) -> None:
    account.answer("FROM slow", ["N"], [("1",)], hangs=True)
    async with connected(account) as engine:
        place = engine.context()
        running = await asked(engine, "SELECT n FROM slow", context=place, wait=1)
        assert isinstance(running, Running)
        assert (await engine.status(running.query_id, context=place)).state == "running"
        account.finish(account.statements[-1])
        assert (await engine.status(running.query_id, context=place)).state == "succeeded"
        page = await engine.page(running.query_id, context=place, wait=5)
        assert isinstance(page, Result)
        assert page.rows == [("1",)]
    assert account.aborts == []
    assert sent(account, "SELECT n FROM slow") == [1]


@pytest.mark.parametrize("polls", [1, 2, 5, 6])
async def test_a_query_is_asked_for_until_it_has_ended(account: Scripted, polls: int) -> None:
    account.answer("FROM slow", ["N"], [("1",)], polls=polls)
    async with connected(account) as engine:
        answer = await asked(engine, "SELECT n FROM slow", context=engine.context(), wait=20)
        assert isinstance(answer, Result)
        assert answer.rows == [("1",)]
        assert (await read(engine, "SELECT n FROM slow -- waited for by the connector")).rows == [("1",)]


async def test_a_query_that_fails_later_says_why(account: Scripted) -> None:
    account.fail("FROM broken", "100038", "22018", "Numeric value 'abc' is not recognized", polls=3)
    async with connected(account) as engine:
        place = engine.context()
        with pytest.raises(InvalidInput, match="Numeric value 'abc'") as caught:
            await asked(engine, "SELECT n FROM broken", context=place, wait=20)
        query_id = account.statements[-1].query_id
        status = await engine.status(query_id, context=place)
    assert query_id in str(caught.value)
    assert (status.state, "Numeric value" in status.message) == ("failed", True)


async def test_a_query_that_is_cancelled_elsewhere_says_so(account: Scripted) -> None:
    account.answer("FROM slow", ["N"], hangs=True)
    async with connected(account) as engine:
        place = engine.context()
        call = asyncio.create_task(asked(engine, "SELECT n FROM slow", context=place, wait=20))
        await account.until(lambda: account.statements)
        assert await engine.cancel(account.statements[0].query_id, context=place)
        with pytest.raises(ServiceError, match="was cancelled") as caught:
            await call
        assert not await engine.cancel(account.statements[0].query_id, context=place)
    assert caught.value.kind == "cancelled"


@pytest.mark.parametrize("fault", [Fault(503), Fault(403), DROPPED, RESET, Fault.garbage(), Fault.truncated_gzip()])
async def test_no_row_of_a_large_result_is_lost(account: Scripted, fault: Fault) -> None:
    async with connected(account) as engine:
        account.fault("chunk", fault)
        answer = await asked(engine, "SELECT n FROM large", context=engine.context(), wait=20)
        assert isinstance(answer, Result)
        assert answer.rows == [(n,) for n in range(60)]
        account.fault("chunk", fault)
        assert (await read(engine, "SELECT n FROM large")).rows == [(n,) for n in range(60)]


@pytest.mark.parametrize("fault", [Fault.garbage(), Fault(403), Fault(404)])
async def test_a_result_of_which_a_part_is_missing_is_an_error(account: Scripted, fault: Fault) -> None:
    async with connected(account) as engine:
        account.fault("chunk", *[fault] * 100)
        with pytest.raises(Unavailable):
            await read(engine, "SELECT n FROM large")
        query_id = await engine.submit("SELECT n FROM large", context=engine.context())
        with pytest.raises(ServiceError):
            async with engine.stream(query_id, context=engine.context()) as stream:
                async for _ in stream:
                    pass


@pytest.mark.parametrize(
    ("code", "state", "message", "kind", "told"),
    [
        (
            "000606",
            "57P03",
            "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' "
            "command.",
            InvalidInput,
            "No warehouse is chosen.*SNOWFLAKE_WAREHOUSE",
        ),
        ("000609", "57014", "Warehouse 'PM_OS_WH' is suspended.", Unavailable, "warehouse does not run.*resume"),
        (
            "090073",
            "22000",
            "Warehouse 'PM_OS_WH' cannot be resumed because resource monitor 'LIMIT' has exceeded its quota.",
            Unavailable,
            "warehouse does not run.*quota",
        ),
        ("000630", "57014", "Statement reached its statement or warehouse timeout of 600 second(s) and was canceled.",
         TimedOut, "timeout of 600 second"),
        ("003001", "42501", "SQL access control error:\nInsufficient privileges to operate on table 'T'",
         NotPermitted, "Insufficient privileges"),
        ("002003", "42S02", "SQL compilation error:\nObject 'A.B.T' does not exist or not authorized.",
         Missing, "A.B.T"),
        ("001003", "42000", "SQL compilation error:\nsyntax error line 1 at position 7 unexpected 'FORM'.",
         InvalidInput, "line 1, position 7"),
        ("300002", "XX000", "Processing aborted due to error 300002:1263; incident 1234.", Unavailable, "Try again"),
    ],
)  # fmt: skip
async def test_a_failure_is_told_as_what_it_is(
    account: Scripted, code: str, state: str, message: str, kind: type[ServiceError], told: str
) -> None:
    account.fail("FROM t", code, state, message)
    async with connected(account) as engine:
        with pytest.raises(kind, match=told) as caught:
            await read(engine)
        with pytest.raises(kind, match=told):
            await asked(engine, READ, context=engine.context(), wait=5)
    assert account.statements[0].query_id in str(caught.value)
    assert len(account.logins) == 1
    assert sent(account, READ) == [1, 1]


@pytest.mark.parametrize("kind", [0x1000, 0x2000, 0x4000, 0x4400, 0x4500, 0x4701, 0x6000, 0x0])
async def test_rows_come_whatever_the_kind_of_statement(account: Scripted, kind: int) -> None:
    account.answer("FROM kinds", ["NAME"], [("a",), ("b",), ("c",)], kind=kind)
    async with connected(account) as engine:
        assert (await read(engine, "SELECT name FROM kinds")).rows == [("a",), ("b",), ("c",)]
        query_id = account.statements[-1].query_id
        page = await engine.page(query_id, context=engine.context(), offset=1, rows=1)
        assert isinstance(page, Result)
        assert page.rows == [("b",)]
        async with engine.stream(query_id, context=engine.context()) as stream:
            assert [row async for part in stream for row in part] == [("a",), ("b",), ("c",)]
