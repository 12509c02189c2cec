"""Keeping what was checked: secrets in the secret store, a login in the vault, the rest in the env file."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anyio
from pydantic.fields import FieldInfo

from connector_kit.credentials import ServiceSettings, needed_for
from connector_kit.errors import ServiceError
from connector_kit.oauth.tokens import TokenSet
from connector_kit.oauth.vault import Vault
from connector_kit.private_files import write_private
from connector_kit.secret_store import Place, SecretKey, SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import Ages
from mcp_suite.auth.attempt import Attempt
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import Names, ways

__all__ = ["Names", "Stored", "keep", "keys_of"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a login left behind: where the secrets are, whether they replaced others, what is in the way."""

    place: Place | None
    """Where the secrets went; None where there are none."""
    replaced: bool
    dropped: tuple[str, ...]
    """Variables that were taken out of the env file."""
    shadowing: tuple[str, ...] = ()
    """Variables of this process's environment that say something else."""


def keys_of(settings: ServiceSettings, names: Names) -> dict[str, SecretKey]:
    """Under which key the server will look for each secret; empty while the settings name no host."""
    keys = {name: settings.secret_key(name) for name in names.secret}
    return {name: key for name, key in keys.items() if key is not None}


def keep(
    attempt: Attempt,
    settings: ServiceSettings,
    *,
    found: Mapping[str, str],
    tokens: TokenSet | None = None,
    vault: Vault | None = None,
) -> Stored:
    """Store checked settings, with the `tokens` of a login and what the client `found`: all, or nothing on failure.

    Raises:
        SuiteError: the env file cannot be written.
        ServiceError: the secret store or the vault cannot be written.
    """
    spec, file = attempt.spec, EnvFile.of(attempt.spec.service, attempt.account)
    names = Names.of(spec, settings.way)
    variable: Callable[[str], str] = spec.settings.variable
    written = (*names.fixed, *names.plain, *names.unasked)
    wanted = {variable(name): text for name in written if (text := text_of(settings, name))}
    wanted |= {variable(name): text for name, text in found.items()}
    if attempt.wanted.access is not None:
        wanted[variable("access")] = settings.access.value
    unwanted = _unwanted(spec, names, file, wanted)
    dropped = tuple(name for name in unwanted if name in file.values)
    heading = f"Settings of {attempt.script.name}; see {settings.guide}."
    text = file.changed(wanted, without=unwanted, heading=heading)
    if attempt.account and not text:
        text = f"# {heading}\n"  # an account by name is there when it has a file
    store = SecretStore.default()
    secrets = {key: secret for name, key in keys_of(settings, names).items() if (secret := text_of(settings, name))}
    before = {key: _stored(store, key) for key in secrets}
    place: Place | None = None
    undo: list[Callable[[], object]] = []
    try:
        for key, secret in secrets.items():
            undo.append(lambda key=key: _put_back(store, key, before[key]))
            place = store.set(key, secret)
        if tokens is not None and vault is not None:
            undo.append(_putting_back(settings, vault))
            _adopt(attempt, settings, tokens, vault)
        file.write(text)
    except BaseException:
        for step in reversed(undo):
            with suppress(ServiceError, OSError):
                step()
        raise
    ages = Ages.default()
    for key, secret in secrets.items():
        if before[key] != secret:
            with suppress(OSError):  # only the date would be unknown
                ages.note(key)
    replaced = any(before[key] not in (None, secret) for key, secret in secrets.items())
    replaced = replaced or any(variable(name) in file.values for name in names.secret)
    given = {**wanted, **{variable(name): text_of(settings, name) for name in names.secret}}
    return Stored(place, replaced, dropped, _shadowing(attempt, names, given))


def text_of(settings: ServiceSettings, name: str) -> str:
    """A setting as a variable would say it; empty for one that is unset."""
    value: object = getattr(settings, name)
    reveal = getattr(value, "get_secret_value", None)
    plain: object = reveal() if reveal else value
    return "" if plain is None else str(plain)


def _unwanted(spec: ServerSpec[Any, Any], names: Names, file: EnvFile, wanted: Mapping[str, str]) -> list[str]:
    """The variables that must not stay in the env file."""
    gone = [spec.settings.variable(name) for name in names.all]
    sandbox: str = spec.settings.variable("sandbox")
    if _is_on(file.values.get(sandbox, "")):
        gone.append(sandbox)
    return [name for name in gone if name not in wanted]


def _adopt(attempt: Attempt, settings: ServiceSettings, tokens: TokenSet, vault: Vault) -> None:
    """Store a login. One that a setting gives is noted as older, so that it does not come first again."""
    from connector_kit.oauth.settings import OAuthSettings, manager_of

    assert isinstance(settings, OAuthSettings)
    given: object = getattr(attempt.before(), "refresh_token", None)
    manager = manager_of(settings.model_copy(update={"refresh_token": given}), vault=vault)
    anyio.run(manager.adopt, tokens)


def _putting_back(settings: ServiceSettings, vault: Vault) -> Callable[[], object]:
    """What brings the vault back to how it is now."""
    from connector_kit.oauth.settings import OAuthSettings, credential_of

    assert isinstance(settings, OAuthSettings)
    credential = credential_of(settings)
    path = vault.path(credential)
    try:
        content = path.read_bytes()
    except OSError:
        return lambda: vault.delete(credential)
    return lambda: write_private(path, content)


def _stored(store: SecretStore, key: SecretKey) -> str | None:
    """The secret under a key, if it can be read: a new one may be stored because it cannot."""
    with suppress(ServiceError):
        return store.get(key)
    return None


def _put_back(store: SecretStore, key: SecretKey, secret: str | None) -> None:
    if secret is None:
        store.delete(key)
    else:
        store.set(key, secret)


def _shadowing(attempt: Attempt, names: Names, given: Mapping[str, str]) -> tuple[str, ...]:
    """Variables of this process that servers started from here would go by, against what was stored."""
    spec = attempt.spec
    here: Mapping[str, str] = spec.settings.environment(attempt.account)
    fields: Mapping[str, FieldInfo] = spec.settings.model_fields
    typed = [name for name in ways(spec) if guidance(spec).ways[name].login == "token"]
    harmless = {*_HARMLESS, *(name for name in fields if needed_for(fields[name]) == "token")}
    harmless |= {name for way in typed for name in Names.of(spec, way).secret}
    decisive = ("sandbox", "client_id", *(name for name in names.others if name not in harmless))
    variables = (*given, *(spec.settings.variable(name) for name in decisive))
    set_here = {name: here.get(name, "").strip() for name in dict.fromkeys(variables)}
    return tuple(name for name, value in set_here.items() if _is_on(value) and value != given.get(name))


_HARMLESS = ("client_secret", "redirect_uri")
"""Settings of an app, besides its id, that change nothing about a token."""


def _is_on(value: str) -> bool:
    """Whether a variable has a value, and one that does not just switch something off."""
    return value.lower() not in ("", "0", "false", "no", "off", "n", "f")
