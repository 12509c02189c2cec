"""Building the client: to the live site, or to the sandbox inside this process."""

from collections.abc import Callable

import httpx2

from atlassian_kit.door import Product, StandIn, open_client
from atlassian_kit.errors import explain_atlassian
from confluence_mcp.client.base import V1
from confluence_mcp.client.comments import CommentWriting
from confluence_mcp.client.publishing import Publishing
from confluence_mcp.client.reads import Reads
from confluence_mcp.client.wording import advise
from confluence_mcp.client.writing import Writing
from confluence_mcp.scopes import required_scope
from confluence_mcp.settings import ConfluenceSettings
from connector_kit import trace
from connector_kit.errors import ServiceError
from connector_kit.http import Exchange, HttpPolicy, Reply
from connector_kit.wire import as_text

CONFLUENCE = Product("Confluence", "confluence", f"{V1}/user/current")


class ConfluenceClient(Writing, Publishing, CommentWriting, Reads):
    """Everything that the tools do with Confluence. Methods raise ServiceError, phrased for a model."""

    async def check(self) -> str:
        """Who signed in, and where."""
        user = await self._get(f"{V1}/user/current")
        self._account = as_text(user.get("accountId")) or None
        return f"signed in to {self.site_url} as {as_text(user.get('displayName')) or 'somebody without a name'}"


async def connect(
    settings: ConfluenceSettings,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    policy: HttpPolicy | None = None,
    gateway: str | None = None,
    on_exchange: Callable[[Exchange], None] = trace.note,
) -> ConfluenceClient:
    """Build the client for these settings; no request is sent yet.

    In sandbox mode the embedded sandbox answers, inside this process, unless a `transport` is given. `policy`
    overrides what the settings say about pace and patience. Of several sites it is the usual one.

    Raises NotConfigured when address or credentials are missing.
    """
    return await open_client(
        ConfluenceClient,
        CONFLUENCE,
        settings,
        sandbox=_sandbox,
        explain=_explain,
        transport=transport,
        policy=policy,
        gateway=gateway,
        on_exchange=on_exchange,
    )


def _explain(_: ConfluenceClient, reply: Reply, login_command: str) -> ServiceError:
    return explain_atlassian(
        reply, service=CONFLUENCE.title, advise=advise, scope=required_scope, login_command=login_command
    )


def _sandbox() -> StandIn:
    from confluence_mcp import sandbox

    return StandIn(sandbox.SITES, (sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN), sandbox.create_app)
