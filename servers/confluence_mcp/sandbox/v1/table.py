"""Which handler answers which path and method of the REST API v1."""

from __future__ import annotations

from confluence_mcp.sandbox.v1.search import SEARCH
from confluence_mcp.sandbox.web import Routes

V1: Routes = {**SEARCH}
