"""Our entries in a client's configuration: told from others', brought up to date, removed."""

from collections.abc import Mapping
from enum import Enum
from pathlib import PureWindowsPath
from typing import NamedTuple

from mcp_suite.client_config import StdioServer
from mcp_suite.errors import SuiteError
from mcp_suite.install.edit import Document
from mcp_suite.install.jsonc import JsonValue
from mcp_suite.servers import DISTRIBUTION, Script


class Outcome(Enum):
    """What became of an entry."""

    ADDED = "added"
    UPDATED = "brought up to date"
    UNCHANGED = "is there already"
    REMOVED = "removed"
    ABSENT = "was not there"
    FOREIGN = "is another server of that name; left alone"


class Edited(NamedTuple):
    """The changed document and what became of the entry."""

    document: Document
    outcome: Outcome


def starts(script: Script, entry: JsonValue) -> bool:
    """Whether an entry starts our script, wherever that is installed: by itself, or through a launcher.

    What npx, docker or uvx start under the script's name is another's.
    """
    command = entry.get("command") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(command, str):
        return False
    program, given = _program(command), entry.get("args")
    words = [word for word in given if isinstance(word, str)] if isinstance(given, list) else []
    if program == script.name:
        return True
    if program == "mcp-suite":
        return words[:2] == ["run", script.extra]
    named = bool({_program(word) for word in words} & {script.name, script.package})
    if program == "uv":
        return named and "run" in words
    if program == "uvx":
        return named and any(word.startswith(DISTRIBUTION) for word in words)
    return named and program.startswith("python")


def starts_nothing(entry: JsonValue) -> bool:
    """Whether an entry has neither a command nor an address, so that no client can make anything of it."""
    return not isinstance(entry, dict) or not (isinstance(entry.get("command"), str) or "url" in entry)


def ours(document: Document, section: str, script: Script) -> list[str]:
    """The names of the entries that start a script.

    Raises:
        Malformed: the section is not an object, or stands there twice.
    """
    return [name for name, entry in document.section(section).items() if starts(script, entry)]


def add(document: Document, section: str, name: str, script: Script, wanted: StdioServer) -> Edited:
    """Put a server's entry in, or bring the one that is there up to date, keeping what else it says.

    Raises:
        SuiteError: a server that is not ours has the name.
        Malformed: the section is not an object, or it or the entry stands there twice.
    """
    entries = document.section(section)
    if name not in entries:
        return Edited(document.put((section, name), _json(wanted)), Outcome.ADDED)
    present = entries[name]
    if starts_nothing(present):
        return Edited(document.put((section, name), _json(wanted)), Outcome.UPDATED)
    if not isinstance(present, dict) or not starts(script, present):
        raise SuiteError(
            f"there is already a server {name!r} that is not {script.name}. Rename or remove it, then try again. "
            "Nothing was changed."
        )
    edited = document
    for key, value in _json(wanted).items():
        if key == "env":
            edited = _bring_environment(edited, (section, name, key), present.get(key), wanted["env"], script)
        elif present.get(key, [] if key == "args" else None) != value:
            edited = edited.put((section, name, key), value)
    return Edited(edited, Outcome.UNCHANGED if edited is document else Outcome.UPDATED)


def remove(document: Document, section: str, name: str, script: Script) -> Edited:
    """Take a server's entry out; one of that name that does not start our script stays.

    Raises:
        Malformed: the section is not an object, or stands there twice.
    """
    entries = document.section(section)
    if name not in entries:
        return Edited(document, Outcome.ABSENT)
    if not starts(script, entries[name]):
        return Edited(document, Outcome.FOREIGN)
    return Edited(document.drop((section, name)), Outcome.REMOVED)


def _program(word: str) -> str:
    # A Windows path takes both kinds of separators.
    return PureWindowsPath(word).name.lower().removesuffix(".exe")


def _bring_environment(
    document: Document, path: tuple[str, ...], present: JsonValue, wanted: Mapping[str, str], script: Script
) -> Document:
    """Set our variables, remove our switches that are off now, and keep what the user has added."""
    if not isinstance(present, dict):
        return document.put(path, dict(wanted)) if wanted or present is not None else document
    prefix = script.extra.upper()
    for name in (f"{prefix}_SANDBOX", f"{prefix}_ACCESS"):
        if name in present and name not in wanted:
            document = document.drop((*path, name))
    for name, value in wanted.items():
        if present.get(name) != value:
            document = document.put((*path, name), value)
    return document


def _json(entry: StdioServer) -> dict[str, JsonValue]:
    made: dict[str, JsonValue] = {"command": entry["command"], "args": [*entry["args"]], "env": {**entry["env"]}}
    return {"type": entry["type"], **made} if "type" in entry else made
