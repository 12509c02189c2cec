"""Changes over a bad line, and on an account that says what the stand-in cannot: done once, undone, or uncertain.

What the account answers is as documented; nothing here is recorded from one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import anyio
import pytest

from connector_kit.errors import Conflict, NotPermitted, OutcomeUnknown, ServiceError, Unavailable
from snowflake_mcp.client import SnowflakeClient, changes, connect
from snowflake_mcp.models import Context

from ..scripted import Scripted
from .unreliable import DROPPED, NONSENSE, break_after

pytestmark = pytest.mark.anyio

UPDATE = "UPDATE t SET a = 1 WHERE b = 2"
CREATE = "CREATE TABLE u (a INT)"
TABLES = ["created_on", "name", ("rows", "NUMBER(38,0)"), "retention_time"]


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account in which three rows of ten are updated."""
    async with Scripted() as running:
        running.answer(r"^SELECT COUNT\(\*\) FROM", [("C", "NUMBER(18,0)")], [(10,)])
        running.answer(r"^SELECT COUNT\(\*\) FROM t WHERE", [("C", "NUMBER(18,0)")], [(3,)])
        running.answer("^(UPDATE|INSERT|DELETE)", changed=3)
        running.answer("^(CREATE|DROP|ALTER)", ["status"], [("Statement executed successfully.",)])
        yield running


@pytest.fixture
async def client(account: Scripted) -> AsyncIterator[SnowflakeClient]:
    """A client that signs in there."""
    made = await connect(account.settings(database="D", default_schema="S", timeout=10))
    yield made
    await made.aclose()


@pytest.fixture
def place(client: SnowflakeClient) -> Context:
    """Where its statements run."""
    return client.engine.context()


def verbs(account: Scripted) -> list[str]:
    """The first words of the statements but for those that count."""
    return [statement.verb for statement in account.statements if statement.verb not in ("SELECT", "SHOW")]


async def run(client: SnowflakeClient, sql: str, place: Context, *, max_rows: int | None = None) -> changes.Changed:
    """Run a change with the token of a preview."""
    shown = await client.changes.preview(sql, context=place)
    return await client.changes.run(sql, shown.token, context=place, max_rows=max_rows)


async def test_a_change_is_one_transaction_in_a_session_of_its_own(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    shown = await client.changes.preview(UPDATE, context=place)
    assert (shown.bound, shown.rows, shown.of) == ("exact", 3, 10)
    assert (await client.changes.run(UPDATE, shown.token, context=place)).rows == 3
    assert verbs(account) == ["BEGIN", "UPDATE", "COMMIT"]
    assert len({statement.session.number for statement in account.statements}) == 2
    assert len(account.closed) == 1


@pytest.mark.parametrize("name", NONSENSE)
async def test_an_answer_lost_before_the_commit_has_changed_nothing(
    account: Scripted, client: SnowflakeClient, place: Context, name: str
) -> None:
    break_after(account, "BEGIN", NONSENSE[name])
    with pytest.raises(Unavailable, match="Nothing was changed"):
        await run(client, UPDATE, place)
    assert verbs(account) == ["BEGIN", "UPDATE", "ROLLBACK"]


@pytest.mark.parametrize("name", NONSENSE)
async def test_a_commit_whose_answer_is_lost_is_uncertain_and_says_where_to_look(
    account: Scripted, client: SnowflakeClient, place: Context, name: str
) -> None:
    break_after(account, "UPDATE", NONSENSE[name])
    shown = await client.changes.preview(UPDATE, context=place)
    with pytest.raises(OutcomeUnknown) as caught:
        await client.changes.run(UPDATE, shown.token, context=place)
    assert "Do not run it again yet: look at T with snowflake_run_query" in str(caught.value)
    with pytest.raises(NotPermitted, match="used already"):
        await client.changes.run(UPDATE, shown.token, context=place)
    assert verbs(account) == ["BEGIN", "UPDATE", "COMMIT"]


async def test_a_transaction_that_could_not_begin_has_sent_no_change(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    shown = await client.changes.preview(UPDATE, context=place)
    account.fault("query", NONSENSE["garbage"], carried_out=True)
    with pytest.raises(Unavailable, match="Nothing was changed: the way to Snowflake failed before"):
        await client.changes.run(UPDATE, shown.token, context=place)
    assert verbs(account) == ["BEGIN"]


async def test_a_definition_whose_answer_is_lost_is_uncertain(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    shown = await client.changes.preview(CREATE, context=place)
    account.fault("query", NONSENSE["garbage"], carried_out=True)
    with pytest.raises(OutcomeUnknown, match="Do not run it again yet: look at U"):
        await client.changes.run(CREATE, shown.token, context=place)
    assert verbs(account) == ["CREATE"]


async def test_a_change_that_arrives_twice_is_carried_out_once(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    break_after(account, "BEGIN", DROPPED)
    assert (await run(client, UPDATE, place)).rows == 3
    assert verbs(account) == ["BEGIN", "UPDATE", "COMMIT"]


async def test_a_refused_statement_is_rolled_back(account: Scripted, client: SnowflakeClient, place: Context) -> None:
    account.fail("^UPDATE", "100038", "22018", "Numeric value 'x' is not recognized")
    with pytest.raises(ServiceError, match="Numeric value 'x' is not recognized"):
        await run(client, UPDATE, place)
    assert verbs(account) == ["BEGIN", "UPDATE", "ROLLBACK"]


async def test_more_rows_than_agreed_to_are_rolled_back(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.answer("^UPDATE", changed=14)
    with pytest.raises(Conflict, match="it changed 14 rows, and at most 13 were agreed to"):
        await run(client, UPDATE, place)
    assert verbs(account) == ["BEGIN", "UPDATE", "ROLLBACK"]


async def test_rows_that_are_not_told_cannot_be_bounded(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    several = "INSERT ALL INTO t (a) VALUES (n) INTO u (a) VALUES (n) SELECT 7 AS n"
    account.answer("^INSERT ALL", ["number of rows inserted into T", "number of rows inserted into U"], [(1, 1)])
    with pytest.raises(Conflict, match="did not say how many rows"):
        await run(client, several, place, max_rows=5)
    assert verbs(account) == ["BEGIN", "INSERT", "ROLLBACK"]


async def test_a_cancelled_call_stops_the_statement_and_undoes_it(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.answer("^UPDATE", hangs=True)
    shown = await client.changes.preview(UPDATE, context=place)
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: client.changes.run(UPDATE, shown.token, context=place))
        await account.until(lambda: "UPDATE" in verbs(account))
        group.cancel_scope.cancel()
    assert verbs(account) == ["BEGIN", "UPDATE", "ROLLBACK"]
    assert [statement.verb for statement in account.aborts] == ["UPDATE"]


async def test_a_change_whose_time_is_up_is_undone(account: Scripted) -> None:
    account.answer("^UPDATE", hangs=True)
    client = await connect(account.settings(database="D", default_schema="S", timeout=3))
    try:
        with pytest.raises(Unavailable, match="Nothing was changed: it did not end in the time"):
            await run(client, UPDATE, client.engine.context())
    finally:
        await client.aclose()
    assert verbs(account) == ["BEGIN", "UPDATE", "ROLLBACK"]


async def test_rows_that_take_too_long_to_count_are_unknown(
    account: Scripted, client: SnowflakeClient, place: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "COUNT_SECONDS", 0.5)
    account.answer(r"^SELECT COUNT\(\*\) FROM t WHERE", hangs=True)
    shown = await client.changes.preview(UPDATE, context=place)
    assert (shown.bound, shown.rows) == ("unknown", None)
    assert "counting them takes more than" in shown.why
    await account.until(lambda: account.aborts)
    assert (await client.changes.run(UPDATE, shown.token, context=place)).rows == 3


async def test_rows_that_cannot_be_counted_are_unknown_and_never_invented(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.fail(r"COUNT\(\*\)", "002031", "42601", "Unsupported subquery type cannot be evaluated")
    shown = await client.changes.preview(UPDATE, context=place)
    assert (shown.bound, shown.rows) == ("unknown", None)
    assert "Unsupported subquery type" in shown.why


async def test_a_session_that_ends_between_preview_and_run_is_begun_anew(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    shown = await client.changes.preview(UPDATE, context=place)
    account.expire(masters=True, code="390111")
    assert (await client.changes.run(UPDATE, shown.token, context=place)).rows == 3
    assert verbs(account) == ["BEGIN", "UPDATE", "COMMIT"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("0", "Nothing brings it back: Time Travel keeps it for 0 days."),
        ("90", "UNDROP TABLE brings it back within 90 days."),
    ],
)
async def test_the_question_says_how_long_time_travel_keeps_it(
    account: Scripted, client: SnowflakeClient, place: Context, days: str, said: str
) -> None:
    account.answer("^SHOW TABLES LIKE 'T' IN SCHEMA D.S", TABLES, [("x", "t", 1, "1"), ("x", "T", 10, days)])
    question = await client.changes.question("DROP TABLE t", context=place)
    assert question.endswith(f"D.S.T (10 rows). {said}")
    assert "DROP" not in verbs(account)


async def test_what_is_not_known_of_a_loss_is_said(account: Scripted, client: SnowflakeClient, place: Context) -> None:
    account.fail("^SHOW TABLES", "003001", "42501", "Insufficient privileges to operate on schema 'S'")
    account.fail("COUNT", "003001", "42501", "Insufficient privileges")
    for sql, names in (("DROP TABLE t", "D.S.T"), ("DROP SCHEMA s", "D.S"), ("DROP DATABASE d", "D")):
        question = await client.changes.question(sql, context=place)
        assert question.endswith(f" names: {names}. Whether Time Travel can bring it back is not known."), question


async def test_a_schema_is_as_safe_as_its_least_safe_table(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    account.answer("^SHOW TABLES IN SCHEMA D.S", TABLES, [("x", "A", 1, "7"), ("x", "B", 2, "1")])
    question = await client.changes.question("DROP SCHEMA s", context=place)
    assert question.endswith("D.S (2 tables, 3 rows). UNDROP SCHEMA brings it back within 1 day.")


async def test_a_destruction_whose_answer_is_lost_is_uncertain(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    await client.engine.where(place)
    account.fault("query", NONSENSE["garbage"], carried_out=True)
    with pytest.raises(OutcomeUnknown, match="Do not run it again yet"):
        await client.changes.destroy("DROP TABLE t", context=place)
    assert verbs(account) == ["DROP"]


async def test_two_runs_at_once_with_one_token_are_one(
    account: Scripted, client: SnowflakeClient, place: Context
) -> None:
    shown = await client.changes.preview(UPDATE, context=place)
    calls = [client.changes.run(UPDATE, shown.token, context=place) for _ in range(2)]
    first, second = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted([isinstance(first, NotPermitted), isinstance(second, NotPermitted)]) == [False, True]
    assert verbs(account) == ["BEGIN", "UPDATE", "COMMIT"]
