"""`mcp-suite demo`: start each server, do the work, say how to go on."""

import sys
import time
from collections.abc import Mapping, Sequence
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
from mcp_suite.demo.chain import all_there, run_chain
from mcp_suite.demo.display import SilentDisplay, TerminalDisplay, seconds
from mcp_suite.demo.steps import Display, Player, Step, StepError
from mcp_suite.demo.stories import Story, story_of
from mcp_suite.errors import SuiteError
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.sandbox import prepare
from mcp_suite.servers import DISTRIBUTION, Script, find, installed, lacking, load, scripts
from mcp_suite.terminal import console, is_lively, to_json

START_TIMEOUT = 60.0
"""Seconds for the server to come up."""

PAUSE = 0.9
"""Seconds to read a step on a terminal before the next one starts."""


@dataclass(slots=True)
class Outcome:
    """What was done with one server: which, the steps, and why it stopped if it did."""

    server: str = ""
    protocol: str = ""
    tools: int = 0
    start_seconds: float = 0.0
    steps: list[Step] = field(default_factory=list[Step])
    failure: str = ""
    stderr_tail: str = ""


def run_demo(services: Sequence[str], *, fast: bool, as_json: bool) -> int:
    """Run and show the demonstration of these servers; answers the exit status.

    By default it is the whole story, or where a server's extra is missing, that of each which can run.
    It is 1 when a step failed; what would come after it is not tried.

    Raises:
        SuiteError: there is no such server, it has no demonstration, or its extra is not installed.
    """
    if not services and all_there():
        return run_chain(fast=fast, as_json=as_json)
    chosen = _chosen(services)
    outcomes: list[Outcome] = []
    started = time.perf_counter()
    if as_json:
        for script, _, story in chosen:
            prepare(script, _unsaid)
            outcomes.append(play(script, story, SilentDisplay(), pause=0.0))
            if outcomes[-1].failure:
                break
        typer.echo(to_json([asdict(outcome) for outcome in outcomes]))
        return 1 if outcomes[-1].failure else 0
    out = console()
    pause = PAUSE if is_lively(out) and not fast else 0.0
    if not services:
        out.print("Not all servers are installed: each that is shows what it does.")
        out.print(f'All together, as one story: pip install "{DISTRIBUTION}[all]"', soft_wrap=True)
        out.print()
    for script, _, story in chosen:
        if outcomes:
            out.print()
        out.print(f"{script.name} in its sandbox: a real server process, a real MCP client.", style="bold")
        prepare(script, out.print)
        out.print("No account, no network.")
        outcomes.append(play(script, story, TerminalDisplay(out), pause=pause))
        if outcomes[-1].failure:
            out.print()
            _failed(outcomes[-1])
            return 1
    _close(outcomes, {script: spec for script, spec, _ in chosen}, time.perf_counter() - started)
    return 0


def _chosen(services: Sequence[str]) -> list[tuple[Script, ServerSpec[Any, Any], Story]]:
    found: list[tuple[Script, ServerSpec[Any, Any], Story]] = []
    why_not: list[str] = []
    for script in [find(service) for service in dict.fromkeys(services)] or scripts():
        story = story_of(script.extra)
        try:
            spec = load(script)
            missing = lacking(script, spec) if story else f"{script.name} has no demonstration."
        except SuiteError as error:
            missing = str(error)
        else:
            if story and not missing:
                found.append((script, spec, story))
        if missing:
            why_not.append(missing)
    if why_not and (services or not found):
        raise SuiteError(" ".join(why_not))
    return found


def play(script: Script, story: Story, display: Display, *, pause: float) -> Outcome:
    """Start the script's server in its sandbox, do the work, and tell what became of it."""
    outcome = Outcome()
    with isolated(script, client_config.sandbox_environment(script)) as place:
        try:
            with place.errors.open("w", encoding="utf-8") as errlog:
                anyio.run(_play, place, story, errlog, display, outcome, pause)
        except* (OSError, MCPError, TimeoutError) as broken:
            outcome.failure = outcome.failure or f"the server could not be reached: {_first(broken)}"
        if outcome.failure:
            outcome.stderr_tail = place.tail()
    return outcome


async def _play(
    place: Isolated, story: Story, errlog: TextIO, display: Display, outcome: Outcome, pause: float
) -> None:
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
            await story(player)
        except StepError as failure:
            outcome.failure = str(failure)


def _unsaid(text: str) -> None:
    del text


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = group.exceptions[0]
    return _first(cast("BaseExceptionGroup[BaseException]", inner)) if isinstance(inner, BaseExceptionGroup) else inner


def _failed(outcome: Outcome) -> None:
    errors = console(stderr=True)
    errors.print(
        f"The demonstration failed in step {max(len(outcome.steps), 1)}: {outcome.failure}",
        style="bold red",
    )
    if outcome.stderr_tail:
        errors.print("\nThe end of the server's standard error:", style="bold")
        errors.print(outcome.stderr_tail, soft_wrap=True)


def _close(outcomes: Sequence[Outcome], served: Mapping[Script, ServerSpec[Any, Any]], took: float) -> None:
    out = console()
    out.print()
    for script, spec in served.items():
        out.print(f"Your own {spec.title}, in three lines:", style="bold")
        for number, line in enumerate(account_steps(script, spec), start=1):
            out.print(f"  {number}. {line}", soft_wrap=True)
        out.print()
    calls = sum(len(outcome.steps) for outcome in outcomes)
    out.print(
        f"Done: {calls} calls, all answered as expected, {seconds(took)} in all. "
        "The sandboxes of this demonstration are gone.",
        style="bold green",
    )
    sys.stdout.flush()
