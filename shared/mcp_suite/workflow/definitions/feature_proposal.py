"""A requirement becomes a page, an epic with stories, an announcement and a row in the catalogue."""

import re
from collections.abc import Sequence

from mcp_suite.workflow.answers import first_line, issue_written, message_posted, page_written
from mcp_suite.workflow.definitions.places import (
    DATABASE,
    DEV,
    PROJECT,
    SCHEMA,
    SPACE,
    maybe,
    one_line,
    plain,
    quoted,
    sql,
    text_of_file,
    whole_number,
)
from mcp_suite.workflow.looking import (
    confirmed,
    issue_with_mark,
    message_with_mark,
    page_with_mark,
    section_with_mark,
)
from mcp_suite.workflow.model import Arguments, Input, InputError, Item, Known, Outputs, Step, Workflow

SECTION = "Work in Jira"
"""The heading on the page under which its issues are linked."""
MOST_STORIES = 20
POINTS = 3
"""Story points of a story that names none."""
USUAL_STORIES = ("Write the technical specification (2)", "Build it (5)", "Measure whether it helps (2)")
_HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
_STORIES = re.compile(r"^#{2,3}\s+(?:user\s+)?(?:stories|deliverables)\s*$(.*?)(?=^#{1,3}\s|\Z)", re.M | re.S | re.I)
_LISTED = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(?P<story>\S.*)$", re.MULTILINE)
_SIZED = re.compile(
    r"^(?P<title>.+?)(?:\s*\(|:\s+|\s+[–—-]\s+)(?P<points>\d{1,2})\s*(?:story\s+)?(?:points?|pts?)?\s*\)?$",
    re.IGNORECASE,
)
_TEMPLATE = """\
## Problem

{summary}

## What we propose

{title}

## Stories

{stories}

## Accepted when

- Each story is done and was reviewed
- What it was meant to improve has been measured before and after
"""


def complete(values: dict[str, str]) -> dict[str, str]:
    """Title, text and stories, from a PRD or from a title and a few lines.

    Raises:
        InputError: there is neither, or there are too many stories.
    """
    prd, told = values["prd"], values["stories"]
    if prd:
        heading = _HEADING.search(prd)
        title = values["title"] or (heading[1] if heading else "")
        if not title:
            raise InputError("title", "is needed: the PRD has no heading of the first level")
        body = prd[heading.end() :] if heading and not prd[: heading.start()].strip() else prd
        section = _STORIES.search(prd)
        listed = [found["story"] for found in _LISTED.finditer(section[1])] if section else []
    else:
        title = values["title"]
        if not title or not values["summary"]:
            raise InputError("prd", "is needed: a Markdown file; or give title and summary")
        body, listed = "", []
    given = [part.strip() for part in re.split(r"[;\n]", told) if part.strip()] or listed or list(USUAL_STORIES)
    if len(given) > MOST_STORIES:
        raise InputError("stories", f"there are {len(given)}; {MOST_STORIES} at most")
    try:
        title = one_line(title)
        stories = [_sized(one_line(story)) for story in given]
    except ValueError as error:
        raise InputError("title", str(error)) from None
    lines = "\n".join(f"- {story} ({points})" for story, points in stories)
    body = body.strip() or _TEMPLATE.format(summary=values["summary"], title=title, stories=lines)
    return {
        **values,
        "title": title,
        "body": body,
        "stories": "\n".join(f"{points}:{name}" for name, points in stories),
    }


def _sized(story: str) -> tuple[str, int]:
    found = _SIZED.match(story)
    return (found["title"], int(found["points"])) if found else (story, POINTS)


def _stories(known: Known) -> Sequence[Item]:
    pairs = [line.split(":", 1) for line in known.inputs["stories"].splitlines()]
    return [
        {"id": str(number), "title": title, "points": points} for number, (points, title) in enumerate(pairs, start=1)
    ]


def _page(known: Known) -> str:
    return f"{known.inputs['space']}/{known.inputs['title']}"


def _labels(known: Known) -> list[str]:
    return ["prd", f"phase-{known.inputs['phase']}", "agent-generated"]


def _fields(known: Known) -> dict[str, object]:
    field = known.inputs["phase_field"]
    return {
        "labels": [known.mark, *_labels(known)],
        **({field: f"Phase {known.inputs['phase']}"} if field else {}),
    }


def _publish(known: Known) -> Arguments:
    made = f"*Published by the workflow feature-proposal: `{known.mark}`*"
    return {
        "title": known.inputs["title"],
        "body": f"{made}\n\n{known.inputs['body']}\n",  # the mark first: of a long page, only the beginning is read
        "parent": f"{known.inputs['space']}/{known.inputs['parent']}",
    }


def _epic(known: Known) -> Arguments:
    about = known.inputs["summary"] or f"What is to be built, and why, is in the requirement: {known.inputs['title']}."
    return {
        "project": known.inputs["project"],
        "type": "Epic",
        "summary": known.inputs["title"],
        "description": f"{about}\n\nRequirement: {known.text('publish', 'url')}",
        "fields": _fields(known),
    }


def _story(known: Known) -> Arguments:
    points = known.inputs["points_field"]
    return {
        "project": known.inputs["project"],
        "type": "Story",
        "summary": known.item["title"],
        "description": f"Part of {known.inputs['title']}.\n\nRequirement: {known.text('publish', 'url')}",
        "parent": known.text("epic", "key"),
        "fields": {**_fields(known), **({points: int(known.item["points"])} if points else {})},
    }


def _made(known: Known) -> list[tuple[str, str, str]]:
    """Key, address and title of the epic and the stories."""
    issues = [
        ("epic", known.inputs["title"]),
        *((f"story[{story['id']}]", story["title"]) for story in _stories(known)),
    ]
    return [(known.text(unit, "key"), known.text(unit, "url"), title) for unit, title in issues]


def _keys(known: Known) -> Sequence[Item]:
    return [{"id": key} for key, _, _ in _made(known)]


def _link(known: Known) -> Arguments:
    return {
        "key": known.item["id"],
        "url": known.text("publish", "url"),
        "title": known.inputs["title"],
        "relation": "requirement",
    }


def _linked(_: str, known: Known) -> Outputs:
    return {"key": known.item["id"]}


def _backlink(known: Known) -> Arguments:
    lines = "\n".join(f"- [{key}]({url}) {plain(title)}" for key, url, title in _made(known))
    return {
        "page": known.text("publish", "id"),
        "how": "append",
        "body": f"## {SECTION}\n\n{lines}\n\n*`{known.mark}`*\n",
        "message": "Linked to its issues in Jira",
    }


def _announce(known: Known) -> Arguments:
    page, epic, count = known.text("publish", "url"), known.text("epic", "url"), len(_stories(known))
    title = plain(known.inputs["title"])
    return {
        "channel": known.inputs["channel"],
        "text": (
            f"📄 New PRD: **{title}** (Phase {known.inputs['phase']}, {count} {'story' if count == 1 else 'stories'})\n"
            f"[Confluence]({page}) | [Jira {known.text('epic', 'key')}]({epic})\n\n`{known.mark}`"
        ),
    }


def _catalogue(known: Known) -> Arguments:
    ours = "FALSE" if known.inputs["prd"] else "TRUE"
    values = {
        "artifact_name": quoted(known.inputs["title"]),
        "artifact_type": "'PRD'",
        "phase": known.inputs["phase"],
        "created_date": f"DATE {quoted(known.started.date().isoformat())}",
        "created_by_agent": quoted(known.inputs["agent"]),
        "template_compliant": "TRUE" if ours == "TRUE" else "NULL",
        "acceptance_status": "'Proposed'",
        "rework_required": "FALSE",
    }
    source = ", ".join(f"{value} AS {name}" for name, value in values.items())
    names = ", ".join(values)
    return sql(
        known,
        f"MERGE INTO artifact_catalog t USING (SELECT (SELECT COALESCE(MAX(artifact_id), 0) + 1 FROM artifact_catalog) "
        f"AS artifact_id, {source}) s ON t.artifact_name = s.artifact_name AND t.artifact_type = s.artifact_type "
        f"WHEN NOT MATCHED THEN INSERT (artifact_id, {names}) "
        f"VALUES (s.artifact_id, {', '.join(f's.{name}' for name in values)})",
    )


def _row(answer: str, known: Known) -> Outputs:
    return {"title": f"artifact_catalog: {known.inputs['title']}", "answer": first_line(answer)}


WORKFLOW = Workflow(
    name="feature-proposal",
    title="Propose a feature",
    about="A requirement becomes a page, an epic with stories, an announcement and a row in artifact_catalog.",
    inputs=(
        Input("prd", "Markdown file of the requirement.", "", maybe(text_of_file)),
        Input("title", "Its title; by default the first heading of the file.", "", one_line),
        Input("summary", "Without a file: the problem in a few lines.", ""),
        Input("stories", "Stories as `title (points)`, parted by semicolons; by default those in the file.", ""),
        Input("phase", "Number of the phase it belongs to.", "4", whole_number),
        Input("agent", "Who proposes it.", "Product Architect", one_line),
        PROJECT,
        SPACE,
        Input("parent", "Page that it is published under.", "Product Requirements", one_line),
        DEV,
        Input("points_field", "Jira's field of story points; empty: none.", "Story Points", one_line),
        Input("phase_field", "Jira's field of the phase; empty: none.", "pm_os_phase", one_line),
        DATABASE,
        SCHEMA,
    ),
    complete=complete,
    settings={"jira": {"TOOLSETS": "links"}},
    steps=(
        Step(
            name="publish",
            title="Publish the requirement",
            server="confluence",
            tool="confluence_create_page",
            arguments=_publish,
            extract=lambda answer, _: page_written(answer),
            look=page_with_mark(_page),
            also=("confluence_get_page",),
            undo=lambda _, made: f"confluence_delete_page page={made.get('id', '')}",
        ),
        Step(
            name="label",
            title="Label the page",
            server="confluence",
            tool="confluence_update_labels",
            arguments=lambda known: {"page": known.text("publish", "id"), "add": _labels(known)},
            extract=lambda answer, _: {"id": str(page_written(answer)["id"])},
        ),
        Step(
            name="epic",
            title="Open the epic",
            server="jira",
            tool="jira_create_issue",
            arguments=_epic,
            extract=lambda answer, _: issue_written(answer),
            look=issue_with_mark(lambda known: known.inputs["project"]),
            also=("jira_search_issues",),
            undo=lambda _, made: f"jira_delete_issue key={made.get('key', '')}",
        ),
        Step(
            name="story",
            title="Open a story",
            server="jira",
            tool="jira_create_issue",
            arguments=_story,
            extract=lambda answer, _: issue_written(answer),
            look=issue_with_mark(lambda known: known.inputs["project"]),
            also=("jira_search_issues",),
            each=_stories,
            undo=lambda _, made: f"jira_delete_issue key={made.get('key', '')}",
        ),
        Step(
            name="link",
            title="Link an issue to the page",
            server="jira",
            tool="jira_add_remote_link",
            arguments=_link,
            extract=_linked,
            each=_keys,
            undo=lambda known, made: (
                f"jira_remove_remote_link key={made.get('key', '')} url={known.text('publish', 'url')}"
            ),
        ),
        Step(
            name="backlink",
            title="Link the page to its issues",
            server="confluence",
            tool="confluence_update_page",
            arguments=_backlink,
            extract=lambda answer, _: {"id": str(page_written(answer)["id"])},
            look=section_with_mark(_page, lambda _: SECTION),
            also=("confluence_get_page",),
            undo=lambda known, _: f"confluence_restore_version page={known.text('publish', 'id')}",
        ),
        Step(
            name="announce",
            title="Announce it",
            server="slack",
            tool="slack_post_message",
            arguments=_announce,
            extract=lambda answer, known: {**message_posted(answer), "title": known.inputs["channel"]},
            look=message_with_mark(lambda known: known.inputs["channel"], lambda known: known.started),
            also=("slack_read_channel",),
            undo=lambda _, made: f"slack_delete_message message={made.get('id', '')}",
        ),
        Step(
            name="catalogue",
            title="Enter it into artifact_catalog",
            server="snowflake",
            tool="snowflake_run_change",
            arguments=_catalogue,
            perform=confirmed(_catalogue),
            extract=_row,
            undo=lambda known, _: (
                "snowflake_run_change sql=DELETE FROM artifact_catalog WHERE artifact_type = 'PRD' "
                f"AND artifact_name = {quoted(known.inputs['title'])}"
            ),
        ),
    ),
)
