"""The sandbox behind Atlassian's gateway, which holds each request against the scopes of its token."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from confluence_mcp.sandbox import CLOUD_ID, SANDBOX_EMAIL, SANDBOX_TOKEN, SECOND_CLOUD_ID, create_app, required_scopes
from mcp_suite.sandbox_oauth import CLIENT_ID, CLIENT_SECRET, AtlassianHosts, SandboxSite

pytestmark = pytest.mark.anyio
BASE = f"/ex/confluence/{CLOUD_ID}/wiki"
LOGIN = {
    "client_id": CLIENT_ID,
    "redirect_uri": "http://127.0.0.1:1/callback",
    "response_type": "code",
    "audience": "api.atlassian.com",
    "state": "s",
}


@pytest.fixture
async def gateway(database: Path) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(database)
    hosts = AtlassianHosts(
        app,
        product="confluence",
        sites=[SandboxSite(CLOUD_ID, "http://sandbox", "PM OS")],
        account=(SANDBOX_EMAIL, SANDBOX_TOKEN),
        required_scopes=required_scopes,
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=hosts), base_url="http://sandbox") as client:
        yield client
    app.close()


async def log_in(gateway: httpx2.AsyncClient, *scopes: str) -> dict[str, str]:
    """The header of somebody who agreed to these scopes."""
    asked = {**LOGIN, "scope": " ".join(scopes)}
    answer = await gateway.post("/authorize", params=asked, data={"decision": "accept"})
    code = httpx2.URL(answer.headers["location"]).params["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "code": code,
        "redirect_uri": LOGIN["redirect_uri"],
    }
    token = (await gateway.post("/oauth/token", data=form)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


async def test_each_operation_needs_its_scope_in_either_family_of_v1_and_the_one_of_v2(
    gateway: httpx2.AsyncClient,
) -> None:
    granular = await log_in(gateway, "read:page:confluence")
    classic = await log_in(gateway, "search:confluence")
    search = "/rest/api/search?cql=type=page"
    for login, path, status in (
        (granular, "/api/v2/pages?limit=1", 200),
        (granular, "/api/v2/spaces", 401),
        (granular, search, 401),
        (classic, search, 200),
        (classic, "/api/v2/pages", 401),
    ):
        answer = await gateway.get(BASE + path, headers=login)
        assert answer.status_code == status, path
        if status == 401:
            assert answer.json()["message"] == "Unauthorized; scope does not match"
    assert (await gateway.delete(f"{BASE}/api/v2/pages/1", headers=granular)).status_code == 401
    other = BASE.replace(CLOUD_ID, SECOND_CLOUD_ID)
    assert (await gateway.get(f"{other}/api/v2/pages", headers=granular)).status_code == 404


async def test_the_site_itself_takes_tokens_of_the_api_but_not_of_a_login(gateway: httpx2.AsyncClient) -> None:
    granular = await log_in(gateway, "read:page:confluence")
    assert (await gateway.get("/wiki/api/v2/pages", headers=granular)).status_code == 401
    basic = base64.b64encode(f"{SANDBOX_EMAIL}:{SANDBOX_TOKEN}".encode()).decode()
    answer = await gateway.get("/wiki/api/v2/pages?limit=1", headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 200
