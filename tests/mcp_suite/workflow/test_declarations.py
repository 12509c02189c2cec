"""What the workflows declare holds against the servers' own tables."""

import pytest

from mcp_suite.servers import find, load
from mcp_suite.workflow.definitions import WORKFLOWS
from mcp_suite.workflow.model import HERE, Step, Workflow

STEPS = [(workflow, step) for workflow in WORKFLOWS for step in workflow.steps]


@pytest.mark.parametrize(("workflow", "step"), STEPS, ids=lambda value: value.name)
def test_each_tool_exists_and_reads_where_its_step_says_so(workflow: Workflow, step: Step) -> None:
    for server, tool in step.tools():
        spec = load(find(server))
        entry = next((entry for entry in spec.toolset if entry.name == tool), None)
        assert entry is not None, f"{server} has no {tool}"
        if tool == step.tool:
            assert (entry.effect == "reads") == step.reads
        offered = workflow.settings.get(server, {}).get("TOOLSETS", "")
        assert not entry.toolset or entry.toolset in offered


@pytest.mark.parametrize(("workflow", "step"), STEPS, ids=lambda value: value.name)
def test_what_cannot_be_repeated_is_looked_for_first(workflow: Workflow, step: Step) -> None:
    if step.server == HERE or step.reads:
        return
    entry = next(entry for entry in load(find(step.server)).toolset if entry.name == step.tool)
    repeatable = entry.effect == "changes" or entry.idempotent
    assert step.look is not None or repeatable, f"{workflow.name}: {step.name}"


@pytest.mark.parametrize(("workflow", "step"), STEPS, ids=lambda value: value.name)
def test_each_step_has_a_name_of_its_own_and_tells_what_it_needs(workflow: Workflow, step: Step) -> None:
    assert [other.name for other in workflow.steps].count(step.name) == 1
    assert step.title
    assert step.server == HERE or step.tool.startswith(f"{step.server}_")
