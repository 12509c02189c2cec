"""Every answer of the agile and software APIs against their exported schemas, and the scopes against Atlassian's."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.agile_routes import AGILE
from jira_mcp.sandbox.agile_scopes import agile_scopes
from jira_mcp.sandbox.scopes import required_scopes
from jira_mcp.sandbox.visitor import Visitor
from sandbox_kit.atlassian.visitor import Exchange

from ..agile_contract import EDGES, SOFTWARE, AgileContract

_SPEC = find_spec(SOFTWARE)
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(_SPEC is None, reason=REASON)]

NULLS = re.compile(r"items\[\d+\]\.(from|fromString|to|toString) None ")
"""Jira sends null for a value that was or became empty; the file knows only texts there."""

_READS = (
    "/rest/agile/1.0/board?type=scrum&name=o&projectKeyOrId=PMOS",
    "/rest/agile/1.0/board/1",
    "/rest/agile/1.0/board/1/configuration",
    "/rest/agile/1.0/board/3/configuration",
    "/rest/agile/1.0/board/1/epic?done=true",
    "/rest/agile/1.0/board/1/sprint?state=closed&startAt=1&maxResults=2",
    "/rest/agile/1.0/epic/PMOS-26",
    "/rest/agile/1.0/sprint/5",
    "/rest/agile/1.0/issue/PMOS-1/estimation?boardId=1",
    "/rest/software/1.0/board/1/issue?maxResults=100&expand=changelog&fields=*all",
    "/rest/software/1.0/board/1/issue/approximate-count",
    "/rest/software/1.0/board/1/backlog?jql=project=PMOS&maxResults=3",
    "/rest/software/1.0/board/1/backlog/approximate-count?jql=project=PMOS",
    "/rest/software/1.0/board/1/sprint/5/issue?reconcileIssues=10034&fields=summary",
    "/rest/software/1.0/sprint/5/issue?validateQuery=strict",
    "/rest/software/1.0/epic/PMOS-26/issue",
)
_WRITES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/rest/agile/1.0/sprint", {"name": "New", "originBoardId": 1, "goal": "x"}),
    ("POST", "/rest/agile/1.0/sprint/6", {"goal": "y", "startDate": "2026-02-16T09:00:00.000Z"}),
    ("PUT", "/rest/agile/1.0/sprint/6", {"name": "Phase 5", "goal": "z"}),
    ("POST", "/rest/agile/1.0/sprint/6/issue", {"issues": ["PMOS-40"], "rankBeforeIssue": "PMOS-39"}),
    ("POST", "/rest/agile/1.0/backlog/issue", {"issues": ["PMOS-40"]}),
    ("POST", "/rest/agile/1.0/backlog/1/issue", {"issues": ["PMOS-41"]}),
    ("PUT", "/rest/agile/1.0/issue/rank", {"issues": ["PMOS-40"], "rankAfterIssue": "PMOS-41"}),
    ("PUT", "/rest/agile/1.0/issue/PMOS-1/estimation?boardId=1", {"value": "2"}),
)


async def test_every_operation_answers_by_its_schema(database: Path) -> None:
    assert _SPEC
    contract = AgileContract(_SPEC)
    wrong: list[str] = []
    asked: set[tuple[str, str | None]] = set()

    def check(exchange: Exchange) -> None:
        asked.add((exchange.method, contract.operation(exchange.method, exchange.path)))
        wrong.extend(
            contract.request(exchange.method, exchange.path, [name for name, _ in exchange.query], exchange.sent)
        )
        wrong.extend(contract.response(exchange.method, exchange.path, exchange.answer.body))

    app = create_app(database, search_lag=0.0)
    jira = Visitor(app, listen=check)
    for path in _READS:
        assert (await jira.ask("GET", path)).status == 200, path
    for method, path, body in _WRITES:
        answer = await jira.ask(method, path, body)
        assert answer.status in (200, 201, 204), (path, answer.body)
    await jira.aclose()
    app.close()
    assert [each for each in wrong if not NULLS.search(each)] == []
    offered = {
        (method, contract.operation(method, path.replace("{", "").replace("}", "")))
        for path, handlers in AGILE.items()
        for method in handlers
        if path.startswith(EDGES)
    }
    assert offered - asked == set()


@pytest.mark.parametrize("body", [{"issueIdsOrKeys": ["PMOS-1", "PMOS-22"], "maxResults": 3, "fieldIds": ["status"]}])
async def test_bulk_changelogs_answer_as_the_platform_describes(database: Path, body: dict[str, Any]) -> None:
    spec = find_spec("jira-platform-v3.2026-07-21.json")
    if spec is None:
        pytest.skip(REASON)
    contract = Contract(spec)
    app = create_app(database, search_lag=0.0)
    jira = Visitor(app)
    answer = await jira.ask("POST", "/changelog/bulkfetch", body)
    await jira.aclose()
    app.close()
    path = "/rest/api/3/changelog/bulkfetch"
    assert answer.body["issueChangeLogs"]
    wrong = [*contract.request("POST", path, body=body), *contract.response("POST", path, 200, answer.body)]
    assert [each for each in wrong if ": None " not in each] == []


def test_the_scopes_are_those_that_atlassian_names() -> None:
    old = find_spec("jira-software.2022-07-16.json")
    if old is None:
        pytest.skip(REASON)
    paths = cast("dict[str, dict[str, Any]]", json.loads(old.read_text(encoding="utf-8"))["paths"])
    contract = Contract(old)
    held = 0
    for path, handlers in AGILE.items():
        # The issue lists have moved since; what they ask for has not.
        former = path.replace("/rest/software/", "/rest/agile/").replace("{", "").replace("}", "")
        for method in handlers:
            template = contract.operation(method, former)
            described = [each["OAuth2"] for each in paths[template][method.lower()]["security"]] if template else []
            if described and described[0]:
                held += 1
                assert agile_scopes(method, path) == frozenset(described[0]), path
    assert held >= 15
    for path, handlers in AGILE.items():
        for method in handlers:
            assert all(
                scope.startswith(("read:", "write:")) for family in required_scopes(method, path) for scope in family
            )
    assert required_scopes("POST", "/rest/api/3/changelog/bulkfetch")[0] == {"read:jira-work"}
    assert required_scopes("GET", "/rest/agile/1.0/nosuch") == (frozenset({"manage:jira-configuration"}),)
