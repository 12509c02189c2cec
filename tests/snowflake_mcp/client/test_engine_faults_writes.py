"""Changes over a bad line: carried out once, or not at all, or told as uncertain; nothing secret is told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import anyio
import pytest

from connector_kit import trace
from connector_kit.errors import OutcomeUnknown, ServiceError, Unavailable
from connector_kit.testing.faults import Fault

from ..scripted import TOKEN, Scripted
from .unreliable import DROPPED, NONSENSE, RESET, WRITE, connected, read, sent, write

pytestmark = pytest.mark.anyio


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account in which a row can be inserted."""
    async with Scripted() as running:
        running.answer("FROM t", ["NAME"], [("x",)])
        running.answer("^(INSERT|UPDATE)", changed=3)
        yield running


async def test_a_change_tells_how_many_rows_and_logs_out(account: Scripted) -> None:
    async with connected(account) as engine:
        assert (await write(engine)).changed == 3
        assert (await write(engine, "UPDATE t SET a = 1")).changed == 3
        assert len(account.closed) == 2


@pytest.mark.parametrize("fault", [Fault(503), Fault(500), DROPPED, RESET])
@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_change_that_comes_twice_is_carried_out_once(
    account: Scripted, fault: Fault, carried_out: bool
) -> None:
    account.fault("query", fault, carried_out=carried_out)
    async with connected(account) as engine:
        assert (await write(engine)).changed == 3
    assert len(sent(account, WRITE)) == 1


@pytest.mark.parametrize("name", NONSENSE)
async def test_a_change_that_may_have_been_done_is_not_repeated(account: Scripted, name: str) -> None:
    account.fault("query", NONSENSE[name], carried_out=True)
    async with connected(account) as engine:
        with pytest.raises(OutcomeUnknown, match=r"may or may not have been done.*before doing it again"):
            await write(engine)
    assert sent(account, WRITE) in ([1], [2])
    assert len(account.logins) == 1


@pytest.mark.parametrize("fault", [Fault(503), DROPPED, Fault().slow_headers(30)])
async def test_a_change_without_an_answer_is_uncertain(account: Scripted, fault: Fault) -> None:
    account.fault("query", *[fault] * 200, carried_out=True)
    async with connected(account, timeout=4) as engine:
        with pytest.raises(OutcomeUnknown):
            await write(engine)
    assert len(sent(account, WRITE)) == 1


async def test_a_change_whose_time_is_up_is_stopped_and_uncertain(account: Scripted) -> None:
    account.answer("^INSERT", hangs=True)
    async with connected(account, timeout=3.5) as engine:
        with pytest.raises(OutcomeUnknown, match="was stopped"):
            await write(engine)
    assert [statement.sql for statement in account.aborts] == [WRITE]


async def test_a_change_whose_call_is_cancelled_is_stopped(account: Scripted) -> None:
    account.answer("^INSERT", hangs=True)
    async with connected(account) as engine:
        call = asyncio.create_task(write(engine))
        await account.until(lambda: account.statements)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await account.until(lambda: account.aborts)


async def test_a_call_that_is_given_up_leaves_no_transaction_open(account: Scripted) -> None:
    account.answer("^UPDATE", hangs=True)
    async with connected(account) as engine:

        async def change() -> None:
            async with engine.exclusive(engine.context()) as own, own.transaction():
                await own.run(WRITE)
                await own.run("UPDATE t SET a = 1")

        async with anyio.create_task_group() as group:
            group.start_soon(change)
            await account.until(lambda: account.statements and account.statements[-1].verb == "UPDATE")
            group.cancel_scope.cancel()
        assert [statement.verb for statement in account.statements] == ["BEGIN", "INSERT", "UPDATE", "ROLLBACK"]
        assert [statement.verb for statement in account.aborts] == ["UPDATE"]
        assert len(account.closed) == 1


@pytest.mark.parametrize("name", NONSENSE)
async def test_within_a_transaction_a_lost_answer_has_changed_nothing(account: Scripted, name: str) -> None:
    async with connected(account) as engine:
        with pytest.raises(Unavailable, match="Nothing was changed"):
            async with engine.exclusive(engine.context()) as own, own.transaction():
                account.fault("query", NONSENSE[name], carried_out=True)
                await own.run(WRITE)
    verbs = [statement.verb for statement in account.statements]
    assert verbs == ["BEGIN", "INSERT", "ROLLBACK"]


@pytest.mark.parametrize("name", NONSENSE)
async def test_a_lost_answer_to_the_commit_is_uncertain(account: Scripted, name: str) -> None:
    async with connected(account) as engine:
        with pytest.raises(OutcomeUnknown):
            async with engine.exclusive(engine.context()) as own, own.transaction():
                await own.run(WRITE)
                account.fault("query", NONSENSE[name], carried_out=True)
    assert [statement.verb for statement in account.statements] == ["BEGIN", "INSERT", "COMMIT"]


async def test_a_session_that_ends_during_a_transaction_has_changed_nothing(account: Scripted) -> None:
    async with connected(account) as engine:
        with pytest.raises(ServiceError):
            async with engine.exclusive(engine.context()) as own, own.transaction():
                account.expire(masters=True, code="390111")
                await own.run(WRITE)
    assert sent(account, WRITE) == []


async def test_every_statement_says_whose_it_is_and_how_long_it_may_take(account: Scripted) -> None:
    account.answer("^EXPLAIN", ["step"], [("x",)])
    running = trace.CallTrace(tool="snowflake_run_query", client="a-client")
    token = trace.current_trace.set(running)
    try:
        async with connected(account, statement_timeout=77) as engine:
            place = engine.context()
            await read(engine)
            query_id = await engine.submit("SELECT name FROM t", context=place)
            await engine.page(query_id, context=place)
            async with engine.exclusive(place) as own, own.transaction():
                await own.run(WRITE)
                await own.run("INSERT INTO t VALUES (?)", [[1, 2]])
    finally:
        trace.current_trace.reset(token)
    assert [statement.verb for statement in account.statements] == [
        "SELECT", "SELECT", "BEGIN", "INSERT", "INSERT", "COMMIT",
    ]  # fmt: skip
    for statement in account.statements:
        assert statement.timeout == 77, statement.sql
        tag = json.loads(statement.tag)
        assert (tag["tool"], tag["client"]) == ("snowflake_run_query", "a-client"), statement.sql
        assert tag["server"].startswith("snowflake-mcp/")


async def test_nobody_is_told_how_the_connector_is_used(account: Scripted) -> None:
    async with connected(account) as engine:
        await read(engine)
        await write(engine)
    assert not [request.path for request in account.server.requests if "telemetry" in request.path]


async def test_no_token_is_in_an_error_or_in_a_log(account: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    async with connected(account, timeout=4) as engine:
        await read(engine)
        account.expire()
        await read(engine)
        for code in ("390111", "390114"):
            account.expire(masters=True, code=code)
            await read(engine)
        for fault in (*NONSENSE.values(), DROPPED):
            account.fault("query", *[fault] * 20)
            with pytest.raises(ServiceError) as caught:
                await read(engine)
            told.append(str(caught.value))
            account.forget_faults()
        account.refuse_logins("394400")
        account.expire(masters=True)
        with pytest.raises(ServiceError) as caught:
            await read(engine)
        told.append(str(caught.value))
    everything = "\n".join([*told, caplog.text])
    assert TOKEN not in everything
    assert "session-token-" not in everything
    assert "master-token-" not in everything
