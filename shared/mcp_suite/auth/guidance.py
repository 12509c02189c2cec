"""What a person is told about each service: where to find what is asked for, and where to revoke it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector_kit.credentials import Login
from connector_kit.serving.session import ServerSpec
from mcp_suite.connect import TOKEN_PAGES

_ATLASSIAN_TOKENS = TOKEN_PAGES["jira"]

_ATLASSIAN_APP = """\
An app of yours is needed; one that is there already will do: https://developer.atlassian.com/console/myapps/
  1. Create > OAuth 2.0 integration.
  2. Permissions > Jira API > Add > Configure. Under {family} scopes, Edit Scopes, tick these and save:
{scopes}
  3. Authorization > OAuth 2.0 (3LO) > Add or Configure. Callback URL, exactly this:
       {redirect}
  4. Settings shows its client ID and secret."""

_SLACK_APPS = "https://api.slack.com/apps"
_SLACK_APP = """\
An app of yours is needed; one that is there already will do: https://api.slack.com/apps
  1. Create New App > From scratch.
  2. OAuth & Permissions > Scopes, for yourself under User Token Scopes, for a bot under Bot Token Scopes:
{scopes}
  3. OAuth & Permissions > Redirect URLs, exactly this:
       {redirect}
     To log in as yourself opt in to PKCE there, too. It cannot be turned off again for that app.
  4. Basic Information shows its client ID and secret."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """One service's: `where` each setting is found, by field, `labels` of its prompts, and the page for `revoking`.

    `ways` says in a line what each way of signing in is. `app` tells how the app is made that a login in the browser
    needs; it holds {redirect}, {scopes} and {family}.
    """

    where: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    revoking: str = ""
    ways: Mapping[Login, str] = field(
        default_factory=lambda: {
            "token": "A token, made by hand on a web page",
            "oauth": "OAuth in the browser, with an app of yours",
        }
    )
    app: str = "An app of yours is needed. Its redirect URI, exactly: {redirect}\nIts scopes:\n{scopes}"

    def app_steps(self, redirect: str, scopes: Sequence[str], *, family: str) -> str:
        """How the app is made, with the very redirect URI and scopes."""
        listed = "\n".join(f"       {scope}" for scope in scopes)
        return self.app.format(redirect=redirect, scopes=listed, family=family)


_GUIDANCE = {
    "jira": Guidance(
        where={
            "url": "The site is what the browser's address bar shows in Jira, like https://example.atlassian.net.",
            "email": (
                "The e-mail address is that of your Atlassian account:"
                " https://id.atlassian.com/manage-profile/email shows it."
            ),
            "api_token": (
                f"The API token is made at {_ATLASSIAN_TOKENS}\n"
                "  Create API token: it can do what your account can do. Or Create API token with scopes, app Jira:\n"
                "  read:jira-work and read:jira-user, for writing also write:jira-work."
            ),
        },
        labels={
            "url": "Site",
            "email": "E-mail",
            "api_token": "API token",
            "client_id": "Client ID",
            "client_secret": "Client secret",
        },
        revoking=_ATLASSIAN_TOKENS,
        ways={
            "token": "API token: made on a web page in a minute; lasts a year at most",
            "oauth": "OAuth in the browser: needs an app of yours, made once; renews itself while it is used",
        },
        app=_ATLASSIAN_APP,
    ),
    "slack": Guidance(
        where={
            "token": (
                f"The token is that of an app of yours: {_SLACK_APPS}\n"
                "  Create New App, From scratch. OAuth & Permissions: add scopes (setup_guides/slack.md lists them),\n"
                "  User Token Scopes to act as yourself, Bot Token Scopes to act as a bot. Install to Workspace.\n"
                "  Copy the User OAuth Token (xoxp-…) or the Bot User OAuth Token (xoxb-…)."
            ),
            "client_secret": "Leave the secret empty for an app with PKCE, which has none.",
            "redirect_uri": (
                "Slack leads a bot's login back to an https address only: one of the app's Redirect URLs, whatever is\n"
                "  there. You will paste the address that the browser ends at."
            ),
        },
        labels={
            "token": "Token",
            "client_id": "Client ID",
            "client_secret": "Client secret",
            "redirect_uri": "Redirect URL",
        },
        revoking=_SLACK_APPS,
        ways={
            "token": "Token of a Slack app: made on a web page; lasts until it is revoked",
            "oauth": "OAuth in the browser: with an app of yours; its tokens renew themselves if it rotates them",
        },
        app=_SLACK_APP,
    ),
}


def guidance(spec: ServerSpec[Any, Any]) -> Guidance:
    """What is known about a service; its settings' own descriptions for one that is not in the table."""
    known = _GUIDANCE.get(spec.service)
    if known is not None:
        return known
    fields = spec.settings.model_fields
    return Guidance(
        where={name: info.description or "" for name, info in fields.items()},
        labels={name: name.replace("_", " ") for name in fields},
        revoking=TOKEN_PAGES.get(spec.service) or str(spec.settings.guide),
    )
