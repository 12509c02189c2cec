"""The figures of a run, and how they are printed."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mcp_suite.bench.figures import Figure

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(slots=True)
class Report:
    """The figures, and why others could not be had."""

    machine: dict[str, Any]
    figures: list[Figure] = field(default_factory=list[Figure])
    failures: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def missed(self) -> list[Figure]:
        """The figures beyond their target."""
        return [figure for figure in self.figures if figure.met is False]


def show(report: Report, out: "Console") -> None:
    """Print the figures beside their targets, and what could not be measured."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("figure", overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("target", justify="right")
    table.add_column("met")
    table.add_column("lowest..highest", justify="right")
    server: str | None = None
    for figure in report.figures:
        if figure.server != server:
            server = figure.server
            table.add_row(Text(server or "together", style="bold"))
        met = {True: Text("yes", style="green"), False: Text("NO", style="bold red"), None: Text("")}[figure.met]
        table.add_row(
            Text(f"{figure.group}: {figure.name}").append(f"\n  {_aside(figure)}", style="dim"),
            f"{number(figure.value)} {figure.unit}" if figure.value is not None else "unknown",
            f"{'≥' if figure.least else '≤'} {number(figure.target)}" if figure.target is not None else "",
            met,
            f"{number(figure.low)}..{number(figure.high)}" if figure.low is not None else "",
        )
    out.print(table)
    machine = report.machine
    out.print(
        f"\nPython {machine['python']} on {machine['system']}, {machine['processors']} processors, "
        f"load average {machine['load_average']} at the start.",
        style="dim",
    )
    for name, reason in report.failures.items():
        out.print(f"{name} could not be measured: {reason}", style="bold red")
    targets = [figure for figure in report.figures if figure.met is not None]
    if targets:
        out.print(f"{len(targets) - len(report.missed)} of {len(targets)} targets met.", style="bold")


def _aside(figure: Figure) -> str:
    beside = ""
    if figure.baseline is not None and figure.ratio is not None:
        beside = f"baseline {number(figure.baseline)} {figure.unit}, ratio {figure.ratio:.2f}"
    runs = f"{figure.runs} runs" if figure.runs else ""
    return "; ".join(part for part in (figure.note, beside, runs) if part)


def number(value: float | None) -> str:
    """A figure with as many digits as it deserves; "" for none."""
    if value is None:
        return ""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
