"""The files of the sample workspace: a table, a chart drawn from it, and the canvas of #pm-os-dev."""

from __future__ import annotations

import json

from sandbox_kit import history
from slack_mcp.sandbox.canvases.sections import read, written
from slack_mcp.sandbox.files.kinds import CANVAS, kind_of
from slack_mcp.sandbox.files.pictures import Picture
from slack_mcp.sandbox.oauth.clients import CLIENTS, DESKTOP_APP
from slack_mcp.sandbox.records.files import File
from slack_mcp.sandbox.sample import people as who
from slack_mcp.sandbox.sample.channels import DEV, METRICS
from slack_mcp.sandbox.sample.links import page_url
from slack_mcp.sandbox.sample.record import Post, at
from slack_mcp.sandbox.session import Session

REPORT = "F0PMOS00001"
CHART = "F0PMOS00002"
CANVAS_ID = "F0PMOS00003"

_POSTED = "2026-02-01 18:00"
_FIGURES = [history.phase_figures(phase.number) for phase in history.PHASES if "" < phase.finished <= _POSTED]
"""The phases that were complete when the files were posted."""
_HIGHEST = max(_FIGURES, key=lambda each: each.completed).phase.number
_TABLE = "phase,deliverables,days\n" + "".join(
    f"Phase {each.phase.number},{each.completed},{round(each.days or 0, 2):g}\n" for each in _FIGURES
)

_MANUAL_TITLE = "PM OS operating manual"
_MANUAL = f"""\
Owned by ![](@{who.HUMAN_PM.id}), kept up to date by ![](@{who.DOC_MAINTAINER.id}).

## How a phase runs

1. The **Orchestrator** plans the deliverables.
2. The agents work on them in parallel.
3. The _SystemEvaluator_ measures the quality gate.

## Before Phase 4

- [x] All deliverables of Phase 3 are reviewed
- [x] The quality gate is passed
- [ ] The review meeting has taken place
- [ ] The connectors are agreed upon

## Where things are

| What | Where |
| --- | --- |
| Alerts | ![](#C0PMOS00003) |
| Daily figures | ![](#C0PMOS00004) |

> Decisions are made in the channel, not in direct messages.

```
phase = plan -> build -> measure
```

See [the documents]({page_url("PM OS")}) :books:
"""

POSTS = (
    Post(
        METRICS,
        _POSTED,
        who.DATA_ANALYST,
        "The deliverables of each phase as a table",
        key="table",
        files=(REPORT,),
    ),
    Post(
        METRICS,
        "2026-02-01 18:02",
        who.DATA_ANALYST,
        "The same as a chart",
        reply_to="table",
        files=(CHART,),
        reactions={"bar_chart": (who.ALEX_RIVERA,)},
    ),
)
"""The messages that show the files."""


def fill(session: Session) -> None:
    """Write the files that the messages show, the canvas, and the clients that can log people in."""
    for client in CLIENTS:
        session.grants.add_client(client)
    session.tokens.add_app(DESKTOP_APP, "Assistant for desktops")
    _add(session, REPORT, "phases.csv", "Deliverables by phase", _TABLE.encode(), _POSTED)
    _add(session, CHART, "phases.png", "Deliverables by phase, drawn", _chart(), "2026-02-01 18:02")
    for channel, ts, files in session.db.execute(
        "SELECT channel, ts, files FROM message WHERE files != '[]'"
    ).fetchall():
        for file_id in json.loads(files):
            session.files.share(file_id, channel, ts)
    _canvas(session)


def _add(session: Session, file_id: str, name: str, title: str, content: bytes, when: str) -> None:
    kind = kind_of(name, content)
    drawn = _picture() if kind.image else None
    session.files.save(
        File(
            file_id,
            who.DATA_ANALYST.id,
            at(when),
            name,
            title,
            kind.mimetype,
            kind.filetype,
            kind.pretty,
            "snippet" if kind.text else "hosted",
            len(content),
            updated=at(when),
            width=drawn.width if drawn else 0,
            height=drawn.height if drawn else 0,
            alt_text=f"{len(_FIGURES)} bars, one for each phase; Phase {_HIGHEST} is the highest" if drawn else "",
        )
    )
    session.files.write(file_id, content)


def _canvas(session: Session) -> None:
    sections = read(_MANUAL, seed=CANVAS_ID)
    size = len(written(_MANUAL_TITLE, sections).encode())
    created, updated = at("2026-01-31 08:30"), at("2026-02-02 19:15")
    item = File(
        CANVAS_ID,
        who.HUMAN_PM.id,
        created,
        _MANUAL_TITLE,
        _MANUAL_TITLE,
        CANVAS.mimetype,
        CANVAS.filetype,
        CANVAS.pretty,
        "quip",
        size,
        updated=updated,
        editor=who.DOC_MAINTAINER.id,
        channel=DEV,
    )
    session.files.save(item)
    session.files.set_sections(CANVAS_ID, sections)
    session.files.grant(CANVAS_ID, DEV, "write")
    channel = session.conversations.find(DEV)
    assert channel
    channel.properties["canvas"] = {"file_id": CANVAS_ID, "is_empty": False, "quip_thread_id": CANVAS_ID}
    session.conversations.save(channel)


def _chart() -> bytes:
    return _picture().png()


def _picture() -> Picture:
    """A bar for each phase, 400 by 240 pixels."""
    width, height, floor = 400, 240, 220
    white, blue, grey = b"\xff\xff\xff", b"\x36\x6f\xb5", b"\x88\x88\x88"
    scale = 190 // max(each.completed for each in _FIGURES)
    rows: list[bytes] = []
    for y in range(height):
        row = bytearray(white * width)
        if y == floor:
            row[60 : 3 * (width - 20)] = grey * (width - 40)
        for index, each in enumerate(_FIGURES):
            if floor - each.completed * scale <= y < floor:
                start = 45 + index * 85
                row[3 * start : 3 * (start + 55)] = blue * 55
        rows.append(bytes(row))
    return Picture(width, height, 3, rows)
