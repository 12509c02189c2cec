"""Files on issues, and the media service that keeps them.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from jira_mcp.sandbox import attachment_store as store
from jira_mcp.sandbox.access import find_issue, require
from jira_mcp.sandbox.errors import ApiError, bad_request
from jira_mcp.sandbox.images import thumbnail_of
from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.permissions import allowed, browsable
from jira_mcp.sandbox.recording import record, snapshot
from jira_mcp.sandbox.sample.projects import PROJECT
from jira_mcp.sandbox.session import Session
from jira_mcp.sandbox.web import Call, Handler
from sandbox_kit.atlassian.clock import now_ms
from sandbox_kit.atlassian.forms import BrokenFormError, FormFile, NoFormError, read_form
from sandbox_kit.atlassian.media import NO_FILE, NOT_AUTHORISED, UPLOAD_LIMIT, is_own_form, media_type, signature
from sandbox_kit.atlassian.web import Reply

MEDIA = "/media/file/{media}/binary"
"""Where the media service gives files to those who have a signed address. At the vendor it is a host of its own."""

_MOST_FILES = 60
_THUMBNAIL = 200


def settings(_call: Call) -> Reply:
    """GET attachment/meta."""
    return Reply(200, {"enabled": True, "uploadLimit": UPLOAD_LIMIT})


def get_attachment(call: Call) -> Reply:
    """GET attachment/{id}: unlike on an issue, the id is a number here."""
    with call.store.reading() as session:
        _, known = _find(call, session)
    return Reply(200, {**store.bean(call.show, known), "id": known["id"], "properties": {}})


def get_content(call: Call) -> Reply:
    """GET attachment/content/{id}: the file, or the way to it."""
    with call.store.reading() as session:
        _, known = _find(call, session)
        if call.flag("redirect", default=True):
            return _see_other(call, session, known)
        content = store.content(session, known["id"])
    return Reply(200, content, {"Content-Type": known["type"]})


def get_thumbnail(call: Call) -> Reply:
    """GET attachment/thumbnail/{id}: a smaller picture, for PNG files as the sample makes them."""
    width = call.number("width", _THUMBNAIL, least=1, most=4_096)
    height = call.number("height", _THUMBNAIL, least=1, most=4_096)
    with call.store.reading() as session:
        _, known = _find(call, session)
        small = thumbnail_of(store.content(session, known["id"]), width, height)
    if small is None:
        raise ApiError(404, "The thumbnail for this attachment could not be found.")
    return Reply(200, small, {"Content-Type": "image/png"})


def download(call: Call) -> Reply:
    """GET /file/{id}/binary of the media service: for whoever has the signed address."""
    media = call.path_values["media"]
    with call.store.reading() as session:
        if call.text("token") != signature(session, media):
            return NOT_AUTHORISED
        content = store.content_of_media(session, media)
    if content is None:
        return NO_FILE
    return Reply(200, content, {"Content-Type": media_type(call.text("name"))})


def add_attachments(call: Call) -> Reply:
    """POST issue/{issueIdOrKey}/attachments."""
    if not is_own_form(call.headers):
        raise ApiError(403, "XSRF check failed")
    files = _files(call)
    with call.store.writing() as session:
        issue = find_issue(session, call.account, call.path_values["issue"])
        sentence = "You do not have permission to create attachments for this issue."
        require(call.account, issue, "CREATE_ATTACHMENTS", sentence)
        _check(files)
        before = snapshot(issue)
        moment = max(now_ms(), issue.updated + 1)
        author = call.account.account_id
        made = [store.keep(session, issue, file.name, file.content, author, moment) for file in files]
        record(session, call.account, before, issue, [_change(each, added=True) for each in made])
    return Reply(200, [store.bean(call.show, each) for each in made])


def delete_attachment(call: Call) -> Reply:
    """DELETE attachment/{id}."""
    with call.store.writing() as session:
        issue, known = _find(call, session)
        project = PROJECT[issue.project]
        own = known["author"] == call.account.account_id
        if not (
            allowed(call.account, project, "DELETE_ALL_ATTACHMENTS")
            or (own and allowed(call.account, project, "DELETE_OWN_ATTACHMENTS"))
        ):
            raise ApiError(403, f"You do not have permission to delete attachment with id: {known['id']}.")
        before = snapshot(issue)
        issue.attachments.remove(known)
        store.forget(session, known["id"])
        record(session, call.account, before, issue, [_change(known, added=False)])
    return Reply(204)


def _find(call: Call, session: Session) -> tuple[Issue, JsonObject]:
    wanted = call.path_values["id"]
    issue = store.issue_of(session, wanted)
    if issue is None or not browsable(call.account, PROJECT[issue.project]):
        raise ApiError(404, f"The attachment with id '{wanted[:50]}' does not exist")
    return issue, next(each for each in issue.attachments if each["id"] == int(wanted))


def _see_other(call: Call, session: Session, known: JsonObject) -> Reply:
    media = store.media_id(known["id"])
    query = urlencode({"token": signature(session, media), "name": known["name"], "dl": "true"})
    return Reply(303, None, {"Location": f"{call.show.site_url}{MEDIA.format(media=media)}?{query}"})


def _files(call: Call) -> list[FormFile]:
    try:
        form = read_form(call.headers.get("content-type", ""), call.raw_body, "file")
    except NoFormError:
        raise ApiError(415, "The request's Content-Type must be multipart/form-data.") from None
    except BrokenFormError:
        raise bad_request("The multipart request could not be read.") from None
    return [replace(each, name=each.name or "file") for each in form.files]


def _check(files: list[FormFile]) -> None:
    if not files:
        raise bad_request("There are no files in the request.")
    if len(files) > _MOST_FILES:
        raise ApiError(413, f"No more than {_MOST_FILES} files can be uploaded in one request.")
    for file in files:
        if not file.content:
            raise bad_request(f"The file {file.name[:100]} is empty.")
        if len(file.content) > UPLOAD_LIMIT:
            sentence = f"The file {file.name[:100]} exceeds its maximum permitted size of {UPLOAD_LIMIT} bytes."
            raise ApiError(413, sentence)


def _change(known: JsonObject, *, added: bool) -> JsonObject:
    value = (str(known["id"]), known["name"])
    old, new = ((None, None), value) if added else (value, (None, None))
    return {
        "field": "Attachment",
        "fieldtype": "jira",
        "fieldId": "attachment",
        "from": old[0],
        "fromString": old[1],
        "to": new[0],
        "toString": new[1],
    }


_API = "/rest/api/3"
ATTACHMENTS: dict[str, Mapping[str, Handler]] = {
    f"{_API}/issue/{{issue}}/attachments": {"POST": add_attachments},
    f"{_API}/attachment/meta": {"GET": settings},
    f"{_API}/attachment/content/{{id}}": {"GET": get_content},
    f"{_API}/attachment/thumbnail/{{id}}": {"GET": get_thumbnail},
    f"{_API}/attachment/{{id}}": {"GET": get_attachment, "DELETE": delete_attachment},
    MEDIA: {"GET": download},
}
"""Which handler answers which path and method."""
