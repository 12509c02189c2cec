"""What was measured and does not follow from the deliverables: the five measures, and figures that texts tell."""

from sandbox_kit.history.model import Measure

MEASURES = (
    Measure("PRD Drafting Time", "hours", 8, 4, None, (None, None, None)),
    Measure("Engineering Rework Rate", "percent", 40, 10, None, (0, 0, 0)),
    Measure("Sprint Readiness", "percent", 60, 95, 60, (80, 95, 100)),
    Measure("Discovery Artifacts per Week", "count", 2, 8, 2, (5, 8, 12)),
    Measure("Identity Traceability", "percent", 0, 100, 0, (38, 72, 100)),
)
EARLIER_DAYS = 12
"""For how many days before the first day of work there are readings."""

METRIC_GROUPS = (("Velocity", 14), ("Acceptance", 18), ("Traceability", 9), ("Agents", 26))
"""The groups of the quality dashboard, and how many metrics each has."""
METRICS = sum(count for _, count in METRIC_GROUPS)

FOLDERS = 18
"""Folders that Phase 0 made."""
SCENARIOS = 5
"""Scenarios that Phase 0 was validated by; all passed."""
DRIVE_LATENCY_MS = 514
"""How long Google Drive took for a document, in milliseconds."""
TOKEN_RENEWAL_MINUTES = 50
"""After how many minutes Google Drive's access tokens are renewed; they live for 60."""
SECURITY_INCIDENTS = 0
"""Incidents on any of the days."""
