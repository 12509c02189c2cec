"""The files on pages of the sample: pictures, tables, texts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from sandbox_kit import history

COMPLETE = tuple(each for each in map(history.phase_figures, range(len(history.PHASES))) if each.phase.finished)
"""The phases that are over, in numbers."""
NEXT = history.PHASES[len(COMPLETE)]
"""The phase that comes then."""
_PLAN = [each for each in history.phase_figures(NEXT.number).deliverables if each.artifact == "Integration"]


def points_chart() -> bytes:
    """The story points of the phases as bars."""
    return _bars([each.points * 6 for each in COMPLETE], (0x00, 0x52, 0xCC))


def velocity_chart() -> bytes:
    """The issues done per day, as bars."""
    return _bars([round((each.velocity_per_day or 0) * 4) for each in COMPLETE], (0x36, 0xB3, 0x7E))


def tick() -> bytes:
    """A small green square."""
    return _bars([16], (0x36, 0xB3, 0x7E), height=16)


def _bars(heights: Sequence[int], colour: tuple[int, int, int], height: int = 160) -> bytes:
    """A PNG (RGB, 8 bits, no interlacing; www.w3.org/TR/png-3)."""
    white, lines = bytes((255, 255, 255)), bytearray()
    for level in range(height, 0, -1):
        row = b"".join((bytes(colour) if level <= each else white) * 40 + white * 16 for each in heights)
        lines += b"\x00" + white * 16 + row
    width = 16 + 56 * len(heights)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def _csv(*rows: Sequence[object]) -> bytes:
    return "".join(",".join(map(str, row)) + "\r\n" for row in rows).encode("utf-8-sig")


def first_plan() -> bytes:
    """The plan of Phase 4 as it was first thought of."""
    each = NEXT.estimated_days // len(_PLAN)
    return _csv(("integration", "days"), *((name, each) for name in ("Jira", "Slack", "Confluence", "Snowflake")))


def plan() -> bytes:
    """The plan of Phase 4 with its issues and due dates."""
    rows = [(_service(each), each.key, each.points, each.due) for each in _PLAN]
    return _csv(("integration", "issue", "points", "due"), *rows)


def plan_text() -> bytes:
    """The same as Markdown."""
    rows = [f"{number}. {_service(each)}, {each.key}\n" for number, each in enumerate(_PLAN, 1)]
    return f"# Phase {NEXT.number}\n\n{''.join(rows)}".encode()


def _service(deliverable: history.Deliverable) -> str:
    """What an integration connects: the first word of its summary."""
    return deliverable.summary.split()[0]


def velocity_table() -> bytes:
    """Planned and actual days of every phase that is over."""
    rows = [
        (f"Phase {each.phase.number}", each.completed, each.points, round(each.days or 0, 2), each.phase.estimated_days)
        for each in COMPLETE
    ]
    return _csv(("phase", "issues", "points", "days", "planned_days"), *rows)


def metrics_table() -> bytes:
    """The days that were measured so far."""
    return _csv(
        ("metric_date", "phases_complete", "deliverables_complete", "deliverables_total", "completion_pct"),
        *(
            (each.day, each.phases_complete, each.deliverables_complete, each.deliverables_total, each.completion_pct)
            for each in history.days()
        ),
    )


def refresh_log() -> bytes:
    """What the renewal of tokens wrote in a night."""
    lines = [
        f"2026-01-31T{hour:02d}:{hour * 7 % 60:02d}:00Z INFO  drive.auth access token renewed" for hour in range(24)
    ]
    return ("\n".join(lines) + "\n").encode()


def checklist() -> bytes:
    """The security checklist to take along."""
    questions = ("What can an attacker send?", "What must never be logged?", "Who may undo it?")
    return ("# Security review\n\n" + "".join(f"- [ ] {each}\n" for each in questions)).encode()
