"""Doing a workflow: each step once, whatever happens in between.

Before a step is done, that is written down; after it, what it left. A run that goes on where another attempt ended
looks, for a step that was begun and not recorded as done, whether it was done after all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import anyio

from connector_kit.logs import redactor
from mcp_suite.calls import CallError
from mcp_suite.workflow.model import HERE, Call, Item, Known, Outputs, Step, StepError, Workflow
from mcp_suite.workflow.record import Record, Unit

SETTLE_LIVE = 50.0
"""Seconds after which what was begun is over, one way or the other: a server gives a request up after 45, and search
indexes follow what was written."""
SETTLE_SANDBOX = 1.5
"""The same for sandboxes, where a request takes milliseconds."""


class Watcher(Protocol):
    """Is told how a run goes."""

    def begin(self, unit: str, title: str) -> None:
        """A unit of work starts."""
        ...

    def wait(self, seconds: float) -> None:
        """What was interrupted may still be under way; it is given this long."""
        ...

    def end(self, unit: str, state: Unit, seconds: float) -> None:
        """A unit of work is over, well or not."""
        ...


class RunError(Exception):
    """A step failed, and the run stops there; the record tells the rest."""

    def __init__(self, unit: str, message: str) -> None:
        """Keep which unit it was, and why it failed."""
        super().__init__(message)
        self.unit = unit


@dataclass(slots=True)
class Engine:
    """Does what a record says is left of a workflow; `settle` in seconds is as for `SETTLE_LIVE`.

    `earlier` says when other runs about the same last began each unit of work.
    """

    workflow: Workflow
    record: Record
    call: Call
    watcher: Watcher
    settle: float
    earlier: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        """Take in what earlier attempts left."""
        self.known = knowledge(self.workflow, self.record)

    async def run(self) -> None:
        """Do all that is left, in order.

        Raises:
            RunError: a step failed; that is recorded, and nothing after it was tried.
        """
        for step in self.workflow.steps:
            for known in units(step, self.known):
                state = self.record.units.get(known.unit, Unit())
                if not state.over:
                    await self._do(step, known, state)
        if self.record.finished is None:
            self.record.write("finished")

    async def _do(self, step: Step, known: Known, state: Unit) -> None:
        started = anyio.current_time()
        self.watcher.begin(known.unit, titled(step, known))
        try:
            reason = step.skip(known) if step.skip else ""
            if reason:
                self.record.write("skipped", known.unit, reason=reason)
                return
            outputs = await self._found(step, known, state)
            if outputs is None:
                self.record.write("intended", known.unit)
                answer = await perform(step, self.call, known)
                outputs = step.extract(answer, known)
                self._done(known, outputs, found=False)
            else:
                self._done(known, outputs, found=True)
        except (CallError, StepError) as error:
            # A service may name people in its complaint, and the record stays.
            self.record.write("failed", known.unit, message=redactor.text(str(error)))
            raise RunError(known.unit, str(error)) from error
        finally:
            self.watcher.end(known.unit, self.record.units.get(known.unit, Unit()), anyio.current_time() - started)

    def _done(self, known: Known, outputs: Outputs, *, found: bool) -> None:
        self.record.write("done", known.unit, outputs=dict(outputs), found=found)
        self.known.outputs[known.unit] = outputs

    async def _found(self, step: Step, known: Known, state: Unit) -> Outputs | None:
        """What the step has made already, in an attempt that was cut short or in another run about the same.

        It is looked for once, when an earlier attempt cannot be under way any more: what a server answers again
        within seconds may come from its cache.
        """
        if step.reads or step.server == HERE:
            return None
        begun = [moment for moment in (state.intended, self.earlier.get(known.unit)) if moment is not None]
        if begun:
            await self._settled(max(begun))
        if step.look is None or not (begun or self.workflow.subject):
            return None
        return await step.look(self.call, known)

    async def _settled(self, begun: datetime) -> None:
        left = self.settle - (datetime.now(UTC) - begun).total_seconds()
        if left > 0:
            left = min(left, self.settle)  # a clock that was set back must not make it longer
            self.watcher.wait(left)
            await anyio.sleep(left)


async def perform(step: Step, call: Call, known: Known) -> str:
    """Do a step, by its call or by its own function; answers the text."""
    if step.perform is not None:
        return await step.perform(call, known)
    if step.server == HERE:
        raise StepError(f"step {step.name} says nothing of how it is done")
    return await call(step.server, step.tool, step.arguments(known))


def knowledge(workflow: Workflow, record: Record, *, planning: bool = False) -> Known:
    """What a run knows from its record."""
    base = workflow.subject(record.inputs) if workflow.subject else record.run
    return Known(base, record.started, record.inputs, record.outputs, planning=planning)


def units(step: Step, known: Known) -> Sequence[Known]:
    """What is known for each unit of a step: one, or one for each item; a plan shows one for items not known yet."""
    if step.each is None:
        return [known.at(step.name, {})]
    items: Sequence[Item] = step.each(known)
    return [known.at(f"{step.name}[{item['id']}]", item) for item in items]


def titled(step: Step, known: Known) -> str:
    """A step's title, with the item that it is about."""
    about = known.item.get("title") or known.item.get("id", "")
    return f"{step.title}: {about}" if about else step.title
