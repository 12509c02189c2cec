"""The ASGI app: the wiki of a Confluence Cloud site."""

from __future__ import annotations

from pathlib import Path

from confluence_mcp.sandbox.control import CONTROLS
from confluence_mcp.sandbox.errors import ApiError
from confluence_mcp.sandbox.store import Store
from confluence_mcp.sandbox.v1.long_work import catch_up
from confluence_mcp.sandbox.v1.table import V1
from confluence_mcp.sandbox.v2.table import V2
from confluence_mcp.sandbox.web import Call
from sandbox_kit.atlassian.app import Basics, Site, media_type_of
from sandbox_kit.atlassian.web import Reply


class Sandbox(Site[Call, Store]):
    """A Confluence Cloud site over one SQLite file."""

    controls = CONTROLS

    def __init__(self, database: Path, *, site_url: str, search_lag: float, data: str = "sample") -> None:
        super().__init__(Store(database, search_lag, data=data), site_url, {**V2, **V1})

    def call(self, basics: Basics[Store]) -> Call:
        """The request as the handlers see it."""
        return Call(*basics, self.site_url)

    def refuse(self, status: int, sentence: str) -> ApiError:
        """An error, whose shape depends on the version of the API."""
        return ApiError(status, sentence)

    def unauthenticated_body(self, path: str) -> object:
        """What a stranger is told: v2 and the gateway in front of it say it in their own way."""
        if path.startswith("/wiki/rest/"):
            return self.refuse(401, "Unauthorized").body(path)
        return {"code": 401, "message": "Unauthorized"}

    def missing(self, path: str) -> Reply:
        """What there is no resource for. Outside its APIs the wiki answers with the page of its web application."""
        if path.startswith(("/wiki/api/", "/wiki/rest/")):
            return super().missing(path)
        if path.startswith("/wiki/download/"):  # for people in a browser; API tokens have no way in since CHANGE-2735
            return self.unauthenticated(path)
        if path.startswith("/wiki/"):
            page = "<!doctype html><html><head><title>Confluence</title></head><body></body></html>"
            return Reply(200, page, {"Content-Type": "text/html;charset=UTF-8"})
        return Reply(404, {"code": 404, "message": f"The sandbox has no resource at {path[:200]}"})

    def not_allowed(self, method: str) -> str:
        """What is said of a method that a resource does not have."""
        return f"Method Not Allowed: {method}"

    def check_type(self, content_type: str, path: str) -> None:
        """Only files are sent in anything else than JSON."""
        kind = media_type_of(content_type)
        if kind != "application/json" and not (kind == "multipart/form-data" and "/child/attachment" in path):
            raise self.refuse(415, f"Content type '{content_type[:100]}' not supported")

    def catch_up(self) -> None:
        """Do what the long tasks would have done by now."""
        catch_up(self.store)
