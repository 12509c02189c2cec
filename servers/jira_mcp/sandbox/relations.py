"""Link types, as requests name them."""

from __future__ import annotations

from typing import cast

from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.model import JsonObject, LinkType
from jira_mcp.sandbox.sample import site


def find_link_type(value: object) -> LinkType:
    """The link type with this id or name; 404 as the vendor answers."""
    sent = cast("JsonObject", value) if isinstance(value, dict) else {}
    for kind in site.LINK_TYPES:
        if str(sent.get("id", "")) == kind.id or str(sent.get("name", "")).casefold() == kind.name.casefold():
            return kind
    named = sent.get("name", sent.get("id"))
    raise ApiError(404, f"No issue link type with name '{str(named)[:100]}' found.")
