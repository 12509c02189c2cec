"""Holds requests and answers against a vendor's OpenAPI 3.0 description.

contract = Contract(path)
contract.request("GET", "/rest/api/3/issue/PMOS-1", query={"fields": "summary"})    # [] or complaints
contract.response("GET", "/rest/api/3/issue/PMOS-1", 200, {...})

Only the operations that are used are mended and compiled, so that a description of hundreds of operations loads
in the time it takes to read its JSON. Follows the OpenAPI Specification 3.0.3 (spec.openapis.org/oas/v3.0.3).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias, cast

import openapi_schema_validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

Json: TypeAlias = dict[str, Any]
Query: TypeAlias = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str]]

_DOCUMENT: Final = "urn:openapi"
_LONGEST_COMPLAINT: Final = 200


class _SchemaError(Protocol):
    json_path: str
    message: str


class _Validator(Protocol):
    def iter_errors(self, instance: object, /) -> Iterator[_SchemaError]: ...


class Contract:
    """The operations of one description. `base` is the path in front of those that the description lists."""

    def __init__(self, spec_path: Path, base: str = "") -> None:
        self._spec = cast("Json", json.loads(spec_path.read_text(encoding="utf-8")))
        self._base = base
        self._mended: set[str] = set()
        self._validators: dict[tuple[int, bool], _Validator] = {}
        self._operations: dict[tuple[str, str], Json] = {}
        self._routes: dict[int, list[tuple[tuple[str, ...], str]]] = {}
        for template in self._spec["paths"]:
            segments = tuple(template.split("/"))
            self._routes.setdefault(len(segments), []).append((segments, template))
        for routes in self._routes.values():  # a literal segment wins over a parameter
            routes.sort(key=lambda route: [segment.startswith("{") for segment in route[0]])
        resource: Resource[Any] = Resource(contents=self._spec, specification=DRAFT4)
        registry: Registry[Any] = Registry()
        self._registry: Registry[Any] = registry.with_resource(_DOCUMENT, resource)

    def operation(self, method: str, path: str) -> str | None:
        """The template of the path that answers `path`, or None when the vendor has no such operation."""
        found = self._find(method, path)
        return found[0] if found else None

    def request(
        self,
        method: str,
        path: str,
        query: Query = (),
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> list[str]:
        """What is wrong with a request: unknown or missing parameters, wrong values, a body that does not fit.

        `path` is unquoted and without its query; `body` is parsed JSON, None for none.
        """
        found = self._find(method, path)
        if found is None:
            return [f"no operation {method} {path}"]
        template, values = found
        operation = self._operation(method, template)
        sent = _multi(query)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        parameters = {(each["in"], each["name"]): each for each in map(self._resolve, operation["parameters"])}
        complaints = [
            f"query.{name}: not a parameter of this operation" for name in sent if ("query", name) not in parameters
        ]
        for (place, name), parameter in parameters.items():
            given = {
                "query": sent.get(name),
                "path": [values[name]] if name in values else None,
                "header": [lower[name.lower()]] if name.lower() in lower else None,
            }.get(place)
            if given is None:
                if parameter.get("required"):
                    complaints.append(f"{place}.{name}: required")
                continue
            schema = self._resolve(parameter.get("schema", {}))
            value = self._cast(schema, given, explode=parameter.get("explode", True))
            complaints += self._complaints(schema, value, f"{place}.{name}", write=True)
        return complaints + self._body_complaints(operation, body)

    def response(self, method: str, path: str, status: int, body: object = None) -> list[str]:
        """What is wrong with an answer: a status that is not documented, or a body that does not fit."""
        found = self._find(method, path)
        if found is None:
            return [f"no operation {method} {path}"]
        responses = self._operation(method, found[0])["responses"]
        response = responses.get(str(status)) or responses.get("default")
        if response is None:
            return [f"status {status} is not documented ({', '.join(responses)})"]
        schema = _json_schema(self._resolve(response))
        return self._complaints(schema, body, "response", write=False) if schema else []

    def extension(self, method: str, template: str, name: str) -> Any:
        """What the description says of an operation under a name of the vendor's own; None for nothing."""
        return self._spec["paths"][template][method.lower()].get(name)

    def _find(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        if not path.startswith(self._base):
            return None
        segments = path[len(self._base) :].split("/")
        for pattern, template in self._routes.get(len(segments), ()):
            pairs = list(zip(pattern, segments, strict=True))
            if method.lower() in self._spec["paths"][template] and all(map(_fits, pattern, segments)):
                return template, {wanted[1:-1]: given for wanted, given in pairs if wanted.startswith("{")}
        return None

    def _operation(self, method: str, template: str) -> Json:
        key = (method.lower(), template)
        if key not in self._operations:
            item = self._spec["paths"][template]
            operation = copy.deepcopy(item[key[0]])
            operation["parameters"] = [*item.get("parameters", []), *operation.get("parameters", [])]
            self._mend(operation)
            self._operations[key] = operation
        return self._operations[key]

    def _mend(self, part: Json) -> None:
        """Correct the vendors' slips in a part of the description, and in every component that it reaches."""
        waiting: list[object] = [part]
        while waiting:
            for node in _objects(waiting.pop()):
                _mend_node(node)
                reference = node.get("$ref")
                if isinstance(reference, str) and reference.startswith("#/"):
                    node["$ref"] = _DOCUMENT + reference
                    if reference not in self._mended:
                        self._mended.add(reference)
                        waiting.append(self._look_up(reference))

    def _look_up(self, reference: str) -> Json:
        node: Any = self._spec
        for name in reference.removeprefix(_DOCUMENT).removeprefix("#/").split("/"):
            node = node[name]
        return cast("Json", node)

    def _resolve(self, node: Json) -> Json:
        while isinstance(node.get("$ref"), str):
            node = self._look_up(node["$ref"])
        return node

    def _body_complaints(self, operation: Json, body: object) -> list[str]:
        wanted = self._resolve(operation["requestBody"]) if "requestBody" in operation else None
        if wanted is None:
            return [] if body is None else ["body: this operation takes none"]
        if body is None:
            return ["body: required"] if wanted.get("required") else []
        schema = _json_schema(wanted)
        return self._complaints(schema, body, "body", write=True) if schema else []

    def _cast(self, schema: Json, given: Sequence[str], *, explode: bool) -> object:
        if schema.get("type") != "array":
            return _typed(schema, given[-1])
        items = self._resolve(schema.get("items", {}))
        if len(given) == 1 and not explode:
            given = given[0].split(",")
        return [_typed(items, each) for each in given]

    def _complaints(self, schema: Json, value: object, where: str, *, write: bool) -> list[str]:
        key = (id(schema), write)
        validator = self._validators.get(key)
        if validator is None:
            kinds = cast("Any", openapi_schema_validator)  # its classes come untyped from a factory
            kind = kinds.OAS30WriteValidator if write else kinds.OAS30ReadValidator
            validator = cast("_Validator", kind(schema, registry=self._registry))
            self._validators[key] = validator
        return [
            f"{where}{error.json_path[1:]}: {error.message[:_LONGEST_COMPLAINT]}"
            for error in validator.iter_errors(value)
        ]


def _fits(wanted: str, given: str) -> bool:
    return wanted == given or (wanted.startswith("{") and bool(given))


def _multi(query: Query) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    if isinstance(query, Mapping):
        for name, value in cast("Mapping[str, str | Sequence[str]]", query).items():
            table[name] = [value] if isinstance(value, str) else list(value)
    else:
        for name, text in query:
            table.setdefault(name, []).append(text)
    return table


def _typed(schema: Json, text: str) -> object:
    """A parameter's text as the type that its schema asks for; the text itself when it is not one."""
    try:
        match schema.get("type"):
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text]
            case _:
                return text
    except (ValueError, KeyError):
        return text


def _json_schema(part: Json) -> Json | None:
    content: Json | None = part.get("content", {}).get("application/json")
    return content.get("schema") if content else None


def _objects(node: object) -> Iterator[Json]:
    if isinstance(node, dict):
        here = cast("Json", node)
        yield here
        for value in list(here.values()):
            yield from _objects(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from _objects(value)


def _mend_node(node: Json) -> None:
    if node.get("format") == "string" and "type" not in node:
        node["type"] = node.pop("format")
    if node.get("type") == "string":
        node.pop("items", None)
    choices = node.get("enum")
    if node.get("nullable") and isinstance(choices, list) and None not in choices:
        node["enum"] = [*cast("list[object]", choices), None]
    if isinstance(node.get("oneOf"), list):  # alternatives that overlap: more than one may hold
        node["anyOf"] = node.pop("oneOf")
