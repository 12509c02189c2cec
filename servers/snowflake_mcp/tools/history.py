"""What was run, what it cost, and how loaded warehouses were."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from connector_kit.output import one_line, page_line, quoted, table
from snowflake_mcp.tools.render import ROOM
from snowflake_mcp.tools.table import TOOLS, Cursor, Snowflake

if TYPE_CHECKING:
    from snowflake_mcp.client.costs import Cost, Costs
    from snowflake_mcp.client.history import PastQuery
    from snowflake_mcp.client.loads import Load, Slice

Window = Annotated[str, Field(description="2d, today, 2026-01-31, FROM..TO.", max_length=80)]
Limit = Annotated[int, Field(description="Rows at most.", ge=1, le=100)]
_ERROR = 160
_TAG = 80
"""Characters of an error and of a tag in a row."""

_SUSPENDED = "never suspends itself"


@TOOLS.tool(title="List Snowflake queries", effect="reads")
async def snowflake_list_queries(
    snowflake: Snowflake,
    window: Window = "7d",
    user: Annotated[str, Field(description="By whom.", max_length=260)] = "",
    warehouse: Annotated[str, Field(description="Where.", max_length=260)] = "",
    status: Annotated[Literal["failed", "running", "succeeded", ""], Field(description="How it ended.")] = "",
    text: Annotated[str, Field(description="Part of the SQL.", max_length=500)] = "",
    tag: Annotated[str, Field(description="Part of its tag.", max_length=300)] = "",
    longer_than: Annotated[float, Field(description="Seconds.", ge=0)] = 0,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> str:
    """List past queries, newest first: by whom, where, how long, what they read, why they failed."""
    from snowflake_mcp.client.history import Asked

    asked = Asked(
        window=window,
        user=user,
        warehouse=warehouse,
        status=status or None,
        text=text,
        tag=tag,
        longer_than=longer_than,
    )
    page = await snowflake.history.queries(asked, limit=limit, cursor=cursor)
    notes = [f"({note})" for note in page.notes]
    if not page.items:
        return "\n".join([f"No {'more ' if cursor else ''}queries match.", *notes])
    columns = ["query_id", "user", "warehouse", "started (UTC)", "seconds", "scanned", "rows", "status", "tag", "sql"]
    kept = [
        place
        for place, name in enumerate(columns)
        if name not in ("tag", "warehouse") or any(_row(query)[place] for query in page.items)
    ]
    shown = table(
        [columns[place] for place in kept],
        ([row[place] for place in kept] for row in map(_row, page.items)),
        budget=ROOM,
    )
    line = page_line(shown.shown, noun="statements", cursor=page.cursor(shown.shown))
    return "\n".join([quoted("query history", shown.text), *notes, line])


@TOOLS.tool(title="Get Snowflake costs", effect="reads")
async def snowflake_get_costs(
    snowflake: Snowflake,
    by: Annotated[
        Literal["warehouse", "user", "tag", "day", "service"], Field(description="Told apart by.")
    ] = "warehouse",
    window: Window = "7d",
    warehouse: Annotated[str, Field(description="Only there.", max_length=300)] = "",
    limit: Limit = 20,
) -> str:
    """Sum the credits used, with the total and what that leaves out. Credits are not money."""
    costs = await snowflake.history.costs(by, window=window, warehouse=warehouse, limit=limit)
    notes = [f"({note})" for note in costs.notes]
    if not costs.items:
        return "\n".join(["No credits were used in this window, or none is told yet.", *notes])
    counted = costs.items[0].queries is not None
    columns = [by, costs.parts[0], "share", *costs.parts[1:], *(["queries"] if counted else [])]
    shown = table(columns, (_cost(each, costs.total) for each in costs.items), budget=ROOM)
    return "\n".join([quoted(f"credits by {by}", shown.text), _total(costs, shown.shown), *notes])


@TOOLS.tool(title="Get Snowflake warehouse load", effect="reads")
async def snowflake_get_warehouse_load(
    snowflake: Snowflake,
    warehouse: Annotated[str, Field(description="Else the usual one.", max_length=300)] = "",
    window: Window = "2d",
) -> str:
    """Show how many queries ran and waited in a warehouse, and how it is set up."""
    load = await snowflake.history.load(warehouse, window=window)
    lines = [quoted("SHOW WAREHOUSES", _set_up(load))]
    if load.slices:
        lines.append(quoted("load", _slices(load)))
        lines.append("(Queries at a time, as average/highest of 5 minutes' intervals that Snowflake tells of.)")
    return "\n".join([*lines, *(f"- {fact}" for fact in load.facts), *(f"({note})" for note in load.notes)])


def _row(query: "PastQuery") -> list[str]:
    waited = f" ({query.queued:.1f} queued)" if query.queued else ""
    failed = f": {one_line(query.error)[:_ERROR]}" if query.error else ""
    return [
        query.query_id,
        query.user,
        query.warehouse,
        f"{query.started:%Y-%m-%d %H:%M:%S}" if query.started else "",
        f"{query.seconds:.1f}{waited}",
        _bytes(query.scanned),
        f"{query.rows}",
        f"{query.status}{failed}",
        _short(query.tag),
        query.text,
    ]


def _short(tag: str) -> str:
    return tag if len(tag) <= _TAG else f"{tag[:_TAG]}…"


def _bytes(count: int) -> str:
    amount = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024:
            return f"{amount:.3g} {unit}" if amount < 1000 else f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:,.1f} TB"


def _cost(cost: "Cost", total: Decimal) -> list[str]:
    whole, *others = map(_credits, cost.credits)
    share = f"{cost.credits[0] * 100 / total:.1f} %" if total else ""
    queries = [] if cost.queries is None else [f"{cost.queries}"]
    return [_short(cost.name) or "(none)", whole, share, *others, *queries]


def _credits(amount: Decimal) -> str:
    """Exact, without the zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _total(costs: "Costs", shown: int) -> str:
    line = f"total {_credits(costs.total)} credits"
    if costs.count <= shown:
        return line
    rest = costs.total - sum((each.credits[0] for each in costs.items[:shown]), Decimal(0))
    return f"{line}, of which {_credits(rest)} by {costs.count - shown:,} more"


def _set_up(load: "Load") -> str:
    found = load.warehouse
    suspends = f"suspends itself after {found.auto_suspend:,} s" if found.auto_suspend else _SUSPENDED
    parts = [
        f"{one_line(found.name)}: {found.state or 'in an unknown state'}",
        f"size {found.size}" if found.size else "",
        found.type,
        f"clusters {found.clusters}",
        suspends,
        f"now {found.running} running, {found.queued} queued",
        f"resource monitor {found.resource_monitor}" if found.resource_monitor else "",
    ]
    return ", ".join(part for part in parts if part)


def _slices(load: "Load") -> str:
    columns = ["running", "waiting for room", "for the start", "for locks"]

    def row(each: "Slice") -> list[str]:
        kinds = (each.running, each.queued, each.starting, each.blocked)
        return ["/".join(f"{value:.2f}" for value in kind) for kind in kinds]

    kept = [place for place in range(4) if place < 2 or any(row(each)[place] != "0.00/0.00" for each in load.slices)]
    form = "%Y-%m-%d" if load.bucket in ("day", "month") else "%Y-%m-%d %H:%M"
    rows = (
        [f"{each.began:{form}}" if each.began else "", *(row(each)[place] for place in kept)] for each in load.slices
    )
    return table([f"{load.bucket} from (UTC)", *(columns[place] for place in kept)], rows, budget=ROOM).text
