"""The answers about versions, components, votes, roles, filters and dashboards against the vendor's description."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.inspection import Inspector
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.resources.toolset_table import TOOLSETS
from jira_mcp.sandbox.scopes import required_scopes
from jira_mcp.sandbox.visitor import Visitor

from .test_conformance import inspector_of

_SPEC = find_spec("jira-platform-v3.2026-07-21.json")
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

GARBLED = ".position: "
"""Where a gadget stands: the file has sentences for the names of `row` and `column`, its own example has these."""

_READS = (
    "/project/PMOS/version?expand=issuesstatus&query=0&status=released,unreleased&orderBy=-releaseDate",
    "/version/10003?expand=issuesstatus",
    "/version/10000",
    "/version/10003/relatedIssueCounts",
    "/version/10003/unresolvedIssueCount",
    "/project/PMOS/component?orderBy=-issueCount&query=a",
    "/component/10001",
    "/component/10002",
    "/component/10001/relatedIssueCounts",
    "/issue/PMOS-34/votes",
    "/issue/PMOS-5/watchers",
    "/project/PMOS/role",
    "/project/PMOS/role/10003?excludeInactiveUsers=true",
    "/filter/favourite",
    "/filter/10001",
    "/filter/search?filterName=open&isSubstringMatch=true&maxResults=1&orderBy=-name&expand=description,owner,jql,"
    "viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,subscriptions",
    "/dashboard/search?dashboardName=a&expand=description,owner,viewUrl,favourite,favouritedCount,sharePermissions,"
    "editPermissions,isWritable",
    "/dashboard/10000",
    "/dashboard/10000/gadget",
)
_WRITES: tuple[tuple[int, str, str, Any], ...] = (
    (201, "POST", "/version", {"projectId": 10000, "name": "0.5", "startDate": "2026-03-01", "description": "Next"}),
    (400, "POST", "/version", {"projectId": 10000, "name": "0.4"}),
    (404, "POST", "/version", {"projectId": 99999, "name": "0.4"}),
    (
        200,
        "PUT",
        "/version/10003",
        {"released": True, "moveUnfixedIssuesTo": "https://pm-os.sandbox.invalid/rest/api/3/version/10004"},
    ),
    (400, "PUT", "/version/10003", {"startDate": "2026-03-01", "releaseDate": "2026-02-01"}),
    (404, "PUT", "/version/99999", {"name": "x"}),
    (204, "POST", "/version/10004/removeAndSwap", {"moveFixIssuesTo": 10003}),
    (404, "POST", "/version/10004/removeAndSwap", {}),
    (201, "POST", "/component", {"project": "PMOS", "name": "Docs", "assigneeType": "PROJECT_LEAD"}),
    (400, "POST", "/component", {"project": "PMOS", "name": "quality"}),
    (200, "PUT", "/component/10001", {"name": "Connections", "leadAccountId": ""}),
    (204, "DELETE", "/component/10001?moveIssuesTo=10003", None),
    (404, "DELETE", "/component/10001", None),
    (204, "POST", "/issue/PMOS-40/votes", None),
    (204, "DELETE", "/issue/PMOS-40/votes", None),
    (404, "DELETE", "/issue/PMOS-40/votes", None),
    (404, "POST", "/issue/PMOS-5/votes", None),
    (200, "POST", "/filter", {"name": "New one", "jql": "project = PMOS", "favourite": True}),
    (400, "POST", "/filter", {"name": "New one", "jql": "project = PMOS"}),
    (400, "POST", "/filter", {"name": "Another", "jql": "project ="}),
    (200, "PUT", "/filter/10001", {"name": "Planned", "jql": "project = PMOS"}),
    (400, "PUT", "/filter/10003", {"name": "Mine now"}),
    (200, "DELETE", "/filter/10001/favourite", None),
    (200, "PUT", "/filter/10001/favourite", None),
    (204, "DELETE", "/filter/10001", None),
    (400, "GET", "/filter/10001", None),
    (400, "GET", "/filter/10005", None),
    (404, "GET", "/dashboard/10002", None),
)


@pytest.fixture
def contract() -> Contract:
    assert _SPEC
    return Contract(_SPEC)


@pytest.fixture
async def inspected(database: Path, contract: Contract) -> AsyncIterator[tuple[Visitor, Inspector]]:
    app = create_app(database, search_lag=0.0)
    inspector = inspector_of(contract)
    visitor = Visitor(app, listen=inspector)
    yield visitor, inspector
    await visitor.aclose()
    app.close()


async def test_every_operation_answers_as_the_vendor_describes_it(
    inspected: tuple[Visitor, Inspector], contract: Contract
) -> None:
    jira, inspector = inspected
    for path in _READS:
        await jira.get(path)
    for status, method, path, body in _WRITES:
        answer = await jira.ask(method, path, body)
        assert answer.status == status, (method, path, answer.body)
    wrong = [each for each in inspector.complaints if GARBLED not in each]
    assert not wrong, "\n".join(wrong)
    offered = {
        (method, contract.operation(method, path.replace("{", "").replace("}", "")) or path)
        for path, handlers in TOOLSETS.items()
        for method in handlers
    }
    assert offered - inspector.asked == set(), "every operation of the sandbox is asked above"


def test_the_scopes_are_those_that_atlassian_names(contract: Contract) -> None:
    assert _SPEC
    paths = json.loads(_SPEC.read_text(encoding="utf-8"))["paths"]
    for path, handlers in TOOLSETS.items():
        for method in handlers:
            template = contract.operation(method, path.replace("{", "").replace("}", ""))
            listed = paths[template][method.lower()]["x-atlassian-oauth2-scopes"]
            assert [frozenset(each["scopes"]) for each in listed] == list(required_scopes(method, path)), (method, path)
