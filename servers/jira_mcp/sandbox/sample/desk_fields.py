"""The service desk's fields, which Jira Service Management keeps."""

from __future__ import annotations

from jira_mcp.sandbox.model import JsonObject
from jira_mcp.sandbox.sample.field_spec import LIST, custom

_DESK = "com.atlassian.servicedesk:"
REQUEST_TYPE = "customfield_10010"
RESOLUTION_TIME = "customfield_10030"
SATISFACTION = "customfield_10031"
PARTICIPANTS = "customfield_10003"

DESK_FIELDS = (
    custom(10003, "Request participants", "users", "array", _DESK + "sd-request-participants", items="user", operations=LIST),  # noqa: E501
    custom(10010, "Request Type", "given", "sd-customerrequesttype", _DESK + "vp-origin", operations=()),
    custom(10030, "Time to resolution", "given", "sd-servicelevelagreement", _DESK + "sd-sla-field", operations=()),
    custom(10031, "Satisfaction", "given", "sd-feedback", _DESK + "sd-request-feedback", operations=()),
)  # fmt: skip


def request_type(name: str, status: str) -> JsonObject:
    """What a request was raised as."""
    return {
        "requestType": {"id": "11", "name": name, "description": "", "serviceDeskId": "1", "portalId": "1"},
        "currentStatus": {"status": status, "statusCategory": "NEW"},
    }


def running_goal(goal: str, left: str, elapsed: str, *, breached: bool) -> JsonObject:
    """A service level that is being counted."""
    return {
        "id": "1",
        "name": "Time to resolution",
        "completedCycles": [],
        "ongoingCycle": {
            "breached": breached,
            "paused": False,
            "withinCalendarHours": True,
            "goalDuration": {"friendly": goal},
            "elapsedTime": {"friendly": elapsed},
            "remainingTime": {"friendly": left},
        },
    }
