"""Versions of contents, comments and files (developer.atlassian.com/cloud/confluence/rest/v2/api-group-version)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from confluence_mcp.sandbox.access import find_comment
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.errors import unseen
from confluence_mcp.sandbox.model import Attachment, Comment, Content, JsonObject, Version
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans, contents
from confluence_mcp.sandbox.v2.finding import attachment_at, content_at
from confluence_mcp.sandbox.v2.inputs import BULK_FORMATS, shown_body
from confluence_mcp.sandbox.v2.paging import page
from confluence_mcp.sandbox.web import Call, Handler, Routes
from sandbox_kit.atlassian.web import Reply

_Row: TypeAlias = Content | Comment | Attachment
_Find: TypeAlias = Callable[[Call, Session, str], _Row]


def _list(kind: str, find: _Find) -> Handler:
    def read(call: Call) -> Reply:
        body_format = call.choice("body-format", BULK_FORMATS)
        with call.store.reading() as session:
            row = find(call, session, "id")
            number = f"att{row.id}" if isinstance(row, Attachment) else str(row.id)

            def show(at: Version) -> JsonObject:
                entity: JsonObject = {"id": number, "title": at.title}
                if body_format and kind != "attachment":
                    entity["body"] = shown_body(at.body, body_format)
                return {**beans.version(at), kind: entity}

            return page(call, contents.versions(call, session, row.id), show)

    return read


def _read(find: _Find, name: str) -> Handler:
    def read(call: Call) -> Reply:
        wanted = call.id("version-number")
        with call.store.reading() as session:
            row = find(call, session, name)
            at = session.version(row.id, wanted)
            if at is None:
                raise unseen()
            shown: JsonObject = {
                "number": at.number,
                "authorId": at.author,
                "message": at.message,
                "createdAt": stamp(at.moment),
                "minorEdit": bool(at.minor),
                "contentTypeModified": False,
                "collaborators": [at.author],
            }
            if wanted > 1:
                shown["prevVersion"] = wanted - 1
            if wanted < row.version:
                shown["nextVersion"] = wanted + 1
        return Reply(200, shown)

    return read


def _content(kind: str) -> _Find:
    return lambda call, session, name: content_at(call, session, kind, name)


def _comment(kind: str) -> _Find:
    return lambda call, session, name: find_comment(session, call.account, call.id(name), kind)


VERSIONS: Routes = {
    "/pages/{id}/versions": {"GET": _list("page", _content("page"))},
    "/pages/{page-id}/versions/{version-number}": {"GET": _read(_content("page"), "page-id")},
    "/blogposts/{id}/versions": {"GET": _list("blogpost", _content("blogpost"))},
    "/blogposts/{blogpost-id}/versions/{version-number}": {"GET": _read(_content("blogpost"), "blogpost-id")},
    "/attachments/{id}/versions": {"GET": _list("attachment", attachment_at)},
    "/attachments/{attachment-id}/versions/{version-number}": {"GET": _read(attachment_at, "attachment-id")},
    **{
        f"/{kind}-comments/{{id}}/versions{part}": {"GET": handler}
        for kind in ("footer", "inline")
        for part, handler in (
            ("", _list("comment", _comment(kind))),
            ("/{version-number}", _read(_comment(kind), "id")),
        )
    },
}
