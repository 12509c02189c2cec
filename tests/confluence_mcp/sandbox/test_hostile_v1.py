"""Odd requests are refused by v1 with an answer, never with a crash."""

import re
from itertools import product
from typing import Any

import pytest

from confluence_mcp.sandbox.v1.table import V1
from confluence_mcp.sandbox.visitor import Visitor

pytestmark = pytest.mark.anyio
NAMES = (
    *("pages", "destination", "type", "value", "subject", "identifier", "operation", "restrictions", "results", "user"),
    *("group", "name", "key", "templateType", "body", "storage", "labels", "space", "description", "permissions"),
    *("operationKey", "params", "versionNumber", "message", "titleOptions", "destinationPageId", "homepage", "version"),
    *("conversionInputs", "id", "title", "container", "metadata", "prefix", "plain", "subjects", "representation"),
)
LEAVES: tuple[Any, ...] = (None, True, -1, 1.5, "", "x\x00", "98411", [], {}, [None], [{}], {"id": [1]}, "𝕏" * 300)


def nested(leaf: Any, depth: int) -> Any:
    return dict.fromkeys(NAMES, nested(leaf, depth - 1)) if depth else leaf


BODIES: tuple[Any, ...] = (
    *LEAVES,
    *(nested(leaf, 1) for leaf in LEAVES),
    *(nested(leaf, 2) for leaf in LEAVES[::3]),
    *([nested(leaf, 1)] for leaf in LEAVES[::3]),
    *({**nested(leaf, 1), "type": "attachment", "templateType": "page", "name": "T"} for leaf in LEAVES[::4]),
    *({**nested(leaf, 1), "operationKey": "restore", "operation": "read"} for leaf in LEAVES[::4]),
)
VALUES = ("98411", "0", "-1", "99999999999999999999", "x", "%00", "att400001", "read", "²")
QUERIES = (
    *("limit=x", "limit=-1", "limit=99999999999999999999", "start=-5", "cql=%00", "cql=(((((", "cql=text~%22", "name="),
    *(
        "accountId=%F0%9F%98%80",
        "cursor=%ff",
        "cqlcontext=[1]",
        "fromDate=%00",
        "version=0",
        "expand=,,",
        "spaceKey=%2F",
    ),
    *("cqlcontext={%22contentStatuses%22:1}", "cqlcontext={%22spaceKey%22:[1]}", "ids=,,", "type=x", "status=x"),
)


def paths(template: str, value: str) -> str:
    return re.sub(r"\{[^}]+\}", value, template)


async def test_no_body_crashes_a_write(wiki: Visitor) -> None:
    writes = [(method, path) for path, handlers in V1.items() for method in handlers if method in ("POST", "PUT")]
    for (method, path), body in product(writes, BODIES):
        answer = await wiki.ask(method, paths(path, "98411"), body)
        assert answer.status < 500, (method, path, body)


async def test_no_address_and_no_parameter_crashes_a_read(wiki: Visitor) -> None:
    reads = [path for path, handlers in V1.items() if "GET" in handlers]
    for path in reads:
        asked = [paths(path, value) for value in VALUES] if "{" in path else [path]
        for address in (*asked, *(f"{paths(path, '98411')}?{query}" for query in QUERIES)):
            answer = await wiki.ask("GET", address)
            assert answer.status < 500, address
