"""Which handler answers which path and method of the REST API v1."""

from __future__ import annotations

from confluence_mcp.sandbox.v1.attachments import ATTACHMENTS
from confluence_mcp.sandbox.v1.labels import LABELS
from confluence_mcp.sandbox.v1.long_work import LONG_WORK
from confluence_mcp.sandbox.v1.moving import MOVING
from confluence_mcp.sandbox.v1.search import SEARCH
from confluence_mcp.sandbox.web import Routes

V1: Routes = {**SEARCH, **LABELS, **ATTACHMENTS, **MOVING, **LONG_WORK}
