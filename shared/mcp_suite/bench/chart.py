"""The chart of a run, as SVG that follows the reader's light or dark mode."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mcp_suite.bench import latency, proposal, together
from mcp_suite.bench.figures import Figure
from mcp_suite.bench.report import Report, number

GROUPS = (latency.GROUP, proposal.GROUP, together.GROUP)
"""What is drawn."""

_WIDTH, _LEFT, _RIGHT = 900.0, 280.0, 690.0
"""The picture, and where its axis begins and ends; the figures in words stand right of that."""
_LOW, _HIGH = 50.0, 40_000.0
"""Milliseconds at the ends of the axis, which is logarithmic."""
_TICKS = {100: "100 ms", 300: "300 ms", 1000: "1 s", 3000: "3 s", 10_000: "10 s", 30_000: "30 s"}
_ROW, _TOP, _MARGIN = 18.0, 92.0, 16.0
_STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 11.5px }
.title { font-size: 16px; font-weight: 600 } .head { font-weight: 600 } .dim { fill: #59636e }
.paper { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #d1d9e0 } .reach { stroke: #0969da; stroke-width: 2 }
.ours { fill: #0969da } .plain { fill: #ffffff; stroke: #59636e; stroke-width: 1.5 }
.target { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 3 } .limit { fill: #cf222e }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .dim { fill: #9198a1 }
  .paper { fill: #0d1117; stroke: #3d444d } .grid { stroke: #3d444d } .reach { stroke: #4493f8 }
  .ours { fill: #4493f8 } .plain { fill: #0d1117; stroke: #9198a1 }
  .target { stroke: #f85149 } .limit { fill: #f85149 }
}
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the chart in milliseconds: the median, the 95th percentile where there is one, and the plain client."""

    name: str
    median: float
    p95: float | None
    plain: float | None

    @property
    def told(self) -> str:
        """The figures in words."""
        here = f"{number(self.median)}" + (f" / {number(self.p95)}" if self.p95 is not None else "") + " ms"
        return here if self.plain is None else f"{here} ({self.median - self.plain:+.0f})"


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    target: float | None
    rows: Sequence[_Row]


def chart(report: Report, command: str) -> str:
    """The chart of a report, with the command that took its figures."""
    sections = [section for section in _sections(report.figures) if section.rows]
    lines = [_line(figure) for figure in report.figures if figure.group == together.GROUP and not _is_a_start(figure)]
    parts: list[str] = []
    y = _TOP
    for section in sections:
        parts += _section(section, y)
        y += _ROW * (len(section.rows) + 1.6)
    parts = [*_axis(_TOP, y - _ROW), *parts]
    if lines:
        parts.append(_text(_MARGIN, y, "servers at once", "head"))
    for line in lines:
        y += _ROW
        parts.append(_text(_MARGIN + 8, y, line))
    height = y + 3 * _ROW + _MARGIN
    return "\n".join([*_head(report, command, height), *parts, "</svg>", ""])


def _sections(figures: Sequence[Figure]) -> Iterable[_Section]:
    for server in dict.fromkeys(figure.server for figure in figures if figure.group == latency.GROUP):
        own = [figure for figure in figures if figure.group == latency.GROUP and figure.server == server]
        slow = {figure.name: figure for figure in own}
        rows = [
            _Row(tool, figure.value, slow[f"{tool}, {latency.P95}"].value, figure.baseline)
            for figure in own
            for tool, _, what in [figure.name.rpartition(", ")]
            if what == latency.MEDIAN and figure.value is not None
        ]
        yield _Section(server, own[0].target, rows)
    flow = [figure for figure in figures if figure.group == proposal.GROUP]
    starts = [figure for figure in figures if figure.group == together.GROUP and _is_a_start(figure)]
    for name, own in (("a whole workflow", flow), ("starting (the circle: bare servers)", starts)):
        rows = [_Row(figure.name, figure.value, None, figure.baseline) for figure in own if figure.value is not None]
        targets = [figure.target for figure in own if figure.target is not None]
        yield _Section(name, targets[0] if targets else None, rows)


def _is_a_start(figure: Figure) -> bool:
    return figure.name.endswith(together.UP)


def _section(section: _Section, y: float) -> Iterable[str]:
    yield _text(_MARGIN, y, section.name, "head")
    if section.target is not None:
        x, end = _x(section.target), y + _ROW * len(section.rows) + 4
        yield f'<line class="target" x1="{x:.1f}" y1="{y - 10:.1f}" x2="{x:.1f}" y2="{end:.1f}"/>'
        yield _text(x - 5, y, f"at most {section.target / 1000:g} s", "limit", "end")
    for row in section.rows:
        y += _ROW
        yield _text(_MARGIN + 8, y, row.name, "mono" if "_" in row.name else "")
        middle, here = y - 4, _x(row.median)
        if row.p95 is not None:
            yield f'<line class="reach" x1="{here:.1f}" y1="{middle:.1f}" x2="{_x(row.p95):.1f}" y2="{middle:.1f}"/>'
        yield f'<circle class="ours" cx="{here:.1f}" cy="{middle:.1f}" r="4"/>'
        if row.plain is not None:
            yield f'<circle class="plain" cx="{_x(row.plain):.1f}" cy="{middle:.1f}" r="3"/>'
        yield _text(_WIDTH - _MARGIN, y, row.told, "mono", "end")


def _axis(top: float, bottom: float) -> Iterable[str]:
    for value, label in _TICKS.items():
        x = _x(value)
        yield f'<line class="grid" x1="{x:.1f}" y1="{top - 12:.1f}" x2="{x:.1f}" y2="{bottom:.1f}"/>'
        yield _text(x, top - 18, label, "dim", "middle")


def _head(report: Report, command: str, height: float) -> Iterable[str]:
    machine = report.machine
    about = (
        f"{machine['processors']} processors, load average {machine['load_average']}, Python {machine['python']}, "
        f"{machine['system']}"
    )
    size = f'width="{_WIDTH:.0f}" height="{height:.0f}" viewBox="0 0 {_WIDTH:.0f} {height:.0f}"'
    title = f"How long tools take when each request takes {latency.ADDED * 1000:.0f} ms more"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    yield f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>"
    yield f'<rect class="paper" x="0.5" y="0.5" width="{_WIDTH - 1:.0f}" height="{height - 1:.0f}" rx="6"/>'
    yield _text(_MARGIN, 28, title, "title")
    yield f'<circle class="ours" cx="{_MARGIN + 4}" cy="44" r="4"/><circle class="plain" cx="400" cy="44" r="3"/>'
    yield _text(_MARGIN + 14, 48, "the tool: median, and a line to its 95th percentile", "dim")
    yield _text(410, 48, "plain httpx2, the same requests (in brackets: what the tool adds)", "dim")
    yield _text(_MARGIN, height - _ROW - _MARGIN, command, "mono")
    yield _text(_MARGIN, height - _MARGIN, about, "dim")


def _line(figure: Figure) -> str:
    value = f"{number(figure.value)} {figure.unit}" if figure.value is not None else "unknown"
    who = "one caller" if together.ONE_CALLER in figure.note else "bare servers"
    beside = "" if figure.baseline is None else f"; {who}: {number(figure.baseline)}"
    most = "" if figure.target is None else f"; at most {number(figure.target)}"
    return f"{figure.name}: {value}{beside}{most}"


def _x(milliseconds: float) -> float:
    part = math.log(max(_LOW, min(_HIGH, milliseconds)) / _LOW) / math.log(_HIGH / _LOW)
    return _LEFT + part * (_RIGHT - _LEFT)


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'
