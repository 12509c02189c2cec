"""Servers in this process on sandboxes of the test's own, called as the engine calls them; a call may be the last."""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio.lowlevel
import httpx2

from confluence_mcp import client as confluence_client
from confluence_mcp import sandbox as confluence_sandbox
from confluence_mcp.server import SERVER as CONFLUENCE
from connector_kit.http import Exchange
from connector_kit.testing import conversation
from connector_kit.testing.conversation import AT_ONCE, Conversation, Converse
from jira_mcp import client as jira_client
from jira_mcp import sandbox as jira_sandbox
from jira_mcp.server import SERVER as JIRA
from mcp_suite.calls import CallError
from mcp_suite.populate.calls import Made
from mcp_suite.populate.contents import Contents, Service
from mcp_suite.populate.workflow import populate
from mcp_suite.workflow.display import SilentWatcher
from mcp_suite.workflow.engine import Engine
from mcp_suite.workflow.model import Arguments
from mcp_suite.workflow.record import Record
from slack_mcp import client as slack_client
from slack_mcp import sandbox as slack_sandbox
from slack_mcp.client import SlackClient
from slack_mcp.server import SERVER as SLACK
from slack_mcp.settings import SlackSettings
from snowflake_mcp import client as snowflake_client
from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.server import SERVER as SNOWFLAKE
from snowflake_mcp.settings import SnowflakeSettings

WEB: tuple[Service, ...] = ("jira", "confluence", "slack")
PLACES = {"project": "PMOS", "space": "TRIAL", "channels": "trial-"}
FILES = ("jira.sqlite3", "confluence.sqlite3", "slack.sqlite3")


class Killed(BaseException):
    """The process has died; nothing that is meant for failures may catch it."""


@dataclass
class Office:
    """The servers by name. `calls` are the tools that were called; the process dies at the call of number `dies`."""

    servers: dict[str, Conversation] = field(default_factory=dict[str, Conversation])
    calls: list[str] = field(default_factory=list[str])
    dies: int = 0
    after: bool = False

    async def __call__(self, server: str, tool: str, arguments: Arguments) -> str:
        """Call a tool as the engine does."""
        self.calls.append(tool)
        last = self.dies == len(self.calls)
        if last and not self.after:
            raise Killed
        text, failed = await self.servers[server].attempt(tool, dict(arguments))
        if last:
            raise Killed
        if failed:
            raise CallError(text, refused=True)
        return text

    async def ask(self, tool: str, **arguments: object) -> str:
        """The answer of a tool that works."""
        return await self.servers[tool.partition("_")[0]].ask(tool, **arguments)

    async def run(self, services: Sequence[Service] = WEB, told: Contents | None = None, **places: str) -> Made:
        """Populate; what was made and was there before."""
        flow = populate(services, told)
        given = {**PLACES, **places}
        inputs = flow.settle({each.name: given[each.name] for each in flow.inputs if each.name in given})
        name = f"{flow.name}-{len(self.calls)}"
        record = Record.begin(name, flow.name, revision=flow.revision, sandbox=True, inputs=inputs)
        await Engine(flow, record, self, SilentWatcher(), settle=0.0).run()
        return summed(record)

    async def resume(self, run: str, services: Sequence[Service] = WEB, told: Contents | None = None) -> None:
        """Go on with a run as `mcp-suite workflow resume` does."""
        await Engine(populate(services, told), Record.read(run), self, SilentWatcher(), settle=0.0).run()


def summed(record: Record) -> Made:
    """What all steps of a run have made."""
    made = Made()
    for unit in record.units.values():
        number, there, notes = (unit.outputs.get(name) for name in ("made", "there", "notes"))
        assert isinstance(number, int)
        assert isinstance(there, int)
        assert isinstance(notes, list)
        made.made, made.there = made.made + number, made.there + there
        made.notes += map(str, notes)
    return made


def seed(folder: Path) -> None:
    """Fill three sandboxes."""
    jira_sandbox.create_app(folder / FILES[0]).close()
    confluence_sandbox.create_app(folder / FILES[1]).close()
    slack_sandbox.create_app(folder / FILES[2]).close()


def copied(seeded: Path, folder: Path) -> None:
    """Copy sandboxes into a folder."""
    folder.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(seeded / name, folder / name)


@asynccontextmanager
async def warehouse(folder: Path) -> AsyncGenerator[Office]:
    """The server of Snowflake on a sandbox of its own."""

    def connected(settings: SnowflakeSettings, seen: Callable[[Exchange], None]) -> Awaitable[SnowflakeClient]:
        del seen  # the connector has its own way to Snowflake
        return snowflake_client.connect(settings)

    settings = SnowflakeSettings.load(environ={"SNOWFLAKE_SANDBOX": "1", "SNOWFLAKE_ACCESS": "delete"})
    async with conversation.converse(SNOWFLAKE, settings, connected, folder) as session:
        yield Office({"snowflake": session})


@asynccontextmanager
async def opened(seeded: Path, folder: Path) -> AsyncGenerator[Office]:
    """The servers on copies of sandboxes, whose searches notice everything at once."""
    copied(seeded, folder)
    jira = jira_sandbox.create_app(folder / FILES[0], search_lag=0.0)
    confluence = confluence_sandbox.create_app(folder / FILES[1], search_lag=0.0)
    slack = slack_sandbox.create_app(folder / FILES[2])

    async def no_wait(_: float) -> None:
        await anyio.lowlevel.checkpoint()

    def slack_connected(settings: SlackSettings, seen: Callable[[Exchange], None]) -> Awaitable[SlackClient]:
        transport = httpx2.ASGITransport(slack)
        return slack_client.connect(settings, transport=transport, policy=AT_ONCE, on_exchange=seen, sleep=no_wait)

    told = {
        "sandbox": True,
        "access": "delete",
        "token": slack_sandbox.SANDBOX_TOKEN,
        "toolsets": SLACK.toolset.optional,
    }
    async with AsyncExitStack() as stack:
        for app in (jira, confluence, slack):
            stack.callback(app.close)
        office = Office()
        for name, session in (
            ("jira", Converse(JIRA, jira_client.connect)(folder, transport=httpx2.ASGITransport(jira))),
            (
                "confluence",
                Converse(CONFLUENCE, confluence_client.connect)(folder, transport=httpx2.ASGITransport(confluence)),
            ),
            ("slack", conversation.converse(SLACK, SlackSettings.model_validate(told), slack_connected, folder)),
        ):
            office.servers[name] = await stack.enter_async_context(session)
        yield office
