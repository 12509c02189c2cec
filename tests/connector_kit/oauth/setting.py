"""A vendor, a vault, and the processes that share a login, for the tests of the manager."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.profiles import JIRA, OAuthClient
from connector_kit.oauth.token_endpoint import POLICY, TokenEndpoint
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.clock import FakeClock
from connector_kit.testing.logins import CLIENT, CREDENTIAL, file_vault, loopback_profile, token_set


class Setting:
    """A vendor, a vault, and as many processes as a test wants; one clock for all."""

    def __init__(self, server: AuthorizationServer, clock: FakeClock, folder: Path) -> None:
        self.server = server
        self.clock = clock
        self.folder = folder
        self.vault = file_vault(folder)

    def manager(
        self,
        *,
        client: OAuthClient = CLIENT,
        vault: Vault | None = None,
        seed: str = "",
        patience: float = 5.0,
        grant: Any = "refresh_token",
        scopes: tuple[str, ...] = (),
        base: Any = JIRA,
        clock: FakeClock | None = None,
        **changes: Any,
    ) -> OAuthManager:
        """What another process would have."""
        profile = loopback_profile(self.server.token_url, base, **{"reuse_leeway": 0.0, **changes})
        policy = replace(POLICY, base_delay=0.01, max_delay=0.02, total_timeout=5.0, read_timeout=0.4)
        return OAuthManager(
            profile,
            client,
            CREDENTIAL,
            vault or file_vault(self.folder),
            http=TokenEndpoint(profile, client, policy=policy, clock=clock or self.clock),
            clock=clock or self.clock,
            seed=TokenSet(refresh_token=seed) if seed else None,
            grant=grant,
            scopes=scopes,
            patience=patience,
        )

    def log_in(self, *scopes: str) -> TokenSet:
        """Store a new login."""
        tokens = token_set(self.server.grant(*scopes))
        self.vault.save(CREDENTIAL, tokens)
        return tokens

    def stored(self) -> TokenSet:
        """What would survive us."""
        stored = file_vault(self.folder).load(CREDENTIAL)
        assert stored is not None
        return stored
