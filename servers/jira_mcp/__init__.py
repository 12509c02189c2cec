"""Jira Cloud for MCP clients."""
