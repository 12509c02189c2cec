"""Creating a great many issues: none twice, none forgotten, children below parents of the same call."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from connector_kit import trace
from connector_kit.output import size
from connector_kit.testing.sandboxes import break_it
from jira_mcp.sandbox import create_app
from jira_mcp.sandbox.app import Sandbox

from .bulk_calls import API
from .conversation import Conversation, converse

pytestmark = pytest.mark.anyio
BULK = f"{API}/issue/bulk"


def tasks(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"type": "Task", "summary": f"One of many {number}", **more} for number in range(count)]


def resume_in(text: str) -> str:
    found = re.search(r"resume=(\S+)", text)
    assert found, text
    return found[1]


def chunks(jira: Conversation) -> list[int]:
    """How many issues each request held."""
    return [len(json.loads(each.request_body)["issueUpdates"]) for each in jira.sent("POST", BULK)]


async def number_of(jira: Conversation, words: str) -> int:
    text = await jira.ask("jira_search_issues", jql=f'project = PMOS AND summary ~ "{words}"', count_only=True)
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))


class Losing(httpx2.AsyncBaseTransport):
    """A way to the site on which some requests to create issues get lost, or their answers, or are refused."""

    def __init__(self, site: Sandbox, lose: Callable[[int], str]) -> None:
        self._within = httpx2.ASGITransport(site)
        self._lose = lose
        self.requests = 0

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != BULK:
            return await self._within.handle_async_request(request)
        self.requests += 1
        what = self._lose(self.requests)
        if what == "the request":
            raise httpx2.ReadError("lost", request=request)
        if what.isdecimal():
            return httpx2.Response(int(what), json={}, headers={"Retry-After": "0"}, request=request)
        answer = await self._within.handle_async_request(request)
        if what == "the answer":
            raise httpx2.ReadError("lost", request=request)
        return answer


@pytest.fixture
def current(seeded: Path, tmp_path: Path) -> Iterator[Sandbox]:
    """A site whose search notices everything at once."""
    database = tmp_path / "jira.sqlite3"
    database.write_bytes(seeded.read_bytes())
    site = create_app(database, search_lag=0.0)
    yield site
    site.close()


async def test_a_thousand_issues_take_twenty_requests_and_a_short_answer(jira: Conversation) -> None:
    text = await jira.ask("jira_create_issues", project="PMOS", issues=tasks(1_000))
    assert text == "created 1,000 of 1,000 issues in PMOS\nissues[0..999] → PMOS-57..PMOS-1056"
    assert chunks(jira) == [50] * 20
    assert len(jira.exchanges) < 30


async def test_a_thousand_failures_fit_into_an_answer(jira: Conversation) -> None:
    items = [{"type": "Sub-task", "summary": f"Orphan {number}" * 8} for number in range(1_000)]
    items[500] = {"type": "Task", "summary": "Well"}
    text = await jira.ask("jira_create_issues", project="PMOS", issues=items)
    assert "created 1 of 1,000 issues in PMOS; 999 failed" in text
    assert "issues[500] → PMOS-57" in text
    assert "issues[0..499], issues[501..999]" in text
    assert size(text) < 2_000


async def test_children_go_below_parents_of_the_same_call(jira: Conversation) -> None:
    items: list[dict[str, Any]] = [
        {"type": "Epic", "summary": "Above"},
        {"type": "Story", "summary": "Between", "parent": "#0"},
        {"type": "Sub-task", "summary": "Below", "parent": "#1"},
        {"type": "Epic", "summary": "Another"},
        {"type": "Task", "summary": "Under the other", "parent": "#3"},
        {"type": "Task", "summary": "Under one that exists", "parent": "PMOS-30"},
    ]
    text = await jira.ask("jira_create_issues", project="PMOS", issues=items)
    assert text.startswith("created 6 of 6 issues in PMOS\nissues[0] → PMOS-57\n")
    assert chunks(jira) == [3, 2, 1]
    keys = dict(re.findall(r"issues\[(\d)\] → (\S+)", text)) | {"3": "PMOS-58"}
    for child, parent in (("1", "0"), ("2", "1")):
        assert f"parent: {keys[parent]} " in await jira.ask("jira_get_issue", key=keys.get(child, f"PMOS-6{child}"))


@pytest.mark.parametrize("parent", ["#1", "#7", "#9999", "# 0", "#-1", "#0x"])
async def test_a_parent_must_be_an_earlier_item(jira: Conversation, parent: str) -> None:
    items = [*tasks(1), {"type": "Sub-task", "summary": "Below", "parent": parent}]
    text = await jira.ask("jira_create_issues", project="PMOS", issues=items)
    assert "created 1 of 2" in text
    assert "issues[1] | Below | " in text
    assert "parent" in text


async def test_a_child_whose_parent_was_not_created_is_not_either(jira: Conversation) -> None:
    items = [
        {"type": "Epic", "summary": "Above", "fields": {"priority": "Hihg"}},
        {"type": "Story", "summary": "Below", "parent": "#0"},
        {"type": "Sub-task", "summary": "Lowest", "parent": "#1"},
    ]
    text = await jira.ask("jira_create_issues", project="PMOS", issues=[*items, *tasks(1)])
    assert "created 1 of 4 issues in PMOS; 3 failed" in text
    assert "issues[1] | Below | Not created, because its parent issues[0] was not." in text
    assert "issues[2] | Lowest | Not created, because its parent issues[1] was not." in text
    assert "resume" not in text


async def test_issues_whose_answer_was_lost_are_found_and_the_rest_is_created(current: Sandbox, tmp_path: Path) -> None:
    way = Losing(current, lambda number: "the answer" if number in (1, 3) else "")
    async with converse(tmp_path / "c", transport=way) as jira:
        text = await jira.ask("jira_create_issues", project="PMOS", issues=tasks(180))
        assert text == "created 180 of 180 issues in PMOS\nissues[0..179] → PMOS-57..PMOS-236"
        assert way.requests == 4
        assert await number_of(jira, "One of many") == 180


async def test_issues_of_the_same_name_are_told_apart_by_number(current: Sandbox, tmp_path: Path) -> None:
    way = Losing(current, lambda number: "the answer" if number == 2 else "")
    same = [{"type": "Task", "summary": "Always the same"} for _ in range(70)]
    async with converse(tmp_path / "c", transport=way) as jira:
        text = await jira.ask("jira_create_issues", project="PMOS", issues=same)
        assert text == "created 70 of 70 issues in PMOS\nissues[0..69] → PMOS-57..PMOS-126"
        assert await number_of(jira, "Always the same") == 70


async def test_an_older_issue_of_the_same_name_is_not_taken_for_a_new_one(current: Sandbox, tmp_path: Path) -> None:
    way = Losing(current, lambda number: "the request" if number == 1 else "")
    async with converse(tmp_path / "c", transport=way) as jira:
        await jira.ask("jira_create_issue", project="PMOS", type="Task", summary="One of many 0")
        text = await jira.refused("jira_create_issues", project="PMOS", issues=tasks(2))
        assert "Before repeating it, look: jira_search_issues" in text
        text = await jira.ask("jira_create_issues", resume=resume_in(text))
        assert text.startswith("created 0 of 2 issues; 2 in doubt")
        assert way.requests == 1


async def test_what_is_in_doubt_is_never_sent_again_and_the_rest_is_on_request(site: Sandbox, tmp_path: Path) -> None:
    way = Losing(site, lambda number: "the answer" if number == 2 else "")  # whose search notices nothing for minutes
    async with converse(tmp_path / "c", transport=way) as jira:
        items = [*tasks(120), {"type": "Task", "summary": "Wrong", "fields": {"Nope": 1}}]
        text = await jira.ask("jira_create_issues", project="PMOS", issues=items)
        head, first, *_ = text.splitlines()
        assert head == "created 50 of 121 issues in PMOS; 1 failed; 50 in doubt; 20 not sent"
        assert first == "issues[0..49] → PMOS-57..PMOS-106"
        assert "issues[50..99] | One of many 50 and 49 more | outcome unknown, look before repeating." in text
        assert "not sent: issues[100..119]." in text
        token = resume_in(text)
        text = await jira.ask("jira_create_issues", resume=token)
        head, *runs = text.splitlines()
        assert head == "created 70 of 121 issues in PMOS; 1 failed; 50 in doubt"
        assert runs[1] == "issues[100..119] → PMOS-157..PMOS-176"
        assert "used already" in await jira.refused("jira_create_issues", resume=token)
        assert way.requests == 3
        text = await jira.ask("jira_create_issues", resume=resume_in(text))
        assert "created 70 of 121" in text
        assert way.requests == 3


async def test_what_was_in_doubt_is_found_once_the_search_has_caught_up(current: Sandbox, tmp_path: Path) -> None:
    way = Losing(current, lambda number: "the answer" if number == 1 else "")
    items: list[dict[str, Any]] = [
        {"type": "Epic", "summary": "Above"},
        {"type": "Story", "summary": "Below", "parent": "#0"},
    ]
    async with converse(tmp_path / "c", transport=way) as jira:
        await break_it(current, f"{API}/search/jql", status=403, count=1)
        text = await jira.refused("jira_create_issues", project="PMOS", issues=items)
        assert "1 other was not sent" in text
        text = await jira.ask("jira_create_issues", resume=resume_in(text))
        assert text == "created 2 of 2 issues in PMOS\nissues[0..1] → PMOS-57..PMOS-58"
        looked = [json.loads(each.request_body)["jql"] for each in jira.sent("POST", f"{API}/search/jql")]
        assert all(jql.startswith('project = "PMOS" AND ') for jql in looked)  # the key may be a word of JQL
        assert "parent: PMOS-57 " in await jira.ask("jira_get_issue", key="PMOS-58")


@pytest.mark.parametrize("status", [401, 403, 413, 429, 503])
async def test_after_a_refusal_the_rest_is_sent_on_request(site: Sandbox, tmp_path: Path, status: int) -> None:
    way = Losing(site, lambda number: str(status) if 2 <= number < 10 else "")
    async with converse(tmp_path / "c", transport=way) as jira:
        text = await jira.ask("jira_create_issues", project="PMOS", issues=tasks(120))
        assert "created 50 of 120 issues in PMOS; 70 not sent" in text
        assert "not sent: issues[50..119]. Not sent, because an earlier request failed" in text
        way.requests = 10
        text = await jira.ask("jira_create_issues", resume=resume_in(text))
        assert text == "created 120 of 120 issues in PMOS\nissues[0..119] → PMOS-57..PMOS-176"


async def test_a_call_whose_time_is_up_goes_on_in_another(
    site: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Losing(site, lambda _: "")
    async with converse(tmp_path / "c", transport=way) as jira:
        with monkeypatch.context() as patched:
            patched.setattr(trace, "seconds_left", lambda: 40.0 if way.requests < 2 else 5.0)
            text = await jira.ask("jira_create_issues", project="PMOS", issues=tasks(130))
        assert "not sent: issues[100..129]. Not sent, because the time of a call was up" in text
        text = await jira.ask("jira_create_issues", resume=resume_in(text))
        assert text == "created 130 of 130 issues in PMOS\nissues[0..129] → PMOS-57..PMOS-186"


@pytest.mark.parametrize("token", ["x", "1.2.3.4.5", "ü", " " * 3 + "a"])
async def test_a_forged_token_is_refused(jira: Conversation, token: str) -> None:
    assert "[resume: is no token" in await jira.refused("jira_create_issues", resume=token)
    assert jira.exchanges == []


async def test_issues_beside_a_token_are_not_left_out_in_silence(site: Sandbox, tmp_path: Path) -> None:
    way = Losing(site, lambda number: "503" if 2 <= number < 10 else "")
    async with converse(tmp_path / "c", transport=way) as jira:
        text = await jira.ask("jira_create_issues", project="PMOS", issues=tasks(60))
        token = resume_in(text)
        said = await jira.refused("jira_create_issues", project="PMOS", issues=tasks(1), resume=token)
        assert "[issues: goes without resume, in a call of its own]" in said
        way.requests = 10
        assert "created 60 of 60 issues" in await jira.ask("jira_create_issues", resume=token)
