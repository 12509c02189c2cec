"""Everybody in the workspace: the people, and the agents of PM OS, which are bot users."""

from __future__ import annotations

from slack_mcp.sandbox.accounts import ASSISTANT_APP
from slack_mcp.sandbox.model import User


def _bot(number: int, handle: str, name: str, app: str | None = None) -> User:
    return User(
        f"U0PMOS000{number}",
        handle,
        name,
        bot=f"B0PMOS000{number}",
        app=app or f"A0PMOS000{number}",
    )


HUMAN_PM = User(
    "U0PMOS00001",
    "human.pm",
    "Human PM",
    "HumanPM",
    "human.pm@pm-os.example",
    "Product Manager",
    "Europe/Berlin",
    admin=True,
    owner=True,
)
ALEX_RIVERA = User(
    "U0PMOS00010",
    "alex.rivera",
    "Alex Rivera",
    "Alex R.",
    "alex.rivera@pm-os.example",
    "Staff Engineer",
    "America/New_York",
    status_text="Deep work until noon",
    status_emoji=":headphones:",
)
ALEX_MOREAU = User(
    "U0PMOS00011",
    "alex.moreau",
    "Alex Moreau",
    "",
    "alex.moreau@pm-os.example",
    "Site Reliability Engineer",
    "Europe/Paris",
    admin=True,
)
JORDAN_BLAKE = User(
    "U0PMOS00012",
    "jordan.blake",
    "Jordan Blake",
    "jordan",
    "jordan.blake@pm-os.example",
    deleted=True,
)
NOOR_HADDAD = User(
    "U0PMOS00014",
    "noor.haddad",
    "Noor Haddad",
    "noor",
    "noor.haddad@auditors.example",
    "External auditor",
    "Asia/Beirut",
    guest=True,
)
SLACKBOT = User("USLACKBOT", "slackbot", "Slackbot", "Slackbot", bot="B01", app="A01")

ORCHESTRATOR = _bot(20, "orchestrator", "Orchestrator")
PRODUCT_ARCHITECT = _bot(21, "productarchitect", "ProductArchitect")
ENGINEERING_PARTNER = _bot(22, "engineeringpartner", "EngineeringPartner")
UX_STRATEGIST = _bot(23, "uxstrategist", "UXStrategist")
DATA_ANALYST = _bot(24, "dataanalyst", "DataAnalyst")
GTM_STRATEGIST = _bot(25, "gtmstrategist", "GTMStrategist")
SYSTEM_EVALUATOR = _bot(26, "systemevaluator", "SystemEvaluator")
DOC_MAINTAINER = _bot(27, "docmaintainer", "DocMaintainer")
ASSISTANT = _bot(30, "assistant", "Assistant", ASSISTANT_APP)

USERS: tuple[User, ...] = (
    HUMAN_PM,
    ALEX_RIVERA,
    ALEX_MOREAU,
    JORDAN_BLAKE,
    NOOR_HADDAD,
    SLACKBOT,
    ORCHESTRATOR,
    PRODUCT_ARCHITECT,
    ENGINEERING_PARTNER,
    UX_STRATEGIST,
    DATA_ANALYST,
    GTM_STRATEGIST,
    SYSTEM_EVALUATOR,
    DOC_MAINTAINER,
    ASSISTANT,
)
"""Human PM owns the workspace; two people are called Alex; Jordan Blake has left; Noor Haddad is a guest."""

APPS: dict[str, str] = {each.app: each.real_name for each in USERS if each.app and each is not SLACKBOT}
"""The name of each installed app by its id."""


def app_of(user: User) -> str:
    """The app of a bot user."""
    assert user.app
    return user.app
