"""The sites of one Atlassian account: which there are, what tools may touch on each, and where its secrets go."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr, ValidationError

from atlassian_kit.settings import AtlassianSettings, limits_by_site
from connector_kit.access import Access
from connector_kit.errors import InvalidInput, NotConfigured
from jira_mcp import sandbox
from jira_mcp.settings import JiraSettings

A, B, C = (f"https://{name}.atlassian.net" for name in ("alpha", "beta", "gamma"))
CLOUD_ID = "7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11"


def load(**variables: str) -> JiraSettings:
    return JiraSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})


def wrong(**variables: str) -> dict[str, str]:
    with pytest.raises(NotConfigured) as caught:
        load(**variables)
    return dict(caught.value.fields)


def test_one_site_has_no_settings_of_its_own() -> None:
    for settings in (load(), load(JIRA_URL=A), load(JIRA_URL=A, JIRA_SITES=f"{A}/browse/X-1,{A}")):
        assert settings.by_site() == {}
        assert len(settings.addresses) < 2


def test_each_site_has_the_same_login_and_an_address_of_its_own() -> None:
    settings = load(
        JIRA_URL=A,
        JIRA_SITES=f" beta.atlassian.net , {C}/jira/your-work?x=1,{B}",
        JIRA_EMAIL="ann@example.com",
        JIRA_API_TOKEN="secret-token",
        JIRA_CLOUD_ID=CLOUD_ID,
        JIRA_ACCESS="write",
        JIRA_TIMEOUT="20",
    )
    sites = settings.by_site()
    assert {name: one.url for name, one in sites.items()} == {"alpha": A, "beta": B, "gamma": C}
    assert dict(settings.addresses) == {"alpha": A, "beta": B, "gamma": C}
    for one in sites.values():
        assert one.api_token == SecretStr("secret-token")
        assert (one.email, one.access, one.timeout) == ("ann@example.com", Access.WRITE, 20)
        assert one.by_site() == {}, "a site's settings are for one site"
        assert one.missing() == []
        assert one.secret_host() == "alpha.atlassian.net"
        assert one.home == A
    assert [one.cloud_id for one in sites.values()] == [CLOUD_ID, None, None]
    assert [one.is_scoped for one in sites.values()] == [True] * 3
    assert len({one.fingerprint() for one in sites.values()}) == 3


def test_another_name_of_the_address_counts_as_well() -> None:
    settings = load(JIRA_CLOUD_URL=A, JIRA_SITES=B)
    assert [one.url for one in settings.by_site().values()] == [A, B]
    assert {one.cloud_url for one in settings.by_site().values()} == {None}


def test_further_sites_belong_to_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_SITES", B)
    assert "JIRA_SITES" not in JiraSettings.environment("work")
    assert "JIRA_SITES" in JiraSettings.environment("")


@pytest.mark.parametrize(
    ("sites", "told"),
    [
        ("http://beta.atlassian.net", "unencrypted"),
        ("https://ann:pw@beta.atlassian.net", "user name or password"),
        (f"https://api.atlassian.com/ex/jira/{CLOUD_ID}", "JIRA_CLOUD_ID"),
        ("beta", "not the address of a site"),
        ("https://evil.example.com", "not one of Atlassian's cloud"),
        ("https://atlassian.net.example.com", "not one of Atlassian's cloud"),
        ("https://xatlassian.net", "not one of Atlassian's cloud"),
        ("https://alpha.atlassian.net.", ""),
        ("http://127.0.0.1:8000", "not one of Atlassian's cloud"),
        ("https://ops.sandbox.invalid", "not one of Atlassian's cloud"),
    ],
)
def test_a_token_is_not_led_to_a_stranger(sites: str, told: str) -> None:
    if not told:
        assert load(JIRA_URL=A, JIRA_SITES=sites).by_site() == {}
        return
    fields = wrong(JIRA_URL=A, JIRA_SITES=f"{B},{sites}", JIRA_EMAIL="a@example.com", JIRA_API_TOKEN="secret-token")
    assert set(fields) == {"JIRA_SITES"}
    assert told in fields["JIRA_SITES"]


def test_only_so_many_sites_stand_in_every_tool() -> None:
    many = [f"https://site-{number}.atlassian.net" for number in range(21)]
    assert len(load(JIRA_URL=A, JIRA_SITES=",".join(many[:20])).by_site()) == 21
    assert "more than 20 sites" in wrong(JIRA_URL=A, JIRA_SITES=",".join(many))["JIRA_SITES"]


def test_a_site_on_this_machine_and_one_elsewhere_have_different_secrets() -> None:
    here = "http://127.0.0.1:8100"
    assert load(JIRA_URL=here, JIRA_SITES="http://127.0.0.1:8200").by_site()
    assert "their secrets differ" in wrong(JIRA_URL=here, JIRA_SITES=B)["JIRA_SITES"]
    # A login goes to the gateway alone, which on this machine is the site itself.
    assert load(JIRA_URL=here, JIRA_SITES="https://two.sandbox.invalid").by_site()
    assert "JIRA_SITES" in wrong(JIRA_URL=A, JIRA_SITES=here)


def test_a_login_is_one_whichever_site_it_is_used_on() -> None:
    here = load(
        JIRA_URL="http://127.0.0.1:8100", JIRA_SITES="https://two.sandbox.invalid", JIRA_CLIENT_ID="app"
    ).by_site()
    profiles = [one.oauth_profile() for one in here.values()]
    assert {urlsplit(profile.token_url).netloc for profile in profiles} == {"127.0.0.1:8100"}
    assert [profile.site_variable for profile in profiles] == ["JIRA_URL", "JIRA_SITES"]
    live = load(JIRA_URL=A, JIRA_SITES=B, JIRA_CLIENT_ID="app").by_site()
    assert {one.oauth_profile().token_url for one in live.values()} == {"https://auth.atlassian.com/oauth/token"}


# What tools may touch


def test_a_list_of_projects_says_something_about_every_site() -> None:
    settings = load(JIRA_URL=A, JIRA_SITES=f"{B},{C}", JIRA_PROJECTS="proj, alpha/two, BETA/proj,gamma/*,gamma/OPS")
    limits = {name: one.projects for name, one in settings.by_site().items()}
    assert limits == {"alpha": ("PROJ", "TWO"), "beta": ("PROJ",), "gamma": ()}


def test_without_a_list_all_projects_of_all_sites_are_open_as_on_one() -> None:
    assert {one.projects for one in load(JIRA_URL=A, JIRA_SITES=B).by_site().values()} == {()}


@pytest.mark.parametrize(
    ("projects", "told"),
    [
        ("PROJ", "says nothing about beta: add beta/KEY .* or beta/\\*"),
        ("beta/PROJ", "says nothing about alpha"),
        ("PROJ,betta/PROJ", "names a site that is none of alpha, beta"),
        ("PROJ,beta/../x", "names a site that is none of"),
        ("PROJ,beta/pro j", "not a list of keys"),
        ("PROJ,beta/", "not a list of keys"),
        ("PROJ,/beta", "names a site that is none of"),
        ("PROJ,beta/x-1", "not a list of keys"),
    ],
)
def test_a_list_that_was_made_for_one_site_does_not_open_another(projects: str, told: str) -> None:
    fields = wrong(JIRA_URL=A, JIRA_SITES=B, JIRA_PROJECTS=projects)
    assert set(fields) == {"JIRA_PROJECTS"}
    assert re.search(told, fields["JIRA_PROJECTS"])


def test_of_one_site_a_list_is_one_of_keys() -> None:
    assert "is not a list of project keys" in wrong(JIRA_URL=A, JIRA_PROJECTS="alpha/PROJ")["JIRA_PROJECTS"]


def test_limits_are_upper_case_and_said_once() -> None:
    found = limits_by_site(["ab", "AB", "one/cd", "two/*"], ["one", "two"], re.compile("[A-Z]{2}"))
    assert found == {"one": ("AB", "CD"), "two": ()}


# Links


@pytest.mark.parametrize(
    "text",
    [
        "PROJ-1",
        " proj-1 ",
        "https://alpha.atlassian.net/browse/PROJ-1",
        "HTTPS://ALPHA.atlassian.net:443/browse/PROJ-1",
        "https://alpha.atlassian.net./jira/board?selectedIssue=PROJ-1",
        "ftp://beta.atlassian.net/browse/PROJ-1",  # no link that anything is read from
    ],
)
def test_what_is_no_link_elsewhere_passes(text: str) -> None:
    for settings in (load(JIRA_URL=A), load(JIRA_URL=A, JIRA_SITES=B).by_site()["alpha"]):
        settings.refuse_link_elsewhere(text, A, what="issue")


def elsewhere(settings: AtlassianSettings, link: str, site_url: str = A) -> str:
    with pytest.raises(InvalidInput) as raised:
        settings.refuse_link_elsewhere(link, site_url, what="issue")
    return str(raised.value)


def test_a_link_into_another_site_names_the_argument_that_reaches_it() -> None:
    two = load(JIRA_URL=A, JIRA_SITES=B).by_site()
    told = elsewhere(two["alpha"], f"{B}/browse/PROJ-1")
    assert told == (
        f"That issue is not on this call's site ({A}); nothing was read or changed. "
        "It is on the site beta: call again with site='beta'."
    )
    assert "site='alpha'" in elsewhere(two["beta"], f"{A}/browse/PROJ-1", B)


@pytest.mark.parametrize(
    "link",
    [
        f"{C}/browse/PROJ-1",
        "https://alpha.atlassian.net.example.com/browse/PROJ-1",
        "https://alpha.atlassian.net@example.com/browse/PROJ-1",
        "https://alpha.atlassian.net:8443/browse/PROJ-1",
        "http://example.com:99999/browse/PROJ-1",
        "https:///browse/PROJ-1",
        "https://[broken/browse/PROJ-1",
    ],
)
def test_a_link_into_a_site_that_nobody_set_names_the_setting(link: str) -> None:
    for settings in (load(JIRA_URL=A), load(JIRA_URL=A, JIRA_SITES=B).by_site()["alpha"]):
        told = elsewhere(settings, link)
        assert "nothing was read or changed" in told
        assert "The user can add the link's site with JIRA_SITES" in told
        assert A in told


# The sandbox


def test_the_sandbox_has_one_site_unless_the_other_is_asked_for() -> None:
    assert load(JIRA_SANDBOX="1").by_site() == {}
    assert load(JIRA_SANDBOX="1", JIRA_URL=A, JIRA_SITES=f"{B},{C}").by_site() == {}
    two = load(JIRA_SANDBOX="1", JIRA_URL=A, JIRA_SITES=f"{B},https://ops.sandbox.invalid").by_site()
    assert {name: one.url for name, one in two.items()} == {
        "pm-os": sandbox.DEFAULT_SITE_URL,
        "ops": "https://ops.sandbox.invalid",
    }
    limited = load(JIRA_SANDBOX="1", JIRA_SITES="ops.sandbox.invalid", JIRA_PROJECTS="PMOS,ops/DESK").by_site()
    assert [one.projects for one in limited.values()] == [("PMOS",), ("DESK",)]


def test_settings_and_sandbox_agree_on_its_sites() -> None:
    assert JiraSettings.sandbox_sites == tuple(sandbox.SITES)


def test_settings_by_hand_are_checked_as_well() -> None:
    fields: dict[str, Any] = {"url": A, "sites": ("https://evil.example.com",)}
    with pytest.raises(ValidationError, match="not one of Atlassian's cloud"):
        JiraSettings(**fields)
