"""pins.* and bookmarks.*: what a channel keeps at hand."""

from __future__ import annotations

from urllib.parse import urlsplit

from slack_mcp.sandbox import access, render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import TEAM_ID, Conversation, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_MOST_BOOKMARKS = 100
_MOST_PINS = 100


@method("pins.add", tier=2, scopes=("pins:write",), writes=True)
def add_pin(call: Call) -> JsonObject:
    """Pin a message."""
    conversation, ts = _pinnable(call)
    if len(call.session.messages.pins(conversation.id)) >= _MOST_PINS:
        raise ApiError("too_many_pins")
    if not call.session.messages.pin(conversation.id, ts, call.token.user, int(call.now)):
        raise ApiError("already_pinned")
    return {}


@method("pins.remove", tier=2, scopes=("pins:write",), writes=True)
def remove_pin(call: Call) -> JsonObject:
    """Take a pin out."""
    conversation, ts = _pinnable(call)
    if not call.session.messages.unpin(conversation.id, ts):
        raise ApiError("no_pin")
    return {}


@method("pins.list", tier=2, scopes=("pins:read",))
def list_pins(call: Call) -> JsonObject:
    """The pinned messages of a conversation."""
    conversation = access.find(call)
    if call.token.kind == "bot":
        access.need_member(call, conversation)
    items: list[JsonObject] = []
    for ts, user, created in call.session.messages.pins(conversation.id):
        message = call.session.messages.find(conversation.id, ts)
        if message:
            shown = render.message(call.session, message, call.token.user)
            shown["permalink"] = render.permalink(conversation.id, ts, message.thread_ts)
            kept = {"channel": conversation.id, "created": created, "created_by": user}
            items.append({"type": "message", **kept, "message": shown})
    return {"items": items}


@method("bookmarks.list", tier=3, scopes=("bookmarks:read",))
def list_bookmarks(call: Call) -> JsonObject:
    """The bookmarks at the top of a channel."""
    conversation = access.find(call, "channel_id")
    return {"bookmarks": call.session.conversations.bookmarks(conversation.id)}


@method("bookmarks.add", tier=2, scopes=("bookmarks:write",), writes=True)
def add_bookmark(call: Call) -> JsonObject:
    """Put a link at the top of a channel."""
    conversation = _bookmarkable(call)
    title = call.required("title")
    if call.required("type") != "link":
        raise ApiError("invalid_bookmark_type")
    link = _link(call)
    kept = call.session.conversations.bookmarks(conversation.id)
    if len(kept) >= _MOST_BOOKMARKS:
        raise ApiError("too_many_bookmarks")
    bookmark: JsonObject = {
        "id": call.session.next_id("Bk"),
        "channel_id": conversation.id,
        "title": title,
        "link": link,
        "emoji": call.text("emoji"),
        "icon_url": f"{link.rstrip('/')}/favicon.ico",
        "type": "link",
        "entity_id": None,
        "date_created": int(call.now),
        "date_updated": 0,
        "rank": f"{int(kept[-1]['rank']) + 1 if kept else 1:04d}",
        "last_updated_by_user_id": call.token.user,
        "last_updated_by_team_id": TEAM_ID,
        "shortcut_id": None,
        "app_id": None,
    }
    call.session.conversations.save_bookmark(bookmark)
    return {"bookmark": bookmark}


@method("bookmarks.edit", tier=2, scopes=("bookmarks:write",), writes=True)
def edit_bookmark(call: Call) -> JsonObject:
    """Change a bookmark."""
    bookmark = _bookmark(call, _bookmarkable(call))
    if call.given("link"):
        bookmark["link"] = _link(call)
    for name in ("title", "emoji"):
        if call.given(name):
            bookmark[name] = call.text(name)
    bookmark |= {"date_updated": int(call.now), "last_updated_by_user_id": call.token.user}
    call.session.conversations.save_bookmark(bookmark)
    return {"bookmark": bookmark}


@method("bookmarks.remove", tier=2, scopes=("bookmarks:write",), writes=True)
def remove_bookmark(call: Call) -> JsonObject:
    """Take a bookmark away."""
    bookmark = _bookmark(call, _bookmarkable(call))
    call.session.conversations.remove_bookmark(bookmark["id"])
    return {}


def _pinnable(call: Call) -> tuple[Conversation, str]:
    conversation = access.find(call)
    if not call.given("timestamp"):
        raise ApiError("no_item_specified")
    message = access.message(call, conversation, "timestamp", "bad_timestamp")
    access.need_member(call, conversation)
    if conversation.archived:
        raise ApiError("is_archived")
    if message.subtype in ("channel_join", "channel_leave"):
        raise ApiError("not_pinnable")
    return conversation, message.ts


def _bookmarkable(call: Call) -> Conversation:
    conversation = access.find(call, "channel_id")
    if not call.session.conversations.is_member(conversation.id, call.token.user) or conversation.archived:
        raise ApiError("permission_denied")
    return conversation


def _bookmark(call: Call, conversation: Conversation) -> JsonObject:
    wanted = call.required("bookmark_id")
    for bookmark in call.session.conversations.bookmarks(conversation.id):
        if bookmark["id"] == wanted:
            return bookmark
    raise ApiError("not_found")


def _link(call: Call) -> str:
    link = call.required("link")
    if urlsplit(link).scheme not in ("http", "https") or not urlsplit(link).netloc:
        raise ApiError("invalid_link")
    return link
