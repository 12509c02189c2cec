"""What is told about a statement besides its kind."""

import logging

import pytest

from connector_kit.errors import InvalidInput, NotPermitted
from snowflake_mcp.guard import examine


def reads(sql: str) -> list[str]:
    return [str(name) for name in examine(sql).reads]


def writes(sql: str) -> list[str]:
    return [str(name) for name in examine(sql).writes]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM t", ["T"]),
        ('SELECT * FROM "t", T, db.s.T', ['"t"', "DB.S.T", "T"]),
        ("SELECT * FROM db..t", ["DB.PUBLIC.T"]),
        ('SELECT * FROM "My Db"."S"."a""b"', ['"My Db".S."a""b"']),
        ("SELECT * FROM a JOIN b ON a.x = b.x WHERE a.y IN (SELECT y FROM c)", ["A", "B", "C"]),
        ("SELECT * FROM TABLE(FLATTEN(INPUT => (SELECT v FROM t)))", ["T"]),
        ("SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 3))", []),
        ("SELECT * FROM SEMANTIC_VIEW (db.s.v METRICS a.b)", ["DB.S.V"]),
        ("EXPLAIN SELECT * FROM t", ["T"]),
        ("SHOW TABLES IN SCHEMA db.s", ["DB.S"]),
        ("SHOW TABLES IN DATABASE db", ["DB"]),
        ("SHOW COLUMNS IN db.s.t", ["DB.S.T"]),
        ("SHOW TABLES IN db.s", ["DB.S"]),
        ("SHOW TABLES IN ACCOUNT", []),
        ("DESCRIBE TABLE db.s.t", ["DB.S.T"]),
        ("DESCRIBE VIEW db..v", ["DB.PUBLIC.V"]),
        ("DESCRIBE SCHEMA db.s", ["DB.S"]),
        ("INSERT INTO t SELECT * FROM s", ["S"]),
        ("CREATE SCHEMA a CLONE db.b", ["DB.B"]),
    ],
)
def test_the_objects_read_are_named(sql: str, names: list[str]) -> None:
    assert reads(sql) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("WITH x AS (SELECT * FROM t) SELECT * FROM x", ["T"]),
        ("WITH x AS (SELECT 1 AS a), y AS (SELECT a FROM x) SELECT * FROM y, x", []),
        ("WITH x AS (SELECT a FROM y), y AS (SELECT 1 AS a) SELECT * FROM x", ["Y"]),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", ["T"]),
        ("WITH x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x WHERE a < 9) SELECT * FROM x", []),
        ("WITH x AS (SELECT 1 AS a UNION SELECT a FROM x) SELECT * FROM x", ["X"]),
        ("WITH x AS (SELECT a FROM x UNION ALL SELECT a + 1 FROM x) SELECT * FROM x", ["X"]),
        ("SELECT * FROM x, (WITH x AS (SELECT 1 AS a) SELECT * FROM x) AS y", ["X"]),
        ("WITH x AS (SELECT 1 AS a) SELECT * FROM db.s.x", ["DB.S.X"]),
        ('WITH "x" AS (SELECT 1 AS a) SELECT * FROM x', ["X"]),
        ("WITH x AS (SELECT 1 AS a) SELECT * FROM (SELECT * FROM (SELECT * FROM X))", []),
        ("INSERT INTO t WITH x AS (SELECT * FROM s) SELECT * FROM x", ["S"]),
    ],
)
def test_the_name_of_a_cte_stands_for_it_only_where_it_is_visible(sql: str, names: list[str]) -> None:
    assert reads(sql) == names


@pytest.mark.parametrize(
    ("sql", "verb", "names"),
    [
        ("INSERT INTO db.s.t VALUES (1)", "INSERT", ["DB.S.T"]),
        ("INSERT ALL INTO a INTO b SELECT 1", "INSERT", ["A", "B"]),
        ("UPDATE t SET a = 1", "UPDATE", ["T"]),
        ("DELETE FROM t USING s WHERE t.a = s.a", "DELETE", ["T"]),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1", "MERGE", ["T"]),
        ("CREATE TABLE db.s.t AS SELECT * FROM s", "CREATE TABLE", ["DB.S.T"]),
        ("CREATE SCHEMA db.s", "CREATE SCHEMA", ["DB.S"]),
        ("CREATE DATABASE d", "CREATE DATABASE", ["D"]),
        ("ALTER TABLE t RENAME TO db.s.u", "ALTER TABLE", ["DB.S.U", "T"]),
        ("ALTER TABLE t SWAP WITH u", "ALTER TABLE", ["T", "U"]),
        ("DROP SCHEMA db.s", "DROP SCHEMA", ["DB.S"]),
        ("DROP DATABASE d", "DROP DATABASE", ["D"]),
        ("TRUNCATE TABLE t", "TRUNCATE", ["T"]),
        ("UNDROP DATABASE d", "UNDROP DATABASE", ["D"]),
        ("COMMENT ON COLUMN db.s.t.a IS 'x'", "COMMENT COLUMN", ["DB.S.T"]),
    ],
)
def test_the_objects_changed_are_named(sql: str, verb: str, names: list[str]) -> None:
    assert examine(sql).verb == verb
    assert writes(sql) == names


def test_all_objects_are_told_once() -> None:
    assert [str(name) for name in examine("INSERT INTO t SELECT * FROM t, s").objects] == ["S", "T"]


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("SELECT 1", None),
        ("SELECT a FROM t LIMIT 5", 5),
        ("SELECT TOP 7 a FROM t", 7),
        ("SELECT a FROM t FETCH FIRST 3 ROWS ONLY", 3),
        ("(SELECT a FROM t LIMIT 2)", 2),
        ("SELECT * FROM (SELECT a FROM t LIMIT 2)", None),
        ("SELECT a FROM t LIMIT NULL", None),
        ("SELECT 1 UNION ALL SELECT 2 LIMIT 1", 1),
        ("SHOW TABLES LIMIT 4", 4),
    ],
)
def test_the_limit_of_the_whole_statement_is_told(sql: str, limit: int | None) -> None:
    assert examine(sql).limit == limit


def test_what_can_be_done_with_a_statement_is_told() -> None:
    query, change, table = examine("SELECT 1"), examine("DELETE FROM t WHERE a = 1"), examine("DROP TABLE t")
    assert (query.describable, query.explainable, query.transactional) == (True, True, False)
    assert (change.describable, change.explainable, change.transactional) == (False, True, True)
    assert (table.describable, table.explainable, table.transactional) == (False, False, False)
    assert (change.has_where, table.has_where, examine("UPDATE t SET a = 1 WHERE TRUE").has_where) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("sql", "opaque"),
    [
        ("SELECT * FROM t", False),
        ("DESCRIBE TABLE t", False),
        ("SELECT * FROM db.information_schema.tables", False),
        ("SELECT SYSTEM$TYPEOF(1)", False),
        ("SHOW TABLES", True),
        ("DESCRIBE RESULT LAST_QUERY_ID()", True),
        ("SELECT GET_DDL('table', 'db.s.t')", True),
        ("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))", True),
        ("SELECT SYSTEM$CLUSTERING_DEPTH('db.s.t')", True),
        ("SELECT * FROM TABLE(information_schema.query_history())", True),
        ("EXPLAIN SELECT GET_DDL('table', 'db.s.t')", True),
    ],
)
def test_a_statement_whose_objects_the_text_does_not_name_says_so(sql: str, opaque: bool) -> None:
    assert examine(sql).opaque == opaque


def test_the_text_to_run_is_without_the_semicolon_and_what_follows_it() -> None:
    assert examine("SELECT 1 ; -- the end\n").sql == "SELECT 1"
    assert examine("  /* a */ SELECT 1").sql == "  /* a */ SELECT 1"


def test_functions_allowed_by_name_may_be_called() -> None:
    sql = "SELECT db.s.f(a), ai_complete('m', b) FROM TABLE(g(1))"
    assert examine(sql, functions={"DB.S.F", "AI_COMPLETE", "G"}).kind == "read"
    assert examine(sql, functions={"DB.S.F", "AI_COMPLETE"}).kind == "refused"
    assert examine('SELECT "f"(1)', functions={"F"}).kind == "refused"
    assert examine('SELECT "DB.S.F"(1), "DB"."S.F"(1)', functions={"DB.S.F"}).kind == "refused"
    assert examine("SELECT db.s.system$wait(1)", functions={"SYSTEM$WAIT"}).kind == "refused"
    assert examine("INSERT INTO t SELECT db.s.f(1)", functions={"DB.S.F"}).kind == "write"


@pytest.mark.parametrize(
    ("sql", "line", "column", "told"),
    [
        ("SELECT 1\n  ->> SELECT 2", 2, 3, "->>"),
        ("SELECT *\nFROM @s", 2, 6, "stage"),
        ("SELECT a\nFROM t\nWHERE f(a) AND IN b", 3, 19, "cannot be read"),
        ("SELECT 'a", 1, 8, "not closed"),
        ("SELECT 1;\nSELECT 2", 1, 9, "more than one"),
        ("EXPLAIN\nSELECT a FROM t WHERE WHERE", 2, 23, "cannot be read"),
        ("SELECT (1))", 1, 11, "closes nothing"),
        ("CREATE USER u", 1, 8, "CREATE USER"),
    ],
)
def test_a_refusal_points_at_the_place(sql: str, line: int, column: int, told: str) -> None:
    refusal = examine(sql).refusal
    assert refusal is not None
    assert told in refusal.reason
    assert (refusal.line, refusal.column) == (line, column)
    assert f"(line {line}, column {column})" in str(refusal)


def test_a_refused_statement_says_what_to_correct() -> None:
    with pytest.raises(InvalidInput) as raised:
        examine("USE ROLE accountadmin").require("destroy")
    assert "not run. USE changes the session at line 1, column 1." in str(raised.value)
    assert "Give role" in str(raised.value)


def test_a_change_is_not_run_by_a_read_and_says_which_access_it_takes() -> None:
    with pytest.raises(NotPermitted, match="SNOWFLAKE_ACCESS=write"):
        examine("INSERT INTO t VALUES (1)").require("read")
    with pytest.raises(NotPermitted, match="SNOWFLAKE_ACCESS=delete"):
        examine("DROP TABLE t").require("read")
    with pytest.raises(NotPermitted, match="snowflake_run_destruction does it"):
        examine("DROP TABLE t").require("write")
    examine("DROP TABLE t").require("destroy")
    examine("SELECT 1").require("write")


def test_no_literal_of_a_statement_reaches_a_refusal_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for sql in (
            "CALL login('hunter2')",
            "SELECT 'hunter2' FROM WHERE",
            "CREATE VIEW v 'hunter2'",
            "SELECT f('hunter2')",
        ):
            statement = examine(sql)
            assert "hunter2" not in str(statement.refusal)
    assert "hunter2" not in caplog.text
