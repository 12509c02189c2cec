"""The commands of `mcp-suite`. Each imports what it needs when it runs, so that help is quick."""

import inspect
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from mcp_suite.auth.commands import auth_app
from mcp_suite.client_config import AccessName
from mcp_suite.errors import SuiteError
from mcp_suite.install.clients import ClientName
from mcp_suite.workflow.cli import schedule, workflow_app

app = typer.Typer(
    name="mcp-suite",
    help="Try, connect and look after this suite's MCP servers. First: mcp-suite demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sandbox_app = typer.Typer(
    name="sandbox",
    help="Serve or reset a stand-in, or write its sample into accounts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(auth_app)
app.add_typer(sandbox_app)
app.add_typer(workflow_app)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run(argv: Sequence[str] | None = None) -> int:
    """Run a command line; answers the exit status: 0 well, 1 failed, 2 wrongly called."""
    try:
        app(args=None if argv is None else list(argv), prog_name="mcp-suite")
    except SuiteError as error:
        typer.echo(f"mcp-suite: {error}", err=True)
        return error.status
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


def commands() -> list[tuple[str, str]]:
    """Every command as it is typed, and the first line of its help."""
    groups = [
        ("mcp-suite", app),
        ("mcp-suite auth", auth_app),
        ("mcp-suite sandbox", sandbox_app),
        ("mcp-suite workflow", workflow_app),
    ]
    return [
        (f"{prefix} {info.name or info.callback.__name__}", inspect.getdoc(info.callback) or "")
        for prefix, group in groups
        for info in group.registered_commands
        if info.callback is not None
    ]


def _version(wanted: bool) -> None:
    if wanted:
        from mcp_suite.servers import installed

        typer.echo(f"mcp-suite {installed().version}")
        raise typer.Exit


@app.callback()
def suite(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Try, connect and look after this suite's MCP servers. First: mcp-suite demo."""


@app.command()
def demo(
    services: Annotated[
        list[str] | None, typer.Argument(help="One alone, like slack; by default all together.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Do not pause between steps.")] = False,
    json: Json = False,
) -> None:
    """Show the servers at work on their sandboxes, together or each alone: no account, no network."""
    from mcp_suite.demo.command import run_demo

    raise typer.Exit(run_demo(services or [], fast=fast, as_json=json))


@app.command()
def servers(json: Json = False) -> None:
    """List the servers and whether they are ready to run."""
    from mcp_suite.listing import show_servers

    show_servers(as_json=json)


@app.command()
def doctor(
    service: Annotated[str | None, typer.Argument(help="The server, like jira; by default all.")] = None,
    account: Annotated[str | None, typer.Option(help="Only the account of this name; by default all.")] = None,
    json: Json = False,
    offline: Annotated[bool, typer.Option("--offline", help="Look at this machine only; send nothing.")] = False,
) -> None:
    """Find what is wrong, with the fix for each."""
    from mcp_suite.doctor.command import run_doctor

    raise typer.Exit(run_doctor(service, account, as_data=json, offline=offline))


@app.command()
def config(
    services: Annotated[list[str] | None, typer.Argument(help="The servers, like jira; by default all.")] = None,
    live: Annotated[bool, typer.Option("--live", help="For a real account instead of the sandbox.")] = False,
    account: Annotated[str, typer.Option(help="The account of this name, with --live.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print Claude Desktop's JSON only.")] = False,
) -> None:
    """Print what connects Claude to the servers here."""
    from mcp_suite.connect import show_config

    show_config(services or [], account, sandbox=not live, as_json=json)


@app.command()
def install(
    client: Annotated[Literal[ClientName, "agents"], typer.Argument(help="The client; or agents, for Claude Code.")],
    services: Annotated[
        list[str] | None, typer.Argument(help="The servers, like jira, or agents; all if none.")
    ] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox/--live", help="Use the sandbox, or a real account.")] = False,
    account: Annotated[str, typer.Option(help="The account of this name; its entry is called SERVICE-NAME.")] = "",
    access: Annotated[AccessName | None, typer.Option(help="What tools may do.")] = None,
    shown: Annotated[bool, typer.Option("--print", help="Change nothing; print what would be put there.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take them out again.")] = False,
    config_file: Annotated[Path | None, typer.Option(help="The client's file, if it is somewhere else.")] = None,
    project: Annotated[bool, typer.Option("--project/--user", help="Agents of the project here, or yours.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace agents that you changed; a copy is kept.")] = False,
) -> None:
    """Put servers into a client's configuration, or agents that use them into Claude Code."""
    if client == "agents":
        from mcp_suite.agents.command import print_agents, put_agents, take_agents_away

        if sandbox or account or access or config_file:
            raise SuiteError("Agents take no other options than --project, --print, --uninstall and --force.", status=2)
        if force and (shown or uninstall):
            raise SuiteError("--force goes with neither --print nor --uninstall.", status=2)
        if uninstall:
            take_agents_away(services or [], project=project)
        elif shown:
            print_agents(services or [], project=project)
        else:
            put_agents(services or [], project=project, force=force)
        return
    if project or force:
        raise SuiteError("--project and --force go with agents.", status=2)
    from mcp_suite.install.command import Wish, print_entries, run_install, run_uninstall

    if uninstall and (shown or sandbox or access):
        raise SuiteError("--uninstall goes with no other option than --account and --config-file.", status=2)
    if account and sandbox:
        raise SuiteError("--account goes with --live.", status=2)
    wish = Wish(sandbox, access, account)
    if uninstall:
        run_uninstall(client, services or [], account, config_file)
    elif shown:
        print_entries(client, services or [], wish, config_file)
    else:
        run_install(client, services or [], wish, config_file)


@app.command()
def bundle(
    service: Annotated[str, typer.Argument(help="The server, like jira.")],
    out: Annotated[Path | None, typer.Option(help="The file, or the folder for it; by default here.")] = None,
) -> None:
    """Build a server's .mcpb file, which Claude Desktop installs by a click."""
    from mcp_suite.bundle.command import run_bundle

    run_bundle(service, out)


@app.command("run", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_server(
    rest: typer.Context, service: Annotated[str, typer.Argument(help="The server, like jira; then its own options.")]
) -> None:
    """Run a server on standard input and output, as a client starts it."""
    from connector_kit.start import start
    from mcp_suite.servers import find

    script = find(service)
    sys.argv = [
        script.name,
        *rest.args,
    ]  # From here on this process is the server, which has a command line of its own.
    start(script.package)


@app.command()
def audit(
    since: Annotated[str, typer.Option(help="How far back: 45m, 12h, 2d, 3w, or a date like 2026-01-31.")] = "2d",
    server: Annotated[str | None, typer.Option(help="Only this server.")] = None,
    tool: Annotated[str | None, typer.Option(help="Only this tool.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Only ok, error, cancelled or asked.")] = None,
    effect: Annotated[str | None, typer.Option(help="Only reads, adds, changes or destroys.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, the latest.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Print the records as JSON lines.")] = False,
) -> None:
    """Show which tools were called, and what came of it."""
    from mcp_suite.audit_view import Wanted, show_audit

    show_audit(Wanted(since, server, tool, outcome, effect, limit), as_json=json)


@app.command()
def bench(
    services: Annotated[list[str] | None, typer.Argument(help="The servers, like slack; by default all.")] = None,
    json: Json = False,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each start-up measurement.")] = 7,
    only: Annotated[list[str] | None, typer.Option(help="Only this group of figures; may be repeated.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a target is missed.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long callers call all servers at once.")] = 60.0,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw a chart of what takes how long.")] = None,
) -> None:
    """Measure the servers, each beside a baseline in the same run."""
    from mcp_suite.bench.command import Wanted, run_bench

    wanted = Wanted(services or [], runs=runs, only=only or [], seconds=seconds)
    raise typer.Exit(run_bench(wanted, as_json=json, strict=strict, svg=svg))


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 and a diff on drift.")] = False,
    root: Annotated[Path | None, typer.Option(help="The checkout; by default the one this runs from.")] = None,
) -> None:
    """Write the documents that follow from the servers' tables."""
    from mcp_suite.documents.files import checkout, drift, expected, write
    from mcp_suite.servers import load_all

    place = root or checkout()
    wanted = expected(place, load_all(), commands())
    if check:
        diffs = drift(place, wanted)
        if diffs:
            typer.echo("".join(diffs.values()))
            raise SuiteError(f"out of date: {', '.join(map(str, diffs))}. Run: uv run mcp-suite docs")
        typer.echo(f"{len(wanted)} written files are up to date")
        return
    for path in write(place, wanted):
        typer.echo(f"wrote {path}")


app.command("schedule")(schedule)

Data = Annotated[str, typer.Option(metavar="NAME", help="What it is filled with, like large; where it has a choice.")]


@sandbox_app.command("serve")
def sandbox_serve(
    service: Annotated[str, typer.Argument(help="Whose sandbox, like jira.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8766,
    data: Data = "",
    second_site: Annotated[bool, typer.Option("--second-site", help="Let an OAuth login open two sites.")] = False,
) -> None:
    """Serve a sandbox on 127.0.0.1, until interrupted."""
    from mcp_suite.sandbox import serve

    serve(service, port, data=data, second_site=second_site)


@sandbox_app.command("populate")
def sandbox_populate(
    project: Annotated[str, typer.Option(metavar="KEY", help="Jira project, which is there.")] = "",
    space: Annotated[str, typer.Option(metavar="KEY", help="Confluence space, which is there.")] = "",
    channels: Annotated[str, typer.Option(metavar="PREFIX", help="Slack channels: what their names begin with.")] = "",
    database: Annotated[str, typer.Option(metavar="NAME", help="Snowflake database, which is there.")] = "",
    schema: Annotated[str, typer.Option(metavar="NAME", help="Its schema, made if need be; by default PM_OS.")] = "",
    status_started: Annotated[str, typer.Option(metavar="NAME", help="Jira's status of work that goes on.")] = "",
    status_done: Annotated[str, typer.Option(metavar="NAME", help="Jira's status of work that is done.")] = "",
    service: Annotated[list[str] | None, typer.Option(help="Only this service; may be repeated.")] = None,
    scale: Annotated[str, typer.Option(metavar="N", help="Tell the history N times, up to 100.")] = "1",
    sandbox: Annotated[bool, typer.Option("--sandbox/--live", help="On the sandboxes, or on real accounts.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what was made, and nothing else.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Write the sample's history into accounts, or take it away."""
    from mcp_suite.populate.command import Wish, chosen, run_populate, run_remove

    given = {"project": project, "space": space, "channels": channels, "database": database, "schema": schema}
    given |= {"status-started": status_started, "status-done": status_done, "scale": scale}
    wish = Wish(chosen(service or []), sandbox=sandbox, yes=yes, as_json=json)
    raise typer.Exit((run_remove if remove else run_populate)(wish, given, dry_run=dry_run))


@sandbox_app.command("reset")
def sandbox_reset(
    service: Annotated[str, typer.Argument(help="Whose sandbox, like jira.")],
    data: Data = "",
) -> None:
    """Bring a sandbox back to its sample data."""
    from mcp_suite.sandbox import reset

    reset(service, data)
