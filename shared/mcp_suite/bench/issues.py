"""Issues to read: the keys of the sandbox's largest project."""

import json
from typing import Any

from mcp_suite.bench.figures import MeasurementError
from mcp_suite.bench.observed import Received
from mcp_suite.bench.service import Service

PAGE = 100


def keys(service: Service, count: int) -> list[str]:
    """The keys of `count` different issues.

    Raises:
        MeasurementError: the service has fewer.
    """
    projects: list[str] = [item["key"] for item in _get(service, "/rest/api/3/project/search")["values"]]
    largest = max(projects, key=lambda key: _count(service, key))
    found: list[str] = []
    token = ""
    while len(found) < count:
        query: dict[str, Any] = {
            "jql": f"project = {largest} ORDER BY key ASC",
            "maxResults": PAGE,
            "fields": ["summary"],
        }
        page = _post(service, "/rest/api/3/search/jql", {**query, **({"nextPageToken": token} if token else {})})
        found += [issue["key"] for issue in page["issues"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    if len(found) < count:
        raise MeasurementError(f"the sandbox has {len(found)} issues in {largest}, {count} are needed")
    service.received()
    return found[:count]


def _count(service: Service, project: str) -> int:
    return int(_post(service, "/rest/api/3/search/approximate-count", {"jql": f"project = {project}"})["count"])


def _get(service: Service, path: str) -> dict[str, Any]:
    return json.loads(service.send(Received("GET", path, "")))


def _post(service: Service, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return json.loads(service.send(Received("POST", path, json.dumps(body))))
