"""The guides say what the software does: commands parse, messages exist, scopes and variables are the real ones."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command

from connector_kit.access import Access
from connector_kit.oauth.profiles import CONFLUENCE, JIRA
from mcp_suite.app import app
from mcp_suite.auth.guidance import guidance
from mcp_suite.install.clients import CLIENTS
from mcp_suite.servers import find, load, scripts

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "setup_guides"
WRITTEN_BY_HAND = sorted(path.name for path in FOLDER.glob("*.md") if not path.stem.endswith("-tools"))
SCRIPTS = {script.name: script for script in scripts()}
PATTERN = [
    "What you get",
    "Account and permissions",
    "WAYS IN",
    "Log in",
    "Add to a client",
    "Check that it works",
    "Sandbox",
    "Settings",
    "Troubleshooting",
    "Rotate",
    "Revoke and uninstall",
]
"""The headings of a service's guide; its ways in are its own."""


class Line(NamedTuple):
    """A command as a guide shows it."""

    guide: str
    text: str


def text_of(guide: str) -> str:
    return (FOLDER / guide).read_text(encoding="utf-8")


# Commands


def commands() -> Iterator[Line]:
    """All commands of ours: those in blocks, and those in backticks."""
    for guide in WRITTEN_BY_HAND:
        text = text_of(guide)
        blocks = re.findall(r"(?m)^ {4,}(\S(?:.*\\\n)*.*)", text)
        for shown in [*blocks, *re.findall(r"`([^`\n]+)`", text)]:
            line = shown.replace("\\\n", " ").strip()
            name = line.removeprefix("uv run ").partition(" ")[0]
            if name != line.removeprefix("uv run ") and name in ("mcp-suite", *SCRIPTS):
                yield Line(guide, line)


@pytest.mark.parametrize("line", list(commands()), ids=lambda line: line.text[:70])
def test_every_command_of_a_guide_is_one(line: Line) -> None:
    words = shlex.split(re.split(r" [<>|] ", line.text.removeprefix("uv run "))[0])
    if words[0] in SCRIPTS:
        parse_server_options(words[1:])
    else:
        parse(words[1:])


def test_the_guides_show_the_commands_that_matter() -> None:
    shown = "\n".join(line.text for line in commands())
    for command in ("auth login", "auth status", "auth logout", "doctor", "install", "sandbox serve", "audit"):
        assert f"mcp-suite {command}" in shown


def parse(words: list[str]) -> None:
    """Find the command and read its options, without running it. Raises what the command line would."""
    command: Any = get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words[0]]
        words = words[1:]
    assert not hasattr(command, "commands"), f"{words} is no command"
    # An option alone, as in "`auth login`", is told without its arguments.
    command.make_context("a guide", list(words), resilient_parsing=not words)


def parse_server_options(words: list[str]) -> None:
    known = {"--check", "--sandbox", "--list-tools", "--version", "--account", "--env-file", "--log-level", "--json"}
    assert {word for word in words if word.startswith("--")} <= known, words


def test_the_clients_named_are_those_that_install_knows() -> None:
    assert set(re.findall(r"`(claude-\w+|cursor|vscode)`", text_of("jira.md"))) <= set(CLIENTS)


# Messages


class Piece(NamedTuple):
    """A text of the software: its constant parts, with something unknown between them."""

    parts: tuple[str, ...]

    def may_say(self, said: str) -> bool:
        """Whether a run of the parts, from inside one to inside another, makes up most of what was said."""
        together = "\0".join(self.parts)
        if not any(said[at : at + 9] in together for at in range(max(1, len(said) - 8))):
            return False  # what follows takes its time
        known = max((self._from(first, said) for first in range(len(self.parts))), default=-1)
        return known >= LEAST_KNOWN * len(said)

    def _from(self, first: int, said: str) -> int:
        """How many characters of what was said are constant if it begins in this part; -1 if it cannot."""
        part = self.parts[first]
        if said in part:
            return len(said)
        begun = [length for length in range(1, min(len(said), len(part)) + 1) if part.endswith(said[:length])]
        return max((self._rest(first + 1, said[length:], length) for length in [0, *begun]), default=-1)

    def _rest(self, at: int, said: str, known: int) -> int:
        """The same for the rest of what was said: something unknown, and then the parts from `at` on."""
        # What was said may end inside of what a placeholder stands for.
        best = known + len(said) if len(said) > SHORTEST and f"\0{said}" in beginnings() else -1
        for unknown in range(min(MOST_UNKNOWN, len(said)) + 1):
            left, filled = said[unknown:], known + (unknown if said[:unknown] in constants() else 0)
            if not left:
                best = max(best, filled)
            elif at < len(self.parts) and (part := self.parts[at]):
                if part.startswith(left):
                    best = max(best, filled + len(left))
                elif left.startswith(part):
                    best = max(best, self._rest(at + 1, left[len(part) :], filled + len(part)))
        return best


MOST_UNKNOWN = 30
"""Characters that a placeholder may stand for."""
LEAST_KNOWN = 0.5
"""Of what a guide quotes, the share that stands in the software."""


SHORTEST = 12
"""Characters of a text that a placeholder is known to stand for; shorter ones are by chance in what was said."""


@cache
def constants() -> frozenset[str]:
    """The texts without placeholders, which may be what a placeholder stands for."""
    return frozenset(piece.parts[0] for piece in texts() if len(piece.parts) == 1 and len(piece.parts[0]) > SHORTEST)


@cache
def beginnings() -> str:
    """The same as one text, each after a NUL."""
    return "".join(f"\0{text}" for text in constants())


@cache
def texts() -> list[Piece]:
    """Every text in the software, docstrings aside."""
    found: list[Piece] = []
    for folder in ("shared", "servers"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if id(node) in documents or id(node) in inside:
                    continue
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(Piece(tuple(re.split(r"\{\w+\}", node.value))))
                elif isinstance(node, ast.JoinedStr):
                    found.append(Piece(tuple(_parts(node))))
    return found


def _parts(node: ast.JoinedStr) -> Iterator[str]:
    """The constant parts, an empty one wherever two placeholders meet, or one begins or ends the text."""
    before_constant = True
    for value in node.values:
        if isinstance(value, ast.Constant):
            yield str(value.value)
            before_constant = False
        else:
            if before_constant:
                yield ""
            before_constant = True
    if before_constant:
        yield ""


def messages() -> Iterator[Line]:
    """What the troubleshooting tables quote, in the parts between "…"."""
    for guide in WRITTEN_BY_HAND:
        section = text_of(guide).partition("\n## Troubleshooting\n")[2].partition("\n## ")[0]
        for row in re.findall(r"(?m)^\| `([^`]+)`", section):
            for part in row.split("…"):
                if len(part.strip(" ()[].")) > 3:
                    yield Line(guide, part.strip(" []"))


@pytest.mark.parametrize("line", list(messages()), ids=lambda line: line.text[:70])
def test_every_message_that_a_guide_explains_is_one_of_ours(line: Line) -> None:
    assert any(piece.may_say(line.text) for piece in texts()), line.text


def test_a_message_that_nobody_prints_would_be_noticed() -> None:
    for said in ("The moon is not in this place.", "Jira answered with a poem.", "is switched on and off"):
        assert not [piece for piece in texts() if piece.may_say(said)]


# Scopes, variables, headings, links


def ticked(guide: str) -> dict[str, set[str]]:
    """The scopes that a guide names, by what they are for."""
    section = text_of(guide).partition("## Account and permissions")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"(?m)^\| (reading|writing|deleting too|writing and deleting too) \| (.+) \|$", section))
    return {name: set(re.findall(r"`([^`]+)`", scopes)) for name, scopes in rows.items()}


def test_the_scopes_to_tick_are_those_that_logins_ask_for() -> None:
    assert ticked("jira.md") == {"reading": set(JIRA.read_scopes), "writing and deleting too": set(JIRA.write_scopes)}
    assert set(JIRA.scopes_for(Access.DELETE)) == {*JIRA.read_scopes, *JIRA.write_scopes, "offline_access"}
    assert ticked("confluence.md") == {
        "reading": set(CONFLUENCE.read_scopes),
        "writing": set(CONFLUENCE.write_scopes),
        "deleting too": set(CONFLUENCE.delete_scopes),
    }


@pytest.mark.parametrize("service", ["jira", "confluence"])
def test_the_redirect_uri_to_register_is_the_one_that_logins_use(service: str) -> None:
    assert JIRA.redirect_uri == CONFLUENCE.redirect_uri
    assert JIRA.redirect_uri in text_of(f"{service}.md")
    assert JIRA.redirect_uri in text_of("oauth.md")


@pytest.mark.parametrize("service", ["jira", "confluence"])
def test_the_pages_of_the_vendor_are_those_that_the_software_names(service: str) -> None:
    for page in (JIRA.consent_page, guidance(load(find(service))).revoking):
        assert page in text_of(f"{service}.md")
        assert page in text_of("security.md")


@pytest.mark.parametrize("guide", WRITTEN_BY_HAND)
def test_every_variable_that_a_guide_names_is_one(guide: str) -> None:
    known = {f"MCP_SUITE_{name}" for name in ("ENV_DIR", "STATE_DIR", "KEYRING", "AUDIT")}
    for script in SCRIPTS.values():
        if script.extra.upper() in text_of(guide):
            settings = load(script).settings
            known |= {settings.variable(name) for name in settings.model_fields}
    prefixes = "|".join(["MCP_SUITE", *(script.extra.upper() for script in SCRIPTS.values())])
    named = set(re.findall(rf"\b(?:{prefixes})_[A-Z_]+\b", text_of(guide)))
    assert named <= known


@pytest.mark.parametrize("service", [script.extra for script in SCRIPTS.values()])
def test_the_guide_of_a_service_has_the_pattern_of_headings(service: str) -> None:
    headings = re.findall(r"(?m)^## (.+)$", text_of(f"{service}.md"))
    between = headings[2 : headings.index("Log in")]
    assert between
    assert headings == [one for heading in PATTERN for one in (between if heading == "WAYS IN" else [heading])]


@pytest.mark.parametrize("guide", WRITTEN_BY_HAND)
def test_every_link_inside_the_guides_leads_somewhere(guide: str) -> None:
    told = re.sub(r"`[^`\n]+`", "", text_of(guide))  # an example of Markdown is no link
    for target in re.findall(r"\]\(([^)\s]+)\)", told):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = FOLDER / name if name else FOLDER / guide
        assert path.is_file(), target
        if anchor:
            headings = re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, target
