"""The commands of `mcp-suite workflow`, and `mcp-suite schedule`; what they need is imported when they run."""

from typing import Annotated

import typer

workflow_app = typer.Typer(
    name="workflow",
    help="Do work across the servers, step by step, each step once.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@workflow_app.command("list")
def workflow_list(json: _Json = False) -> None:
    """List the workflows and what they take."""
    from mcp_suite.workflow.command import list_workflows

    list_workflows(as_json=json)


@workflow_app.command("run")
def workflow_run(
    name: Annotated[str, typer.Argument(help="The workflow, like daily-metrics.")],
    given: Annotated[list[str] | None, typer.Option("--input", metavar="NAME=VALUE", help="May be repeated.")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox/--live", help="On the sandboxes, or on real accounts.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan; write nothing.")] = False,
    json: _Json = False,
) -> None:
    """Run a workflow."""
    from mcp_suite.workflow.command import run_workflow

    raise typer.Exit(run_workflow(name, given or [], sandbox=sandbox, dry_run=dry_run, as_json=json))


@workflow_app.command("resume")
def workflow_resume(
    run: Annotated[str, typer.Argument(help="The run, as `workflow status` names it.")], json: _Json = False
) -> None:
    """Go on with a run that failed or was interrupted."""
    from mcp_suite.workflow.command import resume

    raise typer.Exit(resume(run, as_json=json))


@workflow_app.command("status")
def workflow_status(
    run: Annotated[str | None, typer.Argument(help="The run; by default all.")] = None, json: _Json = False
) -> None:
    """Show how runs stand: what was done, what was not, how to go on."""
    from mcp_suite.workflow.command import show_status

    show_status(run, as_json=json)


def schedule(
    name: Annotated[str, typer.Argument(help="The workflow, like daily-metrics.")],
    at: Annotated[str, typer.Option(metavar="HH:MM", help="Every day at this time, as it is here.")] = "08:00",
    given: Annotated[list[str] | None, typer.Option("--input", metavar="NAME=VALUE", help="May be repeated.")] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox/--live", help="On the sandboxes, or on real accounts.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take it out again.")] = False,
    shown: Annotated[bool, typer.Option("--print", help="Change nothing; print what would be written.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Run a workflow every day, by the system's own scheduler."""
    from mcp_suite.workflow.schedule import schedule as change_schedule

    change_schedule(name, at, given or [], sandbox=sandbox, remove=remove, yes=yes, printed=shown)
