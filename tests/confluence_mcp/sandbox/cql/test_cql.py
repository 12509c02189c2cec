"""What CQL finds, in which order, and what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confluence_mcp.sandbox.cql import USER_FIELDS, CqlContext, CqlError, Document, excerpt, mark, parse

Find = Callable[[str], list[int]]
Refusal = Callable[[str], str]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("space = PMOS and type = page order by id", [1, 2, 3]),
        ('space.key = "pmos" AND type in (page, comment) ORDER BY id desc', [5, 3, 2, 1]),
        ("type = page and not space = PMOS", [4]),
        ("type = page && !space = PMOS", [4]),
        ("type = page and space not in (PMOS)", [4]),
        ("(type = comment or type = attachment) and container = 1 order by id", [5, 6]),
        ("ancestor = 1", [2]),
        ("parent in (1, 7) or id = 4 order by id", [2, 4]),
        ("content = att6", []),
        ("label = search and label = needs_review", [1]),
        ("creator = currentUser() and type = page order by title", [2, 4, 1]),
        ("type = page and creator != currentUser()", [3]),
        ("mention = currentUser() or watcher in ('acc-2')", [6]),
        ("macro = Jira", [5]),
        ("title = 'search design' order by id", [1, 5]),
        ('title = "\\"Search design\\"" and type = page', [1]),
        ("title ~ 'des*' order by id", [1, 5, 6]),
        ("type = page and title !~ design order by id", [2, 3, 4]),
        ("space in favouriteSpaces() and id in recentlyViewedContent(1)", [3]),
        ("space.type = global", [4]),
        ("space.title ~ OS and type = attachment", [6]),
    ],
)
def test_clauses_find_what_they_say(find: Find, query: str, expected: list[int]) -> None:
    assert find(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("created = '2025-12-31'", [4]),
        ("created < 2026/01/01", [4]),
        ("lastmodified >= startOfDay()", [3]),
        ("lastModified > now('-1d')", [3]),
        ('type = page and lastmodified > startOfMonth("-1") and lastmodified < endOfWeek() order by id', [1, 2, 3]),
        ("lastmodified > '2026-03-18 09:59' and lastmodified <= '2026-03-18 10:00'", [3]),
        ("type = page and created != '2025-12-31' and created < startOfWeek() order by id", [1, 2]),
        ("created > endOfMonth('-1M') and created > startOfYear('+1M') and created > startOfWeek('1d')", [3]),
    ],
)
def test_dates_are_days_minutes_or_functions(find: Find, query: str, expected: list[int]) -> None:
    assert find(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search", {1, 2, 3, 5}),
        ("searches deployed", {2}),
        ("search -deployment", {1, 5}),
        ("search NOT deployment", {1, 5}),
        ("milestones OR remark", {4, 5}),
        ('"index of all pages"', {1}),
        ('"all index"', set[int]()),
        ("d?ployment*", {2, 3}),
        ("the", set[int]()),
        ("design^4 +search~0.8", {1, 5}),
    ],
)
def test_text_is_searched_by_word_without_endings(find: Find, query: str, expected: set[int]) -> None:
    quoted = query.replace('"', '\\"')
    assert set(find(f'text ~ "{quoted}"')) == set(find(f'siteSearch ~ "{quoted}"')) == expected


def test_many_negations_beside_one_another_are_fine(find: Find) -> None:
    assert find("type = page" + " and label not in ('x')" * 80 + " and space = OPS") == [4]
    assert find("type = page and " + "not (" * 40 + "space = OPS" + ")" * 40) == [4]


def test_a_hit_in_the_title_comes_before_hits_in_the_text(find: Find) -> None:
    assert find("text ~ deployment and type = page") == [2, 3]
    assert find("type = page and space = PMOS")[0] == 3, "without words the latest is first"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "Unexpected text"),
        ("space =", "Unexpected text"),
        ("space = A B", "Unexpected text at line 1, column 11"),
        ("label = needs-review", "Unexpected text"),
        ("title = 'open", "Unexpected text"),
        ("space = and", "reserved word"),
        ("title = order", "reserved word"),
        ("title = update", "reserved word"),
        ("type != page", "negative expression"),
        ("not type = page", "negative expression"),
        ("colour = red", "no field 'colour'"),
        ("user.fullname ~ 'Ada'", "no field"),
        ("space ~ PMOS", "operator '~'"),
        ("text = x", "operator '='"),
        ("created in ('2026-01-01')", "operator 'in'"),
        ("created > '2026-05-12T09:00:00.000Z'", "is invalid"),
        ("created > 2026-02-30", "Unexpected text"),
        ("created > '2026-02-30'", "is invalid"),
        ("created > now('soon')", "increment"),
        ("created > now('-999999y')", "beyond the calendar"),
        ("created > currentUser()", "gives no date"),
        ("creator = now()", "gives nothing"),
        ("id in recentlyViewedContent(x)", "numbers"),
        ("text ~ currentUser()", "takes no function"),
        ("created > now('1d', '2d')", "one increment"),
        ("type = pages", "no type 'pages'"),
        ("parent = 'My page'", "no content id"),
        ("text ~ ''", "is empty"),
        ("text ~ '*x'", "wildcard"),
        ("text ~ 'a AND'", "operator"),
        ("text ~ 'OR a'", "joins nothing"),
        ("text ~ '\"a'", "quotation mark"),
        ("space = A order by text", "ordered by"),
        ("type = page and " + "not " * 9 + "type = page", "levels deep"),
        ("(" * 60 + "type = page" + ")" * 60, "levels deep"),
        ("title = '" + "x" * 20_000 + "'", "longer"),
    ],
)
def test_what_confluence_refuses_is_refused(refusal: Refusal, query: str, reason: str) -> None:
    assert reason in refusal(query)


def test_users_are_searched_by_fields_of_their_own() -> None:
    context = CqlContext(datetime(2026, 3, 18, tzinfo=UTC), "acc-1")
    ada = Document(1, "Ada Lovelace", {"type": ("user",), "user": ("acc-1",)}, {}, {"user.fullname": "Ada Lovelace"})
    for query in ("user.fullname ~ 'lovel*'", "user = currentUser()", "user.accountid = 'acc-1'", "type = user"):
        assert parse(query, context, USER_FIELDS).select([ada]), query
    with pytest.raises(CqlError):
        parse("space = PMOS", context, USER_FIELDS)


def test_an_excerpt_shows_the_first_hit_marked_and_escaped() -> None:
    text = "word " * 100 + "then <b> we deploy it & rest " + "more " * 100
    terms = parse("text ~ deploying", CqlContext(datetime(2026, 3, 18, tzinfo=UTC))).terms()
    assert "&lt;b&gt; we @@@hl@@@deploy@@@endhl@@@ it &amp;" in excerpt(text, terms, "highlight")
    assert "<b> we @@@hl@@@deploy" in excerpt(text, terms, "highlight_unescaped")
    assert excerpt(text, terms, "indexed").startswith("word word")
    assert "@@@" not in excerpt(text, terms, "indexed_unescaped")
    assert excerpt(text, terms, "none") == ""
    assert mark("Deployed", terms) == "@@@hl@@@Deployed@@@endhl@@@"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(["space", "=", "text", "~", "(", ")", "and", "not", "in", "'x y'", '"', "order", "by", "now"])
        | st.text(max_size=4),
        max_size=10,
    )
)
def test_any_text_is_a_query_or_refused(words: list[str]) -> None:
    try:
        parse(" ".join(words), CqlContext(datetime(2026, 3, 18, tzinfo=UTC)))
    except CqlError as error:
        assert error.detail
