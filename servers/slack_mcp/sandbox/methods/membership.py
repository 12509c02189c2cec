"""conversations.* that change who is in a conversation: invite, kick, join, leave, open, close."""

from __future__ import annotations

from slack_mcp.sandbox import access, posting, render
from slack_mcp.sandbox.directs import direct_message
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, JsonObject, User
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_MOST_INVITED = 1000
_MOST_DIRECT = 8
_DIRECT_WRITE = ("im:write", "mpim:write", "channels:manage", "channels:write", "groups:write")


@method("conversations.invite", tier=3, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def invite(call: Call) -> JsonObject:
    """Bring people into a channel. Unless `force` is given, one who cannot be invited stops all."""
    conversation = access.manageable(call)
    access.channel_only(conversation)
    users = call.words("users")
    if not users:
        raise ApiError("no_user")
    if len(users) > _MOST_INVITED:
        raise ApiError("too_many_users")
    access.need_member(call, conversation)
    access.need_no_guest(call)
    troubles = [
        {"user": user, "ok": False, "error": error} for user in users if (error := _obstacle(call, conversation, user))
    ]
    welcome = [user for user in users if user not in {each["user"] for each in troubles}]
    if troubles and (not call.flag("force") or not welcome):
        raise ApiError(str(troubles[0]["error"]), errors=troubles)
    call.session.conversations.join(conversation.id, welcome)
    for user in welcome:
        _notice(call, conversation, user, "channel_join", "has joined the channel", inviter=call.token.user)
    answer: JsonObject = {"channel": render.conversation(call, conversation, details=True)}
    if troubles:
        answer["errors"] = troubles
    return answer


@method("conversations.kick", tier=3, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def kick(call: Call) -> JsonObject:
    """Put somebody out of a channel."""
    conversation = access.manageable(call)
    access.channel_only(conversation)
    user = access.find_user(call, call.required("user"))
    if user.id == call.token.user:
        raise ApiError("cant_kick_self")
    if conversation.general:
        raise ApiError("cant_kick_from_general")
    access.need_member(call, conversation)
    if not call.session.conversations.is_member(conversation.id, user.id):
        raise ApiError("not_in_channel")
    if call.caller.guest:
        raise ApiError("restricted_action")
    call.session.conversations.leave(conversation.id, user.id)
    _notice(call, conversation, user.id, "channel_leave", "was removed from the channel")
    return {"errors": {}}


@method("conversations.join", tier=3, user_scopes=("channels:write",), bot_scopes=("channels:join",), writes=True)
def join(call: Call) -> JsonObject:
    """Enter a public channel."""
    conversation = access.find(call)
    if conversation.kind != "public_channel":
        raise ApiError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise ApiError("is_archived")
    if call.session.conversations.is_member(conversation.id, call.token.user):
        call.warnings.append("already_in_channel")
    else:
        call.session.conversations.join(conversation.id, [call.token.user])
        _notice(call, conversation, call.token.user, "channel_join", "has joined the channel")
    return {"channel": render.conversation(call, conversation)}


@method("conversations.leave", tier=3, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def leave(call: Call) -> JsonObject:
    """Leave a channel."""
    conversation = access.manageable(call)
    access.channel_only(conversation)
    if conversation.general:
        raise ApiError("cant_leave_general")
    records = call.session.conversations
    if not records.is_member(conversation.id, call.token.user):
        return {"not_in_channel": True}
    if conversation.private and records.member_count(conversation.id) == 1:
        raise ApiError("last_member")
    _notice(call, conversation, call.token.user, "channel_leave", "has left the channel")
    records.leave(conversation.id, call.token.user)
    return {}


@method("conversations.open", tier=3, scopes=_DIRECT_WRITE, writes=True)
def open_direct(call: Call) -> JsonObject:
    """Open a direct message with one to eight people, or one that was closed."""
    records = call.session.conversations
    if call.given("channel"):
        conversation = access.find(call)
        if not conversation.direct:
            raise ApiError("method_not_supported_for_channel_type")
    else:
        company = _company(call)
        call.need("im:write" if len(company) == 1 else "mpim:write")
        conversation = direct_message(call, company, may_create=not call.flag("prevent_creation"))
    already = records.is_open(conversation.id, call.token.user)
    records.set_open(conversation.id, call.token.user, True)
    full = call.flag("return_im")
    shown = render.conversation(call, conversation, details=True) if full else {"id": conversation.id}
    return {"no_op": already, "already_open": already, "channel": shown}


@method("conversations.close", tier=2, scopes=_DIRECT_WRITE, writes=True)
def close_direct(call: Call) -> JsonObject:
    """Take a direct message out of the side bar."""
    conversation = access.find(call)
    if not conversation.direct:
        raise ApiError("method_not_supported_for_channel_type")
    if not call.session.conversations.is_open(conversation.id, call.token.user):
        return {"no_op": True, "already_closed": True}
    call.session.conversations.set_open(conversation.id, call.token.user, False)
    return {}


def _company(call: Call) -> list[User]:
    """The people in the argument `users`, the caller not counted."""
    ids = [each for each in dict.fromkeys(call.words("users")) if each != call.token.user]
    if not call.words("users"):
        raise ApiError("users_list_not_supplied")
    if len(ids) > _MOST_DIRECT:
        raise ApiError("too_many_users")
    users = [access.find_user(call, each) for each in ids] or [call.caller]
    if any(each.deleted for each in users):
        raise ApiError("user_disabled")
    if call.token.kind == "bot" and any(each.bot for each in users):
        raise ApiError("cannot_dm_bot")
    return users


def _obstacle(call: Call, conversation: Conversation, user_id: str) -> str:
    user = call.session.people.find(user_id)
    if user is None or user.deleted:
        return "user_not_found"
    if user_id == call.token.user:
        return "cant_invite_self"
    if call.session.conversations.is_member(conversation.id, user_id):
        return "already_in_channel"
    return ""


def _notice(call: Call, conversation: Conversation, user: str, subtype: str, text: str, **more: str) -> None:
    posting.announce(call.session, conversation, user, subtype, f"<@{user}> {text}", call.now, **more)
