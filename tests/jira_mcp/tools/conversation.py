"""A real MCP client in conversation with the Jira server, both in this process."""

from connector_kit.testing.conversation import AT_ONCE, ERAS, Conversation, Converse, answering, cursor_in, rows, tokens
from jira_mcp.client import connect
from jira_mcp.server import SERVER

__all__ = ["AT_ONCE", "ERAS", "SITE", "Conversation", "answering", "converse", "cursor_in", "rows", "tokens"]

SITE = "https://pm-os.sandbox.invalid"

converse = Converse(SERVER, connect)
