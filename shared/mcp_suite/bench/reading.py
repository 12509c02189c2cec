"""What the server adds to a read: its tool beside the same requests by a plain HTTP client."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2

from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.inside import inside
from mcp_suite.bench.observed import Received
from mcp_suite.bench.service import Service, headers_of, running
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "overhead"
MOST_MS = 5.0
_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """A tool that reads one thing, which its `argument` names; `more` are its other arguments.

    `things` finds so many things of the service to read. `deeper` are arguments for a read whose answer is not at
    hand after one with `more`.
    """

    tool: str
    argument: str
    things: Callable[[Service, int], Sequence[str]]
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    deeper: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def of(self, thing: str) -> dict[str, Any]:
        """The arguments that read a thing."""
        return {self.argument: thing, **self.more}


def measure(script: Script, reading: Reading, samples: int) -> list[Figure]:
    """Read `samples` things, each once by the tool and once plainly; none of them twice by the tool.

    Raises:
        MeasurementError: a read failed.
    """
    with isolated(script, {}) as place, running(script, place) as service:
        chosen = reading.things(service, _WARM_UP + samples)
        variables = {**place.environment, **service.variables()}
        return [
            _figure("read over stdio", *_over_stdio(reading, place, service, variables, chosen)),
            _figure("read in process", *anyio.run(_in_process, reading, place, service, variables, chosen)),
        ]


def _figure(name: str, tool: Sequence[float], plain: Sequence[float], requests: int) -> Figure:
    extra = [(one - other) * 1000 for one, other in zip(tool, plain, strict=True)]
    medians = statistics.median(tool) * 1000, statistics.median(plain) * 1000
    return Figure(
        GROUP,
        f"{name}, more than plain httpx2",
        medians[0] - medians[1],
        "ms",
        MOST_MS,
        note=f"medians: {medians[0]:.1f} against {medians[1]:.1f} ms for the same {_count(requests)}",
        low=min(extra),
        high=max(extra),
        runs=len(tool),
    )


def _count(requests: int) -> str:
    return "request" if requests == 1 else f"{requests} requests"


def same_requests(service: Service, key: str) -> list[Received]:
    """What the service received for the read of `key` just made.

    Raises:
        MeasurementError: nothing, or a request about something else.
    """
    received = service.received()
    if not received or any(key not in item.target + item.body for item in received):
        told = ", ".join(f"{item.method} {item.target}" for item in received) or "nothing"
        raise MeasurementError(f"a read of {key} asked for: {told}")
    return received


def _over_stdio(
    reading: Reading, place: Isolated, service: Service, variables: dict[str, str], chosen: Sequence[str]
) -> tuple[list[float], list[float], int]:
    with WireClient(place.command, variables, place.folder, place.errors) as client:
        client.initialize()
        for key in chosen[:_WARM_UP]:
            service.received()
            client.call(reading.tool, reading.of(key))
        last = chosen[_WARM_UP - 1]
        requests = same_requests(service, last)
        tool: list[float] = []
        plain: list[float] = []
        for number, key in enumerate(chosen[_WARM_UP:]):
            if number % 2:
                tool.append(client.call(reading.tool, reading.of(key))[1])
            plain.append(_plainly(service, [item.about(last, key) for item in requests]))
            if not number % 2:
                tool.append(client.call(reading.tool, reading.of(key))[1])
    return tool, plain, len(requests)


def _plainly(service: Service, requests: Sequence[Received]) -> float:
    started = time.perf_counter()
    for request in requests:
        service.send(request)
    return time.perf_counter() - started


async def _in_process(
    reading: Reading, place: Isolated, service: Service, variables: dict[str, str], chosen: Sequence[str]
) -> tuple[list[float], list[float], int]:
    tool: list[float] = []
    plain: list[float] = []
    async with (
        httpx2.AsyncClient(base_url=service.url, auth=service.auth, trust_env=False) as http,
        inside(service.script, place, variables) as server,
    ):

        async def by_tool(key: str) -> float:
            started = time.perf_counter()
            await server.call(reading.tool, reading.of(key))
            return time.perf_counter() - started

        async def plainly(requests: Sequence[Received]) -> float:
            started = time.perf_counter()
            for item in requests:
                reply = await http.request(
                    item.method, item.target, content=item.body or None, headers=headers_of(item)
                )
                reply.raise_for_status()
            return time.perf_counter() - started

        for key in chosen[:_WARM_UP]:
            service.received()
            await by_tool(key)
        last = chosen[_WARM_UP - 1]
        requests = same_requests(service, last)
        for number, key in enumerate(chosen[_WARM_UP:]):
            if number % 2:
                tool.append(await by_tool(key))
            plain.append(await plainly([item.about(last, key) for item in requests]))
            if not number % 2:
                tool.append(await by_tool(key))
    return tool, plain, len(requests)
