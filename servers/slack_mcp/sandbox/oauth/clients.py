"""The apps that can log people in, and their credentials: worth nothing anywhere else."""

from __future__ import annotations

from typing import Final

from slack_mcp.sandbox.accounts import ASSISTANT_APP
from slack_mcp.sandbox.records.grants import Client

CLIENT_ID: Final = "1000000000001.2000000000001"
"""The app Assistant: with a secret, tokens rotate, redirects to https only."""
CLIENT_SECRET: Final = "sandbox-client-secret"
PKCE_CLIENT_ID: Final = "1000000000001.2000000000002"
"""An app on the person's own machine: PKCE, no secret, no bot, redirects to this machine."""
LASTING_CLIENT_ID: Final = "1000000000001.2000000000003"
"""An app whose tokens do not expire."""
LASTING_CLIENT_SECRET: Final = "sandbox-lasting-secret"

DESKTOP_APP: Final = "A0PMOS00040"
LASTING_APP: Final = "A0PMOS00027"
"""That of the bot DocMaintainer."""

_WEB = ("https://localhost/", "https://127.0.0.1/", "https://pm-os.example/")
CLIENTS: Final = (
    Client(CLIENT_ID, ASSISTANT_APP, "Assistant", CLIENT_SECRET, False, True, _WEB),
    Client(
        PKCE_CLIENT_ID,
        DESKTOP_APP,
        "Assistant for desktops",
        "",
        True,
        True,
        ("http://localhost/", "http://127.0.0.1/"),
    ),
    Client(LASTING_CLIENT_ID, LASTING_APP, "DocMaintainer", LASTING_CLIENT_SECRET, False, False, _WEB),
)
