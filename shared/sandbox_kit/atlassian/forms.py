"""Reads forms as browsers send them (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
_PARAMETER = re.compile(r'\b(name|filename)="([^"]*)"')
_TYPE = re.compile(r"^content-type:\s*([^\s;]+)", re.IGNORECASE | re.MULTILINE)


class NoFormError(Exception):
    """A body that does not say of itself that it is a form."""


class BrokenFormError(Exception):
    """A form that cannot be read."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file in a form, its name perhaps empty; `kind` is its media type as sent, perhaps empty."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """The files and the texts of a form, in their order."""

    files: list[FormFile] = field(default_factory=list[FormFile])
    texts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def text(self, name: str) -> str:
        """The first text of that name."""
        return next(iter(self.texts.get(name, ())), "")


def read_form(content_type: str, body: bytes, field_name: str) -> Form:
    """The form, with the files under `field_name`; NoFormError or BrokenFormError when it is none."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise NoFormError
    mark = b"--" + boundary.group(1).encode()
    first, *parts = (b"\r\n" + body).split(b"\r\n" + mark)
    if first.strip() or not parts or not parts[-1].startswith(b"--"):
        raise BrokenFormError
    form = Form()
    for part in parts[:-1]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            raise BrokenFormError
        headers = head.decode("utf-8", "replace")
        names = dict(_PARAMETER.findall(headers))
        if "filename" in names and names.get("name") == field_name:
            name = re.sub("%22|%0D|%0A", lambda match: unquote(match.group()), names["filename"])
            kind = _TYPE.search(headers)
            form.files.append(FormFile(re.split(r"[/\\]", name)[-1], kind.group(1) if kind else "", content))
        elif "name" in names:
            form.texts.setdefault(names["name"], []).append(content.decode("utf-8", "replace"))
    return form
