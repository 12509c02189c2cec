"""Which handler answers which path and method of the REST API v1."""

from __future__ import annotations

from confluence_mcp.sandbox.v1.attachments import ATTACHMENTS
from confluence_mcp.sandbox.v1.convert import CONVERT
from confluence_mcp.sandbox.v1.labels import LABELS
from confluence_mcp.sandbox.v1.long_work import LONG_WORK
from confluence_mcp.sandbox.v1.moving import MOVING
from confluence_mcp.sandbox.v1.people import PEOPLE
from confluence_mcp.sandbox.v1.permission_check import PERMISSION_CHECK
from confluence_mcp.sandbox.v1.restrictions import RESTRICTIONS
from confluence_mcp.sandbox.v1.search import SEARCH
from confluence_mcp.sandbox.v1.spaces import SPACES
from confluence_mcp.sandbox.v1.templates import TEMPLATES
from confluence_mcp.sandbox.v1.versions import VERSIONS
from confluence_mcp.sandbox.web import Routes

V1: Routes = {
    **SEARCH,
    **LABELS,
    **ATTACHMENTS,
    **MOVING,
    **LONG_WORK,
    **RESTRICTIONS,
    **PERMISSION_CHECK,
    **PEOPLE,
    **TEMPLATES,
    **SPACES,
    **VERSIONS,
    **CONVERT,
}
