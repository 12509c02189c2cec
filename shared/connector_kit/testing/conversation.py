"""A real MCP client in conversation with a server, both in this process, for tests of any server's tools."""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, cast
from urllib.parse import unquote

import httpx2
from mcp.client import Client
from mcp.client.session import ClientRequestContext, ElicitationFnT
from mcp.shared.dispatcher import ProgressFnT
from mcp_types import CallToolResult, ElicitRequestParams, ElicitResult, ImageContent

from connector_kit import trace
from connector_kit.access import Access
from connector_kit.audit import AuditLog
from connector_kit.credentials import ServiceSettings
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.output import size
from connector_kit.serving.server import create_server
from connector_kit.serving.session import ServerSpec, ServiceClient, Session
from connector_kit.serving.toolset import Toolset

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)
ClientT = TypeVar("ClientT", bound=ServiceClient)
GivenT = TypeVar("GivenT", bound=ServiceSettings, contravariant=True)
MadeT = TypeVar("MadeT", bound=ServiceClient, covariant=True)

AT_ONCE = HttpPolicy(base_delay=0.0, max_delay=0.0, requests_per_minute=1_000_000)
"""Neither waits nor limits: for a service that is well."""

ERAS = ("legacy", "2026-07-28")
"""The protocol with a handshake, and the one without."""


@dataclass
class Conversation:
    """A client's session with the server; `exchanges` are the requests that it led to."""

    client: Client
    exchanges: list[Exchange]
    audit_folder: Path

    async def attempt(
        self, tool: str, arguments: dict[str, Any], *, progress: ProgressFnT | None = None
    ) -> tuple[str, bool]:
        """Call a tool; answers its text and whether it is an error."""
        result = await self.client.call_tool(tool, arguments, progress_callback=progress)
        assert isinstance(result, CallToolResult)
        return "".join(getattr(part, "text", "") for part in result.content), bool(result.is_error)

    async def ask(self, tool: str, **arguments: object) -> str:
        """The text of a call that works."""
        text, is_error = await self.attempt(tool, arguments)
        assert not is_error, text
        return text

    async def images(self, tool: str, **arguments: object) -> list[ImageContent]:
        """The images in the answer of a call that works."""
        result = await self.client.call_tool(tool, arguments)
        assert isinstance(result, CallToolResult)
        assert not result.is_error, result.content
        return [part for part in result.content if isinstance(part, ImageContent)]

    async def refused(self, tool: str, **arguments: object) -> str:
        """The text of a call that fails as it should: anticipated, not through a crash."""
        text, is_error = await self.attempt(tool, arguments)
        assert is_error, text
        assert self.audited()[-1]["error_kind"] != "crash", text
        return text

    def audited(self) -> list[dict[str, Any]]:
        """The audit log's records."""
        return [json.loads(line) for line in self.audit_text().splitlines()]

    def audit_text(self) -> str:
        """The audit log as it is on disk."""
        return "".join(path.read_text("utf-8") for path in sorted(self.audit_folder.glob("*.jsonl")))

    def sent(self, method: str, path: str) -> list[Exchange]:
        """The exchanges with this method, and this path without its query."""
        return [each for each in self.exchanges if each.method == method and each.url.partition("?")[0] == path]


@asynccontextmanager
async def converse(
    spec: ServerSpec[SettingsT, ClientT],
    settings: SettingsT,
    connect: Callable[[SettingsT, Callable[[Exchange], None]], Awaitable[ClientT]],
    folder: Path,
    *,
    mode: str = ERAS[0],
    elicitation: ElicitationFnT | None = None,
    only: str = "",
) -> AsyncGenerator[Conversation]:
    """Start a session with the server of `spec`, whose client `connect` builds with an observer of its exchanges.

    The audit log goes to `folder`. With `only` the server has that tool alone, and neither prompts nor resources,
    which is built faster than all.
    """
    exchanges: list[Exchange] = []

    def seen(exchange: Exchange) -> None:
        exchanges.append(exchange)
        trace.note(exchange)

    async def connected(given: SettingsT) -> ClientT:
        return await connect(given, seen)

    served = replace(spec, connect=connected)
    if only:
        served = replace(served, toolset=alone(spec.toolset, only), prompts=(), resources=())
    log = AuditLog(folder / "audit", server=spec.script, version="1")
    session = Session(served, settings, None, log)
    async with Client(create_server(served, session, "1"), mode=mode, elicitation_callback=elicitation) as client:
        yield Conversation(client, exchanges, folder / "audit")


class Connect(Protocol[GivenT, MadeT]):
    """A server's `connect`, as far as these sessions call it."""

    def __call__(
        self,
        settings: GivenT,
        *,
        transport: httpx2.AsyncBaseTransport | None,
        policy: HttpPolicy,
        on_exchange: Callable[[Exchange], None],
    ) -> Awaitable[MadeT]:
        """A client."""
        ...


@dataclass(frozen=True)
class Converse(Generic[SettingsT, ClientT]):
    """Starts sessions with a server whose sandbox is reached by a transport."""

    spec: ServerSpec[SettingsT, ClientT]
    connect: Connect[SettingsT, ClientT]

    def __call__(
        self,
        folder: Path,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        settings: SettingsT | None = None,
        mode: str = ERAS[0],
        access: Access = Access.DELETE,
        elicitation: ElicitationFnT | None = None,
        policy: HttpPolicy = AT_ONCE,
        only: str = "",
    ) -> AbstractAsyncContextManager[Conversation]:
        """Start a session with the server, which reaches its service by `transport`, or as `settings` say.

        All toolsets are switched on. With `only` the server has that tool alone, which is built faster than all.
        """

        def connected(given: SettingsT, seen: Callable[[Exchange], None]) -> Awaitable[ClientT]:
            return self.connect(given, transport=transport, policy=policy, on_exchange=seen)

        usual = {"sandbox": True, "access": access, "toolsets": self.spec.toolset.optional}
        chosen = settings or self.spec.settings.model_validate(usual)
        return converse(self.spec, chosen, connected, folder, mode=mode, elicitation=elicitation, only=only)


def alone(tools: Toolset, name: str) -> Toolset:
    """A table with one of the tools, offered whatever toolset it is of."""
    entry = tools.get(name)
    assert entry is not None
    toolset = Toolset(tools.service)
    toolset.tool(title=entry.title, effect=entry.effect, idempotent=entry.idempotent, scopes=entry.scopes)(entry.fn)
    return toolset


def answering(action: str, *, confirm: bool = True, questions: list[str] | None = None) -> ElicitationFnT:
    """A person at the client's dialog who always answers the same; what was asked goes to `questions`."""

    async def callback(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:  # noqa: ARG001 - theirs
        if questions is not None:
            questions.append(params.message)
        content: dict[str, Any] | None = {"confirm": confirm} if action == "accept" else None
        return ElicitResult(action=cast("Any", action), content=content)

    return callback


def path_of(exchange: Exchange) -> str:
    """The decoded path of a request."""
    return unquote(exchange.url.partition("?")[0])


def tokens(text: str) -> int:
    """What a text costs a model, counted as bytes / 4."""
    return size(text) // 4


def rows(answer: str) -> list[list[str]]:
    """The cells of the table that an answer begins with, without the header line."""
    lines = [line for line in answer.splitlines()[1:] if " | " in line]
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def cursor_in(answer: str) -> str | None:
    """The next cursor that an answer names."""
    _, found, rest = answer.partition("next cursor: ")
    return rest.split()[0].rstrip(";.") if found else None


def outside(answer: str) -> str:
    """What is not inside data marks."""
    parts = answer.split("<data")
    return parts[0] + "".join(part.partition("</data>")[2] for part in parts[1:])
