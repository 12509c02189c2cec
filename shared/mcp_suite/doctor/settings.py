"""A service's settings: the env file, and each variable that is missing, unknown or wrong."""

import difflib
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.secret_store import SecretStore
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.ages import OLD_DAYS, Ages
from mcp_suite.connect import TOKEN_PAGES
from mcp_suite.doctor.finding import Finding, fail, ok, skip, warn
from mcp_suite.doctor.logins import login_variables
from mcp_suite.doctor.variables import Origins

_REASON_END = " (in the environment)"


@dataclass(frozen=True, slots=True)
class Configured:
    """What became of reading a service's settings: None when they are wrong; `complete` when they suffice."""

    origins: Origins
    findings: list[Finding]
    settings: ServiceSettings | None = field(default=None, repr=False)
    complete: bool = False


def check_settings(spec: ServerSpec[Any, Any], *, expected: bool) -> Configured:
    """Read a service's settings and say all that is wrong at once. May wait for the keyring.

    `expected`: the user asked about this very service, so that having no settings at all is a failure.
    """
    service, origins = spec.service, Origins.of(spec.service)
    findings = [*_file(service, origins), *_shadowed(spec, origins), *_unknown(spec, origins)]
    if origins.file.malformed:
        return Configured(origins, findings)
    try:
        # The file is read here, so that one fault of it does not hide the others: no folder, no second reading.
        nowhere = str(origins.file.path.with_name(".env.none"))
        settings: ServiceSettings = spec.settings.load(environ={**origins.merged(), "MCP_SUITE_ENV_DIR": nowhere})
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
    except Exception as error:  # noqa: BLE001 - the storage check tells more; here only what is missing counts
        findings.append(warn(service, "settings", f"stored secrets cannot be read: {error}"))
    findings += _aged(service)
    missing = [item.variable for item in settings.missing()]
    if not missing:
        findings.append(ok(service, "settings", f"complete ({_source(spec, origins)})"))
        return Configured(origins, findings, settings, complete=True)
    findings.append(_missing(spec, origins, missing, expected=expected))
    return Configured(origins, findings, settings)


def check_access(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> Finding:
    """The access level, and which tools are on with it."""
    on = [entry.name for entry in spec.toolset if settings.access.allows(entry.effect)]
    off = len(spec.toolset) - len(on)
    told = f"{settings.access.value}: {len(on)} of {len(spec.toolset)} tools are on"
    more = f"; {spec.settings.variable('access')}=write or delete turns on more" if off else ""
    return ok(spec.service, "access", f"{told}{more}")


def _file(service: str, origins: Origins) -> Iterator[Finding]:
    file = origins.file
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
                spec.service,
                "settings",
                f"{variable} of the environment overrides that of {origins.file.path}",
                f"Run: unset {variable}",
            )


def _unknown(spec: ServerSpec[Any, Any], origins: Origins) -> Iterator[Finding]:
    """Variables with the service's prefix that mean nothing: typing errors, mostly."""
    known = {*(spec.settings.variable(name) for name in spec.settings.model_fields), *login_variables(spec.service)}
    prefix = f"{spec.service.upper()}_"
    for name, value in origins.merged().items():
        if not name.upper().startswith(prefix) or name in known or not value.strip():
            continue
        close = difflib.get_close_matches(name.upper(), known, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        told = f"{name} ({origins.place(name)}) is not a setting{meant}"
        yield warn(spec.service, "settings", told, _rename(origins, name, close[0] if close else ""))


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
    return example[1].rstrip(".,;") if example else "a valid value"


def _missing(spec: ServerSpec[Any, Any], origins: Origins, missing: list[str], *, expected: bool) -> Finding:
    service = spec.service
    told = f"{', '.join(missing)} not set"
    lines = " ".join(f"{name}=…" for name in missing)
    page = TOKEN_PAGES.get(service)
    source = f" (token: {page})" if page else ""
    edit = f"Run: mcp-suite auth login {service}; or write {lines} into {origins.named}{source}"
    if expected or any(name.startswith(f"{service.upper()}_") for name in origins.merged()):
        return fail(service, "settings", told, edit)
    return skip(service, "settings", f"not set up: {told}", edit)


def _aged(service: str) -> Iterator[Finding]:
    """Stored tokens that should be replaced before they end."""
    try:
        stored = SecretStore.default().list(service)
    except (ServiceError, OSError):
        return
    for key, _ in stored:
        days = Ages.default().days(key)
        if days is not None and days >= OLD_DAYS:
            told = f"the token of {key.account} at {key.host} was stored {days} days ago"
            page = TOKEN_PAGES.get(service)
            fix = f"Create a new one{f' at {page}' if page else ''}, then run: mcp-suite auth login {service}"
            yield warn(service, "token age", told, fix)


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
