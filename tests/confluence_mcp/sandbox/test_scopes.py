"""The sandbox asks for the scopes that the vendor's own descriptions name."""

import json
from typing import Any

import pytest

from confluence_mcp.sandbox.scopes import required_scopes
from confluence_mcp.sandbox.v1.table import V1
from confluence_mcp.sandbox.v2.table import V2
from confluence_mcp.sandbox.web import Routes
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec

_V2 = find_spec("confluence-v2.2026-07-21.json")
_V1 = find_spec("confluence-v1.2026-07-21.json")
_OF_V1 = "/wiki/rest/api"


def _operations(routes: Routes) -> list[tuple[str, str]]:
    return [(method, path) for path, handlers in routes.items() for method in handlers]


@pytest.mark.parametrize(("spec", "base", "routes"), [(_V2, "/wiki/api/v2", V2), (_V1, "", V1)], ids=["v2", "v1"])
@pytest.mark.skipif(_V2 is None or _V1 is None, reason=REASON)
def test_the_scopes_of_every_operation_are_those_that_the_vendor_describes(
    spec: Any, base: str, routes: Routes
) -> None:
    paths: dict[str, Any] = json.loads(spec.read_text(encoding="utf-8"))["paths"]
    contract = Contract(spec, base)
    checked = 0
    for method, path in _operations(routes):
        template = contract.operation(method, path)
        if template is None:
            assert base == "", f"{method} {path} is no operation of v2"
            continue  # v1's file leaves out what v2 has too; test_conformance_v1 names what of it is kept
        families = paths[template][method.lower()].get("x-atlassian-oauth2-scopes", [])
        described = [frozenset(family["scopes"]) for family in families if family["scopes"]]
        assert list(required_scopes(method, path)) == described, f"{method} {path}"
        checked += 1
    assert checked


def test_paths_outside_the_apis_ask_for_no_scope() -> None:
    assert required_scopes("GET", "/_edge/tenant_info") == ()
    assert required_scopes("GET", "/media/file/1/binary") == ()


def test_an_unknown_operation_of_v1_is_judged_by_its_method() -> None:
    assert required_scopes("GET", f"{_OF_V1}/nosuch") == (frozenset({"read:confluence-content.all"}),)
    assert required_scopes("HEAD", f"{_OF_V1}/nosuch") == (frozenset({"read:confluence-content.all"}),)
    assert required_scopes("DELETE", f"{_OF_V1}/nosuch") == (frozenset({"write:confluence-content"}),)
