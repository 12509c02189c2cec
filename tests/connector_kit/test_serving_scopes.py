"""A tool whose login lacks a scope: found out before anything is sent, and told with the way to get it."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest
from mcp.client import Client
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult
from pydantic import Field

from connector_kit.access import Access
from connector_kit.audit import AuditLog, read_records
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import ScopeMissing, Unavailable
from connector_kit.serving.consent import Answer, Consent, ask, require
from connector_kit.serving.main import tools_table
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session, client_of
from connector_kit.serving.toolset import Toolset, running_tool
from connector_kit.testing.contract import complaints

pytestmark = pytest.mark.anyio


class ScopedSettings(ServiceSettings, service="scoped"):
    client_id: str | None = Field(default=None, description="The app.")


class ScopedClient:
    account = "someone"

    def __init__(self) -> None:
        self.held: set[str] | None = None
        self.names: dict[str, str] = {}
        self.failure: Exception | None = None
        self.sent: list[str] = []

    async def check(self) -> str:
        return "signed in"

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        if isinstance(self.failure, Unavailable):
            raise self.failure
        held = self.held
        return () if held is None else tuple(self.names.get(each, each) for each in needed if each not in held)

    async def request(self, what: str) -> str:
        self.sent.append(what)
        if self.failure:
            raise self.failure
        return what

    async def aclose(self) -> None:
        pass


Scoped = Annotated[ScopedClient, Resolve(client_of)]
Key = Annotated[str, Field(description="Key, like A-1.", pattern=r"^[A-Z]-\d+$")]
TOOLS = Toolset("scoped")


@TOOLS.tool(title="Get", effect="reads", scopes=("read:things",))
async def scoped_get_thing(key: Key, client: Scoped) -> str:
    """Read a thing by its key."""
    assert running_tool.get() is TOOLS.get("scoped_get_thing")
    return await client.request(key)


@TOOLS.tool(title="Add", effect="adds", scopes=("read:things", "write:things"))
async def scoped_add_thing(client: Scoped) -> str:
    """Add a thing to the others."""
    return await client.request("add")


@TOOLS.tool(title="List", effect="reads")
async def scoped_list_things(client: Scoped) -> str:
    """List the things that there are."""
    return await client.request("list")


async def ask_before_deleting(ctx: Context, key: str, confirm: bool, client: Scoped) -> Consent | Elicit[Consent]:
    return ask(ctx, f"Delete {await client.request(key)}?", confirmed=confirm)


@TOOLS.tool(title="Delete", effect="destroys", scopes=("delete:things",))
async def scoped_delete_thing(
    key: Key,
    client: Scoped,
    answer: Annotated[Answer, Resolve(ask_before_deleting)],
    confirm: Annotated[bool, Field(description="The user agreed.")] = False,
) -> str:
    """Delete a thing for good."""
    require(answer)
    return await client.request(f"delete {key}")


class House:
    """The running server, its client, and what it recorded."""

    def __init__(self, client: Client, scoped: ScopedClient, folder: Path) -> None:
        self.client, self.scoped, self.folder = client, scoped, folder

    async def refused(self, name: str, **arguments: object) -> str:
        result = await self.client.call_tool(name, dict(arguments))
        assert isinstance(result, CallToolResult)
        assert result.is_error
        return "".join(getattr(part, "text", "") for part in result.content)


def spec_of(client: ScopedClient | None = None) -> ServerSpec[ScopedSettings, ScopedClient]:
    async def connect(_: ScopedSettings) -> ScopedClient:
        return client or ScopedClient()

    return ServerSpec("scoped", "Scoped", TOOLS, ScopedSettings, connect, "Things.")


@asynccontextmanager
async def house(folder: Path, *, more_scopes: str = "", **given: Any) -> AsyncGenerator[House]:
    scoped = ScopedClient()
    settings = ScopedSettings.model_validate({"access": Access.WRITE, "client_id": "app", **given})
    audit = AuditLog(folder, server="scoped-mcp", version="1")
    session = Session(replace(spec_of(scoped), more_scopes=more_scopes), settings, None, audit)
    async with Client(create_server(session.spec, session, "1")) as client:
        yield House(client, scoped, folder)


async def test_a_scope_that_the_login_lacks_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.held = {"read:things"}
        assert await there.refused("scoped_add_thing") == (
            "scoped_add_thing needs the scope write:things, which this login does not have. "
            "Ask the user to run `mcp-suite auth login scoped --access write`."
        )
        assert there.scoped.sent == []
        (record,) = read_records(tmp_path)
        assert record["error_kind"] == "not_permitted"


async def test_a_tool_whose_scopes_are_there_or_that_needs_none_is_left_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.held = {"read:things"}
        await there.client.call_tool("scoped_get_thing", {"key": "A-1"})
        await there.client.call_tool("scoped_list_things", {})
        assert there.scoped.sent == ["A-1", "list"]


async def test_arguments_are_looked_at_first(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.held = set()
        assert "key: " in await there.refused("scoped_get_thing", key="nonsense")


async def test_nobody_is_asked_about_a_deletion_that_the_login_does_not_allow(tmp_path: Path) -> None:
    async with house(tmp_path, access=Access.DELETE) as there:
        there.scoped.held = {"read:things"}
        text = await there.refused("scoped_delete_thing", key="A-1", confirm=True)
        assert text.endswith("run `mcp-suite auth login scoped --access delete`.")
        assert there.scoped.sent == []


async def test_a_login_for_reading_needs_no_level(tmp_path: Path) -> None:
    async with house(tmp_path, access=Access.READ) as there:
        there.scoped.held = set()
        text = await there.refused("scoped_get_thing", key="A-1")
        assert text.endswith("Ask the user to run `mcp-suite auth login scoped`.")


async def test_a_login_of_the_other_family_is_renewed_in_that_family(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.held = set()
        there.scoped.names = {"write:things": "write:thing:scoped", "read:things": "read:thing:scoped"}
        text = await there.refused("scoped_add_thing")
        assert "the scopes read:thing:scoped and write:thing:scoped, which" in text
        assert text.endswith("`mcp-suite auth login scoped --access write --granular-scopes`.")


async def test_a_login_that_cannot_be_looked_at_now_is_told_as_it_is(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.failure = Unavailable("The vendor is down.", next_step="Try again.")
        assert await there.refused("scoped_add_thing") == "The vendor is down. Try again."


async def test_a_refusal_of_the_vendors_names_all_scopes_of_the_tool_and_the_command(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.failure = ScopeMissing("Scoped: a scope is missing.", next_step="General advice.")
        assert await there.refused("scoped_add_thing") == (
            "Scoped: a scope is missing. scoped_add_thing needs the scopes read:things and write:things. "
            "Ask the user to run `mcp-suite auth login scoped --access write`."
        )


@pytest.mark.parametrize("found_out", ["before", "by the service"])
async def test_a_token_that_can_be_given_more_scopes_is_not_replaced(tmp_path: Path, found_out: str) -> None:
    async with house(tmp_path, more_scopes="add it to the app", client_id=None) as there:
        if found_out == "before":
            there.scoped.held = {"read:things"}
            told = "scoped_add_thing needs the scope write:things, which this login does not have."
        else:
            there.scoped.failure = ScopeMissing(told := "Scoped: write:things is missing.", next_step="General advice.")
        assert await there.refused("scoped_add_thing") == (
            f"{told} Ask the user to add it to the app, and to store it with `mcp-suite auth login scoped`."
        )


async def test_a_login_is_renewed_also_where_tokens_can_be_given_more_scopes(tmp_path: Path) -> None:
    async with house(tmp_path, more_scopes="add it to the app") as there:
        there.scoped.failure = ScopeMissing("Scoped: write:things is missing.")
        assert await there.refused("scoped_add_thing") == (
            "Scoped: write:things is missing. Ask the user to run `mcp-suite auth login scoped --access write`."
        )


async def test_a_scope_of_another_tool_is_of_the_same_family(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.held = {"read:things"}
        there.scoped.names = {"write:things": "delete:things"}
        assert (await there.refused("scoped_add_thing")).endswith("auth login scoped --access write`.")


async def test_a_new_api_token_needs_the_scopes_of_all_tools_that_are_on(tmp_path: Path) -> None:
    async with house(tmp_path, client_id=None) as there:
        there.scoped.failure = ScopeMissing("Scoped: a scope is missing.", next_step="General advice.")
        assert await there.refused("scoped_get_thing", key="A-1") == (
            "Scoped: a scope is missing. scoped_get_thing needs the scope read:things. "
            "Ask the user to make an API token with the scopes read:things and write:things, and to store it with "
            "`mcp-suite auth login scoped`."
        )


async def test_a_refusal_to_a_tool_that_declares_nothing_keeps_its_own_advice(tmp_path: Path) -> None:
    async with house(tmp_path) as there:
        there.scoped.failure = ScopeMissing("Scoped: a scope is missing.", next_step="General advice.")
        assert await there.refused("scoped_list_things") == "Scoped: a scope is missing. General advice."


def test_the_list_of_tools_has_their_scopes() -> None:
    table = tools_table(spec_of()).splitlines()
    assert table[0].endswith("scopes")
    assert table[2].endswith("read:things write:things")
    assert [entry["scopes"] for entry in json.loads(tools_table(spec_of(), as_json=True))][:3] == [
        ["read:things"],
        ["read:things", "write:things"],
        [],
    ]


def test_each_tool_of_a_service_with_oauth_declares_its_scopes() -> None:
    assert complaints(spec_of()) == ["scoped_list_things: needs its OAuth scopes"]
