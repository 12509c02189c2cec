"""`mcp-suite bench`: take the measurements, print them beside their targets."""

import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import httpx2
import typer

from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.services import Measure, groups_of
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import prepare
from mcp_suite.servers import Script, find, installed, lacking, load, scripts
from mcp_suite.terminal import console, is_lively, to_json

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


def run_bench(services: Sequence[str], *, runs: int, only: Sequence[str], as_json: bool, strict: bool) -> int:
    """Measure these servers, by default all, and print; answers the exit status.

    It is 1 when a measurement failed, or by `strict` a target was missed.

    Raises:
        SuiteError: there is no such server or group, or a server's extra is not installed.
    """
    chosen = [find(service) for service in dict.fromkeys(services)] or scripts()
    plan = {script: groups_of(script.extra) for script in chosen}
    known = list(dict.fromkeys(name for groups in plan.values() for name in groups))
    unknown = [name for name in only if name not in known]
    if unknown:
        raise SuiteError(f"There is no group {', '.join(unknown)}. Groups: {', '.join(known)}.", status=2)
    for script in chosen:
        if missing := lacking(script, load(script)):
            raise SuiteError(missing)
    report = _measured(plan, runs, only)
    if as_json:
        typer.echo(to_json(_plain(report)))
    else:
        _show(report, console())
    return 1 if report.failures or (strict and report.missed) else 0


def _measured(plan: Mapping[Script, Mapping[str, Measure]], runs: int, only: Sequence[str]) -> Report:
    errors = console(stderr=True)
    report = Report(_machine())
    steps = [(script, name) for script, groups in plan.items() for name in groups if not only or name in only]
    for script in dict.fromkeys(script for script, _ in steps):
        prepare(script, lambda text: errors.print(text, style="dim"))
    for script, name in steps:
        started, what = time.perf_counter(), f"{name} of {script.name}"
        if is_lively(errors):
            with errors.status(f"measuring {what}"):
                _measure(report, what, script, plan[script][name], runs)
        else:
            _measure(report, what, script, plan[script][name], runs)
        errors.print(f"measured {what} in {time.perf_counter() - started:.1f} s", style="dim")
    return report


def _measure(report: Report, what: str, script: Script, measure: Measure, runs: int) -> None:
    try:
        report.figures += [replace(figure, server=script.name) for figure in measure(script, runs)]
    except* (MeasurementError, OSError, httpx2.HTTPError) as failed:
        report.failures[what] = "; ".join(str(error) for error in _all(failed))


def _all(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _all(cast("BaseExceptionGroup[BaseException]", error))
        else:
            yield error


def _machine() -> dict[str, Any]:
    return {
        "suite": installed().version,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2) if sys.platform != "win32" else None,
    }


def _plain(report: Report) -> dict[str, Any]:
    figures = [{**asdict(figure), "ratio": figure.ratio, "met": figure.met} for figure in report.figures]
    return {"machine": report.machine, "figures": figures, "failures": report.failures}


def _show(report: Report, out: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("figure", overflow="fold")
    table.add_column("value", justify="right")
    table.add_column("target", justify="right")
    table.add_column("met")
    table.add_column("lowest..highest", justify="right")
    server = ""
    for figure in report.figures:
        if figure.server != server:
            server = figure.server
            table.add_row(Text(server, style="bold"))
        met = {True: Text("yes", style="green"), False: Text("NO", style="bold red"), None: Text("")}[figure.met]
        table.add_row(
            Text(f"{figure.group}: {figure.name}").append(f"\n  {_aside(figure)}", style="dim"),
            f"{_number(figure.value)} {figure.unit}" if figure.value is not None else "unknown",
            f"{'≥' if figure.least else '≤'} {_number(figure.target)}" if figure.target is not None else "",
            met,
            f"{_number(figure.low)}..{_number(figure.high)}" if figure.low is not None else "",
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
        beside = f"baseline {_number(figure.baseline)} {figure.unit}, ratio {figure.ratio:.2f}"
    runs = f"{figure.runs} runs" if figure.runs else ""
    return "; ".join(part for part in (figure.note, beside, runs) if part)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
