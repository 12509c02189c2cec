"""The addresses outside of the Web API: where the bytes of files are sent to and fetched from.

docs.slack.dev/messaging/working-with-files. Without a token that may read files, Slack shows its sign-in page.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.policy import HTTP
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from slack_mcp.sandbox.canvases.html import canvas_html
from slack_mcp.sandbox.errors import ApiError
from slack_mcp.sandbox.files.pictures import read_png
from slack_mcp.sandbox.model import TEAM_DOMAIN, TEAM_NAME
from slack_mcp.sandbox.records.files import File
from slack_mcp.sandbox.session import Session
from slack_mcp.sandbox.web import bearer_token

if TYPE_CHECKING:
    from slack_mcp.sandbox.app import Sandbox

_ADDRESS = re.compile(r"/files-(?P<what>pri|tmb)/T[A-Z0-9]+-(?P<file>F[A-Z0-9]+)(?:-[0-9a-f]+)?/(?P<rest>.+)")
_SIDE = re.compile(r"_(\d{2,4})\.png")
_SIGN_IN = f"""<!DOCTYPE html><html lang="en-US" class="" data-primer><head><meta charset="utf-8">
<title>Sign in | {TEAM_NAME} | Slack</title></head><body>
<form id="signin_form" action="/?" method="post"><h1>Sign in to {TEAM_NAME}</h1>
<p>{TEAM_DOMAIN}.slack.com</p><input type="email" name="email" data-qa="signin_email"></form></body></html>
"""


async def receive(sandbox: Sandbox, request: Request) -> Response:
    """Take the bytes of a file that was announced."""
    if request.method != "POST":
        return PlainTextResponse("method not allowed", 405, {"Allow": "POST"})
    ticket = request.url.path.rpartition("/")[2]
    content = _sent(request.headers.get("content-type", ""), await request.body())
    return await anyio.to_thread.run_sync(_receive, sandbox, ticket, content)


async def send(sandbox: Sandbox, request: Request) -> Response:
    """The bytes of a file, or of a smaller copy of a picture."""
    if request.method not in ("GET", "HEAD"):
        return PlainTextResponse("method not allowed", 405, {"Allow": "GET, HEAD"})
    token = bearer_token(request.headers.get("authorization", ""), {}, "")
    found = _ADDRESS.fullmatch(request.url.path)
    if not found:
        return HTMLResponse("<html><body>File not found</body></html>", 404)
    return await anyio.to_thread.run_sync(_send, sandbox, token, found)


ROUTES: dict[str, Callable[[Sandbox, Request], Awaitable[Response]]] = {
    "/upload/v1/": receive,
    "/files-pri/": send,
    "/files-tmb/": send,
}
"""What answers which beginning of a path."""


def _receive(sandbox: Sandbox, ticket: str, content: bytes) -> Response:
    with sandbox.store.writing() as session:
        upload = session.files.upload(ticket=ticket)
        if upload is None or upload.expires <= sandbox.clock():
            return PlainTextResponse("upload not found", 404)
        if len(content) != upload.length:
            return PlainTextResponse(f"expected {upload.length} bytes, got {len(content)}", 400)
        session.files.receive(ticket, content)
    return PlainTextResponse(f"OK - {len(content)}")


def _send(sandbox: Sandbox, value: str, address: re.Match[str]) -> Response:
    with sandbox.store.reading() as session:
        try:
            token = sandbox.signed_in(value, sandbox.clock())
        except ApiError:
            return HTMLResponse(_SIGN_IN)
        user = session.people.find(token.user)
        file_id = address["file"]
        item = session.files.find(file_id)
        sees = session.files.sees(file_id, token.user, guest=bool(user and user.guest))
        if not token.has("files:read") or not sees:
            return HTMLResponse(_SIGN_IN)
        if item is None or item.deleted:
            return HTMLResponse("<html><body>File not found</body></html>", 404)
        if address["what"] == "tmb":
            return _thumbnail(session, item, address["rest"])
        content, kind = _content(session, item)
        headers = {"Cache-Control": "private"}
        if address["rest"].startswith("download/"):
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{address['rest'].removeprefix('download/')}"
        return Response(content, 200, headers, kind)


def _content(session: Session, item: File) -> tuple[bytes, str]:
    if item.canvas:
        return canvas_html(item.title, item.id, session.files.sections(item.id)).encode(), "text/html; charset=utf-8"
    kind = f"{item.mimetype}; charset=utf-8" if item.mimetype.startswith("text/") else item.mimetype
    return session.files.content(item.id), kind


def _thumbnail(session: Session, item: File, name: str) -> Response:
    side = _SIDE.search(name)
    content = session.files.content(item.id)
    picture = read_png(content)
    if side is None or not item.width:
        return HTMLResponse("<html><body>File not found</body></html>", 404)
    if picture is None:
        return Response(content, media_type=item.mimetype)
    return Response(picture.within(int(side[1])).png(), media_type="image/png")


def _sent(content_type: str, body: bytes) -> bytes:
    """The file in a request: its body, or a part of a form."""
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=HTTP)
    for part in form.walk():
        if not part.is_multipart() and part.get_filename() is not None:
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""
