"""Semantic views, searches and the analyst: what is asked, and how answers are read.

The rows are those of the documentation; the sandbox has no semantic views.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from connector_kit.errors import BadAnswer, InvalidInput, NotPermitted, ServiceError, Unavailable
from connector_kit.testing.faults import QUICK, Fault, fault_cases
from snowflake_mcp.client import connect
from snowflake_mcp.client.cortex import Cortex
from snowflake_mcp.client.semantics import names_in
from snowflake_mcp.models import Context

from ..scripted import Scripted

pytestmark = pytest.mark.anyio

ANALYST = "/api/v2/cortex/analyst/message"
SEARCH = "/api/v2/databases/SALES/schemas/PUBLIC/cortex-search-services/DOCS:query"
PLACE = Context(database="SALES", schema="PUBLIC")
SHOWN = ["created_on", "name", "kind", "database_name", "schema_name", "comment", "owner", "owner_role_type"]
DESCRIBED = ["object_kind", "object_name", "parent_entity", "property", "property_value"]
VIEW_ROWS = [
    (None, None, None, "COMMENT", "Revenue by customer"),
    ("TABLE", "CUSTOMERS", None, "BASE_TABLE_DATABASE_NAME", "SALES"),
    ("TABLE", "CUSTOMERS", None, "BASE_TABLE_SCHEMA_NAME", "PUBLIC"),
    ("TABLE", "CUSTOMERS", None, "BASE_TABLE_NAME", "CUSTOMER"),
    ("TABLE", "CUSTOMERS", None, "PRIMARY_KEY", '["C_CUSTKEY"]'),
    ("TABLE", "CUSTOMERS", None, "SYNONYMS", '["clients","buyers"]'),
    ("DIMENSION", "CUSTOMER_NAME", "CUSTOMERS", "TABLE", "CUSTOMERS"),
    ("DIMENSION", "CUSTOMER_NAME", "CUSTOMERS", "EXPRESSION", "customers.c_name"),
    ("DIMENSION", "CUSTOMER_NAME", "CUSTOMERS", "DATA_TYPE", "VARCHAR(25)"),
    ("METRIC", "ORDER_AVERAGE", "ORDERS", "EXPRESSION", "AVG(orders.o_totalprice)"),
    ("METRIC", "ORDER_AVERAGE", "ORDERS", "DATA_TYPE", "NUMBER(30,8)"),
    ("METRIC", "HIDDEN", "ORDERS", "ACCESS_MODIFIER", "PRIVATE"),
]


@pytest.fixture
async def account() -> AsyncIterator[Scripted]:
    """An account with two semantic views."""
    async with Scripted() as running:
        running.answer(
            "^SHOW SEMANTIC VIEWS",
            SHOWN,
            [
                ("", "REVENUE", "", "SALES", "PUBLIC", "Revenue by customer", "ANALYST", "ROLE"),
                ("", "salaries", "", "HR", "PUBLIC", "", "HR", "ROLE"),
            ],
        )
        running.answer("^DESCRIBE SEMANTIC VIEW", DESCRIBED, VIEW_ROWS)
        yield running


@pytest.fixture
async def cortex(account: Scripted) -> AsyncIterator[Cortex]:
    """Cortex of that account."""
    client = await connect(account.settings())
    own = Cortex(client.engine, policy=QUICK)
    yield own
    await own.aclose()
    await client.aclose()


@pytest.fixture
async def restricted(account: Scripted) -> AsyncIterator[Cortex]:
    """Cortex where tools may touch SALES only."""
    client = await connect(account.settings(databases="SALES"))
    own = Cortex(client.engine, policy=QUICK)
    yield own
    await own.aclose()
    await client.aclose()


async def test_semantic_views_are_listed_by_their_full_names(account: Scripted, cortex: Cortex) -> None:
    views = await cortex.semantic_views(context=Context(), like="rev'%", within="sales.public")
    assert [view.name for view in views] == ["SALES.PUBLIC.REVENUE", 'HR.PUBLIC."salaries"']
    assert (views[0].comment, views[0].owner) == ("Revenue by customer", "ANALYST")
    assert account.statements[-1].sql == "SHOW SEMANTIC VIEWS LIKE 'rev''%' IN SCHEMA SALES.PUBLIC"


@pytest.mark.parametrize(
    ("like", "within", "sql"),
    [
        ("", "", "SHOW SEMANTIC VIEWS IN ACCOUNT"),
        ("", "sales", "SHOW SEMANTIC VIEWS IN DATABASE SALES"),
        ("rev", "", "SHOW SEMANTIC VIEWS LIKE '%rev%' IN ACCOUNT"),
        ("\\%' IN ACCOUNT; DROP", "", "SHOW SEMANTIC VIEWS LIKE '\\\\%'' IN ACCOUNT; DROP' IN ACCOUNT"),
    ],
)
async def test_patterns_and_places_stay_what_they_are(
    account: Scripted, cortex: Cortex, like: str, within: str, sql: str
) -> None:
    await cortex.semantic_views(context=Context(), like=like, within=within)
    assert account.statements[-1].sql == sql


async def test_what_tools_may_not_touch_is_not_listed_nor_asked(account: Scripted, restricted: Cortex) -> None:
    cortex = restricted
    assert [view.name for view in await cortex.semantic_views(context=Context())] == ["SALES.PUBLIC.REVENUE"]
    for forbidden in (
        cortex.semantic_view("HR.PUBLIC.SALARIES", context=Context()),
        cortex.search("HR.PUBLIC.LETTERS", "x", context=Context()),
        cortex.ask("x", view="HR.PUBLIC.SALARIES", context=Context()),
        cortex.ask("x", model_file="@HR.PUBLIC.MODELS/m.yaml", context=Context()),
    ):
        with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES"):
            await forbidden
    assert not [request for request in account.server.requests if request.path.startswith("/api/")]


async def test_the_sandbox_says_that_it_has_none(account: Scripted) -> None:
    client = await connect(account.settings(sandbox=True))
    for asked in (
        client.cortex.semantic_views(context=PLACE),
        client.cortex.semantic_view("v", context=PLACE),
        client.cortex.search_services(context=PLACE),
        client.cortex.search("s", "x", context=PLACE),
        client.cortex.ask("x", view="v", context=PLACE),
    ):
        with pytest.raises(Unavailable, match="sandbox has no Cortex"):
            await asked
    await client.aclose()


async def test_a_semantic_view_is_read_by_its_properties(account: Scripted, cortex: Cortex) -> None:
    view = await cortex.semantic_view("revenue", context=PLACE)
    assert account.statements[-1].sql == "DESCRIBE SEMANTIC VIEW SALES.PUBLIC.REVENUE"
    assert (view.name, view.properties) == ("SALES.PUBLIC.REVENUE", {"COMMENT": "Revenue by customer"})
    [table] = view.of("TABLE")
    assert (table.name, table.properties["BASE_TABLE_NAME"], table.synonyms) == (
        "CUSTOMERS",
        "CUSTOMER",
        ("clients", "buyers"),
    )
    [dimension] = view.of("DIMENSION")
    assert (dimension.table, dimension.name, dimension.properties["DATA_TYPE"]) == (
        "CUSTOMERS",
        "CUSTOMER_NAME",
        "VARCHAR(25)",
    )
    assert [(metric.name, metric.private) for metric in view.of("METRIC")] == [
        ("ORDER_AVERAGE", False),
        ("HIDDEN", True),
    ]


async def test_a_search_asks_for_columns_and_a_filter(account: Scripted, cortex: Cortex) -> None:
    account.server.queue(
        SEARCH, Fault.json({"results": [{"TEXT": "a", "@scores": {"reranker": 1.5}}], "request_id": "1"})
    )
    narrowed = {"@eq": {"REGION": "EU"}}
    hits = await cortex.search("docs", "late", context=PLACE, columns=["TEXT"], narrowed=narrowed, limit=3)
    assert (hits.records[0]["TEXT"], hits.columns) == ("a", ("TEXT",))
    request = account.server.requests[-1]
    assert (request.method, request.path) == ("POST", SEARCH)
    assert request.json() == {"query": "late", "limit": 3, "columns": ["TEXT"], "filter": narrowed}


async def test_names_stay_parts_of_the_path(account: Scripted, cortex: Cortex) -> None:
    with pytest.raises(BadAnswer):
        await cortex.search('"my db"."a/b"."x:y"', "late", context=PLACE)
    target = account.server.requests[-1].target
    assert target == ("/api/v2/databases/%22my%20db%22/schemas/%22a%2Fb%22/cortex-search-services/%22x%3Ay%22:query")


async def test_names_without_a_place_are_in_that_of_the_session(account: Scripted, cortex: Cortex) -> None:
    with pytest.raises(InvalidInput, match=r"DATABASE\.SCHEMA\.NAME"):
        await cortex.search("docs", "late", context=Context())
    await cortex.semantic_view("revenue", context=Context(database="SALES", schema="OTHER"))
    assert account.statements[-1].sql.endswith("SALES.OTHER.REVENUE")


async def test_services_tell_what_they_search(account: Scripted, cortex: Cortex) -> None:
    account.answer(
        "^SHOW CORTEX SEARCH SERVICES",
        ["name", "database_name", "schema_name", "search_column", "attribute_columns", "columns", "comment"],
        [("DOCS", "SALES", "PUBLIC", "TEXT", "REGION,DAY", '["TEXT","REGION","DAY"]', "letters")],
    )
    [service] = await cortex.search_services(context=Context())
    assert (service.name, service.search_column) == ("SALES.PUBLIC.DOCS", "TEXT")
    assert (service.attributes, service.columns) == (("REGION", "DAY"), ("TEXT", "REGION", "DAY"))


def test_several_names_are_read_however_they_are_written() -> None:
    assert names_in('["a","b"]') == names_in("a, b") == names_in("[a, b]") == ("a", "b")
    assert names_in("") == names_in("[]") == ()


ANSWER = {
    "request_id": "75d343ee-699c-483f-83a1-e314609fb563",
    "message": {
        "role": "analyst",
        "content": [
            {"type": "text", "text": "We interpreted your question as ..."},
            {
                "type": "sql",
                "statement": "WITH __o AS (SELECT total FROM sales.public.orders)\nSELECT SUM(total) FROM __o\n "
                "-- Generated by Cortex Analyst\n;",
                "confidence": {"verified_query_used": {"name": "total revenue", "question": "How much?", "sql": "…"}},
            },
            {"type": "chart", "chart_spec": "{}"},
        ],
    },
    "warnings": [{"message": "Table table1 has (30) columns, which exceeds the recommended maximum of 10"}],
}


async def test_a_question_is_asked_with_a_view(account: Scripted, cortex: Cortex) -> None:
    account.server.queue(ANALYST, Fault.json(ANSWER))
    found = await cortex.ask("How much?", view="revenue", context=PLACE)
    assert account.server.requests[-1].json() == {
        "messages": [{"role": "user", "content": [{"type": "text", "text": "How much?"}]}],
        "stream": False,
        "semantic_view": "SALES.PUBLIC.REVENUE",
    }
    [proposal] = found.proposals
    assert (proposal.refusal, proposal.verified) == ("", "total revenue")
    assert found.text == "We interpreted your question as ..."
    assert found.warnings[0].startswith("Table table1")
    assert [statement.sql for statement in account.statements] == []


async def test_a_question_is_asked_with_a_file(account: Scripted, cortex: Cortex) -> None:
    account.server.queue(ANALYST, Fault.json(ANSWER))
    await cortex.ask("How much?", model_file="@sales.public.models/a b/revenue.yaml", context=Context())
    body = account.server.requests[-1].json()
    assert isinstance(body, dict)
    assert body["semantic_model_file"] == "@SALES.PUBLIC.MODELS/a b/revenue.yaml"


@pytest.mark.parametrize(
    "path", ["sales.public.models/m.yaml", "@models/m.yaml", "@a.b.c", "@a.b.c/m.sql", "@a.b/m.yml"]
)
async def test_a_path_that_is_none_is_not_sent(account: Scripted, cortex: Cortex, path: str) -> None:
    with pytest.raises(InvalidInput, match="model_file"):
        await cortex.ask("How much?", model_file=path, context=PLACE)
    assert account.server.requests == []


@pytest.mark.parametrize(("view", "file"), [("", ""), ("a.b.c", "@a.b.c/m.yaml")])
async def test_the_analyst_needs_one_description(cortex: Cortex, view: str, file: str) -> None:
    with pytest.raises(InvalidInput, match="view: give this or model_file"):
        await cortex.ask("How much?", view=view, model_file=file, context=PLACE)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("DROP TABLE sales.public.orders", "destroys"),
        ("SELECT 1; SELECT 2", "not run"),
        ("CALL do_it()", "not run"),
        ("SELECT * FROM hr.public.salaries", "SNOWFLAKE_DATABASES"),
    ],
)
async def test_sql_that_cannot_be_run_here_says_why(account: Scripted, restricted: Cortex, sql: str, told: str) -> None:
    cortex = restricted
    content = [{"type": "sql", "statement": sql}, {"type": "sql", "statement": "SELECT 1 FROM sales.public.orders"}]
    account.server.queue(ANALYST, Fault.json({"message": {"content": content}}))
    found = await cortex.ask("How much?", view="sales.public.revenue", context=PLACE)
    refused, allowed = found.proposals
    assert told in refused.refusal
    assert allowed.refusal == ""


@pytest.mark.parametrize(
    "body", [None, [], {}, {"message": None}, {"message": {"content": "text"}}, {"results": {}}, "text", 7]
)
async def test_another_shape_is_no_answer(account: Scripted, cortex: Cortex, body: object) -> None:
    account.server.queue(ANALYST, Fault.json(body))
    account.server.queue(SEARCH, Fault.json(body))
    with pytest.raises(BadAnswer):
        await cortex.ask("How much?", view="revenue", context=PLACE)
    with pytest.raises(BadAnswer):
        await cortex.search("docs", "late", context=PLACE)


async def test_odd_parts_of_an_answer_are_left_out(account: Scripted, cortex: Cortex) -> None:
    content = [
        None,
        7,
        {"type": "text", "text": 5},
        {"type": "sql"},
        {"type": "suggestions", "suggestions": [1, "Why?"]},
    ]
    account.server.queue(ANALYST, Fault.json({"message": {"content": content}, "warnings": "none"}))
    found = await cortex.ask("How much?", view="revenue", context=PLACE)
    assert (found.text, found.proposals, found.suggestions, found.warnings) == ("5", (), ("Why?",), ())


@pytest.mark.parametrize("case", fault_cases(), ids=lambda case: case.name)
async def test_every_fault_is_told_as_what_it_is(account: Scripted, cortex: Cortex, case: object) -> None:
    known = next(each for each in fault_cases() if each.name == getattr(case, "name", ""))
    account.server.queue(ANALYST, *[known.answer] * 9)
    with pytest.raises(ServiceError) as caught:
        await cortex.ask("How much?", view="revenue", context=PLACE)
    assert caught.value.kind == known.read_kind


def test_the_second_way_to_snowflake_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, snowflake_mcp.client; sys.exit(any(name in sys.modules for name in ('httpx2', 'cryptography')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
