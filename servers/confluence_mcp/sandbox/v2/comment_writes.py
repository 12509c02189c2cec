"""Comments written (developer.atlassian.com/cloud/confluence/rest/v2/api-group-comment)."""

from __future__ import annotations

from typing import cast

from confluence_mcp.sandbox import comment_store
from confluence_mcp.sandbox.access import container_of, find_attachment, find_comment, find_content
from confluence_mcp.sandbox.errors import bad_request, unseen
from confluence_mcp.sandbox.model import CURRENT, Comment, Content, JsonObject
from confluence_mcp.sandbox.permissions import allowed
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import comments, inputs
from confluence_mcp.sandbox.v2.finding import attachment_id, must
from confluence_mcp.sandbox.web import Call, Handler, Routes
from sandbox_kit.atlassian.web import Reply

_CONTAINERS = ("pageId", "blogPostId", "parentCommentId", "attachmentId", "customContentId")
_KINDS = {"pageId": "page", "blogPostId": "blogpost"}


def _create(kind: str) -> Handler:
    def create(call: Call) -> Reply:
        body = inputs.message_of(call)
        known = _CONTAINERS if kind == comment_store.FOOTER else _CONTAINERS[:3]
        named = [each for each in known if body.get(each) not in (None, "")]
        if len(named) != 1:
            raise bad_request(f"Exactly one of {', '.join(known)} must be provided", code="INVALID_MESSAGE")
        storage = inputs.storage_in(body)
        if storage is None:
            raise inputs.missing("body")
        chosen = _selection(body) if kind == comment_store.INLINE and named[0] != "parentCommentId" else None
        if chosen is None and body.get("inlineCommentProperties") is not None:
            raise bad_request("inlineCommentProperties must not be provided for replies", code="INVALID_MESSAGE")
        with call.store.writing() as session:
            comment = _add(call, session, kind, named[0], body[named[0]], storage, chosen)
            return Reply(201, comments.single(call, session, comment, inputs.STORAGE))

    return create


def _selection(body: JsonObject) -> tuple[str, int, int]:
    """The words that a new inline comment is about: which of how many matches."""
    given: object = body.get("inlineCommentProperties")
    if not isinstance(given, dict):
        raise inputs.missing("inlineCommentProperties")
    held = cast("JsonObject", given)
    text, count, index = (held.get(f"textSelection{part}") for part in ("", "MatchCount", "MatchIndex"))
    if not isinstance(text, str) or not text.strip():
        raise inputs.missing("inlineCommentProperties.textSelection")
    for name, value in (("textSelectionMatchCount", count), ("textSelectionMatchIndex", index)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise inputs.missing(f"inlineCommentProperties.{name}")
    return text, cast("int", count), cast("int", index)


def _add(
    call: Call,
    session: Session,
    kind: str,
    container: str,
    reference: object,
    storage: str,
    chosen: tuple[str, int, int] | None,
) -> Comment:
    number, on, parent = _place(call, session, kind, container, reference)
    must(call, session, on.space, "create", "comment")
    author, title = call.account.account_id, f"Re: {on.title}"
    comment = comment_store.add(session, kind, number, storage, author, title=title, parent=parent)
    if chosen:
        comment_store.mark(session, on, comment, *chosen)
    return comment


def _place(
    call: Call, session: Session, kind: str, container: str, reference: object
) -> tuple[int, Content, Comment | None]:
    """What a new comment is on, the content that this belongs to, and what it answers."""
    if container == "parentCommentId":
        parent = find_comment(session, call.account, inputs.id_in({container: reference}, container) or 0, kind)
        return parent.container, container_of(session, call.account, parent.container), parent
    if container == "attachmentId":
        attachment = find_attachment(session, call.account, attachment_id(reference, container))
        return attachment.id, container_of(session, call.account, attachment.id), None
    if container == "customContentId":
        raise unseen()
    number = inputs.id_in({container: reference}, container) or 0
    on = find_content(session, call.account, number, (_KINDS[container],), (CURRENT,))
    return on.id, on, None


def _update(kind: str) -> Handler:
    def update(call: Call) -> Reply:
        body = inputs.message_of(call)
        number, message = inputs.version_in(body)
        storage, resolved = inputs.storage_in(body), body.get("resolved")
        if resolved is not None and not isinstance(resolved, bool):
            raise bad_request("Provided value for 'resolved' is not the correct type. Expected type is boolean")
        if storage is None and (kind == comment_store.FOOTER or resolved is None):
            raise inputs.missing("body")
        with call.store.writing() as session:
            comment = find_comment(session, call.account, call.id("comment-id"), kind)
            on = container_of(session, call.account, comment.container)
            must(call, session, on.space, "create", "comment")
            if storage is not None and comment.author != call.account.account_id:
                must(call, session, on.space, "administer", "space")
            inputs.check_version(comment.version, number, "comment")
            if kind == comment_store.INLINE and resolved is not None:
                _resolve(call, session, comment, resolved=resolved)
            text = session.body(comment.id, comment.version) if storage is None else storage
            comment_store.change(session, comment, text, call.account.account_id, message)
            return Reply(200, comments.single(call, session, comment, inputs.STORAGE))

    return update


def _resolve(call: Call, session: Session, comment: Comment, *, resolved: bool) -> None:
    if comment.parent is not None:
        raise bad_request("Only top level inline comments can be resolved", code="BAD_REQUEST")
    if resolved != (comment.resolution == "resolved"):
        comment_store.resolve(session, comment, call.account.account_id, resolved=resolved)


def _delete(kind: str) -> Handler:
    def delete(call: Call) -> Reply:
        with call.store.writing() as session:
            comment = find_comment(session, call.account, call.id("comment-id"), kind)
            on = container_of(session, call.account, comment.container)
            own = comment.author == call.account.account_id and allowed(
                session, call.account, on.space, "create", "comment"
            )
            if not own:
                must(call, session, on.space, "delete", "comment")
            comment_store.remove(session, comment)
        return Reply(204)

    return delete


COMMENT_WRITES: Routes = {
    f"/{kind}-comments{part}": handlers
    for kind in (comment_store.FOOTER, comment_store.INLINE)
    for part, handlers in (
        ("", {"POST": _create(kind)}),
        ("/{comment-id}", {"PUT": _update(kind), "DELETE": _delete(kind)}),
    )
}
