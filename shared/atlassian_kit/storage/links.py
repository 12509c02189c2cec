"""What Confluence links to by name, as addresses in Markdown.

| storage format | address |
|---|---|
| `ri:page` | `page:SPACE/Title`, or `page:Title` in the same space |
| `ri:content-entity` | `page:ID` |
| `ri:blog-post` | `blog:SPACE/2026-01-31/Title` |
| `ri:space` | `space:SPACE` |
| `ri:attachment` | `attachment:NAME` |

The parts are percent-encoded where they hold blanks or marks; `#anchor` may follow the first three.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from atlassian_kit.adf.links import quoted
from atlassian_kit.storage.spelling import attribute
from atlassian_kit.storage.tree import Element

SCHEMES: Final = frozenset({"page", "blog", "space", "attachment"})

_ID: Final = re.compile("[0-9]{1,20}", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: kind "page", "blog", "space", "attachment" or "anchor", and its names."""

    kind: str
    title: str = ""
    space: str = ""
    day: str = ""
    identity: str = ""
    anchor: str = ""

    @property
    def name(self) -> str:
        """What Confluence shows for a link without a text of its own."""
        return self.title or self.space or self.anchor or self.identity

    @property
    def address(self) -> str:
        """The address in Markdown."""
        anchor = f"#{quoted(self.anchor)}" if self.anchor else ""
        if self.kind == "anchor":
            return anchor
        if self.kind == "attachment":
            return f"attachment:{quoted(self.title)}"
        if self.kind == "space":
            return f"space:{quoted(self.space)}"
        if self.identity:
            return f"page:{self.identity}{anchor}"
        if self.kind == "blog":
            return f"blog:{quoted(self.space)}/{self.day}/{quoted(self.title)}{anchor}"
        ambiguous = not self.space and _ID.fullmatch(self.title)
        return f"page:{quoted(self.space)}{'/' if self.space or ambiguous else ''}{quoted(self.title)}{anchor}"

    @property
    def resource(self) -> str:
        """The `ri:` element of storage format; "" for an anchor of the same page."""
        space = f' ri:space-key="{attribute(self.space)}"' if self.space else ""
        title = f' ri:content-title="{attribute(self.title)}"'
        if self.kind == "attachment":
            return f'<ri:attachment ri:filename="{attribute(self.title)}" />'
        if self.kind == "space":
            return f"<ri:space{space} />"
        if self.identity:
            return f'<ri:content-entity ri:content-id="{self.identity}" />'
        if self.kind == "blog":
            return f'<ri:blog-post{space} ri:posting-day="{self.day.replace("-", "/")}"{title} />'
        return f"<ri:page{space}{title} />" if self.kind == "page" else ""

    @property
    def opening(self) -> str:
        """The start tag of a link to it."""
        return f'<ac:link ac:anchor="{attribute(self.anchor)}">' if self.anchor else "<ac:link>"


def target_of(link: Element) -> Target | None:
    """Return what an `ac:link` leads to; None for what has no address in Markdown (a user, a file elsewhere)."""
    resources = [child for child in link.elements if child.name.startswith("ri:")]
    anchor = link.attrs.get("ac:anchor", "")
    if len(resources) > 1 or (resources and resources[0].elements):
        return None
    if not resources:
        return Target("anchor", anchor=anchor) if anchor else None
    return _resource(resources[0], anchor)


def _resource(resource: Element, anchor: str) -> Target | None:
    attrs = resource.attrs
    space, title = attrs.get("ri:space-key", ""), attrs.get("ri:content-title", "")
    found: Target | None = None
    if resource.name == "ri:page" and title:
        found = Target("page", title, space, anchor=anchor)
    elif resource.name == "ri:content-entity" and _ID.fullmatch(attrs.get("ri:content-id", "")):
        found = Target("page", identity=attrs["ri:content-id"], anchor=anchor)
    elif resource.name == "ri:blog-post" and title:
        day = _DAY.fullmatch(attrs.get("ri:posting-day", ""))
        found = Target("blog", title, space, "-".join(day.groups()), anchor=anchor) if day else None
    elif resource.name == "ri:space" and space and not anchor:
        found = Target("space", space=space)
    elif resource.name == "ri:attachment" and attrs.get("ri:filename") and not anchor:
        found = Target("attachment", attrs["ri:filename"])
    # An address that would be read as another is none.
    return found if found is not None and target_at(found.address) == found else None


def target_at(address: str) -> Target | None:
    """Return what an address in Markdown leads to; None for an address of the web, or one that says nothing."""
    scheme, _, rest = address.partition(":")
    if scheme not in SCHEMES or not rest:
        return None
    if scheme in ("attachment", "space"):
        name = unquote(rest)
        return Target("space", space=name) if scheme == "space" else Target("attachment", name)
    rest, _, anchor = rest.partition("#")
    anchor = unquote(anchor)
    space, _, title = rest.rpartition("/")
    if scheme == "page":
        if _ID.fullmatch(rest):
            return Target("page", identity=rest, anchor=anchor)
        return Target("page", unquote(title), unquote(space), anchor=anchor) if title else None
    space, _, day = space.rpartition("/")
    found = _DAY.fullmatch(day)
    return Target("blog", unquote(title), unquote(space), day, anchor=anchor) if found and title else None
