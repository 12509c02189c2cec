"""The JSON in the body of a request, read as the vendors read it."""

from __future__ import annotations

import json
import re

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_json(body: bytes) -> object:
    """What the body says; ValueError when it is not JSON, or nests too deep to be read."""
    try:
        value: object = json.loads(body, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if _SURROGATE_ESCAPE.search(body):  # half a character cannot be stored: "?", as in Java
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _no_constant(name: str) -> object:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)
