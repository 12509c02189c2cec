"""What Snowflake keeps about the use of an account: views that a role must be granted, and functions for the rest.

The views of SNOWFLAKE.ACCOUNT_USAGE tell of the whole account for a year, some time later; the table functions of
INFORMATION_SCHEMA at once, but for days only and of what the role may see. Privileges as in
https://docs.snowflake.com/en/sql-reference/snowflake-db-roles.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from connector_kit.errors import InvalidInput, NotFound, NotPermitted, TimedOut
from connector_kit.windows import Window, parse_window
from snowflake_mcp.client.refusals import Missing
from snowflake_mcp.guard import ObjectName, written
from snowflake_mcp.models import Context

if TYPE_CHECKING:
    from snowflake_mcp.client.engine import Engine

Row = Mapping[str, object]
View = Literal[
    "QUERY_HISTORY",
    "QUERY_ATTRIBUTION_HISTORY",
    "WAREHOUSE_METERING_HISTORY",
    "WAREHOUSE_LOAD_HISTORY",
    "METERING_HISTORY",
]
YEAR: Final = timedelta(days=365)
"""How far back the views reach."""

LATE: Final[Mapping[View, str]] = {
    "QUERY_HISTORY": "up to 45 minutes late",
    "QUERY_ATTRIBUTION_HISTORY": "up to 8 hours late",
    "WAREHOUSE_METERING_HISTORY": "up to 3 hours late, cloud services and idle up to 6",
    "WAREHOUSE_LOAD_HISTORY": "up to 3 hours late",
    "METERING_HISTORY": "up to 3 hours late, cloud services up to 6",
}
_DATABASE: Final = "SNOWFLAKE"
_SCHEMA: Final = "ACCOUNT_USAGE"
_VIEWER: Final[Mapping[View, str]] = {
    "QUERY_HISTORY": "GOVERNANCE_VIEWER",
    "QUERY_ATTRIBUTION_HISTORY": "USAGE_VIEWER",
    "WAREHOUSE_METERING_HISTORY": "USAGE_VIEWER",
    "WAREHOUSE_LOAD_HISTORY": "USAGE_VIEWER",
    "METERING_HISTORY": "USAGE_VIEWER",
}


class NotGranted(NotPermitted):
    """The role may not read this part of an account's use; what would let it is said."""


class AccountUsage:
    """Reads views and functions about the use of an account, as the role of the settings."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    async def view(self, view: View, sql: str, binds: Sequence[object]) -> list[Row]:
        """Rows of a statement over a view; `{source}` in it is the view. Raises NotGranted."""
        place = ObjectName(_DATABASE, _SCHEMA, view)
        if not self._engine.databases.allows(place):
            raise NotGranted(
                f"{place} is not one of the databases that tools may touch.",
                next_step=f"Ask the user to add {_DATABASE}.{_SCHEMA} to SNOWFLAKE_DATABASES.",
            )
        context = self._engine.context()
        try:
            result = await self._engine.read(sql.format(source=place), context=context, binds=binds)
        except (NotPermitted, NotFound) as error:
            if isinstance(error, Missing) and error.column:
                raise
            raise await self._not_granted(view, context) from error
        except TimedOut as error:
            raise TimedOut(
                f"{place} did not answer in the time that a call may take; the statement was stopped.",
                next_step="Ask for a shorter window, or try again when the warehouse is less busy.",
            ) from error
        return list(result.records())

    async def function(self, call: str, sql: str, binds: Sequence[object]) -> list[Row]:
        """Rows of a statement over a table function of INFORMATION_SCHEMA; `{source}` in it is the call.

        Raises NotGranted.
        """
        context = self._engine.context()
        home = context.database or next((name for name, _ in sorted(self._engine.databases.allowed)), _DATABASE)
        source = f"TABLE({written(home)}.INFORMATION_SCHEMA.{call})"
        try:
            result = await self._engine.read(sql.format(source=source), context=context, binds=binds)
        except (NotPermitted, NotFound, InvalidInput) as error:
            # The sandbox has few of these functions and takes a call of another for a mistake in the SQL.
            sandbox = self._engine.settings.sandbox
            if isinstance(error, InvalidInput) and not sandbox:
                raise
            raise NotGranted(
                f"INFORMATION_SCHEMA.{call.partition('(')[0]} cannot be read "
                f"{'in the sandbox' if sandbox else 'with this role'}.",
                next_step="Ask the user for a role that may.",
            ) from error
        return list(result.records())

    async def show(self, sql: str) -> list[Row]:
        """Rows of a SHOW."""
        return list((await self._engine.read(sql, context=self._engine.context())).records())

    async def warehouse(self) -> str:
        """The warehouse of the session; "" if it has none."""
        context = self._engine.context()
        return context.warehouse or (await self._engine.where(context)).warehouse

    async def _not_granted(self, view: View, context: Context) -> NotGranted:
        role = context.role or (await self._engine.where(context)).role
        grantee = f"role {written(role)}" if role else "the role"
        return NotGranted(
            f"{grantee[0].upper()}{grantee[1:]} may not read {_DATABASE}.{_SCHEMA}.{view}.",
            next_step="Ask an account administrator to GRANT DATABASE ROLE "
            f"{_DATABASE}.{_VIEWER[view]}, or IMPORTED PRIVILEGES on database {_DATABASE}, to {grantee}.",
        )


def read_window(text: str, *, now: float) -> Window:
    """The window of a call, in the zone of this machine; one that begins in the future is refused.

    `now` is in seconds since 1970. Raises InvalidInput naming `window`.
    """
    window = parse_window(text, now=datetime.fromtimestamp(now, UTC), tz=None)
    if window.first and window.first.timestamp() > now:
        raise InvalidInput("The window begins in the future.", fields={"window": "is to begin before now"})
    return window


def within(window: Window) -> tuple[list[str], list[object]]:
    """A window as conditions on START_TIME and the values of their `?`."""
    conditions: list[str] = []
    binds: list[object] = []
    if window.first:
        conditions.append("start_time >= CAST(? AS TIMESTAMP_LTZ)")
        binds.append(moment(window.first))
    if window.last:
        conditions.append("start_time <= CAST(? AS TIMESTAMP_LTZ)")
        binds.append(moment(window.last))
    return conditions, binds


def moment(time: datetime) -> str:
    """A moment as a text that Snowflake reads as one, whatever its zone is."""
    return time.astimezone(UTC).isoformat(sep=" ", timespec="microseconds")


def constant(text: str) -> str:
    """A text as a constant of SQL: arguments of table functions can be nothing else."""
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def timestamp(time: datetime) -> str:
    """A moment as a constant of SQL."""
    return f"TO_TIMESTAMP_LTZ({constant(moment(time))})"
