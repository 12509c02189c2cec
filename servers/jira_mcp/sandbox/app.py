"""The ASGI app: a Jira Cloud site."""

from __future__ import annotations

from pathlib import Path

from jira_mcp.sandbox.agile_routes import AGILE
from jira_mcp.sandbox.bulk import BULK
from jira_mcp.sandbox.bulk_tasks import catch_up
from jira_mcp.sandbox.errors import ApiError
from jira_mcp.sandbox.index import IssueIndex
from jira_mcp.sandbox.render import Renderer
from jira_mcp.sandbox.resources.attachments import ATTACHMENTS
from jira_mcp.sandbox.resources.control import CONTROLS
from jira_mcp.sandbox.resources.table import OPEN, RESOURCES
from jira_mcp.sandbox.resources.toolset_table import TOOLSETS
from jira_mcp.sandbox.store import Store
from jira_mcp.sandbox.web import Call
from sandbox_kit.atlassian.app import Basics, Site, media_type_of


class Sandbox(Site[Call, Store]):
    """A Jira Cloud site over one SQLite file."""

    controls = CONTROLS
    open_paths = OPEN
    trace_header = "x-arequestid"

    def __init__(self, database: Path, *, site_url: str, search_lag: float, data: str = "sample") -> None:
        store = Store(database, search_lag, data=data)
        super().__init__(store, site_url, {**RESOURCES, **ATTACHMENTS, **TOOLSETS, **AGILE, **BULK})
        self._index = IssueIndex(search_lag)
        self._renderer = Renderer(site_url)

    def call(self, basics: Basics[Store]) -> Call:
        """The request as the handlers see it."""
        return Call(*basics, self._index, self._renderer)

    def refuse(self, status: int, sentence: str) -> ApiError:
        """An error as the REST API v3 has it."""
        return ApiError(status, sentence)

    def unauthenticated_body(self, path: str) -> object:
        """What a stranger is told."""
        return self.refuse(401, "Client must be authenticated to access this resource.").body(path)

    def check_type(self, content_type: str, path: str) -> None:
        """Only files are sent in anything else than JSON."""
        if media_type_of(content_type) != "application/json" and not path.endswith("/attachments"):
            raise self.refuse(415, "The request's Content-Type must be application/json.")

    def catch_up(self) -> None:
        """Do what the operations in the background would have done by now."""
        catch_up(self.store)
