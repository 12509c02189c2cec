"""One login for many callers: logging in and out, and the requests that carry the token."""

import httpx2
import pytest

from connector_kit.errors import NotConfigured, ServiceError, TimedOut, Unavailable
from connector_kit.http import HttpClient, HttpPolicy
from connector_kit.oauth.bearer import BearerAuth
from connector_kit.oauth.failures import LoginRequired
from connector_kit.oauth.manager import OAuthManager
from connector_kit.testing.authorization_server import TokenFault
from connector_kit.testing.logins import CLIENT, CREDENTIAL, loopback_profile, token_set

from .setting import Setting

pytestmark = pytest.mark.anyio
HOUR = 3600.0


# Login, logout, and the rest


async def test_a_new_login_replaces_what_cannot_be_read(setting: Setting) -> None:
    setting.log_in()
    setting.vault.path(CREDENTIAL).write_bytes(b"torn")
    manager = setting.manager()
    with pytest.raises(NotConfigured, match="damaged"):
        await manager.access_token()
    login = token_set(setting.server.grant())
    await manager.adopt(login)
    assert await manager.access_token() == login.access_token
    assert setting.stored() == login


async def test_logging_out_revokes_and_forgets(setting: Setting) -> None:
    from connector_kit.oauth.profiles import Revocation

    tokens = setting.log_in()
    manager = setting.manager(revocation=Revocation(setting.server.revoke_url))
    assert await manager.access_token() == tokens.access_token
    assert await manager.forget()
    assert not setting.server.accepts(tokens.access_token)
    with pytest.raises(LoginRequired):
        await manager.access_token()
    assert not await manager.forget()


async def test_logging_out_forgets_also_when_the_vendor_cannot_be_told(setting: Setting) -> None:
    from connector_kit.oauth.profiles import Revocation

    setting.log_in()
    assert not await setting.manager().forget()  # Atlassian has no such address
    assert setting.vault.load(CREDENTIAL) is None
    setting.log_in()
    gone = setting.manager(revocation=Revocation("http://127.0.0.1:9/revoke"))
    with pytest.raises(Unavailable):
        await gone.forget()
    assert setting.vault.load(CREDENTIAL) is None
    setting.log_in()
    setting.vault.path(CREDENTIAL).write_bytes(b"torn")
    assert not await setting.manager().forget()
    assert setting.vault.load(CREDENTIAL) is None


async def test_an_app_without_a_user_asks_in_its_own_name(setting: Setting) -> None:
    manager = setting.manager(grant="client_credentials", scopes=("read:jira-work",), rotates=False)
    first = await manager.access_token()
    assert setting.server.accepts(first)
    assert await setting.manager(grant="client_credentials", rotates=False).access_token() == first
    setting.clock.advance(HOUR)
    assert setting.server.accepts(await manager.access_token())
    assert setting.server.count("client_credentials") == 2
    assert setting.server.requests[0].form["scope"] == "read:jira-work"


async def test_requests_carry_the_token_and_are_repeated_with_another_after_a_401(setting: Setting) -> None:
    setting.log_in()
    manager = setting.manager()
    api = HttpClient(setting.server.url, service="Jira", auth=BearerAuth(manager))
    try:
        assert (await api.request("GET", "/api")).status == 200
        setting.clock.advance(60)
        setting.server.expire_access_tokens()
        assert (await api.request("POST", "/api", json={"summary": "once"})).status == 200
        assert setting.server.count("refused") == 1
        setting.server.expire_access_tokens()  # the new one is refused as well: something else is wrong
        with pytest.raises(ServiceError, match="401"):
            await api.request("GET", "/api")
        assert setting.server.count("refreshed") == 1
    finally:
        await api.aclose()


@pytest.mark.parametrize("when", ["before", "refused"])
async def test_a_write_that_waits_too_long_for_a_token_is_known_not_to_have_happened(
    setting: Setting, when: str
) -> None:
    setting.log_in()
    setting.clock.advance(2 * HOUR if when == "before" else 60)
    setting.server.expire_access_tokens()
    setting.server.next_tokens(TokenFault.slow(0.3))
    api = HttpClient(
        setting.server.url,
        service="Jira",
        auth=BearerAuth(setting.manager()),
        policy=HttpPolicy(total_timeout=0.2),
    )
    try:
        with pytest.raises(TimedOut, match="was not sent"):
            await api.request("POST", "/api", json={"summary": "once"})
        assert setting.server.count("served") == 0
        assert (await api.request("POST", "/api", json={"summary": "once"})).status == 200
        assert setting.server.count("refreshed") == 1
    finally:
        await api.aclose()


async def test_a_request_without_a_login_is_not_sent(setting: Setting) -> None:
    api = HttpClient(setting.server.url, service="Jira", auth=BearerAuth(setting.manager()))
    with pytest.raises(LoginRequired):
        await api.request("GET", "/api")
    await api.aclose()
    assert setting.server.count("refused") == 0


async def test_the_manager_finds_the_token_endpoint_by_itself(setting: Setting) -> None:
    setting.log_in()
    setting.clock.advance(HOUR)
    profile = loopback_profile(setting.server.token_url)
    manager = OAuthManager(profile, CLIENT, CREDENTIAL, setting.vault, clock=setting.clock)
    assert setting.server.accepts(await manager.access_token())


def test_bearer_authorization_is_for_async_clients_only(setting: Setting) -> None:
    with httpx2.Client(auth=BearerAuth(setting.manager())) as client, pytest.raises(RuntimeError, match="async"):
        client.get(f"{setting.server.url}/api")
