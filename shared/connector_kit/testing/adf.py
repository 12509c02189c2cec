"""Holds documents against Atlassian's own JSON schema of its document format."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from jsonschema import validators

from connector_kit.testing.specs import find_spec

ADF_SCHEMA: Final = "adf-full.atlaskit-57.7.22.json"


def adf_checker() -> Callable[[object], list[str]] | None:
    """Return what tells the complaints of the schema about a document; None where the schema is not at hand."""
    path = find_spec(ADF_SCHEMA)
    if path is None:
        return None
    validator = _quick(json.loads(path.read_text(encoding="utf-8")))

    def errors(document: object) -> list[str]:
        return [error.message[:300] for error in validator.iter_errors(document)]

    return errors


def _quick(schema: dict[str, Any]) -> Any:
    """Return a validator that tries only the alternatives which are of a node's type.

    The schema is a tree of alternatives, and trying all of them takes seconds for a page.
    """
    untyped: Any = validators  # its stubs know neither `extend` nor what it makes
    draft4 = untyped.Draft4Validator
    known: dict[int, list[frozenset[str]]] = {}

    def types(alternative: dict[str, Any]) -> frozenset[str]:
        if "$ref" in alternative:
            return types(schema["definitions"][str(alternative["$ref"]).rpartition("/")[2]])
        if "allOf" in alternative:
            return types(alternative["allOf"][0])
        if "anyOf" in alternative:
            return frozenset[str]().union(*map(types, alternative["anyOf"]))
        return frozenset(alternative.get("properties", {}).get("type", {}).get("enum", ()))

    def any_of(validator: Any, alternatives: list[Any], instance: Any, rules: Any) -> Iterator[Any]:
        if isinstance(instance, dict):
            type_ = cast("dict[str, object]", instance).get("type")
            if id(alternatives) not in known:
                known[id(alternatives)] = [types(alternative) for alternative in alternatives]
            named = zip(alternatives, known[id(alternatives)], strict=True)
            alternatives = [one for one, of_type in named if not of_type or type_ in of_type]
        yield from draft4.VALIDATORS["anyOf"](validator, alternatives, instance, rules)

    return untyped.extend(draft4, {"anyOf": any_of})(schema)
