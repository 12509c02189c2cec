"""Conversations, people and messages as the Web API shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from slack_mcp.sandbox.files.shown import in_message as files_in_message
from slack_mcp.sandbox.model import TEAM_ID, WORKSPACE_URL, Conversation, JsonObject, Message, User
from slack_mcp.sandbox.records.conversations import NEVER_READ
from slack_mcp.sandbox.records.messages import Thread
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.web import Call

_COLOURS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")
_ZONES = {
    "Etc/UTC": ("Coordinated Universal Time", 0),
    "Europe/Berlin": ("Central European Time", 3600),
    "Europe/Paris": ("Central European Time", 3600),
    "America/New_York": ("Eastern Standard Time", -18000),
    "Asia/Beirut": ("Eastern European Time", 7200),
}
"""Names and offsets (seconds) in winter, when the sample data plays: not every machine has a zone database."""


# Conversations


def conversation(call: Call, item: Conversation, *, details: bool = False) -> JsonObject:
    """A conversation. With `details` as conversations.info shows it: what the caller has read of it, too."""
    records = call.session.conversations
    member = records.is_member(item.id, call.token.user)
    shown = _direct(call, item) if item.kind == "im" else _channel(item, member)
    if details and item.postable_by:
        shown["is_read_only"] = True
    if details and member:
        last_read = records.last_read(item.id, call.token.user) or NEVER_READ
        shown["last_read"] = last_read
        if item.direct:
            shown["is_open"] = records.is_open(item.id, call.token.user)
            latest = call.session.messages.history(item.id, "", "a", inclusive=True, count=1)
            shown["latest"] = messages(call.session, latest, call.token.user)[0] if latest else None
            if call.token.kind == "user":
                unread = call.session.messages.unread(item.id, last_read)
                shown |= {"unread_count": unread, "unread_count_display": unread}
    return shown


def _direct(call: Call, item: Conversation) -> JsonObject:
    members = call.session.conversations.members(item.id)
    other = next((each for each in members if each != call.token.user), call.token.user)
    user = call.session.people.find(other)
    return {
        "id": item.id,
        "created": item.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "updated": item.updated * 1000,
        "user": other,
        "is_user_deleted": bool(user and user.deleted),
        "priority": 0,
    }


def _channel(item: Conversation, member: bool) -> JsonObject:
    private = item.kind == "private_channel"
    shown: JsonObject = {
        "id": item.id,
        "name": item.name,
        "is_channel": item.kind == "public_channel" or private,
        "is_group": False,
        "is_im": False,
        "is_mpim": item.kind == "mpim",
        "is_private": item.private,
        "created": item.created,
        "is_archived": item.archived,
        "is_general": item.general,
        "unlinked": 0,
        "name_normalized": item.name,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": TEAM_ID,
        "updated": item.updated * 1000,
        "creator": item.creator,
        "is_ext_shared": False,
        "shared_team_ids": [TEAM_ID],
        "pending_connected_team_ids": [],
        "is_member": member,
        "topic": {"value": item.topic, "creator": item.topic_by, "last_set": item.topic_at},
        "purpose": {"value": item.purpose, "creator": item.purpose_by, "last_set": item.purpose_at},
        "previous_names": item.previous_names,
    }
    if item.properties:
        shown["properties"] = item.properties
    return shown


# People


def user(call: Call, item: User) -> JsonObject:
    """A person or a bot user."""
    shown: JsonObject = {"id": item.id, "team_id": TEAM_ID, "name": item.name, "deleted": item.deleted}
    if not item.deleted:
        label, offset = _ZONES.get(item.time_zone, _ZONES["Etc/UTC"])
        shown |= {
            "color": _COLOURS[int(_hash(item.id), 16) % len(_COLOURS)],
            "real_name": item.real_name,
            "tz": item.time_zone,
            "tz_label": label,
            "tz_offset": offset,
        }
    shown["profile"] = profile(call, item)
    if not item.deleted:
        shown |= {
            "is_admin": item.admin,
            "is_owner": item.owner,
            "is_primary_owner": item.owner,
            "is_restricted": item.guest,
            "is_ultra_restricted": False,
        }
    shown |= {"is_bot": item.bot is not None and item.id != "USLACKBOT", "is_app_user": False, "updated": item.updated}
    if item.bot is None and not item.deleted:
        shown |= {"is_email_confirmed": True, "who_can_share_contact_card": "EVERYONE"}
    return shown


def profile(call: Call, item: User) -> JsonObject:
    """What a user says of himself. The address only with the scope for it."""
    picture = _hash(item.id)[:12]
    shown: JsonObject = {
        "title": item.title,
        "phone": "",
        "skype": "",
        "real_name": item.real_name,
        "real_name_normalized": item.real_name,
        "display_name": item.display_name,
        "display_name_normalized": item.display_name,
        "status_text": item.status_text,
        "status_emoji": item.status_emoji,
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": picture,
        "first_name": item.real_name.partition(" ")[0],
        "last_name": item.real_name.partition(" ")[2],
        "team": TEAM_ID,
    }
    shown |= {f"image_{size}": f"{WORKSPACE_URL}avatar/{picture}_{size}.png" for size in (24, 32, 48, 72, 192, 512)}
    if item.bot:
        shown |= {"api_app_id": item.app or "", "bot_id": item.bot, "always_active": True}
    elif item.email and call.token.has("users:read.email"):
        shown["email"] = item.email
    return shown


def bot_profile(item: User, app_name: str) -> JsonObject:
    """What a message says of the bot that posted it."""
    icons = {f"image_{size}": f"{WORKSPACE_URL}avatar/{_hash(item.id)[:12]}_{size}.png" for size in (36, 48, 72)}
    return {
        "id": item.bot,
        "app_id": item.app,
        "user_id": item.id,
        "name": app_name,
        "icons": icons,
        "deleted": item.deleted,
        "updated": item.updated,
        "team_id": TEAM_ID,
    }


# Messages


def permalink(channel: str, ts: str, thread_ts: str | None = None) -> str:
    """The address of a message."""
    address = f"{WORKSPACE_URL}archives/{channel}/p{ts.replace('.', '')}"
    return f"{address}?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else address


def messages(
    session: Session, items: Sequence[Message], viewer: str, *, metadata: bool = False, broadcast_root: bool = True
) -> list[JsonObject]:
    """Messages of one conversation, with what is counted from other records.

    `metadata` shows what apps attached; `broadcast_root` adds the parent to replies sent to the channel, too.
    """
    if not items:
        return []
    channel = items[0].channel
    stamps = [each.ts for each in items]
    parents = sorted({each.thread_ts for each in items if each.thread_ts})
    threads = session.messages.threads(channel, parents)
    reactions = session.messages.reactions(channel, stamps)
    pinned = {ts for ts, _, _ in session.messages.pins(channel)}
    shown: list[JsonObject] = []
    for item in items:
        body = tombstone(item) if item.deleted else dict(item.body)
        if item.thread_ts:
            body["thread_ts"] = item.thread_ts
        if item.ts in threads:
            body |= _thread(threads[item.ts], item, viewer, session)
        elif item.thread_ts and item.thread_ts != item.ts:
            body |= _reply(session, item, viewer, broadcast_root)
        if item.ts in reactions:
            body["reactions"] = _reactions(reactions[item.ts])
        if item.files:
            body["files"] = files_in_message(session, item.files, viewer)
        if item.ts in pinned:
            body |= {"pinned_to": [channel]}
        if metadata and item.metadata is not None:
            body["metadata"] = item.metadata
        shown.append(body)
    return shown


def message(session: Session, item: Message, viewer: str, *, metadata: bool = False) -> JsonObject:
    """One message."""
    return messages(session, [item], viewer, metadata=metadata)[0]


def tombstone(item: Message) -> JsonObject:
    """What is left of a parent that was deleted."""
    return {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": item.ts,
    }


def _thread(thread: Thread, item: Message, viewer: str, session: Session) -> JsonObject:
    shown: JsonObject = {
        "reply_count": thread.count,
        "reply_users_count": len(thread.users),
        "latest_reply": thread.latest,
        "reply_users": thread.users,
        "is_locked": False,
        "subscribed": viewer == item.user or viewer in thread.users,
    }
    last_read = session.conversations.last_read(item.channel, viewer)
    if shown["subscribed"] and last_read:
        shown["last_read"] = min(last_read, thread.latest)
    return shown


def _reply(session: Session, item: Message, viewer: str, broadcast_root: bool) -> JsonObject:
    parent = session.messages.find(item.channel, item.thread_ts or "")
    if parent is None:
        return {}
    if item.subtype == "thread_broadcast" and broadcast_root:
        return {"root": message(session, parent, viewer)}
    return {"parent_user_id": parent.user}


def _reactions(found: dict[str, list[str]]) -> list[JsonObject]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in found.items()]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
