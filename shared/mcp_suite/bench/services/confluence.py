"""What is measured of the Confluence server: how long its tools take, what answers cost, what it adds to a read."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mcp_suite import client_config
from mcp_suite.bench import latency, load, reading
from mcp_suite.bench.figures import Figure, MeasurementError, tokens
from mcp_suite.bench.latency import Ask, Case
from mcp_suite.bench.observed import Received
from mcp_suite.bench.reading import Reading
from mcp_suite.bench.service import Service
from mcp_suite.bench.services import Read
from mcp_suite.bench.wire import WireClient
from mcp_suite.isolated import Isolated, isolated
from mcp_suite.servers import Script

GROUP = "answers"
SPACE, LARGE_SPACE, LARGE_PAGE = "PMOS", "KB", "PMOS/Google Drive trial: request log"
"""The space with the product's pages, that with a thousand, and a page of more than 300,000 characters."""
HITS = 10
MOST_HITS, MOST_OUTLINE, MOST_WRITE = 900, 600, 150
READS_PER_RUN = 10
CONCURRENT = 100
PINGS = 20
MOST_MS = 3000.0
"""What publishing may take by the plan of the product; here of every call."""
MOST_CALLS = 300
"""More pages than one tool is asked about in a run."""
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


def cases(service: Service, place: Isolated) -> Sequence[Case]:
    """The usual tools, on pages of the large space."""
    known = pages(service, MOST_CALLS)
    folder = place.folder / "handbook"

    def publish(number: int, ask: Ask) -> Mapping[str, Any]:
        folder.mkdir(exist_ok=True)
        (folder / "pilot.md").write_text(f"# Measured pilot\n\n{_BODY}\nNo. {number}\n", encoding="utf-8")
        asked = {"folder": folder.name, "parent": f"{SPACE}/Product Requirements"}
        _, _, token = ask("confluence_publish_folder", asked).rpartition("run=")
        return {**asked, "run": token.split()[0]}

    return [
        Case("confluence_search", lambda n, _: {"text": "phase", "limit": 10 + n}),
        Case("confluence_get_page", lambda n, _: {"page": known[n]}),
        Case("confluence_list_pages", lambda n, _: {"space": LARGE_SPACE, "limit": 20 + n}),
        Case("confluence_list_comments", lambda n, _: {"page": known[n]}),
        Case("confluence_list_versions", lambda n, _: {"page": known[n]}),
        Case("confluence_create_page", lambda n, _: {"space": SPACE, "title": f"Measured, no. {n}", "body": _BODY}),
        Case("confluence_update_page", lambda n, _: {"page": known[n], "version": 1, "body": "More.", "how": "append"}),
        Case("confluence_publish_folder", publish),
        Case("confluence_update_labels", lambda n, _: {"page": known[n], "add": ["measured"]}),
        Case("confluence_add_comment", lambda n, _: {"page": known[n], "body": f"Agreed, no. {n}."}),
        Case("confluence_add_attachment", lambda n, _: {"page": known[n], "name": "notes.md", "text": _BODY}),
    ]


TOOLS = latency.Plan(MOST_MS, cases, lambda place: {"CONFLUENCE_FILES_DIR": str(place.folder)})
READS: Sequence[Read] = (
    ("confluence_get_page", lambda _: {"page": f"{SPACE}/Product Requirements"}),
    ("confluence_search", lambda n: {"text": "phase", "limit": 5 + n % 20}),
    ("confluence_list_pages", lambda n: {"space": LARGE_SPACE, "limit": 5 + n % 20}),
)


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


def _latency(script: Script, runs: int) -> list[Figure]:
    return latency.measure(script, TOOLS, runs)


GROUPS = {"latency": _latency, "answers": answers, "overhead": _overhead, "load": _load}
