"""Confluence Cloud for MCP clients."""
