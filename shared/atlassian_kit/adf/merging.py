"""Writing edited blocks back into the blocks that they were."""

from collections import Counter
from difflib import SequenceMatcher
from typing import Final

from atlassian_kit.adf.book import Book
from atlassian_kit.adf.line_merging import merged_line
from atlassian_kit.adf.nodes import Node, children_of, paragraph, text_node
from atlassian_kit.adf.schema import CONTENT, may_hold
from atlassian_kit.adf.views import FRAMES, View
from atlassian_kit.ends import common_ends

_ALIKE: Final = {
    "heading": "paragraph",
    "orderedList": "bulletList",
    "nestedExpand": "expand",
    "tableHeader": "tableCell",
}
"""Types that stand for the same when it comes to which block became which."""
_IN_ORDER: Final = frozenset({"tableCell"})
_MOST_PAIRS: Final = 4_000
_LIKE_ENOUGH: Final = 0.25
_SHOWN_ATTRS: Final = frozenset(
    {"level", "order", "language", "panelType", "title", "state", "colspan", "rowspan", "width", "url", "alt"}
)
_WITH_IDS: Final = frozenset({"taskList", "taskItem", "decisionList", "decisionItem"})


class Merger:
    """Writes views of edited text into an original."""

    def __init__(self, book: Book, taken: set[str]) -> None:
        self._book = book
        self._taken = taken
        self.replaced: list[View] = []
        """The blocks for which others stand now that have nothing in common with them."""

    def blocks(self, old: View, new: View) -> list[Node]:
        """Return the blocks of a container after an edit, with those that it opens without text."""
        parent = new.type
        before, after = old.blocks or [], new.blocks or []
        pairs, replaced = _pairs(before, after)
        self.replaced += replaced
        made: list[Node] = list(old.lead) if parent == old.type else []
        for position, view in enumerate(after):
            partner = pairs.get(position)
            if partner is None:
                made.append(self._built(view, parent))
                continue
            made.append(self._merged(partner, view, old.type, parent))
            made += [node for node in partner.after if may_hold(parent, node) or parent == old.type]
        return made

    def _merged(self, old: View, new: View, was_in: str, parent: str) -> Node:
        if old.key == new.key:
            return self._placed(old.node, was_in, parent)
        made: Node = {**old.node, "type": new.type}
        attrs = _merged_attrs(old, new)
        if attrs:
            made["attrs"] = attrs
        else:
            made.pop("attrs", None)
        if new.type == "codeBlock":
            if dict(old.said)["text"] != dict(new.said)["text"]:
                made["content"] = children_of(new.node)
        elif new.type == "caption":
            made["content"] = children_of(new.node)
        elif new.line is not None:
            made["content"] = merged_line(old.line or [], new.line, self._built_node)
        elif new.blocks is not None:
            made["content"] = _not_empty(self.blocks(old, new), new.type)
        return self._placed(made, was_in, parent)

    @staticmethod
    def _placed(made: Node, was_in: str, parent: str) -> Node:
        """Return a block with the marks that it may bear where it stands now."""
        if was_in == parent or "marks" not in made or parent not in CONTENT or may_hold(parent, made):
            return made
        return {name: value for name, value in made.items() if name != "marks"}

    def _built(self, view: View, parent: str) -> Node:
        """Return the node of a view that is new."""
        if view.token:
            entry = self._book.find(view.token)
            was_in = parent if entry and parent in entry.places else ""
            made = self._placed(self._of(view.token), was_in, parent)
            return {**made, "content": self._inside(view)} if view.type in FRAMES else made
        made = dict(view.node)
        if view.type in _WITH_IDS:
            made["attrs"] = {**made["attrs"], "localId": self._fresh(made["attrs"]["localId"])}
        if view.line is not None:
            made["content"] = [self._built_node(bit.node) for bit in view.line]
        elif view.blocks is not None:
            made["content"] = self._inside(view)
        return made

    def _inside(self, view: View) -> list[Node]:
        content = [self._built(block, view.type) for block in view.blocks or ()]
        return _not_empty(content, view.type)

    def _built_node(self, made: Node) -> Node:
        return self._of(made["token"]) if "token" in made else made

    def _of(self, identity: str) -> Node:
        entry = self._book.find(identity)
        return entry.node if entry else text_node(identity)

    def _fresh(self, identity: str) -> str:
        """Return an id that no other node of the document has."""
        from uuid import NAMESPACE_OID, uuid5

        while identity in self._taken:
            identity = str(uuid5(NAMESPACE_OID, identity))
        self._taken.add(identity)
        return identity


def _not_empty(content: list[Node], type_: str) -> list[Node]:
    if type_ == "listItem" and (not content or content[0]["type"] in ("bulletList", "orderedList", "taskList")):
        return [paragraph(), *content]
    if content or type_ not in CONTENT:
        return content
    return [paragraph()]


def _merged_attrs(old: View, new: View) -> Node:
    attrs: Node = {**old.node.get("attrs", {})}
    told = new.node.get("attrs", {})
    before = dict(old.said)
    if old.type == new.type:
        changed = {name for name, value in new.said if before.get(name) != value}
    else:
        attrs = {name: value for name, value in attrs.items() if name == "localId" or name not in _SHOWN_ATTRS}
        changed = set(told)
        if old.type in ("orderedList", "heading"):
            changed -= {"localId"}
    if new.type == "panel" and "panelType" in changed:
        attrs = {name: value for name, value in attrs.items() if name == "localId"}
    for name in changed & _SHOWN_ATTRS:
        if name in told:
            attrs[name] = told[name]
        else:
            attrs.pop(name, None)
    return attrs


def _family(view: View) -> str:
    return view.token if view.token else _ALIKE.get(view.type, view.type)


def _pairs(before: list[View], after: list[View]) -> tuple[dict[int, View], list[View]]:
    """Return for the positions of new blocks the old ones that they were, and those that others replace."""
    pairs: dict[int, View] = {}
    replaced: list[View] = []
    old_keys, new_keys = [view.key for view in before], [view.key for view in after]
    opcodes = SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes() if _few(before, after) else []
    if not opcodes:
        opcodes = _ends(old_keys, new_keys)
    left: dict[str, list[int]] = {}
    gaps: list[tuple[list[int], list[int]]] = []
    for tag, start, end, from_, to in opcodes:
        if tag == "equal":
            pairs.update(zip(range(from_, to), before[start:end], strict=True))
        else:
            gaps.append((list(range(start, end)), list(range(from_, to))))
            for position in range(start, end):
                left.setdefault(old_keys[position], []).append(position)
    moved: set[int] = set()
    for _, news in gaps:
        for position in news:
            same = left.get(new_keys[position])
            if same:
                moved.add(same[0])
                pairs[position] = before[same.pop(0)]
    for olds, news in gaps:
        rest = [old for old in olds if old not in moved]
        _pair_gap(before, after, rest, [new for new in news if new not in pairs], pairs)
        if not all(new in pairs for new in news):
            kept = {id(pairs[new]) for new in news if new in pairs}
            replaced += [before[old] for old in rest if id(before[old]) not in kept]
    return pairs, replaced


def _few(before: list[View], after: list[View]) -> bool:
    return len(before) * len(after) <= 4_000_000


def _ends(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Return the differences of two long lists of which only the ends are compared."""
    start, end = common_ends(old, new)
    middle = ("replace", start, len(old) - end, start, len(new) - end)
    return [("equal", 0, start, 0, start), middle, ("equal", len(old) - end, len(old), len(new) - end, len(new))]


def _pair_gap(before: list[View], after: list[View], olds: list[int], news: list[int], pairs: dict[int, View]) -> None:
    """Pair what is left on both sides: in order where it is the same row of blocks, else by the words in common."""
    old_families = [_family(before[old]) for old in olds]
    new_families = [_family(after[new]) for new in news]
    if old_families == new_families or (olds and news and set(old_families + new_families) <= _IN_ORDER):
        pairs.update({new: before[old] for old, new in zip(olds, news, strict=False)})
        return
    if len(olds) * len(news) > _MOST_PAIRS:
        free: dict[str, list[int]] = {family: [] for family in old_families}
        for old, family in zip(reversed(olds), reversed(old_families), strict=True):
            free[family].append(old)
        for new, family in zip(news, new_families, strict=True):
            if free.get(family):
                pairs[new] = before[free[family].pop()]
        return
    words = {old: _words(before[old]) for old in olds}
    scored: list[tuple[float, int, int]] = []
    for new in news:
        said = _words(after[new])
        for old in olds:
            if _family(before[old]) == _family(after[new]):
                common = 2 * (said & words[old]).total() / max(said.total() + words[old].total(), 1)
                scored.append((-common, new, old))
    used: set[int] = set()
    for score, new, old in sorted(scored):
        if new not in pairs and old not in used and -score >= _LIKE_ENOUGH:
            pairs[new] = before[old]
            used.add(old)


def _words(view: View) -> Counter[str]:
    made: Counter[str] = Counter()
    for part in view.walk():
        for bit in part.line or ():
            made.update([bit.key] if bit.key else bit.text.split())
        made.update(str(value) for name, value in part.said if name in ("text", "title", "url"))
        if part.token:
            made[part.token] += 1
    return made
