"""Keeping what was checked: the secret in the secret store, the rest in the env file."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector_kit.credentials import ServiceSettings
from connector_kit.errors import ServiceError
from connector_kit.keyring_access import Keyring, KeyringFailed, is_switched_off, usual_backend
from connector_kit.paths import state_dir
from connector_kit.secret_store import Place, SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import Ages
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.documents.environment import is_required
from mcp_suite.errors import SuiteError

OTHER_SITE = ("cloud_id",)
"""Settings that belong to one site: they are dropped when another takes its place."""

_TRIAL = "login-trial"


@dataclass(frozen=True, slots=True)
class Names:
    """The settings of a service that a login fills in, by field: plain ones and secret ones."""

    plain: tuple[str, ...]
    secret: tuple[str, ...]

    @classmethod
    def of(cls, spec: ServerSpec[Any, Any]) -> "Names":
        """The settings that the live service needs."""
        fields: Mapping[str, FieldInfo] = spec.settings.model_fields
        needed = {name: info.annotation for name, info in fields.items() if is_required(info)}
        secret = tuple(name for name, kind in needed.items() if SecretStr in (kind, *get_args(kind)))
        return cls(tuple(name for name in needed if name not in secret), secret)


@dataclass(frozen=True, slots=True)
class Stored:
    """What a login left behind: where the secrets are, whether they replaced others, what is in the way."""

    place: Place
    replaced: bool
    dropped: tuple[str, ...]
    """Variables that were taken out of the env file because they would go before what was stored."""
    shadowing: tuple[str, ...] = field(default=())
    """Variables of this process's environment that say something else."""


def keyring_keeps(secret: str) -> bool:
    """Whether the keyring takes something as long as the secret; asks it for real, with a stand-in."""
    if is_switched_off():
        return False
    keyring = Keyring(usual_backend)
    if not keyring.is_there:
        return False
    kept = keyring.keep(_TRIAL, "x" * len(secret))
    with suppress(KeyringFailed):
        keyring.forget(_TRIAL)
    return kept


def what_a_file_means() -> str:
    """The honest sentence about a secret in a file."""
    return (
        f"it would be kept unencrypted in {state_dir() / 'secrets' / 'secrets.json'}, which only you may read. Other "
        "users of this machine cannot read it there; programs that you start, administrators, and whoever gets hold "
        "of the disk or of a backup can."
    )


def keys_of(settings: ServiceSettings, names: Names) -> dict[str, SecretKey]:
    """Under which key the server will look for each secret; empty while the settings name no host."""
    host = settings.secret_host()
    if not host:
        return {}
    return {name: SecretKey(settings.service, settings.secret_account(), host, name) for name in names.secret}


def keep(spec: ServerSpec[Any, Any], settings: ServiceSettings, file: EnvFile, *, with_access: bool) -> Stored:
    """Store checked settings: all of them, or, when something fails, none.

    Raises:
        SuiteError: the env file cannot be written.
        ServiceError: the secret store cannot be written.
    """
    names = Names.of(spec)
    variable = spec.settings.variable
    wanted = {variable(name): _text(settings, name) for name in names.plain}
    if with_access:
        wanted[variable("access")] = settings.access.value
    unwanted = [variable(name) for name in names.secret]
    if _is_on(file.values.get(variable("sandbox"), "")):
        unwanted.append(variable("sandbox"))
    if not _same_site(file.values, wanted, names, variable("url")):
        unwanted += [variable(name) for name in OTHER_SITE]
    dropped = tuple(name for name in unwanted if name in file.values)
    text = file.changed(wanted, without=unwanted, heading=f"Settings of {spec.script}; see {settings.guide}.")
    store, keys = SecretStore.default(), keys_of(settings, names)
    secrets = {key: _text(settings, name) for name, key in keys.items()}
    before = {key: _stored(store, key) for key in secrets}
    place: Place = "file"
    try:
        for key, secret in secrets.items():
            place = store.set(key, secret)
        file.write(text)
    except (SuiteError, ServiceError):
        _put_back(store, before)
        raise
    ages = Ages.default()
    for key, secret in secrets.items():
        if before[key] != secret:
            with suppress(OSError):  # only the date would be unknown
                ages.note(key)
    replaced = any(before[key] not in (None, secret) for key, secret in secrets.items())
    replaced = replaced or any(variable(name) in file.values for name in names.secret)
    given = {**wanted, **{variable(name): _text(settings, name) for name in names.secret}}
    return Stored(place, replaced, dropped, _shadowing(given, [variable(name) for name in ("sandbox", *OTHER_SITE)]))


def _stored(store: SecretStore, key: SecretKey) -> str | None:
    """The secret under a key, if it can be read: a new one may be stored because it cannot."""
    with suppress(ServiceError):
        return store.get(key)
    return None


def _put_back(store: SecretStore, before: Mapping[SecretKey, str | None]) -> None:
    for key, secret in before.items():
        with suppress(ServiceError):
            if secret is None:
                store.delete(key)
            else:
                store.set(key, secret)


def _text(settings: ServiceSettings, name: str) -> str:
    value: object = getattr(settings, name)
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)


def _same_site(before: Mapping[str, str], wanted: Mapping[str, str], names: Names, address: str) -> bool:
    return "url" not in names.plain or before.get(address) == wanted[address]


def _shadowing(given: Mapping[str, str], unwanted: list[str]) -> tuple[str, ...]:
    set_here = {name: os.environ.get(name, "").strip() for name in (*given, *unwanted)}
    return tuple(name for name, value in set_here.items() if _is_on(value) and value != given.get(name))


def _is_on(value: str) -> bool:
    """Whether a variable has a value, and one that does not just switch something off."""
    return value.lower() not in ("", "0", "false", "no", "off", "n", "f")
