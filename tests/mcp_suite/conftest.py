"""A small server to write documents about, the command line as a function, and sandboxes on loopback."""

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import uvicorn
from pydantic import Field, SecretStr
from typer.testing import CliRunner, Result

from connector_kit.credentials import ServiceSettings, required
from connector_kit.keyring_access import Backend
from connector_kit.serving.session import ServerSpec
from connector_kit.serving.toolset import Toolset
from jira_mcp import sandbox
from mcp_suite.app import app
from mcp_suite.auth import wizard
from mcp_suite.sandbox import HOST, listen
from mcp_suite.sandbox_oauth import AtlassianHosts, SandboxSite
from mcp_suite.servers import Script
from slack_mcp import sandbox as slack_sandbox
from snowflake_mcp import sandbox as snowflake_sandbox

TOOLS = Toolset("pens")


@TOOLS.tool(title="Find pens", effect="reads")
async def pens_search_pens(
    text: Annotated[str, Field(description="Words | phrases.")],
    colour: Annotated[Literal["red", "blue"], Field(description="Ink.")] = "red",
    limit: Annotated[int, Field(description="How many.", ge=1, le=100)] = 25,
    names: Annotated[list[str], Field(description="Only these.")] = [],  # noqa: B006 - the schema shows the default
) -> str:
    """Find pens by their text.

    Use pens_delete_pen to throw one away.
    """
    return f"{text}{colour}{limit}{names}"


@TOOLS.tool(title="Throw a pen away", effect="destroys")
async def pens_delete_pen() -> str:
    """Throw the pen away."""
    return "gone"


class PenSettings(ServiceSettings, service="pens"):
    """Settings of the made-up service."""

    url: str | None = required("The shop's address, like https://pens.example.")
    api_token: SecretStr | None = required("A token of the shop.")
    requests_per_minute: float = Field(default=100.0, description="The pace.")
    shelves: tuple[str, ...] = Field(default=(), description="Only these shelves.")
    drawers: tuple[str, ...] = Field(default=("A", "B"), description="Only these drawers.")


async def _connect(settings: PenSettings) -> Any:
    raise AssertionError(f"documents connect to nothing, not even to {settings.url}")


@pytest.fixture
def pens() -> tuple[Script, ServerSpec[Any, Any]]:
    """The script and the spec of the made-up server."""
    spec: ServerSpec[PenSettings, Any] = ServerSpec(
        service="pens", title="Pens", toolset=TOOLS, settings=PenSettings, connect=_connect, instructions="Pens."
    )
    return Script("pens-mcp", "pens_mcp"), spec


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run `mcp-suite` with these arguments, on folders of the test's own."""
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


@contextmanager
def served(app: Any) -> Generator[str]:
    """The address of an ASGI app on loopback."""
    listener = listen(0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://{HOST}:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a Jira sandbox."""
    with served(sandbox.create_app(tmp_path_factory.mktemp("sandbox") / "jira.sqlite3")) as address:
        yield address


@pytest.fixture(scope="session")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a Slack sandbox."""
    with served(slack_sandbox.create_app(tmp_path_factory.mktemp("slack") / "slack.sqlite3")) as address:
        yield address


@pytest.fixture(scope="session")
def snowflake(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a Snowflake sandbox; tests are skipped where it cannot be had, and say so."""
    folder = tmp_path_factory.mktemp("snowflake")
    loop = asyncio.new_event_loop()
    stand_in = snowflake_sandbox.StandIn(folder)
    try:
        address = loop.run_until_complete(stand_in.address())
    except snowflake_sandbox.SandboxUnavailable as error:
        pytest.skip(f"{error} {error.next_step}")
    yield f"http://{address.host}:{address.port}"
    loop.run_until_complete(stand_in.aclose())
    loop.close()


class Vendor:
    """Atlassian on loopback: `url` is the site, and stands for all of Atlassian's hosts.

    `hosts` decides who is let in and which sites a login opens; every test begins with fresh ones.
    """

    def __init__(self, jira: Any) -> None:
        self.url = ""
        self._jira = jira
        self.hosts: AtlassianHosts | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (self.hosts or self._jira)(scope, receive, send)

    def open_sites(self, *sites: SandboxSite) -> AtlassianHosts:
        """Begin anew, with logins that open these sites."""
        account = (sandbox.SANDBOX_EMAIL, sandbox.SANDBOX_TOKEN)
        self.hosts = AtlassianHosts(
            self._jira, product="jira", sites=sites, account=account, required_scopes=sandbox.required_scopes
        )
        return self.hosts

    @property
    def own(self) -> SandboxSite:
        """The site that works."""
        return SandboxSite(sandbox.CLOUD_ID, self.url, "PM OS")

    @property
    def other(self) -> SandboxSite:
        """A site that is somewhere else."""
        return SandboxSite(sandbox.SECOND_CLOUD_ID, "https://pm-os-two.sandbox.invalid", "PM OS Two")


@pytest.fixture(scope="session")
def atlassian(tmp_path_factory: pytest.TempPathFactory) -> Generator[Vendor]:
    """One server for all tests."""
    vendor = Vendor(sandbox.create_app(tmp_path_factory.mktemp("atlassian") / "jira.sqlite3"))
    with served(vendor) as address:
        vendor.url = address
        yield vendor


@pytest.fixture
def vendor(atlassian: Vendor) -> Vendor:
    """Atlassian on loopback, where nobody is logged in yet, and a login opens one site."""
    atlassian.open_sites(atlassian.own)
    return atlassian


class Person:
    """Somebody at a browser, who agrees at once unless the `decision` is "deny".

    `opened` are the addresses that were opened. `detour` turns the address that the consent leads to into those that
    are visited instead, in order; `instead` is the vendor's address where the real one is out of order.
    """

    def __init__(self) -> None:
        self.decision = "accept"
        self.detour: Callable[[str], list[str]] = lambda back: [back]
        self.instead = ""
        self.opened: list[str] = []
        self._pages: list[httpx2.Response] = []
        self._visits: list[threading.Thread] = []

    def open(self, url: str) -> bool:
        """What `webbrowser` asks of a browser."""
        self.opened.append(url)
        self._visits.append(threading.Thread(target=self._visit, args=(url,), daemon=True))
        self._visits[-1].start()
        return True

    def finished(self) -> list[httpx2.Response]:
        """The pages that were shown, when no more will come."""
        for visit in self._visits:
            visit.join()
        return self._pages

    @property
    def question(self) -> dict[str, str]:
        """What the address that was opened last asks."""
        return dict(parse_qsl(urlsplit(self.opened[-1]).query))

    def _visit(self, url: str) -> None:
        address = f"{self.instead}/authorize?{urlsplit(url).query}" if self.instead else url
        with httpx2.Client(trust_env=False, timeout=60) as http:
            consent = http.post(address, data={"decision": self.decision})
            for target in self.detour(str(consent.headers["location"])):
                self._pages.append(http.get(target))


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody at this machine's browser."""
    somebody = Person()
    monkeypatch.setattr("webbrowser.get", lambda: somebody)
    return somebody


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """The usual account's, there or not."""
    return tmp_path / "config" / ".env.jira"


@pytest.fixture
def auth(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run `mcp-suite auth …` with an empty home; `typed` is what a person or a pipe enters."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MCP_SUITE_ENV_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("MCP_SUITE_STATE_DIR", str(tmp_path / "state"))

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, ["auth", *arguments], input=typed)

    return run


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is typed count as typed by a person."""
    monkeypatch.setattr(wizard, "is_terminal", lambda: True)


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[Backend | None], None]:
    """Put a keyring, or none, in the place of this machine's."""

    def use(backend: Backend | None) -> None:
        monkeypatch.delenv("MCP_SUITE_KEYRING")
        monkeypatch.setattr("connector_kit.keyring_access.trusted_backend", lambda: backend)

    return use
