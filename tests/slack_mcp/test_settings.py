from pathlib import Path

import pytest

from connector_kit.access import Access
from connector_kit.errors import NotConfigured
from slack_mcp.settings import SlackSettings, kind_of, token_problem

USER = "xoxp-1111111111-2222222222"
BOT = "xoxb-1111111111-2222222222"


def load(**variables: str) -> SlackSettings:
    return SlackSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})


def test_nothing_set_names_all_that_a_live_workspace_needs() -> None:
    assert [item.variable for item in load().missing()] == ["SLACK_TOKEN"]
    assert load(SLACK_SANDBOX="1").missing() == []


def test_all_variables_are_read() -> None:
    settings = load(
        SLACK_TOKEN=USER,
        SLACK_CHANNELS="#general, C0123456789,@ann,",
        SLACK_READ_CHANNELS="random",
        SLACK_FILES_DIR="/srv/slack files",
        SLACK_TIMEOUT="20",
        SLACK_ACCESS="write",
    )
    assert settings.channels == ("#general", "C0123456789", "@ann")
    assert settings.read_channels == ("random",)
    assert settings.files_dir == Path("/srv/slack files")
    assert (settings.timeout, settings.access, settings.kind) == (20, Access.WRITE, "user")
    assert settings.secret_host() == "slack.com"
    assert USER not in repr(settings)
    settings.require()


@pytest.mark.parametrize("token", [USER, BOT, f"xoxe.{USER}", f"xoxe.{BOT}"])
def test_tokens_of_people_and_of_bots_are_taken(token: str) -> None:
    load(SLACK_TOKEN=token).require()
    assert kind_of(token) == ("bot" if "xoxb" in token else "user")


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("xapp-1-A0123-4567", "app-level"),
        ("xoxe-1-abcdefghij", "SLACK_REFRESH_TOKEN"),
        ("xoxc-111-222-abcdef", "browser"),
        ("xoxd-abcdefghij", "cookie"),
        ("xoxs-111-222-abcdef", "Slack client"),
        ("xwfp-111-222-abcdef", "workflow"),
        ("xoxb-111 222 333 444", "no blanks"),
        ("secret-of-something-else", "begins with xoxp-"),
    ],
)
def test_a_token_of_another_kind_is_refused_and_never_quoted(token: str, told: str) -> None:
    assert told in token_problem(token)
    with pytest.raises(NotConfigured) as caught:
        load(SLACK_TOKEN=token).require()
    assert told in caught.value.fields["SLACK_TOKEN"]
    assert token not in str(caught.value)


def test_a_client_id_means_the_login_in_the_browser_as_whom_the_setting_says() -> None:
    settings = load(SLACK_CLIENT_ID="111.222", SLACK_TOKEN_KIND="bot", SLACK_TOKEN=USER)
    assert (settings.login, settings.kind) == ("oauth", "bot")
    assert [item.variable for item in settings.missing()] == ["SLACK_CLIENT_SECRET"]
    assert settings.oauth_profile().authorize_url == "https://slack.com/oauth/v2/authorize"
    person = load(SLACK_CLIENT_ID="111.222")
    assert person.missing() == []
    assert person.oauth_profile().token_url == "https://slack.com/api/oauth.v2.user.access"


def test_a_stand_in_on_this_machine_plays_all_of_slacks_hosts() -> None:
    settings = load(SLACK_CLIENT_ID="111.222", SLACK_API_URL="http://127.0.0.1:8080/api/")
    profile = settings.oauth_profile()
    assert settings.api_url == "http://127.0.0.1:8080"
    assert settings.secret_host() == "127.0.0.1:8080"
    addresses = (profile.authorize_url, profile.token_url, profile.revocation.url if profile.revocation else "")
    assert all(address.startswith("http://127.0.0.1:8080/") for address in addresses)


def test_nothing_leads_a_token_to_another_host() -> None:
    with pytest.raises(NotConfigured, match=r"SLACK_API_URL.*on this machine"):
        load(SLACK_TOKEN=USER, SLACK_API_URL="https://slack.com.evil.example/api")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_CHANNELS", "<!channel>"),
        ("SLACK_READ_CHANNELS", "two words"),
        ("SLACK_FILES_DIR", "uploads"),
        ("SLACK_TOKEN_KIND", "admin"),
        ("SLACK_TIMEOUT", "0"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_variable(variable: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=variable):
        load(**{variable: value})


def test_no_folder_is_no_folder() -> None:
    assert load(SLACK_FILES_DIR="  ").files_dir is None
    assert SlackSettings(files_dir=None).files_dir is None
