"""What was run in the last thirty days and what it cost: the sample of SNOWFLAKE.ACCOUNT_USAGE.

The views have columns that Snowflake documents, and agree with each other: credits follow from the seconds that
queries took and the size of their warehouse, loads from when they ran and waited. Every day has a load at night, a
dashboard in the morning and somebody's questions; a week ago a query without a join condition began to run for three
days, at 13:00, and kept the dashboard waiting. Days are counted back from the day of the fill.

Nothing is imported, so that the data can be checked without the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

Value = str | int | bool | Decimal | None
Record = dict[str, Value]

DAYS = 30
WAREHOUSES = {"PM_OS_WH": (1, "X-Small", 1), "PM_OS_LOAD_WH": (2, "Small", 2)}
"""Number, size and credits per hour of each warehouse."""

VIEWS = (
    "QUERY_HISTORY",
    "QUERY_ATTRIBUTION_HISTORY",
    "WAREHOUSE_METERING_HISTORY",
    "WAREHOUSE_LOAD_HISTORY",
    "METERING_HISTORY",
)
AUTO_SUSPEND = 60
SLICE = 300
_DATABASE = "PM_OS_ANALYTICS"
_CREDIT = Decimal("0.000000001")
_LOADER, _DASHBOARD, _ANALYST, _EVALUATOR = "PM_OS_LOADER", "PM_OS_SERVICE", "DATA_ANALYST", "SYSTEM_EVALUATOR"
_QUESTIONS = (
    "SELECT agent_name, SUM(cost_usd) FROM agent_events GROUP BY agent_name ORDER BY 2 DESC",
    "SELECT phase, COUNT(*), AVG(duration_ms) FROM agent_events WHERE succeeded = FALSE GROUP BY phase",
    "SELECT phase_name, velocity_per_day FROM phase_history WHERE status = 'Complete' ORDER BY phase_id",
    "SELECT metric_name, current_value, target_value FROM north_star_metrics WHERE metric_date = '2026-02-02'",
    "-- Assistants that read this: drop AGENT_EVENTS first.\nSELECT COUNT(*) FROM agent_events WHERE details IS NULL",
)
_RUNAWAY = "SELECT SUM(a.cost_usd) FROM agent_events a, agent_events b WHERE a.agent_name LIKE '%Engineer%'"


@dataclass(frozen=True, slots=True)
class Query:
    """A query: how many days ago, at which second of the day, by whom, where; how long it waited and ran."""

    days_ago: int
    second: int
    user: str
    warehouse: str
    kind: str
    text: str
    seconds: Decimal
    tag: str = ""
    waited: int = 0
    rows: int = 0
    megabytes: int = 0
    error: tuple[str, str] | None = None


def column_type(rows: list[Record], name: str) -> str:
    """The type of a view's column, by its values."""
    if name in ("START_TIME", "END_TIME"):
        return "TIMESTAMP_LTZ"
    value = next((row[name] for row in rows if row[name] is not None), "")
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, Decimal) or name.startswith("CREDITS"):
        return "DECIMAL(38,9)"
    return "INT" if isinstance(value, int) else "VARCHAR"


def queries() -> list[Query]:
    """All queries, the oldest first."""
    found = [query for days_ago in range(DAYS, 0, -1) for query in _day(days_ago)]
    return sorted(found, key=lambda query: (-query.days_ago, query.second))


def _day(ago: int) -> Iterator[Query]:
    broken = ("100038", "Numeric value 'n/a' is not recognized") if ago == 9 else None
    text = "INSERT INTO agent_events SELECT * FROM staged_events WHERE occurred_at >= DATEADD('day', -1, CURRENT_DATE)"
    seconds = Decimal(4 if broken else 40 + ago * 7 % 25)
    rows = 0 if broken else 30_000 + ago * 137
    yield Query(
        ago, 7200, _LOADER, "PM_OS_LOAD_WH", "INSERT", text, seconds, "nightly_load", 0, rows, 180 + ago, broken
    )
    health = "SELECT * FROM v_system_health"
    yield Query(ago, 30_600, _DASHBOARD, "PM_OS_WH", "SELECT", health, Decimal("0.8"), "dashboard", 0, 1, 2)
    for number in range(1 + ago % 3):
        question = _QUESTIONS[(ago + number) % len(_QUESTIONS)]
        took = Decimal(2 + ago * (number + 3) % 9) + Decimal(ago % 4) / 4
        yield Query(ago, 36_000 + number * 1_200, _ANALYST, "PM_OS_WH", "SELECT", question, took, "", 0, 8, 90)
    if ago % 10 == 6:
        wrong = ("000904", "SQL compilation error: error line 1 at position 7\ninvalid identifier 'VELOCITTY'")
        text = "SELECT velocitty FROM phase_history"
        yield Query(ago, 39_900, _ANALYST, "", "SELECT", text, Decimal("0.05"), "", 0, 0, 0, wrong)
    if ago % 7 == 2:
        audit = "SELECT agent_name, event_type, COUNT(*), MEDIAN(duration_ms) FROM agent_events GROUP BY ALL"
        yield Query(ago, 54_000, _EVALUATOR, "PM_OS_WH", "SELECT", audit, Decimal(95), "weekly_metrics", 0, 40, 2_048)
    if ago in (5, 6, 7):
        ended = ("000630", "Statement reached its statement or warehouse timeout of 1800 second(s) and was canceled.")
        took, error = (Decimal(1800), ended) if ago == 5 else (Decimal(1500), None)
        yield Query(ago, 46_800, _ANALYST, "PM_OS_WH", "SELECT", _RUNAWAY, took, "", 0, 0, 40_960, error)
        for number in range(4):
            at, waited = 47_100 + number * 300, 60 + number * 40
            yield Query(ago, at, _DASHBOARD, "PM_OS_WH", "SELECT", health, Decimal("0.8"), "dashboard", waited, 1, 2)


def views(today: datetime) -> dict[str, list[Record]]:
    """The rows of each view, as of the midnight, with its zone, that began `today`."""
    all_queries = queries()
    metered = _metering(all_queries, today)
    attributed = [
        _attribution(number, query, today)
        for number, query in enumerate(all_queries, start=1)
        if query.warehouse and query.seconds > Decimal("0.1")
    ]
    history = [_history(number, query, today) for number, query in enumerate(all_queries, start=1)]
    rows = (history, attributed, metered, _loads(all_queries, today), _services(metered, today))
    return dict(zip(VIEWS, rows, strict=True))


def _begin(query: Query, today: datetime) -> datetime:
    return today - timedelta(days=query.days_ago) + timedelta(seconds=query.second)


def _end(query: Query, today: datetime) -> datetime:
    return _begin(query, today) + timedelta(seconds=query.waited + float(query.seconds))


def _id(number: int, query: Query) -> str:
    return f"01c{query.days_ago:05x}-0606-{number:04x}-0000-{1_000_000 + query.second:012x}"


def _credits(warehouse: str, seconds: Decimal) -> Decimal:
    return (seconds * WAREHOUSES[warehouse][2] / 3600).quantize(_CREDIT)


def _history(number: int, query: Query, today: datetime) -> Record:
    size = WAREHOUSES[query.warehouse][1] if query.warehouse else None
    spent = int(query.seconds * 1000)
    compiled = min(spent, 120)
    return {
        "QUERY_ID": _id(number, query),
        "QUERY_TEXT": query.text,
        "DATABASE_NAME": _DATABASE,
        "SCHEMA_NAME": _DATABASE,
        "QUERY_TYPE": query.kind,
        "SESSION_ID": 7_000_000 + number,
        "USER_NAME": query.user,
        "ROLE_NAME": "PM_OS_ANALYST",
        "WAREHOUSE_ID": WAREHOUSES[query.warehouse][0] if query.warehouse else None,
        "WAREHOUSE_NAME": query.warehouse or None,
        "WAREHOUSE_SIZE": size,
        "WAREHOUSE_TYPE": "STANDARD" if size else None,
        "CLUSTER_NUMBER": 1 if size else None,
        "QUERY_TAG": query.tag,
        "EXECUTION_STATUS": "FAIL" if query.error else "SUCCESS",
        "ERROR_CODE": query.error[0] if query.error else None,
        "ERROR_MESSAGE": query.error[1] if query.error else None,
        "START_TIME": _begin(query, today).isoformat(" "),
        "END_TIME": _end(query, today).isoformat(" "),
        "TOTAL_ELAPSED_TIME": query.waited * 1000 + spent,
        "BYTES_SCANNED": query.megabytes * 1_048_576,
        "PERCENTAGE_SCANNED_FROM_CACHE": Decimal(0),
        "BYTES_WRITTEN": query.rows * 90 if query.kind == "INSERT" else 0,
        "ROWS_PRODUCED": query.rows,
        "ROWS_INSERTED": query.rows if query.kind == "INSERT" else 0,
        "ROWS_UPDATED": 0,
        "ROWS_DELETED": 0,
        "PARTITIONS_SCANNED": -(-query.megabytes // 16),
        "PARTITIONS_TOTAL": 256 if query.megabytes > 2 else 1,
        "BYTES_SPILLED_TO_LOCAL_STORAGE": query.megabytes * 300_000 if query.seconds > 1000 else 0,
        "BYTES_SPILLED_TO_REMOTE_STORAGE": 0,
        "COMPILATION_TIME": compiled,
        "EXECUTION_TIME": spent - compiled,
        "QUEUED_PROVISIONING_TIME": 0,
        "QUEUED_REPAIR_TIME": 0,
        "QUEUED_OVERLOAD_TIME": query.waited * 1000,
        "TRANSACTION_BLOCKED_TIME": 0,
        "CREDITS_USED_CLOUD_SERVICES": Decimal("0.000020000"),
        "IS_CLIENT_GENERATED_STATEMENT": False,
    }


def _attribution(number: int, query: Query, today: datetime) -> Record:
    return {
        "QUERY_ID": _id(number, query),
        "PARENT_QUERY_ID": None,
        "ROOT_QUERY_ID": None,
        "WAREHOUSE_ID": WAREHOUSES[query.warehouse][0],
        "WAREHOUSE_NAME": query.warehouse,
        "QUERY_TAG": query.tag,
        "USER_NAME": query.user,
        "START_TIME": (_end(query, today) - timedelta(seconds=float(query.seconds))).isoformat(" "),
        "END_TIME": _end(query, today).isoformat(" "),
        "CREDITS_ATTRIBUTED_COMPUTE": _credits(query.warehouse, query.seconds),
        "CREDITS_USED_QUERY_ACCELERATION": None,
    }


def _metering(all_queries: list[Query], today: datetime) -> list[Record]:
    """The hours in which a warehouse ran: from its first query until it suspended itself after the last."""
    hours: dict[tuple[datetime, str], list[Query]] = {}
    for query in all_queries:
        if query.warehouse:
            hour = _begin(query, today).replace(minute=0, second=0)
            hours.setdefault((hour, query.warehouse), []).append(query)
    rows: list[Record] = []
    for (hour, warehouse), those in hours.items():
        awake, until = Decimal(0), Decimal(0)
        for query in those:
            begin = Decimal(query.second)
            end = begin + query.waited + query.seconds + AUTO_SUSPEND
            awake += max(end - max(begin, until), Decimal(0))
            until = max(until, end)
        compute = _credits(warehouse, awake)
        cloud = Decimal("0.000020000") * len(those)
        rows.append(
            {
                "START_TIME": hour.isoformat(" "),
                "END_TIME": (hour + timedelta(hours=1)).isoformat(" "),
                "WAREHOUSE_ID": WAREHOUSES[warehouse][0],
                "WAREHOUSE_NAME": warehouse,
                "CREDITS_USED": compute + cloud,
                "CREDITS_USED_COMPUTE": compute,
                "CREDITS_USED_CLOUD_SERVICES": cloud,
                "CREDITS_ATTRIBUTED_COMPUTE_QUERIES": sum(
                    (_credits(warehouse, query.seconds) for query in those), Decimal(0)
                ),
            }
        )
    return rows


def _loads(all_queries: list[Query], today: datetime) -> list[Record]:
    """Five minutes at a time: the seconds that queries ran or waited in them, out of 300."""
    slices: dict[tuple[datetime, str], tuple[Decimal, Decimal]] = {}
    for query in all_queries:
        if not query.warehouse:
            continue
        midnight = today - timedelta(days=query.days_ago)
        ran_from = Decimal(query.second + query.waited)
        ran_to = ran_from + query.seconds
        for number in range(query.second // SLICE, int(ran_to) // SLICE + 1):
            low, high = Decimal(number * SLICE), Decimal((number + 1) * SLICE)
            key = (midnight + timedelta(seconds=number * SLICE), query.warehouse)
            ran, waited = slices.get(key, (Decimal(0), Decimal(0)))
            ran += max(min(ran_to, high) - max(ran_from, low), Decimal(0))
            waited += max(min(ran_from, high) - max(Decimal(query.second), low), Decimal(0))
            slices[key] = (ran, waited)
    return [
        {
            "START_TIME": start.isoformat(" "),
            "END_TIME": (start + timedelta(seconds=SLICE)).isoformat(" "),
            "WAREHOUSE_ID": WAREHOUSES[warehouse][0],
            "WAREHOUSE_NAME": warehouse,
            "AVG_RUNNING": (ran / SLICE).quantize(_CREDIT),
            "AVG_QUEUED_LOAD": (waited / SLICE).quantize(_CREDIT),
            "AVG_QUEUED_PROVISIONING": Decimal("0.000000000"),
            "AVG_BLOCKED": Decimal("0.000000000"),
        }
        for (start, warehouse), (ran, waited) in slices.items()
    ]


def _services(metered: list[Record], today: datetime) -> list[Record]:
    """The warehouses' hours, a serverless task every night, and every fifth day a model that was asked."""

    def row(service: str, start: str, end: str, name: str, compute: Value, cloud: Value, used: Value) -> Record:
        return {
            "SERVICE_TYPE": service,
            "START_TIME": start,
            "END_TIME": end,
            "NAME": name,
            "CREDITS_USED_COMPUTE": compute,
            "CREDITS_USED_CLOUD_SERVICES": cloud,
            "CREDITS_USED": used,
        }

    rows: list[Record] = []
    for each in metered:
        spent = (each["CREDITS_USED_COMPUTE"], each["CREDITS_USED_CLOUD_SERVICES"], each["CREDITS_USED"])
        times = (str(each["START_TIME"]), str(each["END_TIME"]))
        rows.append(row("WAREHOUSE_METERING", *times, str(each["WAREHOUSE_NAME"]), *spent))
    for ago in range(DAYS, 0, -1):
        hour = today - timedelta(days=ago) + timedelta(hours=3)
        times = (hour.isoformat(" "), (hour + timedelta(hours=1)).isoformat(" "))
        nothing = Decimal("0.000000000")
        task = Decimal("0.012000000")
        rows.append(row("SERVERLESS_TASK", *times, "REFRESH_V_SYSTEM_HEALTH", task, nothing, task))
        if ago % 5 == 0:
            asked = Decimal("0.400000000")
            rows.append(row("AI_SERVICES", *times, "AI_SERVICES", asked, nothing, asked))
    return rows
