"""Answers to repeated reads, bounded in bytes, entries and time, dropped by our own writes.

A cache belongs to one client and therefore to one credential: it is never shared between accounts.
"""

import asyncio
import pickle
import sys
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from cachetools import TLRUCache

_SPARE_TAGS = 64
_T = TypeVar("_T")


@dataclass(slots=True)
class CacheStats:
    """What a cache did so far. A caller that joined a running load counts as a hit."""

    hits: int = 0
    misses: int = 0
    evictions: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """A value at rest: itself if nobody can change it, else pickled."""

    content: object
    pickled: bytes | None
    ttl: float
    size: int

    def value(self) -> object:
        """The value, or a copy of its own for each caller."""
        return self.content if self.pickled is None else pickle.loads(self.pickled)  # noqa: S301 - our own bytes


@dataclass(eq=False, slots=True)
class _Flight:
    """A load that is running, and for how many callers."""

    tags: frozenset[str]
    callers: int = 0
    task: "asyncio.Task[tuple[object, _Kept]]" = field(init=False)


class _Entries(TLRUCache[Hashable, _Kept]):
    """Counts what was thrown out for want of room."""

    def __init__(self, max_bytes: int, clock: Callable[[], float], stats: CacheStats) -> None:
        super().__init__(max_bytes, ttu=_expiry, timer=clock, getsizeof=_size)
        self._stats = stats

    def popitem(self) -> tuple[Hashable, _Kept]:
        """Remove the entry that was used least recently."""
        item = super().popitem()
        self._stats.evictions += 1
        return item


class ReadCache:
    """Keeps what `load` answered for `ttl` seconds; one load at a time for a key.

    Values are kept pickled and every caller gets a copy of its own, so that nobody can change
    another's; text, bytes, numbers, truth values and None are kept as they are. A value counts with
    its pickled size, at least with `max_bytes / max_entries`, so that both bounds hold.
    """

    def __init__(
        self,
        *,
        max_bytes: int = 16 << 20,
        max_entries: int = 2_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stats = CacheStats()
        self._max_bytes = max_bytes
        self._least = max(1, max_bytes // max_entries)
        self._entries = _Entries(max_bytes, clock, self.stats)
        self._tags: dict[Hashable, frozenset[str]] = {}
        self._flights: dict[Hashable, _Flight] = {}

    async def get(self, key: Hashable, ttl: float, load: Callable[[], Awaitable[_T]], tags: Iterable[str] = ()) -> _T:
        """The value under `key`, from `load` unless it is younger than `ttl` seconds.

        Concurrent callers share one load, in which a caller's cancellation ends only its own wait; the
        load is cancelled when nobody waits for it any more. Failures are told to all who wait and
        are not kept.

        Raises:
            TypeError: the value cannot be pickled.
        """
        kept = self._entries.get(key)
        if kept is not None:
            self.stats.hits += 1
            return cast("_T", kept.value())
        flight = self._flights.get(key)
        started_here = flight is None
        if flight is None:
            self.stats.misses += 1
            flight = self._flights[key] = _Flight(frozenset(tags))
            flight.task = asyncio.get_running_loop().create_task(self._fly(flight, key, ttl, load))
        else:
            self.stats.hits += 1
        flight.callers += 1
        try:
            value, kept = await asyncio.shield(flight.task)
        finally:
            flight.callers -= 1
            if not flight.callers and not flight.task.done():
                self._land(flight, key)
                flight.task.add_done_callback(_noticed)
                flight.task.cancel()
        return cast("_T", value if started_here else kept.value())

    def invalidate(self, *tags: str) -> None:
        """Drop all that carries one of `tags`, and what is being loaded under them.

        Call it after a write, also after one that failed: it may have happened. A load that began
        before the write ended answers those who wait for it but is not kept, nor joined by others.
        """
        stale = frozenset(tags)
        for key, its_tags in list(self._tags.items()):
            if its_tags & stale:
                del self._tags[key]
                self._entries.pop(key, None)
        for key, flight in list(self._flights.items()):
            if flight.tags & stale:
                self._land(flight, key)

    async def _fly(
        self, flight: _Flight, key: Hashable, ttl: float, load: Callable[[], Awaitable[object]]
    ) -> tuple[object, _Kept]:
        try:
            value = await load()
            kept = _kept(value, ttl, self._least)
            if self._flights.get(key) is flight and ttl > 0 and kept.size <= self._max_bytes:
                self._store(key, kept, flight.tags)
            return value, kept
        finally:
            self._land(flight, key)

    def _store(self, key: Hashable, kept: _Kept, tags: frozenset[str]) -> None:
        self._entries[key] = kept
        self._tags[key] = tags
        # Entries expire and are evicted without a word; their tags must not pile up.
        if len(self._tags) > 2 * len(self._entries) + _SPARE_TAGS:
            self._tags = {key: tags for key, tags in self._tags.items() if key in self._entries}

    def _land(self, flight: _Flight, key: Hashable) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


def _kept(value: object, ttl: float, least: int) -> _Kept:
    if isinstance(value, str | bytes):
        return _Kept(value, None, ttl, max(least, sys.getsizeof(value)))
    if value is None or isinstance(value, int | float):
        return _Kept(value, None, ttl, least)
    try:
        pickled = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise TypeError(f"a {type(value).__name__} cannot be cached: it cannot be pickled") from error
    return _Kept(None, pickled, ttl, max(least, len(pickled)))


def _noticed(task: "asyncio.Task[tuple[object, _Kept]]") -> None:
    # A failure while closing, which nobody waits for: unasked, asyncio would complain of it.
    if not task.cancelled():
        task.exception()


def _expiry(_key: Hashable, kept: _Kept, now: float) -> float:
    return now + kept.ttl


def _size(kept: _Kept) -> int:
    return kept.size
