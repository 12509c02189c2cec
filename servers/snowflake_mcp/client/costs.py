"""What the use of an account cost, in credits: exact, and clear about what they do not include.

https://docs.snowflake.com/en/sql-reference/account-usage/warehouse_metering_history,
https://docs.snowflake.com/en/sql-reference/account-usage/query_attribution_history,
https://docs.snowflake.com/en/sql-reference/account-usage/metering_history
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from connector_kit.errors import InvalidInput
from connector_kit.windows import Window
from snowflake_mcp.client.account_usage import LATE, AccountUsage, NotGranted, Row, View, timestamp, within

By = Literal["warehouse", "user", "tag", "day", "service"]

_METERED: Final = (
    "Credits of warehouses, before the daily adjustment of cloud services. Not included: storage, data transfer, "
    "serverless features and AI (by=service has these two)."
)
_ATTRIBUTED: Final = (
    "Compute credits of the queries themselves. Not included: the time a warehouse was idle, queries of about 0.1 "
    "seconds or less, cloud services, serverless features, storage."
)
_SERVICES: Final = (
    "Credits of all services, before the daily adjustment of cloud services. Not included: storage and data transfer."
)
_FUNCTION_DAYS: Final = timedelta(days=180)
_SUM: Final = "CAST(COALESCE(SUM({}), 0) AS DECIMAL(38,9))"


@dataclass(frozen=True, slots=True)
class _Question:
    view: View
    key: str
    about: str
    parts: tuple[tuple[str, str], ...]
    """What makes up the credits, by name; the first is the whole."""


_USED: Final = (
    ("credits", "credits_used"),
    ("compute", "credits_used_compute"),
    ("cloud services", "credits_used_cloud_services"),
)
_IDLE: Final = ("idle", "credits_used_compute - credits_attributed_compute_queries")
_OF_QUERIES: Final = (("credits", "credits_attributed_compute + COALESCE(credits_used_query_acceleration, 0)"),)
_QUESTIONS: Final[dict[By, _Question]] = {
    "warehouse": _Question("WAREHOUSE_METERING_HISTORY", "warehouse_name", _METERED, (*_USED, _IDLE)),
    "day": _Question(
        "WAREHOUSE_METERING_HISTORY",
        "TO_CHAR(CONVERT_TIMEZONE('UTC', start_time), 'YYYY-MM-DD')",
        _METERED,
        (*_USED, _IDLE),
    ),
    "user": _Question("QUERY_ATTRIBUTION_HISTORY", "user_name", _ATTRIBUTED, _OF_QUERIES),
    "tag": _Question("QUERY_ATTRIBUTION_HISTORY", "query_tag", _ATTRIBUTED, _OF_QUERIES),
    "service": _Question("METERING_HISTORY", "service_type", _SERVICES, _USED),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one of them used; `credits` by the names of `Costs.parts`. `queries` is None where they are not counted."""

    name: str
    credits: tuple[Decimal, ...]
    queries: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """Credits by what used them. `total` are those of all `count` of them, also of what `items` leave out."""

    by: By
    parts: tuple[str, ...]
    items: tuple[Cost, ...]
    total: Decimal
    count: int
    notes: tuple[str, ...]


async def costs_of(usage: AccountUsage, by: By, window: Window, warehouse: str, limit: int, *, now: float) -> Costs:
    """The credits of a window, the most first; by day the last day first. Raises NotGranted."""
    question = _QUESTIONS[by]
    if warehouse and by == "service":
        raise InvalidInput(
            "Services are not told apart by warehouse.", fields={"warehouse": "goes with by=warehouse, user, tag, day"}
        )
    notes = [f"SNOWFLAKE.ACCOUNT_USAGE.{question.view}: {LATE[question.view]}", question.about]
    parts = question.parts
    try:
        rows = await usage.view(question.view, *_statement(by, question, parts, window, warehouse, limit))
    except NotGranted as error:
        if by not in ("warehouse", "day"):
            raise
        # The function does not know what queries used of it.
        parts = _USED
        call = _call(window, now, error)
        try:
            rows = await usage.function(call, *_statement(by, question, parts, window, warehouse, limit))
        except NotGranted:
            raise error from None
        notes = ["INFORMATION_SCHEMA.WAREHOUSE_METERING_HISTORY: the last 6 months", question.about, str(error)]
    items = tuple(_cost(row, parts, counted=question.view == "QUERY_ATTRIBUTION_HISTORY") for row in rows)
    first: Row = rows[0] if rows else {}
    return Costs(
        by,
        tuple(name for name, _ in parts),
        items,
        _decimal(first.get("total")),
        int(_decimal(first.get("how_many"))),
        tuple(notes),
    )


def _statement(
    by: By, question: _Question, parts: tuple[tuple[str, str], ...], window: Window, warehouse: str, limit: int
) -> tuple[str, list[object]]:
    conditions, binds = within(window)
    if warehouse:
        conditions.append("UPPER(warehouse_name) = UPPER(?)")
        binds.append(warehouse.strip().strip('"'))
    sums = ", ".join(f"{_SUM.format(sql)} AS part_{place}" for place, (_, sql) in enumerate(parts))
    where = f"WHERE {' AND '.join(conditions)}\n" if conditions else ""
    order = "what DESC" if by == "day" else "part_0 DESC, what"
    # The totals are those of all groups; LIMIT comes after.
    sql = (
        f"SELECT {question.key} AS what, {sums}, COUNT(*) AS counted,\n"
        f"  SUM({_SUM.format(parts[0][1])}) OVER () AS total, COUNT(*) OVER () AS how_many\n"
        f"FROM {{source}}\n{where}GROUP BY {question.key}\nORDER BY {order} LIMIT {limit:d}"
    )
    return sql, binds


def _call(window: Window, now: float, refused: NotGranted) -> str:
    present = datetime.fromtimestamp(now, UTC)
    earliest = present - _FUNCTION_DAYS
    if window.last is not None and window.last < earliest:
        raise refused
    first = max(window.first or earliest, earliest)
    last = min(window.last or present, present)
    return f"WAREHOUSE_METERING_HISTORY(DATE_RANGE_START => {timestamp(first)}, DATE_RANGE_END => {timestamp(last)})"


def _cost(row: Row, parts: tuple[tuple[str, str], ...], *, counted: bool) -> Cost:
    name = row.get("what")
    return Cost(
        str(name) if name not in (None, "") else "",
        tuple(_decimal(row.get(f"part_{place}")) for place in range(len(parts))),
        int(_decimal(row.get("counted"))) if counted else None,
    )


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, (int, float, Decimal)) else Decimal(0)
