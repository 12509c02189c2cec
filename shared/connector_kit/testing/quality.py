"""The quality scale: what each tier asks of a server, and the check of its quality.toml.

A server's file claims a tier and says of every rule `done`, `todo` or `{ exempt = "why" }`. All
rules of the claimed tier and of those below must be done, or exempt with a reason.
"""

import tomllib
from pathlib import Path
from typing import cast

RULES: dict[str, dict[str, str]] = {
    "bronze": {
        "effects": "every tool states its effect; hints and title follow from it",
        "names": "tools are named service_verb_noun, every parameter is described",
        "schemas": "schemas are flat, strict and recorded as snapshots",
        "stdout": "stdout carries the protocol and nothing else",
        "types": "strict types without unexplained suppressions",
        "credentials": "credentials from environment, env file or keyring only; never in a log, error or repr",
        "read-only": "reads only unless told otherwise",
        "no-credentials": "starts without credentials and then says what to set",
        "guide": "a guide, a config entry, an extra and a script",
        "sandbox": "every tool's happy path against the sandbox, and a smoke test over stdio",
    },
    "silver": {
        "failures": "401, 403, 404, 409, 422, 429 with and without Retry-After, 5xx, timeout, drop, no JSON",
        "writes": "unsafe writes are never repeated",
        "tokens": "one refresh for many calls; a rotated token survives a restart and a kill",
        "bounds": "pages and output are bounded",
        "timeouts": "every wait has an end",
        "cancellation": "a cancelled call closes its connection",
        "coverage": "branch coverage of at least 95 %",
    },
    "gold": {
        "models": "pared models with id and url",
        "resolved-names": "names are accepted where ids are",
        "siblings": "descriptions point to sibling tools",
        "catalogue": "about 20 tools, at most 4,000 tokens",
        "consent": "destructive tools ask",
        "marking": "third-party content is marked as such",
        "doctor": "a doctor checks credentials and scopes",
    },
    "platinum": {
        "conformance": "requests and sandbox answers conform to the vendor's published description",
        "eras": "both protocol eras",
        "properties": "property tests on inputs",
        "neighbours": "works beside all other servers at once",
    },
}


def complaints(path: Path) -> list[str]:
    """What is wrong with a quality.toml, or with its claim; empty when it holds."""
    try:
        claimed = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        return [f"{path.name} cannot be read: {error}"]
    tier = claimed.get("tier")
    if tier not in RULES:
        return [f"tier must be one of {', '.join(RULES)}"]
    found: list[str] = []
    reached = list(RULES).index(str(tier))
    for rank, (name, rules) in enumerate(RULES.items()):
        said = cast("dict[str, object]", claimed.get(name, {}))
        found += [f"{name}.{rule} is not a rule" for rule in said if rule not in rules]
        for rule in rules:
            state = said.get(rule, "missing")
            exempt = isinstance(state, dict) and bool(cast("dict[str, object]", state).get("exempt"))
            if state not in ("done", "todo") and not exempt:
                found.append(f'{name}.{rule} must be "done", "todo" or {{ exempt = "why" }}')
            elif rank <= reached and state == "todo":
                found.append(f"{name}.{rule} is still to do, so the tier is not {tier}")
    return found
