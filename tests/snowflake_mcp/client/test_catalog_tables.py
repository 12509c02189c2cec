"""Tables on an account: columns, keys, sizes, counts, and what a wrong name was meant to be.

The account is scripted, with the columns that Snowflake documents.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector_kit.errors import BadAnswer, InvalidInput, NotPermitted, ServiceError, TimedOut
from snowflake_mcp.client.catalog.records import ForeignKey
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.guard import ObjectName, examine

from .furnished import furnished

pytestmark = pytest.mark.anyio

PRIVILEGE = ("003001", "42501", "SQL access control error: Insufficient privileges to operate on database 'HR'")
LOST = ("002003", "42S02", "SQL compilation error:\nObject 'SALES.PUBLIC.ORDRES' does not exist or not authorized.")


async def test_a_table_is_described_with_columns_keys_and_sizes() -> None:
    async with furnished() as (account, catalog):
        table = await catalog.describe("orders")
    assert (str(table.name), table.kind, table.rows, table.size) == (
        "SALES.PUBLIC.ORDERS",
        "TABLE",
        1_250_000,
        48_500_000,
    )
    assert (table.comment, table.clustering) == ("One row for each order", "LINEAR(ORDERED_ON)")
    assert table.primary_key == ("ID",)
    assert table.foreign_keys == (ForeignKey(("CUSTOMER_ID",), ObjectName("SALES", "PUBLIC", "CUSTOMERS"), ("ID",)),)
    by_name = {column.name: column for column in table.columns}
    assert (by_name["ID"].type, by_name["ID"].nullable) == ("NUMBER(38,0)", False)
    assert (by_name["STATUS"].default, by_name["STATUS"].comment) == ("'new'", "new, paid or sent")
    assert (by_name["NOTE"].type, by_name["NOTE"].policy) == ("VARCHAR", "SALES.PUBLIC.HIDE")
    assert table.notes == ()
    assert all(examine(sql).kind == "read" for sql in account.sent())


async def test_a_view_comes_with_its_text_and_without_keys() -> None:
    async with furnished() as (account, catalog):
        account.answer("SHOW VIEWS", ["name", "text"], [("BEST_CUSTOMERS", "CREATE VIEW BEST_CUSTOMERS AS SELECT 1")])
        table = await catalog.describe("best_customers")
    assert (table.kind, table.rows, table.text) == ("VIEW", None, "CREATE VIEW BEST_CUSTOMERS AS SELECT 1")
    assert not any("KEYS" in sql for sql in account.sent())


async def test_keys_of_several_columns_are_in_their_order() -> None:
    columns = ["pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name", "fk_column_name"]
    rows = [("SALES", "PUBLIC", "P", "B", "Y", 2, "F"), ("SALES", "PUBLIC", "P", "A", "X", 1, "F")]
    async with furnished() as (account, catalog):
        account.answer("IMPORTED KEYS", [*columns, ("key_sequence", "NUMBER(38,0)"), "fk_name"], rows)
        account.answer("PRIMARY KEYS", ["column_name", ("key_sequence", "NUMBER(38,0)")], [("B", 2), ("A", 1)])
        table = await catalog.describe("orders")
    assert table.primary_key == ("A", "B")
    assert table.foreign_keys == (ForeignKey(("X", "Y"), ObjectName("SALES", "PUBLIC", "P"), ("A", "B")),)


async def test_what_of_a_table_cannot_be_read_is_a_note() -> None:
    async with furnished() as (account, catalog):
        account.fail("SHOW OBJECTS", *PRIVILEGE)
        account.fail("KEYS", *PRIVILEGE)
        table = await catalog.describe("orders")
    assert len(table.columns) == 6
    assert [note.partition(":")[0] for note in table.notes] == [
        "Its size and comment could not be read",
        "Its keys could not be read",
    ]


async def test_a_table_outside_of_the_allowed_databases_is_not_asked_for() -> None:
    async with furnished(databases="SALES") as (account, catalog):
        for ask in (catalog.describe("hr.payroll.salaries"), catalog.ddl("table", "hr.payroll.salaries")):
            with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES"):
                await ask
        assert account.sent() == []


async def test_a_name_without_a_database_needs_one_from_the_session() -> None:
    async with furnished(database=None, default_schema=None) as (_, catalog):
        with pytest.raises(InvalidInput, match=r"has to be DATABASE\.SCHEMA\.NAME"):
            await catalog.describe("orders")


async def test_nulls_and_values_are_counted_by_one_query() -> None:
    async with furnished() as (account, catalog):
        table = await catalog.describe("orders")
        # In the order of the columns: filled, distinct, least and greatest as far as the type has them.
        row = [1_000, 1_000, 998, 1, 1_000, 1_000, 300, 1, 320, 900, 3, 0, 0, 990, 365, None, None, 10]
        account.answer(r"^SELECT COUNT", [(f"C{place}", "NUMBER(38,0)") for place in range(len(row))], [row])
        before = len(account.statements)
        counts = await catalog.counts(table)
        [sql] = account.sent()[before:]
    assert "SAMPLE SYSTEM (80.0000)" in sql
    assert sql.count("APPROX_COUNT_DISTINCT") == 5
    assert "EXTRA" in sql
    assert "APPROX_COUNT_DISTINCT(EXTRA)" not in sql
    assert (counts.rows, counts.sampled) == (1_000, "a sample of 1,250,000")
    assert counts.columns["STATUS"].nulls == 100
    assert counts.columns["EXTRA"].nulls == 990
    assert (counts.columns["ID"].distinct, counts.columns["ID"].least, counts.columns["ID"].greatest) == (998, 1, 1_000)


async def test_sample_rows_are_of_sixty_columns_at_most() -> None:
    wide = [(f"C{number}", "NUMBER(10,2)", "COLUMN", "Y") for number in range(80)]
    async with furnished() as (account, catalog):
        account.answer("DESCRIBE", ["name", "type", "kind", "null?"], wide)
        columns = [(f"C{number}", "NUMBER(10,2)") for number in range(60)]
        account.answer(r"^SELECT C0,.* LIMIT 3$", columns, [[Decimal("1.50")] * 60])
        [row] = await catalog.sample(await catalog.describe("orders"), 3)
    assert (len(row), row["C59"]) == (60, Decimal("1.50"))


async def test_a_missing_table_is_told_with_what_looks_like_it() -> None:
    async with furnished() as (account, catalog):
        account.fail("DESCRIBE TABLE SALES.PUBLIC.ORDRES", *LOST)
        with pytest.raises(Missing, match=r"Did you mean ORDERS\?"):
            await catalog.describe("ordres")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("customrs", ("CUSTOMERS", "BEST_CUSTOMERS")),
        ("sales.public.order", ("SALES.PUBLIC.ORDERS",)),
        ("sale.public.orders", ("SALES",)),
        ("sales.pubic.orders", ("SALES.PUBLIC",)),
        ("salaries", ("HR.PAYROLL.SALARIES",)),
        ("raw.odd_name", ('SALES.RAW."odd name"',)),
        ("zeppelin", ()),
        ("not a name", ()),
    ],
)
async def test_the_nearest_names_are_those_of_the_first_part_that_is_wrong(name: str, meant: tuple[str, ...]) -> None:
    async with furnished() as (_, catalog):
        assert await catalog.nearest(name) == meant


async def test_nothing_is_suggested_that_is_not_allowed() -> None:
    async with furnished(databases="SALES.PUBLIC") as (_, catalog):
        assert await catalog.nearest("salaries") == ()
        assert await catalog.nearest("sales.ra.orders") == ()
        assert await catalog.nearest("hx.payroll.salaries") == ()


async def test_suggestions_never_fail() -> None:
    async with furnished() as (account, catalog):
        account.fail("", *PRIVILEGE)
        assert await catalog.nearest("orders") == ()
        error = Missing("gone", object="ORDRES", next_step="Look for it.")
        assert await catalog.explained(error) is error
        assert str(error) == "gone Look for it."


async def test_suggestions_that_take_too_long_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snowflake_mcp.client.catalog.suggesting.SECONDS", 0.2)
    async with furnished() as (account, catalog):
        rule = account.answer("SHOW", hangs=True)
        assert await catalog.nearest("orders") == ()
        await account.until(lambda: account.aborts)
        assert rule.used == 1


async def test_a_missing_column_is_told_with_those_of_the_tables_of_the_statement() -> None:
    async with furnished() as (_, catalog):
        statement = examine("SELECT o.statuss FROM orders o JOIN raw.orders r ON r.id = o.id")
        error = await catalog.explained(Missing("no column", column="O.STATUSS"), statement=statement)
        assert "Did you mean STATUS" in str(error)
        one = await catalog.explained(
            Missing("no column", column="CUSTOMERID"), statement=examine("SELECT customerid FROM orders")
        )
        assert str(one).startswith("no column Did you mean CUSTOMER_ID?")


@pytest.mark.parametrize(
    ("told", "sql", "meant"),
    [
        ("SALES.PUBIC", "SELECT * FROM sales.pubic.orders", "SALES.PUBLIC"),
        ("SALE", "SELECT * FROM sale.public.orders", "SALES"),
        ("PUBIC", "SELECT * FROM pubic.orders JOIN customers", "SALES.PUBLIC"),
        ("SALES.PUBLIC.ORDRES", "SELECT * FROM ordres", "ORDERS"),
        ("ORDRES", "SELECT * FROM public.ordres JOIN customers", "SALES.PUBLIC.ORDERS"),
        ("", "SELECT * FROM ordres", "ORDERS"),
        ("SALES.RAW.ORDER", "SELECT * FROM some_view", "SALES.RAW.ORDERS"),
    ],
)
async def test_what_snowflake_tells_of_a_name_is_understood(told: str, sql: str, meant: str) -> None:
    async with furnished() as (_, catalog):
        error = await catalog.explained(Missing("gone.", object=told), statement=examine(sql))
        assert str(error).startswith(f"gone. Did you mean {meant}"), error


async def test_a_place_that_is_not_there_is_told_with_what_was_meant() -> None:
    nowhere = ("002043", "02000", "SQL compilation error:\nObject does not exist, or operation cannot be performed.")
    async with furnished() as (account, catalog):
        account.fail(r"SHOW (TABLES|OBJECTS|COLUMNS|SCHEMAS).* IN (SCHEMA SALES.PUBIC|DATABASE SALE)$", *nowhere)
        with pytest.raises(Missing, match=r"Did you mean SALES\.PUBLIC\?"):
            await catalog.objects("tables", "sales.pubic")
        with pytest.raises(Missing, match=r"Did you mean SALES\?"):
            await catalog.objects("tables", "sale")
        with pytest.raises(Missing, match=r"Did you mean SALES\.PUBLIC\?"):
            await catalog.search("orders", "sales.pubic")


async def test_ddl_of_what_is_not_there_is_told_with_what_was_meant() -> None:
    async with furnished() as (account, catalog):
        account.fail("GET_DDL", *LOST)
        with pytest.raises(Missing, match=r"Did you mean SALES\.PUBLIC\.ORDERS\?"):
            await catalog.ddl("table", "public.ordres")


async def test_other_errors_are_left_as_they_are() -> None:
    async with furnished() as (account, catalog):
        for error in (TimedOut("late"), ServiceError("x")):
            assert await catalog.explained(error) is error
        assert account.sent() == []


@pytest.mark.parametrize("kind", ["VIEW", "EXTERNAL_TABLE"])
async def test_what_has_no_blocks_is_counted_in_the_rows_that_come_first(kind: str) -> None:
    columns = ["name", "kind", ("rows", "NUMBER(38,0)")]
    async with furnished() as (account, catalog):
        account.answer("SHOW VIEWS", ["name", "text"], [])
        account.answer("SHOW OBJECTS", columns, [("ORDERS", kind, 5_000_000)])
        account.answer("DESCRIBE", ["name", "type"], [("A", "GEOGRAPHY")])
        account.answer("^SELECT COUNT", [("C0", "NUMBER"), ("C1", "NUMBER")], [(1_000_000, 999_000)])
        counts = await catalog.counts(await catalog.describe("orders"))
        assert "FROM (SELECT * FROM SALES.PUBLIC.ORDERS LIMIT 1000000)" in account.sent()[-1]
    assert (counts.sampled, counts.columns["A"].nulls) == ("the first that came", 1_000)


async def test_a_table_without_columns_is_no_answer() -> None:
    async with furnished() as (account, catalog):
        account.answer("DESCRIBE", ["name", "type"], [])
        with pytest.raises(BadAnswer, match=r"no columns of SALES\.PUBLIC\.ORDERS"):
            await catalog.describe("orders")
