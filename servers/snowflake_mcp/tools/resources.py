"""What a client can attach to a conversation by its address."""

from typing import TYPE_CHECKING

from mcp.server.mcpserver import Context

from connector_kit.output import page_line
from connector_kit.serving.offers import Resources
from connector_kit.serving.session import client_of
from snowflake_mcp.tools.catalog_text import entries_text, table_text

if TYPE_CHECKING:
    from snowflake_mcp.client import SnowflakeClient

RESOURCES = Resources("snowflake")


@RESOURCES.template("snowflake://table/{name}", title="Snowflake table", media_type="text/markdown")
async def snowflake_table(name: str, ctx: Context) -> str:
    """A table or view by [DATABASE.][SCHEMA.]NAME: its columns, keys, size and comments."""
    snowflake: SnowflakeClient = await client_of(ctx)
    return table_text(await snowflake.catalog.describe(name))


@RESOURCES.template("snowflake://schema/{name}", title="Snowflake schema", media_type="text/markdown")
async def snowflake_schema(name: str, ctx: Context) -> str:
    """The tables and views of a schema, DATABASE.SCHEMA, or of a database: sizes and comments."""
    snowflake: SnowflakeClient = await client_of(ctx)
    lines: list[str] = []
    for kind in ("tables", "views"):
        listing = await snowflake.catalog.objects(kind, name)
        if listing.entries:
            text, shown = entries_text(listing.entries, listing.columns, share=2)
            total = page_line(shown, noun=kind, total=len(listing.entries)).replace("of about", "of")
            lines += [text, *listing.notes, total.removesuffix("; more: no")]
    return "\n".join(lines) or "There are no tables or views."
