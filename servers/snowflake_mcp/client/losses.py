"""What a destroying statement would take away, and whether Time Travel brings it back.

https://docs.snowflake.com/en/user-guide/data-time-travel
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connector_kit.errors import NotFound, ServiceError, clean_text
from snowflake_mcp.guard import ObjectName, Statement, written
from snowflake_mcp.models import Context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from snowflake_mcp.client.engine import Engine

NAMED: Final = 4
"""Objects that a question names."""
_SQL_SHOWN: Final = 160
_CONTAINERS: Final = ("SCHEMA", "DATABASE")
_GONE: Final = ("VIEW", "SEQUENCE")


@dataclass(frozen=True, slots=True)
class Loss:
    """An object and what is in it: `rows` of a table, or `tables` with these rows; None is not known.

    `days` are those that Time Travel keeps it, None if Snowflake does not say. `absent`: there is none.
    """

    name: ObjectName
    rows: int | None = None
    tables: int | None = None
    days: int | None = None
    absent: bool = False

    def __str__(self) -> str:
        if self.absent:
            return f"{self.name} (there is none)"
        parts = [_counted(self.tables, "table") if self.tables is not None else ""]
        if self.rows is not None:
            parts.append(_counted(self.rows, "row"))
        told = ", ".join(part for part in parts if part)
        return f"{self.name} ({told})" if told else str(self.name)


async def losses(
    engine: "Engine",
    statement: Statement,
    place: Context,
    count: "Callable[[ObjectName], Awaitable[int | None]]",
) -> tuple[Loss, ...]:
    """What each object that the statement names would lose; `count` counts the rows of a table."""
    kind = _kind(statement)
    found: list[Loss] = []
    for name in statement.writes[:NAMED]:
        whole = full(name, place, kind)
        if kind in _GONE:
            found.append(Loss(whole))
        elif kind in _CONTAINERS:
            found.append(await _of_container(engine, whole, kind, place))
        else:
            found.append(await _of_table(engine, whole, place, count))
    return tuple(found)


def question(statement: Statement, place: Context, lost: Sequence[Loss], why: str) -> str:
    """Whether to do it, in a few sentences for a person."""
    more = len(statement.writes) - len(lost)
    names = ", ".join(map(str, lost)) + (f" and {more:,} more" if more > 0 else "")
    role = f" with the role {place.role}" if place.role else ""
    sql = clean_text(statement.sql, _SQL_SHOWN)
    return f"Run this{role}? {sql} — {why}: {names}. {_recovery(statement, lost)}"


def undoing(statement: Statement, place: Context, query_id: str) -> str:
    """What brings it back, as statements, "" where nothing does."""
    kind, verb = _kind(statement), statement.verb
    name = str(full(statement.writes[0], place, kind)) if statement.writes else ""
    if kind in _GONE or not name:
        return ""
    if verb.startswith("DROP"):
        return f"While Time Travel keeps it, snowflake_run_change brings it back: UNDROP {kind} {name}"
    if verb.startswith("CREATE") and kind == "TABLE":
        return (
            f"While Time Travel keeps the old table, snowflake_run_change brings it back: rename the new one, then "
            f"UNDROP TABLE {name}"
        )
    if kind != "TABLE" or "DATA_RETENTION" in statement.sql.upper():
        return ""
    before = f"SELECT * FROM {name} BEFORE (STATEMENT => '{query_id}')"  # noqa: S608 - shown, not run
    return f"While Time Travel keeps it, this shows what was there: {before}"


def full(name: ObjectName, place: Context, kind: str = "TABLE") -> ObjectName:
    """A name with the database and the schema of the session where it leaves them out."""
    if kind == "DATABASE":
        return name
    database = name.database or place.database or None
    return replace(name, database=database, schema=name.schema or place.schema or None)


async def _of_table(
    engine: "Engine", name: ObjectName, place: Context, count: "Callable[[ObjectName], Awaitable[int | None]]"
) -> Loss:
    try:
        rows = await count(name)
    except NotFound:
        return Loss(name, absent=True)
    if name.database is None or name.schema is None:
        return Loss(name, rows)
    within = f"SCHEMA {written(name.database)}.{written(name.schema)}"
    shown = await _tables(engine, f"SHOW TABLES LIKE {_pattern(name.name)} IN {within}", place)
    record = next((each for each in shown or () if each.get("name") == name.name), None)
    return Loss(name, rows, days=_days(record) if record else None)


async def _of_container(engine: "Engine", name: ObjectName, kind: str, place: Context) -> Loss:
    shown = await _tables(engine, f"SHOW TABLES IN {kind} {name}", place)
    if shown is None:
        return Loss(name)
    rows = [int(str(each["rows"])) for each in shown if each.get("rows") is not None]
    days = [_days(each) for each in shown]
    known = [each for each in days if each is not None]
    return Loss(name, sum(rows) if any(rows) else None, len(shown), min(known) if len(known) == len(days) > 0 else None)


async def _tables(engine: "Engine", sql: str, place: Context) -> list[dict[str, object]] | None:
    """What SHOW TABLES says; None where this role, or the account, does not answer it."""
    try:
        return (await engine.read(sql, context=place)).records()
    except ServiceError:
        return None


def _recovery(statement: Statement, lost: Sequence[Loss]) -> str:
    kind, verb = _kind(statement), statement.verb
    if lost and all(each.absent for each in lost):
        return "Nothing of the kind is there, so nothing is lost."
    if kind in _GONE:
        return "Nothing brings it back but making it again: snowflake_get_ddl shows how it is made."
    if "DATA_RETENTION" in statement.sql.upper() or "MAX_DATA_EXTENSION" in statement.sql.upper():
        return "History that is kept no longer is gone for good."
    days = [each.days for each in lost if not each.absent]
    known = [each for each in days if each is not None]
    if len(known) < len(days) or not known:
        return "Whether Time Travel can bring it back is not known."
    least = min(known)
    if not least:
        return "Nothing brings it back: Time Travel keeps it for 0 days."
    kept = f"{least} day{'' if least == 1 else 's'}"
    if verb.startswith("DROP"):
        return f"UNDROP {kind} brings it back within {kept}."
    return f"Time Travel can bring it back within {kept}."


def _kind(statement: Statement) -> str:
    """TABLE, VIEW, SCHEMA and so on; what changes rows is of tables."""
    return statement.verb.rpartition(" ")[2] if " " in statement.verb else "TABLE"


def _days(record: "dict[str, object]") -> int | None:
    text = str(record.get("retention_time") or "")
    return int(text) if text.isdigit() else None


def _pattern(name: str) -> str:
    """A name as a pattern of LIKE; what it finds besides is left out afterwards."""
    return "'" + name.replace("\\", "\\\\\\\\").replace("'", "''") + "'"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
