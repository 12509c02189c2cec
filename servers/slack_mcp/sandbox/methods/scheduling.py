"""chat.scheduleMessage and its relatives: messages that wait."""

from __future__ import annotations

import math
import re
from dataclasses import asdict

from slack_mcp.sandbox import access, cursors, posting
from slack_mcp.sandbox.errors import ApiError, invalid_arguments
from slack_mcp.sandbox.methods.chat import target
from slack_mcp.sandbox.model import JsonObject, Token
from slack_mcp.sandbox.records.messages import Scheduled
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.web import Call

_WRITE = ("chat:write",)
_FARTHEST = 120 * 86_400
_LAST_MINUTE = 60
_CROWD, _CROWD_SECONDS = 30, 300


@method("chat.scheduleMessage", tier=3, scopes=_WRITE, writes=True)
def schedule_message(call: Call) -> JsonObject:
    """Let a message be posted at a moment of the next 120 days."""
    conversation = target(call)
    draft = posting.compose(call)
    if call.given("thread_ts"):
        draft.thread_ts = posting.thread_parent(call.session, conversation, call.text("thread_ts"))
        draft.broadcast = call.flag("reply_broadcast")
    moment = call.required("post_at")
    if not re.fullmatch(r"[0-9]{1,12}", moment):
        raise ApiError("invalid_time")
    post_at = int(moment)
    if post_at <= call.now:
        raise ApiError("time_in_past")
    if post_at > call.now + _FARTHEST:
        raise ApiError("time_too_far")
    near = [each for each in _own(call) if each.channel == conversation.id]
    if sum(abs(each.post_at - post_at) < _CROWD_SECONDS for each in near) >= _CROWD:
        raise ApiError("restricted_too_many")
    number = call.session.next_id("Q")
    call.session.messages.schedule(
        Scheduled(number, call.token.app, call.token.user, conversation.id, post_at, int(call.now), asdict(draft))
    )
    shown: JsonObject = {
        "type": "delayed_message",
        "text": draft.text or "",
        "user": call.token.user,
        "team": None,
        **posting.content(draft),
    }
    if call.caller.bot:
        shown["bot_id"] = call.caller.bot
    return {"channel": conversation.id, "scheduled_message_id": number, "post_at": post_at, "message": shown}


@method("chat.scheduledMessages.list", tier=3)
def list_scheduled(call: Call) -> JsonObject:
    """The messages that this token's user left waiting with this app."""
    found = _own(call)
    if call.given("channel"):
        channel = access.find(call).id
        found = [each for each in found if each.channel == channel]
    oldest, latest = _moment(call, "oldest", 0.0), _moment(call, "latest", math.inf)
    if oldest > latest:
        raise invalid_arguments("oldest must not be after latest")
    found = [each for each in found if oldest <= each.post_at <= latest]
    part, following = cursors.page(call, "scheduled", found)
    shown = [
        {
            "id": each.id,
            "channel_id": each.channel,
            "post_at": each.post_at,
            "date_created": each.created,
            "text": each.document["text"] or "",
        }
        for each in part
    ]
    return {"scheduled_messages": shown, "response_metadata": {"next_cursor": following}}


@method("chat.deleteScheduledMessage", tier=3, scopes=_WRITE, writes=True)
def delete_scheduled(call: Call) -> JsonObject:
    """Let a message not be posted. In the last minute it is too late."""
    conversation = access.find(call)
    number = call.required("scheduled_message_id")
    for each in _own(call):
        if each.id == number and each.channel == conversation.id and each.post_at > call.now + _LAST_MINUTE:
            call.session.messages.unschedule(number)
            return {}
    raise ApiError("invalid_scheduled_message_id")


def deliver_due(session: Session, now: float) -> None:
    """Post the messages whose moment has come."""
    for each in session.messages.scheduled():
        if each.post_at > now:
            return
        session.messages.unschedule(each.id)
        conversation = session.conversations.find(each.channel)
        if conversation and not conversation.archived:
            user = session.people.find(each.user)
            token = Token("", "bot" if user and user.bot else "user", each.user, each.app, ())
            posting.post(session, token, conversation, posting.Draft(**each.document), float(each.post_at))


def _moment(call: Call, name: str, usual: float) -> float:
    """An argument in seconds since 1970."""
    text = call.text(name)
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ApiError(f"invalid_ts_{name}")
    return float(text)


def _own(call: Call) -> list[Scheduled]:
    waiting = call.session.messages.scheduled()
    return [each for each in waiting if (each.app, each.user) == (call.token.app, call.token.user)]
