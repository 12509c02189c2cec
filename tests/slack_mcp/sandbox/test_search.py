"""search.messages, search.files and search.all: the language of queries, order, paging, and who sees what."""

from collections.abc import Callable
from typing import Any

import pytest

from slack_mcp.sandbox import accounts
from slack_mcp.sandbox.sample import channels, documents, people
from slack_mcp.sandbox.search.dates import span
from slack_mcp.sandbox.search.grammar import Modifier, Term, parse
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio

DAY = 86_400


async def found(visitor: Visitor, query: str, **more: Any) -> list[str]:
    body = await visitor.call("search.messages", query=query, count=100, sort="timestamp", **more)
    return [each["text"] for each in body["messages"]["matches"]]


@pytest.fixture
async def place(slack: Visitor) -> str:
    """A channel with messages that can be told apart."""
    channel = (await slack.call("conversations.create", name="zoo"))["channel"]["id"]
    await slack.call("conversations.invite", channel=channel, users=people.ALEX_RIVERA.id)
    for text in (
        "The zebra deploys on Monday",
        "A zebra was deployed",
        "Zebras and okapis, see https://zoo.example/map",
        "okapi only",
    ):
        await slack.post(channel, text)
    return channel


async def test_words_are_found_in_all_their_forms_and_all_of_them_are_wanted(slack: Visitor, place: str) -> None:
    assert len(await found(slack, "zebra")) == 3
    assert await found(slack, "ZEBRA deploying") == ["A zebra was deployed", "The zebra deploys on Monday"]
    assert await found(slack, "okapi zebra") == ["Zebras and okapis, see <https://zoo.example/map>"]
    assert await found(slack, "zeb") == []


async def test_a_quoted_phrase_is_taken_as_it_stands(slack: Visitor, place: str) -> None:
    assert await found(slack, '"zebra deploys"') == ["The zebra deploys on Monday"]
    assert await found(slack, '"deploys zebra"') == []
    assert await found(slack, '"zebra deployed"') == []


async def test_a_star_finds_beginnings_and_a_dash_leaves_out(slack: Visitor, place: str) -> None:
    assert len(await found(slack, "zebr*")) == 3
    assert await found(slack, "okap* -zebras") == ["okapi only"]
    assert await found(slack, 'zebra -"on monday" -has:link') == ["A zebra was deployed"]


async def test_an_author_is_named_in_many_ways(slack: Visitor, place: str, visit: Callable[[str], Visitor]) -> None:
    await visit(accounts.COLLEAGUE_TOKEN).post(place, "my zebra")
    for author in ("@alex.rivera", "alex.rivera", f"<@{people.ALEX_RIVERA.id}>", '"Alex Rivera"'):
        assert await found(slack, f"zebra from:{author}") == ["my zebra"], author
    assert len(await found(slack, "zebra from:me")) == 3
    assert len(await found(slack, "zebra from:me from:@alex.rivera")) == 4
    assert await found(slack, "zebra -from:me") == ["my zebra"]
    assert await found(slack, "zebra from:nobody") == []


async def test_a_conversation_is_named_in_many_ways(slack: Visitor, place: str) -> None:
    for name in ("zoo", "#zoo", f"<#{place}>", f"<#{place}|zoo>", place):
        assert len(await found(slack, f"in:{name}")) == 4, name
    assert await found(slack, "in:#general zebra") == []
    assert await found(slack, "-in:zoo zebra") == []
    assert len(await found(slack, "in:@alex.rivera")) == len(await slack.texts(channels.WITH_ALEX))


async def test_what_hangs_on_a_message_can_be_asked_for(slack: Visitor, place: str) -> None:
    ts = await slack.post(place, "the giraffe")
    await slack.call("reactions.add", channel=place, timestamp=ts, name="eyes")
    await slack.call("pins.add", channel=place, timestamp=ts)
    await slack.post(place, "tall, is it not", thread_ts=ts)
    for condition in ("has:reaction", "has::eyes:", "hasmy::eyes:", "has:pin"):
        assert await found(slack, f"in:zoo {condition}") == ["the giraffe"], condition
    assert await found(slack, "in:zoo has::tada:") == []
    assert await found(slack, "in:zoo is:thread") == ["tall, is it not", "the giraffe"]
    assert await found(slack, "in:zoo has:link") == ["Zebras and okapis, see <https://zoo.example/map>"]
    assert await found(slack, "has:file") == ["The same as a chart", "The deliverables of each phase as a table"]


async def test_a_mention_is_found_by_the_id(slack: Visitor, place: str) -> None:
    await slack.post(place, f"Ask <@{people.ALEX_RIVERA.id}>")
    assert await found(slack, f"<@{people.ALEX_RIVERA.id}> in:zoo") == [f"Ask <@{people.ALEX_RIVERA.id}>"]


async def test_days_are_those_of_the_person_who_asks(slack: Visitor, clock: Clock) -> None:
    clock.now += 3 * 3_600  # 23:30 in London, half past midnight in Berlin, where Human PM is
    await slack.post(channels.DEV, "midnight platypus")
    assert await found(slack, "platypus on:2026-02-03") == ["midnight platypus"]
    assert await found(slack, "platypus on:today") == ["midnight platypus"]
    assert await found(slack, "platypus after:2026-02-02") == ["midnight platypus"]
    assert await found(slack, "platypus during:february") == ["midnight platypus"]
    assert await found(slack, "platypus before:2026-02-04 after:2026-02-01") == ["midnight platypus"]
    for nothing in ("on:2026-02-02", "before:2026-02-03", "after:2026-02-03", "during:january", "on:someday"):
        assert await found(slack, f"platypus {nothing}") == [], nothing
    assert await found(slack, "platypus -on:today") == []


async def test_messages_to_me_are_direct_ones_of_others(slack: Visitor) -> None:
    texts = await found(slack, "to:me")
    assert "Good morning. None of your issues is due today." in texts
    assert "At ten?" not in texts
    assert "Perfect :pray:" in await found(slack, "with:@alex.rivera is:dm")


async def test_blocks_and_attachments_are_searched_too(slack: Visitor) -> None:
    assert len(await found(slack, '"7 of 7" in:pm-os-alerts deliverables')) >= 1
    assert len(await found(slack, "weeks actual in:pm-os-alerts")) == 1


async def test_nobody_finds_what_he_may_not_see(slack: Visitor, visit: Callable[[str], Visitor]) -> None:
    await slack.post(channels.LEADS, "wombat among leads")
    await slack.post(channels.WITH_ASSISTANT, "wombat in private")
    assert len(await found(slack, "wombat")) == 2
    assert await found(visit(accounts.GUEST_TOKEN), "wombat") == []
    assert await found(visit(accounts.GUEST_TOKEN), "phase") == []
    texts = await found(slack, '"three columns"')
    assert "Between you and me: I would have taken three columns." not in texts


async def test_only_people_with_the_scope_search_like_that(bot: Visitor, visit: Callable[[str], Visitor]) -> None:
    assert await bot.refused("search.messages", query="x") == "not_allowed_token_type"
    answer = await visit(accounts.READ_TOKEN).ask("search.messages", query="x")
    assert (answer.body["error"], answer.body["needed"]) == ("missing_scope", "search:read")


async def test_the_best_match_comes_first_unless_time_is_asked_for(slack: Visitor, place: str) -> None:
    await slack.post(place, "zebra zebra zebra")
    await slack.post(place, "zebra last")

    async def first(**more: Any) -> str:
        return (await slack.call("search.messages", query="zebra", **more))["messages"]["matches"][0]["text"]

    assert await first() == "zebra zebra zebra"
    assert await first(sort="timestamp") == "zebra last"
    assert await first(sort="timestamp", sort_dir="asc") == "The zebra deploys on Monday"
    assert await slack.refused("search.messages", query="x", sort="mood") == "invalid_arguments"
    assert await slack.refused("search.messages", query="x", sort_dir="up") == "invalid_arguments"


async def test_results_come_by_pages_or_by_cursors(slack: Visitor, place: str) -> None:
    first = (await slack.call("search.messages", query="in:zoo", count=3, sort="timestamp"))["messages"]
    assert first["paging"] == {"count": 3, "total": 4, "page": 1, "pages": 2}
    assert (first["pagination"]["first"], first["pagination"]["last"]) == (1, 3)
    second = (await slack.call("search.messages", query="in:zoo", count=3, page=2, sort="timestamp"))["messages"]
    assert len(second["matches"]) == 1
    body = await slack.call("search.messages", query="in:zoo", count=3, cursor="*", sort="timestamp")
    cursor = body["response_metadata"]["next_cursor"]
    body = await slack.call("search.messages", query="in:zoo", count=3, cursor=cursor, sort="timestamp")
    assert body["messages"]["matches"] == second["matches"]
    assert body["response_metadata"]["next_cursor"] == ""
    assert await slack.refused("search.messages", query="x", cursor="eA==") == "invalid_cursor"


async def test_a_match_tells_where_it_is(slack: Visitor, place: str) -> None:
    ts = await slack.post(place, "unicorn")
    reply = await slack.post(place, "unicorn indeed", thread_ts=ts)
    body = await slack.call("search.messages", query="unicorn", sort="timestamp", highlight=True)
    match = body["messages"]["matches"][0]
    assert match["text"] == "\ue000unicorn\ue001 indeed"
    assert match["username"] == "human.pm"
    assert (match["channel"]["id"], match["channel"]["name"], match["channel"]["is_private"]) == (place, "zoo", False)
    assert match["permalink"].endswith(f"/archives/{place}/p{reply.replace('.', '')}?thread_ts={ts}&cid={place}")


async def test_files_are_found_by_title_name_and_text(slack: Visitor) -> None:
    async def files(query: str) -> set[str]:
        return {each["id"] for each in (await slack.call("search.files", query=query))["files"]["matches"]}

    assert await files("deliverables") == {documents.REPORT, documents.CHART, documents.CANVAS_ID}
    assert await files("manual") == {documents.CANVAS_ID}
    assert await files('"phase 2" from:dataanalyst') == {documents.REPORT}
    assert await files("deliverables in:pm-os-metrics type:images") == {documents.CHART}
    assert await files("deliverables before:2026-02-01") == {documents.CANVAS_ID}
    both = await slack.call("search.all", query="deliverables")
    assert both["files"]["total"] == 3
    assert both["messages"]["total"] > 3


async def test_a_query_has_to_say_something(slack: Visitor) -> None:
    assert await slack.refused("search.messages", query="  ") == "no_query"
    assert await slack.refused("search.files") == "no_query"


@pytest.mark.parametrize(
    ("text", "terms", "modifiers"),
    [
        ("a b", [Term(("a",)), Term(("b",))], []),
        ('"a b"', [Term(("a", "b"), exact=True)], []),
        ('"open end', [Term(("open", "end"), exact=True)], []),
        ("-x", [Term(("x",), negated=True)], []),
        ("dep*", [Term(("dep",), prefix=True)], []),
        ("de*", [Term(("de",))], []),
        ("well-known", [Term(("well", "known"), exact=True)], []),
        ("From:@a -in:#b", [], [Modifier("from", "@a"), Modifier("in", "#b", negated=True)]),
        ('from:"A B" has::eyes:', [], [Modifier("from", "A B"), Modifier("has", ":eyes:")]),
        ("https://x.example/y", [Term(("https", "x", "example", "y"), exact=True)], []),
        ("note:x", [Term(("note", "x"), exact=True)], []),
        ("- * \u201c", [], []),
    ],
)
def test_queries_are_read(text: str, terms: list[Term], modifiers: list[Modifier]) -> None:
    query = parse(text)
    assert (list(query.terms), list(query.modifiers)) == (terms, modifiers)


NOON = 1770030000.0
"""Monday, 2 February 2026, 11:00 UTC."""


@pytest.mark.parametrize(
    ("text", "begin", "days"),
    [
        ("2026-02-02", "2026-02-02", 1),
        ("2/1/2026", "2026-02-01", 1),
        ("today", "2026-02-02", 1),
        ("yesterday", "2026-02-01", 1),
        ("monday", "2026-01-26", 1),
        ("sunday", "2026-02-01", 1),
        ("week", "2026-02-02", 7),
        ("month", "2026-02-01", 28),
        ("February", "2026-02-01", 28),
        ("mar", "2025-03-01", 31),
        ("2025-12", "2025-12-01", 31),
        ("2024", "2024-01-01", 366),
        ("year", "2026-01-01", 365),
    ],
)
def test_days_and_longer_spans_are_understood(text: str, begin: str, days: int) -> None:
    expected = span(begin, NOON, "UTC")
    assert expected
    assert span(text, NOON, "UTC") == (expected[0], expected[0] + days * DAY)


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-02-30", "99/99/2026", "0000-01-01", "9999"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert span(text, NOON, "UTC") is None
