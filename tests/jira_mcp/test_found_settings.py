"""What the client finds out about the way in, and what a login keeps of it."""

import httpx2
import pytest
from pydantic import SecretStr

from jira_mcp.client import connect
from jira_mcp.settings import JiraSettings

pytestmark = pytest.mark.anyio
SITE, GATEWAY = "https://a.example.net", "https://gateway.example.net"
CLOUD_ID = "11111111-2222-3333"


def answer(request: httpx2.Request) -> httpx2.Response:
    """A site that refuses the token, in front of a gateway that takes it."""
    if request.url.path == "/_edge/tenant_info":
        return httpx2.Response(200, json={"cloudId": CLOUD_ID})
    if request.url.host == "a.example.net":
        return httpx2.Response(401)
    about = {"accountId": "1", "displayName": "Somebody", "baseUrl": SITE, "serverTitle": "Jira"}
    return httpx2.Response(200, json=about)


async def test_the_id_of_a_site_behind_the_gateway_is_told() -> None:
    settings = JiraSettings(url=SITE, email="a@example.net", api_token=SecretStr("scoped"))
    client = await connect(settings, transport=httpx2.MockTransport(answer), gateway=GATEWAY)
    assert client.found_settings() == {}
    await client.check()
    assert client.found_settings() == {"cloud_id": CLOUD_ID}
    await client.aclose()


async def test_a_site_that_takes_the_token_itself_has_nothing_to_tell() -> None:
    settings = JiraSettings(url=GATEWAY, email="a@example.net", api_token=SecretStr("classic"))
    client = await connect(settings, transport=httpx2.MockTransport(answer), gateway=GATEWAY)
    await client.check()
    assert client.found_settings() == {}
    await client.aclose()
