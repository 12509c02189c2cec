"""A loopback authorization server: it rotates, expires, punishes reuse, and misbehaves on request.

    with AuthorizationServer(dialect=ATLASSIAN, reuse_leeway=600) as server:
        tokens = server.grant("read:jira-work", "offline_access")   # what a login would have brought
        server.next_tokens(TokenFault.drop_after())                 # rotates, then hangs up
        ... refresh at server.token_url ...
        assert server.count("refreshed") == 1

It is a real HTTP server in a thread, so that other processes can use it by its address. A client without a
browser opens `authorize_url` and follows the redirect; `/device?user_code=…` is the page of the device flow.
Lifetimes go by `clock`, and so does the `Date` of every answer.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from connector_kit.testing.authorizations import DEVICE_GRANT, Authorizations
from connector_kit.testing.dialects import (
    ATLASSIAN,
    ATLASSIAN_DOCUMENTED,
    SLACK_BOT,
    SLACK_USER,
    STANDARD,
    Dialect,
)
from connector_kit.testing.loopback_http import LoopbackServer
from connector_kit.testing.token_faults import GrantedTokens, TokenFault, TokenRequest

__all__ = [
    "ATLASSIAN",
    "ATLASSIAN_DOCUMENTED",
    "DEVICE_GRANT",
    "SLACK_BOT",
    "SLACK_USER",
    "STANDARD",
    "AuthorizationServer",
    "Dialect",
    "GrantedTokens",
    "TokenFault",
    "TokenRequest",
]


class AuthorizationServer(Authorizations):
    """Authorizations at an address of their own, which is known inside the `with` block."""

    def __enter__(self) -> Self:
        self._http = LoopbackServer(self)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def authorize_url(self) -> str:
        """Where the user is asked."""
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        """Where grants become tokens."""
        return f"{self.url}/token"

    @property
    def revoke_url(self) -> str:
        """Where a login is revoked."""
        return f"{self.url}/revoke"

    @property
    def device_url(self) -> str:
        """Where the device flow begins."""
        return f"{self.url}/device_authorization"

    @property
    def sites_url(self) -> str:
        """What lists the sites that a login opened."""
        return f"{self.url}/accessible-resources"

    @property
    def api_url(self) -> str:
        """The vendor's API: it serves whoever has a token that is worth something."""
        return f"{self.url}/api"
