"""A made-up service with a server: tools that work, fail, crash, take long, ask, and destroy."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import anyio
from mcp.client import Client
from mcp.client.session import ElicitationFnT
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult
from pydantic import BaseModel, ConfigDict, Field

from connector_kit import trace
from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, NotFound
from connector_kit.output import ANSWER_LIMIT
from connector_kit.serving.consent import Answer, Consent, ask, require
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session, client_of
from connector_kit.serving.toolset import Toolset


class ToySettings(ServiceSettings, service="toy"):
    pass


class ToyClient:
    def __init__(self) -> None:
        self.things = {"A-1": "first", "A-2": "second"}
        self.closed = False
        self.account = "toymaker"

    async def check(self) -> str:
        return "signed in as toymaker"

    async def lacking_scopes(self, _: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        self.closed = True


Toy = Annotated[ToyClient, Resolve(client_of)]


Key = Annotated[str, Field(description="Key, like A-1.", pattern=r"^[A-Z]-\d+$")]


TOOLS = Toolset("toy")


@TOOLS.tool(title="Get a thing", effect="reads")
async def toy_get_thing(key: Key, toy: Toy) -> str:
    """Read one thing by its key.

    Use toy_run_slowly for a thing that takes its time.
    """
    if key not in toy.things:
        raise NotFound(f"There is no thing {key}.", next_step="Try A-1.")
    return toy.things[key]


@TOOLS.tool(title="Crash", effect="reads")
async def toy_run_crash(toy: Toy) -> str:
    """Raise what nobody anticipated."""
    raise RuntimeError("secret-of-the-house")


@TOOLS.tool(title="Answer at length", effect="reads")
async def toy_get_long(toy: Toy) -> str:
    """Answer with more than anybody can read."""
    return "ä" * ANSWER_LIMIT


@TOOLS.tool(title="Take time", effect="reads")
async def toy_run_slowly(toy: Toy, ctx: Context) -> str:
    """Report progress, then wait to be cancelled."""
    await ctx.report_progress(1, 2, "half")
    await anyio.sleep(30)
    return "never"


@TOOLS.tool(title="Complain", effect="reads")
async def toy_run_complaint(about: Annotated[str, Field(description="About what.")], toy: Toy) -> str:
    """Fail with the text that was sent."""
    raise NotFound(f"Toy does not know {about}.")


@TOOLS.tool(title="Tell the time left", effect="reads")
async def toy_get_hurry(toy: Toy) -> str:
    """Tell the seconds that are left."""
    return str(trace.seconds_left())


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="Name of the part.")
    size: int | None = Field(default=None, description="Size in millimetres.")


@TOOLS.tool(title="Add things", effect="adds")
async def toy_add_things(
    parts: Annotated[list[Part], Field(description="The parts.")],
    toy: Toy,
    note: Annotated[str, Field(description="A note.")] = "",
    count: Annotated[int | None, Field(description="How many of each.")] = None,
) -> str:
    """Add several things at once."""
    return f"added {len(parts)}"


async def ask_before_deleting(ctx: Context, key: str, confirm: bool, toy: Toy) -> Consent | Elicit[Consent]:
    return ask(ctx, f"Delete {key} ({toy.things[key]})?", confirmed=confirm)


@TOOLS.tool(title="Delete a thing", effect="destroys")
async def toy_delete_thing(
    key: Key,
    toy: Toy,
    answer: Annotated[Answer, Resolve(ask_before_deleting)],
    confirm: Annotated[bool, Field(description="The user agreed.")] = False,
) -> str:
    """Delete a thing for good."""
    require(answer)
    del toy.things[key]
    return f"deleted {key}"


class Toyshop:
    """The running toy server, its client's connection and its audit folder."""

    def __init__(self, client: Client, toy: ToyClient, folder: Path) -> None:
        self.client, self.toy, self.folder = client, toy, folder

    async def call(self, name: str, **arguments: object) -> tuple[str, bool]:
        result = await self.client.call_tool(name, dict(arguments))
        assert isinstance(result, CallToolResult)
        assert result.structured_content is None
        return "".join(getattr(part, "text", "") for part in result.content), bool(result.is_error)

    def audited(self) -> list[dict[str, Any]]:
        lines = [line for path in sorted(self.folder.glob("*.jsonl")) for line in path.read_text().splitlines()]
        return [json.loads(line) for line in lines]


@asynccontextmanager
async def shop(
    folder: Path,
    *,
    mode: str = "legacy",
    access: Access = Access.DELETE,
    elicitation: ElicitationFnT | None = None,
    fault: NotConfigured | None = None,
) -> AsyncGenerator[Toyshop]:
    toy = ToyClient()

    async def connect(_: ToySettings) -> ToyClient:
        return toy

    spec = ServerSpec("toy", "Toy", TOOLS, ToySettings, connect, "Toys.")
    audit = AuditLog(folder, server="toy-mcp", version="1")
    settings = None if fault else ToySettings(access=access)
    session = Session(spec, settings, fault, audit)
    server = create_server(spec, session, "1")
    async with Client(server, mode=mode, elicitation_callback=elicitation) as client:
        yield Toyshop(client, toy, folder)
