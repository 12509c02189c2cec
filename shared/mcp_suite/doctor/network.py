"""The way to a service, without credentials: what stands in it, and what the service's clock says."""

import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import anyio
import httpx2

from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.http import Exchange, HttpClient, HttpPolicy
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, fail, ok, warn
from mcp_suite.doctor.patience import in_thread

PATIENCE = 8.0
"""Seconds for a name server or a service to answer."""
SKEW_NOTED = 60.0
SKEW_HARMFUL = 300.0
"""Seconds beyond which tokens are taken for expired or not yet valid."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SET_CLOCK = {
    "Linux": "sudo timedatectl set-ntp true",
    "Darwin": "sudo sntp -sS time.apple.com",
    "Windows": "w32tm /resync",
}
_HOSTNAME_MISMATCH, _IP_MISMATCH = 62, 64  # X509_V_ERR_…
_EXPIRED, _NOT_YET = 10, 9


@dataclass(frozen=True, slots=True)
class Way:
    """How far a request without credentials came: `status` is None when no answer came at all."""

    findings: list[Finding]
    status: int | None = None
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an account's service is, and how its address is corrected: `edit` is the exact edit."""

    account: Account
    url: str
    edit: str

    @property
    def host(self) -> str:
        """The host name."""
        return urlsplit(self.url).hostname or ""

    @property
    def proxy(self) -> str:
        """`host:port` of the proxy on the way, without its credentials; empty when there is none."""
        parts = urlsplit(self.url)
        if self.host in _LOOPBACK or urllib.request.proxy_bypass(parts.netloc):
            return ""
        known = urllib.request.getproxies()
        named = known.get(parts.scheme) or known.get("all") or ""
        proxy = urlsplit(named if "://" in named else f"http://{named}") if named else None
        return proxy.netloc.rpartition("@")[2] if proxy else ""


async def check_way(address: Address, *, now: Callable[[], float] = time.time, patience: float = PATIENCE) -> Way:
    """Look up the host, connect through the proxy if there is one, and ask for `/` without credentials."""
    if missing := await _unresolved(address, patience):
        return Way([missing])
    seen: list[Exchange] = []
    policy = HttpPolicy(retries=0, connect_timeout=patience, read_timeout=patience, total_timeout=2 * patience + 1)
    client = HttpClient(address.url, service=address.host, policy=policy, on_exchange=seen.append)
    failure: ServiceError | None = None
    try:
        await client.request("HEAD", "/")
    except ServiceError as error:
        failure = error
    finally:
        await client.aclose()
    first = next((exchange for exchange in seen if exchange.status is not None), None)
    if first is None or first.status is None:
        return Way([_trouble(address, failure)])
    if first.status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        return Way([_portal(address, "the network")], first.status)
    via = f" through the proxy {address.proxy}" if address.proxy else ""
    findings = [ok(address.account.subject, "network", f"{address.host} answers{via}")]
    findings += _clock(address.account.subject, first.response_headers.get("date", ""), now())
    return Way(findings, first.status, _other_host(address, first.response_headers.get("location", "")))


def portal(address: Address, redirect: str) -> Finding:
    """A web page came instead of data, from another host than the service."""
    return _portal(address, redirect or address.host)


async def _unresolved(address: Address, patience: float) -> Finding | None:
    """What is wrong with the name of the host that we connect to, which may be the proxy."""
    proxy = urlsplit(f"//{address.proxy}") if address.proxy else None
    host = (proxy.hostname or "") if proxy else address.host
    fix = _proxy_fix(address) if proxy else f"{address.edit} (or connect this machine to the network)"
    what = f"the proxy {host} (HTTPS_PROXY)" if proxy else host
    try:
        with anyio.fail_after(patience):
            await in_thread(lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except TimeoutError:
        told = f"the name server did not answer for {what} within {patience:g} s"
        return fail(
            address.account.subject,
            "network",
            told,
            "Connect this machine to the network, then run: {address.account.doctor}",
        )
    except (OSError, UnicodeError):
        return fail(address.account.subject, "network", f"{what} cannot be found: the name is not known (DNS)", fix)
    return None


def _trouble(address: Address, failure: ServiceError | None) -> Finding:
    """Why no answer came."""
    service, host, proxy = address.account.subject, address.host, address.proxy
    if isinstance(failure, NotConfigured):
        return fail(service, "network", failure.message, failure.next_step)
    causes = list(_causes(failure))
    wrong = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if wrong is not None:
        return _certificate(address, wrong)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        told = f"{host} does not speak TLS at this address"
        return fail(service, "network", told, address.edit)
    refused = next((cause for cause in causes if isinstance(cause, httpx2.ProxyError)), None)
    if refused is not None:
        told = f"the proxy {proxy} refused the way to {host} ({refused})"
        return fail(service, "network", told, _proxy_fix(address))
    if proxy and any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout) for cause in causes):
        told = f"the proxy {proxy} (HTTPS_PROXY) is down: it takes no connections"
        return fail(service, "network", told, _proxy_fix(address))
    if any(isinstance(cause, httpx2.TimeoutException) for cause in causes):
        told = f"{host} does not answer in time: a firewall may stop the way to it"
        return fail(service, "network", told, f"Set HTTPS_PROXY if this network has a proxy; else: {address.edit}")
    if any(isinstance(cause, ConnectionRefusedError | httpx2.ConnectError) for cause in causes):
        told = f"{host} takes no connections (refused) at {address.url}"
        return fail(service, "network", told, address.edit)
    told = f"{host} breaks the connection off" if failure is None else failure.message
    return fail(service, "network", told, f"Run again in a minute: {address.account.doctor}; else: {address.edit}")


def _certificate(address: Address, error: ssl.SSLCertVerificationError) -> Finding:
    service, host = address.account.subject, address.host
    if error.verify_code in (_HOSTNAME_MISMATCH, _IP_MISMATCH):
        told = f"the TLS certificate that came is for another host than {host}"
        fix = f"{address.edit} (a network's login page does this too: open http://example.com in a browser)"
        return fail(service, "network", told, fix)
    if error.verify_code in (_EXPIRED, _NOT_YET):
        told = f"the TLS certificate of {host} is not valid now ({error.verify_message})"
        return fail(service, "network", told, f"Set this machine's clock: {set_clock()}; if it is right, tell {host}")
    told = f"the TLS certificate of {host} is not trusted ({error.verify_message})"
    fix = "Run: export SSL_CERT_FILE=/path/to/your-company-ca.pem (a company proxy's certificate, in PEM)"
    return fail(service, "network", told, fix)


def _portal(address: Address, where: str) -> Finding:
    told = f"a web page of {where} came in the place of {address.host}'s answer: a login or proxy page of the network"
    return fail(
        address.account.subject, "network", told, f"Open {address.url} in a browser and sign in; else: {address.edit}"
    )


def _proxy_fix(address: Address) -> str:
    return f"Run: unset HTTPS_PROXY (or set it to a proxy that runs; NO_PROXY={address.host} goes around it)"


def _clock(service: str, told: str, now: float) -> list[Finding]:
    """How far the clock of this machine is from the service's, going by the Date header."""
    try:
        skew = now - parsedate_to_datetime(told).timestamp()
    except (ValueError, TypeError):
        return []
    if abs(skew) <= SKEW_NOTED:
        return [ok(service, "clock", f"within {SKEW_NOTED:.0f} s of the service's")]
    way = "ahead of" if skew > 0 else "behind"
    finding = fail if abs(skew) > SKEW_HARMFUL else warn
    told = f"this machine's clock is {_span(abs(skew))} {way} the service's: tokens seem expired or not yet valid"
    return [finding(service, "clock", told, f"Run: {set_clock()}")]


def set_clock() -> str:
    """The command that sets this machine's clock from the network."""
    import platform

    return _SET_CLOCK.get(platform.system(), "set the date and time from the network")


def _span(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s"


def _other_host(address: Address, location: str) -> str:
    """The host of a redirect that leads away from the service."""
    host = urlsplit(location).hostname or ""
    return "" if host == address.host else host


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
