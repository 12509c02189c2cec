"""Fields as a model sees them: finding them, what they take, and what is said when a value does not fit."""

import shutil
from pathlib import Path
from typing import Any

import httpx2
import pytest

from connector_kit.testing import contract
from jira_mcp.sandbox import create_app
from jira_mcp.settings import JiraSettings

from .conversation import Conversation, converse, rows, tokens

pytestmark = pytest.mark.anyio
KEY = "NOVA-1995"


async def wrong(jira: Conversation, **fields: Any) -> str:
    return await jira.refused("jira_update_issue", key=KEY, fields=fields)


async def test_the_fields_of_an_issue_tell_what_they_take(reader: Conversation) -> None:
    text = await reader.ask("jira_list_fields", key=KEY)
    lines = text.splitlines()
    assert lines[0] == f"the edit screen of {KEY} takes:"
    assert lines[1] == "- Summary (required): text"
    for line in (
        "- Sales channel: option; one of Web, App, Shop, Phone",
        "- Approving group: group by name",
        "- Go-live: date and time, 2026-01-31T09:30+01:00",
        "- Priority: priority; one of Highest, High, Medium, Low, Lowest; default Medium",
        "- Health: not written here, Jira lets nobody write it here",
        "- Development: not written here, it is filled from commits, branches and pull requests",
    ):
        assert line in lines
    assert "Paper Aalborg 5 and 495 more" in text
    assert lines[-1] == "40 fields"
    assert tokens(text) < 700


async def test_the_fields_of_a_new_issue_are_found_by_a_part_of_their_name(reader: Conversation) -> None:
    text = await reader.ask("jira_list_fields", project="DESK", type="incident", query="sever")
    assert text.splitlines() == [
        "the create screen of Incident in DESK takes:",
        "- Severity (required): option; one of SEV-1, SEV-2, SEV-3, SEV-4",
        "1 field",
    ]
    none = await reader.ask("jira_list_fields", project="DESK", type="Incident", query="qqqqqq")
    assert "No field of the create screen of Incident in DESK is called like 'qqqqqq'" in none


async def test_the_fields_of_the_site_are_told_with_their_ids(reader: Conversation) -> None:
    found = rows(await reader.ask("jira_list_fields", query="severity"))
    assert [row[:3] for row in found] == [
        ["customfield_10105", "Severity", "option"],
        ["customfield_10112", "Severity", "text"],
    ]
    assert rows(await reader.ask("jira_list_fields", query="cf[10016]"))[0][1] == "Story Points"
    assert rows(await reader.ask("jira_list_fields", query="due"))[0][0] == "duedate"
    assert rows(await reader.ask("jira_list_fields", query="Severity[Dropdown]"))[0][0] == "customfield_10105"
    assert (
        await reader.ask("jira_list_fields", query="q" * 300) == f"No field of this site is called like '{'q' * 59}…'."
    )
    assert (await reader.ask("jira_list_fields")).splitlines()[-1].endswith(" fields")


@pytest.mark.parametrize(
    ("where", "field", "query", "values"),
    [
        ({"key": KEY}, "Supplier", "boxes ghent", [f"Boxes Ghent {number}" for number in range(1, 6)]),
        ({"project": "NOVA", "type": "Story"}, "Region", "nor", ["Europe / Norway"]),
        ({"key": KEY}, "Fix versions", "2026", ["2026.1", "2026.2"]),
        ({}, "Informed groups", "legal", ["Legal"]),
        ({}, "Team", "", ["Payments", "Storefront"]),
        ({}, "Keywords", "re", ["returns"]),
        ({}, "Sprint", "Nova 42", ["Nova 42 (22)"]),
        ({"key": KEY}, "Product owner", "alex", ["Alex Rivera", "Alex Moreau"]),
        ({"key": KEY}, "Assignee", "sam", []),
    ],
)
async def test_the_values_of_one_field_are_searched(
    reader: Conversation, where: dict[str, str], field: str, query: str, values: list[str]
) -> None:
    text = await reader.ask("jira_list_fields", **where, field=field, query=query)
    assert [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")] == values


async def test_a_long_list_of_values_is_told_in_part(reader: Conversation) -> None:
    text = await reader.ask("jira_list_fields", key=KEY, field="supplier")
    assert text.count("\n- ") == 50
    assert text.endswith("50 of 500 values; query narrows them")
    assert text.startswith("Supplier (customfield_10132): option, on the edit screen of NOVA-1995")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"project": "NOVA"}, "type: one of Epic, Story, Task, Bug, Sub-task"),
        ({"type": "Story"}, "project"),
        ({"key": KEY, "project": "NOVA"}, "not both"),
        ({"key": KEY, "field": "Severity"}, "is not on the edit screen of NOVA-1995"),
        ({"field": "Suplier"}, "Did you mean Supplier?"),
        ({"project": "RISK", "type": "Task"}, "RISK"),
        ({"key": "NOVA-99999"}, "Check the key"),
        ({"key": "DESK-1"}, "This account may not edit DESK-1"),
        ({"field": "Severity"}, "customfield_10105: Severity, option, Severity[Dropdown] in JQL"),
        ({"key": KEY, "field": "qqqq"}, "'qqqq' is no field of this site"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_what_to_ask(
    reader: Conversation, arguments: dict[str, str], told: str
) -> None:
    assert told in await reader.refused("jira_list_fields", **arguments)


async def test_what_cannot_be_listed_says_how_to_write_it(reader: Conversation) -> None:
    for field, told in (
        ("Story Points", "it takes a number"),
        ("Assignee", "jira_search_users"),
        ("Go-live", "2026-01-31T09:30+01:00"),
        ("Development", "commits"),
    ):
        assert told in await reader.ask("jira_list_fields", key=KEY, field=field)
    assert "differ by project" not in await reader.ask("jira_list_fields", field="Supplier", query="boxes")


async def test_the_tool_costs_the_catalogue_little() -> None:
    from jira_mcp.server import SERVER

    tool = next(tool for tool in contract.catalogue(SERVER) if tool.name == "jira_list_fields")
    assert contract.tokens(contract.wire(tool)) <= 180


async def test_a_field_of_each_type_is_written_by_name(jira: Conversation) -> None:
    text = await jira.ask(
        "jira_update_issue",
        key=KEY,
        fields={
            "Team": "payments",
            "Issue colour": "dark teal",
            "Flagged": True,
            "Sales channel": "app",
            "Markets": ["UK", "us"],
            "Region": "Asia/Pacific / Japan",
            "Product owner": "Alex Rivera",
            "Approving group": "legal",
            "Informed groups": {"add": ["Legal"]},
            "Go-live": "2026-05-01T09:00+02:00",
            "cf[10127]": ["a"],
            "Found in": "2025.4",
            "customfield_10129": ["2026.1"],
            "Related project": "PMOS",
            "Supplier": "boxes ghent 3",
            "Effort score": "2.5",
            "Security": "staff",
            "points": 3,
            "Sprint": "active",
        },
    )
    assert text.splitlines()[1] == (
        "Team: Payments; Issue color: dark_teal; Flagged: Impediment; Sales channel: App; Markets: UK, US; "
        "Region: Asia/Pacific / Japan; Product owner: Alex Rivera; Approving group: Legal; Informed groups: add Legal; "
        "Go-live: 2026-05-01 09:00+0200; Keywords: a; Found in: 2025.4; Ships in: 2026.1; Related project: PM OS; "
        "Supplier: Boxes Ghent 3; Effort score: 2.5; Security Level: Staff; Story Points: 3; Sprint: Nova 42 (active)"
    )
    assert tokens(text) < 150


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("Sales channel", "Webb", "'Webb' is not among its values. Did you mean Web? Values: Web, App, Shop, Phone"),
        ("Supplier", "Boxes Gent 3", "Did you mean Boxes Ghent 3"),
        ("Supplier", "qqqq", "It has Paper Aalborg 1, Paper Aalborg 2, Paper Aalborg 3, … 500 values in all"),
        ("Region", "Europe / Japan", "'Japan' is not among its values under 'Europe'. Values: France, Germany, Norway"),
        ("Markets", "UK, US", 'A list is written ["…", "…"].'),
        ("Keywords", "a, b", 'A list is written ["…", "…"]'),
        ("Approving group", "store", "Did you mean storefront-developers, storefront-approvers?"),
        ("Approving group", "qqqq", "Could not find group with name 'qqqq'"),
        ("Team", "Platform", "No issue has a team called 'Platform'"),
        ("Sprint", "Nova 41", "'Nova 41' is closed"),
        ("Sprint", ["Nova 42", "Nova 43"], "takes one sprint"),
        ("Related project", "RISK", "'RISK' is not among its values"),
        ("Effort score", "3,5", "A comma could stand for decimals or thousands: 3.5 or 35"),
        ("Go-live", "tomorrow", "Work out the date first"),
        ("due", "01/02/2026", "Its day and month could be meant either way round"),
        ("Contract", "x.example/1", "Did you mean https://x.example/1?"),
        ("Issue color", "pink", "takes one of purple"),
        ("Flagged", "yes", "'yes' is not among its values"),
        ("Markets", True, "takes a list of its values"),
        ("Markets", {"add": ["UK"], "set": ["US"]}, 'takes "set" alone'),
        ("Found in", {"add": ["2026.1"]}, "holds one value"),
        ("Health", {"status": "red"}, "cannot be set here: Jira lets nobody write it here"),
        ("Legacy id", "x", "only an import or an app writes it"),
        ("Rank", "first", "jira_move_issues"),
        ("Attachment", "a.txt", "jira_add_attachment"),
        ("Watchers", "me", "jira_watch_issue"),
        ("project", "PMOS", "jira_move_issues_to_project"),
        ("Request Type", "x", "chosen when a request is raised"),
        ("created", "2026-01-01", "nobody writes it"),
        ("pm_os_phase", "Phase 1", "is not on the edit screen of NOVA-1995"),
    ],
)
async def test_a_value_that_does_not_fit_is_answered_with_what_does(
    jira: Conversation, name: str, value: object, told: str
) -> None:
    text = await wrong(jira, **{name: value})
    assert told in text
    assert f"[{name}: " in text or "Could not find" in text
    assert tokens(text) <= 120


async def test_people_in_a_picker_need_not_be_assignable(jira: Conversation) -> None:
    text = await jira.ask("jira_update_issue", key=KEY, fields={"Product owner": "Sam Okafor"})
    assert "Product owner: Sam Okafor" in text
    assert "Nobody called 'Sam Okafor'" in await wrong(jira, assignee="Sam Okafor")


async def test_a_field_that_the_account_may_not_set_says_which_permission_it_takes(
    seeded: Path, tmp_path: Path
) -> None:
    database = tmp_path / "jira.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database)
    settings = JiraSettings.model_validate(
        {
            "url": "https://pm-os.sandbox.invalid",
            "email": "engineering.partner@pm-os.example",
            "api_token": "sandbox-token-engineering-partner",
            "access": "write",
        }
    )
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as jira:
        text = await wrong(jira, Reporter="Alex Rivera")
    assert "is not on the edit screen of NOVA-1995" in text
    assert "It may be hidden because the account lacks the permission 'Modify Reporter'." in text
    site.close()


async def test_with_an_allowlist_other_projects_are_neither_named_nor_read(seeded: Path, tmp_path: Path) -> None:
    database = tmp_path / "jira.sqlite3"
    shutil.copyfile(seeded, database)
    site = create_app(database)
    settings = JiraSettings.model_validate({"sandbox": True, "access": "write", "projects": ["NOVA"]})
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as jira:
        listed = await jira.ask("jira_list_fields", key=KEY, field="Related project")
        assert "- Nova Storefront" in listed
        assert "PM OS" not in listed
        assert "PM OS" not in await wrong(jira, **{"Related project": "PMOS"})
        assert "outside of the projects" in await jira.refused("jira_list_fields", key="PMOS-1")
        assert "outside of the projects" in await jira.refused("jira_list_fields", project="PMOS", type="Story")
        assert "PM OS" not in await jira.ask("jira_list_fields", project="NOVA", type="Story")
        versions = await jira.ask("jira_list_fields", field="Fix versions")
        assert "0.4" not in versions
        assert "name key, or project and type" in versions
    site.close()
