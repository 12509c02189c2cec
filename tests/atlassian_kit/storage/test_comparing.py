"""What is said about two versions of a page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from atlassian_kit.storage.comparing import Difference, compare

Source = Callable[[str], str]

PAGES = sorted((Path(__file__).parent / "pages").glob("*.xml"))
OLD = (
    "<h1>Goals</h1><p>Pay in under 20 seconds.</p>"
    "<h1>Steps</h1><ul><li><p>one</p></li><li><p>two</p></li></ul><p>End.</p>"
)


def told(difference: Difference) -> list[tuple[str, str, str]]:
    return [(change.kind, change.old, change.new) for change in difference.changes]


def test_equal_pages_differ_in_nothing(page: Source) -> None:
    for path in PAGES:
        assert compare(page(path.stem), page(path.stem)).changes == ()
    assert compare("", "").text(1_000) == ""


def test_a_block_whose_text_changed_is_one_change_and_shows_both() -> None:
    difference = compare(OLD, OLD.replace("20 seconds", "15 seconds"))
    assert told(difference) == [("changed", "Pay in under 20 seconds.", "Pay in under 15 seconds.")]
    (change,) = difference.changes
    assert change.section == "Goals"
    assert difference.text(1_000) == (f"~ {change.id} (Goals)\n- Pay in under 20 seconds.\n+ Pay in under 15 seconds.")


def test_blocks_that_came_and_went_are_told_where_they_are() -> None:
    new = OLD.replace("<p>End.</p>", "<p>Finally.</p><hr />").replace("<p>Pay in under 20 seconds.</p>", "")
    assert told(compare(OLD, new)) == [
        ("removed", "Pay in under 20 seconds.", ""),
        ("removed", "End.", ""),
        ("added", "", "Finally."),
        ("added", "", "---"),
    ]
    assert [change.section for change in compare(OLD, new).changes] == ["Goals", *["Steps"] * 3]


def test_a_block_that_moved_is_not_told_as_another() -> None:
    body = "<p>Pay in under 20 seconds.</p>"
    difference = compare(OLD, OLD.replace(body, "") + body)
    assert told(difference) == [("moved", "Pay in under 20 seconds.", "Pay in under 20 seconds.")]
    assert difference.text(1_000).endswith("(Steps) moved here: Pay in under 20 seconds.")


def test_of_a_list_only_the_lines_that_changed_are_shown() -> None:
    items = [f"<li><p>item number {number}</p></li>" for number in range(50)]
    old = f"<ul>{''.join(items)}</ul>"
    difference = compare(old, old.replace("number 30", "number thirty").replace(items[40], ""))
    lines = difference.text(1_000).split("\n")
    assert lines[1:] == ["- - item number 30", "+ - item number thirty", "- - item number 40"]


def test_of_a_long_line_only_the_surroundings_of_a_change_are_shown() -> None:
    long = "word " * 400
    text = compare(f"<p>{long}old {long}</p>", f"<p>{long}new {long}</p>").text(1_000)
    assert "- …" in text
    assert "word old word" in text
    assert "word new word" in text
    assert len(text) < 250


def test_a_block_that_only_looks_different_is_said_to() -> None:
    difference = compare("<p>x y</p>", '<p style="text-align: center;">x y</p>')
    assert difference.text(1_000).endswith("looks different, its text is the same")


def test_blocks_of_another_kind_are_not_taken_for_the_same() -> None:
    table = "<table><tbody><tr><td>alpha beta</td></tr></tbody></table>"
    kinds = [change.kind for change in compare(f"<hr />{table}", "<hr /><ul><li>alpha beta</li></ul>").changes]
    assert sorted(kinds) == ["added", "removed"]


def test_people_have_names_in_what_changed(page: Source) -> None:
    names = {"712020:0a1b2c3d-1111-4aaa-8bbb-000000000001": "Ann Lee"}
    old = page("layout_two_columns")
    difference = compare(old, old.replace("Week 47", "Week 48"), names)
    assert [change.new for change in difference.changes] == ["Week 48, written by @[Ann Lee]"]


@pytest.mark.parametrize("budget", [0, 60, 200, 500, 3_000])
def test_what_there_is_no_room_for_is_counted(budget: int) -> None:
    old = "".join(f"<p>This is the paragraph number {number} of a page.</p>" for number in range(40))
    difference = compare(old, old.replace("number", "no."))
    text = difference.text(budget)
    assert len(text.encode()) <= max(budget, 30)
    shown = text.count("~ b")
    assert len(difference.changes) == 40
    assert text.endswith(f"(and {40 - shown} more changes)") == (shown < 40)


def test_the_first_change_is_shown_however_large_it_is() -> None:
    text = compare("", f"<p>{'ä' * 5_000}</p><p>more</p>").text(300)
    assert len(text.encode()) <= 300
    assert text.startswith("+ b")
    assert text.endswith("…\n(and 1 more change)")


def test_a_large_change_leaves_room_for_others() -> None:
    text = compare("<p>end</p>", f"<p>{'word ' * 5_000}</p><p>end</p><p>more</p>").text(4_000)
    assert len(text.encode()) < 1_200
    assert text.endswith("\n+ more")


def test_all_of_a_long_page_may_change(large_page: str) -> None:
    chapters = large_page[: large_page.index("<h1>Chapter 4")]
    other = chapters.replace("Paragraph", "Absatz").replace("<h2>Part", "<h2>Teil")
    difference = compare(chapters, other)
    assert len(difference.changes) == 4 * 6 * 14
    assert {change.kind for change in difference.changes} == {"changed"}
    assert len(difference.text(4_000).encode()) <= 4_000


def test_pages_of_nothing_but_alike_blocks_are_compared_too() -> None:
    """None of these takes minutes, which comparing everything with everything would."""
    rows = [f"<p>{'a b ' * (number % 7)}c</p>" for number in range(3_000)]
    shuffled = [*rows[1_000:], *rows[:900]]
    difference = compare("".join(rows), "".join(shuffled))
    assert sum(change.kind == "removed" for change in difference.changes) == 100
    words = "one two three four five six seven " * 60
    old = "".join(f"<p>{words}{number}</p>" for number in range(150))
    assert len(compare(old, old.replace("seven ", "eight ")).changes) == 150


def test_a_change_is_found_in_a_large_page(large_page: str) -> None:
    (change,) = compare(large_page, large_page.replace("Note of 7.3.", "Note on 7.3.")).changes
    assert (change.kind, change.section) == ("changed", "Part 7.3 of the specification")
    assert "Note on 7.3." in change.new


def test_what_is_not_well_formed_is_compared_as_one_block(page: Source) -> None:
    assert [change.kind for change in compare(page("malformed"), "<p>x</p>").changes] == ["removed", "added"]
