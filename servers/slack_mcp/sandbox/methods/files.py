"""files.*: what is shared, and the three steps of an upload."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import cast

from slack_mcp.sandbox import access, posting
from slack_mcp.sandbox.errors import ApiError, invalid_arguments
from slack_mcp.sandbox.files import kinds, shown
from slack_mcp.sandbox.files.pictures import size_of
from slack_mcp.sandbox.model import Conversation, JsonObject
from slack_mcp.sandbox.records.files import File, Upload
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.text import block_kit, mrkdwn
from slack_mcp.sandbox.web import Call

_READ, _WRITE = ("files:read",), ("files:write",)
_UPLOAD_SECONDS = 3_600
_MOST_BYTES = 1_073_741_824
_MOST_CHANNELS = 100
_MOST_ALT_TEXT = 1_000
_MOST_SHOWN = 100_000

_TYPES: dict[str, Callable[[File], bool]] = {
    "all": lambda _: True,
    "spaces": lambda item: item.canvas,
    "canvas": lambda item: item.canvas,
    "snippets": lambda item: item.mode == "snippet",
    "images": lambda item: item.mimetype.startswith("image/"),
    "gdocs": lambda _: False,
    "lists": lambda _: False,
    "zips": lambda item: item.filetype == "zip",
    "pdfs": lambda item: item.filetype == "pdf",
}


@method("files.getUploadURLExternal", tier=4, scopes=_WRITE, writes=True)
def get_upload_url(call: Call) -> JsonObject:
    """Announce a file; its bytes are to be sent to the address that is given back."""
    name = call.required("filename")
    length = call.number("length", 0)
    if length <= 0:
        raise ApiError("missing_argument")
    if length > _MOST_BYTES:
        raise ApiError("file_upload_size_restricted")
    if len(call.text("alt_txt")) > _MOST_ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    snippet = call.text("snippet_type")
    if snippet and snippet not in kinds.SNIPPET_TYPES:
        raise ApiError("unknown_snippet_type")
    if snippet and length > kinds.MOST_SNIPPET:
        raise ApiError("snippet_too_large")
    file_id, ticket = call.session.next_id("F"), secrets.token_urlsafe(48)
    call.session.files.announce(
        Upload(
            ticket,
            file_id,
            call.token.user,
            call.token.app,
            length,
            call.now + _UPLOAD_SECONDS,
            name.replace("\\", "/").rpartition("/")[2] or name,
            call.text("alt_txt"),
            snippet,
        )
    )
    return {"upload_url": f"{call.base_url}/upload/v1/{ticket}", "file_id": file_id}


@method("files.completeUploadExternal", tier=4, scopes=_WRITE, writes=True)
def complete_upload(call: Call) -> JsonObject:
    """Make files of what was sent, and share them in one message for each channel."""
    wanted = [
        cast("JsonObject", each)
        for each in cast("list[object]", call.structure("files", list))
        if isinstance(each, dict)
    ]
    if not wanted:
        raise invalid_arguments("must provide at least 1 item [json-pointer:/files]")
    uploads = [_arrived(call, each) for each in wanted]
    conversations = _targets(call)
    thread_ts = ""
    if call.given("thread_ts"):
        if len(conversations) != 1:
            raise invalid_arguments("thread_ts needs exactly one channel")
        if not access.is_ts(call.text("thread_ts")):
            raise ApiError("invalid_thread_ts")
        thread_ts = posting.thread_parent(call.session, conversations[0], call.text("thread_ts"))
    files = [
        _made(call, upload, str(each.get("title") or upload.name)) for upload, each in zip(uploads, wanted, strict=True)
    ]
    for conversation in conversations:
        draft = posting.Draft(
            text=mrkdwn.stored(call.text("initial_comment")),
            blocks=_blocks(call),
            thread_ts=thread_ts or None,
            more={"upload": True, "display_as_bot": False},
        )
        message = posting.post(call.session, call.token, conversation, draft, call.now)
        message.files = [each.id for each in files]
        call.session.messages.save(message)
        for each in files:
            call.session.files.share(each.id, conversation.id, message.ts)
    # Slack shares in the background: the answer does not tell where yet.
    return {"files": [shown.file(call.session, each, call.token.user, shares=False) for each in files]}


@method("files.info", tier=4, scopes=_READ)
def info(call: Call) -> JsonObject:
    """One file, with its text when it is a snippet."""
    item = found(call)
    answer: JsonObject = {
        "file": shown.file(call.session, item, call.token.user),
        "comments": [],
    }
    if item.mode == "snippet":
        text = call.session.files.content(item.id).decode("utf-8", "replace")
        answer |= {"content": text[:_MOST_SHOWN], "is_truncated": len(text) > _MOST_SHOWN}
    return answer


@method("files.list", tier=3, scopes=_READ)
def list_files(call: Call) -> JsonObject:
    """Files, the newest first, by pages."""
    types = call.words("types") or ["all"]
    if not set(types) <= set(_TYPES):
        raise ApiError("unknown_type")
    channel = access.find(call).id if call.given("channel") else ""
    owner = access.find_user(call, call.text("user")).id if call.given("user") else ""
    items = call.session.files.seen_by(call.token.user, guest=call.caller.guest, channel=channel, owner=owner)
    first, last = _moment(call, "ts_from", 0.0), _moment(call, "ts_to", float("inf"))
    items = [each for each in items if first <= each.created <= last and any(_TYPES[name](each) for name in types)]
    count = min(max(call.number("count", 100), 1), 1000)
    page = max(call.number("page", 1), 1)
    part = items[(page - 1) * count : page * count]
    return {
        "files": [shown.file(call.session, each, call.token.user) for each in part],
        "paging": {"count": count, "total": len(items), "page": page, "pages": max(1, -(-len(items) // count))},
    }


@method("files.delete", tier=3, scopes=_WRITE, writes=True)
def delete(call: Call) -> JsonObject:
    """Delete a file. Its owner may, and an administrator."""
    item = found(call)
    caller = call.caller
    if item.user != caller.id and not (caller.admin or caller.owner):
        raise ApiError("cant_delete_file")
    call.session.files.remove(item)
    return {}


def found(call: Call, argument: str = "file") -> File:
    """The file that an argument names, if the caller may see it."""
    item = call.session.files.find(call.required(argument))
    if item is None or not call.session.files.sees(item.id, call.token.user, guest=call.caller.guest):
        raise ApiError("file_not_found")
    if item.deleted:
        raise ApiError("file_deleted")
    return item


def _arrived(call: Call, wish: JsonObject) -> Upload:
    upload = call.session.files.upload(file_id=str(wish.get("id", "")))
    owner = (call.token.user, call.token.app)
    if upload is None or upload.content is None or (upload.user, upload.app) != owner:
        raise ApiError("file_not_found")
    return upload


def _targets(call: Call) -> list[Conversation]:
    names = [call.text("channel_id")] if call.given("channel_id") else call.words("channels")
    if len(names) > _MOST_CHANNELS:
        raise ApiError("channels_limit_exceeded")
    conversations: list[Conversation] = []
    for name in names:
        conversation = call.session.conversations.find(name)
        if conversation is None or not access.sees(call, conversation):
            raise ApiError("channel_not_found")
        access.need_member(call, conversation)
        if conversation.archived:
            raise ApiError("is_archived")
        if conversation.postable_by and call.token.user not in conversation.postable_by:
            raise ApiError("posting_to_channel_denied")
        conversations.append(conversation)
    return conversations


def _made(call: Call, upload: Upload, title: str) -> File:
    content = upload.content or b""
    kind = kinds.SNIPPET_TYPES.get(upload.snippet_type) or kinds.kind_of(upload.name, content)
    snippet = kind.text and len(content) <= kinds.MOST_SNIPPET
    width, height = size_of(content) if kind.image else (0, 0)
    item = File(
        upload.file,
        upload.user,
        int(call.now),
        upload.name,
        title,
        kind.mimetype,
        kind.filetype,
        kind.pretty,
        "snippet" if snippet else "hosted",
        len(content),
        updated=int(call.now),
        width=width,
        height=height,
        alt_text=upload.alt_text,
    )
    call.session.files.save(item)
    call.session.files.write(item.id, content)
    call.session.files.end_upload(upload.ticket)
    return item


def _blocks(call: Call) -> list[JsonObject] | None:
    if not call.given("blocks") or call.given("initial_comment"):
        return None
    return posting.with_ids(block_kit.checked(call.structure("blocks", list, "invalid_blocks")))


def _moment(call: Call, name: str, usual: float) -> float:
    try:
        return float(json.loads(call.text(name))) if call.given(name) else usual
    except (TypeError, ValueError):
        raise invalid_arguments(f"must be a timestamp [json-pointer:/{name}]") from None
