"""Which settings a login fills in, for each way of signing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance

SITE = "url"
"""The setting that names a site. A login in the browser fills it in from the sites that it opened."""

OF_ONE_SITE = ("cloud_id",)
"""Settings that belong to one site: they are dropped when another takes its place."""

_OTHER_NAMES = ("cloud_url",)
_APP = ("client_id", "redirect_uri", "client_secret")
_GIVEN_LOGIN = "refresh_token"


@dataclass(frozen=True, slots=True)
class Names:
    """The settings of a service that a login fills in, by field: plain ones and secret ones.

    `optional` are those among them that may stay empty. `others` are those that it takes out, because they belong to
    another way of signing in or to another login. `unasked` are kept where they have a value, but not asked for.
    `fixed` have the values that choose this way.
    """

    plain: tuple[str, ...]
    secret: tuple[str, ...]
    others: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: ServerSpec[Any, Any], way: str) -> "Names":
        """What the live service needs for this way of signing in."""
        fields: Mapping[str, FieldInfo] = spec.settings.model_fields
        told = guidance(spec)
        chosen = told.ways[way]
        own = _own(spec, way)
        filled = tuple(dict.fromkeys((*_needed(spec, way), *chosen.asked, *chosen.optional, *_app(spec, way))))
        secret = tuple(name for name in filled if is_secret(spec, name))
        plain = tuple(name for name in filled if name not in secret)
        foreign = [name for other in told.ways for name in _own(spec, other) if name not in own]
        others = [name for name in (*foreign, _GIVEN_LOGIN, *_OTHER_NAMES, *OF_ONE_SITE) if name in fields]
        unasked = (told.address,) if told.address in fields and told.address not in filled else ()
        return cls(plain, secret, tuple(dict.fromkeys(others)), unasked, chosen.optional, tuple(chosen.sets))

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that belongs to an account, however it is signed in."""
        return (*self.plain, *self.secret, *self.fixed, *self.others, *self.unasked)


def ways(spec: ServerSpec[Any, Any]) -> tuple[str, ...]:
    """The ways of signing in that a service has, the usual one first."""
    known = guidance(spec).ways
    return tuple(name for name in known if known[name].login == "token" or issubclass(spec.settings, OAuthSettings))


def is_secret(spec: ServerSpec[Any, Any], name: str) -> bool:
    """Whether a setting is kept out of sight."""
    return SecretStr in _kinds(spec, name)


def is_path(spec: ServerSpec[Any, Any], name: str) -> bool:
    """Whether a setting names a file or a folder."""
    return Path in _kinds(spec, name)


def is_token(name: str) -> bool:
    """Whether a secret is a token, which stays valid until somebody ends it, and not a word that opens a file."""
    return name.endswith("token")


def wears_out(name: str) -> bool:
    """Whether a secret should be replaced from time to time, because the service knows it, too."""
    return is_token(name) or name == "client_secret"


def said(spec: ServerSpec[Any, Any], name: str) -> str:
    """What a setting is called on a command line: its variable without the service, in small letters."""
    variable: str = spec.settings.variable(name)
    return variable.removeprefix(f"{spec.service.upper()}_").lower()


def _own(spec: ServerSpec[Any, Any], way: str) -> tuple[str, ...]:
    """The settings by which a way of signing in is known."""
    chosen = guidance(spec).ways[way]
    return (*_needed(spec, way), *chosen.optional, *chosen.sets, *_app(spec, way))


def _needed(spec: ServerSpec[Any, Any], way: str) -> tuple[str, ...]:
    needed: tuple[str, ...] = spec.settings.needed(way)
    return needed


def _app(spec: ServerSpec[Any, Any], way: str) -> tuple[str, ...]:
    fields: Mapping[str, FieldInfo] = spec.settings.model_fields
    return tuple(name for name in _APP if name in fields) if guidance(spec).ways[way].login == "oauth" else ()


def _kinds(spec: ServerSpec[Any, Any], name: str) -> tuple[Any, ...]:
    annotation = spec.settings.model_fields[name].annotation
    return (annotation, *get_args(annotation))
