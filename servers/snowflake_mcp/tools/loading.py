"""Files into tables: shown first, then loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from connector_kit.errors import clean_text
from connector_kit.output import one_line, quoted, table
from snowflake_mcp.tools.changes import placed
from snowflake_mcp.tools.table import TOOLS, Role, Snowflake, Warehouse

if TYPE_CHECKING:
    from snowflake_mcp.client.loading import Plan
    from snowflake_mcp.mapping import Pair

COLUMNS_ROOM = 8_000
SAMPLE_ROOM = 4_000
"""Bytes of a preview for the columns, and for the first records."""
_CELL = 80
_NAMED = 20
_SPOKEN = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@TOOLS.tool(title="Load a file into Snowflake", effect="adds")
async def snowflake_load_file(
    path: Annotated[str, Field(description="In the folder that the user allowed.", min_length=1, max_length=1_000)],
    table: Annotated[str, Field(description="[DATABASE.][SCHEMA.]NAME.", min_length=1, max_length=800)],
    snowflake: Snowflake,
    run: Annotated[str, Field(description="Token of the preview.", max_length=200)] = "",
    create: Annotated[bool, Field(description="Make the table; else add to it.")] = False,
    delimiter: Annotated[str, Field(description="Of CSV, if not found out.", max_length=1)] = "",
    header: Annotated[bool, Field(description="The first line has names.")] = True,
    role: Role = "",
    warehouse: Warehouse = "",
) -> str:
    """Load a CSV or JSON lines file, 50 MB at most, as a whole or not at all.

    First answers columns, types and a token; show them to the user, then call again with run=token.
    """
    from snowflake_mcp.client.loading import Asked

    context = snowflake.engine.context(role=role, warehouse=warehouse)
    asked = Asked(path, table, create=create, delimiter=delimiter, header=header)
    if not run:
        return preview_text(await snowflake.loading.preview(asked, context=context))
    done = await snowflake.loading.load(asked, run, context=context)
    return (
        f"done: {done.rows:,} records loaded into {one_line(done.table)} in {done.seconds:.1f} seconds, committed "
        f"(query {done.query_id}, {placed(done.place)})"
    )


def preview_text(plan: "Plan") -> str:
    """What loading a file would do."""
    inference, mapped = plan.inference, plan.mapped
    written = f"CSV, delimiter {_SPOKEN.get(plan.layout.delimiter, plan.layout.delimiter)}"
    if plan.layout.format == "jsonl":
        written = "JSON lines"
    to = "a new table" if plan.create else "not counted" if plan.present is None else f"has {plan.present:,} rows"
    columns = table(
        ("column of the file", "column of the table", "type", "NULLs", "note"),
        [_column(pair) for pair in mapped.pairs],
        budget=COLUMNS_ROOM,
    )
    what = f"{one_line(plan.name)}, {plan.size:,} bytes, {written}, {plan.layout.encoding}"
    lines = [
        f"preview, nothing is loaded yet: {what}, {inference.records:,} records",
        f"into {one_line(plan.table)} ({to}), {placed(plan.place)}",
        quoted(plan.name, columns.text),
    ]
    if columns.shown < len(mapped.pairs):
        lines.append(f"and {len(mapped.pairs) - columns.shown:,} more columns")
    if mapped.left_out:
        lines.append(f"NOT loaded, the table has no column of that name:\n{quoted(plan.name, _names(mapped.left_out))}")
    if mapped.unfilled:
        lines.append(f"not in the file, default or NULL: {_names([column.name for column in mapped.unfilled])}")
    lines.append(_sample(plan))
    if plan.layout.format == "csv" and plan.layout.header and _looks_like_data(plan):
        lines.append("The first line looks like data: if it has no names, give header=false.")
    lines.append(f"To load it: the same call with run={plan.token} (15 minutes, once)")
    return "\n".join(lines)


def _column(pair: "Pair") -> tuple[object, ...]:
    notes = [pair.note] if pair.note else []
    if pair.source.odd:
        notes.append(f"text because {pair.source.odd}")
    return (pair.source.name, pair.target, pair.type, f"{pair.source.nulls:,}", "; ".join(notes))


def _sample(plan: "Plan") -> str:
    names = [pair.source.name for pair in plan.mapped.pairs]
    rows: list[list[str]] = []
    for record in plan.inference.sample:
        cells = [record.cells.get(name) for name in names]
        rows.append(["NULL" if cell is None else clean_text(str(cell), _CELL) for cell in cells])
    shown = table([one_line(name) for name in names], rows, budget=SAMPLE_ROOM)
    return f"first records:\n{quoted(plan.name, shown.text)}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(clean_text(one_line(name), _CELL) for name in names[:_NAMED]) + more


def _looks_like_data(plan: "Plan") -> bool:
    from snowflake_mcp.inference import families_of

    return any(families_of(column.name) for column in plan.inference.columns)
