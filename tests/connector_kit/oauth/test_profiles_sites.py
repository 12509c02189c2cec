"""Which site a login is for: named by the user, never the first of a list."""

from dataclasses import replace

import pytest

from connector_kit.errors import BadAnswer, NotAuthenticated
from connector_kit.oauth.profiles import CONFLUENCE, JIRA, SLACK_USER
from connector_kit.oauth.sites import Site, SiteUnclear, accessible_sites, choose_site, with_site
from connector_kit.oauth.tokens import TokenSet
from connector_kit.testing.authorization_server import AuthorizationServer
from connector_kit.testing.dialects import Json

ACME = Site("11111111-aaaa", "https://acme.atlassian.net", "Acme", ("read:jira-work",))
OTHER = Site("22222222-bbbb", "https://other.atlassian.net", "Other", ("read:jira-work",))


def listed(site: Site, *scopes: str) -> Json:
    return {"id": site.id, "url": site.url, "name": site.name, "scopes": list(scopes), "avatarUrl": "x"}


@pytest.mark.anyio
async def test_sites_are_listed_once_and_for_the_service_that_asks() -> None:
    entries: tuple[object, ...] = (
        listed(OTHER, "read:jira-work"),
        listed(ACME, "read:jira-work"),
        listed(ACME, "read:page:confluence"),
        {"id": "3", "url": "https://wiki.atlassian.net", "scopes": ["read:page:confluence"]},
        {"id": "4", "url": "https://open.atlassian.net"},
        {"id": 5, "url": "https://odd.atlassian.net"},
        {"id": "6", "url": "no address"},
        "odd",
    )
    with AuthorizationServer() as server:
        server.sites = entries  # pyright: ignore[reportAttributeAccessIssue] - entries that no vendor should send
        token = server.grant().access_token
        jira = await accessible_sites(replace(JIRA, sites_url=server.sites_url), token)
        confluence = await accessible_sites(replace(CONFLUENCE, sites_url=server.sites_url), token)
    assert [site.url for site in jira] == [
        "https://acme.atlassian.net",
        "https://open.atlassian.net",
        "https://other.atlassian.net",
    ]
    assert jira[0] == replace(ACME, scopes=("read:jira-work", "read:page:confluence"))
    assert [site.id for site in confluence] == [ACME.id, "4", "3"]


@pytest.mark.anyio
async def test_a_login_with_the_second_family_of_scopes_opens_sites_as_well() -> None:
    with AuthorizationServer(sites=(listed(ACME, "read:issue-details:jira", "read:jql:jira"),)) as server:
        profile = replace(JIRA, sites_url=server.sites_url)
        [site] = await accessible_sites(profile, server.grant().access_token)
    assert site.id == ACME.id


@pytest.mark.anyio
async def test_a_refused_or_odd_list_is_told() -> None:
    with AuthorizationServer() as server:
        profile = replace(JIRA, sites_url=server.sites_url)
        with pytest.raises(NotAuthenticated):
            await accessible_sites(profile, "never-issued")
        server.sites = {"error": "odd"}  # pyright: ignore[reportAttributeAccessIssue] - what no vendor should send
        with pytest.raises(BadAnswer):
            await accessible_sites(replace(profile, sites_url=server.api_url), server.grant().access_token)


@pytest.mark.anyio
async def test_a_vendor_without_sites_lists_none() -> None:
    assert await accessible_sites(SLACK_USER, "token") == []


@pytest.mark.parametrize(
    "wanted",
    [
        "https://acme.atlassian.net",
        "https://ACME.atlassian.net/",
        "acme.atlassian.net",
        " https://acme.atlassian.net/browse/PROJ-1?filter=2 ",
        "https://acme.atlassian.net:443/wiki",
        "acme.atlassian.net.",
        "11111111-aaaa",
    ],
)
def test_a_site_is_found_by_any_of_its_addresses(wanted: str) -> None:
    assert choose_site(JIRA, [OTHER, ACME], wanted) == ACME


@pytest.mark.parametrize(
    "wanted",
    [
        "https://acme.atlassian.net.evil.example",
        "https://evil.example/acme.atlassian.net",
        "https://user@acme.atlassian.net",
        "https://acme.atlassian.net:8443",
        "https://acme.atlassian.net:port",
        "ftp://acme.atlassian.net",
        "acme",
        "https://[broken",
    ],
)
def test_what_only_looks_like_a_site_is_refused(wanted: str) -> None:
    with pytest.raises(SiteUnclear, match="JIRA_URL") as caught:
        choose_site(JIRA, [ACME, OTHER], wanted)
    assert "https://acme.atlassian.net, https://other.atlassian.net" in str(caught.value)
    assert caught.value.sites == (ACME, OTHER)


def test_of_several_sites_none_is_taken_silently() -> None:
    with pytest.raises(SiteUnclear, match=r"several sites: https://acme.*CONFLUENCE_URL"):
        choose_site(CONFLUENCE, [ACME, OTHER])


def test_the_only_site_is_clear() -> None:
    assert choose_site(JIRA, [ACME], "  ") == ACME


def test_a_login_that_opened_nothing_says_how_to_open_something() -> None:
    with pytest.raises(SiteUnclear, match=r"opened no Atlassian site.*mcp-suite auth login jira"):
        choose_site(JIRA, [], "acme.atlassian.net")


def test_the_choice_is_kept_with_the_tokens() -> None:
    tokens = with_site(TokenSet(extra={"account": "me"}), ACME)
    assert tokens.extra == {"account": "me", "cloud_id": ACME.id, "site": ACME.url}
