"""What is told when a login or its renewal is refused, and what to do then."""

# ruff: noqa: N818 - the names say what happened, as in connector_kit.errors
from __future__ import annotations

from connector_kit.errors import NotConfigured, NotPermitted, ServiceError, TimedOut, Unavailable
from connector_kit.oauth.failures import ConsentWithdrawn, LoginRequired, ScopesChanged, WrongClient
from connector_kit.oauth.profiles import Meaning, OAuthProfile


class LoginRefused(NotPermitted):
    """The user, or the vendor, said no to a login."""


class LoginTimedOut(TimedOut):
    """Nobody answered the login in time."""


class StillWaiting(ServiceError):
    """The user has not answered the device flow yet; `slower` asks to wait longer between questions."""

    kind = "still_waiting"

    def __init__(self, *, slower: bool) -> None:
        super().__init__("The user has not answered yet.")
        self.slower = slower


def refusal(profile: OAuthProfile, grant: str, meaning: Meaning, said: str = "") -> ServiceError:
    """The failure that a vendor's error means. `said` is the vendor's own text, without secrets."""
    vendor, quote = profile.vendor, f" ({said})" if said else ""
    again = f"Run `{profile.command}`."
    variables = f"{profile.variable('client_id')} and {profile.variable('client_secret')}"
    match meaning:
        case "pending" | "slow_down":
            return StillWaiting(slower=meaning == "slow_down")
        case "later":
            return Unavailable(f"{vendor} cannot answer now{quote}.", next_step="Try again in a minute.")
        case "wrong_client":
            if grant == "authorization_code":
                step = "Compare both with what the app's settings show."
            else:
                step = (
                    f"Ask the user to run `{profile.command}`, which asks for another secret, or to correct {variables}"
                    " where they are set. The login itself may be all right."
                )
            return WrongClient(f"{vendor} does not accept the client id or secret of the app{quote}.", next_step=step)
        case "client_setup":
            return NotConfigured(
                f"{vendor} says that the app is not set up for this{quote}.",
                next_step=f"Compare the app with setup_guides/{profile.name}.md: its redirect URI"
                f" ({profile.variable('redirect_uri')}), its permissions, its client id.",
            )
        case "scopes":
            kind = ScopesChanged if grant == "refresh_token" else NotPermitted
            return kind(
                f"{vendor} does not grant the scopes that were asked for{quote}.",
                next_step=f"Allow them in the app's settings, then log in again. {again}",
            )
        case "denied":
            return LoginRefused(f"The login to {vendor} was declined{quote}.", next_step=again)
        case "expired":
            return LoginTimedOut(f"The login to {vendor} was not answered in time{quote}.", next_step=again)
        case "withdrawn":
            return ConsentWithdrawn(f"The login to {vendor} was taken back{quote}.", next_step=f"Ask the user: {again}")
        case "dead_grant":
            if grant == "authorization_code":
                return LoginRefused(
                    f"{vendor} does not accept the answer of this login: it came too late or was used{quote}.",
                    next_step=again,
                )
            return LoginRequired(
                f"{vendor} does not accept the stored login any more: it expired, was revoked or replaced{quote}.",
                next_step=f"Ask the user to run `{profile.command}`.",
            )
