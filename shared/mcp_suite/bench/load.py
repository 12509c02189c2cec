"""The server under load: many reads at once against a slow service, and its answer to a ping meanwhile."""

import time
from collections.abc import Sequence

import anyio
import httpx2

from mcp_suite.bench.figures import Figure, MeasurementError, spread
from mcp_suite.bench.observed import Received
from mcp_suite.bench.reading import Reading, same_requests
from mcp_suite.bench.service import Service, headers_of, running
from mcp_suite.bench.wire import WireClient, text_of
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

GROUP = "load"
SERVICE_DELAY = 0.2
MOST_PING_MS = 20.0
_SLOW_CALL = 1.0
_WARM_UP = 5
"""Reads after which what many things have in common is known."""


def measure(script: Script, reading: Reading, *, rounds: int, concurrent: int, pings: int) -> list[Figure]:
    """`rounds` times `concurrent` reads at once, by the tool and plainly in turn; then `pings` pings.

    Raises:
        MeasurementError: a read failed, or the slow call was over before the pings were.
    """
    with isolated(script, {}) as place, running(script, place) as service:
        chosen = reading.things(service, _WARM_UP + 1 + rounds * concurrent)
        variables = {**place.environment, **service.variables()}
        with WireClient(place.command, variables, place.folder, place.errors) as client:
            client.initialize()
            for thing in chosen[:_WARM_UP]:
                client.call(reading.tool, reading.of(thing))
            service.received()
            about, rest = chosen[_WARM_UP], chosen[_WARM_UP + 1 :]
            client.call(reading.tool, reading.of(about))
            requests = same_requests(service, about)
            service.delay(SERVICE_DELAY)
            ours: list[float] = []
            plain: list[float] = []
            for number in range(rounds):
                part = rest[number * concurrent : (number + 1) * concurrent]
                ours.append(_at_once(client, reading, part) * 1000)
                plain.append(anyio.run(_plainly_at_once, service, requests, about, part) * 1000)
            reads = spread(
                GROUP,
                f"{concurrent} reads at once, service of {SERVICE_DELAY * 1000:.0f} ms",
                ours,
                "ms",
                baseline=plain,
                note="until the last answer; against plain httpx2",
            )
            return [reads, _ping(service, client, reading, chosen[0], pings)]


def _at_once(client: WireClient, reading: Reading, chosen: Sequence[str]) -> float:
    started = time.perf_counter()
    under_way = [client.send("tools/call", {"name": reading.tool, "arguments": reading.of(thing)}) for thing in chosen]
    for pending in under_way:
        text_of(reading.tool, pending.result())
    return max(pending.arrived for pending in under_way) - started


async def _plainly_at_once(service: Service, requests: Sequence[Received], about: str, chosen: Sequence[str]) -> float:
    async with httpx2.AsyncClient(base_url=service.url, auth=service.auth, trust_env=False, timeout=30) as http:

        async def read(key: str) -> None:
            for item in requests:
                asked = item.about(about, key)
                reply = await http.request(
                    asked.method, asked.target, content=asked.body or None, headers=headers_of(asked)
                )
                reply.raise_for_status()

        started = time.perf_counter()
        async with anyio.create_task_group() as tasks:
            for key in chosen:
                tasks.start_soon(read, key)
        return time.perf_counter() - started


def _ping(service: Service, client: WireClient, reading: Reading, thing: str, pings: int) -> Figure:
    service.delay(_SLOW_CALL)
    # Another depth than before, so that the answer is not at hand already.
    slow = client.send("tools/call", {"name": reading.tool, "arguments": {**reading.of(thing), **reading.deeper}})
    latencies: list[float] = []
    for _ in range(pings):
        time.sleep(0.02)
        ping = client.send("ping")
        ping.result()
        latencies.append(ping.seconds * 1000)
    last = time.perf_counter()
    service.delay(0)
    text_of(reading.tool, slow.result())
    if slow.arrived < last:
        raise MeasurementError("the slow call was over before the pings were")
    return Figure(
        GROUP,
        "ping while a slow call runs",
        sorted(latencies)[len(latencies) // 2],
        "ms",
        MOST_PING_MS,
        note="median",
        low=min(latencies),
        high=max(latencies),
        runs=len(latencies),
    )
