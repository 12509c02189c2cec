"""Files as the Web API shows them: docs.slack.dev/reference/objects/file-object."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from slack_mcp.sandbox.model import TEAM_ID, WORKSPACE_URL, JsonObject
from slack_mcp.sandbox.records.files import File
from slack_mcp.sandbox.session import Session

THUMBNAILS = (64, 80, 160, 360, 480, 720, 960, 1024)
_MEASURED = (360, 480, 720, 960, 1024)
_ALWAYS = 160
_PREVIEW_LINES, _PREVIEW_BYTES = 5, 2_000


def file(session: Session, item: File, viewer: str, *, shares: bool = True) -> JsonObject:
    """A file. `shares` tells the channels that show it, as far as the viewer is in them."""
    address = f"{session.base_url}/files-pri/{TEAM_ID}-{item.id}"
    name = "canvas" if item.canvas else slug(item.name)
    shown: JsonObject = {
        "id": item.id,
        "created": item.created,
        "timestamp": item.created,
        "name": item.name,
        "title": item.title,
        "mimetype": item.mimetype,
        "filetype": item.filetype,
        "pretty_type": item.pretty_type,
        "user": item.user,
        "user_team": TEAM_ID,
        "editable": item.mode != "hosted",
        "size": item.size,
        "mode": item.mode,
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "permalink": permalink(item),
        "permalink_public": f"https://slack-files.invalid/{TEAM_ID}-{item.id}-{_secret(item.id)}",
        "comments_count": 0,
        "is_starred": False,
        "has_more_shares": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }
    if item.mode == "snippet":
        shown |= _preview(session.files.content(item.id), permalink(item))
    if item.canvas:
        shown |= _canvas(session, item)
    if item.width:
        shown |= _thumbnails(session, item)
    public, places = _places(session, item, viewer)
    shown["is_public"] = public
    return {**shown, **places} if shares else shown


def in_message(session: Session, ids: Sequence[str], viewer: str) -> list[JsonObject]:
    """The files of a message. Of a deleted one a tombstone is left."""
    found = [(each, session.files.find(each)) for each in ids]
    return [
        {"id": file_id, "mode": "tombstone"}
        if item is None or item.deleted
        else file(session, item, viewer, shares=False)
        for file_id, item in found
    ]


def permalink(item: File) -> str:
    """The address at which people see a file."""
    if item.canvas:
        return f"{WORKSPACE_URL}docs/{TEAM_ID}/{item.id}"
    return f"{WORKSPACE_URL}files/{item.user}/{item.id}/{slug(item.name)}"


def slug(name: str) -> str:
    """A file's name as it stands in addresses."""
    return quote(name.lower().replace(" ", "_").replace("/", "_"))


def _preview(content: bytes, address: str) -> JsonObject:
    text = content.decode("utf-8", "replace")
    lines = text.splitlines()
    preview = "\n".join(lines[:_PREVIEW_LINES])[:_PREVIEW_BYTES]
    return {
        "edit_link": f"{address}/edit",
        "preview": preview,
        "preview_highlight": f'<div class="CodeMirror cm-s-default CodeMirrorServer">{len(lines)}</div>',
        "lines": len(lines),
        "lines_more": max(0, len(lines) - _PREVIEW_LINES),
        "preview_is_truncated": len(preview) < len(text.rstrip("\n")),
    }


def _canvas(session: Session, item: File) -> JsonObject:
    access = session.files.access(item.id)
    return {
        "editors": [item.editor or item.user],
        "last_editor": item.editor or item.user,
        "edit_timestamp": item.updated,
        "updated": item.updated,
        "non_owner_editable": "write" in access.values(),
        "linked_channel_id": item.channel or None,
        "is_channel_space": bool(item.channel),
        "quip_thread_id": _secret(item.id)[:11],
        "dm_mpdm_users_with_file_access": [
            {"user_id": entity, "access": level} for entity, level in access.items() if entity.startswith("U")
        ],
        "org_or_workspace_access": "none",
        "url_static_preview": "",
    }


def _thumbnails(session: Session, item: File) -> JsonObject:
    stem = f"{session.base_url}/files-tmb/{TEAM_ID}-{item.id}-{_secret(item.id)}/{slug(item.name).rpartition('.')[0]}"
    longest = max(item.width, item.height)
    shown: JsonObject = {"original_w": item.width, "original_h": item.height, "media_display_type": "unknown"}
    for side in THUMBNAILS:
        if side > _ALWAYS and side >= longest and side != _MEASURED[0]:
            continue
        shown[f"thumb_{side}"] = f"{stem}_{side}.png"
        if side in _MEASURED:
            scale = min(1.0, side / longest)
            shown[f"thumb_{side}_w"] = max(1, int(item.width * scale))
            shown[f"thumb_{side}_h"] = max(1, int(item.height * scale))
    if item.alt_text:
        shown["alt_txt"] = item.alt_text
    return shown


def _places(session: Session, item: File, viewer: str) -> tuple[bool, JsonObject]:
    """Whether a file is in a public channel, and all the places that the viewer may know of."""
    shares: dict[str, dict[str, list[JsonObject]]] = {}
    lists: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    public = False
    stamps = dict.fromkeys(session.files.access(item.id), "")
    everywhere = [*session.files.shares(item.id), *((entity, ts) for entity, ts in stamps.items())]
    for channel_id, ts in everywhere:
        conversation = session.conversations.find(channel_id)
        if conversation is None:
            continue
        public = public or not conversation.private
        if conversation.private and not session.conversations.is_member(channel_id, viewer):
            continue
        names = "ims" if conversation.kind == "im" else "groups" if conversation.private else "channels"
        if channel_id not in lists[names]:
            lists[names].append(channel_id)
        message = session.messages.find(channel_id, ts) if ts else None
        if message is None:
            continue
        share: JsonObject = {
            "reply_users": [],
            "reply_users_count": 0,
            "reply_count": 0,
            "ts": ts,
            "channel_name": conversation.name,
            "team_id": TEAM_ID,
            "share_user_id": message.user,
            "source": "UNKNOWN",
            "is_silent_share": False,
        }
        if message.thread_ts:
            share["thread_ts"] = message.thread_ts
        thread = session.messages.threads(channel_id, [ts]).get(ts)
        if thread:
            share |= {
                "reply_users": thread.users,
                "reply_users_count": len(thread.users),
                "reply_count": thread.count,
                "latest_reply": thread.latest,
            }
        kind = "private" if conversation.private else "public"
        shares.setdefault(kind, {}).setdefault(channel_id, []).append(share)
    return public, {"shares": shares, **lists}


def _secret(file_id: str) -> str:
    return hashlib.sha256(file_id.encode()).hexdigest()[:10]
