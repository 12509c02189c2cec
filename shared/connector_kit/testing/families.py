"""One call of every family of a server's tools, with the requests that it leads to when the service is well.

The healthy answers are recorded from a sandbox, so that a fault can be put in the place of any one of them.
"""

import shutil
import ssl
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import anyio

from connector_kit.http import Exchange
from connector_kit.testing.conversation import Conversation, path_of
from connector_kit.testing.faults import QUICK, Fault, FaultServer, ReceivedRequest

PATIENT = replace(QUICK, connect_timeout=20.0, read_timeout=20.0, total_timeout=45.0)
"""A busy machine must not look like a slow service: only what tests slowness has less patience."""

CERTIFICATES = ssl.create_default_context()
"""Read once for all tests."""

Recordings = dict[str, tuple[Exchange, ...]]


@dataclass(frozen=True, slots=True)
class Family:
    """A tool's call and the request in it that matters: `method` ("" for any) and `path`.

    `writes` if it changes something there; `blind` calls write without having read anything before.
    """

    name: str
    tool: str
    arguments: dict[str, Any]
    method: str
    path: str
    writes: bool = True
    blind: bool = False

    def is_target(self, request: Exchange | ReceivedRequest) -> bool:
        """Whether this is the request that matters."""
        path = path_of(request) if isinstance(request, Exchange) else request.path
        return path == self.path and self.method in ("", request.method)


def reads(name: str, tool: str, arguments: dict[str, Any], path: str, method: str = "GET") -> Family:
    """A family that changes nothing."""
    return Family(name, tool, arguments, method, path, writes=False)


Visit = Callable[[Family, Path, Path], AbstractAsyncContextManager[Conversation]]
"""A session for a family, with a site on a database, and a folder for what it leaves behind."""


def record_all(families: Sequence[Family], visit: Visit, seeded: Path, folder: Path) -> Recordings:
    """The exchanges of each family's call with a healthy site of its own, a copy of the database `seeded`."""

    async def record(family: Family) -> tuple[Exchange, ...]:
        database = folder / f"{family.name}.sqlite3"
        shutil.copyfile(seeded, database)
        async with visit(family, database, folder / family.name) as session:
            await session.ask(family.tool, **family.arguments)
            assert any(family.is_target(exchange) for exchange in session.exchanges), family.name
        return tuple(session.exchanges)

    async def all_of_them() -> Recordings:
        return {family.name: await record(family) for family in families}

    return anyio.run(all_of_them)


def healthy(exchange: Exchange) -> Fault:
    """The recorded answer."""
    assert exchange.status is not None
    headers = {"Content-Type": "application/json"} if exchange.response_body else {}
    return Fault(exchange.status, exchange.response_body, headers)


def arrived(server: FaultServer, family: Family) -> int:
    """How often the request that matters reached the server."""
    return sum(map(family.is_target, server.requests))


def stage(
    server: FaultServer,
    family: Family,
    exchanges: Sequence[Exchange],
    fault: Fault,
    answer: Callable[[Exchange], Fault] = healthy,
) -> None:
    """Have the server answer as it was recorded, but with `fault` from the request that matters on."""
    for exchange in exchanges:
        if family.is_target(exchange):
            server.queue(family.path, *[fault] * _TIMES)
            return
        server.queue(path_of(exchange), answer(exchange))


_TIMES = 10
"""More often than any call tries."""


class Stage:
    """A site that answers as it was recorded, but with `faults` what matters: one after the other, the last always.

    `arrived` counts the requests that matter; `sent` are all of them.
    """

    def __init__(self, family: Family, exchanges: Sequence[Exchange]) -> None:
        self.family = family
        self.faults: list[Fault] = []
        self.arrived = 0
        self.sent: list[ReceivedRequest] = []
        self._recorded: dict[tuple[str, str], list[Fault]] = {}
        for each in exchanges:
            self._recorded.setdefault((each.method, each.url), []).append(healthy(each))
        self._by_path = {(each.method, path_of(each)): healthy(each) for each in reversed(exchanges)}
        self._asked = Counter[tuple[str, str]]()

    def begin(self, *faults: Fault) -> None:
        """Forget what arrived, and answer what matters with these from now on."""
        self.faults = list(faults)
        self.arrived = 0
        self.sent.clear()
        self._asked.clear()

    async def answer(self, request: ReceivedRequest) -> Fault:
        """The answer to a request."""
        self.sent.append(request)
        if self.family.is_target(request):
            self.arrived += 1
            if self.faults:
                return self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        return self.healthy(request)

    def healthy(self, request: ReceivedRequest) -> Fault:
        """The recorded answer to a request: asked again, the one that came then; after the last, that one always."""
        wanted = (request.method, request.target)
        if answers := self._recorded.get(wanted):
            self._asked[wanted] += 1
            return answers[min(self._asked[wanted], len(answers)) - 1]
        known = self._by_path.get((request.method, request.path))
        return known or Fault.json({"message": f"nothing was recorded for {request.method} {request.target}"}, 404)
