"""Queries of the user's: run, submitted, asked for again, stopped, explained, exported."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from connector_kit.output import one_line, quoted
from snowflake_mcp.guard import written
from snowflake_mcp.models import QueryStatus, Running
from snowflake_mcp.tools.plans import explanation
from snowflake_mcp.tools.render import Format, rendered
from snowflake_mcp.tools.table import TOOLS, Cursor, Database, Role, Schema, Snowflake, Sql, Warehouse

if TYPE_CHECKING:
    from snowflake_mcp.client import SnowflakeClient
    from snowflake_mcp.models import Context, Result

QueryId = Annotated[str, Field(description="Query id.", max_length=60)]
Limit = Annotated[int, Field(description="Rows in an answer.", ge=1, le=1_000)]
Layout = Annotated[Format, Field(description="Layout of the rows.")]


@TOOLS.tool(title="Query Snowflake", effect="reads")
async def snowflake_run_query(
    sql: Sql,
    snowflake: Snowflake,
    limit: Limit = 100,
    cursor: Cursor = "",
    format: Layout = "rows",
    role: Role = "",
    warehouse: Warehouse = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Run one statement that only reads (SELECT, SHOW, DESCRIBE); paging does not run it again.

    What takes over 40 s goes on: see snowflake_get_query.
    """
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    answer = await snowflake.queries.run(sql, context=context, rows=limit, cursor=cursor)
    return _answer(snowflake, answer, format, first=not cursor)


@TOOLS.tool(title="Submit a Snowflake query", effect="reads")
async def snowflake_submit_query(
    sql: Sql,
    snowflake: Snowflake,
    role: Role = "",
    warehouse: Warehouse = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Begin a long query that only reads; snowflake_get_query has its rows later."""
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    query_id = await snowflake.queries.submit(sql, context=context)
    return f"submitted: query {query_id}. {_what_next(snowflake, query_id)}"


@TOOLS.tool(title="Get a Snowflake query", effect="reads")
async def snowflake_get_query(
    query_id: QueryId,
    snowflake: Snowflake,
    wait: Annotated[int, Field(description="Seconds to wait.", ge=0, le=40)] = 10,
    limit: Limit = 100,
    cursor: Cursor = "",
    format: Layout = "rows",
) -> str:
    """Show how a query stands, and its rows once it succeeded."""
    answer = await snowflake.queries.result(query_id, rows=limit, wait=wait, cursor=cursor)
    if isinstance(answer, QueryStatus):
        return _standing(snowflake, answer)
    return _answer(snowflake, answer, format, first=not cursor)


@TOOLS.tool(title="Cancel a Snowflake query", effect="reads")
async def snowflake_cancel_query(query_id: QueryId, snowflake: Snowflake) -> str:
    """Stop a running query that only reads; no data is lost."""
    if await snowflake.queries.cancel(query_id):
        return f"query {query_id.strip()} is told to stop; snowflake_get_query shows when it has."
    return f"query {query_id.strip()} was over already; snowflake_get_query shows its rows or its end."


@TOOLS.tool(title="Explain a Snowflake statement", effect="reads")
async def snowflake_explain_query(
    sql: Sql,
    snowflake: Snowflake,
    role: Role = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Check a statement, even a change, without running it: plan, bytes read, warnings, or columns."""
    context = snowflake.engine.context(role=role, database=database, schema=schema)
    return explanation(await snowflake.queries.explain(sql, context=context))


@TOOLS.tool(title="Export a Snowflake query", effect="reads")
async def snowflake_export_query(
    query: Annotated[
        str,
        Field(
            description="SQL that only reads, or the id of a query that has succeeded.",
            min_length=1,
            max_length=100_000,
        ),
    ],
    file: Annotated[str, Field(description="Name of a new file: .csv or .jsonl (JSON lines).", max_length=200)],
    snowflake: Snowflake,
    limit: Annotated[int, Field(description="Rows at most.", ge=1)] = 1_000_000,
) -> str:
    """Write all rows of a query to a new file in the folder the user allowed.

    For another role or place give the id of a query run there.
    """
    done = await snowflake.queries.export(query, file, limit=limit)
    if isinstance(done, Running):
        return (
            f"Nothing is written yet. {_still(done.query_id, done.seconds)} {_what_next(snowflake, done.query_id)} "
            f"When it has succeeded, call snowflake_export_query with query={done.query_id}."
        )
    return "\n".join(
        [
            f"wrote {done.rows:,} rows, {len(done.columns)} columns, {done.bytes:,} bytes of query {done.query_id} to",
            quoted("SNOWFLAKE_FILES_DIR", done.path),
            *(f"({note})" for note in done.notes),
        ]
    )


def _answer(snowflake: "SnowflakeClient", answer: "Result | Running", form: Format, *, first: bool) -> str:
    if isinstance(answer, Running):
        return f"{_still(answer.query_id, answer.seconds)} {_what_next(snowflake, answer.query_id)}"
    shown = rendered(answer, label=f"query {answer.query_id}", form=form)
    cursor = snowflake.queries.next_cursor(answer, shown.rows)
    lines = [shown.text, *shown.notes, _page_line(answer, shown.rows, cursor)]
    if first:
        lines.append(_ran(answer.context))
    return "\n".join(line for line in lines if line)


def _page_line(result: "Result", shown: int, cursor: str | None) -> str:
    """Which rows were shown of how many, and how to get the rest."""
    of = "" if result.total is None else f" of {result.total:,}"
    if not shown:
        none = "no rows" if not result.offset else f"no rows after {result.offset:,}"
        return f"{none}{of if result.offset else ''}; truncated: no"
    rows = f"row {result.offset + 1:,}" if shown == 1 else f"rows {result.offset + 1:,}-{result.offset + shown:,}"
    if cursor is None:
        return f"{rows}{of}; truncated: no"
    return f"{rows}{of}; truncated: yes, next cursor: {cursor}"


def _ran(context: "Context") -> str:
    """As whom and where the statement ran."""
    place = ".".join(written(part) for part in (context.database, context.schema) if part)
    parts = [
        f"role {written(context.role)}" if context.role else "",
        f"warehouse {written(context.warehouse)}" if context.warehouse else "",
        place,
    ]
    told = ", ".join(part for part in parts if part)
    return f"ran with {one_line(told)}" if told else ""


def _still(query_id: str, seconds: float) -> str:
    return f"The query still runs after {seconds:.0f} seconds and goes on at Snowflake, as query {query_id}."


def _what_next(snowflake: "SnowflakeClient", query_id: str) -> str:
    longest = snowflake.engine.settings.statement_timeout
    return (
        f"snowflake_get_query(query_id={query_id}) shows how it stands and its rows, snowflake_cancel_query stops it; "
        f"Snowflake ends it after {longest:,} seconds. Do not run it again."
    )


def _standing(snowflake: "SnowflakeClient", status: "QueryStatus") -> str:
    match status.state:
        case "running" | "queued":
            return f"query {status.query_id} is {status.state}. {_what_next(snowflake, status.query_id)}"
        case "failed":
            told = f"\n{quoted('Snowflake', status.message)}" if status.message else ""
            return f"query {status.query_id} failed; it has no rows. Correct the statement and run it again.{told}"
        case "cancelled":
            return f"query {status.query_id} was cancelled; it has no rows."
        case _:
            return (
                f"Snowflake does not say how query {status.query_id} stands. Check the id; snowflake_list_queries "
                "shows the last queries."
            )
