"""Time as Confluence writes it."""

from __future__ import annotations

from sandbox_kit.atlassian.clock import written


def stamp(moment: int) -> str:
    """A moment as the vendor writes it, in both versions of its API: 2026-01-31T09:00:58.000Z."""
    return f"{written(moment)}Z"
