"""What is asked before something goes, and that what was asked about is what goes."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import ERAS, Conversation, answering, converse, rows

pytestmark = pytest.mark.anyio

SECTION, PAGE = "98405", "98432"


async def test_pages_that_could_not_be_counted_are_still_told_before_they_go(site: Sandbox, tmp_path: Path) -> None:
    inside = httpx2.ASGITransport(site)

    class Uncounted(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith(("/descendants", "/direct-children", "/footer-comments")):
                return httpx2.Response(403, json={"errors": []})
            return await inside.handle_async_request(request)

    async with converse(tmp_path, transport=Uncounted()) as confluence:
        text = await confluence.refused("confluence_delete_page", page=SECTION, descendants=True)
        assert "uncounted comments" in text
        assert "all uncounted pages below it" in text
        text = await confluence.refused("confluence_delete_page", page=SECTION)
        assert "uncounted pages right below it move up" in text


async def test_the_question_before_deleting_a_comment_counts_its_answers(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_add_comment", page=PAGE, body="The first of three.")
    comment = text.split(" comment ")[1].split()[0]
    for _ in range(2):
        await confluence.ask("confluence_add_comment", reply_to=comment, body="An answer.")
    text = await confluence.refused("confluence_delete_comment", comment_id=comment)
    assert "with 2 replies" in text
    await confluence.ask("confluence_delete_comment", comment_id=comment, confirm=True)
    assert "An answer." not in await confluence.ask("confluence_list_comments", page=PAGE)


async def test_the_question_before_archiving_says_what_becomes_of_the_pages_below(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_archive_pages", pages=[SECTION])
    assert "Pages below them that are not named move up" in text


async def test_a_page_that_was_moved_away_meanwhile_is_not_touched_any_more(site: Sandbox, tmp_path: Path) -> None:
    given = {"sandbox": True, "access": "delete", "spaces": ["PMOS"], "toolsets": ["admin", "tasks", "access"]}
    settings = ConfluenceSettings.model_validate(given)
    calls: dict[str, dict[str, Any]] = {
        "confluence_add_comment": {"page": "98408", "body": "Well."},
        "confluence_update_labels": {"page": "98408", "add": ["late"]},
        "confluence_archive_pages": {"pages": ["98408"], "confirm": True},
        "confluence_update_task": {"task": "?"},
        "confluence_add_attachment": {"page": "98408", "text": "a", "name": "a.txt"},
        "confluence_update_restrictions": {"page": "98408", "edit": ["me"]},
        "confluence_delete_page": {"page": "98408", "confirm": True},
    }
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        await confluence.ask("confluence_get_page", page="98408")
        shown = await confluence.ask("confluence_list_tasks", page="98408")
        calls["confluence_update_task"]["task"] = next(row[0] for row in rows(shown) if row[1] == "open")
        async with converse(tmp_path / "other", transport=httpx2.ASGITransport(site)) as other:
            await other.ask("confluence_move_page", page="98408", target="KB")
        for tool, arguments in calls.items():
            text = await confluence.refused(tool, **arguments)
            assert "outside of the spaces" in text or "confirm" in text, tool
        writes = [each for each in confluence.exchanges if each.method != "GET" and "users-bulk" not in each.url]
        assert not writes


TAKEN = "PMOS/Phase 2 completion report"


@pytest.mark.parametrize("era", ERAS)
async def test_what_goes_is_the_page_that_the_person_was_shown(site: Sandbox, tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    asks = answering("accept", questions=questions)

    async def swap_and_agree(context: Any, params: Any) -> Any:
        async with converse(tmp_path / f"other-{len(questions)}", transport=httpx2.ASGITransport(site)) as other:
            if not questions:
                await other.ask("confluence_update_page", page="98453", title="Kept")
                await other.ask("confluence_update_page", page="98432", title=TAKEN.partition("/")[2])
        return await asks(context, params)

    transport = httpx2.ASGITransport(site)
    async with converse(tmp_path, transport=transport, mode=era, elicitation=swap_and_agree) as confluence:
        text, _ = await confluence.attempt("confluence_delete_page", {"page": TAKEN})
        gone = [each.url.rpartition("/")[2] for each in confluence.exchanges if each.method == "DELETE"]
    # In the newer protocol the person is asked anew, as the question is another one by then.
    assert gone == ["98453" if len(questions) == 1 else "98432"], text
    assert f"Delete page {gone[0]} " in questions[-1]
    assert f"deleted {gone[0]} " in text


@pytest.mark.parametrize(
    ("tool", "by_title", "by_id"),
    [
        ("confluence_delete_page", {"page": TAKEN}, {"page": "98453"}),
        ("confluence_delete_page", {"page": "PMOS/Dashboards", "descendants": True}, {"page": "98406"}),
        ("confluence_archive_pages", {"pages": ["98454", TAKEN]}, {"pages": ["98454", "98453"]}),
        (
            "confluence_delete_attachment",
            {"page": "PMOS/Velocity", "attachment": "velocity.csv"},
            {"page": "98462", "attachment": "velocity.csv"},
        ),
    ],
)
async def test_a_yes_by_argument_takes_the_id_that_was_shown(
    confluence: Conversation, tool: str, by_title: dict[str, Any], by_id: dict[str, Any]
) -> None:
    shown = await confluence.refused(tool, **by_title)
    refused = await confluence.refused(tool, **by_title, confirm=True)
    assert "A title may lead to another page by the time of the yes." in refused
    for number in by_id.get("pages", [by_id.get("page")]):
        assert number in shown
        assert number in refused
    assert not [each for each in confluence.exchanges if each.method == "DELETE" or "archive" in each.url]
    await confluence.ask(tool, **by_id, confirm=True)
