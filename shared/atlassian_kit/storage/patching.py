"""Changing parts of a source and nothing else."""

import re
from collections.abc import Iterable, Mapping

from atlassian_kit.storage.spelling import attribute
from atlassian_kit.storage.tree import Element

Patch = tuple[int, int, str]
"""Start and end of what is replaced in a source, and what stands there then."""


def patched(source: str, start: int, end: int, patches: Iterable[Patch]) -> str:
    """Return a span of a source with parts of it replaced."""
    out: list[str] = []
    position = start
    for first, last, text in sorted(patches):
        out += [source[position:first], text]
        position = last
    out.append(source[position:end])
    return "".join(out)


def contents(holder: Element, inside: str) -> Patch:
    """Return the patch that puts other contents into an element."""
    if holder.inner == holder.end:
        return holder.start, holder.end, f"{opened(holder.start_tag)}{inside}</{holder.name}>"
    return holder.inner, holder.inner_end, inside


def opened(tag: str) -> str:
    """Return a start tag, whatever it was, as one that an end tag follows."""
    return tag.removesuffix("/>").rstrip() + ">" if tag.endswith("/>") else tag


def retagged(element: Element, name: str, inside: str, changes: Mapping[str, str | None] | None = None) -> str:
    """Return an element with another name, other contents, and with attributes set or (None) removed."""
    tag = element.start_tag
    if name != element.name:
        tag = f"<{name}{tag[1 + len(element.name) :]}"
    for key, value in (changes or {}).items():
        tag = with_attribute(tag, key, value)
    if element.inner == element.end and not inside:
        return tag
    end_tag = element.source[element.inner_end : element.end] if name == element.name else ""
    return f"{opened(tag)}{inside}{end_tag or f'</{name}>'}"


def with_attribute(tag: str, key: str, value: str | None) -> str:
    """Return a start tag with an attribute set, or (None) removed."""
    known = re.compile(rf"\s{re.escape(key)}\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    said = "" if value is None else f' {key}="{attribute(value)}"'
    if known.search(tag):
        return known.sub(lambda _: said, tag, count=1)
    closing = "/>" if tag.endswith("/>") else ">"
    body = tag.removesuffix(closing).rstrip()
    return f"{body}{said}{' />' if closing == '/>' else '>'}" if said else tag


def attribute_patch(element: Element, key: str, value: str) -> Patch:
    """Return the patch that sets an attribute of an element."""
    return element.start, element.inner, with_attribute(element.start_tag, key, value)


def parameter_patch(macro: Element, name: str, value: str) -> Patch:
    """Return the patch that sets a parameter of a macro, or with "" removes it."""
    found = macro.parameter_element(name)
    said = f'<ac:parameter ac:name="{name}">{attribute(value)}</ac:parameter>' if value else ""
    if found is not None:
        return found.start, found.end, said
    return macro.inner, macro.inner, said
