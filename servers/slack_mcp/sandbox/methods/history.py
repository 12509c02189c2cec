"""conversations.history and conversations.replies, and how far one has read."""

from __future__ import annotations

import re

from slack_mcp.sandbox import access, cursors, render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_MOMENT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_EARLIEST, _LATEST = "0000000000.000000", "9999999999.999999"
_RESTRICTED = 15


@method("conversations.history", tier=3, scopes=access.HISTORY)
def history(call: Call) -> JsonObject:
    """The messages of a conversation, newest first."""
    conversation = _entered(call)
    oldest, latest = _moment(call, "oldest", _EARLIEST), _moment(call, "latest", _LATEST)
    count = _count(call, 100)
    inclusive = call.flag("inclusive")
    before, including = latest, inclusive
    if call.given("cursor"):
        before, including = _stamp(cursors.decode("next_ts", call.text("cursor"))), True
    found = call.session.messages.history(conversation.id, oldest, before, inclusive=True, count=count + 3)
    found = [each for each in found if (inclusive or each.ts != oldest) and (including or each.ts != before)]
    part, rest = found[:count], found[count:]
    metadata = call.flag("include_all_metadata")
    answer: JsonObject = {
        "messages": render.messages(call.session, part, call.token.user, metadata=metadata),
        "has_more": bool(rest),
        "pin_count": len(call.session.messages.pins(conversation.id)),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    answer |= {name: call.text(name) for name in ("oldest", "latest") if call.given(name)}
    if rest:
        following = cursors.encode("next_ts", rest[0].ts.replace(".", ""))
        answer["response_metadata"] = {"next_cursor": following}
    return answer


@method("conversations.replies", tier=3, scopes=access.HISTORY)
def replies(call: Call) -> JsonObject:
    """A thread: its parent, and the replies with the oldest first."""
    conversation = _entered(call)
    ts = call.required("ts")
    named = call.session.messages.find(conversation.id, ts) if access.is_ts(ts) else None
    if named is None:
        raise ApiError("thread_not_found")
    if named.thread_ts not in (None, named.ts):  # asked for a reply, Slack gives that reply and nothing else
        shown = render.messages(call.session, [named], call.token.user, broadcast_root=False)
        return {"messages": shown, "has_more": False}
    oldest, latest = _moment(call, "oldest", _EARLIEST), _moment(call, "latest", _LATEST)
    inclusive = call.flag("inclusive")
    inside = [
        each
        for each in call.session.messages.replies(conversation.id, named.ts)
        if oldest < each.ts < latest or (inclusive and each.ts in (oldest, latest))
    ]
    start = 0
    if call.given("cursor"):
        place = _stamp(cursors.decode("next_ts", call.text("cursor")))
        start = next((index for index, each in enumerate(inside) if each.ts >= place), len(inside))
    # Slack counts the parent, and shows it on every page.
    count = max(1, _count(call, 1000) - 1)
    part, rest = inside[start : start + count], inside[start + count :]
    metadata = call.flag("include_all_metadata")
    answer: JsonObject = {
        "messages": render.messages(
            call.session, [named, *part], call.token.user, metadata=metadata, broadcast_root=False
        ),
        "has_more": bool(rest),
    }
    if rest:
        answer["response_metadata"] = {"next_cursor": cursors.encode("next_ts", rest[0].ts.replace(".", ""))}
    return answer


@method("conversations.mark", tier=3, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def mark(call: Call) -> JsonObject:
    """Remember how far the caller has read."""
    conversation = access.manageable(call, open_only=False)
    access.need_member(call, conversation)
    ts = call.required("ts")
    if not access.is_ts(ts):
        raise ApiError("invalid_timestamp")
    call.session.conversations.mark(conversation.id, call.token.user, ts)
    return {}


def _entered(call: Call) -> Conversation:
    """A conversation whose messages the caller may read. Bots have to be in it."""
    conversation = access.readable(call, "history")
    if call.token.kind == "bot":
        access.need_member(call, conversation)
    return conversation


def _moment(call: Call, name: str, usual: str) -> str:
    if not call.given(name):
        return usual
    text = call.text(name)
    if not _MOMENT.fullmatch(text):
        raise ApiError(f"invalid_ts_{name}")
    seconds, _, fraction = text.partition(".")
    return f"{seconds:0>10}.{fraction:0<6}"


def _count(call: Call, usual: int) -> int:
    if call.restricted_history:
        return min(_RESTRICTED, cursors.limit(call, _RESTRICTED))
    return cursors.limit(call, usual)


def _stamp(place: str) -> str:
    if not re.fullmatch(r"[0-9]{16}", place):
        raise ApiError("invalid_cursor")
    return f"{place[:10]}.{place[10:]}"
