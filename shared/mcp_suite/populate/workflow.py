"""Populating as a workflow, which the engine records, so that status and resume work on it as on any other.

Every step looks first at what is there and makes only what lacks, so that doing one again is doing it once.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from mcp_suite.errors import SuiteError
from mcp_suite.populate.calls import Made
from mcp_suite.populate.confluence import Confluence
from mcp_suite.populate.contents import MOST, SERVICES, Contents, Level, Service
from mcp_suite.populate.jira import Jira
from mcp_suite.populate.slack import Slack
from mcp_suite.populate.snowflake import Snowflake
from mcp_suite.populate.texts import References
from mcp_suite.workflow.definitions.places import one_line, project_key
from mcp_suite.workflow.model import Arguments, Call, Input, Item, Known, Outputs, Step, Workflow

_LOOKS: Mapping[Service, tuple[str, ...]] = {
    "jira": ("jira_list_issue_types", "jira_list_fields", "jira_search_issues"),
    "confluence": ("confluence_list_pages", "confluence_get_page"),
    "slack": ("slack_get_channel", "slack_read_channel", "slack_read_thread"),
}
"""The tools that find what is there."""
_Work: TypeAlias = Callable[[Call, Known, str], Awaitable[Made]]
_CALLED: Mapping[Level, str] = {"epic": "epics", "standard": "stories and tasks", "sub-task": "sub-tasks"}
_LEVELS: tuple[tuple[str, Level], ...] = (("epics", "epic"), ("issues", "standard"), ("sub-tasks", "sub-task"))
NAME = "populate"
SETTINGS = {"jira": {"TOOLSETS": "bulk"}, "slack": {"TOOLSETS": "channels"}}
"""The toolsets that are needed."""
AllSides: TypeAlias = tuple[Jira, Confluence, Slack, Snowflake]
"""The four sides, in the order of `SERVICES`."""


def prefix(value: str) -> str:
    """What names of channels begin with.

    Raises:
        ValueError: Slack takes no such names.
    """
    text = value.strip().removeprefix("#")
    if not text or len(text) > 60 or not all(each.islower() or each.isdigit() or each in "-_" for each in text):
        raise ValueError("takes small letters, digits and hyphens, like trial-")
    return text


def identifier(value: str) -> str:
    """A name in Snowflake that needs no quotes.

    Raises:
        ValueError: it is none.
    """
    text = value.strip().upper()
    if not text.isascii() or not text.replace("_", "a").isalnum() or text[0].isdigit():
        raise ValueError("is no name like PM_OS")
    return text


def rounds(value: str) -> str:
    """How often the history is told.

    Raises:
        ValueError: it is no number from 1 to `MOST`.
    """
    if not value.strip().isdecimal() or not 1 <= int(value) <= MOST:
        raise ValueError(f"takes a number from 1 to {MOST}")
    return str(int(value))


INPUTS: dict[Service, tuple[Input, ...]] = {
    "jira": (
        Input("project", "Jira project, by key.", None, project_key),
        Input("status-started", "Its status of work that goes on.", "In Progress", one_line),
        Input("status-done", "Its status of work that is done.", "Done", one_line),
    ),
    "confluence": (Input("space", "Confluence space, by key.", None, one_line),),
    "slack": (Input("channels", "What the names of the Slack channels begin with, like trial-.", None, prefix),),
    "snowflake": (
        Input("database", "Snowflake database.", None, identifier),
        Input("schema", "Its schema, which is made if it is not there.", "PM_OS", identifier),
    ),
}
SCALE = Input("scale", "How often the history is told, from 1.", "1", rounds)


@dataclass(slots=True)
class Sides:
    """The four sides of one attempt, made when the inputs are known; `tell` takes them from a run's inputs."""

    services: Sequence[Service]
    told: Contents | None = None
    _made: AllSides | None = None
    refs: References = field(default_factory=References)

    def tell(self, known: Known) -> AllSides:
        """The sides, always the same ones."""
        if self._made is None:
            from mcp_suite.populate.samples import contents

            told = self.told or contents(int(known.inputs["scale"]), self.services)
            self._made = self.of(told, known.inputs)
        return self._made

    def of(self, told: Contents, inputs: Mapping[str, str]) -> AllSides:
        """Sides for these contents and inputs."""

        def given(name: str) -> str:
            return str(inputs.get(name, ""))

        self.refs.prefix = given("channels") or self.refs.prefix
        self.refs.project = given("project") or self.refs.project
        return (
            Jira(told.work, given("project"), self.refs, given("status-started"), given("status-done")),
            Confluence(told.pages, given("space"), self.refs),
            Slack(told.messages, given("channels"), self.refs),
            Snowflake(told.tables, given("database"), given("schema")),
        )


def name_of(services: Sequence[Service]) -> str:
    """What the workflow is called that writes to these services."""
    return NAME if len(services) == len(SERVICES) else "-".join([NAME, *services])


def populate_called(name: str) -> Workflow:
    """The workflow of this name.

    Raises:
        SuiteError: there is none.
    """
    parts = name.split("-")
    services: list[Service] = [service for service in SERVICES if len(parts) == 1 or service in parts]
    if name != name_of(services):
        raise SuiteError(f"There is no workflow {name!r}.", status=2)
    return populate(services)


def subject(inputs: Mapping[str, str]) -> str:
    """Which places a run is about; two runs about the same do not go on at once."""
    return "-".join([NAME, *(str(inputs.get(name, "")) for name in ("project", "space", "channels", "database"))])


def populate(services: Sequence[Service], told: Contents | None = None) -> Workflow:
    """The workflow that writes to these services, the whole history or what is `told`.

    It holds what it learns, so each attempt has its own.
    """
    sides = Sides(services, told)
    steps: list[Step] = []
    if "jira" in services:
        steps += _jira(sides)
    if "confluence" in services:
        steps += _confluence(sides)
    if "slack" in services:
        steps += _slack(sides)
    if "snowflake" in services:
        steps += _snowflake(sides)
    inputs = tuple(each for service in services for each in INPUTS[service])

    return Workflow(
        name=name_of(services),
        title="Populating accounts",
        about="Write the history of PM OS into accounts.",
        inputs=(*inputs, SCALE),
        steps=tuple(steps),
        subject=subject,
        settings=SETTINGS,
    )


def _step(
    name: str,
    title: str,
    tool: str,
    also: Sequence[str],
    each: Callable[[Known], Sequence[tuple[str, str]]],
    work: _Work,
) -> Step:
    async def perform(call: Call, known: Known) -> str:
        return (await work(call, known, known.item["id"])).text()

    def items(known: Known) -> Sequence[Item]:
        return [{"id": number, "title": told} for number, told in each(known)]

    return Step(
        name,
        title,
        tool.partition("_")[0],
        tool,
        lambda _: cast("Arguments", {}),
        lambda answer, _: cast("Outputs", json.loads(answer)),
        perform=perform,
        also=also,
        each=items,
    )


def _looks(sides: Sides, service: Service) -> Sequence[str]:
    """The tools that find what is there in a service, if it is one of those that are written to."""
    return _LOOKS[service] if service in sides.services else ()


def _jira(sides: Sides) -> list[Step]:
    def side(known: Known) -> Jira:
        return sides.tell(known)[0]

    def batches(level: Level) -> Callable[[Known], list[tuple[str, str]]]:
        return lambda known: [
            (str(number), f"{_CALLED[level]}, {len(batch)}")
            for number, batch in enumerate(side(known).batches(level), start=1)
        ]

    def create(level: Level) -> _Work:
        return lambda call, known, number: side(known).create(call, side(known).batches(level)[int(number) - 1])

    reads = (*_LOOKS["jira"], "jira_get_issue")
    moves = (*reads, "jira_get_bulk_task", "jira_transition_issue")
    return [
        *(
            _step(name, "Create the issues", "jira_create_issues", reads, batches(level), create(level))
            for name, level in _LEVELS
        ),
        _step(
            "move",
            "Move issues",
            "jira_transition_issues",
            moves,
            lambda known: [("started", known.inputs["status-started"]), ("done", known.inputs["status-done"])],
            lambda call, known, number: side(known).move(call, done=number == "done"),
        ),
        _step(
            "comments",
            "Comment on issues",
            "jira_add_comment",
            ("jira_list_comments", *_LOOKS["jira"]),
            lambda known: [(str(work.number), work.summary) for work in side(known).work if work.words],
            lambda call, known, number: side(known).say(
                call, next(work for work in side(known).work if work.number == int(number))
            ),
        ),
        _step(
            "links",
            "Link issues",
            "jira_add_link",
            _LOOKS["jira"],
            lambda known: [
                (str(number), f"round {number + 1}") for number in sorted({work.round for work in side(known).work})
            ],
            lambda call, known, number: side(known).link(
                call, [work for work in side(known).work if work.round == int(number)]
            ),
        ),
    ]


def _confluence(sides: Sides) -> list[Step]:
    def side(known: Known) -> Confluence:
        return sides.tell(known)[1]

    async def create(call: Call, known: Known, number: str) -> Made:
        if "jira" in sides.services:
            await sides.tell(known)[0].look(call)
        return await side(known).create(call, side(known).sections()[int(number) - 1][1])

    async def say(call: Call, known: Known, number: str) -> Made:
        if "jira" in sides.services:
            await sides.tell(known)[0].look(call)
        page = next(page for page in side(known).pages if page.words and page.number == int(number))
        return await side(known).say(call, page)

    return [
        _step(
            "pages",
            "Create the pages",
            "confluence_create_page",
            (*_LOOKS["confluence"], *_looks(sides, "jira")),
            lambda known: [
                (str(number), f"{name}, {len(pages)}")
                for number, (name, pages) in enumerate(side(known).sections(), start=1)
            ],
            create,
        ),
        _step(
            "page-comments",
            "Comment on pages",
            "confluence_add_comment",
            ("confluence_list_comments", *_LOOKS["confluence"], *_looks(sides, "jira")),
            lambda known: [(str(page.number), page.title) for page in side(known).pages if page.words],
            say,
        ),
    ]


def _slack(sides: Sides) -> list[Step]:
    def side(known: Known) -> Slack:
        return sides.tell(known)[2]

    async def post(call: Call, known: Known, number: str) -> Made:
        jira, confluence, slack, _ = sides.tell(known)
        if "jira" in sides.services:
            await jira.look(call)
        if "confluence" in sides.services:
            await confluence.look(call)
        return await slack.post(call, slack.batches()[int(number) - 1][1])

    return [
        _step(
            "channels",
            "Open the channels",
            "slack_create_channel",
            (*_LOOKS["slack"], "slack_join_channel", "slack_update_channel"),
            lambda known: [
                (name, side(known).name(name)) for name in dict.fromkeys(each.channel for each in side(known).messages)
            ],
            lambda call, known, name: side(known).open(call, name),
        ),
        _step(
            "messages",
            "Post the messages",
            "slack_post_message",
            (*_LOOKS["slack"], *_looks(sides, "jira"), *_looks(sides, "confluence")),
            lambda known: [
                (str(number), f"{side(known).name(name)}, {len(some)}")
                for number, (name, some) in enumerate(side(known).batches(), start=1)
            ],
            post,
        ),
    ]


def _snowflake(sides: Sides) -> list[Step]:
    def side(known: Known) -> Snowflake:
        return sides.tell(known)[3]

    return [
        _step(
            "schema",
            "See to the schema",
            "snowflake_run_change",
            ("snowflake_run_query",),
            lambda known: [(side(known).schema, side(known).place)],
            lambda call, known, _: side(known).open(call),
        ),
        _step(
            "tables",
            "Fill the tables",
            "snowflake_run_change",
            ("snowflake_run_query",),
            lambda known: [(table.name, table.name) for table in side(known).tables],
            lambda call, known, name: side(known).create(
                call, next(table for table in side(known).tables if table.name == name)
            ),
        ),
    ]
