"""Finds what a call names, as far as its caller may see it and its token may touch it."""

from __future__ import annotations

import re
from typing import Literal

from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, ConversationKind, Message, User
from slack_mcp.sandbox.web import Call

FAMILY: dict[ConversationKind, str] = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}
"""What the scopes for each kind of conversation begin with."""
READ = tuple(f"{family}:read" for family in FAMILY.values())
HISTORY = tuple(f"{family}:history" for family in FAMILY.values())
WRITE = tuple(f"{family}:write" for family in FAMILY.values())
BOT_WRITE = ("channels:manage", *WRITE[1:])

_TS = re.compile(r"[0-9]{1,10}\.[0-9]{1,6}")


def sees(call: Call, conversation: Conversation) -> bool:
    """Whether the caller may know of a conversation. Guests know only those that they are in."""
    if conversation.kind == "public_channel" and not call.caller.guest:
        return True
    return call.session.conversations.is_member(conversation.id, call.token.user)


def find(call: Call, argument: str = "channel") -> Conversation:
    """The conversation that an argument names by its id."""
    channel_id = call.required(argument)
    conversation = call.session.conversations.find(channel_id)
    if conversation is None or not sees(call, conversation):
        raise ApiError("channel_not_found")
    return conversation


def readable(call: Call, what: Literal["read", "history"], argument: str = "channel") -> Conversation:
    """The same, when the token has the scope to read about it, or in it."""
    conversation = find(call, argument)
    call.need(f"{FAMILY[conversation.kind]}:{what}")
    return conversation


def manageable(call: Call, *, open_only: bool = True) -> Conversation:
    """The same, when the token has the scope to change it; not an archived one unless told otherwise."""
    conversation = find(call)
    need_write(call, conversation.kind)
    if open_only and conversation.archived:
        raise ApiError("is_archived")
    return conversation


def need_write(call: Call, kind: ConversationKind) -> None:
    """Refuse a token without the scope to change such conversations."""
    scope = f"{FAMILY[kind]}:write"
    bot_scope = "channels:manage" if kind == "public_channel" else scope
    call.need(bot_scope if call.token.kind == "bot" else scope)


def need_member(call: Call, conversation: Conversation) -> None:
    """Refuse somebody who is not in the conversation."""
    if not call.session.conversations.is_member(conversation.id, call.token.user):
        raise ApiError("not_in_channel")


def channel_only(conversation: Conversation) -> None:
    """Refuse direct messages."""
    if conversation.direct:
        raise ApiError("method_not_supported_for_channel_type")


def need_no_guest(call: Call) -> None:
    """Refuse guests."""
    if call.caller.guest:
        raise ApiError("user_is_restricted")


def find_user(call: Call, user_id: str) -> User:
    """The user with this id."""
    user = call.session.people.find(user_id)
    if user is None:
        raise ApiError("user_not_found")
    return user


def is_ts(text: str) -> bool:
    """Whether this is the timestamp of a message."""
    return _TS.fullmatch(text) is not None


def message(call: Call, conversation: Conversation, argument: str, malformed: str = "message_not_found") -> Message:
    """The message that an argument names by its ts."""
    ts = call.required(argument)
    if not is_ts(ts):
        raise ApiError(malformed)
    found = call.session.messages.find(conversation.id, ts)
    if found is None or found.deleted:
        raise ApiError("message_not_found")
    return found
