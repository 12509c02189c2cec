"""The scripted account over the wire, by the real connector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from snowflake.connector import aio
from snowflake.connector.errors import Error

from connector_kit.testing.faults import Fault

from .scripted import TOKEN, Scripted

pytestmark = pytest.mark.anyio

EVERY_TYPE = [
    ("N", "NUMBER(38,0)"),
    ("D", "NUMBER(10,2)"),
    ("F", "FLOAT"),
    ("T", "VARCHAR"),
    ("B", "BOOLEAN"),
    ("DAY", "DATE"),
    ("AT", "TIME(9)"),
    ("NTZ", "TIMESTAMP_NTZ(9)"),
    ("LTZ", "TIMESTAMP_LTZ(9)"),
    ("TZ", "TIMESTAMP_TZ(9)"),
    ("BIN", "BINARY"),
    ("V", "VARIANT"),
]


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account that nobody has told anything."""
    async with Scripted() as running:
        yield running


@pytest.fixture
async def connection(account: Scripted) -> AsyncIterator[Any]:
    """A session of the real connector there."""
    made = await aio.connect(**account.arguments())
    yield made
    await made.close()


async def rows(connection: Any, sql: str, *binds: object, **options: object) -> list[tuple[Any, ...]]:
    """All rows of a statement."""
    cursor = connection.cursor()
    await cursor.execute(sql, binds or None, **options)
    return [tuple(row) for row in await cursor.fetchall()]


async def test_values_of_every_type_arrive_as_what_they_are(account: Scripted, connection: Any) -> None:
    row = (
        12345678901234567890123456789012345678,
        Decimal("-1.50"),
        1.5,
        "it's ☃",
        True,
        date(1969, 12, 31),
        time(12, 30, 1, 5),
        datetime(1969, 12, 31, 23, 59, 59, 250_000),  # noqa: DTZ001 - it has no zone
        datetime(2026, 2, 1, 1, 2, 3, 500_000, tzinfo=UTC),
        datetime(2026, 2, 1, 1, 2, 3, tzinfo=timezone(timedelta(hours=-8))),
        b"\xab\x01",
        '{"a": [1, 2]}',
    )
    account.answer("every type", EVERY_TYPE, [row, (None,) * len(row)])
    assert await rows(connection, "SELECT every type") == [row, (None,) * len(row)]


async def test_what_came_with_a_statement_is_kept(account: Scripted, connection: Any) -> None:
    account.answer("orders", ["ID"], [("A-1",)])
    wanted = {"QUERY_TAG": "t", "STATEMENT_TIMEOUT_IN_SECONDS": 60}
    assert await rows(connection, "SELECT id FROM orders WHERE total > ?", 5, _statement_params=wanted) == [("A-1",)]
    [statement] = account.statements
    assert (statement.tag, statement.timeout, statement.binds) == ("t", 60, ["5"])
    [login] = account.logins
    assert (login.authenticator, login.secret) == ("PROGRAMMATIC_ACCESS_TOKEN", TOKEN)


async def test_a_failure_has_its_number_state_and_text(account: Scripted, connection: Any) -> None:
    account.fail("nowhere", "002003", "42S02", "SQL compilation error: Object 'NOWHERE' does not exist.")
    with pytest.raises(Error, match="NOWHERE") as caught:
        await rows(connection, "SELECT * FROM nowhere")
    assert (caught.value.errno, caught.value.sqlstate) == (2003, "42S02")


async def test_what_nobody_scripted_fails_and_is_named(account: Scripted, connection: Any) -> None:
    with pytest.raises(Error, match="Nothing is scripted"):
        await rows(connection, "SELECT surprise")
    assert account.unanswered == ["SELECT surprise"]


async def test_the_first_of_several_answers_can_differ(account: Scripted, connection: Any) -> None:
    account.answer("x", ["N"], [("later",)])
    account.answer("x", ["N"], [("first",)], times=1)
    assert [await rows(connection, "SELECT x") for _ in range(2)] == [[("first",)], [("later",)]]


async def test_a_large_result_comes_in_pieces(account: Scripted, connection: Any) -> None:
    numbers = [(number, f"row {number}") for number in range(25)]
    account.answer("many", [("N", "NUMBER"), "T"], numbers, first_rows=5, chunk_rows=8)
    assert await rows(connection, "SELECT many") == numbers
    assert sum(request.path.startswith("/chunks/") for request in account.server.requests) == 3


async def test_a_statement_runs_on_for_some_questions(account: Scripted, connection: Any) -> None:
    account.answer("slow", ["N"], [("1",)], polls=2)
    assert await rows(connection, "SELECT slow") == [("1",)]
    [statement] = account.statements
    assert statement.arrivals == 1


async def test_a_statement_handed_in_is_asked_for_its_status(account: Scripted, connection: Any) -> None:
    account.answer("slow", ["N"], [("1",)], hangs=True)
    cursor = connection.cursor()
    submitted = await cursor.execute_async("SELECT slow")
    query_id = submitted["queryId"]
    assert (await connection.get_query_status(query_id)).name == "RUNNING"
    account.finish(account.statements[0])
    assert (await connection.get_query_status(query_id)).name == "SUCCESS"
    await cursor.get_results_from_sfqid(query_id)
    assert await cursor.fetchall() == [("1",)]


async def test_cancelling_is_seen_on_the_wire(account: Scripted, connection: Any) -> None:
    account.answer("endless", ["N"], hangs=True)
    task = asyncio.create_task(rows(connection, "SELECT endless"))
    await account.until(lambda: account.statements)
    task.cancel()
    await account.until(lambda: account.aborts)
    assert [statement.sql for statement in account.aborts] == ["SELECT endless"]


async def test_an_expired_session_is_renewed_and_an_expired_login_is_not(account: Scripted, connection: Any) -> None:
    account.answer("x", ["N"], [("1",)])
    account.expire()
    assert await rows(connection, "SELECT x") == [("1",)]
    assert account.renewals == 1
    account.expire(masters=True)
    with pytest.raises(Error):
        await rows(connection, "SELECT x")


@pytest.mark.parametrize("code", ["390100", "390422", "390189", "394400"])
async def test_logins_are_refused_by_code(account: Scripted, code: str) -> None:
    account.refuse_logins(code, times=1)
    with pytest.raises(Error) as caught:
        await aio.connect(**account.arguments())
    assert caught.value.errno == int(code)
    await (await aio.connect(**account.arguments())).close()


async def test_a_statement_that_comes_again_is_carried_out_once(account: Scripted, connection: Any) -> None:
    account.answer("insert", changed=1)
    account.fault("query", Fault(503), carried_out=True)
    assert await rows(connection, "INSERT INTO t VALUES (1)") == [(1,)]
    [statement] = account.statements
    assert statement.arrivals == 2


async def test_a_used_session_knows_where_it_is(account: Scripted, connection: Any) -> None:
    await rows(connection, "USE WAREHOUSE small")
    assert account.statements[0].session.warehouse == "small"
