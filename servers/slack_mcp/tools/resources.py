"""What a client can attach to a conversation by its address."""

from mcp.server.mcpserver import Context

from connector_kit.output import page_line, quoted
from connector_kit.serving.offers import Resources
from connector_kit.serving.session import client_of
from slack_mcp.tools.render import named, transcript

RESOURCES = Resources("slack")

NEWEST = 50


@RESOURCES.template("slack://channel/{name}", title="Slack channel", media_type="text/markdown")
async def slack_channel(name: str, ctx: Context) -> str:
    """The newest messages of a channel, by its name or id."""
    slack = await client_of(ctx)
    page = await slack.history(name, limit=NEWEST)
    if not page.items:
        return f"No messages in {named(name)}."
    shown = transcript(page.items).shown
    text = transcript(page.items[:shown][::-1]).text
    source = f"{page.items[0].channel} {page.items[0].channel_id}"
    return "\n".join([quoted(source, text), page_line(shown, noun="messages").removesuffix("; more: no")])
