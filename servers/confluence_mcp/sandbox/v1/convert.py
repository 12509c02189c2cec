"""Converting bodies from one form to another, which takes a moment.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-body.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

from confluence_mcp.sandbox import bodies
from confluence_mcp.sandbox.access import find_content, find_space
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.markup import scan
from confluence_mcp.sandbox.model import JsonObject
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1.content_bean import converted
from confluence_mcp.sandbox.web import Call, Routes, as_long
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.web import Reply

_KEPT = 5 * 60 * 1000
_MOST_TASKS = 10
_MOST_RESULTS = 50
_SINGLE = {"storage": ("export_view",), "atlas_doc_format": ("export_view",)}
"""What a single task converts, by the form that it has: the vendor takes no other target there."""
_BULK = {"storage": ("editor", "export_view", "styled_view", "view"), "editor": ("storage",)}
"""What tasks in bulk convert."""
_FAILED = "FAILED_TO_QUEUE"


def begin(call: Call) -> Reply:
    """POST contentbody/convert/async/{to}."""
    told = {"to": call.path_values["id"], "body": call.json_object()}
    told |= {name: call.text(name) for name in ("spaceKeyContext", "contentIdContext") if call.text(name)}
    with call.store.writing() as session:
        number = _queue(call, session, told, _SINGLE)
    return Reply(200, {"asyncId": number})


def result(call: Call) -> Reply:
    """GET contentbody/convert/async/{id}: what came out, or that it is not ready."""
    with call.store.writing() as session:
        shown = _result(call, session, call.path_values["id"])
    return Reply(200, shown)


def begin_many(call: Call) -> Reply:
    """POST contentbody/convert/async/bulk/tasks."""
    listed: Any = call.json_object().get("conversionInputs")
    if not isinstance(listed, list) or len(cast("list[object]", listed)) > _MOST_TASKS:
        raise bad_request(f"conversionInputs is a list of {_MOST_TASKS} at most")
    numbers: list[str] = []
    with call.store.writing() as session:
        for each in cast("list[object]", listed):
            try:
                numbers.append(_queue(call, session, cast("JsonObject", each) if isinstance(each, dict) else {}, _BULK))
            except ApiError:
                numbers.append(_FAILED)
    return Reply(200, [{"asyncId": each} for each in numbers])


def results(call: Call) -> Reply:
    """GET contentbody/convert/async/bulk/tasks."""
    numbers = call.words("ids")
    if not numbers or len(numbers) > _MOST_RESULTS:
        raise bad_request(f"ids has between 1 and {_MOST_RESULTS} ids")
    with call.store.writing() as session:
        shown = [_result(call, session, each) for each in numbers]
    return Reply(200, shown)


def _queue(call: Call, session: Session, told: JsonObject, known: dict[str, tuple[str, ...]]) -> str:
    body: Any = told.get("body")
    wanted = cast("JsonObject", body) if isinstance(body, dict) else {}
    value, form, target = wanted.get("value"), str(wanted.get("representation")), str(told.get("to"))
    if not isinstance(value, str):
        raise bad_request("The value of the body is missing.")
    if target not in known.get(form, ()):
        raise bad_request(f"Conversion from {form[:50]} to {target[:50]} is not supported.")
    if key := told.get("spaceKeyContext"):
        find_space(session, call.account, str(key))
    if number := told.get("contentIdContext"):
        find_content(session, call.account, as_long(number, "contentIdContext"))
    task = str(uuid.uuid4())
    kept = {"account": call.account.account_id, "made": now_ms(), "asked": False, "to": target}
    session.set_meta(f"conversion:{task}", json.dumps(kept | {"value": _converted(value, form, target)}))
    return task


def _converted(value: str, form: str, target: str) -> str:
    if form == "atlas_doc_format":
        try:
            value = bodies.adf_to_storage(json.loads(value))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise bad_request("The body is no Atlassian document.") from None
    scan(value)
    return converted(value, target)


def _result(call: Call, session: Session, number: str) -> JsonObject:
    text = session.meta(f"conversion:{number}")
    kept = cast("JsonObject", json.loads(text)) if text else {}
    if not kept or now_ms() - kept["made"] > _KEPT:
        raise unseen()
    if kept["account"] != call.account.account_id:
        raise ApiError(403, "The conversion was asked for by somebody else.")
    if not kept["asked"]:
        session.set_meta(f"conversion:{number}", json.dumps(kept | {"asked": True}))
        return {"renderTaskId": number, "status": "WORKING"}
    return {
        "value": kept["value"],
        "representation": kept["to"],
        "renderTaskId": number,
        "status": "COMPLETED",
        "embeddedContent": [],
        "_expandable": {"content": "", "webresource": "", "mediaToken": ""},
    }


_API = "/wiki/rest/api/contentbody/convert/async"
CONVERT: Routes = {
    f"{_API}/{{id}}": {"POST": begin, "GET": result},
    f"{_API}/bulk/tasks": {"POST": begin_many, "GET": results},
}
"""Which handler answers which path and method."""
