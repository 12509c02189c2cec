"""The people of the sandbox's sites and the tokens they sign in with."""

from __future__ import annotations

from dataclasses import dataclass

SANDBOX_EMAIL = "human.pm@pm-os.example"
SANDBOX_TOKEN = "sandbox-token-human-pm"  # noqa: S105 - sample data, not a secret


@dataclass(frozen=True, slots=True)
class Account:
    """One user of the site. `token` is None for somebody who cannot sign in."""

    account_id: str
    name: str
    email: str
    token: str | None = None
    active: bool = True
    locale: str = "en_US"
    time_zone: str = "Etc/UTC"
    site_admin: bool = False


NOBODY = Account("", "Anonymous", "")
"""Who visits without signing in."""


def _id(number: int) -> str:
    return f"712020:5a9d1c0e-0000-4000-8000-{number:012d}"


def _person(number: int, name: str, *, token: bool = False, active: bool = True) -> Account:
    words = name.lower().split()
    return Account(
        _id(number),
        name,
        f"{'.'.join(words)}@pm-os.example",
        f"sandbox-token-{'-'.join(words)}" if token else None,
        active,
    )


HUMAN_PM = Account(_id(1), "Human PM", SANDBOX_EMAIL, SANDBOX_TOKEN, site_admin=True)
ORCHESTRATOR = _person(2, "Orchestrator", token=True)
PRODUCT_ARCHITECT = _person(3, "Product Architect")
ENGINEERING_PARTNER = _person(4, "Engineering Partner", token=True)
UX_STRATEGIST = _person(5, "UX Strategist")
DATA_ANALYST = _person(6, "Data Analyst")
GTM_STRATEGIST = _person(7, "GTM Strategist")
SYSTEM_EVALUATOR = _person(8, "System Evaluator")
DOCUMENTATION_MAINTAINER = _person(9, "Documentation Maintainer")
ALEX_RIVERA = _person(10, "Alex Rivera", token=True)
ALEX_MOREAU = _person(11, "Alex Moreau")
JORDAN_BLAKE = _person(12, "Jordan Blake", active=False)
VIEWER = Account(_id(13), "Sam Okafor", "sam.okafor@auditors.example", "sandbox-token-viewer")
OUTSIDER = Account(_id(14), "Noor Haddad", "noor.haddad@pm-os.example", "sandbox-token-outsider")

ACCOUNTS: tuple[Account, ...] = (
    HUMAN_PM,
    ORCHESTRATOR,
    PRODUCT_ARCHITECT,
    ENGINEERING_PARTNER,
    UX_STRATEGIST,
    DATA_ANALYST,
    GTM_STRATEGIST,
    SYSTEM_EVALUATOR,
    DOCUMENTATION_MAINTAINER,
    ALEX_RIVERA,
    ALEX_MOREAU,
    JORDAN_BLAKE,
    VIEWER,
    OUTSIDER,
)
"""Everybody on the site. Human PM leads the product and administers the site; Engineering Partner works on it; Sam
Okafor may only read; Noor Haddad sees no project and no space at all; Jordan Blake has left; two people are called
Alex."""

BY_ID = {account.account_id: account for account in ACCOUNTS}


def signed_in(email: str, token: str) -> Account | None:
    """The account that these credentials belong to, or None."""
    for account in ACCOUNTS:
        if account.active and account.token and account.email == email.lower() and account.token == token:
            return account
    return None
