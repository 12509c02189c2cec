"""The variables CONFLUENCE_*: what they take, and what a login asks for because of them."""

import pytest

from confluence_mcp.settings import ConfluenceSettings
from connector_kit.access import Access
from connector_kit.errors import NotConfigured


def load(**variables: str) -> ConfluenceSettings:
    return ConfluenceSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})


def test_nothing_set_names_all_that_a_live_site_needs() -> None:
    needed = ["CONFLUENCE_URL", "CONFLUENCE_EMAIL", "CONFLUENCE_API_TOKEN"]
    assert [item.variable for item in load().missing()] == needed
    assert load(CONFLUENCE_SANDBOX="1").missing() == []


def test_all_variables_are_read() -> None:
    settings = load(
        CONFLUENCE_URL="https://Example.atlassian.net/wiki/spaces/DOCS/overview",
        CONFLUENCE_EMAIL="ann@example.com",
        CONFLUENCE_API_TOKEN="secret-token",
        CONFLUENCE_SPACES="docs, ~ann,ops",
        CONFLUENCE_TOOLSETS="blog,tasks",
        CONFLUENCE_ACCESS="write",
    )
    assert settings.url == "https://example.atlassian.net"
    assert settings.spaces == ("DOCS", "~ANN", "OPS")
    assert settings.toolsets == ("blog", "tasks")
    assert settings.access is Access.WRITE
    assert "secret-token" not in repr(settings)


@pytest.mark.parametrize(
    "variables",
    [
        {"CONFLUENCE_SPACES": "no key"},
        {"CONFLUENCE_SPACES": "A/B"},
        {"CONFLUENCE_TOOLSETS": "nothing"},
        {"CONFLUENCE_ACCESS": "all"},
        {"CONFLUENCE_FILES_DIR": "not/absolute"},
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(variables: dict[str, str]) -> None:
    with pytest.raises(NotConfigured, match=next(iter(variables))):
        load(**variables)


def test_a_toolset_adds_its_scopes_to_those_of_its_level() -> None:
    usual = set(load().oauth_profile().scopes_for(Access.READ))
    tasks = set(load(CONFLUENCE_TOOLSETS="tasks").oauth_profile().scopes_for(Access.READ))
    assert tasks - usual == {"read:task:confluence"}
    assert "write:task:confluence" in load(CONFLUENCE_TOOLSETS="tasks").oauth_profile().scopes_for(Access.WRITE)
