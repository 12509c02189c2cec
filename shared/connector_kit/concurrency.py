"""Several requests at once, and work that would hold up the others."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ParamSpec, TypeVar

import anyio
import anyio.to_thread

P = ParamSpec("P")
T = TypeVar("T")


async def run_all(jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]], *, at_once: int | None = None) -> None:
    """Run all jobs at once, or so many `at_once`; when one fails, stop the others and raise its error alone."""
    if len(jobs) == 1:
        await jobs[0]()
        return
    limiter = anyio.CapacityLimiter(at_once or max(1, len(jobs)))

    async def run(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async with limiter:
            await job()

    try:
        async with anyio.create_task_group() as group:
            for job in jobs:
                group.start_soon(run, job)
    except ExceptionGroup as failures:
        # Jobs start no groups of their own, so that the first failure is a plain one.
        raise failures.exceptions[0] from None


async def aside(long: bool, convert: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `convert` makes of its arguments, made in a thread if that takes `long`."""
    if not long:
        return convert(*args, **kwargs)
    return await anyio.to_thread.run_sync(lambda: convert(*args, **kwargs), abandon_on_cancel=True)
