"""Queries at the client: which statements are begun, where they are asked for, what a plan says.

The rows of EXPLAIN are as Snowflake's documentation shows them: the stand-in has no plans.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from pydantic import JsonValue

from connector_kit.errors import InvalidInput, NotPermitted
from connector_kit.pages import encode_cursor
from snowflake_mcp.client import SnowflakeClient, connect
from snowflake_mcp.client.catalog import Catalog
from snowflake_mcp.client.plans import Plan, plan_of
from snowflake_mcp.client.queries import Queries, is_query_id
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.models import Result

from ..scripted import Scripted

pytestmark = pytest.mark.anyio

SOMEBODYS = "01b2c3d4-0000-1a2b-0000-000100020003"
COLUMNS = [
    ("step", "NUMBER(38,0)"),
    ("id", "NUMBER(38,0)"),
    ("parentOperators", "ARRAY"),
    "operation",
    "objects",
    "alias",
    "expressions",
    ("partitionsTotal", "NUMBER(38,0)"),
    ("partitionsAssigned", "NUMBER(38,0)"),
    ("bytesAssigned", "NUMBER(38,0)"),
]
JOIN = [
    (None, None, None, "GlobalStats", None, None, None, 102, 101, 2_500_000),
    (1, 0, None, "Result", None, None, "O.ID, C.NAME", None, None, None),
    (1, 1, "[0]", "InnerJoin", None, None, "joinKey: (C.ID = O.CUSTOMER_ID)", None, None, None),
    (1, 2, "[1]", "TableScan", "SALES.PUBLIC.CUSTOMERS", "C", "ID, NAME", 2, 1, 500_000),
    (1, 3, "[1]", "JoinFilter", None, None, "joinKey: (C.ID = O.CUSTOMER_ID)", None, None, None),
    (1, 4, "[3]", "TableScan", "SALES.PUBLIC.ORDERS", "O", "ID, CUSTOMER_ID", 100, 100, 2_000_000),
]
PRODUCT = [
    (None, None, None, "GlobalStats", None, None, None, 2, 2, 1_024),
    (1, 0, None, "Result", None, None, "A.X, B.Y", None, None, None),
    (1, 1, "[0]", "CartesianJoin", None, None, None, None, None, None),
    (1, 2, "[1]", "TableScan", "DB.S.A", "A", "X", 1, 1, 512),
    (1, 3, "[1]", "TableScan", "DB.S.B", "B", "Y", 1, 1, 512),
]


def plan(rows: Sequence[tuple[object, ...]]) -> Plan:
    names = [(column if isinstance(column, str) else column[0]).lower() for column in COLUMNS]
    return plan_of([dict(zip(names, row, strict=True)) for row in rows])


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account that nobody has told anything yet."""
    async with Scripted() as running:
        yield running


@pytest.fixture
async def scripted(account: Scripted) -> AsyncIterator[SnowflakeClient]:
    """A client of that account."""
    made = await connect(account.settings())
    yield made
    await made.aclose()


def test_a_plan_is_a_tree_with_what_it_reads() -> None:
    found = plan(JOIN)
    assert [(step.operation, step.depth) for step in found.steps] == [
        ("Result", 0),
        ("InnerJoin", 1),
        ("TableScan", 2),
        ("JoinFilter", 2),
        ("TableScan", 3),
    ]
    assert (found.partitions, found.of_partitions, found.bytes) == (101, 102, 2_500_000)
    scan = found.steps[-1]
    assert (scan.object, scan.alias, scan.partitions, scan.of_partitions) == ("SALES.PUBLIC.ORDERS", "O", 100, 100)


def test_a_large_table_that_no_filter_narrows_is_warned_of() -> None:
    [warning] = plan(JOIN).warnings
    assert warning.startswith("Full scan: all 100 partitions of SALES.PUBLIC.ORDERS are read.")


def test_a_cartesian_join_is_warned_of_and_small_scans_are_not() -> None:
    [warning] = plan(PRODUCT).warnings
    assert warning.startswith("Cartesian join: every row of one side meets every row of the other.")


def test_a_plan_by_the_names_of_older_answers_is_read_too() -> None:
    found = plan_of(
        [
            {"operation": "GlobalStats", "totalpartitions": 3, "assignedpartitions": 2, "assignedbytes": "10"},
            {"step": 1, "id": 0, "parent": None, "operation": "Result"},
            {"step": 1, "id": 1, "parent": 0, "operation": "Filter"},
        ]
    )
    assert (found.partitions, found.of_partitions, found.bytes) == (2, 3, 10)
    assert [step.depth for step in found.steps] == [0, 1]


@pytest.mark.parametrize(
    "rows", [[], [{}], [{"operation": None}], [{"operation": "Result", "id": "x", "parent": "[9]"}]]
)
def test_a_plan_of_another_shape_is_no_failure(rows: list[dict[str, object]]) -> None:
    assert len(plan_of(rows).steps) == sum(bool(row.get("operation")) for row in rows)


async def test_explaining_runs_nothing_but_explain(scripted: SnowflakeClient, account: Scripted) -> None:
    account.answer("EXPLAIN USING TABULAR", COLUMNS, JOIN)
    place = scripted.engine.context()
    for sql in (
        "-- why\nSELECT 1",
        "DELETE FROM orders",
        "INSERT INTO orders SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a;",
    ):
        found = await scripted.queries.explain(sql, context=place)
        assert found.plan is not None
        assert found.plan.bytes == 2_500_000
    assert {statement.sql.partition(" USING")[0] for statement in account.statements} == {"EXPLAIN"}
    assert account.statements[0].sql == "EXPLAIN USING TABULAR -- why\nSELECT 1"


async def test_what_has_no_plan_says_what_it_is(scripted: SnowflakeClient, account: Scripted) -> None:
    found = await scripted.queries.explain("DROP TABLE orders", context=scripted.engine.context())
    assert (found.plan, found.columns, found.statement.kind) == (None, None, "destroy")
    assert "not DROP TABLE" in found.why_not
    assert account.statements == []


async def test_a_plan_of_a_plan_is_not_asked_for(scripted: SnowflakeClient) -> None:
    with pytest.raises(InvalidInput, match="asked for already"):
        await scripted.queries.explain("EXPLAIN SELECT 1", context=scripted.engine.context())


async def test_what_the_guard_refuses_is_not_even_explained(scripted: SnowflakeClient, account: Scripted) -> None:
    with pytest.raises(InvalidInput):
        await scripted.queries.explain("CALL p()", context=scripted.engine.context())
    assert account.statements == []


async def test_a_change_that_cannot_be_explained_says_why(scripted: SnowflakeClient, account: Scripted) -> None:
    account.fail("EXPLAIN", "002003", "02000", "SQL compilation error: Object 'ORDERS' does not exist.")
    with pytest.raises(Exception, match="ORDERS"):
        await scripted.queries.explain("DELETE FROM orders", context=scripted.engine.context())


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT phase_nam FROM phase_history", "Did you mean PHASE_NAME or PHASE_ID?"),
        ("SELECT * FROM phase_histori", "Did you mean PHASE_HISTORY?"),
    ],
)
async def test_a_wrong_name_is_told_with_the_right_one(client: SnowflakeClient, sql: str, hint: str) -> None:
    queries = Queries(client.engine, Catalog(client.engine))
    place = client.engine.context()
    with pytest.raises(Missing) as run:
        await queries.run(sql, context=place, rows=1)
    with pytest.raises(Missing) as explained:
        await queries.explain(sql, context=place)
    assert hint in str(run.value)
    assert hint in str(explained.value)


async def test_a_comment_behind_a_statement_does_not_part_it_from_its_cursor(
    scripted: SnowflakeClient, account: Scripted
) -> None:
    account.answer("SELECT 1", ["N"], [("a",), ("b",)])
    place = scripted.engine.context()
    result = await scripted.queries.run("SELECT 1 -- why", context=place, rows=1)
    assert isinstance(result, Result)
    cursor = scripted.queries.next_cursor(result, 1)
    following = await scripted.queries.run("SELECT 1 -- why", context=place, rows=1, cursor=cursor or "")
    assert isinstance(following, Result)
    assert following.rows == [("b",)]


async def test_there_is_a_cursor_while_there_are_rows(scripted: SnowflakeClient, account: Scripted) -> None:
    account.answer("SELECT 1", ["N"], [("a",), ("b",)])
    place = scripted.engine.context(role="OTHER")
    for rows, shown, more in ((1, 1, True), (1, 0, True), (2, 1, True), (2, 2, False)):
        result = await scripted.queries.run("SELECT 1", context=place, rows=rows)
        assert isinstance(result, Result)
        assert bool(scripted.queries.next_cursor(result, shown)) is more


async def test_a_result_is_asked_for_as_the_role_that_began_it(scripted: SnowflakeClient, account: Scripted) -> None:
    account.answer("SELECT 1", ["N"], [("a",)])
    query = await scripted.queries.submit("SELECT 1", context=scripted.engine.context(role="OTHER"))
    await scripted.queries.result(query, rows=1)
    assert [login.asked["roleName"] for login in account.logins] == ["OTHER"]


async def test_a_result_of_elsewhere_needs_no_history_where_all_is_allowed(
    scripted: SnowflakeClient, account: Scripted
) -> None:
    account.answer("SELECT 1", ["N"], [("a",)])
    other = await connect(account.settings())
    query = await other.queries.submit("SELECT 1", context=other.engine.context())
    found = await scripted.queries.result(query, rows=1)
    await other.aclose()
    assert isinstance(found, Result)
    assert found.rows == [("a",)]


async def test_a_cursor_cannot_bring_a_role_that_is_not_allowed(account: Scripted) -> None:
    account.answer("SELECT 1", ["N"], [("a",), ("b",)])
    free = await connect(account.settings())
    result = await free.queries.run("SELECT 1", context=free.engine.context(role="OTHER"), rows=1)
    assert isinstance(result, Result)
    cursor = free.queries.next_cursor(result, 1)
    bound = await connect(account.settings(roles="PM_OS_ANALYST"))
    assert cursor
    with pytest.raises(NotPermitted):
        await bound.queries.result(result.query_id, rows=1, cursor=cursor)
    await free.aclose()
    await bound.aclose()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"q": 1, "n": 0, "s": ""},
        {"q": "01b2c3d4-0000-1a2b-0000-000100020003/../x", "n": 0, "s": ""},
        {"q": SOMEBODYS, "n": "0", "s": ""},
        {"q": SOMEBODYS, "n": 0, "s": "", "c": "role"},
        {"q": SOMEBODYS, "n": 0, "s": "", "c": ["a\nb", "", "", ""]},
        {"q": SOMEBODYS, "n": 0, "s": "", "c": ["", "", "", "", ""]},
        {"q": SOMEBODYS, "n": 0, "s": "", "c": ["x" * 300, "", "", ""]},
    ],
)
async def test_what_a_cursor_says_is_checked_like_any_argument(
    scripted: SnowflakeClient, account: Scripted, state: dict[str, JsonValue]
) -> None:
    with pytest.raises(InvalidInput):
        await scripted.queries.result(SOMEBODYS, rows=1, cursor=encode_cursor("rows", state))
    assert account.logins == []


async def test_a_cursor_beyond_the_end_finds_nothing(scripted: SnowflakeClient, account: Scripted) -> None:
    account.answer("SELECT 1", ["N"], [("a",), ("b",)])
    query = await scripted.queries.submit("SELECT 1", context=scripted.engine.context())
    for row in (2, 10**30):
        cursor = encode_cursor("rows", {"q": query, "n": row, "s": ""})
        found = await scripted.queries.result(query, rows=5, cursor=cursor)
        assert isinstance(found, Result)
        assert (found.rows, found.more) == ([], False)
    found = await scripted.queries.result(query, rows=5, cursor=encode_cursor("rows", {"q": query, "n": -7, "s": ""}))
    assert isinstance(found, Result)
    assert found.rows == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("01b2c3d4-0000-1a2b-0000-000100020003", True),
        (" 01B2C3D4-0000-1A2B-0000-000100020003\n", True),
        ("SELECT 1", False),
        ("01b2c3d4", False),
    ],
)
def test_a_query_id_is_told_from_a_statement(text: str, is_one: bool) -> None:
    assert is_query_id(text) is is_one
