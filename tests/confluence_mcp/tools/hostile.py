"""Every text that a tool takes, found in the catalogue, and a call in which all else is in order."""

from typing import Any

from confluence_mcp.server import SERVER
from connector_kit.testing import texts
from connector_kit.testing.texts import Spot, with_text

__all__ = ["IN_ORDER", "READING", "SPOTS", "Spot", "calls_of", "with_text_at"]

PAGE = {"page": "98432"}
IN_ORDER: dict[str, dict[str, Any]] = {
    "confluence_search": {"space": "PMOS", "limit": 3},
    "confluence_get_page": {**PAGE},
    "confluence_list_pages": {"space": "PMOS", "limit": 3},
    "confluence_list_spaces": {},
    "confluence_list_versions": {**PAGE},
    "confluence_compare_versions": {"page": "98415", "older": 1},
    "confluence_restore_version": {"page": "98415", "number": 1, "version": 3},
    "confluence_create_page": {"space": "PMOS", "title": "In order", "body": "In order."},
    "confluence_update_page": {**PAGE, "body": "In order.", "how": "append"},
    "confluence_move_page": {**PAGE, "target": "98404"},
    "confluence_copy_page": {**PAGE, "target": "98404", "title": "In order"},
    "confluence_update_labels": {**PAGE, "add": ["in-order"]},
    "confluence_delete_page": {**PAGE, "confirm": False},
    "confluence_list_comments": {"page": "98411"},
    "confluence_add_comment": {**PAGE, "body": "In order."},
    "confluence_update_comment": {"comment_id": "300001", "body": "In order.", "version": 1},
    "confluence_delete_comment": {"comment_id": "300001", "confirm": False},
    "confluence_list_attachments": {"page": "98415"},
    "confluence_get_attachment": {"page": "98415", "attachment": "plan.md"},
    "confluence_add_attachment": {**PAGE, "text": "In order.", "name": "in-order.txt"},
    "confluence_delete_attachment": {"page": "98415", "attachment": "plan.md", "confirm": False},
    "confluence_publish_folder": {"folder": "nothing", "parent": "98404"},
    "confluence_create_blog_post": {"space": "PMOS", "title": "In order", "body": "In order."},
    "confluence_create_from_template": {
        "space": "PMOS",
        "template": "Weekly report",
        "title": "In order",
        "values": {"Week": "7"},
    },
    "confluence_create_space": {"key": "ORDER", "name": "In order"},
    "confluence_update_task": {"task": "2", "done": True},
    "confluence_update_restrictions": {**PAGE, "edit": ["me"]},
    "confluence_archive_pages": {"pages": ["98432"], "confirm": False},
    "confluence_list_blog_posts": {"space": "PMOS"},
    "confluence_get_page_access": {**PAGE},
    "confluence_get_views": {**PAGE},
    "confluence_search_users": {"query": "Alex"},
    "confluence_get_space": {"space": "PMOS"},
    "confluence_list_tasks": {"space": "PMOS"},
    "confluence_list_templates": {"space": "PMOS"},
    "confluence_get_template": {"template": "Weekly report", "space": "PMOS"},
}
"""For each tool, arguments that work, or that are refused for what the tool is about."""

_EITHER = {("confluence_search", "cql"): {"limit": 3}}
"""What a call has besides where a text excludes the other arguments."""

SPOTS: list[Spot] = texts.spots(SERVER)
READING: list[Spot] = texts.spots(SERVER, effects=("reads",))


def calls_of(tool: str) -> list[str]:
    """The places of the texts that a tool takes."""
    return [path for name, path in SPOTS if name == tool]


def with_text_at(spot: Spot, text: object) -> dict[str, Any]:
    """Arguments that are in order but for `text` at the spot."""
    tool, path = spot
    return with_text(_EITHER.get(spot, IN_ORDER[tool]), path, text)
