"""A page that others change meanwhile: nothing is overwritten, and what changed is told."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox.app import Sandbox

from .conversation import Conversation, converse, tokens
from .stored import body_of, version_of

pytestmark = pytest.mark.anyio

PAGE = "98453"
WHOLE = "The report, written again."


@pytest.fixture
async def other(site: Sandbox, tmp_path: Path) -> AsyncIterator[Conversation]:
    """Somebody else's session on the same site."""
    async with converse(tmp_path / "other", transport=httpx2.ASGITransport(site)) as confluence:
        yield confluence


async def test_a_whole_text_is_not_written_over_what_others_wrote_since(
    confluence: Conversation, other: Conversation, site: Sandbox
) -> None:
    await confluence.ask("confluence_get_page", page=PAGE)
    await other.ask(
        "confluence_update_page", page=PAGE, find="two headings", body="three headings", title="Phase 2, at last"
    )
    text = await confluence.refused("confluence_update_page", page=PAGE, body=WHOLE)
    assert "Nothing was written: the page was changed after version 1, and is at version 2 now" in text
    assert "by Human PM" in text
    assert "three headings" in text
    assert 'became "Phase 2, at last"' in text
    assert "confluence_get_page 98453" in text
    assert tokens(text) < 250
    assert version_of(site, PAGE) == 2
    await confluence.ask("confluence_get_page", page=PAGE)
    await confluence.ask("confluence_update_page", page=PAGE, body=WHOLE, accept_loss=True)
    assert body_of(site, PAGE) == f"<p>{WHOLE}</p>"


async def test_the_version_that_is_named_must_be_the_one_that_is_there(
    confluence: Conversation, other: Conversation, site: Sandbox
) -> None:
    await other.ask("confluence_update_page", page=PAGE, find="two headings", body="three headings")
    for arguments in ({"body": WHOLE}, {"title": "New"}, {"find": "Five agents", "body": "Six agents"}):
        text = await confluence.refused("confluence_update_page", page=PAGE, version=1, **arguments)
        assert "changed after version 1" in text
        assert "“two headings were” became “three headings were”" in text.replace("; two", "two") or "three" in text
    text = await confluence.refused("confluence_update_page", page=PAGE, version=9, title="New")
    assert "is at version 2" in text
    assert version_of(site, PAGE) == 2
    await confluence.ask("confluence_update_page", page=PAGE, version=2, find="Five agents", body="Six agents")


async def test_a_change_elsewhere_on_the_page_does_not_disturb_a_part(
    confluence: Conversation, other: Conversation, site: Sandbox
) -> None:
    await confluence.ask("confluence_get_page", page=PAGE)
    await other.ask("confluence_update_page", page=PAGE, find="Five agents", body="Six agents")
    await confluence.ask(
        "confluence_update_page", page=PAGE, part="What we learned", body="## What we learned\n\nMuch."
    )
    assert "Six agents" in body_of(site, PAGE)
    assert "<p>Much.</p>" in body_of(site, PAGE)


async def test_a_part_that_changed_since_it_was_read_is_not_written_over(
    confluence: Conversation, other: Conversation, site: Sandbox
) -> None:
    await confluence.ask("confluence_get_page", page=PAGE, part="What we learned")
    await other.ask("confluence_update_page", page=PAGE, find="two headings", body="three headings")
    text = await confluence.refused(
        "confluence_update_page", page=PAGE, part="What we learned", body="## What we learned\n\nMuch."
    )
    assert "changed after version 1" in text
    assert "three headings" in body_of(site, PAGE)


async def test_what_others_took_out_does_not_come_back(
    confluence: Conversation, other: Conversation, site: Sandbox
) -> None:
    await confluence.ask("confluence_get_page", page=PAGE)
    await other.ask("confluence_get_page", page=PAGE)
    await other.ask("confluence_update_page", page=PAGE, part="What we learned", body="")
    # A part of the page as it is now does not show that another one is gone.
    await confluence.ask("confluence_get_page", page=PAGE, part="In short")
    text = await confluence.refused("confluence_update_page", page=PAGE, body=WHOLE, accept_loss=True)
    assert "changed after version 1, and is at version 2 now" in text
    assert "removed" in text
    assert "What we learned" in text
    assert version_of(site, PAGE) == 2
    await confluence.ask(
        "confluence_update_page", page=PAGE, part="In short", body="## In short\n\nMuch.", accept_loss=True
    )
    await confluence.ask("confluence_update_page", page=PAGE, body=WHOLE, version=3, accept_loss=True)
    assert body_of(site, PAGE).startswith(f"<p>{WHOLE}</p>")


async def test_ones_own_changes_are_no_conflict(confluence: Conversation, site: Sandbox) -> None:
    await confluence.ask("confluence_get_page", page=PAGE)
    for find, body in (("Five agents", "Six agents"), ("two headings", "three headings")):
        await confluence.ask("confluence_update_page", page=PAGE, find=find, body=body)
    await confluence.ask("confluence_update_page", page=PAGE, how="append", body="## More\n\nWords.")
    await confluence.ask("confluence_update_page", page=PAGE, part="More", body="")
    await confluence.ask("confluence_update_page", page=PAGE, body=WHOLE, accept_loss=True)
    assert body_of(site, PAGE).startswith(f"<p>{WHOLE}</p>")


async def test_a_page_that_was_shown_in_part_is_not_replaced_whole(confluence: Conversation, site: Sandbox) -> None:
    text = await confluence.refused("confluence_update_page", page=PAGE, body=WHOLE)
    assert "you were shown nothing of it" in text
    assert "version=1" in text
    await confluence.ask("confluence_get_page", page=PAGE, part="What we learned")
    text = await confluence.refused("confluence_update_page", page=PAGE, body=WHOLE, version=1)
    assert "you were shown 2 of its 10 blocks" in text
    text = await confluence.refused("confluence_update_page", page=PAGE, part="In short", body="## In short\n\nMuch.")
    assert "of the part 'In short' you were shown 0 of its 2 blocks" in text
    assert version_of(site, PAGE) == 1


async def test_whoever_knows_the_text_otherwise_names_its_version(confluence: Conversation, site: Sandbox) -> None:
    await confluence.ask("confluence_update_page", page="98441", body=WHOLE, version=1, accept_loss=True)
    assert body_of(site, "98441") == f"<p>{WHOLE}</p>"
    await confluence.ask("confluence_update_page", page="98441", body="And again.", version=2)
    assert version_of(site, "98441") == 3


async def test_somebody_who_is_quicker_by_a_moment_is_not_overwritten(
    site: Sandbox, other: Conversation, tmp_path: Path
) -> None:
    """Confluence answers 409 when a version was written between our reading and our writing."""
    inside = httpx2.ASGITransport(site)
    quick: list[str] = ["two headings"]

    class Overtaken(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.method == "PUT" and quick:
                await other.ask("confluence_update_page", page=PAGE, find=quick.pop(), body="many headings")
            return await inside.handle_async_request(request)

    async with converse(tmp_path, transport=Overtaken()) as confluence:
        text = await confluence.refused("confluence_update_page", page=PAGE, find="Five agents", body="Six agents")
        assert "changed after version 1, and is at version 2 now" in text
        assert "many headings" in text
        assert len(confluence.sent("PUT", f"/wiki/api/v2/pages/{PAGE}")) == 1
    assert "Five agents" in body_of(site, PAGE)
    assert "many headings" in body_of(site, PAGE)
