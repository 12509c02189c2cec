"""Templates of spaces and of the site, and those that come with blueprints.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-template.
"""

from __future__ import annotations

import json
import re
from typing import Any, cast

from confluence_mcp.sandbox.access import find_space
from confluence_mcp.sandbox.errors import ApiError, bad_request
from confluence_mcp.sandbox.markup import scan
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.permissions import allowed, sees_space
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1 import beans
from confluence_mcp.sandbox.v1.blueprints import BLUEPRINTS, PLUGIN, Template
from confluence_mcp.sandbox.v1.links import API
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply
from sandbox_kit.session import one

PAGE, BLUEPRINT = "page", "blueprint"
_EXPANSIONS = ("body", "body.storage")
_LONGEST = {"create": 255, "update": 100}
"""Characters of a description, which differ in the vendor's own description."""
_FORBIDDEN = "You do not have permission to do this, or there is no such template."


def page_templates(call: Call) -> Reply:
    """GET template/page."""
    return _listed(call, PAGE)


def blueprint_templates(call: Call) -> Reply:
    """GET template/blueprint."""
    return _listed(call, BLUEPRINT)


def get_template(call: Call) -> Reply:
    """GET template/{contentTemplateId}, which shows the body in any case."""
    with call.store.reading() as session:
        shown = _bean(call, session, _find(call, session), body=True)
    return Reply(200, shown)


def create_template(call: Call) -> Reply:
    """POST template."""
    body = call.json_object()
    with call.store.writing() as session:
        space = _space(call, session, body)
        _require(call, session, space)
        template = Template(session.new_id(), space, _name(body), "", PAGE, "", "[]", call.account.account_id, now_ms())
        _change(template, body, "create")
        session.insert("template", template)
        shown = _bean(call, session, template, body=True)
    return Reply(200, shown)


def update_template(call: Call) -> Reply:
    """PUT template."""
    body = call.json_object()
    with call.store.writing() as session:
        number = str(body.get("templateId") or "")
        template = _known(session, number)
        if template is None:
            raise ApiError(404, "There is no such template.")
        _require(call, session, template.space)
        if template.type != PAGE:
            raise bad_request("Blueprint templates cannot be updated.")
        if body.get("templateType") != PAGE:
            raise bad_request("templateType must be page")
        template.name, template.changed = _name(body), now_ms()
        _change(template, body, "update")
        session.update("template", template)
        shown = _bean(call, session, template, body=True)
    return Reply(200, shown)


def delete_template(call: Call) -> Reply:
    """DELETE template/{contentTemplateId}."""
    with call.store.writing() as session:
        template = _find(call, session)
        _require(call, session, template.space)
        if template.type != PAGE:
            raise ApiError(403, "Unmodified blueprint templates cannot be deleted.")
        session.db.execute("DELETE FROM template WHERE id = ?", (template.id,))
    return Reply(204)


def _listed(call: Call, kind: str) -> Reply:
    with_body = bool(call.choices("expand", _EXPANSIONS))
    with call.store.reading() as session:
        key = call.text("spaceKey")
        space = _readable(call, session, key) if key else None
        # The blueprints of the site are those of every space, its templates are not.
        templates = session.rows(Template, "template", "type = ? AND space IS ? ORDER BY name, id", PAGE, space)
        found = templates if kind == PAGE else list(BLUEPRINTS)
        show = beans.pages(call, found, lambda each: _bean(call, session, each, body=with_body), size=25, most=200)
    return Reply(200, show)


def _readable(call: Call, session: Session, key: str) -> int:
    try:
        return find_space(session, call.account, key).id
    except ApiError:
        raise ApiError(403, _FORBIDDEN) from None


def _find(call: Call, session: Session) -> Template:
    """The template that the path names; 403, as the vendor has it, when there is none."""
    template = _known(session, call.path_values["contentTemplateId"])
    if template is None or (template.space is not None and not sees_space(session, call.account, template.space)):
        raise ApiError(403, _FORBIDDEN)
    return template


def _known(session: Session, number: str) -> Template | None:
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    built_in = next((each for each in BLUEPRINTS if each.id == int(number)), None)
    return built_in or session.row(Template, "template", "id = ?", int(number))


def _space(call: Call, session: Session, body: JsonObject) -> int | None:
    told: Any = body.get("space")
    if told is None:
        return None
    key: Any = cast("JsonObject", told).get("key") if isinstance(told, dict) else None
    if not isinstance(key, str) or not key:
        raise bad_request("The key of the space is missing.")
    return _readable(call, session, key)


def _require(call: Call, session: Session, space: int | None) -> None:
    """Refuse (403) unless the caller administers the space, or the site for a template of the site."""
    may = call.account.site_admin if space is None else allowed(session, call.account, space, "administer", "space")
    if not may:
        raise ApiError(403, _FORBIDDEN)


def _name(body: JsonObject) -> str:
    name: Any = body.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        raise bad_request("The name of the template is missing or too long.")
    return name


def _change(template: Template, body: JsonObject, what: str) -> None:
    if body.get("templateType") != PAGE:
        raise bad_request("templateType must be page")
    told: Any = body.get("body")
    storage: Any = cast("JsonObject", told).get("storage") if isinstance(told, dict) else None
    wanted = cast("JsonObject", storage) if isinstance(storage, dict) else {}
    if not isinstance(wanted.get("value"), str) or wanted.get("representation") != "storage":
        raise bad_request("The body of a template has to be in the storage format.")
    scan(wanted["value"])
    description: Any = body.get("description", template.description) or ""
    if not isinstance(description, str) or len(description) > _LONGEST[what]:
        raise bad_request(f"The description has {_LONGEST[what]} characters at most.")
    labels: Any = body.get("labels")
    if labels is not None:
        listed = cast("list[object]", labels) if isinstance(labels, list) else [None]
        names = [cast("JsonObject", each).get("name") if isinstance(each, dict) else None for each in listed]
        if not all(isinstance(each, str) and each for each in names):
            raise bad_request("labels is a list of labels with names.")
        template.labels = json.dumps(names)
    template.body, template.description = wanted["value"], description


def _bean(call: Call, session: Session, template: Template, *, body: bool) -> JsonObject:
    names: list[str] = json.loads(template.labels)
    shown: JsonObject = {
        "templateId": str(template.id),
        "name": template.name,
        "description": template.description,
        "labels": [_label(session, each) for each in names],
        "templateType": PAGE,
        "editorVersion": "v2",
        "_expandable": {} if body else {"body": ""},
        "_links": {"self": f"{call.base}{API}/template/{template.id}"},
    }
    space = session.space(template.space) if template.space is not None else None
    if space is not None:
        shown["space"] = beans.space(call, space)
    if template.type == BLUEPRINT:
        module = re.sub(r"\W+", "-", template.name.lower()).strip("-")
        shown["originalTemplate"] = {"pluginKey": PLUGIN, "moduleKey": f"{module}-template"}
        shown["referencingBlueprint"] = f"{PLUGIN}:{module}-blueprint"
    if body:
        value: JsonObject = {"value": template.body, "representation": "storage", "embeddedContent": []}
        shown["body"] = {"storage": value | {"_expandable": {"content": ""}}}
    return shown


def _label(session: Session, name: str) -> JsonObject:
    row = one(session.db, "SELECT id FROM label WHERE prefix = 'global' AND name = ?", name)
    return {"prefix": "global", "name": name, "id": str(row[0] if row else 0), "label": name}


_API = "/wiki/rest/api/template"
TEMPLATES: Routes = {
    _API: {"POST": create_template, "PUT": update_template},
    f"{_API}/page": {"GET": page_templates},
    f"{_API}/blueprint": {"GET": blueprint_templates},
    f"{_API}/{{contentTemplateId}}": {"GET": get_template, "DELETE": delete_template},
}
"""Which handler answers which path and method."""
