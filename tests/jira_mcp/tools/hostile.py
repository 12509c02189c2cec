"""Every text that a tool takes, found in the catalogue, and a call in which all else is in order."""

from typing import Any

from connector_kit.testing.contract import catalogue
from jira_mcp.server import SERVER

IN_ORDER: dict[str, dict[str, Any]] = {
    "jira_search_issues": {"project": "PMOS", "limit": 3},
    "jira_get_issue": {"key": "PMOS-5"},
    "jira_list_projects": {},
    "jira_list_issue_types": {"project": "PMOS"},
    "jira_search_users": {"query": "Alex"},
    "jira_create_issue": {"project": "PMOS", "type": "Task", "summary": "In order"},
    "jira_create_issues": {"project": "PMOS", "issues": [{"type": "Task", "summary": "In order"}]},
    "jira_update_issue": {"key": "PMOS-40", "fields": {"summary": "In order"}},
    "jira_transition_issue": {"key": "PMOS-40", "status": "In Progress"},
    "jira_add_comment": {"key": "PMOS-40", "body": "In order."},
    "jira_add_worklog": {"key": "PMOS-40", "time_spent": "1h"},
    "jira_add_link": {"from_key": "PMOS-40", "relation": "blocks", "to_key": "PMOS-39"},
    "jira_delete_issue": {"key": "PMOS-40", "confirm": False},
}
"""For each tool, arguments that work."""

Spot = tuple[str, str]
"""A tool and a path of names into its arguments, like `issues.0.summary`."""


def texts(schema: dict[str, Any], path: str = "") -> list[str]:
    """The paths of all texts that a schema takes; a map of further fields counts as one called `Summary`."""
    found: list[str] = []
    for name, child in schema.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        kind = child.get("type")
        if kind == "string":
            found.append(here)
        elif kind == "array" and child["items"].get("type") == "string" and "enum" not in child["items"]:
            found.append(f"{here}.0")
        elif kind == "array":
            found += texts(child["items"], f"{here}.0")
        elif kind == "object":
            found.append(f"{here}.Summary")
    return found


SPOTS: list[Spot] = [(tool.name, path) for tool in catalogue(SERVER) for path in texts(tool.input_schema)]
READING: list[Spot] = [
    (name, path) for name, path in SPOTS if (entry := SERVER.toolset.get(name)) and entry.effect == "reads"
]


def with_text(spot: Spot, text: object) -> dict[str, Any]:
    """Arguments that are in order but for `text` at the spot."""
    tool, path = spot
    arguments: dict[str, Any] = dict(IN_ORDER[tool])
    if path == "jql":
        del arguments["project"]
    first, *rest = path.split(".")
    arguments[first] = _put(arguments.get(first), rest, text)
    return arguments


def _put(value: Any, path: list[str], text: object) -> Any:
    if not path:
        return text
    name, *rest = path
    if name.isdecimal():
        return [_put(value[0] if value else None, rest, text)]
    inner: dict[str, Any] = dict(value or {})
    inner[name] = _put(None, rest, text)
    return inner
