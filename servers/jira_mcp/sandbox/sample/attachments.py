"""The files on issues of the sample: logs, tables, a report, pictures; and where a description shows one."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jira_mcp.sandbox import attachment_store
from jira_mcp.sandbox.images import bar_chart
from jira_mcp.sandbox.model import Issue
from jira_mcp.sandbox.sample.text import picture
from jira_mcp.sandbox.session import Session
from sandbox_kit import history
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

_PHASES = tuple(
    (f"Phase {each.number}", history.phase_figures(each.number)) for each in history.PHASES if each.finished
)
"""Name and figures of the phases that are complete."""


@dataclass(frozen=True, slots=True)
class _File:
    issue: str
    name: str
    author: who.Account
    when: str
    content: Callable[[], bytes]
    shown: bool = False


def _refresh_log() -> bytes:
    lines: list[str] = []
    for run in range(24):
        stamp = f"2026-01-31T{(run * 50 // 60 + 1) % 24:02d}:{run * 50 % 60:02d}:00Z"
        lines.append(f"{stamp} INFO  drive.auth access token renewed, valid for 60 min")
        if run % 9 == 4:
            lines.append(f"{stamp} WARN  drive.api 429 on files.list, next try in 2 s")
            lines.append(f"{stamp} INFO  drive.api files.list answered on try 2")
    return ("\n".join(lines) + "\n").encode()


def _validation_log() -> bytes:
    names = ("new requirement", "unclear requirement", "two agents at once", "missing template", "handover")
    lines = [f"scenario {number} ({name}): passed" for number, name in enumerate(names, 1)]
    count = history.measures.SCENARIOS
    return ("\n".join([*lines, f"{count} of {count} passed"]) + "\n").encode()


def _metrics_table() -> bytes:
    rows = ["phase,issues,points,acceptance_rate"]
    rows += [
        f"{name},{phase.completed},{phase.points},{history.accepted(phase.deliverables):g}" for name, phase in _PHASES
    ]
    return ("\r\n".join(rows) + "\r\n").encode("utf-8-sig")


def _velocity_table() -> bytes:
    return "".join(["sprint,points\n", *(f"{name},{phase.points}\n" for name, phase in _PHASES)]).encode()


def _report() -> bytes:
    """A PDF of one page, its text compressed as writers do it."""
    words = zlib.compress(b"BT /F1 18 Tf 72 760 Td (Security review: Google Drive) Tj ET")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + end


_FILES = (
    _File("PMOS-8", "validation-run.log", who.HUMAN_PM, "2026-01-31 16:55", _validation_log),
    _File("PMOS-11", "token-refresh.log", who.ENGINEERING_PARTNER, "2026-01-31 22:40", _refresh_log),
    _File("PMOS-13", "security-review.pdf", who.ENGINEERING_PARTNER, "2026-02-01 09:20", _report),
    _File(
        "PMOS-21",
        "dashboard.png",
        who.DOCUMENTATION_MAINTAINER,
        "2026-02-02 16:30",
        lambda: bar_chart([phase.completed * 12 for _, phase in _PHASES]),
        shown=True,
    ),
    _File("PMOS-21", "quality metrics.csv", who.DATA_ANALYST, "2026-02-02 16:40", _metrics_table),
    _File("PMOS-22", "velocity.csv", who.SYSTEM_EVALUATOR, "2026-02-02 11:30", _velocity_table),
    _File(
        "PMOS-22",
        "velocity.png",
        who.SYSTEM_EVALUATOR,
        "2026-02-02 11:40",
        lambda: bar_chart([phase.points * 5 for _, phase in _PHASES], colour=(0x36, 0xB3, 0x7E)),
    ),
    _File("DESK-1", "mail.txt", who.ALEX_RIVERA, "2026-02-02 06:20", lambda: b"Please see the screenshot.\n"),
)


def fill(session: Session, issues: Iterable[Issue]) -> None:
    """Attach the files; the issues are stored afterwards."""
    by_key = {issue.key: issue for issue in issues}
    for file in _FILES:
        issue, moment = by_key[file.issue], at(file.when)
        known = attachment_store.keep(session, issue, file.name, file.content(), file.author.account_id, moment)
        issue.updated = max(issue.updated, moment)
        if file.shown and issue.description is not None:
            shown = picture(attachment_store.media_id(known["id"]), file.name)
            issue.description = {**issue.description, "content": [*issue.description["content"], shown]}
