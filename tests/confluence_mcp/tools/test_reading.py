"""Reading pages: whole, by outline, section and block; what a long page costs; what is not there."""

import json
import re

import pytest

from connector_kit.testing.conversation import outside

from .conversation import SITE, Conversation, tokens

pytestmark = pytest.mark.anyio

LONG = "98425"
"""A page of 300 KB."""


async def test_a_page_tells_what_it_is_and_what_it_says(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page", page="98432")
    lines = text.splitlines()
    assert lines[0] == f"98432 · space PMOS · version 1 · {SITE}/wiki/spaces/PMOS/pages/98432"
    assert lines[1] == '<data from="page 98432">'
    assert lines[2] == "# Product Architect"
    assert lines[3].startswith("by Product Architect, 2026-01-31; updated 2026-01-31 16:00 by Product Architect")
    assert lines[4] == "parent: 98403 Agent Specifications"
    assert lines[5].startswith("labels: agent-spec")
    assert "## Decides alone\n\n- How a requirement is divided" in text
    assert lines[-1] == "</data>"


@pytest.mark.parametrize(
    "page",
    [
        "98432",
        "PMOS/Product Architect",
        "pmos/Product Architect",
        f"{SITE}/wiki/spaces/PMOS/pages/98432/Product+Architect",
        f"{SITE}/wiki/pages/viewpage.action?pageId=98432",
        f"{SITE}/wiki/display/PMOS/Product+Architect",
        f"{SITE}/wiki/x/gIAB",
    ],
)
async def test_a_page_is_named_in_every_usual_way(reader: Conversation, page: str) -> None:
    text = await reader.ask("confluence_get_page", page=page, part="Asks first")
    assert text.startswith("98432 ") or page.endswith("gIAB")
    assert "A requirement outside the strategy" in text or page.endswith("gIAB")


async def test_people_are_told_by_name_and_looked_up_once(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page", page="98408")
    assert "@[Engineering Partner]" in text
    assert "712020:" not in text
    await reader.ask("confluence_get_page", page="98408", part="outline")
    assert len(reader.sent("POST", "/wiki/api/v2/users-bulk")) == 1
    assert len(reader.sent("GET", "/wiki/api/v2/pages/98408")) == 1


async def test_of_the_next_page_only_people_that_are_not_known_are_looked_up(reader: Conversation) -> None:
    for page in ("98408", "98415", "98432"):
        await reader.ask("confluence_get_page", page=page)
    asked = [
        account
        for exchange in reader.sent("POST", "/wiki/api/v2/users-bulk")
        for account in json.loads(exchange.request_body or b"{}")["accountIds"]
    ]
    assert len(asked) == len(set(asked)) >= 4


async def test_a_blog_post_is_read_like_a_page(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page", page="98471")
    assert text.startswith("98471 · blogpost · space PMOS")
    assert text.splitlines()[0].endswith("/wiki/spaces/PMOS/blog/98471")


async def test_an_outline_has_the_ids_to_read_and_to_change_by(reader: Conversation) -> None:
    outline = await reader.ask("confluence_get_page", page="98432", part="outline")
    found = dict(re.findall(r"(b[0-9a-f]{6}) (?:list|##) (.+)", outline))
    heading = next(number for number, text in found.items() if text == "Asks first")
    section = await reader.ask("confluence_get_page", page="98432", part=heading)
    assert section == await reader.ask("confluence_get_page", page="98432", part="asks FIRST")
    assert "- Dropping something that was promised" in section
    assert "Decides alone" not in section
    block = next(number for number, text in found.items() if text.startswith("A requirement outside"))
    alone = await reader.ask("confluence_get_page", page="98432", part=block)
    assert "- A requirement outside the strategy" in alone
    assert "Asks first" not in alone


async def test_of_a_long_page_only_what_was_asked_for_is_paid(reader: Conversation) -> None:
    outline = await reader.ask("confluence_get_page", page=LONG, part="outline")
    assert tokens(outline) <= 600
    assert outline.count("## Hour") == 24
    section = await reader.ask("confluence_get_page", page=LONG, part="What we took from it")
    assert tokens(section) <= 100
    inside = await reader.ask("confluence_get_page", page=LONG, part="outline:Hour 23")
    assert tokens(inside) <= 150
    assert inside.count("## Hour") == 1


async def test_a_long_page_can_be_read_to_its_end(reader: Conversation) -> None:
    first = await reader.ask("confluence_get_page", page=LONG)
    assert tokens(first) <= 5_000
    assert "the page has 312," in outside(first)
    _, _, outline = first.partition("outline (ids of blocks and headings):")
    (hour,) = re.findall(r"(b[0-9a-f]{6}) ## Hour 21 ", outline)
    told, following = "", f"{hour}+"
    while following:
        text = await reader.ask("confluence_get_page", page=LONG, part=following)
        assert tokens(text) <= 4_300
        assert "outline (ids" not in text
        told += text
        found = re.search(r'Read on with part="([^"]+)"', outside(text))
        following = found[1] if found else ""
    times = re.findall(r"^\| (\d\d:\d\d:\d\d) \|", told, re.MULTILINE)
    assert len(times) == len(set(times)) == 3 * 80
    assert times == sorted(times)
    assert told.count("## Hour") == 3
    assert "What we took from it" in told


async def test_a_block_that_is_too_long_is_read_in_pieces(confluence: Conversation) -> None:
    words = " ".join(f"word{number}" for number in range(4_000))
    await confluence.ask(
        "confluence_create_page", space="PMOS", title="Long lines", body=f"Before.\n\n{words}\n\nAfter."
    )
    told = ""
    following = ""
    for _ in range(6):
        text = await confluence.ask("confluence_get_page", page="PMOS/Long lines", part=following)
        told += text
        found = re.search(r'Read on with part="([^"]+)"', outside(text))
        if found is None:
            break
        following = found[1]
    assert "@" in following
    assert all(f"word{number}" in told for number in range(0, 4_000, 7))
    assert "After." in told


async def test_an_old_version_is_told_apart(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page", page="98415", version=1)
    assert "· version 1 ·" in text.splitlines()[0]
    assert "# Phase 4 PRD: Integrations" in text
    assert text.endswith("This is an old version; the page is at version 3 now.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"page": "99999999"}, "confluence_search finds pages"),
        ({"page": "PMOS/No such page"}, "has no page titled 'No such page'"),
        ({"page": "98415", "version": 9}, "404"),
        ({"page": "98432", "part": "No such heading"}, "has no heading 'No such heading'"),
        ({"page": "98432", "part": "b000000"}, "it was changed or removed since it was read"),
        ({"page": LONG, "part": "Hour 0"}, "may be 'Hour 0': "),
        ({"page": "https://other.atlassian.net/wiki/spaces/PMOS/pages/98432"}, "pm-os.sandbox.invalid"),
        ({"page": "nonsense"}, "[page: 'nonsense' should be an id, a link, or SPACE/Title"),
    ],
)
async def test_what_is_not_there_is_refused_with_a_way_on(
    reader: Conversation, arguments: dict[str, object], told: str
) -> None:
    assert told in await reader.refused("confluence_get_page", **arguments)


async def test_what_people_wrote_is_marked_as_data(reader: Conversation) -> None:
    text = await reader.ask("confluence_get_page", page="98446")
    assert text.count("<data from=") == 1
    assert text.count("</data>") == 1
    assert "feedback" not in outside(text).lower()


async def test_a_changed_page_is_read_as_it_is_now(confluence: Conversation) -> None:
    await confluence.ask("confluence_get_page", page="98432")
    await confluence.ask("confluence_update_page", page="98432", body="One more thing.", how="append")
    text = await confluence.ask("confluence_get_page", page="98432")
    assert "· version 2 ·" in text
    assert "One more thing." in text
