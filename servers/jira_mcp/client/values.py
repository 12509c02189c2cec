"""Jira's values as plain ones: people and options by name, rich text as Markdown."""

import re
from collections.abc import Mapping

from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, is_list, is_object, objects
from jira_mcp.client.ids import is_number
from jira_mcp.models import Attachment, IssueRef, PlainValue, UserRef

_NAMES = ("displayName", "name", "value", "key", "summary", "filename", "title")


def markdown(document: object) -> str:
    """Rich text (ADF, or plain text as some fields have it) as Markdown."""
    if isinstance(document, str):
        return document
    if not is_object(document):
        return ""
    from atlassian_kit.adf import to_markdown  # the parser is heavy, and most answers hold no rich text

    return to_markdown(document)


def plain(value: object) -> PlainValue:
    """Any field's value as plain JSON."""
    if isinstance(value, str):
        return _development(value) if value.startswith("{") and "dataType=" in value else value
    if value is None or isinstance(value, int | float | bool):
        return value
    if is_list(value):
        return [plain(item) for item in value]
    entry = as_object(value)
    if entry.get("type") == "doc":
        return markdown(entry)
    if "child" in entry and "value" in entry:  # a cascading select
        return f"{as_text(entry.get('value'))} / {as_text(as_object(entry.get('child')).get('value'))}"
    if "watchCount" in entry:
        return as_int(entry.get("watchCount"))
    if "votes" in entry and "hasVoted" in entry:
        return as_int(entry.get("votes"))
    if "key" in entry and "fields" in entry:  # an issue, such as the parent
        return as_text(entry.get("key"))
    if "outwardIssue" in entry or "inwardIssue" in entry:
        outward = as_object(entry.get("outwardIssue"))
        phrase = as_object(entry.get("type")).get("outward" if outward else "inward")
        return f"{as_text(phrase)} {as_text((outward or as_object(entry.get('inwardIssue'))).get('key'))}"
    if "state" in entry and "name" in entry and "boardId" in entry:  # a sprint
        return f"{as_text(entry.get('name'))} ({as_text(entry.get('state'))})"
    if "timeSpent" in entry or "originalEstimate" in entry or "remainingEstimate" in entry:
        return {name: text for name, text in _time_tracking(entry).items() if text}
    for nested in ("comments", "worklogs"):
        if nested in entry:
            return as_int(entry.get("total"))
    if "requestType" in entry:
        return plain(entry.get("requestType"))
    if "ongoingCycle" in entry or "completedCycles" in entry:
        return _service_level(entry)
    if "finalDecision" in entry or "canAnswerApproval" in entry:
        return f"{as_text(entry.get('name'))}: {as_text(entry.get('finalDecision')) or 'pending'}"
    if "issuerestrictions" in entry:
        limits = as_object(entry.get("issuerestrictions")).values()
        return [plain(item) for limit in limits for item in objects(limit)]
    if "objectId" in entry:  # an object of Assets
        return as_text(entry.get("label")) or as_text(entry.get("id")) or as_text(entry.get("objectId"))
    if "rating" in entry:
        return as_int(entry.get("rating"))
    for name in _NAMES:
        if text := as_text(entry.get(name)):
            return text
    return {key: plain(item) for key, item in entry.items()} or None


def _time_tracking(entry: JsonObject) -> Mapping[str, str]:
    return {
        "spent": as_text(entry.get("timeSpent")),
        "remaining": as_text(entry.get("remainingEstimate")),
        "original": as_text(entry.get("originalEstimate")),
    }


def _service_level(entry: JsonObject) -> str | None:
    """How a service level stands: what is left of its goal, or how it ended."""
    cycles = objects(entry.get("completedCycles"))
    cycle = as_object(entry.get("ongoingCycle")) or (cycles[-1] if cycles else {})
    if not cycle:
        return None
    goal, left, took = (
        as_text(as_object(cycle.get(name)).get("friendly")) for name in ("goalDuration", "remainingTime", "elapsedTime")
    )
    broken, of = cycle.get("breached") is True, f" of {goal}" if goal else ""
    if not entry.get("ongoingCycle"):
        return f"{'missed' if broken else 'met'}: {took}{of}"
    paused = ", paused" if cycle.get("paused") is True else ""
    return f"{'breached' if broken else 'running'}: {left} left{of}{paused}"


def _development(text: str) -> str:
    """What stands behind an issue in the tools of developers: "pullrequest 2 OPEN"."""
    found = re.findall(r"dataType=(\w+), state=(\w+), stateCount=(\d+)", text)
    return ", ".join(f"{kind} {count} {state}" for kind, state, count in found) or text


def user(value: object) -> UserRef | None:
    """A person, or None where nobody is set."""
    entry = as_object(value)
    account_id = as_text(entry.get("accountId"))
    if not account_id:
        return None
    return UserRef(
        account_id,
        as_text(entry.get("displayName")) or account_id,
        as_text(entry.get("emailAddress")) or None,
        as_flag(entry.get("active"), True),
    )


def user_name(value: object) -> str | None:
    """A person's name, or None where nobody is set."""
    person = user(value)
    return person.name if person else None


def issue_ref(value: object) -> IssueRef:
    """An issue that another points to."""
    entry = as_object(value)
    fields = as_object(entry.get("fields"))
    return IssueRef(
        as_text(entry.get("key")),
        as_text(fields.get("summary")),
        as_text(as_object(fields.get("status")).get("name")),
        as_text(as_object(fields.get("issuetype")).get("name")),
    )


def attachment(value: object) -> Attachment:
    """A file as Jira lists it; without an id where that is none."""
    entry = as_object(value)
    number = as_text(entry.get("id"))
    return Attachment(
        number if is_number(number) else "",
        as_text(entry.get("filename")),
        as_int(entry.get("size")) or 0,
        as_text(entry.get("mimeType")),
        user_name(entry.get("author")) or "",
        as_text(entry.get("created")),
    )


def names_of(values: object) -> tuple[str, ...]:
    """What the permitted values of a field are called."""
    names: list[str] = []
    for entry in objects(values):
        name = next((text for key in ("value", "name", "key") if (text := as_text(entry.get(key)))), "")
        if name:
            names.append(name)
            names.extend(f"{name} / {as_text(child.get('value'))}" for child in objects(entry.get("children")))
    return tuple(names)


def normal(name: str) -> str:
    """A name for comparison: case, spaces, hyphens and underscores do not matter."""
    return re.sub(r"[\s_\-]+", "", name).casefold()
