"""The manifest that makes a Slack app: docs.slack.dev/reference/app-manifest.

An app for a person has user scopes and no bot; an app for a bot has bot scopes and needs a redirect URL outside of
this machine, because Slack gives no bot scopes to a redirect to it.
"""

import json
from collections.abc import Mapping, Sequence

from connector_kit.access import Access
from connector_kit.oauth.profiles import SLACK_BOT, SLACK_USER, OAuthProfile
from slack_mcp.settings import TokenKind

NAME = "MCP Integration Suite"
BOT_REDIRECT = "https://localhost/"
"""Where Slack leads after the consent for a bot. Nothing has to answer there: the address is copied from there."""

Manifest = Mapping[str, object]


def manifest(kind: TokenKind, scopes: Sequence[str], redirect_uri: str) -> Manifest:
    """The manifest of an app with these scopes."""
    bot = {"features": {"bot_user": {"display_name": NAME, "always_online": False}}} if kind == "bot" else {}
    return {
        "display_information": {"name": NAME, "description": "Lets an MCP client of mine work in this workspace"},
        **bot,
        "oauth_config": {"redirect_urls": [redirect_uri], "scopes": {kind: list(scopes)}},
        "settings": {"org_deploy_enabled": False, "socket_mode_enabled": False, "token_rotation_enabled": False},
    }


def text(made: Manifest) -> str:
    """A manifest as it is pasted."""
    return json.dumps(made, indent=2) + "\n"


def documents() -> dict[str, str]:
    """The manifests for each kind of token and what its tools may do, by file name."""
    made: dict[str, str] = {}
    profiles: dict[TokenKind, OAuthProfile] = {"user": SLACK_USER, "bot": SLACK_BOT}
    for kind, profile in profiles.items():
        for name, access in (("read", Access.READ), ("write", Access.DELETE)):
            redirect = profile.redirect_uri or BOT_REDIRECT
            made[f"slack-manifest-{kind}-{name}.json"] = text(manifest(kind, profile.scopes_for(access), redirect))
    return made
