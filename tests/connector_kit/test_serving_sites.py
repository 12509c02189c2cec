"""A toy service whose login reaches two sites: what every server gets from the kit for that."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Self

import anyio
import pytest
from mcp.client import Client
from mcp.client.session import ElicitationFnT
from mcp.server.mcpserver import Context, Elicit, Resolve
from mcp_types import CallToolResult, ResourceTemplateReference, TextResourceContents
from pydantic import Field
from typing_extensions import override

from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, NotFound, ServiceError
from connector_kit.serving.completions import Completions
from connector_kit.serving.consent import Answer, Consent, ask, require
from connector_kit.serving.main import check
from connector_kit.serving.offers import Resources
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, Session, client_of
from connector_kit.serving.toolset import Toolset
from connector_kit.sites import current_site
from connector_kit.testing.conversation import ERAS, answering

pytestmark = pytest.mark.anyio
BOTH = pytest.mark.parametrize("mode", ERAS)
TWO = {"one": "https://one.example.net", "two": "https://two.example.net"}


class PairSettings(ServiceSettings, service="pair"):
    url: str = ""
    further: str = ""

    @property
    @override
    def addresses(self) -> Mapping[str, str]:
        return {"one": self.url, "two": self.further} if self.further else {"one": self.url}

    @override
    def by_site(self) -> Mapping[str, Self]:
        if not self.further:
            return {}
        return {name: self.model_copy(update={"url": url, "further": ""}) for name, url in self.addresses.items()}


@dataclass
class PairClient:
    """A client of one site, which keeps what was done there."""

    url: str
    things: dict[str, str]
    fault: ServiceError | None = None
    closed: bool = False
    seen: list[str] = field(default_factory=list[str])

    @property
    def account(self) -> str:
        return f"somebody at {self.url}"

    async def check(self) -> str:
        if self.fault:
            raise self.fault
        return f"signed in at {self.url}"

    async def lacking_scopes(self, needed: Sequence[str], /) -> tuple[str, ...]:
        del needed
        return ()

    async def aclose(self) -> None:
        self.closed = True


Pair = Annotated[PairClient, Resolve(client_of)]
Key = Annotated[str, Field(description="Key, like A-1.")]
TOOLS = Toolset("pair")


@TOOLS.tool(title="Get a thing", effect="reads")
async def pair_get_thing(key: Key, pair: Pair) -> str:
    """Read one thing by its key."""
    if key not in pair.things:
        raise NotFound(f"There is no thing {key}.")
    return pair.things[key]


@TOOLS.tool(title="Get slowly", effect="reads")
async def pair_get_slowly(key: Key, pair: Pair) -> str:
    """Read one thing while other calls run."""
    for _ in range(3):
        await anyio.sleep(0.01)
        pair.seen.append(current_site.get())
    return pair.things[key]


async def ask_first(ctx: Context, key: str, confirm: bool, pair: Pair) -> Consent | Elicit[Consent]:
    return ask(ctx, f"Delete {key} ({pair.things[key]})?", confirmed=confirm)


@TOOLS.tool(title="Delete a thing", effect="destroys")
async def pair_delete_thing(
    key: Key,
    pair: Pair,
    answer: Annotated[Answer, Resolve(ask_first)],
    confirm: Annotated[bool, Field(description="Agreed.")] = False,
) -> str:
    """Delete one thing for good."""
    require(answer)
    del pair.things[key]
    return f"deleted {key}"


RESOURCES = Resources("pair")


@RESOURCES.template("pair://thing/{key}", title="A thing")
async def pair_thing(key: str, ctx: Context) -> str:
    """One thing."""
    pair: PairClient = await client_of(ctx)
    return pair.things[key]


COMPLETIONS = Completions()


@COMPLETIONS.of("key")
async def keys(pair: PairClient, typed: str) -> list[str]:
    return [f"{key} at {pair.url}" for key in pair.things if key.startswith(typed)]


class Sites:
    """What `connect` builds, by address."""

    def __init__(self) -> None:
        self.clients: dict[str, PairClient] = {}
        self.closed_door: dict[str, ServiceError] = {}

    async def connect(self, settings: PairSettings) -> PairClient:
        if fault := self.closed_door.get(settings.url):
            raise fault
        assert settings.url not in self.clients, "one client for a site"
        things = {"A-1": f"first of {settings.url}", "B-2": "both"}
        self.clients[settings.url] = PairClient(settings.url, things)
        return self.clients[settings.url]


def spec_of(sites: Sites) -> ServerSpec[PairSettings, PairClient]:
    return ServerSpec(
        "pair",
        "Pair",
        TOOLS,
        PairSettings,
        sites.connect,
        "Two of a kind.",
        resources=RESOURCES,
        completions=COMPLETIONS,
    )


def session_of(sites: Sites, folder: Path, *, further: str = TWO["two"]) -> Session[PairSettings, PairClient]:
    settings = PairSettings(url=TWO["one"], further=further, access=Access.DELETE)
    return Session(spec_of(sites), settings, None, AuditLog(folder, "pair-mcp", "1"))


@asynccontextmanager
async def served(
    sites: Sites,
    folder: Path,
    *,
    further: str = TWO["two"],
    mode: str = ERAS[0],
    elicitation: ElicitationFnT | None = None,
) -> AsyncGenerator[Client]:
    session = session_of(sites, folder, further=further)
    async with Client(create_server(session.spec, session, "1"), mode=mode, elicitation_callback=elicitation) as client:
        yield client


async def said(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert isinstance(result, CallToolResult)
    return "".join(getattr(part, "text", "") for part in result.content)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


async def test_with_one_site_nothing_of_sites_is_seen(tmp_path: Path) -> None:
    async with served(Sites(), tmp_path, further="") as client:
        for tool in (await client.list_tools()).tools:
            assert "site" not in tool.input_schema["properties"]
        assert "site" not in str(client.instructions)
        assert await said(client, "pair_get_thing", key="A-1") == "first of https://one.example.net"
        assert "unknown argument 'site'" in await said(client, "pair_get_thing", key="A-1", site="one")
        assert "site" not in await said(client, "pair_get_thing", key="A-9")
    assert all("site" not in record for record in records(tmp_path))


async def test_with_two_sites_every_tool_takes_one_of_them(tmp_path: Path) -> None:
    async with served(Sites(), tmp_path) as client:
        tools = (await client.list_tools()).tools
        taken = {"type": "string", "enum": ["one", "two"], "default": "one", "description": "Pair site."}
        assert [tool.input_schema["properties"]["site"] for tool in tools] == [taken] * 3
        assert all("site" not in tool.input_schema.get("required", []) for tool in tools)
        for name, address in TWO.items():
            assert f"{name} ({address})" in str(client.instructions)
    async with served(Sites(), tmp_path, further="") as client:
        assert "site" not in (await client.list_tools()).tools[0].input_schema["properties"]


@BOTH
async def test_a_call_goes_to_the_site_that_it_names_and_says_so(tmp_path: Path, mode: str) -> None:
    sites = Sites()
    async with served(sites, tmp_path, mode=mode) as client:
        assert sites.clients == {}
        usual = await said(client, "pair_get_thing", key="A-1")
        assert usual == "first of https://one.example.net\n(site one: https://one.example.net)"
        assert list(sites.clients) == [TWO["one"]]
        other = await said(client, "pair_get_thing", key="A-1", site="two")
        assert other == "first of https://two.example.net\n(site two: https://two.example.net)"
        assert list(sites.clients) == list(TWO.values())
        assert [client.closed for client in sites.clients.values()] == [False, False]
    assert [client.closed for client in sites.clients.values()] == [True, True]
    assert [(record["site"], record["account"]) for record in records(tmp_path)] == [
        ("one", "somebody at https://one.example.net"),
        ("two", "somebody at https://two.example.net"),
    ]


async def test_what_is_not_on_one_site_may_be_on_another(tmp_path: Path) -> None:
    async with served(Sites(), tmp_path) as client:
        told = await said(client, "pair_get_thing", key="A-9", site="two")
        assert told == (
            "There is no thing A-9. (site two: https://two.example.net; not looked for on one (https://one.example.net))"
        )


async def test_a_site_that_there_is_not_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    sites = Sites()
    async with served(sites, tmp_path) as client:
        assert "There is no site 'three' here; nothing was done" in await said(
            client, "pair_delete_thing", key="A-1", site="three", confirm=True
        )
    assert sites.clients == {}
    assert records(tmp_path)[0]["error_kind"] == "invalid_input"


@BOTH
async def test_a_question_names_the_site_and_the_answer_counts_there_only(tmp_path: Path, mode: str) -> None:
    sites, questions = Sites(), list[str]()
    person = answering("accept", questions=questions)
    async with served(sites, tmp_path, mode=mode, elicitation=person) as client:
        assert "deleted B-2" in await said(client, "pair_delete_thing", key="B-2", site="two")
        assert "both" in await said(client, "pair_get_thing", key="B-2")
    assert questions == ["On two (https://two.example.net): Delete B-2 (both)?"]
    assert "B-2" in sites.clients[TWO["one"]].things
    assert "B-2" not in sites.clients[TWO["two"]].things


async def test_each_site_has_addresses_of_its_own(tmp_path: Path) -> None:
    async with served(Sites(), tmp_path) as client:
        templates = (await client.list_resource_templates()).resource_templates
        assert [(each.uri_template, each.title) for each in templates] == [
            ("pair://thing/{key}", "A thing"),
            ("pair://two/thing/{key}", "A thing on two"),
        ]
        for address, site in (("pair://thing/A-1", "one"), ("pair://two/thing/A-1", "two")):
            [content] = (await client.read_resource(address)).contents
            assert isinstance(content, TextResourceContents)
            assert content.text == f"first of {TWO[site]}\n(site {site}: {TWO[site]})"
        for template in templates:
            reference = ResourceTemplateReference(type="ref/resource", uri=template.uri_template)
            proposed = await client.complete(reference, {"name": "key", "value": "A"})
            assert proposed.completion.values == [f"A-1 at {TWO['two' if 'two' in template.uri_template else 'one']}"]
    assert [(record["site"], record["account"]) for record in records(tmp_path)] == [
        (name, f"somebody at {address}") for name, address in TWO.items()
    ]


async def test_of_one_site_addresses_name_none(tmp_path: Path) -> None:
    async with served(Sites(), tmp_path, further="") as client:
        assert len((await client.list_resource_templates()).resource_templates) == 1
        [content] = (await client.read_resource("pair://thing/A-1")).contents
        assert isinstance(content, TextResourceContents)
        assert content.text == "first of https://one.example.net"


async def test_calls_at_the_same_time_stay_on_their_sites(tmp_path: Path) -> None:
    sites = Sites()
    async with served(sites, tmp_path) as client, anyio.create_task_group() as tasks:

        async def call(site: str) -> None:
            assert f"first of {TWO[site]}" in await said(client, "pair_get_slowly", key="A-1", site=site)

        for number in range(12):
            tasks.start_soon(call, ("one", "two")[number % 2])
    for name, address in TWO.items():
        assert set(sites.clients[address].seen) == {name}
        assert len(sites.clients[address].seen) == 18
    assert current_site.get() == ""


async def test_a_site_that_cannot_be_reached_leaves_the_other_alone(tmp_path: Path) -> None:
    sites = Sites()
    sites.closed_door[TWO["two"]] = NotConfigured("No way in.")
    async with served(sites, tmp_path) as client:
        assert "No way in" in await said(client, "pair_get_thing", key="A-1", site="two")
        assert "first of" in await said(client, "pair_get_thing", key="A-1")
        sites.closed_door.clear()
        assert "first of https://two" in await said(client, "pair_get_thing", key="A-1", site="two")


async def test_a_client_that_cannot_be_closed_does_not_keep_the_others_open(tmp_path: Path) -> None:
    sites = Sites()
    session = session_of(sites, tmp_path)
    for name in TWO:
        await session.client(name)

    async def stuck() -> None:
        raise RuntimeError("stuck")

    last = sites.clients[TWO["two"]]
    broken = replace(last)
    broken.aclose = stuck
    session._clients["two"] = broken  # pyright: ignore[reportPrivateUsage] - a client that fails to close
    with pytest.raises(RuntimeError, match="stuck"):
        await session.aclose()
    assert sites.clients[TWO["one"]].closed


async def test_check_looks_at_every_site_and_tells_the_worst(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = Sites()
    assert await check(session_of(sites, tmp_path)) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "pair-mcp (one): signed in at https://one.example.net; access: delete",
        "pair-mcp (two): signed in at https://two.example.net; access: delete",
    ]
    broken = Sites()
    session = session_of(broken, tmp_path)
    (await session.client("one")).fault = NotFound("This is no site.")
    assert await check(session) == 1
    told = capsys.readouterr()
    assert told.err == "pair-mcp (one): This is no site.\n"
    assert told.out == "pair-mcp (two): signed in at https://two.example.net; access: delete\n"
