"""A process whose children run the real workflows and may be killed at any moment: what they import is imported once.

Run as a script, it reads jobs as lines of JSON and answers each with a line. A job is done by a child, in which the
four servers, their MCP clients and three of the sandboxes live; killed, all of it is gone at once. Snowflake's sandbox
runs beside it, in the same state folder.

A job has `run`, and begins it if it names a `workflow` with its `inputs`; `fresh` sandboxes are as they were at first.
`die` says at which `line` of the record, `call` of a tool or `request` to a sandbox the child is killed, and whether
`before` or `after` it. `lose` says at which call a server is lost, `down` at which request the service behind it,
before or after it has done what it was asked for.
`storm` has services answer so many requests with 429. `ask` has tools and arguments by name, for when all is over.
`toy` has instead what `toys.main` takes, and the environment of its process.
"""

import gc
import json
import logging
import os
import shutil
import signal
import sys
import traceback
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import anyio
import httpx2
import toys
from mcp import Client

import confluence_mcp.client.connection
import confluence_mcp.sandbox
import jira_mcp.client.connection
import jira_mcp.sandbox
import slack_mcp.client.connection
import slack_mcp.sandbox
import snowflake_mcp.client
from confluence_mcp.server import SERVER as CONFLUENCE
from connector_kit.audit import AuditLog
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session
from connector_kit.testing.conversation import AT_ONCE
from jira_mcp.server import SERVER as JIRA
from mcp_suite.calls import CallError, text_of
from mcp_suite.errors import SuiteError
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.display import SilentWatcher, summary
from mcp_suite.workflow.engine import Engine, RunError
from mcp_suite.workflow.locks import alone
from mcp_suite.workflow.looking import confirmed
from mcp_suite.workflow.model import Arguments, Known
from mcp_suite.workflow.record import Event, Record
from slack_mcp.server import SERVER as SLACK
from snowflake_mcp.server import SERVER as SNOWFLAKE

Job = Mapping[str, Any]
APPS: dict[str, Any] = {
    "confluence": partial(confluence_mcp.sandbox.create_app, search_lag=0.0),  # what was written is looked for at once
    "jira": partial(jira_mcp.sandbox.create_app, search_lag=0.0),
    "slack": slack_mcp.sandbox.create_app,
}
CONNECT: dict[str, Any] = {
    "confluence": confluence_mcp.client.connection.connect,
    "jira": jira_mcp.client.connection.connect,
    "slack": slack_mcp.client.connection.connect,
    "snowflake": snowflake_mcp.client.connect,
}
SERVERS = (CONFLUENCE, JIRA, SLACK, SNOWFLAKE)
PATIENCE = 60.0
"""Seconds for a call, of which every one takes milliseconds."""
LEFT = 3
"""The exit status of a child whose run stopped as it should, a step having failed."""


@dataclass(slots=True)
class Moments:
    """Counts what happens, and ends the process where it was told to."""

    die: Mapping[str, Any]
    seen: dict[str, int] = field(default_factory=dict[str, int])
    calls: list[str] = field(default_factory=list[str])
    counting: bool = False

    def before(self, what: str) -> int:
        """Something is about to happen; answers the how-manieth of its kind it is, 0 for one that is not counted."""
        if not self.counting:
            return 0
        self.seen[what] = self.seen.get(what, 0) + 1
        self._end(what, "before")
        return self.seen[what]

    def after(self, what: str, number: int = 0) -> None:
        """It has happened, and nobody was told yet; without its `number` it is the last that began."""
        if self.counting:
            self._end(what, "after", number)

    def _end(self, what: str, when: str, number: int = 0) -> None:
        at = number or self.seen[what]
        if (self.die.get("what"), self.die.get("when"), self.die.get("number")) == (what, when, at):
            os.kill(os.getpid(), signal.SIGKILL)


class Way(httpx2.ASGITransport):
    """The way to a sandbox, on which one may die, and which may come to an end."""

    def __init__(self, app: Any, moments: Moments, down: Mapping[str, Any]) -> None:
        super().__init__(app)
        self._moments = moments
        self._down = down
        self._over = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        number = self._moments.before("request")
        self._over = self._over or (self._down.get("number"), self._down.get("when")) == (number, "before")
        if self._over:
            raise httpx2.ConnectError("refused", request=request)
        reply = await super().handle_async_request(request)
        self._moments.after("request", number)
        if (self._down.get("number"), self._down.get("when")) == (number, "after"):
            self._over = True
            raise httpx2.ReadError("reset", request=request)
        return reply


def kept(service: str) -> Path:
    return Path(os.environ["MCP_SUITE_STATE_DIR"]) / "sandbox" / f"{service}.sqlite3"


def make_samples() -> None:
    for service, create in APPS.items():
        kept(service).parent.mkdir(parents=True, exist_ok=True)
        create(kept(service).with_suffix(".sample")).close()


def begin_anew() -> None:
    for service in APPS:
        for other in kept(service).parent.glob(f"{service}.sqlite3*"):
            other.unlink()
        shutil.copyfile(kept(service).with_suffix(".sample"), kept(service))


@asynccontextmanager
async def tools(job: Job, moments: Moments) -> AsyncGenerator[Any]:
    """Calls of the four servers' tools."""
    lose: Mapping[str, Any] = job.get("lose") or {}
    storms: Mapping[str, int] = job.get("storm") or {}
    clients: dict[str, Client] = {}

    async def call(server: str, tool: str, arguments: Arguments) -> str:
        number = moments.before("call")
        if number:
            moments.calls.append(tool)
        lost = str(lose.get("when", "")) if lose.get("number") == number else ""
        if lost == "before":
            raise CallError(f"{server}: the server is gone")
        try:
            return await text_of(clients[server], tool, arguments, timeout=PATIENCE)
        finally:
            moments.after("call")
            if lost:  # before it answered, well or not
                raise CallError(f"{server}: the server is gone")

    async with AsyncExitStack() as stack:
        for spec in SERVERS:
            more: dict[str, Any] = {}
            if spec.service in APPS:
                app = APPS[spec.service](kept(spec.service))
                stack.callback(app.close)
                more = {"transport": Way(app, moments, job.get("down") or {}), "policy": AT_ONCE}
                if count := storms.get(spec.service):
                    await storm(app, count)
            clients[spec.service] = await stack.enter_async_context(Client(server(spec, **more)))
        yield call


def server(spec: ServerSpec[Any, Any], **how: Any) -> Any:
    """A server whose client is connected like this."""

    async def connect(settings: Any) -> Any:
        return await CONNECT[spec.service](settings, **how)

    name = spec.service.upper()
    toolsets = {"JIRA_TOOLSETS": "links"} if name == "JIRA" else {}
    settings = spec.settings.load(environ={f"{name}_SANDBOX": "1", f"{name}_ACCESS": "write", **toolsets})
    served = replace(spec, connect=connect)
    log = AuditLog(kept("audit").parent, server=spec.script, version="1")
    return create_server(served, Session(served, settings, None, log), "1")


async def storm(app: Any, count: int) -> None:
    fault = {"status": 429, "retry_after": 0, "count": count}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://site") as control:
        assert (await control.post("/_sandbox/faults", json=fault)).status_code == 201


async def work(job: Job, moments: Moments) -> dict[str, Any]:
    """Do a job; answers what came of it."""
    told: dict[str, Any] = {"error": "", "answers": {}}
    async with tools(job, moments) as call:
        for statement in job.get("sql", ()):
            await confirmed(lambda _, said=statement: {"sql": said})(call, Known("", datetime.now(UTC), {}))
        if run := job.get("run"):
            record = begun(job) if job.get("workflow") else Record.read(run)
            flow = workflow_of(record.workflow)
            watch_lines(moments)
            moments.counting = True
            with alone(run, flow.subject(record.inputs) if flow.subject else "", sandbox=True):
                try:
                    await Engine(flow, record, call, SilentWatcher(), 0.0).run()
                except RunError as stopped:
                    told["error"] = str(stopped)
            moments.counting = False
            told["summary"] = summary(flow, Record.read(run))
        told.update(seen=dict(moments.seen), calls=list(moments.calls))
        if not told["error"]:
            for name, (tool, arguments) in job.get("ask", {}).items():
                told["answers"][name] = await call(tool.partition("_")[0], tool, filled(arguments, told))
    return told


def filled(arguments: Arguments, told: Mapping[str, Any]) -> Arguments:
    """Arguments in which `$step.name` stands for what a step has left."""
    text = json.dumps(arguments)
    for unit, outputs in told.get("summary", {}).get("outputs", {}).items():
        for name, value in outputs.items():
            text = text.replace(f"${unit}.{name}$", str(value))
    return json.loads(text)


def begun(job: Job) -> Record:
    flow = workflow_of(job["workflow"])
    inputs = flow.settle(job["inputs"])
    return Record.begin(job["run"], flow.name, revision=flow.revision, sandbox=True, inputs=inputs)


def watch_lines(moments: Moments) -> None:
    real = Record.write

    def write(self: Record, event: Event, unit: str = "", **more: Any) -> None:
        moments.before("line")
        real(self, event, unit, **more)
        moments.after("line")

    Record.write = write


def play(toy: Mapping[str, Any], out: Path) -> int:
    """Run the toy workflow; answers its exit status, and writes what it says."""
    os.environ.update(toy["environment"])
    for stream, name in ((sys.stdout, ".text"), (sys.stderr, ".errors")):
        os.dup2(os.open(out.with_suffix(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    try:
        return toys.main(Path(toy["folder"]), toy["how"], toy["run"], toy["moment"], toy["settle"])
    except SuiteError as error:
        print(error, file=sys.stderr)  # noqa: T201 - what a user would see
        return error.status


def child(job: Job, out: Path) -> NoReturn:
    if toy := job.get("toy"):
        status = play(toy, out)
        sys.stdout.flush()
        os._exit(status)
    if job.get("fresh"):
        begin_anew()
    told = anyio.run(work, job, Moments(job.get("die") or {}))
    out.write_text(json.dumps(told))
    os._exit(LEFT if told["error"] else 0)


def main() -> None:
    logging.disable()
    make_samples()
    for spec in SERVERS:
        server(spec)  # what it keeps for the process need not be made again by each child
    gc.collect()
    gc.freeze()
    gc.disable()
    out = kept("told")
    print("ready", flush=True)  # noqa: T201 - who started this reads it
    for line in sys.stdin:
        out.unlink(missing_ok=True)
        number = os.fork()
        if number == 0:
            try:
                child(json.loads(line), out)
            finally:
                traceback.print_exc()
                os._exit(1)
        _, status = os.waitpid(number, 0)
        told: dict[str, Any] = json.loads(out.read_text()) if out.exists() else {}
        for name in ("text", "errors"):
            said = out.with_suffix(f".{name}")
            told[name] = said.read_text() if said.exists() else ""
        print(json.dumps({**told, "status": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
