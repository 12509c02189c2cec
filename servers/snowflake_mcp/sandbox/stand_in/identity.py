"""Who a session belongs to."""

from __future__ import annotations

from dataclasses import dataclass

WAREHOUSE = "PM_OS_WH"
ROLE = "PM_OS_ANALYST"
READ_ROLE = "PM_OS_READER"
ROLES = (ROLE, READ_ROLE)


@dataclass(slots=True)
class Identity:
    """Who a session belongs to; what the context functions answer."""

    user: str
    role: str
    warehouse: str | None
    account: str
    session: int
    reads_only: bool = False
    last_query: str | None = None
