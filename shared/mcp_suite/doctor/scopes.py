"""Whether what was granted is enough for the tools that are on."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector_kit.credentials import ServiceSettings
from connector_kit.serving.session import ServerSpec
from connector_kit.serving.toolset import ToolEntry
from mcp_suite.doctor.account import Account
from mcp_suite.doctor.finding import Finding, fail

_SHOWN = 3


def tools_on(spec: ServerSpec[Any, Any], settings: ServiceSettings) -> list[ToolEntry]:
    """The tools that a server with these settings offers."""
    return [
        entry for entry in spec.toolset if settings.access.allows(entry.effect) and settings.switched_on(entry.toolset)
    ]


def missing_scopes(lacking: Mapping[str, Sequence[str]]) -> list[str]:
    """All scopes that some tool lacks, from what each does."""
    return list(dict.fromkeys(scope for scopes in lacking.values() for scope in scopes))


def too_few(account: Account, lacking: Mapping[str, Sequence[str]], fix: str) -> Finding:
    """The scopes that are lacking, and the tools that need them."""
    tools = [name for name, scopes in lacking.items() if scopes]
    more = len(tools) - _SHOWN
    named = ", ".join(tools) if more <= 0 else f"{', '.join(tools[:_SHOWN])} and {more} more tools"
    need = "needs" if len(tools) == 1 else "need"
    told = f"the login lacks {', '.join(missing_scopes(lacking))}, which {named} {need}"
    return fail(account.subject, "scopes", told, fix)
