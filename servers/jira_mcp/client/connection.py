"""Building the client: to the live site, or to the sandbox inside this process."""

from collections.abc import Callable

import anyio.to_thread
import httpx2

from atlassian_kit.errors import explain_atlassian
from atlassian_kit.site import GATEWAY, Site
from connector_kit import trace
from connector_kit.cache import ReadCache
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.http import Exchange, HttpPolicy, Reply
from connector_kit.paths import private_dir, state_dir
from jira_mcp.client.create import bulk_refusal
from jira_mcp.client.filters import Filters
from jira_mcp.client.wording import advise
from jira_mcp.settings import JiraSettings


class JiraClient(Filters):
    """Everything that the tools do with Jira. Methods raise ServiceError, phrased for a model."""


async def connect(
    settings: JiraSettings,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    policy: HttpPolicy | None = None,
    gateway: str = GATEWAY,
    on_exchange: Callable[[Exchange], None] = trace.note,
) -> JiraClient:
    """Build the client for these settings; no request is sent yet.

    In sandbox mode the embedded sandbox answers, inside this process, unless a `transport` is given.
    Raises NotConfigured when address or credentials are missing.
    """
    policy = policy or HttpPolicy(requests_per_minute=settings.requests_per_minute, total_timeout=settings.timeout)
    if settings.sandbox:
        site_url, email, token, sandbox = await anyio.to_thread.run_sync(_open_sandbox, transport is None)
        site = Site(site_url, email, token, transport=transport or sandbox, policy=policy, on_exchange=on_exchange)
    else:
        settings.require()
        if not settings.url or not settings.email or settings.api_token is None:
            raise NotConfigured("Jira is not configured.", next_step=f"See {settings.guide}.")
        site = Site(
            settings.url,
            settings.email,
            settings.api_token.get_secret_value(),
            cloud_id=settings.cloud_id,
            gateway=gateway,
            transport=transport,
            policy=policy,
            on_exchange=on_exchange,
        )

    def explain(reply: Reply) -> ServiceError:
        return bulk_refusal(reply) or explain_atlassian(
            reply, service="Jira", field_name=client.field_name, advise=advise
        )

    http = site.client("Jira", explain=explain)
    client = JiraClient(http, ReadCache(), settings, site_url=site.url)
    return client


def _open_sandbox(with_app: bool) -> tuple[str, str, str, httpx2.AsyncBaseTransport | None]:
    """Address and credentials of the sandbox, and the transport into it; builds its data on first use."""
    from jira_mcp import sandbox

    url, email, token = sandbox.DEFAULT_SITE_URL, sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN
    if not with_app:
        return url, email, token, None
    folder = private_dir(state_dir() / "sandbox")
    app = sandbox.create_app(folder / "jira.sqlite3")
    return url, email, token, httpx2.ASGITransport(app)
