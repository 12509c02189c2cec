"""Answers that end where what fits ends, so that the cursor reaches the rest."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from connector_kit.errors import RateLimited
from connector_kit.output import ANSWER_BUDGET, Part, table
from connector_kit.pages import Page

FoundT = TypeVar("FoundT")
ItemT = TypeVar("ItemT")


async def fitted(
    read: Callable[[int], Awaitable[FoundT]], lay_out: Callable[[FoundT], Part], *, limit: int
) -> tuple[FoundT, Part]:
    """At most `limit` of something, and the part of an answer that shows every one of them.

    `read` finds at most so many. A cursor stands behind what was asked for: where so many do not fit, just those
    that do are read once more. Only where a service sends more than it is asked for, some stay left out.
    """
    found = await read(limit)
    part = lay_out(found)
    while part.left and part.shown < limit:
        limit = part.shown
        try:
            found = await read(limit)
        except RateLimited as error:
            raise _only(error, limit) from error
        part = lay_out(found)
    return found, part


def _only(error: RateLimited, limit: int) -> RateLimited:
    """The same failure with how many to ask for: where a minute has one call, the second would never be let in."""
    return RateLimited(
        error.message,
        next_step=f"{error.next_step} Ask with limit={limit} then, for more does not fit into an answer.",
        status=error.status,
        request_id=error.request_id,
        retry_after=error.retry_after,
    )


async def fitted_table(
    read: Callable[[int], Awaitable[Page[ItemT]]],
    columns: Sequence[str],
    row: Callable[[ItemT], Sequence[object]],
    *,
    limit: int,
    budget: int = ANSWER_BUDGET,
) -> tuple[Page[ItemT], Part]:
    """A page of at most `limit` items, and the table that shows every one of them."""
    return await fitted(read, lambda page: table(columns, map(row, page.items), budget=budget), limit=limit)
