"""What the client sends, held against Atlassian's own descriptions, and names that must exist elsewhere."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import jsonschema
import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder, complaints
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.client import JiraClient, NewIssue, SearchFilters
from jira_mcp.tools import TOOLS

from .named_operations import FOR_EVERYBODY, SOURCES, operations, requests_of

ADF = "adf-full.atlaskit-57.7.22.json"
HOSTILE = (
    "# Title\n\n> [!NOTE]\n> panel\n\n| a | b |\n|---|---|\n| `x` | **y** ~~z~~ |\n\n"
    "- [ ] task\n  - deeper\n\n<b>html</b> \x07\ud800"
)
HEAVY = ("atlassian", "requests", "markdown_it", "lark", "starlette", "keyring", "cryptography")


async def use_everything(jira: JiraClient) -> None:
    """Call every method of the client."""
    await jira.check()
    await jira.fields()
    await jira.projects("PM", limit=1)
    await jira.issue_types("PMOS")
    await jira.screen_fields(project="PMOS", type_name="Story")
    await jira.link_types()
    await jira.priorities()
    await jira.statuses()
    person = (await jira.search_users("Orch"))[0]
    await jira.search_users("Orch", assignable_in="PMOS")
    await jira.resolve_user(person.account_id)
    await jira.count("project = PMOS")
    epic = await jira.create(NewIssue("PMOS", "Epic", "Contract", HOSTILE, fields={"environment": HOSTILE}))
    assert epic.key is not None
    wanted = [
        NewIssue("PMOS", "Story", f"story {number}", HOSTILE, parent=epic.key, fields={"Sprint": "Phase 4"})
        for number in range(3)
    ]
    created = await jira.create_many([*wanted, NewIssue("DESK", "Incident", "lacks its severity")])
    one, two = str(created[0].key), str(created[1].key)
    await jira.update(
        one,
        {
            "summary": "changed",
            "description": HOSTILE,
            "labels": {"add": ["x"]},
            "assignee": "Engineering Partner",
            "Original estimate": "1d",
        },
    )
    await jira.transition(one, "In Progress", comment=HOSTILE)
    await jira.transition(one, "In Review")
    await jira.transition(one, "Done", values={"acceptance_rate": 90}, comment="through the screen")
    said = await jira.add_comment(one, HOSTILE, visible_to="Administrators")
    await jira.update_comment(one, said.id, HOSTILE + "\n\nmore")
    await jira.delete_comment(one, said.id)
    with pytest.raises(Exception, match="Did you mean Administrators"):
        await jira.add_comment(one, HOSTILE, visible_to="Administrator")
    await jira.group_names("admin")
    logged = await jira.add_worklog(one, "1h", comment=HOSTILE, remaining="keep")
    await jira.update_worklog(one, logged.id, time_spent="2h", comment=HOSTILE + "\n\nmore", remaining="4h")
    await jira.worklogs_between(one, first="2026-01-01", last="2036-01-01")
    await jira.delete_worklog(one, logged.id, remaining="+1h")
    attached = await jira.attach(one, [], text=HOSTILE.replace("\ud800", ""), name="notes.md")
    await jira.read_attachment(await jira.attachment(one, "notes.md"))
    await jira.delete_attachment(one, attached.files[0].id)
    await jira.link(one, "blocks", two)
    await jira.issue(one, include=["comments", "worklogs", "children", "changes", "transitions", "all_fields"])
    page = await jira.search(await jira.jql_from(SearchFilters(project=["PMOS"])), fields=["Sprint"], limit=2)
    await jira.search(
        await jira.jql_from(SearchFilters(project=["PMOS"])), fields=["Sprint"], limit=2, cursor=page.cursor
    )
    with pytest.raises(Exception, match="Did you mean Story"):
        await jira.search("issuetype = Stroy")
    with pytest.raises(Exception, match="No sprint called"):
        await jira.update(two, {"Sprint": "No such sprint"})
    await jira.deletion_preview(two)
    await jira.delete(two, delete_subtasks=True)


def documents(value: object) -> Iterator[dict[str, Any]]:
    """All ADF documents inside a body."""
    if isinstance(value, dict):
        entry = cast("dict[str, Any]", value)
        if entry.get("type") == "doc":
            yield entry
            return
        for item in entry.values():
            yield from documents(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from documents(item)


@pytest.mark.anyio
async def test_every_request_fits_the_description_of_the_platform(
    jira: JiraClient, recorder: Recorder, platform: Contract | None
) -> None:
    if platform is None:
        pytest.skip(REASON)
    await use_everything(jira)
    assert complaints(platform, recorder) == []
    used = {
        (exchange.method, platform.operation(exchange.method, urlsplit(exchange.url).path))
        for exchange in recorder.exchanges
    }
    assert (None, None) not in used
    assert len(used) >= 25


@pytest.mark.anyio
async def test_every_document_fits_the_schema_of_adf(jira: JiraClient, recorder: Recorder) -> None:
    path = find_spec(ADF)
    if path is None:
        pytest.skip(REASON)
    await use_everything(jira)
    validator = jsonschema.Draft4Validator(json.loads(path.read_text()))
    sent = [
        document
        for exchange in recorder.exchanges
        if exchange.request_body
        for document in documents(json.loads(exchange.request_body))
    ]
    assert len(sent) >= 10
    assert [error.message for document in sent for error in cast("Any", validator).iter_errors(document)] == []


def test_every_operation_that_is_named_is_one_of_the_library_and_of_atlassian(platform: Contract | None) -> None:
    if platform is None:
        pytest.skip(REASON)
    named = requests_of(operations(*FOR_EVERYBODY))
    assert len(named) > 20
    assert {request for request in named if platform.operation(*request) is None} == set()


@pytest.mark.anyio
async def test_every_operation_that_is_named_is_used(
    jira: JiraClient, recorder: Recorder, platform: Contract | None
) -> None:
    if platform is None:
        pytest.skip(REASON)
    await use_everything(jira)
    used = {(method, platform.operation(method, path)) for method, path in recorder.sent}
    assert {
        (method, platform.operation(method, path)) for method, path in requests_of(operations(*FOR_EVERYBODY))
    } - used == set()


def test_every_tool_that_a_message_names_exists() -> None:
    tools = {entry.name for entry in TOOLS}
    named = {name for source in SOURCES for name in re.findall(r"\bjira_(?!mcp\b)[a-z_]+", source.read_text())}
    assert named - tools == set()
    assert len(named) > 5


def test_the_client_is_imported_without_the_heavy_libraries() -> None:
    code = f"import sys, jira_mcp.client; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
