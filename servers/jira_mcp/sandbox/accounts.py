"""The people of the sandbox and the tokens they sign in with."""

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
    locale: str = "en_US"
    time_zone: str = "Etc/UTC"
    site_admin: bool = False
    bulk_change: bool = True


def _id(number: int) -> str:
    return f"712020:5a9d1c0e-0000-4000-8000-{number:012d}"


HUMAN_PM = Account(_id(1), "Human PM", SANDBOX_EMAIL, SANDBOX_TOKEN, site_admin=True)
ORCHESTRATOR = Account(_id(2), "Orchestrator", "orchestrator@pm-os.example", "sandbox-token-orchestrator")
PRODUCT_ARCHITECT = Account(_id(3), "Product Architect", "product.architect@pm-os.example")
ENGINEERING_PARTNER = Account(
    _id(4), "Engineering Partner", "engineering.partner@pm-os.example", "sandbox-token-engineering-partner"
)
UX_STRATEGIST = Account(_id(5), "UX Strategist", "ux.strategist@pm-os.example")
DATA_ANALYST = Account(_id(6), "Data Analyst", "data.analyst@pm-os.example")
GTM_STRATEGIST = Account(_id(7), "GTM Strategist", "gtm.strategist@pm-os.example")
SYSTEM_EVALUATOR = Account(_id(8), "System Evaluator", "system.evaluator@pm-os.example")
DOCUMENTATION_MAINTAINER = Account(_id(9), "Documentation Maintainer", "documentation.maintainer@pm-os.example")
ALEX_RIVERA = Account(_id(10), "Alex Rivera", "alex.rivera@pm-os.example", "sandbox-token-alex-rivera")
ALEX_MOREAU = Account(_id(11), "Alex Moreau", "alex.moreau@pm-os.example")
JORDAN_BLAKE = Account(_id(12), "Jordan Blake", "jordan.blake@pm-os.example", active=False)
VIEWER = Account(_id(13), "Sam Okafor", "sam.okafor@auditors.example", "sandbox-token-viewer", bulk_change=False)
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
"""Everybody on the site. Human PM leads the product; Engineering Partner works on it; Sam Okafor may only read;
Noor Haddad sees no project at all; Jordan Blake has left; two people are called Alex."""

BY_ID = {account.account_id: account for account in ACCOUNTS}


def signed_in(email: str, token: str) -> Account | None:
    """The account that these credentials belong to, or None."""
    for account in ACCOUNTS:
        if account.active and account.token and account.email == email.lower() and account.token == token:
            return account
    return None
