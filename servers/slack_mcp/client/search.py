"""Searching messages: by the search made for assistants, or by the older one.

https://docs.slack.dev/reference/methods/assistant.search.context finds by meaning, twenty messages at a time.
https://docs.slack.dev/reference/methods/search.messages finds words, and needs a scope that is no longer given to
all apps. A bot may use neither on its own: the first wants the message that the bot is answering.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connector_kit.errors import InvalidInput, NotFound, NotPermitted, ScopeMissing, ServiceError, clean_text
from connector_kit.pages import decode_cursor, encode_cursor, fingerprint
from connector_kit.wire import JsonObject, as_flag, as_int, as_object, as_text, objects
from slack_mcp.client.concurrency import gather
from slack_mcp.client.convert import channel_kind, next_cursor
from slack_mcp.client.ids import is_channel_id, is_user_id
from slack_mcp.client.messages import Messages
from slack_mcp.client.names import SECONDS
from slack_mcp.models import Channel, ChannelKind, Message, SearchEngine, SearchPage
from slack_mcp.text import is_after, is_ts

if TYPE_CHECKING:
    from pydantic import JsonValue

PER_PAGE = 20
LAST_PAGE = 100
"""search.messages has no page after it."""

ASSISTANT: SearchEngine = "assistant.search.context"
CLASSIC: SearchEngine = "search.messages"

_ASSISTANT_TYPES = {
    "search:read.public": "public_channel",
    "search:read.private": "private_channel",
    "search:read.im": "im",
    "search:read.mpim": "mpim",
}
_THREAD = re.compile(r"[?&]thread_ts=(?P<ts>[0-9]{10}\.[0-9]{6})")
_LIMITS: dict[SearchEngine, str] = {
    ASSISTANT: "Finds by meaning: the likeliest messages, not all of them.",
    CLASSIC: "Finds words, not meanings; a message of the last minute may be missing.",
}


@dataclass(frozen=True, slots=True)
class _Question:
    """What is searched for: `query` with Slack's own operators, between two ts ("" where it is open)."""

    query: str
    oldest: str
    latest: str
    newest_first: bool
    place: Channel | None = None
    sender: str = ""
    """Id of the one who wrote it: who finds by meaning may take no notice of operators."""
    mention: str = ""
    """Only messages that hold this."""

    @property
    def fingerprint(self) -> str:
        return fingerprint("search", self.query, self.newest_first, self.mention)


class Search(Messages):
    """Searching."""

    async def search(
        self,
        query: str,
        *,
        channel: str = "",
        sender: str = "",
        window: str = "",
        newest_first: bool = False,
        limit: int = 20,
        cursor: str | None = None,
    ) -> SearchPage:
        """Messages that match `query`: words, or a question; Slack's operators (has:link, "a phrase") work in it.

        `channel`, `sender` and `window` narrow it down as elsewhere. `limit` is at most 20.

        Raises NotPermitted for a bot, and ScopeMissing for a token with neither search:read.public nor search:read.
        """
        await self._require_search()
        wanted = " ".join(query.split())
        if not wanted and not (channel.strip() or sender.strip()):
            raise InvalidInput("There is nothing to search for.", fields={"query": "is empty"})
        parts = [wanted]
        place: Channel | None = None
        author = ""
        if channel.strip():
            place = self._may_read(await self.find_channel(channel))
            if place.kind != "group_dm":  # whose name Slack does not take there: its hits are picked out
                parts.append(f"in:{place.name.removeprefix('#')}")
        if sender.strip():
            person = await self.user(sender)
            author = person.id
            parts.append(f"from:@{person.handle}" if person.handle else f"from:<@{person.id}>")
        oldest, latest = self._window(window)
        question = _Question(" ".join(filter(None, parts)), oldest, latest, newest_first, place, author)
        return await self._search(question, self._engines(), limit, cursor)

    async def mentions(self, *, window: str = "7d", limit: int = 20, cursor: str | None = None) -> SearchPage:
        """Messages in which we are mentioned, the newest first.

        Raises NotPermitted for a bot, and ScopeMissing without search:read: only words can be looked for exactly.
        """
        await self._require_search()
        if not self._granted("search:read"):
            raise ScopeMissing(
                "Finding mentions needs the scope search:read, which the token lacks.",
                next_step="slack_list_unread with what=channels shows unread messages without it.",
            )
        who = await self.identity()
        oldest, latest = self._window(window)
        mention = f"<@{who.user_id}>"
        return await self._search(_Question(mention, oldest, latest, True, mention=mention), [CLASSIC], limit, cursor)

    async def _require_search(self) -> None:
        if (await self.identity()).kind == "bot":
            raise NotPermitted(
                "Slack lets a bot search only while it answers a message: searching needs a person's token (xoxp-).",
                next_step="Read the channel instead (slack_read_channel), or ask the user for a person's token.",
            )

    def _engines(self) -> list[SearchEngine]:
        """The engines that the token may use, the better first. Raises ScopeMissing."""
        engines: list[SearchEngine] = []
        if any(map(self._granted, _ASSISTANT_TYPES)):
            engines.append(ASSISTANT)
        if self._granted("search:read"):
            engines.append(CLASSIC)
        if not engines:
            raise ScopeMissing(
                "Searching needs the scope search:read.public or search:read, and the token has neither.",
                next_step="Ask the user to add one to the Slack app and to install it again; slack_read_channel reads "
                "a channel without it.",
            )
        return engines

    async def _search(
        self, question: _Question, engines: Sequence[SearchEngine], limit: int, cursor: str | None
    ) -> SearchPage:
        start: dict[str, JsonValue] = {}
        if cursor:
            start = decode_cursor("search", cursor, question.fingerprint)
            engines = [engine for engine in engines if engine == start.get("engine")]
        limit = max(1, min(limit, PER_PAGE))
        failure: ServiceError = NotPermitted("The search that gave this cursor cannot be used any more.")
        for engine in engines:
            try:
                if engine == ASSISTANT:
                    return await self._by_assistant(question, start, limit)
                return await self._by_words(question, start, limit)
            except (NotPermitted, NotFound) as error:
                failure = error  # not on this plan, or not for this token: the other may do
            except InvalidInput as error:
                if error.status is not None or engine == engines[-1]:
                    raise
                try:  # a code that nobody knows may say the same
                    return await self._by_words(question, start, limit)
                except ServiceError:
                    raise error from None
        raise failure

    async def _by_assistant(self, question: _Question, start: "dict[str, JsonValue]", limit: int) -> SearchPage:
        types = [kind for scope, kind in _ASSISTANT_TYPES.items() if self._granted(scope)]
        body = await self._read(
            ASSISTANT,
            query=question.query,
            content_types="messages",
            channel_types=",".join(types),
            include_bots=True,
            include_message_blocks=True,
            after=_second(question.oldest),
            before=_second(question.latest, after=1),
            sort="timestamp" if question.newest_first else None,
            limit=limit,
            cursor=as_text(start.get("cursor")) or None,
        )
        entries = objects(as_object(body.get("results")).get("messages"))
        found = [
            (
                {
                    "user": entry.get("author_user_id"),
                    "username": None if entry.get("author_user_id") else entry.get("author_name"),
                    "ts": entry.get("message_ts"),
                    "text": entry.get("content"),
                    "blocks": entry.get("blocks"),
                    "permalink": entry.get("permalink"),
                    "subtype": "bot_message" if as_flag(entry.get("is_author_bot")) else None,
                },
                _place(as_text(entry.get("channel_id")), as_text(entry.get("channel_name"))),
            )
            for entry in entries
        ]
        following = next_cursor(body)
        state: dict[str, JsonValue] = {"engine": ASSISTANT, "cursor": following or ""}
        return SearchPage(
            await self._hits(found, question),
            ASSISTANT,
            encode_cursor("search", state, question.fingerprint) if following else None,
            limits=(_LIMITS[ASSISTANT], *self._not_searched(), *self._only_some()),
        )

    async def _by_words(self, question: _Question, start: "dict[str, JsonValue]", limit: int) -> SearchPage:
        page, skip = as_int(start.get("page")) or 1, as_int(start.get("skip")) or 0
        body = await self._read(
            CLASSIC,
            query=_with_days(question),
            count=PER_PAGE,
            page=page,
            sort="timestamp" if question.newest_first else "score",
            sort_dir="desc",
        )
        messages = as_object(body.get("messages"))
        matches = objects(messages.get("matches"))
        taken = matches[skip : skip + limit]
        found = [(entry, _place_of(as_object(entry.get("channel")))) for entry in taken]
        pages = as_int(as_object(messages.get("paging")).get("pages")) or 1
        state: dict[str, JsonValue] | None = None
        if skip + limit < len(matches):
            state = {"engine": CLASSIC, "page": page, "skip": skip + limit}
        elif page < min(pages, LAST_PAGE):
            state = {"engine": CLASSIC, "page": page + 1, "skip": 0}
        return SearchPage(
            await self._hits(found, question),
            CLASSIC,
            encode_cursor("search", state, question.fingerprint) if state else None,
            # Slack counts what is in other channels as well, and that there is something tells of it already.
            total=None if self.settings.read_channels else as_int(messages.get("total")),
            limits=(_LIMITS[CLASSIC], *self._only_some()),
        )

    async def _hits(self, found: "Sequence[tuple[JsonObject, Channel]]", question: _Question) -> tuple[Message, ...]:
        """What was found as models: only what may be read, and what lies within the window to the second."""
        kept = [
            (entry, place)
            for entry, place in found
            if is_ts(as_text(entry.get("ts")))
            and is_channel_id(place.id)
            and self.readable(place)
            and (question.place is None or question.place.id == place.id)
            and (not question.sender or as_text(entry.get("user")) in ("", question.sender))
            and not is_after(question.oldest, as_text(entry.get("ts")))
            and not is_after(as_text(entry.get("ts")), question.latest)
            and (not question.mention or _names(entry, question.mention))
        ]
        # The search by meaning does not tell with whom a direct conversation is.
        unnamed = [place.id for _, place in kept if place.kind == "dm" and not place.peer]
        direct = await gather(unnamed, self.channel_by_id, at_once=4, seconds=SECONDS)
        kept = [(_without_handle(entry), direct.get(place.id, place)) for entry, place in kept]
        names = await self.names_for([entry for entry, _ in kept], also=[place.peer for _, place in kept])
        peers = {place.peer: names.user(place.peer) for _, place in kept if place.peer}
        who = await self.identity()
        return tuple(
            self.as_message(
                _with_thread(entry), _called(place, peers), names, url=who.url, ours=(who.user_id, who.bot_id or "")
            )
            for entry, place in kept
        )

    def _not_searched(self) -> tuple[str, ...]:
        left_out = [kind for scope, kind in _ASSISTANT_TYPES.items() if not self._granted(scope)]
        return (f"Not searched, for want of scopes: {', '.join(left_out)}.",) if left_out else ()

    def _granted(self, scope: str) -> bool:
        """Whether the token has just this scope, as far as is known."""
        return self._scopes is None or scope in self._scopes


def _names(entry: JsonObject, mention: str) -> bool:
    """Whether a hit holds a mention: `<@U…>`, with a label or without, or as an element of a block."""
    person, said = mention.strip("<@>"), repr(entry)
    return any(form in said for form in (mention, f"<@{person}|", f"'user_id': '{person}'"))


def _place(channel_id: str, name: str) -> Channel:
    kind: ChannelKind = "dm" if channel_id.startswith("D") else "public"
    shown = clean_text(name, 80).removeprefix("#")
    return Channel(channel_id, f"#{shown}" if shown and kind != "dm" else shown or channel_id, kind)


def _place_of(entry: JsonObject) -> Channel:
    """The channel in a hit of search.messages; a direct conversation is named by the other's id."""
    channel_id, name = as_text(entry.get("id")), as_text(entry.get("name"))
    kind = channel_kind(entry)
    if kind != "dm":
        return Channel(channel_id, f"#{clean_text(name, 80)}", kind)
    peer = as_text(entry.get("user")) or name
    return Channel(channel_id, f"@{clean_text(peer, 80)}", kind, peer=peer)


def _called(place: Channel, peers: "dict[str, str]") -> Channel:
    if not place.peer:
        return place
    return Channel(place.id, f"@{peers.get(place.peer, place.peer)}", place.kind, peer=place.peer)


def _without_handle(entry: JsonObject) -> JsonObject:
    """A hit of search.messages tells a person's handle where a message has the name that an app gave itself."""
    if not is_user_id(as_text(entry.get("user"))) or entry.get("bot_id"):
        return entry
    return {name: value for name, value in entry.items() if name != "username"}


def _with_thread(entry: JsonObject) -> JsonObject:
    """A hit tells its thread in its permalink only."""
    match = _THREAD.search(as_text(entry.get("permalink")))
    return {**entry, "thread_ts": match.group("ts")} if match and not entry.get("thread_ts") else entry


def _second(ts: str, *, after: int = 0) -> int | None:
    return int(float(ts)) + after if ts else None


def _with_days(question: _Question) -> str:
    """The query with whole days around the window: search.messages knows no time of day, and excludes both days."""
    parts = [question.query]
    if question.oldest:
        parts.append(f"after:{_day(question.oldest, -2)}")
    if question.latest:
        parts.append(f"before:{_day(question.latest, 2)}")
    return " ".join(parts)


def _day(ts: str, shift: int) -> str:
    # A day more on each side: Slack's days are those of the person's time zone.
    return (datetime.fromtimestamp(float(ts), UTC) + timedelta(days=shift)).strftime("%Y-%m-%d")
