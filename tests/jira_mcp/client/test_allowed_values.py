"""Values that Jira offers for the whole site are told only as far as projects are allowed."""

import pytest

from connector_kit.errors import InvalidInput

from ..conftest import Connect

pytestmark = pytest.mark.anyio


async def test_sprints_of_other_projects_are_not_told(connected: Connect) -> None:
    jira = await connected(projects="PMOS")
    listed = (await jira.field_values("Sprint")).values
    assert any(name.startswith("Phase 4 ") for name in listed)
    assert not any("Nova" in name for name in listed)
    assert not (await jira.field_values("Sprint", "Nova")).values
    for wrong, offered in (("Phas", "Phase"), ("Nov", "")):
        with pytest.raises(InvalidInput) as refused:
            await jira.update("PMOS-40", {"Sprint": wrong})
        told = str(refused.value)
        assert "Nova" not in told
        assert ("Did you mean Phase" in told) is bool(offered)
    assert (await jira.update("PMOS-40", {"Sprint": "Phase 4"})).wrote


async def test_labels_of_other_projects_are_not_told(connected: Connect) -> None:
    anywhere, jira = await connected(), await connected(projects="PMOS")
    assert "performance" in (await anywhere.field_values("labels")).values
    for place in ({}, {"project": "PMOS", "type_name": "Task"}):
        found = await jira.field_values("labels", **place)
        assert "performance" not in found.values
        assert "phase-4" in found.values
