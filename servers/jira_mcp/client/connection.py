"""Building the client: to the live site, or to the sandbox inside this process."""

from collections.abc import Callable

import httpx2

from atlassian_kit.door import Product, StandIn, open_client
from atlassian_kit.errors import explain_atlassian, required_scope
from connector_kit import trace
from connector_kit.errors import ServiceError
from connector_kit.http import Exchange, HttpPolicy, Reply
from jira_mcp.agile_scopes import scope_of
from jira_mcp.client.attaching import Attaching
from jira_mcp.client.bulk import Bulk
from jira_mcp.client.components import Components
from jira_mcp.client.create import bulk_refusal
from jira_mcp.client.dashboards import Dashboards
from jira_mcp.client.dependencies import Dependencies
from jira_mcp.client.field_lists import FieldLists
from jira_mcp.client.filters import Filters
from jira_mcp.client.git_events import GitEvents
from jira_mcp.client.members import Members
from jira_mcp.client.sprints_report import SprintReports
from jira_mcp.client.votes import Votes
from jira_mcp.client.wording import advise
from jira_mcp.settings import JiraSettings
from jira_mcp.toolset_scopes import managing

JIRA = Product("Jira", "jira", "/rest/api/3/myself")


class JiraClient(
    FieldLists, Dependencies, GitEvents, SprintReports, Bulk, Filters, Attaching, Components, Members, Votes, Dashboards
):
    """Everything that the tools do with Jira. Methods raise ServiceError, phrased for a model."""


async def connect(
    settings: JiraSettings,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    policy: HttpPolicy | None = None,
    gateway: str | None = None,
    on_exchange: Callable[[Exchange], None] = trace.note,
) -> JiraClient:
    """Build the client for these settings; no request is sent yet.

    In sandbox mode the embedded sandbox answers, inside this process, unless a `transport` is given. `policy`
    overrides what the settings say about pace and patience. Of several sites it is the usual one.

    Raises NotConfigured when address or credentials are missing.
    """
    return await open_client(
        JiraClient,
        JIRA,
        settings,
        sandbox=_sandbox,
        explain=_explain,
        transport=transport,
        policy=policy,
        gateway=gateway,
        on_exchange=on_exchange,
    )


def _explain(client: JiraClient, reply: Reply, login_command: str) -> ServiceError:
    return bulk_refusal(reply) or explain_atlassian(
        reply,
        service=JIRA.title,
        field_name=client.field_name,
        advise=advise,
        scope=scope_of(managing(required_scope)),
        login_command=login_command,
    )


def _sandbox() -> StandIn:
    from jira_mcp import sandbox

    return StandIn(sandbox.SITES, (sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN), sandbox.create_app)
