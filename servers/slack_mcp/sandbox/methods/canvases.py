"""canvases.* and conversations.canvases.create: docs.slack.dev/surfaces/canvases."""

from __future__ import annotations

from typing import cast

from slack_mcp.sandbox import access
from slack_mcp.sandbox.canvases.html import canvas_html
from slack_mcp.sandbox.canvases.sections import HEADINGS, read, title_id, written
from slack_mcp.sandbox.errors import ApiError, invalid_arguments
from slack_mcp.sandbox.files.kinds import CANVAS
from slack_mcp.sandbox.model import Conversation, JsonObject
from slack_mcp.sandbox.records.files import Access, File, Section
from slack_mcp.sandbox.registry import method
from slack_mcp.sandbox.web import Call, strings

_READ, _WRITE = ("canvases:read",), ("canvases:write",)
_LEVELS: tuple[Access, ...] = ("read", "write", "owner")
_AT_A_SECTION = ("insert_after", "insert_before", "delete")
_WITH_CONTENT = ("insert_after", "insert_before", "insert_at_start", "insert_at_end", "replace")
_LAST_SHOWN = 100


@method("canvases.create", tier=2, scopes=_WRITE, writes=True)
def create(call: Call) -> JsonObject:
    """A canvas of the caller's own, in a tab of a channel when one is named."""
    access.need_no_guest(call)
    channel = access.find(call, "channel_id") if call.given("channel_id") else None
    if channel:
        access.need_member(call, channel)
    item = _new(call, channel="")
    if channel:
        call.session.files.grant(item.id, channel.id, "write")
        _add_tab(call, channel, item)
    return {"canvas_id": item.id}


@method("conversations.canvases.create", tier=2, scopes=_WRITE, writes=True)
def create_channel_canvas(call: Call) -> JsonObject:
    """The canvas of a channel, which has one at most."""
    access.need_no_guest(call)
    channel = access.find(call, "channel_id")
    access.need_member(call, channel)
    if "canvas" in channel.properties:
        raise ApiError("channel_canvas_already_exists")
    item = _new(call, channel=channel.id)
    call.session.files.grant(item.id, channel.id, "write")
    shown = {"file_id": item.id, "is_empty": not call.session.files.sections(item.id), "quip_thread_id": item.id}
    channel.properties["canvas"] = shown
    call.session.conversations.save(channel)
    return {"canvas_id": item.id}


@method("canvases.edit", tier=3, scopes=_WRITE, writes=True)
def edit(call: Call) -> JsonObject:
    """Change a canvas: one change a call."""
    item = _writable(call)
    changes = cast("list[object]", call.structure("changes", list))
    if len(changes) != 1 or not isinstance(changes[0], dict):
        amount = "no more than 1 item allowed" if len(changes) > 1 else "must provide at least 1 item"
        raise invalid_arguments(f"{amount} [json-pointer:/changes]")
    change = cast("JsonObject", changes[0])
    operation = change.get("operation")
    if operation == "rename":
        item.title = item.name = _content(change, "title_content").strip().lstrip("#").strip()
    elif operation in (*_WITH_CONTENT, "delete"):
        sections = call.session.files.sections(item.id)
        call.session.files.set_sections(item.id, _changed(item, sections, str(operation), change))
    else:
        raise invalid_arguments("must be a valid enum value [json-pointer:/changes/0/operation]")
    item.updated, item.editor = int(call.now), call.token.user
    item.size = len(written(item.title, call.session.files.sections(item.id)).encode())
    call.session.files.save(item)
    return {}


@method("canvases.sections.lookup", tier=3, scopes=_READ)
def look_up(call: Call) -> JsonObject:
    """The ids of sections: headings of some levels, those with a text, or both."""
    item = _visible(call)
    criteria = cast("JsonObject", call.structure("criteria", dict))
    types = strings(criteria.get("section_types"))
    text = str(criteria.get("contains_text") or "")
    if not types and not text:
        raise invalid_arguments("must provide section_types or contains_text [json-pointer:/criteria]")
    if not set(types) <= {*HEADINGS, "any_header"} or len(types) > len(HEADINGS):
        raise invalid_arguments("must be a valid enum value [json-pointer:/criteria/section_types]")
    wanted = HEADINGS if "any_header" in types else tuple(types)
    sections = [Section(title_id(item.id), "h1", item.title), *call.session.files.sections(item.id)]
    return {
        "sections": [
            {"id": each.id}
            for each in sections
            if (not wanted or each.kind in wanted) and text.casefold() in each.markdown.casefold()
        ][:_LAST_SHOWN]
    }


@method("canvases.getContent", tier=3, scopes=_READ)
def get_content(call: Call) -> JsonObject:
    """A whole canvas as Markdown or HTML."""
    item = _visible(call)
    kind = call.text("content_type", "markdown")
    sections = call.session.files.sections(item.id)
    if kind == "markdown":
        return {"content": written(item.title, sections)}
    if kind == "html":
        return {"content": canvas_html(item.title, item.id, sections)}
    raise invalid_arguments("must be a valid enum value [json-pointer:/content_type]")


@method("canvases.delete", tier=3, scopes=_WRITE, writes=True)
def delete(call: Call) -> JsonObject:
    """Delete a canvas for good."""
    item = _visible(call)
    if item.user != call.token.user and _level(call, item) != "owner":
        raise ApiError("restricted_action")
    for channel_id in (*call.session.files.access(item.id), item.channel):
        channel = call.session.conversations.find(channel_id)
        if channel:
            _remove_tab(call, channel, item)
    call.session.files.remove(item)
    return {}


@method("canvases.access.set", tier=3, scopes=_WRITE, writes=True)
def set_access(call: Call) -> JsonObject:
    """Let users or the members of channels read, write or own a canvas."""
    item = _writable(call)
    wanted = call.required("access_level")
    if wanted not in _LEVELS:
        raise invalid_arguments("must be a valid enum value [json-pointer:/access_level]")
    level = _LEVELS[_LEVELS.index(wanted)]
    for entity in _entities(call):
        call.session.files.grant(item.id, entity, level)
        if level == "owner":
            call.session.files.grant(item.id, item.user, "write")
            item.user = entity
            call.session.files.save(item)
    return {}


@method("canvases.access.delete", tier=3, scopes=_WRITE, writes=True)
def delete_access(call: Call) -> JsonObject:
    """Take that back."""
    item = _writable(call)
    for entity in _entities(call):
        call.session.files.withdraw(item.id, entity)
    return {}


def _new(call: Call, channel: str) -> File:
    title = call.text("title").strip() or "Untitled"
    item = File(
        call.session.next_id("F"),
        call.token.user,
        int(call.now),
        title,
        title,
        CANVAS.mimetype,
        CANVAS.filetype,
        CANVAS.pretty,
        "quip",
        0,
        updated=int(call.now),
        channel=channel,
    )
    if call.given("document_content"):
        document = cast("JsonObject", call.structure("document_content", dict))
        call.session.files.set_sections(item.id, read(_markdown(document, "document_content")))
    item.size = len(written(title, call.session.files.sections(item.id)).encode())
    call.session.files.save(item)
    return item


def _changed(item: File, sections: list[Section], operation: str, change: JsonObject) -> list[Section]:
    named = str(change.get("section_id") or "")
    if operation in _AT_A_SECTION and not named:
        raise invalid_arguments("missing required field: section_id [json-pointer:/changes/0]")
    added = _sections(change) if operation in _WITH_CONTENT else []
    if operation == "insert_at_start":
        return [*added, *sections]
    if operation == "insert_at_end":
        return [*sections, *added]
    if not named:
        return added
    if named == title_id(item.id):
        if operation != "insert_after":
            raise ApiError("canvas_editing_failed", detail="The title can only be renamed")
        return [*added, *sections]
    at = next((index for index, each in enumerate(sections) if each.id == named), None)
    if at is None:
        raise ApiError("canvas_editing_failed", detail=f"Section {named[:80]} was not found")
    if operation == "insert_before":
        return [*sections[:at], *added, *sections[at:]]
    if operation == "insert_after":
        return [*sections[: at + 1], *added, *sections[at + 1 :]]
    if added:
        added[0] = Section(named, added[0].kind, added[0].markdown)
    return [*sections[:at], *added, *sections[at + 1 :]]


def _sections(change: JsonObject) -> list[Section]:
    try:
        return read(_content(change, "document_content"))
    except ApiError as refusal:
        if refusal.code != "canvas_creation_failed":
            raise
        raise ApiError("canvas_editing_failed", detail=refusal.more["detail"]) from None


def _content(change: JsonObject, name: str) -> str:
    document = change.get(name)
    if not isinstance(document, dict):
        raise invalid_arguments(f"missing required field: {name} [json-pointer:/changes/0]")
    return _markdown(cast("JsonObject", document), f"changes/0/{name}")


def _markdown(document: JsonObject, where: str) -> str:
    if document.get("type") != "markdown" or not isinstance(document.get("markdown"), str):
        raise invalid_arguments(f"must be of type markdown [json-pointer:/{where}]")
    return str(document["markdown"])


def _visible(call: Call) -> File:
    item = call.session.files.find(call.required("canvas_id"))
    if item is None or not item.canvas or item.deleted:
        raise ApiError("canvas_not_found")
    if not call.session.files.sees(item.id, call.token.user, guest=call.caller.guest):
        raise ApiError("canvas_not_found")
    return item


def _writable(call: Call) -> File:
    item = _visible(call)
    if _level(call, item) == "read":
        raise ApiError("restricted_action")
    return item


def _level(call: Call, item: File) -> Access:
    """The most that the caller may do with a canvas that he sees."""
    if item.user == call.token.user:
        return "owner"
    granted = call.session.files.access(item.id)
    records = call.session.conversations
    levels = [
        level
        for entity, level in granted.items()
        if entity == call.token.user or (not entity.startswith("U") and records.is_member(entity, call.token.user))
    ]
    return _LEVELS[max(map(_LEVELS.index, levels), default=0)]


def _entities(call: Call) -> list[str]:
    users, channels = call.words("user_ids"), call.words("channel_ids")
    if bool(users) == bool(channels):
        raise ApiError("invalid_parameters")
    for user_id in users:
        access.find_user(call, user_id)
    for channel_id in channels:
        channel = call.session.conversations.find(channel_id)
        if channel is None or not access.sees(call, channel):
            raise ApiError("channel_not_found")
    return users or channels


def _add_tab(call: Call, channel: Conversation, item: File) -> None:
    tabs = cast("list[JsonObject]", channel.properties.setdefault("tabs", []))
    tab = {"id": f"Ct{item.id[1:]}", "label": item.title, "type": "canvas"}
    tabs.append({**tab, "data": {"file_id": item.id, "shared_ts": f"{call.now:.6f}"}})
    call.session.conversations.save(channel)


def _remove_tab(call: Call, channel: Conversation, item: File) -> None:
    if item.channel == channel.id:
        channel.properties.pop("canvas", None)
    tabs = cast("list[JsonObject]", channel.properties.get("tabs", []))
    kept = [each for each in tabs if each["data"]["file_id"] != item.id]
    if len(kept) != len(tabs):
        channel.properties["tabs"] = kept
    call.session.conversations.save(channel)
