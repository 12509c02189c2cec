"""Fill an empty folder: the sample tables, a view over them, a million events, and what an account tells of its use."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from emulator import Emulator, Outcome, run
from failures import Failure
from identity import Identity
from sample import Events, Sample, digest, literal, read
from usage import VIEWS, Value, column_type, views

MARK = "sample.txt"

_HEALTH = """CREATE VIEW v_system_health
COMMENT = 'One row: where PM OS stands, out of the five tables.'
AS SELECT
  latest.metric_date AS as_of,
  latest.phases_complete,
  phases.phases_total,
  latest.deliverables_complete,
  latest.deliverables_total,
  latest.completion_pct,
  latest.agents_operational,
  latest.quality_gate_pass_rate,
  latest.security_incidents,
  latest.open_issues,
  phases.avg_velocity_per_day,
  artifacts.artifacts_total,
  artifacts.artifacts_reworked,
  stars.metrics_on_target,
  stars.metrics_total
FROM (SELECT * FROM pm_os_analytics.quality_metrics_daily QUALIFY ROW_NUMBER() OVER (ORDER BY metric_date DESC) = 1)
  AS latest
CROSS JOIN (
  SELECT COUNT(*) AS phases_total,
    CAST(AVG(velocity_per_day) AS DECIMAL(6,2)) AS avg_velocity_per_day
  FROM pm_os_analytics.phase_history
) AS phases
CROSS JOIN (
  SELECT COUNT(*) AS artifacts_total, COUNT_IF(rework_required) AS artifacts_reworked
  FROM pm_os_analytics.artifact_catalog
) AS artifacts
CROSS JOIN (
  SELECT COUNT_IF(status IN ('Met', 'Exceeding')) AS metrics_on_target, COUNT(*) AS metrics_total
  FROM pm_os_analytics.north_star_metrics
  WHERE metric_date = (SELECT MAX(metric_date) FROM pm_os_analytics.north_star_metrics)
) AS stars"""

_EVENTS_TABLE = """CREATE TABLE agent_events (
  event_id INT COMMENT 'Number of the event, from 1 in the order of time',
  occurred_at TIMESTAMP_NTZ COMMENT 'When, in UTC; from the start of phase 0 to the end of phase 3',
  agent_name VARCHAR(50) COMMENT 'Agent that acted; only agents that were deployed by then',
  phase INT COMMENT 'Phase that was under way',
  event_type VARCHAR(20) COMMENT 'model_call, tool_call, file_read, file_write or review',
  tokens_used INT COMMENT 'Tokens of the model; empty where no model was asked',
  cost_usd DECIMAL(12,6) COMMENT 'What that cost, in US dollars',
  duration_ms INT COMMENT 'How long it took, in milliseconds',
  succeeded BOOLEAN COMMENT 'Worked at the first attempt',
  details VARIANT COMMENT 'Attempt and editor; empty for most'
) COMMENT = 'What the agents did, event by event; generated.'"""

_EVENTS = """INSERT INTO {place}.AGENT_EVENTS
WITH moments AS (
  SELECT n, TIMESTAMP {began} + to_microseconds(CAST(n AS BIGINT) * {step}) AS t,
    CAST(hash(n) >> 2 AS BIGINT) AS h
  FROM range({count}) AS r(n)
), placed AS (
  SELECT *, CASE {phase} END AS p, CASE {there} END AS there,
    ['model_call', 'tool_call', 'file_read', 'file_write', 'review'][1 + h % 5] AS kind,
  FROM moments
), acted AS (
  SELECT *, [{agents}][1 + (h // 7) % there] AS agent,
    CASE WHEN kind IN ('model_call', 'review') THEN 200 + (h // 64) % 7800 END AS tokens
  FROM placed
)
SELECT n + 1, t, agent, p, kind, tokens, CAST(tokens AS DECIMAL(12,6)) * 0.000009, 20 + (h // 1024) % 4000,
  (h // 4096) % 50 <> 0,
  CASE WHEN (h // 4096) % 50 = 0 THEN
    CAST('{{"attempt":' || (1 + h % 3) || ',"editor":"' || (CASE WHEN h % 2 = 0 THEN 'cursor' ELSE 'claude-code' END)
      || '"}}' AS JSON) END
FROM acted"""


def prepare(folder: Path) -> None:
    """Throw away what was left half filled, or filled with another sample; before the emulator opens the folder."""
    if not _filled(folder):
        (folder / MARK).unlink(missing_ok=True)
        shutil.rmtree(folder / "databases", ignore_errors=True)
        for file in folder.glob("catalogue.duckdb*"):
            file.unlink()


def fill(emulator: Emulator, folder: Path) -> None:
    """Create the sample, unless it is there. What an account tells of its use always ends yesterday."""
    if not _filled(folder):
        _sample(emulator, read(folder))
        (folder / MARK).write_text(_mark(folder), encoding="utf-8")
    _usage(emulator)


def _filled(folder: Path) -> bool:
    mark = folder / MARK
    return mark.exists() and mark.read_text(encoding="utf-8") == _mark(folder)


def _mark(folder: Path) -> str:
    return f"The sandbox's sample data is complete: {digest(folder)}\n"


def _sample(emulator: Emulator, sample: Sample) -> None:
    identity = Identity("SANDBOX", "ACCOUNTADMIN", None, "SANDBOX", 0)
    connection = emulator.connect(None, None, identity)

    def do(sql: str) -> None:
        run(connection, sql, None, "", describe=False)

    place = f"{sample.database}.{sample.schema}"
    do(f"CREATE DATABASE {sample.database}")
    do(f"CREATE SCHEMA {sample.database}.PUBLIC")
    do(f"CREATE SCHEMA {place}")
    do(f"USE SCHEMA {place}")
    for table in sample.tables:
        described = ",\n".join(f"  {column} {kind} COMMENT {literal(text)}" for column, kind, text in table.columns)
        do(f"CREATE TABLE {table.name} (\n{described}\n) COMMENT = {literal(table.comment)}")
    for table in sample.tables:
        lines = ",\n".join("(" + ", ".join(map(literal, row)) + ")" for row in table.rows)
        do(f"INSERT INTO {table.name} VALUES\n{lines}")
    do(_HEALTH)
    do(_EVENTS_TABLE)
    emulator.direct(_events(sample.events, place))
    emulator.direct(f"CHECKPOINT {sample.database}")
    connection.close()


def _events(events: Events, place: str) -> str:
    def case(column: int) -> str:
        return " ".join(f"WHEN t < TIMESTAMP {literal(each[0])} THEN {each[column]}" for each in events.periods)

    return _EVENTS.format(
        place=place,
        began=literal(events.began),
        step=events.seconds * 1_000_000 // events.count,
        count=events.count,
        phase=case(1),
        there=case(2),
        agents=", ".join(map(literal, events.agents)),
    )


def _usage(emulator: Emulator) -> None:
    connection = emulator.connect(None, None, Identity("SNOWFLAKE", "ACCOUNTADMIN", None, "SANDBOX", 0))

    def do(sql: str) -> Outcome:
        return run(connection, sql, None, "", describe=False)

    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    # The first of the views is filled last: where it is of today, all are.
    newest = f"SELECT MAX(END_TIME) FROM SNOWFLAKE.ACCOUNT_USAGE.{VIEWS[0]}"  # noqa: S608 - a name of ours
    try:
        (ended,) = do(newest).table.column(0).to_pylist()
        recent = ended is not None and ended >= today - timedelta(days=1)
    except Failure:
        recent = False
    if not recent:
        if "SNOWFLAKE" not in emulator.databases():
            do("CREATE DATABASE SNOWFLAKE")
        do("CREATE SCHEMA IF NOT EXISTS SNOWFLAKE.ACCOUNT_USAGE")
        for name, rows in reversed(views(today).items()):
            described = ", ".join(f"{column} {column_type(rows, column)}" for column in rows[0])
            do(f"CREATE OR REPLACE TABLE SNOWFLAKE.ACCOUNT_USAGE.{name} ({described})")
            lines = ",\n".join("(" + ", ".join(map(_literal, row.values())) + ")" for row in rows)
            # Told to DuckDB itself: fakesnow would translate every row.
            emulator.direct(f"INSERT INTO SNOWFLAKE.ACCOUNT_USAGE.{name} VALUES\n{lines}")
    connection.close()


def _literal(value: Value) -> str:
    return str(value) if isinstance(value, Decimal) else literal(value)
