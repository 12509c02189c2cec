"""Keeping the stand-in running for clients of any kind, until somebody ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from snowflake_mcp.sandbox.launcher import Address, StandIn

LOOK_SECONDS = 0.5
"""How often to look whether it is still there: a reset ends it."""


async def serve(
    folder: Path, port: int, started: Callable[[str], None], *, progress: Callable[[str], None] | None = None
) -> None:
    """Serve the stand-in over a folder at a port, 0 for a free one, until cancelled.

    `started` is told its address once it answers: that of the one which runs already, if there is one. When it ends
    before us, because its data was reset, it is started again at the same port.

    Raises:
        SandboxUnavailable: it cannot be started.
    """
    async with StandIn(folder, port=port, progress=progress) as first:
        address = await first.address()
        async with StandIn(folder, port=address.port, progress=progress) as kept:
            await kept.address()
            started(_url(address))
            await first.aclose()
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                await kept.address()


def _url(address: Address) -> str:
    return f"http://{address.host}:{address.port}"
