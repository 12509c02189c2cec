"""reactions.*: who answered a message with which emoji."""

from __future__ import annotations

import re

from slack_mcp.sandbox import access, cursors, render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, JsonObject, Message
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1", "heavy_check_mark": "heavy_check_mark", "hankey": "poop"}
_MOST_KINDS = 23
"""How many different reactions one person may give to a message."""


@method("reactions.add", tier=3, scopes=("reactions:write",), writes=True)
def add(call: Call) -> JsonObject:
    """React to a message."""
    name = _name(call)
    conversation, message = _item(call)
    if conversation.archived:
        raise ApiError("is_archived")
    access.need_member(call, conversation)
    given = call.session.messages.reactions(conversation.id, [message.ts]).get(message.ts, {})
    if call.token.user in given.get(name, []):
        raise ApiError("already_reacted")
    if sum(call.token.user in users for users in given.values()) >= _MOST_KINDS:
        raise ApiError("too_many_reactions")
    call.session.messages.react(conversation.id, message.ts, name, call.token.user)
    return {}


@method("reactions.remove", tier=2, scopes=("reactions:write",), writes=True)
def remove(call: Call) -> JsonObject:
    """Take a reaction of one's own back."""
    name = _name(call)
    conversation, message = _item(call)
    if not call.session.messages.unreact(conversation.id, message.ts, name, call.token.user):
        raise ApiError("no_reaction")
    return {}


@method("reactions.get", tier=3, scopes=("reactions:read",))
def get(call: Call) -> JsonObject:
    """A message with its reactions."""
    conversation, message = _item(call)
    shown = render.message(call.session, message, call.token.user)
    shown["permalink"] = render.permalink(conversation.id, message.ts, message.thread_ts)
    return {"type": "message", "channel": conversation.id, "message": shown}


@method("reactions.list", tier=2, scopes=("reactions:read",))
def list_reactions(call: Call) -> JsonObject:
    """What somebody reacted to, as far as the caller may see it."""
    user = call.text("user") or call.token.user
    access.find_user(call, user)
    items: list[JsonObject] = []
    for channel, ts in call.session.messages.reacted_by(user):
        conversation = call.session.conversations.find(channel)
        message = call.session.messages.find(channel, ts)
        if conversation and message and access.sees(call, conversation):
            shown = render.message(call.session, message, call.token.user)
            shown["permalink"] = render.permalink(channel, ts, message.thread_ts)
            items.append({"type": "message", "channel": channel, "message": shown})
    part, following = cursors.page(call, "reaction", items)
    return {"items": list(part), "response_metadata": {"next_cursor": following}}


def _name(call: Call) -> str:
    name = call.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise ApiError("invalid_name")
    return _ALIASES.get(name, name)


def _item(call: Call) -> tuple[Conversation, Message]:
    if not call.given("channel") or not call.given("timestamp"):
        raise ApiError("no_item_specified")
    conversation = access.find(call)
    return conversation, access.message(call, conversation, "timestamp", "bad_timestamp")
