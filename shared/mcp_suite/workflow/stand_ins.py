"""The sandboxes that are processes of their own, started beside everything else that a run has to start.

What this imports is little: it begins before the MCP client is even imported.
"""

import importlib
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from types import ModuleType

import anyio
from anyio.from_thread import start_blocking_portal

from mcp_suite.calls import CallError
from mcp_suite.sandbox import is_a_process, kept_in
from mcp_suite.servers import Script, find

Ready = Callable[[str], Awaitable[None]]
"""Waits for what a server needs before it is started; raises CallError where that cannot be had."""


async def at_once(_: str) -> None:
    """The server needs nothing."""


@contextmanager
def standing_by(services: Sequence[str], say: Callable[[str], None]) -> Generator[Ready]:
    """Start the sandboxes of these services that are processes, in the background, and keep them running.

    `say` is told what takes long. The first start fetches packages.
    """
    scripts = [find(service) for service in services]
    found = [(script, importlib.import_module(f"{script.package}.sandbox")) for script in scripts]
    processes = [(script, stand_in) for script, stand_in in found if is_a_process(stand_in)]
    if not processes:
        yield at_once
        return
    up = {script.extra: Future[None]() for script, _ in processes}

    async def ready(service: str) -> None:
        if service in up:
            await anyio.to_thread.run_sync(up[service].result, abandon_on_cancel=True)

    with start_blocking_portal() as portal:
        running = [portal.start_task_soon(_keep, *each, up[each[0].extra], say) for each in processes]
        try:
            yield ready
        finally:
            for each in running:
                each.cancel()


async def _keep(script: Script, stand_in: ModuleType, up: Future[None], say: Callable[[str], None]) -> None:
    unavailable: type[Exception] = stand_in.SandboxUnavailable

    def started(_: str) -> None:
        up.set_result(None)

    try:
        await stand_in.serve(kept_in(script, stand_in), 0, started, progress=say)
    except unavailable as error:
        up.set_exception(CallError(f"{error} {getattr(error, 'next_step', '')}".rstrip()))
    finally:
        if not up.done():
            up.set_exception(CallError(f"The sandbox of {script.extra} was given up before it was ready."))
