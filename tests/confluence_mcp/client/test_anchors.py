"""Passages that comments are tied to: found in the page's text, counted as Confluence counts them."""

import pytest

from confluence_mcp.client.anchors import Anchor, find_anchor
from connector_kit.errors import InvalidInput, NotFound

TEXT = "A goal here.\nThe goal, the goal\nA goal here.\nGoal  of the day"


@pytest.mark.parametrize(
    ("wanted", "occurrence", "found"),
    [
        ("The goal,", 0, Anchor("The goal,", 0, 1)),
        ("the goal", 0, Anchor("the goal", 0, 1)),
        ("goal", 1, Anchor("goal", 0, 4)),
        ("goal", 4, Anchor("goal", 3, 4)),
        ("A goal here.", 2, Anchor("A goal here.", 1, 2)),
        ("Goal", 0, Anchor("Goal", 0, 1)),
        ("Goal of the day", 0, Anchor("Goal  of the day", 0, 1)),
        ("THE GOAL,", 0, Anchor("The goal,", 0, 1)),
        ("  of\tthe ", 0, Anchor("of the", 0, 1)),
    ],
)
def test_a_passage_is_found_as_the_page_spells_it(wanted: str, occurrence: int, found: Anchor) -> None:
    assert find_anchor(TEXT, wanted, occurrence) == found


def test_the_places_are_told_where_there_are_several() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_anchor(TEXT, "goal")
    assert refused.value.fields == {
        "1": "<data>A [goal] here.</data>",
        "2": "<data>The [goal], the goal</data>",
        "3": "<data>The goal, the [goal]</data>",
        "4": "<data>A [goal] here.</data>",
    }
    with pytest.raises(InvalidInput, match="The first 10 are shown") as refused:
        find_anchor("x " * 50, "x")
    assert len(refused.value.fields) == 10


@pytest.mark.parametrize("wanted", ["nowhere", "here. The", "the goal\nA goal", "goal.*"])
def test_what_is_in_no_paragraph_is_not_found(wanted: str) -> None:
    with pytest.raises(NotFound):
        find_anchor(TEXT, wanted)


@pytest.mark.parametrize(("wanted", "occurrence"), [("", 0), ("  ", 0), ("x" * 2_001, 0), ("goal", 5)])
def test_what_names_no_passage_is_refused(wanted: str, occurrence: int) -> None:
    with pytest.raises(InvalidInput):
        find_anchor(TEXT, wanted, occurrence)


def test_a_long_page_is_searched_in_no_time() -> None:
    page = "\n".join(f"line {number} with some words and more of them" for number in range(20_000))
    assert find_anchor(page, "LINE 19999 with").count == 1
    with pytest.raises(NotFound):
        find_anchor(page, "a " * 900)
