"""How a session is begun: the settings as arguments of the connector.

https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-connect
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from connector_kit.private_files import read_private
from snowflake_mcp.client.driver import Arguments
from snowflake_mcp.guard.names import written
from snowflake_mcp.models import Context
from snowflake_mcp.settings import SnowflakeSettings, Way

LOGIN_SECONDS: Final = 30
BROWSER_SECONDS: Final = 180
"""How long a person has to sign in in the browser."""

_AUTHENTICATORS: Final[dict[Way, str]] = {
    "pat": "PROGRAMMATIC_ACCESS_TOKEN",
    "key_pair": "SNOWFLAKE_JWT",
    "oauth": "OAUTH",
    "external_browser": "EXTERNALBROWSER",
}

COMMON: Final[Arguments] = {
    "application": "MCP_Integration_Suite",
    "paramstyle": "qmark",
    "connect_timeout": 10,
    "request_timeout": 30,
    # Our own patience is shorter; this ends what the connector would try for ever.
    "query_timeout": 60,
    # The connector's own store of tokens is not ours to fill.
    "client_store_temporary_credential": False,
    # What was submitted goes on when the server ends.
    "enable_server_session_keep_alive_auto_detection": True,
    "logout_total_timeout_seconds": 3,
    "log_query_text": False,
    "log_query_parameters": False,
    # No reports on how the connector is used, and no look at the cloud that this machine may be in.
    "session_parameters": {"CLIENT_TELEMETRY_ENABLED": "false"},
    "platform_detection_timeout_seconds": 0,
}


def live_arguments(
    settings: SnowflakeSettings, context: Context, *, access_token: str = ""
) -> dict[str, str | int | bool | bytes | Mapping[str, str]]:
    """The arguments of a login to the account of complete settings; `access_token` is that of an OAuth login.

    Blocks while the key is read. Raises NotConfigured where the key's file is not private.
    """
    way = settings.way
    arguments: dict[str, str | int | bool | bytes | Mapping[str, str]] = {
        **COMMON,
        **placed(context, settings),
        "login_timeout": BROWSER_SECONDS if way == "external_browser" else LOGIN_SECONDS,
    }
    if way == "connection":
        arguments["connection_name"] = settings.connection or ""
        if settings.connections_file:
            arguments["connections_file_path"] = str(settings.connections_file)
        return arguments
    arguments["authenticator"] = _AUTHENTICATORS[way]
    arguments["account"] = settings.account_identifier or ""
    if settings.user:
        arguments["user"] = settings.user
    if settings.api_url:
        arguments |= _stand_in(settings.api_url)
    else:
        arguments["host"] = settings.host
    match way:
        case "pat":
            arguments["token"] = settings.token.get_secret_value() if settings.token else ""
        case "oauth":
            arguments["token"] = access_token
        case "key_pair":
            assert settings.private_key_file  # or `require` would have raised
            arguments["private_key"] = read_private(settings.private_key_file).decode("ascii", "replace")
            if settings.private_key_passphrase:
                arguments["private_key_password"] = settings.private_key_passphrase.get_secret_value()
        case "external_browser":
            pass
    return arguments


def placed(context: Context, settings: SnowflakeSettings) -> dict[str, str]:
    """A context as arguments; what it leaves open is the user's default.

    A role that is named is all that the session has, unless the settings say otherwise: with the user's other roles
    beside it, one that only reads would be no fence.
    """
    named = {
        "role": context.role,
        "warehouse": context.warehouse,
        "database": context.database,
        "schema": context.schema,
    }
    arguments = {name: written(value) for name, value in named.items() if value}
    if others := settings.secondary_roles or ("none" if context.role else ""):
        arguments["secondary_roles"] = others.upper()
    return arguments


def _stand_in(url: str) -> dict[str, str | int | bool]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname or "",
        "port": parts.port or (443 if parts.scheme == "https" else 80),
        "protocol": parts.scheme,
        # A proxy that the environment names would be asked for a place on this very machine.
        "use_proxy_env": False,
    }
