"""What a person is told who connects Slack: docs.slack.dev/authentication."""

from collections.abc import Mapping

from connector_kit.guidance import AppRequest, Guidance, Way, oauth_way

_APPS = "https://api.slack.com/apps"


def _app(wish: AppRequest) -> str:
    from slack_mcp.manifest import manifest, text

    kind = "user" if wish.profile.pkce else "bot"
    pasted = "\n".join(f"       {line}" for line in text(manifest(kind, wish.scopes, wish.redirect_uri)).splitlines())
    last = {
        "user": "OAuth & Permissions: switch PKCE on. Then the app has no secret; without PKCE it has one.",
        "bot": "Basic Information shows its client ID and secret.",
    }
    return f"""\
An app of yours is needed; one that is there already will do, with the same scopes and redirect URL: {_APPS}
  1. Create New App > From a manifest. Choose the workspace, and paste this as JSON:
{pasted}
  2. Create. Basic Information shows its client ID.
  3. {last[kind]}"""


def _documents() -> Mapping[str, str]:
    from slack_mcp.manifest import documents

    return documents()


GUIDANCE = Guidance(
    revoking=_APPS,
    address="api_url",
    where={
        "token": (
            f"The token is that of an app of yours: {_APPS}\n"
            "  Create New App > From a manifest: setup_guides/slack.md has manifests to paste. Install to Workspace.\n"
            "  Copy from OAuth & Permissions the User OAuth Token (xoxp-…), to act as yourself, or the Bot User OAuth\n"
            "  Token (xoxb-…), to act as the app's bot."
        ),
        "token_kind": (
            "Sign in as user, to see and do what you can, or as bot: it is in the channels that it is invited to, and\n"
            "  cannot search."
        ),
        "client_secret": "Leave the secret empty for an app with PKCE, which has none.",
        "redirect_uri": (
            "Slack leads a bot's login back to an https address only: one of the app's Redirect URLs, like\n"
            "  https://localhost/. Nothing has to answer there: you paste the address that the browser ends at."
        ),
    },
    labels={
        "token": "Token",
        "token_kind": "As user or bot",
        "client_id": "Client ID",
        "client_secret": "Client secret",
        "redirect_uri": "Redirect URL",
    },
    ways={
        "token": Way("token of a Slack app", "copied from a web page; lasts until it is revoked", page=_APPS),
        "oauth": oauth_way(
            "with an app of yours; its tokens renew themselves if it rotates them", asked=("token_kind",)
        ),
    },
    app=_app,
    documents=_documents,
)
