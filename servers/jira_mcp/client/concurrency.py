"""Several requests at once."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import anyio


async def run_all(jobs: Sequence[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    """Run all jobs at once; when one fails, stop the others and raise its error alone."""
    if len(jobs) == 1:
        await jobs[0]()
        return
    try:
        async with anyio.create_task_group() as group:
            for job in jobs:
                group.start_soon(job)
    except ExceptionGroup as failures:
        # Jobs start no groups of their own, so that the first failure is a plain one.
        raise failures.exceptions[0] from None
