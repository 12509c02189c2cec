"""Serving a table of tools over MCP: the only part of the kit that knows the SDK."""
