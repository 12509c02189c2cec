"""A server that makes things and finds them again, in a folder that outlives it, and that fails as it is told.

Run as a script it speaks MCP on standard input and output, by itself, so that it is up at once; the folder is its
argument. `trouble.json` there says what goes wrong once: at the call `number` of `tool`, `before` or `after` the thing
is made, it kills its client (`kill`), dies itself (`die`) or refuses (`refuse`); killed, its client is gone `slow`
seconds before the thing is made.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
THINGS = FOLDER / "things.jsonl"


class Refusal(Exception):  # noqa: N818 - it is what a tool answers
    """A tool says no."""


def things() -> list[dict[str, Any]]:
    return [json.loads(line) for line in THINGS.read_text().splitlines()] if THINGS.exists() else []


def keep(thing: dict[str, Any]) -> None:
    with THINGS.open("a") as file:
        file.write(json.dumps(thing) + "\n")


def trouble(tool: str, moment: str) -> None:
    told = FOLDER / "trouble.json"
    if not told.exists():
        return
    wanted = json.loads(told.read_text())
    if (wanted["tool"], wanted["moment"]) != (tool, moment):
        return
    if wanted["number"] > 1:
        told.write_text(json.dumps({**wanted, "number": wanted["number"] - 1}))
        return
    told.unlink()
    if wanted["what"] == "kill":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(wanted.get("slow", 0))
        return
    if wanted["what"] == "die":
        os._exit(1)
    raise Refusal("rate limited: try again in 60 s")


def toy_read() -> str:
    """Read what there is to do."""
    return "one two"


def toy_find(mark: str) -> str:
    """Find a thing by its mark."""
    found = [thing for thing in things() if thing.get("mark") == mark]
    return f"thing {found[0]['id']}" if found else "nothing"


def toy_make(title: str, mark: str) -> str:
    """Make a thing; each call makes another."""
    trouble("toy_make", "before")
    made = {"id": len(things()) + 1, "title": title, "mark": mark}
    keep(made)
    trouble("toy_make", "after")
    return f"thing {made['id']}"


def toy_set(name: str, value: str) -> str:
    """Set a value; the same call again changes nothing."""
    trouble("toy_set", "before")
    (FOLDER / f"{name}.value").write_text(value)
    trouble("toy_set", "after")
    return "set"


TOOLS = {tool.__name__: tool for tool in (toy_read, toy_find, toy_make, toy_set)}
VERSION = "2025-11-25"


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """The result of a request; None for one that is not known."""
    if method == "initialize":
        about = {"name": "toy", "version": "1"}
        return {"protocolVersion": VERSION, "capabilities": {"tools": {}}, "serverInfo": about}
    if method == "tools/list":
        return {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS]}
    if method != "tools/call":
        return None
    failed = False
    try:
        text = TOOLS[params["name"]](**params.get("arguments", {}))
    except Refusal as error:
        text, failed = str(error), True
    return {"content": [{"type": "text", "text": text}], "isError": failed}


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = answer(message["method"], message.get("params") or {})
        told = {"result": result} if result else {"error": {"code": -32601, "message": "Method not found"}}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **told}), flush=True)  # noqa: T201 - its protocol


if __name__ == "__main__":
    main()
