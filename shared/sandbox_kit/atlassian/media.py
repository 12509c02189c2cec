"""The files that are attached to something, and the media service that keeps them.

At the vendor the media service is a host of its own, for whoever has a signed address.
"""

from __future__ import annotations

import hashlib
import hmac
import mimetypes
from collections.abc import Mapping

from sandbox_kit.atlassian.web import Reply
from sandbox_kit.session import StoredSession

UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes of a file. The vendor's limit is a setting of the site."""
NOT_AUTHORISED = Reply(403, {"error": {"code": "JwtAuthoriser:AuthorisationError", "title": "Not authorised"}})
"""What the media service answers to an address that is not signed, or not by the site."""
NO_FILE = Reply(404, {"error": {"code": "FileNotFound", "title": "File not found"}})
"""What it answers when the file is gone."""

_TYPES = {"log": "text/plain", "md": "text/markdown", "yaml": "text/yaml", "yml": "text/yaml"}
_BUILT_IN = mimetypes.MimeTypes()


def media_type(name: str) -> str:
    """The type that the vendor would give a file of this name."""
    ending = name.rpartition(".")[2].lower()
    return _TYPES.get(ending) or _BUILT_IN.guess_type(name)[0] or "application/octet-stream"


def signature(session: StoredSession, file: str) -> str:
    """What opens a file at the media service."""
    secret = (session.meta("token_secret") or "").encode()
    return hmac.new(secret, file.encode(), hashlib.sha256).hexdigest()[:40]


def is_own_form(headers: Mapping[str, str]) -> bool:
    """Whether the request says that no other site's page made it, as the vendor wants to be told of forms."""
    return headers.get("x-atlassian-token", "").lower() in ("no-check", "nocheck")
