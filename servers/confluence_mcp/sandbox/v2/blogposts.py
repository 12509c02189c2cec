"""Blog posts: created and changed (developer.atlassian.com/cloud/confluence/rest/v2/api-group-blog-post)."""

from __future__ import annotations

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.model import CURRENT, DRAFT, TRASHED, Content, JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import contents, inputs
from confluence_mcp.sandbox.v2.finding import check_title, editable, space_of
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.web import Reply

_STATUSES = (CURRENT, DRAFT)


def _list(call: Call) -> Reply:
    return contents.listing(call, "blogpost")


def _of_space(call: Call) -> Reply:
    return contents.listing(call, "blogpost", call.id())


def _create(call: Call) -> Reply:
    body = inputs.message_of(call, "spaceId")
    status, title = inputs.choice_in(body, "status", _STATUSES, CURRENT), inputs.title_in(body)
    storage, private = inputs.storage_in(body) or "", call.flag("private")
    if status == CURRENT and not title:
        raise inputs.missing("title")
    with call.store.writing() as session:
        space = contents.space_to_write(call, session, as_long(body["spaceId"], "spaceId"), "blogpost")
        post = contents.new("blogpost", space, title, status, call.account.account_id, session.new_id())
        if status == CURRENT:
            check_title(session, space.id, "blogpost", title, day=contents.day_of(post))
        publishing.create(session, post, storage)
        if private:
            contents.keep_private(session, post)
        return Reply(200, _shown(call, session, post))


def _shown(call: Call, session: Session, post: Content) -> JsonObject:
    at = session.version(post.id, post.version)
    assert at is not None
    return contents.single(call, session, post, at, inputs.STORAGE)


def _update(call: Call) -> Reply:
    number = call.id()
    body = inputs.message_of(call, "id", "status", "title")
    if inputs.id_in(body, "id") != number:
        raise bad_request("The id in the body does not match the id in the path")
    status = inputs.choice_in(body, "status", _STATUSES)
    title, storage = inputs.title_in(body), inputs.storage_in(body)
    if storage is None:
        raise inputs.missing("body")
    version, message = inputs.version_in(body)
    with call.store.writing() as session:
        post = editable(call, session, "blogpost")
        if inputs.id_in(body, "spaceId") not in (None, space_of(session, post).id):
            raise bad_request("A blog post cannot be moved to another space by this call", code="BAD_REQUEST")
        if status == CURRENT:
            check_title(session, post.space, "blogpost", title, besides=post.id, day=contents.day_of(post))
        if status == DRAFT and post.status != DRAFT:
            publishing.check(storage)
            row = contents.save_draft(session, post, title, storage, call.account.account_id)
            post.status = DRAFT
            return Reply(200, contents.single(call, session, post, row, inputs.STORAGE))
        _write(call, session, post, status, title, storage, version, message)
        return Reply(200, _shown(call, session, post))


def _write(
    call: Call, session: Session, post: Content, status: str, title: str, storage: str, version: int, message: str
) -> None:
    author = call.account.account_id
    if post.status == DRAFT:
        post.status, post.title = status, title
        session.save(post)
        session.db.execute("UPDATE version SET title = ? WHERE content = ?", (title, post.id))
        publishing.rewrite(session, post, storage, author)
        return
    inputs.check_version(post.version, version, "blog post")
    if post.status == TRASHED:  # restored as it was
        storage = session.body(post.id, post.version)
    else:
        post.title = title
    post.status = CURRENT
    publishing.publish(session, post, storage, author, message=message)


BLOGPOSTS: Routes = {
    "/blogposts": {"GET": _list, "POST": _create},
    "/blogposts/{id}": {
        "GET": contents.reading("blogpost"),
        "PUT": _update,
        "DELETE": contents.deleting("blogpost"),
    },
    "/spaces/{id}/blogposts": {"GET": _of_space},
}
