"""What is sent to Snowflake for a name: one statement that reads, whatever the name holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.errors import InvalidInput, NotPermitted, ServiceError
from snowflake_mcp.client.catalog.places import ACCOUNT, Place, allowed, place_of, shows
from snowflake_mcp.client.catalog.searching import words_of
from snowflake_mcp.client.catalog.show import matches, part, show
from snowflake_mcp.client.catalog.suggesting import closest
from snowflake_mcp.guard import Databases, ObjectName, examine

from .furnished import furnished

HOSTILE = [
    "'; DROP TABLE ORDERS; --",
    "a' OR '1'='1",
    "x\\'; DROP DATABASE SALES",
    "%' IN ACCOUNT; DELETE FROM ORDERS; --",
    'a"b',
    "a\nb; TRUNCATE TABLE ORDERS",
    "/* */ ; CALL P()",
    "ORDERS'||(SELECT 1)||'",
    "Zoë ☃ 漢字",
    "$$; DROP TABLE T; $$",
    "?",
    "🜚" * 30,
]


@given(st.text(max_size=60), st.sampled_from(["TABLES", "USER FUNCTIONS", "DATABASES"]))
def test_a_pattern_holds_nothing_that_could_end_it(text: str, what: str) -> None:
    sql = show(what, "DATABASE SALES", like=part(text))
    assert sql.count("'") in (0, 2)
    assert "\\" not in sql
    assert examine(sql).kind == "read", sql


@given(st.text(min_size=1, max_size=40), st.text(max_size=5), st.text(max_size=5))
def test_a_name_that_has_the_text_is_not_missed_by_the_pattern(text: str, before: str, after: str) -> None:
    pattern = show("TABLES", like=part(text)).partition("'")[2].rpartition("'")[0]
    assert matches(pattern, before + text + after) or "%" in text


@pytest.mark.parametrize(
    ("like", "name", "meant"),
    [
        ("order", "CUSTOMER_ORDERS", True),
        ("r_o", "CUSTOMER_ORDERS", True),
        ("r_o", "CUSTOMERXORDERS", False),
        ("cust%", "CUSTOMER_ORDERS", True),
        ("order%", "CUSTOMER_ORDERS", False),
        ("%r_o%", "CUSTOMERXORDERS", True),
        ("", "ANYTHING", True),
        ("a.c", "abc", False),
    ],
)
def test_a_part_of_a_name_is_a_part_and_a_pattern_is_one_with_a_percent_sign(like: str, name: str, meant: bool) -> None:
    assert matches(like, name) is meant


@pytest.mark.anyio
@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_refused_or_asked_for_as_the_name_that_it_is(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    async with furnished() as (account, catalog):
        for text in (name, quoted, f"SALES.PUBLIC.{quoted}"):
            for ask in (
                lambda text=text: catalog.describe(text),
                lambda text=text: catalog.ddl("view", text),
                lambda text=text: catalog.ddl("function", f"{text}(NUMBER)"),
                lambda text=text: catalog.objects("tables", text),
                lambda text=text: catalog.objects("tables", "", text),
                lambda text=text: catalog.search(text),
                lambda text=text: catalog.search("orders", text),
                lambda text=text: catalog.nearest(text),
            ):
                try:
                    await ask()
                except ServiceError as error:
                    assert str(error)
    for statement in account.statements:
        found = examine(statement.sql)
        assert found.kind == "read", (statement.sql, found.refusal)
        if statement.verb == "DESCRIBE":
            assert [each.name for each in found.reads] == [name]


@pytest.mark.anyio
async def test_the_ddl_of_a_name_travels_as_values_and_not_in_the_statement() -> None:
    async with furnished() as (account, catalog):
        account.answer("GET_DDL", ["DDL"], [("create or replace TABLE ...",)])
        await catalog.ddl("dynamic table", '"a\'b"')
        await catalog.ddl("function", "raw.total(NUMBER, VARCHAR)")
        await catalog.ddl("schema", "raw")
        await catalog.ddl("database", "sales")
        await catalog.ddl("warehouse", "wh")
    sent = [statement for statement in account.statements if "GET_DDL" in statement.sql]
    assert {statement.sql for statement in sent} == {"SELECT GET_DDL(?, ?, TRUE)"}
    assert [statement.binds for statement in sent] == [
        ["DYNAMIC_TABLE", 'SALES.PUBLIC."a\'b"'],
        ["FUNCTION", "SALES.RAW.TOTAL(NUMBER, VARCHAR)"],
        ["SCHEMA", "SALES.RAW"],
        ["DATABASE", "SALES"],
        ["WAREHOUSE", "WH"],
    ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [
        ("function", "TOTAL", "types of its arguments"),
        ("function", "TOTAL(NUMBER); DROP TABLE T", "types of its arguments"),
        ("procedure", "P('x')", "types of its arguments"),
        ("schema", "A.B.C", "DATABASE.SCHEMA"),
        ("database", "A.B", "one part"),
        ("table", "A.B.C.D", "is not a name"),
        ("table", "  ", "is not a name"),
    ],
)
async def test_a_name_that_cannot_be_one_is_refused_before_anything_is_sent(kind: str, name: str, why: str) -> None:
    async with furnished() as (account, catalog):
        with pytest.raises(InvalidInput) as caught:
            await catalog.ddl(kind, name)  # pyright: ignore[reportArgumentType] - any of the kinds
        assert why in str(caught.value)
        assert "name:" in str(caught.value)
        assert account.sent() == []


def test_places_are_databases_and_schemas_by_name() -> None:
    assert place_of("") is None
    assert place_of("account") == ACCOUNT
    assert place_of("sales") == Place("SALES")
    assert place_of('sales."my schema"') == Place("SALES", "my schema")
    assert Place("SALES", "my schema").scope == 'SCHEMA SALES."my schema"'
    with pytest.raises(InvalidInput, match="within"):
        place_of("a.b.c")


def test_of_a_place_only_what_is_allowed_is_read() -> None:
    databases = Databases.of(["SALES", "HR.PAYROLL"])
    assert allowed(ACCOUNT, databases) == (Place("HR", "PAYROLL"), Place("SALES"))
    assert allowed(Place("HR"), databases) == (Place("HR", "PAYROLL"),)
    assert allowed(Place("SALES", "RAW"), databases) == (Place("SALES", "RAW"),)
    for outside in (Place("HR", "PUBLIC"), Place("FINANCE")):
        with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES"):
            allowed(outside, databases)
    assert shows(databases, ObjectName("HR", None, ""))
    assert not shows(databases, ObjectName("HR", "PUBLIC", ""))
    assert not shows(databases, ObjectName("FINANCE", None, ""))


def test_words_are_what_is_searched_for_without_the_s_of_a_plural() -> None:
    assert words_of("Customers, revenue-per_day!") == ("customer", "revenue", "per", "day")
    assert words_of("process status gas") == ("process", "statu", "gas")
    with pytest.raises(InvalidInput, match="query"):
        words_of(" -- %_ ")


@pytest.mark.parametrize(
    ("wanted", "known", "meant"),
    [
        ("PHASE_HISTORI", ["PHASE_HISTORY", "AGENTS"], ["PHASE_HISTORY"]),
        ("phases", ["PHASE_HISTORY", "PHASE", "AGENTS"], ["PHASE", "PHASE_HISTORY"]),
        ("VELOCITTY", ["VELOCITY_PER_DAY", "STATUS"], ["VELOCITY_PER_DAY"]),
        ("orders", ["Orders"], ["Orders"]),
        ("ZEPPELIN", ["PHASE_HISTORY", "AGENTS"], []),
    ],
)
def test_names_that_look_like_it_come_first(wanted: str, known: list[str], meant: list[str]) -> None:
    assert list(closest(wanted, known)) == meant
