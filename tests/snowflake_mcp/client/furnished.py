"""A scripted account with two databases of its own: what SHOW and DESCRIBE answer has the documented columns.

https://docs.snowflake.com/en/sql-reference/sql/show-objects and its neighbours. Rows are made up.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from snowflake_mcp.client import connect
from snowflake_mcp.client.catalog import Catalog

from ..scripted import Scripted, Stated
from ..scripted_rules import Pattern, Rows, Rule
from ..wire_rows import ColumnSpec

Row = tuple[object, ...]

SHOWN = 0x4400
"""The type of a SHOW statement, by which the connector knows that there are rows to count."""

DATABASES = [("SALES", "Orders and customers", ""), ("HR", "People", ""), ("SNOWFLAKE", "", "SNOWFLAKE.ACCOUNT_USAGE")]
SCHEMAS = [
    ("PUBLIC", "SALES", ""),
    ("RAW", "SALES", "As it came from the shops"),
    ("INFORMATION_SCHEMA", "SALES", ""),
    ("PAYROLL", "HR", "Salaries"),
]
OBJECTS = [
    ("ORDERS", "SALES", "PUBLIC", "TABLE", "One row for each order", "LINEAR(ORDERED_ON)", 1_250_000, 48_500_000, "N"),
    ("CUSTOMERS", "SALES", "PUBLIC", "TABLE", "Who buys", "", 3_200, 410_000, "N"),
    ("DAILY_REVENUE", "SALES", "PUBLIC", "TABLE", "", "", 900, 30_000, "Y"),
    ("BEST_CUSTOMERS", "SALES", "PUBLIC", "VIEW", "Customers by revenue", "", None, None, "N"),
    ("ORDERS", "SALES", "RAW", "TABLE", "", "", 2_000_000, 90_000_000, "N"),
    ("odd name", "SALES", "RAW", "TABLE", "", "", 1, 1_024, "N"),
    ("SALARIES", "HR", "PAYROLL", "TABLE", "What people earn", "", 120, 9_000, "N"),
    ("QUERY_HISTORY", "SNOWFLAKE", "ACCOUNT_USAGE", "VIEW", "", "", None, None, "N"),
]
COLUMNS = [
    ("ORDERS", "PUBLIC", "ID", "Number of the order", "SALES"),
    ("ORDERS", "PUBLIC", "CUSTOMER_ID", "", "SALES"),
    ("ORDERS", "PUBLIC", "TOTAL", "Price of all items with tax, in euros", "SALES"),
    ("CUSTOMERS", "PUBLIC", "ID", "", "SALES"),
    ("CUSTOMERS", "PUBLIC", "E_MAIL", "", "SALES"),
    ("DAILY_REVENUE", "PUBLIC", "REVENUE", "", "SALES"),
    ("SALARIES", "PAYROLL", "TOTAL", "Before tax", "HR"),
]
DESCRIBED: list[Row] = [
    ("ID", "NUMBER(38,0)", "COLUMN", "N", None, "Y", "N", None, None, "Number of the order", None),
    ("CUSTOMER_ID", "NUMBER(38,0)", "COLUMN", "N", None, "N", "N", None, None, None, None),
    ("STATUS", "VARCHAR(20)", "COLUMN", "Y", "'new'", "N", "N", None, None, "new, paid or sent", None),
    ("NOTE", "VARCHAR(16777216)", "COLUMN", "Y", None, "N", "N", None, None, None, "SALES.PUBLIC.HIDE"),
    ("ORDERED_ON", "DATE", "COLUMN", "Y", None, "N", "N", None, None, None, None),
    ("EXTRA", "VARIANT", "COLUMN", "Y", None, "N", "N", None, None, None, None),
]
_DESCRIBED = ["name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment"]
_KEYS = ["pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name", "fk_column_name", "key_sequence"]


class Furnished(Scripted):
    """The account, furnished; tests add what they want to go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.show("DATABASES", ["name", "comment", "origin"], DATABASES, place=None)
        self.show("SCHEMAS", ["name", "database_name", "comment"], SCHEMAS, place=(1, 0))
        columns: list[ColumnSpec] = ["name", "database_name", "schema_name", "kind", "comment", "cluster_by"]
        sizes: list[ColumnSpec] = [("rows", "NUMBER(38,0)"), ("bytes", "NUMBER(38,0)"), "is_dynamic"]
        self.show("OBJECTS", [*columns, *sizes], OBJECTS, place=(1, 2))
        self.show("TABLES", [*columns, *sizes], [row for row in OBJECTS if row[3] == "TABLE"], place=(1, 2))
        named = ["table_name", "schema_name", "column_name", "comment", "database_name"]
        self.show("COLUMNS", named, COLUMNS, place=(4, 1), like=2)
        self.answer(r"INFORMATION_SCHEMA\.COLUMNS", ["DATABASE_NAME", *map(str.upper, named[:4])], _commented)
        self.answer(r"^DESCRIBE TABLE", [*_DESCRIBED, "policy name"], DESCRIBED)
        self.answer(r"^SHOW PRIMARY KEYS", ["column_name", ("key_sequence", "NUMBER(38,0)")], [("ID", 1)])
        self.answer(
            r"^SHOW IMPORTED KEYS",
            [*_KEYS[:5], ("key_sequence", "NUMBER(38,0)"), "fk_name"],
            [("SALES", "PUBLIC", "CUSTOMERS", "ID", "CUSTOMER_ID", 1, "FK_CUSTOMER")],
        )

    def answer(
        self,
        pattern: Pattern,
        columns: Sequence[ColumnSpec] = (),
        rows: Rows | Callable[[Stated], Rows] = (),
        *,
        kind: int | None = SHOWN,
        **others: Any,
    ) -> Rule:
        """As usual; all that is answered here has rows, as SHOW has them."""
        return super().answer(pattern, columns, rows, kind=kind, **others)

    def show(
        self,
        what: str,
        columns: Sequence[ColumnSpec],
        rows: Sequence[Row],
        *,
        place: tuple[int, int] | None,
        like: int = 0,
    ) -> None:
        """Answer SHOW <what>; `place` are the columns of database and schema, `like` that of the name."""

        def shown(statement: Stated) -> list[Row]:
            found = re.fullmatch(r"SHOW [A-Z ]+?(?: LIKE '([^']*)')?(?: IN (\w+)(?: (.+))?)?", statement.sql)
            assert found, statement.sql
            pattern, scope, name = found.groups()
            parts = [part.strip('"') for part in (name or "").split(".")]
            kept = [row for row in rows if pattern is None or _like(pattern, str(row[like]))]
            if place is None or scope in (None, "ACCOUNT"):
                return kept
            depth = 1 if scope == "DATABASE" else 2
            return [row for row in kept if [row[each] for each in place][:depth] == parts[:depth]]

        self.answer(rf"^SHOW {what}\b", columns, shown)

    def sent(self) -> list[str]:
        """The statements that arrived."""
        return [statement.sql for statement in self.statements]


@asynccontextmanager
async def furnished(**settings: Any) -> AsyncGenerator[tuple[Furnished, Catalog]]:
    """The account and its catalogue; the session is in SALES.PUBLIC unless `settings` say otherwise."""
    async with Furnished() as account:
        usual = {"database": "SALES", "default_schema": "PUBLIC", "warehouse": "WH"}
        client = await connect(account.settings(**{**usual, **settings}))
        try:
            yield account, Catalog(client.engine)
        finally:
            await client.aclose()


def _like(pattern: str, name: str) -> bool:
    expression = "".join({"%": ".*", "_": "."}.get(char) or re.escape(char) for char in pattern)
    return re.fullmatch(expression, name, re.IGNORECASE | re.DOTALL) is not None


def _commented(statement: Stated) -> list[Row]:
    found = re.search(r'FROM (\w+|".+?")\.INFORMATION_SCHEMA', statement.sql)
    assert found
    database = found[1].strip('"')
    return [
        (database, table, schema, column, comment)
        for table, schema, column, comment, its in COLUMNS
        if its == database and any(str(word) in comment.casefold() for word in statement.binds)
    ]
