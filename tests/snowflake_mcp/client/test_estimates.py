"""Counting what a change would touch: by queries that are reads, whatever the change is."""

from __future__ import annotations

from pathlib import Path

import pytest

from snowflake_mcp.client.estimates import Counting, counting
from snowflake_mcp.guard import examine

CORPUS = Path(__file__).parent.parent / "guard" / "corpus"
CHANGES = [
    line
    for name in ("write.sql", "destroy.sql")
    for line in (CORPUS / name).read_text("utf-8").split("\n")
    if line.strip()
]


@pytest.mark.parametrize("sql", CHANGES)
def test_no_change_is_counted_by_anything_but_a_read(sql: str) -> None:
    wanted = counting(examine(sql))
    for query in filter(None, (wanted.sql, wanted.of)):
        assert query.startswith("SELECT COUNT(*) FROM ")
        assert examine(query).kind in ("read", "refused"), query


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("INSERT INTO t VALUES (1), (2)", Counting("exact", known=2)),
        (
            "INSERT INTO t SELECT * FROM s LIMIT 5",
            Counting("exact", sql="SELECT COUNT(*) FROM (SELECT * FROM s LIMIT 5)"),
        ),
        ("UPDATE t SET a = 1", Counting("exact", sql="SELECT COUNT(*) FROM t")),
        (
            "UPDATE db.s.t AS x SET a = 1 WHERE x.b = 'it\\'s'",
            Counting(
                "exact",
                sql="SELECT COUNT(*) FROM db.s.t AS x WHERE x.b = 'it\\'s'",
                of="SELECT COUNT(*) FROM db.s.t AS x",
            ),
        ),
        (
            "DELETE FROM t USING s, u WHERE t.k = s.k AND s.j = u.j",
            Counting(
                "exact",
                sql="SELECT COUNT(*) FROM t WHERE EXISTS (SELECT 1 FROM s, u WHERE t.k = s.k AND s.j = u.j)",
                of="SELECT COUNT(*) FROM t",
            ),
        ),
        ("UPDATE t SET a = s.a FROM s", Counting("unknown")),
        (
            "MERGE INTO t USING s ON t.k = s.k WHEN MATCHED THEN DELETE",
            Counting("at most", sql="SELECT COUNT(*) FROM s JOIN t ON t.k = s.k"),
        ),
        (
            "MERGE INTO t AS x USING s AS y ON x.k = y.k WHEN NOT MATCHED THEN INSERT (k) VALUES (y.k)",
            Counting("at most", sql="SELECT COUNT(*) FROM s AS y LEFT JOIN t AS x ON x.k = y.k"),
        ),
        ("CREATE TABLE t AS SELECT 1 AS a", Counting("exact", sql="SELECT COUNT(*) FROM (SELECT 1 AS a)")),
        ("CREATE VIEW v AS SELECT 1 AS a", Counting("none")),
        ("CREATE TABLE t CLONE s", Counting("none")),
        ("ALTER TABLE t RENAME TO u", Counting("none")),
    ],
)
def test_what_is_counted(sql: str, wanted: Counting) -> None:
    assert counting(examine(sql)) == wanted
