"""Comments and work logs for a role or a group: who sees them, and what Jira says to whoever asks for too much."""

from collections.abc import Callable
from typing import Any

import pytest

from jira_mcp.sandbox.sample import directory, groups
from jira_mcp.sandbox.visitor import Visitor, document

pytestmark = pytest.mark.anyio
Visit = Callable[[str], Visitor]

ROLE = {"type": "role", "value": "Administrators", "identifier": "Administrators"}
GROUP = {"type": "group", "value": directory.GROUPS[1].name, "identifier": directory.GROUPS[1].id}
EVERYBODY = {"type": "group", "value": directory.GROUPS[0].name, "identifier": directory.GROUPS[0].id}
PARTS = {"comment": {"body": document("x")}, "worklog": {"timeSpent": "1h"}}
EACH = pytest.mark.parametrize("part", PARTS)


async def add(visitor: Visitor, key: str, part: str, visibility: object = None) -> Any:
    return await visitor.ask("POST", f"/issue/{key}/{part}", {**PARTS[part], "visibility": visibility})


@EACH
@pytest.mark.parametrize("level", [ROLE, GROUP])
async def test_what_is_for_some_is_hidden_from_the_others(
    part: str, level: dict[str, str], jira: Visitor, visit: Visit
) -> None:
    key = await jira.create()
    made = (await add(jira, key, part, level)).body
    assert made["visibility"] == level
    partner = visit("Engineering Partner")
    for visitor, seen in ((jira, 1), (partner, 0)):
        assert (await visitor.get(f"/issue/{key}/{part}"))["total"] == seen
        assert (await visitor.fields(key, part))[part]["total"] == seen
    path = f"/issue/{key}/{part}/{made['id']}"
    for method, body in (("GET", None), ("PUT", PARTS[part]), ("DELETE", None)):
        assert (await partner.ask(method, path, body)).status == 404


@EACH
async def test_an_edit_that_does_not_repeat_the_restriction_lifts_it(part: str, jira: Visitor) -> None:
    key = await jira.create()
    made = (await add(jira, key, part, ROLE)).body
    path = f"/issue/{key}/{part}/{made['id']}"
    kept = await jira.ask("PUT", path, {**PARTS[part], "visibility": ROLE})
    assert kept.body["visibility"] == ROLE
    lifted = await jira.ask("PUT", path, PARTS[part])
    assert "visibility" not in lifted.body


@EACH
@pytest.mark.parametrize("by", ["value", "identifier"])
async def test_a_group_is_named_or_identified(part: str, by: str, jira: Visitor) -> None:
    key = await jira.create()
    answer = await add(jira, key, part, {"type": "group", by: EVERYBODY[by]})
    assert answer.body["visibility"] == EVERYBODY


@EACH
@pytest.mark.parametrize(
    ("level", "said"),
    [
        ({"type": "role", "value": "Nobodies"}, "Role level 'Nobodies' does not exist."),
        ({"type": "role", "value": "Viewers"}, "You are currently not a member of the project role: Viewers."),
        ({"type": "group", "value": "nobodies"}, "Group: nobodies does not exist."),
        (
            {"type": "group", "value": groups.PRODUCT_TEAM.name},
            f"You are currently not a member of the group: {groups.PRODUCT_TEAM.name}.",
        ),
        ({"type": "person", "value": "me"}, "Invalid level."),
        (["x"], "Invalid level."),
    ],
)
async def test_nobody_writes_for_readers_among_whom_they_are_not(
    part: str, level: object, said: str, jira: Visitor
) -> None:
    answer = await add(jira, await jira.create(), part, level)
    assert answer.status == 400
    assert answer.body["errors"] == {"commentLevel": said}
