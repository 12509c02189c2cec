"""Several servers at once: until all have answered, what they take of the memory, and many callers for a while."""

import itertools
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from mcp_suite import client_config
from mcp_suite.bench import bare, startup
from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.latency import percentile95
from mcp_suite.bench.memory import resident
from mcp_suite.bench.services import reads_of
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "together"
CALLERS = 8
ALONE = 6
"""The time of one caller alone is this part of that of all."""
SEED = 8
ONE_CALLER = "against one caller"
"""What the figures of callers stand beside."""
UP = "to the last tools/list"
"""How the figure of a start is called."""

Tool = dict[str, Any]


@dataclass(slots=True)
class Calls:
    """What callers met: milliseconds of each call by server, what went wrong, and the seconds it lasted."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))
    errors: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        """The milliseconds of all calls that went well."""
        return [value for values in self.took.values() for value in values]


def measure(scripts: Sequence[Script], runs: int, seconds: float) -> list[Figure]:
    """Start these servers side by side `runs` times, then let callers read from all of them for `seconds`.

    Raises:
        MeasurementError: a server did not answer.
    """
    figures: list[Figure] = []
    with ExitStack() as stack:
        places = {script: stack.enter_context(isolated(script, _variables(script))) for script in scripts}
        figures += starting(places, runs)
        with _running(places) as fleet:
            figures += calling(fleet.clients, seconds)
            if after := fleet.memory():
                note = f"resident, {len(scripts)} servers"
                figures.append(Figure(GROUP, "memory after the calls", after, "MiB", note=note))
    return figures


def _variables(script: Script) -> dict[str, str]:
    return {**client_config.sandbox_environment(script), f"{script.extra.upper()}_ACCESS": "delete"}


@dataclass(slots=True)
class _Fleet:
    """Servers that run, the seconds from spawning the first to the last answer, and the tools of each."""

    clients: dict[str, WireClient]
    seconds: float
    tools: dict[Script, list[Tool]]

    def memory(self) -> float | None:
        """What all of them take, in MiB; None where the system does not tell."""
        each = [resident(client.pid) for client in self.clients.values()]
        return None if None in each else sum(mib for mib in each if mib is not None)


@contextmanager
def _running(
    places: Mapping[Script, Isolated], commands: Mapping[Script, list[str]] | None = None
) -> Generator[_Fleet]:
    """Start all at once, each from a thread of its own, and ask each for its tools."""
    with ExitStack() as stack:
        spawned = time.perf_counter()
        clients = {
            script: stack.enter_context(
                WireClient((commands or {}).get(script, place.command), place.environment, place.folder, place.errors)
            )
            for script, place in places.items()
        }
        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(_listed, clients.values()))
        yield _Fleet(
            {script.extra: client for script, client in clients.items()},
            max(arrived for _, arrived in answers) - spawned,
            {script: tools for script, (tools, _) in zip(clients, answers, strict=True)},
        )


def _listed(client: WireClient) -> tuple[list[Tool], float]:
    client.initialize()
    listing = client.send("tools/list")
    return listing.result()["tools"], listing.arrived


def starting(places: Mapping[Script, Isolated], runs: int) -> list[Figure]:
    """Start these servers and as many bare ones in turn, `runs` times each after one unmeasured start.

    Raises:
        MeasurementError: one did not answer.
    """
    ours: list[float] = []
    plain: list[float] = []
    memory: list[float] = []
    bare_memory: list[float] = []
    with _running(places) as warm:
        commands = {
            script: [place.command[0], *bare.write(place.folder, warm.tools[script])]
            for script, place in places.items()
        }
    with _running(places, commands):
        pass
    for number in range(runs):
        turns = [(None, ours, memory), (commands, plain, bare_memory)]
        for arguments, times, sizes in turns if number % 2 == 0 else reversed(turns):
            with _running(places, arguments) as fleet:
                times.append(fleet.seconds)
                if (mib := fleet.memory()) is not None:
                    sizes.append(mib)
    name = f"{len(places)} servers at once, {UP}"
    figures = startup.times(GROUP, name, ours, plain, "against as many bare MCPServers with as many tools")
    if memory:
        figures.append(
            Figure(
                GROUP,
                f"memory of {len(places)} servers before the first call",
                statistics.median(memory),
                "MiB",
                startup.MOST_MIB * len(places),
                note="resident, after tools/list",
                baseline=statistics.median(bare_memory),
                low=min(memory),
                high=max(memory),
                runs=len(memory),
            )
        )
    return figures


def calling(clients: Mapping[str, WireClient], seconds: float) -> list[Figure]:
    """Read from these servers, by their names: one caller for a part of the time, then `CALLERS` for `seconds`.

    Raises:
        MeasurementError: no call went well.
    """
    mix = [(service, tool, arguments) for service in clients for tool, arguments in reads_of(service)]
    for service, tool, arguments in mix:  # what is started or read once is there
        clients[service].call(tool, arguments(0))
    numbers = itertools.count(1)
    alone = _callers(clients, mix, numbers, 1, seconds / ALONE)
    crowd = _callers(clients, mix, numbers, CALLERS, seconds)
    if not alone.all or not crowd.all:
        raise MeasurementError(f"no call went well: {'; '.join((alone.errors + crowd.errors)[:3])}")
    return figures_of(alone, crowd)


def figures_of(alone: Calls, crowd: Calls) -> list[Figure]:
    """What one caller met, and what many did, in figures."""
    errors = alone.errors + crowd.errors
    made = len(crowd.all) + len(crowd.errors)
    by_server = ", ".join(f"{name} {statistics.median(took):.1f}" for name, took in sorted(crowd.took.items()))
    return [
        Figure(
            GROUP,
            f"{CALLERS} callers, calls",
            made / crowd.seconds,
            "a second",
            note=f"{made:,} calls in {crowd.seconds:.0f} s; {ONE_CALLER}",
            baseline=(len(alone.all) + len(alone.errors)) / alone.seconds,
        ),
        Figure(
            GROUP, f"{CALLERS} callers, errors", len(errors), "calls", 0, note="; ".join(dict.fromkeys(errors))[:300]
        ),
        _of_calls("median", statistics.median, alone.all, crowd.all, f"{ONE_CALLER}; by server: {by_server} ms"),
        _of_calls("95th percentile", percentile95, alone.all, crowd.all, ONE_CALLER),
    ]


def _of_calls(
    name: str, of: Callable[[Sequence[float]], float], alone: Sequence[float], crowd: Sequence[float], note: str
) -> Figure:
    return Figure(
        GROUP,
        f"{CALLERS} callers, {name}",
        of(crowd),
        "ms",
        note=note,
        baseline=of(alone),
        low=min(crowd),
        high=max(crowd),
        runs=len(crowd),
    )


Mix = Sequence[tuple[str, str, Callable[[int], Mapping[str, Any]]]]


def _callers(
    clients: Mapping[str, WireClient], mix: Mix, numbers: "itertools.count[int]", callers: int, seconds: float
) -> Calls:
    """So many callers at once, each making one call after the other, in an order of its own."""
    calls = Calls()
    started = time.perf_counter()

    def work(caller: int) -> None:
        chance = random.Random(SEED + caller)  # noqa: S311 - which call comes next, nothing secret
        while time.perf_counter() < started + seconds:
            service, tool, arguments = chance.choice(mix)
            try:
                _, took = clients[service].call(tool, arguments(next(numbers)))
            except MeasurementError as error:
                calls.errors.append(str(error))
            else:
                calls.took[service].append(took * 1000)

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(work, range(callers)))
    calls.seconds = time.perf_counter() - started
    return calls
