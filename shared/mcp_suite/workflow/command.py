"""`mcp-suite workflow`: run a workflow, go on with one that was interrupted, see how runs stand."""

import re
import secrets
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import anyio
import typer

from mcp_suite.calls import CallError
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import prepare
from mcp_suite.servers import find
from mcp_suite.terminal import console, to_json
from mcp_suite.workflow.connection import Connections, Launcher, connected, launcher
from mcp_suite.workflow.definitions import WORKFLOWS, workflow_of
from mcp_suite.workflow.display import SilentWatcher, TerminalWatcher, show_plan, show_summary, summary
from mcp_suite.workflow.engine import SETTLE_LIVE, SETTLE_SANDBOX, Engine, RunError, Watcher
from mcp_suite.workflow.model import InputError, Known, Workflow
from mcp_suite.workflow.plan import Planned, plan
from mcp_suite.workflow.record import Record, folder, lately, runs

INTERRUPTED = 130
"""The exit status of a run that was stopped by Ctrl+C."""
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


def list_workflows(*, as_json: bool) -> None:
    """Print each workflow with its inputs."""
    if as_json:
        typer.echo(to_json([_described(workflow) for workflow in WORKFLOWS]))
        return
    out = console()
    for workflow in WORKFLOWS:
        out.print(f"{workflow.name}: {workflow.about}", style="bold", soft_wrap=True)
        out.print(f"  servers: {', '.join(workflow.servers())}")
        for each in workflow.inputs:
            default = "needed" if each.default is None else f"default {each.default!r}" if each.default else "optional"
            out.print(f"  --input {each.name}=…  {each.meaning} ({default})", soft_wrap=True)
        out.print()


def _described(workflow: Workflow) -> dict[str, object]:
    return {
        "name": workflow.name,
        "about": workflow.about,
        "servers": workflow.servers(),
        "inputs": [{"name": each.name, "meaning": each.meaning, "default": each.default} for each in workflow.inputs],
        "steps": [
            {"name": step.name, "title": step.title, "server": step.server, "tool": step.tool, "reads": step.reads}
            for step in workflow.steps
        ],
    }


def run_workflow(name: str, given: Sequence[str], *, sandbox: bool, dry_run: bool, as_json: bool) -> int:
    """Begin a run, or only print its plan; answers the exit status: 0 well, 1 a step failed.

    Raises:
        SuiteError: there is no such workflow, an input is wrong, or another run about the same is under way.
    """
    workflow = workflow_of(name)
    try:
        inputs = workflow.settle(parsed(given))
    except InputError as error:
        raise SuiteError(f"{error}. See: mcp-suite workflow list", status=2) from None
    if dry_run:
        return _plan(workflow, inputs, sandbox=sandbox, as_json=as_json)
    run = f"{workflow.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    _prepare(workflow, sandbox=sandbox)
    with alone(run, workflow.subject(inputs) if workflow.subject else "", sandbox=sandbox):
        record = Record.begin(run, workflow.name, revision=workflow.revision, sandbox=sandbox, inputs=inputs)
        return go_on(workflow, record, launcher(workflow, sandbox=sandbox), as_json=as_json)


def resume(run: str, *, as_json: bool) -> int:
    """Go on with a run; answers the exit status.

    Raises:
        SuiteError: there is no such run, it is under way, or its workflow has changed since.
    """
    record = Record.read(run)
    workflow = workflow_of(record.workflow)
    if record.revision != workflow.revision:
        raise SuiteError(
            f"run {run} was begun by other steps (revision {record.revision}, now {workflow.revision}): "
            "go on with the version of mcp-suite that began it."
        )
    subject = workflow.subject(record.inputs) if workflow.subject else ""
    _prepare(workflow, sandbox=record.sandbox)
    with alone(run, subject, sandbox=record.sandbox):
        record = Record.read(run)  # what was written until the lock was had
        return go_on(workflow, record, launcher(workflow, sandbox=record.sandbox), as_json=as_json)


def show_status(run: str | None, *, as_json: bool) -> None:
    """Print how one run stands, or a line for each.

    Raises:
        SuiteError: there is no such run.
    """
    if run is None:
        found, damaged = runs()
        for told in damaged:
            typer.echo(f"mcp-suite: {told}", err=True)
        if as_json:
            typer.echo(to_json([_summary(workflow_of(each.workflow), each) for each in found]))
            return
        if not found:
            typer.echo("No workflow was run yet. See: mcp-suite workflow list")
        for each in found:
            place = "sandbox" if each.sandbox else "live"
            typer.echo(f"{each.run}  {state_of(each)}  {place}  {each.started:%Y-%m-%d %H:%M} UTC")
        return
    record = Record.read(run)
    workflow = workflow_of(record.workflow)
    if as_json:
        typer.echo(to_json(_summary(workflow, record)))
        return
    out = console()
    out.print(f"{record.run}: {state_of(record)}", style="bold")
    show_summary(out, workflow, record)


def state_of(record: Record) -> str:
    """In a word how a run stands: `under way` while a process holds its lock, else as its record says."""
    from filelock import FileLock, Timeout

    if record.finished is not None:
        return record.state
    lock = FileLock(folder() / f"{record.run}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return "under way"
    lock.release()
    return record.state


def _summary(workflow: Workflow, record: Record) -> dict[str, object]:
    return {**summary(workflow, record), "state": state_of(record)}


def parsed(given: Sequence[str]) -> dict[str, str]:
    """Inputs as name=value, by name.

    Raises:
        InputError: one is not of that form, or is given twice.
    """
    values: dict[str, str] = {}
    for part in given:
        name, sign, value = part.partition("=")
        if not sign or not name.strip():
            raise InputError(part, "is not name=value")
        if name.strip() in values:
            raise InputError(name.strip(), "is given twice")
        values[name.strip()] = value
    return values


@contextmanager
def alone(run: str, subject: str, *, sandbox: bool) -> Generator[None]:
    """Hold the locks of a run and of what it is about; a process that dies lets go of them.

    Raises:
        SuiteError: another process holds one.
    """
    from filelock import FileLock, Timeout

    place = "sandbox" if sandbox else "live"
    names = [f"{run}.lock", *([f"{_UNSAFE.sub('-', subject)}.{place}.lock"] if subject else [])]
    held: list[FileLock] = []
    try:
        for name in names:
            lock = FileLock(folder() / name, mode=0o600)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise SuiteError(
                    f"{name.removesuffix('.lock')} is under way in another process: wait for it. "
                    f"See: mcp-suite workflow status"
                ) from None
            held.append(lock)
        yield
    finally:
        for lock in reversed(held):
            lock.release()


def go_on(workflow: Workflow, record: Record, launch: Launcher, *, as_json: bool, settle: float | None = None) -> int:
    """Do what is left of a run and tell what came of it; answers the exit status: 0, 1 or `INTERRUPTED`."""
    out = console(stderr=as_json)
    wait = settle if settle is not None else SETTLE_SANDBOX if record.sandbox else SETTLE_LIVE
    failure, status, recorded = "", 0, False
    if record.finished is None:
        out.print(f"{workflow.title}, run {record.run}", style="bold")
        watcher = SilentWatcher() if as_json else TerminalWatcher(out)
        try:
            anyio.run(_run, workflow, record, launch, watcher, wait)
        except KeyboardInterrupt:
            failure, status = "interrupted", INTERRUPTED
        except (CallError, OSError) as error:
            failure, status = str(error), 1
        except RunError as stopped:
            failure, status, recorded = f"step {stopped.unit} failed", 1, True
    if as_json:
        typer.echo(to_json({**summary(workflow, record), "error": failure}))
    else:
        if failure and not recorded:
            out.print(failure, style="bold red", soft_wrap=True)
        show_summary(out, workflow, record)
    sys.stdout.flush()
    return status


async def _run(workflow: Workflow, record: Record, launch: Launcher, watcher: Watcher, settle: float) -> None:
    stopped: RunError | OSError | None = None
    earlier = others(workflow, record, settle)
    async with connected(workflow.servers(), launch) as connections:
        offered(workflow, connections)
        try:
            await Engine(workflow, record, connections, watcher, settle, earlier).run()
        except (RunError, OSError) as why:  # kept out of the task group, which would wrap it
            stopped = why
    if stopped is not None:
        raise stopped


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


def offered(workflow: Workflow, connections: Connections) -> None:
    """See that every tool is there before anything is done.

    Raises:
        CallError: one is not offered, with what lets it be.
    """
    for server in workflow.servers():
        lacking = [tool for tool in workflow.tools(server) if tool not in connections.tools[server]]
        if lacking:
            raise CallError(
                f"No step is begun: {server} does not offer {', '.join(lacking)}. "
                f"Set {server.upper()}_ACCESS=write for it, and see: mcp-suite doctor {server}"
            )


def _prepare(workflow: Workflow, *, sandbox: bool) -> None:
    if sandbox:
        for server in workflow.servers():
            prepare(find(server), lambda line: typer.echo(line, err=True))


def _plan(workflow: Workflow, inputs: dict[str, str], *, sandbox: bool, as_json: bool) -> int:
    now = datetime.now(UTC)
    base = workflow.subject(inputs) if workflow.subject else f"{workflow.name}-<run>"
    known = Known(base, now, inputs, planning=True)
    out = console(stderr=as_json)
    planned: list[Planned] = []
    _prepare(workflow, sandbox=sandbox)
    try:
        planned = anyio.run(_planned, workflow, known, launcher(workflow, sandbox=sandbox, planning=True))
    except CallError as error:
        out.print(f"Without what the services say: {error}", style="yellow", soft_wrap=True)
        planned = anyio.run(plan, workflow, known, None)
    if as_json:
        typer.echo(to_json([asdict(one) for one in planned]))
    else:
        show_plan(out, workflow, planned)
    return 0


async def _planned(workflow: Workflow, known: Known, launch: Launcher) -> list[Planned]:
    reading = sorted({step.server for step in workflow.steps if step.reads and step.server})
    async with connected(reading, launch) as connections:
        return await plan(workflow, known, connections)
