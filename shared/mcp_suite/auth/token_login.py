"""Logging in with what a person types in, mostly a token: ask, check, show, and only then store."""

from collections.abc import Mapping
from typing import Any

import anyio
import typer
from pydantic import SecretStr

from connector_kit import logs
from connector_kit.credentials import ServiceSettings
from connector_kit.errors import NotConfigured, ServiceError
from mcp_suite.auth import storing, wizard
from mcp_suite.auth.agreement import agree
from mcp_suite.auth.attempt import ATTEMPTS, NOTHING, Attempt, Checked, check
from mcp_suite.auth.closing import told_after
from mcp_suite.auth.forgetting import forget_replaced
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import Names
from mcp_suite.connect import article


def log_in(attempt: Attempt, way: str) -> None:
    """Log in in a way that takes no browser of ours; nothing is stored unless the service accepts it.

    Raises:
        SuiteError: something is missing or wrong, or the person did not agree.
        ServiceError: the service refused, or something cannot be stored.
    """
    before = attempt.before()
    settings, checked = (_ask_and_check if attempt.asking else _take_and_check)(attempt, way)
    typer.echo("\n".join((f"{attempt.spec.title}: {checked.who}", *map(logs.redactor.known, checked.elsewhere))))
    agree(attempt, settings.secrets(), called=f"the {guidance(attempt.spec).ways[way].secret}")
    stored = storing.keep(attempt, settings, found=checked.found)
    forgotten = forget_replaced(attempt.spec, before, settings)
    typer.echo("\n".join(told_after(attempt, settings, stored, forgotten)))


def _take_and_check(attempt: Attempt, way: str) -> tuple[ServiceSettings, Checked]:
    names = Names.of(attempt.spec, way)
    answers = wizard.take(
        attempt.spec,
        (*names.plain, *names.secret),
        attempt.known(names.plain),
        given := attempt.wanted.read(attempt.spec, way),
        optional=names.optional,
    )
    answers |= {name: given[name] for name in names.unasked if name in given}
    settings = _settings(attempt, way, answers)
    return settings, anyio.run(check, attempt.spec, settings)


def _ask_and_check(attempt: Attempt, way: str) -> tuple[ServiceSettings, Checked]:
    """Ask until the service accepts it, three times at most."""
    spec = attempt.spec
    chosen, names = guidance(spec).ways[way], Names.of(spec, way)
    named = f"{article(chosen.name)} {chosen.name}"
    typer.echo(f"Log in to {spec.title} with {named}. Nothing is stored before it has been tried. Ctrl+C leaves.")
    known = attempt.known(names.plain)
    given = wizard.plausible(spec, attempt.wanted.read(spec, way))
    for left in reversed(range(ATTEMPTS)):
        fields = (*names.plain, *names.secret)
        answers = wizard.ask(spec, fields, known, given, optional=names.optional, spared=chosen.spared)
        settings = _settings(attempt, way, answers)
        typer.echo("\nTrying it …")
        try:
            return settings, anyio.run(check, spec, settings)
        except ServiceError as error:
            if not left or isinstance(error, NotConfigured):
                raise
            typer.echo(f"That did not work: {logs.redactor.known(str(error))}\n{NOTHING} Once more:")
            known, given = answers, {}
    raise AssertionError("the last attempt returns or raises")


def _settings(attempt: Attempt, way: str, answers: Mapping[str, str]) -> ServiceSettings:
    """The settings to try. Raises NotConfigured."""
    names = Names.of(attempt.spec, way)
    chosen: dict[str, Any] = dict.fromkeys(names.optional)  # one that was left empty is not to be as before
    chosen |= {name: SecretStr(text) if name in names.secret else text for name, text in answers.items()}
    settings: ServiceSettings = attempt.settings(way, **chosen)
    return settings
