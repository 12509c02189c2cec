"""The whole story: four servers started at once, one history in all of them, and three workflows across them."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import anyio
import typer

from mcp_suite import client_config
from mcp_suite.calls import CallError
from mcp_suite.demo.agreement import follow
from mcp_suite.demo.chapters import Artefact, Chapter, as_data, begin, chapters, made, run, took
from mcp_suite.demo.display import SilentDisplay, TerminalDisplay, seconds
from mcp_suite.demo.ending import close, failed
from mcp_suite.demo.steps import Player, Step, StepError
from mcp_suite.errors import SuiteError
from mcp_suite.isolated import isolated
from mcp_suite.sandbox import prepare
from mcp_suite.servers import find, lacking, load
from mcp_suite.terminal import console, is_lively, marks, to_json
from mcp_suite.workflow.connection import Connections, Launch, Launcher, connected
from mcp_suite.workflow.definitions import WORKFLOWS
from mcp_suite.workflow.engine import RunError
from mcp_suite.workflow.record import Record

if TYPE_CHECKING:
    from rich.console import Console

PAUSE = 0.9
"""Seconds to read on a terminal before it goes on."""
WAREHOUSE = "snowflake"
"""The one server whose sandbox has to fetch something, and may be left out."""
FIRST: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "confluence": ("confluence_list_spaces", {}),
    "jira": ("jira_list_projects", {}),
    "slack": ("slack_list_channels", {}),
    "snowflake": ("snowflake_run_query", {"sql": "SELECT 1"}),
}
"""What each server is asked first."""


@dataclass(frozen=True, slots=True)
class Up:
    """A server that has answered its first call, so many `seconds` after it was started."""

    server: str
    version: str
    protocol: str
    tools: int
    seconds: float


@dataclass(slots=True)
class Told:
    """What was told: servers that are up, what was asked, what agrees, what the workflows did, and why it stopped."""

    servers: list[Up] = field(default_factory=list[Up])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    steps: list[Step] = field(default_factory=list[Step])
    agrees: list[str] = field(default_factory=list[str])
    workflows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    artefacts: list[Artefact] = field(default_factory=list[Artefact])
    seconds: float = 0.0
    failure: str = ""
    log: str = ""


def services() -> list[str]:
    """The servers that the workflows take, by name."""
    return sorted({server for workflow in WORKFLOWS for server in workflow.servers()})


def all_there() -> bool:
    """Whether everything that these servers need is installed."""
    try:
        found = [find(service) for service in services()]
        return not any(lacking(script, load(script)) for script in found)
    except SuiteError:
        return False


def run_chain(*, fast: bool, as_json: bool) -> int:
    """Tell the whole story; answers the exit status, 1 when something went otherwise than it should."""
    out = None if as_json else console()
    told = tell(out, pause=PAUSE if out is not None and is_lively(out) and not fast else 0.0)
    if out is None:
        typer.echo(to_json(asdict(told)))
    elif told.failure:
        failed(told.failure, told.log)
    return 1 if told.failure else 0


def tell(out: "Console | None", *, pause: float = 0.0) -> Told:
    """Tell the whole story on a console, or on none, with `pause` seconds to read each part; answers what was told."""
    told = Told()
    started = time.perf_counter()
    _say(out, "The servers on their sandboxes: real processes, and a real MCP client.", "bold")
    chosen = _prepared(told, lambda line: _say(out, line))
    if out is not None:
        for service, why in told.left_out.items():
            out.print(f"  {find(service).name} is left out: {why}", style="yellow", soft_wrap=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="mcp-suite-", ignore_cleanup_errors=True)))
        try:
            anyio.run(_tell, _Telling(told, out, folder, pause), chosen, _launcher(stack))
        except CallError as error:
            told.failure = str(error)
    told.seconds = time.perf_counter() - started
    if out is not None and not told.failure:
        close(out, told.artefacts, _steps(told), told.seconds, list(told.left_out))
    return told


def _prepared(told: Told, say: Callable[[str], None]) -> list[str]:
    """The servers that can be started: all, or those whose sandboxes need nothing from elsewhere.

    The one that takes longest comes first.
    """
    chosen = sorted(services(), key=lambda service: service != WAREHOUSE)
    try:
        prepare(find(WAREHOUSE), say)
    except SuiteError as error:
        told.left_out[WAREHOUSE] = str(error)
        chosen.remove(WAREHOUSE)
    return chosen


def _launcher(stack: ExitStack) -> Launcher:
    """How each server is started: in folders of its own, which go with the story."""

    def launch(service: str) -> Launch:
        script = find(service)
        place = stack.enter_context(isolated(script, {**client_config.sandbox_environment(script), **_more(service)}))
        return Launch(place.command, place.environment)

    return launch


def _more(service: str) -> Mapping[str, str]:
    """What the workflows want of a server's settings."""
    found: dict[str, str] = {}
    for workflow in WORKFLOWS:
        for name, value in workflow.settings.get(service, {}).items():
            found[f"{service.upper()}_{name}"] = value
    return found


def _say(out: "Console | None", text: str, style: str = "") -> None:
    if out is not None:
        out.print(text, style=style)


def _steps(told: Told) -> int:
    done = sum(bool(step["done"]) for workflow in told.workflows for step in workflow["steps"])
    return len(told.steps) + done


@dataclass(slots=True)
class _Telling:
    """What it takes to tell it: what was told so far, where to, where runs are recorded, and `pause` in seconds."""

    told: Told
    out: "Console | None"
    folder: Path
    pause: float

    def say(self, text: str, style: str = "") -> None:
        """Print a line, unless data is asked for."""
        _say(self.out, text, style)

    def well(self, text: str) -> None:
        """Print that something holds."""
        if self.out is not None:
            self.out.print(f"  {marks(self.out)[0]} {text}", style="green")


async def _tell(telling: _Telling, chosen: Sequence[str], launch: Launcher) -> None:
    told, out = telling.told, telling.out
    started = time.perf_counter()
    with ExitStack() as waiting:
        if out is not None and is_lively(out):
            waiting.enter_context(out.status("Starting them at once …"))
        async with connected(chosen, launch, all_up=False) as connections:
            try:
                await _first_answers(told, connections, chosen, started)
                waiting.close()
                _introduce(telling)
                await _story(telling, connections)
            except StepError as failure:  # kept out of the task group, which would wrap it
                step = told.steps[-1]
                told.failure = f"step {step.number}: {failure}"
                told.log = connections.log(step.tool.partition("_")[0])
            except RunError as failure:
                told.failure = f"{told.workflows[-1]['workflow']}, step {failure.unit}: {failure}"
                told.log = connections.log(told.workflows[-1]["steps"][-1]["server"])
            except OSError as failure:
                told.failure = str(failure)


async def _first_answers(told: Told, connections: Connections, chosen: Sequence[str], started: float) -> None:
    """Have every server answer a call, each as soon as it is up: then their sandboxes are filled, too.

    Raises:
        CallError: one does not come up, or does not answer.
    """

    async def answer(service: str) -> None:
        client = await connections.up(service)
        try:
            await connections(service, *FIRST[service])
        except CallError as error:
            raise CallError(f"{service} does not answer: {error}") from error
        about = client.server_info
        told.servers.append(
            Up(
                find(service).name,
                about.version if about else "",
                client.protocol_version,
                len(connections.tools[service]),
                time.perf_counter() - started,
            )
        )

    try:
        async with anyio.create_task_group() as group:
            for service in chosen:
                group.start_soon(answer, service)
    except* CallError as failures:
        raise CallError(str(failures.exceptions[0])) from failures
    told.servers.sort(key=lambda up: up.server)


def _introduce(telling: _Telling) -> None:
    for up in telling.told.servers:
        telling.well(f"{up.server:<15} {up.tools} tools, first answer after {seconds(up.seconds)}")
    telling.say("  No account, no network.")


async def _story(telling: _Telling, connections: Connections) -> None:
    told, out = telling.told, telling.out
    display = TerminalDisplay(out) if out is not None else SilentDisplay()

    async def asked(
        server: str, ask: str, tool: str, arguments: Mapping[str, Any], *, shows: str = "", glance: str = ""
    ) -> str:
        player = Player(connections.clients[server], display, telling.pause, told.steps)
        return await player.call(ask, tool, arguments, shows=shows, glance=glance)

    telling.say("")
    telling.say(f"One history: a phase, followed through {_number(len(connections.clients))} services", "bold")
    told.agrees, now = await follow(asked, warehouse=WAREHOUSE in connections.clients)
    telling.say("")
    for line in told.agrees:
        telling.well(line)
    for chapter in chapters(now):
        await anyio.sleep(telling.pause)
        await _chapter(telling, connections, chapter)
    if now is None:
        telling.say("")
        telling.say("daily-metrics and phase-completion begin in Snowflake: they are not told.", "yellow")


async def _chapter(telling: _Telling, connections: Connections, chapter: Chapter) -> None:
    told, out, workflow = telling.told, telling.out, chapter.workflow
    telling.say("")
    telling.say(f"{workflow.title} ({workflow.name})", "bold")
    telling.say(f"  {workflow.about}")
    for title in chapter.without:
        telling.say(f"  Left out, without Snowflake: {title}", "yellow")
    record = await _run(telling, connections, chapter)
    told.artefacts += made(workflow, record)
    telling.say(f"  Done in {took(record)}.{'' if chapter.without else ' The same by itself:'}")
    if out is not None and not chapter.without:
        out.print(f"    uv run {chapter.command}", style="cyan", soft_wrap=True)
    if chapter.twice:
        await _run(telling, connections, chapter, record)
        telling.well("Run once more, it found what was there: nothing was made twice.")


async def _run(telling: _Telling, connections: Connections, chapter: Chapter, earlier: Record | None = None) -> Record:
    """Run a workflow and keep what came of it, also if it fails."""
    record = begin(chapter, telling.folder, earlier)
    try:
        await run(chapter, record, connections, telling.out, earlier)
    finally:
        telling.told.workflows.append(as_data(chapter, record))
    return record


def _number(count: int) -> str:
    return {3: "three", 4: "four"}.get(count, str(count))
