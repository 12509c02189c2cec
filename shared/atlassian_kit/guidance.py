"""What a person is told who connects one of Atlassian's products."""

from functools import partial

from connector_kit.guidance import AppRequest, Guidance, Way, oauth_way

TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens"


def atlassian_guidance(
    product: str, *, making: str, app: str, relatives: tuple[str, ...], family: str = ""
) -> Guidance:
    """The guidance for a product: `making` tells how an API token is made, `app` which app of OAuth will do.

    `family` is that of its scopes, where a login has no choice.
    """
    return Guidance(
        revoking=TOKENS,
        where={
            "url": f"The site is what the browser's address bar shows in {product}, like https://example.atlassian.net.",
            "email": (
                "The e-mail address is that of your Atlassian account:"
                " https://id.atlassian.com/manage-profile/email shows it."
            ),
            "api_token": f"The API token is made at {TOKENS}\n{making}",
        },
        labels={
            "url": "Site",
            "email": "E-mail",
            "api_token": "API token",
            "client_id": "Client ID",
            "client_secret": "Client secret",
        },
        ways={
            "token": Way("API token", "made on a web page in a minute; lasts a year at most", page=TOKENS),
            "oauth": oauth_way("needs an app of yours, made once; renews itself while it is used"),
        },
        app=partial(_app, product, app, family),
        relatives=relatives,
    )


def _app(product: str, which: str, family: str, wish: AppRequest) -> str:
    scopes = "\n".join(f"       {scope}" for scope in wish.scopes)
    return f"""\
An app of yours is needed; {which} will do: https://developer.atlassian.com/console/myapps/
  1. Create > OAuth 2.0 integration.
  2. Permissions > {product} API > Add > Configure. Under {family or wish.family} scopes, Edit Scopes, tick these \
and save:
{scopes}
  3. Authorization > OAuth 2.0 (3LO) > Add or Configure. Callback URL, exactly this:
       {wish.redirect_uri}
  4. Settings shows its client ID and secret."""
