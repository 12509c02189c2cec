"""What is measured of the Confluence server: what its usual answers cost a model, and what it adds to a read."""

import json
import re
from collections.abc import Sequence
from typing import Any

from mcp_suite import client_config
from mcp_suite.bench import load, reading
from mcp_suite.bench.figures import Figure, MeasurementError, tokens
from mcp_suite.bench.reading import Reading
from mcp_suite.bench.service import Received, Service
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import isolated
from mcp_suite.servers import Script

GROUP = "answers"
SPACE, LARGE_SPACE, LARGE_PAGE = "PMOS", "KB", "PMOS/Google Drive trial: request log"
"""The space with the product's pages, that with a thousand, and a page of more than 300,000 characters."""
HITS = 10
MOST_HITS, MOST_OUTLINE, MOST_WRITE = 900, 600, 150
READS_PER_RUN = 10
CONCURRENT = 100
PINGS = 20
_BODY = "## Goal\n\nTwo weeks, **one team**, one decision.\n\n- go on\n- turn back\n"


def pages(service: Service, count: int) -> Sequence[str]:
    """The ids of `count` pages of the large space.

    Raises:
        MeasurementError: the service has fewer.
    """
    space = _get(service, f"/wiki/api/v2/spaces?keys={LARGE_SPACE}")["results"][0]["id"]
    found: list[str] = []
    target = f"/wiki/api/v2/spaces/{space}/pages?limit=250"
    while target and len(found) < count:
        answer = _get(service, target)
        found += [page["id"] for page in answer["results"]]
        target = answer["_links"].get("next", "")
    if len(found) < count:
        raise MeasurementError(f"the sandbox has {len(found)} pages in {LARGE_SPACE}, {count} are needed")
    service.received()
    return found[:count]


PAGE = Reading("confluence_get_page", "page", pages, {}, {"version": 1})


def answers(script: Script, runs: int) -> list[Figure]:
    """Make each usual call once in a fresh sandbox and count what comes back.

    Raises:
        MeasurementError: a call failed, or answered less than was asked for.
    """
    del runs
    with (
        isolated(script, client_config.sandbox_environment(script)) as place,
        WireClient(place.command, place.environment, place.folder, place.errors) as client,
    ):
        client.initialize()
        found, _ = client.call("confluence_search", {"text": "phase", "limit": HITS})
        hits = len(re.findall(r"(?m)^\d+ \| ", found))
        if hits < HITS:
            raise MeasurementError(f"the search answered {hits} hits, {HITS} are needed")
        outline, _ = client.call("confluence_get_page", {"page": LARGE_PAGE, "part": "outline"})
        writes: dict[str, str] = {}
        writes["create"], _ = client.call(
            "confluence_create_page", {"space": SPACE, "title": "Measure an answer", "body": _BODY}
        )
        page = re.search(r"\b\d{4,}\b", writes["create"])
        if page is None:
            raise MeasurementError(f"creating answered no id: {writes['create']}")
        writes["update"], _ = client.call(
            "confluence_update_page", {"page": page[0], "version": 1, "body": "More.", "how": "append"}
        )
        writes["comment"], _ = client.call("confluence_add_comment", {"page": page[0], "body": "Agreed."})
        writes["labels"], _ = client.call("confluence_update_labels", {"page": page[0], "add": ["pilot"]})
        note = {"page": page[0], "name": "notes.md", "text": _BODY}
        writes["attachment"], _ = client.call("confluence_add_attachment", note)
    longest = max(writes, key=lambda name: len(writes[name].encode()))
    return [
        _figure(f"search, {HITS} hits", found, MOST_HITS),
        _figure("outline of a page of 300 KB", outline, MOST_OUTLINE),
        _figure("a write", writes[longest], MOST_WRITE, f"the longest of {', '.join(writes)}: {longest}"),
    ]


def _figure(name: str, answer: str, most: int, note: str = "bytes / 4") -> Figure:
    return Figure(GROUP, name, tokens(len(answer.encode())), "tokens", most, note=note)


def _get(service: Service, target: str) -> dict[str, Any]:
    return json.loads(service.send(Received("GET", target, "")))


def _overhead(script: Script, runs: int) -> list[Figure]:
    return reading.measure(script, PAGE, runs * READS_PER_RUN)


def _load(script: Script, runs: int) -> list[Figure]:
    return load.measure(script, PAGE, rounds=min(runs, 3), concurrent=CONCURRENT, pings=PINGS)


GROUPS = {"answers": answers, "overhead": _overhead, "load": _load}
