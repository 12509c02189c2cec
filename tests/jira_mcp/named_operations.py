"""The operations of the vendor's library that the client's source names."""

import ast
from collections.abc import Iterable
from pathlib import Path

import jira_mcp.client
from atlassian_kit.bridge import describe

SOURCES = sorted(Path(jira_mcp.client.__path__[0]).glob("*.py"))
_CALLS = ("_call", "_write", "_change_part", "_for_administrators")
_ELSEWHERE = {
    "components.py",
    "dashboards.py",
    "members.py",
    "parts.py",
    "releasing.py",
    "remote_links.py",
    "saved_filters.py",
    "status_times.py",
    "versions.py",
    "votes.py",
    "watchers.py",
    "worklog_changes.py",
    "worklogs.py",
}
"""Modules that serve a toolset alone: its own tests hold their requests against the descriptions."""

FOR_EVERYBODY = tuple(source.name for source in SOURCES if source.name not in _ELSEWHERE)
"""The modules that the usual tools need."""


def operations(*modules: str) -> set[str]:
    """The operations that modules of the client name, also where a condition chooses one of two."""
    found: set[str] = set()
    for source in SOURCES:
        if source.name not in modules:
            continue
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS:
                found |= {text for argument in node.args[:2] for text in _texts(argument)}
    return found


def _texts(argument: ast.expr) -> Iterable[str]:
    choices = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
    return [each.value for each in choices if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def requests_of(names: Iterable[str]) -> set[tuple[str, str]]:
    """Method and path of each operation, with a made-up issue."""
    return {request for name in names if (request := _request_of(name))}


def _request_of(name: str) -> tuple[str, str] | None:
    for ids in ((), ("PMOS-1",), ("PMOS", "1")):
        try:
            request = describe("JiraCloud", name, *ids)
        except TypeError:  # it takes more ids
            continue
        return request.method, request.path
    return None
