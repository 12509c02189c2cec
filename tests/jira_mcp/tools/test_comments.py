"""Comments as a model meets them: listed by pages, changed without loss, deleted only with a yes."""

from pathlib import Path

import httpx2
import pytest

from connector_kit.output import ANSWER_BUDGET, size
from jira_mcp.sandbox.app import Sandbox

from ..client.rich_documents import RICH, Colleague, document
from .conversation import AT_ONCE, ERAS, SITE, Conversation, answering, converse, cursor_in

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


@pytest.fixture
def colleague(site: Sandbox) -> Colleague:
    return Colleague(httpx2.ASGITransport(site))


async def test_comments_are_listed_with_what_is_needed_to_change_them(jira: Conversation) -> None:
    await jira.ask("jira_add_comment", key=KEY, body="# Title\n\n@[Data Analyst], *look*.", visible_to="Administrators")
    text = await jira.ask("jira_list_comments", key=KEY)
    head, *lines = text.splitlines()
    assert head == f'<data from="comments of {KEY}">'
    assert lines[0].startswith("[id 1")
    assert lines[0].endswith(" · only for role Administrators]")
    assert lines[1:4] == ["# Title", "", "@[Data Analyst], *look*."]
    assert lines[-1] == f"returned 1 comment; more: no; each at {SITE}/browse/{KEY}?focusedCommentId=<id>"
    assert await jira.ask("jira_list_comments", key="PMOS-41") == "PMOS-41 has no comments"


@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_pages_reach_every_comment_within_the_budget(
    order: str, jira: Conversation, colleague: Colleague
) -> None:
    words = [f"comment-{number} " + "lorem ipsum " * 250 for number in range(30)]
    for each in words:
        await colleague.ask("POST", f"/issue/{KEY}/comment", {"body": document(each)})
    seen: list[int] = []
    cursor = ""
    while True:
        text = await jira.ask("jira_list_comments", key=KEY, order=order, cursor=cursor)
        assert size(text) < ANSWER_BUDGET + 500
        seen += [int(part.split()[0]) for part in text.split("\ncomment-")[1:]]
        if "more: no" in text:
            break
        cursor = cursor_in(text)
    assert seen == (list(range(30)) if order == "oldest" else list(range(30))[::-1])


async def test_a_very_long_comment_is_read_on_by_the_cursor(jira: Conversation, colleague: Colleague) -> None:
    words = " ".join(f"w{number}" for number in range(5_000))
    await colleague.ask("POST", f"/issue/{KEY}/comment", {"body": document(words)})
    first = await jira.ask("jira_list_comments", key=KEY)
    assert "characters 0 to " in first
    second = await jira.ask("jira_list_comments", key=KEY, cursor=cursor_in(first))
    assert f" of {len(words):,}]" in second
    assert "w4999" in second
    assert "more: no" in second


async def test_a_comment_is_changed_and_says_what_changed(jira: Conversation) -> None:
    made = await jira.ask("jira_add_comment", key=KEY, body="First.", visible_to="Administrators")
    number = made.split("comment ")[1].split()[0]
    text = await jira.ask("jira_update_comment", key=KEY, comment_id=number, body="Second *word*.")
    address = f"{SITE}/browse/{KEY}?focusedCommentId={number}"
    assert text == f"updated comment {number} of {KEY}: 14 characters, 6 before; only for role Administrators {address}"
    text = await jira.ask("jira_update_comment", key=KEY, comment_id=number, body="Second *word*.")
    assert text == f"comment {number} of {KEY} is so already; nothing was written {address}"
    assert len(jira.sent("PUT", f"/rest/api/3/issue/{KEY}/comment/{number}")) == 1
    assert ", edited, only for role Administrators" in await jira.ask("jira_get_issue", key=KEY)


async def test_what_a_comment_would_lose_is_named_and_may_be_accepted(jira: Conversation, colleague: Colleague) -> None:
    number = (await colleague.ask("POST", f"/issue/{KEY}/comment", {"body": RICH}))["id"]
    call = {"key": KEY, "comment_id": number, "body": "All new."}
    text = await jira.refused("jira_update_comment", **call)
    assert "body would lose " in text
    assert "extension “burndown”" in text
    assert "accept_loss=true" in text
    assert jira.audited()[-1]["error_kind"] == "invalid_input"
    assert "dropped extension “burndown”" in await jira.ask("jira_update_comment", **call, accept_loss=True)


async def test_two_who_edit_the_same_description_do_not_overwrite_each_other(site: Sandbox, tmp_path: Path) -> None:
    transport = httpx2.ASGITransport(site)
    async with (
        converse(tmp_path / "a", transport=transport, policy=AT_ONCE) as one,
        converse(tmp_path / "b", transport=transport, policy=AT_ONCE) as other,
    ):
        await one.ask("jira_update_issue", key=KEY, fields={"description": "# Plan\n\nFirst step.\n\nSecond step."})
        await other.ask("jira_get_issue", key=KEY)
        await one.ask("jira_update_issue", key=KEY, fields={"description": {"find": "First", "replace": "Very first"}})
        mine = {"description": "# Plan\n\nFirst step.\n\nSecond step, done."}
        text = await other.refused("jira_update_issue", key=KEY, fields=mine)
        assert "[line 3: “First step.” became “Very first step.”]" in text
        assert other.audited()[-1]["error_kind"] == "conflict"
        assert "Very first step." in await other.ask("jira_get_issue", key=KEY)
        passage = {"find": "Second step.", "replace": "Second step, done."}
        await other.ask("jira_update_issue", key=KEY, fields={"description": passage})
        assert "Very first step.\n\nSecond step, done." in await one.ask("jira_get_issue", key=KEY)


async def test_whoever_wrote_a_long_description_knows_it(jira: Conversation) -> None:
    long = "\n\n".join(f"Paragraph {number} says little." for number in range(600))
    await jira.ask("jira_update_issue", key=KEY, fields={"description": long})
    await jira.ask("jira_update_issue", key=KEY, fields={"description": long + "\n\nEnd."})


async def test_of_a_long_description_the_unseen_rest_is_kept(jira: Conversation, colleague: Colleague) -> None:
    await colleague.put(KEY, description=document(*[f"Paragraph {number} says little." for number in range(600)]))
    text = await jira.ask("jira_get_issue", key=KEY, include=[])
    refused = await jira.refused("jira_update_issue", key=KEY, fields={"description": "Short."})
    assert "you were shown 7,99" in refused
    assert "jira_get_issue" in refused
    offset = 0
    while "description_offset=" in text:
        offset = int(text.split("description_offset=")[1].split(".")[0])
        text = await jira.ask("jira_get_issue", key=KEY, include=[], description_offset=offset)
    assert offset
    await jira.ask("jira_get_issue", key=KEY, include=[])
    await jira.ask("jira_update_issue", key=KEY, fields={"description": "Short."})


async def test_rich_text_fields_are_shown_as_they_are_edited(jira: Conversation, colleague: Colleague) -> None:
    await colleague.put(KEY, environment=RICH)
    for call in ({"fields": ["Environment"]}, {"include": ["all_fields"]}):
        text = await jira.ask("jira_get_issue", key=KEY, **call)
        assert "\n[Environment]\n## Plan\n\nAsk @[Orchestrator] first.\n\n[extension: burndown](adf:" in text


async def test_a_long_rich_text_field_is_read_on_by_its_name(jira: Conversation, colleague: Colleague) -> None:
    await colleague.put(KEY, environment=document(*[f"Paragraph {number} says little." for number in range(600)]))
    text = await jira.ask("jira_get_issue", key=KEY, fields=["Environment"])
    assert "Paragraph 599" not in text
    rest = 'call again with include=[], fields=["Environment"] and description_offset='
    assert rest in text
    refused = await jira.refused("jira_update_issue", key=KEY, fields={"environment": "Short."})
    assert "you were shown 7,99" in refused
    while rest in text:
        offset = int(text.split(rest)[1].split(".")[0])
        text = await jira.ask("jira_get_issue", key=KEY, fields=["Environment"], description_offset=offset)
    assert "Paragraph 599" in text
    await jira.ask("jira_update_issue", key=KEY, fields={"environment": "Short."})


async def test_nothing_that_is_different_is_told_without_a_write(jira: Conversation) -> None:
    await jira.ask("jira_update_issue", key=KEY, fields={"description": "Well."})
    text = await jira.ask("jira_update_issue", key=KEY, fields={"description": "Well."})
    assert text == f"{KEY} is so already; nothing was written {SITE}/browse/{KEY}\nDescription: unchanged"
    assert len(jira.sent("PUT", f"/rest/api/3/issue/{KEY}")) == 1


@pytest.mark.parametrize("era", ERAS)
async def test_a_comment_is_deleted_only_with_a_yes(site: Sandbox, tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    transport = httpx2.ASGITransport(site)
    async with converse(tmp_path / "a", transport=transport, mode=era) as jira:
        text = await jira.refused("jira_delete_comment", key="PMOS-8", comment_id="10003")
        assert 'Delete the comment of Product Architect (2026-01-31) on PMOS-8 for good? "Phase 0 is complete' in text
        assert "confirm=true" in text
        assert not [each for each in jira.exchanges if each.method == "DELETE"]
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path / "b", transport=transport, mode=era, elicitation=dialog) as jira:
        text = await jira.ask("jira_delete_comment", key="PMOS-8", comment_id="10003", confirm=True)
        assert text == "deleted comment 10003 of PMOS-8"
        assert len(questions) == 1
        text = await jira.refused("jira_delete_comment", key="PMOS-8", comment_id="10003")
        assert "404" in text


async def test_others_may_not_be_corrected_without_the_permission(site: Sandbox, colleague: Colleague) -> None:
    partner = Colleague(httpx2.ASGITransport(site), "Engineering Partner")
    assert (await partner.refused("PUT", "/issue/PMOS-8/comment/10003", {"body": document("x")})).startswith(
        "Engineering Partner, you do not have the permission to edit"
    )
