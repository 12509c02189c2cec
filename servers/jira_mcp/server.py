"""The Jira server: its table of tools, its settings and its client, put together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connector_kit.serving.main import run
from connector_kit.serving.session import ServerSpec, connect_by
from jira_mcp.guidance import GUIDANCE
from jira_mcp.settings import JiraSettings
from jira_mcp.tools import TOOLS
from jira_mcp.tools.prompts import PROMPTS
from jira_mcp.tools.resources import COMPLETIONS, RESOURCES

if TYPE_CHECKING:
    from jira_mcp.client import JiraClient

SERVER: "ServerSpec[JiraSettings, JiraClient]" = ServerSpec(
    service="jira",
    title="Jira",
    toolset=TOOLS,
    settings=JiraSettings,
    connect=connect_by("jira_mcp.client"),
    instructions=(
        "Jira Cloud: find, read and write issues. Names work wherever Jira wants ids: fields, users, statuses, "
        "link types. Text goes in and comes out as Markdown. Search first when you lack a key. More tools are off "
        "until the user sets JIRA_TOOLSETS: agile (boards, sprints), bulk, development (Git events), filters, history "
        "(changes, times in status), links (remote links, dependencies), people, releases, time."
    ),
    guidance=GUIDANCE,
    prompts=PROMPTS,
    resources=RESOURCES,
    completions=COMPLETIONS,
    modules=("atlassian", "markdown_it", "lark", "starlette"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the server; answers the exit status."""
    return run(SERVER, argv)
