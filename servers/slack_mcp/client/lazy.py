"""Long lists that are read only as far as somebody looks."""

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")

Load = Callable[[str | None], Awaitable[tuple[list[T], str | None]]]
"""Reads the page at a cursor, the first for None; answers it and the cursor of the next, None at the end."""


class LazyList(Generic[T]):
    """Keeps the pages read so far for `ttl` seconds, and reads at most `pages`."""

    def __init__(
        self, load: Load[T], *, pages: int, ttl: float = 600.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load
        self._pages = pages
        self._ttl = ttl
        self._clock = clock
        self._lock = anyio.Lock()
        self._items: list[T] = []
        self._cursor: str | None = None
        self._read = 0
        self._ended = False
        self._began = 0.0
        self._generation = 0

    def forget(self) -> None:
        """Read anew the next time: something was changed."""
        self._items, self._cursor, self._read, self._ended = [], None, 0, False
        self._generation += 1

    @property
    def seen(self) -> list[T]:
        """What was read so far."""
        return list(self._items)

    async def select(self, match: Callable[[T], bool], *, enough: int = 0) -> tuple[list[T], bool]:
        """The items that match, and whether the whole list was looked through.

        Stops as soon as `enough` were found; 0 looks through all pages that may be read. What loading raises is
        passed on; the pages read before are kept.
        """
        async with self._lock:
            if self._read and self._clock() - self._began > self._ttl:
                self.forget()
            found = [item for item in self._items if match(item)]
            while not self._ended and self._read < self._pages and not (enough and len(found) >= enough):
                generation = self._generation
                page, cursor = await self._load(self._cursor)
                if generation != self._generation:
                    # Changed while it was read: what is known now belongs to another list.
                    found = []
                    continue
                if not self._read:
                    self._began = self._clock()
                self._read += 1
                self._items.extend(page)
                self._cursor, self._ended = cursor, cursor is None
                found.extend(item for item in page if match(item))
            return found, self._ended
