"""Which door an API token opens: the site itself, or Atlassian's gateway.

A classic token is accepted at https://SITE. A token with scopes is refused there with 401 and accepted at
https://api.atlassian.com/ex/PRODUCT/CLOUDID
(https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/).
The token itself does not say which it is, so the first 401 decides.
"""

import re
import time
from collections.abc import Callable, Generator, Sequence
from urllib.parse import urlsplit

import httpx2

from atlassian_kit.errors import is_scope_mismatch
from connector_kit.addresses import LOOPBACK_HOSTS
from connector_kit.errors import NotAuthenticated, NotFound, ScopeMissing, ServiceError, Unavailable
from connector_kit.http import Exchange, HttpClient, HttpPolicy, Reply
from connector_kit.wire import as_object, as_text

GATEWAY = "https://api.atlassian.com"

MOST_REFUSALS = 3
"""Refusals in a row, after which credentials are held back."""

HOLD_BACK = 300.0
"""Seconds for which they are."""

_CLOUD_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


def gateway_of(site_url: str) -> str:
    """The gateway before a site; none before a site on this machine, so that a secret meant for it stays here."""
    return "" if urlsplit(site_url).hostname in LOOPBACK_HOSTS else GATEWAY


def _tell_mismatch(reply: Reply) -> ServiceError:
    kind = ScopeMissing if is_scope_mismatch(reply) else NotAuthenticated
    return kind(f"answered {reply.status}", status=reply.status)


class Credentials(httpx2.BasicAuth):
    """An e-mail address and a token that are held back after they were refused several times in a row.

    A caller who goes on trying with a wrong token brings the account nearer to the CAPTCHA behind which
    Atlassian locks it, for every client.
    """

    def __init__(self, email: str, token: str, *, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(email, token)
        self._service = service
        self._clock = clock
        self._refusals = 0
        self._refused_at = 0.0

    def count_refusal(self) -> None:
        """Another request came back with 401."""
        self._refusals += 1
        self._refused_at = self._clock()

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response]:
        """Sign the request. Raises NotAuthenticated instead when that was refused too often just now."""
        wait = self._refused_at + HOLD_BACK - self._clock()
        if self._refusals >= MOST_REFUSALS and wait > 0:
            raise NotAuthenticated(
                f"{self._service} refused e-mail address and API token {self._refusals} times in a row; they are not "
                f"sent again for {max(1, round(wait))} s, so that Atlassian does not lock the account.",
                next_step="Ask the user to correct them and to restart this server.",
            )
        flow = super().auth_flow(request)
        response = yield next(flow)
        if response.status_code != 401:
            self._refusals = 0


class Site:
    """The address and credentials of one product on one Atlassian site.

    `url` is https://SITE without a path. `product` is the gateway's name for it, `probe` a path that any
    account may read. A known `cloud_id` means a token with scopes: the gateway is used from the start. One that
    `is_scoped` is not tried at the site either: the id is asked for first.
    The gateway is Atlassian's unless another is given; a site on this machine has none, so that a secret
    meant for it stays here.
    """

    def __init__(
        self,
        url: str,
        email: str,
        token: str,
        *,
        product: str = "jira",
        probe: str = "/rest/api/3/myself",
        cloud_id: str | None = None,
        is_scoped: bool = False,
        gateway: str | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        policy: HttpPolicy | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        if gateway is None:
            gateway = gateway_of(self.url)
        self.cloud_id = cloud_id if gateway else None
        self._product = product
        self._probe = probe
        self._gateway = gateway.rstrip("/")
        self._transport = transport
        self._policy = policy or HttpPolicy()
        self._on_exchange = on_exchange
        self._auth = Credentials(email, token, service=product.capitalize())
        self._http: HttpClient | None = None
        self._is_scoped = is_scoped and bool(gateway)
        self._settled = bool(cloud_id) or not gateway or is_scoped

    def client(
        self,
        service: str,
        *,
        explain: Callable[[Reply], ServiceError] | None = None,
        lanes: dict[str, float] | None = None,
    ) -> HttpClient:
        """The client for this site, which finds the right door by itself."""
        unknown = self._is_scoped and not self.cloud_id
        base = self._gateway_url(self.cloud_id) if self.cloud_id else self._gateway if unknown else self.url
        self._http = HttpClient(
            base,
            service=service,
            auth=self._auth,
            policy=self._policy,
            explain=explain,
            transport=self._transport,
            lanes=lanes,
            headers={"Accept": "application/json"},
            on_exchange=self._on_exchange,
            on_unauthorized=self._on_unauthorized,
            settle=self._behind_the_gateway if unknown else None,
        )
        return self._http

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        """None: an API token does not tell its scopes."""
        del needed
        return ()

    async def _behind_the_gateway(self) -> str:
        """Where a token with scopes is accepted. Raises NotFound where the address is no site, or as HttpClient."""
        try:
            self.cloud_id = await self._look_up_cloud_id()
        except NotAuthenticated as error:  # which stands for any refusal there
            if error.status is None or error.status >= 500 or error.status == 429:
                raise Unavailable(
                    f"{self.url} does not tell its id now ({error.message}).", next_step="Try again in a minute."
                ) from error
        if not self.cloud_id:
            raise NotFound(
                f"{self.url} is not a site of Atlassian's cloud: it tells no id.",
                next_step="Ask the user to correct the site's address in the settings.",
            )
        return self._gateway_url(self.cloud_id)

    def _gateway_url(self, cloud_id: str) -> str:
        return f"{self._gateway}/ex/{self._product}/{cloud_id}"

    async def _on_unauthorized(self, reply: Reply) -> bool:
        """Move to the gateway if it accepts the token. Tried once: repeated failures lock an account."""
        if self._settled or self._http is None:
            return self._refused(reply)
        self._settled = True
        try:
            cloud_id = await self._look_up_cloud_id()
            if not cloud_id or not await self._gateway_accepts(cloud_id):
                return self._refused(reply)
        except ServiceError:
            # The 401 is what the caller should hear about; whether the gateway would do is still open.
            self._settled = False
            return False
        self.cloud_id = cloud_id
        self._http.rebase(self._gateway_url(cloud_id), self._auth)
        return True

    def _refused(self, reply: Reply) -> bool:
        if not is_scope_mismatch(reply):
            self._auth.count_refusal()
        return False

    async def _look_up_cloud_id(self) -> str:
        """The site's id, which Atlassian tells everybody; asked for without credentials."""
        http = self._aside(self.url, auth=None)
        try:
            reply = await http.request("GET", "/_edge/tenant_info")
            cloud_id = as_text(as_object(reply.json()).get("cloudId"))
        finally:
            await http.aclose()
        return cloud_id if _CLOUD_ID.fullmatch(cloud_id) else ""

    async def _gateway_accepts(self, cloud_id: str) -> bool:
        http = self._aside(self._gateway_url(cloud_id), auth=self._auth)
        try:
            await http.request("GET", self._probe)
        except ScopeMissing:
            return True
        except NotAuthenticated:
            return False
        finally:
            await http.aclose()
        return True

    def _aside(self, base_url: str, auth: httpx2.Auth | None) -> HttpClient:
        return HttpClient(
            base_url,
            service=self._product.capitalize(),
            auth=auth,
            policy=self._policy,
            explain=_tell_mismatch,
            transport=self._transport,
            on_exchange=self._on_exchange,
        )
