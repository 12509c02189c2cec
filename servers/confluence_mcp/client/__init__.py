"""Confluence as the tools use it; knows nothing of MCP."""

from confluence_mcp.client.connection import ConfluenceClient, connect
from confluence_mcp.client.search import SearchFilters

__all__ = ["ConfluenceClient", "SearchFilters", "connect"]
