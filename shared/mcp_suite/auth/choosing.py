"""Which site a login in the browser is for: said by an option, or chosen by the person, never just the first."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import typer

from connector_kit.oauth.profiles import OAuthProfile
from connector_kit.oauth.sites import Site, SiteUnclear, choose_site


def site_by_option(profile: OAuthProfile, sites: Sequence[Site], wanted: str) -> Site:
    """The site of `--url`, else the only one. Raises SiteUnclear, which names them all."""
    try:
        return choose_site(profile, sites, wanted)
    except SiteUnclear as error:
        if not error.sites:
            raise
        raise SiteUnclear(error.message, next_step="Name one of them with --url.", sites=error.sites) from None


def site_by_person(profile: OAuthProfile, sites: Sequence[Site], known: str) -> Site:
    """The site that a person chooses; the only one is taken unless it is another than the one `known` so far.

    Raises SiteUnclear when there is none, typer.Abort when the person leaves.
    """
    if not sites:
        return choose_site(profile, sites)
    same = [number for number, site in enumerate(sites, start=1) if _host(site.url) == _host(known)]
    if len(sites) == 1 and (same or not known):
        return sites[0]
    if len(sites) == 1:
        typer.echo(f"\nThe login opened one site, another than before ({known}):")
    else:
        typer.echo(f"\nThe login opened {len(sites)} sites:")
    for number, site in enumerate(sites, start=1):
        typer.echo(f"  {number}  {site.url}" + (f"  ({site.name})" if site.name else ""))
    question = "Which one, by number or address" if len(sites) > 1 else "Take it? Enter 1"
    while True:
        answer = str(typer.prompt(question, default=str(same[0]) if same else None)).strip()
        if answer.isdecimal():
            if 1 <= int(answer) <= len(sites):
                return sites[int(answer) - 1]
        else:
            try:
                return choose_site(profile, sites, answer)
            except SiteUnclear:
                pass
        typer.echo("That is none of them.")


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()
