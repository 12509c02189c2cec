"""Building the client: to an account, or to the sandbox, an emulator that is started when it is first needed."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from importlib.metadata import version as distribution_version

import anyio.to_thread

from connector_kit.errors import Unavailable
from connector_kit.guidance import Advice
from connector_kit.oauth.manager import OAuthManager
from connector_kit.oauth.settings import manager_of
from connector_kit.paths import private_dir, state_dir
from snowflake_mcp.client.arguments import COMMON, live_arguments, placed
from snowflake_mcp.client.catalog import Catalog
from snowflake_mcp.client.changes import Changes
from snowflake_mcp.client.cortex import Cortex
from snowflake_mcp.client.driver import Arguments, DriverError, Session, log_in
from snowflake_mcp.client.engine import Engine
from snowflake_mcp.client.grants import Grants
from snowflake_mcp.client.history import History
from snowflake_mcp.client.loading import Loading
from snowflake_mcp.client.queries import Queries
from snowflake_mcp.client.refusals import TOKEN_REFUSED
from snowflake_mcp.models import Context
from snowflake_mcp.sandbox import SandboxUnavailable, StandIn, connection_arguments
from snowflake_mcp.settings import SnowflakeSettings

_log = logging.getLogger(__name__)

LogIn = Callable[[Arguments, Context], Awaitable[Session]]


class SnowflakeClient:
    """All that the tools do with Snowflake, by subject. Methods raise ServiceError, phrased for a model."""

    def __init__(
        self, engine: Engine, close: Callable[[], Awaitable[None]], *, login: OAuthManager | None = None
    ) -> None:
        """Nothing is sent yet. `close` ends what the sessions stand on; `login` is one in the browser."""
        self.engine = engine
        self.catalog = Catalog(engine)
        self.queries = Queries(engine, self.catalog)
        self.changes = Changes(engine, self.catalog)
        self.loading = Loading(engine, self.catalog)
        self.history = History(engine)
        self.cortex = Cortex(engine, login=login)
        self._close = close

    @property
    def account(self) -> str | None:
        """USER@ACCOUNT, once a session was begun."""
        return self.engine.who

    async def check(self) -> str:
        """Sign in and run one harmless statement; answers in a line who, where and as what. Raises ServiceError."""
        result = await self.engine.read("SELECT 1", context=self.engine.context())
        place = result.context
        where = ".".join(part for part in (place.database, place.schema) if part) or "no database"
        return f"{self.account} with role {place.role or 'unknown'}, warehouse {place.warehouse or 'none'}, {where}"

    async def lacking_scopes(self, needed: Sequence[str]) -> tuple[str, ...]:
        """None: what a login may do is up to its role, which Snowflake tells statement by statement."""
        del needed
        return ()

    async def advice(self) -> list[Advice]:
        """What there is to say about the role of this login. Raises ServiceError."""
        return await Grants(self.engine).advice()

    async def aclose(self) -> None:
        """Log out everywhere. What the sessions stand on is ended also where logging out is cut short."""
        try:
            await self.engine.aclose()
            await self.cortex.aclose()
        finally:
            await self._close()


async def connect(settings: SnowflakeSettings, *, log_in: LogIn = log_in) -> SnowflakeClient:
    """Build the client for complete settings; nothing is sent and nothing is started yet."""
    release = distribution_version("mcp-integration-suite")
    if settings.sandbox:
        stand_in = StandIn(private_dir(state_dir() / "sandbox") / "snowflake", progress=_log.info)
        door = _Sandbox(settings, stand_in, log_in)
        return SnowflakeClient(Engine(settings, door.open, version=release), stand_in.aclose)
    login = manager_of(settings) if settings.login == "oauth" else None
    door = _Account(settings, login, log_in)
    return SnowflakeClient(Engine(settings, door.open, version=release), _nothing, login=login)


class _Account:
    """Logs in to the account of the settings."""

    def __init__(self, settings: SnowflakeSettings, login: OAuthManager | None, log_in: LogIn) -> None:
        self._settings = settings
        self._login = login
        self._log_in = log_in

    async def open(self, context: Context) -> Session:
        """A new session. Raises DriverError, or ServiceError where there is no login."""
        token = await self._login.access_token() if self._login else ""
        try:
            return await self._begun(context, token)
        except DriverError as error:
            if self._login is None or error.errno not in TOKEN_REFUSED or not await self._login.renew(token):
                raise
            return await self._begun(context, await self._login.access_token())

    async def _begun(self, context: Context, token: str) -> Session:
        def arguments() -> Arguments:
            return live_arguments(self._settings, context, access_token=token)

        return await self._log_in(await anyio.to_thread.run_sync(arguments), context)


class _Sandbox:
    """Logs in to the sandbox, as its analyst or, by SNOWFLAKE_ROLE, with another of its roles."""

    def __init__(self, settings: SnowflakeSettings, stand_in: StandIn, log_in: LogIn) -> None:
        self._settings = settings
        self._stand_in = stand_in
        self._log_in = log_in

    async def open(self, context: Context) -> Session:
        """A new session. Raises DriverError; Unavailable if the sandbox cannot be started."""
        try:
            address = await self._stand_in.address()
        except SandboxUnavailable as error:
            raise Unavailable(str(error), next_step=error.next_step) from error
        arguments = {**COMMON, **connection_arguments(address), "login_timeout": 30}
        arguments |= placed(context, self._settings)
        return await self._log_in(arguments, context)


async def _nothing() -> None:
    return None
