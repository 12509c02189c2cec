"""`mcp-suite sandbox populate`: tell what would be made, ask, make it; or list what was made, ask, take it away."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import anyio
import typer

from mcp_suite.calls import CallError
from mcp_suite.errors import SuiteError
from mcp_suite.populate.calls import Made
from mcp_suite.populate.contents import MOST, SERVICES, Contents, Service
from mcp_suite.populate.workflow import INPUTS, NAME, AllSides, Sides, populate, subject
from mcp_suite.sandbox import prepare
from mcp_suite.servers import find
from mcp_suite.terminal import console, to_json
from mcp_suite.workflow.connection import Connections, connected, launcher
from mcp_suite.workflow.engine import SETTLE_LIVE, SETTLE_SANDBOX
from mcp_suite.workflow.locks import alone
from mcp_suite.workflow.model import Call, InputError, StepError, Workflow
from mcp_suite.workflow.record import Record, lately, runs
from mcp_suite.workflow.running import go_on

_DESTROYING: Mapping[Service, Sequence[str]] = {
    "jira": ("jira_delete_issues",),
    "confluence": ("confluence_delete_page",),
    "slack": ("slack_delete_message",),
    "snowflake": ("snowflake_run_destruction",),
}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command was asked for besides the places."""

    services: tuple[Service, ...]
    sandbox: bool = False
    yes: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How a place stands: how much of the history is wanted in it, and how much of that is there."""

    service: Service
    place: str
    what: str
    wanted: int
    there: int

    @property
    def lacking(self) -> int:
        """How much would be made."""
        return self.wanted - self.there


def run_populate(wish: Wish, given: Mapping[str, str], *, dry_run: bool) -> int:
    """Tell what would be made, ask unless that was answered before, and make it; answers the exit status.

    Raises:
        SuiteError: an input is missing or wrong, a place cannot be had, or the answer is no.
    """
    flow, inputs = settled(wish, given)
    if wish.as_json and not (wish.yes or dry_run):
        raise SuiteError("--json goes with --dry-run or --yes: it asks nothing.", status=2)
    _prepare(wish)
    if dry_run or not wish.yes:
        settle(wish)
        told = _surveyed(flow, wish, inputs)
        _show(told, wish)
        if dry_run:
            return 0
        if not any(each.lacking for each in told):
            typer.echo("Everything is there. Nothing was written.", err=wish.as_json)
            return 0
        _ask("Write that?")
        flow = populate(wish.services)  # what was found may be older than the answer
    run = f"{flow.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    with alone(run, subject(inputs), sandbox=wish.sandbox):
        settle(wish)
        record = Record.begin(run, flow.name, revision=flow.revision, sandbox=wish.sandbox, inputs=inputs)
        status = go_on(flow, record, launcher(flow, sandbox=wish.sandbox), as_json=wish.as_json)
    if not wish.as_json:
        for line in came_of(record):
            typer.echo(line)
    return status


def run_remove(wish: Wish, given: Mapping[str, str], *, dry_run: bool) -> int:
    """List what was made, ask unless that was answered before, and take it away; answers the exit status.

    Raises:
        SuiteError: as `run_populate`, or the servers may not delete.
    """
    flow, inputs = settled(wish, given)
    if wish.as_json and not (wish.yes or dry_run):
        raise SuiteError("--json goes with --dry-run or --yes: it asks nothing.", status=2)
    _prepare(wish)
    settle(wish)
    deleting: dict[str, dict[str, str]] = {}
    for service in wish.services:
        more = {"ACCESS": "delete"} if wish.sandbox else {}
        deleting[service] = {**flow.settings.get(service, {}), **more}
    flow = replace(flow, settings=deleting)
    if dry_run or not wish.yes:
        told = _surveyed(flow, wish, inputs, removing=True)
        _show(told, wish, removing=True)
        if dry_run or not any(each.there for each in told):
            return 0
        _ask("Take that away?")
    with alone(f"{NAME}-remove", subject(inputs), sandbox=wish.sandbox):

        async def remove(call: Call) -> dict[str, Made]:
            return await removed(call, _sides(wish, inputs, removing=True), wish.services)

        made = _asked(flow, wish, remove, removing=True)
        _forget(inputs, sandbox=wish.sandbox)
    if wish.as_json:
        typer.echo(to_json({service: asdict(each) for service, each in made.items()}))
        return 0
    for service, each in made.items():
        typer.echo(f"{service}: {each.made} removed")
        for note in each.notes:
            typer.echo(f"  {note}")
    return 0


def settled(wish: Wish, given: Mapping[str, str]) -> tuple[Workflow, dict[str, str]]:
    """The workflow and its inputs.

    Raises:
        SuiteError: an input is missing or wrong.
    """
    flow = populate(wish.services)
    names = {each.name for each in flow.inputs}
    try:
        return flow, flow.settle({name: value for name, value in given.items() if name in names and value})
    except InputError as error:
        service = next((of for of, inputs in INPUTS.items() if error.name in [each.name for each in inputs]), "")
        others = [f"--service {each}" for each in wish.services if each != service]
        less = f" Without {service}: {' '.join(others)}." if service and others else ""
        reason = str(error).removeprefix(f"--input {error.name}: ").rstrip(".")
        raise SuiteError(f"--{error.name}: {reason}.{less}", status=2) from None


def chosen(services: Sequence[str]) -> tuple[Service, ...]:
    """The services by name, in the order in which they are written; all when none is named.

    Raises:
        SuiteError: there is no such service.
    """
    for name in services:
        if name not in SERVICES:
            raise SuiteError(f"--service {name}: takes {', '.join(SERVICES)}.", status=2)
    return tuple(service for service in SERVICES if not services or service in services)


def settle(wish: Wish) -> None:
    """Wait until nothing is under way any more of what an earlier run has sent, and searches find it."""
    longest = SETTLE_SANDBOX if wish.sandbox else SETTLE_LIVE
    ours = [each for each in lately(longest) if each.workflow.startswith(NAME) and each.sandbox == wish.sandbox]
    last = max((each.last for each in ours if each.last is not None), default=None)
    if last is None:
        return
    left = (last + timedelta(seconds=longest) - datetime.now(UTC)).total_seconds()
    if left > 0:
        if left > SETTLE_SANDBOX:
            typer.echo(f"An earlier run has just ended; waiting {left:.0f} s until searches find all of it.", err=True)
        anyio.run(anyio.sleep, min(left, longest))


def came_of(record: Record) -> list[str]:
    """What a run has made, and what it could not do, in lines."""
    made = there = 0
    notes: list[str] = []
    for unit in record.units.values():
        made += _number(unit.outputs.get("made"))
        there += _number(unit.outputs.get("there"))
        told = unit.outputs.get("notes")
        notes += [str(note) for note in told] if isinstance(told, list) else []
    return [f"Made: {made}. There before: {there}.", *(f"  not done: {note}" for note in dict.fromkeys(notes))]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


async def survey(call: Call, sides: AllSides, services: Sequence[Service]) -> list[Told]:
    """How each place stands.

    Raises:
        CallError: a place cannot be read.
        StepError: a place holds something of others that is in the way.
    """
    jira, confluence, slack, snowflake = sides
    told: list[Told] = []
    if "jira" in services:
        await jira.look(call)
        told.append(Told("jira", f"project {jira.project}", "issues", len(jira.work), len(jira.keys)))
    if "confluence" in services:
        await confluence.look(call)
        told.append(
            Told("confluence", f"space {confluence.space}", "pages", len(confluence.pages), len(confluence.ids))
        )
    if "slack" in services:
        await slack.look(call)
        for name, channel in slack.channels.items():
            wanted = len([each for each in slack.messages if each.channel == name])
            told.append(Told("slack", slack.name(name), "messages", wanted, len(channel.messages)))
    if "snowflake" in services:
        await snowflake.look(call)
        for table in snowflake.tables:
            there = len(snowflake.written(table))
            told.append(Told("snowflake", f"{snowflake.place}.{table.name.upper()}", "rows", len(table.rows), there))
    return told


def _surveyed(flow: Workflow, wish: Wish, inputs: Mapping[str, str], *, removing: bool = False) -> list[Told]:
    async def look(call: Call) -> list[Told]:
        told = await survey(call, _sides(wish, inputs, removing=removing), wish.services)
        return [replace(each, wanted=each.there) for each in told] if removing else told

    return _asked(flow, wish, look, removing=removing)


async def removed(call: Call, sides: AllSides, services: Sequence[Service]) -> dict[str, Made]:
    """Take away what is there, in the reverse of the order in which it was written."""
    made: dict[str, Made] = {}
    for service, side in reversed([*zip(SERVICES, sides, strict=True)]):
        if service in services:
            await side.look(call)
            made[service] = await side.remove(call)
    return made


def _sides(wish: Wish, inputs: Mapping[str, str], *, removing: bool) -> AllSides:
    from mcp_suite.populate.samples import contents

    if not removing:
        return Sides(wish.services).of(contents(int(inputs["scale"]), wish.services), inputs)
    return Sides(wish.services).of(everything(wish.services), inputs)


def everything(services: Sequence[Service]) -> Contents:
    """What may have been made in any number of rounds; messages are found by their marks alone."""
    from mcp_suite.populate.samples import contents

    most = contents(MOST, [service for service in services if service != "slack"])
    first = contents(1, [service for service in services if service == "slack"])
    return replace(most, messages=first.messages)


def _asked(flow: Workflow, wish: Wish, work: Callable[[Call], Awaitable[_T]], *, removing: bool) -> _T:
    """Do something with the servers of the services; while nothing is removed, they only read.

    Raises:
        SuiteError: it fails.
    """

    async def do() -> _T:
        failure: CallError | StepError | None = None
        launch = launcher(flow, sandbox=wish.sandbox, planning=not removing)
        async with connected(wish.services, launch) as connections:
            try:
                if removing:
                    _may_delete(connections, wish.services)
                return await work(connections)
            except (CallError, StepError) as error:  # kept out of the task group, which would wrap it
                failure = error
        raise failure

    try:
        return anyio.run(do)
    except (CallError, StepError) as error:
        raise SuiteError(f"{error} Nothing was done." if not removing else str(error)) from None


def _may_delete(connections: Connections, services: Sequence[Service]) -> None:
    for service in services:
        lacking = [tool for tool in _DESTROYING[service] if tool not in connections.tools[service]]
        if lacking:
            raise StepError(
                f"Nothing was removed: {service} does not offer {', '.join(lacking)}. "
                f"Set {service.upper()}_ACCESS=delete for it, at least for this command."
            )


def _prepare(wish: Wish) -> None:
    if wish.sandbox:
        for service in wish.services:
            prepare(find(service), lambda line: typer.echo(line, err=True))


def _show(told: Sequence[Told], wish: Wish, *, removing: bool = False) -> None:
    if wish.as_json:
        typer.echo(to_json([asdict(each) for each in told]))
        return
    out = console()
    out.print("What is there to be removed:" if removing else "What would be written:", style="bold")
    for each in told:
        if removing:
            out.print(f"  {each.place}: {each.there} {each.what}", soft_wrap=True)
        else:
            before = f", {each.there} are there" if each.there else ""
            out.print(f"  {each.place}: {each.lacking} {each.what}{before}", soft_wrap=True)


def _ask(question: str) -> None:
    try:
        agreed = typer.confirm(question)
    except typer.Abort:
        agreed = False
    if not agreed:
        raise SuiteError("Nothing was changed. --yes goes on without asking.")


def _forget(inputs: Mapping[str, str], *, sandbox: bool) -> None:
    """Remove the records of runs whose work is gone, so that none of them is resumed as if it were there."""
    for record in runs()[0]:
        ours = record.workflow.startswith(NAME) and record.sandbox == sandbox
        if ours and subject(record.inputs) == subject(inputs):
            record.path.unlink(missing_ok=True)
