"""Which of the sites that a login opened is meant: chosen by the user, never guessed.

https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/#3-1-get-the-cloudid-for-your-site
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import httpx2

from connector_kit.errors import BadAnswer, NotConfigured, clean_text
from connector_kit.http import HttpClient
from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.token_endpoint import POLICY
from connector_kit.oauth.tokens import TokenSet
from connector_kit.replies import error_for

_SHOWN = 20


class SiteUnclear(NotConfigured):
    """It is not known which site is meant, or the login did not open it; `sites` are those that it opened."""

    def __init__(self, message: str, *, next_step: str, sites: Sequence[Site]) -> None:
        super().__init__(message, next_step=next_step)
        self.sites = tuple(sites)


@dataclass(frozen=True, slots=True)
class Site:
    """A site that a login opened: its cloud id, its address like https://example.atlassian.net, and its scopes."""

    id: str
    url: str
    name: str
    scopes: tuple[str, ...] = ()


async def accessible_sites(
    profile: OAuthProfile, access_token: str, *, transport: httpx2.AsyncBaseTransport | None = None
) -> list[Site]:
    """The sites that a login opened for this profile's service, by address.

    The vendor lists a site once for each product: they are merged, and sites on which none of the profile's
    scopes was granted are left out. Empty for a vendor without sites. Raises ServiceError; BadAnswer for an answer
    of another shape.
    """
    if profile.sites_url is None:
        return []
    parts = urlsplit(profile.sites_url)
    client = HttpClient(
        f"{parts.scheme}://{parts.netloc}",
        service=profile.vendor,
        policy=POLICY,
        explain=partial(error_for, service=profile.vendor),  # which quotes nothing of an answer to a token
        transport=transport,
    )
    try:
        reply = await client.request("GET", parts.path, headers={"Authorization": f"Bearer {access_token}"})
    finally:
        await client.aclose()
    listed = reply.json()
    if not isinstance(listed, list):
        raise BadAnswer(f"{profile.vendor} did not list the sites.", next_step="Try again later.")
    merged: dict[str, Site] = {}
    for entry in cast("list[object]", listed):
        site = _site(entry)
        if site is not None:
            known = merged.get(site.id, replace(site, scopes=()))
            merged[site.id] = replace(known, scopes=tuple(dict.fromkeys((*known.scopes, *site.scopes))))
    ours = {*profile.read_scopes, *profile.write_scopes, *profile.delete_scopes}.union(*profile.equivalents.values())
    fitting = [site for site in merged.values() if not ours or not site.scopes or ours.intersection(site.scopes)]
    return sorted(fitting, key=lambda site: site.url)


def choose_site(profile: OAuthProfile, sites: Sequence[Site], wanted: str = "") -> Site:
    """The site that `wanted` (the variable `profile.site_variable`) names, by its address or cloud id.

    Without `wanted` the only site there is; of several none is taken. Any address below the site will do, such
    as that of an issue.

    Raises SiteUnclear, which lists the sites to choose from.
    """
    if not sites:
        raise SiteUnclear(
            f"The login opened no {profile.vendor} site for {profile.name}.",
            next_step=f"Run `{profile.command}` again and choose a site on the page that asks for consent.",
            sites=(),
        )
    names = ", ".join(site.url for site in sites[:_SHOWN])
    if not wanted.strip():
        if len(sites) == 1:
            return sites[0]
        raise SiteUnclear(
            f"The login opened several sites: {names}.",
            next_step=f"Set {profile.site_variable} to the one that is meant, or choose it in `{profile.command}`.",
            sites=sites,
        )
    host = _host(wanted)
    for site in sites:
        if (host and _host(site.url) == host) or site.id == wanted.strip():
            return site
    raise SiteUnclear(
        f"The login did not open {clean_text(host or wanted, 100)}; it opened {names}.",
        next_step=f"Correct {profile.site_variable}, or run `{profile.command}` again and choose that site on the page"
        " that asks for consent.",
        sites=sites,
    )


def with_site(tokens: TokenSet, site: Site) -> TokenSet:
    """The tokens with the site noted in `extra`, as `cloud_id` and `site`."""
    return replace(tokens, extra={**tokens.extra, "cloud_id": site.id, "site": site.url})


def _site(entry: object) -> Site | None:
    """A site as the vendor lists it; None for an entry that cannot be used."""
    if not isinstance(entry, dict):
        return None
    values = cast("dict[str, object]", entry)
    id_, url, name, scopes = (values.get(key) for key in ("id", "url", "name", "scopes"))
    if not (isinstance(id_, str) and isinstance(url, str) and id_ and _host(url)):
        return None
    granted = [str(scope) for scope in cast("list[object]", scopes)] if isinstance(scopes, list) else []
    shown = clean_text(name, 100) if isinstance(name, str) else ""
    return Site(clean_text(id_, 100), clean_text(url, 200).rstrip("/"), shown, tuple(granted))


def _host(address: str) -> str:
    """The host (and unusual port) of an address, or of a host alone; empty for something else."""
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("https", "http") or parts.username is not None or "." not in host:
        return ""
    return f"{host}:{port}" if port and port != 443 else host
