"""Slack's Web API in the calls that the tools need."""

from slack_mcp.client.connection import SlackClient, connect

__all__ = ["SlackClient", "connect"]
