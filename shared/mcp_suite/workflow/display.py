"""Showing a run to a person: what is under way, what was made, and how to go on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mcp_suite.terminal import marks
from mcp_suite.workflow.engine import knowledge, units
from mcp_suite.workflow.model import Workflow
from mcp_suite.workflow.plan import Planned
from mcp_suite.workflow.record import Record, Unit

if TYPE_CHECKING:
    from rich.console import Console


class TerminalWatcher:
    """Prints a line for each unit of work."""

    def __init__(self, console: "Console") -> None:
        """Print on `console`."""
        self._console = console
        self._well, self._failed, _ = marks(console)
        self._title = ""

    def begin(self, unit: str, title: str) -> None:
        """Remember the title; the line is printed when it is known how it went."""
        del unit
        self._title = title

    def wait(self, seconds: float) -> None:
        """Say why nothing happens."""
        self._console.print(f"  … {self._title}: an earlier attempt may still be under way; waiting {seconds:.0f} s")

    def end(self, unit: str, state: Unit, seconds: float) -> None:
        """Print how it went."""
        del unit
        if state.skipped:
            self._console.print(f"  - {self._title}: {state.skipped}", style="dim")
        elif state.done:
            self._console.print(f"  {self._well} {self._title}{about(state)} {_time(seconds)}", soft_wrap=True)
        else:
            self._console.print(f"  {self._failed} {self._title}", style="bold red")


class SilentWatcher:
    """Prints nothing; the record is read afterwards."""

    def begin(self, unit: str, title: str) -> None:
        """Show nothing."""

    def wait(self, seconds: float) -> None:
        """Show nothing."""

    def end(self, unit: str, state: Unit, seconds: float) -> None:
        """Show nothing."""


def about(state: Unit) -> str:
    """What a unit left, and whether it was there already."""
    told = str(state.outputs.get("key") or state.outputs.get("title") or "")
    return f"{f' → {told}' if told else ''}{' (was there already)' if state.found else ''}"


def _time(taken: float) -> str:
    from mcp_suite.demo.display import seconds  # with the MCP client, which takes a while

    return f"({seconds(taken)})"


def artefacts(record: Record) -> list[dict[str, str]]:
    """What a run made or found: unit, title and address of each thing that has one, each address once."""
    found: dict[str, dict[str, str]] = {}
    for name, unit in record.units.items():
        url = str(unit.outputs.get("url") or "")
        if unit.done and url:
            title = str(unit.outputs.get("title") or name)
            found.setdefault(url, {"step": name, "title": title, "url": url, "found": "yes" if unit.found else "no"})
    return list(found.values())


def left(workflow: Workflow, record: Record) -> list[tuple[str, str]]:
    """The units that are not over, each with its title; those that are not known yet are named by their step."""
    known = knowledge(workflow, record, planning=True)
    waiting: list[tuple[str, str]] = []
    for step in workflow.steps:
        each = [one.unit for one in units(step, known)]
        if not each and not step.reads and not _settled(workflow, record, step.name):
            each = [f"{step.name}[…]"]
        waiting += [(unit, step.title) for unit in each if not record.units.get(unit, Unit()).over]
    return waiting


def _settled(workflow: Workflow, record: Record, name: str) -> bool:
    """Whether all reading steps before this one are done, so that an empty list of items is the answer."""
    for step in workflow.steps:
        if step.name == name:
            return True
        if step.reads and not record.units.get(step.name, Unit()).over:
            return False
    return True


def undoing(workflow: Workflow, record: Record) -> list[str]:
    """The calls that take back what a run has made itself, the last first."""
    known = knowledge(workflow, record, planning=True)
    told: list[str] = []
    for step in workflow.steps:
        for one in units(step, known):
            unit = record.units.get(one.unit, Unit())
            ours = unit.done and (not unit.found or unit.intended is not None)
            if step.undo and ours:
                told.append(f"{one.unit}: {step.undo(one, unit.outputs)}")
    return told[::-1]


def summary(workflow: Workflow, record: Record) -> dict[str, Any]:
    """How a run stands, as data."""
    failed = {name: unit.failed for name, unit in record.units.items() if unit.failed}
    return {
        "run": record.run,
        "workflow": record.workflow,
        "state": record.state,
        "sandbox": record.sandbox,
        "started": record.started.isoformat(),
        "finished": record.finished.isoformat() if record.finished else None,
        "done": [name for name, unit in record.units.items() if unit.done],
        "skipped": {name: unit.skipped for name, unit in record.units.items() if unit.skipped},
        "failed": failed,
        "left": [unit for unit, _ in left(workflow, record)],
        "artefacts": artefacts(record),
        "outputs": {name: dict(unit.outputs) for name, unit in record.units.items() if unit.done},
        "undo": undoing(workflow, record),
        "resume": "" if record.finished else f"mcp-suite workflow resume {record.run}",
    }


def show_summary(console: "Console", workflow: Workflow, record: Record) -> None:
    """Print what was made, what is left, and how to go on."""
    made = artefacts(record)
    console.print()
    if made:
        console.print("Made, or found to be there:", style="bold")
        for one in made:
            console.print(f"  {one['title']}  {one['url']}", soft_wrap=True)
    if record.finished:
        console.print(f"Done: {workflow.title.lower()}. Run {record.run}.", style="bold green")
        return
    done = sum(unit.done for unit in record.units.values())
    for name, unit in record.units.items():
        if unit.failed:
            console.print(f"Step {name} failed: {unit.failed}", style="bold red", soft_wrap=True)
    waiting = left(workflow, record)
    console.print(
        f"Done: {done} steps. Not done: {', '.join(unit for unit, _ in waiting) or 'nothing'}.", soft_wrap=True
    )
    console.print(f"To go on: mcp-suite workflow resume {record.run}", soft_wrap=True)
    if undo := undoing(workflow, record):
        console.print("To take back what was made instead, by hand:")
        for line in undo:
            console.print(f"  {line}", soft_wrap=True)


def show_plan(console: "Console", workflow: Workflow, planned: Sequence[Planned]) -> None:
    """Print each call that would be made."""
    from mcp_suite.demo.display import call_line

    console.print(f"{workflow.title}: what would be done. Nothing is written.", style="bold")
    for number, one in enumerate(planned, start=1):
        sign = " (reads)" if one.reads else ""
        console.print(f"{number:>2}  {one.title}{sign}" + (f": {one.note}" if one.note else ""), soft_wrap=True)
        if one.arguments:
            console.print(f"    {call_line(one.tool, one.arguments, console.width * 3)}", style="cyan", soft_wrap=True)
        if one.undo:
            console.print(f"    undone by {one.undo}", style="dim", soft_wrap=True)
