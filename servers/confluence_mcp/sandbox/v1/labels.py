"""Labels on contents.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-labels.
"""

from __future__ import annotations

import re
from typing import Any, cast

from confluence_mcp.sandbox import label_store
from confluence_mcp.sandbox.access import container_of, find_attachment, find_content, require_edit
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import ARCHIVED, Attachment, Content, JsonObject, Label
from confluence_mcp.sandbox.permissions import sees
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.web import Reply

_LONGEST = 255
_MOST_AT_ONCE = 100
_MOST_ON_A_CONTENT = 1_000
_INVALID = re.compile(r"[\s!#&()*,.:;<>?@\[\]^]")
_TYPES = ("page", "blogpost", "attachment", "page_template")


def add_labels(call: Call) -> Reply:
    """POST content/{id}/label: one label or several, on top of those that are there."""
    value = call.json()
    wanted = cast("list[object]", value) if isinstance(value, list) else [value]
    if not wanted or len(wanted) > _MOST_AT_ONCE:
        raise bad_request(f"Between 1 and {_MOST_AT_ONCE} labels can be added at once.")
    named = [_read(each) for each in wanted]
    with call.store.writing() as session:
        target = labelled(call, session)
        before = label_store.of(session, target)
        if len({(each.prefix, each.name) for each in before} | set(named)) > _MOST_ON_A_CONTENT:
            raise bad_request("label.add.too.many", "label.add.too.many")
        for prefix, name in named:
            label_store.put(session, target, name, prefix)
        shown = [beans.label(each) for each in label_store.of(session, target)]
    return Reply(200, beans.page(call, shown, start=0, limit=200, more=False))


def remove_label(call: Call) -> Reply:
    """DELETE content/{id}/label/{label}, or with the label in `name`."""
    name = call.path_values.get("label", "") or call.text("name")
    if not name:
        raise bad_request("The name of the label is missing.")
    if "/" in call.path_values.get("label", ""):
        raise bad_request("Label name cannot contain '/'.")
    prefix, _, bare = name.rpartition(":")
    with call.store.writing() as session:
        target = labelled(call, session)
        for known in label_store.of(session, target):
            if known.name == bare.casefold() and prefix in ("", known.prefix):
                label_store.take(session, target, known.name, known.prefix)
    return Reply(204)


def get_label(call: Call) -> Reply:
    """GET label: what has a label."""
    name, kind = call.text("name"), call.choice("type", _TYPES)
    if not name:
        raise bad_request("The name of the label is missing.")
    with call.store.reading() as session:
        label = session.row(Label, "label", "name = ? ORDER BY prefix != 'global'", name.casefold())
        if label is None:
            raise unseen()
        rows = [_labelled(call, session, each) for each in label_store.targets(session, label.id)]
        seen = [each for each in rows if each and kind in ("", each["contentType"])]
        found = beans.pages(call, seen, dict, size=200, most=200)
    contents = {name: found[name] for name in ("results", "start", "limit", "size")}
    return Reply(200, {"label": beans.label(label), "associatedContents": contents})


def labelled(call: Call, session: Session) -> int:
    """The id of what the path names, which the caller may put labels on."""
    text = call.path_values["id"]
    if text.startswith("att"):
        attachment = find_attachment(session, call.account, number_of(text))
        require_edit(session, call.account, container_of(session, call.account, attachment.container))
        return attachment.id
    number = call.id()
    if session.content(number) is None and session.row(Attachment, "attachment", "id = ?", number):
        attachment = find_attachment(session, call.account, number)
        require_edit(session, call.account, container_of(session, call.account, attachment.container))
        return attachment.id
    content = find_content(session, call.account, number)
    require_edit(session, call.account, content)
    if content.status == ARCHIVED:
        raise ApiError(403, "Labels of archived content cannot be changed.")
    return content.id


def number_of(text: str) -> int:
    """The number in an attachment's id (`att123`, or `123`); 404 when it is none."""
    digits = text.removeprefix("att")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise unseen()
    return int(digits)


def _read(value: object) -> tuple[str, str]:
    """The prefix and the name of a label as sent."""
    if not isinstance(value, dict):
        raise bad_request("A label is an object with prefix and name.")
    body = cast("JsonObject", value)
    prefix: Any = body.get("prefix", "global")
    name: Any = body.get("name")
    if prefix not in label_store.PREFIXES:
        raise bad_request(f"Invalid label prefix: {str(prefix)[:50]}", "label.prefix.invalid")
    if not isinstance(name, str) or not name.strip():
        raise bad_request("The name of a label is missing.", "label.name.missing")
    if len(name) > _LONGEST:
        raise bad_request(f"A label has {_LONGEST} characters at most.", "label.add.too.long")
    if invalid := _INVALID.search(name.strip()):
        raise bad_request(f"Label contains an invalid character: '{invalid.group()}'", "label.add.invalid.char")
    return str(prefix), name.strip().casefold()


def _labelled(call: Call, session: Session, target: int) -> JsonObject | None:
    content = session.content(target)
    if content is not None:
        seen = _seen(call, session, content)
        return {"contentType": content.type, "contentId": content.id, "title": content.title} if seen else None
    attachment = session.row(Attachment, "attachment", "id = ? AND status = 'current'", target)
    container = session.content(attachment.container) if attachment else None
    if attachment is None or container is None or not _seen(call, session, container):
        return None
    return {"contentType": "attachment", "contentId": attachment.id, "title": attachment.title}


def _seen(call: Call, session: Session, content: Content) -> bool:
    return content.status == "current" and sees(session, call.account, content)


_API = "/wiki/rest/api"
LABELS: Routes = {
    f"{_API}/content/{{id}}/label": {"POST": add_labels, "DELETE": remove_label},
    f"{_API}/content/{{id}}/label/{{label:path}}": {"DELETE": remove_label},
    f"{_API}/label": {"GET": get_label},
}
"""Which handler answers which path and method."""
