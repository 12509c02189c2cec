"""Stub."""

from jira_mcp.sandbox.sample.record import Record

PLANNED: tuple[Record, ...] = ()
