"""Which handler answers which path and method of the REST API v2."""

from __future__ import annotations

from confluence_mcp.sandbox.web import Routes

API = "/wiki/api/v2"

V2: Routes = {}
