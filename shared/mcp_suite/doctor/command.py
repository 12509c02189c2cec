"""The command `mcp-suite doctor`."""

import time

import anyio
import typer

from connector_kit.env_files import env_file_of
from connector_kit.errors import NotConfigured
from mcp_suite.doctor.examination import examine
from mcp_suite.doctor.report import as_json, failed, show
from mcp_suite.errors import SuiteError
from mcp_suite.servers import find, installed, scripts


def run_doctor(service: str | None, account: str | None = None, *, as_data: bool, offline: bool) -> int:
    """Examine this machine and one server, or all; answers the exit status: 0 well, 1 something failed.

    Raises:
        SuiteError: there is no such server, nothing is installed to be examined, or it broke (status 2).
    """
    if account is not None and service is None:
        raise SuiteError("Name the service, too: mcp-suite doctor SERVICE --account NAME", status=2)
    try:
        if account:
            env_file_of(service or "", account)
        version = installed().version
        chosen = scripts() if service is None else [find(service)]
    except (SuiteError, NotConfigured) as error:
        raise SuiteError(str(error), status=2) from error
    began = time.monotonic()
    try:
        findings = anyio.run(lambda: examine(chosen, account=account, expected=service is not None, offline=offline))
    except Exception as error:
        # An exit status of 1 would say that something which was examined has failed.
        told = f"the examination itself failed ({type(error).__name__}). Report it."
        raise SuiteError(told, status=2) from error
    seconds = time.monotonic() - began
    if as_data:
        typer.echo(as_json(findings, seconds, version))
    else:
        show(findings, seconds)
    return int(failed(findings))
