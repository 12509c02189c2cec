"""Durations as people write them."""

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client import durations


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 30m", 5_400),
        ("1h30m", 5_400),
        ("1h30", 5_400),
        ("1h 30", 5_400),
        ("1:30", 5_400),
        ("1:30h", 5_400),
        ("0:45", 2_700),
        ("1.5h", 5_400),
        ("1,5h", 5_400),
        (".5h", 1_800),
        ("90m", 5_400),
        ("90 min", 5_400),
        ("90 minutes", 5_400),
        ("2 hours", 7_200),
        ("2hrs", 7_200),
        ("1 hour and 5 minutes", 3_900),
        ("1h, 30m", 5_400),
        (" 2H ", 7_200),
        (3_600, 3_600),
    ],
)
def test_hours_and_minutes_become_seconds(text: str | int, seconds: int) -> None:
    assert durations.spent(text, "time_spent") == {"timeSpentSeconds": seconds}


@pytest.mark.parametrize(
    ("text", "words"),
    [("2d", "2d"), ("1w 2d 3h", "1w 2d 3h"), ("1.5d", "1.5d"), ("2 days", "2d"), ("1 week", "1w"), ("1d30m", "1d 30m")],
)
def test_days_and_weeks_stay_words_because_their_length_is_the_sites_own(text: str, words: str) -> None:
    assert durations.spent(text, "time_spent") == {"timeSpent": words}


WRONG = ("", " ", "soon", "90", "1x", "2 months", "2mo", "1h 2h", "-1h", "1,500m", "1h 30m extra", "h", "1:75", "१h")
OUT_OF_RANGE = ("0m", "30 seconds", 59, 0, -60, 10**12, "0d", "9" * 90 + "h", "900000d")


@pytest.mark.parametrize("value", [*WRONG, *OUT_OF_RANGE])
def test_what_is_no_duration_says_what_one_looks_like(value: str | int) -> None:
    with pytest.raises(InvalidInput) as caught:
        durations.spent(value, "time_spent")
    reason = caught.value.fields["time_spent"]
    assert reason in ('should be a duration like "1h 30m", "45m" or "2d"', "at least 60 seconds")


@pytest.mark.parametrize(
    ("value", "words"), [("12345m", "12345m"), ("0.125d", "0.125d"), (5_400, "90m"), ("1w 2d", "1w 2d")]
)
def test_an_estimate_is_written_in_words_as_it_was_said(value: object, words: str) -> None:
    assert durations.words(value, "Remaining estimate") == words


@pytest.mark.parametrize(
    ("remaining", "parameters"),
    [
        ("", {}),
        ("auto", {}),
        ("keep", {"adjust_estimate": "leave"}),
        ("Leave", {"adjust_estimate": "leave"}),
        ("4h", {"adjust_estimate": "new", "new_estimate": "4h"}),
        ("1d 2h", {"adjust_estimate": "new", "new_estimate": "1d 2h"}),
        ("0m", {"adjust_estimate": "new", "new_estimate": "0m"}),
        ("-2h", {"adjust_estimate": "manual", "reduce_by": "2h"}),
        ("\N{MINUS SIGN}30m", {"adjust_estimate": "manual", "reduce_by": "30m"}),
    ],
)
def test_what_remains_is_said_in_a_word_or_a_duration(remaining: str, parameters: dict[str, str]) -> None:
    assert durations.adjustment(remaining, "remaining", less="reduce_by") == parameters


def test_what_an_operation_has_no_parameter_for_cannot_be_said() -> None:
    assert durations.adjustment("+2h", "remaining", more="increase_by")["increase_by"] == "2h"
    for text, names in (("+2h", {"less": "reduce_by"}), ("-2h", {"more": "increase_by"}), ("-2h", dict[str, str]())):
        with pytest.raises(InvalidInput) as caught:
            durations.adjustment(text, "remaining", **names)
        assert '"keep"' in caught.value.fields["remaining"]
    with pytest.raises(InvalidInput, match="is not a duration"):
        durations.adjustment("later", "remaining")
