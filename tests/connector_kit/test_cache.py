"""Repeated reads: loaded once, bounded, dropped by writes, and nobody's to change."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
import pytest

from connector_kit.cache import CacheStats, ReadCache

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """A service that counts its calls and answers when told to."""

    def __init__(self, value: object = "value") -> None:
        self.value = value
        self.calls = 0
        self.cancelled = 0
        self.gate = anyio.Event()

    def open(self) -> "Source":
        self.gate.set()
        return self

    async def __call__(self) -> object:
        self.calls += 1
        value = self.value
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(value, Exception):
            raise value
        return value


async def settled() -> None:
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


@dataclass
class Thing:
    names: list[str]


async def test_a_second_read_is_answered_from_the_cache_until_its_time_is_over() -> None:
    clock, source = Clock(), Source().open()
    cache = ReadCache(clock=clock)
    assert await cache.get("k", 60, source) == "value"
    clock.now += 59
    assert await cache.get("k", 60, source) == "value"
    clock.now += 2
    assert await cache.get("k", 60, source) == "value"
    assert source.calls == 2
    assert cache.stats == CacheStats(hits=1, misses=2)


async def test_each_entry_has_its_own_time() -> None:
    clock, source = Clock(), Source().open()
    cache = ReadCache(clock=clock)
    await cache.get("short", 10, source)
    await cache.get("long", 1000, source)
    await cache.get("never", 0, source)
    clock.now += 100
    await cache.get("long", 1000, source)
    assert source.calls == 3
    await cache.get("short", 10, source)
    await cache.get("never", 0, source)
    assert source.calls == 5


async def test_many_callers_at_once_make_one_call() -> None:
    cache, source = ReadCache(), Source(Thing(["a"]))
    answers: list[object] = []

    async def ask() -> None:
        answers.append(await cache.get("k", 60, source))

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(ask)
        await settled()
        source.open()
    assert source.calls == 1
    assert answers == [Thing(["a"])] * 20
    assert len({id(answer) for answer in answers}) == 20
    assert cache.stats == CacheStats(hits=19, misses=1)


async def test_a_caller_that_changes_its_answer_changes_nobody_elses() -> None:
    cache, original = ReadCache(), Thing(["a"])

    async def load() -> Thing:
        return original

    for _ in range(3):
        answer = await cache.get("k", 60, load)
        assert answer == Thing(["a"])
        answer.names.append("b")


@pytest.mark.parametrize("value", [None, False, 0, "", b"bytes", 1.5])
async def test_nothing_and_false_are_answers_like_any_other(value: object) -> None:
    cache, source = ReadCache(), Source(value).open()
    assert await cache.get("k", 60, source) == value
    assert await cache.get("k", 60, source) == value
    assert source.calls == 1


async def test_a_failure_is_told_to_all_who_wait_and_is_not_kept() -> None:
    cache, source = ReadCache(), Source(RuntimeError("down"))
    failures: list[str] = []

    async def ask() -> None:
        try:
            await cache.get("k", 60, source)
        except RuntimeError as error:
            failures.append(str(error))

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(ask)
        await settled()
        source.open()
    assert failures == ["down"] * 3
    source.value = "up"
    assert await cache.get("k", 60, source) == "up"


async def test_a_cancelled_leader_does_not_fail_the_followers() -> None:
    cache, source = ReadCache(), Source()
    answers: list[object] = []

    async def follow() -> None:
        answers.append(await cache.get("k", 60, source))

    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as leading:
            tasks.start_soon(cancel_soon, leading, lambda: tasks.start_soon(follow))
            await cache.get("k", 60, source)
        await settled()
        source.open()
    assert answers == ["value"]
    assert (source.calls, source.cancelled) == (1, 0)


async def cancel_soon(scope: anyio.CancelScope, first: Callable[[], object]) -> None:
    await settled()
    first()
    await settled()
    scope.cancel()


async def test_a_load_that_nobody_waits_for_is_cancelled_and_the_next_caller_starts_anew() -> None:
    cache, source = ReadCache(), Source()
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(cache.get, "k", 60, source)
            await settled()
            scope.cancel()
    await settled()
    assert (source.calls, source.cancelled) == (1, 1)
    source.open()
    assert await cache.get("k", 60, source) == "value"
    assert source.calls == 2


async def test_a_load_that_fails_after_all_have_left_disturbs_nobody() -> None:
    cache = ReadCache()

    async def fail_when_cancelled() -> str:
        try:
            await anyio.sleep_forever()
        except asyncio.CancelledError:
            raise RuntimeError("while closing") from None
        return ""

    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cache.get, "k", 60, fail_when_cancelled)
            await settled()
            scope.cancel()
    await settled()
    gc.collect()
    assert complaints == []


async def test_a_write_drops_what_carries_its_tag_and_nothing_else() -> None:
    cache, source = ReadCache(), Source().open()
    await cache.get("a", 60, source, ("issue:A-1", "search"))
    await cache.get("b", 60, source, ("issue:A-2",))
    cache.invalidate("search", "other")
    await cache.get("b", 60, source)
    assert source.calls == 2
    await cache.get("a", 60, source)
    assert source.calls == 3


async def test_a_write_during_a_load_wins() -> None:
    cache, source = ReadCache(), Source("before")
    answers: list[object] = []

    async def ask(load: Callable[[], Awaitable[object]]) -> None:
        answers.append(await cache.get("k", 60, load, ["issue:A-1"]))

    after = Source("after").open()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, source)
        await settled()
        cache.invalidate("issue:A-1")
        tasks.start_soon(ask, after)
        await settled()
        source.open()
    assert answers == ["after", "before"]
    assert await cache.get("k", 60, source) == "after"


async def test_a_write_elsewhere_leaves_a_load_alone() -> None:
    cache, source = ReadCache(), Source()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cache.get, "k", 60, source, ["issue:A-1"])
        await settled()
        cache.invalidate("issue:A-2")
        source.open()
    await cache.get("k", 60, source)
    assert source.calls == 1


async def test_entries_are_bounded_in_number_and_the_least_used_goes_first() -> None:
    cache, source = ReadCache(max_bytes=1000, max_entries=3), Source(1).open()
    for key in "abc":
        await cache.get(key, 60, source)
    await cache.get("a", 60, source)
    await cache.get("d", 60, source)
    assert cache.stats.evictions == 1
    await cache.get("a", 60, source)
    assert source.calls == 4
    await cache.get("b", 60, source)
    assert source.calls == 5


async def test_entries_are_bounded_in_bytes_and_one_that_is_too_large_is_not_kept() -> None:
    cache = ReadCache(max_bytes=10_000)
    large = Source(["x" * 6_000]).open()
    await cache.get("a", 60, large)
    await cache.get("b", 60, large)
    assert cache.stats.evictions == 1
    too_large = Source("x" * 20_000).open()
    await cache.get("c", 60, too_large)
    await cache.get("c", 60, too_large)
    assert too_large.calls == 2
    await cache.get("b", 60, large)
    assert large.calls == 2


async def test_tags_of_entries_that_are_gone_do_not_pile_up() -> None:
    cache, source = ReadCache(max_bytes=1000, max_entries=10), Source(1).open()
    for number in range(500):
        await cache.get(number, 60, source, (f"issue:{number}",))
    assert len(cache._tags) <= 100  # pyright: ignore[reportPrivateUsage]


async def test_a_value_that_cannot_be_kept_is_the_programs_fault() -> None:
    cache = ReadCache()
    with pytest.raises(TypeError, match="a function cannot be cached"):
        await cache.get("k", 60, Source(lambda: None).open())
