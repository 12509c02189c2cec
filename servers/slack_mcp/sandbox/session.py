"""What a call may do to the stored workspace inside its transaction."""

from __future__ import annotations

import sqlite3

from sandbox_kit.session import StoredSession
from slack_mcp.sandbox.model import WORKSPACE_URL
from slack_mcp.sandbox.records.conversations import Conversations
from slack_mcp.sandbox.records.files import Files
from slack_mcp.sandbox.records.grants import Grants
from slack_mcp.sandbox.records.messages import Messages
from slack_mcp.sandbox.records.people import People
from slack_mcp.sandbox.records.tokens import Tokens

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_ID = 36**6


class Session(StoredSession):
    """One transaction. Each attribute holds the records of one part of the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.tokens = Tokens(connection)
        self.people = People(connection)
        self.conversations = Conversations(connection)
        self.messages = Messages(connection)
        self.files = Files(connection)
        self.grants = Grants(connection)
        self.base_url = WORKSPACE_URL.rstrip("/")

    def next_id(self, prefix: str) -> str:
        """Hand out an id such as C0A1B2C3D4E: the prefix that tells the kind, and ten characters."""
        number = _FIRST_ID + self.next_number("id") * 2_713_121  # far apart, as ids of a busy service are
        digits = ""
        while number:
            number, digit = divmod(number, 36)
            digits = _DIGITS[digit] + digits
        return f"{prefix}0A{digits:0>8}"
