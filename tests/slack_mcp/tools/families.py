"""One call of every family of tools, with the requests that it leads to when Slack is well.

The healthy answers are recorded from the sandbox, so that a fault can be put in the place of any one of them.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2

from connector_kit.access import Access
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.testing import families
from connector_kit.testing.families import CERTIFICATES, PATIENT, Family
from connector_kit.testing.faults import Fault, FaultServer
from slack_mcp.sandbox import create_app
from slack_mcp.settings import SlackSettings

from .conversation import NOW, SITE, TOOLSETS, Conversation, converse, given

TOKEN = "xoxp-4711-4711-a-token-that-nobody-may-see"

UPLOADED = "notes.txt"
ON = "C0PMOS00002:1769868000.009171"
OWN = "C0PMOS00001:1769848200.003057"


def _family(name: str, tool: str, arguments: dict[str, Any], method: str, *, writes: bool = True) -> Family:
    """A tool's call and the method of Slack's in it that matters."""
    return Family(name, tool, arguments, "", f"/api/{method}", writes)


FAMILIES = (
    _family("channels", "slack_list_channels", {}, "conversations.list", writes=False),
    _family("channel", "slack_get_channel", {"channel": "C0PMOS00001", "include": ["pins"]}, "pins.list", writes=False),
    _family("history", "slack_read_channel", {"channel": "C0PMOS00001"}, "conversations.history", writes=False),
    _family("thread", "slack_read_thread", {"message": OWN}, "conversations.replies", writes=False),
    _family("search", "slack_search_messages", {"query": "gate"}, "assistant.search.context", writes=False),
    _family("mentions", "slack_list_unread", {"what": "mentions"}, "search.messages", writes=False),
    _family("users", "slack_search_users", {"query": "alex"}, "users.list", writes=False),
    _family("groups", "slack_list_groups", {}, "usergroups.list", writes=False),
    _family("files", "slack_list_files", {}, "files.list", writes=False),
    _family("canvas", "slack_read_file", {"file": "F0PMOS00003"}, "canvases.getContent", writes=False),
    _family("scheduled", "slack_list_scheduled_messages", {}, "chat.scheduledMessages.list", writes=False),
    _family("update", "slack_update_message", {"message": OWN, "text": "Well."}, "chat.update"),
    _family("delete", "slack_delete_message", {"message": OWN, "confirm": True}, "chat.delete"),
    _family(
        "schedule",
        "slack_schedule_message",
        {"channel": "C0PMOS00001", "text": "Well.", "at": "2h"},
        "chat.scheduleMessage",
    ),
    _family("reaction", "slack_react_to_message", {"message": ON, "emoji": "eyes"}, "reactions.add"),
    _family("pin", "slack_pin_message", {"message": ON}, "pins.add"),
    _family("mark", "slack_mark_read", {"channel": "C0PMOS00001"}, "conversations.mark"),
    _family(
        "bookmark",
        "slack_add_bookmark",
        {"channel": "C0PMOS00001", "title": "Docs", "link": "https://example.org"},
        "bookmarks.add",
    ),
    _family("create", "slack_create_channel", {"name": "brand-new"}, "conversations.create"),
    _family("change", "slack_update_channel", {"channel": "C0PMOS00001", "topic": "News"}, "conversations.setTopic"),
    _family(
        "invite", "slack_update_members", {"channel": "C0PMOS00005", "invite": ["U0PMOS00010"]}, "conversations.invite"
    ),
    _family("join", "slack_join_channel", {"channel": "C0PMOS00008"}, "conversations.join"),
    _family("canvases", "slack_create_canvas", {"title": "Plan", "text": "Well."}, "canvases.create"),
    _family(
        "upload",
        "slack_upload_file",
        {"path": UPLOADED, "channel": "C0PMOS00001"},
        "files.completeUploadExternal",
    ),
    _family("post", "slack_post_message", {"channel": "C0PMOS00001", "text": "Well."}, "chat.postMessage"),
    _family("alert", "slack_post_alert", {"channel": "C0PMOS00001", "title": "Ill."}, "chat.postMessage"),
)
POSTS = tuple(family for family in FAMILIES if family.path == "/api/chat.postMessage")
"""Those that look whether a post is there before they say what came of it: see test_unclear_posts."""


def settings_for(folder: Path, **more: Any) -> SlackSettings:
    """Settings with an allowed folder that holds the file to upload."""
    allowed = folder / "allowed"
    allowed.mkdir(parents=True, exist_ok=True)
    (allowed / UPLOADED).write_text("Well.")
    return given(files_dir=allowed, **more)


@asynccontextmanager
async def visit(family: Family, database: Path, folder: Path) -> AsyncGenerator[Conversation]:
    """A session with a healthy workspace."""
    site = create_app(database, clock=lambda: NOW)
    settings = settings_for(folder)
    async with converse(folder, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW) as slack:
        yield slack
    site.close()


def healthy(exchange: Exchange, url: str) -> Fault:
    """The recorded answer; addresses of the workspace lead to `url`."""
    answer = families.healthy(exchange)
    # Workspaces are reached by https; only what a client has to follow leads to this machine.
    body = answer.body.replace(f'"upload_url":"{SITE}'.encode(), f'"upload_url":"{url}'.encode())
    return replace(answer, body=body)


def conversation(
    folder: Path, server: FaultServer, family: Family, policy: HttpPolicy = PATIENT
) -> AbstractAsyncContextManager[Conversation]:
    """A session with a Slack server for which `server` is Slack, with the family's tool."""
    # What a client does without being told.
    transport = httpx2.AsyncHTTPTransport(verify=CERTIFICATES)
    more = {"sandbox": False, "token": TOKEN, "api_url": server.url, "access": Access.DELETE, "toolsets": TOOLSETS}
    settings = settings_for(folder, **more)
    return converse(folder, transport=transport, settings=settings, policy=policy, only=family.tool, clock=lambda: NOW)
