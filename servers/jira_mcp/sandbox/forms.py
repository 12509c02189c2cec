"""Reads the files in a form, as browsers send them (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from jira_mcp.sandbox.errors import ApiError, bad_request

_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_PARAMETER = re.compile(r'(name|filename)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file in a form."""

    name: str
    content: bytes


def files_in(content_type: str, body: bytes, field: str) -> list[FormFile]:
    """The files under `field`; 415 for another content type, 400 for a form that is broken."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise ApiError(415, "The request's Content-Type must be multipart/form-data.")
    mark = b"--" + boundary.group(1).encode()
    first, *parts = (b"\r\n" + body).split(b"\r\n" + mark)
    if first.strip() or not parts or not parts[-1].startswith(b"--"):
        raise bad_request("The multipart request could not be read.")
    found: list[FormFile] = []
    for part in parts[:-1]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            raise bad_request("The multipart request could not be read.")
        names = dict(_PARAMETER.findall(head.decode("utf-8", "replace")))
        if names.get("name") == field and "filename" in names:
            name = re.sub("%22|%0D|%0A", lambda match: unquote(match.group()), names["filename"])
            found.append(FormFile(re.split(r"[/\\]", name)[-1] or "file", content))
    return found
