"""Changing data: nothing without a preview, nothing but what it showed, nothing half done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector_kit.access import Access
from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.settings import SnowflakeSettings

from ..scratch import Scratch, scratch_in, token_in
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio

RAISE = "UPDATE orders SET total = total + 1 WHERE customer = 'Ann'"


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


async def rows_line(session: Conversation, sql: str) -> str:
    """What a preview says of the rows."""
    text = await session.ask("snowflake_run_change", sql=sql)
    return next(line for line in text.splitlines() if line.startswith("rows: "))


async def test_an_update_is_shown_first_and_run_with_its_token(session: Conversation, scratch: Scratch) -> None:
    text = await session.ask("snowflake_run_change", sql=RAISE)
    assert text.splitlines()[:4] == [
        f"preview, nothing is run yet: UPDATE, role PM_OS_ANALYST, warehouse PM_OS_WH, in {scratch.schema}",
        "writes: ORDERS",
        "rows: 2 of 4",
        "in a transaction: undone as a whole if it fails",
    ]
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100
    done = await session.ask("snowflake_run_change", sql=RAISE, run=token_in(text))
    assert done.startswith("done: UPDATE ORDERS: 2 rows changed, committed (query ")
    assert await scratch.value("SELECT SUM(total) FROM orders") == 102


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("INSERT INTO orders (id) VALUES (5), (6), (7)", "rows: 3"),
        ("INSERT INTO orders (id) SELECT id + 10 FROM orders WHERE id > 1", "rows: 3"),
        ("INSERT INTO orders (id) WITH big AS (SELECT id FROM orders WHERE total > 15) SELECT id FROM big", "rows: 3"),
        ("UPDATE orders SET total = 0", "rows: 4, EVERY row of the table"),
        ("UPDATE orders SET total = 0 WHERE id > 0", "rows: 4 of 4, EVERY row of the table"),
        ("UPDATE orders SET total = 0 WHERE TRUE", "rows: 4 of 4, EVERY row of the table"),
        ("UPDATE orders o SET total = 0 FROM (SELECT 1 AS k UNION ALL SELECT 1) s WHERE o.id = s.k", "rows: 1 of 4"),
        ("DELETE FROM orders WHERE customer IS NULL", "rows: 1 of 4"),
        ("DELETE FROM orders WHERE id = 99", "rows: 0 of 4"),
        ("DELETE FROM orders USING (SELECT 2 AS k) s WHERE orders.id = s.k", "rows: 1 of 4"),
        ("DELETE FROM orders WHERE id IN (SELECT MAX(id) FROM orders)", "rows: 1 of 4"),
        (
            "MERGE INTO orders USING (SELECT 1 AS k UNION ALL SELECT 9) s ON orders.id = s.k "
            "WHEN MATCHED THEN UPDATE SET total = 0 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.k)",
            "rows: at most 2",
        ),
        (
            "MERGE INTO orders USING orders AS s ON orders.id = s.id WHEN MATCHED AND s.total > 20 THEN DELETE",
            "rows: at most 4",
        ),
        (
            "MERGE INTO orders o USING (SELECT 'Ann' AS c UNION ALL SELECT 'Eve') s ON o.customer = s.c "
            "WHEN MATCHED THEN UPDATE SET total = 0",
            "rows: at most 2",
        ),
        (
            "MERGE INTO orders o USING (SELECT 'Ann' AS c UNION ALL SELECT 'Eve') s ON o.customer = s.c "
            "WHEN MATCHED THEN UPDATE SET total = 0 WHEN NOT MATCHED THEN INSERT (customer) VALUES (s.c)",
            "rows: at most 3",
        ),
        ("CREATE TABLE copied AS SELECT * FROM orders WHERE id < 3", "rows: 2"),
        (
            "INSERT INTO orders (id) SELECT numbers.NEXTVAL FROM orders",
            "rows: unknown (its source is no plain query); max_rows bounds them",
        ),
        ("CREATE TABLE copied (a INT)", "rows: it changes none"),
        ("ALTER TABLE orders ADD COLUMN note VARCHAR", "rows: it changes none"),
        ("COMMENT ON TABLE orders IS 'All of them'", "rows: it changes none"),
        (
            "INSERT ALL INTO orders (id) VALUES (n) INTO orders (id) VALUES (n) SELECT 7 AS n",
            "rows: unknown; max_rows bounds them",
        ),
    ],
)
async def test_a_preview_counts_the_rows_and_changes_nothing(
    session: Conversation, scratch: Scratch, sql: str, line: str
) -> None:
    assert await rows_line(session, sql) == line
    assert await scratch.rows("SELECT COUNT(*), SUM(id), SUM(total) FROM orders") == [(4, 10, 100)]
    assert await scratch.tables() == {"ORDERS"}


@pytest.mark.parametrize(
    ("sql", "rows", "total"),
    [
        ("INSERT INTO orders (id, total) VALUES (5, 1), (6, 1)", 2, 102),
        ("DELETE FROM orders WHERE customer IS NULL", 1, 60),
        (
            "MERGE INTO orders USING (SELECT 1 AS k UNION ALL SELECT 9) s ON orders.id = s.k "
            "WHEN MATCHED THEN UPDATE SET total = 0 WHEN NOT MATCHED THEN INSERT (id, total) VALUES (s.k, 5)",
            2,
            95,
        ),
    ],
)
async def test_dml_is_run_in_a_transaction_and_its_rows_are_told(
    session: Conversation, scratch: Scratch, sql: str, rows: int, total: int
) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=sql))
    done = await session.ask("snowflake_run_change", sql=sql, run=token)
    assert f"ORDERS: {rows} row{'s' * (rows != 1)} changed, committed (query " in done
    assert await scratch.value("SELECT SUM(total) FROM orders") == total


async def test_a_definition_is_said_to_be_committed_at_once(session: Conversation, scratch: Scratch) -> None:
    sql = "CREATE TABLE notes (a INT, b VARCHAR)"
    text = await session.ask("snowflake_run_change", sql=sql)
    assert "no transaction: Snowflake commits it at once" in text
    done = await session.ask("snowflake_run_change", sql=sql, run=token_in(text))
    assert done.startswith("done: CREATE TABLE NOTES (query ")
    assert await scratch.tables() == {"ORDERS", "NOTES"}


async def test_a_token_is_good_for_one_run_only(session: Conversation, scratch: Scratch) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=RAISE))
    await session.ask("snowflake_run_change", sql=RAISE, run=token)
    text = await session.refused("snowflake_run_change", sql=RAISE, run=token)
    assert text.startswith("Nothing was run: this token was used already. Look at the data first")
    assert await scratch.value("SELECT SUM(total) FROM orders") == 102


@pytest.mark.parametrize(
    "other",
    [
        {"sql": f"{RAISE} OR TRUE"},
        {"sql": RAISE.replace("+ 1", "+ 2")},
        {"sql": RAISE.replace("UPDATE", "UPDATE ")},
        {"schema": "PUBLIC"},
        {"warehouse": "OTHER_WH"},
    ],
)
async def test_a_token_runs_nothing_but_what_was_shown(
    session: Conversation, scratch: Scratch, other: dict[str, str]
) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=RAISE))
    text = await session.refused("snowflake_run_change", **{"sql": RAISE, "run": token, **other})
    assert "was given for something else" in text
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100
    # It is not used up by that.
    await session.ask("snowflake_run_change", sql=RAISE, run=token)


async def test_a_token_of_a_server_that_has_ended_is_refused(
    session: Conversation, scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path
) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=RAISE))
    async with converse(tmp_path / "other", scratch.settings(settings)) as other:
        text = await other.refused("snowflake_run_change", sql=RAISE, run=token)
    assert "tokens end when the server does" in text
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


@pytest.mark.parametrize("token", ["x", "yes", "1.2.3.4.5", "....", "é.ß.x.y.z", "a" * 200])
async def test_what_is_no_token_runs_nothing(session: Conversation, scratch: Scratch, token: str) -> None:
    assert "is no token of a preview" in await session.refused("snowflake_run_change", sql=RAISE, run=token)
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_more_rows_than_agreed_to_are_undone(session: Conversation, scratch: Scratch) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=RAISE))
    text = await session.refused("snowflake_run_change", sql=RAISE, run=token, max_rows=1)
    assert text.startswith("It was undone: it changed 2 rows, and at most 1 were agreed to. Nothing is changed.")
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_many_more_rows_than_shown_are_undone(session: Conversation, scratch: Scratch) -> None:
    token = token_in(await session.ask("snowflake_run_change", sql=RAISE))
    await scratch.run(
        "INSERT INTO {s}.orders SELECT 100 + o.id, 'Ann', 0, NULL FROM {s}.orders o CROSS JOIN {s}.orders x"
    )
    text = await session.refused("snowflake_run_change", sql=RAISE, run=token)
    assert "it changed 18 rows, and at most 12 were agreed to" in text
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_max_rows_is_for_what_can_be_undone(session: Conversation) -> None:
    sql = "CREATE TABLE notes (a INT)"
    token = token_in(await session.ask("snowflake_run_change", sql=sql))
    text = await session.refused("snowflake_run_change", sql=sql, run=token, max_rows=5)
    assert "max_rows: does not go with CREATE TABLE, which cannot be undone" in text


async def test_a_statement_that_fails_half_way_has_changed_nothing(session: Conversation, scratch: Scratch) -> None:
    sql = (
        "INSERT INTO orders (id, total) SELECT id, CASE WHEN id < 4 THEN 1 ELSE CAST('x' || id AS INT) END FROM orders"
    )
    token = token_in(await session.ask("snowflake_run_change", sql=sql))
    text = await session.refused("snowflake_run_change", sql=sql, run=token)
    assert "is not recognized" in text
    assert await scratch.value("SELECT COUNT(*) FROM orders") == 4


async def test_a_wrong_name_is_told_by_the_preview_with_what_was_meant(session: Conversation) -> None:
    for sql in ("DELETE FROM ordres WHERE id = 1", "INSERT INTO orders (id) SELECT id FROM ordres"):
        text = await session.refused("snowflake_run_change", sql=sql)
        assert "ORDRES" in text
        assert "Did you mean " in text
    text = await session.refused("snowflake_run_change", sql="UPDATE orders SET total = 1 WHERE customr = 'Ann'")
    assert "There is no column CUSTOMR" in text
    assert "CUSTOMER" in text


async def test_what_was_just_made_is_found_at_once(session: Conversation) -> None:
    assert "FRESH" not in await session.ask("snowflake_list_objects", kind="tables")
    sql = "CREATE TABLE fresh (a INT)"
    token = token_in(await session.ask("snowflake_run_change", sql=sql))
    await session.ask("snowflake_run_change", sql=sql, run=token)
    assert "FRESH" in await session.ask("snowflake_list_objects", kind="tables")
    await session.ask("snowflake_run_destruction", sql="DROP TABLE fresh", confirm=True)
    assert "FRESH" not in await session.ask("snowflake_list_objects", kind="tables")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1", "snowflake_run_query runs it."),
        ("SHOW TABLES", "snowflake_run_query runs it."),
        ("DELETE FROM orders", "DELETE without a WHERE that narrows it deletes every row"),
        ("DELETE FROM orders WHERE TRUE", "DELETE without a WHERE that narrows it deletes every row"),
        ("DELETE FROM orders WHERE 1 = 1", "DELETE without a WHERE that narrows it deletes every row"),
        ("DELETE FROM orders WHERE id = id", "DELETE without a WHERE that narrows it deletes every row"),
        ("TRUNCATE TABLE orders", "TRUNCATE destroys what it names"),
        ("DROP TABLE orders", "DROP TABLE destroys what it names"),
        ("CREATE OR REPLACE TABLE orders (a INT)", "CREATE OR REPLACE drops the table that is there"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 AS a", "CREATE OR REPLACE drops the view that is there"),
        ("INSERT OVERWRITE INTO orders SELECT * FROM orders", "INSERT OVERWRITE deletes every row first"),
        ("ALTER TABLE orders DROP COLUMN total", "it takes columns, or the history"),
        ("ALTER TABLE orders SET DATA_RETENTION_TIME_IN_DAYS = 0", "it takes columns, or the history"),
        ("MERGE INTO orders USING orders s ON TRUE WHEN MATCHED THEN DELETE", "this MERGE may delete every row"),
        ("GRANT SELECT ON TABLE orders TO ROLE public", "The statement was not run."),
        ("UPDATE orders SET total = 1; DROP TABLE orders", "more than one statement"),
        ("CALL something()", "The statement was not run."),
    ],
)
async def test_what_is_no_change_is_sent_elsewhere(
    session: Conversation, scratch: Scratch, sql: str, said: str
) -> None:
    text = await session.refused("snowflake_run_change", sql=sql)
    assert said in text
    assert await scratch.value("SELECT SUM(total) FROM orders") == 100


async def test_only_databases_that_are_allowed_are_changed(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path
) -> None:
    allowed = scratch.settings(settings, databases=("PM_OS_ANALYTICS",))
    async with converse(tmp_path, allowed) as session:
        for tool, arguments in (
            ("snowflake_run_change", {"sql": f"ALTER TABLE {scratch.schema}.orders ADD COLUMN n INT"}),
            ("snowflake_run_destruction", {"sql": f"DROP TABLE {scratch.schema}.orders"}),
            ("snowflake_create_view", {"name": f"{scratch.schema}.v", "query": "SELECT 1 AS a"}),
        ):
            assert "SNOWFLAKE_DATABASES" in await session.refused(tool, **arguments)
    assert await scratch.tables() == {"ORDERS"}


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_tools_are_offered_by_the_access_that_was_given(
    scratch: Scratch, settings: SnowflakeSettings, tmp_path: Path, access: Access
) -> None:
    changing = {"snowflake_run_change", "snowflake_create_view", "snowflake_load_file"}
    async with converse(tmp_path, scratch.settings(settings, access=access)) as session:
        offered = {tool.name for tool in (await session.client.list_tools()).tools}
        assert offered & changing == (changing if access is Access.WRITE else set())
        assert "snowflake_run_destruction" not in offered
        text, is_error = await session.attempt("snowflake_run_destruction", {"sql": "DROP TABLE orders"})
        assert is_error
        assert "SNOWFLAKE_ACCESS=delete" in text
    assert await scratch.tables() == {"ORDERS"}
