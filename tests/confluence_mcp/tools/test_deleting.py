"""Deleting and archiving: never without a yes, and the question says what goes along."""

from pathlib import Path

import httpx2
import pytest
from mcp.client.session import ElicitationFnT

from confluence_mcp.sandbox.app import Sandbox
from confluence_mcp.settings import ConfluenceSettings
from connector_kit.access import Access

from .conversation import ERAS, Conversation, answering, converse

pytestmark = pytest.mark.anyio

PAGE, SECTION, PRD = "98453", "98405", "98415"


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_without_dialog_confirms_by_argument(site: Sandbox, tmp_path: Path, era: str) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era) as confluence:
        text = await confluence.refused("confluence_delete_page", page=PAGE)
        assert 'Delete page 98453 "Phase 2 completion report" in space PMOS' in text
        assert "into the trash" in text
        assert "confirm=true" in text
        assert not [each for each in confluence.exchanges if each.method == "DELETE"]
        text = await confluence.ask("confluence_delete_page", page=PAGE, confirm=True)
        assert text == 'deleted 98453 "Phase 2 completion report" to the trash of PMOS'
        assert "confluence_move_page" not in await confluence.refused(
            "confluence_update_labels", page="PMOS/Phase 2 completion report", add=["late"]
        )


async def test_the_question_counts_comments_files_and_pages_below(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_delete_page", page=PRD)
    assert "comment" in text
    text = await confluence.refused("confluence_delete_page", page=SECTION)
    assert "4 pages right below it move up to where it stood" in text
    text = await confluence.refused("confluence_delete_page", page=SECTION, descendants=True)
    assert "all 4 pages below it" in text


@pytest.mark.parametrize("era", ERAS)
async def test_a_client_with_a_dialog_asks_the_person(site: Sandbox, tmp_path: Path, era: str) -> None:
    questions: list[str] = []
    dialog = answering("accept", questions=questions)
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), mode=era, elicitation=dialog) as confluence:
        await confluence.ask("confluence_delete_page", page=PAGE, confirm=True)
    (question,) = questions
    assert "Phase 2 completion report" in question


@pytest.mark.parametrize(
    "dialog", [answering("decline"), answering("cancel"), answering("accept", confirm=False)], ids=["no", "away", "off"]
)
async def test_without_a_yes_nothing_is_deleted(site: Sandbox, tmp_path: Path, dialog: ElicitationFnT) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), elicitation=dialog) as confluence:
        for arguments in ({"page": PAGE}, {"page": SECTION, "descendants": True}):
            text = await confluence.refused("confluence_delete_page", confirm=True, **arguments)
            assert "nothing was changed" in text
        text = await confluence.refused("confluence_archive_pages", pages=[PAGE], confirm=True)
        assert "nothing was changed" in text
        assert not [each for each in confluence.exchanges if each.method != "GET"]


async def test_pages_below_move_up_unless_they_are_to_go_too(confluence: Conversation) -> None:
    await confluence.ask("confluence_delete_page", page=SECTION, confirm=True)
    left = await confluence.ask("confluence_list_pages", page="98400")
    assert "Phase 1 completion report" in left
    assert "Phase Reports" not in left
    text = await confluence.ask("confluence_delete_page", page="98406", descendants=True, confirm=True)
    assert text == 'deleted 98406 "Dashboards" and all below it to the trash of PMOS'
    left = await confluence.ask("confluence_list_pages", space="PMOS", depth=10)
    assert "Velocity" not in left


async def test_pages_are_archived_after_a_yes(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_archive_pages", pages=["98441", "PMOS/Velocity"])
    assert 'Archive 2 pages: 98441 "Phase 0 opportunity tree", 98462 "Velocity"?' in text
    text = await confluence.ask("confluence_archive_pages", pages=["98441", "98462"], confirm=True)
    assert text == 'archived 98441 "Phase 0 opportunity tree", 98462 "Velocity"'
    assert "archived already" in await confluence.refused("confluence_archive_pages", pages=["98441"], confirm=True)


async def test_a_draft_and_a_blog_post_are_deleted_as_what_they_are(confluence: Conversation) -> None:
    text = await confluence.ask("confluence_create_page", space="PMOS", title="Soon", body="x", draft=True)
    number = text.split()[1]
    assert "for good (a draft has no trash)" in await confluence.refused("confluence_delete_page", page=number)
    text = await confluence.ask("confluence_delete_page", page=number, confirm=True)
    assert text == f'deleted {number} "Soon" for good'
    assert "404" in await confluence.refused("confluence_get_page", page=number)
    text = await confluence.refused("confluence_delete_page", page="98471")
    assert "Delete blog post 98471" in text
    text = await confluence.ask("confluence_delete_page", page="98471", confirm=True)
    assert "to the trash of PMOS" in text
    text = await confluence.refused("confluence_delete_page", page="98472", descendants=True, confirm=True)
    assert "is a blog post" in text


async def test_no_pages_are_no_archive(confluence: Conversation) -> None:
    assert "takes 1 to 100" in await confluence.refused("confluence_archive_pages", pages=[], confirm=True)


@pytest.mark.parametrize("access", [Access.READ, Access.WRITE])
async def test_a_server_that_may_not_delete_says_how_to_allow_it(site: Sandbox, tmp_path: Path, access: Access) -> None:
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), access=access) as confluence:
        text, is_error = await confluence.attempt("confluence_delete_page", {"page": PAGE, "confirm": True})
        assert is_error
        assert "CONFLUENCE_ACCESS=delete" in text
        assert confluence.exchanges == []


async def test_nothing_outside_of_the_allowed_spaces_is_deleted_or_told(site: Sandbox, tmp_path: Path) -> None:
    settings = ConfluenceSettings.model_validate(
        {"sandbox": True, "access": "delete", "spaces": "KB", "toolsets": "admin"}
    )
    async with converse(tmp_path, transport=httpx2.ASGITransport(site), settings=settings) as confluence:
        for tool, arguments in (
            ("confluence_delete_page", {"page": PAGE}),
            ("confluence_delete_page", {"page": PAGE, "descendants": True}),
            ("confluence_archive_pages", {"pages": ["200000", PAGE]}),
        ):
            text = await confluence.refused(tool, confirm=True, **arguments)
            assert "CONFLUENCE_SPACES" in text
            assert "completion report" not in text
        assert not [each for each in confluence.exchanges if each.method != "GET"]


async def test_what_is_in_the_trash_or_archived_is_left_there(confluence: Conversation) -> None:
    await confluence.ask("confluence_delete_page", page=PAGE, confirm=True)
    await confluence.ask("confluence_archive_pages", pages=["98452"], confirm=True)
    done = len([each for each in confluence.exchanges if each.method != "GET"])
    for number, said in ((PAGE, "is in the trash"), ("98452", "is archived")):
        for tool, arguments in (
            ("confluence_update_page", {"page": number, "find": "points", "body": "words"}),
            ("confluence_update_page", {"page": number, "title": "Another"}),
            ("confluence_move_page", {"page": number, "target": "98406"}),
            ("confluence_move_page", {"page": "98454", "target": number}),
            ("confluence_copy_page", {"page": number, "target": "98406"}),
            ("confluence_update_labels", {"page": number, "add": ["x"]}),
            ("confluence_create_page", {"parent": number, "title": "T", "body": "x"}),
        ):
            assert said in await confluence.refused(tool, **arguments), tool
    assert "is in the trash" in await confluence.refused("confluence_delete_page", page=PAGE, confirm=True)
    assert "is in the trash" in await confluence.refused("confluence_update_restrictions", page=PAGE, edit=["me"])
    assert len([each for each in confluence.exchanges if each.method != "GET"]) == done
