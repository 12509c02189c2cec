"""What the four sandboxes tell when they are asked: each by its real server, in one conversation."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2

from confluence_mcp import sandbox as confluence_sandbox
from confluence_mcp.client import connect as connect_confluence
from confluence_mcp.server import SERVER as CONFLUENCE
from connector_kit.access import Access
from connector_kit.paths import private_dir, state_dir
from connector_kit.testing.conversation import AT_ONCE, Conversation, Converse, converse
from jira_mcp import sandbox as jira_sandbox
from jira_mcp.client import connect as connect_jira
from jira_mcp.server import SERVER as JIRA
from mcp_suite.workflow import answers
from slack_mcp import sandbox as slack_sandbox
from slack_mcp.client import SlackClient
from slack_mcp.client import connect as connect_slack
from slack_mcp.server import SERVER as SLACK
from slack_mcp.settings import SlackSettings
from snowflake_mcp.client import SnowflakeClient
from snowflake_mcp.client import connect as connect_snowflake
from snowflake_mcp.sandbox import StandIn
from snowflake_mcp.server import SERVER as SNOWFLAKE
from snowflake_mcp.settings import SnowflakeSettings

NOW = 1770064200.0
"""2 February 2026, 20:30 UTC: half an hour after the last sample message."""
FIELDS = ("pm_os_phase", "Story Points", "agent_owner", "artifact_type", "created", "resolved", "parent", "due")
TABLES = ("phase_history", "agent_performance", "artifact_catalog", "quality_metrics_daily", "north_star_metrics")
_LOG = "98425"
"""The page that is too long to be of interest."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: issues by key, tables by name, pages and posts by id, channels by name.

    The text of a page holds its comments; that of a channel holds the replies.
    """

    issues: Mapping[str, Row]
    tables: Mapping[str, Sequence[Row]]
    pages: Mapping[str, str]
    titles: Mapping[str, str]
    channels: Mapping[str, str]

    def page(self, title: str) -> str:
        """The text of the page of this title."""
        (number,) = [number for number, known in self.titles.items() if known == title]
        return self.pages[number]

    def rows(self, title: str, *columns: str) -> list[dict[str, str]]:
        """The rows of the table on a page that has these columns, without its emphasis and links."""
        lines = self.page(title).splitlines()
        found = [at for at, line in enumerate(lines) if set(columns) <= set(_cells(line))]
        assert found, (title, columns)
        head, rows = _cells(lines[found[0]]), list[dict[str, str]]()
        for line in lines[found[0] + 2 :]:
            if not line.startswith("|"):
                break
            rows.append(dict(zip(head, _cells(line), strict=True)))
        return rows


def _cells(line: str) -> list[str]:
    return [_plain(cell) for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []


def _plain(text: str) -> str:
    return re.sub(r"\[(?:inlineExtension: jira )?([^\]]*)\]\([^)]*\)|\*\*|`", r"\1", text).strip()


async def all_told(folder: Path) -> Told:
    """Ask all four; `folder` is for their data.

    Raises SandboxUnavailable where the warehouse cannot be had.
    """
    async with _jira(folder / "jira") as jira:
        issues = await _issues(jira)
    async with _confluence(folder / "confluence") as confluence:
        pages, titles = await _pages(confluence)
    async with _slack(folder / "slack") as slack:
        channels = await _channels(slack)
    async with _snowflake(folder / "snowflake") as snowflake:
        tables = {name: await _table(snowflake, name) for name in TABLES}
    return Told(issues, tables, pages, titles, channels)


@asynccontextmanager
async def _jira(folder: Path) -> AsyncGenerator[Conversation]:
    app = jira_sandbox.create_app(_made(folder) / "data.sqlite3")
    start = Converse(JIRA, connect_jira)
    async with start(folder, transport=httpx2.ASGITransport(app), access=Access.READ) as talk:
        yield talk
    app.store.close()


@asynccontextmanager
async def _confluence(folder: Path) -> AsyncGenerator[Conversation]:
    app = confluence_sandbox.create_app(_made(folder) / "data.sqlite3")
    start = Converse(CONFLUENCE, connect_confluence)
    async with start(folder, transport=httpx2.ASGITransport(app), access=Access.READ) as talk:
        yield talk
    app.close()


@asynccontextmanager
async def _slack(folder: Path) -> AsyncGenerator[Conversation]:
    app = slack_sandbox.create_app(_made(folder) / "data.sqlite3", clock=lambda: NOW)

    async def connect(settings: SlackSettings, seen: Any) -> SlackClient:
        transport = httpx2.ASGITransport(app)
        return await connect_slack(settings, transport=transport, policy=AT_ONCE, on_exchange=seen, clock=lambda: NOW)

    async with converse(SLACK, SlackSettings.model_validate({"sandbox": True}), connect, folder) as talk:
        yield talk
    app.close()


@asynccontextmanager
async def _snowflake(folder: Path) -> AsyncGenerator[Conversation]:
    async def connect(settings: SnowflakeSettings, seen: Any) -> SnowflakeClient:
        del seen  # the connector has its own way to Snowflake
        return await connect_snowflake(settings)

    async with StandIn(private_dir(state_dir() / "sandbox") / "snowflake") as lease:
        await lease.address()
        settings = SnowflakeSettings.load(environ={"SNOWFLAKE_SANDBOX": "1"})
        async with converse(SNOWFLAKE, settings, connect, _made(folder)) as talk:
            yield talk


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def _issues(jira: Conversation) -> dict[str, Row]:
    jql = "project in (PMOS, DESK) ORDER BY key ASC"
    answer = await jira.ask("jira_search_issues", jql=jql, fields=list(FIELDS), limit=100)
    assert "more: no" in answer
    return {row["key"]: row for row in answers.issues_listed(answer)}


async def _pages(confluence: Conversation) -> tuple[dict[str, str], dict[str, str]]:
    tree = await confluence.ask("confluence_list_pages", space="PMOS", depth=10, limit=250)
    titles = dict(re.findall(r"^ *(\d+) (.+?)(?: \[folder\])?$", tree, re.MULTILINE))
    blog = await confluence.ask("confluence_list_blog_posts", space="PMOS")
    titles |= dict(re.findall(r"^(\d+) \|(?:[^|]*\|){3} (.*)$", blog, re.MULTILINE))
    pages: dict[str, str] = {}
    for number in titles:
        text, failed = await confluence.attempt("confluence_get_page", {"page": number})
        if failed or number == _LOG:
            pages[number] = ""
            continue
        assert "to read on" not in text, number
        comments = await confluence.ask("confluence_list_comments", page=number)
        pages[number] = f"{text}\n{comments}"
    return pages, titles


async def _channels(slack: Conversation) -> dict[str, str]:
    listed = await slack.ask("slack_list_channels", limit=100)
    told: dict[str, str] = {}
    for name in re.findall(r"^(#[\w-]+) \|", listed, re.MULTILINE):
        text = await slack.ask("slack_read_channel", channel=name, limit=100)
        assert "more: no" in text, name
        threads = re.findall(r"· (\d+\.\d+) · (?:\S+ · )*\d+ repl", text)
        replies = [await slack.ask("slack_read_thread", message=ts, channel=name) for ts in threads]
        told[name] = "\n".join([text, *replies])
    return told


async def _table(snowflake: Conversation, name: str) -> list[dict[str, str]]:
    sql = f"SELECT * FROM {name}"  # noqa: S608 - names above
    return answers.rows(await snowflake.ask("snowflake_run_query", sql=sql, limit=200))


def tell(folder: Path) -> Told:
    """The same for those who cannot wait."""
    return anyio.run(all_told, folder)
