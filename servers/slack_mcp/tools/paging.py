"""Pages that end where the answer ends, so that the cursor leads to what did not fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from connector_kit.errors import RateLimited
from connector_kit.output import table
from slack_mcp.tools.render import ROOM

if TYPE_CHECKING:
    from slack_mcp.models import Page

ItemT = TypeVar("ItemT", covariant=True)
RowT = TypeVar("RowT")

_TRIES = 3


class Paged(Protocol[ItemT]):
    """A page of a list."""

    @property
    def items(self) -> tuple[ItemT, ...]:
        """What is on it."""
        ...


PagedT = TypeVar("PagedT", bound="Paged[object]")


async def fitted(
    ask: Callable[[int], Awaitable[PagedT]], limit: int, lay_out: Callable[[PagedT], tuple[str, int]]
) -> tuple[PagedT, str]:
    """A page of at most `limit` items that all fit into an answer, and the text that `lay_out` makes of it.

    `lay_out` also answers how many items it shows. Where they are fewer, just these are asked for once more: the
    page then ends, and its cursor begins, where the text ends.
    """
    page = await ask(limit)
    text, shown = lay_out(page)
    for _ in range(_TRIES):
        if shown >= len(page.items):
            break
        try:
            page = await ask(shown)
        except RateLimited as error:
            raise _only(error, shown) from error
        text, shown = lay_out(page)
    return page, "\n".join([text, *surplus(len(page.items) - shown)])


def _only(error: RateLimited, shown: int) -> RateLimited:
    """The same failure with how many to ask for: where a minute has one call, the second would never be let in."""
    return RateLimited(
        error.message,
        next_step=f"{error.next_step} Ask with limit={shown} then, for more does not fit into an answer.",
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )


def surplus(number: int) -> list[str]:
    """What is said where a service sends more than was asked for, and more than fits."""
    return [f"({number} more came than were asked for, and are left out.)"] if number > 0 else []


async def fitted_rows(
    ask: Callable[[int], Awaitable[Page[RowT]]],
    limit: int,
    columns: Sequence[str],
    row: Callable[[RowT], Sequence[object]],
) -> tuple[Page[RowT], str]:
    """The same for a page that is laid out as a table."""

    def lay_out(page: Page[RowT]) -> tuple[str, int]:
        shown = table(columns, map(row, page.items), budget=ROOM)
        return shown.text, shown.shown

    return await fitted(ask, limit, lay_out)
