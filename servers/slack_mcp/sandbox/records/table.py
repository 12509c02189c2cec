"""What all records share: single rows, and dataclasses as JSON."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def one(connection: sqlite3.Connection, query: str, *values: Any) -> Any:
    """The first row of an answer, None when there is none. The whole answer is fetched, so that a write ends."""
    rows = connection.execute(query, values).fetchall()
    return rows[0] if rows else None


def document(record: DataclassInstance) -> str:
    """A record as it is stored."""
    return json.dumps(asdict(record), ensure_ascii=False, separators=(",", ":"))
