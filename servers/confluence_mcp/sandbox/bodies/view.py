"""A body as the HTML that readers of the page get (`body.view`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

from confluence_mcp.sandbox.bodies import references
from confluence_mcp.sandbox.bodies.tree import Element, parse

_KEPT = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "div", "dl", "dt", "dd"),
        *("strong", "b", "em", "i", "u", "s", "del", "ins", "sub", "sup", "code", "a", "small", "cite", "kbd", "span"),
        *("table", "tbody", "thead", "tr", "th", "td", "colgroup", "col"),
    }
)
_EMPTY = frozenset({"br", "hr", "col"})
_ATTRIBUTES = frozenset(
    {"href", "style", "colspan", "rowspan", "start", "class", "title", "data-highlight-colour", "data-layout"}
)
_BOXES = {"info": "information", "note": "note", "tip": "tip", "warning": "warning"}
_LOZENGES = {"Green": "success", "Red": "error", "Yellow": "current", "Blue": "complete", "Purple": "progress"}
_HIDDEN = frozenset(
    {"ac:parameter", "ac:adf-attribute", "ac:adf-fallback", "at:declarations", "ac:task-id", "ac:task-uuid"}
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def storage_to_view(body: str, names: Mapping[str, str] | None = None) -> str:
    """The body as HTML. `names` are the people's, by account id. Raises `InvalidBodyError`."""
    root = parse(body)
    return _View(root, names or {}).all(root)


class _View:
    def __init__(self, root: Element, names: Mapping[str, str]) -> None:
        self._root = root
        self._names = names
        self._macros: dict[str, Callable[[Element, dict[str, str]], str]] = {
            "status": self._status,
            "code": self._code,
            "noformat": self._code,
            "expand": self._expand,
            "jira": self._jira,
            "toc": self._toc,
            "panel": self._box,
            "details": self._details,
            "anchor": self._anchor,
        }
        self._elements: dict[str, Callable[[Element], str]] = {
            "ac:link": self._link,
            "ac:image": self._image,
            "ac:task-list": self._tasks,
            "ac:inline-comment-marker": self._marker,
            "time": self._time,
            "ac:layout": self._layout,
            "ac:layout-section": self._section,
            "ac:layout-cell": self._column,
            "ac:placeholder": self._placeholder,
            "ac:emoticon": self._emoji,
            "at:var": self._variable,
        }

    def all(self, part: Element) -> str:
        """What is inside."""
        return "".join(escape(each, quote=False) if isinstance(each, str) else self._one(each) for each in part.content)

    def _one(self, part: Element) -> str:
        if part.macro:
            return self._macro(part)
        if part.tag in _EMPTY:
            return f"<{part.tag}/>"
        if part.tag in self._elements:
            return self._elements[part.tag](part)
        if part.tag in _HIDDEN:
            return ""
        if part.tag not in _KEPT:
            return self.all(part)
        return f"<{part.tag}{self._attributes(part)}>{self.all(part)}</{part.tag}>"

    def _attributes(self, part: Element) -> str:
        kept = {name: value for name, value in part.attributes.items() if name in _ATTRIBUTES}
        if kept.get("href", "").strip().lower().startswith(("javascript:", "data:")):
            del kept["href"]
        if part.tag == "a":
            kept.setdefault("class", "external-link")
        if part.tag == "table":
            kept["class"] = "confluenceTable"
        if part.tag in ("td", "th"):
            kept["class"] = f"confluence{part.tag.capitalize()}"
        if part.tag in _HEADINGS:
            kept["id"] = heading_id(part.words())
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())

    def _macro(self, part: Element) -> str:
        told = part.parameters()
        name = part.macro
        if name in self._macros:
            return self._macros[name](part, told)
        body = self._body(part)
        if name in _BOXES:
            kind = _BOXES[name]
            title = f'<p class="title">{escape(told["title"])}</p>' if told.get("title") else ""
            inner = f'<div class="confluence-information-macro-body">{body}</div>'
            return f'<div class="confluence-information-macro confluence-information-macro-{kind}">{title}{inner}</div>'
        if part.child("ac:rich-text-body") is not None:
            return f'<div class="conf-macro output-block" data-macro-name="{escape(name)}">{body}</div>'
        return f'<span class="conf-macro output-inline" data-macro-name="{escape(name)}">{body}</span>'

    def _body(self, part: Element) -> str:
        inside = part.child("ac:rich-text-body", "ac:plain-text-body")
        return self.all(inside) if inside is not None else ""

    def _status(self, _part: Element, told: dict[str, str]) -> str:
        kind = _LOZENGES.get(told.get("colour", ""), "default")
        title = escape(told.get("title", ""), quote=False)
        return f'<span class="status-macro aui-lozenge aui-lozenge-visual-refresh aui-lozenge-{kind}">{title}</span>'

    def _code(self, part: Element, told: dict[str, str]) -> str:
        brush = escape(told.get("language", "text"))
        title = f'<div class="codeHeader panelHeader"><b>{escape(told["title"])}</b></div>' if told.get("title") else ""
        shown = f'class="syntaxhighlighter-pre" data-syntaxhighlighter-params="brush: {brush}"'
        lines = f"<pre {shown}>{self._body(part)}</pre>"
        return f'<div class="code panel pdl">{title}<div class="codeContent panelContent pdl">{lines}</div></div>'

    def _expand(self, part: Element, told: dict[str, str]) -> str:
        title = escape(told.get("title", "Click here to expand..."), quote=False)
        control = f'<div class="expand-control"><span class="expand-control-text">{title}</span></div>'
        return f'<div class="expand-container">{control}<div class="expand-content">{self._body(part)}</div></div>'

    def _jira(self, _part: Element, told: dict[str, str]) -> str:
        key = told.get("key", "")
        if not key:
            query = escape(told.get("jqlQuery", told.get("jql", "")))
            return f'<div class="jira-table" data-jql="{query}"></div>'
        link = f'<a href="/browse/{quote(key)}" class="jira-issue-key">{escape(key)}</a>'
        return f'<span class="confluence-jim-macro jira-issue" data-jira-key="{escape(key)}">{link}</span>'

    def _toc(self, _part: Element, _told: dict[str, str]) -> str:
        entries = "".join(
            f'<li><a href="#{escape(heading_id(each.words()))}">{escape(each.words(), quote=False)}</a></li>'
            for each in self._root.every(*_HEADINGS)
        )
        return f'<div class="toc-macro client-side-toc-macro conf-macro"><ul>{entries}</ul></div>'

    def _box(self, part: Element, told: dict[str, str]) -> str:
        title = f'<div class="panelHeader"><b>{escape(told["title"])}</b></div>' if told.get("title") else ""
        return f'<div class="panel">{title}<div class="panelContent">{self._body(part)}</div></div>'

    def _details(self, part: Element, _told: dict[str, str]) -> str:
        return f'<div class="plugin-tabmeta-details">{self._body(part)}</div>'

    def _anchor(self, _part: Element, told: dict[str, str]) -> str:
        return f'<span class="confluence-anchor-link" id="{escape(told.get("", ""))}"></span>'

    def _link(self, part: Element) -> str:
        person = part.child("ri:user")
        if person is not None:
            account = person.get("ri:account-id")
            name = escape(self._names.get(account, account), quote=False)
            href = f"/wiki/people/{quote(account)}"
            shown = f'class="confluence-userlink user-mention" data-account-id="{escape(account)}"'
            return f'<a {shown} href="{href}">{name}</a>'
        body = part.child("ac:link-body", "ac:plain-text-link-body")
        words = self.all(body) if body is not None else escape(references.default_words(part), quote=False)
        return f'<a href="{escape(references.address(part))}">{words}</a>'

    def _image(self, part: Element) -> str:
        file, url = part.child("ri:attachment"), part.child("ri:url")
        name = file.get("ri:filename") if file is not None else ""
        address = url.get("ri:value") if url is not None else f"/wiki/download/attachments/{quote(name)}"
        size = f' width="{escape(part.get("ac:width"))}"' if part.get("ac:width") else ""
        alt = escape(part.get("ac:alt") or name)
        return (
            f'<span class="confluence-embedded-file-wrapper"><img class="confluence-embedded-image" alt="{alt}"'
            f' src="{escape(address)}" data-linked-resource-default-alias="{escape(name)}"{size}/></span>'
        )

    def _tasks(self, part: Element) -> str:
        items = ""
        for task in part.children("ac:task"):
            told = {each.tag: each for each in task.children()}
            done = "ac:task-status" in told and told["ac:task-status"].words() == "complete"
            number = told["ac:task-id"].words() if "ac:task-id" in told else ""
            body = self.all(told["ac:task-body"]) if "ac:task-body" in told else ""
            state = ' class="checked"' if done else ""
            items += f'<li{state} data-inline-task-id="{escape(number)}"><span>{body}</span></li>'
        return f'<ul class="inline-task-list">{items}</ul>'

    def _marker(self, part: Element) -> str:
        return f'<span class="inline-comment-marker" data-ref="{escape(part.get("ac:ref"))}">{self.all(part)}</span>'

    def _time(self, part: Element) -> str:
        day = escape(part.get("datetime"))
        return f'<time datetime="{day}" class="date-past">{self.all(part) or day}</time>'

    def _layout(self, part: Element) -> str:
        return f'<div class="contentLayout2">{self.all(part)}</div>'

    def _section(self, part: Element) -> str:
        kind = escape(part.get("ac:type", "single").replace("_", "-"))
        return f'<div class="columnLayout {kind}" data-layout="{kind}">{self.all(part)}</div>'

    def _column(self, part: Element) -> str:
        return f'<div class="cell normal" data-type="normal"><div class="innerCell">{self.all(part)}</div></div>'

    def _placeholder(self, part: Element) -> str:
        return f'<span class="text-placeholder">{self.all(part)}</span>'

    def _emoji(self, part: Element) -> str:
        return escape(part.get("ac:emoji-fallback") or part.get("ac:emoji-shortname") or f"({part.get('ac:name')})")

    def _variable(self, part: Element) -> str:
        return escape(part.get("at:name"))


def heading_id(words: str) -> str:
    """The id by which a heading can be linked to."""
    return "-".join(words.split())
