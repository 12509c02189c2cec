"""One step of the demonstration: a tool call that a person would ask for, timed and checked."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import anyio
from mcp import Client

from mcp_suite.calls import CallError, text_of

CALL_TIMEOUT = 60.0
"""Seconds after which a step counts as failed."""


@dataclass(slots=True)
class Step:
    """What was asked, by which call, what came back and how long it took in seconds.

    Of the answer, the lines that match `glance` are shown; all, where none do.
    """

    number: int
    ask: str
    tool: str
    arguments: Mapping[str, Any]
    answer: str = ""
    seconds: float = 0.0
    ok: bool = False
    glance: str = ""


class StepError(Exception):
    """A step did not do what it should; the text says why."""


class Display(Protocol):
    """Where steps are shown."""

    def connected(self, line: str) -> None:
        """The server is up; `line` says which."""
        ...

    def begin(self, step: Step) -> None:
        """A step starts."""
        ...

    def progress(self, done: float, total: float | None, message: str | None) -> None:
        """The server says how far it is."""
        ...

    def end(self, step: Step) -> None:
        """A step is over, well or not."""
        ...


@dataclass(slots=True)
class Player:
    """Runs steps against a connected server and shows them, with `pause` seconds between them."""

    client: Client
    display: Display
    pause: float = 0.0
    steps: list[Step] = field(default_factory=list[Step])

    async def call(
        self, ask: str, tool: str, arguments: Mapping[str, Any], *, shows: str = "", glance: str = ""
    ) -> str:
        """Call a tool for what a person asked; answers its text, which must contain `shows`.

        What of it matches `glance`, a pattern, is shown line by line; by default all of it.

        Raises:
            StepError: the server refused, did not answer in time, or answered something else.
        """
        if self.steps:
            await anyio.sleep(self.pause)
        step = Step(len(self.steps) + 1, ask, tool, arguments, glance=glance)
        self.steps.append(step)
        self.display.begin(step)
        started = time.perf_counter()
        try:
            step.answer = await self._answer(tool, arguments)
            if shows not in step.answer:
                raise StepError(f"the answer does not show {shows!r}")
            step.ok = True
        except StepError as failure:
            step.answer = step.answer or str(failure)
            raise
        finally:
            step.seconds = time.perf_counter() - started
            self.display.end(step)
        return step.answer

    async def _answer(self, tool: str, arguments: Mapping[str, Any]) -> str:
        async def tell(progress: float, total: float | None, message: str | None) -> None:
            self.display.progress(progress, total, message)

        try:
            return await text_of(self.client, tool, arguments, timeout=CALL_TIMEOUT, tell=tell)
        except CallError as error:
            raise StepError(str(error)) from error
