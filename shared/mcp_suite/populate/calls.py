"""Calls of tools, and what their answers say that matters here."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mcp_suite.calls import CallError
from mcp_suite.workflow.answers import first_line, next_cursor
from mcp_suite.workflow.model import Arguments, Call, StepError

PAGES = 400
"""Pages of an answer after which something is wrong."""
_RUN = re.compile(r"\brun=(\S+)")


@dataclass(slots=True)
class Made:
    """What came of a piece of work: how much was made, how much was there, and what could not be done."""

    made: int = 0
    there: int = 0
    notes: list[str] = field(default_factory=list[str])
    url: str = ""
    title: str = ""

    def text(self) -> str:
        """As a step's answer."""
        told = {"made": self.made, "there": self.there, "notes": self.notes}
        return json.dumps({**told, **({"url": self.url, "title": self.title} if self.url else {})})


async def pages_of(call: Call, tool: str, arguments: Arguments) -> list[str]:
    """All pages of a list."""
    given = dict(arguments)
    found: list[str] = []
    for _ in range(PAGES):
        answer = await call(tool.partition("_")[0], tool, given)
        found.append(answer)
        cursor = next((cursor for line in ends(answer) if (cursor := next_cursor(line))), "")
        if not cursor:
            return found
        given["cursor"] = cursor
    raise StepError(f"{tool} goes on for more than {PAGES} pages")


def ends(answer: str) -> list[str]:
    """The lines in which a tool tells how to go on: those after the data of others, else the last one."""
    _, data, rest = answer.rpartition("</data>")
    return rest.splitlines() if data else answer.splitlines()[-1:]


async def confirmed(call: Call, tool: str, arguments: Arguments, *, alone: bool = False) -> str:
    """A change by its preview and then by the preview's token, `alone` or with the same arguments; "" for nothing."""
    server = tool.partition("_")[0]
    preview = await call(server, tool, arguments)
    token = _RUN.search(preview.rsplit("\n", 1)[-1])
    if token is None:
        return ""
    consent = {"confirm": True} if "delete" in tool else {}
    return await call(server, tool, {"run": token[1], **({} if alone else dict(arguments)), **consent})


async def or_none(call: Call, tool: str, arguments: Arguments, missing: Callable[[str], bool]) -> str | None:
    """The answer, or None where the tool says that the thing is not there."""
    try:
        return await call(tool.partition("_")[0], tool, arguments)
    except CallError as error:
        if error.refused and missing(str(error)):
            return None
        raise


def refusal(error: CallError) -> str:
    """Why a tool refused, in a line."""
    return first_line(str(error))[:200]
