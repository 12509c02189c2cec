"""Any Markdown put anywhere on any page of the corpus."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlassian_kit.storage import compare, edit, outline, plain_text, to_markdown
from atlassian_kit.storage.blocks import Page
from atlassian_kit.storage.editing import How
from atlassian_kit.storage.tree import parse

PAGES = sorted((Path(__file__).parent / "pages").glob("*.xml"))
SOURCES = {path.stem: path.read_bytes().decode("utf-8") for path in PAGES if path.stem != "malformed"}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LAYOUT = "::: layout\n\n::: column 50\n\nleft\n\n:::\n\n::: column 50\n\nright\n\n:::\n\n:::"
SNIPPETS = [
    "plain",
    "# Heading",
    "- a\n- b\n  - c",
    "1. one\n2. two",
    "- [ ] task\n- [x] done",
    "| a | b |\n| --- | --- |\n| c | d |",
    "```py\nif a < b: print(']]>')\n```",
    "> [!NOTE]\n> said",
    "<details><summary>more</summary>\n\nhidden\n\n</details>",
    LAYOUT,
    "::: layout",
    ":::",
    "![p](attachment:p.png)",
    "[page](page:PMOS/Phase%202) and <b>not</b> &nbsp; &lt;",
    "@[Nobody] [x](adf:123456)",
    "<!-- -->",
    "---",
    "a\\\nb",
    "\x00\x0b\ud800 odd",
    "<ac:structured-macro ac:name='x'>",
]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, str]:
    """A page and the id of one of its blocks, or "" for all of it."""
    source = SOURCES[draw(st.sampled_from(sorted(SOURCES)))]
    return source, draw(st.sampled_from(["", *(block.id for block in outline(source))]))


texts = st.lists(st.sampled_from(SNIPPETS), max_size=4).map("\n\n".join)


@QUICK
@given(places(), texts, st.sampled_from(["replace", "before", "after", "append"]))
def test_whatever_is_written_the_page_is_well_formed_and_the_rest_is_as_it_was(
    place: tuple[str, str], markdown: str, how: How
) -> None:
    source, part = place
    made = edit(source, markdown, part=part, how=how)
    parse(made.storage)
    made.storage.encode("utf-8")
    assert made.changed == (made.storage != source)
    if part:
        span = Page(source).find(part)
        start, end = {"replace": (span.start, span.end), "before": (span.start, span.start)}.get(how, (span.end,) * 2)
        assert made.storage.startswith(source[:start])
        assert made.storage.endswith(source[end:])
    again = edit(made.storage, to_markdown(made.storage))
    assert (again.storage, again.changed) == (made.storage, False)


@QUICK
@given(places(), texts)
def test_what_was_written_is_what_a_comparison_tells(place: tuple[str, str], markdown: str) -> None:
    source, part = place
    made = edit(source, markdown, part=part, how="after")
    difference = compare(source, made.storage)
    assert {change.kind for change in difference.changes} <= {"added"}
    assert len(difference.changes) == len(outline(made.storage)) - len(outline(source))
    back = compare(made.storage, source)
    assert [change.kind for change in back.changes] == ["removed"] * len(difference.changes)


@pytest.mark.parametrize("name", SOURCES)
def test_no_text_of_a_page_is_outside_of_its_blocks(name: str) -> None:
    page = Page(SOURCES[name])
    spans = [placed.span for placed in page.placed]
    assert all(one.end <= other.start for one, other in pairwise(spans))
    text = [plain_text(page.raw(span)) for span in spans]
    assert "\n".join(part for part in text if part) == plain_text(page.source)


@pytest.mark.parametrize("name", SOURCES)
def test_every_block_is_found_by_its_id(name: str) -> None:
    page = Page(SOURCES[name])
    for placed in page.placed:
        assert page.find(placed.block.id).start == placed.span.start
        assert "".join(piece.raw for piece in page.pieces(placed.span)) == page.raw(placed.span)


def test_a_layout_put_into_a_cell_of_a_layout_is_its_columns_one_after_the_other() -> None:
    source = SOURCES["layout_two_columns"]
    made = edit(source, LAYOUT, part="Next", how="append").storage
    assert made == source.replace("Raise to 25&nbsp;%.</p>", "Raise to 25&nbsp;%.</p><p>left</p><p>right</p>")
