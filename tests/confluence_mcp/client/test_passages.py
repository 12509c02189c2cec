"""What is shown of a page: within the budget, from block to block, without a gap."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.client.passages import passage
from connector_kit.errors import NotFound
from connector_kit.output import size

PIECES = st.sampled_from(
    [
        "<p>One paragraph of words.</p>",
        "<p>Ä ö ü ß 🜚 and more.</p>",
        "<h2>Heading</h2>",
        "<h3>Deeper</h3>",
        "<ul><li>a</li><li>b</li></ul>",
        "<table><tbody><tr><td>x</td><td>y</td></tr></tbody></table>",
        '<ac:structured-macro ac:name="toc" />',
        "<p />",
        f"<p>{'long ' * 60}</p>",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=12), st.integers(60, 600))
@settings(max_examples=30, deadline=None)
def test_reading_on_shows_every_block_once(pieces: list[str], budget: int) -> None:
    storage = "".join(pieces)
    whole = passage(storage, {}, "", 1_000_000)
    assert whole.next == ""
    part, told, seen = "", "", 0
    while True:
        found = passage(storage, {}, part, budget)
        assert size(found.markdown) <= budget
        told += found.markdown
        seen += len(found.shown)
        if not found.next:
            break
        assert found.next != part
        part = found.next
    # Of two lists below each other the second has another bullet.
    assert "".join(re.findall(r"\w", told)) == "".join(re.findall(r"\w", whole.markdown))
    assert seen <= len(whole.shown)


def test_a_heading_is_shown_with_what_is_below_it() -> None:
    storage = f"<p>{'a ' * 40}</p><h2>Next</h2><p>{'b ' * 200}</p>"
    first = passage(storage, {}, "", 200)
    assert "Next" not in first.markdown
    assert passage(storage, {}, first.next, 1_000).markdown.startswith("## Next")


def test_a_section_is_named_by_its_heading_or_its_id() -> None:
    storage = "<h2>Alpha</h2><p>one</p><h2>Beta</h2><p>two</p>"
    outline = passage(storage, {}, "outline", 1_000).outline
    number = outline.split()[0]
    by_id, by_name = passage(storage, {}, number, 1_000), passage(storage, {}, "alpha", 1_000)
    assert by_id == by_name
    assert by_id.markdown == "## Alpha\n\none"
    assert len(by_id.shown) == 2
    assert passage(storage, {}, f"outline:{number}", 1_000).outline.count("\n") == 1


@pytest.mark.parametrize("part", ["b000000", "b000000+", "b000000@5+", "Gamma", "outline:Gamma", "b12", "+"])
def test_a_part_that_is_not_there_is_told(part: str) -> None:
    with pytest.raises(NotFound, match="has no"):
        passage("<h2>Alpha</h2><p>one</p>", {}, part, 1_000)


def test_a_text_that_is_no_storage_format_is_shown_as_words() -> None:
    found = passage("<p>torn <b>text", {}, "", 1_000)
    assert "torn" in found.markdown
    assert found.next == ""


def test_an_empty_page_has_nothing_to_show() -> None:
    found = passage("", {}, "", 1_000)
    assert (found.markdown, found.blocks, found.next) == ("", 0, "")
    assert passage("", {}, "outline", 1_000).outline == ""
