"""A workflow on the toy server, and how it is run by a process that is killed at a moment that it is told."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio

from mcp_suite.workflow.connection import Launch, Launcher
from mcp_suite.workflow.locks import alone
from mcp_suite.workflow.model import HERE, Arguments, Call, Input, Item, Known, Outputs, Step, StepError, Workflow
from mcp_suite.workflow.record import Event, Record
from mcp_suite.workflow.running import go_on

SETTLE = 0.2
MADE = ("first", "each-one", "each-two", "last")
"""The marks of what a whole run makes, without their beginning."""


def positive(value: str) -> str:
    if not value.isdigit():
        raise ValueError("is no number")
    return value


def thing(answer: str, _: Known) -> Outputs:
    if not answer.startswith("thing "):
        raise StepError(f"no thing: {answer}")
    return {"id": answer.removeprefix("thing "), "url": f"https://toy.example/{answer.removeprefix('thing ')}"}


async def find(call: Call, known: Known) -> Outputs | None:
    answer = await call("toy", "toy_find", {"mark": known.mark})
    return None if answer == "nothing" else thing(answer, known)


def nothing(_: str, __: Known) -> Outputs:
    return {}


def make(known: Known) -> Arguments:
    return {"title": known.item.get("id", known.unit), "mark": known.mark}


def items(known: Known) -> Sequence[Item]:
    return [{"id": row["id"]} for row in known.table("list", "items")]


async def write(_: Call, known: Known) -> str:
    await anyio.Path(known.inputs["folder"], "local.txt").write_text(known.text("first", "id"))
    return "written"


def making(name: str, **more: Any) -> Step:
    return Step(
        name=name,
        title=f"Make {name}",
        server="toy",
        tool="toy_make",
        arguments=make,
        extract=thing,
        look=find,
        also=("toy_find",),
        undo=lambda _, made: f"throw away {made.get('id', '')}",
        **more,
    )


def workflow(**more: Any) -> Workflow:
    return Workflow(
        name="toy",
        title="Make toys",
        about="Makes four things.",
        inputs=(
            Input("folder", "Where.", None),
            Input("size", "How large.", "1", positive),
            Input("extra", "Whether to do more.", ""),
        ),
        steps=(
            Step(
                "list",
                "List",
                "toy",
                "toy_read",
                lambda _: {},
                lambda answer, _: {"items": [{"id": word} for word in answer.split()]},
                reads=True,
            ),
            making("first"),
            making("each", each=items),
            Step(
                "set",
                "Set a value",
                "toy",
                "toy_set",
                lambda known: {"name": "size", "value": known.text("each[two]", "id")},
                nothing,
            ),
            Step("here", "Write a file", HERE, "", lambda _: {}, nothing, perform=write),
            Step(
                "extra",
                "Do more",
                "toy",
                "toy_set",
                lambda _: {"name": "extra", "value": "yes"},
                nothing,
                skip=lambda known: "" if known.inputs["extra"] else "nothing more was wanted",
            ),
            making("last"),
        ),
        **more,
    )


def launch_in(folder: Path) -> Launcher:
    script = Path(__file__).with_name("toy_server.py")

    def launch(_: str) -> Launch:
        return Launch([sys.executable, str(script), str(folder)], dict(os.environ))

    return launch


def main(folder: Path, how: str, run: str, moment: str, settle: float = SETTLE) -> int:
    """Begin or resume a run; `moment` counts the lines that its record gets.

    `3-` is just before the third is written and `3+` just after, `-` is never.
    """
    wanted = workflow()
    count = 0
    real = Record.write

    def dying(self: Record, event: Event, unit: str = "", **more: Any) -> None:
        nonlocal count
        count += 1
        if moment == f"{count}-":
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, event, unit, **more)
        if moment == f"{count}+":
            os.kill(os.getpid(), signal.SIGKILL)

    Record.write = dying
    with alone(run, "", sandbox=True):
        if how == "begin":
            inputs = wanted.settle({"folder": str(folder)})
            record = Record.begin(run, wanted.name, revision=1, sandbox=True, inputs=inputs)
        else:
            record = Record.read(run)
        return go_on(wanted, record, launch_in(folder), as_json=True, settle=settle)
