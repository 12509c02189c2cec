"""Making the vendor forget a login."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from connector_kit.oauth.failures import WrongClient
from connector_kit.oauth.profiles import (
    JIRA,
    SLACK_BOT,
    OAuthClient,
    Revocation,
)
from connector_kit.oauth.tokens import TokenSet
from connector_kit.testing import authorization_server
from connector_kit.testing.authorization_server import AuthorizationServer

from .endpoints import STANDARD, close_all, endpoint_of, seed

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def close_endpoints() -> AsyncGenerator[None]:
    """Leave no connection to a server that is gone."""
    yield
    await close_all()


async def test_revoking_makes_the_vendor_forget() -> None:
    profile = replace(STANDARD, revocation=Revocation("https://sample.invalid/revoke"))
    with AuthorizationServer() as server:
        tokens = seed(server)
        assert await endpoint_of(server, profile).revoke(tokens)
        assert not server.accepts(tokens.access_token)
        assert server.requests[0].form["token_type_hint"] == "refresh_token"
        assert await endpoint_of(server, profile).revoke(TokenSet(access_token="a1"))
        assert server.requests[1].form["token_type_hint"] == "access_token"
        with pytest.raises(WrongClient):
            await endpoint_of(server, profile, OAuthClient("other", SecretStr("client-secret-2"))).revoke(tokens)


async def test_revoking_where_the_vendor_cannot_is_no_failure() -> None:
    with AuthorizationServer() as server:
        assert not await endpoint_of(server, JIRA).revoke(seed(server))
        assert server.requests == []


async def test_slack_revokes_by_the_token_itself() -> None:
    with AuthorizationServer(dialect=authorization_server.SLACK_BOT) as server:
        tokens = seed(server)
        assert await endpoint_of(server, SLACK_BOT).revoke(tokens)
        assert not server.accepts(tokens.access_token)
        assert await endpoint_of(server, SLACK_BOT).revoke(tokens)  # it is forgotten already
