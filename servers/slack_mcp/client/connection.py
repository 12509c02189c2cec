"""Building the client: to Slack, or to the sandbox inside this process."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
import httpx2

from connector_kit import trace
from connector_kit.cache import ReadCache
from connector_kit.errors import ServiceError
from connector_kit.http import Exchange, HttpClient, HttpPolicy, Reply, explain_by_status
from connector_kit.oauth.bearer import BearerAuth
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.settings import manager_of
from connector_kit.paths import private_dir, state_dir
from slack_mcp.client.administration import Administration
from slack_mcp.client.auth import TokenAuth
from slack_mcp.client.bridge import Bridge, explain_status
from slack_mcp.client.rates import PER_MINUTE
from slack_mcp.settings import SlackSettings


class SlackClient(Administration):
    """Everything that the tools do with Slack. Methods raise ServiceError, phrased for a model.

    What a method takes as `channel` is a name ("general", "#general"), an id, a link to it, or "@person" for a direct
    conversation. What it takes as `message` is a permalink, "C0123456789:1769846400.000100", or a ts with `channel`
    beside it; as `user` an id, a mention, "me", an e-mail address, a handle or a name.
    """


API = "https://slack.com/api"
FILES = "https://files.slack.com"
"""Where files are, and where they are uploaded to: Slack's own host, which wants the token as well."""

PACE = 600.0
"""Requests a minute in all: what Slack limits are the methods, each by itself."""

SANDBOX_PACE = 60_000.0
"""Requests a minute to the sandbox in this process, where nobody else has to be spared."""


@dataclass(frozen=True, slots=True)
class _Door:
    """Where to go and as whom: with a token, or with a login."""

    api: str
    files: str
    token: str = field(repr=False, default="")
    login: OAuthManager | None = None
    transport: httpx2.AsyncBaseTransport | None = None
    on_close: Callable[[], None] | None = None


async def connect(
    settings: SlackSettings,
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    policy: HttpPolicy | None = None,
    on_exchange: Callable[[Exchange], None] = trace.note,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    clock: Callable[[], float] = time.time,
) -> SlackClient:
    """Build the client for these settings; no request is sent yet.

    In sandbox mode the embedded sandbox answers, inside this process, unless a `transport` is given. `policy`
    overrides what the settings say about pace and patience; `sleep` waits between looks and
    tries, `clock` is in epoch seconds.

    Raises NotConfigured when the token or the login is missing.
    """
    # The sandbox may have to write its data first, and the keyring may ask the desktop: both take a while.
    find = _sandbox if settings.sandbox else _live
    door = await anyio.to_thread.run_sync(find, settings, transport)
    pace = SANDBOX_PACE if settings.sandbox else PACE
    chosen = policy or HttpPolicy(requests_per_minute=pace, total_timeout=settings.timeout)
    auth = TokenAuth(door.token) if door.login is None else BearerAuth(door.login)

    def observe(exchange: Exchange) -> None:
        client.note(exchange)
        on_exchange(exchange)

    def explain(reply: Reply) -> ServiceError:
        return explain_status(reply) or explain_by_status(reply, service="Slack")

    def sending(base: str, lanes: dict[str, float] | None) -> HttpClient:
        return HttpClient(
            base,
            service="Slack",
            auth=auth,
            policy=chosen,
            explain=explain,
            transport=door.transport,
            lanes=lanes,
            on_exchange=observe,
            sleep=sleep,
        )

    lanes = dict.fromkeys(PER_MINUTE, SANDBOX_PACE) if settings.sandbox else dict(PER_MINUTE)
    http = sending(door.api, lanes)

    def name_of(channel_id: str) -> str:
        return client.name_of(channel_id)

    bridge = Bridge(http, chosen, name_of=name_of, login=door.login, sleep=sleep)
    client = SlackClient(
        bridge,
        http,
        sending(door.files, None),
        ReadCache(),
        settings,
        login=door.login,
        on_close=door.on_close,
        sleep=sleep,
        clock=clock,
    )
    return client


def _live(settings: SlackSettings, transport: httpx2.AsyncBaseTransport | None) -> _Door:
    settings.require()
    api = f"{settings.api_url}/api" if settings.api_url else API
    files = settings.api_url or FILES
    if settings.login == "oauth":
        return _Door(api, files, login=manager_of(settings), transport=transport)
    assert settings.token  # or `require` would have raised
    return _Door(api, files, settings.token.get_secret_value(), transport=transport)


def _sandbox(settings: SlackSettings, transport: httpx2.AsyncBaseTransport | None) -> _Door:
    """The sandbox, with its sample data on first use; as a person, or as a bot if SLACK_TOKEN_KIND says so."""
    from slack_mcp import sandbox

    given = settings.token.get_secret_value() if settings.token else ""
    if "-sandbox-" not in given and transport is None:
        given = ""  # a real one is of no use here, and stays outside
    token = given or {"user": sandbox.SANDBOX_TOKEN, "bot": sandbox.SANDBOX_BOT_TOKEN}[settings.token_kind]
    site = sandbox.WORKSPACE_URL.rstrip("/")
    if transport is not None:
        return _Door(f"{site}/api", site, token, transport=transport)
    app = sandbox.create_app(private_dir(state_dir() / "sandbox") / "slack.sqlite3")
    return _Door(f"{site}/api", site, token, None, httpx2.ASGITransport(app), app.close)
