"""What a person is told who connects Confluence: developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps."""

from connector_kit.guidance import AppRequest, Guidance, Way, oauth_way

_TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens"


def _app(wish: AppRequest) -> str:
    scopes = "\n".join(f"       {scope}" for scope in wish.scopes)
    return f"""\
An app of yours is needed; that of Jira will do: https://developer.atlassian.com/console/myapps/
  1. Create > OAuth 2.0 integration.
  2. Permissions > Confluence API > Add > Configure. Under Granular scopes, Edit Scopes, tick these and save:
{scopes}
  3. Authorization > OAuth 2.0 (3LO) > Add or Configure. Callback URL, exactly this:
       {wish.redirect_uri}
  4. Settings shows its client ID and secret."""


GUIDANCE = Guidance(
    revoking=_TOKENS,
    where={
        "url": "The site is what the browser's address bar shows in Confluence, like https://example.atlassian.net.",
        "email": (
            "The e-mail address is that of your Atlassian account:"
            " https://id.atlassian.com/manage-profile/email shows it."
        ),
        "api_token": (
            f"The API token is made at {_TOKENS}\n"
            "  Create API token: it can do what your account can do, in Jira too. Or Create API token with scopes,\n"
            "  app Confluence; the guide lists the scopes."
        ),
    },
    labels={
        "url": "Site",
        "email": "E-mail",
        "api_token": "API token",
        "client_id": "Client ID",
        "client_secret": "Client secret",
    },
    ways={
        "token": Way("API token", "made on a web page in a minute; lasts a year at most", page=_TOKENS),
        "oauth": oauth_way("needs an app of yours, made once; renews itself while it is used"),
    },
    app=_app,
    relatives=("jira",),
)
