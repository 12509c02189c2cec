"""Numbers, days, addresses and the like: what fields take, and what could be read in two ways."""

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client import scalars


@pytest.mark.parametrize(
    ("value", "sent"),
    [(3, 3), (2.5, 2.5), ("3", 3), (" 2.50 ", 2.5), ("-0.5", -0.5), ("1e3", 1000), ("7.0", 7), (".5", 0.5), (-4, -4)],
)
def test_a_number_may_be_a_text(value: object, sent: float) -> None:
    found = scalars.number(value)
    assert found == sent
    assert isinstance(found, int) == isinstance(sent, int) or isinstance(value, float)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("3,5", "A comma could stand for decimals or thousands: 3.5 or 35."),
        ("1.000,50", "Leave out the marks for thousands"),
        ("1'000", "Leave out the marks for thousands"),
        ("3 points", "Leave out the unit: 3."),
        ("5SP", "Leave out the unit: 5."),
        ("a lot", "takes a number, not 'a lot'."),
        ("", "takes a number"),
        ("٣", "takes a number"),
        ("0x10", "takes a number"),
        (True, "not true or false"),
        (float("nan"), "100 trillion"),
        (float("inf"), "100 trillion"),
        ("1e15", "100 trillion"),
        (10**15, "100 trillion"),
        ([1], "takes a number"),
    ],
)
def test_a_number_that_could_be_read_in_two_ways_is_refused(value: object, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        scalars.number(value)
    assert told in caught.value.message


@pytest.mark.parametrize("value", ["2026-01-31", " 2026-01-31 ", "2026-01-31T00:00:00", "2026-01-31T00:00:00.000Z"])
def test_a_day_may_have_an_empty_time(value: str) -> None:
    assert scalars.day(value) == "2026-01-31"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("tomorrow", "Work out the date first"),
        ("31 Jan 2026", "Work out the date first"),
        ("01/02/2026", "Its day and month could be meant either way round."),
        ("1.2.2026", "either way round"),
        ("2026-02-30", "is not a date"),
        ("20260131", "is not a date"),
        ("2026-01-31T09:30", "takes a date without a time"),
        (20260131, "is not a date"),
        ("", "is not a date"),
    ],
)
def test_a_day_is_written_in_one_way(value: object, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        scalars.day(value)
    assert told in caught.value.message


def test_a_moment_has_a_date_and_perhaps_a_zone() -> None:
    for given in ("2026-01-31", "2026-01-31T09:30", "2026-01-31T09:30:15.5+05:30", "2026-01-31T09:30Z"):
        assert scalars.moment(f" {given} ") == given
    for given in ("tomorrow", "09:30", "2026-01-31T25:00", "20260131T0930"):
        with pytest.raises(InvalidInput, match="is not a moment"):
            scalars.moment(given)


@pytest.mark.parametrize("value", ["https://x.example/a?b#c", "HTTP://x", "mailto:ann@x.example", "ftp://x.example"])
def test_an_address_has_a_scheme(value: str) -> None:
    assert scalars.address(f" {value} ") == value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x.example/a", "Did you mean https://x.example/a?"),
        ("javascript:alert(1)", "begins with https://"),
        ("https://a b", "begins with https://"),
        ("https://" + "x" * 255, "at most 255 characters"),
    ],
)
def test_an_address_that_jira_would_refuse_is_refused(value: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        scalars.address(value)
    assert told in caught.value.message


def test_a_line_is_one_line_of_255_characters() -> None:
    assert scalars.line("x" * 255) == "x" * 255
    with pytest.raises(InvalidInput, match="at most 255 characters, not 256"):
        scalars.line("x" * 256)
    with pytest.raises(InvalidInput, match="single line"):
        scalars.line("a\nb")


def test_a_label_is_a_word() -> None:
    assert scalars.label(" two-words ") == "two-words"
    for given in ("two words", "", "a\tb"):
        with pytest.raises(InvalidInput, match="no spaces"):
            scalars.label(given)
    with pytest.raises(InvalidInput, match="more than 255"):
        scalars.label("x" * 256)


def test_a_colour_may_be_written_as_people_write_it() -> None:
    assert [scalars.colour(name) for name in ("Dark Blue", "dark-grey", "gray", "TEAL")] == [
        "dark_blue",
        "dark_grey",
        "grey",
        "teal",
    ]
    with pytest.raises(InvalidInput, match="takes one of purple, dark_purple"):
        scalars.colour("pink")


def test_truth_may_be_a_word() -> None:
    assert [scalars.truth(value) for value in (True, "yes", "OFF", "false")] == [True, True, False, False]
    with pytest.raises(InvalidInput, match="true or false"):
        scalars.truth("maybe")
