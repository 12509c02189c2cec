"""conversations.* and users.conversations that only look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from slack_mcp.sandbox import access, cursors, render
from slack_mcp.sandbox.errors import ApiError, missing_scope
from slack_mcp.sandbox.model import Conversation, ConversationKind, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call


@method("conversations.list", tier=2, scopes=access.READ)
def list_conversations(call: Call) -> JsonObject:
    """The conversations that the caller may see."""
    kinds = _kinds(call)
    found, following = _page(call, kinds, call.token.user, only_joined=call.caller.guest)
    shown = [_with_count(call, each) for each in found]
    return {"channels": shown, "response_metadata": {"next_cursor": following}}


@method("users.conversations", tier=3, scopes=access.READ)
def users_conversations(call: Call) -> JsonObject:
    """The conversations that somebody is in; of others only what the caller may see, too."""
    user = call.text("user") or call.token.user
    access.find_user(call, user)
    kinds = _kinds(call)
    found, following = _page(call, kinds, user, only_joined=True)
    shown = [render.conversation(call, each) for each in found if access.sees(call, each)]
    for each in shown:
        each.pop("is_member", None)
    return {"channels": shown, "response_metadata": {"next_cursor": following}}


@method("conversations.info", tier=3, scopes=access.READ)
def info(call: Call) -> JsonObject:
    """One conversation."""
    conversation = access.readable(call, "read")
    shown = render.conversation(call, conversation, details=True)
    if call.flag("include_num_members"):
        shown["num_members"] = call.session.conversations.member_count(conversation.id)
    if call.flag("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


@method("conversations.members", tier=4, scopes=access.READ)
def members(call: Call) -> JsonObject:
    """The ids of who is in a conversation."""
    conversation = access.readable(call, "read")
    part, following = cursors.page(call, "member", call.session.conversations.members(conversation.id))
    return {"members": list(part), "response_metadata": {"next_cursor": following}}


def _kinds(call: Call) -> list[ConversationKind]:
    """The argument `types`, as far as the token has the scopes for it."""
    wanted = call.words("types") or ["public_channel"]
    if not set(wanted) <= set(access.FAMILY):
        raise ApiError("invalid_types")
    kinds = cast("list[ConversationKind]", list(dict.fromkeys(wanted)))
    lacking = [scope for kind in kinds if not call.token.has(scope := f"{access.FAMILY[kind]}:read")]
    if lacking:
        raise missing_scope(lacking, call.token.scopes)
    return kinds


def _page(
    call: Call, kinds: Sequence[ConversationKind], user: str, *, only_joined: bool
) -> tuple[list[Conversation], str]:
    first = cursors.decode("team", call.text("cursor")) if call.given("cursor") else ""
    count = cursors.limit(call, 100)
    found = call.session.conversations.seen_by(
        user,
        kinds,
        first=first,
        count=count + 1,
        only_joined=only_joined,
        archived=not call.flag("exclude_archived"),
    )
    following = cursors.encode("team", found[count].id) if len(found) > count else ""
    return found[:count], following


def _with_count(call: Call, conversation: Conversation) -> JsonObject:
    shown = render.conversation(call, conversation)
    if not conversation.direct:
        shown["num_members"] = call.session.conversations.member_count(conversation.id)
    return shown
