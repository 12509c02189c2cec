"""Moving and copying pages: where they may go, and what the answer says."""

from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings

from .conversation import SITE, Conversation, converse, tokens

pytestmark = pytest.mark.anyio

REPORTS, DASHBOARDS, HOME = "98405", "98406", "98400"
REPORT = "98453"


async def titles_below(confluence: Conversation, page: str) -> list[str]:
    text = await confluence.ask("confluence_list_pages", page=page)
    return [line.strip().partition(" ")[2] for line in text.splitlines() if line.strip()[:1].isdigit()]


async def test_a_page_is_moved_under_before_and_after_another(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_move_page", page=REPORT, target=DASHBOARDS)
    assert text.startswith(f'moved {REPORT} "Phase 2 completion report" v')
    assert text.endswith('\nunder 98406 "Dashboards"')
    assert tokens(text) < 150
    assert (await titles_below(confluence, DASHBOARDS))[-1] == "Phase 2 completion report"
    await confluence.ask("confluence_move_page", page=REPORT, target="98462", position="before")
    await confluence.ask("confluence_move_page", page="98454", target="98462", position="after")
    assert (await titles_below(confluence, DASHBOARDS))[:4] == [
        "Quality dashboard",
        "Phase 2 completion report",
        "Velocity",
        "Phase 3 completion report",
    ]


async def test_a_page_moves_to_another_space_by_a_page_or_by_the_space(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_move_page", page=REPORT, target="KB")
    assert f"{SITE}/wiki/spaces/KB/pages/{REPORT}" in text
    assert "from space PMOS to KB" in text
    text = await confluence.ask("confluence_move_page", page=REPORT, target="PMOS/Phase Reports")
    assert "from space KB to PMOS" in text


async def test_a_move_says_which_restriction_ends_by_it(confluence: Conversation) -> None:
    made = await confluence.ask("confluence_create_page", space="PMOS", parent="98465", title="Inside", body="x")
    inside = made.split()[1]
    text = await confluence.ask("confluence_move_page", page=inside, target=DASHBOARDS)
    assert (
        "Not restricted any more by 98465 “Risks of Phase 4”, for which only Human PM, Alex Moreau could view" in text
    )
    assert tokens(text) < 150
    beside = await confluence.ask("confluence_move_page", page=inside, target="98465", position="after")
    back = await confluence.ask("confluence_move_page", page=inside, target="98465")
    within = await confluence.ask("confluence_move_page", page=inside, target="98465")
    for text in (beside, back, within):
        assert "restricted" not in text
    assert "Not restricted any more by 98465" in await confluence.ask(
        "confluence_move_page", page=inside, target="98465", position="before"
    )


async def test_a_move_whose_restrictions_cannot_be_seen_says_so(site: Sandbox, tmp_path: Path) -> None:
    inside = httpx2.ASGITransport(site)

    class Closed(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/restriction"):
                return httpx2.Response(403, json={"message": "no"})
            return await inside.handle_async_request(request)

    async with converse(tmp_path, transport=Closed()) as confluence:
        text = await confluence.ask("confluence_move_page", page=REPORT, target=DASHBOARDS)
    assert "(Whether a restriction on viewing ended by the move could not be seen.)" in text


async def test_a_page_cannot_be_moved_below_itself_or_out_of_the_tree(confluence: Conversation) -> None:
    before = await titles_below(confluence, REPORTS)
    assert "stands below 98405 itself" in await confluence.refused(
        "confluence_move_page", page=REPORTS, target=REPORT, position="under"
    )
    assert "that is the page itself" in await confluence.refused(
        "confluence_move_page", page=REPORTS, target=f"{SITE}/wiki/spaces/PMOS/pages/{REPORTS}"
    )
    assert "at the top of its space" in await confluence.refused(
        "confluence_move_page", page=REPORT, target=HOME, position="after"
    )
    assert "name a page" in await confluence.refused(
        "confluence_move_page", page=REPORT, target="PMOS", position="after"
    )
    assert await titles_below(confluence, REPORTS) == before
    assert not [each for each in confluence.exchanges if each.method == "PUT"]


async def test_a_copy_says_where_it_is_and_a_second_one_which_is_there(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_copy_page", page=REPORT, target=REPORTS)
    assert text.startswith("copied to ")
    assert '"Copy of Phase 2 completion report"' in text
    number = text.split()[2]
    assert tokens(text) < 150
    again = await confluence.refused("confluence_copy_page", page=REPORT, target=REPORTS)
    assert "already" in again
    assert number in again
    named = await confluence.ask("confluence_copy_page", page=REPORT, target=REPORTS, title="Another one")
    assert '"Another one"' in named
    elsewhere = await confluence.ask("confluence_copy_page", page=REPORT, target="KB")
    assert '"Phase 2 completion report"' in elsewhere


async def test_a_tree_is_copied_with_all_below_it(confluence: Conversation) -> None:
    seen: list[float] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        del total, message
        seen.append(progress)

    text, is_error = await confluence.attempt(
        "confluence_copy_page", {"page": REPORTS, "target": "KB", "descendants": True}, progress=told
    )
    assert not is_error, text
    assert text.startswith('copied 98405 "Phase Reports" and all below it to ')
    assert seen
    assert seen[-1] == 100
    number = text.partition("below it to ")[2].partition(",")[0]
    assert await titles_below(confluence, number) == await titles_below(confluence, REPORTS)
    inside = await confluence.ask("confluence_copy_page", page=REPORTS, target=HOME, descendants=True, title="Old:")
    copy = inside.partition("below it to ")[2].partition(",")[0]
    assert "Old: Phase 1 completion report" in await titles_below(confluence, copy)


async def test_a_tree_cannot_be_copied_into_itself(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_copy_page", page=REPORTS, target=REPORT, descendants=True)
    assert "within itself" in text
    assert not [each for each in confluence.exchanges if each.method == "POST"]


async def test_source_and_target_must_be_in_the_allowed_spaces(site: Sandbox, tmp_path: Path) -> None:
    settings = ConfluenceSettings.model_validate({"sandbox": True, "access": "delete", "spaces": "PMOS"})
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        for tool in ("confluence_move_page", "confluence_copy_page"):
            assert "CONFLUENCE_SPACES" in await confluence.refused(tool, page=REPORT, target="KB")
            assert "CONFLUENCE_SPACES" in await confluence.refused(tool, page=REPORT, target="200000")
            assert "CONFLUENCE_SPACES" in await confluence.refused(tool, page="200000", target=REPORTS)
        assert not [each for each in confluence.exchanges if each.method != "GET"]
