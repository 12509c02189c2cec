"""The issues: found by their labels, made in batches, moved to where they stood, with what was said and how they hang
together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from connector_kit.output import one_line
from mcp_suite.calls import CallError
from mcp_suite.populate.calls import Made, confirmed, pages_of, refusal
from mcp_suite.populate.contents import MARK, ROUND, Level, Work
from mcp_suite.populate.texts import References
from mcp_suite.workflow.answers import first_line, issues_listed
from mcp_suite.workflow.looking import moved
from mcp_suite.workflow.model import Call, Known, StepError

BATCH = 200
"""Issues of a call."""
_CREATED = re.compile(r"^issues\[(\d+)(?:\.\.(\d+))?\] → ([A-Z][A-Z0-9_]*-)(\d+)(?:\.\.\S+)?$")
_RESUME = re.compile(r"resume=(\S+)")
_RANGES = re.compile(r"^done: \w+ [\d,]+.*? \(task \S+\): (.+)$")
_TASK = re.compile(r"\(task (\S+)\)")
_FIELD = re.compile(r"^- (?P<name>.+?)(?: \(required\))?: (?P<kind>.+)$")
_CATEGORIES = ("To Do", "In Progress", "Done")
_POINTS = ("Story Points", "Story point estimate")
_LOOKS = 30
"""How often a bulk operation is asked how far it is; each time takes up to 40 seconds."""


@dataclass(slots=True)
class Jira:
    """The side of Jira: `work` in a `project`, whose statuses for work that goes on and is done are named.

    `refs` learns the addresses.
    """

    work: Sequence[Work]
    project: str
    refs: References
    started: str = "In Progress"
    done: str = "Done"
    keys: dict[int, str] = field(default_factory=dict[int, str])
    category: dict[int, str] = field(default_factory=dict[int, str])
    fresh: set[int] = field(default_factory=set[int])
    base: str = ""
    _lowest: set[str] = field(default_factory=set[str])
    _strange: dict[str, int] = field(default_factory=dict[str, int])
    _known: bool = False
    _by_level: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _types: dict[str, str] = field(default_factory=dict[str, str])
    _fields: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    async def look(self, call: Call) -> None:
        """Find what is there, once."""
        if self._known:
            return
        await self._look_at_types(call)
        summaries = {work.number: one_line(work.summary) for work in self.work}
        rows: list[tuple[int, dict[str, str], str]] = []
        for category in _CATEGORIES:
            jql = f'project = "{self.project}" AND labels = "{MARK}" AND statusCategory = "{category}" ORDER BY key ASC'
            arguments = {"jql": jql, "fields": ["labels"], "limit": 100}
            for answer in await pages_of(call, "jira_search_issues", arguments):
                rows += [(n, row, category) for row in issues_listed(answer) for n in _numbers(row)]
        # One of ours that somebody renamed is there, and not made again; it may as well be a copy, so that it is kept.
        for number, row, category in sorted(rows, key=lambda one: one[1]["summary"] != summaries.get(one[0])):
            if row["summary"] != summaries.get(number):
                self._strange[row["key"]] = number
            if number not in self.keys:
                self._found(number, row, category)
        self._known = True

    def _found(self, number: int, row: dict[str, str], category: str) -> None:
        self.base = row["url"].rpartition("/")[0]
        self.keys[number] = row["key"]
        self.category[number] = category
        self.refs.issues[number] = row["url"]
        if row["type"] in self._by_level.get("sub-task", []):
            self._lowest.add(row["key"])

    async def _look_at_types(self, call: Call) -> None:
        """Which types the project has for each of ours, and which fields their screens have."""
        answer = await call("jira", "jira_list_issue_types", {"project": self.project})
        rows = [line.split(" | ") for line in answer.splitlines()[1:] if line.count(" | ") >= 2]
        for name, level, *_ in rows:
            self._by_level.setdefault(level, []).append(name)
        for work in self.work:
            self._types[work.kind] = chosen_type(self._by_level, work.level, work.kind)
        for kind in set(self._types.values()):
            told = await call("jira", "jira_list_fields", {"project": self.project, "type": kind})
            matches = [found for line in told.splitlines() if (found := _FIELD.match(line))]
            self._fields[kind] = {found["name"]: found["kind"] for found in matches}

    def missing(self) -> list[Work]:
        """What is not there."""
        return [work for work in self.work if work.number not in self.keys]

    def batches(self, level: Level) -> list[list[Work]]:
        """The issues of a level, as many together as one call takes."""
        mine = [work for work in self.work if work.level == level]
        return [mine[first : first + BATCH] for first in range(0, len(mine), BATCH)]

    async def create(self, call: Call, batch: Sequence[Work]) -> Made:
        """Make those of a batch that are not there."""
        await self.look(call)
        wanted = [work for work in batch if work.number not in self.keys]
        if wanted:
            answers = await self._create(call, wanted)
            await self._know_base(call)
            for work in wanted:
                if work.number in self.keys:
                    self.refs.issues[work.number] = f"{self.base}/{self.keys[work.number]}"
            if lost := [work for work in wanted if work.number not in self.keys]:
                raise StepError(f"{len(lost)} of {len(wanted)} issues were not made: {answers[-1][:600]}")
        return Made(len(wanted), len(batch) - len(wanted))

    async def _create(self, call: Call, wanted: Sequence[Work]) -> list[str]:
        items = [self._item(work) for work in wanted]
        answer = await call("jira", "jira_create_issues", {"project": self.project, "issues": items})
        answers = [answer]
        self._take(answer, wanted)
        for _ in range(len(wanted)):
            token = _RESUME.search(answer.rsplit("\n", 1)[-1])
            if token is None:
                break
            answer = await call("jira", "jira_create_issues", {"resume": token[1]})
            answers.append(answer)
            self._take(answer, wanted)
        return answers

    def _take(self, answer: str, wanted: Sequence[Work]) -> None:
        for line in answer.splitlines():
            if (found := _CREATED.match(line)) is None:
                continue
            first, last = int(found[1]), int(found[2] or found[1])
            for index in range(first, last + 1):
                number = wanted[index].number
                self.keys[number] = f"{found[3]}{int(found[4]) + index - first}"
                self.category[number] = "To Do"
                self.fresh.add(number)

    async def _know_base(self, call: Call) -> None:
        if not self.base and self.keys:
            key = next(iter(self.keys.values()))
            answer = await call("jira", "jira_get_issue", {"key": key, "include": []})
            self.base = first_line(answer).rpartition(" ")[2].rpartition("/")[0]

    def _item(self, work: Work) -> dict[str, object]:
        kind = self._types[work.kind]
        there = self._fields[kind]
        labels = [*work.labels, MARK, work.mark]
        fields: dict[str, object] = {}
        points = next((name for name in _POINTS if name in there), "")
        for name, value, label in (
            (points, work.points, f"points-{work.points:g}" if work.points is not None else ""),
            ("pm_os_phase", f"Phase {work.phase}" if work.phase is not None else "", ""),
            ("agent_owner", work.owner, f"agent-{_dashed(work.owner)}"),
            ("artifact_type", work.artifact, f"artifact-{_dashed(work.artifact)}"),
            ("Priority", work.priority, ""),
        ):
            if value in ("", None):
                continue
            if name in there and takes(there[name], value):
                fields[name] = value
            elif label:
                labels.append(label)
        parent = self.keys.get(work.parent) if work.parent is not None and "Parent" in there else None
        end = "; ".join(part for part in (f"Agent: {work.owner}" if work.owner else "", work.history) if part)
        text = self.refs.told(work.text, work.round * ROUND)
        return {
            "type": kind,
            "summary": work.summary,
            "description": f"{text}\n\n---\n\n*{end}.*" if end else text,
            **({"parent": parent} if parent else {}),
            "fields": {**fields, "labels": list(dict.fromkeys(labels))} if "Labels" in there else fields,
        }

    async def move(self, call: Call, *, done: bool) -> Made:
        """Bring issues to where they stood: all that were begun to their status, then those that are done."""
        await self.look(call)
        before = ("To Do",) if not done else ("To Do", "In Progress")
        states = ("done",) if done else ("started", "done")
        mine = [work.number for work in self.work if work.state in states and work.number in self.keys]
        waiting = [number for number in mine if self.category.get(number) in before]
        made = Made(there=len(mine) - len(waiting))
        status = self.done if done else self.started
        for first in range(0, len(waiting), BATCH):
            some = {self.keys[number]: number for number in waiting[first : first + BATCH]}
            there = await self._move_many(call, list(some), status, made)
            for key, number in some.items():
                if key in there or (done and await self._move_one(call, key, status, made)):
                    self.category[number] = "Done" if done else "In Progress"
                    made.made += 1
        return made

    async def _move_many(self, call: Call, keys: list[str], status: str, made: Made) -> set[str]:
        try:
            answer = await confirmed(call, "jira_transition_issues", {"keys": keys, "status": status}, alone=True)
            for _ in range(_LOOKS):
                task = _TASK.search(first_line(answer))
                if not answer.startswith("still running") or task is None:
                    break
                answer = await call("jira", "jira_get_bulk_task", {"task": task[1]})
        except CallError as error:
            if not error.refused:
                raise
            made.notes.append(f"{status}: {refusal(error)}")
            return set()
        found = _RANGES.match(first_line(answer))
        return set(unranged(found[1])) if found else set()

    async def _move_one(self, call: Call, key: str, status: str, made: Made) -> bool:
        try:
            await moved(lambda _: key, status)(call, _NOBODY)
        except (CallError, StepError) as error:
            if isinstance(error, CallError) and not error.refused:
                raise
            made.notes.append(f"{key} is not {status}: {first_line(str(error))[:200]}")
            return False
        return True

    async def say(self, call: Call, work: Work) -> Made:
        """Add the comments that are not there."""
        await self.look(call)
        key = self.keys[work.number]
        read = "" if work.number in self.fresh else "\n".join(await _comments(call, key))
        wanted = [words for words in work.words if words.head not in read]
        for words in wanted:
            body = f"{words.head}\n\n{self.refs.told(words.text)}"
            await call("jira", "jira_add_comment", {"key": key, "body": body})
        return Made(len(wanted), len(work.words) - len(wanted))

    async def link(self, call: Call, some: Sequence[Work]) -> Made:
        """Link issues; a link that is there stays one."""
        await self.look(call)
        made = Made()
        for work in some:
            for phrase, other in work.links:
                key, to = self.keys.get(work.number), self.keys.get(other)
                if key is None or to is None:
                    continue
                try:
                    await call("jira", "jira_add_link", {"from_key": key, "relation": phrase, "to_key": to})
                except CallError as error:
                    if not error.refused:
                        raise
                    made.notes.append(f"{key} {phrase} {to}: {refusal(error)}")
                    continue
                new = work.number in self.fresh or other in self.fresh
                made.made, made.there = made.made + new, made.there + (not new)
        return made

    async def remove(self, call: Call) -> Made:
        """Delete the issues that were made, for good; sub-tasks go first, and one of others keeps its issue."""
        made = Made()
        if self._strange:
            made.notes.append(f"{', '.join(sorted(self._strange))} stay: they have our label and another summary")
        ours = [key for key in self.keys.values() if key not in self._strange]
        first, then = [key for key in ours if key in self._lowest], [key for key in ours if key not in self._lowest]
        for some in (*_batches(sorted(first)), *_batches(then)):
            answer = await confirmed(call, "jira_delete_issues", {"keys": some}, alone=True)
            for _ in range(_LOOKS):
                task = _TASK.search(first_line(answer))
                if not answer.startswith("still running") or task is None:
                    break
                answer = await call("jira", "jira_get_bulk_task", {"task": task[1]})
            found = _RANGES.match(first_line(answer))
            gone = set(unranged(found[1])) if found else set[str]()
            made.made += len(gone)
            made.there += len(some) - len(gone)
            if len(gone) < len(some):
                made.notes.append(f"{len(some) - len(gone)} issues stay: {answer[:400]}")
        return made


def _numbers(row: dict[str, str]) -> list[int]:
    """Which of ours an issue is, by its labels."""
    found = [label.removeprefix(f"{MARK}-") for label in row.get("labels", "").split(", ")]
    return [int(number) for number in found if number.isdecimal()]


def _batches(keys: list[str]) -> list[list[str]]:
    return [keys[first : first + BATCH] for first in range(0, len(keys), BATCH)]


def chosen_type(by_level: dict[str, list[str]], level: Level, kind: str) -> str:
    """The project's type for one of ours: the same, else the first of its level, else the first there is.

    Raises:
        StepError: the project has no types.
    """
    for names in (by_level.get(level, []), by_level.get("standard", [])):
        if kind in names:
            return kind
        if names:
            return next((name for name in names if name == "Task"), names[0])
    raise StepError("the project has no issue type that issues can be made of")


def takes(kind: str, value: object) -> bool:
    """Whether a field of this kind takes a value, as far as the list of its options says."""
    options = kind.partition("; one of ")[2].partition("; ")[0]
    return not options or str(value) in options.split(", ") or " and " in options


def unranged(text: str) -> list[str]:
    """Keys that were told as ranges: `PROJ-1..3, 7; OPS-3`."""
    found: list[str] = []
    for part in text.split("; "):
        project, _, numbers = part.rpartition("-")
        for run in numbers.split(", "):
            first, _, last = run.partition("..")
            if first.isdecimal():
                found += [f"{project}-{number}" for number in range(int(first), int(last or first) + 1)]
    return found


async def _comments(call: Call, key: str) -> list[str]:
    return await pages_of(call, "jira_list_comments", {"key": key, "order": "oldest"})


def _dashed(name: str) -> str:
    return "-".join(name.lower().split())


def _nobody() -> Known:
    from datetime import UTC, datetime

    return Known("", datetime.fromtimestamp(0, UTC), {})


_NOBODY = _nobody()
"""What moving an issue needs to know of a run: nothing."""
