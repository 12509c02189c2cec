"""What a command line said about a login."""

import sys
from dataclasses import dataclass

from connector_kit.credentials import Login
from mcp_suite.errors import SuiteError

OPTIONS = {
    "url": "--url",
    "email": "--email",
    "api_token": "the token on standard input",
    "token": "the token on standard input",
    "client_id": "--client-id",
    "client_secret": "the client secret on standard input",
    "redirect_uri": "--redirect-uri",
}
"""Where the settings come from on a command line, by field."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said. `oauth` and `granular` None: nothing."""

    account: str = ""
    oauth: bool | None = None
    url: str | None = None
    email: str | None = None
    token_stdin: bool = False
    client_id: str | None = None
    secret_stdin: bool = False
    redirect_uri: str | None = None
    no_browser: bool = False
    granular: bool | None = None
    access: str | None = None
    yes: bool = False

    def way(self) -> Login | None:
        """The way of signing in that the options mean; None if they leave it open.

        Raises SuiteError when they mean both.
        """
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
            told = f"{one} is for an API token, {other} for OAuth in the browser: give one of them."
            raise SuiteError(told, status=2)
        return "token" if one else "oauth" if other else None

    def read(self, secret: str) -> dict[str, str]:
        """The settings that were given, by field; reads the one called `secret` if it comes on standard input."""
        found = {
            "url": self.url or "",
            "email": self.email or "",
            "client_id": self.client_id or "",
            "redirect_uri": self.redirect_uri or "",
        }
        if self.token_stdin or self.secret_stdin:
            found[secret] = sys.stdin.readline().strip()
        return {name: text for name, text in found.items() if text}
