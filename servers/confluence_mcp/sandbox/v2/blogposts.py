"""Blog posts: created and changed (developer.atlassian.com/cloud/confluence/rest/v2/api-group-blog-post)."""

from __future__ import annotations

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.model import CURRENT, DRAFT, TRASHED, Content
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import contents, inputs
from confluence_mcp.sandbox.v2.finding import check_title, editable, space_of
from confluence_mcp.sandbox.v2.updating import STATUSES, Update, drafted, read_update, rewrite, shown
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.web import Reply


def _list(call: Call) -> Reply:
    return contents.listing(call, "blogpost")


def _of_space(call: Call) -> Reply:
    return contents.listing(call, "blogpost", call.id())


def _create(call: Call) -> Reply:
    body = inputs.message_of(call, "spaceId")
    status, title = inputs.choice_in(body, "status", STATUSES, CURRENT), inputs.title_in(body)
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
        return Reply(200, shown(call, session, post))


def _update(call: Call) -> Reply:
    wish = read_update(call)
    with call.store.writing() as session:
        post = editable(call, session, "blogpost")
        if inputs.id_in(wish.body, "spaceId") not in (None, space_of(session, post).id):
            raise bad_request("A blog post cannot be moved to another space by this call", code="BAD_REQUEST")
        if wish.status == CURRENT:
            check_title(session, post.space, "blogpost", wish.title, besides=post.id, day=contents.day_of(post))
        if wish.status == DRAFT and post.status != DRAFT:
            publishing.check(wish.storage)
            return Reply(200, drafted(call, session, post, wish.title, wish.storage))
        _write(session, post, wish, call.account.account_id)
        return Reply(200, shown(call, session, post))


def _write(session: Session, post: Content, wish: Update, author: str) -> None:
    if post.status == DRAFT:
        post.status, post.title = wish.status, wish.title
        rewrite(session, post, wish.storage, author)
        return
    inputs.check_version(post.version, wish.version, "blog post")
    storage = wish.storage
    if post.status == TRASHED:  # restored as it was
        storage = session.body(post.id, post.version)
    else:
        post.title = wish.title
    post.status = CURRENT
    publishing.publish(session, post, storage, author, message=wish.message)


BLOGPOSTS: Routes = {
    "/blogposts": {"GET": _list, "POST": _create},
    "/blogposts/{id}": {
        "GET": contents.reading("blogpost"),
        "PUT": _update,
        "DELETE": contents.deleting("blogpost"),
    },
    "/spaces/{id}/blogposts": {"GET": _of_space},
}
