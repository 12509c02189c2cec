"""CQL as text: what is quoted stays quoted, and no query leaves the spaces that it is limited to."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.client.cql import outside_of_texts, plain_words, quote, split_order, within_spaces
from confluence_mcp.client.cql_errors import explain
from confluence_mcp.sandbox.cql import CqlContext, CqlError, Document, parse
from connector_kit.errors import InvalidInput

NOW = CqlContext(now=datetime(2026, 2, 3, tzinfo=UTC))
EVERYWHERE = [
    Document(number, "a b", {"space": (key,), "type": ("page",)}, {}, {"title": "a b", "body": "a b ab"})
    for number, key in ((1, "a"), (2, "b"))
]
"""The same page in two spaces."""
NASTY = st.text(st.sampled_from("ab\"'\\()~*?-+&|!:[]{}^/ AND\tOR\n"), max_size=30)


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_a_quoted_text_is_one_string_whatever_is_in_it(text: str) -> None:
    assert outside_of_texts(f"title = {quote(text)}") == 'title = ""'


@given(NASTY)
@settings(max_examples=50, deadline=None)
def test_plain_words_are_a_search_that_confluence_takes(text: str) -> None:
    words = plain_words(text)
    if words:
        parse(f"text ~ {quote(words)}", NOW)
    assert not re.search(r"(?<![\"\w])(?:AND|OR|NOT)(?![\"\w])", words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rate limits", "rate limits"),
        ('"rate limits" of Jira', '"rate limits" of Jira'),
        ("deploy* te?t", "deploy* te?t"),
        ("*", ""),
        ("PMOS-12", "PMOS 12"),
        ("cats AND dogs", "cats and dogs"),
        ('say "one', "say one"),
        ("C++/CLI", "C CLI"),
        ("…", ""),
    ],
)
def test_words_mean_what_they_say(text: str, words: str) -> None:
    assert plain_words(text) == words


ESCAPES = st.lists(
    st.sampled_from(["space = B", "OR", "AND", "(", ")", '"', "'", "text ~ a", "NOT", "ORDER BY title", "\\"]),
    max_size=7,
).map(" ".join)


@given(ESCAPES | NASTY)
@settings(max_examples=50, deadline=None)
def test_a_limited_query_finds_nothing_elsewhere(cql: str) -> None:
    try:
        limited = within_spaces(cql, ("A",))
    except InvalidInput:
        return
    assert limited.startswith('space in ("A")')
    try:
        search = parse(limited, NOW)
    except CqlError:
        return
    assert {document.id for document, _ in search.select(EVERYWHERE)} <= {1}


def test_the_order_stays_outside_of_the_limit() -> None:
    assert within_spaces("type = page ORDER BY title", ("A", "B")) == (
        'space in ("A", "B") AND (type = page) ORDER BY title'
    )
    assert within_spaces("ORDER BY title", ("A",)) == 'space in ("A") ORDER BY title'
    assert within_spaces("type = page", ()) == "type = page"
    assert split_order('title = "order by" order by title') == ('title = "order by"', "order by title")


@pytest.mark.parametrize("cql", ['title = "a', "title = (a", "title = a)", "title = 'a"])
def test_what_does_not_close_is_refused_where_it_opens(cql: str) -> None:
    with pytest.raises(InvalidInput, match=r"never closed|closes nothing"):
        within_spaces(cql, ("A",))


def test_no_cause_is_invented_for_a_query_that_looks_right() -> None:
    error = explain(InvalidInput("Could not parse cql"), 'space = A AND text ~ "x" ORDER BY lastmodified DESC')
    assert error.fields == {}
    assert "Write it like" in error.next_step
