"""Holds requests and answers against the exported schemas of the agile and software APIs.

The file has, for each operation, its method and path, the names that its query and its body may have, and the JSON
Schema of its answer.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import jsonschema

SOFTWARE = "jira-software.from-jira.js-6.2.0.json"
EDGES = ("/rest/agile/", "/rest/software/")


class AgileContract:
    """The operations of the file."""

    def __init__(self, path: Path) -> None:
        operations = cast("dict[str, dict[str, Any]]", json.loads(path.read_text(encoding="utf-8")))
        self._routes = [
            (name, each, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", each["path"]))) for name, each in operations.items()
        ]
        # A literal segment wins over a parameter.
        self._routes.sort(key=lambda route: route[1]["path"].count("{"))

    def operation(self, method: str, path: str) -> str | None:
        """The name of the operation, or None where there is none."""
        found = self._find(method, path)
        return found[0] if found else None

    def request(self, method: str, path: str, query: Iterable[str] = (), body: object = None) -> list[str]:
        """What is wrong with a request."""
        found = self._find(method, path)
        if found is None:
            return [f"no operation {method} {path}"]
        described = found[1]
        sent = set(cast("dict[str, object]", body)) if isinstance(body, dict) else set[str]()
        wrong = [f"query.{name}" for name in query if name not in (described.get("query") or [])]
        wrong += [f"body.{name}" for name in sent if name not in (described.get("body") or [])]
        return [f"{method} {path}: {each} is unknown" for each in wrong]

    def response(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with the answer to a request that succeeded."""
        found = self._find(method, path)
        if found is None:
            return [f"no operation {method} {path}"]
        schema = found[1].get("response")
        if schema is None:
            return []
        validator = jsonschema.Draft202012Validator(schema)
        errors = cast("Any", validator).iter_errors(body)
        return [f"{method} {path}: {error.json_path} {error.message[:150]}" for error in errors]

    def _find(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        for name, described, pattern in self._routes:
            if described["method"] == method and pattern.fullmatch(path):
                return name, described
        return None
