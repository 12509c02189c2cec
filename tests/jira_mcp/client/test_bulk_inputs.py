"""Values of every kind of field as the typed input of a bulk edit."""

from typing import Any

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client.bulk_inputs import edit_input
from jira_mcp.client.convert import Written
from jira_mcp.client.fields import Entry, screen_entry

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"
ID = "customfield_1"


def custom(plugin: str, type_: str, items: str = "") -> Entry:
    schema: dict[str, Any] = {"type": type_, "custom": TYPES + plugin, "customId": 1}
    if items:
        schema["items"] = items
    return screen_entry(ID, {"name": "Own", "schema": schema, "operations": ["set"]})


def system(name: str, type_: str, items: str = "") -> Entry:
    schema = {"type": type_, "system": name} | ({"items": items} if items else {})
    return screen_entry(name, {"name": name, "schema": schema, "operations": ["set"]})


DOCUMENT: dict[str, Any] = {"type": "doc", "version": 1, "content": []}
CASES: list[tuple[Entry, object, dict[str, Any]]] = [
    (custom("float", "number"), 2.5, {"clearableNumberFields": [{"fieldId": ID, "value": 2.5}]}),
    (custom("float", "number"), None, {"clearableNumberFields": [{"fieldId": ID, "value": None}]}),
    (
        custom("datepicker", "date"),
        "2026-03-09",
        {"datePickerFields": [{"fieldId": ID, "date": {"formattedDate": "9/Mar/26"}}]},
    ),
    (custom("datepicker", "date"), None, {"datePickerFields": [{"fieldId": ID, "date": {"formattedDate": ""}}]}),
    (
        custom("datetime", "datetime"),
        "2026-03-09T10:00:00.000+0100",
        {"dateTimePickerFields": [{"fieldId": ID, "dateTime": {"formattedDateTime": "2026-03-09T10:00:00.000+0100"}}]},
    ),
    (
        custom("datetime", "datetime"),
        None,
        {"dateTimePickerFields": [{"fieldId": ID, "dateTime": {"formattedDateTime": ""}}]},
    ),
    (custom("select", "option"), {"id": "7"}, {"singleSelectFields": [{"fieldId": ID, "option": {"optionId": 7}}]}),
    (custom("radiobuttons", "option"), None, {"singleSelectFields": [{"fieldId": ID, "option": {"optionId": -1}}]}),
    (
        custom("multiselect", "array", "option"),
        [{"id": "7"}, {"id": "8"}],
        {"multipleSelectFields": [{"fieldId": ID, "options": [{"optionId": 7}, {"optionId": 8}]}]},
    ),
    (custom("multicheckboxes", "array", "option"), [], {"multipleSelectFields": [{"fieldId": ID, "options": []}]}),
    (
        custom("cascadingselect", "option-with-child"),
        {"id": "7", "child": {"id": "8"}},
        {
            "cascadingSelectFields": [
                {"fieldId": ID, "parentOptionValue": {"optionId": 7}, "childOptionValue": {"optionId": 8}}
            ]
        },
    ),
    (
        custom("cascadingselect", "option-with-child"),
        None,
        {"cascadingSelectFields": [{"fieldId": ID, "parentOptionValue": {"optionId": None}}]},
    ),
    (custom("textfield", "string"), "A line", {"singleLineTextFields": [{"fieldId": ID, "text": "A line"}]}),
    (custom("textfield", "string"), None, {"singleLineTextFields": [{"fieldId": ID, "text": ""}]}),
    (custom("url", "string"), "https://x.example", {"urlFields": [{"fieldId": ID, "url": "https://x.example"}]}),
    (custom("textarea", "string"), DOCUMENT, {"richTextFields": [{"fieldId": ID, "richText": {"adfValue": DOCUMENT}}]}),
    (custom("textarea", "string"), None, {"richTextFields": [{"fieldId": ID, "richText": {}}]}),
    (
        custom("userpicker", "user"),
        {"accountId": "5b10"},
        {"singleSelectClearableUserPickerFields": [{"fieldId": ID, "user": {"accountId": "5b10"}}]},
    ),
    (
        system("assignee", "user"),
        None,
        {"singleSelectClearableUserPickerFields": [{"fieldId": "assignee", "user": None}]},
    ),
    (
        custom("multiuserpicker", "array", "user"),
        [{"accountId": "5b10"}],
        {"multipleSelectClearableUserPickerFields": [{"fieldId": ID, "users": [{"accountId": "5b10"}]}]},
    ),
    (
        custom("multiuserpicker", "array", "user"),
        [],
        {"multipleSelectClearableUserPickerFields": [{"fieldId": ID, "users": None}]},
    ),
    (
        custom("grouppicker", "group"),
        {"name": "staff"},
        {"singleGroupPickerFields": [{"fieldId": ID, "group": {"groupName": "staff"}}]},
    ),
    (custom("grouppicker", "group"), None, {"singleGroupPickerFields": [{"fieldId": ID, "group": {"groupName": ""}}]}),
    (
        custom("multigrouppicker", "array", "group"),
        [{"name": "staff"}],
        {"multipleGroupPickerFields": [{"fieldId": ID, "groups": [{"groupName": "staff"}]}]},
    ),
    (
        custom("version", "version"),
        {"id": "10"},
        {"singleVersionPickerFields": [{"fieldId": ID, "version": {"versionId": "10"}}]},
    ),
    (
        custom("version", "version"),
        None,
        {"singleVersionPickerFields": [{"fieldId": ID, "version": {"versionId": "-1"}}]},
    ),
    (
        custom("multiversion", "array", "version"),
        [{"id": "10"}],
        {
            "multipleVersionPickerFields": [
                {"fieldId": ID, "versions": [{"versionId": "10"}], "bulkEditMultiSelectFieldOption": "REPLACE"}
            ]
        },
    ),
    (
        custom("labels", "array", "string"),
        ["a"],
        {"labelsFields": [{"fieldId": ID, "labels": [{"name": "a"}], "bulkEditMultiSelectFieldOption": "REPLACE"}]},
    ),
    (
        system("labels", "array", "string"),
        [],
        {"labelsFields": [{"fieldId": "labels", "labels": [], "bulkEditMultiSelectFieldOption": "REMOVE_ALL"}]},
    ),
    (
        system("components", "array", "component"),
        [{"id": "12"}],
        {
            "multiselectComponents": {
                "fieldId": "components",
                "components": [{"componentId": 12}],
                "bulkEditMultiSelectFieldOption": "REPLACE",
            }
        },
    ),
    (system("priority", "priority"), {"id": "2"}, {"priority": {"priorityId": "2"}}),
    (system("issuetype", "issuetype"), {"id": "10003"}, {"issueType": {"issueTypeId": "10003"}}),
    (
        system("duedate", "date"),
        "2026-12-24",
        {"datePickerFields": [{"fieldId": "duedate", "date": {"formattedDate": "24/Dec/26"}}]},
    ),
]


@pytest.mark.parametrize(
    ("entry", "value", "sent"),
    CASES,
    ids=[f"{entry.info.plugin or entry.info.id}={value}" for entry, value, _ in CASES],
)
def test_a_value_goes_where_its_kind_of_field_is_expected(entry: Entry, value: object, sent: dict[str, Any]) -> None:
    made = edit_input(Written(fields={entry.info.id: value}), [entry])
    assert made.values == sent
    assert made.actions == [entry.info.id]


@pytest.mark.parametrize("verb", ["add", "remove"])
def test_values_are_added_and_removed_where_jira_can(verb: str) -> None:
    entry = system("fixVersions", "array", "version")
    made = edit_input(Written(update={"fixVersions": [{verb: {"id": "1"}}, {verb: {"id": "2"}}]}), [entry])
    assert made.values == {
        "multipleVersionPickerFields": [
            {
                "fieldId": "fixVersions",
                "versions": [{"versionId": "1"}, {"versionId": "2"}],
                "bulkEditMultiSelectFieldOption": verb.upper(),
            }
        ]
    }


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        (system("parent", "issuelink"), {"key": "A-1"}, "jira_update_issue"),
        (system("resolution", "resolution"), {"id": "1"}, "jira_transition_issues"),
        (system("timetracking", "timetracking"), {"originalEstimate": "1d"}, "jira_update_issue"),
        (custom("gh-sprint", "array", "json"), 5, "jira_move_issues"),
        (custom("select", "option"), {"value": "Red"}, "its values are not listed"),
        (custom("select", "option"), {"id": "x"}, "its values are not listed"),
        (custom("unheard-of", "any"), 1, "cannot be edited in bulk"),
        (custom("parts", "array", "component"), [{"id": "1"}], "cannot be edited in bulk"),
    ],
)
def test_what_has_no_place_in_a_bulk_edit_is_refused_by_name(entry: Entry, value: object, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        edit_input(Written(fields={entry.info.id: value}), [entry])
    assert entry.info.name in caught.value.fields
    assert said in str(caught.value)


def test_lists_that_can_only_be_replaced_say_so() -> None:
    entry = custom("multiselect", "array", "option")
    with pytest.raises(InvalidInput, match="replaces its whole list"):
        edit_input(Written(update={ID: [{"add": {"id": "1"}}]}), [entry])


def test_all_that_is_wrong_is_told_at_once() -> None:
    parent, resolution = system("parent", "issuelink"), system("resolution", "resolution")
    with pytest.raises(InvalidInput) as caught:
        edit_input(Written(fields={"parent": {"key": "A-1"}, "resolution": None}), [parent, resolution])
    assert set(caught.value.fields) == {"parent", "resolution"}
