"""Every text that a tool takes, found in the catalogue, and a call in which all else is in order."""

from typing import Any

from connector_kit.testing import texts
from connector_kit.testing.texts import Spot
from slack_mcp.server import SERVER

ON, OWN = "C0PMOS00002:1769868000.009171", "C0PMOS00001:1769848200.003057"
IN_ORDER: dict[str, dict[str, Any]] = {
    "slack_list_channels": {"limit": 5},
    "slack_get_channel": {"channel": "#general"},
    "slack_read_channel": {"channel": "#general", "limit": 5},
    "slack_read_thread": {"message": OWN},
    "slack_search_messages": {"query": "gate"},
    "slack_list_unread": {"what": "mentions"},
    "slack_search_users": {"query": "alex"},
    "slack_list_groups": {},
    "slack_list_files": {},
    "slack_read_file": {"file": "F0PMOS00001"},
    "slack_upload_file": {"path": "notes.txt", "channel": "#general"},
    "slack_create_canvas": {"title": "In order", "text": "In order."},
    "slack_append_to_canvas": {"canvas": "F0PMOS00003", "text": "In order."},
    "slack_post_message": {"channel": "#general", "text": "In order."},
    "slack_post_alert": {"channel": "#general", "title": "In order"},
    "slack_update_message": {"message": OWN, "text": "In order."},
    "slack_delete_message": {"message": OWN, "confirm": False},
    "slack_schedule_message": {"channel": "#general", "text": "In order.", "at": "2h"},
    "slack_list_scheduled_messages": {},
    "slack_cancel_scheduled_message": {"channel": "#general", "id": "Q0123456789"},
    "slack_react_to_message": {"message": ON, "emoji": "eyes"},
    "slack_mark_read": {"channel": "#general"},
    "slack_pin_message": {"message": ON},
    "slack_add_bookmark": {"channel": "#general", "title": "In order", "link": "https://example.org"},
    "slack_remove_bookmark": {"channel": "#pm-os-dev", "id": "Bk0PMOS00001"},
    "slack_create_channel": {"name": "in-order"},
    "slack_update_channel": {"channel": "#general", "topic": "In order"},
    "slack_update_members": {"channel": "#pm-os-leads", "invite": ["@alex.rivera"]},
    "slack_join_channel": {"channel": "#design-critique"},
    "slack_open_conversation": {"people": ["@alex.rivera"]},
}
"""For each tool, arguments that work."""

SPOTS: list[Spot] = texts.spots(SERVER, of_map="Gate")
READING: list[Spot] = texts.spots(SERVER, of_map="Gate", effects=("reads",))
IDS: list[Spot] = [
    spot
    for spot in SPOTS
    if spot[1] in ("channel", "message", "file", "canvas", "id", "thread", "user", "sender", "group")
    or spot[1] in ("people.0", "invite.0", "remove.0")
]
"""Where the text names something that goes into a request."""


def with_text(spot: Spot, text: object) -> dict[str, Any]:
    """Arguments that are in order but for `text` at the spot."""
    tool, path = spot
    return texts.with_text(IN_ORDER[tool], path, text)
