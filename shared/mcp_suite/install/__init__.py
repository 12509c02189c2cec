"""Put servers into the configuration of MCP clients, and take them out again."""
