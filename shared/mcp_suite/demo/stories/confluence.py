"""What is done in the demonstration of Confluence: a page from the first look to the last check."""

import re

from mcp_suite.demo.steps import Player, StepError

SPACE = "PMOS"
LARGE = f"{SPACE}/Google Drive trial: request log"
_BODY = """\
## Goal

Two weeks with **one team**, and one decision at the end.

## Measures

| Measure | Now | Goal |
|---|---|---|
| accepted drafts | 62 % | 70 % |
| hours to a first draft | 9 | 4 |

> [!NOTE]
> The pilot begins when the team has said which work it takes.
"""


def page_in(answer: str) -> str:
    """The id of the page that an answer names first.

    Raises:
        StepError: there is none.
    """
    return _id_after("", answer, "page")


def comment_in(answer: str) -> str:
    """The id of the comment that an answer names.

    Raises:
        StepError: there is none.
    """
    return _id_after("comment ", answer, "comment")


def _id_after(word: str, answer: str, what: str) -> str:
    found = re.search(rf"\b{word}([1-9]\d{{4,}})\b", answer)
    if found is None:
        raise StepError(f"the answer names no {what}")
    return found[1]


async def work(player: Player) -> None:
    """Search, look around, read one section of a long page, write a page, change one section, discuss, look back.

    Raises:
        StepError: a step went wrong; those after it are not tried.
    """
    call = player.call
    await call(
        "What do we know about velocity?",
        "confluence_search",
        {"text": "velocity", "space": SPACE},
        shows="Velocity",
    )
    await call("How is the space laid out?", "confluence_list_pages", {"space": SPACE}, shows="Product Requirements")
    await call(
        "What is in the log of the trial, which has 300,000 characters?",
        "confluence_get_page",
        {"page": LARGE, "part": "outline"},
        shows="Hour 23",
    )
    await call(
        "Only its last hour, please.",
        "confluence_get_page",
        {"page": LARGE, "part": "Hour 23"},
        shows="files.list",
    )
    page = page_in(
        await call(
            "Write down what the pilot is for.",
            "confluence_create_page",
            {
                "title": "Pilot with the first customer team",
                "body": _BODY,
                "parent": f"{SPACE}/Product Requirements",
                "labels": ["prd", "pilot"],
            },
            shows="created",
        )
    )
    await call(
        "The goal has changed: only that section.",
        "confluence_update_page",
        {"page": page, "part": "Goal", "body": "## Goal\n\nThree weeks with **one team**.", "version": 1},
        shows="Goal rewritten",
    )
    await call("What was changed?", "confluence_compare_versions", {"page": page, "older": 1}, shows="Three weeks")
    comment = await call(
        "Ask about a number.",
        "confluence_add_comment",
        {"page": page, "anchor": "hours to a first draft", "body": "Measured by whom?"},
        shows=page,
    )
    await call(
        "Answer, below the question.",
        "confluence_add_comment",
        {"reply_to": comment_in(comment), "body": "By the team itself, each Friday."},
        shows="commented",
    )
    await call(
        "Attach what to ask them.",
        "confluence_add_attachment",
        {"page": page, "name": "questions.md", "text": "1. What slows you down?\n2. What would you do first?\n"},
        shows="questions.md",
    )
    await call("How does the page look now?", "confluence_get_page", {"page": page}, shows="Three weeks")
    await call("What is being discussed on it?", "confluence_list_comments", {"page": page}, shows="Measured by whom?")
