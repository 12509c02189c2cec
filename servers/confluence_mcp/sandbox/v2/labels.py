"""Labels are only read in the REST API v2 (developer.atlassian.com/cloud/confluence/rest/v2/api-group-label)."""

from __future__ import annotations

from confluence_mcp.sandbox import label_store
from confluence_mcp.sandbox.access import container_of
from confluence_mcp.sandbox.errors import ApiError, unseen
from confluence_mcp.sandbox.model import CURRENT, Attachment, Label
from confluence_mcp.sandbox.permissions import Sight
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v2 import beans, contents
from confluence_mcp.sandbox.v2.attachments import listed
from confluence_mcp.sandbox.v2.finding import attachment_at, content_at
from confluence_mcp.sandbox.v2.inputs import BULK_FORMATS
from confluence_mcp.sandbox.v2.paging import Sorts, ordered, page
from confluence_mcp.sandbox.v2.spaces import labels
from confluence_mcp.sandbox.web import Call, Handler, Routes
from sandbox_kit.atlassian.web import Reply


def _of(kind: str) -> Handler:
    def read(call: Call) -> Reply:
        with call.store.reading() as session:
            target = attachment_at(call, session) if kind == "attachment" else content_at(call, session, kind)
            return labels(call, label_store.of(session, target.id))

    return read


def _all(call: Call) -> Reply:
    numbers, prefixes = call.numbers("label-id"), call.choices("prefix", label_store.PREFIXES)
    sorts: Sorts[Label] = {
        "id": lambda each: (each.id,),
        "created-date": lambda each: (each.id,),
        "name": lambda each: (each.name, each.id),
    }
    with call.store.reading() as session:
        found = [
            each
            for each in session.rows(Label, "label")
            if (not numbers or each.id in numbers)
            and (not prefixes or each.prefix in prefixes)
            and _visible(call, session, each)
        ]
    return page(call, ordered(call, found, sorts, "id"), beans.label)


def _visible(call: Call, session: Session, label: Label) -> bool:
    for target in label_store.targets(session, label.id):
        if session.space(target) is not None:
            return True
        try:
            container_of(session, call.account, target)
        except ApiError:
            continue
        return True
    return False


def _labelled(kind: str) -> Handler:
    """GET labels/{id}/pages, …/blogposts: what carries a label."""

    def read(call: Call) -> Reply:
        body_format, spaces = call.choice("body-format", BULK_FORMATS), call.numbers("space-id")
        with call.store.reading() as session:
            targets = _targets(call, session)
            found = [each for each in map(session.content, targets) if each and each.type == kind]
            found = [each for each in found if each.status == CURRENT and (not spaces or each.space in spaces)]
            return contents.shown(call, session, found, kind, body_format)

    return read


def _labelled_files(call: Call) -> Reply:
    with call.store.reading() as session:
        rows = [session.row(Attachment, "attachment", "id = ?", each) for each in _targets(call, session)]
        files = [each for each in rows if each and each.status == CURRENT]
        sight = Sight(session, call.account)
        seen = [each for each in files if sight.sees(session.content(each.container))]
        return listed(call, session, seen, default=25)


def _targets(call: Call, session: Session) -> list[int]:
    number = call.id()
    if session.row(Label, "label", "id = ?", number) is None:
        raise unseen()
    return label_store.targets(session, number)


LABELS: Routes = {
    "/pages/{id}/labels": {"GET": _of("page")},
    "/blogposts/{id}/labels": {"GET": _of("blogpost")},
    "/attachments/{id}/labels": {"GET": _of("attachment")},
    "/labels": {"GET": _all},
    "/labels/{id}/pages": {"GET": _labelled("page")},
    "/labels/{id}/blogposts": {"GET": _labelled("blogpost")},
    "/labels/{id}/attachments": {"GET": _labelled_files},
}
