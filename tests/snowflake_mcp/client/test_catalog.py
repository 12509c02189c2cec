"""The catalogue on an account: SHOW, DESCRIBE and INFORMATION_SCHEMA with the columns that Snowflake documents.

The account is scripted; that the statements are understood is proven on the stand-in and, for the rest, only against
a real account.
"""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from connector_kit.errors import InvalidInput, NotAuthenticated, NotPermitted, ServiceError, TimedOut
from snowflake_mcp.client.catalog.records import ForeignKey, Found
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.guard import ObjectName, examine

from .furnished import Furnished, furnished

pytestmark = pytest.mark.anyio

PRIVILEGE = ("003001", "42501", "SQL access control error: Insufficient privileges to operate on database 'HR'")
NO_WAREHOUSE = ("000606", "57P03", "No active warehouse selected in the current session.")
LOST = ("002003", "42S02", "SQL compilation error:\nObject 'SALES.PUBLIC.ORDRES' does not exist or not authorized.")


def names(found: tuple[Found, ...]) -> list[str]:
    return [str(each.name) for each in found]


async def test_a_search_finds_databases_schemas_tables_and_columns_with_the_best_first() -> None:
    async with furnished() as (account, catalog):
        answer = await catalog.search("orders")
    assert names(answer.found)[:2] == ["SALES.PUBLIC.ORDERS", "SALES.RAW.ORDERS"]
    assert (answer.found[0].rows, answer.found[0].comment) == (1_250_000, "One row for each order")
    assert "SALES" in names(answer.found)
    assert answer.total == len(answer.found)
    assert answer.notes == ()
    assert [sql for sql in account.sent() if examine(sql).kind != "read"] == []


async def test_what_has_more_of_the_words_comes_first() -> None:
    async with furnished() as (_, catalog):
        answer = await catalog.search("customer revenue")
        assert names(answer.found)[0] == "SALES.PUBLIC.BEST_CUSTOMERS"
        assert {"SALES.PUBLIC.CUSTOMERS", "SALES.PUBLIC.DAILY_REVENUE", "SALES.PUBLIC.ORDERS"} < set(
            names(answer.found)
        )


async def test_a_column_is_found_by_its_name_and_by_its_comment() -> None:
    async with furnished() as (_, catalog):
        [by_name] = (await catalog.search("mail")).found
        assert (str(by_name.name), [column.name for column in by_name.columns]) == (
            "SALES.PUBLIC.CUSTOMERS",
            ["E_MAIL"],
        )
        [by_comment] = (await catalog.search("euros")).found
        assert [(column.name, column.comment) for column in by_comment.columns] == [
            ("TOTAL", "Price of all items with tax, in euros")
        ]


async def test_a_schema_is_found_by_its_comment_and_its_tables_are_not_because_of_it() -> None:
    async with furnished() as (_, catalog):
        assert names((await catalog.search("shop")).found) == ["SALES.RAW"]
        assert names((await catalog.search("information schema")).found) == []


async def test_what_is_snowflakes_own_comes_last() -> None:
    async with furnished() as (_, catalog):
        assert names((await catalog.search("history order")).found)[-1] == "SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY"


async def test_a_search_may_be_held_to_a_place() -> None:
    async with furnished() as (account, catalog):
        answer = await catalog.search("total", "hr")
        assert names(answer.found) == ["HR.PAYROLL.SALARIES"]
        answer = await catalog.search("orders", "sales.raw")
        assert names(answer.found) == ["SALES.RAW.ORDERS"]
    assert not any("ACCOUNT" in sql for sql in account.sent())


async def test_a_search_shows_nothing_outside_of_the_allowed_databases() -> None:
    async with furnished(databases="SALES.PUBLIC") as (account, catalog):
        answer = await catalog.search("orders total salaries sales payroll raw")
        assert {str(each.name) for each in answer.found} <= {
            "SALES", "SALES.PUBLIC", "SALES.PUBLIC.ORDERS", "SALES.PUBLIC.CUSTOMERS",
            "SALES.PUBLIC.DAILY_REVENUE", "SALES.PUBLIC.BEST_CUSTOMERS",
        }  # fmt: skip
        with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES"):
            await catalog.search("total", "hr")
    assert not any("HR" in sql for sql in account.sent())


async def test_what_could_not_be_read_is_said_and_the_rest_is_told() -> None:
    async with furnished() as (account, catalog):
        account.fail(r"FROM HR\.INFORMATION_SCHEMA", *PRIVILEGE)
        account.fail("SHOW SCHEMAS", *PRIVILEGE)
        answer = await catalog.search("total")
    assert names(answer.found) == ["HR.PAYROLL.SALARIES", "SALES.PUBLIC.ORDERS"]
    assert [note.partition(":")[0] for note in answer.notes] == [
        "Schemas were not searched in the account",
        "Comments of columns were not searched in HR",
    ]
    assert all("Insufficient privileges" in note for note in answer.notes)


async def test_without_a_warehouse_only_the_comments_of_columns_are_not_searched() -> None:
    async with furnished() as (account, catalog):
        account.fail("INFORMATION_SCHEMA", *NO_WAREHOUSE)
        answer = await catalog.search("customers")
    assert "SALES.PUBLIC.CUSTOMERS" in names(answer.found)
    [note] = answer.notes
    assert note.startswith("Comments of columns were not searched in SALES, HR: No warehouse is chosen")


async def test_a_search_that_can_read_nothing_fails_as_snowflake_says() -> None:
    async with furnished() as (account, catalog):
        account.fail("", *PRIVILEGE)
        with pytest.raises(NotPermitted, match="Insufficient privileges"):
            await catalog.search("orders")
        with pytest.raises(NotPermitted, match="Insufficient privileges"):
            await catalog.objects("tables", "ACCOUNT")


async def test_a_login_that_is_refused_is_told_as_such() -> None:
    async with furnished() as (account, catalog):
        account.refuse_logins("394400")
        with pytest.raises(NotAuthenticated):
            await catalog.search("orders")


async def test_metadata_is_read_once_until_something_changes() -> None:
    async with furnished() as (account, catalog):
        await catalog.search("orders")
        sent = len(account.statements)
        assert await catalog.search("orders") == await catalog.search("orders")
        await catalog.objects("schemas", "ACCOUNT")
        assert len(account.statements) == sent + 1  # other columns of SHOW SCHEMAS are kept for a list
        catalog.forget()
        await catalog.search("orders")
        assert len(account.statements) > sent + 1


async def test_tables_of_the_usual_database_are_listed_by_name_with_what_is_unusual_about_them() -> None:
    async with furnished() as (_, catalog):
        listing = await catalog.objects("tables")
    assert listing.place == "SALES"
    assert [str(entry.name) for entry in listing.entries] == [
        "SALES.PUBLIC.CUSTOMERS",
        "SALES.PUBLIC.DAILY_REVENUE",
        "SALES.PUBLIC.ORDERS",
        "SALES.RAW.ORDERS",
        'SALES.RAW."odd name"',
    ]
    assert [entry.details["kind"] for entry in listing.entries] == ["", "dynamic table", "", "", ""]


async def test_a_list_is_held_to_a_schema_and_to_a_part_of_the_name() -> None:
    async with furnished() as (account, catalog):
        assert [str(entry.name) for entry in (await catalog.objects("tables", "sales.raw", "order")).entries] == [
            "SALES.RAW.ORDERS"
        ]
        assert (await catalog.objects("tables", "ACCOUNT", "salar%")).entries[0].name.database == "HR"
    assert account.sent()[0] == "SHOW TABLES LIKE '%order%' IN SCHEMA SALES.RAW"


async def test_lists_keep_to_what_is_allowed() -> None:
    async with furnished(databases="SALES.RAW", roles="READER", warehouses="WH") as (account, catalog):
        account.answer("SHOW ROLES", ["name"], [("READER",), ("ACCOUNTADMIN",)])
        account.answer("SHOW WAREHOUSES", ["name", "state"], [("WH", "STARTED"), ("BIG_WH", "SUSPENDED")])
        assert [entry.name.name for entry in (await catalog.objects("roles")).entries] == ["READER"]
        assert [entry.name.name for entry in (await catalog.objects("warehouses")).entries] == ["WH"]
        assert [str(entry.name) for entry in (await catalog.objects("databases")).entries] == ["SALES"]
        assert [str(entry.name) for entry in (await catalog.objects("schemas")).entries] == ["SALES.RAW"]
        listing = await catalog.objects("tables")
        assert (len(listing.entries), listing.place) == (2, "SALES.RAW")
        with pytest.raises(NotPermitted):
            await catalog.objects("tables", "SALES.PUBLIC")


async def test_functions_of_one_name_are_told_apart_and_built_in_ones_left_out() -> None:
    columns = ["name", "schema_name", "catalog_name", "arguments", "is_builtin", "language"]
    rows = [
        ("TAX", "PUBLIC", "SALES", "TAX(NUMBER) RETURN NUMBER", "N", "SQL"),
        ("TAX", "PUBLIC", "SALES", "TAX(NUMBER, VARCHAR) RETURN NUMBER", "N", "SQL"),
        ("ABS", "", "", "ABS(NUMBER) RETURN NUMBER", "Y", ""),
    ]
    async with furnished() as (account, catalog):
        account.answer("SHOW USER FUNCTIONS", columns, rows)
        listing = await catalog.objects("functions")
    assert [entry.arguments for entry in listing.entries] == [
        "(NUMBER) RETURN NUMBER",
        "(NUMBER, VARCHAR) RETURN NUMBER",
    ]


async def test_a_list_that_snowflake_cuts_off_says_so() -> None:
    rows = [(f"T{number:05}", "SALES", "PUBLIC", "TABLE") for number in range(10_000)]
    async with furnished() as (account, catalog):
        account.answer("SHOW TABLES", ["name", "database_name", "schema_name", "kind"], rows)
        listing = await catalog.objects("tables")
    assert len(listing.entries) == 10_000
    assert listing.notes == ("Snowflake shows the first 10,000 of SALES only; narrow it with like or within.",)


async def test_a_search_goes_on_by_words_where_snowflake_cuts_off() -> None:
    rows = [(f"T{number:05}", "SALES", "PUBLIC", "TABLE") for number in range(10_000)]
    columns = ["name", "database_name", "schema_name", "kind"]
    async with furnished() as (account, catalog):
        account.answer("SHOW OBJECTS", columns, rows)
        account.answer("SHOW OBJECTS LIKE", columns, [("ZEBRAS", "SALES", "PUBLIC", "TABLE")])
        answer = await catalog.search("zebra")
    assert names(answer.found) == ["SALES.PUBLIC.ZEBRAS"]
    assert answer.notes == ("Not all were read, there are too many: Tables of the account. Name a place in within.",)


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


async def test_other_errors_are_left_as_they_are() -> None:
    async with furnished() as (account, catalog):
        for error in (TimedOut("late"), ServiceError("x")):
            assert await catalog.explained(error) is error
        assert account.sent() == []


async def test_a_search_that_is_cancelled_stops_its_statements() -> None:
    async with furnished() as (account, catalog):
        account.answer("SHOW OBJECTS", hangs=True)
        task = asyncio.create_task(catalog.search("orders"))
        await account.until(lambda: any("SHOW OBJECTS" in sql for sql in account.sent()))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await account.until(lambda: account.aborts)


async def test_a_place_that_does_not_answer_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snowflake_mcp.client.catalog.searching.SEARCH_SECONDS", 1.0)
    async with furnished() as (account, catalog):
        account.answer(r"FROM HR\.INFORMATION_SCHEMA", hangs=True)
        answer = await catalog.search("euros")
    assert names(answer.found) == ["SALES.PUBLIC.ORDERS"]
    assert answer.notes == ("Comments of columns were not searched in HR: it took too long.",)


async def test_sample_rows_are_of_sixty_columns_at_most() -> None:
    wide = [(f"C{number}", "NUMBER(10,2)", "COLUMN", "Y") for number in range(80)]
    async with furnished() as (account, catalog):
        account.answer("DESCRIBE", ["name", "type", "kind", "null?"], wide)
        columns = [(f"C{number}", "NUMBER(10,2)") for number in range(60)]
        account.answer(r"^SELECT C0,.* LIMIT 3$", columns, [[Decimal("1.50")] * 60])
        [row] = await catalog.sample(await catalog.describe("orders"), 3)
    assert (len(row), row["C59"]) == (60, Decimal("1.50"))


def test_the_account_is_one_that_a_test_can_change() -> None:
    assert Furnished().sent() == []
