"""The servers of a run: processes on standard input and output, started side by side, called by one client each."""

import os
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import Implementation

from connector_kit.paths import state_dir
from mcp_suite import client_config
from mcp_suite.calls import CallError, text_of
from mcp_suite.isolated import bare_environment, readable
from mcp_suite.servers import find, installed
from mcp_suite.workflow.model import Arguments, Workflow
from mcp_suite.workflow.stand_ins import Ready, at_once

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
    """The servers of a run: clients of those that are up, by name, and the names of the tools that each offers.

    `failures` says of each that did not come up why not.
    """

    errors: Path
    clients: dict[str, Client] = field(default_factory=dict[str, Client])
    tools: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    failures: dict[str, str] = field(default_factory=dict[str, str])
    settled: dict[str, anyio.Event] = field(default_factory=dict[str, anyio.Event])

    async def __call__(self, server: str, tool: str, arguments: Arguments) -> str:
        """Call a tool and answer its text, as soon as its server is up.

        Raises:
            CallError: it failed, or the server is not there.
        """
        client = await self.up(server)
        try:
            return await text_of(client, tool, arguments, timeout=CALL_TIMEOUT)
        except CallError as error:
            if error.refused:
                raise
            log = self.log(server)
            raise CallError(f"{server}: {error}" + f"\n{log}" * bool(log)) from error

    async def up(self, server: str) -> Client:
        """The client of a server, once it is up.

        Raises:
            CallError: it does not come up, or was not started.
        """
        if server in self.settled:
            await self.settled[server].wait()
        if server in self.failures:
            raise CallError(self.failures[server])
        if server not in self.clients:
            raise CallError(f"{server} is not connected")
        return self.clients[server]

    def log(self, server: str) -> str:
        """The last lines that a server wrote to standard error."""
        try:
            lines = (self.errors / f"{server}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return readable("\n".join(lines[-5:]))


@asynccontextmanager
async def connected(
    servers: Sequence[str], launch: Launcher, *, all_up: bool = True, ready: Ready = at_once
) -> AsyncGenerator[Connections]:
    """Start these servers side by side, the first ones first, and connect to each.

    With `all_up` they are all up when this goes on; else a call waits for its server, and fails if that one does not
    come up. They start in an empty folder, so that no module lying around is imported.

    Raises:
        CallError: one does not come up; says which, and how its log ends.
    """
    failure: CallError | None = None
    with TemporaryDirectory(prefix="mcp-suite-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        (place / "work").mkdir(mode=0o700)
        connections = Connections(place, settled={server: anyio.Event() for server in servers})
        # More at once than there are processors to start them would only keep the first one waiting.
        turns = anyio.CapacityLimiter(max(2, os.cpu_count() or 2))
        closing = anyio.Event()
        async with anyio.create_task_group() as group:
            starting = {server: anyio.CancelScope() for server in servers}
            for server, scope in starting.items():
                group.start_soon(_serve, connections, server, launch, ready, turns, scope, closing)
            try:
                if all_up:
                    for server in servers:
                        await connections.up(server)
                yield connections
            except CallError as why:  # kept out of the task group, which would wrap it
                failure = why
            finally:
                closing.set()
                for server, scope in starting.items():
                    if server not in connections.clients:
                        scope.cancel()
    if failure is not None:
        raise failure


async def _serve(
    connections: Connections,
    server: str,
    launch: Launcher,
    ready: Ready,
    turns: anyio.CapacityLimiter,
    starting: anyio.CancelScope,
    closing: anyio.Event,
) -> None:
    """Hold one connection from its start to `closing`; a server's death is told by the calls that meet it."""
    told = ""
    with starting:
        try:
            await ready(server)
            async with AsyncExitStack() as stack:
                async with turns:
                    client = await stack.enter_async_context(_client(connections, stack, server, launch))
                    listed = await client.list_tools()
                connections.tools[server] = frozenset(tool.name for tool in listed.tools)
                connections.clients[server] = client
                connections.settled[server].set()
                await closing.wait()
        except* CallError as broken:
            told = str(_first(broken))
        except* Exception as broken:  # noqa: BLE001 - whatever ends a connection must not end the run's record
            why = str(_first(broken)) or type(_first(broken)).__name__
            log = connections.log(server)
            told = f"{server} does not start: {why}" + f"\n{log}" * bool(log)
    if told and server not in connections.clients:
        connections.failures[server] = told
    connections.settled[server].set()


def _client(connections: Connections, stack: AsyncExitStack, server: str, launch: Launcher) -> Client:
    """A client of a server, which is started when it is entered."""
    wanted = launch(server)
    command, *arguments = wanted.command
    errlog = stack.enter_context((connections.errors / f"{server}.log").open("w", encoding="utf-8"))
    parameters = StdioServerParameters(
        command=command, args=arguments, env=dict(wanted.environment), cwd=connections.errors / "work"
    )
    return Client(
        stdio_client(parameters, errlog),
        client_info=Implementation(name="mcp-suite-workflow", version=installed().version),
        read_timeout_seconds=START_TIMEOUT,
    )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner: BaseException = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner  # pyright: ignore[reportUnknownArgumentType]
