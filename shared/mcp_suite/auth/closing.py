"""What is told when a login has been stored: where everything is, what became of the one before, what comes next."""

from collections.abc import Sequence

from connector_kit.access import Access
from connector_kit.credentials import ServiceSettings
from mcp_suite.auth.attempt import Attempt
from mcp_suite.auth.guidance import guidance, way_of
from mcp_suite.auth.names import Names, is_token
from mcp_suite.auth.storing import Stored

_PLACES = {"keyring": "the keyring", "file": "a private file"}


def told_after(
    attempt: Attempt, settings: ServiceSettings, stored: Stored, forgotten: Sequence[str], login: str = ""
) -> list[str]:
    """The lines for a person; `forgotten` are those about the login before, `login` says where the new one went."""
    spec = attempt.spec
    secret = f"the {way_of(spec, settings).secret}"
    places = [login] if login else []
    if stored.place is not None:
        places.append(f"{secret} in {_PLACES[stored.place]}")
    rest = f"the rest in {attempt.file.path}" if places else f"all of it in {attempt.file.path}"
    lines = [f"Stored: {', '.join([*places, rest])}."]
    if stored.dropped:
        lines.append(f"Taken out of that file: {', '.join(stored.dropped)}.")
    if stored.replaced and settings.login == "token" and any(map(is_token, Names.of(spec, settings.way).secret)):
        lines.append(
            "The token before is not used by servers that start from now on. Restart your clients, then revoke it: "
            f"{guidance(spec).revoking}"
        )
    lines += forgotten
    lines.append(_access(attempt, settings))
    lines += _next(attempt)
    if stored.shadowing:
        lines.append(
            f"Attention: {', '.join(stored.shadowing)} in this shell's environment goes before what was stored. "
            f"Run: unset {' '.join(stored.shadowing)}"
        )
    return lines


def _access(attempt: Attempt, settings: ServiceSettings) -> str:
    wider = f". To let them write: {attempt.command} --access write" if settings.access is Access.READ else ""
    return f"Tools have access: {settings.access.value}{wider}"


def _next(attempt: Attempt) -> list[str]:
    service, script = attempt.spec.service, attempt.script.name
    if attempt.account:
        named = f"{script} --account {attempt.account}"
        return [f"Servers use this account when started as: {named}", f"Check it any time: {named} --check"]
    return [
        f"Check it any time: mcp-suite doctor {service}",
        f"Add it to a client: mcp-suite install claude-code {service}   (or claude-desktop, cursor, vscode)",
    ]
