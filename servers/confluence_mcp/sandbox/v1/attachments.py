"""Files on contents: upload, new versions, properties, download; and the media service that keeps them.

Documentation: developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---attachments.
"""

from __future__ import annotations

import time
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from confluence_mcp.sandbox import attachment_store as store
from confluence_mcp.sandbox.access import container_of, find_content, require, require_edit
from confluence_mcp.sandbox.errors import ApiError, bad_request, unseen
from confluence_mcp.sandbox.model import CURRENT, Attachment, Content, JsonObject
from confluence_mcp.sandbox.permissions import sees
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.v1.beans import page
from confluence_mcp.sandbox.v1.content_bean import ContentBean
from confluence_mcp.sandbox.v1.labels import number_of
from confluence_mcp.sandbox.web import Call, Routes
from sandbox_kit.atlassian.forms import BrokenFormError, Form, FormFile, NoFormError, read_form
from sandbox_kit.atlassian.media import NO_FILE, NOT_AUTHORISED, UPLOAD_LIMIT, is_own_form, signature
from sandbox_kit.atlassian.web import Reply

MEDIA = "/media/file/{file}/binary"
"""Where the media service gives files to those who have a signed address. At the vendor it is a host of its own."""

_LONGEST_NAME = 255
_SHOWN = ("version", "container", "history")


def create(call: Call) -> Reply:
    """POST content/{id}/child/attachment: files that are new to the content."""
    return _upload(call, may_renew=False)


def create_or_update(call: Call) -> Reply:
    """PUT content/{id}/child/attachment: a file whose name the content has already becomes its next version."""
    return _upload(call, may_renew=True)


def update_data(call: Call) -> Reply:
    """POST content/{id}/child/attachment/{attachmentId}/data: the next version of a file."""
    form = _form(call)
    if len(form.files) != 1:
        raise bad_request("Exactly one file is expected.")
    with call.store.writing() as session:
        content, attachment = _find(call, session)
        require_edit(session, call.account, content)
        version = _version(call, form.files[0], form.text("comment"), minor=_is_minor(form))
        store.renew(session, attachment, version)
        shown = ContentBean(call, session, _SHOWN).attachment(attachment, content)
    return Reply(200, shown)


def update_properties(call: Call) -> Reply:
    """PUT content/{id}/child/attachment/{attachmentId}: its name, type, comment, or the content that it is on."""
    body = call.json_object()
    with call.store.writing() as session:
        content, attachment = _find(call, session)
        require_edit(session, call.account, content)
        _check_update(body, attachment)
        target = _target(call, session, body, content)
        title: Any = body.get("title", attachment.title)
        if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST_NAME:
            raise bad_request("The title of an attachment has between 1 and 255 characters.")
        other = store.titled(session, target.id, title)
        if other is not None and other.id != attachment.id:
            raise bad_request(_same_name(title))
        told = cast("dict[str, Any]", body.get("metadata") or {}) | cast("dict[str, Any]", body.get("extensions") or {})
        attachment.title, attachment.container = title, target.id
        attachment.media_type = str(told.get("mediaType") or attachment.media_type)
        attachment.comment = str(told.get("comment", attachment.comment) or "")
        attachment.changed = time.time()
        session.update("attachment", attachment)
        named = (attachment.title, attachment.id, attachment.version)
        session.db.execute("UPDATE version SET title = ? WHERE content = ? AND number = ?", named)
        shown = ContentBean(call, session, _SHOWN).attachment(attachment, target)
    return Reply(200, shown)


def download(call: Call) -> Reply:
    """GET content/{id}/child/attachment/{attachmentId}/download: the way to the file."""
    with call.store.reading() as session:
        content, attachment = _find(call, session, call.words("status") or [CURRENT])
        version = call.number("version", attachment.version, least=1, most=attachment.version)
        if not sees(session, call.account, content) or store.content(session, attachment, version) is None:
            raise unseen()
        file = f"{attachment.file}.{version}"
        parts = {
            "token": signature(session, file),
            "client": "sandbox",
            "collection": f"contentId-{attachment.container}",
            "version": version,
            "dl": "true",
            "name": attachment.title,
        }
    return Reply(302, None, {"Location": f"{_media_host(call)}{MEDIA.format(file=attachment.file)}?{urlencode(parts)}"})


def _media_host(call: Call) -> str:
    """Where the media service is: another host, so that nobody takes the site's credentials there.

    For a request to this machine that is the other name of the machine: nothing of a sandbox may go elsewhere.
    """
    here = urlsplit(f"http://{call.headers.get('host', '')}")
    names = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
    if here.hostname not in names:
        return "https://api.media.atlassian.com"
    return f"http://{names[here.hostname]}{f':{here.port}' if here.port else ''}"


def media(call: Call) -> Reply:
    """GET /file/{file}/binary of the media service: for whoever has the signed address, and shows nothing else."""
    if call.headers.get("authorization"):
        title = "Only one way of signing in may be used."
        return Reply(400, {"error": {"code": "JwtAuthoriser:AmbiguousAuth", "title": title}})
    file, version = call.path_values["file"], call.text("version")
    with call.store.reading() as session:
        if not version.isdecimal() or call.text("token") != signature(session, f"{file}.{version}"):
            return NOT_AUTHORISED
        attachment = store.of_file(session, file)
        content = store.content(session, attachment, int(version[:9])) if attachment else None
    if attachment is None or content is None:
        return NO_FILE
    return Reply(200, content, {"Content-Type": attachment.media_type})


def _upload(call: Call, *, may_renew: bool) -> Reply:
    form = _form(call)
    call.choice("status", ("current", "draft"))
    comments, minor = form.texts.get("comment", []), _is_minor(form)
    if comments and len(comments) != len(form.files):
        raise bad_request("Every file needs a comment, or none has one.")
    with call.store.writing() as session:
        content = find_content(session, call.account, call.id(), statuses=("current", "draft"))
        require(session, call.account, content.space, "create", "attachment")
        require_edit(session, call.account, content)
        kept: list[Attachment] = []
        for number, file in enumerate(form.files):
            comment = comments[number] if comments else ""
            known = store.titled(session, content.id, file.name)
            if known is None:
                kept.append(store.add(session, content, file.name, _version(call, file, comment, minor=minor)))
            elif may_renew:
                store.renew(session, known, _version(call, file, comment, minor=minor))
                kept.append(known)
            else:
                raise bad_request(_same_name(file.name))
        bean = ContentBean(call, session, _SHOWN)
        shown = [bean.attachment(each, content) for each in kept]
    return Reply(200, page(call, shown, start=0, limit=len(shown), more=False))


def _form(call: Call) -> Form:
    if not is_own_form(call.headers):
        raise ApiError(403, "XSRF check failed")
    content_type = call.headers.get("content-type", "")
    try:
        form = read_form(content_type, call.raw_body, "file")
    except NoFormError:
        raise ApiError(415, f"Content type '{content_type[:100]}' not supported") from None
    except BrokenFormError:
        raise bad_request("The multipart request could not be read.") from None
    if not form.files:
        raise bad_request("At least one attachment must be provided")
    if "minorEdit" in form.texts and form.text("minorEdit").strip('" ').lower() not in ("true", "false"):
        raise bad_request("minorEdit is true or false.")
    for file in form.files:
        if not file.name.strip() or len(file.name) > _LONGEST_NAME:
            raise bad_request("The name of a file has between 1 and 255 characters.")
        if len(file.content) > UPLOAD_LIMIT:
            raise ApiError(413, f"Attachment {file.name[:100]} exceeds the maximum size of {UPLOAD_LIMIT} bytes.")
    return form


def _is_minor(form: Form) -> bool:
    return form.text("minorEdit").strip('" ').lower() == "true"


def _version(call: Call, file: FormFile, comment: str, *, minor: bool) -> store.Upload:
    kind = "" if file.kind == "application/octet-stream" else file.kind
    return store.Upload(file.content, call.account.account_id, kind, comment, minor)


def _find(call: Call, session: Session, statuses: list[str] | None = None) -> tuple[Content, Attachment]:
    """The content and the attachment that the path names; 404 when they do not belong together."""
    number = number_of(call.path_values["attachmentId"])
    attachment = session.row(Attachment, "attachment", "id = ? AND container = ?", number, call.id())
    if attachment is None or attachment.status not in (statuses or [CURRENT]):
        raise unseen()
    return container_of(session, call.account, attachment.container), attachment


def _check_update(body: JsonObject, attachment: Attachment) -> None:
    if body.get("type") != "attachment":
        raise bad_request("type must be attachment")
    if str(body.get("id", "")).removeprefix("att") != str(attachment.id):
        raise bad_request("The id in the body is not that of the attachment in the path.")
    told: Any = body.get("version")
    number: Any = cast("JsonObject", told).get("number") if isinstance(told, dict) else None
    if not isinstance(number, int) or number < 1:
        raise bad_request("The version number of the attachment is missing or invalid.")
    if number != attachment.version:  # properties make no new version, so theirs is the one that is there
        raise ApiError(409, f"The attachment is at version {attachment.version}, not {number}.")


def _target(call: Call, session: Session, body: JsonObject, content: Content) -> Content:
    """The content that the attachment shall be on."""
    told: Any = body.get("container")
    if not isinstance(told, dict):
        return content
    number = str(cast("JsonObject", told).get("id", content.id))
    target = session.content(int(number)) if number.isdecimal() and len(number) < 19 else None
    if target is None or target.type not in ("page", "blogpost") or target.status != CURRENT:
        raise ApiError(403, "The attachment cannot be moved there.")
    require_edit(session, call.account, target)
    return target


def _same_name(name: str) -> str:
    return f"Cannot add a new attachment with same file name as an existing attachment: {name[:200]}"


_API = "/wiki/rest/api/content/{id}/child/attachment"
ATTACHMENTS: Routes = {
    _API: {"POST": create, "PUT": create_or_update},
    f"{_API}/{{attachmentId}}": {"PUT": update_properties},
    f"{_API}/{{attachmentId}}/data": {"POST": update_data},
    f"{_API}/{{attachmentId}}/download": {"GET": download},
    MEDIA: {"GET": media},
}
"""Which handler answers which path and method."""
