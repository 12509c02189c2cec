"""Several sites that one login reaches: their names, and which of them a call is about.

A server with one site has no names for it: nothing here shows in its tools, cursors or answers.
"""

import difflib
from collections.abc import Mapping
from contextvars import ContextVar
from urllib.parse import urlsplit

from connector_kit.errors import InvalidInput, clean_text

PARAMETER = "site"
"""The argument that tools of a server with several sites take besides their own."""

current_site: ContextVar[str] = ContextVar("current_site", default="")
"""The name of the site that the running call is about; empty where there is only one."""


def site_names(addresses: Mapping[str, str]) -> str:
    """The sites in a sentence: `a (https://a.example.net), b (https://b.example.net)`."""
    return ", ".join(f"{name} ({address})" for name, address in addresses.items())


def names_of(addresses: tuple[str, ...]) -> dict[str, str]:
    """Addresses by names: the first part of the host, or host and port where two would have the same name."""
    labels = [_label(address) for address in addresses]
    return {
        label if labels.count(label) == 1 else urlsplit(address).netloc: address
        for label, address in zip(labels, addresses, strict=True)
    }


def chosen_site(addresses: Mapping[str, str], given: object, variable: str) -> str:
    """The name of the site that a call asks for, by name or address; the first without one.

    Raises:
        InvalidInput: there is no such site; names those there are, and the `variable` that adds others.
    """
    if given is None or given == "":
        return next(iter(addresses))
    wanted = given.strip().lower() if isinstance(given, str) else ""
    host = urlsplit(wanted if "://" in wanted else f"https://{wanted}").netloc
    for name, address in addresses.items():
        if wanted == name or (host and host == urlsplit(address).netloc):
            return name
    close = difflib.get_close_matches(wanted, list(addresses), n=1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    raise InvalidInput(
        f"There is no site {clean_text(repr(given), 80)} here; nothing was done.",
        next_step=f"The sites are {site_names(addresses)}.{meant} The user can add others with {variable}.",
    )


def told_on(addresses: Mapping[str, str], site: str, *, missing: bool = False) -> str:
    """On which site a call was, for the end of what it answers; empty where there is only one.

    With `missing` also on which others the thing could be that was not found.
    """
    if site not in addresses:
        return ""
    others = {name: address for name, address in addresses.items() if name != site} if missing else {}
    elsewhere = f"; not looked for on {site_names(others)}" if others else ""
    return f"(site {site}: {addresses[site]}{elsewhere})"


def and_site() -> str:
    """` and site=NAME` for a call that an answer proposes; empty where there is only one site."""
    site = current_site.get()
    return f" and site={site}" if site else ""


def _label(address: str) -> str:
    host = urlsplit(address).hostname or ""
    first = host.partition(".")[0]
    return urlsplit(address).netloc if first.isdecimal() or ":" in host else first
