"""The workflows that there are, one module each, with a `WORKFLOW`."""

from mcp_suite.errors import SuiteError
from mcp_suite.workflow.definitions.daily_metrics import WORKFLOW as DAILY_METRICS
from mcp_suite.workflow.definitions.feature_proposal import WORKFLOW as FEATURE_PROPOSAL
from mcp_suite.workflow.definitions.phase_completion import WORKFLOW as PHASE_COMPLETION
from mcp_suite.workflow.model import Workflow

WORKFLOWS = (FEATURE_PROPOSAL, DAILY_METRICS, PHASE_COMPLETION)


def workflow_of(name: str) -> Workflow:
    """The workflow of this name.

    Raises:
        SuiteError: there is none; names those that there are.
    """
    for workflow in WORKFLOWS:
        if workflow.name == name:
            return workflow
    if name.split("-")[0] == "populate":
        from mcp_suite.populate.workflow import populate_called

        return populate_called(name)
    names = ", ".join(workflow.name for workflow in WORKFLOWS)
    raise SuiteError(f"There is no workflow {name!r}. Workflows: {names}.", status=2)
