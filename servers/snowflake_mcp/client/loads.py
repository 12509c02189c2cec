"""How loaded a warehouse was, and what that says about its set-up.

https://docs.snowflake.com/en/sql-reference/account-usage/warehouse_load_history,
https://docs.snowflake.com/en/sql-reference/sql/show-warehouses
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from connector_kit.errors import InvalidInput, NotFound
from connector_kit.windows import Window
from snowflake_mcp.client.account_usage import (
    LATE,
    YEAR,
    AccountUsage,
    NotGranted,
    Row,
    constant,
    timestamp,
    within,
)
from snowflake_mcp.guard import written

Bucket = Literal["5 minutes", "hour", "day", "month"]

_FUNCTION_DAYS: Final = timedelta(days=14)
_SHOWN: Final = 20
_MOST: Final = 100
"""Buckets in an answer."""
_BUCKETS: Final[dict[Bucket, str]] = {
    "5 minutes": "start_time",
    "hour": "DATE_TRUNC('hour', CONVERT_TIMEZONE('UTC', start_time))",
    "day": "DATE_TRUNC('day', CONVERT_TIMEZONE('UTC', start_time))",
    "month": "DATE_TRUNC('month', CONVERT_TIMEZONE('UTC', start_time))",
}
_KINDS: Final = ("avg_running", "avg_queued_load", "avg_queued_provisioning", "avg_blocked")


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse as it is set up now. `auto_suspend` is in seconds, None for never."""

    name: str
    state: str
    size: str
    type: str
    clusters: str
    auto_suspend: int | None
    auto_resume: bool
    running: int
    queued: int
    resource_monitor: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the window: queries that ran, waited for room, waited for the start, waited for a lock, at a time.

    Each as its average over five minutes' intervals and the highest of these.
    """

    began: datetime | None
    running: tuple[Decimal, Decimal]
    queued: tuple[Decimal, Decimal]
    starting: tuple[Decimal, Decimal]
    blocked: tuple[Decimal, Decimal]
    intervals: int
    with_queue: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a warehouse had to do, in `slices` of a length each, the last first.

    `facts` follow from that and from its set-up, `notes` are about the source.
    """

    warehouse: Warehouse
    bucket: Bucket
    slices: tuple[Slice, ...]
    facts: tuple[str, ...]
    notes: tuple[str, ...]


async def load_of(usage: AccountUsage, name: str, window: Window, *, now: float) -> Load:
    """The load of a warehouse in a window. Raises NotFound for one that the role does not see."""
    warehouse = await _found(usage, name)
    present = datetime.fromtimestamp(now, UTC)
    first = max(window.first or present - YEAR, present - YEAR)
    bucket = _bucket((window.last or present) - first)
    sql, binds = _statement(bucket, Window(first, window.last), warehouse.name)
    try:
        rows = await usage.view("WAREHOUSE_LOAD_HISTORY", sql, binds)
        notes = [f"SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_LOAD_HISTORY: {LATE['WAREHOUSE_LOAD_HISTORY']}"]
    except NotGranted as error:
        try:
            call = _call(warehouse.name, Window(first, window.last), present, error)
            rows = await usage.function(call, sql, binds)
            notes = ["INFORMATION_SCHEMA.WAREHOUSE_LOAD_HISTORY: the last 14 days", str(error)]
        except NotGranted:
            reason = f"{error} MONITOR on warehouse {written(warehouse.name)} would do for the last 14 days."
            return Load(warehouse, bucket, (), _set_up(warehouse), (reason,))
    slices = tuple(map(_slice, rows))
    return Load(warehouse, bucket, slices, (*_waiting(slices), *_set_up(warehouse)), tuple(notes))


async def _found(usage: AccountUsage, name: str) -> Warehouse:
    asked = name.strip() or await usage.warehouse()
    if not asked:
        raise InvalidInput("No warehouse is chosen.", fields={"warehouse": "is to name one"})
    rows = await usage.show("SHOW WAREHOUSES")
    names = [str(row.get("name")) for row in rows]
    plain = asked[1:-1].replace('""', '"') if asked.startswith('"') else asked
    for matching in (plain, plain.upper()):
        if matching in names:
            return _warehouse(rows[names.index(matching)])
    shown = ", ".join(map(written, names[:_SHOWN])) or "none"
    raise NotFound(
        f"The role sees no warehouse {plain[:100]}.",
        fields={"warehouse": f"those it sees: {shown}{', …' if len(names) > _SHOWN else ''}"},
        next_step="Name one of these; MONITOR or USAGE on a warehouse makes it visible.",
    )


def _warehouse(row: Row) -> Warehouse:
    def whole(name: str) -> int:
        said = str(row.get(name) or "0").strip()
        return int(said) if said.isdigit() else 0

    least, most = whole("min_cluster_count"), whole("max_cluster_count")
    monitor = str(row.get("resource_monitor") or "null")
    return Warehouse(
        name=str(row.get("name")),
        state=str(row.get("state") or "").lower(),
        size=str(row.get("size") or ""),
        type=str(row.get("type") or "").lower(),
        clusters="1" if most <= 1 else f"{least} to {most}",
        auto_suspend=whole("auto_suspend") or None,
        auto_resume=str(row.get("auto_resume")).lower() == "true",
        running=whole("running"),
        queued=whole("queued"),
        resource_monitor="" if monitor == "null" else monitor,
    )


def _bucket(span: timedelta) -> Bucket:
    if span <= timedelta(hours=4):
        return "5 minutes"
    if span <= timedelta(days=2):
        return "hour"
    return "day" if span <= timedelta(days=92) else "month"


def _statement(bucket: Bucket, window: Window, warehouse: str) -> tuple[str, list[object]]:
    conditions, binds = within(window)
    conditions.append("warehouse_name = ?")
    binds.append(warehouse)
    began = _BUCKETS[bucket]
    loads = ",\n  ".join(
        f"CAST(AVG({kind}) AS DECIMAL(38,3)) AS mean_{kind}, CAST(MAX({kind}) AS DECIMAL(38,3)) AS most_{kind}"
        for kind in _KINDS
    )
    sql = (
        f"SELECT {began} AS began,\n  {loads},\n"
        "  COUNT(*) AS intervals, COUNT_IF(avg_queued_load > 0) AS with_queue\n"
        f"FROM {{source}}\nWHERE {' AND '.join(conditions)}\nGROUP BY {began}\nORDER BY 1 DESC LIMIT {_MOST}"
    )
    return sql, binds


def _call(name: str, window: Window, present: datetime, refused: NotGranted) -> str:
    earliest = present - _FUNCTION_DAYS + timedelta(minutes=1)
    last = min(window.last or present, present)
    if last < earliest:
        raise refused
    first = max(window.first or earliest, earliest)
    return (
        f"WAREHOUSE_LOAD_HISTORY(DATE_RANGE_START => {timestamp(first)}, DATE_RANGE_END => {timestamp(last)}, "
        f"WAREHOUSE_NAME => {constant(written(name))})"
    )


def _slice(row: Row) -> Slice:
    def both(kind: str) -> tuple[Decimal, Decimal]:
        return _decimal(row.get(f"mean_{kind}")), _decimal(row.get(f"most_{kind}"))

    began = row.get("began")
    running, queued, starting, blocked = map(both, _KINDS)
    if isinstance(began, datetime) and began.tzinfo is None:
        began = began.replace(tzinfo=UTC)
    return Slice(
        began if isinstance(began, datetime) else None,
        running,
        queued,
        starting,
        blocked,
        int(_decimal(row.get("intervals"))),
        int(_decimal(row.get("with_queue"))),
    )


def _waiting(slices: tuple[Slice, ...]) -> list[str]:
    """What the waiting of queries says, as facts."""
    if not slices:
        return ["No query ran or waited in this window."]
    facts: list[str] = []
    intervals = sum(each.intervals for each in slices)
    queued = sum(each.with_queue for each in slices)
    if queued:
        most = max(each.queued[1] for each in slices)
        facts.append(
            f"Queries waited for room in {queued:,} of {intervals:,} intervals of 5 minutes, up to {most:f} at a time: "
            "more clusters let more run at once, a larger size makes each shorter, another hour spreads them; "
            "snowflake_list_queries with longer_than shows what kept the warehouse busy."
        )
    else:
        most = max(each.running[1] for each in slices)
        facts.append(
            f"No query waited for room; at most {most:f} ran at a time. Whether a smaller size would do depends on how "
            "heavy each query is, not on this."
        )
    if any(each.starting[1] for each in slices):
        facts.append(
            "Queries waited for the warehouse to start: a longer auto-suspend makes that rarer and costs idle credits."
        )
    if any(each.blocked[1] for each in slices):
        facts.append(
            "Queries waited for locks of other transactions: a larger warehouse does not help, shorter transactions do."
        )
    return facts


def _set_up(warehouse: Warehouse) -> tuple[str, ...]:
    facts: list[str] = []
    if warehouse.auto_suspend is None:
        facts.append("It never suspends itself: every hour that it is started costs credits.")
    if not warehouse.auto_resume:
        facts.append("It does not resume by itself: while it is suspended, queries fail.")
    if not warehouse.resource_monitor:
        facts.append("No resource monitor limits its credits.")
    return tuple(facts)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if isinstance(value, (int, float, Decimal)) else Decimal(0)
