"""The servers of a run: processes on standard input and output, started at once, called by one client each."""

import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO, cast

import anyio
from anyio.abc import TaskStatus
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import Implementation

from connector_kit.paths import state_dir
from mcp_suite import client_config
from mcp_suite.calls import CallError, text_of
from mcp_suite.isolated import bare_environment
from mcp_suite.servers import find, installed
from mcp_suite.workflow.model import Arguments, Workflow

START_TIMEOUT = 90.0
"""Seconds for a server to come up."""
CALL_TIMEOUT = 120.0
"""Seconds for a call: longer than the servers' own deadline for a request."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a server is started: its command and the environment."""

    command: Sequence[str]
    environment: Mapping[str, str]


Launcher = Callable[[str], Launch]


def launcher(workflow: Workflow, *, sandbox: bool, planning: bool = False) -> Launcher:
    """How this distribution's servers are started for a workflow.

    With `sandbox`, on the user's sandboxes, which keep what is written. Else with all of the user's variables, and
    what the settings let tools do; while `planning` they only read, whatever the settings say.
    """

    def launch(service: str) -> Launch:
        script = find(service)
        more = {f"{service.upper()}_{name}": value for name, value in workflow.settings.get(service, {}).items()}
        if sandbox:
            sandboxed = client_config.sandbox_environment(script)
            apart = {"MCP_SUITE_ENV_DIR": str(state_dir() / "sandbox" / "settings")}  # no env file of a real account
            environment = {**bare_environment(), **client_config.folders(os.environ), **apart, **sandboxed, **more}
        else:
            environment = {**os.environ, **more}
        if planning:
            environment[f"{service.upper()}_ACCESS"] = "read"
        return Launch([sys.executable, "-m", script.package], environment)

    return launch


@dataclass(slots=True)
class Connections:
    """Clients of the servers that are up, by name, and the names of the tools that each offers."""

    errors: Path
    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    tools: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    async def __call__(self, server: str, tool: str, arguments: Arguments) -> str:
        """Call a tool and answer its text.

        Raises:
            CallError: it failed, or the server is not there.
        """
        client = self.clients.get(server)
        if client is None:
            raise CallError(f"{server} is not connected")
        return await text_of(client, tool, arguments, timeout=CALL_TIMEOUT)

    def log(self, server: str) -> str:
        """The last lines that a server wrote to standard error."""
        try:
            lines = (self.errors / f"{server}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(lines[-5:])


@asynccontextmanager
async def connected(servers: Sequence[str], launch: Launcher) -> AsyncGenerator[Connections]:
    """Start these servers side by side and connect to each.

    They start in an empty folder, so that no module lying around is imported.

    Raises:
        CallError: one does not come up; says which, and how its log ends.
    """
    failure: CallError | None = None
    with TemporaryDirectory(prefix="mcp-suite-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        (place / "work").mkdir(mode=0o700)
        connections = Connections(place)
        closing = anyio.Event()
        try:
            async with anyio.create_task_group() as group:
                try:
                    async with anyio.create_task_group() as starting:
                        for server in servers:
                            starting.start_soon(_start, group, connections, server, launch, closing)
                    yield connections
                finally:
                    closing.set()
        except* CallError as failed:
            failure = cast("CallError", _first(failed))
    if failure is not None:
        raise failure


async def _start(
    group: anyio.abc.TaskGroup, connections: Connections, server: str, launch: Launcher, closing: anyio.Event
) -> None:
    told: list[str] = []
    try:
        await group.start(_serve, connections, server, launch(server), closing, told)
    except RuntimeError:  # it ended without having started
        log = connections.log(server)
        raise CallError(
            f"{server} does not start: {told[0] if told else 'it ended'}" + f"\n{log}" * bool(log)
        ) from None


async def _serve(
    connections: Connections,
    server: str,
    launch: Launch,
    closing: anyio.Event,
    told: list[str],
    *,
    task_status: TaskStatus[None],
) -> None:
    """Hold one connection from its start to `closing`; a server's death is told by the calls that meet it."""
    try:
        with (connections.errors / f"{server}.log").open("w", encoding="utf-8") as errlog:
            await _hold(connections, server, launch, errlog, closing, task_status)
    except* Exception as broken:  # noqa: BLE001 - whatever ends a connection must not end the run's record
        told.append(str(_first(broken)) or type(_first(broken)).__name__)


async def _hold(
    connections: Connections,
    server: str,
    launch: Launch,
    errlog: TextIO,
    closing: anyio.Event,
    task_status: TaskStatus[None],
) -> None:
    command, *arguments = launch.command
    parameters = StdioServerParameters(
        command=command, args=arguments, env=dict(launch.environment), cwd=connections.errors / "work"
    )
    client = Client(
        stdio_client(parameters, errlog),
        client_info=Implementation(name="mcp-suite-workflow", version=installed().version),
        read_timeout_seconds=START_TIMEOUT,
    )
    async with client:
        connections.tools[server] = frozenset(tool.name for tool in (await client.list_tools()).tools)
        connections.clients[server] = client
        task_status.started()
        await closing.wait()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner: BaseException = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner  # pyright: ignore[reportUnknownArgumentType]
