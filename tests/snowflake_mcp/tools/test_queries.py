"""Queries as a model runs them: pages, waiting, stopping, and what it is told when they fail."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import pytest

from connector_kit.testing.faults import Fault

from ..scripted import Scripted
from .conversation import Conversation, converse, cursor_in, outside, tokens

pytestmark = pytest.mark.anyio

EVENTS = "SELECT event_id, agent_name, event_type, tokens_used, succeeded FROM agent_events ORDER BY event_id"
SOMEBODYS = "01b2c3d4-0000-1a2b-0000-000100020003"


def id_in(text: str) -> str:
    """The query id that an answer names first."""
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", text)
    assert found, text
    return found[0]


# -- on the stand-in


async def test_rows_come_with_columns_total_and_where_they_came_from(snowflake: Conversation) -> None:
    text = await snowflake.ask(
        "snowflake_run_query",
        sql="SELECT phase_id, phase_name, velocity_per_day FROM phase_history ORDER BY 1",
        limit=2,
    )
    lines = text.splitlines()
    assert lines[0] == f'<data from="query {id_in(text)}">'
    assert lines[1] == "columns: PHASE_ID NUMBER(38,0), PHASE_NAME VARCHAR, VELOCITY_PER_DAY NUMBER(4,2)"
    assert lines[2:5] == [
        '[0,"Bootstrap Foundation","8.00"]',
        '[1,"Core Agent Team + Google Drive MCP","2.50"]',
        "</data>",
    ]
    assert lines[5].startswith("rows 1-2 of 8; truncated: yes, next cursor: ")
    assert lines[6] == "ran with role PM_OS_ANALYST, warehouse PM_OS_WH, PM_OS_ANALYTICS.PM_OS_ANALYTICS"
    assert len(lines) == 7


async def test_a_hundred_rows_of_five_columns_cost_at_most_2500_tokens(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_run_query", sql=EVENTS)
    assert "rows 1-100 of 1,000,000; truncated: yes" in text
    assert tokens(text) <= 2_500


async def test_pages_follow_each_other_without_gap(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_run_query", sql=EVENTS, limit=1_000)
    shown = text.count("\n[")
    assert 100 < shown < 1_000  # as many as fit
    assert f"rows 1-{shown} of 1,000,000" in text
    following = await snowflake.ask("snowflake_run_query", sql=f" {EVENTS} ;", limit=5, cursor=cursor_in(text))
    assert f"\n[{shown + 1}," in following
    assert f"rows {shown + 1}-{shown + 5} of 1,000,000; truncated: yes" in following
    assert id_in(following) == id_in(text)
    assert "ran with" not in following


async def test_the_last_page_says_that_it_is_the_last(snowflake: Conversation) -> None:
    sql = "SELECT phase_id FROM phase_history ORDER BY 1"
    text = await snowflake.ask("snowflake_run_query", sql=sql, limit=5)
    last = await snowflake.ask("snowflake_get_query", query_id=id_in(text), cursor=cursor_in(text))
    assert "rows 6-8 of 8; truncated: no" in last


@pytest.mark.parametrize(
    ("form", "line"), [("csv", "0,Bootstrap Foundation,"), ("markdown", "| 0 | Bootstrap Foundation | NULL |")]
)
async def test_rows_come_as_a_table_on_request(snowflake: Conversation, form: str, line: str) -> None:
    sql = "SELECT phase_id, phase_name, NULL AS nothing FROM phase_history ORDER BY 1"
    assert line in (await snowflake.ask("snowflake_run_query", sql=sql, format=form)).splitlines()


async def test_no_rows_are_said_to_be_none(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_run_query", sql="SELECT phase_id FROM phase_history WHERE phase_id < 0")
    assert "columns: PHASE_ID NUMBER(38,0)" in text
    assert "no rows; truncated: no" in text


async def test_lists_of_objects_are_queries_too(snowflake: Conversation) -> None:
    assert '"PHASE_HISTORY"' in await snowflake.ask("snowflake_run_query", sql="SHOW TABLES")


async def test_a_submitted_query_is_asked_for_later(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_submit_query", sql="SELECT COUNT(*) AS n FROM agent_events")
    assert f"snowflake_get_query(query_id={id_in(text)})" in text
    assert "after 600 seconds" in text
    assert "\n[1000000]\n" in await snowflake.ask("snowflake_get_query", query_id=id_in(text))


async def test_a_query_that_is_over_cannot_be_stopped_and_says_so(snowflake: Conversation) -> None:
    query = id_in(await snowflake.ask("snowflake_run_query", sql="SELECT 1"))
    assert "was over already" in await snowflake.ask("snowflake_cancel_query", query_id=query)


async def test_a_wrong_column_is_told_with_its_place(snowflake: Conversation) -> None:
    text = await snowflake.refused("snowflake_run_query", sql="SELECT velocitty FROM phase_history")
    assert "VELOCITTY" in text
    assert "line 1, position 7" in text


@pytest.mark.parametrize("tool", ["snowflake_run_query", "snowflake_submit_query"])
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM phase_history",
        "INSERT INTO phase_history (phase_id) VALUES (9)",
        "CREATE TABLE t (a INT)",
        "CALL p()",
        "SELECT 1; SELECT 2",
        "USE ROLE accountadmin",
        "SELECT SYSTEM$CANCEL_ALL_QUERIES(1)",
    ],
)
async def test_what_is_no_read_is_not_run(scripted: Conversation, account: Scripted, tool: str, sql: str) -> None:
    assert "not run" in await scripted.refused(tool, sql=sql)
    assert account.statements == []


async def test_a_plan_that_the_stand_in_cannot_make_is_replaced_by_the_columns(snowflake: Conversation) -> None:
    text = await snowflake.ask("snowflake_explain_query", sql="SELECT phase_id, status AS s FROM phase_history")
    assert text.startswith("Not run.\nSELECT: only reads; reads PHASE_HISTORY.\nNo plan: ")
    assert "its result has 2 columns:" in text
    assert "PHASE_ID NUMBER(38,0), S VARCHAR" in text


async def test_explaining_finds_mistakes(snowflake: Conversation) -> None:
    text = await snowflake.refused("snowflake_explain_query", sql="SELECT velocitty FROM phase_history")
    assert "VELOCITTY" in text


# -- on a scripted account


async def test_paging_runs_nothing_again(scripted: Conversation, account: Scripted) -> None:
    account.answer(
        "FROM orders", [("ID", "NUMBER(38,0)")], [(number,) for number in range(50)], first_rows=10, chunk_rows=10
    )
    text = await scripted.ask("snowflake_run_query", sql="SELECT id FROM orders", limit=7)
    seen = re.findall(r"^\[(\d+)\]$", text, re.MULTILINE)
    while cursor := cursor_in(text):
        text = await scripted.ask("snowflake_run_query", sql="SELECT id FROM orders", limit=7, cursor=cursor)
        seen += re.findall(r"^\[(\d+)\]$", text, re.MULTILINE)
    assert seen == [str(number) for number in range(50)]
    assert len(account.statements) == 1


async def test_a_cursor_survives_a_new_session(scripted: Conversation, account: Scripted) -> None:
    account.answer("FROM orders", ["ID"], [("a",), ("b",)])
    text = await scripted.ask("snowflake_run_query", sql="SELECT id FROM orders", limit=1)
    account.expire(masters=True)
    following = await scripted.ask("snowflake_run_query", sql="SELECT id FROM orders", cursor=cursor_in(text))
    assert '["b"]' in following
    assert len(account.statements) == 1


async def test_a_cursor_survives_a_new_server_and_keeps_the_role(account: Scripted, tmp_path: Path) -> None:
    account.answer("FROM orders", ["ID"], [("a",), ("b",)])
    async with converse(tmp_path, account.settings()) as first:
        text = await first.ask("snowflake_run_query", sql="SELECT id FROM orders", limit=1, role='"odd role"')
    async with converse(tmp_path, account.settings()) as second:
        following = await second.ask("snowflake_get_query", query_id=id_in(text), cursor=cursor_in(text))
    assert '["b"]' in following
    assert len(account.statements) == 1
    assert [login.asked["roleName"] for login in account.logins] == ['"odd role"'] * 2


async def test_a_cursor_belongs_to_its_statement(scripted: Conversation, account: Scripted) -> None:
    account.answer("FROM orders", ["ID"], [("a",), ("b",)])
    text = await scripted.ask("snowflake_run_query", sql="SELECT id FROM orders", limit=1)
    cursor = cursor_in(text)
    refused = await scripted.refused("snowflake_run_query", sql="SELECT id FROM orders WHERE x", cursor=cursor)
    assert "[cursor: belongs to another statement]" in refused
    refused = await scripted.refused("snowflake_get_query", query_id=SOMEBODYS, cursor=cursor)
    assert f"[cursor: belongs to query {id_in(text)}]" in refused
    for forged in ("abc", f"{cursor}x"):
        assert "[cursor: " in await scripted.refused("snowflake_run_query", sql="SELECT id FROM orders", cursor=forged)


async def test_what_takes_longer_than_a_call_goes_on(account: Scripted, tmp_path: Path) -> None:
    account.answer("slow", ["N"], [("done",)], hangs=True)
    async with converse(tmp_path, account.settings(timeout=3.5)) as session:
        text = await session.ask("snowflake_run_query", sql="SELECT slow")
        [statement] = account.statements
        assert text.startswith("The query still runs after 2 seconds and goes on at Snowflake")
        assert id_in(text) == statement.query_id
        for tool in ("snowflake_get_query", "snowflake_cancel_query"):
            assert tool in text
        assert account.aborts == []
        assert f"query {statement.query_id} is running" in await session.ask(
            "snowflake_get_query", query_id=statement.query_id, wait=0
        )
        account.finish(statement)
        assert '["done"]' in await session.ask("snowflake_get_query", query_id=statement.query_id)


async def test_rows_that_get_lost_on_the_way_are_asked_for_by_the_query_id(
    scripted: Conversation, account: Scripted
) -> None:
    account.answer("FROM orders", ["ID"], [("a",)])
    account.fault("result", *[Fault(403)] * 40)
    text = await scripted.refused("snowflake_run_query", sql="SELECT id FROM orders")
    [statement] = account.statements
    assert f"The query itself goes on: ask for its rows by snowflake_get_query, query_id={statement.query_id}." in text


async def test_a_cancelled_call_stops_its_statement(scripted: Conversation, account: Scripted) -> None:
    account.answer("slow", ["N"], hangs=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(scripted.attempt, "snowflake_run_query", {"sql": "SELECT slow"})
        await account.until(lambda: any(request.path.endswith("/result") for request in account.server.requests))
        tasks.cancel_scope.cancel()
    await account.until(lambda: account.aborts)
    assert account.aborts == account.statements


@pytest.mark.parametrize("tool", ["snowflake_run_query", "snowflake_submit_query"])
async def test_a_call_that_is_cancelled_while_its_statement_begins_stops_it_too(
    scripted: Conversation, account: Scripted, tool: str
) -> None:
    account.answer("slow", ["N"], hangs=True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(scripted.attempt, tool, {"sql": "SELECT slow"})
        await account.until(lambda: account.statements)  # the answer with its id is still on the way
        tasks.cancel_scope.cancel()
    await account.until(lambda: account.aborts)
    assert account.aborts == account.statements


async def test_a_running_query_is_stopped(scripted: Conversation, account: Scripted) -> None:
    account.answer("slow", ["N"], hangs=True)
    query = id_in(await scripted.ask("snowflake_submit_query", sql="SELECT slow"))
    assert "is told to stop" in await scripted.ask("snowflake_cancel_query", query_id=query)
    [statement] = account.aborts
    assert statement.query_id == query
    text = await scripted.ask("snowflake_get_query", query_id=query)
    assert text == f"query {query} was cancelled; it has no rows."


async def test_a_failed_query_says_why(scripted: Conversation, account: Scripted) -> None:
    account.fail("FROM orders", "100038", "22018", "Numeric value '</data>' is not recognized")
    query = id_in(await scripted.ask("snowflake_submit_query", sql="SELECT id::INT FROM orders"))
    text = await scripted.ask("snowflake_get_query", query_id=query)
    assert text.startswith(f"query {query} failed; it has no rows.")
    assert "is not recognized" in text
    assert "is not recognized" not in outside(text)


async def test_a_query_that_nobody_knows_is_told(scripted: Conversation) -> None:
    for query in ("42", "-" * 36, "0" * 36, "01b2c3d4-0000-1a2b-0000000100020003-"):
        text = await scripted.refused("snowflake_get_query", query_id=query)
        assert "[query_id: has 36 characters" in text


@pytest.mark.parametrize(
    ("sql", "stopped"), [("SELECT * FROM big", True), ("DELETE FROM big WHERE id = 1", False), ("CALL p()", False)]
)
async def test_a_query_of_elsewhere_is_stopped_only_if_it_reads(
    account: Scripted, tmp_path: Path, sql: str, stopped: bool
) -> None:
    account.answer("big|CALL", ["N"], hangs=True)
    account.answer("query_history_by_user", ["QUERY_TEXT"], [(sql,)])
    async with converse(tmp_path / "a", account.settings(access="delete")) as elsewhere:
        query = id_in(await elsewhere.ask("snowflake_submit_query", sql="SELECT * FROM big"))
        async with converse(tmp_path / "b", account.settings()) as session:
            answer, refused = await session.attempt("snowflake_cancel_query", {"query_id": query})
    assert refused is not stopped, answer
    assert bool(account.aborts) is stopped
    if refused:
        assert "it is no query that only reads" in answer
        assert "Snowsight" in answer


async def test_a_query_that_the_history_does_not_have_is_left_alone(scripted: Conversation, account: Scripted) -> None:
    account.answer("query_history_by_user", ["QUERY_TEXT"], [])
    assert "do not have it" in await scripted.refused("snowflake_cancel_query", query_id=SOMEBODYS)
    account.fail("query_history_by_user", "090105", "22000", "Cannot perform SELECT. This session has no database.")
    assert "cannot look it up" in await scripted.refused("snowflake_cancel_query", query_id=SOMEBODYS)
    assert account.aborts == []


@pytest.mark.parametrize("limits", [{"databases": "PM_OS_ANALYTICS"}, {"roles": "PM_OS_ANALYST"}])
async def test_results_of_elsewhere_are_closed_where_databases_or_roles_are_named(
    account: Scripted, tmp_path: Path, limits: dict[str, str]
) -> None:
    account.answer("SELECT 1", ["N"], [("a",), ("b",)])
    async with converse(tmp_path / "a", account.settings()) as elsewhere:
        text = await elsewhere.ask("snowflake_run_query", sql="SELECT 1", limit=1)
    async with converse(tmp_path / "b", account.settings(**limits)) as session:
        for arguments in ({}, {"cursor": cursor_in(text)}):
            refused = await session.refused("snowflake_get_query", query_id=id_in(text), **arguments)
            assert "did not begin the query" in refused
        own = await session.ask("snowflake_run_query", sql="SELECT 1", limit=1)
        assert '["b"]' in await session.ask("snowflake_get_query", query_id=id_in(own), cursor=cursor_in(own))
