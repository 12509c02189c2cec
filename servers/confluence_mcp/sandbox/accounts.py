"""The people of the sandbox and the tokens they sign in with: those of the site's Jira."""

from __future__ import annotations

from dataclasses import dataclass

SANDBOX_EMAIL = "human.pm@pm-os.example"
SANDBOX_TOKEN = "sandbox-token-human-pm"


@dataclass(frozen=True, slots=True)
class Account:
    """One user of the site. `token` is None for somebody who cannot sign in."""

    account_id: str
    name: str
    email: str
    token: str | None = None
    active: bool = True
    time_zone: str = "Etc/UTC"
    site_admin: bool = False


def _person(number: int, name: str, *, token: bool = False, active: bool = True, admin: bool = False) -> Account:
    words = name.lower().split()
    return Account(
        f"712020:5a9d1c0e-0000-4000-8000-{number:012d}",
        name,
        f"{'.'.join(words)}@pm-os.example",
        f"sandbox-token-{'-'.join(words)}" if token else None,
        active,
        site_admin=admin,
    )


HUMAN_PM = _person(1, "Human PM", token=True, admin=True)
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
VIEWER = Account(
    "712020:5a9d1c0e-0000-4000-8000-000000000013", "Sam Okafor", "sam.okafor@auditors.example", "sandbox-token-viewer"
)
OUTSIDER = Account(
    "712020:5a9d1c0e-0000-4000-8000-000000000014", "Noor Haddad", "noor.haddad@pm-os.example", "sandbox-token-outsider"
)

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
"""Everybody on the site. Human PM administers it; Engineering Partner writes in its spaces; Sam Okafor may only read;
Noor Haddad sees no space at all; Jordan Blake has left; two people are called Alex."""

BY_ID = {account.account_id: account for account in ACCOUNTS}


def signed_in(email: str, token: str) -> Account | None:
    """The account that these credentials belong to, or None."""
    for account in ACCOUNTS:
        if account.active and account.token and account.email == email.lower() and account.token == token:
            return account
    return None
