"""What changing a page and changing a blog post have in common."""

from __future__ import annotations

from dataclasses import dataclass

from confluence_mcp.sandbox import publishing
from confluence_mcp.sandbox.errors import bad_request
from confluence_mcp.sandbox.model import CURRENT, DRAFT, Content, JsonObject, Version
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import contents, inputs
from confluence_mcp.sandbox.web import Call

STATUSES = (CURRENT, DRAFT)


@dataclass(frozen=True, slots=True)
class Update:
    """The new state of a content that a request asks for."""

    body: JsonObject
    status: str
    title: str
    storage: str
    version: int
    message: str


def read_update(call: Call) -> Update:
    """What the body asks for; 400 when it says too little or speaks of another content."""
    number = call.id()
    body = inputs.message_of(call, "id", "status", "title")
    if inputs.id_in(body, "id") != number:
        raise bad_request("The id in the body does not match the id in the path")
    status = inputs.choice_in(body, "status", STATUSES)
    title, storage = inputs.title_in(body), inputs.storage_in(body)
    if storage is None:
        raise inputs.missing("body")
    version, message = inputs.version_in(body)
    return Update(body, status, title, storage, version, message)


def shown(call: Call, session: Session, content: Content, at: Version | None = None) -> JsonObject:
    """A content as it is after it was written, with its body in storage format."""
    version = at or session.version(content.id, content.version)
    assert version is not None
    return contents.single(call, session, content, version, inputs.STORAGE)


def drafted(call: Call, session: Session, content: Content, title: str, storage: str) -> JsonObject:
    """The draft beside a content that stays as it is."""
    row = contents.save_draft(session, content, title, storage, call.account.account_id)
    content.status = DRAFT
    return shown(call, session, content, row)


def rewrite(session: Session, content: Content, storage: str, author: str) -> None:
    """Change the only version of a draft."""
    session.save(content)
    session.db.execute("UPDATE version SET title = ? WHERE content = ?", (content.title, content.id))
    publishing.rewrite(session, content, storage, author)
