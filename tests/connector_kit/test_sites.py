"""The names of sites, the one that a call means, and cursors that stay with theirs."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from connector_kit.errors import InvalidInput
from connector_kit.pages import decode_cursor, encode_cursor
from connector_kit.sites import chosen_site, current_site, names_of, told_on

TWO = {"one": "https://one.example.net", "two": "https://two.example.net:8443"}


@contextmanager
def on(site: str) -> Generator[None]:
    outer = current_site.set(site)
    yield
    current_site.reset(outer)


@pytest.mark.parametrize(
    ("addresses", "names"),
    [
        (("https://one.example.net", "https://two.example.net"), ["one", "two"]),
        (
            ("https://one.example.net", "https://one.jira.com", "https://x.jira.com"),
            ["one.example.net", "one.jira.com", "x"],
        ),
        (("http://127.0.0.1:8001", "http://127.0.0.1:8002"), ["127.0.0.1:8001", "127.0.0.1:8002"]),
        (("http://[::1]:8001", "http://localhost:1"), ["[::1]:8001", "localhost"]),
    ],
)
def test_a_site_is_called_by_the_first_part_of_its_host_unless_two_would_be(
    addresses: tuple[str, ...], names: list[str]
) -> None:
    assert names_of(addresses) == dict(zip(names, addresses, strict=True))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (None, "one"),
        ("", "one"),
        ("two", "two"),
        (" TWO ", "two"),
        ("https://two.example.net:8443/browse/X-1", "two"),
        ("one.example.net", "one"),
    ],
)
def test_a_site_is_chosen_by_name_or_address_and_the_first_unless_told(given: object, name: str) -> None:
    assert chosen_site(TWO, given, "TOY_SITES") == name


@pytest.mark.parametrize(
    "given", ["three", "two.example.net", "https://three.example.net", 7, ["one"], "\u202eeno", "x" * 500]
)
def test_a_site_that_there_is_not_is_refused_with_those_there_are(given: object) -> None:
    with pytest.raises(
        InvalidInput, match=r"nothing was done.*one \(https://one\.example\.net\), two .*TOY_SITES"
    ) as raised:
        chosen_site(TWO, given, "TOY_SITES")
    assert len(str(raised.value)) < 400


def test_a_typing_error_in_a_name_is_answered_with_the_name() -> None:
    with pytest.raises(InvalidInput, match="Did you mean 'two'"):
        chosen_site(TWO, "towo", "TOY_SITES")


def test_an_answer_tells_its_site_where_there_are_several() -> None:
    assert told_on({}, "") == ""
    assert told_on(TWO, "one") == "(site one: https://one.example.net)"
    assert "not looked for on two (https://two.example.net:8443)" in told_on(TWO, "one", missing=True)


def test_a_cursor_goes_on_only_on_the_site_where_it_was_given() -> None:
    with on("two"):
        cursor = encode_cursor("things", {"at": 5}, "print")
        assert decode_cursor("things", cursor, "print") == {"at": 5}
    for other in ("one", ""):
        with on(other), pytest.raises(InvalidInput, match="belongs to another site's list"):
            decode_cursor("things", cursor, "print")
    with on("two"), pytest.raises(InvalidInput, match="other arguments"):
        decode_cursor("things", cursor, "another")
