"""Addresses in Markdown that are paths of files beside it."""

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_MARKDOWN = (".md", ".markdown")


def local_path(address: str) -> tuple[str, str] | None:
    """The path and the anchor of an address that names a file, or an anchor alone; None for any other address."""
    if not address or _SCHEME.match(address):
        return None
    path, _, anchor = address.partition("#")
    return unquote(path.partition("?")[0]), unquote(anchor)


def is_markdown(path: str) -> bool:
    """Whether a file becomes a page where a folder is published."""
    return path.lower().endswith(_MARKDOWN)
