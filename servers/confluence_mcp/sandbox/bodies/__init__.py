"""The forms in which the site takes and shows the body of a page: storage, atlas_doc_format, view, and plain words."""

from __future__ import annotations

from confluence_mcp.sandbox.bodies.from_adf import adf_to_storage
from confluence_mcp.sandbox.bodies.to_adf import storage_to_adf
from confluence_mcp.sandbox.bodies.tree import InvalidBodyError, parse
from confluence_mcp.sandbox.bodies.view import storage_to_view
from confluence_mcp.sandbox.bodies.words import excerpt, storage_text

__all__ = [
    "InvalidBodyError",
    "adf_to_storage",
    "excerpt",
    "parse",
    "storage_text",
    "storage_to_adf",
    "storage_to_view",
]
