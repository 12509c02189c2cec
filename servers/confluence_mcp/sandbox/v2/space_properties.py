"""How the properties of a space are shown, which differ from those of contents."""

from __future__ import annotations

import json

from confluence_mcp.sandbox.clock import stamp
from confluence_mcp.sandbox.model import JsonObject, Property


def space_property(row: Property) -> JsonObject:
    """A property of a space (`SpaceProperty`)."""
    changed = {"createdAt": stamp(row.moment), "createdBy": row.author}
    return {
        "id": str(row.id),
        "key": row.key,
        "value": json.loads(row.value),
        **changed,
        "version": {**changed, "message": row.message, "number": row.version},
    }
