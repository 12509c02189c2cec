"""What a client keeps of bulk operations, and what it tells of tasks that it did not start."""

import httpx2
import pytest

from connector_kit.errors import NotPermitted

from ..conftest import Connect

pytestmark = pytest.mark.anyio


async def test_plans_do_not_keep_the_texts_of_their_issues(connected: Connect) -> None:
    jira = await connected()
    shown = await jira.preview_edit({"labels": ["new"]}, keys=["PMOS-35", "PMOS-40"])
    plan = jira.planned_bulk(shown.token, "edit")
    assert [issue.key for issue in plan.issues.values()] == ["PMOS-35", "PMOS-40"]
    assert [issue.subtasks for issue in plan.issues.values()] == [("PMOS-55", "PMOS-56"), ()]
    assert all(not issue.fields for issue in plan.issues.values())


async def test_what_went_wrong_elsewhere_is_not_told_when_keys_cannot_be_read(
    connected: Connect, sandbox_transport: httpx2.ASGITransport
) -> None:
    jira = await connected(projects="PMOS")
    async with httpx2.AsyncClient(transport=sandbox_transport, base_url="http://site") as control:
        body = {"taskId": "10641", "status": "COMPLETE", "failedAccessibleIssues": {"10999": ["NOVA-7 is a secret"]}}
        faults: list[dict[str, object]] = [
            {"path": "/rest/api/3/bulk/queue/10641", "method": "GET", "status": 200, "body": body},
            {"path": "/rest/api/3/issue/bulkfetch", "method": "POST", "status": 403},
        ]
        for fault in faults:
            assert (await control.post("/_sandbox/faults", json=fault)).status_code == 201
    with pytest.raises(NotPermitted) as refused:
        await jira.follow_bulk("10641")
    assert "secret" not in str(refused.value)
