"""What `~` finds in a text."""

from collections.abc import Callable

import pytest

Search = Callable[[str], str]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The search service is down",
            ["search", "SEARCH", "searches", "search service", "service search", "down the"],
        ),
        ("Planned deployments of stories", ["plan", "planning", "deployment", "story", "deployments story"]),
        ("caching in the cache", ["cached", "caches", "cache OR nothing", "nothing OR cache", "cache -queue"]),
        ("psana:detector v1.2", ["psana", "psana:detector", '"detector v1 2"', "+detector", "NOT queue", "!queue"]),
        ("deploy-script for production", ["deploy*", "d?ploy", "prod*ion", "p*d*t*n", '"script for production"']),
        ("Straße nach Köln", ["strasse", "KÖLN", "köl*"]),
        ("bring the string", ["string", "bring", "brings"]),
        ("class of processes", ["class", "process", "processing", "-processor*"]),
        ("a b c", ['b "c"', "(b c)", "-- b"]),
    ],
)
def test_words_are_found_without_regard_to_case_and_ending(
    search_text: Callable[[str, str], bool], text: str, wanted: list[str]
) -> None:
    assert [query for query in wanted if not search_text(query, text)] == []


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        ("The search service is down", ["sear", "searching engine", '"service search"', "-search", "search NOT down"]),
        ("Planned deployments", ["ploy*", "deploy", "plan -deployments", "deployments AND NOT planned", "planne?x"]),
        ("bring the string", ["str", "br"]),
        ("aaaaaaaa", ["a*a*a*a*a*a*a*a*a*b", "aaaaaaaaa?"]),
    ],
)
def test_other_words_are_not_found(search_text: Callable[[str, str], bool], text: str, unwanted: list[str]) -> None:
    assert [query for query in unwanted if search_text(query, text)] == []


def test_many_stars_take_no_exponential_time(search_text: Callable[[str, str], bool]) -> None:
    assert not search_text("a*" * 40 + "b", "a" * 20_000)


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("summary ~ search", "1 2"),
        ("summary !~ search", "3 4 10 o2"),
        ("not summary ~ search", "3 4 10 o2"),
        ("description !~ queue", "1"),
        ("text ~ planned", "1"),
        ("text ~ staging", "3"),
        ("text ~ 'deployments planned'", ""),
        ("comment ~ 'good planned'", ""),
        ("comment ~ good or comment ~ may", "1"),
        (r'summary ~ "\"the guide\""', "3 4"),
        (r"summary ~ '\"guide write\"'", ""),
    ],
)
def test_each_text_of_an_issue_is_searched_for_itself(search: Search, jql: str, found: str) -> None:
    assert sorted(search(jql).split()) == sorted(found.split())


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('""', "The field 'summary' does not support searching for an empty string."),
        ('"  "', "The field 'summary' does not support searching for an empty string."),
        ("'*foo'", "The text '*foo' for field 'summary' is not allowed to start with character '*'."),
        ("'bar -?x'", "The text '?x' for field 'summary' is not allowed to start with character '?'."),
        ("'AND'", "Unable to parse the text 'AND' for field 'summary'."),
        ("'foo OR'", "Unable to parse the text 'foo OR' for field 'summary'."),
        ("'foo OR AND bar'", "Unable to parse the text 'foo OR AND bar' for field 'summary'."),
        ("'\"foo'", "Unable to parse the text '\"foo' for field 'summary'."),
        ("'the'", "Unable to parse the text 'the' for field 'summary'."),
        ("'(*)'", "Unable to parse the text '(*)' for field 'summary'."),
        ("'-'", "Unable to parse the text '-' for field 'summary'."),
        ("currentUser()", "A value provided by the function 'currentUser' is invalid for the field 'summary'."),
        ("(a, b)", "Operator '~' does not support the list value '(\"a\", \"b\")' for field 'summary'."),
    ],
)
def test_a_text_that_jira_cannot_search_for_is_refused(refusal: Callable[[str], str], query: str, message: str) -> None:
    assert refusal(f"summary ~ {query}") == message
