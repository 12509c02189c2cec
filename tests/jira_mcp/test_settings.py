import pytest
from pydantic import SecretStr

from atlassian_kit.settings import site_address
from connector_kit.access import Access
from connector_kit.errors import NotConfigured
from jira_mcp.settings import JiraSettings


def load(**variables: str) -> JiraSettings:
    return JiraSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})


def test_nothing_set_names_all_that_a_live_site_needs() -> None:
    assert [item.variable for item in load().missing()] == ["JIRA_URL", "JIRA_EMAIL", "JIRA_API_TOKEN"]
    assert load(JIRA_SANDBOX="1").missing() == []


def test_all_variables_are_read() -> None:
    settings = load(
        JIRA_URL="https://Example.atlassian.net/jira/software/projects/PROJ",
        JIRA_EMAIL="ann@example.com",
        JIRA_API_TOKEN="secret-token",
        JIRA_CLOUD_ID="7c0d6c5e-3a52-4c0b-9a55-2f1f6a0e4d11",
        JIRA_PROJECTS="proj, OPS,",
        JIRA_REQUESTS_PER_MINUTE="30",
        JIRA_TIMEOUT="20",
        JIRA_ACCESS="write",
    )
    assert settings.url == "https://example.atlassian.net"
    assert settings.projects == ("PROJ", "OPS")
    assert (settings.requests_per_minute, settings.timeout) == (30, 20)
    assert settings.access is Access.WRITE
    assert settings.secret_host() == "example.atlassian.net"
    assert "secret-token" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.atlassian.net", "https://example.atlassian.net"),
        (" https://example.atlassian.net/ ", "https://example.atlassian.net"),
        ("https://example.atlassian.net/browse/PROJ-1?x=1#y", "https://example.atlassian.net"),
        ("https://example.atlassian.net:443", "https://example.atlassian.net"),
        ("https://jira.example.com:8443/x", "https://jira.example.com:8443"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_reduced_to_the_site(text: str, address: str) -> None:
    assert site_address(text) == address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://example.atlassian.net", "unencrypted"),
        ("ftp://example.atlassian.net", "unencrypted"),
        ("https://ann:pw@example.atlassian.net", "user name or password"),
        ("https://api.atlassian.com/ex/jira/abc", "JIRA_CLOUD_ID"),
        ("https://example", "not the address of a site"),
        ("https://exa mple.net", "not the address of a site"),
        ("https://example.net:port", "not the address of a site"),
        ("https://-bad-.net", "not the address of a site"),
        ("", "not the address of a site"),
    ],
)
def test_an_address_that_is_no_site_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        site_address(text)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JIRA_URL", "http://example.com"),
        ("JIRA_CLOUD_ID", "../admin"),
        ("JIRA_PROJECTS", "PROJ, x/../y"),
        ("JIRA_TIMEOUT", "60"),
        ("JIRA_REQUESTS_PER_MINUTE", "0"),
    ],
)
def test_a_wrong_value_is_told_by_its_variable(variable: str, value: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        load(**{variable: value})
    assert set(caught.value.fields) == {variable}


def test_a_client_id_means_a_login_and_either_name_of_the_site_will_do() -> None:
    settings = JiraSettings(
        client_id="app", client_secret=SecretStr("s3cret-of-app"), cloud_url="example.atlassian.net"
    )
    assert settings.missing() == []
    assert settings.url == "https://example.atlassian.net"
    assert settings.oauth_profile().token_url == "https://auth.atlassian.com/oauth/token"
    here = JiraSettings(client_id="app", url="http://127.0.0.1:8100")
    assert here.oauth_profile().token_url == "http://127.0.0.1:8100/oauth/token"


def test_two_names_of_the_site_must_not_disagree() -> None:
    environ = {"JIRA_URL": "https://a.atlassian.net", "JIRA_CLOUD_URL": "https://b.atlassian.net"}
    with pytest.raises(NotConfigured, match="JIRA_CLOUD_URL: names another site than JIRA_URL"):
        JiraSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **environ})
