"""`mcp-suite auth login`: which account, which way of signing in, and then that way."""

import typer

from connector_kit import logs
from connector_kit.errors import NotConfigured, ServiceError
from mcp_suite.auth import wizard
from mcp_suite.auth.attempt import NOTHING, Attempt
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import SITE, Names, ways
from mcp_suite.auth.sharing import with_shared
from mcp_suite.auth.wanted import Wanted, option
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
        attempt = with_shared(attempt)
        way = _way(attempt)
        if guidance(spec).ways[way].login == "token":
            from mcp_suite.auth.token_login import log_in

            log_in(attempt, way)
        else:
            from mcp_suite.auth.oauth_login import log_in_in_the_browser

            log_in_in_the_browser(attempt)
    except ServiceError as error:
        raise SuiteError(f"{logs.redactor.known(str(error))} {NOTHING}") from None
    except (KeyboardInterrupt, typer.Abort):
        typer.echo()
        raise SuiteError(NOTHING, status=_INTERRUPTED) from None


def _way(attempt: Attempt) -> str:
    """The way to sign in: as the options say, else the only one, else as the person chooses."""
    spec, offered = attempt.spec, ways(attempt.spec)
    said = attempt.wanted.way(spec)
    if said is not None:
        names = Names.of(spec, said)
        needs_secret = guidance(spec).ways[said].login == "token" and not set(names.secret) <= set(names.optional)
        if needs_secret and not (attempt.asking or attempt.wanted.token_stdin or attempt.wanted.borrowed):
            raise SuiteError(_flags(attempt, said), status=2)
        return said
    if not attempt.asking:
        raise SuiteError(_flags(attempt, offered[0]), status=2)
    usual, *more = offered
    return wizard.which_way(spec, _present(attempt)) if more else usual


def _present(attempt: Attempt) -> str:
    """How the account is signed in up to now."""
    try:
        way: str = attempt.load(sandbox=False).way
    except NotConfigured:
        return ""
    return way


def _flags(attempt: Attempt, way: str) -> str:
    """What a script has to say to sign in this way."""
    spec, first = attempt.spec, way == ways(attempt.spec)[0]
    metavars = {"--url": " URL", "--email": " ADDRESS"}
    needed = [one for one in Names.of(spec, way).plain if one in spec.settings.needed(way)]
    flags = [f"{flag}{metavars.get(flag, '')}" for flag in (option(spec, name) for name in needed)]
    flags = [*([] if first else [f"--way {way}"]), *flags, "--token-stdin"]
    told = f"There is no terminal to ask on. In a script: {attempt.command} {' '.join(flags)} < FILE"
    if "oauth" in ways(spec):
        named = [name for name in Names.of(spec, "oauth").plain if name in spec.settings.needed("oauth")]
        others = [option(spec, name) for name in named if name != SITE]
        site = ["--url URL"] if SITE in named else []
        app = [] if guidance(spec).ways["oauth"].client_id else ["--client-id ID", "--secret-stdin"]
        flags = ["--oauth", *app, *others, *site, "--no-browser", *(["< FILE"] if app else [])]
        told += f"; or: {attempt.command} {' '.join(flags)}"
    return told
