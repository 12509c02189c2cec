"""One call of every family of tools, with the requests that it leads to when Slack is well.

The healthy answers are recorded from the sandbox, so that a fault can be put in the place of any one of them.
"""

import ssl
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from connector_kit.access import Access
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.testing.conversation import path_of
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from slack_mcp.sandbox import create_app
from slack_mcp.settings import SlackSettings

from .conversation import NOW, SITE, TOOLSETS, Conversation, converse, given

TOKEN = "xoxp-4711-4711-a-token-that-nobody-may-see"

PATIENT = replace(QUICK, read_timeout=20.0, total_timeout=45.0)
"""A busy machine must not look like a slow Slack: only what tests slowness has less patience."""

CERTIFICATES = ssl.create_default_context()
UPLOADED = "notes.txt"
ON = "C0PMOS00002:1769868000.009171"
OWN = "C0PMOS00001:1769848200.003057"

Recordings = dict[str, tuple[Exchange, ...]]


@dataclass(frozen=True, slots=True)
class Family:
    """A tool's call and the method in it that matters, with `writes` if that changes Slack."""

    name: str
    tool: str
    arguments: dict[str, Any]
    method: str
    writes: bool = True

    @property
    def path(self) -> str:
        """The path of the request that matters."""
        return f"/api/{self.method}"


FAMILIES = (
    Family("channels", "slack_list_channels", {}, "conversations.list", writes=False),
    Family("channel", "slack_get_channel", {"channel": "C0PMOS00001", "include": ["pins"]}, "pins.list", writes=False),
    Family("history", "slack_read_channel", {"channel": "C0PMOS00001"}, "conversations.history", writes=False),
    Family("thread", "slack_read_thread", {"message": OWN}, "conversations.replies", writes=False),
    Family("search", "slack_search_messages", {"query": "gate"}, "assistant.search.context", writes=False),
    Family("mentions", "slack_list_unread", {"what": "mentions"}, "search.messages", writes=False),
    Family("users", "slack_search_users", {"query": "alex"}, "users.list", writes=False),
    Family("groups", "slack_list_groups", {}, "usergroups.list", writes=False),
    Family("files", "slack_list_files", {}, "files.list", writes=False),
    Family("canvas", "slack_read_file", {"file": "F0PMOS00003"}, "canvases.getContent", writes=False),
    Family("scheduled", "slack_list_scheduled_messages", {}, "chat.scheduledMessages.list", writes=False),
    Family("update", "slack_update_message", {"message": OWN, "text": "Well."}, "chat.update"),
    Family("delete", "slack_delete_message", {"message": OWN, "confirm": True}, "chat.delete"),
    Family(
        "schedule",
        "slack_schedule_message",
        {"channel": "C0PMOS00001", "text": "Well.", "at": "2h"},
        "chat.scheduleMessage",
    ),
    Family("reaction", "slack_react_to_message", {"message": ON, "emoji": "eyes"}, "reactions.add"),
    Family("pin", "slack_pin_message", {"message": ON}, "pins.add"),
    Family("mark", "slack_mark_read", {"channel": "C0PMOS00001"}, "conversations.mark"),
    Family(
        "bookmark",
        "slack_add_bookmark",
        {"channel": "C0PMOS00001", "title": "Docs", "link": "https://example.org"},
        "bookmarks.add",
    ),
    Family("create", "slack_create_channel", {"name": "brand-new"}, "conversations.create"),
    Family("change", "slack_update_channel", {"channel": "C0PMOS00001", "topic": "News"}, "conversations.setTopic"),
    Family(
        "invite", "slack_update_members", {"channel": "C0PMOS00005", "invite": ["U0PMOS00010"]}, "conversations.invite"
    ),
    Family("join", "slack_join_channel", {"channel": "C0PMOS00008"}, "conversations.join"),
    Family("canvases", "slack_create_canvas", {"title": "Plan", "text": "Well."}, "canvases.create"),
    Family(
        "upload",
        "slack_upload_file",
        {"path": UPLOADED, "channel": "C0PMOS00001"},
        "files.completeUploadExternal",
    ),
    Family("post", "slack_post_message", {"channel": "C0PMOS00001", "text": "Well."}, "chat.postMessage"),
    Family("alert", "slack_post_alert", {"channel": "C0PMOS00001", "title": "Ill."}, "chat.postMessage"),
)
POSTS = tuple(family for family in FAMILIES if family.method == "chat.postMessage")
"""Those that look whether a post is there before they say what came of it: see test_unclear_posts."""


def is_target(family: Family, exchange: Exchange) -> bool:
    """Whether this is the request that matters in the family's call."""
    return path_of(exchange) == family.path


def settings_for(folder: Path, **more: Any) -> SlackSettings:
    """Settings with an allowed folder that holds the file to upload."""
    allowed = folder / "allowed"
    allowed.mkdir(parents=True, exist_ok=True)
    (allowed / UPLOADED).write_text("Well.")
    return given(files_dir=allowed, **more)


async def record(family: Family, database: Path, folder: Path) -> tuple[Exchange, ...]:
    """The exchanges of the family's call with a healthy workspace."""
    site = create_app(database, clock=lambda: NOW)
    settings = settings_for(folder / family.name)
    transport = httpx2.ASGITransport(site)
    async with converse(folder / family.name, transport=transport, settings=settings, clock=lambda: NOW) as slack:
        await slack.ask(family.tool, **family.arguments)
        assert any(is_target(family, exchange) for exchange in slack.exchanges), family.name
        exchanges = tuple(slack.exchanges)
    site.close()
    return exchanges


def healthy(exchange: Exchange, url: str) -> Fault:
    """The recorded answer; addresses of the workspace lead to `url`."""
    assert exchange.status is not None
    # Workspaces are reached by https; only what a client has to follow leads to this machine.
    body = exchange.response_body.replace(f'"upload_url":"{SITE}'.encode(), f'"upload_url":"{url}'.encode())
    return Fault(exchange.status, body, {"Content-Type": "application/json"} if body else {})


def stage(
    server: FaultServer, family: Family, exchanges: Sequence[Exchange], fault: Fault | None, times: int = 10
) -> None:
    """Have the server answer as it was recorded, but with `fault` from the request that matters on."""
    for exchange in exchanges:
        if fault is not None and is_target(family, exchange):
            server.queue(family.path, *[fault] * times)
            return
        server.queue(path_of(exchange), healthy(exchange, server.url))


def arrived(server: FaultServer, family: Family) -> int:
    """How often the request that matters reached the server."""
    return sum(request.path == family.path for request in server.requests)


def conversation(
    folder: Path, server: FaultServer, family: Family, policy: HttpPolicy = PATIENT
) -> AbstractAsyncContextManager[Conversation]:
    """A session with a Slack server for which `server` is Slack, with the family's tool."""
    # What a client does without being told, except that the certificates are read once for all tests.
    transport = httpx2.AsyncHTTPTransport(verify=CERTIFICATES)
    more = {"sandbox": False, "token": TOKEN, "api_url": server.url, "access": Access.DELETE, "toolsets": TOOLSETS}
    settings = settings_for(folder, **more)
    return converse(folder, transport=transport, settings=settings, policy=policy, only=family.tool, clock=lambda: NOW)
