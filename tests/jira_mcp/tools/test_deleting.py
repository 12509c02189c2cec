"""Deleting: never without a yes, and the question says what would be lost."""

from pathlib import Path

import httpx2
import pytest
from mcp.client.session import ElicitationFnT

from connector_kit.access import Access
from jira_mcp.sandbox.app import Sandbox

from .conversation import ERAS, Conversation, answering, converse

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_without_dialog_confirms_by_argument(site: Sandbox, tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era) as jira:
        text = await jira.refused("jira_delete_issue", key="PMOS-40")
        assert 'Delete Task PMOS-40 "Write a setup guide for every server" (Backlog)' in text
        assert "confirm=true" in text
        await jira.ask("jira_get_issue", key="PMOS-40")
        assert await jira.ask("jira_delete_issue", key="PMOS-40", confirm=True) == "deleted PMOS-40"
        await jira.refused("jira_get_issue", key="PMOS-40")


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_with_a_dialog_asks_the_person(site: Sandbox, tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era, elicitation=dialog) as jira:
        assert await jira.ask("jira_delete_issue", key="PMOS-40", confirm=True) == "deleted PMOS-40"
    (question,) = questions
    assert "PMOS-40" in question


@pytest.mark.parametrize(
    "dialog", [answering("decline"), answering("cancel"), answering("accept", confirm=False)], ids=["no", "away", "off"]
)
async def test_without_a_yes_nothing_is_deleted(site: Sandbox, tmp_path: Path, dialog: ElicitationFnT) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as jira:
        assert "nothing was changed" in await jira.refused("jira_delete_issue", key="PMOS-40", confirm=True)
        assert not jira.sent("DELETE", "/rest/api/3/issue/PMOS-40")


async def test_subtasks_are_named_before_and_deleted_only_if_asked_for(jira: Conversation) -> None:
    text = await jira.refused("jira_delete_issue", key="PMOS-35", confirm=True)
    assert "sub-task" in text
    await jira.ask("jira_get_issue", key="PMOS-35")
    question = await jira.refused("jira_delete_issue", key="PMOS-35", delete_subtasks=True)
    assert "PMOS-55" in question
    assert "PMOS-56" in question
    assert await jira.ask("jira_delete_issue", key="PMOS-35", delete_subtasks=True, confirm=True) == "deleted PMOS-35"
    await jira.refused("jira_get_issue", key="PMOS-55")


async def test_children_that_would_lose_their_epic_are_counted(jira: Conversation) -> None:
    text = await jira.refused("jira_delete_issue", key="PMOS-26")
    assert "issues lose their parent" in text


async def test_a_missing_issue_cannot_be_deleted(jira: Conversation) -> None:
    assert "does not exist" in await jira.refused("jira_delete_issue", key="PMOS-4711", confirm=True)


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_a_server_that_may_not_delete_says_how_to_allow_it(site: Sandbox, tmp_path: Path, access: Access) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), access=access) as jira:
        text, is_error = await jira.attempt("jira_delete_issue", {"key": "PMOS-40", "confirm": True})
        assert is_error
        assert "JIRA_ACCESS=delete" in text
        assert jira.exchanges == []
