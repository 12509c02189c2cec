"""From spawning to the first answers, and the memory before the first call, beside a bare server."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp_suite import client_config
from mcp_suite.bench import bare
from mcp_suite.bench.figures import Figure, MeasurementError, spread, tokens
from mcp_suite.bench.memory import peak_of_children, processor_time, resident
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

GROUP = "start-up"
MOST_RATIO = 1.15
MOST_MIB = 80.0
MOST_CATALOGUE_TOKENS = 4000
_BESIDE = "against a bare MCPServer with as many tools"


@dataclass(slots=True)
class Runs:
    """What the runs of one server gave: seconds to each answer; after the second, processor seconds and MiB."""

    initialize: list[float] = field(default_factory=list[float])
    tools_list: list[float] = field(default_factory=list[float])
    processor: list[float] = field(default_factory=list[float])
    mib: list[float] = field(default_factory=list[float])
    tools: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def measure(script: Script, runs: int) -> list[Figure]:
    """Spawn the server and the bare one in turn, `runs` times each after one unmeasured run.

    Raises:
        MeasurementError: one of them did not answer.
    """
    variables = {**client_config.sandbox_environment(script), f"{script.extra.upper()}_ACCESS": "delete"}
    with isolated(script, variables) as place:
        ours, plain, warm = Runs(), Runs(), Runs()
        _spawn(place.command, place.environment, place.folder, place.errors, warm)
        command = [place.command[0], *bare.write(place.folder, warm.tools)]
        _spawn(command, place.environment, place.folder, place.errors, Runs())
        for number in range(runs):
            turns = [(place.command, ours), (command, plain)]
            for arguments, into in turns if number % 2 == 0 else reversed(turns):
                _spawn(arguments, place.environment, place.folder, place.errors, into)
    if len(ours.tools) != len(plain.tools):
        raise MeasurementError(f"{len(ours.tools)} tools against {len(plain.tools)} in the bare server")
    return [
        *times(GROUP, "spawn to initialize", ours.initialize, plain.initialize, _BESIDE),
        *times(GROUP, "spawn to tools/list", ours.tools_list, plain.tools_list, _BESIDE),
        *_processor(ours.processor, plain.processor),
        _memory(ours.mib, plain.mib),
        *_catalogue(ours.tools),
    ]


def _spawn(command: Sequence[str], environment: Mapping[str, str], folder: Path, errors: Path, into: Runs) -> None:
    with WireClient(command, environment, folder, errors) as client:
        into.initialize.append(client.initialize().arrived - client.spawned)
        listing = client.send("tools/list")
        into.tools = listing.result()["tools"]
        into.tools_list.append(listing.arrived - client.spawned)
        if (mib := resident(client.pid)) is not None:
            into.mib.append(mib)
        if (used := processor_time(client.pid)) is not None:
            into.processor.append(used)


def times(group: str, name: str, ours: Sequence[float], plain: Sequence[float], note: str) -> list[Figure]:
    """The figures of a start that was measured in seconds, beside that of bare servers: itself, and the ratio."""
    milliseconds = [value * 1000 for value in ours]
    base = [value * 1000 for value in plain]
    ratio = statistics.median(ours) / statistics.median(plain)
    pairs = [one / other for one, other in zip(ours, plain, strict=True)]
    return [
        spread(group, name, milliseconds, "ms", baseline=base, note=note),
        Figure(
            group,
            f"{name}, by the bare server",
            ratio,
            "×",
            MOST_RATIO,
            note="ratio of the medians; extremes: of neighbouring runs",
            low=min(pairs),
            high=max(pairs),
            runs=len(pairs),
        ),
    ]


def _processor(ours: list[float], plain: list[float]) -> list[Figure]:
    """Less moved by what else the machine does than the time on the clock."""
    if not ours:
        return []
    base = [value * 1000 for value in plain]
    return [spread(GROUP, "processor time to tools/list", [value * 1000 for value in ours], "ms", baseline=base)]


def _memory(ours: list[float], plain: list[float]) -> Figure:
    name = "memory before the first call"
    if ours:
        return Figure(
            GROUP,
            name,
            statistics.median(ours),
            "MiB",
            MOST_MIB,
            note="resident, after tools/list",
            baseline=statistics.median(plain),
            low=min(ours),
            high=max(ours),
            runs=len(ours),
        )
    peak = peak_of_children()
    note = "not available on this system" if peak is None else "peak of all processes of this run, the bare one too"
    return Figure(GROUP, name, peak, "MiB", MOST_MIB, note=note)


def _catalogue(tools: Sequence[Mapping[str, Any]]) -> list[Figure]:
    size = len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False).encode())
    seen = [{key: tool[key] for key in ("name", "description", "inputSchema") if key in tool} for tool in tools]
    view = len(json.dumps(seen, separators=(",", ":"), ensure_ascii=False).encode())
    note = f"{len(tools)} tools, compact JSON"
    return [
        Figure("catalogue", "bytes", size, "bytes", note=note),
        Figure("catalogue", "tokens", tokens(size), "tokens", MOST_CATALOGUE_TOKENS, note="bytes / 4"),
        Figure("catalogue", "tokens that a model sees", tokens(view), "tokens", note="name, description, schema"),
    ]
