"""Tables that end where the answer ends, so that the cursor leads to what did not fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from connector_kit.fitting import fitted_table
from slack_mcp.tools.render import ROOM

if TYPE_CHECKING:
    from connector_kit.output import Part
    from connector_kit.pages import Page

RowT = TypeVar("RowT")


def told(part: Part) -> str:
    """What is shown, and that Slack sent more than was asked for where not all of that fits."""
    return "\n".join([part.text, *surplus(part.left)])


def surplus(number: int) -> list[str]:
    """What is said where a service sends more than was asked for, and more than fits."""
    return [f"({number} more came than were asked for, and are left out.)"] if number > 0 else []


async def fitted_rows(
    ask: Callable[[int], Awaitable[Page[RowT]]],
    limit: int,
    columns: Sequence[str],
    row: Callable[[RowT], Sequence[object]],
) -> tuple[Page[RowT], str]:
    """A page of at most `limit` items that all fit into an answer, and the table of them."""
    page, part = await fitted_table(ask, columns, row, limit=limit, budget=ROOM)
    return page, told(part)
