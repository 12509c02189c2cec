"""A page of more than 300,000 characters: every request of a night, an hour at a time."""

from __future__ import annotations

import random

from confluence_mcp.sandbox.sample.markup import box, code, h, mono, p, strong, toc

_HOURS = 24
_LINES = 80
_CALLS = ("files.list", "files.get", "files.export", "changes.list", "about.get")


def request_log() -> str:
    """The body; always the same."""
    chance = random.Random(514)
    parts: list[str] = [
        toc(2),
        box("info", p("What the trial of the Google Drive integration asked, minute by minute. Nothing is left out.")),
    ]
    for hour in range(_HOURS):
        parts.append(h(2, f"Hour {hour:02d}"))
        rows: list[str] = []
        total, slow = 0, 0
        for line in range(_LINES):
            took = chance.randint(180, 990)
            total, slow = total + took, slow + (took > 900)
            when = f"{hour:02d}:{line * 45 // 60:02d}:{line * 45 % 60:02d}"
            call, number = _CALLS[chance.randrange(len(_CALLS))], f"{chance.randrange(16**8):08x}"
            answer = "429, next try in 2 s" if chance.random() < 0.01 else "200"
            rows.append(
                f"<tr><td><p>{when}</p></td><td><p><code>{call}</code></p></td><td><p>{number}</p></td>"
                f"<td><p>{answer}</p></td><td><p>{took} ms</p></td><td><p>{chance.randint(1, 64)} kB</p></td></tr>"
            )
        head = "".join(f"<th><p>{name}</p></th>" for name in ("Time", "Call", "Request", "Answer", "Took", "Size"))
        parts.append(f"<table><tbody><tr>{head}</tr>{''.join(rows)}</tbody></table>")
        parts.append(p("Mean of the hour: ", strong(f"{total // _LINES} ms"), f"; slower than 900 ms: {slow}."))
        if hour % 6 == 5:
            lines = "\n".join(
                f"2026-01-31T{hour:02d}:{minute:02d}:00Z INFO  drive.auth token renewed" for minute in (0, 50)
            )
            parts.append(code("text", lines, f"refresh-{hour:02d}.log"))
    parts += [
        h(2, "What we took from it"),
        p("Renew after 50 minutes; three tries with ", mono("1, 2, 4"), " seconds."),
    ]
    return "".join(parts)
