"""What a server offers beside its usual tools: toolsets on request, images, prompts, resources."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import pytest
from mcp.client import Client
from mcp.server.mcpserver import Context, Image, Resolve
from mcp.shared.exceptions import MCPError
from mcp_types import ImageContent, TextContent, TextResourceContents
from pydantic import Field

from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotFound
from connector_kit.logs import redactor
from connector_kit.output import ANSWER_LIMIT
from connector_kit.serving.offers import Prompts, Resources
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session, client_of
from connector_kit.serving.toolset import Toolset
from connector_kit.testing.contract import catalogue, complaints

pytestmark = pytest.mark.anyio
ERAS = pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
PNG = b"\x89PNG\r\n\x1a\n-not-really"


class ToySettings(ServiceSettings, service="toy"):
    toolsets: tuple[str, ...] = ()


class ToyClient:
    account = "toymaker"

    def __init__(self) -> None:
        self.shelf = {"top": "a ball"}

    async def check(self) -> str:
        return "signed in"

    async def lacking_scopes(self, _: Sequence[str]) -> tuple[str, ...]:
        return ()

    async def aclose(self) -> None:
        return None


Toy = Annotated[ToyClient, Resolve(client_of)]
TOOLS, PROMPTS, RESOURCES = Toolset("toy"), Prompts("toy"), Resources("toy")


@TOOLS.tool(title="Get a picture", effect="reads")
async def toy_get_picture(toy: Toy) -> list[str | Image]:
    """Answer with a picture and far too many words."""
    return ["ä" * ANSWER_LIMIT, Image(data=PNG, format="png")]


@TOOLS.tool(title="Get a rarity", effect="reads", toolset="rare")
async def toy_get_rarity(toy: Toy) -> str:
    """Answer with something that few need."""
    return "rare"


@TOOLS.tool(title="Add a rarity", effect="adds", toolset="rare")
async def toy_add_rarity(toy: Toy) -> str:
    """Add something that few need."""
    return "added"


@PROMPTS.prompt(title="Play")
def toy_play(game: Annotated[str, Field(description="Which game.")], players: str = "2") -> str:
    """Begin a game."""
    return f"Let us play {game} with {players}."


@RESOURCES.template("toy://shelf/{name}", title="A shelf", media_type="text/markdown")
async def toy_shelf(name: str, ctx: Context) -> str:
    """What lies on a shelf."""
    toy = await client_of(ctx)
    if name == "broken":
        raise RuntimeError("secret-of-the-house")
    if name not in toy.shelf:
        raise NotFound(f"There is no shelf {name}; token-of-the-house.", next_step="Try top.")
    return toy.shelf[name]


async def connect(_: ToySettings) -> ToyClient:
    return ToyClient()


SPEC: ServerSpec[Any, Any] = ServerSpec(
    service="toy",
    title="Toy",
    toolset=TOOLS,
    settings=ToySettings,
    connect=connect,
    instructions="Toys.",
    prompts=PROMPTS,
    resources=RESOURCES,
)


@asynccontextmanager
async def toyshop(folder: Path, mode: str = "legacy", **settings: Any) -> AsyncGenerator[Client]:
    audit = AuditLog(folder, server="toy-mcp", version="1")
    session = Session[Any, Any](SPEC, ToySettings(**settings), None, audit)
    async with Client(create_server(SPEC, session, "1"), mode=mode) as client:
        yield client


async def names(client: Client) -> set[str]:
    return {tool.name for tool in (await client.list_tools()).tools}


def records(folder: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


async def test_a_toolset_is_offered_on_request_only(tmp_path: Path) -> None:
    async with toyshop(tmp_path) as client:
        assert await names(client) == {"toy_get_picture"}
    async with toyshop(tmp_path, toolsets=("rare",)) as client:
        assert await names(client) == {"toy_get_picture", "toy_get_rarity"}
    async with toyshop(tmp_path, toolsets=("rare",), access="write") as client:
        assert await names(client) == {"toy_get_picture", "toy_get_rarity", "toy_add_rarity"}
    assert TOOLS.optional == ("rare",)


async def test_a_tool_that_is_off_says_which_variables_switch_it_on(tmp_path: Path) -> None:
    async with toyshop(tmp_path) as client:
        told = (await client.call_tool("toy_get_rarity", {})).content[0]
        also = (await client.call_tool("toy_add_rarity", {})).content[0]
    assert isinstance(told, TextContent) and "TOY_TOOLSETS=rare and a restart" in told.text
    assert isinstance(also, TextContent) and "TOY_ACCESS=write and TOY_TOOLSETS=rare" in also.text


async def test_the_usual_catalogue_is_what_counts_against_the_budget() -> None:
    assert {tool.name for tool in catalogue(SPEC)} >= {"toy_get_rarity"}
    assert [line for line in complaints(SPEC) if "catalogue" in line] == []


async def test_an_answer_may_hold_an_image_and_its_text_is_bounded(tmp_path: Path) -> None:
    async with toyshop(tmp_path) as client:
        text, image = (await client.call_tool("toy_get_picture", {})).content
    assert isinstance(text, TextContent) and "answer cut at" in text.text
    assert isinstance(image, ImageContent) and image.mime_type == "image/png"


@ERAS
async def test_prompts_are_listed_with_their_arguments_and_filled_in(tmp_path: Path, mode: str) -> None:
    async with toyshop(tmp_path, mode) as client:
        (prompt,) = (await client.list_prompts()).prompts
        assert (prompt.name, prompt.title, prompt.description) == ("toy_play", "Play", "Begin a game.")
        arguments = prompt.arguments or []
        assert [(item.name, item.required) for item in arguments] == [("game", True), ("players", False)]
        (message,) = (await client.get_prompt("toy_play", {"game": "chess"})).messages
    assert isinstance(message.content, TextContent)
    assert message.content.text == "Let us play chess with 2."


@ERAS
async def test_a_resource_is_read_by_its_address_and_recorded(tmp_path: Path, mode: str) -> None:
    async with toyshop(tmp_path, mode) as client:
        (template,) = (await client.list_resource_templates()).resource_templates
        assert (template.uri_template, template.mime_type) == ("toy://shelf/{name}", "text/markdown")
        (content,) = (await client.read_resource("toy://shelf/top")).contents
    assert isinstance(content, TextResourceContents) and content.text == "a ball"
    (record,) = records(tmp_path)
    assert (record["tool"], record["outcome"], record["effect"]) == ("toy_shelf", "ok", "reads")


async def test_a_resource_fails_in_our_words_without_secrets(tmp_path: Path) -> None:
    redactor.add("token-of-the-house")
    async with toyshop(tmp_path) as client:
        with pytest.raises(MCPError, match=r"no shelf low; \[secret\]\. Try top\."):
            await client.read_resource("toy://shelf/low")
        with pytest.raises(MCPError) as caught:
            await client.read_resource("toy://shelf/broken")
        assert "secret-of-the-house" not in str(caught.value)
    assert [(record["outcome"], record.get("error_kind")) for record in records(tmp_path)] == [
        ("error", "not_found"),
        ("error", "crash"),
    ]


def test_a_table_refuses_what_is_not_its_own() -> None:
    with pytest.raises(ValueError, match="prefix toy_"):

        @PROMPTS.prompt(title="Foreign")
        def other_play() -> str:
            """Of another service."""
            return ""

    with pytest.raises(ValueError, match="begins with toy://"):

        @RESOURCES.template("other://x/{name}", title="Foreign")
        async def toy_other(name: str, ctx: Context) -> str:
            """Of another service."""
            return ""
