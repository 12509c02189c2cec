"""What the clients of all of Atlassian's products stand on: one account's way to one site."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar
from urllib.parse import unquote
from weakref import WeakValueDictionary

import anyio

from atlassian_kit.login import LoginSite
from atlassian_kit.settings import AtlassianSettings
from atlassian_kit.site import Site
from connector_kit.cache import ReadCache
from connector_kit.errors import BadAnswer, OutcomeUnknown, clean_text
from connector_kit.http import Exchange, HttpClient

T = TypeVar("T")
SettingsT = TypeVar("SettingsT", bound=AtlassianSettings)

CATALOGUE_TTL = 600.0
"""Seconds for what changes when an administrator works: fields, projects, spaces, people."""

CONTENT_TTL = 30.0
"""Seconds for what changes when anybody works: issues, pages and searches."""

CONTENT, CATALOGUE = "content", "catalogue"


class AtlassianClient(Generic[SettingsT]):
    """Sending, caching, and what holds for every change.

    `lacking` tells the scopes that the login lacks, where there is a login.
    """

    site: Site | LoginSite | None = None
    """The way in, where `connect` built the client."""
    _account: str | None = None

    def __init__(
        self,
        http: HttpClient,
        cache: ReadCache,
        settings: SettingsT,
        *,
        site_url: str,
        on_close: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        lacking: Callable[[Sequence[str]], Awaitable[tuple[str, ...]]] | None = None,
    ) -> None:
        self.settings = settings
        self.cache = cache
        self.site_url = site_url.rstrip("/")
        self._http = http
        self._on_close = on_close
        self._clock = clock
        self._lacking = lacking
        self._last_write: float | None = None
        self._credential = settings.fingerprint()
        self._turns: WeakValueDictionary[str, anyio.Lock] = WeakValueDictionary()

    @property
    def account(self) -> str | None:
        """The account id of whoever signed in, once an answer has told."""
        return self._account

    def note_account(self, exchange: Exchange) -> None:
        """Learn from the header that Atlassian puts on its answers who signed in."""
        if self._account is None and (encoded := exchange.response_headers.get("x-aaccountid")):
            self._account = clean_text(unquote(encoded), 128)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()
        if self._on_close is not None:
            self._on_close()

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        """The scopes that the login lacks; none with an API token, which does not tell its scopes."""
        return await self._lacking(needed) if self._lacking else ()

    def found_settings(self) -> Mapping[str, str]:
        """Settings that the client found out by itself and that a login keeps, by field.

        The id of the site, once an API token turned out to be accepted behind the gateway only.
        """
        cloud_id = self.site.cloud_id if isinstance(self.site, Site) else None
        return {"cloud_id": cloud_id} if cloud_id else {}

    @asynccontextmanager
    async def _changing(self, look: str) -> AsyncGenerator[None]:
        """Around what changes something: an unclear outcome is told with where to `look`, and afterwards nothing
        cached before it is believed."""
        try:
            yield
        except (OutcomeUnknown, BadAnswer) as error:
            if isinstance(error, BadAnswer) and (error.status or 0) >= 300:
                raise  # a redirect that was not followed: nothing happened
            raise type(error)(
                error.message,
                next_step=f"Before repeating it, look: {look}",
                fields=error.fields,
                status=error.status,
                request_id=error.request_id,
            ) from error
        finally:
            self._last_write = self._clock()
            self.cache.invalidate(CONTENT)

    def _forget_content(self) -> None:
        """Have the next reader see what is there now."""
        self.cache.invalidate(CONTENT)

    def _turn(self, key: str) -> anyio.Lock:
        """Held by whoever reads a text to write it back: two edits at once would undo each other."""
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = anyio.Lock()
        return turn

    async def _cached(self, key: tuple[Hashable, ...], ttl: float, load: Callable[[], Awaitable[T]], tag: str) -> T:
        return await self.cache.get((self._credential, *key), ttl, load, (tag,))

    def _is_elsewhere(self, link: str) -> bool:
        """Whether a link leads into another site than this client's."""
        return self.settings.is_elsewhere(link, self.site_url)
