"""Pages and blog posts: list, read, create, change, delete.

Documentation: developer.atlassian.com/cloud/confluence/rest/v2/api-group-page and …/api-group-blog-post.
"""

from __future__ import annotations

from collections.abc import Iterable

from confluence_mcp.sandbox.access import find_content, find_space
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import ARCHIVED, CURRENT, DRAFT, TRASHED, Content, JsonObject, Space, Version
from confluence_mcp.sandbox.permissions import Sight
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans, including
from confluence_mcp.sandbox.v2.finding import PUBLISHED, must, space_of
from confluence_mcp.sandbox.v2.inputs import BULK_FORMATS, SINGLE_FORMATS
from confluence_mcp.sandbox.v2.paging import Listed, Sorts, ordered, page
from confluence_mcp.sandbox.web import Call, Handler
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply
from sandbox_kit.session import one

_SINGLE_STATUSES = (CURRENT, ARCHIVED, TRASHED, "deleted", "historical", DRAFT)


def listing(call: Call, kind: str, space: int = 0) -> Reply:
    """GET pages, blogposts, and those of a space."""
    body_format = call.choice("body-format", BULK_FORMATS)
    known = (CURRENT, ARCHIVED, "deleted", TRASHED) if kind == "page" else (CURRENT, "deleted", TRASHED)
    statuses = call.choices("status", known, PUBLISHED if kind == "page" else (CURRENT,))
    subtype = call.choice("subtype", ("live", "page"))
    spaces = [space] if space else call.numbers("space-id")
    numbers = call.numbers("id")
    depth = call.choice("depth", ("all", "root"), "all")
    with call.store.reading() as session:
        if space:
            find_space(session, call.account, space)
        condition, values = f"type = ? AND status IN ({_marks(statuses)})", [kind, *statuses]
        for column, wanted in (("space", spaces), ("id", numbers)):
            if wanted:
                condition, values = f"{condition} AND {column} IN ({_marks(wanted)})", [*values, *wanted]
        if call.query.get("title"):
            condition, values = f"{condition} AND title = ?", [*values, call.text("title")]
        if depth == "root":
            condition += " AND parent IS NULL"
        if subtype:
            condition, values = f"{condition} AND subtype = ?", [*values, "live" if subtype == "live" else ""]
        return shown(call, session, session.contents(condition, *values), kind, body_format)


def shown(call: Call, session: Session, contents: Iterable[Content], kind: str, body_format: str) -> Reply:
    """One page of those of the contents that the caller may see."""
    sight = Sight(session, call.account)
    seen = [each for each in contents if sight.sees(each)]
    modified = _modified(session) if "modified" in call.text("sort") else {}
    keys: Sorts[Content] = {
        "id": lambda each: (each.id,),
        "created-date": lambda each: (each.created, each.id),
        "modified-date": lambda each: (modified[each.id], each.id),
    }
    if kind == "page":
        keys["title"] = lambda each: (each.title.casefold(), each.id)
    spaces = {space.id: space for space in session.spaces()}

    def show(content: Content) -> JsonObject:
        at = session.version(content.id, content.version)
        assert at is not None
        return beans.content(session, content, at, body_format, space=spaces[content.space])

    return page(call, ordered(call, seen, keys, "id"), show)


def _modified(session: Session) -> dict[int, int]:
    """When each content was changed last."""
    query = "SELECT content, moment FROM version JOIN content ON content.id = content AND content.version = number"
    return dict(session.db.execute(query).fetchall())


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def reading(kind: str) -> Handler:
    """GET pages/{id}, blogposts/{id}."""

    def read(call: Call) -> Reply:
        body_format = call.choice("body-format", SINGLE_FORMATS)
        statuses = call.choices("status", _SINGLE_STATUSES)
        number = call.number("version", 0, least=1)
        draft = call.flag("get-draft")
        with call.store.reading() as session:
            content = find_content(session, call.account, call.id(), (kind,))
            wanted = statuses or ([DRAFT] if draft else [CURRENT, ARCHIVED, TRASHED])
            if content.status not in (*wanted, CURRENT if draft or "historical" in wanted else ""):
                raise unseen()
            at = session.version(content.id, number or content.version)
            if at is None:
                raise unseen()
            if draft or (number and number != content.version):
                content, at = _other(session, content, at, draft=draft)
            body = single(call, session, content, at, body_format)
        return Reply(200, body)

    return read


def _other(session: Session, content: Content, at: Version, *, draft: bool) -> tuple[Content, Version]:
    """A content as it is in its draft, or was at an older version."""
    content.status = DRAFT if draft else "historical"
    pending = one(session.db, "SELECT title, body, author, moment FROM draft WHERE content = ?", content.id)
    if draft:
        title, body, author, moment = pending or (at.title, at.body, at.author, at.moment)
        at = Version(content.id, 1, moment, author, "", 0, title, body)
    return content, at


def single(call: Call, session: Session, content: Content, at: Version, body_format: str = "") -> JsonObject:
    """A content alone, with what the caller wants included (`PageSingle`, `BlogPostSingle`)."""
    space = space_of(session, content)
    bean = beans.content(session, content, at, body_format, space=space)
    bean.pop("subtype", None)
    bean["_links"]["base"] = call.base
    if not call.flag("include-version", default=True):
        del bean["version"]
    return bean | including.parts(call, session, content)


def deleting(kind: str) -> Handler:
    """DELETE pages/{id}, blogposts/{id}: into the trash, or out of it for good."""

    def delete(call: Call) -> Reply:
        purge, draft = call.flag("purge"), call.flag("draft")
        with call.store.writing() as session:
            content = find_content(session, call.account, call.id(), (kind,))
            must(call, session, content.space, "delete", kind)
            if draft:
                _discard(session, content)
            elif purge:
                must(call, session, content.space, "administer", "space")
                if content.status != TRASHED:
                    raise bad_request("Only content in the trash can be purged", code="BAD_REQUEST")
                session.erase(content)
            elif content.status in PUBLISHED:
                session.trash(content)
            else:
                raise unseen()
        return Reply(204)

    return delete


def _discard(session: Session, content: Content) -> None:
    if content.status == DRAFT:
        session.erase(content)
    else:
        session.db.execute("DELETE FROM draft WHERE content = ?", (content.id,))


def save_draft(session: Session, content: Content, title: str, body: str, author: str) -> Version:
    """Keep a draft beside a content that is published; the draft as a version."""
    row = Version(content.id, 1, now_ms(), author, "", 0, title, body)
    session.db.execute(
        "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?, ?)", (content.id, title, body, author, row.moment)
    )
    return row


def space_to_write(call: Call, session: Session, number: int, kind: str) -> Space:
    """The space that something is to be created in."""
    space = find_space(session, call.account, number)
    must(call, session, space.id, "create", kind)
    if space.status == ARCHIVED:
        raise bad_request("The space is archived", code="BAD_REQUEST")
    return space


def new(kind: str, space: Space, title: str, status: str, author: str, number: int) -> Content:
    """A content that is about to be stored."""
    return Content(number, kind, status, space.id, title, None, 0, author, author, now_ms(), 1, "", 0.0)


def versions(call: Call, session: Session, number: int) -> Listed[Version]:
    """The versions of a content, comment or file, the newest first."""
    keys: Sorts[Version] = {"modified-date": lambda each: (each.moment, each.number)}
    return ordered(call, session.versions(number), keys, "-modified-date")


def keep_private(session: Session, content: Content) -> None:
    """Let nobody but its author see or change a content."""
    session.restrict(content.id, [(operation, "user", content.author) for operation in ("read", "update")])


def day_of(content: Content) -> str:
    """The day of a blog post."""
    return stamp(content.created)[:10]


def refuse_archived(content: Content) -> None:
    """400 for a change of a page that is archived."""
    if content.status == ARCHIVED:
        raise ApiError(400, "Archived content cannot be changed", code="BAD_REQUEST")
