"""The settings of a service that can be logged in to with an app of the user's, and the login they lead to."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr
from typing_extensions import override

from connector_kit.credentials import OF_AN_ACCOUNT, Missing, ServiceSettings

if TYPE_CHECKING:
    # A server reads its settings as it starts, and needs none of these before the first call.
    from connector_kit.oauth.manager import OAuthManager
    from connector_kit.oauth.profiles import OAuthClient, OAuthProfile
    from connector_kit.oauth.vault import CredentialId, Vault
    from connector_kit.secret_store import SecretKey


class OAuthSettings(ServiceSettings):
    """Settings with which a service is signed in to through OAuth as soon as `client_id` is set.

    `scopes_by_tool` is False where no scope belongs to a tool: a role says what a login may do.
    """

    scopes_by_tool: ClassVar[bool] = True

    client_id: str | None = Field(
        default=None,
        description="Client id of your OAuth app; with it the login in the browser is used.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    client_secret: SecretStr | None = Field(default=None, description="Client secret of that app.")
    refresh_token: SecretStr | None = Field(
        default=None, description="Refresh token of a login made elsewhere; its successors are stored here."
    )
    redirect_uri: str | None = Field(
        default=None,
        description="Redirect URI exactly as the app has it, where it is not the usual one.",
        json_schema_extra=OF_AN_ACCOUNT,
    )

    _vault: "Vault | None" = PrivateAttr(default=None)

    @property
    def vault(self) -> "Vault | None":
        """Where the login of these settings is kept, if not in the user's vault."""
        return self._vault

    def keep_login_in(self, vault: "Vault") -> None:
        """Take another vault than the user's, for a login that is tried before it is stored."""
        self._vault = vault

    def oauth_profile(self) -> "OAuthProfile":
        """The vendor's OAuth as this account uses it. Raises NotConfigured if a setting for it is of no use."""
        raise NotImplementedError

    def second_family(self) -> "OAuthProfile | None":
        """The same vendor with its other family of scopes, where it has two."""
        return None

    @override
    def missing(self) -> list[Missing]:
        found = super().missing()
        if self.sandbox or self.login != "oauth" or found:
            return found
        unset = self.client_secret is None or not self.client_secret.get_secret_value()
        asked = self.oauth_profile().secret
        if unset and asked == "required":
            field = type(self).model_fields["client_secret"]
            found.append(Missing(self.variable("client_secret"), field.description or ""))
        return found

    @override
    def secret_key(self, name: str) -> "SecretKey | None":
        """As everywhere, but the app's secret belongs to the host of the token endpoint.

        A refresh token is not in the secret store: what became of it is in the vault.
        """
        if name not in ("client_secret", "refresh_token"):
            return super().secret_key(name)
        if name == "refresh_token" or self.login != "oauth" or super().missing():
            return None
        from connector_kit.secret_store import SecretKey

        return SecretKey(self.service, self.client_id or "", token_host(self.oauth_profile()), name)


def token_host(profile: "OAuthProfile") -> str:
    """The host to which refresh tokens and client secrets of a profile are sent, with an unusual port."""
    return urlsplit(profile.token_url).netloc


def client_of(settings: OAuthSettings) -> "OAuthClient":
    """The app that the settings describe; its id is empty where none is set."""
    from connector_kit.oauth.profiles import OAuthClient

    return OAuthClient(settings.client_id or "", settings.client_secret, settings.redirect_uri or "")


def credential_of(settings: OAuthSettings) -> "CredentialId":
    """Under which name the vault keeps the login of these settings.

    The app's id is part of it: the tokens of one app are of no use to another.
    """
    from connector_kit.oauth.vault import CredentialId

    account = f"{settings.account or 'default'} {settings.client_id}"
    return CredentialId(settings.service, account, token_host(settings.oauth_profile()))


def manager_of(
    settings: OAuthSettings, *, vault: "Vault | None" = None, clock: Callable[[], float] = time.time
) -> "OAuthManager":
    """The login of these settings, in `vault`, else theirs, else the user's; nothing is read or sent yet.

    Raises NotConfigured as `oauth_profile`.
    """
    from connector_kit.oauth.manager import OAuthManager
    from connector_kit.oauth.tokens import TokenSet
    from connector_kit.oauth.vault import Vault

    given = settings.refresh_token.get_secret_value() if settings.refresh_token else ""
    return OAuthManager(
        settings.oauth_profile(),
        client_of(settings),
        credential_of(settings),
        vault or settings.vault or Vault.default(),
        clock=clock,
        seed=TokenSet(refresh_token=given) if given else None,
    )
