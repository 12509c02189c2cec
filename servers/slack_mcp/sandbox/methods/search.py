"""search.messages, search.files and search.all: the older search, for people's tokens only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from slack_mcp.sandbox import cursors, render
from slack_mcp.sandbox.errors import ApiError, invalid_arguments
from slack_mcp.sandbox.files import shown as shown_file
from slack_mcp.sandbox.model import TEAM_ID, Conversation, ConversationKind, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.search import messages, words
from slack_mcp.sandbox.search.files import FileHit, find_files
from slack_mcp.sandbox.search.grammar import Query, parse
from slack_mcp.sandbox.search.messages import Hit
from slack_mcp.sandbox.search.scope import Viewer
from slack_mcp.sandbox.web import Call

T = TypeVar("T")
_SCOPES = ("search:read",)
_EVERYWHERE: tuple[ConversationKind, ...] = ("public_channel", "private_channel", "im", "mpim")
_MOST, _LAST_PAGE = 100, 100


@method("search.messages", tier=2, scopes=_SCOPES, kinds=("user",))
def search_messages(call: Call) -> JsonObject:
    """Messages with all the words of a query."""
    query = _query(call)
    found, following = _messages(call, query)
    return {"query": call.text("query"), "messages": found, **following}


@method("search.files", tier=2, scopes=_SCOPES, kinds=("user",))
def search_files(call: Call) -> JsonObject:
    """Files and canvases with all the words of a query."""
    query = _query(call)
    found, following = _files(call, query)
    return {"query": call.text("query"), "files": found, **following}


@method("search.all", tier=2, scopes=_SCOPES, kinds=("user",))
def search_all(call: Call) -> JsonObject:
    """Both."""
    query = _query(call)
    return {
        "query": call.text("query"),
        "messages": _messages(call, query)[0],
        "files": _files(call, query)[0],
        "posts": {"total": 0, "matches": []},
    }


def _query(call: Call) -> Query:
    if not call.text("query").strip():
        raise ApiError("no_query")
    return parse(call.text("query"))


def _messages(call: Call, query: Query) -> tuple[JsonObject, JsonObject]:
    viewer = Viewer(call.session, call.caller, call.now)
    hits = messages.find(viewer, query, _EVERYWHERE)
    timestamp = _by_timestamp(call)
    hits.sort(key=lambda each: (0.0 if timestamp else each.score, each.message.ts), reverse=_falling(call))
    part, numbers, following = _page(call, hits)
    highlight = query.wanted if call.flag("highlight") else ()
    matches: list[JsonObject] = []
    for each in part:
        match = _match(call, each)
        match["text"] = words.highlighted(str(match["text"]), highlight) if highlight else match["text"]
        matches.append(match)
    return {**numbers, "matches": matches}, following


def _files(call: Call, query: Query) -> tuple[JsonObject, JsonObject]:
    hits = find_files(Viewer(call.session, call.caller, call.now), query)
    timestamp = _by_timestamp(call)

    def order(each: FileHit) -> tuple[float, int, str]:
        return (0.0 if timestamp else each.score, each.file.created, each.file.id)

    hits.sort(key=order, reverse=_falling(call))
    part, numbers, following = _page(call, hits)
    matches = [shown_file.file(call.session, each.file, call.token.user) for each in part]
    return {**numbers, "matches": matches}, following


def _by_timestamp(call: Call) -> bool:
    sort = call.text("sort") or "score"
    if sort not in ("score", "timestamp"):
        raise invalid_arguments("must be a valid enum value [json-pointer:/sort]")
    return sort == "timestamp"


def _falling(call: Call) -> bool:
    direction = call.text("sort_dir") or "desc"
    if direction not in ("asc", "desc"):
        raise invalid_arguments("must be a valid enum value [json-pointer:/sort_dir]")
    return direction == "desc"


def _page(call: Call, hits: Sequence[T]) -> tuple[Sequence[T], JsonObject, JsonObject]:
    """The part that is asked for, what Slack says about paging, and the next cursor for those who use cursors."""
    count = min(max(call.number("count", 20), 1), _MOST)
    page = min(max(call.number("page", 1), 1), _LAST_PAGE)
    cursor = call.text("cursor")
    if cursor and cursor != "*":
        place = cursors.decode("search", cursor)
        if not place.isdecimal():
            raise ApiError("invalid_cursor")
        page = int(place)
    pages = -(-len(hits) // count)
    start = (page - 1) * count
    part = hits[start : start + count]
    numbers: JsonObject = {
        "total": len(hits),
        "pagination": {
            "total_count": len(hits),
            "page": page,
            "per_page": count,
            "page_count": pages,
            "first": start + 1 if part else 0,
            "last": start + len(part),
        },
        "paging": {"count": count, "total": len(hits), "page": page, "pages": pages},
    }
    if not cursor:
        return part, numbers, {}
    following = cursors.encode("search", str(page + 1)) if page < min(pages, _LAST_PAGE) else ""
    return part, numbers, {"response_metadata": {"next_cursor": following}}


def _match(call: Call, hit: Hit) -> JsonObject:
    message, body = hit.message, hit.message.body
    author = call.session.people.find(message.user)
    shown: JsonObject = {
        "iid": f"{message.channel}-{message.ts}",
        "team": TEAM_ID,
        "score": hit.score,
        "channel": _channel(call, hit.conversation),
        "type": "message",
        "user": body.get("user"),
        "username": body.get("username") or (author.name if author else ""),
        "ts": message.ts,
        "text": message.text,
        "permalink": render.permalink(message.channel, message.ts, message.thread_ts),
        "no_reactions": not call.session.messages.reactions(message.channel, [message.ts]),
    }
    for name in ("blocks", "attachments"):
        if body.get(name):
            shown[name] = body[name]
    if message.files:
        shown["files"] = shown_file.in_message(call.session, message.files, call.token.user)
    return shown


def _channel(call: Call, item: Conversation) -> JsonObject:
    shown: JsonObject = {
        "id": item.id,
        "is_channel": item.kind == "public_channel" or item.kind == "private_channel",
        "is_group": item.kind == "private_channel",
        "is_im": item.kind == "im",
        "is_mpim": item.kind == "mpim",
        "is_shared": False,
        "is_org_shared": False,
        "is_ext_shared": False,
        "is_private": item.private,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "name": item.name,
    }
    if item.kind == "im":
        members = call.session.conversations.members(item.id)
        other = next((each for each in members if each != call.token.user), call.token.user)
        shown |= {"name": other, "user": other}
    return shown
