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


@auth_app.command()
def login(
    service: Service,
    url: Annotated[str | None, typer.Option(help="Address of the site.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address of the account.")] = None,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read the token from standard input.")] = False,
    access: Annotated[AccessName | None, typer.Option(help="What tools may do; as before by default.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree to a private file where no keyring is.")] = False,
) -> None:
    """Log in with an API token, or replace the token that is in use.

    Asks for what is not given. The token is tried first and stored only if the service accepts it.
    """
    from mcp_suite.auth.login import Wanted, run_login

    run_login(service, Wanted(url, email, token_stdin, access, yes))


@auth_app.command()
def status(
    service: Annotated[str | None, typer.Argument(help="The service, like jira; by default all.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show accounts, where their secrets lie and how old they are.

    Sends nothing. Exits with 1 when the service that is named is not logged in.
    """
    from mcp_suite.auth.status import show_status

    show_status(service, as_json=json)


@auth_app.command()
def logout(service: Service) -> None:
    """Forget a service's login on this machine."""
    from mcp_suite.auth.logout import run_logout

    run_logout(service)
