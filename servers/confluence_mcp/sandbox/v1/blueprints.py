"""The templates that come with the product: those of blueprints, which every site and space has."""

from __future__ import annotations

from dataclasses import dataclass

PLUGIN = "com.atlassian.confluence.plugins.confluence-business-blueprints"


@dataclass(slots=True)
class Template:
    """A template; `space` is None for one of the whole site, `labels` is JSON, `type` page or blueprint."""

    id: int
    space: int | None
    name: str
    description: str
    type: str
    body: str
    labels: str
    author: str
    changed: int


def _blueprint(number: int, name: str, about: str, label: str, *headings: str) -> Template:
    body = "".join(f"<h2>{each}</h2><p><ac:placeholder>Write here</ac:placeholder></p>" for each in headings)
    return Template(number, None, name, about, "blueprint", body, f'["{label}"]', "", 0)


BLUEPRINTS = (
    _blueprint(
        690_001, "Decision", "Record a decision and who takes it.", "decision", "Background", "Options", "Outcome"
    ),
    _blueprint(690_002, "How-to article", "Explain a task step by step.", "kb-how-to-article", "Goal", "Steps"),
    _blueprint(690_003, "Meeting notes", "Plan a meeting and keep what came out.", "meeting-notes", "Goals", "Notes"),
)
