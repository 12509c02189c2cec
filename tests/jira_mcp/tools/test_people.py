"""Watchers, votes and members as a model uses them."""

from pathlib import Path

import httpx2
import pytest
from typing_extensions import override

from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox.app import Sandbox
from jira_mcp.settings import JiraSettings
from sandbox_kit.atlassian.accounts import ALEX_RIVERA, ENGINEERING_PARTNER

from .conversation import Conversation, converse, rows

pytestmark = pytest.mark.anyio


async def test_watchers_and_voters_are_named(reader: Conversation) -> None:
    assert await reader.ask("jira_list_watchers", key="PMOS-34") == (
        "PMOS-34 is watched by 4: Product Architect, Human PM, Engineering Partner, Data Analyst\n"
        "you watch it\n"
        "voted for by 3: Human PM, Alex Rivera, Data Analyst\n"
        "you voted for it"
    )
    text = await reader.ask("jira_list_watchers", key="PMOS-41")
    assert "voted for by nobody\nyou did not vote for it" in text


@pytest.mark.parametrize(
    ("names", "said"),
    [([], "watched by 3: 3 whom Jira does not name"), (["Ann"], "watched by 3: Ann and 2 whom Jira does not name")],
)
async def test_names_that_jira_does_not_tell_are_counted(
    names: list[str], said: str, site: Sandbox, jira: Conversation
) -> None:
    watchers = [{"accountId": f"712020:{name}", "displayName": name} for name in names]
    body = {"watchCount": 3, "isWatching": False, "watchers": watchers}
    await break_it(site, "/rest/api/3/issue/PMOS-41/watchers", "GET", status=200, body=body)
    text = await jira.ask("jira_list_watchers", key="PMOS-41")
    assert said in text
    assert "you do not watch it" in text


async def test_one_watches_for_oneself_unless_others_are_named(jira: Conversation) -> None:
    assert await jira.ask("jira_watch_issue", key="PMOS-41") == "PMOS-41: watching now: Human PM"
    text = await jira.ask("jira_watch_issue", key="PMOS-41", people=["alex.rivera@pm-os.example", "Data Analyst"])
    assert text == "PMOS-41: watching now: Alex Rivera, Data Analyst"
    text = await jira.ask("jira_watch_issue", key="PMOS-41", people=[ALEX_RIVERA.account_id], action="unwatch")
    assert text == "PMOS-41: not watching any more: Alex Rivera"
    assert "Data Analyst" in await jira.ask("jira_list_watchers", key="PMOS-41")
    assert "Alex" not in await jira.ask("jira_list_watchers", key="PMOS-41")


async def test_everybody_is_found_before_anybody_watches(jira: Conversation) -> None:
    text = await jira.refused("jira_watch_issue", key="PMOS-41", people=["me", "alex"])
    assert "'alex' may mean 2 people." in text
    assert ALEX_RIVERA.account_id in text
    assert {each.method for each in jira.exchanges} == {"GET"}


async def test_who_may_not_manage_watchers_is_told_so(jira: Conversation) -> None:
    text = await jira.refused("jira_watch_issue", key="DESK-1", people=[ENGINEERING_PARTNER.account_id])
    assert "You do not have permission to manage the watcher list." in text


async def test_a_vote_is_given_and_taken_back(jira: Conversation) -> None:
    assert "voted for PMOS-40 https://" in await jira.ask("jira_vote_issue", key="PMOS-40")
    assert "you voted for it" in await jira.ask("jira_list_watchers", key="PMOS-40")
    assert "took the vote back" in await jira.ask("jira_vote_issue", key="PMOS-40", action="unvote")
    text = await jira.refused("jira_vote_issue", key="PMOS-40", action="unvote")
    assert "You have not voted for this issue." in text


async def test_a_vote_that_jira_does_not_take_is_explained(jira: Conversation) -> None:
    text = await jira.refused("jira_vote_issue", key="PMOS-1")
    assert "You cannot vote for an issue you have reported." in text
    assert "Votes are for issues that are not resolved" in text
    assert "jira_search_issues finds issues" in await jira.refused("jira_vote_issue", key="PMOS-99999")


async def test_members_are_listed_by_role_with_groups_by_name(reader: Conversation) -> None:
    text = await reader.ask("jira_list_members", project="PMOS")
    assert rows(text)[0][:3] == ["Administrators", "person", "Human PM"]
    assert ["Members", "group", "product-team", ""] in [[*row, ""][:4] for row in rows(text)]
    assert text.endswith("nobody has: Reporters")
    one = await reader.ask("jira_list_members", project="PMOS", role="viewers")
    assert [row[2] for row in rows(one)] == ["Sam Okafor"]
    assert await reader.ask("jira_list_members", project="PMOS", role="Reporters") == "Nobody has this role."


async def test_a_role_that_is_not_there_is_told_with_those_that_are(reader: Conversation) -> None:
    text = await reader.refused("jira_list_members", project="PMOS", role="Member")
    assert "Did you mean Members?" in text
    assert "one of Administrators, Members, Reporters, Viewers" in text


async def test_issues_of_projects_that_are_not_allowed_are_left_alone(site: Sandbox, tmp_path: Path) -> None:
    settings = JiraSettings.model_validate({"sandbox": True, "access": "write", "projects": "NOVA"})
    for tool in ("jira_list_watchers", "jira_watch_issue", "jira_vote_issue"):
        async with converse(
            tmp_path / tool, transport=httpx2.ASGITransport(site), settings=settings, only=tool
        ) as jira:
            assert "outside of the projects" in await jira.refused(tool, key="PMOS-40")
            assert jira.exchanges == []


class _SecondFails(httpx2.AsyncBaseTransport):
    """A site whose second answer to a POST has another status."""

    def __init__(self, site: Sandbox, status: int) -> None:
        self._site = httpx2.ASGITransport(site)
        self._status = status
        self._posts = 0

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._posts += request.method == "POST"
        if request.method == "POST" and self._posts > 1:
            return httpx2.Response(self._status, headers={"Retry-After": "600"}, text="{}")
        return await self._site.handle_async_request(request)


@pytest.mark.parametrize(("status", "said"), [(500, "look: jira_list_watchers PMOS-41"), (429, "Try again in 600 s")])
async def test_who_watches_already_is_told_when_the_next_gets_no_clear_answer(
    status: int, said: str, site: Sandbox, tmp_path: Path
) -> None:
    async with converse(tmp_path, transport=_SecondFails(site, status)) as jira:
        text = await jira.refused("jira_watch_issue", key="PMOS-41", people=["me", "Data Analyst", "Alex Rivera"])
    assert said in text
    assert "Done before: Human PM." in text
    assert "Not tried: Alex Rivera." in text
