"""Values of fields as the typed input of a bulk edit
(https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-bulk-operations/#api-rest-api-3-bulk-issues-fields-post).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from connector_kit.errors import InvalidInput
from connector_kit.wire import JsonObject, as_list, as_object, as_text, objects
from jira_mcp.client.convert import Written
from jira_mcp.client.fields import Entry
from jira_mcp.client.ids import is_number
from jira_mcp.models import FieldInfo

ONE_BY_ONE = "Edit them one by one with jira_update_issue."
_INSTEAD: Mapping[str, str] = {
    "parent": ONE_BY_ONE,
    "resolution": "jira_transition_issues sets it where the workflow does so.",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLEARED = -1
_OPTION = "bulkEditMultiSelectFieldOption"


@dataclass
class EditInput:
    """What is sent: values by kind of field, `actions` the ids of the fields, and in `options` how several-valued
    ones are changed."""

    single: dict[str, JsonObject] = field(default_factory=dict[str, JsonObject])
    several: dict[str, list[JsonObject]] = field(default_factory=dict[str, list[JsonObject]])
    actions: list[str] = field(default_factory=list[str])
    options: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def values(self) -> Mapping[str, object]:
        """The `editedFieldsInput`."""
        return {**self.single, **self.several}

    def add(self, kind: str, entry: JsonObject) -> None:
        """Append to a kind of which there may be several fields."""
        self.several.setdefault(kind, []).append(entry)


def edit_input(written: Written, screen: Sequence[Entry]) -> EditInput:
    """The input for values that were converted for `screen`.

    Raises one InvalidInput that names every field that a bulk edit has no input for.
    """
    entries = {entry.info.id: entry.info for entry in screen}
    found, wrong, steps = EditInput(), dict[str, str](), dict[str, None]()
    for field_id, value in written.fields.items():
        _collect(found, entries[field_id], "REPLACE", value, wrong, steps)
    for field_id, operations in written.update.items():
        verbs = {verb for operation in operations for verb in operation}
        info = entries[field_id]
        if len(verbs) != 1:
            wrong[info.name] = "a bulk edit adds or removes, not both at once: make two calls"
            continue
        verb = next(iter(verbs))
        values = [value for operation in operations for value in operation.values()]
        _collect(found, info, {"set": "REPLACE"}.get(verb, verb.upper()), values, wrong, steps)
    if wrong:
        raise InvalidInput("Nothing was changed.", fields=wrong, next_step=" ".join(step for step in steps if step))
    return found


def _collect(
    found: EditInput, info: FieldInfo, option: str, value: object, wrong: dict[str, str], steps: dict[str, None]
) -> None:
    writer = _writer(info)
    if writer is None:
        wrong[info.name] = "cannot be edited in bulk"
        steps[_INSTEAD.get(info.id) or _INSTEAD_BY_FORM.get(info.form, ONE_BY_ONE)] = None
        return
    several = writer in _SEVERAL
    if option not in ("REPLACE", "SET") and not several:
        wrong[info.name] = "a bulk edit replaces its whole list: give the list that all of them shall have"
        return
    if several and option == "REPLACE" and not as_list(value):
        option = "REMOVE_ALL"
    try:
        writer(found, info, option, value)
    except InvalidInput as error:
        wrong[info.name] = error.message
        steps[error.next_step] = None
        return
    found.actions.append(info.id)
    if several:
        found.options[info.id] = option


Writer = Callable[[EditInput, FieldInfo, str, object], None]


def _writer(info: FieldInfo) -> Writer | None:
    if info.items:
        return _LISTS.get(info.items if info.form == "choice" else info.form)
    if info.form == "choice":
        return _CHOICES.get(info.id, _version if info.plugin == "version" else _option if info.custom else None)
    return _SINGLE.get(info.form)


def _labels(found: EditInput, info: FieldInfo, option: str, value: object) -> None:
    names = [{"name": as_text(item)} for item in as_list(value)]
    found.add("labelsFields", {"fieldId": info.id, "labels": names, _OPTION: option})


def _components(found: EditInput, info: FieldInfo, option: str, value: object) -> None:
    if info.id != "components":
        raise InvalidInput("cannot be edited in bulk", next_step=ONE_BY_ONE)
    items = [{"componentId": int(_id(item))} for item in objects(value)]
    found.single["multiselectComponents"] = {"fieldId": info.id, "components": items, _OPTION: option}


def _versions(found: EditInput, info: FieldInfo, option: str, value: object) -> None:
    items = [{"versionId": _id(item)} for item in objects(value)]
    found.add("multipleVersionPickerFields", {"fieldId": info.id, "versions": items, _OPTION: option})


def _options(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    items = [{"optionId": int(_id(item))} for item in objects(value)]
    found.add("multipleSelectFields", {"fieldId": info.id, "options": items})


def _users(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    people = [{"accountId": as_text(item.get("accountId"))} for item in objects(value)]
    found.add("multipleSelectClearableUserPickerFields", {"fieldId": info.id, "users": people or None})


def _groups(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    groups = [{"groupName": as_text(item.get("name"))} for item in objects(value)]
    found.add("multipleGroupPickerFields", {"fieldId": info.id, "groups": groups})


def _priority(found: EditInput, _info: FieldInfo, _option: str, value: object) -> None:
    found.single["priority"] = {"priorityId": _id(value)}


def _type(found: EditInput, _info: FieldInfo, _option: str, value: object) -> None:
    found.single["issueType"] = {"issueTypeId": _id(value)}


def _option(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    number = _CLEARED if value is None else int(_id(value))
    found.add("singleSelectFields", {"fieldId": info.id, "option": {"optionId": number}})


def _version(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    number = str(_CLEARED) if value is None else _id(value)
    found.add("singleVersionPickerFields", {"fieldId": info.id, "version": {"versionId": number}})


def _two_levels(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    parent = None if value is None else int(_id(value))
    entry: dict[str, object] = {"fieldId": info.id, "parentOptionValue": {"optionId": parent}}
    if child := as_object(value).get("child"):
        entry["childOptionValue"] = {"optionId": int(_id(child))}
    found.add("cascadingSelectFields", entry)


def _user(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    person = None if value is None else {"accountId": as_text(as_object(value).get("accountId"))}
    found.add("singleSelectClearableUserPickerFields", {"fieldId": info.id, "user": person})


def _group(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add(
        "singleGroupPickerFields", {"fieldId": info.id, "group": {"groupName": as_text(as_object(value).get("name"))}}
    )


def _number(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add("clearableNumberFields", {"fieldId": info.id, "value": value})


def _day(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    """The month as a word: of the two forms that Jira describes, the one that cannot be misread."""
    text = ""
    if value is not None:
        year, month, day = as_text(value).split("-")
        text = f"{int(day)}/{_MONTHS[int(month) - 1]}/{year[2:]}"
    found.add("datePickerFields", {"fieldId": info.id, "date": {"formattedDate": text}})


def _moment(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add("dateTimePickerFields", {"fieldId": info.id, "dateTime": {"formattedDateTime": value or ""}})


def _line(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add("singleLineTextFields", {"fieldId": info.id, "text": value or ""})


def _address(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add("urlFields", {"fieldId": info.id, "url": value or ""})


def _rich_text(found: EditInput, info: FieldInfo, _option: str, value: object) -> None:
    found.add("richTextFields", {"fieldId": info.id, "richText": {} if value is None else {"adfValue": value}})


def _id(value: object) -> str:
    number = as_text(as_object(value).get("id"))
    if not is_number(number):
        raise InvalidInput(
            "its values are not listed on the screen, and a bulk edit needs their ids", next_step=ONE_BY_ONE
        )
    return number


_SEVERAL: frozenset[Writer] = frozenset({_labels, _components, _versions})
"""Those that can be added to and removed from; the others replace."""
_LISTS: Mapping[str, Writer] = {
    "label": _labels,
    "component": _components,
    "version": _versions,
    "option": _options,
    "user": _users,
    "group": _groups,
}
_CHOICES: Mapping[str, Writer] = {"priority": _priority, "issuetype": _type}
_SINGLE: Mapping[str, Writer] = {
    "two levels": _two_levels,
    "user": _user,
    "group": _group,
    "number": _number,
    "date": _day,
    "datetime": _moment,
    "text": _line,
    "address": _address,
    "rich text": _rich_text,
}
_INSTEAD_BY_FORM: Mapping[str, str] = {
    "sprint": "jira_move_issues puts issues into a sprint (toolset agile).",
}
