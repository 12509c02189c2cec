"""A whole workflow across the four servers, on services that are as far away as real ones."""

import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import anyio

from mcp_suite.bench import replay
from mcp_suite.bench.figures import Figure, MeasurementError, spread
from mcp_suite.bench.latency import ADDED
from mcp_suite.bench.service import Service, running
from mcp_suite.calls import CallError
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script
from mcp_suite.workflow.connection import Launch, connected
from mcp_suite.workflow.definitions import workflow_of
from mcp_suite.workflow.display import SilentWatcher
from mcp_suite.workflow.engine import Engine, RunError
from mcp_suite.workflow.model import Arguments, Workflow
from mcp_suite.workflow.record import Record

GROUP = "workflow"
WORKFLOW = "feature-proposal"
MOST_MS = 30_000.0
"""What a whole proposal may take by the plan of the product."""
MOST_RUNS = 3
_SITE = "https://pm-os.sandbox.invalid"
"""Where links lead to for the workflow: a site that one may link to has an https address."""


@dataclass(frozen=True, slots=True)
class Field:
    """The services of a workflow, and where the server of each runs."""

    services: Mapping[str, Service]
    places: Mapping[str, Isolated]


def needed() -> list[str]:
    """The services that the workflow works on."""
    return workflow_of(WORKFLOW).servers()


def measure(scripts: Sequence[Script], runs: int, seconds: float) -> list[Figure]:
    """Propose a feature, several times, each with servers just started; then the same requests by a plain client.

    Raises:
        MeasurementError: a step failed.
    """
    del seconds
    flow = workflow_of(WORKFLOW)
    with ExitStack() as stack:
        services: dict[str, Service] = {}
        places: dict[str, Isolated] = {}
        for script in scripts:
            if script.extra in flow.servers():
                place = stack.enter_context(isolated(script, {}))
                places[script.extra] = place
                services[script.extra] = stack.enter_context(running(script, place))
        return anyio.run(_measured, flow, Field(services, places), min(runs, MOST_RUNS))


async def _measured(flow: Workflow, field: Field, runs: int) -> list[Figure]:
    whole: list[float] = []
    starts: list[float] = []
    plain: list[float] = []
    requests = 0
    for service in field.services.values():
        service.delay(ADDED)
    async with replay.plain_client() as http:
        for number in range(runs):
            for service in field.services.values():
                service.received()
            start, took = await _proposed(flow, field, number)
            sent = sorted(
                ((service, request) for service in field.services.values() for request in service.received()),
                key=lambda pair: pair[1].arrived,
            )
            requests = len(sent)
            plain.append(await replay.again(http, sent) * 1000)
            whole.append((start + took) * 1000)
            starts.append(start * 1000)
    note = (
        f"{len(field.services)} servers started, {len(flow.steps)} steps; against plain httpx2, "
        f"{requests} requests of {ADDED * 1000:.0f} ms and more"
    )
    figure = spread(GROUP, f"{WORKFLOW}, with its servers", whole, "ms", baseline=plain, note=note, target=MOST_MS)
    return [figure, Figure(GROUP, f"{WORKFLOW}, until servers are up", statistics.median(starts), "ms")]


async def _proposed(flow: Workflow, field: Field, number: int) -> tuple[float, float]:
    """One run; answers the seconds until the servers are up, and those of the steps."""

    def launch(name: str) -> Launch:
        place = field.places[name]
        more = {f"{name.upper()}_{key}": value for key, value in flow.settings.get(name, {}).items()}
        return Launch(place.command, {**place.environment, **field.services[name].variables(), **more})

    inputs = flow.settle(
        {
            "title": f"Measured proposal, no. {number}",
            "summary": "Drafts are to be answered within a day.",
        }
    )
    path = Path(next(iter(field.places.values())).folder) / f"proposal-{number}.jsonl"
    path.touch()
    record = Record(path, path.stem, flow.name, flow.revision, True, datetime.now(UTC), inputs)
    began = anyio.current_time()
    up = began
    try:
        async with connected(flow.servers(), launch) as connections:
            up = anyio.current_time()

            async def call(server: str, tool: str, arguments: Arguments) -> str:
                told = await connections(server, tool, arguments)
                return told.replace(field.services[server].url, _SITE)

            await Engine(flow, record, call, SilentWatcher(), 0).run()
            done = anyio.current_time()
    except* (CallError, RunError) as failed:
        raise MeasurementError(f"{flow.name}: {_first(failed)}") from failed
    return up - began, done - up


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    inner: BaseException = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner  # pyright: ignore[reportUnknownArgumentType]
