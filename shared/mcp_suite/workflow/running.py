"""Doing what is left of a run, or showing what would be done, on servers that are started for it."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import typer

from mcp_suite.calls import CallError
from mcp_suite.terminal import console, to_json
from mcp_suite.workflow.display import SilentWatcher, TerminalWatcher, left, show_plan, show_summary, summary
from mcp_suite.workflow.engine import SETTLE_LIVE, SETTLE_SANDBOX, Engine, RunError, Watcher
from mcp_suite.workflow.model import Known, Workflow
from mcp_suite.workflow.plan import Planned, plan
from mcp_suite.workflow.record import Record, lately
from mcp_suite.workflow.stand_ins import Ready, at_once

if TYPE_CHECKING:
    from mcp_suite.workflow.connection import Connections, Launcher

INTERRUPTED = 130
"""The exit status of a run that was stopped by Ctrl+C."""


def go_on(
    workflow: Workflow,
    record: Record,
    launch: "Launcher",
    *,
    as_json: bool,
    settle: float | None = None,
    ready: Ready = at_once,
) -> int:
    """Do what is left of a run and tell what came of it; answers the exit status: 0, 1 or `INTERRUPTED`."""
    out = console(stderr=as_json)
    wait = settle if settle is not None else SETTLE_SANDBOX if record.sandbox else SETTLE_LIVE
    failure, status, recorded = "", 0, False
    if record.finished is None:
        out.print(f"{workflow.title}, run {record.run}", style="bold")
        watcher = SilentWatcher() if as_json else TerminalWatcher(out)
        try:
            anyio.run(_run, workflow, record, launch, watcher, wait, ready)
        except KeyboardInterrupt:
            failure, status = "interrupted", INTERRUPTED
        except (CallError, OSError) as error:
            failure, status = str(error), 1
        except RunError as stopped:
            failure, status, recorded = f"step {stopped.unit} failed: {stopped}", 1, True
    if as_json:
        typer.echo(to_json({**summary(workflow, record), "error": failure}))
    else:
        if failure and not recorded:
            out.print(failure, style="bold red", soft_wrap=True)
        show_summary(out, workflow, record)
    sys.stdout.flush()
    return status


async def _run(
    workflow: Workflow, record: Record, launch: "Launcher", watcher: Watcher, settle: float, ready: Ready
) -> None:
    from mcp_suite.workflow.connection import connected

    stopped: RunError | OSError | None = None
    earlier = others(workflow, record, settle)
    # A sandbox offers every tool; of an account it is known only when its server is up.
    async with connected(needed(workflow, record), launch, all_up=not record.sandbox, ready=ready) as connections:
        if not record.sandbox:
            offered(workflow, connections)
        try:
            await Engine(workflow, record, connections, watcher, settle, earlier).run()
        except (RunError, OSError) as why:  # kept out of the task group, which would wrap it
            stopped = why
    if stopped is not None:
        raise stopped


def needed(workflow: Workflow, record: Record) -> list[str]:
    """The servers that what is left of a run takes, the first ones first."""
    names = {unit.partition("[")[0] for unit, _ in left(workflow, record)}
    found = [server for step in workflow.steps if step.name in names for server, _ in step.tools()]
    return list(dict.fromkeys(found))


def reading(workflow: Workflow) -> list[str]:
    """The servers that reading steps take, the first ones first."""
    return list(dict.fromkeys(step.server for step in workflow.steps if step.reads and step.server))


def others(workflow: Workflow, record: Record, settle: float) -> dict[str, datetime]:
    """When other runs about the same last began each unit of work, as far as it was in the last `settle` seconds."""
    found: dict[str, datetime] = {}
    if workflow.subject is None:
        return found
    about = workflow.subject(record.inputs)
    for other in lately(settle):
        same = (other.workflow, other.sandbox) == (workflow.name, record.sandbox) and other.run != record.run
        if same and workflow.subject(other.inputs) == about:
            for unit, state in other.units.items():
                if state.intended is not None:
                    found[unit] = max(found.get(unit, state.intended), state.intended)
    return found


def offered(workflow: Workflow, connections: "Connections") -> None:
    """See that every tool is there before anything is done.

    Raises:
        CallError: one is not offered, with what lets it be.
    """
    told: list[str] = []
    for server, offers in connections.tools.items():
        lacking = [tool for tool in workflow.tools(server) if tool not in offers]
        if lacking:
            toolsets = workflow.settings.get(server, {}).get("TOOLSETS", "")
            also = f" and {server.upper()}_TOOLSETS={toolsets}" if toolsets else ""
            told.append(f"{server} does not offer {', '.join(lacking)}: set {server.upper()}_ACCESS=write{also} for it")
    if told:
        raise CallError(f"No step is begun: {'; '.join(told)}. See: mcp-suite doctor")


def show_what_would_be_done(
    workflow: Workflow, inputs: dict[str, str], launch: "Launcher", *, as_json: bool, ready: Ready
) -> int:
    """Print the plan of a run, the reading calls having been made; answers the exit status."""
    now = datetime.now(UTC)
    base = workflow.subject(inputs) if workflow.subject else f"{workflow.name}-<run>"
    known = Known(base, now, inputs, planning=True)
    out = console(stderr=as_json)
    planned: list[Planned] = []
    try:
        planned = anyio.run(_planned, workflow, known, launch, ready)
    except CallError as error:
        out.print(f"Without what the services say: {error}", style="yellow", soft_wrap=True)
        planned = anyio.run(plan, workflow, known, None)
    if as_json:
        typer.echo(to_json([asdict(one) for one in planned]))
    else:
        show_plan(out, workflow, planned)
    return 0


async def _planned(workflow: Workflow, known: Known, launch: "Launcher", ready: Ready) -> list[Planned]:
    from mcp_suite.workflow.connection import connected

    async with connected(reading(workflow), launch, ready=ready) as connections:
        return await plan(workflow, known, connections)
