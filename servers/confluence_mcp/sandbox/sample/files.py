"""The files on pages of the sample: pictures, tables, texts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

PHASES = (
    ("Phase 0", 8, 21, 1.0, 14),
    ("Phase 1", 5, 23, 2.0, 21),
    ("Phase 2", 5, 19, 0.17, 21),
    ("Phase 3", 7, 23, 2.0, 21),
)
"""Name, issues, story points, days it took, days it was planned to take."""


def points_chart() -> bytes:
    """The story points of the phases as bars."""
    return _bars([points * 6 for _, _, points, _, _ in PHASES], (0x00, 0x52, 0xCC))


def velocity_chart() -> bytes:
    """The issues done per day, as bars."""
    return _bars([round(issues / days * 4) for _, issues, _, days, _ in PHASES], (0x36, 0xB3, 0x7E))


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
    return _csv(("integration", "days"), ("Jira", 2), ("Slack", 2), ("Confluence", 2), ("Snowflake", 2))


def plan() -> bytes:
    """The plan of Phase 4 with its issues and due dates."""
    return _csv(
        ("integration", "issue", "points", "due"),
        ("Jira", "PMOS-35", 8, "2026-02-05"),
        ("Confluence", "PMOS-36", 8, "2026-02-07"),
        ("Slack", "PMOS-37", 5, "2026-02-10"),
        ("Snowflake", "PMOS-38", 5, "2026-02-12"),
    )


def plan_text() -> bytes:
    """The same as Markdown."""
    rows = ("Jira, PMOS-35", "Confluence, PMOS-36", "Slack, PMOS-37", "Snowflake, PMOS-38")
    return ("# Phase 4\n\n" + "".join(f"{number}. {row}\n" for number, row in enumerate(rows, 1))).encode()


def velocity_table() -> bytes:
    """Planned and actual days of every phase that is over."""
    return _csv(("phase", "issues", "points", "days", "planned_days"), *PHASES)


def metrics_table() -> bytes:
    """The days that were measured so far."""
    return _csv(
        ("metric_date", "phases_complete", "deliverables_complete", "deliverables_total", "completion_pct"),
        ("2026-01-31", 1, 8, 37, 21.62),
        ("2026-02-01", 3, 18, 37, 48.65),
        ("2026-02-02", 4, 25, 37, 67.57),
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
