"""What a run would do, with the arguments as far as they are known; only reading steps are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mcp_suite.calls import CallError
from mcp_suite.workflow.engine import perform, titled, units
from mcp_suite.workflow.model import HERE, Call, Known, Step, StepError, Workflow


@dataclass(frozen=True, slots=True)
class Planned:
    """A call that would be made; `note` says what is particular about it."""

    unit: str
    title: str
    server: str
    tool: str
    arguments: Mapping[str, Any]
    reads: bool
    note: str = ""
    undo: str = ""


async def plan(workflow: Workflow, known: Known, call: Call | None) -> list[Planned]:
    """Every call of a run in its order. With `call`, the reading ones are made, so that the rest is real."""
    planned: list[Planned] = []
    for step in workflow.steps:
        each = units(step, known)
        planned.extend([await _planned(step, one, known, call) for one in each])
        if not each:
            planned.append(
                Planned(step.name, step.title, step.server, step.tool, {}, step.reads, "for none, or not known yet")
            )
    return planned


async def _planned(step: Step, one: Known, known: Known, call: Call | None) -> Planned:
    note = ""
    arguments: Mapping[str, Any] = {}
    undo = step.undo(one, _Later(one.unit)) if step.undo else ""
    try:
        if step.skip and (reason := step.skip(one)):
            note = f"not needed: {reason}"
        arguments = step.arguments(one)
        if step.reads and call is not None and not note:
            known.outputs[one.unit] = step.extract(await perform(step, call, one), one)
    except (CallError, StepError) as error:
        note = f"not known: {error}"
    tool = step.tool if step.server != HERE else "here"
    return Planned(one.unit, titled(step, one), step.server, tool, arguments, step.reads, note, undo)


class _Later(dict[str, Any]):
    """Outputs of a step that is not done, each named in <angles>."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.unit = unit

    def get(self, name: str, default: object = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The name of what will be there."""
        del default
        return f"<{self.unit}.{name}>"
