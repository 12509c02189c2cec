"""Statements stay in the databases that the user named."""

import pytest

from connector_kit.errors import InvalidInput, NotPermitted
from snowflake_mcp.guard import Databases, examine

ALLOWED = Databases.of(["analytics", "sales.public", '"My Db"'])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT * FROM analytics.s.t",
        "SELECT * FROM analytics..t JOIN sales.public.u ON TRUE",
        "SELECT * FROM sales..t",
        'SELECT * FROM "My Db".s.t',
        "SELECT * FROM t",
        "SELECT * FROM s.t",
        "SELECT * FROM analytics.information_schema.tables",
        "SHOW TABLES IN DATABASE analytics",
        "SHOW TABLES IN SCHEMA sales.public",
        "SHOW TABLES LIKE 'a%' IN analytics.s STARTS WITH 'A' LIMIT 5 FROM 'AB'",
        "DESCRIBE TABLE sales.public.t TYPE = COLUMNS",
        "DESCRIBE TABLE sales.public.t",
        "INSERT INTO t SELECT * FROM sales.public.u",
    ],
)
def test_what_is_within_is_run(sql: str) -> None:
    ALLOWED.check(examine(sql), database="ANALYTICS", schema="PUBLIC")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM other.s.t",
        "SELECT * FROM sales.secret.t",
        'SELECT * FROM "analytics".s.t',
        'SELECT * FROM "my db".s.t',
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM other.s.t)",
        "WITH t AS (SELECT 1 AS a) SELECT * FROM t, other.s.t AS u",
        "SELECT * FROM snowflake.account_usage.query_history",
        "INSERT INTO other.s.t SELECT 1",
        "DROP DATABASE other",
        "DROP DATABASE sales",
        "CREATE SCHEMA sales.new",
        "CREATE TABLE t CLONE other.s.t",
        "ALTER TABLE t RENAME TO other.s.t",
        "SHOW TABLES",
        "SHOW TABLES IN ACCOUNT",
        "SHOW TABLES IN DATABASE other",
        "SHOW TABLES IN DATABASE sales",
        "SHOW TABLES IN APPLICATION other",
        "SHOW SCHEMAS IN APPLICATION PACKAGE other",
        "SHOW VERSIONS IN MODEL other.s.m",
        "SHOW COLUMNS IN EXTERNAL TABLE other.s.t",
        "SHOW TABLES IN SCHEMA sales.public IN other",
        "DESCRIBE TABLE other.s.t",
        "DESCRIBE RESULT LAST_QUERY_ID()",
        "SELECT GET_DDL('database', 'other')",
        "SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))",
        "SELECT * FROM TABLE(analytics.information_schema.query_history())",
        "EXPLAIN SELECT * FROM other.s.t",
        "INSERT INTO t SELECT * FROM TABLE(RESULT_SCAN('01b2c3d4-0000-1a2b-0000-000100020003'))",
        "CREATE TABLE t AS SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))",
        "CREATE VIEW v AS SELECT GET_DDL('database', 'other') AS a",
        "INSERT INTO t SELECT * FROM TABLE(analytics.information_schema.query_history())",
        "UPDATE t SET a = SYSTEM$PIPE_STATUS('other.s.p') WHERE b = 1",
        "INSERT INTO t SELECT other.s.q.nextval",
        "ALTER TABLE t ADD COLUMN a NUMBER DEFAULT other.s.q.NEXTVAL",
    ],
)
def test_what_is_outside_or_might_be_is_not_run(sql: str) -> None:
    statement = examine(sql)
    assert statement.kind != "refused"
    with pytest.raises(NotPermitted, match="SNOWFLAKE_DATABASES"):
        ALLOWED.check(statement, database="ANALYTICS", schema="PUBLIC")


def test_a_name_without_a_database_is_in_that_of_the_session() -> None:
    statement = examine("SELECT * FROM t")
    ALLOWED.check(statement, database="SALES", schema="PUBLIC")
    for database, schema in (("SALES", "SECRET"), ("SALES", None), ("OTHER", "PUBLIC"), (None, None)):
        with pytest.raises(NotPermitted, match="touches T"):
            ALLOWED.check(statement, database=database, schema=schema)


def test_without_a_list_everything_is_allowed() -> None:
    Databases().check(examine("SELECT * FROM other.s.t"))
    Databases.of([]).check(examine("SHOW TABLES"))
    assert Databases().allows(examine("SELECT * FROM t").reads[0])


def test_the_list_is_told_and_has_to_be_one_of_names() -> None:
    assert str(ALLOWED) == '"My Db", ANALYTICS, SALES.PUBLIC'
    with pytest.raises(InvalidInput):
        Databases.of(["a b"])
