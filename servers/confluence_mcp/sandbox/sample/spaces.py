"""The spaces of the site, and who may do what in them."""

from __future__ import annotations

from confluence_mcp.sandbox.model import Space
from confluence_mcp.sandbox.permissions import ADMINISTRATORS, READERS, WRITERS
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.site import GROUPS
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_GROUP = {group.name: group.id for group in GROUPS}
_OPENED = at("2026-01-30 15:00")


def _space(
    number: int, key: str, name: str, author: who.Account, homepage: int, about: str, kind: str = "global"
) -> Space:
    return Space(number, key, name, kind, "current", author.account_id, _OPENED, homepage, about)


PERSONAL_KEY = "~" + who.HUMAN_PM.account_id.replace(":", "").replace("-", "")

PMOS = _space(
    98304, "PMOS", "PM OS", who.HUMAN_PM, 98400, "What PM OS is to do, how it is built, and how well it does."
)
KB = _space(98305, "KB", "Nova Knowledge Base", who.ALEX_RIVERA, 200_000, "How the shop is run. It is long.")
PERSONAL = _space(98306, PERSONAL_KEY, "Human PM", who.HUMAN_PM, 98700, "", "personal")
RISK = _space(98307, "RISK", "Risk Register", who.ALEX_MOREAU, 98720, "Kept by the desk; not for everybody's eyes.")
ATTIC = _space(98308, "ATTIC", "Before PM OS", who.JORDAN_BLAKE, 98740, "What we tried first.")
ATTIC.status = "archived"

SPACES = (PMOS, KB, PERSONAL, RISK, ATTIC)


def fill(session: Session) -> None:
    """Write the spaces with their permissions."""
    for space in SPACES:
        session.insert("space", space)
    for space in (PMOS, KB, ATTIC):
        open_to_staff(session, space)
    _permit(session, PMOS, "group", _GROUP["confluence-guests-pm-os"], READERS)
    _permit(session, PMOS, "user", who.ORCHESTRATOR.account_id, ADMINISTRATORS)
    _permit(session, KB, "user", who.ALEX_RIVERA.account_id, ADMINISTRATORS)
    _permit(session, PERSONAL, "user", who.HUMAN_PM.account_id, ADMINISTRATORS)
    _permit(session, PERSONAL, "user", who.PRODUCT_ARCHITECT.account_id, READERS)
    for person in (who.ALEX_MOREAU, who.ORCHESTRATOR):
        _permit(session, RISK, "user", person.account_id, ADMINISTRATORS)


def open_to_staff(session: Session, space: Space) -> None:
    """Let everybody who works here write in a space."""
    _permit(session, space, "group", _GROUP["confluence-admins-pm-os"], ADMINISTRATORS)
    _permit(session, space, "group", _GROUP["confluence-users-pm-os"], WRITERS)


def _permit(session: Session, space: Space, kind: str, principal: str, rights: tuple[tuple[str, str], ...]) -> None:
    for operation, target in rights:
        session.permit(space.id, kind, principal, operation, target)
