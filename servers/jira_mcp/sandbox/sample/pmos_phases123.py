"""Stub."""

from jira_mcp.sandbox.sample.record import Record

PHASES_1_TO_3: tuple[Record, ...] = ()
