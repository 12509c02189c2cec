"""`mcp-suite bench`: take the measurements, print them beside their targets."""

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx2
import typer

from mcp_suite.bench import proposal, together
from mcp_suite.bench.chart import GROUPS, chart
from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.report import Report, show
from mcp_suite.bench.services import groups_of
from mcp_suite.errors import SuiteError
from mcp_suite.sandbox import prepare
from mcp_suite.servers import Script, find, installed, lacking, load, scripts
from mcp_suite.terminal import console, is_lively, to_json

RUNS = 7
SECONDS = 60.0
"""How long callers call all servers at once."""

SuiteMeasure = Callable[[Sequence[Script], int, float], list[Figure]]
"""Takes the servers, how often a start is measured, and the seconds of what lasts."""
Step = tuple[str, str, Callable[[], list[Figure]]]
"""What is measured in words, the script that is measured or "", and how."""

TOGETHER: Mapping[str, SuiteMeasure] = {together.GROUP: together.measure, proposal.GROUP: proposal.measure}
"""What is measured of several servers, by the name that --only takes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure: these servers, by default all, and only these groups of figures, by default all.

    A start is measured `runs` times; callers of several servers at once call for `seconds`.
    """

    services: Sequence[str] = ()
    runs: int = RUNS
    only: Sequence[str] = ()
    seconds: float = SECONDS

    @property
    def command(self) -> str:
        """The command that takes these measurements and draws them."""
        parts = ["uv run mcp-suite bench", *self.services, *(f"--only {name}" for name in self.only)]
        parts += [f"--runs {self.runs}"] * (self.runs != RUNS)
        parts += [f"--seconds {self.seconds:g}"] * (self.seconds != SECONDS)
        return " ".join([*parts, "--svg FILE"])


def run_bench(wanted: Wanted, *, as_json: bool, strict: bool, svg: Path | None = None) -> int:
    """Take the measurements, print them, and draw them into `svg`; answers the exit status.

    It is 1 when a measurement failed, or by `strict` a target was missed.

    Raises:
        SuiteError: there is no such server or group, a server's extra is not installed, there is nothing to draw, or
            the chart cannot be written.
    """
    chosen = [find(service) for service in dict.fromkeys(wanted.services)] or scripts()
    groups = {script: groups_of(script.extra) for script in chosen}
    suite = _of_several(chosen)
    known = list(dict.fromkeys(name for table in (*groups.values(), suite) for name in table))
    only = wanted.only or known
    unknown = [name for name in only if name not in known]
    if unknown:
        raise SuiteError(f"There is no group {', '.join(unknown)}. Groups: {', '.join(known)}.", status=2)
    if svg is not None and not set(GROUPS).intersection(only):
        raise SuiteError(f"--svg draws the groups {', '.join(GROUPS)}: let one be measured.", status=2)
    for script in chosen:
        if missing := lacking(script, load(script)):
            raise SuiteError(missing)
    steps: list[Step] = [
        (f"{name} of {script.name}", script.name, partial(measure, script, wanted.runs))
        for script, table in groups.items()
        for name, measure in table.items()
    ]
    steps += [(name, "", partial(measure, chosen, wanted.runs, wanted.seconds)) for name, measure in suite.items()]
    report = _measured(chosen, [step for step in steps if step[0].partition(" of ")[0] in only])
    if as_json:
        typer.echo(to_json(_plain(report)))
    else:
        show(report, console())
    if svg is not None:
        _write(svg, chart(report, wanted.command))
    return 1 if report.failures or (strict and report.missed) else 0


def _of_several(chosen: Sequence[Script]) -> Mapping[str, SuiteMeasure]:
    names = {script.extra for script in chosen}
    possible = {together.GROUP: len(names) > 1, proposal.GROUP: names.issuperset(proposal.needed())}
    return {name: measure for name, measure in TOGETHER.items() if possible[name]}


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"--svg: {path} cannot be written: {error.strerror}") from error


def _measured(chosen: Sequence[Script], steps: Sequence[Step]) -> Report:
    errors = console(stderr=True)
    report = Report(_machine())
    for script in chosen if steps else ():
        prepare(script, lambda text: errors.print(text, style="dim"))
    for what, server, measure in steps:
        started = time.perf_counter()
        if is_lively(errors):
            with errors.status(f"measuring {what}"):
                _measure(report, what, server, measure)
        else:
            _measure(report, what, server, measure)
        errors.print(f"measured {what} in {time.perf_counter() - started:.1f} s", style="dim")
    return report


def _measure(report: Report, what: str, server: str, measure: Callable[[], list[Figure]]) -> None:
    try:
        report.figures += [replace(figure, server=server) for figure in measure()]
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
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2) if sys.platform != "win32" else None,
    }


def _plain(report: Report) -> dict[str, Any]:
    figures = [{**asdict(figure), "ratio": figure.ratio, "met": figure.met} for figure in report.figures]
    return {"machine": report.machine, "figures": figures, "failures": report.failures}
