"""How messages name what is kept elsewhere: issues of Jira, pages of Confluence."""

from __future__ import annotations

from sandbox_kit import history

SITE = "https://pm-os.sandbox.invalid"
"""Where Jira and Confluence are."""

PAGES = {
    98311: "OAuth playbook",
    98400: "PM OS",
    98424: "Google Drive: OAuth setup guide",
    98431: "Orchestrator",
    98432: "Product Architect",
    98433: "Engineering Partner",
    98434: "UX Strategist",
    98435: "Data Analyst",
    98436: "GTM Strategist",
    98437: "System Evaluator",
    98438: "Documentation Maintainer",
    98451: "Phase 0 completion report",
    98452: "Phase 1 completion report",
    98453: "Phase 2 completion report",
    98454: "Phase 3 completion report",
    98461: "Quality dashboard",
    98462: "Velocity",
    98464: "Roadmap",
}
"""The titles of the pages that messages link to, by their ids."""
_NUMBER = {title: number for number, title in PAGES.items()}


def issue_url(key: str) -> str:
    """Where an issue is."""
    return f"{SITE}/browse/{key}"


def page_url(title: str) -> str:
    """Where a page is."""
    return f"{SITE}/wiki/spaces/{history.PROJECT}/pages/{_NUMBER[title]}"


def issue(number: int) -> str:
    """A link with the key of a deliverable."""
    return _link(history.DELIVERABLE[number].key)


def deliverable(number: int) -> str:
    """A link with the key and the summary of a deliverable."""
    found = history.DELIVERABLE[number]
    return f"{_link(found.key)} {found.summary}"


def epic(phase: int) -> str:
    """A link with the key of a phase's epic."""
    return _link(history.epic(phase))


def page(title: str) -> str:
    """A link with the title of a page."""
    return f"<{page_url(title)}|{title}>"


def _link(key: str) -> str:
    return f"<{issue_url(key)}|{key}>"
