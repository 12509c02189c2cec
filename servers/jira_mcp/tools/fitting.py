"""Answers that end where what fits ends, so that the cursor reaches the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from connector_kit.output import Table, table

if TYPE_CHECKING:
    from jira_mcp.models import ItemT, Page


async def page_table(
    read: Callable[[int], Awaitable[Page[ItemT]]],
    columns: Sequence[str],
    row: Callable[[ItemT], Sequence[object]],
    *,
    limit: int,
) -> tuple[Page[ItemT], Table]:
    """A page of at most `limit` items, and the table that shows every one of them.

    `read` answers the page that has at most so many items. The rows that do not fit must be reachable by the
    cursor, so the page is read again, to end where they begin.
    """
    page = await read(limit)
    shown = table(columns, map(row, page.items))
    if shown.shown < len(page.items):
        page = await read(shown.shown)
        shown = table(columns, map(row, page.items))
    return page, shown
