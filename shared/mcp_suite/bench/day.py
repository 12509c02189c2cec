"""How much of a day's reading the cache answers."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any

import anyio

from connector_kit.cache import CacheStats, ReadCache
from mcp_suite import client_config
from mcp_suite.bench.figures import Figure, MeasurementError
from mcp_suite.bench.inside import inside
from mcp_suite.bench.service import FASTEST
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "cache"
_CREATED = re.compile(r"\$([1-9])")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the day: `at` is in seconds after midnight; `$1` is the key of the first issue that the day creates."""

    at: float
    tool: str
    arguments: dict[str, Any]


def calls() -> list[Call]:
    """The day: a made-up but complete sequence, in which people ask again, read after writing, and pause."""
    lines = files("mcp_suite.bench").joinpath("day.jsonl").read_text(encoding="utf-8").splitlines()
    return [_call(json.loads(line)) for line in lines]


def _call(entry: dict[str, Any]) -> Call:
    hours, minutes, seconds = (int(part) for part in str(entry["at"]).split(":"))
    at = timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds()
    return Call(at, entry["tool"], entry["arguments"])


def filled_in(arguments: dict[str, Any], created: Sequence[str]) -> dict[str, Any]:
    """The arguments with the keys of issues created so far."""
    return json.loads(_CREATED.sub(lambda match: created[int(match[1]) - 1], json.dumps(arguments)))


def measure(script: Script) -> list[Figure]:
    """Replay the day in process against a fresh sandbox, with the cache's clock set to the day's.

    Raises:
        MeasurementError: a call failed.
    """
    pace = {f"{script.extra.upper()}_REQUESTS_PER_MINUTE": FASTEST}
    with isolated(script, {**client_config.sandbox_environment(script), **pace}) as place:
        day = calls()
        stats = anyio.run(_replay, script, place, day)
    loads = stats.hits + stats.misses
    if not loads:
        raise MeasurementError("the client asked its cache for nothing")
    note = f"{stats.hits} of {loads} lookups in {len(day)} calls; {stats.evictions} evicted for room"
    return [Figure(GROUP, "hits on a day of calls", 100 * stats.hits / loads, "%", note=note)]


async def _replay(script: Script, place: Isolated, day: list[Call]) -> CacheStats:
    now = day[0].at
    created: list[str] = []

    def clock() -> float:
        return now

    async with inside(script, place, place.environment) as server:
        service_client = await server.session.client()
        if not isinstance(getattr(service_client, "cache", None), ReadCache):
            raise MeasurementError("the client has no cache")
        service_client.cache = cache = ReadCache(clock=clock)
        for call in day:
            now = call.at
            answer = await server.call(call.tool, filled_in(call.arguments, created))
            if call.tool == "jira_create_issue":
                created.append(answer.split()[1])
    return cache.stats
