"""What blocks what: links of one kind, followed across projects in a bounded number of requests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from connector_kit.errors import InvalidInput, NotFound
from connector_kit.wire import JsonObject, as_int, as_object, as_text, objects
from jira_mcp.client.collaboration import Collaboration, direction
from jira_mcp.client.filters import sprint_clause
from jira_mcp.client.ids import project_of
from jira_mcp.client.status_times import TimesInStatus
from jira_mcp.client.statuses import status_info
from jira_mcp.client.values import user_name
from jira_mcp.links_models import Dependency, DependencyView, IssueNode

Side = Literal["both", "blockers", "blocked"]

DEEPEST = 10
_MOST_ROOTS = 200
_MOST_ISSUES = 1_000
_MOST_CYCLES = 100
_FIELDS = ("summary", "status", "assignee", "issuetype", "issuelinks")


class _Graph:
    """The issues found so far, and which blocks which."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.nodes: dict[str, IssueNode] = {}
        self.edges: dict[tuple[str, str], None] = {}
        self.outside: set[str] = set()
        self.hidden: set[str] = set()

    def neighbours(self, entry: JsonObject) -> Iterable[tuple[str, str, IssueNode]]:
        """The links of this kind that an issue shows: blocker, blocked, and the issue at the other end."""
        here = as_text(entry.get("key"))
        for link in objects(as_object(entry.get("fields")).get("issuelinks")):
            if as_text(as_object(link.get("type")).get("id")) != self.kind:
                continue
            blocked, blocker = as_object(link.get("outwardIssue")), as_object(link.get("inwardIssue"))
            other = node_of(blocked or blocker)
            if other.key:
                yield (here, other.key, other) if blocked else (other.key, here, other)

    def beyond(self, entry: JsonObject, *, upward: bool) -> Iterable[str]:
        """The keys of what an issue waits for, or of what waits for it."""
        here = as_text(entry.get("key"))
        for blocker, blocked, other in self.neighbours(entry):
            if (blocked if upward else blocker) == here:
                yield other.key


class Dependencies(TimesInStatus, Collaboration):
    """The view of what waits for what."""

    async def dependencies(
        self,
        key: str = "",
        *,
        sprint: str = "",
        jql: str = "",
        side: Side = "both",
        depth: int = 3,
        relation: str = "",
    ) -> DependencyView:
        """What blocks what around an issue (of an epic: its children too), a sprint, or what matches a query.

        `side` follows only what the issues wait for ("blockers"), or only what waits for them ("blocked"). `relation`
        is another kind of link than "blocks". Raises InvalidInput unless exactly one of the three is given.
        """
        if sum(bool(text.strip()) for text in (key, sprint, jql)) != 1:
            raise InvalidInput("Say around what: key, sprint or jql, one of them.")
        depth = max(1, min(depth, DEEPEST))
        kind, _ = direction(relation or "blocks", await self.link_types())
        graph = _Graph(kind.id)
        entries, more = await self._roots(key, sprint, jql)
        roots = [as_text(entry.get("key")) for entry in entries]
        read: dict[str, JsonObject] = dict(zip(roots, entries, strict=True))
        graph.nodes = {root: node_of(entry) for root, entry in read.items()}
        deeper, cut = False, False
        for upward in (True, False):
            if side == ("blocked" if upward else "blockers"):
                continue
            rest, full = await self._follow(graph, read, roots, upward=upward, depth=depth)
            deeper, cut = deeper or rest, cut or full
        edges = [edge for edge in graph.edges if all(end in graph.nodes for end in edge)]
        dependencies = [Dependency(graph.nodes[blocker], graph.nodes[blocked]) for blocker, blocked in edges]
        return DependencyView(
            kind.outward,
            tuple(roots),
            tuple(_in_order(dependencies)),
            tuple(cycles(edges)),
            len(graph.hidden),
            len(graph.outside),
            deeper,
            cut,
            more,
        )

    async def _roots(self, key: str, sprint: str, jql: str) -> tuple[list[JsonObject], bool]:
        """The issues that the view is around, and whether there are more than are taken."""
        if not key.strip():
            return await self._by_query(sprint_clause(sprint) if sprint.strip() else jql, _MOST_ROOTS, _FIELDS)
        asked = self._key(key)
        found = await self._fetched([asked], _FIELDS)
        if asked not in found:
            raise NotFound(
                f"{asked}: Issue does not exist or you do not have permission to see it.",
                next_step="Check the key; jira_search_issues finds issues by what they say.",
            )
        entry = found[asked]
        level = as_int(as_object(as_object(entry.get("fields")).get("issuetype")).get("hierarchyLevel")) or 0
        if level < 1:
            return [entry], False
        children, more = await self._by_query(f"parent = {as_text(entry.get('key'))}", _MOST_ROOTS, _FIELDS)
        return [entry, *children], more

    async def _follow(
        self, graph: _Graph, read: dict[str, JsonObject], roots: Sequence[str], *, upward: bool, depth: int
    ) -> tuple[bool, bool]:
        """Go from the roots to what they wait for (or to what waits for them), level by level.

        Whether there are more beyond the depth, and whether there were too many to look at.
        """
        seen, level = set(roots), list(roots)
        for _ in range(depth):
            following: dict[str, None] = {}
            for here in level:
                for blocker, blocked, other in graph.neighbours(read[here]):
                    if (blocked if upward else blocker) != here:
                        continue
                    if not self._allowed(project_of(other.key)):
                        graph.outside.add(other.key)
                        continue
                    graph.edges[blocker, blocked] = None
                    graph.nodes.setdefault(other.key, other)
                    if other.key not in seen:
                        seen.add(other.key)
                        following[other.key] = None
            unread = [key for key in following if key not in read]
            if len(read) + len(unread) > _MOST_ISSUES:
                return False, True
            found = await self._fetched(unread, _FIELDS)
            for key in unread:
                if key in found:
                    read[key] = found[key]
                    graph.nodes[key] = node_of(found[key])
                else:
                    graph.hidden.add(key)
                    graph.nodes.pop(key, None)
            level = [key for key in following if key in read]
        further = (other for here in level for other in graph.beyond(read[here], upward=upward))
        return any(key not in seen and self._allowed(project_of(key)) for key in further), False


def node_of(value: object) -> IssueNode:
    """An issue as it, or a link to it, shows it."""
    entry = as_object(value)
    fields = as_object(entry.get("fields"))
    status = status_info(fields.get("status"))
    return IssueNode(
        as_text(entry.get("key")),
        as_text(fields.get("summary")),
        status.name,
        status.category,
        user_name(fields.get("assignee")) or "",
    )


def _in_order(dependencies: Sequence[Dependency]) -> list[Dependency]:
    """Those first that somebody waits for, and of these those whose blocker holds up the most."""
    held: dict[str, int] = {}
    for each in dependencies:
        held[each.blocker.key] = held.get(each.blocker.key, 0) + each.open
    return sorted(
        dependencies,
        key=lambda each: (
            not each.open,
            each.blocker.done,
            -held[each.blocker.key],
            _by_number(each.blocker.key),
            _by_number(each.blocked.key),
        ),
    )


def _by_number(key: str) -> tuple[str, int]:
    project, _, number = key.rpartition("-")
    return project, as_int(number) or 0


def cycles(edges: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The ways round that lead from an issue back to itself, the first key again at the end; every issue that waits
    for itself is in one of them, unless there are more than a hundred."""
    ahead: dict[str, list[str]] = {}
    for blocker, blocked in _knotted(edges):
        ahead.setdefault(blocker, []).append(blocked)
        ahead.setdefault(blocked, [])
    found: list[tuple[str, ...]] = []
    told: set[str] = set()
    for start in sorted(ahead, key=_by_number):
        if len(found) == _MOST_CYCLES:
            break
        if start not in told and (way := _way_back(ahead, start)):
            found.append(way)
            told |= set(way)
    return found


def _knotted(edges: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges without those that cannot be in any cycle: what begins where nothing leads to goes first."""
    left = list(edges)
    for start, end in ((0, 1), (1, 0)):
        after: dict[str, list[str]] = {}
        waiting: dict[str, int] = {}
        for edge in left:
            after.setdefault(edge[start], []).append(edge[end])
            waiting[edge[end]] = waiting.get(edge[end], 0) + 1
        loose = [issue for issue in after if issue not in waiting]
        for issue in loose:
            for other in after.get(issue, ()):
                waiting[other] -= 1
                if not waiting[other]:
                    loose.append(other)
        gone = set(loose)
        left = [edge for edge in left if edge[start] not in gone]
    return left


def _way_back(ahead: Mapping[str, Sequence[str]], start: str) -> tuple[str, ...]:
    """The shortest way from an issue to itself; empty where there is none."""
    came: dict[str, str] = {}
    line = [start]
    for here in line:
        for there in ahead[here]:
            if there == start:
                way = [here, start]
                while way[0] != start:
                    way.insert(0, came[way[0]])
                return tuple(way)
            if there not in came:
                came[there] = here
                line.append(there)
    return ()
