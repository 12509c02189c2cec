"""Semantic views, Cortex Search and Cortex Analyst."""

from typing import Annotated, Any

from pydantic import Field

from connector_kit.errors import clean_text
from snowflake_mcp.tools.cortex_text import analysis_text, hits_text, semantics_text, services_text, views_text
from snowflake_mcp.tools.table import TOOLS, Database, Role, Schema, Snowflake, Warehouse

Within = Annotated[str, Field(description="DATABASE or DATABASE.SCHEMA; else the whole account.", max_length=600)]
Like = Annotated[str, Field(description="Part of the name, or a pattern with %.", max_length=255)]
View = Annotated[str, Field(description="Semantic view: [DATABASE.][SCHEMA.]NAME.", max_length=800)]


@TOOLS.tool(title="List Snowflake semantic views", effect="reads", toolset="cortex")
async def snowflake_list_semantic_views(
    snowflake: Snowflake, within: Within = "", like: Like = "", role: Role = ""
) -> str:
    """List semantic views: what describes data in the words of the business."""
    context = snowflake.engine.context(role=role)
    views = await snowflake.cortex.semantic_views(context=context, like=like, within=within)
    return views_text(views) if views else "There are no semantic views here that the role may see."


@TOOLS.tool(title="Describe a Snowflake semantic view", effect="reads", toolset="cortex")
async def snowflake_describe_semantic_view(
    view: View, snowflake: Snowflake, role: Role = "", database: Database = "", schema: Schema = ""
) -> str:
    """Read a semantic view: its tables, relationships, dimensions, metrics and facts, and how to query it."""
    context = snowflake.engine.context(role=role, database=database, schema=schema)
    return semantics_text(await snowflake.cortex.semantic_view(view, context=context))


@TOOLS.tool(title="Search with Snowflake Cortex", effect="reads", toolset="cortex")
async def snowflake_search_cortex(
    query: Annotated[str, Field(description="What to find, in words.", min_length=1, max_length=4_000)],
    snowflake: Snowflake,
    service: Annotated[str, Field(description="[DATABASE.][SCHEMA.]NAME; empty lists services.", max_length=800)] = "",
    columns: Annotated[list[str], Field(description="Columns to return, else the searched one.", max_length=50)] = [],
    filter: Annotated[
        dict[str, Any],
        Field(description='Like {"@eq": {"REGION": "EU"}}; also @contains, @gte, @lte, @and, @or, @not.'),
    ] = {},
    limit: Annotated[int, Field(description="Results in an answer.", ge=1, le=100)] = 10,
    role: Role = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Search texts by meaning and words with a Cortex Search service, best results first."""
    context = snowflake.engine.context(role=role, database=database, schema=schema)
    if not service:
        services = await snowflake.cortex.search_services(context=context, within=database)
        if not services:
            return "There is no Cortex Search service that the role may see."
        return f"Nothing was searched: choose a service.\n{services_text(services)}"
    hits = await snowflake.cortex.search(service, query, context=context, columns=columns, narrowed=filter, limit=limit)
    return hits_text(hits, service) if hits.records else f"{clean_text(service, 200)} finds nothing."


@TOOLS.tool(title="Ask Snowflake Cortex Analyst", effect="reads", toolset="cortex")
async def snowflake_ask_analyst(
    question: Annotated[str, Field(description="In plain words.", min_length=1, max_length=4_000)],
    snowflake: Snowflake,
    view: View = "",
    model_file: Annotated[
        str, Field(description="Instead of a view: @DATABASE.SCHEMA.STAGE/PATH.yaml.", max_length=1_000)
    ] = "",
    role: Role = "",
    warehouse: Warehouse = "",
    database: Database = "",
    schema: Schema = "",
) -> str:
    """Have Cortex Analyst turn a question into SQL by a semantic view. The SQL is checked, not run."""
    context = snowflake.engine.context(role=role, warehouse=warehouse, database=database, schema=schema)
    return analysis_text(await snowflake.cortex.ask(question, context=context, view=view, model_file=model_file))
