"""Logging in: consent, codes, PKCE, tokens that rotate, exchanging and revoking."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from slack_mcp.sandbox import SANDBOX_BOT_TOKEN, accounts
from slack_mcp.sandbox.oauth.clients import (
    CLIENT_ID,
    CLIENT_SECRET,
    LASTING_CLIENT_ID,
    LASTING_CLIENT_SECRET,
    PKCE_CLIENT_ID,
)
from slack_mcp.sandbox.sample import people
from slack_mcp.sandbox.visitor import Clock, Visitor

pytestmark = pytest.mark.anyio

BOT_PAGE, USER_PAGE = "/oauth/v2/authorize", "/oauth/v2_user/authorize"
WEB = "https://localhost/slack/callback"
DESKTOP = "http://localhost:8765/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SECRET = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
FORM = "application/x-www-form-urlencoded"
HALF_A_DAY, MONTH = 43_200, 30 * 86_400

Json = dict[str, Any]


@pytest.fixture
def stranger(visit: Callable[[str], Visitor]) -> Visitor:
    """Somebody without a token."""
    return visit("")


async def consent(stranger: Visitor, page: str, decision: str = "accept", user: str = "", **asked: str) -> Json:
    """What the app is told after somebody decided."""
    answer = await stranger.client.post(f"{page}?{urlencode(asked)}", data={"decision": decision, "user": user})
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def bot_code(stranger: Visitor, **more: str) -> str:
    asked = {"client_id": CLIENT_ID, "scope": "channels:read,chat:write", "redirect_uri": WEB, **more}
    return (await consent(stranger, BOT_PAGE, **asked))["code"]


async def desktop_code(stranger: Visitor, **more: str) -> str:
    asked = {
        "client_id": PKCE_CLIENT_ID,
        "scope": "channels:read channels:history",
        "redirect_uri": DESKTOP,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return (await consent(stranger, USER_PAGE, **asked, **more))["code"]


async def exchanged(stranger: Visitor, method: str, **form: str) -> Json:
    return (await stranger.send(method, content=urlencode(form).encode(), content_type=FORM)).body


async def desktop_login(stranger: Visitor) -> Json:
    """What the exchange of a desktop app's code brings."""
    body = await exchanged(
        stranger,
        "oauth.v2.user.access",
        client_id=PKCE_CLIENT_ID,
        code=await desktop_code(stranger),
        code_verifier=VERIFIER,
        redirect_uri=DESKTOP,
    )
    assert body["ok"], body
    return body["authed_user"]


async def refreshed(stranger: Visitor, token: str, **more: str) -> Json:
    form = {"client_id": PKCE_CLIENT_ID, "grant_type": "refresh_token", "refresh_token": token, **more}
    return await exchanged(stranger, "oauth.v2.user.access", **form)


async def test_a_page_asks_for_consent_and_names_every_scope(stranger: Visitor) -> None:
    query = urlencode({"client_id": CLIENT_ID, "scope": "chat:write", "user_scope": "users:read"})
    answer = await stranger.client.get(f"{BOT_PAGE}?{query}")
    assert answer.status_code == 200
    for part in ("Assistant wants", "chat:write", "users:read", "Human PM", "Allow"):
        assert part in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_bot_and_a_person_are_logged_in_at_once(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    code = await bot_code(stranger, user_scope="users:read", state="s")
    body = await exchanged(stranger, "oauth.v2.access", **SECRET, code=code, redirect_uri=WEB)
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("bot", "channels:read,chat:write", HALF_A_DAY)
    assert body["access_token"].startswith("xoxe.xoxb-1-")
    assert body["refresh_token"].startswith("xoxe-1-")
    assert (body["app_id"], body["bot_user_id"]) == (accounts.ASSISTANT_APP, people.ASSISTANT.id)
    assert body["authed_user"]["access_token"].startswith("xoxe.xoxp-1-")
    who = await visit(body["access_token"]).call("auth.test")
    assert (who["user"], who["bot_id"], who["expires_in"]) == ("assistant", "B0PMOS00030", HALF_A_DAY)
    person = visit(body["authed_user"]["access_token"])
    assert (await person.call("auth.test"))["user"] == "human.pm"
    assert (await person.ask("conversations.list")).body["error"] == "missing_scope"


async def test_the_state_comes_back_with_the_code_or_the_refusal(stranger: Visitor) -> None:
    asked = {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": WEB, "state": "a b&c"}
    assert (await consent(stranger, BOT_PAGE, **asked))["state"] == "a b&c"
    assert await consent(stranger, BOT_PAGE, "deny", **asked) == {"error": "access_denied", "state": "a b&c"}


async def test_a_desktop_app_proves_itself_without_a_secret(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    user = await desktop_login(stranger)
    assert (user["id"], user["token_type"]) == (people.HUMAN_PM.id, "user")
    person = visit(user["access_token"])
    await person.call("conversations.list")
    assert (await person.ask("users.list")).body["provided"] == "channels:read,channels:history"


async def test_another_person_may_agree(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    asked = {"client_id": LASTING_CLIENT_ID, "scope": "users:read", "redirect_uri": WEB}
    code = (await consent(stranger, USER_PAGE, user=people.ALEX_RIVERA.id, **asked))["code"]
    body = await exchanged(
        stranger,
        "oauth.v2.user.access",
        client_id=LASTING_CLIENT_ID,
        client_secret=LASTING_CLIENT_SECRET,
        code=code,
        redirect_uri=WEB,
    )
    token = body["authed_user"]["access_token"]
    assert token.startswith("xoxp-")
    assert "refresh_token" not in body["authed_user"]
    assert (await visit(token).call("auth.test"))["user"] == "alex.rivera"


async def test_an_access_token_lasts_half_a_day(
    stranger: Visitor, visit: Callable[[str], Visitor], clock: Clock
) -> None:
    person = visit((await desktop_login(stranger))["access_token"])
    clock.now += HALF_A_DAY - 1
    await person.call("auth.test")
    clock.now += 1
    assert await person.refused("auth.test") == "token_expired"


async def test_a_refresh_token_is_good_for_once(stranger: Visitor, visit: Callable[[str], Visitor]) -> None:
    first = await desktop_login(stranger)
    body = await refreshed(stranger, first["refresh_token"])
    assert (body["token_type"], body["expires_in"]) == ("user", HALF_A_DAY)
    assert body["refresh_token"] != first["refresh_token"]
    await visit(body["access_token"]).call("conversations.list")
    assert (await refreshed(stranger, first["refresh_token"]))["error"] == "invalid_refresh_token"
    assert (await refreshed(stranger, body["refresh_token"]))["ok"]


async def test_a_desktops_refresh_token_lasts_a_month(stranger: Visitor, clock: Clock) -> None:
    tokens = await desktop_login(stranger)
    clock.now += MONTH
    assert (await refreshed(stranger, tokens["refresh_token"]))["error"] == "invalid_refresh_token"


async def test_the_refresh_token_of_an_app_with_a_secret_lasts_and_needs_the_secret(
    stranger: Visitor, clock: Clock
) -> None:
    form = {**SECRET, "code": await bot_code(stranger), "redirect_uri": WEB}
    token = (await exchanged(stranger, "oauth.v2.access", **form))["refresh_token"]
    clock.now += 2 * MONTH
    refresh = {"grant_type": "refresh_token", "refresh_token": token}
    without = await exchanged(stranger, "oauth.v2.access", client_id=CLIENT_ID, **refresh)
    assert without["error"] == "bad_client_secret"
    body = await exchanged(stranger, "oauth.v2.access", **SECRET, **refresh)
    assert (body["token_type"], body["bot_user_id"]) == ("bot", people.ASSISTANT.id)


async def test_an_app_may_say_who_it_is_in_a_header(stranger: Visitor) -> None:
    code = await bot_code(stranger)
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    answer = await stranger.client.post(
        "/api/oauth.v2.access",
        data={"code": code, "redirect_uri": WEB},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.json()["ok"]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_secret": ""}, "bad_client_secret"),
        ({"code": "made.up"}, "invalid_code"),
        ({"code": ""}, "invalid_code"),
        ({"redirect_uri": "https://localhost/other"}, "bad_redirect_uri"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"client_id": LASTING_CLIENT_ID, "client_secret": LASTING_CLIENT_SECRET}, "invalid_code"),
    ],
)
async def test_an_exchange_that_is_not_right_is_refused_and_the_code_stays_good(
    stranger: Visitor, changed: dict[str, str], error: str
) -> None:
    form = {**SECRET, "code": await bot_code(stranger), "redirect_uri": WEB}
    assert (await exchanged(stranger, "oauth.v2.access", **{**form, **changed}))["error"] == error
    assert (await exchanged(stranger, "oauth.v2.access", **form))["ok"]


async def test_a_code_is_exchanged_once_and_soon_where_it_belongs(stranger: Visitor, clock: Clock) -> None:
    form = {**SECRET, "code": await bot_code(stranger), "redirect_uri": WEB}
    elsewhere = await exchanged(stranger, "oauth.v2.user.access", **form)
    assert elsewhere["error"] == "oauth_authorization_url_mismatch"
    await exchanged(stranger, "oauth.v2.access", **form)
    assert (await exchanged(stranger, "oauth.v2.access", **form))["error"] == "code_already_used"
    late = {**form, "code": await bot_code(stranger)}
    clock.now += 600
    assert (await exchanged(stranger, "oauth.v2.access", **late))["error"] == "code_expired"


@pytest.mark.parametrize("verifier", ["", "x" * 64])
async def test_a_code_without_its_verifier_is_worth_nothing(stranger: Visitor, verifier: str) -> None:
    form = {"client_id": PKCE_CLIENT_ID, "code": await desktop_code(stranger), "redirect_uri": DESKTOP}
    body = await exchanged(stranger, "oauth.v2.user.access", **form, code_verifier=verifier)
    assert body["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("page", "asked", "objection"),
    [
        (BOT_PAGE, {"client_id": "9.9", "scope": "chat:write"}, "client_id"),
        (BOT_PAGE, {"client_id": CLIENT_ID}, "no scopes"),
        (BOT_PAGE, {"client_id": CLIENT_ID, "scope": "world:rule"}, "world:rule"),
        (BOT_PAGE, {"client_id": CLIENT_ID, "scope": "search:read"}, "search:read"),
        (BOT_PAGE, {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": DESKTOP}, "redirect_uri"),
        (
            BOT_PAGE,
            {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": "https://evil.example/"},
            "redirect",
        ),
        (
            BOT_PAGE,
            {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": "https://localhost.evil.example/"},
            "redirect",
        ),
        (
            BOT_PAGE,
            {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": "https://x@localhost/"},
            "redirect",
        ),
        (BOT_PAGE, {"client_id": PKCE_CLIENT_ID, "scope": "chat:write", "redirect_uri": DESKTOP}, "bot scopes"),
        (
            USER_PAGE,
            {"client_id": CLIENT_ID, "scope": "chat:write", "redirect_uri": WEB, "code_challenge": "x"},
            "PKCE",
        ),
    ],
)
async def test_a_login_that_cannot_go_on_leads_nowhere(
    stranger: Visitor, page: str, asked: dict[str, str], objection: str
) -> None:
    for method in ("GET", "POST"):
        answer = await stranger.client.request(method, f"{page}?{urlencode(asked)}", data={"decision": "accept"})
        assert answer.status_code == 400
        assert objection in answer.text


async def test_a_token_for_ever_is_exchanged_for_one_that_rotates(
    bot: Visitor, visit: Callable[[str], Visitor]
) -> None:
    body = await bot.call("oauth.v2.exchange", **SECRET)
    assert body["access_token"].startswith("xoxe.xoxb-1-")
    assert (await visit(body["access_token"]).call("auth.test"))["user"] == "assistant"
    assert await bot.refused("oauth.v2.exchange", **SECRET) == "token_already_exchanged"
    again = visit(body["access_token"])
    assert await again.refused("oauth.v2.exchange", **SECRET) == "invalid_token"


async def test_only_the_apps_own_tokens_are_exchanged(visit: Callable[[str], Visitor]) -> None:
    alerts = visit(accounts.ALERTS_TOKEN)
    assert await alerts.refused("oauth.v2.exchange", **SECRET) == "invalid_token"
    lasting = {"client_id": LASTING_CLIENT_ID, "client_secret": LASTING_CLIENT_SECRET}
    assert await alerts.refused("oauth.v2.exchange", **lasting) == "token_rotation_not_enabled"


async def test_a_revoked_token_takes_its_refresh_token_along(
    stranger: Visitor, visit: Callable[[str], Visitor]
) -> None:
    tokens = await desktop_login(stranger)
    person = visit(tokens["access_token"])
    assert (await person.call("auth.revoke", test=True))["revoked"] is False
    assert (await person.call("auth.revoke"))["revoked"] is True
    assert await person.refused("auth.test") == "token_revoked"
    assert (await refreshed(stranger, tokens["refresh_token"]))["error"] == "invalid_refresh_token"
    assert (await visit(SANDBOX_BOT_TOKEN).call("auth.test"))["ok"]
