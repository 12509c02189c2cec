"""Moving pages in the tree, and copying single ones.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---children-and-descendants.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from confluence_mcp.sandbox import attachment_store, label_store, publishing
from confluence_mcp.sandbox.access import find_content, find_space, require, require_edit
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.markers import unmarked
from confluence_mcp.sandbox.markup import MARKER, scan
from confluence_mcp.sandbox.model import CURRENT, Content, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1.beans import properties_of
from confluence_mcp.sandbox.v1.content_bean import ContentBean
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

POSITIONS = ("before", "after", "append")
PARTS = ("copyAttachments", "copyPermissions", "copyProperties", "copyLabels", "copyCustomContents")
DESTINATIONS = ("space", "existing_page", "parent_page", "parent_content")
_MOST_EXPANSIONS = 8
TITLE_TAKEN = "A page with this title already exists: A page already exists with the same TITLE in this space"


def move(call: Call) -> Reply:
    """PUT content/{pageId}/move/{position}/{targetId}."""
    position = call.path_values["position"]
    if position not in POSITIONS:
        raise bad_request(f"Invalid position: {position[:50]}. It is one of {', '.join(POSITIONS)}.")
    with call.store.writing() as session:
        content = find_content(session, call.account, call.id("pageId"), ("page", "folder"), (CURRENT,))
        target = find_content(session, call.account, call.id("targetId"), ("page", "folder"), (CURRENT,))
        parent = target.id if position == "append" else target.parent
        require_edit(session, call.account, content)
        if target.space != content.space:
            require(session, call.account, content.space, "delete", "page")
        require(session, call.account, target.space, "create", "page")
        _check_move(session, content, target, parent)
        content.parent = parent
        _order(session, content, target, position)
        if target.space != content.space:
            for each in (content, *descendants(session, content)):
                each.space = target.space
                session.save(each)
        else:
            session.save(content)
    return Reply(200, {"pageId": str(content.id)})


def copy(call: Call) -> Reply:
    """POST content/{id}/copy."""
    body = call.json_object()
    flags = read_flags(body)
    expand = call.words("expand") or ["space", "history", "version"]
    if any(each.count(".") >= _MOST_EXPANSIONS for each in expand):
        raise bad_request(f"At most {_MOST_EXPANSIONS} sub-expansions are allowed.")
    with call.store.writing() as session:
        source = find_content(session, call.account, call.id(), ("page",), (CURRENT,))
        made = _copied(call, session, source, body, flags)
        shown = ContentBean(call, session, expand).content(made)
    return Reply(200, shown)


def read_flags(body: JsonObject) -> frozenset[str]:
    """Which parts are copied too; 400 where such a wish is neither true nor false."""
    for name in PARTS:
        if not isinstance(body.get(name, False), bool):
            raise bad_request(f"{name} is true or false.")
    return frozenset(name for name in PARTS if body.get(name))


def duplicate(
    session: Session,
    source: Content,
    author: str,
    title: str,
    space: int,
    parent: int | None,
    flags: frozenset[str],
    body: str | None = None,
) -> Content:
    """Store a copy of a page as a new one, last of its siblings."""
    moment = now_ms()
    made = replace(
        source,
        id=session.new_id(),
        title=title,
        space=space,
        parent=parent,
        position=session.next_position(space, parent),
        author=author,
        owner=author,
        created=moment,
        version=1,
        changed=moment / 1000,
    )
    copied = without_comments(session.body(source.id, source.version)) if body is None else body
    publishing.create(session, made, copied)
    copy_parts(session, source, made, author, flags)
    return made


def copy_parts(session: Session, source: Content, made: Content, author: str, flags: frozenset[str]) -> None:
    """Copy what hangs on a page, as far as it is wanted."""
    if "copyAttachments" in flags:
        for each in attachment_store.on(session, source.id):
            content = attachment_store.content(session, each) or b""
            known = attachment_store.titled(session, made.id, each.title)
            if known is None:
                upload = attachment_store.Upload(content, author, each.media_type, each.comment)
                attachment_store.add(session, made, each.title, upload)
            else:
                attachment_store.renew(session, known, attachment_store.Upload(content, author))
    if "copyPermissions" in flags:
        session.restrict(made.id, session.restrictions(source.id))
    if "copyProperties" in flags:
        session.db.execute("DELETE FROM property WHERE owner = ?", (made.id,))
        for each in properties_of(session, source.id):
            session.insert("property", replace(each, id=session.new_id(), owner=made.id, version=1))
    if "copyLabels" in flags:
        for each in label_store.of(session, source.id):
            label_store.put(session, made.id, each.name, each.prefix)


def descendants(session: Session, content: Content) -> list[Content]:
    """What is below a page, each after what it is under."""
    found: list[Content] = []
    for each in session.children(content.id):
        found += [each, *descendants(session, each)]
    return found


def without_comments(body: str) -> str:
    """A body without the marks of inline comments, which belong to the page that they were made on."""
    for mark in scan(body).named(MARKER):
        body = unmarked(body, mark.attributes.get("ac:ref", ""))
    return body


def _copied(call: Call, session: Session, source: Content, body: JsonObject, flags: frozenset[str]) -> Content:
    told: Any = body.get("destination")
    if not isinstance(told, dict):
        raise bad_request("destination is missing")
    destination = cast("JsonObject", told)
    kind, value = destination.get("type"), str(destination.get("value") or "")
    if kind not in DESTINATIONS or not value:
        raise bad_request(f"destination.type is one of {', '.join(DESTINATIONS)}, destination.value a key or an id")
    title = _title(body)
    if kind == "existing_page":
        return _onto(call, session, source, _page(call, session, value), title, body, flags)
    if kind == "space":
        space, parent = find_space(session, call.account, value).id, None
    else:
        above = _page(call, session, value, ("page",) if kind == "parent_page" else ("page", "folder"))
        space, parent = above.space, above.id
    require(session, call.account, space, "create", "page")
    if session.titled(space, title or source.title):
        raise bad_request(TITLE_TAKEN)
    author = call.account.account_id
    return duplicate(session, source, author, title or source.title, space, parent, flags, _body(body))


def _onto(
    call: Call, session: Session, source: Content, page: Content, title: str, body: JsonObject, flags: frozenset[str]
) -> Content:
    """Replace a page by a copy, as its next version."""
    require_edit(session, call.account, page)
    if title and title != page.title and session.titled(page.space, title):
        raise bad_request(TITLE_TAKEN)
    page.title = title or page.title
    wanted = _body(body)
    content = without_comments(session.body(source.id, source.version)) if wanted is None else wanted
    publishing.publish(session, page, content, call.account.account_id)
    copy_parts(session, source, page, call.account.account_id, flags)
    return page


def _page(call: Call, session: Session, value: str, kinds: tuple[str, ...] = ("page",)) -> Content:
    if not value.isdecimal() or len(value) > 18:
        raise unseen()
    return find_content(session, call.account, int(value), kinds, (CURRENT,))


def _title(body: JsonObject) -> str:
    title: Any = body.get("pageTitle") or ""
    if not isinstance(title, str) or len(title) > 255:
        raise bad_request("pageTitle has 255 characters at most.")
    return title.strip()


def _body(body: JsonObject) -> str | None:
    """The body that the copy has instead of that of its source."""
    told: Any = body.get("body")
    if not told:
        return None
    wanted: Any = cast("JsonObject", told).get("storage") if isinstance(told, dict) else None
    value: Any = cast("JsonObject", wanted).get("value") if isinstance(wanted, dict) else None
    if not isinstance(value, str):
        raise bad_request("The body has to be in the storage format.")
    return value


def _check_move(session: Session, content: Content, target: Content, parent: int | None) -> None:
    above = session.content(parent) if parent is not None else None
    line = [*session.ancestors(above), above] if above else []
    if target.id == content.id or content.id in [each.id for each in line]:
        raise bad_request("A page cannot be moved below itself.")
    if target.space == content.space:
        return
    for each in (content, *descendants(session, content)):
        if each.type == "page" and session.titled(target.space, each.title):
            raise bad_request(TITLE_TAKEN)
    space = session.space(content.space)
    if space and space.homepage == content.id:
        raise ApiError(400, "The homepage of a space cannot be moved to another one.")


def _order(session: Session, content: Content, target: Content, position: str) -> None:
    """Give a page its place beside or below the target."""
    if position == "append":
        content.position = session.next_position(target.space, target.id)
        return
    siblings = session.children(target.parent) if target.parent is not None else session.roots(target.space)
    others = [each for each in siblings if each.id != content.id]
    place = next(number for number, each in enumerate(others) if each.id == target.id)
    others.insert(place + (position == "after"), content)
    for number, each in enumerate(others):
        if each.position != number:
            each.position = number
            session.save(each, touched=False)


_API = "/wiki/rest/api/content"
MOVING: Routes = {
    f"{_API}/{{pageId}}/move/{{position}}/{{targetId}}": {"PUT": move},
    f"{_API}/{{id}}/copy": {"POST": copy},
}
"""Which handler answers which path and method."""
