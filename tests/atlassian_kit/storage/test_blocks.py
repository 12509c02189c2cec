"""What the blocks and sections of a page are, and how they are found again."""

import re
from collections.abc import Callable

import pytest

from atlassian_kit.storage.blocks import Page, PartNotFoundError, outline
from atlassian_kit.storage.tree import StorageSyntaxError

Source = Callable[[str], str]

SECTIONS = "<p>intro</p><h1>A</h1><p>a</p><h2>B</h2><p>b</p><h3>C</h3><p>c</p><h2>D</h2><p>d</p><h1>E</h1><p>e</p>"


def kinds(source: str) -> list[str]:
    return [block.kind for block in outline(source)]


def part(source: str, name: str) -> str:
    page = Page(source)
    return page.raw(page.find(name))


def id_of(source: str, text: str) -> str:
    return next(block.id for block in outline(source) if text in block.text)


def test_every_block_has_an_id_of_its_own_that_is_made_of_its_source(page: Source) -> None:
    ids = [block.id for block in outline(page("product_requirements"))]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("b[0-9a-f]{6}", identity) for identity in ids)


def test_an_id_stays_the_same_whatever_changes_around_the_block() -> None:
    identity = id_of(SECTIONS, "b")
    changed = SECTIONS.replace("<p>a</p>", "<ul><li>other</li></ul><hr />").replace("<h2>B</h2>", "<h2>BB</h2>")
    assert id_of(changed, "b") == identity
    assert part(changed, identity) == "<p>b</p>"


def test_an_id_is_gone_when_its_block_was_changed_by_one_character() -> None:
    identity = id_of(SECTIONS, "intro")
    with pytest.raises(PartNotFoundError):
        part(SECTIONS.replace("intro", "Intro"), identity)


def test_blocks_that_are_equal_are_numbered(page: Source) -> None:
    same = [block.id for block in outline(page("phase_report")) if block.text == "Text that says the same."]
    assert [identity.partition("-")[2] for identity in same] == ["", "2", "3"]
    assert len({identity.partition("-")[0] for identity in same}) == 1


def test_different_blocks_never_share_an_id() -> None:
    blocks = outline("".join(f"<p>{number}</p>" for number in range(10_000)))
    ids = {block.id for block in blocks}
    assert len(ids) == len(blocks)
    assert any(len(identity) > 7 for identity in ids)  # of so many, two begin alike
    assert all("-" not in identity for identity in ids)


def test_a_block_says_its_kind_its_first_words_and_its_section(page: Source) -> None:
    blocks = outline(page("product_requirements"))
    assert [block.kind for block in blocks[:5]] == ["macro", "panel", "heading", "paragraph", "heading"]
    tasks = next(block for block in blocks if block.kind == "tasks")
    above = next(block for block in blocks if block.id == tasks.section)
    assert (above.text, above.level) == ("Open questions", 3)
    assert next(block.text for block in blocks if block.id == above.section) == "Requirements"
    assert tasks.text == "Ask Legal about saved cards Agree on the currency list"
    assert all(len(block.text) <= 80 for block in blocks)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("task_list", ["heading", "tasks", "paragraph", "tasks"]),
        ("code_cdata", ["heading", "code", "paragraph", *["code"] * 5, "paragraph"]),
        ("custom_panel", ["paragraph", "panel", "paragraph", "decisions", "other", "paragraph"]),
        ("images", ["image", "paragraph", "image", "paragraph", "image", "table", "image", "paragraph"]),
        ("loose_text", ["paragraph", "paragraph", "paragraph", "list", "paragraph"]),
        ("smart_links", ["paragraph", "card", "paragraph", "list", "card", "paragraph"]),
        ("nested_macros", ["paragraph", "expand", "panel", "paragraph"]),
        ("template", ["other", "heading", "paragraph", "heading", "paragraph", "paragraph"]),
        ("empty", []),
        ("empty_paragraph", []),
    ],
)
def test_blocks_of_every_kind_are_told_apart(name: str, expected: list[str], page: Source) -> None:
    assert kinds(page(name)) == expected


def test_macros_say_what_they_show(page: Source) -> None:
    texts = [block.text for block in outline(page("dashboard"))]
    assert 'contentbylabel: label in ("prd","spec") and type = "page"' in texts
    assert "widget: https://www.example.com/embed/9" in texts
    assert outline(page("excerpt_include"))[1].text == "excerpt-include: Phase 1 PRD"
    assert outline(page("third_party_macro"))[1].text == "drawio: flow.drawio"


def test_people_are_shown_by_name_where_the_names_are_known(page: Source) -> None:
    names = {"712020:0a1b2c3d-1111-4aaa-8bbb-000000000001": "Ann Lee"}
    assert outline(page("task_list"), names)[1].text.startswith("@Ann Lee writes to the bank by 2026-11-25")


def test_blocks_in_the_cells_of_layouts_are_blocks_of_the_page(page: Source) -> None:
    blocks = outline(page("layout_three_columns"))
    assert [block.text for block in blocks if block.level] == [
        "Dashboard of phase 3",
        "Storefront",
        "Payments",
        "Platform",
    ]
    assert "expand" in {block.kind for block in blocks}
    assert {"Left column", "Right, indented"} <= {block.text for block in outline(page("legacy_editor"))}


def test_a_section_reaches_to_the_next_heading_of_its_level_or_above() -> None:
    assert part(SECTIONS, "A") == SECTIONS[SECTIONS.index("<h1>A") : SECTIONS.index("<h1>E")]
    assert part(SECTIONS, "B") == "<h2>B</h2><p>b</p><h3>C</h3><p>c</p>"
    assert part(SECTIONS, id_of(SECTIONS, "D")) == "<h2>D</h2><p>d</p>"
    assert part(SECTIONS, "E") == "<h1>E</h1><p>e</p>"


def test_a_section_in_a_cell_of_a_layout_ends_with_the_cell(page: Source) -> None:
    source = page("layout_two_columns")
    assert part(source, "Next") == "<h2>Next</h2><p>Raise to 25&nbsp;%.</p>"
    assert part(source, "Weekly report").startswith("<h1>Weekly report</h1><p>Week 47")
    assert "Done" not in part(source, "Weekly report")


def test_a_heading_alone_is_meant_by_its_id_with_a_word_after_it() -> None:
    assert part(SECTIONS, f"{id_of(SECTIONS, 'B')}:heading") == "<h2>B</h2>"
    assert part(SECTIONS, "B:heading") == "<h2>B</h2>"


def test_a_section_is_found_by_its_text_however_it_is_written(page: Source) -> None:
    source = page("table_of_contents")
    expected = "<h1>Second <em>again</em> &amp; more</h1>"
    for name in ("Second again & more", "second  AGAIN & more", "# Second again & more"):
        assert part(source, name).startswith(expected)


def test_a_heading_that_is_there_twice_is_asked_for_by_id(page: Source) -> None:
    source = page("table_of_contents")
    with pytest.raises(PartNotFoundError) as caught:
        part(source, "Notes")
    first, second = caught.value.similar
    assert "One." in part(source, first)
    assert "Two: a heading" in part(source, second)


def test_a_part_that_is_not_there_brings_those_that_may_be_meant(page: Source) -> None:
    source = page("table_of_contents")
    with pytest.raises(PartNotFoundError, match="No block or section “again”") as caught:
        part(source, "again")
    assert part(source, caught.value.similar[0]).startswith("<h1>Second <em>")
    with pytest.raises(PartNotFoundError) as missing:
        part(source, "b000000")
    assert missing.value.similar == ()


def test_a_long_heading_is_found_by_all_of_its_text() -> None:
    title = "word " * 40 + "end"
    assert part(f"<h1>{title}</h1><p>x</p>", title) == f"<h1>{title}</h1><p>x</p>"


def test_what_is_not_well_formed_has_no_blocks(page: Source) -> None:
    with pytest.raises(StorageSyntaxError):
        outline(page("malformed"))


def test_very_deep_pages_have_blocks_too() -> None:
    deep = 3_000
    macros = '<ac:structured-macro ac:name="section"><ac:rich-text-body>' * deep
    source = macros + "<p>x</p>" + "</ac:rich-text-body></ac:structured-macro>" * deep
    assert kinds(source) == ["paragraph"]
    assert kinds("<ul><li>" * deep + "x" + "</li></ul>" * deep) == ["list"]
