"""Rich text of an issue: read to be edited, written back without loss, and never over what others wrote."""

import json

import anyio
import httpx2
import pytest

from connector_kit.errors import Conflict, InvalidInput, NotPermitted
from connector_kit.testing.recorder import Recorder
from jira_mcp.client import JiraClient, NewIssue
from sandbox_kit.atlassian.accounts import ALEX_MOREAU, ALEX_RIVERA, DATA_ANALYST

from ..conftest import Connect
from .rich_documents import RICH, Colleague, document, extension, paragraph, replaced

pytestmark = pytest.mark.anyio
KEY = "PMOS-40"


@pytest.fixture
async def colleague(sandbox_transport: httpx2.ASGITransport) -> Colleague:
    """Who put a rich text onto the issue."""
    found = Colleague(sandbox_transport)
    await found.put(KEY, description=RICH)
    return found


async def read(jira: JiraClient) -> str:
    return (await jira.issue(KEY)).description


def writes(recorder: Recorder) -> int:
    return sum(method == "PUT" for method, _ in recorder.sent)


async def test_a_rich_text_is_read_with_a_placeholder_for_what_markdown_cannot_say(
    jira: JiraClient, colleague: Colleague
) -> None:
    text = await read(jira)
    assert "Ask @[Orchestrator] first." in text
    assert "[extension: burndown](adf:" in text


async def test_an_edit_keeps_all_that_it_does_not_touch(jira: JiraClient, colleague: Colleague) -> None:
    text = await read(jira)
    done = await jira.update(KEY, {"description": text.replace("The last paragraph.", "Another *end*.")})
    assert "characters" in str(done.changed["Description"])
    now = await colleague.field(KEY)
    assert now["content"][:-1] == RICH["content"][:-1]
    assert now["content"][-1]["content"][1] == {"type": "text", "text": "end", "marks": [{"type": "em"}]}


async def test_a_text_that_is_written_as_it_was_is_not_sent(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    done = await jira.update(KEY, {"description": await read(jira)})
    assert not done.wrote
    assert done.changed == {"Description": "unchanged"}
    assert writes(recorder) == 0


async def test_beside_other_fields_a_text_that_stays_is_left_out(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    done = await jira.update(KEY, {"description": await read(jira), "summary": "Guides"})
    assert done.wrote
    assert done.changed == {"Description": "unchanged", "Summary": "Guides"}
    sent = [each for each in recorder.exchanges if each.method == "PUT"]
    assert list(json.loads(sent[0].request_body)["fields"]) == ["summary"]


@pytest.mark.parametrize("value", ["All new.", None, {"find": "TOKEN", "replace": ""}])
async def test_an_edit_that_would_drop_something_is_refused_by_name(
    value: object, jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    if isinstance(value, dict):
        text = await read(jira)
        value = {"find": text[text.index("[extension") :].split("\n")[0], "replace": ""}
    with pytest.raises(InvalidInput) as caught:
        await jira.update(KEY, {"description": value})
    assert "extension “burndown”" in str(caught.value)
    assert "adf:" in str(caught.value)
    assert "accept_loss=true" in caught.value.next_step
    assert writes(recorder) == 0
    assert await colleague.field(KEY) == RICH


async def test_a_loss_that_was_accepted_is_told(jira: JiraClient, colleague: Colleague) -> None:
    done = await jira.update(KEY, {"description": "All new."}, accept_loss=True)
    assert "dropped extension “burndown”" in str(done.changed["Description"])
    assert await colleague.field(KEY) == document("All new.")


async def test_many_losses_are_told_within_bounds(jira: JiraClient, colleague: Colleague) -> None:
    await colleague.put(KEY, description=document(*[extension(f"chart-{number}") for number in range(60)]))
    with pytest.raises(InvalidInput) as caught:
        await jira.update(KEY, {"description": "All new."})
    assert "60 things" in str(caught.value)
    assert len(str(caught.value)) < 2_000


async def test_a_passage_is_changed_and_something_appended_without_sending_the_rest(
    jira: JiraClient, colleague: Colleague
) -> None:
    steps = [{"find": "last paragraph", "replace": "**final** word"}, {"append": "- one\n- two"}]
    await jira.update(KEY, {"description": steps})
    now = await colleague.field(KEY)
    assert now["content"][:4] == RICH["content"][:4]
    assert [block["type"] for block in now["content"][4:]] == ["paragraph", "bulletList"]


async def test_an_edit_of_an_older_text_does_not_overwrite_what_others_wrote(
    jira: JiraClient, colleague: Colleague, recorder: Recorder
) -> None:
    text = await read(jira)
    await colleague.put(KEY, description=replaced("The last paragraph.", "Words of somebody else."))
    with pytest.raises(Conflict) as caught:
        await jira.update(KEY, {"description": text.replace("Plan", "My plan")})
    assert "Words of somebody else." in str(caught.value)
    assert f"jira_get_issue {KEY}" in caught.value.next_step
    assert writes(recorder) == 0
    # Read again it is what is there now, not what was kept of before; and then it can be written.
    text = await read(jira)
    assert "Words of somebody else." in text
    await jira.update(KEY, {"description": text.replace("Plan", "My plan")})
    assert await colleague.field(KEY) == replaced(
        "Plan", "My plan", replaced("The last paragraph.", "Words of somebody else.")
    )


async def test_a_passage_is_changed_in_the_text_as_it_is_now(jira: JiraClient, colleague: Colleague) -> None:
    await read(jira)
    await colleague.put(KEY, description=replaced("The last paragraph.", "Words of somebody else."))
    await jira.update(KEY, {"description": {"find": "## Plan", "replace": "## My plan"}})
    now = await colleague.field(KEY)
    assert now == replaced("Plan", "My plan", replaced("The last paragraph.", "Words of somebody else."))


async def test_what_others_wrote_is_overwritten_only_when_that_is_accepted(
    jira: JiraClient, colleague: Colleague
) -> None:
    await read(jira)
    await colleague.put(KEY, description=document("Words of somebody else."))
    await jira.update(KEY, {"description": "Mine."}, accept_loss=True)
    assert await colleague.field(KEY) == document("Mine.")


async def test_whoever_wrote_a_text_knows_it(jira: JiraClient, colleague: Colleague) -> None:
    await jira.update(KEY, {"description": "First."}, accept_loss=True)
    await jira.update(KEY, {"description": "Second."})
    await colleague.put(KEY, description=document("Third."))
    with pytest.raises(Conflict, match="Third"):
        await jira.update(KEY, {"description": "Fourth."})


async def test_a_text_that_was_only_formatted_by_others_is_no_conflict(jira: JiraClient, colleague: Colleague) -> None:
    text = await read(jira)
    made = replaced("xyzzy", "")
    made["content"][3]["attrs"]["layout"] = "full-width"
    await colleague.put(KEY, description=made)
    await jira.update(KEY, {"description": text.replace("last", "very last")})
    now = await colleague.field(KEY)
    assert now["content"][3]["attrs"]["layout"] == "full-width"


async def test_of_a_long_text_the_part_that_was_not_shown_is_not_replaced_unseen(
    jira: JiraClient, colleague: Colleague
) -> None:
    await colleague.put(KEY, description=document(*[f"Paragraph {number}." for number in range(500)]))
    text = await read(jira)
    jira.note_part((KEY, "description"), 0, 3_000)
    with pytest.raises(Conflict, match=r"you were shown 3,000 of the"):
        await jira.update(KEY, {"description": text[:3_000]})
    await jira.update(KEY, {"description": {"find": "Paragraph 499.", "replace": "The end."}})
    assert (await colleague.field(KEY))["content"][-1] == paragraph("The end.")


async def test_two_passages_that_are_changed_at_once_are_both_changed(jira: JiraClient, colleague: Colleague) -> None:
    async with anyio.create_task_group() as tasks:
        for find, replace in (("Plan", "My plan"), ("last", "very last"), ("Ask", "Do ask")):
            tasks.start_soon(jira.update, KEY, {"description": {"find": find, "replace": replace}})
    now = str(await colleague.field(KEY))
    assert all(words in now for words in ("My plan", "very last", "Do ask"))


async def test_a_new_issue_has_no_passages_to_change(jira: JiraClient) -> None:
    for value in ({"append": "x"}, {"find": "x", "replace": "y"}):
        with pytest.raises(InvalidInput, match=r"no text to change|is not in Environment"):
            await jira.create(NewIssue("PMOS", "Task", "New", fields={"environment": value}))


async def test_people_are_mentioned_by_name(jira: JiraClient, colleague: Colleague) -> None:
    await jira.update(KEY, {"description": {"append": "See @[data analyst] and @[Orchestrator]."}})
    now = await colleague.field(KEY)
    mentioned = [node["attrs"]["id"] for node in now["content"][-1]["content"] if node["type"] == "mention"]
    assert mentioned == [DATA_ANALYST.account_id, RICH["content"][1]["content"][1]["attrs"]["id"]]


async def test_people_who_cannot_be_told_apart_are_listed(jira: JiraClient, recorder: Recorder) -> None:
    with pytest.raises(InvalidInput) as caught:
        await jira.update(KEY, {"description": "Ask @[Alex] or @[Zaphod Beeblebrox]."})
    assert caught.value.fields.keys() == {ALEX_RIVERA.account_id, ALEX_MOREAU.account_id}
    assert "'Zaphod Beeblebrox' was found" in caught.value.message
    assert "[@Name](mention:ACCOUNT_ID)" in caught.value.next_step
    assert writes(recorder) == 0
    await jira.update(KEY, {"description": f"Ask [@Alex](mention:{ALEX_RIVERA.account_id})."})


async def test_too_many_people_are_refused_and_endless_names_are_none_without_a_search(
    jira: JiraClient, recorder: Recorder
) -> None:
    with pytest.raises(InvalidInput, match="at most 30"):
        await jira.add_comment(KEY, " ".join(f"@[Person {number}]" for number in range(40)))
    await jira.add_comment(KEY, f"@[{'x' * 200}] is nobody's name.")
    assert not [path for _, path in recorder.sent if "/user/" in path]


async def test_a_placeholder_of_another_text_is_refused(jira: JiraClient, colleague: Colleague) -> None:
    for write in (
        jira.update(KEY, {"description": {"append": "[extension: toc](adf:999999)"}}),
        jira.add_comment(KEY, "[extension: toc](adf:999999)"),
        jira.create(NewIssue("PMOS", "Task", "New", "[extension: toc](adf:999999)")),
    ):
        with pytest.raises(InvalidInput, match="adf:999999"):
            await write


async def test_every_rich_text_field_is_read_and_edited_alike(jira: JiraClient, colleague: Colleague) -> None:
    await colleague.put(KEY, environment=RICH)
    found = await jira.issue(KEY, fields=["Environment"])
    (environment,) = found.texts
    assert (environment.id, environment.name) == ("environment", "Environment")
    assert "[extension: burndown](adf:" in environment.text
    assert "Environment" not in found.issue.fields
    with pytest.raises(InvalidInput, match="Environment would lose"):
        await jira.update(KEY, {"environment": "All new."})
    await colleague.put(KEY, environment=replaced("Plan", "Other plan"))
    with pytest.raises(Conflict, match="Environment was changed"):
        await jira.update(KEY, {"environment": environment.text + "\n\nEnd."})


async def test_a_long_text_is_converted_and_written(jira: JiraClient, colleague: Colleague) -> None:
    long = "\n\n".join(f"Paragraph {number} with **bold** and `code`." for number in range(400))
    await jira.update(KEY, {"description": long}, accept_loss=True)
    assert len((await colleague.field(KEY))["content"]) == 400
    assert await read(jira) == long
    done = await jira.update(KEY, {"description": {"find": "Paragraph 7 with", "replace": "Paragraph seven with"}})
    assert f"{len(long):,} before" in str(done.changed["Description"])


async def test_an_issue_outside_of_the_allowed_projects_is_neither_read_nor_written(
    connected: Connect, colleague: Colleague
) -> None:
    jira = await connected(projects="DESK")
    with pytest.raises(NotPermitted, match="outside of the projects"):
        await jira.update(KEY, {"description": "All new."})
