"""The command line that every server script has: serve on stdio, or tell about itself."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Any

import anyio

from connector_kit import logs
from connector_kit.audit import AuditLog
from connector_kit.errors import NotConfigured, ServiceError
from connector_kit.serving.server import AnySession, create_server, serve
from connector_kit.serving.session import ServerSpec, ServiceClient, Session

DISTRIBUTION = "mcp-integration-suite"
OK, FAILED, NOT_READY = 0, 1, 2


def run(spec: ServerSpec[Any, Any], argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; without options, serve MCP on stdio until the client leaves.

    Answers the exit status: 0 well, 1 the check failed, 2 not installed or not configured.
    """
    options = _parser(spec).parse_args(argv)
    if options.version:
        print(f"{spec.script} {distribution_version(DISTRIBUTION)}")  # noqa: T201 - asked for on a terminal
        return OK
    if options.list_tools:
        print(tools_table(spec, as_json=options.json))  # noqa: T201 - asked for on a terminal
        return OK
    if lacking := spec.absent:
        print(  # noqa: T201 - there is no server yet that could tell
            f"{spec.script}: {', '.join(lacking)} is not installed. Install the extra: "
            f'pip install "{DISTRIBUTION}[{spec.service}]"',
            file=sys.stderr,
        )
        return NOT_READY
    logs.configure(spec.service, level=options.log_level)
    version = distribution_version(DISTRIBUTION)
    try:
        audit = AuditLog.default(server=spec.script, version=version)
    except NotConfigured as error:
        print(f"{spec.script}: {error}", file=sys.stderr)  # noqa: T201 - without a place for records, none is served
        return NOT_READY
    session = AnySession.start(spec, audit, account=options.account, env_file=options.env_file, sandbox=options.sandbox)
    if options.check:
        return anyio.run(check, session)
    serve(create_server(spec, session, version))
    return OK


async def check(session: Session[Any, Any]) -> int:
    """Sign in, make one call and print who and where, on each site; or print what is wrong and how to mend it.

    Answers the worst exit status: one site that works does not hide another that does not.
    """
    statuses = [OK]
    try:
        if session.settings is not None:
            for hint in session.settings.unknown_variables():
                print(f"warning: {hint}", file=sys.stderr)  # noqa: T201 - asked for on a terminal
        for site in session.sites or [""]:
            client = await session.client(site)
            statuses.append(await _check_site(session, site, client))
    except ServiceError as error:  # for one site as for all: nothing was sent yet
        statuses.append(_failed(session, "", error))
    finally:
        await session.aclose()
    return max(statuses)


async def _check_site(session: AnySession, site: str, client: ServiceClient) -> int:
    """Make one call on a site and print what came of it."""
    try:
        line = await client.check()
    except ServiceError as error:
        return _failed(session, site, error)
    print(f"{_named(session, site)}: {line}; access: {session.access.value}")  # noqa: T201 - asked for on a terminal
    return OK


def _failed(session: AnySession, site: str, error: ServiceError) -> int:
    told = logs.redactor.known(str(error))
    print(f"{_named(session, site)}: {told}", file=sys.stderr)  # noqa: T201 - asked for on a terminal
    return NOT_READY if error.kind == "not_configured" else FAILED


def _named(session: AnySession, site: str) -> str:
    return f"{session.spec.script} ({site})" if site else session.spec.script


def tools_table(spec: ServerSpec[Any, Any], *, as_json: bool = False) -> str:
    """The tools with their effect, the access that offers them and their scopes, as a text table or JSON."""
    head = ("tool", "effect", "access", "title", "scopes")
    if as_json:
        listed = [(entry.name, entry.effect, entry.access, entry.title, entry.scopes) for entry in spec.toolset]
        return json.dumps([dict(zip(head, row, strict=True)) for row in listed], indent=2)
    rows = [(entry.name, entry.effect, entry.access, entry.title, " ".join(entry.scopes)) for entry in spec.toolset]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]
    )


def _parser(spec: ServerSpec[Any, Any]) -> argparse.ArgumentParser:
    upper = spec.service.upper()
    parser = argparse.ArgumentParser(
        prog=spec.script,
        description=f"{spec.title} for MCP clients. Without options it speaks MCP on standard input and output.",
        epilog=f"Settings: {upper}_* variables, or .env.{spec.service} in the configuration folder. "
        f"Guide: setup_guides/{spec.service}.md",
    )
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    parser.add_argument("--list-tools", action="store_true", help="print the tools and leave")
    parser.add_argument("--json", action="store_true", help="with --list-tools: as JSON")
    parser.add_argument("--check", action="store_true", help="sign in, make one call, say who and where")
    parser.add_argument("--sandbox", action="store_true", help=f"use the embedded sandbox ({upper}_SANDBOX=1)")
    parser.add_argument(
        "--account", default="", metavar="NAME", help=f"use the account of this name (.env.{spec.service}.NAME)"
    )
    parser.add_argument("--env-file", type=Path, metavar="FILE", help="read this env file instead of the usual one")
    parser.add_argument(
        "--log-level",
        default="WARNING",
        choices=["DEBUG", "INFO", "WARNING", "ERROR"],
        help="default: WARNING",
    )
    return parser
