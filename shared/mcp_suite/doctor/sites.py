"""The further sites that an account's login reaches: each may be down, or closed to it, by itself."""

from dataclasses import replace
from typing import Any

from connector_kit.credentials import ServiceSettings
from connector_kit.serving.session import ServerSpec
from mcp_suite.doctor.credential import address_of, check_credential
from mcp_suite.doctor.finding import Finding, skip
from mcp_suite.doctor.network import Way, check_way
from mcp_suite.doctor.variables import Origins


async def check_further_sites(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> list[Finding]:
    """The way to each further site, and whether that lets the login in; what was found says which site it is about."""
    found: list[Finding] = []
    for name, one in list(settings.by_site().items())[1:]:
        here = await _check_site(spec, one, origins)
        found += [replace(finding, subject=f"{finding.subject} at {name}") for finding in here]
    return found


async def _check_site(spec: ServerSpec[Any, Any], settings: ServiceSettings, origins: Origins) -> list[Finding]:
    # A login goes to the vendor's gateway, the way to which was looked at for the first site.
    address = address_of(spec, settings, origins) if settings.login == "token" else None
    way = await check_way(address) if address else Way([])
    if address and way.status is None:
        told = "not tried: there is no way to the site"
        return [*way.findings, skip(origins.account.subject, "credential", told)]
    return [*way.findings, *await check_credential(spec, settings, origins, way)]
