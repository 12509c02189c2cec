"""Changing pages: whole or in part, and nothing that Markdown cannot say is lost unseen."""

import pytest

from confluence_mcp.sandbox.app import Sandbox

from .conversation import SITE, Conversation, tokens
from .stored import body_of, resolutions_of, rows_of, version_of

pytestmark = pytest.mark.anyio

REPORT, DECISIONS = "98453", "98426"
LESSONS = "<ul><li><p>Nothing was lost between agents; two headings were renamed</p></li>"


async def markdown_of(confluence: Conversation, page: str) -> str:
    """The editable text of a page as it is shown."""
    text = await confluence.ask("confluence_get_page", page=page)
    inside = text.partition("\n")[2].partition(">\n")[2].rpartition("\n</data>")[0]
    return inside.partition("\n\n")[2]


async def test_a_passage_is_replaced_and_all_else_stays_byte_for_byte(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, REPORT)
    text = await confluence.ask(
        "confluence_update_page",
        page=REPORT,
        find="two headings were renamed",
        body="**three** headings were renamed",
        message="One more was found",
    )
    assert text.splitlines() == [
        f'updated {REPORT} "Phase 2 completion report" v2 {SITE}/wiki/spaces/PMOS/pages/{REPORT}',
        "a passage",
    ]
    assert body_of(site, REPORT) == before.replace("two headings", "<strong>three</strong> headings")
    assert rows_of(site, REPORT)[-1][2] == "One more was found"
    assert resolutions_of(site, REPORT) == ["resolved"]


async def test_a_passage_may_be_meant_within_a_part_and_may_go(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, REPORT)
    assert "3 times" in await confluence.refused("confluence_update_page", page=REPORT, find="agents", body="people")
    text = await confluence.ask("confluence_update_page", page=REPORT, part="In short", find="agents", body="people")
    assert text.endswith("a passage in In short")
    assert body_of(site, REPORT) == before.replace("Five agents", "Five people")
    await confluence.ask("confluence_update_page", page=REPORT, find=" (126 times faster)", body="")
    assert body_of(site, REPORT) == before.replace("Five agents", "Five people").replace(" (126 times faster)", "")
    text = await confluence.refused(
        "confluence_update_page", page=REPORT, find="Nothing was lost among agents", body="x"
    )
    assert "Nearest there: “" in text
    assert "Nothing was lost between agents" in text


async def test_the_longest_answer_of_a_write_stays_within_its_budget(confluence: Conversation) -> None:
    labels = [f"label-{number:02}-{'x' * 40}" for number in range(30)]
    title = "A title of many words, " * 10
    files = "".join(f"![x](attachment:picture-{number}-{'y' * 60}.png)\n\n" for number in range(20))
    text = await confluence.ask("confluence_create_page", space="PMOS", title=title, body=files, labels=labels)
    assert tokens(text) <= 150
    number = text.split()[1]
    text = await confluence.ask(
        "confluence_update_page", page=number, title=f"Not {title}", body=f"{files}![x](attachment:new.png)"
    )
    assert tokens(text) <= 150
    text = await confluence.ask("confluence_update_labels", page=number, add=["new", *labels[:9]], remove=labels[9:])
    assert tokens(text) <= 150


async def test_a_section_a_block_and_the_page_take_more_text(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, REPORT)
    outline = await confluence.ask("confluence_get_page", page=REPORT, part="outline")
    deliverables = outline.partition(" ## Deliverables")[0].split()[-1]
    for arguments, after in (
        ({"part": "What we learned", "how": "append", "body": "- A third thing"}, "A third thing"),
        ({"part": "In short", "how": "before", "body": "Read this first."}, "<p>Read this first.</p><h2>In short</h2>"),
        ({"part": deliverables, "how": "after", "body": "After that."}, "<p>After that.</p><h2>What we learned</h2>"),
        ({"how": "append", "body": "## End\n\nThat was it."}, "<h2>End</h2><p>That was it.</p>"),
    ):
        text = await confluence.ask("confluence_update_page", page=REPORT, **arguments)
        assert tokens(text) < 150
        assert after in body_of(site, REPORT).replace("\n", ""), arguments
    now = body_of(site, REPORT)
    for piece in before.split("<h2>"):
        assert piece.partition("</h2>")[2].removesuffix("</ul>") in now
    assert version_of(site, REPORT) == 5


async def test_a_section_that_was_read_is_rewritten_or_removed(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, REPORT)
    section = await confluence.ask("confluence_get_page", page=REPORT, part="What we learned")
    assert "two headings" in section
    text = await confluence.ask(
        "confluence_update_page", page=REPORT, part="What we learned", body="## What we learned\n\nMuch."
    )
    assert "What we learned rewritten" in text
    assert body_of(site, REPORT) == before.partition(LESSONS)[0] + "<p>Much.</p>"
    text = await confluence.ask("confluence_update_page", page=REPORT, part="What we learned", body="")
    assert "What we learned removed" in text
    assert "What we learned" not in body_of(site, REPORT)


async def test_the_whole_page_is_rewritten_by_whoever_read_it(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, DECISIONS)
    shown = await markdown_of(confluence, DECISIONS)
    wanted = shown.replace("All of it has to survive.", "All of it survives.")
    assert wanted != shown
    text = await confluence.ask("confluence_update_page", page=DECISIONS, body=wanted)
    assert f'updated {DECISIONS} "Confluence tools: editing without loss" v2' in text
    assert body_of(site, DECISIONS) == before.replace("has to survive", "survives")
    again = await confluence.ask("confluence_update_page", page=DECISIONS, body=wanted)
    assert "is so already (v2); nothing was written" in again
    assert version_of(site, DECISIONS) == 2


async def test_an_edit_that_would_lose_something_names_it_and_is_refused(
    confluence: Conversation, site: Sandbox
) -> None:
    await confluence.ask("confluence_get_page", page=DECISIONS)
    text = await confluence.refused("confluence_update_page", page=DECISIONS, body="Short now.")
    assert "would lose" in text
    assert "gliffy" in text
    assert "excerpt-include" in text
    assert "accept_loss=true" in text
    await confluence.ask("confluence_get_page", page=REPORT, part="In short")
    text = await confluence.refused(
        "confluence_update_page", page=REPORT, part="In short", body="## In short\n\nThey hand over to each other."
    )
    assert "comment" in text
    assert resolutions_of(site, REPORT) == ["resolved"]
    assert version_of(site, REPORT) == version_of(site, DECISIONS) == 1
    text = await confluence.ask("confluence_update_page", page=DECISIONS, body="Short now.", accept_loss=True)
    assert "dropped" in text
    assert tokens(text) < 150
    assert body_of(site, DECISIONS).startswith("<p>Short now.</p>")
    assert "gliffy" not in body_of(site, DECISIONS)


async def test_a_title_changes_alone_or_with_the_text(confluence: Conversation, site: Sandbox) -> None:
    before = body_of(site, REPORT)
    text = await confluence.ask("confluence_update_page", page=REPORT, title="Phase 2 report")
    assert f'updated {REPORT} "Phase 2 report" v2' in text
    assert 'title, "Phase 2 completion report" before' in text
    assert body_of(site, REPORT) == before
    text = await confluence.ask(
        "confluence_update_page", page=REPORT, title="Phase 2", find="Five agents", body="Six agents"
    )
    assert "a passage; title" in text
    text = await confluence.refused("confluence_update_page", page=REPORT, title="Velocity")
    assert "has a page 'Velocity' already" in text
    assert "98462" in text


async def test_what_cannot_be_meant_is_refused(confluence: Conversation, site: Sandbox) -> None:
    for arguments, said in (
        ({}, "Nothing to change was given"),
        ({"body": "x", "how": "after"}, "after what?"),
        ({"find": "Five agents", "body": "x", "how": "append"}, "goes without find"),
        ({"part": "In short", "how": "append"}, "is empty"),
        (
            {"part": "No such heading", "body": "x", "how": "append"},
            f"page {REPORT}'s body has no block or section 'No such heading'",
        ),
        ({"part": "b000000", "body": "x", "how": "append"}, "part=outline"),
        ({"find": "not there at all", "body": "x"}, "not"),
        ({"find": "a", "body": "x"}, "times"),
        ({"body": "x" * 1_000_001}, "too long"),
    ):
        assert said in await confluence.refused("confluence_update_page", page=REPORT, **arguments), arguments
    assert version_of(site, REPORT) == 1


async def test_a_page_that_may_only_be_viewed_says_so(confluence: Conversation) -> None:
    assert "Not for customers" in await confluence.ask("confluence_get_page", page="98465")
    text = await confluence.refused("confluence_update_page", page="98465", find="Not for customers", body="For all")
    assert "does not let this account change 98465" in text
