"""A server whose tools do not come to an end: run as a process by the tests of how servers leave."""

import sys
import time
from collections.abc import Sequence
from typing import Annotated, Any

import anyio
import anyio.to_thread
from mcp.server.mcpserver import Resolve

from connector_kit.credentials import ServiceSettings
from connector_kit.serving.main import run
from connector_kit.serving.session import ServerSpec, client_of
from connector_kit.serving.toolset import Toolset


class StuckSettings(ServiceSettings, service="stuck"):
    pass


class StuckClient:
    account = None

    async def check(self) -> str:
        return "signed in"

    async def lacking_scopes(self, _: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        await anyio.sleep(600)


async def connect(_: StuckSettings) -> StuckClient:
    return StuckClient()


Stuck = Annotated[Any, Resolve(client_of)]
TOOLS = Toolset("stuck")


@TOOLS.tool(title="Wait", effect="adds")
async def stuck_run_wait(client: Stuck) -> str:
    """Wait in the event loop."""
    sys.stderr.write("waiting\n")
    await anyio.sleep(600)
    return "never"


@TOOLS.tool(title="Wait in a thread", effect="adds")
async def stuck_run_thread(client: Stuck) -> str:
    """Wait where nothing can be cancelled."""
    sys.stderr.write("waiting\n")
    await anyio.to_thread.run_sync(time.sleep, 600)
    return "never"


@TOOLS.tool(title="Wait and let nobody else", effect="adds")
async def stuck_run_busily(client: Stuck) -> str:
    """Hold the event loop."""
    sys.stderr.write("waiting\n")
    sys.stderr.flush()
    time.sleep(600)  # noqa: ASYNC251 - the fault that is meant
    return "never"


if __name__ == "__main__":
    sys.exit(run(ServerSpec("stuck", "Stuck", TOOLS, StuckSettings, connect, "Wait.")))
