"""How long the usual tools take on a service that is as far away as a real one, beside a plain client's requests."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio

from mcp_suite.bench import replay
from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.service import Service, running
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "latency"
ADDED = 0.1
"""Seconds that are added to each request, as a far service takes."""
PER_RUN = 2
"""Calls of each tool for one run. Seven runs stay below what Slack lets one method be called in a minute."""
MEDIAN, P95 = "median", "95th percentile"
_WARM_UP = 2

Ask = Callable[[str, Mapping[str, Any]], str]
"""Calls a tool, unmeasured, and answers its text."""


@dataclass(frozen=True, slots=True)
class Case:
    """A tool, and the arguments of its nth call, which differ so that no answer is at hand already.

    What they need may be made or looked for before, by calls that are not measured.
    """

    tool: str
    arguments: Callable[[int, Ask], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured of a server: the most milliseconds that a call may take, the calls, and its settings.

    `cases` is told the service, and the folder that the settings in `variables` let the server read.
    """

    most: float
    cases: Callable[[Service, Isolated], Sequence[Case]]
    variables: Callable[[Isolated], Mapping[str, str]] = field(default=lambda _: {})


def measure(script: Script, plan: Plan, runs: int) -> list[Figure]:
    """Call each tool, each call followed by the same requests from a plain client.

    The service answers those as it did before, after the same time, so that what writes is not done twice.

    Raises:
        MeasurementError: a call failed, or asked the service for nothing.
    """
    with isolated(script, {}) as place, running(script, place) as service:
        return anyio.run(_measured, place, service, plan, runs * PER_RUN)


async def _measured(place: Isolated, service: Service, plan: Plan, samples: int) -> list[Figure]:
    variables = {**place.environment, **service.variables(), **plan.variables(place)}
    figures: list[Figure] = []
    for case in plan.cases(service, place):
        # Each on a server of its own, whose budgets of requests nobody has used.
        with WireClient(place.command, variables, place.folder, place.errors) as client:
            client.initialize()
            figures += await _case(client, service, case, samples, plan.most)
    return figures


async def _case(client: WireClient, service: Service, case: Case, samples: int, most: float) -> list[Figure]:
    def ask(tool: str, arguments: Mapping[str, Any]) -> str:
        return client.call(tool, arguments)[0]

    tool: list[float] = []
    plain: list[float] = []
    requests: list[int] = []
    async with replay.plain_client() as http:
        for number in range(_WARM_UP + samples):
            arguments = case.arguments(number, ask)
            service.received()
            service.delay(ADDED if number >= _WARM_UP else 0)
            _, seconds = client.call(case.tool, arguments)
            service.delay(0)
            received = service.received()
            if not received:
                raise MeasurementError(f"{case.tool} asked the service for nothing")
            beside = await replay.again(http, [(service, request) for request in received])
            if number >= _WARM_UP:
                tool.append(seconds * 1000)
                plain.append(beside * 1000)
                requests.append(len(received))
    told = f"against plain httpx2, {_count(requests)} of {ADDED * 1000:.0f} ms and more"
    return [
        Figure(
            GROUP,
            f"{case.tool}, {name}",
            of(tool),
            "ms",
            most,
            note=told,
            baseline=of(plain),
            low=min(tool),
            high=max(tool),
            runs=samples,
        )
        for name, of in ((MEDIAN, statistics.median), (P95, percentile95))
    ]


def percentile95(values: Sequence[float]) -> float:
    """What 95 of 100 values do not exceed, between the two nearest."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def _count(requests: Sequence[int]) -> str:
    low, high = min(requests), max(requests)
    number = f"{low}" if low == high else f"{low} to {high}"
    return f"{number} request" + "s" * (number != "1")
