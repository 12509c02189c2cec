"""The commands of `mcp-suite auth`."""

from typing import Annotated, Literal

import typer

auth_app = typer.Typer(
    name="auth",
    help="Log in to a service, see the logins, log out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AccessName = Literal["read", "write", "delete"]
Service = Annotated[str, typer.Argument(help="The service, like jira.")]
Account = Annotated[str, typer.Option(metavar="NAME", help="One of several accounts, by a name of your choice.")]


@auth_app.command()
def login(
    service: Service,
    account: Account = "",
    way: Annotated[str | None, typer.Option(metavar="NAME", help="How to sign in, where there are more ways.")] = None,
    oauth: Annotated[bool | None, typer.Option("--oauth/--token", help="OAuth in the browser, or a token.")] = None,
    like: Annotated[
        str, typer.Option(metavar="SERVICE", help="Take site and credentials of another service of the same vendor.")
    ] = "",
    url: Annotated[str | None, typer.Option(help="Address of the site or service.")] = None,
    email: Annotated[str | None, typer.Option(help="Token: e-mail address of the account.")] = None,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Token: read it from standard input.")] = False,
    client_id: Annotated[str | None, typer.Option(help="OAuth: client id of your app.")] = None,
    secret_stdin: Annotated[
        bool, typer.Option("--secret-stdin", help="OAuth: read the app's client secret from standard input.")
    ] = False,
    redirect_uri: Annotated[str | None, typer.Option(help="OAuth: redirect URI as the app has it.")] = None,
    others: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A further setting; may be repeated.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="OAuth: only print the address to open.")] = False,
    granular: Annotated[
        bool | None, typer.Option("--granular-scopes/--classic-scopes", help="OAuth: the family of scopes to ask for.")
    ] = None,
    access: Annotated[AccessName | None, typer.Option(help="What tools may do; as before by default.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to private files where no keyring is.")] = False,
) -> None:
    """Log in with a token or in the browser, or replace what is in use.

    Asks for what is not given. A harmless call is made first, and what it needs stored only if that works.
    """
    from mcp_suite.auth.login import run_login
    from mcp_suite.auth.wanted import Wanted

    run_login(
        service,
        Wanted(
            account=account,
            named=way,
            oauth=oauth,
            like=like,
            url=url,
            email=email,
            token_stdin=token_stdin,
            client_id=client_id,
            secret_stdin=secret_stdin,
            redirect_uri=redirect_uri,
            others=others or [],
            no_browser=no_browser,
            granular=granular,
            access=access,
            yes=yes,
        ),
    )


@auth_app.command()
def status(
    service: Annotated[str | None, typer.Argument(help="The service, like jira; by default all.")] = None,
    account: Annotated[str | None, typer.Option(metavar="NAME", help="Only this account; by default all.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show accounts, where their secrets lie, how old they are and when they end.

    Sends nothing. Exits with 1 when an account of the service that is named is not logged in.
    """
    from mcp_suite.auth.status import show_status

    show_status(service, account, as_json=json)


@auth_app.command()
def logout(service: Service, account: Account = "") -> None:
    """Forget an account's login on this machine, and revoke it where the service can be told."""
    from mcp_suite.auth.logout import run_logout

    run_logout(service, account)
