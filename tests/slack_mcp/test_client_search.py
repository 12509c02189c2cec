"""Searching: which engine answers, what it is asked, and what happens where it cannot be used."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from connector_kit.errors import InvalidInput, NotPermitted, ScopeMissing, ServiceError
from connector_kit.testing.faults import QUICK, Fault, FaultServer
from slack_mcp.client import SlackClient, connect
from slack_mcp.settings import SlackSettings

pytestmark = pytest.mark.anyio
Connect = Callable[..., Awaitable[SlackClient]]

C, ME, ANN = "C0123456789", "U0000ME01", "U0000ANN1"
ASSISTANT, CLASSIC = "assistant.search.context", "search.messages"
BOTH = "channels:read,channels:history,users:read,search:read,search:read.public,search:read.im"
NOW = 1770064200.0


def told(body: object, scopes: str = BOTH) -> Fault:
    return Fault.json(body, headers={"X-OAuth-Scopes": scopes})


def hit(number: int, **more: object) -> dict[str, object]:
    """A hit as assistant.search.context answers it."""
    ts = f"17700000{number:02}.000100"
    return {
        "author_name": "Ann",
        "author_user_id": ANN,
        "channel_id": C,
        "channel_name": "general",
        "message_ts": ts,
        "content": f"hit {number} for <@{ME}>",
        "permalink": f"https://acme.slack.com/archives/{C}/p{ts.replace('.', '')}",
        **more,
    }


def match(number: int, **more: object) -> dict[str, object]:
    """A hit as search.messages answers it."""
    ts = f"17700000{number:02}.000100"
    link = f"https://acme.slack.com/archives/{C}/p{ts.replace('.', '')}"
    place = {"id": C, "name": "general"}
    return {"channel": place, "user": ANN, "ts": ts, "text": f"match {number}", "permalink": link, **more}


def found(*hits: object, cursor: str = "") -> Fault:
    body = {"ok": True, "results": {"messages": hits}, "response_metadata": {"next_cursor": cursor}}
    return told(body)


def matched(*matches: object, total: int, pages: int = 1) -> Fault:
    return told({"ok": True, "messages": {"matches": matches, "total": total, "paging": {"pages": pages}}})


@pytest.fixture
async def server() -> AsyncIterator[FaultServer]:
    """A Slack that knows a channel and two people."""
    async with FaultServer() as running:
        me = {
            "ok": True,
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "user": "me",
            "team_id": "T1",
            "user_id": ME,
        }
        running.queue("/api/auth.test", *[told(me)] * 3)
        ann = {"id": ANN, "name": "ann", "profile": {"display_name": "Ann"}}
        running.queue("/api/users.info", *[told({"ok": True, "user": ann})] * 5)
        running.queue("/api/conversations.info", told({"ok": True, "channel": {"id": C, "name": "general"}}))
        yield running


@pytest.fixture
async def slack(server: FaultServer) -> AsyncIterator[SlackClient]:
    """A client of that Slack."""
    client = await connected_to(server)
    yield client
    await client.aclose()


@pytest.fixture
async def slack_there(connected: Connect) -> SlackClient:
    """A client on the sandbox."""
    return await connected()


class WordsOnly(httpx2.AsyncBaseTransport):
    """A sandbox whose search for assistants is not switched on."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Refuse one method, pass on the others."""
        if request.url.path.endswith(ASSISTANT):
            return httpx2.Response(200, json={"ok": False, "error": "feature_not_enabled"})
        return await self.inner.handle_async_request(request)


@pytest.fixture
async def words_there(sandbox_transport: httpx2.AsyncBaseTransport) -> AsyncIterator[SlackClient]:
    """A client on the sandbox that can search words only."""
    settings = SlackSettings(sandbox=True)
    client = await connect(settings, transport=WordsOnly(sandbox_transport), policy=QUICK, clock=lambda: NOW)
    yield client
    await client.aclose()


async def connected_to(server: FaultServer, **settings: Any) -> SlackClient:
    chosen = SlackSettings.model_validate({"token": "xoxp-1111111111-2222", "api_url": server.url, **settings})
    return await connect(chosen, policy=QUICK, clock=lambda: NOW)


def asked(server: FaultServer, method: str) -> list[dict[str, str]]:
    return [dict(parse_qsl(each.body.decode())) for each in server.requests if each.path == f"/api/{method}"]


async def test_the_search_made_for_assistants_comes_first(server: FaultServer, slack: SlackClient) -> None:
    server.queue(
        f"/api/{ASSISTANT}", found(hit(1), hit(2, author_user_id="", author_name="GitHub", is_author_bot=True))
    )
    page = await slack.search("what broke\n the build?")
    assert page.engine == ASSISTANT
    assert [message.author for message in page.items] == ["Ann", "GitHub"]
    assert page.items[1].is_bot
    assert page.items[0].channel == "#general"
    assert page.items[0].text == "hit 1 for @Ann"  # every look-up of this Slack answers Ann
    assert "likeliest" in page.limits[0]
    assert "private_channel, mpim" in page.limits[1]
    question = asked(server, ASSISTANT)[0]
    assert question["query"] == "what broke the build?"
    assert question["channel_types"] == "public_channel,im"
    assert (question["limit"], question["include_bots"]) == ("20", "true")


@pytest.mark.parametrize(
    "code",
    [
        *("missing_scope", "not_allowed_token_type", "feature_not_enabled", "unknown_method", "access_denied"),
        *("paid_only", "search_disabled_by_a_code_nobody_knows"),
    ],
)
async def test_where_it_cannot_be_used_words_are_searched(server: FaultServer, slack: SlackClient, code: str) -> None:
    server.queue(f"/api/{ASSISTANT}", told({"ok": False, "error": code}))
    server.queue(f"/api/{CLASSIC}", matched(match(1), total=1))
    page = await slack.search("build")
    assert (page.engine, page.total) == (CLASSIC, 1)
    assert page.items[0].text == "match 1"


async def test_other_trouble_is_told_and_not_hidden_by_another_engine(server: FaultServer, slack: SlackClient) -> None:
    server.queue(f"/api/{ASSISTANT}", *[Fault.json({}, 500)] * 4)
    with pytest.raises(ServiceError, match="500"):
        await slack.search("build")
    assert asked(server, CLASSIC) == []


async def test_channel_sender_and_window_narrow_a_search_down(server: FaultServer, slack: SlackClient) -> None:
    server.queue(
        f"/api/{ASSISTANT}", found(hit(1), hit(2, channel_id="C9999999999"), hit(3, message_ts="1760000000.000100"))
    )
    page = await slack.search(
        "build", channel=C, sender=f"<@{ANN}>", window="2026-02-01..2026-02-03", newest_first=True
    )
    assert [message.text for message in page.items] == ["hit 1 for @Ann"]
    question = asked(server, ASSISTANT)[0]
    assert question["query"] == "build in:general from:@ann"
    assert question["sort"] == "timestamp"
    assert int(question["after"]) < 1770000001 < int(question["before"])


async def test_words_are_searched_by_whole_days_around_the_window(server: FaultServer, slack: SlackClient) -> None:
    server.queue(f"/api/{ASSISTANT}", told({"ok": False, "error": "unknown_method"}))
    server.queue(f"/api/{CLASSIC}", matched(match(1), match(2, ts="1769000000.000100"), total=2))
    page = await slack.search("build", window="2026-02-02T00:00Z..2026-02-02T20:00Z")
    assert [message.ts for message in page.items] == ["1770000001.000100"]
    assert asked(server, CLASSIC)[0]["query"] == "build after:2026-01-31 before:2026-02-04"


async def test_pages_go_on_with_the_engine_that_began(server: FaultServer, slack: SlackClient) -> None:
    server.queue(f"/api/{ASSISTANT}", found(hit(1), cursor="next"), found(hit(2)))
    first = await slack.search("build", limit=1)
    second = await slack.search("build", limit=1, cursor=first.cursor)
    assert [question.get("cursor") for question in asked(server, ASSISTANT)] == [None, "next"]
    assert (second.items[0].text, second.cursor) == ("hit 2 for @Ann", None)
    with pytest.raises(InvalidInput, match="cursor"):
        await slack.search("something else", cursor=first.cursor)


async def test_pages_of_words_can_be_cut_anywhere(server: FaultServer, slack: SlackClient) -> None:
    slack = await connected_to(server)
    server.queue(f"/api/{ASSISTANT}", told({"ok": False, "error": "unknown_method"}))
    first_page = matched(*(match(number) for number in range(20)), total=25, pages=2)
    second_page = matched(*(match(number) for number in range(20, 25)), total=25, pages=2)
    server.queue(f"/api/{CLASSIC}", first_page, first_page, first_page, second_page, second_page)
    seen: list[str] = []
    cursor: str | None = None
    for limit in (7, 6, 20, 3, 20):
        page = await slack.search("build", limit=limit, cursor=cursor)
        seen += [message.text for message in page.items]
        cursor = page.cursor
    assert seen == [f"match {number}" for number in range(25)]
    assert cursor is None
    await slack.aclose()


async def test_replies_are_placed_in_their_thread(server: FaultServer, slack: SlackClient) -> None:
    link = f"https://acme.slack.com/archives/{C}/p1770000001000100?thread_ts=1769999999.000100&cid={C}"
    server.queue(f"/api/{ASSISTANT}", found(hit(1, permalink=link)))
    message = (await slack.search("build")).items[0]
    assert message.thread_ts == "1769999999.000100"
    assert message.permalink == link


async def test_direct_conversations_are_named_by_the_person(server: FaultServer, slack: SlackClient) -> None:
    server.queue(f"/api/{ASSISTANT}", told({"ok": False, "error": "unknown_method"}))
    place = {"id": "D0123456789", "name": ANN, "is_im": True, "user": ANN}
    server.queue(f"/api/{CLASSIC}", matched(match(1, channel=place), total=1))
    assert (await slack.search("build")).items[0].channel == "@Ann"


async def test_people_are_told_by_name_and_apps_by_the_name_they_give_themselves(
    server: FaultServer, slack: SlackClient
) -> None:
    server.queue(f"/api/{ASSISTANT}", told({"ok": False, "error": "unknown_method"}))
    person, app = match(1, username="ann.handle"), match(2, user="", username="deploy-bot", bot_id="B0123456789")
    server.queue(f"/api/{CLASSIC}", matched(person, app, total=2))
    assert [message.author for message in (await slack.search("build")).items] == ["Ann", "deploy-bot"]


async def test_hits_that_make_no_sense_are_left_out(server: FaultServer, slack: SlackClient) -> None:
    odd = [{}, None, 5, hit(1, message_ts="x"), hit(2, channel_id="../../x"), hit(3, channel_id=None), hit(4)]
    server.queue(f"/api/{ASSISTANT}", found(*odd))
    assert [message.text for message in (await slack.search("build")).items] == ["hit 4 for @Ann"]


async def test_mentions_are_searched_by_our_id(server: FaultServer, slack: SlackClient) -> None:
    mine = match(1, text=f"ask <@{ME}>")
    server.queue(f"/api/{CLASSIC}", matched(mine, match(2), total=2))
    page = await slack.mentions(window="7d")
    assert [message.ts for message in page.items] == [mine["ts"]]
    question = asked(server, CLASSIC)[0]
    assert question["query"].startswith(f"<@{ME}> after:")
    assert question["sort"] == "timestamp"
    assert asked(server, ASSISTANT) == []


async def test_an_empty_search_is_refused(slack: SlackClient) -> None:
    with pytest.raises(InvalidInput, match="nothing to search for"):
        await slack.search(" ")


async def test_a_token_with_neither_scope_is_told_both(server: FaultServer) -> None:
    async with FaultServer() as narrow:
        me = {"ok": True, "url": "https://acme.slack.com/", "team_id": "T1", "user_id": ME}
        narrow.queue("/api/auth.test", told(me, "channels:read"))
        slack = await connected_to(narrow)
        for call in (slack.search("build"), slack.mentions()):
            with pytest.raises(ScopeMissing, match="search:read"):
                await call
        await slack.aclose()


async def test_a_bot_is_told_that_it_cannot_search(bot: SlackClient) -> None:
    for call in (bot.search("build"), bot.mentions()):
        with pytest.raises(NotPermitted, match="person's token"):
            await call


async def test_hits_outside_of_the_channels_allowed_are_left_out(server: FaultServer) -> None:
    slack = await connected_to(server, read_channels="elsewhere")
    server.queue(f"/api/{ASSISTANT}", found(hit(1), hit(2, channel_id="C9999999999", channel_name="elsewhere")))
    assert [message.channel for message in (await slack.search("build")).items] == ["#elsewhere"]
    await slack.aclose()


async def test_a_direct_conversation_is_not_taken_for_a_channel_of_its_name(server: FaultServer) -> None:
    slack = await connected_to(server, read_channels="elsewhere")
    server.queue(f"/api/{ASSISTANT}", found(hit(1, channel_id="D9999999999", channel_name="elsewhere")))
    assert (await slack.search("build")).items == ()
    await slack.aclose()


async def test_how_much_is_found_elsewhere_is_not_told(server: FaultServer) -> None:
    slack = await connected_to(server, read_channels="elsewhere")
    server.queue(f"/api/{CLASSIC}", matched(match(1), total=7))
    page = await slack.mentions()
    assert (page.items, page.total) == ((), None)
    await slack.aclose()


async def test_hits_of_others_than_the_sender_are_left_out(server: FaultServer, slack: SlackClient) -> None:
    server.queue(f"/api/{ASSISTANT}", found(hit(1), hit(2, author_user_id=ME)))
    assert [message.author_id for message in (await slack.search("build", sender=ANN)).items] == [ANN]


async def test_a_mention_counts_in_every_form_in_which_slack_writes_it(server: FaultServer, slack: SlackClient) -> None:
    element = {"type": "user", "user_id": ME}
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}]
    hits = [
        match(1, text=f"ask <@{ME}>"),
        match(2, text=f"ask <@{ME}|me>"),
        match(3, text="ask @me", blocks=blocks),
        match(4, text=f"ask {ME}", user=ME),
    ]
    server.queue(f"/api/{CLASSIC}", matched(*hits, total=4))
    found_in = [message.ts[8:10] for message in (await slack.mentions()).items]
    assert found_in == ["01", "02", "03"]


# In the sample workspace


async def test_both_engines_find_the_same_in_the_sample_workspace(
    slack_there: SlackClient, words_there: SlackClient
) -> None:
    by_meaning = await slack_there.search("Phase COMPLETE", channel="pm-os-dev", sender="@productarchitect")
    assert by_meaning.engine == ASSISTANT
    assert {message.author for message in by_meaning.items} == {"ProductArchitect"}
    by_words = await words_there.search("COMPLETE", channel="pm-os-dev", sender="@productarchitect", newest_first=True)
    assert by_words.engine == CLASSIC
    assert {message.ts for message in by_words.items} <= {message.ts for message in by_meaning.items}
    assert by_words.items
    assert [message.ts for message in by_words.items] == sorted((m.ts for m in by_words.items), reverse=True)


async def test_mentions_of_us_are_found_in_the_sample_workspace(slack_there: SlackClient) -> None:
    page = await slack_there.mentions(window="2026-01-01..")
    assert page.items
    assert all("@HumanPM" in message.text for message in page.items)


async def test_a_conversation_of_several_is_searched_too(slack_there: SlackClient) -> None:
    several = (await slack_there.channels(kinds=["group_dm"])).items[0]
    page = await slack_there.search("the", channel=several.id)
    assert {message.channel_id for message in page.items} <= {several.id}


async def test_a_window_holds_in_the_sample_workspace(slack_there: SlackClient) -> None:
    page = await slack_there.search("deployed", window="2026-02-01", channel="pm-os-dev")
    assert page.items
    assert {message.time[:10] for message in page.items} <= {"2026-01-31", "2026-02-01", "2026-02-02"}


async def test_pages_of_a_search_hold_each_message_once(slack_there: SlackClient) -> None:
    whole = [message.ts for message in (await slack_there.search("deployed", channel="pm-os-dev")).items]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = await slack_there.search("deployed", channel="pm-os-dev", limit=2, cursor=cursor)
        seen += [message.ts for message in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(whole)
