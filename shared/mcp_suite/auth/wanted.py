"""What a command line said about a login."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from connector_kit.credentials import Login
from connector_kit.serving.session import ServerSpec
from mcp_suite.auth.guidance import guidance
from mcp_suite.auth.names import Names, is_secret, is_token, said, ways
from mcp_suite.errors import SuiteError

_KINDS: dict[Login | None, str] = {"token": "a token", "oauth": "OAuth in the browser"}
_OPTIONS = {
    "email": "--email",
    "client_id": "--client-id",
    "client_secret": "the client secret on standard input",
    "redirect_uri": "--redirect-uri",
}


def option(spec: ServerSpec[Any, Any], name: str) -> str:
    """Where a setting comes from on a command line."""
    if name in ("url", guidance(spec).address):
        return "--url"
    if name in _OPTIONS:
        return _OPTIONS[name]
    if not is_secret(spec, name):
        return f"--set {said(spec, name)}=…"
    called = "token" if is_token(name) else guidance(spec).labels.get(name, name).lower()
    return f"the {called} on standard input"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said. `oauth` and `granular` None: nothing."""

    account: str = ""
    named: str | None = None
    """The way of signing in, by its name."""
    oauth: bool | None = None
    url: str | None = None
    email: str | None = None
    token_stdin: bool = False
    client_id: str | None = None
    secret_stdin: bool = False
    redirect_uri: str | None = None
    others: Sequence[str] = ()
    """Further settings, as NAME=VALUE."""
    no_browser: bool = False
    granular: bool | None = None
    access: str | None = None
    yes: bool = False
    like: str = ""
    """Another service, as which to log in."""
    borrowed: Mapping[str, str] = field(repr=False, default_factory=dict[str, str])
    """The settings that came from there, by field."""

    @property
    def says_how(self) -> bool:
        """Whether an option says how to sign in, where, or as whom."""
        return self.named is not None or self._login() is not None or bool(self.url or self.others)

    def way(self, spec: ServerSpec[Any, Any]) -> str | None:
        """The way of signing in that the options mean; None if they leave it open.

        Raises SuiteError when they mean two, or one that the service does not have.
        """
        offered, told = ways(spec), guidance(spec)
        login = self._login()
        if self.named is not None:
            if self.named not in offered:
                raise SuiteError(f"--way: {spec.title} has {', '.join(offered)}.", status=2)
            if login not in (None, told.ways[self.named].login):
                raise SuiteError(f"--way {self.named} does not go with options for {_KINDS[login]}.", status=2)
            return self.named
        if login is None:
            return None
        fitting = [name for name in offered if told.ways[name].login == login]
        if not fitting:
            raise SuiteError(f"{spec.title} is not logged in to in the browser, but with a token.", status=2)
        return fitting[0]

    def _login(self) -> Login | None:
        """The kind of login that the options are for. Raises SuiteError when they are for both."""
        token = {"--token": self.oauth is False, "--email": bool(self.email), "--token-stdin": self.token_stdin}
        browser = {
            "--oauth": self.oauth is True,
            "--client-id": bool(self.client_id),
            "--secret-stdin": self.secret_stdin,
            "--redirect-uri": bool(self.redirect_uri),
            "--no-browser": self.no_browser,
            "--granular-scopes": self.granular is True,
            "--classic-scopes": self.granular is False,
        }
        one, other = (next((flag for flag, given in flags.items() if given), "") for flags in (token, browser))
        if one and other:
            told = f"{one} is for a token, {other} for OAuth in the browser: give one of them."
            raise SuiteError(told, status=2)
        return "token" if one else "oauth" if other else None

    def read(self, spec: ServerSpec[Any, Any], way: str) -> dict[str, str]:
        """The settings that were given, by field; reads the secret if it comes on standard input.

        Raises SuiteError for one that the service does not have, or that this way of signing in does not ask for.
        """
        names = Names.of(spec, way)
        found = {
            guidance(spec).address: self.url or "",
            "email": self.email or "",
            "client_id": self.client_id or "",
            "redirect_uri": self.redirect_uri or "",
        }
        known = {said(spec, name): name for name in (*names.plain, *names.unasked) if name not in found}
        for given in self.others:
            name, _, text = given.partition("=")
            if name not in known:
                told = f"A login to {spec.title} has " + (", ".join(known) or "no further settings")
                raise SuiteError(f"--set {name}: {told}.", status=2)
            found[known[name]] = text
        if self.token_stdin or self.secret_stdin:
            chosen = guidance(spec).ways[way]
            if not names.secret:
                raise SuiteError(f"--token-stdin: a login with {chosen.name} has no secret.", status=2)
            name = "client_secret" if chosen.login == "oauth" else names.secret[0]
            found[name] = _standard_input(guidance(spec).labels.get(name, name)).strip()
        return {**self.borrowed, **{name: text for name, text in found.items() if text}}


def _standard_input(label: str) -> str:
    """The line on standard input. A person at a terminal is asked for it, and it is not shown."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"{label} (it is not shown as you paste it)", hide_input=True, err=True))
    return sys.stdin.readline()
