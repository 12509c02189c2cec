"""What a person is told who connects Snowflake: docs.snowflake.com/en/user-guide/authentication-policies.

https://docs.snowflake.com/en/user-guide/programmatic-access-tokens
https://docs.snowflake.com/en/user-guide/key-pair-auth
https://docs.snowflake.com/en/user-guide/oauth-local-applications
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from connector_kit.guidance import AppRequest, Guidance, Way
from snowflake_mcp.private_key import PrivateKey

_SNOWSIGHT = "https://app.snowflake.com"
_MAY_BE_EMPTY = ("role", "warehouse")


def _app(wish: AppRequest) -> str:
    return f"""\
A security integration of your own is needed; an administrator makes it, and gives you its client ID and secret:
       CREATE SECURITY INTEGRATION mcp_integration_suite TYPE = OAUTH ENABLED = TRUE
         OAUTH_CLIENT = CUSTOM OAUTH_CLIENT_TYPE = 'PUBLIC' OAUTH_REDIRECT_URI = '{wish.redirect_uri}'
         OAUTH_ALLOW_NON_TLS_REDIRECT_URI = TRUE OAUTH_ISSUE_REFRESH_TOKENS = TRUE;
       SELECT SYSTEM$SHOW_OAUTH_CLIENT_SECRETS('MCP_INTEGRATION_SUITE');"""


def _objection(name: str, answers: Mapping[str, str]) -> str:
    """What is wrong with an answer, as far as it can be seen from here."""
    text = answers[name]
    if name == "account_identifier":
        return _account_objection(text)
    if name == "private_key_file":
        return _key(answers).problem
    if name == "private_key_passphrase":
        return _key(answers).opening_problem(text)
    return ""


def _account_objection(text: str) -> str:
    from snowflake_mcp.settings import SnowflakeSettings

    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.hostname == urlsplit(_SNOWSIGHT).hostname:
        named = "-".join(part for part in parts.path.split("/")[1:3] if part)
        return f"is a page of Snowsight; its account is {named}" if "-" in named else "is a page of Snowsight"
    return "" if SnowflakeSettings(account_identifier=text).host else "is not an account, like ORGANISATION-ACCOUNT"


def _key(answers: Mapping[str, str]) -> PrivateKey:
    return PrivateKey.at(Path(answers.get("private_key_file", "")).expanduser())


def _spared(answers: Mapping[str, str]) -> Collection[str]:
    """The passphrase of a key that has none."""
    return () if _key(answers).encrypted else ("private_key_passphrase",)


GUIDANCE = Guidance(
    revoking=f"{_SNOWSIGHT}, or with: ALTER USER … REMOVE PROGRAMMATIC ACCESS TOKEN …",
    address="api_url",
    where={
        "account_identifier": (
            "The account is ORGANISATION-ACCOUNT, like MYORG-ANALYTICS. In Snowsight: your name at the bottom left >\n"
            "  Account > View account details > Account identifier; or the host, without .snowflakecomputing.com."
        ),
        "user": "The user name is what SELECT CURRENT_USER() answers. It is not always your e-mail address.",
        "token": (
            f"The token is made in Snowsight ({_SNOWSIGHT}): your name > Settings > Authentication > Programmatic\n"
            "  access tokens > Generate new token. Restrict it to a role that only reads. Snowflake takes it only\n"
            "  from a user with a network policy, unless an authentication policy says otherwise."
        ),
        "private_key_file": (
            "The private key is a file on this machine, which the public one at Snowflake belongs to. To make both:\n"
            "  openssl genrsa 2048 | openssl pkcs8 -topk8 -v2 aes256 -inform PEM -out snowflake_key.p8\n"
            "  openssl rsa -in snowflake_key.p8 -pubout -out snowflake_key.pub && chmod 600 snowflake_key.p8\n"
            "  ALTER USER … SET RSA_PUBLIC_KEY='…'  with what stands between the first and the last line of the .pub"
        ),
        "private_key_passphrase": "The passphrase is the one you chose when the key was made.",
        "role": "Leave the role empty for your default. Better is one that only reads: see setup_guides/snowflake.md.",
        "warehouse": "Leave the warehouse empty for your default. Without one no query runs.",
        "connection": (
            "The connection is the name of a section in Snowflake's connections.toml, like default; `snow connection\n"
            "  list` shows them. It says who signs in, where and how; its file is not changed."
        ),
        "connections_file": "Leave the file empty where it is at its usual place, ~/.snowflake/connections.toml.",
        "client_secret": "Leave the secret empty for an integration of type PUBLIC with none.",
    },
    labels={
        "account_identifier": "Account",
        "user": "User",
        "token": "Programmatic access token",
        "private_key_file": "Private key file",
        "private_key_passphrase": "Passphrase",
        "role": "Role",
        "warehouse": "Warehouse",
        "connection": "Connection",
        "connections_file": "Connections file",
        "client_id": "Client ID",
        "client_secret": "Client secret",
    },
    ways={
        "pat": Way(
            "programmatic access token",
            "made in Snowsight in a minute, for one role; needs a network policy",
            sets={"authenticator": "pat"},
            optional=_MAY_BE_EMPTY,
            page=_SNOWSIGHT,
        ),
        "key_pair": Way(
            "key pair",
            "a private key in a file here, its public half at your user; does not end",
            sets={"authenticator": "key_pair"},
            optional=(*_MAY_BE_EMPTY, "private_key_passphrase"),
            spared=_spared,
            secret="passphrase",  # noqa: S106 - a word
            revoking="Snowflake still takes the key; to end that: ALTER USER … UNSET RSA_PUBLIC_KEY. The file is kept.",
        ),
        "oauth": Way(
            "OAuth in the browser",
            "nothing to prepare: every account has the app; renews itself while it is used",
            "oauth",
            sets={"authenticator": "oauth"},
            optional=("user", *_MAY_BE_EMPTY),
            secret="client secret",  # noqa: S106 - a word
            client_id="LOCAL_APPLICATION",
            revoking=(
                "to end it, an administrator runs: ALTER USER … REMOVE DELEGATED AUTHORIZATIONS FROM SECURITY "
                "INTEGRATION SNOWFLAKE$LOCAL_APPLICATION, or that of your app"
            ),
        ),
        "external_browser": Way(
            "single sign-on in the browser",
            "your company's sign-in page opens at each server's first call; nothing is stored",
            sets={"authenticator": "external_browser"},
            optional=_MAY_BE_EMPTY,
            secret="",
            interactive=True,
        ),
        "connection": Way(
            "connection of Snowflake's connections.toml",
            "what the Snowflake CLI uses already",
            optional=("connections_file", *_MAY_BE_EMPTY),
            secret="",
        ),
    },
    objection=_objection,
    app=_app,
)
