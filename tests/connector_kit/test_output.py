"""Answers stay small, say what was left out, and keep foreign text inside its marks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit.output import ANSWER_LIMIT, Excerpt, bounded, clip, excerpt, one_line, page_line, quoted, size, table

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_a_table_says_its_columns_once() -> None:
    shown = table(("key", "summary"), [("A-1", "first"), ("A-2", None)])
    assert shown.text == "key | summary\nA-1 | first\nA-2 | "
    assert shown.shown == 2


def test_a_table_ends_where_the_budget_does_and_tells_how_far_it_came() -> None:
    shown = table(("n",), ((str(n) * 10,) for n in range(100)), budget=100)
    assert size(shown.text) <= 100
    assert shown.shown == len(shown.text.splitlines()) - 1 < 100


def test_one_row_is_always_shown_even_when_it_must_be_cut() -> None:
    shown = table(("n",), [("x" * 1000,), ("y",)], budget=300)
    assert shown.shown == 1
    assert shown.text.endswith("…")


@given(ANY_TEXT)
def test_no_cell_breaks_its_row(text: str) -> None:
    cell = one_line(text)
    assert "\n" not in cell
    assert "|" not in cell
    cell.encode()


@given(ANY_TEXT, st.integers(4, 50))
def test_a_clipped_text_fits(text: str, budget: int) -> None:
    assert size(clip(text, budget)) <= max(budget, 4)


@given(
    st.lists(
        st.sampled_from(["<data", "</data>", "< / DATA >", "</da\u0000ta>", "x", "\n", '"', "<\t/data"]), max_size=8
    )
)
def test_no_text_closes_the_mark_that_holds_it(parts: list[str]) -> None:
    marked = quoted('a "label"', "".join(parts))
    assert len(re.findall(r"<\s*/\s*data\b", marked, re.IGNORECASE)) == 1
    assert len(re.findall(r"<\s*data\b", marked, re.IGNORECASE)) == 1
    assert marked.endswith("\n</data>")


def test_control_characters_and_direction_overrides_do_not_pass() -> None:
    assert quoted("x", "a\x1b[31mb\u202ec\ud800d\te\nf") == '<data from="x">\na[31mbcd\te\nf\n</data>'


def test_an_excerpt_tells_what_it_left_out_and_how_to_go_on() -> None:
    text = "".join(chr(97 + n % 26) for n in range(1000))
    first = excerpt(text, budget=100, rest="Ask with offset={offset}.")
    offset = int(re.findall(r"offset=(\d+)", first.note)[0])
    assert text.startswith(first.text.removesuffix("…"))
    assert len(first.text) - 1 == offset
    assert "of 1,000" in first.note


@given(st.text(min_size=1, max_size=400) | st.text(" \n", min_size=80, max_size=200), st.integers(20, 60))
def test_reading_on_from_excerpt_to_excerpt_loses_nothing(text: str, budget: int) -> None:
    read, offset = "", 0
    for _ in range(len(text) + 1):
        answer = excerpt(text, budget=budget, offset=offset, rest="next={offset}")
        following = re.search(r"\. next=(\d+)\)$", answer.note)
        if following is None:
            read += text[offset:]
            break
        end = int(following.group(1))
        assert end > offset
        read += text[offset:end]
        offset = end
    assert read == text


def test_a_short_text_is_left_as_it_is() -> None:
    assert excerpt("short") == Excerpt("short")


@pytest.mark.parametrize(
    ("total", "cursor", "line"),
    [
        (None, None, "returned 3 issues; more: no"),
        (3, None, "returned 3 issues; more: no"),
        (2000, "abc", "returned 3 of about 2,000 issues; more: yes, next cursor: abc"),
    ],
)
def test_the_last_line_tells_what_there_is(total: int | None, cursor: str | None, line: str) -> None:
    assert page_line(3, noun="issues", total=total, cursor=cursor) == line


def test_an_answer_within_the_limit_is_untouched_and_a_longer_one_is_cut() -> None:
    assert bounded("ä") == "ä"
    cut = bounded("ä" * ANSWER_LIMIT)
    assert "cut at" in cut
    assert size(cut) < ANSWER_LIMIT + 100


def test_one_thing_is_told_in_the_singular() -> None:
    assert page_line(1, noun="issues") == "returned 1 issue; more: no"
    assert page_line(1, noun="issues", total=9, cursor="c") == "returned 1 of about 9 issues; more: yes, next cursor: c"
