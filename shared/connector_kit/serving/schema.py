"""Input schemas that every client accepts: flat, strict, without titles, references or null arms."""

from typing import Any, cast

Schema = dict[str, Any]
_DEFS = "#/$defs/"


def flatten(schema: Schema) -> Schema:
    """Rewrite a pydantic schema: no titles, local references inlined, `T | None` as plain `T`.

    The result refuses unknown arguments. A default of null says nothing and is dropped, and so is the empty one of
    several values, which some clients refuse: whoever means it leaves the argument out.
    """
    out = _flatten(schema, schema.get("$defs", {}))
    out["additionalProperties"] = False
    return out


def _flatten(node: Any, defs: Schema) -> Any:
    if isinstance(node, list):
        return [_flatten(item, defs) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    source = cast("Schema", node)
    reference = source.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFS):
        source = {**defs[reference.removeprefix(_DEFS)], **{k: v for k, v in source.items() if k != "$ref"}}
    out: Schema = {}
    for key, value in source.items():
        if key == "properties":
            out[key] = {name: _flatten(child, defs) for name, child in value.items()}
        elif key not in ("title", "$defs"):
            out[key] = _flatten(value, defs)
    arms = out.get("anyOf")
    if arms is not None:
        kept = [arm for arm in arms if arm != {"type": "null"}]
        if len(kept) == 1:
            del out["anyOf"]
            out = {**kept[0], **out}
        elif all(set(arm) <= {"type"} for arm in kept):
            del out["anyOf"]
            out["type"] = [arm["type"] for arm in kept]
    values = out.get("enum")
    if isinstance(values, list) and len(cast("list[Any]", values)) > 1 and "" in values:
        out["enum"] = [value for value in cast("list[Any]", values) if value != ""]
    if "default" in out and (out["default"] is None or (out["default"] == "" and "enum" in out)):
        del out["default"]
    return out
