"""Changing data and objects: previewed, then run; what destroys, after a yes."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import Field

from connector_kit.output import one_line, quoted
from connector_kit.serving import consent
from snowflake_mcp.tools.table import TOOLS, Database, Role, Schema, Snowflake, Sql, Warehouse

if TYPE_CHECKING:
    from snowflake_mcp import models
    from snowflake_mcp.client.changes import Changed, Preview

SHOWN = 10
"""Objects that are named."""


@TOOLS.tool(title="Change data in Snowflake", effect="changes")
async def snowflake_run_change(
    sql: Sql,
    snowflake: Snowflake,
    run: Annotated[str, Field(description="Token of the preview.", max_length=200)] = "",
    max_rows: Annotated[int | None, Field(description="Undo it if it changes more rows.", ge=0)] = None,
    role: Role = "",
    warehouse: Warehouse = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """INSERT, UPDATE, MERGE, DELETE with WHERE, CREATE, ALTER, COMMENT.

    First answers what it would touch and a token; show that to the user, then call again with run=token. DML is
    undone if it fails or changes clearly more rows than shown.
    """
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    if run:
        return changed_text(await snowflake.changes.run(sql, run, context=context, max_rows=max_rows))
    return _preview_text(await snowflake.changes.preview(sql, context=context))


@TOOLS.tool(title="Create a Snowflake view", effect="adds")
async def snowflake_create_view(
    name: Annotated[str, Field(description="New view: [DATABASE.][SCHEMA.]NAME.", min_length=1, max_length=800)],
    query: Annotated[str, Field(description="Its SELECT.", min_length=1, max_length=100_000)],
    snowflake: Snowflake,
    comment: Annotated[str, Field(description="What it shows.", max_length=1_000)] = "",
    role: Role = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Save a query as a view. One that exists is never replaced."""
    context = snowflake.engine.context(role=role, database=database, schema=schema)
    return changed_text(await snowflake.changes.create_view(name, query, comment=comment, context=context))


async def ask_before_destroying(
    ctx: Context,
    sql: str,
    role: str,
    warehouse: str,
    database: str,
    schema: str,
    confirm: bool,
    snowflake: Snowflake,
) -> consent.Consent | Elicit[consent.Consent]:
    """The question whether to destroy, with what would be lost and what would bring it back."""
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    question = await snowflake.changes.question(sql, context=context)
    return consent.ask(ctx, question, confirmed=confirm)


@TOOLS.tool(title="Destroy data in Snowflake", effect="destroys")
async def snowflake_run_destruction(
    sql: Sql,
    snowflake: Snowflake,
    answer: Annotated[consent.Answer, Resolve(ask_before_destroying)],
    role: Role = "",
    warehouse: Warehouse = "",
    database: Database = "",
    schema: Schema = "",
    confirm: Annotated[bool, Field(description="The user has agreed to this very statement.")] = False,
) -> str:
    """DROP, TRUNCATE, DELETE of all rows, CREATE OR REPLACE and their like. The user is asked first."""
    consent.require(answer)
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    done = await snowflake.changes.destroy(sql, context=context)
    return "\n".join(line for line in (changed_text(done), done.undo) if line)


def changed_text(done: "Changed") -> str:
    """What a statement did, in a line or two."""
    names = ", ".join(one_line(name) for name in done.statement.writes[:SHOWN])
    rows = "" if done.rows is None else f": {done.rows:,} {'row' if done.rows == 1 else 'rows'} changed, committed"
    said = f"\n{quoted('Snowflake', done.said)}" if done.said else ""
    return f"done: {done.statement.verb} {names}{rows} (query {done.query_id}, {placed(done.context)}){said}"


def placed(context: "models.Context") -> str:
    """As whom and where, in a few words."""
    place = ".".join(part for part in (context.database, context.schema) if part)
    parts = [
        f"role {context.role}" if context.role else "",
        f"warehouse {context.warehouse}" if context.warehouse else "",
        f"in {place}" if place else "",
    ]
    return ", ".join(one_line(part) for part in parts if part)


def _preview_text(preview: "Preview") -> str:
    statement = preview.statement
    lines = [
        f"preview, nothing is run yet: {statement.verb}, {placed(preview.context)}",
        f"writes: {', '.join(one_line(name) for name in statement.writes[:SHOWN]) or 'nothing that it names'}",
    ]
    if statement.reads:
        lines.append(f"reads: {', '.join(one_line(name) for name in statement.reads[:SHOWN])}")
    lines.append(_rows_line(preview))
    if statement.transactional:
        lines.append("in a transaction: undone as a whole if it fails")
    else:
        lines.append("no transaction: Snowflake commits it at once")
    lines.append(f"To run it: the same call with run={preview.token} (15 minutes, once)")
    return "\n".join(lines)


def _rows_line(preview: "Preview") -> str:
    if preview.bound == "none":
        return "rows: it changes none"
    if preview.rows is None:
        return f"rows: unknown{f' ({preview.why})' if preview.why else ''}; max_rows bounds them"
    of = f" of {preview.of:,}" if preview.of is not None else ""
    every = ""
    if preview.statement.verb in ("UPDATE", "DELETE") and preview.rows and preview.of in (None, preview.rows):
        every = ", EVERY row of the table" if preview.of is not None or not preview.statement.has_where else ""
    bound = "at most " if preview.bound == "at most" else ""
    return f"rows: {bound}{preview.rows:,}{of}{every}"
