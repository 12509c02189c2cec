"""Changing data and objects: first what a statement would touch, then the statement, once."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connector_kit.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    ServiceError,
)
from connector_kit.previews import Previews
from snowflake_mcp.client.estimates import Bound, counting
from snowflake_mcp.client.losses import losses, question, undoing
from snowflake_mcp.guard import ObjectName, Statement, parse_name
from snowflake_mcp.models import Context, Result

if TYPE_CHECKING:
    from snowflake_mcp.client.catalog import Catalog
    from snowflake_mcp.client.engine import Engine

COUNT_SECONDS: Final = 15.0
"""How long rows are counted for a preview."""
_DATA_VERBS: Final = ("DELETE", "INSERT", "MERGE", "TRUNCATE", "UPDATE")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would touch. `rows` are `bound` what it says; `of` are those of the whole table, where counted.

    `why` says why the rows are not known. `token` runs it.
    """

    statement: Statement
    context: Context
    token: str
    bound: Bound
    rows: int | None = None
    of: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a statement did: `rows` it changed (None: it does not change rows), or what Snowflake `said` of it.

    `undo` is what brings back what it destroyed, "" where nothing does or was.
    """

    statement: Statement
    context: Context
    query_id: str
    rows: int | None
    said: str = ""
    undo: str = ""


class Changes:
    """Statements that change something. Methods raise ServiceError; none repeats a statement."""

    def __init__(self, engine: "Engine", catalog: "Catalog") -> None:
        """`catalog` is told when objects may have changed, and says what a wrong name was meant to be."""
        self._engine = engine
        self._catalog = catalog
        self._previews = Previews()

    async def preview(self, sql: str, *, context: Context) -> Preview:
        """What a change would touch; it is not run.

        Raises InvalidInput for a query, NotPermitted for what destroys, and what the guard raises.
        """
        statement = await self._change(sql, context)
        place = await self._engine.where(context)
        async with self._catalog.suggesting(statement, context):
            bound, rows, of, why = await self._counted(statement, context)
        token = self._previews.issue(*_subject(statement, place), rows=rows)
        return Preview(statement, place, token, bound, rows, of, why)

    async def run(self, sql: str, token: str, *, context: Context, max_rows: int | None = None) -> Changed:
        """Run the change that `token` was given for.

        It is undone if it changes more rows than `max_rows`; without that, if it changes clearly more than the
        preview said (a tenth, and ten rows): Conflict. Statements that cannot be rolled back are run as they are.

        Raises:
            InvalidInput: the token is not for this; nothing was run.
            OutcomeUnknown: the way to Snowflake failed at the moment that decides.
        """
        statement = await self._change(sql, context)
        place = await self._engine.where(context)
        if max_rows is not None and not statement.transactional:
            raise InvalidInput(
                "Nothing was run.", fields={"max_rows": f"does not go with {statement.verb}, which cannot be undone"}
            )
        shown = self._previews.redeem(token, *_subject(statement, place))
        most = max_rows
        if most is None and shown is not None:
            most = shown + max(shown // 10, 10)
        return await self._done(statement, context, most)

    async def create_view(self, name: str, query: str, *, comment: str = "", context: Context) -> Changed:
        """Make a view of a query. Raises Conflict where there is a view or a table of that name."""
        target = parse_name(name, parameter="name")
        inner = await self._engine.examined(query, "read", context)
        if inner.verb not in ("SELECT", "VALUES"):
            raise InvalidInput("No view was made.", fields={"query": f"is {inner.verb}; a view is made of a SELECT"})
        said = f" COMMENT = {_literal(comment)}" if comment.strip() else ""
        sql = f"CREATE VIEW {target}{said} AS {inner.sql}"
        statement = await self._engine.examined(sql, "write", context)
        # What is wrong with the query is told before anything is made.
        async with self._catalog.suggesting(inner, context):
            await self._engine.describe(inner.sql, context=context)
        try:
            return await self._done(statement, context, None)
        except InvalidInput as error:
            if "already exists" not in error.message:
                raise
            raise Conflict(
                f"No view was made: there is a view or a table {target} already.",
                next_step="Choose another name. CREATE OR REPLACE VIEW is for snowflake_run_destruction.",
            ) from error

    async def question(self, sql: str, *, context: Context) -> str:
        """Whether to run a statement that destroys, for a person: what would be lost, and what brings it back.

        Raises InvalidInput for a statement that does not destroy, and what the guard raises.
        """
        statement = await self._destruction(sql, context)
        place = await self._engine.where(context)

        async def count(table: ObjectName) -> int | None:
            sql = f"SELECT COUNT(*) FROM {table}"  # noqa: S608 - quoted where it must be
            return (await self._count(sql, context))[0]

        return question(statement, place, await losses(self._engine, statement, place, count), destroying(statement))

    async def destroy(self, sql: str, *, context: Context) -> Changed:
        """Run a statement that destroys; somebody has agreed to it."""
        statement = await self._destruction(sql, context)
        done = await self._done(statement, context, None)
        return replace(done, undo=undoing(statement, done.context, done.query_id))

    async def _destruction(self, sql: str, context: Context) -> Statement:
        statement = await self._engine.examined(sql, "destroy", context)
        if statement.kind != "destroy":
            tool = "snowflake_run_query" if statement.kind == "read" else "snowflake_run_change"
            raise InvalidInput(f"Nothing was run: {statement.verb} does not destroy.", next_step=f"{tool} runs it.")
        return statement

    async def _change(self, sql: str, context: Context) -> Statement:
        statement = await self._engine.examined(sql, "destroy", context)
        if statement.kind == "read":
            raise InvalidInput(
                f"Nothing was run: {statement.verb} changes nothing.", next_step="snowflake_run_query runs it."
            )
        if statement.kind == "destroy":
            raise NotPermitted(
                f"The statement was not run: {destroying(statement)}.",
                next_step="snowflake_run_destruction does it after asking the user; it takes SNOWFLAKE_ACCESS=delete.",
            )
        return statement

    async def _done(self, statement: Statement, context: Context, most: int | None) -> Changed:
        place = context
        try:
            async with self._catalog.suggesting(statement, context), self._engine.exclusive(context) as own:
                place = own.context
                if not statement.transactional:
                    result = await own.run(statement.sql)
                else:
                    async with own.transaction():
                        result = await own.run(statement.sql)
                        _check(result, most)
        except OutcomeUnknown as error:
            raise _look(error, statement) from error
        finally:
            if statement.verb not in _DATA_VERBS:
                self._catalog.forget()
        said = "" if result.changed is not None or not result.rows else str(result.rows[0][0])
        return Changed(statement, place, result.query_id, result.changed, said)

    async def _counted(self, statement: Statement, context: Context) -> tuple[Bound, int | None, int | None, str]:
        wanted = counting(statement)
        if wanted.known is not None or not wanted.sql:
            return wanted.bound, wanted.known, None, ""
        rows, why = await self._count(wanted.sql, context)
        if rows is None:
            return "unknown", None, None, why
        of = (await self._count(wanted.of, context))[0] if wanted.of else None
        return wanted.bound, rows, of, ""

    async def _count(self, sql: str, context: Context) -> tuple[int | None, str]:
        """The only value of a counting query, or why there is none. Raises where the change itself would fail."""
        try:
            await self._engine.examined(sql, "read", context)
        except ServiceError:
            return None, "its source is no plain query"
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                result = await self._engine.read(sql, context=context)
        except TimeoutError:
            return None, f"counting them takes more than {COUNT_SECONDS:.0f} seconds"
        except NotFound:
            raise
        except ServiceError as error:
            return None, error.message
        return int(str(result.rows[0][0])), ""


def destroying(statement: Statement) -> str:
    """What makes a statement one that destroys, as half a sentence."""
    match statement.verb:
        case "DELETE":
            return "DELETE without a WHERE that narrows it deletes every row"
        case "INSERT":
            return "INSERT OVERWRITE deletes every row first"
        case "MERGE":
            return "this MERGE may delete every row"
        case verb if verb.startswith("CREATE"):
            return f"CREATE OR REPLACE drops the {verb.removeprefix('CREATE ').lower()} that is there"
        case verb if verb.startswith("ALTER"):
            return "it takes columns, or the history that would bring rows back, away"
        case verb:
            return f"{verb} destroys what it names"


def _check(result: Result, most: int | None) -> None:
    if most is None:
        return
    if result.changed is None:
        raise Conflict(
            "It was undone: Snowflake did not say how many rows it changed. Nothing is changed.",
            next_step="Leave max_rows out, if the user agrees.",
        )
    if result.changed > most:
        raise Conflict(
            f"It was undone: it changed {result.changed:,} rows, and at most {most:,} were agreed to. "
            "Nothing is changed.",
            next_step="Look at the condition, or at what others changed meanwhile; then ask for a new preview.",
        )


def _look(error: OutcomeUnknown, statement: Statement) -> OutcomeUnknown:
    names = ", ".join(map(str, statement.writes[:5]))
    return OutcomeUnknown(
        error.message,
        next_step=f"Do not run it again yet: look at {names} with snowflake_run_query, or for the {statement.verb} "
        "and, if it was in a transaction, its COMMIT in snowflake_list_queries.",
        request_id=error.request_id,
    )


def _subject(statement: Statement, place: Context) -> tuple[str, ...]:
    return ("change", statement.sql, place.role, place.warehouse, place.database, place.schema)


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
