"""Which settings a login fills in, for each way of signing in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_kit.credentials import Login, needed_for
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance

SITE = "url"
"""The setting that names a site. A login in the browser fills it in from the sites that it opened."""

OF_ONE_SITE = ("cloud_id",)
"""Settings that belong to one site: they are dropped when another takes its place."""

_OTHER_NAMES = ("cloud_url",)
_APP = ("client_id", "redirect_uri")
_APP_SECRET = "client_secret"  # noqa: S105 - the name of a setting
_GIVEN_LOGIN = "refresh_token"


@dataclass(frozen=True, slots=True)
class Names:
    """The settings of a service that a login fills in, by field: plain ones and secret ones.

    `others` are those that it takes out, because they belong to the other way of signing in or to another login.
    `unasked` are kept where they have a value, but not asked for.
    """

    plain: tuple[str, ...]
    secret: tuple[str, ...]
    others: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: ServerSpec[Any, Any], login: Login = "token") -> "Names":
        """What the live service needs for this way of signing in."""
        fields: Mapping[str, FieldInfo] = spec.settings.model_fields
        needed = [name for name, field in fields.items() if needed_for(field) in ("always", login)]
        told = guidance(spec)
        needed += told.asked.get(login, ())
        if login == "oauth":
            needed += [name for name in (*_APP, _APP_SECRET) if name in fields]
        filled = tuple(dict.fromkeys(needed))
        secret = tuple(name for name in filled if is_secret(spec, name))
        plain = tuple(name for name in filled if name not in secret)
        unasked = (told.address,) if told.address in fields and told.address not in filled else ()
        return cls(plain, secret, tuple(_others(fields, login)), unasked)

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that belongs to an account, however it is signed in."""
        return (*self.plain, *self.secret, *self.others, *self.unasked)


def ways(spec: ServerSpec[Any, Any]) -> tuple[Login, ...]:
    """The ways of signing in that a service has, the simplest first."""
    return ("token", "oauth") if issubclass(spec.settings, OAuthSettings) else ("token",)


def is_secret(spec: ServerSpec[Any, Any], name: str) -> bool:
    """Whether a setting is kept out of sight."""
    annotation = spec.settings.model_fields[name].annotation
    return SecretStr in (annotation, *get_args(annotation))


def _others(fields: Mapping[str, FieldInfo], login: Login) -> Iterable[str]:
    app = (*_APP, _APP_SECRET, _GIVEN_LOGIN)
    names = app if login == "token" else [name for name, field in fields.items() if needed_for(field) == "token"]
    extra = (_GIVEN_LOGIN,) if login == "oauth" else ()
    return (name for name in (*names, *extra, *_OTHER_NAMES, *OF_ONE_SITE) if name in fields)
