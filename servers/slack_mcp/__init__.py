"""Slack for MCP clients."""
