"""How statements fail: with the numbers, states and words of Snowflake, whatever the emulator said."""

from __future__ import annotations

import pytest

from .conversation import Conversation

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("sql", "errno", "state", "text"),
    [
        ("SELEC 1", 1003, "42000", "syntax error line 1"),
        ("SELECT (1", 1003, "42000", "syntax error line 1"),
        ("SELECT 'open", 1003, "42000", "syntax error"),
        ("-- only a comment", 900, "42601", "Empty SQL statement"),
        ("SELECT * FROM phase_histori", 2003, "02000", "Object 'PHASE_HISTORI' does not exist or not authorized"),
        ("SELECT * FROM nowhere.public.t", 2003, "02000", "does not exist or not authorized"),
        ('SELECT * FROM "phase history"', 2003, "02000", "Object 'phase history' does not exist"),
        ("DROP TABLE nowhere", 2003, "02000", "Object 'NOWHERE' does not exist or not authorized"),
        ("USE SCHEMA nowhere", 2043, "02000", "does not exist"),
        ("USE DATABASE nowhere", 2043, "02000", "does not exist"),
        ("DROP DATABASE nowhere", 2003, "02000", "Object 'NOWHERE' does not exist"),
        ("SELECT velocitty FROM phase_history", 904, "42000", "invalid identifier 'VELOCITTY'"),
        ("SELECT p.velocitty FROM phase_history p", 904, "42000", "invalid identifier 'VELOCITTY'"),
        ("INSERT INTO phase_history (nothing) VALUES (1)", 904, "42000", "invalid identifier 'NOTHING'"),
        ("SELECT no_function(1)", 2140, "42601", "Unknown function NO_FUNCTION"),
        ("SELECT SUM(status) FROM phase_history", 1044, "42P13", "Invalid argument types for function 'SUM'"),
        ("CREATE TABLE phase_history (a INT)", 2002, "42710", "Object 'PHASE_HISTORY' already exists"),
        ("CREATE DATABASE pm_os_analytics", 2002, "42710", "Object 'PM_OS_ANALYTICS' already exists"),
        ("CREATE SCHEMA pm_os_analytics.public", 2002, "42710", "already exists"),
        ("SELECT 'abc'::INT", 100038, "22018", "Numeric value 'abc' is not recognized"),
        ("SELECT 'abc'::DATE", 100040, "22007", "Date 'abc' is not recognized"),
        ("INSERT INTO phase_history (phase_id) VALUES (1, 2)", 2020, "21S01", "does not match column list"),
        ("SELECT 1; SELECT 2", 8, "0A000", "Actual statement count 2 did not match the desired statement count 1"),
        ("USE ROLE accountadmin", 3013, "42501", "'ACCOUNTADMIN' is not assigned"),
    ],
)
async def test_a_mistake_is_told_as_snowflake_tells_it(
    snowflake: Conversation, sql: str, errno: int, state: str, text: str
) -> None:
    assert (await snowflake.failure(sql))[:2] == (errno, state), await snowflake.failure(sql)
    assert text in (await snowflake.failure(sql))[2]


UNSUPPORTED = [
    "EXPLAIN SELECT 1",
    "EXPLAIN USING JSON SELECT 1",
    "SELECT GET_DDL('TABLE', 'phase_history')",
    "SELECT SYSTEM$CANCEL_ALL_QUERIES(1)",
    "SELECT SYSTEM$WHITELIST()",
    "SHOW ROLES",
    "SHOW GRANTS",
    "SHOW GRANTS TO ROLE pm_os_analyst",
    "SHOW PARAMETERS",
    "SHOW TASKS",
    "SHOW PIPES",
    "SHOW DYNAMIC TABLES",
    "SHOW SEMANTIC VIEWS",
    "CALL my_procedure()",
    "EXECUTE IMMEDIATE 'SELECT 1'",
    "EXECUTE TASK nightly",
    "BEGIN SELECT 1; END",
    "GRANT SELECT ON TABLE phase_history TO ROLE other",
    "REVOKE SELECT ON TABLE phase_history FROM ROLE other",
    "CREATE ROLE other",
    "CREATE WAREHOUSE other",
    "CREATE FUNCTION f(a INT) RETURNS INT AS 'a'",
    "CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS 'BEGIN RETURN 1; END'",
    "CREATE TASK nightly SCHEDULE = '1 MINUTE' AS SELECT 1",
    "UNDROP TABLE phase_history",
    "ALTER SESSION SET QUERY_TAG = 'x'",
    "ALTER WAREHOUSE pm_os_wh SUSPEND",
    "PUT file:///etc/hosts @~",
    "GET @~ file:///tmp",
    "REMOVE @~",
    "SELECT INTERVAL '1 day'",
]
"""What an account does and the emulator cannot; proven only against an account."""


@pytest.mark.parametrize("sql", UNSUPPORTED)
async def test_what_the_emulator_cannot_do_is_an_error_of_sql(snowflake: Conversation, sql: str) -> None:
    errno, state, text = await snowflake.failure(sql)
    assert (errno, state) in {(2, "0A000"), (8, "0A000"), (1003, "42000")}, text
    assert "fakesnow" not in text
    assert await snowflake.value("SELECT 1") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM snowflake.account_usage.login_history",
        "SELECT * FROM snowflake.organization_usage.rate_sheet_daily",
        "SELECT * FROM TABLE(information_schema.warehouse_load_history())",
        "SELECT * FROM TABLE(information_schema.login_history())",
        "SELECT SNOWFLAKE.CORTEX.COMPLETE('a', 'b')",
        "SELECT $1 FROM VALUES (1), (2)",
    ],
)
async def test_what_is_not_there_is_an_error_of_sql(snowflake: Conversation, sql: str) -> None:
    errno, state, text = await snowflake.failure(sql)
    assert errno
    assert state
    assert "fakesnow" not in text


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '/etc/hostname'",
        "COPY INTO phase_history FROM '/etc/hostname'",
        "COPY INTO '/tmp/out.csv' FROM phase_history",
        "ATTACH '/tmp/other.db' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
async def test_files_of_the_machine_are_out_of_reach(snowflake: Conversation, sql: str) -> None:
    assert (await snowflake.failure(sql))[0]


async def test_where_the_emulator_differs(snowflake: Conversation) -> None:
    # Not as Snowflake has it, and known: who proves something by these proves it against an account.
    assert await snowflake.value("SELECT 1 / 0") == float("inf")
    assert isinstance(await snowflake.value("SELECT AVG(velocity_per_day) FROM phase_history"), float)
