"""Finding a field by whatever people call it, and telling fields of one name apart."""

from typing import Any

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client.field_types import form_of, is_list, kind_of, why_not_written
from jira_mcp.client.fields import Entry, FieldNames, field_info, screen_entry
from jira_mcp.client.matching import matching

TYPES = "com.atlassian.jira.plugin.system.customfieldtypes:"


def field(number: int, name: str, type_: str = "string", custom: str = "textfield", **more: Any) -> dict[str, Any]:
    field_id = f"customfield_{number}"
    schema = {"type": type_, "custom": custom if ":" in custom else TYPES + custom, "customId": number}
    return {"id": field_id, "key": field_id, "name": name, "schema": schema, **more}


def names(*fields: dict[str, Any]) -> FieldNames:
    return FieldNames(field_info(entry) for entry in fields)


def test_a_field_is_found_by_the_names_that_jql_has_for_it() -> None:
    found = names(
        field(10105, "Severity", "option", "select", clauseNames=["cf[10105]", "Severity", "Severity[Dropdown]"]),
        field(10112, "Severity", clauseNames=["cf[10112]", "Severity", "Severity[Short text]"]),
        field(10016, "Story point estimate", "number", "com.pyxis.greenhopper.jira:jsw-story-points"),
    )
    assert found.resolve("cf[10112]").id == "customfield_10112"
    assert found.resolve("CF[10016]").name == "Story point estimate"
    assert found.resolve("severity[dropdown]").id == "customfield_10105"
    with pytest.raises(InvalidInput) as caught:
        found.resolve("Severity")
    assert caught.value.fields == {
        "customfield_10105": "Severity, option, Severity[Dropdown] in JQL",
        "customfield_10112": "Severity, text, Severity[Short text] in JQL",
    }


def test_a_field_is_found_by_its_name_before_translation() -> None:
    found = names(field(1, "Zieltermin", "date", "datepicker", untranslatedName="Target end"))
    assert found.resolve("target end").id == "customfield_1"
    assert found.resolve("zieltermin").id == "customfield_1"


def test_a_field_of_one_project_is_told_as_that() -> None:
    scope = {"type": "PROJECT", "project": {"id": "10007"}}
    found = names(field(1, "Size"), field(2, "Size", scope=scope))
    with pytest.raises(InvalidInput) as caught:
        found.resolve("size")
    assert caught.value.fields["customfield_2"] == "Size, text, only in the project with the id 10007"


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("Story point estimate", "Story Points"),
        ("Story Points", "story point estimate"),
        ("Story Points", "points"),
        ("Issue color", "colour"),
        ("Flagged", "flag"),
    ],
)
def test_company_and_team_managed_names_mean_the_same(held: str, asked: str) -> None:
    assert names(field(1, held)).resolve(asked).name == held


def test_the_name_itself_goes_before_what_it_is_called_elsewhere() -> None:
    both = names(field(1, "Story Points"), field(2, "Story point estimate"))
    assert both.resolve("story points").id == "customfield_1"
    assert both.resolve("Story point estimate").id == "customfield_2"


@pytest.mark.parametrize(
    ("schema", "kind", "form", "several"),
    [
        ({"type": "string", "custom": TYPES + "textarea"}, "Markdown", "rich text", False),
        ({"type": "string", "system": "description"}, "Markdown", "rich text", False),
        ({"type": "string", "custom": TYPES + "url"}, "address", "address", False),
        ({"type": "option", "custom": TYPES + "radiobuttons"}, "option", "choice", False),
        ({"type": "array", "items": "option", "custom": TYPES + "multicheckboxes"}, "list of option", "choice", True),
        ({"type": "option-with-child"}, "option with a second level", "two levels", False),
        ({"type": "array", "items": "user", "custom": TYPES + "people"}, "list of user", "user", True),
        ({"type": "array", "items": "group"}, "list of group", "group", True),
        ({"type": "array", "items": "string", "system": "labels"}, "texts", "label", True),
        ({"type": "array", "items": "string", "custom": TYPES + "labels"}, "texts", "label", True),
        ({"type": "array", "items": "version"}, "list of version", "choice", True),
        ({"type": "securitylevel", "system": "security"}, "security level", "choice", False),
        ({"type": "array", "items": "json", "custom": "x:gh-sprint"}, "sprint", "sprint", False),
        ({"type": "any", "custom": "com.atlassian.teams:rm-teams-custom-field-team"}, "team", "team", False),
        ({"type": "team", "custom": TYPES + "atlassian-team"}, "team", "team", False),
        ({"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link"}, "issue key", "issue", False),
        ({"type": "number", "custom": "ari:cloud:ecosystem::extension/a/b/static/c"}, "number", "number", False),
        ({"type": "object", "custom": "ari:cloud:ecosystem::extension/a/b/static/c"}, "value", "object", False),
        ({"type": "boolean"}, "true or false", "truth", False),
        ({"type": "something-new"}, "something-new", "object", False),
        ({}, "value", "object", False),
    ],
)
def test_a_type_tells_how_its_values_are_written(schema: dict[str, Any], kind: str, form: str, several: bool) -> None:
    assert (kind_of(schema), form_of(schema), is_list(schema)) == (kind, form, several)


@pytest.mark.parametrize(
    ("field_id", "plugin", "told"),
    [
        ("status", "", "jira_transition_issue"),
        ("customfield_1", "gh-lexo-rank", "jira_move_issues"),
        ("customfield_1", "sd-sla-field", "Jira Service Management"),
        ("customfield_1", "vp-origin", "portal"),
        ("created", "", "nobody writes it"),
        ("customfield_1", "textfield", ""),
    ],
)
def test_a_field_that_nobody_writes_says_what_does(field_id: str, plugin: str, told: str) -> None:
    assert told in why_not_written(field_id, plugin)
    assert bool(why_not_written(field_id, plugin)) == bool(told)


def test_a_screen_that_lists_no_operation_for_a_field_means_it() -> None:
    schema = {"type": "object", "custom": "ari:cloud:ecosystem::extension/a/b/static/c"}
    assert "lets nobody" in screen_entry("customfield_1", {"schema": schema, "operations": []}).why_not
    assert screen_entry("customfield_1", {"schema": schema}).why_not == ""
    assert screen_entry("issuetype", {"schema": {"type": "issuetype"}, "operations": []}).why_not == ""


def test_a_default_is_told_with_its_field() -> None:
    entry = screen_entry(
        "priority",
        {"schema": {"type": "priority"}, "hasDefaultValue": True, "defaultValue": {"id": "3", "name": "Medium"}},
    )
    assert entry.shown().default == "Medium"
    several = screen_entry(
        "x", {"schema": {}, "hasDefaultValue": True, "defaultValue": [{"value": "A"}, {"value": "B"}]}
    )
    assert several.shown().default == "A, B"
    assert Entry(entry.info, default="Medium").shown().default == ""


def test_values_are_searched_by_beginning_part_words_and_spelling() -> None:
    held = ["Boxes Ghent 3", "Paper Ghent 3", "Ghent", "Boxes Jena 1", "Ink Porto 2"]
    assert matching("ghent", held) == ["Ghent", "Boxes Ghent 3", "Paper Ghent 3"]
    assert matching("ghent boxes", held)[0] == "Boxes Ghent 3"
    assert matching("Boxes Gent 3", held)[0] == "Boxes Ghent 3"
    assert matching("", held) == held
    assert matching("x" * 300, held) == []
