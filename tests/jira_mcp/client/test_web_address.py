"""Addresses that issues are linked to: one spelling for each place, and nothing else gets through."""

import pytest

from connector_kit.errors import InvalidInput
from jira_mcp.client.web_address import identifier, same_address, title_of, web_address


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org", "https://example.org"),
        (" HTTPS://Example.ORG:443/A/b/ ", "https://example.org/A/b"),
        ("https://example.org.:8443/x?Q=1#Part", "https://example.org:8443/x?Q=1#Part"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("https://bücher.example/a", "https://bücher.example/a"),
    ],
)
def test_an_address_has_one_spelling(given: str, expected: str) -> None:
    assert web_address(given) == expected
    assert same_address(given, expected)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "example.org/x",
        "http://example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user:secret@example.org/",
        "https://token@example.org/",
        "https://example.org/a b",
        "https://example.org/\x00",
        "https://example.org/\nx",
        "https://example.org\\@evil.example",
        "https://example.org:99999/",
        "https://exam ple.org",
        "https://[::1",
        "https://-.-/",
        "https://example.org/\u202egpj",
        'https://example.org/"><script>',
        "https://example.org/" + "x" * 2_000,
        "\ud800https://example.org",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        web_address(given)
    assert "url" in refused.value.fields
    assert "secret@" not in str(refused.value).replace("user:secret@example.org", "")


def test_addresses_that_differ_are_different() -> None:
    for one, other in (
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a?x=1", "https://example.org/a?x=2"),
        ("https://example.org/a#1", "https://example.org/a#2"),
        ("http://example.org/a", "https://example.org/a"),
    ):
        assert not same_address(one, other)


def test_a_long_address_has_an_identifier_that_jira_takes() -> None:
    short, long = "https://example.org/a", "https://example.org/" + "x" * 500
    assert identifier(short) == short
    assert len(identifier(long)) < 255
    assert identifier(long) != identifier(long + "y")


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://github.com/pm-os/agents/pull/12", "agents #12"),
        ("https://github.com/pm-os/agents/pull/12/files", "agents #12"),
        ("https://gitlab.example/group/app/-/merge_requests/7", "app #7"),
        ("https://bitbucket.org/team/app/pull-requests/3", "app #3"),
        ("https://example.org", "example.org"),
        ("https://pm-os.atlassian.net/wiki/spaces/A/pages/123/Release+plan", "pm-os.atlassian.net: Release plan"),
        ("https://example.org/%3Cdata%3E%0A", "example.org: <data>"),
    ],
)
def test_an_address_without_a_title_gets_one(url: str, title: str) -> None:
    assert title_of(url) == title
