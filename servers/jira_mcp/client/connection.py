"""Building the client: to the live site, or to the sandbox inside this process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio.to_thread
import httpx2

from atlassian_kit.errors import explain_atlassian, required_scope
from atlassian_kit.login import LoginSite
from atlassian_kit.site import Site
from connector_kit import trace
from connector_kit.cache import ReadCache
from connector_kit.errors import ServiceError
from connector_kit.http import Exchange, HttpPolicy, Reply
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.settings import manager_of
from connector_kit.paths import private_dir, state_dir
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


class JiraClient(
    FieldLists, Dependencies, GitEvents, SprintReports, Bulk, Filters, Attaching, Components, Members, Votes, Dashboards
):
    """Everything that the tools do with Jira. Methods raise ServiceError, phrased for a model."""

    site: Site | LoginSite | None = None
    """The way in, where `connect` built the client."""

    def found_settings(self) -> Mapping[str, str]:
        """Settings that the client found out by itself and that a login keeps, by field.

        The id of the site, once an API token turned out to be accepted behind the gateway only.
        """
        cloud_id = self.site.cloud_id if isinstance(self.site, Site) else None
        return {"cloud_id": cloud_id} if cloud_id else {}


SANDBOX_PACE = 6_000.0
"""Requests a minute to the sandbox in this process, where nobody else has to be spared."""


@dataclass(frozen=True, slots=True)
class _Door:
    """Where to go and as whom: with an e-mail address and a token, or with a login."""

    url: str
    email: str = ""
    token: str = field(repr=False, default="")
    login: OAuthManager | None = None
    transport: httpx2.AsyncBaseTransport | None = None
    on_close: Callable[[], None] | None = None


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
    settings = next(iter(settings.by_site().values()), settings)
    # The sandbox may have to write its data first, and the keyring may ask the desktop: both take a while.
    find = _sandbox if settings.sandbox else _live
    door = await anyio.to_thread.run_sync(find, settings, transport)
    pace = settings.requests_per_minute
    if settings.sandbox and "requests_per_minute" not in settings.model_fields_set:
        pace = SANDBOX_PACE
    policy = policy or HttpPolicy(requests_per_minute=pace, total_timeout=settings.timeout)

    def observe(exchange: Exchange) -> None:
        client.note_account(exchange)
        on_exchange(exchange)

    def explain(reply: Reply) -> ServiceError:
        return bulk_refusal(reply) or explain_atlassian(
            reply,
            service="Jira",
            field_name=client.field_name,
            advise=advise,
            scope=scope_of(managing(required_scope)),
            login_command=login_command,
        )

    login_command = settings.login_command if door.login else ""
    cloud_id = None if settings.sandbox else settings.cloud_id
    if door.login is None:
        site = Site(
            door.url,
            door.email,
            door.token,
            cloud_id=cloud_id,
            is_scoped=settings.is_scoped and not settings.sandbox,
            gateway=gateway,
            transport=door.transport,
            policy=policy,
            on_exchange=observe,
        )
    else:
        site = LoginSite(
            door.url,
            door.login,
            cloud_id=cloud_id,
            home=settings.home,
            transport=door.transport,
            policy=policy,
            on_exchange=observe,
        )
    client = JiraClient(
        site.client("Jira", explain=explain),
        ReadCache(),
        settings,
        site_url=site.url,
        on_close=door.on_close,
        lacking=site.lacking_scopes,
    )
    client.site = site
    return client


def _live(settings: JiraSettings, transport: httpx2.AsyncBaseTransport | None) -> _Door:
    settings.require()
    assert settings.url  # or `require` would have raised
    if settings.login == "oauth":
        return _Door(settings.url, login=manager_of(settings), transport=transport)
    assert settings.email and settings.api_token
    return _Door(settings.url, settings.email, settings.api_token.get_secret_value(), transport=transport)


def _sandbox(settings: JiraSettings, transport: httpx2.AsyncBaseTransport | None) -> _Door:
    """The sandbox of the site, with its sample data on first use."""
    from jira_mcp import sandbox

    given = settings.url or ""
    url = given if given in sandbox.SITES else sandbox.DEFAULT_SITE_URL
    email, token, data = sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN, sandbox.SITES[url]
    if transport is not None:
        return _Door(url, email, token, transport=transport)
    name = "jira" if data == sandbox.DATA[0] else f"jira-{data}"
    app = sandbox.create_app(private_dir(state_dir() / "sandbox") / f"{name}.sqlite3", site_url=url, data=data)
    return _Door(url, email, token, transport=httpx2.ASGITransport(app), on_close=app.store.close)
