"""An outline is short, however long the page is, and says what it folded."""

import re
from collections.abc import Callable

import pytest

from atlassian_kit.storage import edit, to_markdown
from atlassian_kit.storage.blocks import outline
from atlassian_kit.storage.outline import OUTLINE_BUDGET, outline_text

Source = Callable[[str], str]


def size(text: str) -> int:
    return len(text.encode())


def test_a_short_page_is_told_block_by_block(page: Source) -> None:
    lines = outline_text(outline(page("phase_report"))).split("\n")
    assert [re.sub("b[0-9a-f]{6}", "ID", line) for line in lines] == [
        "ID # Phase 1 report",
        "  ID paragraph Period 2026-09-01 to 2026-10-31 · Done",
        "  ID ## Highlights",
        "    ID list Search answers in 180 ms (was 420 ms). 12 of 14 epics closed.",
        "  ID ## Figures",
        "    ID chart: Latency Week 40 41 ms 230 180",
        "  ID ## Lessons",
        "    ID quote Measure before you cut.",
        "    ID paragraph Text that says the same.",
        "    ID-2 paragraph Text that says the same.",
        "    ID rule",
        "    ID-3 paragraph Text that says the same.",
        "  ID ## Thanks",
        "    ID paragraph To @712020:0a1b2c3d-1111-4aaa-8bbb-000000000002 :heart:",
    ]


def test_a_page_without_blocks_has_no_outline() -> None:
    assert outline_text(()) == ""


def test_a_page_of_300_kb_costs_600_tokens_at_most(large_page: str) -> None:
    assert size(large_page) >= 300_000
    text = outline_text(outline(large_page))
    assert size(text) <= OUTLINE_BUDGET == 600 * 4
    assert len(re.findall("^b[0-9a-f]{6} # Chapter", text, re.MULTILINE)) == 12
    assert " # Chapter 5: what we build (109 blocks: " in text


def test_what_is_folded_is_counted_under_its_heading(large_page: str) -> None:
    blocks = outline(large_page)
    assert "## Part 3.2 of the specification (13 paragraphs, 1 table, 1 code block, 2 more: " in outline_text(
        blocks, 9_000
    )
    text = outline_text(blocks, 26_000)
    assert "## Part 3.2 of the specification (13 paragraphs: 2," in text
    assert "    (1 list: " in text
    assert " info: Note of 3.2." in text


def test_a_section_has_an_outline_of_its_own(large_page: str) -> None:
    blocks = outline(large_page)
    chapter = next(block.id for block in blocks if block.text.startswith("Chapter 7"))
    text = outline_text(blocks, within=chapter)
    assert size(text) <= OUTLINE_BUDGET
    assert text.startswith(f"{chapter} # Chapter 7: what we build (1 paragraph: 23 characters)\n  b")
    assert [f"Part 7.{number}" in text for number in range(6)] == [True] * 6
    assert "Chapter 8" not in text


def test_a_section_of_a_page_of_300_kb_costs_no_more_than_itself(large_page: str) -> None:
    name = "Part 5.3 of the specification"
    markdown = to_markdown(large_page, part=name)
    assert size(markdown) < 4_000
    assert markdown.startswith(f"## {name}\n\nParagraph 5.3.0.")
    assert "5.4" not in markdown
    made = edit(large_page, markdown.replace("Note of 5.3.", "Note on 5.3."), part=name)
    assert made.storage == large_page.replace("Note of 5.3.", "Note on 5.3.")


@pytest.mark.parametrize("budget", [0, 100, 300, 600, 1_000, 2_400, 5_000, 9_000, 30_000, 1_000_000])
def test_an_outline_keeps_within_its_budget_and_says_so(budget: int, large_page: str) -> None:
    text = outline_text(outline(large_page), budget)
    assert size(text) <= max(budget, 50)
    assert ("more lines: ask for a section" in text) == (budget < 700)


def test_folding_loses_no_block(large_page: str) -> None:
    blocks = outline(large_page)
    for budget in (1_500, 9_000, 26_000):
        text = outline_text(blocks, budget)
        named = len(re.findall(r"^ *b[0-9a-f]{6}(?:-\d+)? ", text, re.MULTILINE))
        counted = re.findall(r"(\d+) [a-z ]+(?=[,:] )", "\n".join(re.findall(r"\([^()]*characters\)", text)))
        assert named + sum(map(int, counted)) == len(blocks)


def test_a_page_of_nothing_but_headings_is_cut_with_a_note() -> None:
    blocks = outline("".join(f"<h1>Heading number {number}</h1>" for number in range(500)))
    text = outline_text(blocks)
    assert size(text) <= OUTLINE_BUDGET
    shown = text.count("\n")
    assert text.endswith(f"(and {500 - shown} more lines: ask for a section)")
