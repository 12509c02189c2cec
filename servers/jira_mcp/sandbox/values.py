"""Turns what a client sends for a field into what is stored, or refuses it in Jira's words."""

from __future__ import annotations

import math
from typing import Any, cast

from jira_mcp.sandbox import adf, field_kinds
from jira_mcp.sandbox.clock import is_day, parse_stamp
from jira_mcp.sandbox.field_kinds import BadValueError as BadValueError
from jira_mcp.sandbox.model import FieldSpec, JsonObject, Named, Project, Version
from jira_mcp.sandbox.permissions import allowed
from jira_mcp.sandbox.sample import directory, site
from sandbox_kit.atlassian.accounts import BY_ID

_LONGEST_SUMMARY = 255
_LONGEST_TEXT = 32_767
_UNASSIGNED = "-1"


def stored_value(field: FieldSpec, value: object, project: Project) -> Any:
    """What is stored for `value`; BadValueError when the field does not take it. None clears the field."""
    if value is None and field.kind != "summary":
        return [] if field.kind in field_kinds.LISTS else None
    match field.kind:
        case "summary":
            return _summary(value)
        case "rich_text":
            return document(value)
        case "text" | "url":
            return _text(field, value)
        case "number":
            return _number(value)
        case "date":
            return _day(value)
        case "datetime":
            return _moment(value)
        case "user":
            return user(value, project if field.id == "assignee" else None)
        case _:
            return _choice(field, value, project)


def _choice(field: FieldSpec, value: object, project: Project) -> Any:
    match field.kind:
        case "option":
            return field_kinds.option(field, value).id
        case "options":
            return _unique([field_kinds.option(field, each).id for each in _array(value)])
        case "users":
            return _unique([each for each in (user(each, None) for each in _array(value)) if each])
        case "labels":
            return _unique([label(each) for each in _array(value)])
        case "components":
            return _unique([member(each, "Component", project.components) for each in _array(value)])
        case "versions":
            return _unique([member(each, "Version", project.versions) for each in _array(value)])
        case "priority":
            return member(value, "Priority", site.PRIORITIES)
        case "resolution":
            return member(value, "Resolution", site.RESOLUTIONS)
        case "version":
            return member(value, "Version", project.versions)
        case "security":
            return member(value, "Security level", directory.SECURITY_LEVELS)
        case "cascade":
            return field_kinds.two_levels(field, value)
        case "group":
            return field_kinds.group(value)
        case "groups":
            return _unique([field_kinds.group(each) for each in _array(value)])
        case "team":
            return field_kinds.team(value)
        case "colour":
            return field_kinds.colour(value)
        case _:
            raise BadValueError(f"Field '{field.id}' cannot be set. It is not on the appropriate screen, or unknown.")


def list_item(field: FieldSpec, value: object, project: Project) -> str:
    """One entry of a list field, as the verbs add and remove take it."""
    if value is None:
        raise BadValueError("Operation value must not be null")
    return _choice(field, [value], project)[0]


def document(value: object) -> JsonObject:
    """Rich text, which has to be an Atlassian document."""
    if not adf.is_document(value):
        raise BadValueError("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    content = cast("JsonObject", value)
    if not adf.is_valid(content):
        raise BadValueError("INVALID_INPUT")
    if len(adf.plain_text(content)) > _LONGEST_TEXT:
        raise BadValueError("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
    return content


def user(value: object, assignable_in: Project | None) -> str | None:
    """An account id; None for nobody."""
    if not isinstance(value, dict):
        raise BadValueError("data was not an object")
    sent = cast("JsonObject", value)
    account_id = sent.get("accountId", sent.get("id"))
    if account_id in (None, _UNASSIGNED) and ("accountId" in sent or "id" in sent):
        return None
    if not isinstance(account_id, str):
        raise BadValueError("expected 'accountId' property to be present")
    account = BY_ID.get(account_id)
    if account is None:
        raise BadValueError(f"User '{account_id[:128]}' does not exist.")
    if assignable_in and not (account.active and allowed(account, assignable_in, "ASSIGNABLE_USER")):
        raise BadValueError(f"User '{account.name}' cannot be assigned issues.")
    return account_id


def member(value: object, what: str, table: tuple[Named, ...] | tuple[Version, ...]) -> str:
    """The id of an entry of a table, given by id or name."""
    if not isinstance(value, dict):
        raise BadValueError("data was not an object")
    sent = cast("JsonObject", value)
    by_id, name = sent.get("id"), sent.get("name")
    if by_id is not None:
        if any(each.id == str(by_id) for each in table):
            return str(by_id)
        raise BadValueError(f"{what} id '{by_id}' is not valid")
    if not isinstance(name, str):
        raise BadValueError(f"Specify the {what} (name) in string format")
    for each in table:
        if each.name.casefold() == name.casefold():
            return each.id
    raise BadValueError(f"{what} name '{name}' is not valid")


def label(value: object) -> str:
    """A label: a word."""
    if not isinstance(value, str) or not value:
        raise BadValueError("string expected")
    if any(character.isspace() for character in value):
        raise BadValueError(f"The label '{value}' contains spaces which is invalid.")
    if len(value) > _LONGEST_SUMMARY:
        raise BadValueError(f"The label '{value[:20]}…' is too long. The maximum length is 255 characters.")
    return value


def _array(value: object) -> list[object]:
    if not isinstance(value, list):
        raise BadValueError("data was not an array")
    return cast("list[object]", value)


def _unique(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _summary(value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise BadValueError("You must specify a summary of the issue.")
    if not isinstance(value, str):
        raise BadValueError("Operation value must be a string")
    if "\n" in value or "\r" in value:
        raise BadValueError("The summary is invalid because it contains newline characters.")
    if len(value) > _LONGEST_SUMMARY:
        raise BadValueError("Summary can't exceed 255 characters.")
    return value.strip()


def _text(field: FieldSpec, value: object) -> str:
    if not isinstance(value, str):
        raise BadValueError("Operation value must be a string")
    if field.kind == "url" and not value.startswith(("http://", "https://", "ftp://", "mailto:")):
        raise BadValueError("Not a valid URL")
    if len(value) > _LONGEST_SUMMARY:
        raise BadValueError("The entered text is too long. It exceeds the allowed limit of 255 characters.")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadValueError("Operation value must be a number")
    return value


def _day(value: object) -> str:
    if not is_day(value):
        raise BadValueError(f"Error parsing date string: {str(value)[:50]}")
    return str(value)


def _moment(value: object) -> int:
    moment = parse_stamp(value)
    if moment is None:
        raise BadValueError("Error parsing time: " + str(value)[:50])
    return moment
