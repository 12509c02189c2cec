"""What a token endpoint answers, and what that means, against a loopback authorization server."""

import math
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace

import pytest
from pydantic import SecretStr

from connector_kit.errors import (
    BadAnswer,
    NotConfigured,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    Unavailable,
)
from connector_kit.oauth.failures import ConsentWithdrawn, LoginRequired, ScopesChanged, WrongClient
from connector_kit.oauth.profiles import (
    JIRA,
    SLACK_BOT,
    SLACK_USER,
    SNOWFLAKE_LOCAL_APPLICATION,
    OAuthClient,
    OAuthProfile,
    snowflake,
)
from connector_kit.oauth.refusals import LoginRefused
from connector_kit.oauth.token_endpoint import DeviceCode, TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.testing import authorization_server
from connector_kit.testing.authorization_server import AuthorizationServer, Dialect, TokenFault
from connector_kit.testing.faults import QUICK

from .endpoints import CLIENT, STANDARD, close_all, endpoint_of, seed

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def close_endpoints() -> AsyncGenerator[None]:
    """Leave no connection to a server that is gone."""
    yield
    await close_all()


async def test_a_refresh_brings_the_next_pair() -> None:
    with AuthorizationServer(clock=lambda: 1_000_000.0, lifetime=1800) as server:
        old = seed(server, "a", "b")
        new = await endpoint_of(server).refresh(old)
        assert server.accepts(new.access_token)
    assert new.refresh_token not in (None, old.refresh_token)
    assert new.expires_at == 1_001_800.0
    assert new.obtained_at == 1_000_000.0
    assert new.scopes == ("a", "b")


async def test_a_vendor_that_keeps_its_refresh_token_leaves_ours() -> None:
    with AuthorizationServer(rotates=False) as server:
        old = replace(seed(server), extra={"cloud_id": "42"})
        new = await endpoint_of(server).refresh(old)
    assert new.refresh_token == old.refresh_token
    assert new.extra == {"cloud_id": "42"}


@pytest.mark.parametrize(
    ("dialect", "profile"),
    [
        (authorization_server.STANDARD, STANDARD),
        (authorization_server.ATLASSIAN, JIRA),
        (authorization_server.ATLASSIAN_DOCUMENTED, JIRA),
        (authorization_server.SLACK_BOT, SLACK_BOT),
        (authorization_server.SLACK_USER, SLACK_USER),
        (authorization_server.STANDARD, snowflake("org-account")),
    ],
)
async def test_each_vendor_tells_a_dead_login_from_a_wrong_secret(dialect: Dialect, profile: OAuthProfile) -> None:
    with AuthorizationServer(dialect=dialect) as server:
        stale = TokenSet(refresh_token="refresh-never-issued")
        with pytest.raises(LoginRequired, match=f"mcp-suite auth login {profile.name}") as dead:
            await endpoint_of(server, profile).refresh(stale)
        wrong = OAuthClient("client-1", SecretStr("another-secret"))
        with pytest.raises(WrongClient, match=f"{profile.name.upper()}_CLIENT_SECRET") as refused:
            await endpoint_of(server, profile, wrong).refresh(seed(server))
        with pytest.raises(LoginRefused, match="came too late"):
            await endpoint_of(server, profile).exchange_code("never-issued", "http://127.0.0.1:1/", None)
        for secret in ("refresh-never-issued", "another-secret"):
            assert secret not in str(dead.value) + str(refused.value)


async def test_slack_grants_with_commas_and_a_users_token_inside() -> None:
    with AuthorizationServer(dialect=authorization_server.SLACK_USER, lifetime=43200) as server:
        profile = replace(SLACK_USER, authorize_url=server.authorize_url)
        question = {"client_id": "client-1", "response_type": "code", "redirect_uri": "http://localhost:1/callback"}
        back = server.authorize({**question, "scope": "channels:read,users:read"})
        assert back is not None
        code = back.partition("code=")[2]
        endpoint = endpoint_of(server, profile, OAuthClient("client-1", SecretStr("client-secret-1")))
        first = await endpoint.exchange_code(code, "http://localhost:1/callback", None)
        assert server.accepts(first.access_token)
        assert first.scopes == ("channels:read", "users:read")
        assert dict(first.extra) == {"team_id": "T0SAMPLE", "team": "Sample", "account": "U0SAMPLE"}
        assert first.expires_at is not None
        second = await endpoint.refresh(first)
        assert server.accepts(second.access_token)
        assert second.extra == first.extra


async def test_an_app_with_pkce_needs_no_secret() -> None:
    with AuthorizationServer(client_secret=None, dialect=authorization_server.SLACK_USER) as server:
        endpoint = endpoint_of(server, SLACK_USER, OAuthClient("client-1"))
        await endpoint.refresh(seed(server))
        assert server.requests[0].basic is None
        assert "client_secret" not in server.requests[0].form
        assert server.requests[0].form["client_id"] == "client-1"


async def test_a_basic_client_sends_its_secret_in_the_header_alone() -> None:
    own = OAuthClient("p/8gIk=", SecretStr("XKxb+s/J%20="))
    for client in (own, SNOWFLAKE_LOCAL_APPLICATION):
        with AuthorizationServer(client_id=client.client_id, client_secret=client.secret()) as server:
            await endpoint_of(server, snowflake("org-account"), client).refresh(seed(server))
            assert server.requests[0].basic == (client.client_id, client.secret())
            assert "client_secret" not in server.requests[0].form


async def test_a_public_client_sends_its_id_alone() -> None:
    with AuthorizationServer(client_secret=None) as server:
        await endpoint_of(server, replace(STANDARD, client_auth="none", secret="optional")).refresh(seed(server))
        assert set(server.requests[0].form) == {"grant_type", "refresh_token", "client_id"}


async def test_atlassian_is_asked_in_json() -> None:
    with AuthorizationServer() as server:
        await endpoint_of(server, JIRA).refresh(seed(server))
        assert server.requests[0].headers["content-type"] == "application/json"


async def test_a_refresh_that_the_vendor_tolerates_twice_is_repeated_when_its_answer_is_lost() -> None:
    with AuthorizationServer(dialect=authorization_server.ATLASSIAN, reuse_leeway=600) as server:
        server.next_tokens(TokenFault.drop_after(), TokenFault.drop_before())
        new = await endpoint_of(server, JIRA).refresh(seed(server))
        assert server.accepts(new.access_token)
        assert server.count("reused") == 1
        assert server.count("punished") == 0


async def test_a_refresh_that_may_be_spent_is_never_repeated_blindly() -> None:
    with AuthorizationServer(dialect=authorization_server.SLACK_BOT) as server:
        for fault in (TokenFault.drop_after(), TokenFault.failing(502), TokenFault.redirect("https://x.example", 303)):
            server.next_tokens(fault)
            before = len(server.requests)
            with pytest.raises(OutcomeUnknown, match=r"may be used up.*mcp-suite auth login slack"):
                await endpoint_of(server, SLACK_BOT).refresh(seed(server))
            assert len(server.requests) == before + 1


async def test_a_slow_answer_is_waited_for_only_so_long() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.slow(0.6))
        with pytest.raises(OutcomeUnknown):
            await endpoint_of(server, replace(STANDARD, rotates=True)).refresh(seed(server))


async def test_a_vendor_that_is_down_is_not_a_dead_login() -> None:
    with AuthorizationServer() as server:
        endpoint = endpoint_of(server)
        server.next_tokens(*[TokenFault.failing(503)] * (1 + QUICK.retries))
        with pytest.raises(Unavailable):
            await endpoint.refresh(seed(server))
        server.next_tokens(TokenFault.failing(429, {"Retry-After": "77"}))
        with pytest.raises(RateLimited) as limited:
            await endpoint.refresh(seed(server))
        assert limited.value.retry_after == 77
        server.next_tokens(TokenFault.json({"error": "temporarily_unavailable"}, 400))
        with pytest.raises(Unavailable, match="cannot answer now"):
            await endpoint.refresh(seed(server))
        server.next_tokens(TokenFault.html(403))
        with pytest.raises(NotPermitted, match="403"):
            await endpoint.refresh(seed(server))


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_of_the_token_endpoint_is_not_followed(status: int) -> None:
    with AuthorizationServer() as server, AuthorizationServer() as elsewhere:
        server.next_tokens(TokenFault.redirect(elsewhere.token_url, status))
        with pytest.raises(BadAnswer, match="redirect"):
            await endpoint_of(server).refresh(seed(server))
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("invalid_scope", ScopesChanged, "does not grant the scopes"),
        ("unsupported_grant_type", NotConfigured, "SAMPLE_REDIRECT_URI"),
        ("brand_new_error", ServiceError, "brand_new_error"),
    ],
)
async def test_other_refusals_say_what_to_do(code: str, kind: type[ServiceError], told: str) -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"error": code}, 400))
        with pytest.raises(kind, match=told):
            await endpoint_of(server).refresh(seed(server))


async def test_consent_that_was_taken_back_is_told_as_such() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"ok": False, "error": "token_revoked"}))
        with pytest.raises(ConsentWithdrawn, match="taken back"):
            await endpoint_of(server, SLACK_BOT).refresh(seed(server))


async def test_scopes_that_a_new_login_may_not_have_are_told_as_such() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"error": "invalid_scope"}, 400))
        with pytest.raises(NotPermitted, match="log in again") as caught:
            await endpoint_of(server).client_credentials(("a",))
    assert not isinstance(caught.value, ScopesChanged)


async def test_no_refusal_repeats_a_secret() -> None:
    with AuthorizationServer() as server:
        tokens = seed(server)
        assert tokens.refresh_token is not None
        description = f"The token {tokens.refresh_token} of client-secret-1 is dead"
        server.next_tokens(TokenFault.json({"error": "invalid_grant", "error_description": description}, 400))
        with pytest.raises(LoginRequired, match="is dead") as caught:
            await endpoint_of(server).refresh(tokens)
        server.next_tokens(TokenFault.json({"error": f"odd {tokens.refresh_token}"}, 418))
        with pytest.raises(ServiceError, match="odd") as odd:
            await endpoint_of(server).refresh(tokens)
    for secret in (tokens.refresh_token, "client-secret-1"):
        assert secret not in str(caught.value) + str(odd.value)


@pytest.mark.parametrize(
    "fault",
    [
        TokenFault.garbage(carried_out=False),
        TokenFault.html(),
        TokenFault(body=b""),
        TokenFault(body=b'{"access_token": "access-secret-value'),
        TokenFault(body=b"[" * 100_000),
        TokenFault.json(["access-secret-value"]),
        TokenFault.json({"token": "access-secret-value"}),
        TokenFault.json({"access_token": ""}),
        TokenFault.json({"access_token": "two words"}),
        TokenFault.json({"access_token": "line\r\nfeed"}),
        TokenFault.json({"access_token": 7}),
        TokenFault.json({"access_token": "x" * 20_000}),
        TokenFault(body=b'"' + b"x" * (9 * 1024 * 1024) + b'"'),
    ],
)
async def test_an_answer_without_a_token_is_refused_and_not_quoted(fault: TokenFault) -> None:
    with AuthorizationServer() as server:
        server.next_tokens(fault)
        with pytest.raises(BadAnswer) as caught:
            await endpoint_of(server).refresh(seed(server))
    assert "access-secret-value" not in f"{caught.value!r}{caught.value}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [
        (60, 60.0),
        ("60", 60.0),
        (59.5, 59.5),
        (None, 3600.0),
        ("soon", 3600.0),
        (-1, 3600.0),
        (0, 3600.0),
        (True, 3600.0),
        ("nan", 3600.0),
        (math.inf, 3600.0),
        (10**400, 3600.0),
    ],
)
async def test_a_lifetime_is_read_however_it_is_written(told: object, lifetime: float) -> None:
    with AuthorizationServer(clock=lambda: 1000.0) as server:
        server.next_tokens(TokenFault.json({"access_token": "a1", "expires_in": told}))
        tokens = await endpoint_of(server).refresh(seed(server))
    assert tokens.expires_at == 1000.0 + lifetime


@pytest.mark.parametrize(
    ("told", "scopes"),
    [
        ("a b", ("a", "b")),
        ("a,b", ("a", "b")),
        (["a", "b"], ("a", "b")),
        ("", ("old",)),
        (None, ("old",)),
        (7, ("old",)),
    ],
)
async def test_scopes_are_read_however_they_are_written(told: object, scopes: tuple[str, ...]) -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"access_token": "a1", "scope": told, "refresh_token": 3}))
        old = seed(server, "old")
        tokens = await endpoint_of(server).refresh(old)
    assert tokens.scopes == scopes
    assert tokens.refresh_token == old.refresh_token


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        ({"team": {"id": 7, "name": "Sample\x1b[31m"}}, {"team_id": "7", "team": "Sample"}),
        ({"team": "T1", "authed_user": ["odd"]}, {}),
        ({"team": {"id": True, "name": {"deep": 1}}}, {}),
    ],
)
async def test_what_else_an_answer_tells_is_kept_if_it_is_plain(
    body: Mapping[str, object], extra: Mapping[str, str]
) -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"access_token": "a1", **body}))
        tokens = await endpoint_of(server, SLACK_USER).refresh(seed(server))
    assert dict(tokens.extra) == extra


async def test_a_token_that_does_not_expire_has_no_end() -> None:
    with AuthorizationServer() as server:
        server.next_tokens(TokenFault.json({"ok": True, "access_token": "a1"}))
        tokens = await endpoint_of(server, SLACK_BOT).refresh(seed(server))
    assert tokens.expires_at is None


async def test_nothing_is_sent_without_a_refresh_token_or_a_client() -> None:
    with AuthorizationServer() as server:
        with pytest.raises(LoginRequired):
            await endpoint_of(server).refresh(TokenSet(access_token="a1"))
        with pytest.raises(NotConfigured, match="SAMPLE_CLIENT_SECRET"):
            await endpoint_of(server, client=OAuthClient("client-1")).refresh(TokenSet(refresh_token="r1"))
        assert server.requests == []


async def test_the_difference_of_the_clocks_is_known_after_an_answer() -> None:
    with AuthorizationServer(clock=lambda: 1_000_000.0) as server:
        endpoint = endpoint_of(server)
        async with TokenEndpoint(endpoint.profile, CLIENT, policy=QUICK, clock=lambda: 1_007_200.0) as ahead:
            assert ahead.skew is None
            tokens = await ahead.refresh(seed(server))
        assert ahead.skew == 7200.0
        assert tokens.expires_at == 1_007_200.0 + 3600.0
        with pytest.raises(LoginRequired):
            await endpoint.refresh(TokenSet(refresh_token="r1"))
        assert endpoint.skew == 0.0


async def test_a_device_code_is_read_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with AuthorizationServer() as server:
        device = await endpoint_of(server).start_device(("a", "b"))
        assert device.verification_uri == f"{server.url}/device"
        assert device.device_code not in repr(device)
        with pytest.raises(ValueError, match="no device flow"):
            await TokenEndpoint(JIRA, CLIENT).start_device(())
        older: Mapping[str, object] = {"device_code": "d", "user_code": "u", "verification_url": "https://v.example"}
        monkeypatch.setattr(server, "start_device", lambda _: (200, older))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        assert await endpoint_of(server).start_device(()) == DeviceCode("d", "u", "https://v.example")
        monkeypatch.setattr(server, "start_device", lambda _: (200, {}))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        with pytest.raises(BadAnswer, match="without the code"):
            await endpoint_of(server).start_device(())


async def test_an_endpoint_can_be_used_again_after_it_was_closed() -> None:
    with AuthorizationServer() as server:
        endpoint = endpoint_of(server)
        await endpoint.aclose()
        for _ in range(2):
            tokens = await endpoint.client_credentials()
            assert server.accepts(tokens.access_token)
            await endpoint.aclose()
        assert "scope" not in server.requests[0].form
