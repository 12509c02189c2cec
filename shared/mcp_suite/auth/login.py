"""`mcp-suite auth login`: which account, which way of signing in, and then that way."""

import typer

from connector_kit import logs
from connector_kit.credentials import Login
from connector_kit.errors import ServiceError
from mcp_suite.auth import wizard
from mcp_suite.auth.attempt import NOTHING, Attempt
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.names import SITE, Names, ways
from mcp_suite.auth.wanted import Wanted
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, lacking, load

_INTERRUPTED = 130


def run_login(service: str, wanted: Wanted) -> None:
    """Log in to one account of a service. Nothing is stored unless the service accepts it.

    Raises:
        SuiteError: something is missing or wrong, the service refused, or the person did not agree.
    """
    script = find(service)
    spec = load(script)
    if missing := lacking(script, spec):
        raise SuiteError(missing)
    asking = wizard.is_terminal() and not (wanted.token_stdin or wanted.secret_stdin)
    try:
        attempt = Attempt(script, spec, EnvFile.of(spec.service, wanted.account), wanted, asking)
        if _way(attempt) == "token":
            from mcp_suite.auth.token_login import log_in
        else:
            from mcp_suite.auth.oauth_login import log_in
        log_in(attempt)
    except ServiceError as error:
        raise SuiteError(f"{logs.redactor.known(str(error))} {NOTHING}") from None
    except (KeyboardInterrupt, typer.Abort):
        typer.echo()
        raise SuiteError(NOTHING, status=_INTERRUPTED) from None


def _way(attempt: Attempt) -> Login:
    """The way to sign in: as the options say, else the only one, else as the person chooses."""
    spec, offered = attempt.spec, ways(attempt.spec)
    said = attempt.wanted.way()
    if said is not None:
        if said not in offered:
            raise SuiteError(f"{spec.title} is not logged in to in the browser, but with a token.", status=2)
        if said == "token" and not (attempt.asking or attempt.wanted.token_stdin):
            raise SuiteError(_flags(attempt), status=2)
        return said
    if not attempt.asking:
        raise SuiteError(_flags(attempt), status=2)
    return wizard.which_way(spec, _present(attempt)) if "oauth" in offered else "token"


def _present(attempt: Attempt) -> Login:
    """How the account is signed in up to now."""
    return "oauth" if attempt.known(Names.of(attempt.spec, "oauth").plain).get("client_id") else "token"


def _flags(attempt: Attempt) -> str:
    """What a script has to say."""
    needed = Names.of(attempt.spec).plain
    asked = [flag for name, flag in (("url", "--url URL"), ("email", "--email ADDRESS")) if name in needed]
    flags = " ".join([*asked, "--token-stdin"])
    told = f"There is no terminal to ask on. In a script: {attempt.command} {flags} < FILE"
    if "oauth" in ways(attempt.spec):
        site = "--url URL " if SITE in needed else ""
        told += f"; or: {attempt.command} --oauth --client-id ID --secret-stdin {site}--no-browser < FILE"
    return told
