"""Cortex: semantic views by SQL; searches and the analyst by the REST API, which runs no statement of ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from connector_kit.errors import InvalidInput, NotPermitted, Unavailable
from connector_kit.oauth.manager import OAuthManager
from connector_kit.wire import as_text
from snowflake_mcp.client import semantics
from snowflake_mcp.client.engine import Engine
from snowflake_mcp.client.semantics import Analysis, Hits, Proposal, SearchService, Semantics, SemanticView
from snowflake_mcp.guard.names import ObjectName, parse_name, written
from snowflake_mcp.models import Context

if TYPE_CHECKING:
    from connector_kit.http import HttpClient, HttpPolicy

LISTED: Final = 10_000
"""Rows of a SHOW that Snowflake answers at most."""
_STAGED = re.compile(r"@([^/]+)/(.+\.ya?ml)", re.IGNORECASE)


class Cortex:
    """Semantic views, Cortex Search and Cortex Analyst of an account. Methods raise ServiceError."""

    def __init__(
        self, engine: Engine, *, login: OAuthManager | None = None, policy: "HttpPolicy | None" = None
    ) -> None:
        """Nothing is sent yet. `login` is that of an OAuth login."""
        self._engine = engine
        self._login = login
        self._policy = policy
        self._http: HttpClient | None = None

    async def aclose(self) -> None:
        """Close the connections of the REST API."""
        if self._http is not None:
            await self._http.aclose()

    async def semantic_views(self, *, context: Context, like: str = "", within: str = "") -> list[SemanticView]:
        """The semantic views that the role may see.

        `like` is a part of the name, or a pattern with %; `within` is a database or DATABASE.SCHEMA, the whole account
        if empty.
        """
        rows = await self._shown("SEMANTIC VIEWS", context, like, within)
        return [SemanticView(str(name), as_text(row.get("comment")), as_text(row.get("owner"))) for name, row in rows]

    async def search_services(self, *, context: Context, like: str = "", within: str = "") -> list[SearchService]:
        """The Cortex Search services that the role may see; `like` and `within` as for semantic views."""
        rows = await self._shown("CORTEX SEARCH SERVICES", context, like, within)
        return [
            SearchService(
                str(name),
                as_text(row.get("search_column")),
                semantics.names_in(as_text(row.get("attribute_columns"))),
                semantics.names_in(as_text(row.get("columns"))),
                as_text(row.get("comment")),
            )
            for name, row in rows
        ]

    async def semantic_view(self, view: str, *, context: Context) -> Semantics:
        """The tables, relationships, dimensions, facts and metrics of a semantic view."""
        self._not_in_sandbox()
        name = await self._placed(view, "view", context)
        result = await self._engine.read(f"DESCRIBE SEMANTIC VIEW {name}", context=context, rows=LISTED)
        return semantics.semantics(str(name), result.records())

    async def search(
        self,
        service: str,
        query: str,
        *,
        context: Context,
        columns: Sequence[str] = (),
        narrowed: Mapping[str, object] | None = None,
        limit: int = 10,
    ) -> Hits:
        """What a Cortex Search service finds for `query`, best first; at most 1,000.

        `columns` are those to return, the searched one if empty. `narrowed` is a filter as in
        https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-search/query-cortex-search-service.
        """
        self._not_in_sandbox()
        name = await self._placed(service, "service", context)
        path = (
            f"/api/v2/databases/{_part(name.database)}/schemas/{_part(name.schema)}"
            f"/cortex-search-services/{_part(name.name)}:query"
        )
        asked: dict[str, object] = {"query": query, "limit": limit}
        if columns:
            asked["columns"] = list(columns)
        if narrowed:
            asked["filter"] = dict(narrowed)
        return semantics.hits(await self._post(path, asked, context))

    async def ask(self, question: str, *, context: Context, view: str = "", model_file: str = "") -> Analysis:
        """What Cortex Analyst answers to a question: statements are examined, and not run.

        The data is described by a semantic view, or by a model in a file on a stage: @DATABASE.SCHEMA.STAGE/PATH.yaml.
        """
        if bool(view) == bool(model_file):
            raise InvalidInput(
                "The analyst needs to know what describes the data.",
                fields={"view": "give this or model_file, and not both"},
                next_step="snowflake_list_semantic_views lists the views.",
            )
        self._not_in_sandbox()
        asked: dict[str, object] = {
            "messages": [{"role": "user", "content": [{"type": "text", "text": question}]}],
            "stream": False,
        }
        if view:
            asked["semantic_view"] = str(await self._placed(view, "view", context))
        else:
            asked["semantic_model_file"] = self._staged(model_file)
        found = semantics.analysis(await self._post("/api/v2/cortex/analyst/message", asked, context))
        proposals = [await self._examined(proposal, context) for proposal in found.proposals]
        return replace(found, proposals=tuple(proposals))

    async def _examined(self, proposal: Proposal, context: Context) -> Proposal:
        try:
            await self._engine.examined(proposal.sql, "read", context)
        except (InvalidInput, NotPermitted) as error:
            return replace(proposal, refusal=str(error))
        return proposal

    async def _post(self, path: str, asked: Mapping[str, object], context: Context) -> object:
        # A second way to Snowflake, with a library of its own, is not built before it is needed.
        from snowflake_mcp.client.rest import placed, rest_client

        if self._http is None:
            self._http = rest_client(self._engine.settings, self._login, policy=self._policy)
        reply = await self._http.request("POST", path, json=asked, headers=placed(context), repeatable=True)
        return reply.json()

    async def _shown(
        self, what: str, context: Context, like: str, within: str
    ) -> list[tuple[ObjectName, Mapping[str, object]]]:
        self._not_in_sandbox()
        sql = f"SHOW {what}"
        if like:
            pattern = like if "%" in like else f"%{like}%"
            sql += " LIKE '" + pattern.replace("\\", "\\\\").replace("'", "''") + "'"
        sql += f" IN {_scope(within)}"
        result = await self._engine.read(sql, context=context, rows=LISTED)
        named = ((_named(row), row) for row in result.records())
        return [(name, row) for name, row in named if self._engine.databases.allows(name)]

    def _not_in_sandbox(self) -> None:
        if self._engine.settings.sandbox:
            raise Unavailable(
                "The sandbox has no Cortex and no semantic views.",
                next_step="Query its tables with snowflake_run_query.",
            )

    async def _placed(self, text: str, parameter: str, context: Context) -> ObjectName:
        """A name in full, of a place that tools may touch."""
        name = parse_name(text, parameter=parameter)
        if name.database is None or name.schema is None:
            place = context if context.database and context.schema else await self._engine.where(context)
            name = ObjectName(name.database or place.database or None, name.schema or place.schema or None, name.name)
        if name.database is None or name.schema is None:
            raise InvalidInput("The name leaves open where it is.", fields={parameter: "write DATABASE.SCHEMA.NAME"})
        self._allowed(name)
        return name

    def _staged(self, path: str) -> str:
        found = _STAGED.fullmatch(path.strip())
        name = parse_name(found[1], parameter="model_file") if found else None
        if found is None or name is None or name.database is None or name.schema is None:
            raise InvalidInput(
                "The path of the model cannot be used.", fields={"model_file": "write @DATABASE.SCHEMA.STAGE/PATH.yaml"}
            )
        self._allowed(name)
        return f"@{name}/{found[2]}"

    def _allowed(self, name: ObjectName) -> None:
        databases = self._engine.databases
        if not databases.allows(name):
            raise NotPermitted(
                f"{name} is not in what tools may touch.", next_step=f"SNOWFLAKE_DATABASES: {databases}."
            )


def _named(row: Mapping[str, object]) -> ObjectName:
    return ObjectName(as_text(row.get("database_name")), as_text(row.get("schema_name")), as_text(row.get("name")))


def _scope(within: str) -> str:
    if not within:
        return "ACCOUNT"
    name = parse_name(within, parameter="within")
    if name.database is not None:
        raise InvalidInput("The place cannot be used.", fields={"within": "write DATABASE or DATABASE.SCHEMA"})
    if name.schema is None:
        return f"DATABASE {name}"
    return f"SCHEMA {name}"


def _part(name: str | None) -> str:
    return quote(written(name or ""), safe="")
