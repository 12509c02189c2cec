"""Who calls: the MCP client behind a request."""

from mcp.server.mcpserver import Context

from connector_kit.errors import clean_text


def client_name(context: Context) -> str | None:
    """The client's name and version as it told them, for records; None where it told nothing."""
    params = context.request_context.session.client_params
    return clean_text(f"{params.client_info.name} {params.client_info.version}", 80) if params else None
