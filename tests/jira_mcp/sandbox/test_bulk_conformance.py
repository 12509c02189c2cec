"""The client's bulk operations and the sandbox's answers to them, against Atlassian's description of its API."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.http import HttpPolicy
from connector_kit.testing.openapi import Contract
from connector_kit.testing.recorder import Recorder
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.bulk_models import BulkPreview
from jira_mcp.client import JiraClient, bulk_tasks, connect
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.bulk import BULK
from jira_mcp.sandbox.scopes import required_scopes
from jira_mcp.sandbox.visitor import Visitor
from jira_mcp.settings import JiraSettings
from sandbox_kit.atlassian.visitor import Exchange

_SPEC = find_spec("jira-platform-v3.2026-07-21.json")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

SLIPS = {
    r"body: 'targetToMultipleSourceMapping' is a required": "the file requires a name that it does not define",
    r"targetToSourcesMapping.+: 'issueIdOrKeys' is a required": "the file requires a name that it does not define",
    r"targetMandatoryFields.+\.value: \[.+\] is not of type 'object'": "the file's own example gives a list of texts",
    r"reference '#/components/schemas/(raw|adf)'": "the file's discriminator names other types than the file lists",
    r"(user|users|value): None (is not|for not nullable)": "the file's own words: null clears the field",
    r"fieldOptions\[\d+\]: Additional properties": "the file describes an option as empty, its example does not",
    r"response\.(created|started|updated): \d+ is not of type 'string'": "the file's own example has numbers",
    r"/bulk/queue/\w+ 400 response": "the file's own example of this refusal",
}
"""Where the file contradicts itself."""


def unexplained(complaints: list[str]) -> list[str]:
    return [each for each in complaints if not any(re.search(slip, each) for slip in SLIPS)]


@pytest.fixture(scope="module")
def contract() -> Contract:
    assert _SPEC
    return Contract(_SPEC)


def test_the_scopes_of_every_operation_are_those_that_the_vendor_describes(contract: Contract) -> None:
    assert _SPEC
    paths: dict[str, Any] = json.loads(_SPEC.read_text(encoding="utf-8"))["paths"]
    for path, handlers in BULK.items():
        for method in handlers:
            asked = path.replace("{task}", "1")
            template = contract.operation(method, asked)
            assert template
            families = paths[template][method.lower()]["x-atlassian-oauth2-scopes"]
            assert list(required_scopes(method, asked)) == [frozenset(each["scopes"]) for each in families]


async def test_every_answer_of_the_sandbox_is_as_described(database: Path, contract: Contract) -> None:
    complaints: list[str] = []
    asked: set[tuple[str, str | None]] = set()

    def listen(exchange: Exchange) -> None:
        status = exchange.answer.status
        where = f"{exchange.method} {exchange.path} {status} "
        asked.add((exchange.method, contract.operation(exchange.method, exchange.path)))
        wrong = contract.response(exchange.method, exchange.path, status, exchange.answer.body)
        complaints.extend(where + each for each in wrong)

    app = create_app(database, search_lag=0.0)
    jira, viewer = Visitor(app, listen=listen), Visitor(app, "Sam Okafor", listen=listen)
    infer = ("inferClassificationDefaults", "inferFieldDefaults", "inferStatusDefaults", "inferSubtaskTypeDefault")
    entry = {"issueIdsOrKeys": ["PMOS-41"], **dict.fromkeys(infer, True)}
    keys = ["PMOS-40"]
    label = {"fieldId": "labels", "labels": [{"name": "x"}], "bulkEditMultiSelectFieldOption": "ADD"}
    submissions: dict[str, dict[str, Any]] = {
        "fields": {
            "selectedActions": ["labels"],
            "selectedIssueIdsOrKeys": keys,
            "editedFieldsInput": {"labelsFields": [label]},
        },
        "transition": {"bulkTransitionInputs": [{"selectedIssueIdsOrKeys": [*keys, "PMOS-1"], "transitionId": "31"}]},
        "move": {"targetToSourcesMapping": {"NOVA,10003": entry}},
        "delete": {"selectedIssueIdsOrKeys": keys},
    }
    for what, body in submissions.items():
        answer = await jira.ask("POST", f"/bulk/issues/{what}", body)
        assert answer.status == 201
        for _ in range(2):
            await jira.ask("GET", f"/bulk/queue/{answer.body['taskId']}")
        await jira.ask("POST", f"/bulk/issues/{what}", {})
        await viewer.ask("POST", f"/bulk/issues/{what}", body)
    for visitor in (jira, viewer):
        for what in ("fields", "transition"):
            await visitor.ask("GET", f"/bulk/issues/{what}", issueIdsOrKeys="PMOS-1,NOVA-1999")
            await visitor.ask("GET", f"/bulk/issues/{what}", issueIdsOrKeys="nothing")
        await visitor.ask("GET", "/bulk/queue/1")
        await visitor.aclose()
    app.close()
    assert unexplained(complaints) == []
    assert {each for each in asked if each[1]} == {
        (method, contract.operation(method, path.replace("{task}", "1")))
        for path, each in BULK.items()
        for method in each
    }


@pytest.fixture
async def client(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[JiraClient, Recorder]]:
    monkeypatch.setattr(bulk_tasks, "PAUSES", (0.0,))
    shutil.copyfile(database, tmp_path / "copy.sqlite")
    recorder = Recorder()
    client = await connect(
        JiraSettings(sandbox=True, access=Access.DELETE, toolsets=("bulk",)),
        transport=httpx2.ASGITransport(create_app(tmp_path / "copy.sqlite")),
        policy=HttpPolicy(base_delay=0.0, max_delay=0.0, requests_per_minute=60_000),
        on_exchange=recorder,
    )
    yield client, recorder
    await client.aclose()


async def carry_out(jira: JiraClient, preview: BulkPreview) -> None:
    assert preview.token, preview
    outcome = await jira.run_bulk(preview.token, preview.action, {})
    assert outcome.state == "done", outcome
    assert not outcome.failed, outcome


async def test_every_request_of_the_client_is_as_described(
    client: tuple[JiraClient, Recorder], contract: Contract
) -> None:
    jira, recorder = client
    keys = ["PMOS-40", "PMOS-41"]
    values: tuple[dict[str, object], ...] = (
        {"labels": {"add": ["x"]}, "components": ["Quality"], "fixVersions": {"remove": ["0.4"]}, "priority": "High"},
        {"assignee": "me", "due": "2026-12-24", "Story Points": 3, "pm_os_phase": "Phase 6", "Reviewers": ["me"]},
        {"labels": [], "assignee": None, "due": None, "Story Points": None, "pm_os_phase": None, "Reviewers": []},
        {"description": "**New**", "environment": "x", "summary": "Same", "type": "Story"},
        {"description": None, "type": "Task"},
    )
    for change in values:
        await carry_out(jira, await jira.preview_edit(change, keys=keys))
    await carry_out(jira, await jira.preview_transition("In Progress", jql="key in (PMOS-40, PMOS-41)"))
    fields = {"labels": ["moved"], "description": "Moved", "assignee": "me"}
    await carry_out(
        jira,
        await jira.preview_move(
            "NOVA", keys=keys, issue_type="Story", statuses={"Backlog": "To Do"}, values=fields, notify=True
        ),
    )
    await carry_out(
        jira, await jira.preview_move("NOVA", keys=["NOVA-2001"], issue_type="Sub-task", parent="NOVA-2002")
    )
    await carry_out(jira, await jira.preview_deletion(keys=["PMOS-35", "PMOS-26"], delete_subtasks=True))
    wrong: list[str] = []
    used: set[str | None] = set()
    for exchange in recorder.exchanges:
        parts = urlsplit(exchange.url)
        path = unquote(parts.path)
        body = json.loads(exchange.request_body) if exchange.request_body else None
        complaints = contract.request(exchange.method, path, parse_qsl(parts.query), body=body)
        wrong += [f"{exchange.method} {path}: {each}" for each in complaints]
        used.add(f"{exchange.method} {contract.operation(exchange.method, path)}")
    assert unexplained(wrong) == []
    assert {f"{method} {path}".replace("{task}", "{taskId}") for path, each in BULK.items() for method in each} <= used
