"""The way to one product of one site, as settings describe it: with a token, with a login, or into a sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import anyio.to_thread
import httpx2

from atlassian_kit.client import AtlassianClient
from atlassian_kit.login import LoginSite
from atlassian_kit.settings import AtlassianSettings
from atlassian_kit.site import Site
from connector_kit.cache import ReadCache
from connector_kit.errors import ServiceError
from connector_kit.http import Exchange, HttpPolicy, Reply
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.settings import manager_of
from connector_kit.paths import private_dir, state_dir

ClientT = TypeVar("ClientT", bound=AtlassianClient[Any])

SANDBOX_PACE = 6_000.0
"""Requests a minute to the sandbox in this process, where nobody else has to be spared."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where to go and as whom: with an e-mail address and a token, or with a login."""

    url: str
    email: str = ""
    token: str = field(repr=False, default="")
    login: OAuthManager | None = None
    transport: httpx2.AsyncBaseTransport | None = None
    on_close: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product: its name, the gateway's name for it, and a path that any account may read."""

    title: str
    name: str
    probe: str


class Sandbox(Protocol):
    """A stand-in's app."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request."""
        ...

    def close(self) -> None:
        """Close its database."""
        ...


@dataclass(frozen=True, slots=True)
class StandIn:
    """A product's sandbox: the data of each site by its address, the usual one first; an account that it knows.

    `account` is e-mail address and token; `create_app` takes a database, and which of the sites it is.
    """

    sites: Mapping[str, str]
    account: tuple[str, str] = field(repr=False)
    create_app: Callable[..., Sandbox]


async def open_client(
    kind: type[ClientT],
    product: Product,
    settings: AtlassianSettings,
    *,
    sandbox: Callable[[], StandIn],
    explain: Callable[[ClientT, Reply, str], ServiceError],
    transport: httpx2.AsyncBaseTransport | None,
    policy: HttpPolicy | None,
    gateway: str | None,
    on_exchange: Callable[[Exchange], None],
) -> ClientT:
    """Build a product's client for these settings; no request is sent yet.

    In sandbox mode the embedded `sandbox` answers, inside this process, unless a `transport` is given. `policy`
    overrides what the settings say about pace and patience. Of several sites it is the usual one. `explain` is told
    the client, the refusal, and the command that logs in again, if there is a login.

    Raises NotConfigured when address or credentials are missing.
    """
    settings = next(iter(settings.by_site().values()), settings)
    door = await _find_door(product, settings, sandbox, transport)

    def observe(exchange: Exchange) -> None:
        client.note_account(exchange)
        on_exchange(exchange)

    def explained(reply: Reply) -> ServiceError:
        return explain(client, reply, settings.login_command if door.login else "")

    site = _site_behind(
        door, settings, product, policy=policy or _policy_of(settings), gateway=gateway, on_exchange=observe
    )
    client = kind(
        site.client(product.title, explain=explained),
        ReadCache(),
        settings,
        site_url=site.url,
        on_close=door.on_close,
        lacking=site.lacking_scopes,
    )
    client.site = site
    return client


async def _find_door(
    product: Product,
    settings: AtlassianSettings,
    sandbox: Callable[[], StandIn],
    transport: httpx2.AsyncBaseTransport | None,
) -> Door:
    def find() -> Door:
        if settings.sandbox:
            return _sandbox_door(product.name, settings.url or "", transport, sandbox())
        return _live(settings, transport)

    # The sandbox may have to write its data first, and the keyring may ask the desktop: both take a while.
    return await anyio.to_thread.run_sync(find)


def _sandbox_door(name: str, address: str, transport: httpx2.AsyncBaseTransport | None, stand_in: StandIn) -> Door:
    """The sandbox of the site at an address, with its sample data on first use; a `transport` leads to another."""
    sites, account = stand_in.sites, stand_in.account
    usual = next(iter(sites))
    url = address if address in sites else usual
    if transport is not None:
        return Door(url, *account, transport=transport)
    file = name if sites[url] == sites[usual] else f"{name}-{sites[url]}"
    app = stand_in.create_app(private_dir(state_dir() / "sandbox") / f"{file}.sqlite3", site_url=url, data=sites[url])
    return Door(url, *account, transport=httpx2.ASGITransport(app), on_close=app.close)


def _policy_of(settings: AtlassianSettings) -> HttpPolicy:
    """Pace and patience that the settings ask for."""
    pace = settings.requests_per_minute
    if settings.sandbox and "requests_per_minute" not in settings.model_fields_set:
        pace = SANDBOX_PACE
    return HttpPolicy(requests_per_minute=pace, total_timeout=settings.timeout)


def _site_behind(
    door: Door,
    settings: AtlassianSettings,
    product: Product,
    *,
    policy: HttpPolicy,
    gateway: str | None,
    on_exchange: Callable[[Exchange], None],
) -> Site | LoginSite:
    cloud_id = None if settings.sandbox else settings.cloud_id
    if door.login is not None:
        return LoginSite(
            door.url,
            door.login,
            product=product.name,
            cloud_id=cloud_id,
            home=settings.home,
            transport=door.transport,
            policy=policy,
            on_exchange=on_exchange,
        )
    return Site(
        door.url,
        door.email,
        door.token,
        product=product.name,
        probe=product.probe,
        cloud_id=cloud_id,
        is_scoped=settings.is_scoped and not settings.sandbox,
        gateway=gateway,
        transport=door.transport,
        policy=policy,
        on_exchange=on_exchange,
    )


def _live(settings: AtlassianSettings, transport: httpx2.AsyncBaseTransport | None) -> Door:
    settings.require()
    assert settings.url  # or `require` would have raised
    if settings.login == "oauth":
        return Door(settings.url, login=manager_of(settings), transport=transport)
    assert settings.email and settings.api_token
    return Door(settings.url, settings.email, settings.api_token.get_secret_value(), transport=transport)
