"""The OAuth scopes that the tools declare, held against Atlassian's descriptions of what the tools call."""

import pytest

from confluence_mcp.scopes import TOOLSETS, required_scope
from confluence_mcp.settings import ConfluenceSettings
from confluence_mcp.tools import TOOLS
from connector_kit.access import Access
from connector_kit.serving.toolset import ToolEntry
from connector_kit.testing.conversation import path_of
from connector_kit.testing.specs import REASON

from .calls import CALLS
from .traffic import Descriptions, Operation, Traffic

USUAL = tuple(entry for entry in TOOLS if not entry.toolset)
ENTRIES = list(TOOLS)


@pytest.fixture(scope="module")
def descriptions() -> Descriptions:
    found = Descriptions.found()
    if found is None:
        pytest.skip(REASON)
    return found


def used(entry: ToolEntry, traffic: Traffic, descriptions: Descriptions) -> set[Operation]:
    """The operations that a tool calls."""
    return {descriptions.operation(exchange) for exchange in traffic[entry.name]}


def test_each_tool_is_tried() -> None:
    assert set(CALLS) == {entry.name for entry in TOOLS}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_tool_declares_just_the_scopes_that_its_requests_need(
    entry: ToolEntry, traffic: Traffic, descriptions: Descriptions
) -> None:
    needed = {scope for each in used(entry, traffic, descriptions) for scope in descriptions.scopes(each)}
    assert set(entry.scopes) == needed


def test_the_scope_named_for_a_refused_request_is_one_that_it_needs(
    traffic: Traffic, descriptions: Descriptions
) -> None:
    wrong: set[str] = set()
    for exchange in (each for exchanges in traffic.values() for each in exchanges):
        needed = descriptions.scopes(descriptions.operation(exchange))
        named = required_scope(exchange.method, path_of(exchange))
        if named not in needed:
            wrong.add(f"{exchange.method} {path_of(exchange)}: {named}, not {', '.join(sorted(needed))}")
    assert not wrong, "\n".join(sorted(wrong))


def asked_for(access: Access, *toolsets: str) -> set[str]:
    """The scopes that a login asks for on behalf of the tools."""
    settings = ConfluenceSettings.model_validate({"access": access, "toolsets": toolsets})
    profile = settings.oauth_profile()
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


@pytest.mark.parametrize("access", list(Access))
def test_a_login_asks_for_just_what_the_tools_of_its_access_declare(access: Access) -> None:
    declared = {scope for entry in USUAL if access.allows(entry.effect) for scope in entry.scopes}
    assert asked_for(access) == declared


@pytest.mark.parametrize("toolset", TOOLS.optional)
def test_a_login_with_a_toolset_asks_for_what_its_tools_declare_besides(toolset: str) -> None:
    for access in Access:
        declared = {
            scope
            for entry in TOOLS
            if entry.toolset in ("", toolset) and access.allows(entry.effect)
            for scope in entry.scopes
        }
        assert asked_for(access, toolset) == declared, access


def test_only_toolsets_that_there_are_need_scopes() -> None:
    assert set(TOOLSETS) <= set(TOOLS.optional)
