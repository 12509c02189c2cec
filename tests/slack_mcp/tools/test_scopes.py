"""The scopes that the tools declare, held against a workspace that enforces them, and what a login asks for."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import SLACK_BOT, SLACK_USER, OAuthProfile
from connector_kit.serving.toolset import ToolEntry
from slack_mcp.client import SlackClient
from slack_mcp.sandbox import SANDBOX_BOT_TOKEN, SANDBOX_TOKEN
from slack_mcp.sandbox.accounts import BOT_SCOPES, USER_SCOPES
from slack_mcp.sandbox.visitor import Visitor
from slack_mcp.server import SERVER
from slack_mcp.settings import SlackSettings
from slack_mcp.tools import TOOLS

from .conversation import NOW, calls, converse
from .families import UPLOADED, settings_for

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

pytestmark = pytest.mark.anyio
Kind = Literal["user", "bot"]

GENERAL, DEV, METRICS, LEADS, DESIGN, TRIO = (f"C0PMOS0000{number}" for number in (1, 2, 4, 5, 8, 9))
ALEX, DIRECT = "U0PMOS00010", "D0PMOS00001"
THEIRS = f"{DEV}:1769868000.009171"
CALLS: dict[str, dict[str, Any]] = {
    "slack_list_channels": {"kinds": ["public"]},
    "slack_get_channel": {"channel": GENERAL},
    "slack_read_channel": {"channel": GENERAL},
    "slack_read_thread": {"message": THEIRS},
    "slack_search_messages": {"query": "gate"},
    "slack_list_unread": {},
    "slack_search_users": {"query": "alex"},
    "slack_list_groups": {},
    "slack_list_files": {},
    "slack_read_file": {"file": "F0PMOS00001"},
    "slack_upload_file": {"path": UPLOADED, "channel": GENERAL},
    "slack_create_canvas": {"title": "Plan", "text": "Well."},
    "slack_append_to_canvas": {"canvas": "{canvas}", "text": "Well."},
    "slack_post_message": {"channel": GENERAL, "text": "Well."},
    "slack_post_alert": {"channel": GENERAL, "title": "Ill."},
    "slack_update_message": {"message": "{own}", "text": "Well."},
    "slack_delete_message": {"message": "{own}", "confirm": True},
    "slack_schedule_message": {"channel": GENERAL, "text": "Well.", "at": "2h"},
    "slack_list_scheduled_messages": {},
    "slack_cancel_scheduled_message": {"channel": GENERAL, "id": "{scheduled}"},
    "slack_react_to_message": {"message": THEIRS, "emoji": "eyes"},
    "slack_mark_read": {"channel": GENERAL},
    "slack_pin_message": {"message": THEIRS},
    "slack_add_bookmark": {"channel": GENERAL, "title": "Docs", "link": "https://example.org"},
    "slack_remove_bookmark": {"channel": DEV, "id": "Bk0PMOS00001"},
    "slack_create_channel": {"name": "brand-new", "topic": "New"},
    "slack_update_channel": {"channel": GENERAL, "topic": "News"},
    "slack_update_members": {"channel": METRICS, "invite": ["U0PMOS00011"]},
    "slack_join_channel": {"channel": DESIGN},
    "slack_open_conversation": {"people": [ALEX]},
}
"""For each tool a call about a public channel, with ids: what every token must be able to do that has its scopes."""

NAMES: dict[Kind, dict[str, str]] = {
    "user": {"channels:manage": "channels:write", "channels:join": "channels:write"},
    "bot": {},
}
"""What a declared scope is called for a kind of token (https://docs.slack.dev/reference/scopes)."""
OF_PEOPLE = ("slack_search_messages", "slack_list_unread", "slack_mark_read")
"""What bots cannot do."""
ASKS_FOR_NOTHING = "slack_list_scheduled_messages"
"""Slack's method needs no scope, but a login that may not post has nothing scheduled."""

TOOLS_BY_KIND: list[tuple[Kind, ToolEntry]] = [
    (kind, entry) for kind in NAMES for entry in TOOLS if kind == "user" or entry.name not in OF_PEOPLE
]
EACH = pytest.mark.parametrize(
    ("kind", "entry"), TOOLS_BY_KIND, ids=[f"{kind}-{entry.name}" for kind, entry in TOOLS_BY_KIND]
)


def minted(site: "Sandbox", kind: Kind, scopes: Collection[str]) -> str:
    """A token of the sandbox's own with just these scopes."""
    like = {"user": SANDBOX_TOKEN, "bot": SANDBOX_BOT_TOKEN}[kind]
    value = f"{like}-with-other-scopes"
    with site.store.writing() as session:
        token = session.tokens.find(like)
        assert token is not None
        session.tokens.save(replace(token, value=value, scopes=tuple(scopes)))
    return value


async def prepared(site: "Sandbox", kind: Kind) -> dict[str, str]:
    """What some calls are about: a message, a scheduled message and a canvas of the caller's own."""
    visitor = Visitor(site, {"user": SANDBOX_TOKEN, "bot": SANDBOX_BOT_TOKEN}[kind])
    own = await visitor.post(GENERAL, "Mine.")
    scheduled = await visitor.call("chat.scheduleMessage", channel=GENERAL, text="Later.", post_at=int(NOW) + 9_000)
    content = {"type": "markdown", "markdown": "Mine."}
    canvas = await visitor.call("canvases.create", title="Mine", document_content=content)
    await visitor.aclose()
    return {
        "{own}": f"{GENERAL}:{own}",
        "{scheduled}": scheduled["scheduled_message_id"],
        "{canvas}": canvas["canvas_id"],
    }


async def called(
    site: "Sandbox", folder: Path, kind: Kind, scopes: Collection[str], tool: str, arguments: dict[str, Any]
) -> tuple[str, bool, list[str]]:
    """The text of a call with a token of these scopes, whether it is an error, and the methods that were called."""
    known = await prepared(site, kind)
    filled = {name: known.get(value, value) if isinstance(value, str) else value for name, value in arguments.items()}
    settings = settings_for(folder, token=minted(site, kind, scopes))
    async with converse(folder, transport=httpx2.ASGITransport(site), settings=settings, clock=lambda: NOW) as slack:
        text, is_error = await slack.attempt(tool, filled)
        return text, is_error, calls(slack)


def named(kind: Kind, scopes: Collection[str]) -> list[str]:
    """Declared scopes by their names for a kind of token."""
    return list(dict.fromkeys(NAMES[kind].get(scope, scope) for scope in scopes))


def test_each_tool_is_tried(anyio_backend: str) -> None:
    assert set(CALLS) == {entry.name for entry in TOOLS}


@EACH
async def test_a_token_with_just_the_scopes_of_a_tool_is_enough(
    site: "Sandbox", tmp_path: Path, kind: Kind, entry: ToolEntry
) -> None:
    text, is_error, _ = await called(site, tmp_path, kind, named(kind, entry.scopes), entry.name, CALLS[entry.name])
    assert not is_error, text


@EACH
async def test_a_scope_that_is_lacking_is_told_before_anything_is_asked(
    site: "Sandbox", tmp_path: Path, kind: Kind, entry: ToolEntry
) -> None:
    all_of_them = named(kind, entry.scopes)
    for scope in all_of_them:
        others = [each for each in all_of_them if each != scope] or ["team:read"]
        text, is_error, methods = await called(site, tmp_path, kind, others, entry.name, CALLS[entry.name])
        assert is_error
        assert text == (
            f"{entry.name} needs the scope {scope}, which this login does not have. Ask the user to add what is "
            "lacking to the Slack app, to install the app again, to take its token, and to store it with "
            "`mcp-suite auth login slack`."
        )
        assert methods == ["auth.test"]


@EACH
async def test_slack_itself_refuses_a_token_without_one_of_the_scopes(
    site: "Sandbox", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Kind, entry: ToolEntry
) -> None:
    async def unknown(_client: SlackClient, _needed: Collection[str]) -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(SlackClient, "lacking_scopes", unknown)
    all_of_them = named(kind, entry.scopes)
    for scope in all_of_them:
        others = [each for each in all_of_them if each != scope] or ["team:read"]
        text, is_error, _ = await called(site, tmp_path, kind, others, entry.name, CALLS[entry.name])
        if entry.name == ASKS_FOR_NOTHING:
            assert not is_error
        elif (entry.name, scope) == ("slack_list_unread", "channels:history"):
            assert "conversations could be looked at. slack_read_channel with one of them tells why." in text
        else:
            assert is_error or "Then it stopped, before: " in text
            assert scope in text, f"{scope}: {text}"


PROFILES: dict[Kind, OAuthProfile] = {"user": SLACK_USER, "bot": SLACK_BOT}
BEYOND: dict[str, tuple[str, dict[str, Any], str]] = {
    "groups:read": ("slack_get_channel", {"channel": LEADS}, "groups:read"),
    "groups:history": ("slack_read_channel", {"channel": LEADS}, "groups:history"),
    "im:read": ("slack_get_channel", {"channel": DIRECT}, "im:read"),
    "im:history": ("slack_read_channel", {"channel": DIRECT}, "im:history"),
    "mpim:read": ("slack_get_channel", {"channel": TRIO}, "mpim:read"),
    "mpim:history": ("slack_read_channel", {"channel": TRIO}, "mpim:history"),
    "users:read.email": ("slack_search_users", {"query": "alex.rivera@pm-os.example"}, "users:read.email"),
    "pins:read": ("slack_get_channel", {"channel": GENERAL, "include": ["pins"]}, "pins:read"),
    "bookmarks:read": ("slack_get_channel", {"channel": GENERAL, "include": ["bookmarks"]}, "bookmarks:read"),
    "canvases:read": ("slack_read_file", {"file": "F0PMOS00003"}, "As Slack keeps it."),
    "groups:write": ("slack_update_channel", {"channel": LEADS, "topic": "Risks"}, "groups:write"),
    "mpim:write": ("slack_open_conversation", {"people": [ALEX, "U0PMOS00011"]}, "mpim:write"),
    "search:read": ("slack_list_unread", {"what": "mentions"}, "search:read"),
    "search:read.public": ("slack_search_messages", {"query": "gate"}, "for want of scopes: public_channel."),
    "search:read.private": ("slack_search_messages", {"query": "gate"}, "for want of scopes: private_channel."),
    "search:read.im": ("slack_search_messages", {"query": "gate"}, "for want of scopes: im."),
    "search:read.mpim": ("slack_search_messages", {"query": "gate"}, "for want of scopes: mpim."),
}
"""Scopes that no tool needs for all it does: a call that needs it, and what is told where it is lacking."""


@pytest.mark.parametrize("kind", PROFILES)
@pytest.mark.parametrize("access", list(Access))
def test_a_login_asks_for_just_what_the_tools_of_its_access_come_to_need(
    kind: Kind, access: Access, anyio_backend: str
) -> None:
    tools = [
        entry for entry in TOOLS if access.allows(entry.effect) and (kind == "user" or entry.name not in OF_PEOPLE)
    ]
    declared = {scope for entry in tools for scope in named(kind, entry.scopes)}
    offered = {entry.name for entry in tools}
    beyond = {scope for scope, (tool, _, _) in BEYOND.items() if tool in offered}
    if access is Access.READ:
        declared.discard("chat:write")  # what is scheduled was scheduled by a login that may post
    assert set(PROFILES[kind].scopes_for(access)) == declared | beyond
    assert set(PROFILES[kind].scopes_for(access)) <= set({"user": USER_SCOPES, "bot": BOT_SCOPES}[kind])


@pytest.mark.parametrize("kind", PROFILES)
@pytest.mark.parametrize("toolset", ["", *SERVER.toolset.optional])
def test_a_login_asks_for_what_a_toolset_needs_only_where_it_is_on(
    kind: Kind, toolset: str, anyio_backend: str
) -> None:
    settings = SlackSettings.model_validate({"toolsets": (toolset,) if toolset else (), "token_kind": kind})
    asked = set(settings.oauth_profile().scopes_for(Access.DELETE))
    on = [
        entry for entry in TOOLS if entry.toolset in ("", toolset) and (kind == "user" or entry.name not in OF_PEOPLE)
    ]
    declared = {scope for entry in on for scope in named(kind, entry.scopes)}
    assert declared <= asked
    opens_conversations = {"groups:write", "im:write", "mpim:write", "usergroups:read"}
    assert asked <= declared | set(BEYOND) | opens_conversations


@pytest.mark.parametrize("scope", BEYOND)
async def test_each_further_scope_of_a_login_is_needed_by_something(
    site: "Sandbox", tmp_path: Path, scope: str
) -> None:
    tool, arguments, told = BEYOND[scope]
    granted = SLACK_USER.scopes_for(Access.DELETE)
    others = [each for each in granted if each != scope]
    text, _, _ = await called(site, tmp_path / "without", "user", others, tool, arguments)
    assert told in text
    text, is_error, _ = await called(site, tmp_path / "with", "user", granted, tool, arguments)
    assert not is_error, text
    assert told not in text


async def test_a_refusal_of_slacks_names_what_is_needed_and_the_command(site: "Sandbox", tmp_path: Path) -> None:
    others = [scope for scope in USER_SCOPES if scope != "groups:history"]
    arguments = {"channel": LEADS}
    text, is_error, _ = await called(site, tmp_path, "user", others, "slack_read_channel", arguments)
    assert is_error
    assert text.startswith("conversations.history needs the scope groups:history, which the token lacks (it has ")
    assert text.endswith("to take its token, and to store it with `mcp-suite auth login slack`.")
