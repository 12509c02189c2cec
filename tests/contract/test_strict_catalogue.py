"""Every tool as a strict client reads it: its schema is one of JSON Schema 2020-12, without what clients refuse.

https://json-schema.org/draft/2020-12, https://modelcontextprotocol.io/specification (tools)
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from connector_kit.testing import contract

ROOT = Path(__file__).resolve().parents[2]
SERVERS = list(contract.find_servers(ROOT))
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What Claude takes for a name: one that does not fit hides every tool."""
_WORDS = (
    "type properties required additionalProperties description default enum items minItems maxItems uniqueItems "
    "minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength maxProperties pattern const"
)
KEYWORDS = frozenset(_WORDS.split())
"""Keywords that the schemas of models' vendors take, or pass over."""
TOOL = frozenset({"name", "title", "description", "inputSchema", "annotations"})

pytestmark = pytest.mark.parametrize("package", SERVERS)


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and those in it."""
    yield schema
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for each in inner:
        if isinstance(each, dict):
            yield from schemas(cast("dict[str, Any]", each))


def test_every_schema_is_one_of_2020_12_and_uses_no_keyword_that_a_client_refuses(package: str) -> None:
    tools = [contract.wire(tool) for tool in contract.catalogue(contract.load(package))]
    assert len(tools) > 10
    for tool in tools:
        assert NAME.fullmatch(tool["name"]), tool["name"]
        assert set(tool) <= TOOL, tool["name"]
        schema = tool["inputSchema"]
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
        assert set(schema.get("required", [])) <= set(schema["properties"])
        for each in schemas(schema):
            assert set(each) <= KEYWORDS, f"{tool['name']}: {set(each) - KEYWORDS}"
            assert "type" in each or "enum" in each or "const" in each, f"{tool['name']}: {json.dumps(each)}"


def test_every_default_is_a_value_that_its_schema_allows(package: str) -> None:
    for tool in contract.catalogue(contract.load(package)):
        for each in schemas(tool.input_schema):
            for name, child in each.get("properties", {}).items():
                if "default" in child:
                    validator = cast("Any", Draft202012Validator(child))
                    assert validator.is_valid(child["default"]), f"{tool.name}: {name}"


def test_names_of_tools_and_arguments_are_said_once(package: str) -> None:
    tools = contract.catalogue(contract.load(package))
    assert len({tool.name for tool in tools}) == len(tools)
    for tool in tools:
        assert all(NAME.fullmatch(name) for each in schemas(tool.input_schema) for name in each.get("properties", {}))
