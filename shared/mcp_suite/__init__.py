"""The mcp-suite command."""
