"""The sandbox plays Atlassian's OAuth hosts: a whole login without an account."""

import base64
import hashlib
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import anyio
import anyio.to_thread
import httpx2
import pytest
from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.oauth.login import authorize
from connector_kit.oauth.profiles import JIRA, JIRA_GRANULAR, OAuthClient, OAuthProfile
from connector_kit.oauth.refusals import LoginRefused
from connector_kit.oauth.sites import SiteUnclear, accessible_sites, choose_site
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from jira_mcp import sandbox
from mcp_suite.sandbox import HOST, listen, with_oauth
from mcp_suite.sandbox_oauth import AUDIENCE, CLIENT_ID, CLIENT_SECRET, AtlassianHosts
from mcp_suite.servers import find

pytestmark = pytest.mark.anyio
SITE = "http://127.0.0.1:8766"
BACK = "http://localhost:8765/callback"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLIENT = OAuthClient(CLIENT_ID, SecretStr(CLIENT_SECRET), "http://127.0.0.1:0/callback")
QUESTION = {
    "audience": AUDIENCE,
    "client_id": CLIENT_ID,
    "scope": "offline_access read:jira-work read:jira-user",
    "redirect_uri": BACK,
    "state": "the-state",
    "response_type": "code",
    "prompt": "consent",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def hosts(tmp_path: Path, *, second_site: bool = False, url: str = SITE) -> AtlassianHosts:
    app = sandbox.create_app(tmp_path / "jira.sqlite3", seed=False)
    played = with_oauth(find("jira"), sandbox, url, app, second_site=second_site)
    assert isinstance(played, AtlassianHosts)
    return played


@pytest.fixture
async def http(tmp_path: Path) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client of the sandbox, in this process."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(hosts(tmp_path)), base_url=SITE) as client:
        yield client


async def consent(http: httpx2.AsyncClient, decision: str = "accept", **changes: str) -> Mapping[str, str]:
    """What a login brings back to the app."""
    reply = await http.post("/authorize", params={**QUESTION, **changes}, data={"decision": decision})
    assert reply.status_code == 302, reply.text
    location = urlsplit(reply.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == changes.get("redirect_uri", BACK)
    return dict(parse_qsl(location.query))


async def ask(http: httpx2.AsyncClient, **body: str) -> httpx2.Response:
    return await http.post("/oauth/token", json={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **body})


async def login(http: httpx2.AsyncClient, scope: str = QUESTION["scope"]) -> dict[str, str]:
    code = (await consent(http, scope=scope))["code"]
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    reply = await ask(http, **grant)
    assert reply.status_code == 200, reply.text
    return reply.json()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def gateway(path: str, cloud_id: str = sandbox.CLOUD_ID) -> str:
    return f"/ex/jira/{cloud_id}{path}"


# The consent page


async def test_the_consent_page_says_who_asks_for_what_and_where(http: httpx2.AsyncClient) -> None:
    reply = await http.get("/authorize", params=QUESTION)
    assert reply.status_code == 200
    for told in (CLIENT_ID, sandbox.SANDBOX_EMAIL, "read:jira-work", "offline_access", SITE, "Accept", "Deny"):
        assert told in reply.text
    assert "form-action" not in reply.headers["content-security-policy"]


async def test_what_the_page_shows_is_text_whatever_was_asked(http: httpx2.AsyncClient) -> None:
    reply = await http.get("/authorize", params={**QUESTION, "scope": "<script>alert(1)</script>"})
    assert "<script>" not in reply.text
    assert "&lt;script&gt;" in reply.text


async def test_agreeing_leads_back_with_a_code_and_the_state(http: httpx2.AsyncClient) -> None:
    back = await consent(http)
    assert back["state"] == "the-state"
    assert set(back) == {"code", "state"}


async def test_denying_leads_back_with_atlassians_error(http: httpx2.AsyncClient) -> None:
    back = await consent(http, "deny")
    assert back == {
        "error": "access_denied",
        "error_description": "User did not authorize the request",
        "state": "the-state",
    }


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("client_id", "another", "client_id"),
        ("audience", "elsewhere", "audience"),
        ("redirect_uri", "https://elsewhere.example/callback", "redirect_uri"),
        ("redirect_uri", "javascript://127.0.0.1/callback", "redirect_uri"),
        ("response_type", "token", "response_type"),
        ("state", "", "state"),
        ("scope", "", "scope"),
    ],
)
async def test_a_wrong_question_ends_on_a_page_that_names_it(
    http: httpx2.AsyncClient, name: str, value: str, told: str
) -> None:
    for reply in (
        await http.get("/authorize", params={**QUESTION, name: value}),
        await http.post("/authorize", params={**QUESTION, name: value}, data={"decision": "accept"}),
    ):
        assert reply.status_code == 400
        assert told in reply.text


async def test_neither_yes_nor_no_is_no_answer(http: httpx2.AsyncClient) -> None:
    reply = await http.post("/authorize", params=QUESTION, data={"decision": "perhaps"})
    assert reply.status_code == 400


# The token endpoint


async def test_tokens_come_in_atlassians_shape(http: httpx2.AsyncClient) -> None:
    tokens = await login(http)
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["scope"] == QUESTION["scope"]


async def test_without_offline_access_there_is_no_refresh_token(http: httpx2.AsyncClient) -> None:
    assert "refresh_token" not in await login(http, "read:jira-work")


async def test_a_code_is_good_once_and_for_its_verifier(http: httpx2.AsyncClient) -> None:
    grant = {"grant_type": "authorization_code", "redirect_uri": BACK}
    for verifier, status in ((VERIFIER, 200), ("w" * 50, 403)):
        code = (await consent(http))["code"]
        assert (await ask(http, **grant, code=code, code_verifier=verifier)).status_code == status
        again = await ask(http, **grant, code=code, code_verifier=VERIFIER)
        assert (again.status_code, again.json()["error"]) == (403, "invalid_grant")


async def test_a_refresh_token_is_replaced_and_its_late_reuse_ends_the_login(tmp_path: Path) -> None:
    played = hosts(tmp_path)
    now = [1_000_000.0]
    played.authorizations.clock = lambda: now[0]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(played), base_url=SITE) as http:
        first = (await login(http))["refresh_token"]
        second = (await ask(http, grant_type="refresh_token", refresh_token=first)).json()["refresh_token"]
        assert second != first
        assert (await ask(http, grant_type="refresh_token", refresh_token=first)).status_code == 200
        now[0] += 601
        for token in (first, second):
            reply = await ask(http, grant_type="refresh_token", refresh_token=token)
            assert (reply.status_code, reply.json()["error"]) == (403, "unauthorized_client")


async def test_a_wrong_secret_is_told_as_atlassian_tells_it(http: httpx2.AsyncClient) -> None:
    reply = await ask(http, grant_type="refresh_token", refresh_token="x", client_secret="wrong")
    assert (reply.status_code, reply.json()["error"]) == (401, "access_denied")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"grant_type": "client_credentials"}', b"\xff"])
async def test_what_is_no_grant_of_atlassians_is_refused(http: httpx2.AsyncClient, body: bytes) -> None:
    reply = await http.post("/oauth/token", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (400, 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/authorize"),
        ("PUT", "/manage-profile/apps"),
        ("GET", "/oauth/token"),
        ("POST", "/oauth/token/accessible-resources"),
        ("GET", "/_sandbox/oauth/revoke"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(http: httpx2.AsyncClient, method: str, path: str) -> None:
    reply = await http.request(method, path)
    assert reply.status_code == 405
    assert reply.headers["allow"]


# Sites and the gateway


async def test_a_login_opens_one_site_or_two_if_asked(tmp_path: Path) -> None:
    for second_site, ids in ((False, [sandbox.CLOUD_ID]), (True, [sandbox.CLOUD_ID, sandbox.SECOND_CLOUD_ID])):
        played = hosts(tmp_path, second_site=second_site)
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(played), base_url=SITE) as http:
            token = (await login(http))["access_token"]
            sites = (await http.get("/oauth/token/accessible-resources", headers=bearer(token))).json()
            assert [site["id"] for site in sites] == ids
            assert sites[0]["url"] == SITE
            assert sites[0]["scopes"] == ["read:jira-work", "read:jira-user"]


async def test_the_gateway_is_the_site_for_who_agreed(http: httpx2.AsyncClient) -> None:
    token = (await login(http))["access_token"]
    me = await http.get(gateway("/rest/api/3/myself"), headers=bearer(token))
    assert me.json()["emailAddress"] == sandbox.SANDBOX_EMAIL
    issue = await http.get(gateway("/rest/api/3/issue/PMOS-1"), params={"fields": "summary"}, headers=bearer(token))
    assert set(issue.json()["fields"]) == {"summary"}


async def test_a_token_without_the_scope_does_not_match(http: httpx2.AsyncClient) -> None:
    token = (await login(http))["access_token"]
    body: dict[str, object] = {"body": {"type": "doc", "version": 1, "content": list[object]()}}
    reply = await http.post(gateway("/rest/api/3/issue/PMOS-1/comment"), json=body, headers=bearer(token))
    assert reply.status_code == 401
    assert reply.json() == {"code": 401, "message": "Unauthorized; scope does not match"}


async def test_granular_scopes_do_as_well_as_classic_ones_but_all_of_them(http: httpx2.AsyncClient) -> None:
    enough = "read:application-role:jira read:group:jira read:user:jira read:avatar:jira"
    for scope, status in ((enough, 200), (enough.removesuffix(" read:avatar:jira"), 401)):
        token = (await login(http, scope))["access_token"]
        assert (await http.get(gateway("/rest/api/3/myself"), headers=bearer(token))).status_code == status


async def test_tokens_are_for_the_gateway_and_passwords_for_the_site(http: httpx2.AsyncClient) -> None:
    token = (await login(http))["access_token"]
    basic = (sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN)
    assert (await http.get("/rest/api/3/myself", headers=bearer(token))).status_code == 401
    assert (await http.get("/rest/api/3/myself", auth=basic)).status_code == 200
    assert (await http.get(gateway("/rest/api/3/myself"), auth=basic)).status_code == 401
    assert (await http.get(gateway("/rest/api/3/myself"))).status_code == 401
    assert (await http.get("/oauth/token/accessible-resources")).status_code == 401


async def test_a_site_that_the_login_did_not_open_is_not_found(http: httpx2.AsyncClient) -> None:
    token = (await login(http))["access_token"]
    for cloud_id in ("0" * 36, f"{sandbox.CLOUD_ID}%2Frest", ""):
        reply = await http.get(gateway("/rest/api/3/myself", cloud_id), headers=bearer(token))
        assert reply.status_code == 404


async def test_the_sandboxs_own_controls_expire_and_revoke(http: httpx2.AsyncClient) -> None:
    tokens = await login(http)
    me = gateway("/rest/api/3/myself")
    assert (await http.post("/_sandbox/oauth/expire")).status_code == 204
    assert (await http.get(me, headers=bearer(tokens["access_token"]))).status_code == 401
    renewed = (await ask(http, grant_type="refresh_token", refresh_token=tokens["refresh_token"])).json()
    assert (await http.get(me, headers=bearer(renewed["access_token"]))).status_code == 200
    assert (await http.post("/_sandbox/oauth/revoke")).status_code == 204
    assert (await http.get(me, headers=bearer(renewed["access_token"]))).status_code == 401
    assert (await ask(http, grant_type="refresh_token", refresh_token=renewed["refresh_token"])).status_code == 403
    assert (await http.post("/_sandbox/oauth/nosuch")).status_code == 404
    assert (await http.get("/_sandbox/faults")).status_code == 200


async def test_consent_is_taken_back_on_a_page(http: httpx2.AsyncClient) -> None:
    token = (await login(http))["access_token"]
    assert CLIENT_ID in (await http.get("/manage-profile/apps")).text
    assert (await http.get(gateway("/rest/api/3/myself"), headers=bearer(token))).status_code == 200
    assert (await http.post("/manage-profile/apps")).status_code == 200
    assert (await http.get(gateway("/rest/api/3/myself"), headers=bearer(token))).status_code == 401


# With the login that users run


@asynccontextmanager
async def served(tmp_path: Path, *, second_site: bool = False) -> AsyncGenerator[str]:
    """The address of the sandbox, on a real port."""
    import uvicorn

    with listen(0) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        config = uvicorn.Config(hosts(tmp_path, second_site=second_site, url=url), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listener])
            yield url
            server.should_exit = True


def at(url: str, base: OAuthProfile = JIRA) -> OAuthProfile:
    return replace(
        base,
        authorize_url=f"{url}/authorize",
        token_url=f"{url}/oauth/token",
        sites_url=f"{url}/oauth/token/accessible-resources",
    )


def agree(url: str) -> bool:
    """A person's browser, in a thread: agrees, and goes where that leads."""
    with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
        return browser.post(url, data={"decision": "accept"}).is_success


def browse(url: str, decision: str) -> None:
    """What a person's browser does: tells the decision, and goes where that leads."""
    with httpx2.Client(trust_env=False, follow_redirects=True) as browser:
        browser.post(url, data={"decision": decision})


async def log_in(profile: OAuthProfile, decision: str = "accept", access: Access = Access.READ) -> TokenSet:
    """The login of our own, with a person who follows the address that it shows."""
    brought: list[TokenSet] = []
    async with anyio.create_task_group() as person:

        def show(text: str) -> None:
            if "/authorize?" in text:
                person.start_soon(anyio.to_thread.run_sync, browse, text.splitlines()[-1], decision)

        brought.append(await authorize(profile, CLIENT, access=access, show=show))
    return brought[0]


@pytest.mark.parametrize("base", [JIRA, JIRA_GRANULAR])
async def test_our_own_login_ends_at_the_site_with_the_scopes_it_asked_for(tmp_path: Path, base: OAuthProfile) -> None:
    async with served(tmp_path) as url:
        profile = at(url, base)
        tokens = await log_in(profile, access=Access.WRITE)
        assert set(tokens.scopes) == set(profile.scopes_for(Access.WRITE))
        sites = await accessible_sites(profile, tokens.access_token)
        assert choose_site(profile, sites, url).id == sandbox.CLOUD_ID
        async with TokenEndpoint(profile, CLIENT) as endpoint:
            assert (await endpoint.refresh(tokens)).refresh_token != tokens.refresh_token


async def test_a_denied_login_is_told_as_declined(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        with pytest.raises(ExceptionGroup) as raised:
            await log_in(at(url), "deny")
        assert raised.group_contains(LoginRefused, match="declined")


async def test_of_two_sites_none_is_taken_unasked(tmp_path: Path) -> None:
    async with served(tmp_path, second_site=True) as url:
        token = await anyio.to_thread.run_sync(_token_by_hand, url)
        sites = await accessible_sites(at(url), token)
        with pytest.raises(SiteUnclear, match="several sites"):
            choose_site(at(url), sites)
        assert choose_site(at(url), sites, url).id == sandbox.CLOUD_ID


def _token_by_hand(url: str) -> str:
    with httpx2.Client(trust_env=False, base_url=url) as http:
        location = http.post("/authorize", params=QUESTION, data={"decision": "accept"}).headers["location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        body = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **grant}
        return json.loads(http.post("/oauth/token", content=urlencode(body), headers=FORM).content)["access_token"]
