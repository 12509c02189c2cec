"""Where a login leads: to the one site that is meant, behind the gateway, and nowhere else."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from atlassian_kit.errors import explain_atlassian
from atlassian_kit.login import LoginSite, profile_at
from connector_kit.errors import NotAuthenticated, ServiceError, Unavailable
from connector_kit.http import HttpClient, HttpPolicy, Reply
from connector_kit.oauth.failures import LoginRequired
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import JIRA
from connector_kit.oauth.sites import SiteUnclear
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.faults import Fault, FaultServer
from connector_kit.testing.logins import CLIENT, CREDENTIAL, file_vault, token_set

pytestmark = pytest.mark.anyio

CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11"
MYSELF = "/rest/api/3/myself"
QUICK = HttpPolicy(retries=0, base_delay=0.0)
SCOPES = ("read:jira-work", "read:jira-user")


@pytest.fixture
def vendor() -> Iterator[AuthorizationServer]:
    with AuthorizationServer() as server:
        yield server


@pytest.fixture
async def site() -> AsyncIterator[FaultServer]:
    async with FaultServer(Fault.json({"ok": True})) as server:
        yield server


class Login:
    """A login to a site, as often as a test starts a process that uses it."""

    def __init__(self, vendor: AuthorizationServer, site: FaultServer, folder: Path) -> None:
        self.vault = file_vault(folder)
        self.profile = replace(JIRA, token_url=vendor.token_url, sites_url=vendor.sites_url)
        self.site = site

    def manager(self) -> OAuthManager:
        return OAuthManager(self.profile, CLIENT, CREDENTIAL, self.vault)

    def open(self, cloud_id: str | None = None) -> tuple[LoginSite, HttpClient]:
        place = LoginSite(self.site.url, self.manager(), cloud_id=cloud_id, policy=QUICK)
        return place, place.client("Jira", explain=explain)


@pytest.fixture
def login(vendor: AuthorizationServer, site: FaultServer, tmp_path: Path) -> Login:
    return Login(vendor, site, tmp_path)


def explain(reply: Reply) -> ServiceError:
    return explain_atlassian(reply, service="Jira")


def paths(server: FaultServer) -> list[str]:
    return [request.path for request in server.requests]


async def test_nothing_is_sent_before_the_first_request(login: Login, vendor: AuthorizationServer) -> None:
    _, http = login.open()
    await http.aclose()
    assert vendor.requests == []
    assert login.site.requests == []


async def test_the_site_noted_at_the_login_is_used_without_asking(login: Login, vendor: AuthorizationServer) -> None:
    tokens = token_set(vendor.grant(*SCOPES))
    await login.manager().adopt(replace(tokens, extra={"cloud_id": CLOUD_ID, "site": login.site.url}))
    place, http = login.open()
    await http.request("GET", MYSELF)
    await http.aclose()
    assert paths(login.site) == [f"/ex/jira/{CLOUD_ID}{MYSELF}"]
    assert login.site.requests[0].headers["authorization"] == f"Bearer {tokens.access_token}"
    assert place.cloud_id == CLOUD_ID
    assert vendor.count("refreshed") == 0


async def test_the_site_that_a_setting_names_is_looked_up_once(login: Login, vendor: AuthorizationServer) -> None:
    vendor.sites = (
        {"id": "other-site-1", "url": "https://other.atlassian.net", "name": "Other", "scopes": list(SCOPES)},
        {"id": CLOUD_ID, "url": login.site.url, "name": "Mine", "scopes": list(SCOPES)},
    )
    await login.manager().adopt(token_set(vendor.grant(*SCOPES)))
    _, http = login.open()
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(http.request, "GET", MYSELF)
    await http.aclose()
    assert paths(login.site) == [f"/ex/jira/{CLOUD_ID}{MYSELF}"] * 5
    assert vendor.count("served") == 1


async def test_a_site_that_the_login_did_not_open_is_told_and_asked_for_again(
    login: Login, vendor: AuthorizationServer
) -> None:
    vendor.sites = ({"id": "x", "url": "https://other.atlassian.net", "name": "Other", "scopes": list(SCOPES)},)
    await login.manager().adopt(token_set(vendor.grant(*SCOPES)))
    _, http = login.open()
    with pytest.raises(SiteUnclear, match=r"it opened https://other\.atlassian\.net"):
        await http.request("GET", MYSELF)
    assert login.site.requests == []
    vendor.sites = ({"id": CLOUD_ID, "url": login.site.url, "name": "Mine", "scopes": list(SCOPES)},)
    await http.request("GET", MYSELF)
    await http.aclose()


async def test_a_further_site_is_behind_the_gateway_of_the_one_that_the_login_is_for(
    login: Login, vendor: AuthorizationServer
) -> None:
    vendor.sites = (
        {"id": CLOUD_ID, "url": login.site.url, "name": "Mine", "scopes": list(SCOPES)},
        {"id": "other-site-1", "url": "https://other.atlassian.net", "name": "Other", "scopes": list(SCOPES)},
    )
    tokens = token_set(vendor.grant(*SCOPES))
    await login.manager().adopt(replace(tokens, extra={"cloud_id": CLOUD_ID, "site": login.site.url}))
    place = LoginSite("https://other.atlassian.net", login.manager(), home=login.site.url, policy=QUICK)
    http = place.client("Jira", explain=explain)
    await http.request("GET", MYSELF)
    await http.aclose()
    assert paths(login.site) == [f"/ex/jira/other-site-1{MYSELF}"]
    assert place.url == "https://other.atlassian.net"


async def test_a_token_that_is_refused_when_the_site_is_looked_up_is_renewed(
    login: Login, vendor: AuthorizationServer
) -> None:
    vendor.sites = ({"id": CLOUD_ID, "url": login.site.url, "name": "Mine", "scopes": list(SCOPES)},)
    tokens = replace(token_set(vendor.grant(*SCOPES)), obtained_at=time.time() - 120)
    login.vault.save(CREDENTIAL, tokens)
    vendor.expire_access_tokens()
    _, http = login.open()
    await http.request("GET", MYSELF)
    await http.aclose()
    assert vendor.count("refreshed") == 1


async def test_a_login_that_was_taken_back_is_told_with_the_command_before_its_site_is_known(
    login: Login, vendor: AuthorizationServer
) -> None:
    for age, told in ((120, "does not accept the stored login any more"), (0, "answered 401")):
        login.vault.save(CREDENTIAL, replace(token_set(vendor.grant(*SCOPES)), obtained_at=time.time() - age))
        vendor.revoke_all()
        _, http = login.open()
        with pytest.raises(NotAuthenticated, match=rf"{told}.*`mcp-suite auth login jira`"):
            await http.request("GET", MYSELF)
        await http.aclose()


async def test_a_site_noted_for_another_address_does_not_count(login: Login, vendor: AuthorizationServer) -> None:
    vendor.sites = ({"id": CLOUD_ID, "url": login.site.url, "name": "Mine", "scopes": list(SCOPES)},)
    tokens = token_set(vendor.grant(*SCOPES))
    await login.manager().adopt(replace(tokens, extra={"cloud_id": "old-site", "site": "https://old.atlassian.net"}))
    _, http = login.open()
    await http.request("GET", MYSELF)
    await http.aclose()
    assert paths(login.site) == [f"/ex/jira/{CLOUD_ID}{MYSELF}"]


async def test_a_refused_token_is_renewed_once_and_a_write_sent_again(
    login: Login, vendor: AuthorizationServer
) -> None:
    await login.manager().adopt(token_set(vendor.grant(*SCOPES), age=600))
    issue = f"/ex/jira/{CLOUD_ID}/rest/api/3/issue"
    login.site.queue(issue, Fault.json({"code": 401, "message": "Unauthorized"}, 401))
    _, http = login.open(CLOUD_ID)
    await http.request("POST", "/rest/api/3/issue", json={})
    await http.aclose()
    first, second = login.site.requests
    assert first.headers["authorization"] != second.headers["authorization"]
    assert vendor.count("refreshed") == 1


async def test_without_a_login_the_command_is_named(login: Login) -> None:
    _, http = login.open(CLOUD_ID)
    with pytest.raises(LoginRequired, match="mcp-suite auth login jira"):
        await http.request("GET", MYSELF)
    await http.aclose()
    assert login.site.requests == []


async def test_a_vendor_that_cannot_be_reached_says_nothing_about_the_login(
    login: Login, vendor: AuthorizationServer
) -> None:
    await login.manager().adopt(token_set(vendor.grant(*SCOPES), age=7200))
    login.profile = replace(login.profile, token_url="http://127.0.0.1:9/token")
    _, http = login.open(CLOUD_ID)
    with pytest.raises(Unavailable) as caught:
        await http.request("GET", MYSELF)
    assert not isinstance(caught.value, NotAuthenticated)
    await http.aclose()


async def test_scopes_that_a_new_login_brought_count_at_once(login: Login, vendor: AuthorizationServer) -> None:
    await login.manager().adopt(token_set(vendor.grant(*SCOPES), age=60))
    place, http = login.open(CLOUD_ID)
    assert await place.lacking_scopes(["read:jira-work"]) == ()
    assert await place.lacking_scopes(["read:jira-work", "write:jira-work"]) == ("write:jira-work",)
    await login.manager().adopt(token_set(vendor.grant(*SCOPES, "write:jira-work")))
    assert await place.lacking_scopes(["write:jira-work"]) == ()
    await http.aclose()


async def test_a_site_on_this_machine_plays_atlassians_hosts_and_no_other_does() -> None:
    here = profile_at(JIRA, "http://127.0.0.1:8100")
    for url in (here.authorize_url, here.token_url, here.sites_url or ""):
        assert url.startswith("http://127.0.0.1:8100/")
    assert profile_at(JIRA, "https://example.atlassian.net") is JIRA
