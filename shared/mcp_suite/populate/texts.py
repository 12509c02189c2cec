"""The sample's texts as Markdown, and what they refer to: issues, pages and channels as they are called there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from atlassian_kit import adf, storage

SITE = "https://pm-os.sandbox.invalid"
"""Where links in the samples point."""
_MENTION = re.compile(r"\[@([^\]]+)\]\(mention:[^)]*\)|@\[([^\]]+)\]")
_ADF_NODE = re.compile(r"```adf\n.*?\n```\n?", re.DOTALL)
_ISSUE_MACRO = re.compile(r"\[inlineExtension: jira ([A-Z]+-\d+)\]\(adf:\d+\)")
_QUERY_MACRO = re.compile(r"\[extension: jira ([^\]]+)\]\(adf:\d+\)")
_OTHER_MACRO = re.compile(r"!?\[[^\]]*\]\(adf:\d+\)")
_FENCE_OF_PANEL = re.compile(r"^::: adf:\d+ (?:panel|info|note|tip|warning) (\S.*)$", re.MULTILINE)
_FENCE = re.compile(r"^:::.*\n?", re.MULTILINE)
_PICTURE = re.compile(r'!\[([^\]]*)\]\(attachment:[^)"]*(?:"[^"]*")?\)')
_FILE = re.compile(r"\[([^\]]*)\]\(attachment:[^)]*\)")
_ELSEWHERE = re.compile(r"\[([^\]]*)\]\((?:page|blog|space):(?:[A-Z]+/|[A-Z]+\))[^)]*\)?")
_PARTS = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)"
    r"|\[(?P<words>(?:[^\]\n\\]|\\.)*)\]\((?P<to>[^)\s]+)\)"
    r"|(?P<url>https?://[^\s<>)\]|]+)"
    r"|\b(?P<key>PMOS-\d+)\b"
    r"|#pm-os-(?P<channel>[a-z]+)\b",
    re.DOTALL,
)
_KEY = re.compile(r"\bPMOS-(\d+)\b")
_IN_PROJECT = re.compile(r"\bproject = PMOS\b")
_BELOW = re.compile(r"parent = (PMOS-\d+)\b")
_BROWSE = re.compile(rf"{re.escape(SITE)}/browse/PMOS-(\d+)\b.*")
_WIKI = re.compile(rf"{re.escape(SITE)}/wiki/spaces/[^/]+/pages/(\d+)\b.*")


def from_adf(document: Mapping[str, adf.JsonValue]) -> str:
    """A document of Jira as Markdown in which people are named, not mentioned; files are left out."""
    markdown = adf.to_markdown(dict(document))
    return _ADF_NODE.sub("", _named(markdown)).strip()


def from_storage(body: str, people: Mapping[str, str]) -> str:
    """A body of Confluence as Markdown: without macros that have no words, files, columns and mentions."""
    markdown = storage.to_markdown(body)
    markdown = _ISSUE_MACRO.sub(r"\1", markdown)
    markdown = _QUERY_MACRO.sub(_query, markdown)
    markdown = _OTHER_MACRO.sub("", markdown)
    markdown = _FENCE_OF_PANEL.sub(r"**\1**", markdown)
    markdown = _FENCE.sub("", markdown)
    markdown = _PICTURE.sub(r"*Picture: \1*", markdown)
    markdown = _FILE.sub(r"\1", markdown)
    markdown = _ELSEWHERE.sub(r"\1", markdown)
    return re.sub(r"\n{3,}", "\n\n", _named(markdown, people)).strip()


def _query(found: re.Match[str]) -> str:
    """What stands for a list of issues: the issue that they are below, or the query."""
    jql = found[1].replace("\\", "")
    below = _BELOW.search(jql)
    return f"The issues below {below[1]}." if below else f"In Jira: `{jql}`"


def from_slack(message: Mapping[str, object], people: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """A message of Slack as Markdown, with its blocks and attachments."""
    from slack_mcp.text import KnownNames, message_markdown

    return message_markdown(message, KnownNames(users=people, channels=channels)).strip()


def _named(markdown: str, people: Mapping[str, str] | None = None) -> str:
    def name(found: re.Match[str]) -> str:
        told = found[1] or found[2]
        return (people or {}).get(told, told)

    return _MENTION.sub(name, markdown)


@dataclass(slots=True)
class References:
    """What stands for the sample's issues, pages and channels in the accounts.

    `issues` are addresses by the sample's number; `pages` titles and addresses by the sample's id and round; `titles`
    what pages are called instead. What is not known keeps its name and is no link.
    """

    prefix: str = "pm-os-"
    project: str = "PMOS"
    issues: dict[int, str] = field(default_factory=dict[int, str])
    pages: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    titles: dict[str, str] = field(default_factory=dict[str, str])

    def key(self, number: int) -> str:
        """What an issue is called."""
        url = self.issues.get(number)
        return url.rpartition("/")[2] if url else f"PMOS-{number}"

    def told(self, markdown: str, higher: int = 0, round_: int = 0) -> str:
        """A text in which every reference leads to what was made; numbers of issues are `higher` in later rounds."""

        def number(text: str) -> int:
            own = int(text) + higher
            return own if own in self.issues else int(text)

        def keys(text: str) -> str:
            told = _IN_PROJECT.sub(f"project = {self.project}", text)
            return _KEY.sub(lambda found: self.key(number(found[1])), told)

        def address(to: str) -> str | None:
            if (found := _BROWSE.fullmatch(to)) is not None:
                return self.issues.get(number(found[1]))
            if (found := _WIKI.fullmatch(to)) is not None:
                page = int(found[1])
                return self.pages.get((page, round_)) or self.pages.get((page, 0))
            if to.startswith("page:"):
                return self._page(to)
            return None if to.startswith(SITE) or not re.match(r"https?:|status:|date:|emoji:", to) else to

        return _PARTS.sub(lambda found: self._part(found, keys, number, address), markdown)

    def _page(self, to: str) -> str | None:
        title, sign, anchor = to.removeprefix("page:").partition("#")
        called = self.titles.get(unquote(title))
        return f"page:{quote(called, safe=':,')}{sign}{anchor}" if called else None

    def _part(
        self,
        found: re.Match[str],
        keys: Callable[[str], str],
        number: Callable[[str], int],
        address: Callable[[str], str | None],
    ) -> str:
        if found["code"] is not None:
            return keys(found["code"])
        if found["to"] is not None:
            to = address(found["to"])
            return f"[{keys(found['words'])}]({to})" if to else keys(found["words"])
        if found["url"] is not None:
            to = address(found["url"])
            return to if to else keys(found["url"])
        if found["channel"] is not None:
            return f"#{self.prefix}{found['channel']}"
        own = number(found["key"].rpartition("-")[2])
        return f"[{self.key(own)}]({self.issues[own]})" if own in self.issues else found["key"]
