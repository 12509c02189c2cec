"""Why there is no token, told apart by what the user can do about it.

Trouble on the way to the vendor is `connector_kit.errors.Unavailable` or `TimedOut`, as everywhere.
"""

from __future__ import annotations

from connector_kit.errors import NotAuthenticated, NotConfigured, NotPermitted


class LoginRequired(NotAuthenticated):
    """There is no refresh token, or the vendor does not accept it any more: the user must log in again."""


class ConsentWithdrawn(LoginRequired):
    """The user, or an administrator, took back what was granted."""


class ScopesChanged(NotPermitted):
    """The vendor does not allow the scopes that were granted: the app was changed since the login."""


class WrongClient(NotConfigured):
    """The vendor does not accept the app's client id or secret; the user's login is not at fault."""


class KeyUnavailable(NotConfigured):
    """The key that stored credentials are encrypted with cannot be had."""
