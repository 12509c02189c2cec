"""Who may enter the stand-in, and how a client of any kind is told."""

from __future__ import annotations

from snowflake_mcp.sandbox.launcher import Address
from snowflake_mcp.sandbox.sample import DATABASE, SCHEMA

ACCOUNT = "PM_OS_SANDBOX"
SANDBOX_USER = "PM_OS_SERVICE"
SANDBOX_TOKEN = "sandbox-token-snowflake"
"""Taken as a password, as a programmatic access token and as an OAuth token; a key pair is taken as it is."""

WAREHOUSE = "PM_OS_WH"
ROLE = "PM_OS_ANALYST"
READ_ROLE = "PM_OS_READER"
"""A role that only reads; every statement that changes something is refused to it."""


def connection_arguments(address: Address) -> dict[str, str | int | bool]:
    """The arguments of `snowflake.connector.aio.connect` for the stand-in at an address."""
    return {
        "account": ACCOUNT,
        "user": SANDBOX_USER,
        "authenticator": "PROGRAMMATIC_ACCESS_TOKEN",
        "token": SANDBOX_TOKEN,
        "host": address.host,
        "port": address.port,
        "protocol": "http",
        "database": DATABASE,
        "schema": SCHEMA,
        "warehouse": WAREHOUSE,
        "role": ROLE,
        # A proxy that the environment names would be asked for a place on this very machine.
        "use_proxy_env": False,
    }


def ways_in(url: str) -> dict[str, dict[str, str]]:
    """How the server signs in to the stand-in at an address like http://127.0.0.1:8766: what for -> its variables."""
    place = {
        "SNOWFLAKE_API_URL": url,
        "SNOWFLAKE_ACCOUNT": ACCOUNT,
        "SNOWFLAKE_USER": SANDBOX_USER,
        "SNOWFLAKE_TOKEN": SANDBOX_TOKEN,
        "SNOWFLAKE_WAREHOUSE": WAREHOUSE,
        "SNOWFLAKE_DATABASE": DATABASE,
        "SNOWFLAKE_SCHEMA": SCHEMA,
    }
    return {
        "With a programmatic access token": {**place, "SNOWFLAKE_ROLE": ROLE},
        "With a role that only reads": {**place, "SNOWFLAKE_ROLE": READ_ROLE},
    }
