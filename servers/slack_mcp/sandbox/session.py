"""What a call may do to the stored workspace inside its transaction."""

from __future__ import annotations

import json
import sqlite3

from slack_mcp.sandbox.model import WORKSPACE_URL, JsonObject
from slack_mcp.sandbox.records.conversations import Conversations
from slack_mcp.sandbox.records.files import Files
from slack_mcp.sandbox.records.grants import Grants
from slack_mcp.sandbox.records.messages import Messages
from slack_mcp.sandbox.records.people import People
from slack_mcp.sandbox.records.table import one
from slack_mcp.sandbox.records.tokens import Tokens

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_ID = 36**6


class Session:
    """One transaction. Each attribute holds the records of one part of the workspace."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection
        self.tokens = Tokens(connection)
        self.people = People(connection)
        self.conversations = Conversations(connection)
        self.messages = Messages(connection)
        self.files = Files(connection)
        self.grants = Grants(connection)
        self.base_url = WORKSPACE_URL.rstrip("/")

    def meta(self, name: str) -> str | None:
        """A setting of the file."""
        row = one(self.db, "SELECT value FROM meta WHERE name = ?", name)
        return row and str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a setting in the file."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def next_number(self, name: str, first: int = 1) -> int:
        """Hand out the next number of a sequence."""
        query = "INSERT INTO sequence VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        return int(one(self.db, query, name, first)[0])

    def next_id(self, prefix: str) -> str:
        """Hand out an id such as C0A1B2C3D4E: the prefix that tells the kind, and ten characters."""
        number = _FIRST_ID + self.next_number("id") * 2_713_121  # far apart, as ids of a busy service are
        digits = ""
        while number:
            number, digit = divmod(number, 36)
            digits = _DIGITS[digit] + digits
        return f"{prefix}0A{digits:0>8}"

    # Faults

    def add_fault(self, count: int, document: JsonObject) -> int:
        """Ask for `count` faulty answers."""
        query = "INSERT INTO fault (remaining, document) VALUES (?, ?) RETURNING id"
        return int(one(self.db, query, count, json.dumps(document))[0])

    def faults(self) -> list[tuple[int, int, JsonObject]]:
        """The faults still to happen: id, how often, what."""
        rows = self.db.execute("SELECT id, remaining, document FROM fault WHERE remaining > 0 ORDER BY id")
        return [(row[0], row[1], json.loads(row[2])) for row in rows]

    def use_fault(self, number: int) -> bool:
        """Take one of the faults; False when another process took the last one."""
        query = "UPDATE fault SET remaining = remaining - 1 WHERE id = ? AND remaining > 0 RETURNING id"
        return one(self.db, query, number) is not None

    def clear_faults(self) -> None:
        """Be well again."""
        self.db.execute("DELETE FROM fault")
