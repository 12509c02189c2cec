"""Where Atlassian's products send those who ask for a file."""

from urllib.parse import urlsplit

from connector_kit.addresses import LOOPBACK_HOSTS


def keeps_files(host: str, site: str) -> bool:
    """Whether the `site` may redirect to this host for a file: Atlassian's own, or this machine for a site on it."""
    if urlsplit(site).hostname in LOOPBACK_HOSTS:
        return host in LOOPBACK_HOSTS
    return host.endswith(".atlassian.com")
