"""The tree of pages and folders (developer.atlassian.com/cloud/confluence/rest/v2/api-group-children and …-folder)."""

from __future__ import annotations

from collections.abc import Iterator

from confluence_mcp.sandbox.access import find_content
from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import CURRENT, Content, JsonObject
from confluence_mcp.sandbox.permissions import Sight
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import contents, inputs
from confluence_mcp.sandbox.v2.beans import version
from confluence_mcp.sandbox.v2.finding import PUBLISHED, content_at, editable, must, parent_in, space_of
from confluence_mcp.sandbox.v2.paging import Listed, Sorts, ordered, page
from confluence_mcp.sandbox.web import Call, Handler, Routes, as_long
from sandbox_kit.atlassian.web import Reply

_DEEPEST = 10


def _children(kind: str, *, pages_only: bool) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            found = _below(session, Sight(session, call.account), content_at(call, session, kind).id)
            found = [each for each in found if not pages_only or each.type == "page"]
            return page(
                call, _sorted(call, session, found, pages_only=pages_only), lambda each: _child(each, pages_only)
            )

    return read


def _below(session: Session, sight: Sight, parent: int) -> list[Content]:
    return [each for each in session.children(parent) if sight.sees(each)]


def _sorted(call: Call, session: Session, found: list[Content], *, pages_only: bool) -> Listed[Content]:
    keys: Sorts[Content] = {
        "child-position": lambda each: (each.position, each.id),
        "created-date": lambda each: (each.created, each.id),
        "id": lambda each: (each.id,),
        "modified-date": lambda each: (_modified(session, each), each.id),
    }
    if not pages_only:
        keys["title"] = lambda each: (each.title.casefold(), each.id)
    return ordered(call, found, keys, "child-position")


def _modified(session: Session, content: Content) -> int:
    at = session.version(content.id, content.version)
    return at.moment if at else content.created


def _child(content: Content, pages_only: bool) -> JsonObject:
    shown: JsonObject = {
        "id": str(content.id),
        "status": content.status,
        "title": content.title,
        "spaceId": str(content.space),
        "childPosition": content.position,
    }
    return shown if pages_only else {**shown, "type": content.type}


def _descendants(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        depth = call.number("depth", 2, least=1, most=_DEEPEST)
        with call.store.reading() as session:
            top = content_at(call, session, kind)
            found = list(_walk(session, Sight(session, call.account), top.id, 1, depth))
            places = {content.id: place for place, (content, _) in enumerate(found)}
            listed = Listed(found, lambda each: (places[each[0].id],))
            return page(call, listed, lambda each: _descendant(*each))

    return read


def _walk(session: Session, sight: Sight, parent: int, level: int, deepest: int) -> Iterator[tuple[Content, int]]:
    """The tree below something, from top to bottom as people see it."""
    for child in _below(session, sight, parent):
        yield child, level
        if level < deepest:
            yield from _walk(session, sight, child.id, level + 1, deepest)


def _descendant(content: Content, depth: int) -> JsonObject:
    return {
        "id": str(content.id),
        "status": content.status,
        "title": content.title,
        "type": content.type,
        "parentId": str(content.parent),
        "depth": depth,
        "childPosition": content.position,
    }


def _ancestors(kind: str) -> Handler:
    """GET …/ancestors, the highest first; of too many, the nearest."""

    def read(call: Call) -> Reply:
        most = call.number("limit", 25, least=1, most=250)
        with call.store.reading() as session:
            above = session.ancestors(content_at(call, session, kind))[-most:]
        results = [{"id": str(each.id), "type": each.type} for each in above]
        return Reply(200, {"results": results, "_links": {"base": call.base}})

    return read


def _create_folder(call: Call) -> Reply:
    body = inputs.message_of(call, "spaceId")
    title, parent = inputs.title_in(body), inputs.id_in(body, "parentId")
    if not title:
        raise inputs.missing("title")
    with call.store.writing() as session:
        space = contents.space_to_write(call, session, as_long(body["spaceId"], "spaceId"), "page")
        folder = contents.new("folder", space, title, CURRENT, call.account.account_id, session.new_id())
        folder.parent = parent_in(session, call, space, parent).id if parent else space.homepage
        folder.position = session.next_position(space.id, folder.parent)
        session.add_content(folder, "")
        return Reply(200, _folder(call, session, folder))


def _read_folder(call: Call) -> Reply:
    with call.store.reading() as session:
        folder = find_content(session, call.account, call.id(), ("folder",), PUBLISHED)
        return Reply(200, _folder(call, session, folder))


def _delete_folder(call: Call) -> Reply:
    with call.store.writing() as session:
        folder = editable(call, session, "folder")
        must(call, session, folder.space, "delete", "page")
        session.trash(folder)
    return Reply(204)


def _folder(call: Call, session: Session, folder: Content) -> JsonObject:
    at, parent = session.version(folder.id, folder.version), session.content(folder.parent or 0)
    assert at is not None
    return {
        "id": str(folder.id),
        "type": "folder",
        "status": folder.status,
        "title": folder.title,
        "parentId": str(parent.id) if parent else None,
        "parentType": parent.type if parent else None,
        "position": folder.position,
        "authorId": folder.author,
        "ownerId": folder.owner,
        "createdAt": stamp(folder.created),
        "spaceId": str(folder.space),
        "version": version(at),
        "_links": {"webui": f"/spaces/{space_of(session, folder).key}/folder/{folder.id}", "base": call.base},
    }


TREE: Routes = {
    "/pages/{id}/children": {"GET": _children("page", pages_only=True)},
    **{
        f"/{plural}/{{id}}/{part}": {"GET": handler}
        for kind, plural in (("page", "pages"), ("folder", "folders"))
        for part, handler in (
            ("direct-children", _children(kind, pages_only=False)),
            ("descendants", _descendants(kind)),
            ("ancestors", _ancestors(kind)),
        )
    },
    "/folders": {"POST": _create_folder},
    "/folders/{id}": {"GET": _read_folder, "DELETE": _delete_folder},
}
