"""Fill an empty folder: the sample tables, a view over them, a million events, and what an account tells of its use."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from emulator import Emulator, Outcome, run
from failures import Failure
from identity import Identity
from sample import COLUMNS, DATABASE, SCHEMA, literal, tables
from usage import VIEWS, Value, column_type, views

EVENTS = 1_000_000
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
  SELECT n, TIMESTAMP '2026-01-31 08:30:00' + to_microseconds(CAST(n AS BIGINT) * (210600000000 // {count})) AS t,
    CAST(hash(n) >> 2 AS BIGINT) AS h
  FROM range({count}) AS r(n)
), placed AS (
  SELECT *, CASE WHEN t < TIMESTAMP '2026-01-31 18:00:00' THEN 0 WHEN t < TIMESTAMP '2026-02-01 09:30:00' THEN 1
    WHEN t < TIMESTAMP '2026-02-01 18:00:00' THEN 2 ELSE 3 END AS p,
    ['model_call', 'tool_call', 'file_read', 'file_write', 'review'][1 + h % 5] AS kind,
  FROM moments
), acted AS (
  SELECT *, ['Orchestrator', 'Product Architect', 'Engineering Partner', 'UX Strategist', 'Data Analyst',
    'GTM Strategist', 'System Evaluator', 'Documentation Maintainer'][
    1 + (h // 7) % (CASE p WHEN 0 THEN 2 WHEN 1 THEN 4 WHEN 2 THEN 6
      ELSE CASE WHEN t < TIMESTAMP '2026-02-02 00:00:00' THEN 7 ELSE 8 END END)] AS agent,
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
    """Throw away what was left half filled; before the emulator opens the folder."""
    if not (folder / MARK).exists():
        shutil.rmtree(folder / "databases", ignore_errors=True)
        for file in folder.glob("catalogue.duckdb*"):
            file.unlink()


def fill(emulator: Emulator, folder: Path, *, events: int = EVENTS) -> None:
    """Create the sample, unless it is there. What an account tells of its use always ends yesterday."""
    if not (folder / MARK).exists():
        _sample(emulator, events)
        (folder / MARK).write_text("The sandbox's sample data is complete.\n", encoding="utf-8")
    _usage(emulator)


def _sample(emulator: Emulator, events: int) -> None:
    identity = Identity("SANDBOX", "ACCOUNTADMIN", None, "SANDBOX", 0)
    connection = emulator.connect(None, None, identity)

    def do(sql: str) -> None:
        run(connection, sql, None, "", describe=False)

    do(f"CREATE DATABASE {DATABASE}")
    do(f"CREATE SCHEMA {DATABASE}.PUBLIC")
    do(f"CREATE SCHEMA {DATABASE}.{SCHEMA}")
    do(f"USE SCHEMA {DATABASE}.{SCHEMA}")
    for name, (about, columns) in COLUMNS.items():
        described = ",\n".join(f"  {column} {kind} COMMENT {literal(text)}" for column, kind, text in columns)
        do(f"CREATE TABLE {name} (\n{described}\n) COMMENT = {literal(about)}")
    for name, rows in tables().items():
        lines = ",\n".join("(" + ", ".join(literal(value) for value in row) + ")" for row in rows)
        do(f"INSERT INTO {name} VALUES\n{lines}")
    do(_HEALTH)
    do(_EVENTS_TABLE)
    emulator.direct(_EVENTS.format(place=f"{DATABASE}.{SCHEMA}", count=events))
    emulator.direct(f"CHECKPOINT {DATABASE}")
    connection.close()


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
