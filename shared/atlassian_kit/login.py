"""A login in the browser: behind Atlassian's gateway, on the one site of those it opened that is meant.

https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import httpx2

from atlassian_kit.site import gateway_of
from connector_kit.addresses import LOOPBACK_HOSTS
from connector_kit.errors import NotAuthenticated, ServiceError
from connector_kit.http import Exchange, HttpClient, HttpPolicy, Reply
from connector_kit.oauth.bearer import BearerAuth
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.sites import Site as OpenedSite
from connector_kit.oauth.sites import accessible_sites, choose_site


def profile_at(profile: OAuthProfile, site_url: str) -> OAuthProfile:
    """The profile as it holds for a site. One on this machine plays Atlassian's own hosts as well.

    So nothing that belongs to a sandbox is ever sent to Atlassian, or the other way round.
    """
    if urlsplit(site_url).hostname not in LOOPBACK_HOSTS:
        return profile
    return replace(
        profile,
        authorize_url=f"{site_url}/authorize",
        token_url=f"{site_url}/oauth/token",
        sites_url=f"{site_url}/oauth/token/accessible-resources",
        consent_page=f"{site_url}/manage-profile/apps",
    )


class LoginSite:
    """One product of one site, as a login opened it.

    `url` is https://SITE without a path, `product` the gateway's name for the product. Which id the site has is
    found out by the first request: `cloud_id`, else what was noted at the login, else what Atlassian lists. `home` is
    the site that the login was made for, where that is another: its gateway leads to all of them.
    """

    def __init__(
        self,
        url: str,
        manager: OAuthManager,
        *,
        product: str = "jira",
        cloud_id: str | None = None,
        home: str = "",
        transport: httpx2.AsyncBaseTransport | None = None,
        policy: HttpPolicy | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        """Nothing is read or sent yet."""
        self.url = url.rstrip("/")
        self.cloud_id = cloud_id
        self.manager = manager
        self._product = product
        self._gateway = gateway_of(home or self.url) or (home or self.url).rstrip("/")
        self._transport = transport
        self._policy = policy or HttpPolicy()
        self._on_exchange = on_exchange
        self._auth = BearerAuth(manager)

    def client(
        self,
        service: str,
        *,
        explain: Callable[[Reply], ServiceError] | None = None,
        lanes: dict[str, float] | None = None,
    ) -> HttpClient:
        """The client for this site."""
        return HttpClient(
            self._gateway,
            service=service,
            auth=self._auth,
            policy=self._policy,
            explain=explain,
            transport=self._transport,
            lanes=lanes,
            headers={"Accept": "application/json"},
            on_exchange=self._on_exchange,
            settle=self._address,
        )

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        """Those of the scopes that the login does not have; a login made meanwhile counts. Raises ServiceError."""
        profile = self.manager.profile
        lacking = profile.lacking(await self.manager.granted(), needed)
        return profile.lacking(await self.manager.granted(anew=True), needed) if lacking else ()

    async def _address(self) -> str:
        """Where the site's API is. Raises SiteUnclear, or ServiceError as the manager and Atlassian do."""
        if not self.cloud_id:
            self.cloud_id = await self._find_cloud_id()
        return f"{self._gateway}/ex/{self._product}/{self.cloud_id}"

    async def _find_cloud_id(self) -> str:
        token = await self.manager.access_token()
        tokens = await self.manager.tokens()
        if tokens and tokens.extra.get("cloud_id") and _host(tokens.extra.get("site", "")) == _host(self.url):
            return tokens.extra["cloud_id"]
        return choose_site(self.manager.profile, await self._sites(token), self.url).id

    async def _sites(self, token: str) -> list[OpenedSite]:
        """The sites that the login opened; a refused token is renewed, as on any other request."""
        profile = self.manager.profile
        try:
            return await accessible_sites(profile, token, transport=self._transport)
        except NotAuthenticated as error:
            refused = error
        if await self.manager.renew(token):
            renewed = await self.manager.access_token()
            try:
                return await accessible_sites(profile, renewed, transport=self._transport)
            except NotAuthenticated as error:
                refused = error
        raise NotAuthenticated(
            refused.message,
            next_step=f"Ask the user to run `{profile.command}`.",
            status=refused.status,
            request_id=refused.request_id,
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
