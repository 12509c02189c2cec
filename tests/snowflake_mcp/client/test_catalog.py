"""The catalogue on an account: SHOW, DESCRIBE and INFORMATION_SCHEMA with the columns that Snowflake documents.

The account is scripted; that the statements are understood is proven on the stand-in and, for the rest, only against
a real account.
"""

from __future__ import annotations

import asyncio

import pytest

from connector_kit.errors import NotAuthenticated, NotPermitted, TimedOut
from snowflake_mcp.client.catalog.records import Found
from snowflake_mcp.guard import examine

from .furnished import furnished

pytestmark = pytest.mark.anyio

PRIVILEGE = ("003001", "42501", "SQL access control error: Insufficient privileges to operate on database 'HR'")
NO_WAREHOUSE = ("000606", "57P03", "No active warehouse selected in the current session.")


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


async def test_an_account_that_does_not_answer_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("snowflake_mcp.client.catalog.searching.SEARCH_SECONDS", 0.5)
    monkeypatch.setattr("snowflake_mcp.client.catalog.listing.LISTING_SECONDS", 0.5)
    async with furnished() as (account, catalog):
        account.answer("SHOW", hangs=True)
        for ask in (catalog.search("orders"), catalog.objects("tables")):
            with pytest.raises(TimedOut, match="within"):
                await ask


async def test_comments_of_columns_are_not_read_where_names_found_enough() -> None:
    async with furnished() as (account, catalog):
        answer = await catalog.search("orders", limit=2)
        assert answer.notes == ("Comments of columns were not searched: enough was found without.",)
        assert not any("INFORMATION_SCHEMA" in sql for sql in account.sent())


async def test_comments_of_columns_are_read_in_some_of_many_databases() -> None:
    async with furnished() as (account, catalog):
        account.answer("SHOW DATABASES", ["name"], [(f"D{number:03}",) for number in range(200)])
        account.answer("INFORMATION_SCHEMA", ["COLUMN_NAME"], [])
        answer = await catalog.search("orders")
        assert len([sql for sql in account.sent() if "INFORMATION_SCHEMA" in sql]) == 25
    assert answer.notes == ("Comments of columns were read in 25 of 200 databases: name one in within.",)
