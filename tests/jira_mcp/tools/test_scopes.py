"""The OAuth scopes that the tools declare, held against Atlassian's description of what the tools call."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import anyio
import httpx2
import pytest

from connector_kit.access import Access
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR, OAuthProfile
from connector_kit.serving.toolset import ToolEntry
from connector_kit.testing.openapi import Contract
from connector_kit.testing.specs import REASON, find_spec
from jira_mcp.sandbox import create_app
from jira_mcp.tools import TOOLS

from ..named_operations import FOR_EVERYBODY, operations, requests_of
from .calls import CALLS
from .conversation import converse

PLATFORM = "jira-platform-v3.2026-07-21.json"
CLASSIC, GRANULAR = "Current", "Beta"
"""Atlassian's names for the two families of scopes."""

USUAL = tuple(entry for entry in TOOLS if not entry.toolset)
"""The tools of a toolset need scopes besides, which a login asks for only with that toolset."""

Operation = tuple[str, str]


class Described:
    """Atlassian's description: which scopes each operation needs."""

    def __init__(self, path: Path) -> None:
        self._contract = Contract(path)

    def operation(self, method: str, url: str) -> Operation:
        template = self._contract.operation(method, unquote(urlsplit(url).path))
        assert template is not None, url
        return method, template

    def scopes(self, operation: Operation, family: str) -> frozenset[str]:
        """The scopes of one family that an operation needs."""
        listed = self._contract.extension(*operation, "x-atlassian-oauth2-scopes")
        assert listed, f"{operation} cannot be called with OAuth"
        return frozenset(scope for entry in listed if entry["state"] == family for scope in entry["scopes"])


@pytest.fixture(scope="module")
def described() -> Described:
    path = find_spec(PLATFORM)
    if path is None:
        pytest.skip(REASON)
    return Described(path)


@pytest.fixture(scope="module")
def used(seeded: Path, described: Described, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[Operation]]:
    """The operations that each tool calls."""
    folder = tmp_path_factory.mktemp("scopes")

    async def called(tool: str) -> set[Operation]:
        found: set[Operation] = set()
        for number, arguments in enumerate(CALLS[tool]):
            database = folder / f"{tool}-{number}.sqlite3"
            shutil.copyfile(seeded, database)
            site = create_app(database)
            async with converse(folder / f"{tool}-{number}", transport=httpx2.ASGITransport(site), only=tool) as jira:
                await jira.attempt(tool, arguments)
                found |= {described.operation(each.method, each.url) for each in jira.exchanges}
            site.close()
        return found

    async def all_of_them() -> dict[str, set[Operation]]:
        return {tool: await called(tool) for tool in CALLS}

    return anyio.run(all_of_them)


def reached(used: Mapping[str, set[Operation]], access: Access) -> set[Operation]:
    """The operations of all tools that a level of access offers."""
    return {operation for entry in USUAL if access.allows(entry.effect) for operation in used[entry.name]}


def for_tools(profile: OAuthProfile, access: Access) -> set[str]:
    """The scopes that a login asks for on behalf of the tools."""
    return set(profile.scopes_for(access)) - set(profile.base_scopes)


def test_each_tool_is_tried() -> None:
    assert set(CALLS) == {entry.name for entry in USUAL}


def test_each_operation_that_the_client_names_is_reached_through_a_tool(
    used: Mapping[str, set[Operation]], described: Described
) -> None:
    named = {described.operation(method, path) for method, path in requests_of(operations(*FOR_EVERYBODY))}
    assert named - reached(used, Access.DELETE) == {("GET", "/rest/api/3/serverInfo")}


@pytest.mark.parametrize("entry", list(USUAL), ids=lambda entry: entry.name)
def test_a_tool_declares_just_the_scopes_that_its_requests_need(
    entry: ToolEntry, used: Mapping[str, set[Operation]], described: Described
) -> None:
    needed = {scope for operation in used[entry.name] for scope in described.scopes(operation, CLASSIC)}
    assert set(entry.scopes) == needed


@pytest.mark.parametrize("access", list(Access))
def test_a_login_asks_for_just_what_the_tools_of_its_access_declare(access: Access) -> None:
    declared = {scope for entry in USUAL if access.allows(entry.effect) for scope in entry.scopes}
    assert for_tools(JIRA, access) == declared


@pytest.mark.parametrize("access", list(Access))
def test_a_login_with_granular_scopes_asks_for_just_what_the_tools_of_its_access_need(
    access: Access, used: Mapping[str, set[Operation]], described: Described
) -> None:
    needed = {scope for operation in reached(used, access) for scope in described.scopes(operation, GRANULAR)}
    assert for_tools(JIRA_GRANULAR, access) == needed


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
def test_a_login_with_granular_scopes_is_taken_for_one_with_the_classic_scopes(access: Access) -> None:
    granted = JIRA_GRANULAR.scopes_for(access)
    for entry in USUAL:
        lacking = JIRA.lacking(granted, entry.scopes)
        assert (lacking == ()) is access.allows(entry.effect) or entry.effect == "destroys", entry.name
        assert set(lacking) <= set(JIRA_GRANULAR.scopes_for(Access.DELETE))


@pytest.mark.parametrize("classic", JIRA.read_scopes)
def test_what_stands_for_a_classic_scope_is_what_the_operations_under_it_need(
    classic: str, used: Mapping[str, set[Operation]], described: Described
) -> None:
    under = [each for each in reached(used, Access.READ) if classic in described.scopes(each, CLASSIC)]
    needed = {scope for operation in under for scope in described.scopes(operation, GRANULAR)}
    assert set(JIRA.equivalents[classic]) == needed
