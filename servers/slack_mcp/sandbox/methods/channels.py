"""conversations.* that change a channel: create, rename, archive, topic, purpose."""

from __future__ import annotations

import re

from slack_mcp.sandbox import access, posting, render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, JsonObject
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_LONGEST_NAME = 80
_LONGEST_TEXT = 250


@method("conversations.create", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def create(call: Call) -> JsonObject:
    """Make a channel, with the caller in it."""
    private = call.flag("is_private")
    access.need_write(call, "private_channel" if private else "public_channel")
    access.need_no_guest(call)
    name = _name(call)
    conversation = Conversation(
        call.session.next_id("C"),
        "private_channel" if private else "public_channel",
        name,
        int(call.now),
        call.token.user,
        updated=int(call.now),
    )
    call.session.conversations.save(conversation)
    call.session.conversations.join(conversation.id, [call.token.user])
    _join_notice(call, conversation)
    return {"channel": render.conversation(call, conversation, details=True)}


@method("conversations.rename", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def rename(call: Call) -> JsonObject:
    """Give a channel another name. Who did not make it has to be an administrator."""
    conversation = access.manageable(call)
    access.channel_only(conversation)
    access.need_member(call, conversation)
    access.need_no_guest(call)
    if call.token.user != conversation.creator and not call.caller.admin:
        raise ApiError("not_authorized")
    old, new = conversation.name, _name(call, conversation)
    if new != old:
        conversation.previous_names = [old, *conversation.previous_names]
        conversation.name = new
        _save(call, conversation)
        text = f"has renamed the channel from “{old}” to “{new}”"
        _announce(call, conversation, "channel_name", text, old_name=old, name=new)
    return {"channel": render.conversation(call, conversation, details=True)}


@method("conversations.archive", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def archive(call: Call) -> JsonObject:
    """Close a channel."""
    conversation = access.manageable(call, open_only=False)
    access.channel_only(conversation)
    access.need_no_guest(call)
    if conversation.archived:
        raise ApiError("already_archived")
    if conversation.general:
        raise ApiError("cant_archive_general")
    access.need_member(call, conversation)
    _announce(call, conversation, "channel_archive", "archived the channel")
    conversation.archived = True
    _save(call, conversation)
    return {}


@method("conversations.unarchive", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def unarchive(call: Call) -> JsonObject:
    """Open an archived channel again."""
    conversation = access.manageable(call, open_only=False)
    access.channel_only(conversation)
    access.need_no_guest(call)
    if not conversation.archived:
        raise ApiError("not_archived")
    if call.token.kind == "bot":
        access.need_member(call, conversation)
    conversation.archived = False
    _save(call, conversation)
    call.session.conversations.join(conversation.id, [call.token.user])
    _announce(call, conversation, "channel_unarchive", "un-archived the channel")
    return {}


@method("conversations.setTopic", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def set_topic(call: Call) -> JsonObject:
    """Say what a channel is about at the moment."""
    return _describe(call, "topic")


@method("conversations.setPurpose", tier=2, user_scopes=access.WRITE, bot_scopes=access.BOT_WRITE, writes=True)
def set_purpose(call: Call) -> JsonObject:
    """Say what a channel is for."""
    return _describe(call, "purpose")


def _describe(call: Call, what: str) -> JsonObject:
    conversation = access.manageable(call)
    if conversation.kind == "im":
        raise ApiError("method_not_supported_for_channel_type")
    access.need_member(call, conversation)
    access.need_no_guest(call)
    if what not in call.arguments:
        call.required(what)
    value = call.text(what)
    if len(value) > _LONGEST_TEXT:
        raise ApiError("too_long")
    if value != getattr(conversation, what):
        setattr(conversation, what, value)
        setattr(conversation, f"{what}_by", call.token.user)
        setattr(conversation, f"{what}_at", int(call.now))
        _save(call, conversation)
        text = f"set the channel {what}: {value}" if value else f"cleared the channel {what}"
        _announce(call, conversation, f"channel_{what}", text, **{what: value})
    return {what: value, "channel": render.conversation(call, conversation, details=True)}


def _name(call: Call, itself: Conversation | None = None) -> str:
    """The argument `name`, when a channel may be called so."""
    name = call.text("name").removeprefix("#")
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > _LONGEST_NAME:
        raise ApiError("invalid_name_maxlength")
    if not re.search(r"\w", name.replace("_", "")):
        raise ApiError("invalid_name_punctuation")
    if not all(character.isalnum() or character in "-_" for character in name) or name != name.lower():
        raise ApiError("invalid_name_specials")
    taken = call.session.conversations.by_name(name)
    if taken and taken != itself:
        raise ApiError("name_taken")
    return name


def _save(call: Call, conversation: Conversation) -> None:
    conversation.updated = int(call.now)
    call.session.conversations.save(conversation)


def _announce(call: Call, conversation: Conversation, subtype: str, text: str, **more: str) -> None:
    posting.announce(
        call.session, conversation, call.token.user, subtype, f"<@{call.token.user}> {text}", call.now, **more
    )


def _join_notice(call: Call, conversation: Conversation) -> None:
    _announce(call, conversation, "channel_join", "has joined the channel")
