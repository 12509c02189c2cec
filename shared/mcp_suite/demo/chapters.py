"""The workflows of the whole story: with which inputs they are run, and what came of them."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcp_suite.demo.agreement import Now
from mcp_suite.demo.display import seconds as duration
from mcp_suite.workflow.connection import Connections
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.display import SilentWatcher, TerminalWatcher, about, artefacts
from mcp_suite.workflow.engine import SETTLE_SANDBOX, Engine, RunError, Watcher, knowledge, titled, units
from mcp_suite.workflow.model import HERE, Step, Workflow
from mcp_suite.workflow.record import Record, Unit

if TYPE_CHECKING:
    from rich.console import Console

PROPOSAL = {
    "title": "What an artifact costs",
    "summary": "Nobody sees what an artifact costs before the month is over.",
    "stories": "Record the cost of each call (3); Show it on the dashboard (2); Warn at twice the usual (2)",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A workflow and what it is told; `without` names its steps that are left out, and `twice` has it run again."""

    workflow: Workflow
    given: Mapping[str, str]
    without: Sequence[str] = ()
    twice: bool = False

    @property
    def command(self) -> str:
        """The command that runs the same on the user's own sandboxes."""
        inputs = [part for name, value in self.given.items() for part in ("--input", f"{name}={value}")]
        return shlex.join(["mcp-suite", "workflow", "run", self.workflow.name, "--sandbox", *inputs])


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something that a workflow made or changed: by which step, and its address if it has one."""

    workflow: str
    server: str
    title: str
    url: str


def chapters(now: Now | None) -> list[Chapter]:
    """The workflows where the history ends; without a warehouse, what can be done of them."""
    proposal = workflow_of("feature-proposal")
    if now is None:
        away = [step.title for step in proposal.steps if step.server == "snowflake"]
        kept = tuple(step for step in proposal.steps if step.server != "snowflake")
        return [Chapter(replace(proposal, steps=kept), PROPOSAL, away)]
    told = [
        Chapter(proposal, {**PROPOSAL, **({"phase": str(now.phase + 1)} if now.phase is not None else {})}),
        Chapter(workflow_of("daily-metrics"), {"date": now.day}, twice=True),
    ]
    if now.phase is not None:
        began = now.began or (date.fromisoformat(now.day) + timedelta(days=1)).isoformat()
        ended = (date.fromisoformat(began) + timedelta(days=now.estimated // 2 - 1)).isoformat()
        given = {"phase": str(now.phase), "confirmed_by": "Human PM", "began": began, "ended": ended}
        told.append(Chapter(workflow_of("phase-completion"), given))
    return told


class StepWatcher(TerminalWatcher):
    """A line for each unit of work, and below it the tool and the address of what it left."""

    def __init__(self, console: "Console", workflow: Workflow) -> None:
        """Print on `console` what is done of a workflow."""
        super().__init__(console)
        self._steps = {step.name: step for step in workflow.steps}

    def end(self, unit: str, state: Unit, seconds: float) -> None:
        """Print how it went, by which tool, and where the result is."""
        step = step_of(self._steps, unit)
        url = str(state.outputs.get("url") or "")
        if state.done and step.server != HERE and not url:
            line = f"  {self._well} {self._title}{about(state)} ({duration(seconds)})  "
            self._console.print(line, end="", soft_wrap=True)
            self._console.print(step.tool, style="dim", soft_wrap=True)
            return
        super().end(unit, state, seconds)
        if url:
            self._console.print(f"      {step.tool}  {url}", style="dim", soft_wrap=True)
        for line in state.failed.splitlines():
            self._console.print(f"      {line}", style="red", soft_wrap=True)


def step_of(steps: Mapping[str, Step], unit: str) -> Step:
    """The step that a unit of work belongs to."""
    return steps[unit.partition("[")[0]]


def begin(chapter: Chapter, folder: Path, earlier: Record | None) -> Record:
    """The record of a new run, in `folder`; `earlier` is that of the run before it about the same."""
    workflow = chapter.workflow
    name = f"{workflow.name}-{'2' if earlier else '1'}"
    path = folder / f"{name}.jsonl"
    path.touch(mode=0o600)
    inputs = workflow.settle(chapter.given)
    return Record(path, name, workflow.name, workflow.revision, True, datetime.now(UTC), inputs)


async def run(
    chapter: Chapter, record: Record, connections: Connections, out: "Console | None", earlier: Record | None
) -> None:
    """Run a workflow on servers that are up; what a run after an `earlier` one does is not shown.

    Raises:
        RunError: a step failed, or one was done twice.
        OSError: the record cannot be written.
    """
    workflow = chapter.workflow
    begun = {unit: state.intended for unit, state in (earlier.units if earlier else {}).items() if state.intended}
    watcher: Watcher = StepWatcher(out, workflow) if out and not earlier else SilentWatcher()
    await Engine(workflow, record, connections, watcher, SETTLE_SANDBOX, begun).run()
    if earlier and (again := _made_again(workflow, record)):
        raise RunError(again[0], "it was done a second time")


def _made_again(workflow: Workflow, record: Record) -> list[str]:
    """The units that a second run did once more, though they can be found."""
    steps = {step.name: step for step in workflow.steps}
    return [
        unit for unit, state in record.units.items() if step_of(steps, unit).look and state.done and not state.found
    ]


def made(workflow: Workflow, record: Record) -> list[Artefact]:
    """What a run made or changed: each thing that has an address, once, and the rows of tables."""
    addresses = {one["step"]: one["url"] for one in artefacts(record)}
    known, found = knowledge(workflow, record), list[Artefact]()
    for step in workflow.steps:
        for one in units(step, known):
            url, state = addresses.get(one.unit, ""), record.units.get(one.unit, Unit())
            if url or (state.done and step.server == "snowflake" and not step.reads):
                place = str(state.outputs.get("title", "")) if step.server == "slack" else ""
                about = titled(step, one) + (f" in {place}" if place else "")
                found.append(Artefact(workflow.title, step.server, about, url))
    return found


def as_data(chapter: Chapter, record: Record) -> dict[str, Any]:
    """A run, step by step, as data."""
    steps = {step.name: step for step in chapter.workflow.steps}
    return {
        "workflow": chapter.workflow.name,
        "inputs": dict(chapter.given),
        "left_out": list(chapter.without),
        "state": record.state,
        "steps": [
            {
                "step": unit,
                "server": step_of(steps, unit).server,
                "tool": step_of(steps, unit).tool,
                "done": state.done,
                "found": state.found,
                "skipped": state.skipped,
                "failed": state.failed,
                "outputs": dict(state.outputs),
            }
            for unit, state in record.units.items()
        ],
    }


def took(record: Record) -> str:
    """How long a run was under way."""
    return duration(((record.finished or record.last or record.started) - record.started).total_seconds())
