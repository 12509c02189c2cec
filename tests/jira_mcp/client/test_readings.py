"""What was shown of a text, against what it is now; and changes of its passages."""

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client.passages import rewritten
from jira_mcp.client.readings import Readings

PLACE = ("PMOS-1", "description")
LONG = "\n\n".join(f"Paragraph {number} of a long text." for number in range(100))


def shown(text: str) -> Readings:
    readings = Readings()
    readings.note(PLACE, text)
    return readings


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("one\ntwo\nthree", {}),
        ("one\ntwo\nthree\n", {}),
        ("one\n2\nthree", {"line 2": "“two” became “2”"}),
        ("one\ntwo", {"line 3": "gone: “three”"}),
        ("zero\none\ntwo\nthree", {"line 1": "new: “zero”"}),
        ("", {"line 1": "gone: “one two three”"}),
    ],
)
def test_what_changed_since_a_text_was_shown_is_told_by_lines(now: str, told: dict[str, str]) -> None:
    assert shown("one\ntwo\nthree").changes(PLACE, now) == told


def test_of_a_long_line_the_words_that_differ_are_told() -> None:
    before = "A very long line about the plan of the year and what it takes to get there in time, and on foot."
    told = shown(before).changes(PLACE, before.replace("the year", "two years"))
    assert told == {"line 1": "“of the year and” became “of two years and”"}


def test_a_text_that_changed_everywhere_is_told_in_few_words() -> None:
    told = shown(LONG).changes(PLACE, LONG.replace(" of ", " in "))
    assert len(told) <= 7
    assert len(str(told)) < 2_000


def test_a_text_that_was_never_shown_or_was_forgotten_is_not_compared() -> None:
    readings = shown("one")
    assert readings.changes(("PMOS-2", "description"), "two") == {}
    readings.forget(PLACE)
    assert readings.changes(PLACE, "two") == {}


def test_a_text_of_which_a_part_was_shown_is_read_when_the_rest_was_shown_too() -> None:
    readings = shown(LONG)
    assert readings.read_to(PLACE) is None
    readings.note_part(PLACE, 0, 1_000)
    assert readings.read_to(PLACE) == 1_000
    readings.note_part(PLACE, 2_000, len(LONG))
    assert readings.read_to(PLACE) == 1_000
    readings.note_part(PLACE, 1_000, len(LONG))
    assert readings.read_to(PLACE) is None
    readings.note(PLACE, LONG)
    readings.note_part(PLACE, 0, 1_000)
    assert readings.read_to(PLACE) is None
    readings.note(PLACE, LONG + "!")
    readings.note_part(PLACE, 0, 1_000)
    assert readings.read_to(PLACE) == 1_000


def test_the_oldest_readings_make_room() -> None:
    readings = Readings()
    for number in range(400):
        readings.note((str(number),), "x")
    assert readings.changes(("0",), "y") == {}
    assert readings.changes(("399",), "y")
    for number in range(10):
        readings.note((str(number),), "x" * 1_000_000)
    assert readings.changes(("399",), "y") == {}
    assert readings.changes(("9",), "y")


@pytest.mark.parametrize(
    ("value", "text", "whole"),
    [
        ("All new", "All new", True),
        (None, "", True),
        (5, "5", True),
        ({"append": "- three"}, "# Title\n\nSome *old* words,\nand more.\n\n- three", False),
        ({"find": "*old*", "replace": "new"}, "# Title\n\nSome new words,\nand more.", False),
        ({"find": "words, and", "replace": "words and"}, "# Title\n\nSome *old* words and more.", False),
        ({"find": "# Title\n", "replace": ""}, "\n\nSome *old* words,\nand more.", False),
        (
            [{"find": "Some", "replace": "Any"}, {"append": "End."}],
            "# Title\n\nAny *old* words,\nand more.\n\nEnd.",
            False,
        ),
    ],
)
def test_a_text_is_replaced_or_some_passages_of_it(value: object, text: str, whole: bool) -> None:
    assert rewritten(value, "# Title\n\nSome *old* words,\nand more.", "Description") == (text, whole)


def test_to_an_empty_text_is_appended_without_empty_lines_before() -> None:
    assert rewritten({"append": "First."}, "", "Description") == ("First.", False)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"find": "o", "replace": "0"}, "5 times"),
        ({"find": "Some old wrds", "replace": ""}, "Nearest there: “Some old words”"),
        ({"find": "xyzzy", "replace": ""}, "is not in Description"),
        ({"find": " ", "replace": ""}, "is empty"),
        ({"find": "a"}, '{"append": "…"}'),
        ({"find": 1, "replace": "a"}, '{"append": "…"}'),
        ({"type": "doc", "version": 1, "content": []}, "takes Markdown"),
        ({}, "takes Markdown"),
        ([], "takes Markdown"),
        (["a"], "takes Markdown"),
        (True, "takes Markdown"),
        ([{"append": "x"}] * 60, "takes Markdown"),
    ],
)
def test_a_passage_that_cannot_be_meant_says_what_it_takes(value: object, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rewritten(value, "Some old words\n\nof two", "Description")
    assert told in str(caught.value)
