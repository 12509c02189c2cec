"""Documents written from a server's table, and the check that they are up to date."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from connector_kit.serving.session import ServerSpec
from connector_kit.serving.toolset import Toolset
from mcp_suite.documents import environment, files, readme, reference
from mcp_suite.errors import SuiteError
from mcp_suite.servers import Script

Pens = tuple[Script, ServerSpec[Any, Any]]

PART = "<!-- generated:servers -->\nold\n<!-- /generated:servers -->\n"
README = f"# Pens\n\nBefore.\n\n{PART}\nBetween.\n\n{PART.replace('servers', 'commands')}\nAfter.\n"
COMMANDS = [("mcp-suite demo", "Try it.")]


def test_the_readme_keeps_what_stands_outside_of_the_markers(pens: Pens) -> None:
    written = readme.splice(README, dict([pens]), COMMANDS)
    assert written.startswith("# Pens\n\nBefore.\n\n<!-- generated:servers -->\n| Server |")
    assert "<!-- /generated:servers -->\n\nBetween.\n\n<!-- generated:commands -->\n| Command |" in written
    assert written.endswith("<!-- /generated:commands -->\n\nAfter.\n")
    assert "old" not in written
    assert "| `pens_search_pens` | Find pens by their text. | reads | read |" in written
    assert "| `mcp-suite demo` | Try it. |" in written
    assert readme.splice(written, dict([pens]), COMMANDS) == written


@pytest.mark.parametrize("broken", ["", PART, README.replace("/gen", "gen"), README + README])
def test_a_readme_without_its_markers_is_refused_with_the_lines_to_add(broken: str, pens: Pens) -> None:
    with pytest.raises(SuiteError, match=r"README\.md needs these lines once"):
        readme.splice(broken, dict([pens]), COMMANDS)


def test_the_reference_tells_all_that_a_client_is_told(pens: Pens) -> None:
    page = reference.page(*pens)
    assert (
        "## pens_search_pens\n\n*Find pens* · effect: reads · access: read\n\nFind pens by their text.\n\nUse" in page
    )
    assert "| `text` | string | **required** | Words \\| phrases. |" in page
    assert "| `colour` | `red` or `blue` | `red` | Ink. |" in page
    assert "| `limit` | integer, 1 to 100 | `25` | How many. |" in page
    assert "| `names` | list of string |  | Only these. |" in page
    assert "*Throw a pen away* · effect: destroys · access: delete · the same call again changes nothing" in page
    assert "It takes no parameters." in page


def test_the_reference_tells_the_scopes_where_tools_have_any(pens: Pens) -> None:
    script, spec = pens
    scoped = Toolset("pens")
    for entry in spec.toolset:
        scopes = ("read:pens", "write:pens") if entry.effect == "adds" else ("read:pens",)
        scoped.tool(title=entry.title, effect=entry.effect, scopes=scopes)(entry.fn)
    assert "copes" not in reference.page(script, spec)
    page = reference.page(script, replace(spec, toolset=scoped))
    assert "*Scopes* are what a login" in page
    assert "*Find pens* · effect: reads · access: read · scopes: `read:pens`\n" in page


def test_a_list_of_objects_names_their_fields() -> None:
    node: dict[str, Any] = {
        "type": "array",
        "items": {"type": "object", "properties": {"a": {}, "b": {}}},
        "maxItems": 3,
    }
    assert reference.type_of(node) == "list of object (`a`, `b`), at most 3"
    assert reference.type_of({"type": ["string", "integer"]}) == "string or integer"
    assert reference.type_of({"anyOf": [{"type": "string"}, {"type": "array"}]}) == "string or list of any"


def test_the_env_example_has_the_needed_variables_open_and_the_rest_as_defaults(pens: Pens) -> None:
    lines = environment.example(*pens).splitlines()
    assert "PENS_URL=" in lines
    assert "PENS_API_TOKEN=" in lines
    assert "# The shop's address, like https://pens.example." in lines
    assert "# PENS_ACCESS=read" in lines
    assert "# PENS_SANDBOX=0" in lines
    assert "# PENS_REQUESTS_PER_MINUTE=100" in lines
    assert "# PENS_SHELVES=" in lines
    assert "# PENS_DRAWERS=A,B" in lines
    assert max(map(len, lines)) <= environment.WIDTH


def test_the_env_example_loads_as_settings(pens: Pens, tmp_path: Path) -> None:
    script, spec = pens
    file = tmp_path / ".env.pens"
    file.write_text(environment.example(script, spec), encoding="utf-8")
    file.chmod(0o600)
    settings = spec.settings.load(env_file=file, environ={})
    assert [item.variable for item in settings.missing()] == ["PENS_URL", "PENS_API_TOKEN"]


def test_drift_is_a_diff_and_writing_ends_it(pens: Pens, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    wanted = files.expected(tmp_path, dict([pens]), COMMANDS)
    diffs = files.drift(tmp_path, wanted)
    assert set(diffs) == set(wanted)
    assert "-old\n" in diffs[Path("README.md")]
    assert files.write(tmp_path, wanted) == list(wanted)
    assert files.drift(tmp_path, files.expected(tmp_path, dict([pens]), COMMANDS)) == {}
    (tmp_path / "setup_guides/pens-tools.md").write_text("edited\n", encoding="utf-8")
    assert list(files.drift(tmp_path, wanted)) == [Path("setup_guides/pens-tools.md")]


def test_the_example_configuration_starts_each_server_on_its_sandbox(pens: Pens, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    text = files.expected(tmp_path, dict([pens]), COMMANDS)[Path("claude_desktop_config.example.json")]
    assert json.loads(text) == {
        "mcpServers": {
            "pens": {
                "command": "/ABSOLUTE/PATH/TO/mcp-integration-suite/.venv/bin/pens-mcp",
                "args": [],
                "env": {"PENS_SANDBOX": "1", "PENS_ACCESS": "write"},
            }
        }
    }


def test_a_folder_without_a_readme_is_refused(pens: Pens, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match=r"README\.md does not exist"):
        files.expected(tmp_path, dict([pens]), COMMANDS)


def test_the_documents_of_this_checkout_are_up_to_date(suite: Callable[..., Result]) -> None:
    result = suite("docs", "--check")
    assert result.exit_code == 0, result.output


def test_a_drifted_checkout_fails_the_check_with_a_diff(suite: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    result = suite("docs", "--check", "--root", str(tmp_path))
    assert isinstance(result.exception, SuiteError)
    assert "+++ b/README.md" in result.output
    assert "uv run mcp-suite docs" in str(result.exception)
    assert suite("docs", "--root", str(tmp_path)).exit_code == 0
    assert suite("docs", "--check", "--root", str(tmp_path)).exit_code == 0
