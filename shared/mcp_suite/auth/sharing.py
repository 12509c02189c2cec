"""Logging in as another service of the same vendor is logged in to already."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import typer
from pydantic import SecretStr

from connector_kit.errors import NotConfigured
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.attempt import Attempt
from mcp_suite.auth.env_file import EnvFile
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import Names, ways
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, load


@dataclass(frozen=True, slots=True)
class _Login:
    """What another service is logged in to with: the `way`, and its settings by field. `who` and where, in a few
    words."""

    title: str
    way: str
    values: dict[str, str] = field(repr=False)

    @property
    def who(self) -> str:
        return " at ".join(self.values[name] for name in ("email", "client_id", "url") if name in self.values)


def with_shared(attempt: Attempt) -> Attempt:
    """The attempt, with the credentials of the service that `--like` names, or that the person agrees to.

    Raises:
        SuiteError: that service is no relative of this one, or not logged in to.
        typer.Abort: the person left.
    """
    wanted, spec = attempt.wanted, attempt.spec
    if wanted.like:
        _refuse_both(attempt)
        if wanted.like not in guidance(spec).relatives:
            relatives = ", ".join(guidance(spec).relatives)
            told = f"its login can be that of {relatives}" if relatives else "no other service has the same login"
            raise SuiteError(f"--like {wanted.like}: {spec.title}: {told}.", status=2)
        login = _login_to(attempt, wanted.like)
        if login is None:
            raise SuiteError(f"--like {wanted.like}: it is not logged in to. Run: mcp-suite auth login {wanted.like}")
        return _taking(attempt, login)
    if not attempt.asking or wanted.says_how or attempt.load(sandbox=False).missing() == []:
        return attempt
    for login in _logins(attempt):
        if typer.confirm(
            f"{login.title} is logged in to as {login.who}. Take the same for {spec.title}?", default=True
        ):
            return _taking(attempt, login)
    return attempt


def _taking(attempt: Attempt, login: _Login) -> Attempt:
    return replace(attempt, wanted=replace(attempt.wanted, named=login.way, borrowed=login.values))


def _refuse_both(attempt: Attempt) -> None:
    if attempt.wanted.says_how:
        raise SuiteError("--like takes site and credentials from there: leave the options for them out.", status=2)


def _logins(attempt: Attempt) -> Iterator[_Login]:
    for service in guidance(attempt.spec).relatives:
        login = _login_to(attempt, service)
        if login is not None:
            yield login


def _login_to(attempt: Attempt, service: str) -> _Login | None:
    """How the account of this name is logged in to another service; None if it is not."""
    try:
        other: ServerSpec[Any, Any] = load(find(service))
        # The usual account's file is found by itself, and need not be there.
        path = EnvFile.of(service, attempt.account).path if attempt.account else None
        settings = other.settings.load(account=attempt.account, env_file=path, sandbox=False)
        settings.require()
    except (NotConfigured, SuiteError):
        return None
    if settings.way not in ways(attempt.spec):
        return None
    names = Names.of(attempt.spec, settings.way)
    found: dict[str, str] = {}
    for name in (*names.plain, *names.secret):
        value: object = getattr(settings, name, None)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and text:
            found[name] = text
    return _Login(other.title, settings.way, found)
