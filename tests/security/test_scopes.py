"""A login asks for the union of what the tools need that are on, at each access level and with each toolset.

That each scope is needed, and that they are enough, is held against the sandboxes, which enforce them:
`tests/confluence_mcp/tools/test_scopes_enforced.py`, `tests/jira_mcp/tools/test_scopes_enforced.py`,
`test_toolset_scopes.py` beside it, and `tests/slack_mcp/tools/test_scopes.py`, where some scopes are needed by what a
tool does for some channels only. Snowflake has roles instead.
"""

import pytest

from connector_kit.access import Access
from mcp_suite.documents import scopes
from mcp_suite.documents.files import checkout
from mcp_suite.servers import find, load, load_all

SERVICES = ("confluence", "jira", "slack")


@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("service", SERVICES)
def test_a_login_asks_for_what_the_tools_that_are_on_need(service: str, access: Access) -> None:
    spec = load(find(service))
    for toolset in ("", *spec.toolset.optional):
        on = [entry for entry in spec.toolset if access.allows(entry.effect) and entry.toolset in ("", toolset)]
        asked = set(scopes.asked(spec, access, toolset, "bot" if service == "slack" else ""))
        declared = {scope for entry in on for scope in entry.scopes}
        if service == "slack":
            of_people = {"search:read", "channels:write"}  # a bot's login has no tools that need these
            later = {"chat:write"} if access is Access.READ else set[str]()  # what was scheduled by one that may post
            assert declared - of_people - later <= asked, toolset
        else:
            assert declared == asked, toolset


def test_a_login_for_reading_can_write_nothing() -> None:
    for service in SERVICES:
        spec = load(find(service))
        for toolset in ("", *spec.toolset.optional):
            asked = scopes.asked(spec, Access.READ, toolset)
            assert [scope for scope in asked if "write" in scope or "delete" in scope or "manage" in scope] == []


def test_the_guide_has_the_table() -> None:
    guide = (checkout() / "setup_guides" / "security.md").read_text("utf-8")
    assert "| Jira | usual | `read:jira-work`" in guide
    assert scopes.splice(guide, load_all()) == guide
