"""Pages: created, changed, renamed (developer.atlassian.com/cloud/confluence/rest/v2/api-group-page)."""

from __future__ import annotations

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import CURRENT, DRAFT, TRASHED, Content, JsonObject, Space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import contents, inputs
from confluence_mcp.sandbox.v2.finding import check_title, editable, parent_in, space_of
from confluence_mcp.sandbox.v2.updating import STATUSES, Update, drafted, read_update, rewrite, shown
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.accounts import BY_ID
from sandbox_kit.atlassian.web import Reply


def _list(call: Call) -> Reply:
    return contents.listing(call, "page")


def _of_space(call: Call) -> Reply:
    return contents.listing(call, "page", call.id())


def _create(call: Call) -> Reply:
    body = inputs.message_of(call, "spaceId")
    status = inputs.choice_in(body, "status", STATUSES, CURRENT)
    subtype = inputs.choice_in(body, "subtype", ("live",))
    title, parent = inputs.title_in(body), inputs.id_in(body, "parentId")
    storage = inputs.storage_in(body) or ""
    root, private = call.flag("root-level"), call.flag("private")
    call.flag("embedded")
    if status == CURRENT and not title:
        raise inputs.missing("title")
    if root and parent is not None:
        raise bad_request("A parentId must not be provided when root-level is true")
    with call.store.writing() as session:
        space = contents.space_to_write(call, session, as_long(body["spaceId"], "spaceId"), "page")
        if status == CURRENT:
            check_title(session, space.id, "page", title)
        page = contents.new("page", space, title, status, call.account.account_id, session.new_id())
        page.subtype = subtype
        page.parent = None if root else parent_in(session, call, space, parent).id if parent else space.homepage
        page.position = session.next_position(space.id, page.parent)
        publishing.create(session, page, storage)
        if private:
            contents.keep_private(session, page)
        return Reply(200, shown(call, session, page))


def _update(call: Call) -> Reply:
    wish = read_update(call)
    with call.store.writing() as session:
        page = editable(call, session, "page")
        contents.refuse_archived(page)
        space = space_of(session, page)
        if inputs.id_in(wish.body, "spaceId") not in (None, space.id):
            raise bad_request("A page cannot be moved to another space by this call", code="BAD_REQUEST")
        if page.status == TRASHED:
            return Reply(200, _restored(call, session, page, wish))
        if wish.status == DRAFT:
            return Reply(200, _drafted(call, session, page, wish))
        _place(call, session, page, space, wish.body)
        check_title(session, space.id, "page", wish.title, besides=page.id)
        if page.status == DRAFT:
            return Reply(200, _published(call, session, page, wish))
        inputs.check_version(page.version, wish.version)
        page.title = wish.title
        publishing.publish(session, page, wish.storage, call.account.account_id, message=wish.message)
        session.db.execute("DELETE FROM draft WHERE content = ?", (page.id,))
        return Reply(200, shown(call, session, page))


def _place(call: Call, session: Session, page: Content, space: Space, body: JsonObject) -> None:
    """Put a page under another parent, and give it another owner, if the request says so."""
    parent = inputs.id_in(body, "parentId")
    if parent is not None and parent != page.parent:
        above = parent_in(session, call, space, parent)
        if page.id in (above.id, *(each.id for each in session.ancestors(above))):
            raise bad_request("A page cannot be moved below itself", code="BAD_REQUEST")
        page.parent, page.position = above.id, session.next_position(space.id, above.id)
    owner = inputs.text_in(body, "ownerId")
    if owner and owner not in BY_ID:
        raise bad_request(f"Provided value {{{owner[:100]}}} for 'ownerId' is not a user of this site")
    page.owner = owner or page.owner


def _restored(call: Call, session: Session, page: Content, wish: Update) -> JsonObject:
    """A page out of the trash. Its content stays as it was."""
    if wish.status != CURRENT:
        raise bad_request("Content in the trash can only be restored to the status current", code="BAD_REQUEST")
    inputs.check_version(page.version, wish.version)
    check_title(session, page.space, "page", page.title)
    at = session.version(page.id, page.version)
    assert at is not None
    page.status = CURRENT
    publishing.publish(session, page, at.body, call.account.account_id)
    return shown(call, session, page)


def _drafted(call: Call, session: Session, page: Content, wish: Update) -> JsonObject:
    """The draft of a page, which has no version but the first."""
    if wish.version != 1:
        raise bad_request("The version number of a draft must be 1", code="BAD_REQUEST")
    publishing.check(wish.storage)
    if page.status != DRAFT:
        return drafted(call, session, page, wish.title, wish.storage)
    page.title = wish.title
    rewrite(session, page, wish.storage, call.account.account_id)
    return shown(call, session, page)


def _published(call: Call, session: Session, page: Content, wish: Update) -> JsonObject:
    """A page that was only a draft until now."""
    if wish.version != 1:
        raise ApiError(409, f"Version must be 1 when publishing a draft. Provided version: [{wish.version}]")
    page.title, page.status = wish.title, CURRENT
    rewrite(session, page, wish.storage, call.account.account_id)
    return shown(call, session, page)


def _rename(call: Call) -> Reply:
    body = inputs.message_of(call, "status", "title")
    status, title = inputs.choice_in(body, "status", STATUSES), inputs.title_in(body)
    with call.store.writing() as session:
        page = editable(call, session, "page")
        contents.refuse_archived(page)
        if page.status != status:
            raise unseen()
        if status == CURRENT:
            check_title(session, page.space, "page", title, besides=page.id)
        at = session.version(page.id, page.version)
        assert at is not None
        page.title = title
        if status == DRAFT:
            rewrite(session, page, at.body, call.account.account_id)
        else:
            publishing.publish(session, page, at.body, call.account.account_id)
        return Reply(200, shown(call, session, page))


PAGES: Routes = {
    "/pages": {"GET": _list, "POST": _create},
    "/pages/{id}": {"GET": contents.reading("page"), "PUT": _update, "DELETE": contents.deleting("page")},
    "/pages/{id}/title": {"PUT": _rename},
    "/spaces/{id}/pages": {"GET": _of_space},
}
