"""A plain HTTP client doing what a server did: the same requests, as many of them at once, the same answers."""

import time
from collections.abc import Sequence

import anyio
import httpx2

from mcp_suite.bench.figures import MeasurementError
from mcp_suite.bench.observed import AGAIN, Received
from mcp_suite.bench.service import Service, headers_of

Sent = Sequence[tuple[Service, Received]]
"""Requests and to whom they went, in the order in which they arrived."""


def plain_client() -> httpx2.AsyncClient:
    """A client for replaying; used for many calls, as a server uses its own."""
    return httpx2.AsyncClient(trust_env=False, timeout=60)


async def again(http: httpx2.AsyncClient, sent: Sent) -> float:
    """Send these requests once more; answers the seconds until the last answer.

    A request waits for those whose answers were there when it was first made.

    Raises:
        MeasurementError: one is answered by another status than at first: the service does not know it any more.
    """
    answered = [anyio.Event() for _ in sent]

    async def send(number: int, service: Service, request: Received) -> None:
        for earlier, event in zip(sent[:number], answered, strict=False):
            if earlier[1].answered <= request.arrived:
                await event.wait()
        headers = {**headers_of(request), AGAIN: str(request.number)}
        reply = await http.request(
            request.method, f"{service.url}{request.target}", content=request.content or None, headers=headers
        )
        if reply.status_code != request.status:
            raise MeasurementError(f"{request.method} {request.target}: {reply.status_code}, not {request.status}")
        answered[number].set()

    started = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number, (service, request) in enumerate(sent):
            tasks.start_soon(send, number, service, request)
    return time.perf_counter() - started
