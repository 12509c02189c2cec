"""The table of what a login asks for, in the guide to security."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector_kit.access import Access
from connector_kit.oauth.settings import OAuthSettings
from connector_kit.serving.session import ServerSpec
from mcp_suite.documents.markdown import code, table
from mcp_suite.servers import Script

_PART = re.compile(r"(<!-- generated:scopes -->\n).*?(<!-- /generated:scopes -->)", re.DOTALL)
_KINDS: Mapping[str, Sequence[str]] = {"slack": ("user", "bot")}
"""The setting `token_kind` of services where it makes a difference."""

AnySpec = ServerSpec[Any, Any]


def splice(guide: str, servers: Mapping[Script, AnySpec]) -> str:
    """The guide with its table renewed; as it is where it has no place for one."""
    written = table(
        ["Login", "Tools", "`read`", "`write` adds", "`delete` adds"],
        [row for spec in servers.values() if issubclass(spec.settings, OAuthSettings) for row in _rows(spec)],
    )
    return _PART.sub(lambda found: f"{found[1]}{written}\n{found[2]}", guide)


def asked(spec: AnySpec, access: Access, toolset: str = "", kind: str = "") -> tuple[str, ...]:
    """The scopes that a login asks for at an access level, with one toolset beside the usual tools; what only shapes
    the login is left out.
    """
    given: dict[str, Any] = {"toolsets": (toolset,) if toolset else (), "access": access, "client_id": "x"}
    given |= {"token_kind": kind} if kind else {}
    if "account_identifier" in spec.settings.model_fields:
        given["account_identifier"] = "organisation-account"
    settings = spec.settings.model_validate(given)
    assert isinstance(settings, OAuthSettings)
    profile = settings.oauth_profile()
    return tuple(scope for scope in profile.scopes_for(access) if scope not in profile.base_scopes)


def _rows(spec: AnySpec) -> Iterator[list[str]]:
    for kind in _KINDS.get(spec.service, ("",)):
        name = f"{spec.title}, {kind}" if kind else spec.title
        usual = [set(asked(spec, access, kind=kind)) for access in Access]
        yield [name, "usual", *_steps([asked(spec, access, kind=kind) for access in Access])]
        for toolset in spec.toolset.optional:
            more = [asked(spec, access, toolset, kind) for access in Access]
            added = [tuple(scope for scope in scopes if scope not in usual[at]) for at, scopes in enumerate(more)]
            if any(added):
                yield [name, f"+ {code(toolset)}", *_steps(added)]


def _steps(levels: Sequence[Sequence[str]]) -> list[str]:
    """What each level has that those before have not."""
    known: set[str] = set()
    cells: list[str] = []
    for scopes in levels:
        new = [scope for scope in scopes if scope not in known]
        known.update(new)
        cells.append(", ".join(map(code, new)) or "–")
    return cells
