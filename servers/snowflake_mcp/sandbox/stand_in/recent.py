"""The statements of late, as the functions QUERY_HISTORY and QUERY_HISTORY_BY_* of INFORMATION_SCHEMA tell of them.

Every statement that this process still remembers is told of to everybody, those that run among them. Ranges of time
are not looked at: what is remembered is of late.

Its packages are not those of the servers: this file runs only in the environment that `serve.py` asks for.
"""
# They are not installed where types are checked, so nothing is known of them there.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from identity import Identity
from sqlglot import Expr, exp

Past = Callable[[], Sequence[Mapping[str, str | int | None]]]
"""The statements, the newest first, by the names of `COLUMNS`."""

COLUMNS: Mapping[str, str] = {
    "QUERY_ID": "VARCHAR",
    "QUERY_TEXT": "VARCHAR",
    "DATABASE_NAME": "VARCHAR",
    "SCHEMA_NAME": "VARCHAR",
    "QUERY_TYPE": "VARCHAR",
    "SESSION_ID": "BIGINT",
    "USER_NAME": "VARCHAR",
    "ROLE_NAME": "VARCHAR",
    "WAREHOUSE_NAME": "VARCHAR",
    "QUERY_TAG": "VARCHAR",
    "EXECUTION_STATUS": "VARCHAR",
    "ERROR_CODE": "VARCHAR",
    "ERROR_MESSAGE": "VARCHAR",
    "START_TIME": "TIMESTAMP_LTZ",
    "END_TIME": "TIMESTAMP_LTZ",
    "TOTAL_ELAPSED_TIME": "BIGINT",
    "BYTES_SCANNED": "BIGINT",
    "ROWS_PRODUCED": "BIGINT",
    "QUEUED_OVERLOAD_TIME": "BIGINT",
}
_NARROWED = {
    "QUERY_HISTORY": None,
    "QUERY_HISTORY_BY_SESSION": "SESSION_ID",
    "QUERY_HISTORY_BY_USER": "USER_NAME",
    "QUERY_HISTORY_BY_WAREHOUSE": "WAREHOUSE_NAME",
}
_USUAL_LIMIT = 100


def told_of_recent(node: Expr, past: Past, identity: Identity) -> Expr:
    """A call of one of the functions as the table that it stands for; any other node as it is."""
    call = node.this.find(exp.Anonymous) if isinstance(node, exp.TableFromRows) else None
    if call is None or call.name.upper() not in _NARROWED or "INFORMATION_SCHEMA" not in node.this.sql().upper():
        return node
    given = {kwarg.this.name.upper(): kwarg.expression for kwarg in call.expressions if isinstance(kwarg, exp.Kwarg)}
    rows = list(past())
    column = _NARROWED[call.name.upper()]
    if column:
        own = {"SESSION_ID": identity.session, "USER_NAME": identity.user, "WAREHOUSE_NAME": identity.warehouse}
        wanted = str(given[column].this if column in given else own[column]).strip('"').upper()
        rows = [row for row in rows if str(row[column]).upper() == wanted]
    limit = int(given["RESULT_LIMIT"].name) if "RESULT_LIMIT" in given else _USUAL_LIMIT
    return _table(rows[:limit], node.alias or "recent")


def _table(rows: Sequence[Mapping[str, str | int | None]], alias: str) -> Expr:
    """Rows as a subquery. One of nothing but NULL, left out again, gives an empty one its columns."""
    tuples = [exp.Tuple(expressions=[_cast(row.get(name), kind) for name, kind in COLUMNS.items()]) for row in rows]
    nothing = exp.Tuple(expressions=[_cast(None, kind) for kind in COLUMNS.values()])
    values = exp.values([*tuples, nothing], alias="v", columns=list(COLUMNS))
    return exp.select("*").from_(values).where("query_id IS NOT NULL").subquery(alias)


def _cast(value: Any, kind: str) -> Expr:
    return exp.cast(exp.convert(value), kind, dialect="snowflake")
