"""A real MCP client in conversation with the Confluence server, both in this process."""

from confluence_mcp.client import connect
from confluence_mcp.server import SERVER
from connector_kit.testing.conversation import AT_ONCE, ERAS, Conversation, Converse, answering, cursor_in, rows, tokens

__all__ = ["AT_ONCE", "ERAS", "SITE", "Conversation", "answering", "converse", "cursor_in", "rows", "tokens"]

SITE = "https://pm-os.sandbox.invalid"

converse = Converse(SERVER, connect)
