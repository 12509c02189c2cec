"""Several requests at once."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import anyio


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
