"""The bare text of pages, and whom and what they refer to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atlassian_kit.storage.links import Target, target_at
from atlassian_kit.storage.plain import accounts_in, files_in, pages_in, plain_text

Source = Callable[[str], str]

PAGES = sorted((Path(__file__).parent / "pages").glob("*.xml"))
ANN = "712020:0a1b2c3d-1111-4aaa-8bbb-000000000001"
BOB = "712020:0a1b2c3d-1111-4aaa-8bbb-000000000002"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_bare_text_has_no_markup_and_no_empty_lines(path: Path) -> None:
    text = plain_text(path.read_bytes().decode("utf-8"))
    assert all(line == line.strip() != "" for line in text.split("\n") if text)
    if path.stem not in ("code_cdata", "comments_and_line_ends", "entities", "third_party_macro"):
        assert "<" not in text or path.stem == "malformed"
    assert "ac:parameter" not in text


def test_each_block_is_a_line_and_each_line_is_whole(page: Source) -> None:
    assert plain_text(page("links")).split("\n")[:2] == [
        "Same space, the run book, roll back, here.",
        "Files: minutes, other.csv",
    ]
    assert plain_text(page("layout_two_columns")).startswith(
        f"Weekly report\nWeek 47, written by @{ANN}\nDone\nCard tokens"
    )
    assert "The epic is PMOS-3 and its bugs:" in plain_text(page("jira_macro")).split("\n")
    assert "Inline too: nine to five on workdays." in plain_text(page("excerpt_include")).split("\n")


def test_people_are_named_where_names_are_known(page: Source) -> None:
    assert "by @Bob Roe" in plain_text(page("merged_cells"), {BOB: "Bob Roe"})


def test_code_keeps_its_lines_and_what_looks_like_markup(page: Source) -> None:
    lines = plain_text(page("code_cdata")).split("\n")
    assert 'const last = rows[cells[0]]>0 ? "<b>&amp;</b>" : `a ${b}`;' in lines
    assert "escaped <not> CDATA & so on" in lines


def test_entities_are_the_characters_that_they_stand_for(page: Source) -> None:
    assert "It’s “quoted” — 10 000 €, 5×3 m², ½…" in plain_text(page("entities")).split("\n")


def test_what_is_shown_twice_or_to_nobody_is_left_out(page: Source) -> None:
    assert plain_text(page("custom_panel")).count("Lift-off is on Monday.") == 1
    assert "hidden" not in plain_text(page("comments_and_line_ends"))
    assert "0b4e2f66" not in plain_text(page("product_requirements"))


def test_a_text_that_is_not_well_formed_is_read_as_far_as_it_goes(page: Source) -> None:
    assert plain_text(page("malformed")).startswith("Half a page\nThis one is never closed")
    assert accounts_in(page("malformed")) == files_in(page("malformed")) == pages_in(page("malformed")) == ()


def test_accounts_are_those_of_mentions_and_of_macros_once_each(page: Source) -> None:
    assert accounts_in(page("task_list")) == (ANN, "557058:7e1f0000-2222-4bbb-9ccc-000000000003")
    assert accounts_in(page("dashboard")) == ("557058:7e1f0000-2222-4bbb-9ccc-000000000003",)
    assert accounts_in(page("links")) == (ANN, BOB)


def test_files_are_those_of_the_page_itself(page: Source) -> None:
    assert files_in(page("images")) == ("flow.png", "icon small.svg", "linked.png", "cell.png")
    assert files_in(page("links")) == ("minutes (final).pdf", "button.png")
    assert files_in(page("dashboard")) == ("budget 2026.xlsx", "deck.pptx")


def test_pages_are_named_with_their_space_where_it_is_told(page: Source) -> None:
    assert pages_in(page("links")) == (
        "page:Same%20space",
        "page:OPS/Run%20book",
        "page:Data",
        "blog:PMOS/2026-11-02/We%20shipped",
        "page:393229",
        "page:Pic",
        "page:PMOS/Phase%202%20PRD",
    )
    assert [target_at(address) for address in pages_in(page("excerpt_include"))] == [
        Target("page", "Phase 1 PRD", "PMOS"),
        Target("page", 'Glossary "A" <draft>'),
    ]
