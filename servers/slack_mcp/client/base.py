"""What every part of the client stands on: sending, who we are, the channels allowed."""

import re
import time
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from email.utils import parsedate_to_datetime
from typing import TypeVar

import anyio

from connector_kit.cache import ReadCache
from connector_kit.errors import BadAnswer, NotPermitted, OutcomeUnknown, ServiceError, clean_text
from connector_kit.http import Exchange, HttpClient
from connector_kit.oauth.manager import OAuthManager
from connector_kit.wire import JsonObject, as_text
from slack_mcp.client.bridge import Bridge
from slack_mcp.models import Channel, Identity, TokenKind
from slack_mcp.settings import SlackSettings

T = TypeVar("T")

CATALOGUE_TTL = 600.0
"""Seconds for what changes seldom: people, groups, the names of channels."""

CHANNELS, PEOPLE, GROUPS = "channels", "people", "groups"
"""Tags of what is cached."""

# A scope by another name or a wider one: whoever has one of these has the first as well.
_EQUIVALENT_SCOPES = {
    "channels:manage": ("channels:write",),
    "channels:join": ("channels:write",),
    "channels:write.invites": ("channels:manage", "channels:write"),
    "channels:write.topic": ("channels:manage", "channels:write"),
    "groups:write.invites": ("groups:write",),
    "groups:write.topic": ("groups:write",),
    "im:write.topic": ("im:write",),
    "mpim:write.topic": ("mpim:write",),
    "chat:write": ("chat:write:user", "chat:write:bot"),
    "search:read": ("search:read.public", "search:read.private", "search:read.im", "search:read.mpim"),
    "search:read.public": ("search:read",),
}

# What the scopes that tools declare are called for each kind of token. For an empty name that kind of token has
# nothing: the call says why it cannot be.
_NAMES_OF_SCOPES: dict[TokenKind, dict[str, str]] = {
    "user": {"channels:manage": "channels:write", "channels:join": "channels:write"},
    "bot": {"channels:write": "", "search:read": ""},
}
_NAMES_KEPT = 2_000

_ID = r"[CGDUW](?=[A-Z]*[0-9])[A-Z0-9]{2,30}"
"""Of a conversation or a person; names are never in capitals."""


class SlackBase:
    """One account's way to one Slack workspace.

    `files` sends to the host of files and uploads. `login` is where the token comes from if it is not given by a
    setting. `clock` is in epoch seconds.
    """

    def __init__(
        self,
        bridge: Bridge,
        http: HttpClient,
        files: HttpClient,
        cache: ReadCache,
        settings: SlackSettings,
        *,
        login: OAuthManager | None = None,
        on_close: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self.settings = settings
        self.cache = cache
        self._bridge = bridge
        self._http = http
        self._files = files
        self._login = login
        self._on_close = on_close
        self._clock = clock
        self._sleep = sleep
        self._scopes: tuple[str, ...] | None = None
        self._ahead = 0.0
        self._account: str | None = None
        self._channel_names: dict[str, str] = {}

    @property
    def account(self) -> str | None:
        """Who Slack says we are, as USER@TEAM ids, once a call has told."""
        return self._account

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()
        await self._files.aclose()
        if self._on_close is not None:
            self._on_close()

    async def check(self) -> str:
        """Ask Slack who we are; answers it in a line. Raises ServiceError."""
        who = await self._who_are_we()
        return f"{who.user} ({who.user_id}, {who.kind} token) at {who.team} ({who.url})"

    async def identity(self) -> Identity:
        """Who we are in Slack, asked once."""
        return await self.cache.get("identity", 24 * 3600.0, self._who_are_we)

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        """The scopes that the token lacks, by the names that its kind of token has for them.

        None while nobody told what it has. A login made meanwhile counts.
        """
        if self._login is None:
            return self._lacking(needed, (await self.identity()).kind)  # which also tells the scopes
        self._scopes = await self._login.granted() or None
        if self._lacking(needed, self.settings.kind):
            self._scopes = await self._login.granted(anew=True) or None
        return self._lacking(needed, self.settings.kind)

    def _lacking(self, needed: Sequence[str], kind: TokenKind) -> tuple[str, ...]:
        names = dict.fromkeys(_NAMES_OF_SCOPES[kind].get(scope, scope) for scope in needed)
        return tuple(name for name in names if name and not self.has_scope(name))

    def has_scope(self, scope: str) -> bool:
        """Whether the token has a scope, as far as is known: True while nobody told."""
        if self._scopes is None:
            return True
        return any(name in self._scopes for name in (scope, *_EQUIVALENT_SCOPES.get(scope, ())))

    def note(self, exchange: Exchange) -> None:
        """Learn the token's scopes and Slack's time from an answer."""
        told = exchange.response_headers.get("x-oauth-scopes", "")
        if told and len(told) < 10_000:
            self._scopes = tuple(re.findall(r"[a-z0-9_.:-]+", told))
        try:
            date = parsedate_to_datetime(exchange.response_headers.get("date", ""))
        except ValueError:
            return
        self._ahead = date.timestamp() - self._clock() if date.tzinfo else self._ahead

    def time_there(self) -> float:
        """The time by Slack's clock, in epoch seconds: that of this machine may be wrong."""
        return self._clock() + self._ahead

    async def _who_are_we(self) -> Identity:
        body = await self._read("auth.test")
        kind: TokenKind = "bot" if body.get("bot_id") else "user"
        who = Identity(
            kind=kind,
            team=clean_text(as_text(body.get("team")), 80),
            team_id=as_text(body.get("team_id")),
            user=clean_text(as_text(body.get("user")), 80),
            user_id=as_text(body.get("user_id")),
            url=_https(as_text(body.get("url"))),
            bot_id=as_text(body.get("bot_id")) or None,
            scopes=self._scopes,
        )
        self._account = f"{who.user_id}@{who.team_id}"
        return who

    async def _read(self, method: str, *, accept: Collection[str] = (), **arguments: object) -> JsonObject:
        """The answer of a method that changes nothing; refusals with these codes count as answers."""
        return await self._bridge.call(method, repeatable=True, accept=accept, **arguments)

    async def _write(self, method: str, *, look: str, accept: Collection[str] = (), **arguments: object) -> JsonObject:
        """The answer of a method that changes something; it is sent again only if it certainly had no effect.

        `look` tells how to find out whether it happened when the answer does not say.
        """
        try:
            return await self._bridge.call(method, repeatable=False, accept=accept, **arguments)
        except (OutcomeUnknown, BadAnswer) as error:
            if isinstance(error, BadAnswer) and (error.status or 0) >= 300:
                raise  # a redirect that was not followed: nothing happened
            raise _with_look(error, look) from error

    async def _cached(self, key: tuple[Hashable, ...], load: Callable[[], Awaitable[T]], tag: str) -> T:
        return await self.cache.get(key, CATALOGUE_TTL, load, (tag,))

    def _remember_channel(self, channel_id: str, name: str) -> None:
        """So that an error can name the channel that an id stands for."""
        self._channel_names.pop(channel_id, None)
        self._channel_names[channel_id] = name
        if len(self._channel_names) > _NAMES_KEPT:
            del self._channel_names[next(iter(self._channel_names))]

    def name_of(self, channel_id: str) -> str:
        """The name of a channel as far as it is known, else its id."""
        return self._channel_names.get(channel_id) or clean_text(channel_id, 40)

    def _may_write(self, channel: Channel) -> Channel:
        """The channel, if tools may write to it. Raises NotPermitted."""
        return self._within(channel, self.settings.channels, "write to", "SLACK_CHANNELS")

    def _may_read(self, channel: Channel) -> Channel:
        """The channel, if tools may read it. Raises NotPermitted."""
        if not self.readable(channel):
            self._within(channel, self.settings.read_channels, "read", "SLACK_READ_CHANNELS")
        return channel

    def readable(self, channel: Channel) -> bool:
        """Whether tools may read a channel."""
        allowed = (*self.settings.read_channels, *self.settings.channels)
        return not self.settings.read_channels or _is_among(channel, allowed)

    def _only_some(self) -> tuple[str, ...]:
        """What is to be said of lists that leave out what may not be read: nothing found is not nothing there."""
        return ("Only the channels that SLACK_READ_CHANNELS allows are shown.",) if self.settings.read_channels else ()

    @staticmethod
    def _within(channel: Channel, allowed: Sequence[str], what: str, variable: str) -> Channel:
        if allowed and not _is_among(channel, allowed):
            raise NotPermitted(
                f"{channel.name} is outside of the channels that tools may {what}: {', '.join(allowed)}.",
                next_step=f"Use one of these, or ask the user to extend {variable}.",
            )
        return channel


def _is_among(channel: Channel, allowed: Sequence[str]) -> bool:
    ids = {channel.id, channel.peer}
    sign = "#" if channel.kind in ("public", "private") else "@"
    name = channel.name.casefold().removeprefix(sign)
    names = {f"{sign}{name}", *([name] if sign == "#" else [])}
    # Whoever may name a channel, or oneself, must not get what is allowed to an id.
    return any(entry in ids if re.fullmatch(_ID, entry) else entry.casefold() in names for entry in allowed)


def _with_look(error: ServiceError, look: str) -> ServiceError:
    return type(error)(
        error.message,
        next_step=f"Before repeating it, look: {look}",
        status=error.status,
        request_id=error.request_id,
    )


def _https(url: str) -> str:
    return clean_text(url, 200).rstrip("/") if url.startswith("https://") else ""
