"""chat.*: posting, editing and deleting. Waiting messages are in `scheduling`."""

from __future__ import annotations

from slack_mcp.sandbox import access, posting, render
from slack_mcp.sandbox.directs import direct_message
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import Conversation, JsonObject, Message
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call

_WRITE = ("chat:write",)
_APP_BLOCKS = {"actions", "call", "context", "image", "input", "section", "video"}
"""Blocks that are never made from text."""
_NOT_IN_UPDATES = {"ts", "thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked"}
"""What the answer to an edit leaves out of its message."""


@method("chat.postMessage", tier="post", scopes=_WRITE, writes=True)
def post_message(call: Call) -> JsonObject:
    """Post a message, in a channel or as a reply."""
    conversation = target(call)
    draft = posting.compose(call)
    draft.more = _custom_author(call)
    if "username" in draft.more or "icons" in draft.more:
        draft.subtype = "bot_message"
    if call.given("client_msg_id"):
        # Kept so that a client may look for it. A second post under the same id is a second message: that Slack
        # would notice is not documented, and nobody should count on it.
        draft.more["client_msg_id"] = call.text("client_msg_id")
    if call.given("thread_ts"):
        draft.thread_ts = posting.thread_parent(call.session, conversation, call.text("thread_ts"))
        draft.broadcast = call.flag("reply_broadcast")
    message = posting.post(call.session, call.token, conversation, draft, call.now)
    shown = render.message(call.session, message, call.token.user, metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "message": shown}


@method("chat.meMessage", tier=3, scopes=_WRITE, writes=True)
def me_message(call: Call) -> JsonObject:
    """Say what one does."""
    conversation = target(call)
    if not call.text("text").strip():
        raise ApiError("no_text")
    draft = posting.compose(call)
    draft.subtype = "me_message"
    message = posting.post(call.session, call.token, conversation, draft, call.now)
    return {"channel": conversation.id, "ts": message.ts}


@method("chat.postEphemeral", tier=4, scopes=_WRITE, writes=True)
def post_ephemeral(call: Call) -> JsonObject:
    """Show a message to one person only. Slack does not keep it, and neither does the sandbox."""
    conversation = target(call)
    user = call.required("user")
    if not call.session.conversations.is_member(conversation.id, user):
        raise ApiError("user_not_in_channel")
    posting.compose(call)
    return {"message_ts": posting.next_ts(call.session, conversation.id, call.now)}


@method("chat.update", tier=3, scopes=_WRITE, writes=True)
def update(call: Call) -> JsonObject:
    """Change a message of one's own."""
    conversation = access.find(call)
    message = access.message(call, conversation, "ts")
    if not _own(call, message) or message.subtype not in (None, "bot_message", "thread_broadcast", "me_message"):
        raise ApiError("cant_update_message")
    if conversation.archived:
        raise ApiError("is_inactive")
    if len(call.text("text")) > posting.MOST_CHARACTERS:
        raise ApiError("msg_too_long")
    sent = {"text", "markdown_text", "blocks", "attachments"} & set(call.arguments)
    draft = posting.compose(call, required=False)
    if not sent or (not draft.text and not draft.blocks and not draft.attachments):
        raise ApiError("no_text")
    _overwrite(message, draft, kept_blocks=not sent & {"markdown_text", "blocks"}, keep_text=not draft.text)
    if draft.metadata is not None:
        message.metadata = draft.metadata
    message.body["edited"] = {"user": call.token.user, "ts": f"{int(call.now)}.000000"}
    if call.flag("reply_broadcast") and message.thread_ts not in (None, message.ts):
        message.hidden_from_channel, message.subtype = False, "thread_broadcast"
        message.body["subtype"] = "thread_broadcast"
    call.session.messages.save(message)
    shown = render.message(call.session, message, call.token.user, metadata=True)
    shown = {name: value for name, value in shown.items() if name not in _NOT_IN_UPDATES}
    return {"channel": conversation.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", tier=3, scopes=_WRITE, writes=True)
def delete(call: Call) -> JsonObject:
    """Delete a message of one's own; somebody else's only as an administrator."""
    conversation = access.find(call)
    message = access.message(call, conversation, "ts")
    if not _own(call, message) and not (call.token.kind == "user" and call.caller.admin):
        raise ApiError("cant_delete_message")
    remove(call, message)
    return {"channel": conversation.id, "ts": message.ts}


@method("chat.getPermalink", tier="special")
def get_permalink(call: Call) -> JsonObject:
    """The address of a message."""
    conversation = access.find(call)
    message = access.message(call, conversation, "message_ts")
    link = render.permalink(conversation.id, message.ts, message.thread_ts)
    return {"channel": conversation.id, "permalink": link}


def target(call: Call) -> Conversation:
    """Where a message goes: a conversation by id, a channel by name, or a person. Raises unless one may post there."""
    reference = call.required("channel")
    records = call.session.conversations
    person = call.session.people.find(reference)
    if person:
        if person.deleted:
            raise ApiError("user_disabled")
        conversation = direct_message(call, [person])
    else:
        conversation = records.find(reference) or records.by_name(reference.removeprefix("#"))
    if conversation is None or not access.sees(call, conversation):
        raise ApiError("channel_not_found")
    if conversation.archived:
        raise ApiError("is_archived")
    if not records.is_member(conversation.id, call.token.user):
        guest_bot = call.token.kind == "bot" and call.token.has("chat:write.public")
        if not guest_bot or conversation.private:
            raise ApiError("not_in_channel")
    if conversation.postable_by and call.token.user not in conversation.postable_by:
        raise ApiError("restricted_action")
    return conversation


def remove(call: Call, message: Message) -> None:
    """Delete a message; a parent of replies becomes a tombstone."""
    records = call.session.messages
    if message.ts == message.thread_ts and records.replies(message.channel, message.ts):
        message.deleted, message.text, message.body, message.files = True, "", {}, []
        records.save(message)
        return
    records.remove(message)
    if (
        message.thread_ts
        and message.thread_ts != message.ts
        and not records.replies(message.channel, message.thread_ts)
    ):
        parent = records.find(message.channel, message.thread_ts)
        if parent and parent.deleted:
            records.remove(parent)
        elif parent:
            parent.thread_ts = None
            records.save(parent)


def _own(call: Call, message: Message) -> bool:
    if call.token.kind == "bot":
        return message.user == call.token.user and message.body.get("bot_id") == call.caller.bot
    return message.user == call.token.user


def _overwrite(message: Message, draft: posting.Draft, *, kept_blocks: bool, keep_text: bool) -> None:
    """Put the new content in place. What was not sent stays, but for blocks that were made from the old text."""
    body = message.body
    old_blocks: list[JsonObject] = body.get("blocks", [])
    if keep_text:
        draft.text = message.text
    if draft.attachments is None:
        draft.attachments = body.get("attachments")
    if kept_blocks and (keep_text or any(each["type"] in _APP_BLOCKS for each in old_blocks)):
        draft.blocks = old_blocks
    message.text = draft.text or ""
    body["text"] = message.text
    for name in ("blocks", "attachments"):
        body.pop(name, None)
    body |= posting.content(draft)


def _custom_author(call: Call) -> JsonObject:
    if not any(call.given(name) for name in ("username", "icon_emoji", "icon_url")):
        return {}
    call.need("chat:write.customize")
    shown: JsonObject = {}
    if call.given("username"):
        shown["username"] = call.text("username")
    if call.given("icon_emoji"):
        shown["icons"] = {"emoji": call.text("icon_emoji")}
    elif call.given("icon_url"):
        shown["icons"] = {"image_48": call.text("icon_url")}
    return shown
