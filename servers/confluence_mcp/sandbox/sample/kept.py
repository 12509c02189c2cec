"""What people keep an eye on, and what apps note on pages and spaces."""

from __future__ import annotations

import json

from confluence_mcp.sandbox.model import Property
from confluence_mcp.sandbox.sample.spaces import PMOS
from confluence_mcp.sandbox.session import Session
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_PLAYBOOK, _DASHBOARD, _REQUIREMENT = 98311, 98461, 98415
_WATCHED = (
    (who.HUMAN_PM, "content", str(_REQUIREMENT)),
    (who.HUMAN_PM, "content", str(_DASHBOARD)),
    (who.ALEX_RIVERA, "content", str(_PLAYBOOK)),
    (who.ALEX_RIVERA, "content", str(_DASHBOARD)),
)
_FAVOURITES = ((who.HUMAN_PM, PMOS.id), (who.HUMAN_PM, _DASHBOARD), (who.ALEX_RIVERA, PMOS.id))
_PROPERTIES = (
    (_REQUIREMENT, "content-appearance-published", "full-width"),
    (_DASHBOARD, "pm-os.source", {"table": "quality_metrics_daily", "refreshed": "2026-02-02"}),
    (PMOS.id, "pm-os.owner", {"team": "product", "phase": 4}),
)


def fill(session: Session) -> None:
    """Write who watches what, whose favourites these are, and the properties."""
    rows = [(person.account_id, kind, target) for person, kind, target in _WATCHED]
    session.db.executemany("INSERT INTO watched VALUES (?, ?, ?)", rows)
    favourites = [(person.account_id, target) for person, target in _FAVOURITES]
    session.db.executemany("INSERT INTO favourite VALUES (?, ?)", favourites)
    for number, (owner, key, value) in enumerate(_PROPERTIES, 800_001):
        author, moment = who.DOCUMENTATION_MAINTAINER.account_id, at("2026-02-02 20:30")
        session.insert("property", Property(number, owner, key, json.dumps(value), 1, moment, author, "", 0))
