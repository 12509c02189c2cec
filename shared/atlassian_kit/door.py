"""The way to one product of one site, as settings describe it: with a token, with a login, or into a sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import anyio.to_thread
import httpx2

from atlassian_kit.login import LoginSite
from atlassian_kit.settings import AtlassianSettings
from atlassian_kit.site import Site
from connector_kit.http import Exchange, HttpPolicy
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.settings import manager_of
from connector_kit.paths import private_dir, state_dir

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


def sandbox_door(
    name: str,
    address: str,
    transport: httpx2.AsyncBaseTransport | None,
    *,
    sites: Mapping[str, str],
    account: tuple[str, str],
    create_app: Callable[..., Sandbox],
) -> Door:
    """The sandbox of the site at an address, with its sample data on first use; a `transport` leads to another.

    `sites` has the address of each site with its data, the usual one first; `account` are e-mail address and token.
    """
    usual = next(iter(sites))
    url = address if address in sites else usual
    if transport is not None:
        return Door(url, *account, transport=transport)
    file = name if sites[url] == sites[usual] else f"{name}-{sites[url]}"
    app = create_app(private_dir(state_dir() / "sandbox") / f"{file}.sqlite3", site_url=url, data=sites[url])
    return Door(url, *account, transport=httpx2.ASGITransport(app), on_close=app.close)


async def find_door(
    settings: AtlassianSettings,
    sandbox: Callable[[str, httpx2.AsyncBaseTransport | None], Door],
    transport: httpx2.AsyncBaseTransport | None,
) -> Door:
    """The way in that the settings describe; `sandbox` opens the stand-in of the site at an address.

    Raises NotConfigured when address or credentials are missing.
    """

    def find() -> Door:
        return sandbox(settings.url or "", transport) if settings.sandbox else _live(settings, transport)

    # The sandbox may have to write its data first, and the keyring may ask the desktop: both take a while.
    return await anyio.to_thread.run_sync(find)


def policy_of(settings: AtlassianSettings) -> HttpPolicy:
    """Pace and patience that the settings ask for."""
    pace = settings.requests_per_minute
    if settings.sandbox and "requests_per_minute" not in settings.model_fields_set:
        pace = SANDBOX_PACE
    return HttpPolicy(requests_per_minute=pace, total_timeout=settings.timeout)


def site_behind(
    door: Door,
    settings: AtlassianSettings,
    product: Product,
    *,
    policy: HttpPolicy,
    gateway: str | None = None,
    on_exchange: Callable[[Exchange], None],
) -> Site | LoginSite:
    """The site behind a door; no request is sent yet."""
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
