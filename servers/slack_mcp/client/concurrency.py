"""Several look-ups at once."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

from connector_kit.errors import ServiceError

K = TypeVar("K")
V = TypeVar("V")


async def gather(
    keys: Iterable[K],
    look_up: Callable[[K], Awaitable[V]],
    *,
    at_once: int = 8,
    seconds: float | None = None,
) -> dict[K, V]:
    """What `look_up` answers for each key; keys for which it fails, or not within `seconds`, are left out."""
    found: dict[K, V] = {}
    limiter = anyio.CapacityLimiter(at_once)

    async def one(key: K) -> None:
        async with limiter:
            try:
                found[key] = await look_up(key)
            except ServiceError:
                return

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as group:
            for key in dict.fromkeys(keys):
                group.start_soon(one, key)
    return found
