"""`mcp-suite workflow`: run a workflow, go on with one that was interrupted, see how runs stand."""

import gc
import secrets
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from mcp_suite.errors import SuiteError
from mcp_suite.terminal import console, to_json
from mcp_suite.workflow.definitions import WORKFLOWS, workflow_of
from mcp_suite.workflow.display import show_summary, summary
from mcp_suite.workflow.locks import alone, state_of
from mcp_suite.workflow.model import InputError, Workflow
from mcp_suite.workflow.record import Record, runs
from mcp_suite.workflow.running import go_on, needed, reading, show_what_would_be_done
from mcp_suite.workflow.stand_ins import Ready, standing_by

if TYPE_CHECKING:
    from mcp_suite.workflow.connection import Launcher


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
        with prepared(workflow, reading(workflow), sandbox=sandbox, planning=True) as (launch, ready):
            return show_what_would_be_done(workflow, inputs, launch, as_json=as_json, ready=ready)
    run = f"{workflow.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with alone(run, workflow.subject(inputs) if workflow.subject else "", sandbox=sandbox):
        record = Record.begin(run, workflow.name, revision=workflow.revision, sandbox=sandbox, inputs=inputs)
        with prepared(workflow, workflow.servers(), sandbox=sandbox) as (launch, ready):
            return go_on(workflow, record, launch, as_json=as_json, ready=ready)


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
    with alone(run, subject, sandbox=record.sandbox):
        record = Record.read(run)  # what was written until the lock was had
        servers = [] if record.finished else needed(workflow, record)
        with prepared(workflow, servers, sandbox=record.sandbox) as (launch, ready):
            return go_on(workflow, record, launch, as_json=as_json, ready=ready)


@contextmanager
def prepared(
    workflow: Workflow, servers: Iterable[str], *, sandbox: bool, planning: bool = False
) -> Generator[tuple["Launcher", Ready]]:
    """How servers are started for a workflow; what their sandboxes need is being started meanwhile."""
    with standing_by(list(servers) if sandbox else [], lambda line: typer.echo(line, err=True)) as ready:
        with without_collector():
            from mcp_suite.workflow.connection import launcher  # with the MCP client, which takes a while

        yield launcher(workflow, sandbox=sandbox, planning=planning), ready


@contextmanager
def without_collector() -> Generator[None]:
    """Collect no garbage for a while: what is imported stays, and looking for garbage in it takes time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


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
