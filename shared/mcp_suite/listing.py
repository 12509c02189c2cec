"""The table of servers that a person sees."""

import typer

from mcp_suite import servers as found
from mcp_suite.errors import SuiteError
from mcp_suite.terminal import console, to_json


def show_servers(*, as_json: bool) -> None:
    """Print each server with its tools, and whether it can run here."""
    rows = [_row(script) for script in found.scripts()]
    if as_json:
        typer.echo(to_json(rows))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("script", "service", "tools", "state"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column]) for column in ("script", "service", "tools", "state")))
    console().print(table)


def _row(script: found.Script) -> dict[str, object]:
    try:
        spec = found.load(script)
    except SuiteError as error:
        return {"script": script.name, "service": script.extra, "tools": 0, "state": str(error)}
    by_access: dict[str, int] = {}
    for entry in spec.toolset:
        by_access[entry.access] = by_access.get(entry.access, 0) + 1
    counts = ", ".join(f"{count} {level}" for level, count in by_access.items())
    return {
        "script": script.name,
        "service": spec.title,
        "tools": f"{len(spec.toolset)} ({counts})",
        "state": found.lacking(script, spec) or "ready",
    }
