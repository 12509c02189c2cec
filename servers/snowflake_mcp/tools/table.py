"""The table that the tool modules fill, and the parameter types that they share."""

from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Resolve
from pydantic import Field

from connector_kit.serving.session import client_of
from connector_kit.serving.toolset import Toolset

TOOLS = Toolset("snowflake")

if TYPE_CHECKING:
    from snowflake_mcp.client import SnowflakeClient

    Snowflake = Annotated[SnowflakeClient, Resolve(client_of)]
else:
    # The SDK reads this annotation when the server starts; the client is imported by the first call.
    Snowflake = Annotated[Any, Resolve(client_of)]

Sql = Annotated[str, Field(description="One SQL statement.", min_length=1, max_length=100_000)]
Role = Annotated[str, Field(description="Role, if not the usual one.", max_length=300)]
Warehouse = Annotated[str, Field(description="Warehouse, if not the usual one.", max_length=300)]
Database = Annotated[str, Field(description="Database of names without one.", max_length=300)]
Schema = Annotated[str, Field(description="Schema of names without one.", max_length=300)]
TableRef = Annotated[str, Field(description="Table or view: [DATABASE.][SCHEMA.]NAME.", min_length=1, max_length=800)]
Cursor = Annotated[str, Field(description="Next cursor of the answer before; all else as then.")]
