"""A server's settings: process environment, then the service's env file, then the secret store.

Nothing is read from the current directory: a hostile checkout must not redirect a token. What is
wrong is told all at once, by the names of variables and never by their values.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self, cast, get_args
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from connector_kit import logs
from connector_kit.access import Access
from connector_kit.env_files import env_file_of, read_env_file
from connector_kit.errors import NotConfigured, clean_text

if TYPE_CHECKING:
    from connector_kit.secret_store import SecretKey

Login = Literal["token", "oauth"]
"""How a server signs in: with a token that somebody made by hand, or with a login in the browser."""

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_SALT = os.urandom(16)

_layers: ContextVar[tuple[Mapping[str, str], ...]] = ContextVar("_layers", default=())
"""What `load` is reading, the stronger first: pydantic-settings has no argument for it."""


class Missing(NamedTuple):
    """A variable that the live service needs and that has no value."""

    variable: str
    meaning: str


def required(meaning: str, *, login: Login | None = None) -> Any:
    """A field that the live service needs, always or for one way of signing in.

    It may be unset while the server starts, or in a sandbox.
    """
    return Field(default=None, description=meaning, json_schema_extra={"required": login or "always"})


OF_AN_ACCOUNT: dict[str, Any] = {"of_an_account": True}
"""`json_schema_extra` of a field that says which account is used, besides those that are required or secret."""
_OF_AN_ACCOUNT = {*OF_AN_ACCOUNT, "required"}


def needed_for(field: FieldInfo) -> Login | Literal["always", "never"]:
    """For which way of signing in the live service needs a field."""
    told = _extra(field).get("required")
    return told if told in ("always", "token", "oauth") else "never"


class ServiceSettings(BaseSettings):
    """The settings of one service; a server declares `class JiraSettings(ServiceSettings, service="jira")`.

    Field `api_token` is read from `JIRA_API_TOKEN`. Calling the class reads nothing but its
    arguments; `load` reads the environment. A secret is a field of type `SecretStr | None`; one that
    is unset is looked up in the secret store under `secret_key(name)`. `account` is the name of the
    account whose env file was read, empty for the usual one.
    """

    model_config = SettingsConfigDict(
        extra="ignore", hide_input_in_errors=True, str_strip_whitespace=True, validate_default=False
    )

    service: ClassVar[str] = ""
    guide: ClassVar[str] = ""

    access: Access = Field(default=Access.READ, description="What tools may do: read, write or delete.")
    sandbox: bool = Field(default=False, description="1: use the embedded sandbox instead of the live service.")

    _unknown: tuple[str, ...] = PrivateAttr(default=())
    _unused: tuple[str, ...] = PrivateAttr(default=())
    _account: str = PrivateAttr(default="")

    def __init_subclass__(cls, *, service: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if service:
            cls.service = service
            cls.guide = f"setup_guides/{service}.md"

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then what `load` is reading: never the environment by itself."""
        return (init_settings, *(_Variables(cls, layer) for layer in _layers.get()))

    @classmethod
    def load(
        cls,
        *,
        account: str = "",
        env_file: Path | None = None,
        environ: Mapping[str, str] | None = None,
        **overrides: Any,
    ) -> Self:
        """Read the settings: overrides, then `environ`, then the env file, then defaults.

        `environ` is `environment(account)` unless given. The env file is `env_file`, else that of the `account` by
        name, else `.env.<service>`, in `$MCP_SUITE_ENV_DIR` or the user's configuration folder. The secret store is
        not touched: see `resolve_secrets`. Succeeds with nothing set.

        Raises:
            NotConfigured: the file may be read by others or is malformed, or values are; names all. Or
                there is no such account.
        """
        variables = cls.environment(account) if environ is None else environ
        path = env_file if env_file is not None else env_file_of(cls.service, account, variables)
        if account and env_file is None and not path.exists():
            raise NotConfigured(
                f"There is no account {account} of {cls.service}: {path} does not exist.",
                next_step=f"Ask the user to run `mcp-suite auth login {cls.service} --account {account}`.",
            )
        layers = (
            cls._ours(variables),
            cls._ours(read_env_file(path, must_exist=env_file is not None)),
        )
        given = {**layers[1], **layers[0]}
        origins = {**dict.fromkeys(layers[1], f"in {path}"), **dict.fromkeys(layers[0], "in the environment")}
        fields = {cls.variable(name): name for name in cls.model_fields if name not in overrides}
        wrong = {
            variable: f"still holds a placeholder ({origins[variable]})"
            for variable, value in given.items()
            if variable in fields and _PLACEHOLDER.search(value)
        }
        reading = _layers.set(layers)
        try:
            settings = cls(**overrides)
        except ValidationError as error:
            for variable, reason in cls._reasons(error, given):
                where = origins.get(variable, "given by the program")
                wrong.setdefault(variable, f"{reason} ({where})")
            settings = None
        finally:
            _layers.reset(reading)
        if wrong or settings is None:
            raise NotConfigured(
                f"{cls.service}'s settings are wrong.",
                fields=wrong,
                next_step=f"Correct them; see {cls.guide}.",
            )
        settings._account = account
        if environ is None:
            settings._unused = tuple(sorted(cls._ours(os.environ).keys() - cls._ours(variables).keys()))
        settings._unknown = tuple(sorted(given.keys() - {cls.variable(name) for name in cls.model_fields}))
        settings._register_secrets()
        return settings

    @classmethod
    def environment(cls, account: str) -> Mapping[str, str]:
        """This process's environment as far as it holds for an account.

        One by name is what its own file says: a variable that says who, where, or a secret is for the usual account,
        and would send its secret to the site of another one.
        """
        if not account:
            return os.environ
        own = {name for name, field in cls.model_fields.items() if _extra(field).keys() & _OF_AN_ACCOUNT}
        others = {cls.variable(name) for name in own.union(cls._secret_fields())}
        return {name: value for name, value in os.environ.items() if name not in others}

    @classmethod
    def variable(cls, field: str) -> str:
        """The environment variable of a field: `api_token` -> `JIRA_API_TOKEN`."""
        return f"{cls._prefix()}{field.upper()}"

    @property
    def account(self) -> str:
        """The name of the account whose env file was read; empty for the usual one."""
        return self._account

    def switched_on(self, toolset: str) -> bool:
        """Whether the user asked for a part of the tools that is not always offered."""
        return not toolset or toolset in getattr(self, "toolsets", ())

    @property
    def login(self) -> Login:
        """How to sign in: in the browser where an app's client id is set, else with a token."""
        return "oauth" if getattr(self, "client_id", None) else "token"

    @property
    def addresses(self) -> Mapping[str, str]:
        """The sites that the login reaches by name, the usual one first; none where sites have no names."""
        return {}

    def by_site(self) -> Mapping[str, Self]:
        """The settings for each of several sites by its name; none where there is only one."""
        return {}

    @property
    def way(self) -> str:
        """How to sign in, as the service calls it: one of the ways that its guidance explains."""
        return self.login

    @classmethod
    def needed(cls, way: str) -> tuple[str, ...]:
        """The settings that the live service needs for a way of signing in, by field."""
        return tuple(name for name, field in cls.model_fields.items() if needed_for(field) in ("always", way))

    @property
    def login_command(self) -> str:
        """The command that logs this account in."""
        named = f" --account {self.account}" if self.account else ""
        return f"mcp-suite auth login {self.service}{named}"

    def missing(self) -> list[Missing]:
        """What the live service needs and is unset; nothing in a sandbox. Does not ask the secret store."""
        if self.sandbox:
            return []
        fields = type(self).model_fields
        return [
            Missing(self.variable(name), fields[name].description or "")
            for name in self.needed(self.way)
            if _is_unset(getattr(self, name))
        ]

    def require(self) -> None:
        """Make the settings complete. Blocks while the secret store answers: call it in a thread.

        Raises:
            NotConfigured: names all that is missing at once, each with its meaning, and the guide.
        """
        if self.sandbox:
            return
        self.resolve_secrets()
        missing = self.missing()
        if missing:
            raise NotConfigured(
                f"{self.service} is not configured.",
                fields={item.variable: f"{item.meaning.rstrip('.')} (not set)" for item in missing},
                next_step=(
                    f"Tell the user to run `{self.login_command}` in a terminal, or to put them into "
                    f"{env_file_of(self.service, self.account)} as {self.guide} explains; "
                    f"{self.variable('sandbox')}=1 tries the server without an account."
                ),
            )

    def resolve_secrets(self) -> None:
        """Fill unset secrets from the secret store, each bound to its host. Blocks: call it in a thread."""
        from connector_kit.secret_store import SecretStore

        keys = {name: self.secret_key(name) for name in self._secret_fields() if _is_unset(getattr(self, name))}
        store = SecretStore.default()
        for name, key in keys.items():
            value = store.get(key) if key else None
            if value is not None:
                setattr(self, name, SecretStr(value))
        self._register_secrets()

    def secret_key(self, name: str) -> "SecretKey | None":
        """Under which key the secret store keeps a field; None where it has no host yet, or is not used."""
        from connector_kit.secret_store import SecretKey

        host = self.secret_host()
        if not host or needed_for(type(self).model_fields[name]) not in ("always", "never", self.login):
            return None
        return SecretKey(self.service, self.secret_account(), host, name)

    def secret_host(self) -> str:
        """The host to which this service's secrets are bound; by default that of the field `url`."""
        url = getattr(self, "url", None)
        return (urlsplit(str(url)).hostname or "") if url else ""

    def secret_account(self) -> str:
        """The account whose secrets these are; by default the field `email`, else the account's name."""
        return str(getattr(self, "email", None) or self.account or "default")

    def secrets(self) -> list[str]:
        """The secret values, for a redactor."""
        values = (getattr(self, name) for name in self._secret_fields())
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

    def fingerprint(self) -> str:
        """16 hex digits that differ between credentials and services, for keys in this process."""
        digest = hashlib.blake2s(key=_SALT, digest_size=8)
        for name in type(self).model_fields:
            value = getattr(self, name)
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            digest.update(f"{name}={plain!r};".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def unknown_variables(self) -> list[str]:
        """A hint for each variable that has no effect: it is not ours, which is probably a typing error, or it is
        for another way of signing in.
        """
        import difflib

        known = [self.variable(name) for name in type(self).model_fields]
        hints: list[str] = []
        for name in self._unknown:
            close = difflib.get_close_matches(name, known, n=1)
            meant = f"; did you mean {close[0]}?" if close else ""
            hints.append(f"{clean_text(name, 80)} is not a setting of {self.service}{meant}")
        hints += [f"{name} of the environment is not used by the account {self.account}" for name in self._unused]
        for name, field in type(self).model_fields.items():
            if needed_for(field) == "token" and self.login == "oauth" and name in self.model_fields_set:
                hints.append(f"{self.variable(name)} is not used, because {self.variable('client_id')} is set")
        return hints

    @classmethod
    def _prefix(cls) -> str:
        return f"{cls.service.upper()}_"

    @classmethod
    def _secret_fields(cls) -> list[str]:
        return [
            name
            for name, field in cls.model_fields.items()
            if SecretStr in (field.annotation, *get_args(field.annotation))
        ]

    def _register_secrets(self) -> None:
        account = self.secret_account()
        for value in self.secrets():
            logs.redactor.add(value, user=account)

    @classmethod
    def _ours(cls, variables: Mapping[str, str]) -> dict[str, str]:
        """The service's variables that have a value, without the blanks that pasting leaves."""
        return {
            name: stripped
            for name, value in variables.items()
            if name.startswith(cls._prefix()) and (stripped := value.strip())
        }

    @classmethod
    def _reasons(cls, error: ValidationError, given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for item in error.errors(include_input=False, include_url=False, include_context=False):
            field = str(item["loc"][0]) if item["loc"] else "settings"
            value = given.get(cls.variable(field), "")
            told = item["msg"].removeprefix("Value error, ")
            # A message that quotes the value is not repeated: it may be a secret in the wrong variable.
            quotes = len(value) > 2 and value in told
            yield cls.variable(field), "is not valid" if quotes or field in cls._secret_fields() else told


class _Variables(PydanticBaseSettingsSource):
    """Fields from variables by their upper-case names; values are text, for pydantic to convert."""

    def __init__(self, settings_cls: type[ServiceSettings], variables: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self._fields = {
            name: variables[variable]
            for name in settings_cls.model_fields
            if (variable := settings_cls.variable(name)) in variables
        }

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of one field."""
        return self._fields.get(field_name), field_name, False

    @override
    def __call__(self) -> dict[str, Any]:
        return self._fields


def _extra(field: FieldInfo) -> Mapping[str, object]:
    extra = field.json_schema_extra
    return cast("dict[str, object]", extra) if isinstance(extra, dict) else {}


def _is_unset(value: object) -> bool:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    return plain is None or plain == ""
