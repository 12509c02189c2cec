"""What a workflow is: its inputs, and its steps, each a call of a tool with what comes before and after it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from pydantic import JsonValue

Outputs: TypeAlias = Mapping[str, JsonValue]
"""What a step leaves for those after it; `url` and `title` are what the summary links."""
Arguments: TypeAlias = Mapping[str, Any]
Item: TypeAlias = Mapping[str, str]
"""One of the things that a step is repeated for; `id` tells it from the others."""

HERE = ""
"""The server of a step that is done on this machine, without a tool."""


class StepError(Exception):
    """A step cannot be done; the text says why, for a person."""


class InputError(Exception):
    """An input is missing or wrong."""

    def __init__(self, name: str, reason: str) -> None:
        """Keep which input it is, and what is wrong with it."""
        super().__init__(f"--input {name}: {reason}")
        self.name = name


class Call(Protocol):
    """Calls a tool of a server and answers its text."""

    async def __call__(self, server: str, tool: str, arguments: Arguments) -> str:
        """Raises CallError when the tool fails."""
        ...


@dataclass(slots=True)
class Known:
    """What a run knows at a moment: its inputs, and what the steps so far have left.

    `base` is what marks begin with: the run, or what it is about. While `planning`, what is not known yet is named in
    <angles>.
    """

    base: str
    started: datetime
    inputs: Mapping[str, str]
    outputs: dict[str, Outputs] = field(default_factory=dict[str, Outputs])
    planning: bool = False
    unit: str = ""
    item: Item = field(default_factory=dict[str, str])

    @property
    def mark(self) -> str:
        """The mark of the step that is being done: it is written into what the step makes, and looked for."""
        return f"wf-{self.base}-{self.unit.replace('[', '-').rstrip(']')}"

    def at(self, unit: str, item: Item) -> "Known":
        """The same knowledge, for this unit of work."""
        return replace(self, unit=unit, item=item)

    def done(self, unit: str) -> bool:
        """Whether a step has left something."""
        return unit in self.outputs

    def text(self, unit: str, name: str) -> str:
        """What a step left under this name, as text.

        Raises:
            StepError: it left nothing.
        """
        found = self.outputs.get(unit, {}).get(name)
        if found is None:
            if self.planning:
                return f"<{unit}.{name}>"
            raise StepError(f"step {unit} left no {name}")
        return str(found)

    def table(self, unit: str, name: str) -> list[dict[str, str]]:
        """The rows that a step left under this name; none while they are not known."""
        found = self.outputs.get(unit, {}).get(name)
        if not isinstance(found, list):
            return []
        return [{key: str(value) for key, value in row.items()} for row in found if isinstance(row, dict)]


Perform: TypeAlias = Callable[[Call, Known], Awaitable[str]]
"""Does a step by more than one call; answers the text that is read."""
Look: TypeAlias = Callable[[Call, Known], Awaitable[Outputs | None]]
"""Looks for what a step makes; answers what it would have left, or None where it is not there."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a workflow does.

    `arguments` are those of the `tool`, from inputs and earlier outputs; `perform` takes the place of the one call
    where it takes more. `extract` reads the answer. `reads` marks a step that changes nothing. `look` finds what the
    step has made before it is done again; a step without one may be repeated, since doing it twice is doing it once.
    `undo` says what takes it back. `skip` answers why the step is not needed, or "". `each` repeats it.
    """

    name: str
    title: str
    server: str
    tool: str
    arguments: Callable[[Known], Arguments]
    extract: Callable[[str, Known], Outputs]
    reads: bool = False
    look: Look | None = None
    perform: Perform | None = None
    also: Sequence[str] = ()
    undo: Callable[[Known, Outputs], str] | None = None
    skip: Callable[[Known], str] | None = None
    each: Callable[[Known], Sequence[Item]] | None = None

    def tools(self) -> list[tuple[str, str]]:
        """Server and name of every tool that the step may call; `also` has those besides its own."""
        if self.server == HERE:
            return []
        return [(self.server, self.tool), *((name.partition("_")[0], name) for name in self.also)]


def as_given(value: str) -> str:
    """An input that needs no check."""
    return value.strip()


@dataclass(frozen=True, slots=True)
class Input:
    """What a workflow is told: `check` answers the value that is kept, or raises ValueError with what is wrong.

    Without a `default` it has to be given.
    """

    name: str
    meaning: str
    default: str | None = None
    check: Callable[[str], str] = as_given


def _unchanged(values: dict[str, str]) -> dict[str, str]:
    return values


@dataclass(frozen=True, slots=True)
class Workflow:
    """A piece of work across servers.

    `complete` sees all inputs at once and may raise InputError. `subject` names what a run is about, for work that is
    done once for each: every run about it looks first for what others have made. `revision` changes whenever the
    steps do, so that a run is not resumed by other steps than it began with.
    """

    name: str
    title: str
    about: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    revision: int = 1
    complete: Callable[[dict[str, str]], dict[str, str]] = _unchanged
    subject: Callable[[Mapping[str, str]], str] | None = None
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])

    def servers(self) -> list[str]:
        """The servers whose tools are called, by name."""
        return sorted({server for step in self.steps for server, _ in step.tools()})

    def tools(self, server: str) -> list[str]:
        """The tools of a server that are called."""
        return sorted({tool for step in self.steps for of, tool in step.tools() if of == server})

    def settle(self, given: Mapping[str, str]) -> dict[str, str]:
        """The inputs of a run: those given, checked, and the defaults of the others.

        Raises:
            InputError: one is unknown, missing or wrong.
        """
        known = {each.name for each in self.inputs}
        for name in given:
            if name not in known:
                raise InputError(name, f"{self.name} has no such input; it takes {', '.join(sorted(known))}")
        values: dict[str, str] = {}
        for each in self.inputs:
            value = given.get(each.name, each.default)
            if value is None:
                raise InputError(each.name, f"is needed: {each.meaning}")
            try:
                values[each.name] = each.check(value) if each.name in given or value else value
            except ValueError as error:
                raise InputError(each.name, str(error)) from None
            if each.default is None and not values[each.name]:
                raise InputError(each.name, f"is needed: {each.meaning}")
        return self.complete(values)
