import re
from pathlib import Path

import pytest

from connector_kit.access import Access
from connector_kit.errors import NotConfigured
from connector_kit.oauth.settings import client_of, credential_of
from snowflake_mcp.settings import SnowflakeSettings

KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
LOCKED = KEY.replace("PRIVATE", "ENCRYPTED PRIVATE")


def load(**variables: str) -> SnowflakeSettings:
    return SnowflakeSettings.load(environ={"MCP_SUITE_ENV_DIR": "/nowhere", **variables})


def missing(**variables: str) -> list[str]:
    return [item.variable for item in load(**variables).missing()]


def key_file(folder: Path, text: str) -> str:
    path = folder / "key.p8"
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def test_nothing_set_names_all_that_a_live_account_needs() -> None:
    assert missing() == ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_TOKEN"]
    assert missing(SNOWFLAKE_SANDBOX="1") == []
    load(SNOWFLAKE_SANDBOX="1").require()


def test_all_variables_are_read() -> None:
    settings = load(
        SNOWFLAKE_ACCOUNT="org-acc_one",
        SNOWFLAKE_USER="ann",
        SNOWFLAKE_TOKEN="secret-of-ann",
        SNOWFLAKE_ROLE="reader",
        SNOWFLAKE_WAREHOUSE="wh",
        SNOWFLAKE_DATABASE="My Db",
        SNOWFLAKE_SCHEMA="public",
        SNOWFLAKE_ROLES="reader, writer",
        SNOWFLAKE_WAREHOUSES="wh",
        SNOWFLAKE_DATABASES='pm_os_analytics, sales.public, "My Db"',
        SNOWFLAKE_FUNCTIONS="db.s.f,ai_complete",
        SNOWFLAKE_FILES_DIR="/srv/snowflake files",
        SNOWFLAKE_TIMEOUT="20",
        SNOWFLAKE_STATEMENT_TIMEOUT="60",
        SNOWFLAKE_ACCESS="write",
        SNOWFLAKE_TOOLSETS="cortex",
    )
    assert (settings.role, settings.warehouse, settings.database) == ("READER", "WH", '"My Db"')
    assert (settings.default_schema, settings.roles, settings.warehouses) == ("PUBLIC", ("READER", "WRITER"), ("WH",))
    assert settings.databases == ("PM_OS_ANALYTICS", "SALES.PUBLIC", '"My Db"')
    assert settings.functions == ("DB.S.F", "AI_COMPLETE")
    assert settings.files_dir == Path("/srv/snowflake files")
    assert (settings.timeout, settings.statement_timeout, settings.access) == (20, 60, Access.WRITE)
    assert settings.host == settings.secret_host() == "org-acc-one.snowflakecomputing.com"
    assert settings.secret_account() == "ann"
    assert settings.switched_on("cortex")
    assert "secret-of-ann" not in repr(settings)
    settings.require()


def test_the_way_to_sign_in_follows_from_what_is_set(tmp_path: Path) -> None:
    assert load().way == "pat"
    assert load(SNOWFLAKE_PRIVATE_KEY_FILE=str(tmp_path / "key.p8")).way == "key_pair"
    assert load(SNOWFLAKE_CLIENT_ID="app", SNOWFLAKE_PRIVATE_KEY_FILE="/key.p8").way == "oauth"
    assert load(SNOWFLAKE_AUTHENTICATOR="external_browser", SNOWFLAKE_TOKEN="x").way == "external_browser"
    assert load(SNOWFLAKE_CONNECTION="dev", SNOWFLAKE_AUTHENTICATOR="pat").way == "connection"


@pytest.mark.parametrize(
    ("variables", "lacking"),
    [
        (
            {"SNOWFLAKE_AUTHENTICATOR": "key_pair"},
            ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY_FILE"],
        ),
        ({"SNOWFLAKE_AUTHENTICATOR": "external_browser"}, ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"]),
        ({"SNOWFLAKE_AUTHENTICATOR": "oauth"}, ["SNOWFLAKE_ACCOUNT"]),
        ({"SNOWFLAKE_CLIENT_ID": "app"}, ["SNOWFLAKE_ACCOUNT"]),
        ({"SNOWFLAKE_CONNECTION": "dev"}, []),
    ],
)
def test_each_way_names_what_it_lacks(variables: dict[str, str], lacking: list[str]) -> None:
    settings = load(**variables)
    assert [item.variable for item in settings.missing()] == lacking
    if lacking:
        with pytest.raises(NotConfigured, match=lacking[0]):
            settings.require()
    else:
        settings.require()


def test_without_an_app_the_one_that_every_account_has_is_logged_in_to() -> None:
    settings = load(
        SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_AUTHENTICATOR="oauth", SNOWFLAKE_ROLE="reader", SNOWFLAKE_USER="ann"
    )
    client = client_of(settings)
    assert (settings.login, client.client_id) == ("oauth", "LOCAL_APPLICATION")
    assert client.client_secret is not None
    profile = settings.oauth_profile()
    assert profile.token_url == "https://org-acc.snowflakecomputing.com/oauth/token-request"
    assert "session:role:READER" in profile.base_scopes
    assert credential_of(settings).host == "org-acc.snowflakecomputing.com"
    settings.require()


def test_a_stand_in_on_this_machine_plays_the_token_endpoint() -> None:
    settings = load(
        SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_AUTHENTICATOR="oauth", SNOWFLAKE_API_URL="http://127.0.0.1:8080/x"
    )
    profile = settings.oauth_profile()
    assert settings.secret_host() == "127.0.0.1:8080"
    assert profile.token_url == "http://127.0.0.1:8080/oauth/token-request"
    assert load(SNOWFLAKE_API_URL="http://[::1]:80").api_url == "http://[::1]:80"


def test_a_token_is_looked_up_only_for_the_way_that_uses_it() -> None:
    pat = load(SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_USER="ann")
    keys = load(SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_USER="ann", SNOWFLAKE_AUTHENTICATOR="key_pair")
    assert pat.secret_key("token") is not None
    assert pat.secret_key("private_key_passphrase") is None
    assert keys.secret_key("token") is None
    assert keys.secret_key("private_key_passphrase") is not None


@pytest.mark.parametrize(
    ("text", "passphrase", "told"),
    [
        (KEY, "", ""),
        (LOCKED, "open sesame", ""),
        (LOCKED, "", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: is needed"),
        ("not a key", "", "PEM"),
        (None, "", "is not there"),
    ],
)
def test_a_key_is_looked_at_before_it_is_used(tmp_path: Path, text: str | None, passphrase: str, told: str) -> None:
    path = key_file(tmp_path, text) if text is not None else str(tmp_path / "key.p8")
    settings = load(
        SNOWFLAKE_ACCOUNT="org-acc",
        SNOWFLAKE_USER="ann",
        SNOWFLAKE_PRIVATE_KEY_FILE=path,
        SNOWFLAKE_PRIVATE_KEY_PASSPHRASE=passphrase,
    )
    if not told:
        settings.require()
        return
    with pytest.raises(NotConfigured, match=re.escape(told)):
        settings.require()


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = Path(key_file(tmp_path, KEY))
    path.chmod(0o644)
    settings = load(SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_USER="ann", SNOWFLAKE_PRIVATE_KEY_FILE=str(path))
    with pytest.raises(NotConfigured, match="SNOWFLAKE_PRIVATE_KEY_FILE"):
        settings.require()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SNOWFLAKE_AUTHENTICATOR", "password"),
        ("SNOWFLAKE_PRIVATE_KEY_FILE", "key.p8"),
        ("SNOWFLAKE_CONNECTIONS_FILE", "connections.toml"),
        ("SNOWFLAKE_FILES_DIR", "files"),
        ("SNOWFLAKE_ROLE", '"a'),
        ("SNOWFLAKE_SCHEMA", "a\x00b"),
        ("SNOWFLAKE_DATABASES", "a.b.c"),
        ("SNOWFLAKE_DATABASES", "a b"),
        ("SNOWFLAKE_FUNCTIONS", "f()"),
        ("SNOWFLAKE_TIMEOUT", "0"),
        ("SNOWFLAKE_STATEMENT_TIMEOUT", "0"),
        ("SNOWFLAKE_API_URL", "https://evil.example"),
        ("SNOWFLAKE_TOOLSETS", "everything"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_variable(variable: str, value: str) -> None:
    with pytest.raises(NotConfigured, match=variable):
        load(**{variable: value})


def test_an_account_that_is_none_is_told_before_anything_is_sent() -> None:
    settings = load(SNOWFLAKE_ACCOUNT="evil.example/path?", SNOWFLAKE_USER="ann", SNOWFLAKE_TOKEN="t")
    assert settings.host == ""
    with pytest.raises(NotConfigured, match="SNOWFLAKE_ACCOUNT"):
        settings.require()


def test_a_connections_file_that_is_not_there_is_told() -> None:
    settings = load(SNOWFLAKE_CONNECTION="dev", SNOWFLAKE_CONNECTIONS_FILE="/nowhere/connections.toml")
    with pytest.raises(NotConfigured, match="SNOWFLAKE_CONNECTIONS_FILE"):
        settings.require()


def test_no_folder_is_no_folder() -> None:
    assert SnowflakeSettings(files_dir=Path(" ")).files_dir is None


def test_what_the_environment_says_of_one_account_does_not_reach_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path))
    for name in ("USER", "ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "CONNECTION", "AUTHENTICATOR", "API_URL", "TOKEN"):
        monkeypatch.setenv(f"SNOWFLAKE_{name}", "http://127.0.0.1:1" if name == "API_URL" else "pat")
    monkeypatch.setenv("SNOWFLAKE_ACCESS", "write")
    path = tmp_path / ".env.snowflake.prod"
    path.write_text("SNOWFLAKE_ACCOUNT=org-prod\nSNOWFLAKE_USER=ann\n")
    path.chmod(0o600)
    prod = SnowflakeSettings.load(account="prod")
    assert (prod.user, prod.role, prod.connection, prod.api_url, prod.token) == ("ann", None, None, None, None)
    assert (prod.database, prod.default_schema, prod.warehouse, prod.access) == (None, None, None, Access.WRITE)


@pytest.mark.parametrize("given", [{}, {"SNOWFLAKE_CLIENT_ID": "LOCAL_APPLICATION"}])
def test_the_secret_of_everybodys_app_is_none(given: dict[str, str]) -> None:
    settings = load(SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_AUTHENTICATOR="oauth", **given)
    client = client_of(settings)
    assert client.client_secret is not None
    assert client.client_secret.get_secret_value() == "LOCAL_APPLICATION"
    assert settings.secret_key("client_secret") is None
    assert settings.secrets() == []
    own = load(SNOWFLAKE_ACCOUNT="org-acc", SNOWFLAKE_CLIENT_ID="app", SNOWFLAKE_CLIENT_SECRET="of-the-app")
    assert own.secrets() == ["of-the-app"]
    assert own.secret_key("client_secret") is not None
