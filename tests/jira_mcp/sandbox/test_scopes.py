"""The sandbox asks for the scopes that the vendor's own description names."""

import json
from typing import Any

import pytest

from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox.resources.table import RESOURCES
from jira_mcp.sandbox.scopes import required_scopes

_SPEC = find_spec("jira-platform-v3.2026-07-21.json")


def _operations() -> list[tuple[str, str]]:
    return [(method, path) for path, handlers in RESOURCES.items() for method in handlers]


@pytest.mark.skipif(_SPEC is None, reason=REASON)
def test_the_scopes_of_every_operation_are_those_that_the_vendor_describes() -> None:
    assert _SPEC
    paths: dict[str, Any] = json.loads(_SPEC.read_text(encoding="utf-8"))["paths"]
    contract = Contract(_SPEC)
    for method, path in _operations():
        template = contract.operation(method, path)
        assert template
        operation = paths[template][method.lower()]
        described = [
            frozenset(family["scopes"]) for family in operation.get("x-atlassian-oauth2-scopes", []) if family["scopes"]
        ]
        if not described:  # a few name their classic scope only where all ways to sign in are listed
            secured = next(each["OAuth2"] for each in operation["security"] if "OAuth2" in each)
            described = [frozenset(secured)] if secured else []
        assert list(required_scopes(method, path)) == described, f"{method} {path}"


def test_paths_outside_the_api_ask_for_no_scope() -> None:
    assert required_scopes("GET", "/_edge/tenant_info") == ()
    assert required_scopes("GET", "/rest/api/3/serverInfo") == ()


def test_an_unknown_operation_is_judged_by_its_method() -> None:
    assert required_scopes("GET", "/rest/api/3/nosuch") == (frozenset({"read:jira-work"}),)
    assert required_scopes("HEAD", "/rest/api/3/nosuch") == (frozenset({"read:jira-work"}),)
    assert required_scopes("DELETE", "/rest/api/3/nosuch") == (frozenset({"write:jira-work"}),)
