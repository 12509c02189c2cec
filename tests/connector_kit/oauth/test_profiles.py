"""What the vendors' profiles say, and that nothing else knows a vendor by name."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

import connector_kit.oauth
from connector_kit.access import Access
from connector_kit.addresses import base_address
from connector_kit.errors import NotConfigured
from connector_kit.oauth.pkce import Proof, new_state, same
from connector_kit.oauth.profiles import (
    ATLASSIAN,
    CONFLUENCE,
    JIRA,
    JIRA_GRANULAR,
    SLACK_BOT,
    SLACK_USER,
    SNOWFLAKE,
    SNOWFLAKE_LOCAL_APPLICATION,
    OAuthClient,
    OAuthProfile,
    snowflake,
)

PROFILES = [ATLASSIAN, JIRA, JIRA_GRANULAR, CONFLUENCE, SLACK_BOT, SLACK_USER, snowflake("org-account")]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_addresses_are_encrypted_and_hold_no_query(profile: OAuthProfile) -> None:
    revocation = profile.revocation.url if profile.revocation else None
    for url in (profile.authorize_url, profile.token_url, profile.device_url, profile.sites_url, revocation):
        if url is not None:
            assert url.startswith("https://")
            base_address(url)


def test_no_code_but_the_profiles_knows_a_vendor() -> None:
    package = Path(connector_kit.oauth.__path__[0])
    for source in (*package.glob("*.py"), package / "profiles" / "profile.py"):
        statements = re.sub(r'""".*?"""|#[^\n]*', "", source.read_text(), flags=re.DOTALL)
        assert not re.search(r"\b(atlassian|jira|confluence|slack|snowflake)\b", statements, re.IGNORECASE), source


def test_reading_is_asked_for_by_default_and_more_only_on_request() -> None:
    assert JIRA.scopes_for() == ("offline_access", "read:jira-work", "read:jira-user")
    assert JIRA.scopes_for(Access.WRITE) == (*JIRA.scopes_for(), "write:jira-work")
    assert JIRA.scopes_for(Access.DELETE) == JIRA.scopes_for(Access.WRITE)
    more = set(JIRA_GRANULAR.scopes_for(Access.DELETE)) - set(JIRA_GRANULAR.scopes_for(Access.WRITE))
    assert more == set(JIRA.deleting)
    assert "delete:issue:jira" in more
    assert all(scope.startswith("delete:") for scope in more)
    for profile in PROFILES:
        assert not any(scope.startswith(("write:", "delete:")) for scope in profile.scopes_for())
        assert not any(scope.endswith(":write") for scope in profile.scopes_for())
        assert len(profile.scopes_for(Access.DELETE)) < 50


def test_lacking_scopes_are_named() -> None:
    granted = ("read:jira-work", "read:jira-user")
    assert JIRA.missing_scopes(granted) == ()
    assert JIRA.missing_scopes(granted, Access.WRITE) == ("write:jira-work",)
    assert JIRA.missing_scopes((), Access.WRITE) == ()


def test_a_scope_of_the_first_family_is_covered_by_all_that_stand_for_it() -> None:
    granular = set(JIRA_GRANULAR.scopes_for())
    assert JIRA.lacking(granular, ("read:jira-work", "read:jira-user")) == ()
    assert JIRA.lacking(granular - {"read:status:jira"}, ("read:jira-work",)) == ("read:status:jira",)
    assert JIRA.missing_scopes(granular) == ()


def test_deleting_has_a_scope_of_its_own_in_the_second_family_only() -> None:
    granular = JIRA_GRANULAR.scopes_for(Access.WRITE)
    assert JIRA.missing_scopes(granular, Access.WRITE) == ()
    assert JIRA.missing_scopes(granular, Access.DELETE) == JIRA.deleting
    assert JIRA.lacking(granular, ["write:jira-work"], destroys=True) == JIRA.deleting
    assert JIRA.missing_scopes(JIRA_GRANULAR.scopes_for(Access.DELETE), Access.DELETE) == ()
    assert JIRA.missing_scopes(JIRA.scopes_for(Access.DELETE), Access.DELETE) == ()
    assert JIRA.lacking(["read:jira-work"], ["write:jira-work"], destroys=True) == ("write:jira-work",)


def test_what_a_login_lacks_is_told_in_the_names_of_its_own_family() -> None:
    granular = JIRA_GRANULAR.scopes_for()
    assert JIRA.lacking(granular, ("read:jira-work", "write:jira-work")) == JIRA_GRANULAR.write_scopes
    assert JIRA.lacking(granular, ("manage:jira-project",)) == ("manage:jira-project",)
    mixed = ("read:jira-work", *JIRA_GRANULAR.write_scopes[:3])
    assert JIRA.lacking(mixed, ("read:jira-work", "write:jira-work")) == ("write:jira-work",)


def test_a_login_that_names_no_scopes_is_not_doubted() -> None:
    assert JIRA.lacking((), ("write:jira-work",)) == ()
    assert JIRA.lacking(("offline_access",), ("write:jira-work",)) == ("write:jira-work",)


def test_an_error_means_what_the_vendor_means_by_it() -> None:
    assert SNOWFLAKE.meaning("access_denied") == "denied"
    assert JIRA.meaning("access_denied") == "wrong_client"
    assert SLACK_USER.meaning("invalid_refresh_token") == "dead_grant"
    assert SLACK_USER.meaning("heard_of_never") is None


@pytest.mark.parametrize(
    ("account", "host"),
    [
        ("ORG-ACCOUNT", "org-account.snowflakecomputing.com"),
        ("my_org-my_account", "my-org-my-account.snowflakecomputing.com"),
        ("xy12345.eu-central-1", "xy12345.eu-central-1.snowflakecomputing.com"),
        ("https://org-account.snowflakecomputing.com/", "org-account.snowflakecomputing.com"),
        ("org-account.snowflakecomputing.cn", "org-account.snowflakecomputing.cn"),
    ],
)
def test_a_snowflake_account_becomes_its_host(account: str, host: str) -> None:
    profile = snowflake(account)
    assert profile.authorize_url == f"https://{host}/oauth/authorize"
    assert profile.token_url == f"https://{host}/oauth/token-request"
    assert profile.scopes_for() == ("refresh_token",)


def test_a_role_limits_the_session() -> None:
    assert snowflake("org-account", "ANALYST").scopes_for() == ("refresh_token", "session:role:ANALYST")


@pytest.mark.parametrize("account", ["", "evil.example/x", "a@b", "a/b", "a..b", "-", "a b", "x" * 250, "host:8080"])
def test_what_is_no_snowflake_account_is_refused(account: str) -> None:
    with pytest.raises(NotConfigured, match="SNOWFLAKE_ACCOUNT"):
        snowflake(account)


@pytest.mark.parametrize("role", ["A B", "A,B", 'A"B', "é"])
def test_what_is_no_plain_role_is_refused(role: str) -> None:
    with pytest.raises(NotConfigured, match="SNOWFLAKE_ROLE"):
        snowflake("org-account", role)


def test_a_client_shows_no_secret_and_names_what_it_lacks() -> None:
    client = OAuthClient("id", SecretStr("very-secret"))
    assert "very-secret" not in repr(client)
    client.require(JIRA)
    SNOWFLAKE_LOCAL_APPLICATION.require(SNOWFLAKE)
    OAuthClient("id").require(SLACK_USER)
    with pytest.raises(NotConfigured, match=r"JIRA_CLIENT_SECRET.*setup_guides/jira\.md.*mcp-suite auth login jira"):
        OAuthClient("id").require(JIRA)


def test_the_challenge_is_that_of_rfc_7636() -> None:
    proof = Proof("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert proof.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert proof.verifier not in repr(proof)


def test_every_login_has_its_own_proof_and_state() -> None:
    assert 43 <= len(Proof.new().verifier) <= 128
    assert len({Proof.new().verifier for _ in range(50)} | {new_state() for _ in range(50)}) == 100


def test_secrets_are_compared_whatever_they_hold() -> None:
    assert same("abc", "abc")
    for other in ("", "ab", "abcd", "ÄÖ", "\ud800"):
        assert not same(other, "abc")
