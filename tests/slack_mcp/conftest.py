"""Clients on a sandbox of the test's own, whose every request is held against what is known of Slack's methods."""

import inspect
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx2
import jsonschema
import pytest

from connector_kit.access import Access
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.testing.recorder import Recorder
from connector_kit.testing.specs import find_spec
from slack_mcp.client import SlackClient, connect
from slack_mcp.sandbox import create_app
from slack_mcp.settings import SlackSettings

TYPES = "slack.from-web-api-8.2.0.schema.json"
ARCHIVED = "slack-web-api.2021-archived.swagger2.json"
NOW = 1770064200.0
"""2 February 2026, 20:30 UTC: half an hour after the last sample message."""

QUICK = HttpPolicy(base_delay=0.0, max_delay=0.0, requests_per_minute=60_000)

# Methods that slack-sdk has no wrapper for, with the parameters of https://docs.slack.dev/reference/methods.
BY_NAME = {
    "assistant.search.context": {
        *("query", "action_token", "channel_types", "content_types", "include_bots", "include_deleted_users"),
        *("before", "after", "include_context_messages", "context_channel_id", "cursor", "limit", "sort", "sort_dir"),
        *("include_message_blocks", "highlight", "term_clauses", "modifiers", "include_archived_channels"),
        "disable_semantic_search",
    }
}

Connect = Callable[..., Awaitable[SlackClient]]


class Complaints:
    """Holds requests against slack-sdk's signatures and, where they are at hand, Slack's own descriptions."""

    def __init__(self) -> None:
        self._types = _document(TYPES)
        self._archived = _document(ARCHIVED).get("paths", {})

    def about(self, exchange: Exchange) -> Iterator[str]:
        """What is wrong with a request."""
        method = urlsplit(exchange.url).path.removeprefix("/api/")
        if not urlsplit(exchange.url).path.startswith("/api/"):
            return
        if exchange.method != "POST" or urlsplit(exchange.url).query:
            yield f"{method}: sent by {exchange.method} {exchange.url}"
        sent = arguments_of(exchange)
        known = self.parameters(method)
        yield from (f"{method}: {name} is no parameter" for name in sent if name not in known)
        schema = self.type_of(method)
        if schema is not None:
            try:
                jsonschema.validate(sent, schema)
            except jsonschema.ValidationError as error:
                yield f"{method}: {error.message[:300]}"

    @property
    def knows_types(self) -> bool:
        """Whether Slack's types are at hand."""
        return bool(self._types)

    def type_of(self, method: str) -> Any:
        """The JSON Schema of a method's arguments, where there is one."""
        return self._types.get(_type_name(method))

    def parameters(self, method: str) -> set[str]:
        """The names of a method's parameters."""
        from slack_sdk import WebClient

        if method in BY_NAME:
            return BY_NAME[method]
        wrapper = getattr(WebClient, method.replace(".", "_"), None)
        known = set(inspect.signature(wrapper).parameters) if wrapper else set[str]()
        for operation in self._archived.get(f"/{method}", {}).values():
            known |= {parameter["name"] for parameter in operation.get("parameters", [])}
        return known - {"self", "kwargs", "token"}


def arguments_of(exchange: Exchange) -> dict[str, Any]:
    """The arguments of a call, numbers and truth values of a form read as such where they look like it."""
    body = exchange.request_body.decode()
    if exchange.request_headers.get("content-type", "").startswith("application/json"):
        return cast("dict[str, Any]", json.loads(body))
    sent: dict[str, Any] = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
    numbers = {"limit", "count", "page", "length", "post_at"}
    flags = {"true": True, "false": False}
    return {
        name: int(value) if name in numbers else flags.get(value, value) if isinstance(value, str) else value
        for name, value in sent.items()
    }


def _document(name: str) -> dict[str, Any]:
    path = find_spec(name)
    return cast("dict[str, Any]", json.loads(path.read_text())) if path else {}


def _type_name(method: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in method.split(".")) + "Arguments"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def contract() -> Complaints:
    """What is known of Slack's methods."""
    return Complaints()


@pytest.fixture(scope="session")
def pristine_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's data as it is at first, built once."""
    database = tmp_path_factory.mktemp("sandbox") / "slack.sqlite3"
    create_app(database).close()
    return database


@pytest.fixture
def stopped_clock() -> Clock:
    """The time for the sandbox and the clients."""
    return Clock()


@pytest.fixture
def sandbox_transport(
    pristine_sandbox: Path, tmp_path: Path, stopped_clock: Clock
) -> Iterator[httpx2.AsyncBaseTransport]:
    """A sandbox of the test's own, inside this process."""
    database = tmp_path / "slack.sqlite3"
    shutil.copyfile(pristine_sandbox, database)
    app = create_app(database, clock=stopped_clock)
    yield httpx2.ASGITransport(app)
    app.close()


@pytest.fixture
def recorder() -> Recorder:
    """What the test's clients sent."""
    return Recorder()


@pytest.fixture
async def connected(
    sandbox_transport: httpx2.AsyncBaseTransport, recorder: Recorder, contract: Complaints, stopped_clock: Clock
) -> AsyncIterator[Connect]:
    """Builds clients on the test's sandbox; settings as keyword arguments."""
    clients: list[SlackClient] = []

    async def build(**settings: Any) -> SlackClient:
        client = await connect(
            SlackSettings.model_validate({"sandbox": True, "access": Access.DELETE, **settings}),
            transport=sandbox_transport,
            policy=QUICK,
            on_exchange=recorder,
            clock=stopped_clock,
        )
        clients.append(client)
        return client

    yield build
    for client in clients:
        await client.aclose()
    assert [complaint for exchange in recorder.exchanges for complaint in contract.about(exchange)] == []


@pytest.fixture
async def slack(connected: Connect) -> SlackClient:
    """A client on the test's sandbox, for a person with every scope."""
    return await connected()


@pytest.fixture
async def bot(connected: Connect) -> SlackClient:
    """A client on the test's sandbox, for an app's bot."""
    return await connected(token_kind="bot")
