"""Confluence as the tools use it; knows nothing of MCP."""

from confluence_mcp.client.connection import ConfluenceClient, connect

__all__ = ["ConfluenceClient", "connect"]
