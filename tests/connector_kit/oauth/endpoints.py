"""Token endpoints at a server on loopback."""

from dataclasses import replace

from pydantic import SecretStr

from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
from connector_kit.oauth.token_endpoint import TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.faults import QUICK

CLIENT = OAuthClient("client-1", SecretStr("client-secret-1"))
STANDARD = OAuthProfile("sample", "Sample", "https://sample.invalid/authorize", "https://sample.invalid/token")
_open: list[TokenEndpoint] = []


def endpoint_of(
    server: AuthorizationServer, profile: OAuthProfile = STANDARD, client: OAuthClient = CLIENT
) -> TokenEndpoint:
    revocation = replace(profile.revocation, url=server.revoke_url) if profile.revocation else None
    at_server = replace(profile, token_url=server.token_url, device_url=server.device_url, revocation=revocation)
    endpoint = TokenEndpoint(at_server, client, policy=QUICK, clock=server.clock)
    _open.append(endpoint)
    return endpoint


def seed(server: AuthorizationServer, *scopes: str) -> TokenSet:
    granted = server.grant(*scopes)
    return TokenSet(access_token=granted.access_token, refresh_token=granted.refresh_token, scopes=granted.scopes)


async def close_all() -> None:
    """Leave no connection to a server that is gone."""
    while _open:
        await _open.pop().aclose()
