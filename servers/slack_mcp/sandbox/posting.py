"""From the arguments of a call to a message in a conversation."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from slack_mcp.sandbox import render
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.model import TEAM_ID, WORKSPACE_URL, Conversation, JsonObject, Message, Token
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.text import block_kit, fallback, markdown, mrkdwn
from slack_mcp.sandbox.text.inline import BARE_LINK
from slack_mcp.sandbox.web import Call

MOST_CHARACTERS = 40_000
MOST_MARKDOWN = 12_000
_MOST_ATTACHMENTS = 100
_MOST_METADATA = 8_000
_PERMALINK = re.compile(re.escape(WORKSPACE_URL) + r"archives/(?P<channel>[A-Z0-9]+)/p(?P<ts>\d{16})")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp)(?:\?.*)?", re.IGNORECASE)
_RANGES = re.compile(r"(?<![\w<])@(here|channel|everyone)\b")
_NAMES = re.compile(r"(?<![\w<|])([@#])([a-z0-9][\w.-]*[a-z0-9]|[a-z0-9])", re.IGNORECASE)


@dataclass(slots=True)
class Draft:
    """What will be posted. None stands for what was not said."""

    text: str | None = None
    blocks: list[JsonObject] | None = None
    attachments: list[JsonObject] | None = None
    metadata: JsonObject | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    more: JsonObject = field(default_factory=JsonObject)
    """Fields that the message shows as they are."""


def compose(call: Call, *, required: bool = True) -> Draft:
    """Read the content of a message. Raises `ApiError` as the vendor does."""
    draft = Draft()
    if call.given("markdown_text"):
        if call.given("text") or call.given("blocks"):
            raise ApiError("markdown_text_conflict")
        source = call.text("markdown_text")
        if len(source) > MOST_MARKDOWN:
            raise ApiError("msg_too_long")
        draft.blocks = with_ids(markdown.blocks(source))
        draft.text = fallback.text_of(draft.blocks)
    if call.given("text"):
        text = call.text("text")
        if len(text) > MOST_CHARACTERS:
            call.warnings.append("message_truncated")
            text = text[:MOST_CHARACTERS]
        draft.text = mrkdwn.stored(_linked(call, text))
    if "blocks" in call.arguments and call.arguments["blocks"] != "":
        draft.blocks = with_ids(block_kit.checked(call.structure("blocks", list, "invalid_blocks_format")))
        if draft.blocks and draft.text is None:
            draft.text = fallback.text_of(draft.blocks)
    if "attachments" in call.arguments and call.arguments["attachments"] != "":
        draft.attachments = _attachments(call.structure("attachments", list, "invalid_attachments"))
    draft.metadata = _metadata(call)
    if required and not (draft.text and draft.text.strip()) and not draft.blocks and not draft.attachments:
        raise ApiError("no_text")
    if draft.text is not None:
        unfurled = _unfurled(call, draft.text)
        if unfurled:
            draft.attachments = [*(draft.attachments or []), *unfurled]
    _number(draft.attachments)
    return draft


def rich_blocks(text: str) -> list[JsonObject]:
    """The block that Slack makes of a text without blocks."""
    return with_ids([{"type": "rich_text", "elements": mrkdwn.rich_text(text)}]) if text.strip() else []


def with_ids(blocks: Sequence[JsonObject]) -> list[JsonObject]:
    """Blocks that all have a `block_id`; the same content gets the same one."""
    made: list[JsonObject] = []
    for index, block in enumerate(blocks):
        seed = f"{index}{json.dumps(block, sort_keys=True)}"
        made.append({**block, "block_id": block.get("block_id") or uuid.uuid5(uuid.NAMESPACE_OID, seed).hex[:5]})
    return made


def next_ts(session: Session, channel: str, now: float) -> str:
    """A timestamp that is newer than every message of the conversation."""
    latest = session.messages.latest(channel)
    moment = round(now * 1_000_000)
    if latest and int(latest.replace(".", "")) >= moment:
        moment = int(latest.replace(".", "")) + 1
    return f"{moment // 1_000_000}.{moment % 1_000_000:06d}"


def post(session: Session, token: Token, conversation: Conversation, draft: Draft, now: float) -> Message:
    """Store a message of the token's user."""
    ts = next_ts(session, conversation.id, now)
    body: JsonObject = {"user": token.user, "type": "message", "ts": ts, **_author(session, token)}
    subtype = draft.subtype or ("thread_broadcast" if draft.broadcast else None)
    if subtype:
        body["subtype"] = subtype
    body["text"] = draft.text or ""
    body["team"] = TEAM_ID
    body |= content(draft)
    body |= draft.more
    if subtype == "bot_message":
        del body["user"]
    return store(
        session, Message(conversation.id, ts, token.user, draft.text or "", body, metadata=draft.metadata), draft
    )


def store(session: Session, message: Message, draft: Draft) -> Message:
    """Store a message, in its thread when the draft names one."""
    message.subtype = message.body.get("subtype")
    if draft.thread_ts:
        message.thread_ts = draft.thread_ts
        message.hidden_from_channel = not draft.broadcast
        parent = session.messages.find(message.channel, draft.thread_ts)
        if parent and not parent.thread_ts:
            parent.thread_ts = parent.ts
            session.messages.save(parent)
    session.messages.add(message)
    if session.conversations.is_member(message.channel, message.user) and not message.hidden_from_channel:
        session.conversations.mark(message.channel, message.user, message.ts)
    return message


def content(draft: Draft) -> JsonObject:
    """The blocks and attachments that the message shows."""
    shown: JsonObject = {}
    blocks = draft.blocks or rich_blocks(draft.text or "")
    if blocks:
        shown["blocks"] = blocks
    if draft.attachments:
        shown["attachments"] = draft.attachments
    return shown


def announce(
    session: Session, conversation: Conversation, user: str, subtype: str, text: str, now: float, **more: Any
) -> None:
    """Store what Slack itself says when something happens to a channel."""
    ts = next_ts(session, conversation.id, now)
    body = {"subtype": subtype, "user": user, "text": text, "type": "message", "ts": ts, **more}
    session.messages.add(Message(conversation.id, ts, user, text, body, subtype=subtype))


def thread_parent(session: Session, conversation: Conversation, thread_ts: str) -> str:
    """The ts of the thread that a reply goes to; that of its parent when a reply is named."""
    parent = session.messages.find(conversation.id, thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.subtype in ("channel_join", "channel_leave"):
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _author(session: Session, token: Token) -> JsonObject:
    """The app behind a message, whoever is shown as its author."""
    app = session.tokens.app(token.app)
    bot = session.people.by_app(token.app)
    if app is None or bot is None:
        return {}
    return {"bot_id": bot.bot, "app_id": token.app, "bot_profile": render.bot_profile(bot, str(app["name"]))}


def _attachments(value: object) -> list[JsonObject]:
    items = [cast("JsonObject", each) for each in cast("list[object]", value) if isinstance(each, dict)]
    if len(items) > _MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    made: list[JsonObject] = []
    for item in items:
        attachment = dict(item)
        if "blocks" in attachment:
            attachment["blocks"] = with_ids(block_kit.checked(attachment["blocks"]))
        attachment.setdefault("fallback", attachment.get("text") or attachment.get("title") or "[no preview available]")
        made.append(attachment)
    return made


def _number(attachments: list[JsonObject] | None) -> None:
    for index, attachment in enumerate(attachments or [], 1):
        attachment["id"] = index


def _metadata(call: Call) -> JsonObject | None:
    if not call.given("metadata"):
        return None
    value = cast("JsonObject", call.structure("metadata", dict, "invalid_metadata_format"))
    if not isinstance(value.get("event_type"), str) or not isinstance(value.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(value)) > _MOST_METADATA:
        raise ApiError("metadata_too_large")
    return {"event_type": value["event_type"], "event_payload": value["event_payload"]}


def _linked(call: Call, text: str) -> str:
    """Text with names linked, when the call asks for it."""
    full = call.text("parse") == "full"
    if not full and not call.flag("link_names"):
        return text

    def link(found: re.Match[str]) -> str:
        name = found[2].lower()
        if found[1] == "#":
            channel = call.session.conversations.by_name(name)
            return f"<#{channel.id}|{channel.name}>" if channel and not channel.private else found[0]
        group = next((each for each in call.session.people.groups() if each["handle"] == name), None)
        if group:
            return f"<!subteam^{group['id']}|@{name}>"
        user = call.session.people.by_name(name)
        return f"<@{user.id}>" if user else found[0]

    return _NAMES.sub(link, _RANGES.sub(r"<!\1>", text))


def _unfurled(call: Call, text: str) -> list[JsonObject]:
    """Previews of the links in a text, as far as the call lets them be made."""
    links, media = call.flag("unfurl_links"), call.flag("unfurl_media", True)
    found: list[JsonObject] = []
    for match in BARE_LINK.finditer(text):
        url = match[0]
        if _PICTURE.search(url):
            if media:
                found.append({"from_url": url, "original_url": url, "image_url": url, "fallback": url})
        elif links:
            found.append(_message_unfurl(call, url) or _link_unfurl(url))
    return found[:5]


def _link_unfurl(url: str) -> JsonObject:
    host = url.split("/")[2]
    title = f"Preview of {url}"
    return {
        "from_url": url,
        "original_url": url,
        "service_name": host,
        "title": title,
        "title_link": url,
        "fallback": f"{host}: {title}",
    }


def _message_unfurl(call: Call, url: str) -> JsonObject | None:
    found = _PERMALINK.match(url)
    if not found:
        return None
    conversation = call.session.conversations.find(found["channel"])
    ts = f"{found['ts'][:10]}.{found['ts'][10:]}"
    message = conversation and call.session.messages.find(conversation.id, ts)
    if not conversation or not message or conversation.private:
        return None
    author = call.session.people.find(message.user)
    return forwarded(conversation, message, author.real_name if author else "", url)


def forwarded(conversation: Conversation, message: Message, author: str, url: str) -> JsonObject:
    """A message as it looks in another that shares it."""
    return {
        "ts": message.ts,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "channel_team": TEAM_ID,
        "is_msg_unfurl": True,
        "message_blocks": [
            {
                "team": TEAM_ID,
                "channel": conversation.id,
                "ts": message.ts,
                "message": {"blocks": message.body.get("blocks", [])},
            }
        ],
        "from_url": url,
        "original_url": url,
        "author_id": message.user,
        "author_name": author,
        "author_subname": author,
        "text": message.text,
        "fallback": f"[{message.ts}] {author}: {message.text}",
        "footer": f"Posted in #{conversation.name}",
        "mrkdwn_in": ["text"],
    }
