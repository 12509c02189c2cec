"""A service's settings: the env file, and each variable that is missing, unknown or wrong."""

import difflib
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from pydantic import SecretStr

from connector_kit.access import Access
from connector_kit.credentials import ServiceSettings, needed_for
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.private_files import write_private
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import OLD_DAYS, Ages
from mcp_suite.auth.guidance import way_of
from mcp_suite.auth.names import wears_out
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, fail, ok, skip, warn
from mcp_suite.doctor.scopes import tools_on
from mcp_suite.doctor.variables import Origins

_REASON_END = " (in the environment)"


@dataclass(frozen=True, slots=True)
class Configured:
    """What became of reading a service's settings: None when they are wrong; `complete` when they suffice."""

    origins: Origins
    findings: list[Finding]
    settings: ServiceSettings | None = field(default=None, repr=False)
    complete: bool = False


def check_settings(spec: ServerSpec[Any, Any], account: Account, *, expected: bool) -> Configured:
    """Read an account's settings and say all that is wrong at once. May wait for the keyring.

    `expected`: the user asked about this very service, so that having no settings at all is a failure.

    Raises:
        NotConfigured: that is no name of an account.
    """
    service, origins = account.subject, Origins.of(account, spec.settings)
    findings = [*_file(origins), *_shadowed(spec, origins), *_unknown(spec, origins)]
    if origins.file.malformed or (account.name and not origins.file.exists):
        return Configured(origins, findings)
    try:
        settings = _load(spec, origins)
    except NotConfigured as error:
        findings += [_wrong(service, origins, name, reason) for name, reason in error.fields.items()]
        if not error.fields:
            findings.append(fail(service, "settings", error.message, error.next_step or f"See {spec.settings.guide}"))
        return Configured(origins, findings)
    if settings.sandbox:
        findings.append(ok(service, "settings", f"the embedded sandbox is used ({origins.place(_switch(spec))})"))
        return Configured(origins, findings, settings, complete=True)
    try:
        settings.resolve_secrets()
    except ServiceError as error:
        # What is missing is not known, and a login would not mend it.
        told = f"stored secrets cannot be read: {error.message}"
        findings.append(fail(service, "settings", told, error.next_step or f"Run again: {account.doctor}"))
        return Configured(origins, findings)
    except Exception as error:  # noqa: BLE001 - the storage check tells more; here only what is missing counts
        findings.append(warn(service, "settings", f"stored secrets cannot be read: {error}"))
    try:
        missing = [item.variable for item in settings.missing()]
    except NotConfigured as error:
        findings.append(fail(service, "settings", error.message, error.next_step or f"See {spec.settings.guide}"))
        return Configured(origins, findings)
    findings += [*_aged(spec, settings, origins), *_unused(settings, origins)]
    if not missing:
        findings.append(ok(service, "settings", f"complete ({_source(spec, origins)})"))
        return Configured(origins, findings, settings, complete=True)
    findings.append(_missing(spec, settings, origins, missing, expected=expected))
    return Configured(origins, findings, settings)


def _load(spec: ServerSpec[Any, Any], origins: Origins) -> ServiceSettings:
    """The settings as the server reads them, but from what was read here: a fault of the file must not hide others.

    Raises:
        NotConfigured: values are wrong; names all.
    """
    with TemporaryDirectory() as folder:
        empty = Path(folder) / origins.file.path.name
        write_private(empty, b"")
        return spec.settings.load(
            account=origins.account.name, environ={**origins.merged(), "MCP_SUITE_ENV_DIR": folder}
        )


def check_access(spec: ServerSpec[Any, Any], settings: ServiceSettings, account: Account) -> Finding:
    """The access level, and which tools are on with it."""
    on = tools_on(spec, settings)
    higher = [level.value for level in Access if level > settings.access]
    sets = [name for name in spec.toolset.optional if not settings.switched_on(name)]
    told = f"{settings.access.value}: {len(on)} of {len(spec.toolset)} tools are on"
    ways = [f"{spec.settings.variable('access')}={' or '.join(higher)}"] if higher else []
    ways += [f"{spec.settings.variable('toolsets')}={','.join(sets)}"] if sets else []
    more = f"; more with {' and '.join(ways)}" if ways else ""
    return ok(account.subject, "access", f"{told}{more}")


def _file(origins: Origins) -> Iterator[Finding]:
    service, file = origins.account.subject, origins.file
    if not file.exists and origins.account.name:
        told = f"there is no such account: {file.path} does not exist"
        yield fail(service, "env file", told, f"Run: {origins.account.login}")
        return
    if not file.exists:
        yield skip(service, "env file", f"{file.path} does not exist")
        return
    if file.fault is not None:
        yield fail(service, "env file", file.fault.message, file.fault.next_step or f"Look at {origins.named}")
    else:
        yield ok(service, "env file", f"{file.path}, for its owner only")
    if file.is_folder_open:
        folder = file.path.parent
        yield warn(
            service,
            "env file",
            f"others may replace it: they can write to {folder}",
            f"Run: chmod 700 {shlex.quote(str(folder))}",
        )
    if file.malformed:
        lines = ", ".join(map(str, file.malformed))
        edit = f"In {origins.named}, line {lines}, write NAME=value; quote a value with spaces or #"
        yield fail(service, "env file", f"{file.path} is malformed in line {lines}", edit)


def _shadowed(spec: ServerSpec[Any, Any], origins: Origins) -> Iterator[Finding]:
    """Variables of which the environment's value wins over another one in the file."""
    for name in spec.settings.model_fields:
        variable: str = spec.settings.variable(name)
        here, there = origins.environ.get(variable, "").strip(), origins.file.values.get(variable, "").strip()
        if here and there and here != there:
            yield warn(
                origins.account.subject,
                "settings",
                f"{variable} of the environment overrides that of {origins.file.path}",
                f"Run: unset {variable}",
            )


def _unknown(spec: ServerSpec[Any, Any], origins: Origins) -> Iterator[Finding]:
    """Variables with the service's prefix that mean nothing: typing errors, mostly."""
    known = {spec.settings.variable(name) for name in spec.settings.model_fields}
    prefix = f"{spec.service.upper()}_"
    for name, value in origins.merged().items():
        if not name.upper().startswith(prefix) or name in known or not value.strip():
            continue
        close = difflib.get_close_matches(name.upper(), known, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        told = f"{name} ({origins.place(name)}) is not a setting{meant}"
        yield warn(origins.account.subject, "settings", told, _rename(origins, name, close[0] if close else ""))


def _rename(origins: Origins, name: str, meant: str) -> str:
    line = origins.file.lines.get(name)
    if name in os.environ:
        return f"Run: unset {name}" + (f" (and set {meant})" if meant else "")
    change = f"replace {name} by {meant}" if meant else f"delete {name}"
    return f"In {origins.named}, line {line}, {change}"


def _wrong(service: str, origins: Origins, variable: str, reason: str) -> Finding:
    reason = reason.removesuffix(_REASON_END)
    told = f"{variable} {reason} ({origins.place(variable)})"
    value = "the value itself, without ${…}" if "placeholder" in reason else _expected(reason)
    return fail(service, "settings", told, origins.edit(variable, value))


def _expected(reason: str) -> str:
    """What a refusal says should be there, if it does."""
    example = re.search(r"like (\S+)", reason)
    return example[1].rstrip(".,;:") if example else "a valid value"


def _missing(
    spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins, missing: list[str], *, expected: bool
) -> Finding:
    account = origins.account
    told = f"{', '.join(missing)} not set"
    lines = " ".join(f"{name}=…" for name in missing)
    page = way_of(spec, settings).page
    source = f" (token: {page})" if page else ""
    way = " --oauth" if settings.login == "oauth" else ""
    edit = f"Run: {account.login}{way}; or write {lines} into {origins.named}{source}"
    if expected or account.name or any(name.startswith(f"{spec.service.upper()}_") for name in origins.merged()):
        return fail(account.subject, "settings", told, edit)
    return skip(account.subject, "settings", f"not set up: {told}", edit)


def _aged(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> Iterator[Finding]:
    """Stored secrets of the account that should be replaced before they end."""
    account, ages = origins.account, Ages.default()
    given = origins.merged()
    for name, described in type(settings).model_fields.items():
        kinds = (described.annotation, *get_args(described.annotation))
        if SecretStr not in kinds or not wears_out(name) or given.get(settings.variable(name), "").strip():
            continue
        key = settings.secret_key(name)
        days = None if key is None else ages.days(key)
        if key is None or days is None or days < OLD_DAYS:
            continue
        told = f"the {name.replace('_', ' ')} of {key.account} at {key.host} was stored {days} days ago"
        page = way_of(spec, settings).page
        where = f" at {page}" if page else " in the settings of your app"
        way = " --oauth" if settings.login == "oauth" else ""
        fix = f"Create a new one{where}, then run: {account.login}{way}"
        yield warn(account.subject, "token age", told, fix)


def _unused(settings: ServiceSettings, origins: Origins) -> Iterator[Finding]:
    """A token that is set beside a login in the browser, which comes first."""
    given = origins.merged()
    for name, described in type(settings).model_fields.items():
        variable = settings.variable(name)
        if settings.login == "oauth" and needed_for(described) == "token" and given.get(variable, "").strip():
            app = settings.variable("client_id")
            told = f"{variable} is not used: {app} is set, so the login in the browser is ({origins.place(variable)})"
            yield warn(origins.account.subject, "settings", told, _rename(origins, variable, ""))


def _source(spec: ServerSpec[Any, Any], origins: Origins) -> str:
    names: list[str] = [spec.settings.variable(name) for name in spec.settings.model_fields]
    found = [
        word
        for word, values in (("environment", origins.environ), ("env file", origins.file.values))
        if any(values.get(name, "").strip() for name in names)
    ]
    return " and ".join(found) or "secret store"


def _switch(spec: ServerSpec[Any, Any]) -> str:
    return spec.settings.variable("sandbox")
