"""`mcp-suite demo`: start the server, do the work, say how to go on."""

import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO, cast

import anyio
import typer
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation

from connector_kit.serving.session import ServerSpec
from mcp_suite import client_config
from mcp_suite.connect import account_steps
from mcp_suite.demo.display import SilentDisplay, TerminalDisplay, seconds
from mcp_suite.demo.steps import Display, Player, Step, StepError
from mcp_suite.demo.story import work
from mcp_suite.errors import SuiteError
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script, find, installed, lacking, load
from mcp_suite.terminal import console, is_lively, to_json

START_TIMEOUT = 60.0
"""Seconds for the server to come up."""

PAUSE = 0.9
"""Seconds to read a step on a terminal before the next one starts."""


@dataclass(slots=True)
class Outcome:
    """What the demonstration did: the server, the steps, and why it stopped if it did."""

    server: str = ""
    protocol: str = ""
    tools: int = 0
    start_seconds: float = 0.0
    steps: list[Step] = field(default_factory=list[Step])
    failure: str = ""
    stderr_tail: str = ""


def run_demo(*, fast: bool, as_json: bool) -> int:
    """Run and show the demonstration; answers the exit status, 1 when a step failed.

    Raises:
        SuiteError: the server's extra is not installed.
    """
    script = find("jira")
    spec = load(script)
    if missing := lacking(script, spec):
        raise SuiteError(missing)
    if as_json:
        outcome = play(script, SilentDisplay(), pause=0.0)
        typer.echo(to_json(asdict(outcome)))
        return 1 if outcome.failure else 0
    out = console()
    out.print("jira-mcp in its sandbox: a real server process, a real MCP client.", style="bold")
    out.print("No account, no network.")
    started = time.perf_counter()
    outcome = play(script, TerminalDisplay(out), pause=PAUSE if is_lively(out) and not fast else 0.0)
    _close(outcome, script, spec, time.perf_counter() - started)
    return 1 if outcome.failure else 0


def play(script: Script, display: Display, *, pause: float) -> Outcome:
    """Start the script's server in its sandbox, do the work, and tell what became of it."""
    outcome = Outcome()
    with isolated(script, client_config.sandbox_environment(script)) as place:
        try:
            with place.errors.open("w", encoding="utf-8") as errlog:
                anyio.run(_play, place, errlog, display, outcome, pause)
        except* (OSError, MCPError, TimeoutError) as broken:
            outcome.failure = outcome.failure or f"the server could not be reached: {_first(broken)}"
        if outcome.failure:
            outcome.stderr_tail = place.tail()
    return outcome


async def _play(place: Isolated, errlog: TextIO, display: Display, outcome: Outcome, pause: float) -> None:
    parameters = StdioServerParameters(
        command=place.command[0], args=place.command[1:], env=place.environment, cwd=place.folder
    )
    started = time.perf_counter()
    client = Client(
        stdio_client(parameters, errlog),
        client_info=Implementation(name="mcp-suite-demo", version=installed().version),
        read_timeout_seconds=START_TIMEOUT,
    )
    async with client:
        outcome.tools = len((await client.list_tools()).tools)
        outcome.start_seconds = time.perf_counter() - started
        about = client.server_info
        outcome.server = f"{about.name} {about.version}" if about else place.command[-1]
        outcome.protocol = client.protocol_version
        display.connected(
            f"{outcome.server} is up after {seconds(outcome.start_seconds)}: "
            f"{outcome.tools} tools, protocol {outcome.protocol}."
        )
        player = Player(client, display, pause, outcome.steps)
        try:
            await work(player)
        except StepError as failure:
            outcome.failure = str(failure)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(cast("BaseExceptionGroup[BaseException]", inner)) if isinstance(inner, BaseExceptionGroup) else inner


def _close(outcome: Outcome, script: Script, spec: ServerSpec[Any, Any], took: float) -> None:
    out = console()
    out.print()
    if outcome.failure:
        errors = console(stderr=True)
        errors.print(
            f"The demonstration failed in step {max(len(outcome.steps), 1)}: {outcome.failure}",
            style="bold red",
        )
        if outcome.stderr_tail:
            errors.print("\nThe end of the server's standard error:", style="bold")
            errors.print(outcome.stderr_tail, soft_wrap=True)
        return
    out.print("Your own Jira, in three lines:", style="bold")
    for number, line in enumerate(account_steps(script, spec), start=1):
        out.print(f"  {number}. {line}", soft_wrap=True)
    out.print()
    out.print(
        f"Done: {len(outcome.steps)} calls, all answered as expected, {seconds(took)} in all. "
        "The sandbox of this demonstration is gone.",
        style="bold green",
    )
    sys.stdout.flush()
