"""The settings of the Snowflake server: the variables `SNOWFLAKE_*`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode
from typing_extensions import override

from connector_kit.credentials import OF_AN_ACCOUNT, Login, Missing, ServiceSettings, required
from connector_kit.errors import InvalidInput, NotConfigured
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.setting_types import AbsolutePath, Names, StandInAddress, toolset_names
from snowflake_mcp.guard.names import identifier, parse_name, written
from snowflake_mcp.private_key import PrivateKey

if TYPE_CHECKING:
    from connector_kit.oauth.profiles import OAuthProfile
    from connector_kit.secret_store import SecretKey

Authenticator = Literal["pat", "key_pair", "oauth", "external_browser"]
Way = Literal["pat", "key_pair", "oauth", "external_browser", "connection"]
"""How the server signs in; with `connection` a file of the user's says how."""

_LOCAL_APPLICATION = "LOCAL_APPLICATION"
_NEEDED: dict[str, tuple[str, ...]] = {
    "pat": ("account_identifier", "user", "token"),
    "key_pair": ("account_identifier", "user", "private_key_file"),
    "oauth": ("account_identifier",),
    "external_browser": ("account_identifier", "user"),
    "connection": ("connection",),
}
_OF_ANOTHER_WAY: dict[str, Way] = {"token": "pat", "private_key_passphrase": "key_pair"}


Toolsets = Annotated[tuple[Literal["cortex"], ...], NoDecode, BeforeValidator(toolset_names)]


class SnowflakeSettings(OAuthSettings, service="snowflake"):
    """How to reach a Snowflake account, as whom, and what tools may do there."""

    scopes_by_tool: ClassVar[bool] = False

    account_identifier: str | None = required("Account, like ORGANISATION-ACCOUNT, or its host.")
    user: str | None = Field(default=None, description="User to sign in as.", json_schema_extra=OF_AN_ACCOUNT)
    authenticator: Authenticator | None = Field(
        default=None,
        description="How to sign in: pat, key_pair, oauth or external_browser; unset: by what else is set.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    token: SecretStr | None = Field(default=None, description="Programmatic access token of the user.")
    private_key_file: AbsolutePath = Field(
        default=None,
        description="Private key of the user in PEM format: an absolute path.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    private_key_passphrase: SecretStr | None = Field(default=None, description="Passphrase of that key, if it has one.")
    connection: str | None = Field(
        default=None,
        description="Name of a connection in Snowflake's own connections.toml to use instead of all that.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    connections_file: AbsolutePath = Field(
        default=None,
        description="That file, where it is not at its usual place: an absolute path.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    role: str | None = Field(
        default=None, description="Role to work with; unset: the user's default.", json_schema_extra=OF_AN_ACCOUNT
    )
    secondary_roles: Literal["none", "all"] | None = Field(
        default=None,
        description="Whether the user's other roles count as well: none or all; unset: none beside a role that is set.",
    )
    warehouse: str | None = Field(
        default=None,
        description="Warehouse to compute with; unset: the user's default.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    database: str | None = Field(
        default=None, description="Database that names without one belong to.", json_schema_extra=OF_AN_ACCOUNT
    )
    default_schema: str | None = Field(
        default=None, description="Schema that names without one belong to.", json_schema_extra=OF_AN_ACCOUNT
    )
    roles: Names = Field(default=(), description="Comma-separated names of the only roles a call may ask for.")
    warehouses: Names = Field(default=(), description="Comma-separated names of the only warehouses a call may use.")
    databases: Names = Field(
        default=(), description="Comma-separated databases, or DATABASE.SCHEMA, that tools may touch; unset: all."
    )
    functions: Names = Field(
        default=(),
        description="Comma-separated functions, besides the built-in ones, that queries may call, as they write them: "
        "DB.SCHEMA.F, AI_COMPLETE.",
    )
    files_dir: AbsolutePath = Field(
        default=None, description="Folder that files are loaded from and exported to; unset: neither is possible."
    )
    api_url: StandInAddress = Field(
        default=None,
        description="Address of a stand-in for Snowflake on this machine, like http://127.0.0.1:8080.",
        json_schema_extra=OF_AN_ACCOUNT,
    )
    toolsets: Toolsets = Field(default=(), description="Comma-separated tools to offer besides the usual ones: cortex.")
    timeout: float = Field(default=45.0, gt=0, lt=50, description="Seconds that one call may take.")
    statement_timeout: int = Field(
        default=600, ge=1, le=86_400, description="Seconds after which Snowflake ends a statement that still runs."
    )

    @classmethod
    @override
    def variable(cls, field: str) -> str:
        # `account` is taken (an env file by name), and `schema` by pydantic; the variables have the usual names.
        return super().variable({"account_identifier": "account", "default_schema": "schema"}.get(field, field))

    @field_validator("role", "warehouse", "database", "default_schema", mode="after")
    @classmethod
    def _name(cls, value: str | None) -> str | None:
        return _checked(value) if value else None

    @field_validator("roles", "warehouses", mode="after")
    @classmethod
    def _list_of_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked(name) for name in value)

    @field_validator("databases", mode="after")
    @classmethod
    def _databases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(".".join(written(part) for part in _parts(name, most=2)) for name in value)

    @field_validator("functions", mode="after")
    @classmethod
    def _functions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(".".join(_parts(name, most=3)) for name in value)

    @model_validator(mode="after")
    def _one_way(self) -> "SnowflakeSettings":
        if self.authenticator == "oauth" and self.client_id in (None, "", _LOCAL_APPLICATION):
            # The client that every account has; its secret is its name, and public.
            self.client_id, self.client_secret = _LOCAL_APPLICATION, SecretStr(_LOCAL_APPLICATION)
        return self

    @property
    @override
    def way(self) -> Way:
        """How the server signs in: as the setting says, else by the first of what is set."""
        if self.connection:
            return "connection"
        if self.authenticator:
            return self.authenticator
        if self.client_id:
            return "oauth"
        return "key_pair" if self.private_key_file else "pat"

    @property
    @override
    def login(self) -> Login:
        return "oauth" if self.way == "oauth" else "token"

    @property
    def host(self) -> str:
        """The host of the account; "" if the account is unset or is none."""
        from connector_kit.oauth.profiles import snowflake

        if not self.account_identifier:
            return ""
        try:
            return urlsplit(snowflake(self.account_identifier).token_url).netloc
        except NotConfigured:
            return ""

    @classmethod
    @override
    def needed(cls, way: str) -> tuple[str, ...]:
        return _NEEDED[way]

    @override
    def missing(self) -> list[Missing]:
        # Not that of OAuthSettings: it asks the profile whether the app has a secret, which takes a valid account.
        return ServiceSettings.missing(self)

    @override
    def require(self) -> None:
        super().require()
        if self.sandbox:
            return
        wrong: dict[str, str] = {}
        if self.account_identifier and not self.host and self.way != "connection":
            wrong[self.variable("account_identifier")] = "is not an account, like ORGANISATION-ACCOUNT"
        if self.way == "key_pair" and self.private_key_file is not None:
            wrong |= self._key_problems(PrivateKey.at(self.private_key_file))
        if self.way == "connection" and self.connections_file and not self.connections_file.is_file():
            wrong[self.variable("connections_file")] = "is not there"
        if wrong:
            raise NotConfigured(
                "snowflake's settings are wrong.", fields=wrong, next_step=f"Correct them; see {self.guide}."
            )

    def _key_problems(self, key: PrivateKey) -> dict[str, str]:
        if key.problem:
            return {self.variable("private_key_file"): key.problem}
        if key.encrypted and not self.private_key_passphrase:
            return {self.variable("private_key_passphrase"): "is needed: the key is encrypted"}
        return {}

    @override
    def secret_host(self) -> str:
        return urlsplit(self.api_url).netloc if self.api_url else self.host

    @override
    def secret_account(self) -> str:
        # A user may have a token for each of several roles, in an account of ours for each.
        return " ".join(part for part in (self.user, self.account) if part) or "default"

    @override
    def secret_key(self, name: str) -> "SecretKey | None":
        if name in _OF_ANOTHER_WAY and _OF_ANOTHER_WAY[name] != self.way:
            return None
        if name == "client_secret" and self.client_id == _LOCAL_APPLICATION:
            return None
        return super().secret_key(name)

    @override
    def secrets(self) -> list[str]:
        return [secret for secret in super().secrets() if secret != _LOCAL_APPLICATION]

    @override
    def oauth_profile(self) -> "OAuthProfile":
        from connector_kit.oauth.profiles import snowflake

        role = (self.role or "").strip('"')
        profile = replace(snowflake(self.account_identifier or "", role), account=self.user or "")
        if not self.api_url:
            return profile

        def here(url: str) -> str:
            return f"{self.api_url}{urlsplit(url).path}"

        return replace(profile, authorize_url=here(profile.authorize_url), token_url=here(profile.token_url))


def _checked(name: str) -> str:
    try:
        return identifier(name)
    except InvalidInput:
        raise ValueError("is not a name of Snowflake") from None


def _parts(text: str, *, most: int) -> tuple[str, ...]:
    try:
        name = parse_name(text)
    except InvalidInput:
        raise ValueError("is not a list of names, like SALES,SALES.PUBLIC") from None
    parts = tuple(part for part in (name.database, name.schema, name.name) if part is not None)
    if len(parts) > most:
        raise ValueError("has a name with too many parts")
    return parts
