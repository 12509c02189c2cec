"""Values in and out: any JSON becomes a model or nothing, any text a safe id, name or refusal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_kit import wire
from connector_kit.errors import InvalidInput
from slack_mcp.client import convert, ids
from slack_mcp.client.matching import meant, normal
from slack_mcp.client.people import rank
from slack_mcp.models import User

NAMES = st.sampled_from(
    ["id", "name", "user", "profile", "created", "is_im", "size", "users", "count", "title", "topic", "emoji", "link"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6))
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)


@given(OBJECTS)
def test_any_object_becomes_a_model_or_nothing(entry: dict[str, object]) -> None:
    for read in (convert.user, convert.user_group, convert.file, convert.bookmark):
        found = read(entry)
        assert (found is None) == (not wire.as_text(entry.get("id")))
    convert.reactions([entry, entry.get("users")])
    convert.channel_kind(entry)
    convert.line_of(entry, "topic")
    convert.is_canvas(entry)


@given(JSON)
def test_any_value_is_read_as_what_is_wanted_of_it(value: object) -> None:
    assert isinstance(wire.as_text(value), str)
    assert isinstance(wire.as_object(value), dict)
    assert all(isinstance(item, str) and item.strip() for item in wire.texts(value))
    assert all(isinstance(item, dict) for item in wire.objects(value))
    number = wire.as_int(value)
    assert number is None or isinstance(number, int)
    assert wire.as_flag(value) is (value is True)
    assert "T" in convert.moment(value) or convert.moment(value) == ""


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("007", 7), (5.0, 5), (5.5, None), (True, None), ("x", None), ("9" * 40, None), (math.nan, None)],
)
def test_whole_numbers_are_read_from_numbers_and_digits(value: object, number: int | None) -> None:
    assert wire.as_int(value) == number


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1769846400.000100", "2026-01-31T08:00:00Z"),
        (1769846400, "2026-01-31T08:00:00Z"),
        (0, ""),
        ("", ""),
        ("x", ""),
        (-5, ""),
        (1e300, ""),
        (math.inf, ""),
    ],
)
def test_times_are_told_in_utc(value: object, said: str) -> None:
    assert convert.moment(value) == said


@given(st.text(max_size=100))
def test_any_text_is_an_id_of_one_word_or_refused(text: str) -> None:
    for check in (ids.bookmark_id, ids.scheduled_id, ids.emoji_name, ids.new_channel_name):
        try:
            found = check(text)
        except InvalidInput:
            continue
        assert found == found.strip()
        assert not set(found) & set(" \t\n\r\x00/&=?#%")
    for matches in (ids.is_channel_id, ids.is_user_id, ids.is_group_id, ids.is_file_id):
        assert not matches(text) or text.isalnum()


@pytest.mark.parametrize("name", ["general", "phase-4", "日本語", "ünïcode_2", "0"])
def test_names_of_channels_in_any_script(name: str) -> None:
    assert ids.new_channel_name(f" #{name} ") == name


@pytest.mark.parametrize("emoji", ["thumbsup", ":+1:", "wave::skin-tone-3", "no_entry_sign", "-1", "größe"])
def test_names_of_emoji(emoji: str) -> None:
    assert ids.emoji_name(emoji) == emoji.strip(":")


def test_the_name_itself_comes_before_its_parts() -> None:
    person = User("U1", "Ann Lee", handle="ann.lee", real_name="Ann Maria Lee", email="a.lee@example.com")
    texts = ("ann lee", "ann.lee", "ann", "lee", "maria l", "nn.l", "bob", "l a")
    assert [rank(text, person) for text in texts] == [0, 0, 1, 2, 2, 3, None, 2]


def test_what_may_have_been_meant() -> None:
    assert normal("  Two   Words ") == "two words"
    assert meant("genral", ["general", "random"]) == " Did you mean general?"
    assert meant("x" * 10_000, ["general"]) == ""
    assert meant("general", (f"channel-{number}" for number in range(20_000))) == ""
