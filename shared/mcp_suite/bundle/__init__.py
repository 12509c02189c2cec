"""Pack a server into a file that clients install by a click: an MCP bundle, `.mcpb`."""
