"""Destroying: never without a yes; the question names what would be lost and what would bring it back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mcp.client.session import ElicitationFnT

from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.settings import SnowflakeSettings

from ..scratch import Scratch, scratch_in
from .conversation import ERAS, Conversation, answering, converse

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scratch(client: SnowflakeClient) -> AsyncIterator[Scratch]:
    """A database of the test's own."""
    async with scratch_in(client) as made:
        yield made


@pytest.fixture
async def session(scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path) -> AsyncIterator[Conversation]:
    """A session whose names without a schema are those of the test."""
    async with converse(tmp_path, scratch.settings(settings)) as session:
        yield session


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_without_dialog_confirms_by_argument(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path, era: str
) -> None:
    async with converse(tmp_path, scratch.settings(settings), mode=era) as session:
        text = await session.refused("snowflake_run_destruction", sql="DROP TABLE orders")
        assert text == (
            "Not done yet: Run this with the role PM_OS_ANALYST? DROP TABLE orders — DROP TABLE destroys what it "
            f"names: {scratch.schema}.ORDERS (4 rows). UNDROP TABLE brings it back within 1 day. "
            "Show this to the user; when they agree, call again with confirm=true."
        )
        assert await scratch.tables() == {"ORDERS"}
        done = await session.ask("snowflake_run_destruction", sql="DROP TABLE orders", confirm=True)
        assert done.startswith("done: DROP TABLE ORDERS (query ")
        assert done.endswith(f"snowflake_run_change brings it back: UNDROP TABLE {scratch.schema}.ORDERS")
    assert await scratch.tables() == set()


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_with_a_dialog_asks_the_person(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path, era: str
) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, scratch.settings(settings), mode=era, elicitation=dialog) as session:
        await session.ask("snowflake_run_destruction", sql="TRUNCATE TABLE orders")
    [question] = questions
    assert f"{scratch.schema}.ORDERS (4 rows). Time Travel can bring it back within 1 day." in question
    assert await scratch.value("SELECT COUNT(*) FROM orders") == 0


@pytest.mark.parametrize(
    "dialog", [answering("decline"), answering("cancel"), answering("accept", confirm=False)], ids=["no", "away", "off"]
)
async def test_without_a_yes_nothing_is_destroyed(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path, dialog: ElicitationFnT
) -> None:
    async with converse(tmp_path, scratch.settings(settings), elicitation=dialog) as session:
        text = await session.refused("snowflake_run_destruction", sql="DROP TABLE orders", confirm=True)
        assert "nothing was changed" in text
    assert await scratch.tables() == {"ORDERS"}


@pytest.mark.parametrize(
    ("sql", "parts"),
    [
        ("DELETE FROM orders", ["deletes every row: ", "ORDERS (4 rows). Time Travel"]),
        ("DELETE FROM orders WHERE TRUE", ["deletes every row: ", "ORDERS (4 rows). Time Travel"]),
        ("INSERT OVERWRITE INTO orders (id) SELECT 1", ["INSERT OVERWRITE deletes every row first", "(4 rows)"]),
        ("MERGE INTO orders USING orders s ON TRUE WHEN MATCHED THEN DELETE", ["this MERGE may delete", "(4 rows)"]),
        ("ALTER TABLE orders DROP COLUMN total", ["takes columns", "ORDERS (4 rows). Time Travel"]),
        (
            "ALTER TABLE orders SET DATA_RETENTION_TIME_IN_DAYS = 0",
            ["ORDERS (4 rows). History that is kept no longer is gone for good."],
        ),
        ("CREATE OR REPLACE TABLE orders (a INT)", ["CREATE OR REPLACE drops the table", "ORDERS (4 rows)."]),
        (
            "CREATE OR REPLACE TABLE fresh (a INT)",
            ["FRESH (there is none). Nothing of the kind is there, so nothing is lost."],
        ),
        (
            "CREATE OR REPLACE VIEW seen AS SELECT 1 AS a",
            ["SEEN. Nothing brings it back but making it again: snowflake_get_ddl shows how it is made."],
        ),
        ("DROP SCHEMA work", [".WORK (1 table, 4 rows). UNDROP SCHEMA brings it back within 1 day."]),
        ("DROP VIEW seen", [".SEEN. Nothing brings it back but making it again"]),
        ("DROP SEQUENCE numbers", [".NUMBERS. Nothing brings it back"]),
    ],
)
async def test_the_question_says_what_would_be_lost(
    session: Conversation, scratch: Scratch, sql: str, parts: list[str]
) -> None:
    text = await session.refused("snowflake_run_destruction", sql=sql)
    assert text.startswith(f"Not done yet: Run this with the role PM_OS_ANALYST? {sql} — ")
    for part in parts:
        assert part in text
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_a_whole_database_is_counted_by_its_tables(session: Conversation, scratch: Scratch) -> None:
    await scratch.run("CREATE TABLE {s}.more AS SELECT 1 AS a")
    text = await session.refused("snowflake_run_destruction", sql=f"DROP DATABASE {scratch.name}")
    assert f"{scratch.name} (2 tables, 5 rows). UNDROP DATABASE brings it back within 1 day." in text


async def test_a_long_statement_leaves_room_for_what_would_be_lost(session: Conversation) -> None:
    text = await session.refused(
        "snowflake_run_destruction",
        sql=f"CREATE OR REPLACE TABLE orders AS SELECT {', '.join(f'{number} AS c{number}' for number in range(200))}",
    )
    assert "ORDERS (4 rows). Time Travel can bring it back within 1 day." in text


@pytest.mark.parametrize(
    ("sql", "undo"),
    [
        ("DELETE FROM orders", "this shows what was there: SELECT * FROM {s}.ORDERS BEFORE (STATEMENT => '"),
        ("TRUNCATE TABLE orders", "this shows what was there: SELECT * FROM {s}.ORDERS BEFORE (STATEMENT => '"),
        (
            "CREATE OR REPLACE TABLE orders (a INT)",
            "brings it back: rename the new one, then UNDROP TABLE {s}.ORDERS",
        ),
        ("DROP TABLE orders", "UNDROP TABLE {s}.ORDERS"),
    ],
)
async def test_what_was_destroyed_is_told_how_to_bring_back(
    session: Conversation, scratch: Scratch, sql: str, undo: str
) -> None:
    done = await session.ask("snowflake_run_destruction", sql=sql, confirm=True)
    assert undo.replace("{s}", scratch.schema) in done.splitlines()[-1]


async def test_a_view_that_is_dropped_has_no_way_back(session: Conversation, scratch: Scratch) -> None:
    await scratch.run("CREATE VIEW {s}.seen AS SELECT 1 AS a")
    done = await session.ask("snowflake_run_destruction", sql="DROP VIEW seen", confirm=True)
    assert "brings it back" not in done
    assert "SEEN successfully dropped." in done
    assert await scratch.tables() == {"ORDERS"}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1", "SELECT does not destroy. snowflake_run_query runs it."),
        ("UPDATE orders SET total = 0", "UPDATE does not destroy. snowflake_run_change runs it."),
        ("DELETE FROM orders WHERE id = 1", "DELETE does not destroy. snowflake_run_change runs it."),
        ("DROP TABLE orders; SELECT 1", "more than one statement"),
        ("DROP ROLE sysadmin", "is not offered"),
    ],
)
async def test_nobody_is_asked_about_what_does_not_destroy(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path, sql: str, said: str
) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, scratch.settings(settings), elicitation=dialog) as session:
        assert said in await session.refused("snowflake_run_destruction", sql=sql, confirm=True)
    assert questions == []
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_a_view_is_made_of_a_query(session: Conversation, scratch: Scratch) -> None:
    query = "SELECT customer, SUM(total) AS spent FROM orders GROUP BY customer -- by customer"
    done = await session.ask("snowflake_create_view", name="spending", query=query, comment="What each spent")
    assert done.startswith("done: CREATE VIEW SPENDING (query ")
    assert await scratch.value("SELECT spent FROM spending WHERE customer = 'Ann'") == 40


async def test_a_view_never_replaces_anything(session: Conversation, scratch: Scratch) -> None:
    await session.ask("snowflake_create_view", name="seen", query="SELECT 1 AS a")
    for name in ("seen", "orders"):
        text = await session.refused("snowflake_create_view", name=name, query="SELECT 2 AS a")
        assert text.startswith(f"No view was made: there is a view or a table {name.upper()} already.")
    assert await scratch.value("SELECT a FROM seen") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"query": "DELETE FROM orders"}, "The statement was not run"),
        ({"query": "SELECT 1 AS a; DROP TABLE orders"}, "more than one statement"),
        ({"query": "SHOW TABLES"}, "query: is SHOW; a view is made of a SELECT"),
        ({"query": "SELECT nothing FROM orders"}, "NOTHING"),
        ({"query": "SELECT * FROM nowhere"}, "NOWHERE"),
        ({"name": "a b"}, "name: is not a name"),
        ({"name": "v AS SELECT 1; DROP TABLE orders"}, "name: is not a name"),
    ],
)
async def test_a_view_that_cannot_be_made_is_explained(
    session: Conversation, scratch: Scratch, arguments: dict[str, str], said: str
) -> None:
    text = await session.refused("snowflake_create_view", **{"name": "v", "query": "SELECT 1 AS a", **arguments})
    assert said in text
    assert await scratch.tables() == {"ORDERS"}
