"""The typed input of a bulk edit as the `fields` and `update` of an ordinary one.

Documentation: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-bulk-operations (JiraIssueFields).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from jira_mcp.sandbox.bulk_errors import refuse
from jira_mcp.sandbox.model import FieldSpec, JsonObject
from jira_mcp.sandbox.sample.fields import FIELD

MULTI = ("ADD", "REMOVE", "REPLACE", "REMOVE_ALL")
"""What a bulk edit may do with a field that holds several values."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NONE = -1


@dataclass
class Change:
    """What every selected issue is to be given."""

    fields: JsonObject = field(default_factory=dict[str, object])
    update: JsonObject = field(default_factory=dict[str, object])


def is_editable(spec: FieldSpec) -> bool:
    """Whether a bulk edit has an input for this kind of field."""
    return spec.kind in _KINDS or spec.id == "issuetype"


def read(inputs: object, actions: list[str]) -> Change:
    """The change that an `editedFieldsInput` asks for; BulkError where it makes no sense."""
    if not isinstance(inputs, dict):
        raise refuse("editedFieldsInput must be an object.")
    change, found = Change(), set[str]()
    for slot, value in cast("JsonObject", inputs).items():
        reader = _SLOTS.get(slot)
        if reader is None:
            raise refuse(f"Unrecognized field: {slot[:60]}")
        for entry in cast("list[object]", value) if isinstance(value, list) else [value]:
            if not isinstance(entry, dict):
                raise refuse(f"The input of {slot} is malformed.")
            try:
                found.add(reader.apply(change, cast("JsonObject", entry)))
            except (KeyError, TypeError, ValueError):
                raise refuse(f"The input of {slot} is malformed.") from None
    if unlisted := sorted(found - set(actions)):
        raise refuse(f"The following editedFieldInput values are not listed as selectedActions : {', '.join(unlisted)}")
    if missing := sorted(set(actions) - found):
        raise refuse(f"The following selectedActions have no editedFieldInput values : {', '.join(missing)}")
    return change


@dataclass(frozen=True, slots=True)
class _Slot:
    """One part of the input: the kinds of fields that it takes, and how its value is sent in an ordinary edit."""

    kinds: tuple[str, ...]
    value: Callable[[JsonObject], object]
    name: str = ""
    items: str = ""

    def apply(self, change: Change, entry: JsonObject) -> str:
        spec = FIELD.get(self.name or str(entry["fieldId"]))
        if spec is None or spec.kind not in self.kinds:
            raise refuse(f"The field {self.name or str(entry['fieldId'])[:60]} cannot be edited by this input.")
        value = self.value(entry)
        if not self.items:
            change.fields[spec.id] = value
            return spec.id
        option = entry["bulkEditMultiSelectFieldOption"]
        if option not in MULTI:
            raise refuse("bulkEditMultiSelectFieldOption is invalid.")
        values = cast("list[object]", value)
        if option in ("REPLACE", "REMOVE_ALL"):
            change.fields[spec.id] = values if option == "REPLACE" else []
        else:
            operations = cast("list[object]", change.update.setdefault(spec.id, []))
            operations.extend({str(option).lower(): each} for each in values)
        return spec.id


def _list(entry: JsonObject, name: str) -> Iterator[JsonObject]:
    value: object = entry[name]
    if not isinstance(value, list):
        raise TypeError(name)
    for each in cast("list[object]", value):
        if not isinstance(each, dict):
            raise TypeError(name)
        yield cast("JsonObject", each)


def _id(number: object) -> JsonObject | None:
    return None if number in (None, _NONE, str(_NONE)) else {"id": str(number)}


def _user(entry: JsonObject) -> object:
    user: object = entry.get("user")
    return None if user is None else {"accountId": cast("JsonObject", user)["accountId"]}


def _day(entry: JsonObject) -> str | None:
    sent: object = entry.get("date")
    text = str(cast("JsonObject", sent)["formattedDate"]) if sent else ""
    if not text:
        return None
    if found := re.fullmatch(r"(\d{1,2})/([A-Z][a-z]{2})/(\d\d)", text):
        return date(2000 + int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1])).isoformat()
    found = re.fullmatch(r"(\d\d)-(\d\d)-(\d{4})", text)
    if not found:
        raise refuse(f"Invalid date format: {text[:40]}. Please enter the date in the format 'd/MMM/yy'.")
    return date(int(found[3]), int(found[2]), int(found[1])).isoformat()


def _document(entry: JsonObject) -> object:
    rich = cast("JsonObject", entry["richText"])
    return rich.get("adfValue")


_SLOTS: Mapping[str, _Slot] = {
    "priority": _Slot(("priority",), lambda entry: {"id": str(entry["priorityId"])}, "priority"),
    "issueType": _Slot(("issuetype",), lambda entry: {"id": str(entry["issueTypeId"])}, "issuetype"),
    "labelsFields": _Slot(("labels",), lambda entry: [each["name"] for each in _list(entry, "labels")], items="labels"),
    "multiselectComponents": _Slot(
        ("components",),
        lambda entry: [_id(each["componentId"]) for each in _list(entry, "components")],
        items="components",
    ),
    "multipleVersionPickerFields": _Slot(
        ("versions",), lambda entry: [_id(each["versionId"]) for each in _list(entry, "versions")], items="versions"
    ),
    "singleSelectClearableUserPickerFields": _Slot(("user",), _user),
    "multipleSelectClearableUserPickerFields": _Slot(
        ("users",),
        lambda entry: (
            None if entry.get("users") is None else [{"accountId": each["accountId"]} for each in _list(entry, "users")]
        ),
    ),
    "clearableNumberFields": _Slot(("number",), lambda entry: entry.get("value")),
    "datePickerFields": _Slot(("date",), _day),
    "dateTimePickerFields": _Slot(
        ("datetime",), lambda entry: cast("JsonObject", entry["dateTime"])["formattedDateTime"] or None
    ),
    "singleSelectFields": _Slot(("option",), lambda entry: _id(cast("JsonObject", entry["option"])["optionId"])),
    "multipleSelectFields": _Slot(
        ("options",), lambda entry: [_id(each["optionId"]) for each in _list(entry, "options")]
    ),
    "richTextFields": _Slot(("rich_text",), _document),
    "singleLineTextFields": _Slot(("text", "summary"), lambda entry: entry["text"] or None),
    "urlFields": _Slot(("url",), lambda entry: entry["url"] or None),
}
_KINDS = frozenset(kind for slot in _SLOTS.values() for kind in slot.kinds)


def raw_value(name: str, sent: JsonObject) -> object:
    """The value of a mandatory field in the target of a move: a list of texts, or a document."""
    spec, value = FIELD.get(name), sent.get("value")
    if spec is None or spec.kind not in _KINDS:
        raise refuse(f"The field {name[:60]} cannot be given a value here.")
    if sent.get("type") == "adf":
        return value
    if not isinstance(value, list):
        raise refuse(f"The value of {spec.name} must be a list of strings.")
    texts = [str(each) for each in cast("list[object]", value)]
    if spec.kind == "labels":
        return texts
    if spec.kind in ("components", "versions", "options"):
        return [{"id": each} for each in texts]
    if spec.kind == "users":
        return [{"accountId": each} for each in texts]
    first = texts[0] if texts else None
    if first is None:
        return None
    match spec.kind:
        case "option" | "priority":
            return {"id": first}
        case "user":
            return {"accountId": first}
        case "number":
            return float(first)
        case _:
            return first
