"""The checker that holds exchanges against a vendor's description."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector_kit.testing.openapi import Contract

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.1",
    "info": {"title": "Pets", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "parameters": [
                    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {
                        "name": "sizes",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"type": "integer"}},
                    },
                    {"name": "weight", "in": "query", "schema": {"type": "number"}},
                    {"name": "full", "in": "query", "required": True, "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string", "maxLength": 3}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                    "204": {"description": "nothing"},
                    "default": {"$ref": "#/components/responses/Error"},
                },
            },
            "put": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                },
                "responses": {"204": {"description": "done"}},
            },
        },
        "/pets/mine": {"get": {"responses": {"200": {"description": "text"}}}},
        "/upload": {"post": {"requestBody": {"content": {"text/plain": {}}}, "responses": {}}},
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "responses": {"Error": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
        "schemas": {
            "Error": {"type": "object", "required": ["message"], "properties": {"message": {"format": "string"}}},
            "Pet": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "integer", "readOnly": True},
                    "name": {"type": "string", "items": {"type": "string"}},
                    "state": {"type": "string", "nullable": True, "enum": ["sold"]},
                    "size": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
                    "parent": {"$ref": "#/components/schemas/Pet"},
                },
            },
        },
    },
}


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(DESCRIPTION))
    return Contract(path, base="/api")


def test_a_request_as_described_has_nothing_wrong(contract: Contract) -> None:
    query = [("full", "true"), ("tags", "a"), ("tags", "b"), ("sizes", "1,2"), ("weight", "1.5")]
    assert contract.request("GET", "/api/pets/7", query, {"x-trace": "abc"}) == []
    assert contract.request("GET", "/api/pets/7", {"full": "false", "tags": ["a", "b"]}) == []
    assert contract.request("PUT", "/api/pets/7", body={"name": "Rex", "size": 1, "state": None}) == []
    assert contract.request("POST", "/api/upload", body="x") == []
    assert contract.request("POST", "/api/upload") == []


@pytest.mark.parametrize(
    ("method", "path", "query", "complaint"),
    [
        ("GET", "/api/cats/7", {}, "no operation GET /api/cats/7"),
        ("GET", "/pets/7", {}, "no operation GET /pets/7"),
        ("DELETE", "/api/pets/7", {}, "no operation DELETE /api/pets/7"),
        ("GET", "/api/pets/7", {}, "query.full: required"),
        ("GET", "/api/pets/7", {"full": "true", "x": "1"}, "query.x: not a parameter of this operation"),
        ("GET", "/api/pets/seven", {"full": "true"}, "path.id: 'seven' is not of type 'integer'"),
        ("GET", "/api/pets/7", {"full": "yes"}, "query.full: 'yes' is not of type 'boolean'"),
        ("GET", "/api/pets/7", {"full": "true", "sizes": "1,b"}, "query.sizes[1]: 'b' is not of type 'integer'"),
    ],
)
def test_a_wrong_request_is_told(
    contract: Contract, method: str, path: str, query: dict[str, str], complaint: str
) -> None:
    assert complaint in contract.request(method, path, query)


def test_wrong_bodies_and_headers_are_told(contract: Contract) -> None:
    assert contract.request("GET", "/api/pets/7", {"full": "true"}, {"X-Trace": "long"}) != []
    assert contract.request("GET", "/api/pets/7", {"full": "true"}, body={}) == ["body: this operation takes none"]
    assert contract.request("PUT", "/api/pets/7") == ["body: required"]
    assert contract.request("PUT", "/api/pets/7", body={"name": "x", "parent": {}}) == [
        "body.parent: 'name' is a required property"
    ]
    assert contract.request("PUT", "/api/pets/7", body={"name": "x", "id": 1}) != [], "read only"


def test_answers_are_held_against_the_description(contract: Contract) -> None:
    assert contract.response("GET", "/api/pets/7", 200, {"id": 1, "name": "Rex"}) == []
    assert contract.response("GET", "/api/pets/7", 204) == []
    assert contract.response("GET", "/api/pets/7", 500, {"message": "x"}) == []
    assert contract.response("GET", "/api/pets/7", 500, {"message": 5}) != []
    assert contract.response("GET", "/api/pets/7", 200, {"id": 1, "nick": "R", "name": "Rex"}) != []
    assert contract.response("PUT", "/api/pets/7", 200, {}) == ["status 200 is not documented (204)"]
    assert contract.response("GET", "/api/dogs", 200, {}) == ["no operation GET /api/dogs"]


def test_a_literal_segment_wins_over_a_parameter(contract: Contract) -> None:
    assert contract.operation("GET", "/api/pets/mine") == "/pets/mine"
    assert contract.operation("PUT", "/api/pets/mine") == "/pets/{id}"
    assert contract.operation("GET", "/api/pets/") is None
